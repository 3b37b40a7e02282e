//! Calls that send many voxels: points, runs, boxes, and records in base64.
//!
//! ```text
//! point  [x, y, z]   [x, y, z, r, g, b]   [x, y, z, r, g, b, a]   {x, y, z, r, g, b, a?}   {x, y, z, color}
//! run    [x, y, z, length]           the same with r, g, b   with r, g, b, a
//! box    [x1, y1, z1, x2, y2, z2]    the same with r, g, b   with r, g, b, a
//! data   base64 of records, sixteen bytes each, no padding between them:
//!
//!        byte   0        4        8        12  13  14  15
//!               x (i32)  y (i32)  z (i32)  r   g   b   a      little-endian, two's complement
//! ```
//!
//! A run goes from its position towards higher x. Both corners of a box belong to it. What has no
//! colour of its own takes the call's `color`. Boxes are carried out first, then runs, then
//! points, then records.

mod digits;
mod get;
mod points;
mod records;
mod template;

pub use get::GetVoxels;
pub use records::write as write_record;

use crate::args::{Args, colour, component, coordinate};
use crate::error::RpcError;
use crate::json::{Kind, Value};
use crate::types::{Aabb, LayerRef, Pos, Rgba, Voxel};

type Result<T> = std::result::Result<T, RpcError>;

/// Many voxels that are set or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voxels {
    /// Which layer.
    pub layer: LayerRef,
    /// What to set.
    pub set: VoxelSet,
}

/// Points and boxes, in the order they were given; the boxes come first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VoxelSet {
    /// Boxes and what to fill them with; runs are boxes too.
    pub boxes: Vec<(Aabb, Rgba)>,
    /// Single voxels.
    pub points: Vec<Voxel>,
}

impl VoxelSet {
    /// How many voxels are named, those named twice counted twice.
    #[must_use]
    pub fn named(&self) -> u128 {
        let boxes: u128 = self.boxes.iter().map(|(aabb, _)| aabb.volume()).sum();
        boxes + self.points.len() as u128
    }
}

impl Voxels {
    /// Reads voxels that are set. What has no colour takes the call's.
    ///
    /// # Errors
    /// Where anything is wrong: nothing is taken then.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let default = args.need("color")?;
        Ok(Self { layer: args.layer()?, set: read_set(args, default)? })
    }

    /// Reads voxels that are removed: colours are checked and passed over.
    ///
    /// # Errors
    /// Where anything is wrong: nothing is taken then.
    pub fn read_removal(args: &Args<'_>) -> Result<Self> {
        let mut set = read_set(args, Rgba::EMPTY)?;
        set.boxes.iter_mut().for_each(|(_, rgba)| *rgba = Rgba::EMPTY);
        set.points.iter_mut().for_each(|voxel| voxel.rgba = Rgba::EMPTY);
        Ok(Self { layer: args.layer()?, set })
    }
}

fn read_set(args: &Args<'_>, default: Rgba) -> Result<VoxelSet> {
    read_given(args, default)?.ok_or_else(|| {
        RpcError::params("params", "Missing voxels parameter (or runs, boxes or data)")
    })
}

/// What is given of points, runs, boxes and records; `None` where nothing is.
fn read_given(args: &Args<'_>, default: Rgba) -> Result<Option<VoxelSet>> {
    let mut set = VoxelSet::default();
    let mut given = read_list(args, "boxes", |element, place| {
        set.boxes.push(read_box(element, place, default)?);
        Ok(())
    })?;
    given |= read_list(args, "runs", |element, place| {
        set.boxes.push(read_run(element, place, default)?);
        Ok(())
    })?;
    if let Some((list, place)) = args.unread() {
        set.points = points::read_points(list, &place, default)?;
        given = true;
    } else if let Some((_, place)) = args.value("voxels") {
        return Err(RpcError::params(place, "must be an array"));
    }
    if let Some((value, place)) = args.value("data") {
        records::read(&value, &place, &mut set.points)?;
        given = true;
    }
    Ok(given.then_some(set))
}

/// Hands out the elements of a list that may be absent. True where it is there.
fn read_list(
    args: &Args<'_>,
    name: &str,
    mut element: impl FnMut(&Value<'_>, Place<'_>) -> Result<()>,
) -> Result<bool> {
    let Some((value, place)) = args.value(name) else { return Ok(false) };
    if value.kind() != Kind::Array {
        return Err(RpcError::params(place, "must be an array"));
    }
    for (index, part) in value.elements().enumerate() {
        element(&part, &format_args!("{place}[{index}]"))?;
    }
    Ok(true)
}

type Place<'a> = &'a dyn std::fmt::Display;

fn read_point(value: &Value<'_>, place: Place<'_>, default: Rgba) -> Result<Voxel> {
    match value.kind() {
        Kind::Array => {
            let (axes, rgba) = read_row::<3>(value, place, default)?;
            Ok(Voxel { pos: axes.into(), rgba })
        }
        Kind::Object => read_point_object(value, place, default),
        _ => Err(RpcError::params(place, "must be [x, y, z, r, g, b, a] or {x, y, z, color}")),
    }
}

fn read_box(value: &Value<'_>, place: Place<'_>, default: Rgba) -> Result<(Aabb, Rgba)> {
    if value.kind() != Kind::Array {
        return Err(RpcError::params(place, "must be [x1, y1, z1, x2, y2, z2, r, g, b, a]"));
    }
    let ([x1, y1, z1, x2, y2, z2], rgba) = read_row(value, place, default)?;
    Ok((Aabb::spanning(Pos::new(x1, y1, z1), Pos::new(x2, y2, z2)), rgba))
}

fn read_run(value: &Value<'_>, place: Place<'_>, default: Rgba) -> Result<(Aabb, Rgba)> {
    if value.kind() != Kind::Array {
        return Err(RpcError::params(place, "must be [x, y, z, length, r, g, b, a]"));
    }
    let ([x, y, z, length], rgba) = read_row(value, place, default)?;
    if length < 1 {
        return Err(RpcError::params(format_args!("{place}[3]"), "a run has at least one voxel"));
    }
    let Some(last) = x.checked_add(length - 1) else {
        return Err(RpcError::params(place, "leaves the range of 32 bits"));
    };
    Ok((Aabb::spanning(Pos::new(x, y, z), Pos::new(last, y, z)), rgba))
}

/// `N` whole numbers, then nothing, or a colour of three or four components.
fn read_row<const N: usize>(
    value: &Value<'_>,
    place: Place<'_>,
    default: Rgba,
) -> Result<([i32; N], Rgba)> {
    let mut numbers = [0; N];
    let mut rgba = Rgba::BLACK;
    let mut count = 0;
    for (index, element) in value.elements().enumerate() {
        let part = format_args!("{place}[{index}]");
        if let Some(number) = numbers.get_mut(index) {
            *number = coordinate(&element, &part)?;
        } else if let Some(channel) = rgba.0.get_mut(index - N) {
            *channel = component(&element, &part)?;
        }
        count += 1;
    }
    let rgba = match usize::checked_sub(count, N) {
        Some(0) => default,
        Some(3 | 4) => rgba,
        _ => {
            let what = format_args!("has {count} numbers: {N}, {} or {} are due", N + 3, N + 4);
            return Err(RpcError::params(place, what));
        }
    };
    Ok((numbers, rgba))
}

fn read_point_object(value: &Value<'_>, place: Place<'_>, default: Rgba) -> Result<Voxel> {
    let mut axes = [None; 3];
    let mut channels = [None, None, None, Some(255)];
    let mut rgba = None;
    for (key, part) in value.members() {
        let key = key.decode();
        let at = format_args!("{place}.{key}");
        match key.as_ref() {
            "x" => axes[0] = Some(coordinate(&part, &at)?),
            "y" => axes[1] = Some(coordinate(&part, &at)?),
            "z" => axes[2] = Some(coordinate(&part, &at)?),
            "position" => {
                axes = read_row::<3>(&part, &at, default)?.0.map(Some);
            }
            "r" => channels[0] = Some(component(&part, &at)?),
            "g" => channels[1] = Some(component(&part, &at)?),
            "b" => channels[2] = Some(component(&part, &at)?),
            "a" => channels[3] = Some(component(&part, &at)?),
            "color" | "rgba" => rgba = Some(colour(&part, &at)?),
            _ => {}
        }
    }
    let [Some(x), Some(y), Some(z)] = axes else {
        return Err(RpcError::params(place, "needs x, y and z"));
    };
    let rgba = match (rgba, channels) {
        (Some(rgba), _) => rgba,
        (None, [Some(r), Some(g), Some(b), Some(a)]) => Rgba::new(r, g, b, a),
        (None, [None, None, None, _]) => default,
        _ => return Err(RpcError::params(place, "needs r, g and b, or none of them")),
    };
    Ok(Voxel { pos: Pos::new(x, y, z), rgba })
}

#[cfg(test)]
mod tests;
