//! Calls that send many voxels: points and boxes.
//!
//! ```text
//! point  [x, y, z]   [x, y, z, r, g, b]   [x, y, z, r, g, b, a]   {x, y, z, r, g, b, a?}   {x, y, z, color}
//! box    [x1, y1, z1, x2, y2, z2]   the same with r, g, b   with r, g, b, a
//! ```
//!
//! Both corners of a box belong to it. What has no colour of its own takes the call's `color`.

use crate::args::{Args, colour, component, coordinate};
use crate::error::RpcError;
use crate::json::{Kind, Value};
use crate::types::{Aabb, LayerRef, Pos, Rgba, Voxel};

type Result<T> = std::result::Result<T, RpcError>;

/// `goxel.add_voxels` and `goxel.remove_voxels`.
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
    /// Boxes and what to fill them with.
    pub boxes: Vec<(Aabb, Rgba)>,
    /// Single voxels.
    pub points: Vec<Voxel>,
}

impl Voxels {
    /// Reads `goxel.add_voxels`. What has no colour is opaque white.
    ///
    /// # Errors
    /// Where anything is wrong: nothing is taken then.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let default = args.optional_colour()?.unwrap_or(Rgba::WHITE);
        Ok(Self { layer: args.layer()?, set: read_set(args, default)? })
    }

    /// Reads `goxel.remove_voxels`: colours are checked and passed over.
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
    let list = |name: &str| match args.value(name) {
        Some((value, place)) if value.kind() != Kind::Array => {
            Err(RpcError::params(place, "must be an array"))
        }
        found => Ok(found),
    };
    let (points, boxes) = (list("voxels")?, list("boxes")?);
    if points.is_none() && boxes.is_none() {
        return Err(RpcError::params("params", "Missing voxels parameter (or boxes)"));
    }
    let mut set = VoxelSet::default();
    if let Some((value, place)) = boxes {
        for (index, element) in value.elements().enumerate() {
            set.boxes.push(read_box(&element, &format_args!("{place}[{index}]"), default)?);
        }
    }
    if let Some((value, place)) = points {
        for (index, element) in value.elements().enumerate() {
            set.points.push(read_point(&element, &format_args!("{place}[{index}]"), default)?);
        }
    }
    Ok(set)
}

type Place<'a> = &'a dyn std::fmt::Display;

fn read_point(value: &Value<'_>, place: Place<'_>, default: Rgba) -> Result<Voxel> {
    match value.kind() {
        Kind::Array => {
            let ([pos], rgba) = read_row(value, place, default)?;
            Ok(Voxel { pos, rgba })
        }
        Kind::Object => read_point_object(value, place, default),
        _ => Err(RpcError::params(place, "must be [x, y, z, r, g, b, a] or {x, y, z, color}")),
    }
}

fn read_box(value: &Value<'_>, place: Place<'_>, default: Rgba) -> Result<(Aabb, Rgba)> {
    if value.kind() != Kind::Array {
        return Err(RpcError::params(place, "must be [x1, y1, z1, x2, y2, z2, r, g, b, a]"));
    }
    let ([a, b], rgba) = read_row(value, place, default)?;
    Ok((Aabb::spanning(a, b), rgba))
}

/// `N` positions, then nothing, or a colour of three or four components.
fn read_row<const N: usize>(
    value: &Value<'_>,
    place: Place<'_>,
    default: Rgba,
) -> Result<([Pos; N], Rgba)> {
    let mut positions = [[0; 3]; N];
    let mut rgba = Rgba::BLACK;
    let mut count = 0;
    for (index, element) in value.elements().enumerate() {
        let part = format_args!("{place}[{index}]");
        if let Some(axis) = positions.as_flattened_mut().get_mut(index) {
            *axis = coordinate(&element, &part)?;
        } else if let Some(channel) = rgba.0.get_mut(index - 3 * N) {
            *channel = component(&element, &part)?;
        }
        count += 1;
    }
    let colour_parts = usize::checked_sub(count, 3 * N);
    let rgba = match colour_parts {
        Some(0) => default,
        Some(3 | 4) => rgba,
        _ => {
            let (short, long) = (3 * N, 3 * N + 4);
            let what = format_args!("has {count} numbers: {short}, {} or {long} are due", long - 1);
            return Err(RpcError::params(place, what));
        }
    };
    Ok((positions.map(Pos::from), rgba))
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
                let ([pos], _) = read_row::<1>(&part, &at, default)?;
                axes = pos.to_array().map(Some);
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
mod tests {
    use super::*;
    use crate::Method;

    fn read(params: &str) -> std::result::Result<VoxelSet, String> {
        let value = Value::parse(params.as_bytes()).unwrap();
        let args = Args::new(Method::AddVoxels, Some(value));
        Voxels::read(&args).map(|call| call.set).map_err(|error| error.message)
    }

    fn points(params: &str, expected: &[([i32; 3], [u8; 4])]) {
        let expected: Vec<_> =
            expected.iter().map(|&(pos, c)| Voxel { pos: pos.into(), rgba: Rgba(c) }).collect();
        assert_eq!(read(params).map(|set| set.points), Ok(expected), "{params}");
    }

    fn bad(params: &str, expected: &str) {
        assert_eq!(read(params), Err(expected.to_owned()), "{params}");
    }

    #[test]
    fn points_in_every_form() {
        points("[[[1,2,3], [4,5,6,7,8,9]]]", &[([1, 2, 3], [255; 4]), ([4, 5, 6], [7, 8, 9, 255])]);
        points(
            r##"{"voxels": [[1,2,3], {"x":1,"y":2,"z":3.9,"r":1,"g":2,"b":3,"a":4},
                {"position":[1,2,3],"color":[9,9,9]}], "color": "#00ff00"}"##,
            &[
                ([1, 2, 3], [0, 255, 0, 255]),
                ([1, 2, 3], [1, 2, 3, 4]),
                ([1, 2, 3], [9, 9, 9, 255]),
            ],
        );
    }

    #[test]
    fn boxes_hold_both_corners() {
        let set = read("{\"boxes\": [[3,0,0,1,0,0,1,2,3]]}").unwrap();
        let aabb = Aabb::spanning(Pos::new(1, 0, 0), Pos::new(3, 0, 0));
        assert_eq!(set.boxes, [(aabb, Rgba::opaque(1, 2, 3))]);
    }

    #[test]
    fn errors_name_the_place() {
        bad("{}", "params: Missing voxels parameter (or boxes)");
        bad("{\"voxels\": 5}", "params.voxels: must be an array");
        bad("[[[1,2,3],[1,2]]]", "params[0][1]: has 2 numbers: 3, 6 or 7 are due");
        bad("{\"voxels\": [[1,\"2\",3]]}", "params.voxels[0][1]: must be a number");
        bad("{\"voxels\": [{\"x\":1,\"y\":2}]}", "params.voxels[0]: needs x, y and z");
        bad(
            "{\"voxels\": [{\"x\":1,\"y\":2,\"z\":3,\"r\":1}]}",
            "params.voxels[0]: needs r, g and b, or none of them",
        );
        bad(
            "{\"boxes\": [[0,0,0,1,1,1,300,0,0]]}",
            "params.boxes[0][6]: a colour component must be an integer from 0 to 255",
        );
    }
}
