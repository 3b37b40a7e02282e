//! Many voxels of a volume at once: boxes, shapes, other volumes, and the volume moved as a whole.

use goxel_core::limits::SHAPE_VOXELS_MAX;
use goxel_core::{
    BlendMode, Combine, Command, Connectivity, FloodFill, Motion, Reshape, Shape, Solid, Volume,
    Work, generate,
};
use goxel_proto::types::{Aabb, Axis, Pos, Rgba, ShapeKind};
use rquickjs::{Function, Object, Result, Value};

use super::call::Call;
use super::vector::vector;
use super::volume::{LAYER, VolumeObject, colour_by, this};
use crate::model::{Lazy, Refusal, VolumeRef};

/// Voxels of a box that a function is called for: as many calls take minutes.
const CALLS_MAX: u128 = 1 << 30;
/// Bytes that the tiles at the side of a shape take, for each square voxel of the sides of its box, and some more.
const SIDE_BYTES: u128 = 40;

/// Fills a box with a colour, or with what a function gives for each place; without a box, that of the image.
pub(super) fn fill<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let volume = this(call)?;
    let (aabb, with) = if call.len() < 2 {
        (call.host().model.borrow().project().image_box(), call.arg(0))
    } else {
        (call.aabb_at(0)?, call.arg(1))
    };
    let count = match with.as_function() {
        Some(function) => fill_by(call, &volume, &aabb, function)?,
        None => {
            let rgba = call.colour(&with, "colour")?;
            call.volume(&volume, |volume| volume.fill(&aabb, rgba))?
        }
    };
    call.count(count)
}

/// Sets what a function gives. It may look at the volume and change it: what it gives is set at once.
fn fill_by<'js>(
    call: &Call<'_, 'js>,
    volume: &VolumeRef,
    aabb: &Aabb,
    function: &Function<'js>,
) -> Result<u64> {
    let given = aabb.volume();
    if given > CALLS_MAX {
        let refusal = Refusal::TooLarge { what: "a box", given, unit: "places", max: CALLS_MAX };
        return Err(call.refused(&refusal));
    }
    let mut count = 0;
    for z in aabb.min[2]..aabb.max[2] {
        for y in aabb.min[1]..aabb.max[1] {
            for x in aabb.min[0]..aabb.max[0] {
                let place = [x, y, z];
                let pos = vector(call.ctx(), &place.map(|axis| axis as f64))?;
                if let Some(rgba) = colour_by(call, function, pos)? {
                    let pos = Pos::from(place.map(|axis| axis as i32));
                    call.volume(volume, |volume| volume.set(pos, rgba))?;
                    count += 1;
                }
            }
        }
    }
    Ok(count)
}

/// Gives the voxels that are there another colour, in a box or everywhere.
pub(super) fn paint<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let volume = this(call)?;
    let (aabb, rgba) = if call.len() < 2 {
        (Aabb::EVERYTHING, call.colour_at(0)?)
    } else {
        (call.aabb_at(0)?, call.colour_at(1)?)
    };
    let count = call.volume(&volume, |volume| volume.paint(&aabb, rgba))?;
    call.count(count)
}

/// Removes the voxels of a box, or all.
pub(super) fn clear<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let volume = this(call)?;
    match call.given(0) {
        Some(aabb) => {
            let aabb = call.aabb(&aabb)?;
            call.volume(&volume, |volume| volume.fill(&aabb, Rgba::EMPTY))?;
        }
        None => call.volume(&volume, |volume| volume.replace(Volume::new()))?,
    }
    call.undefined()
}

/// Colours what is connected with a voxel.
pub(super) fn flood_fill<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let volume = this(call)?;
    let (start, rgba, options) = (call.pos_at(0)?, call.colour_at(1)?, call.options(2)?);
    let flood = FloodFill {
        start,
        tolerance: match call.option(options.as_ref(), "tolerance")? {
            Some(value) => call.whole(&value, "tolerance", 0, 255)? as u8,
            None => 0,
        },
        connectivity: match call.option(options.as_ref(), "connectivity")? {
            Some(value) => {
                let count = call.whole(&value, "connectivity", 6, 26)?;
                Connectivity::from_count(count as i32)
                    .ok_or_else(|| call.out_of_range("connectivity must be 6, 18 or 26"))?
            }
            None => Connectivity::Faces,
        },
        bounds: match call.option(options.as_ref(), "bounds")? {
            Some(value) => Some(call.aabb(&value)?),
            None => None,
        },
    };
    let count = call.volume(&volume, |volume| flooded(volume, flood, rgba))?;
    call.count(count)
}

/// Carries out a flood fill, and says how many voxels it reached.
pub(super) fn flooded(
    volume: &mut Lazy,
    flood: FloodFill,
    rgba: Rgba,
) -> crate::model::Result<u64> {
    match flood.bounds {
        Some(bounds) => volume.need_box(&bounds)?,
        None => volume.need_all()?,
    }
    volume.need([goxel_core::TilePos::of(flood.start)])?;
    match volume.command(Command::Flood { layer: LAYER, flood, rgba })? {
        goxel_core::Effect::Covered(count) => Ok(count),
        _ => Ok(0),
    }
}

/// Sets, removes, paints or keeps the voxels of a shape.
pub(super) fn shape<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let volume = this(call)?;
    let kind: ShapeKind = call.word(&call.arg(0))?;
    let options = call
        .options(1)?
        .ok_or_else(|| call.wrong("a shape needs options: {center, size, color}"))?;
    let (rgba, mode) = colour_and_mode(call, Some(&options))?;
    let made = made(call, kind, &options, rgba)?;
    let set = call.ok(made.map_err(Refusal::from))?;
    let count = call.volume(&volume, |volume| volume.combine(&set, mode))?;
    call.count(count)
}

/// The colour and the mode that options name. Where the mode only says what goes or stays, any colour will do.
pub(super) fn colour_and_mode<'js>(
    call: &Call<'_, 'js>,
    options: Option<&Object<'js>>,
) -> Result<(Rgba, Combine)> {
    let mode = mode(call, options)?;
    let colour = call.option(options, "color")?;
    let is_needed = matches!(mode, Combine::Add | Combine::Paint);
    match colour {
        Some(value) => {
            let rgba = call.colour(&value, "color")?;
            match (rgba.is_empty(), is_needed) {
                (true, true) => Ok((Rgba::WHITE, Combine::Subtract)),
                (true, false) => Ok((Rgba::WHITE, mode)),
                _ => Ok((rgba, mode)),
            }
        }
        None if is_needed => Ok((call.host().painter.get(), mode)),
        None => Ok((Rgba::WHITE, mode)),
    }
}

/// The mode that options name: `add` where they name none.
pub(super) fn mode<'js>(call: &Call<'_, 'js>, options: Option<&Object<'js>>) -> Result<Combine> {
    call.option(options, "mode")?.map_or(Ok(Combine::Add), |value| call.word(&value))
}

/// The voxels of a shape.
fn made<'js>(
    call: &Call<'_, 'js>,
    kind: ShapeKind,
    options: &Object<'js>,
    rgba: Rgba,
) -> Result<goxel_core::Result<Volume>> {
    let work = Work::unbounded();
    let pos = |name: &str| -> Result<Pos> { call.pos(&options.get(name)?, name) };
    if kind == ShapeKind::Line {
        return Ok(generate::line(pos("from")?, pos("to")?, rgba, &work));
    }
    let (center, size) = (pos("center")?, size(call, options)?);
    let axis = call.option(Some(options), "axis")?;
    let axis = axis.map_or(Ok(Axis::Z), |value| call.word::<Axis>(&value))?.index();
    let [x, y, z] = size.map(u128::from);
    // What is too large for a shape is refused as such.
    if x * y * z <= SHAPE_VOXELS_MAX {
        let sides = (x * y + y * z + x * z) * SIDE_BYTES;
        call.model(|model| model.check_room(u64::try_from(sides).unwrap_or(u64::MAX)))?;
    }
    let solid = |shape: Shape| Solid { shape, size, center, axis }.to_volume(rgba, &work);
    Ok(match kind {
        ShapeKind::Box => solid(Shape::Box),
        ShapeKind::Sphere | ShapeKind::Ellipsoid => solid(Shape::Ellipsoid),
        ShapeKind::Cylinder => solid(Shape::Cylinder),
        ShapeKind::Cone => solid(Shape::Cone),
        ShapeKind::Pyramid => solid(Shape::Pyramid),
        ShapeKind::Torus => {
            let tube = call.whole(&options.get("tube")?, "tube", 1, u32::MAX.into())? as u32;
            generate::torus(center, axis, size[(axis + 1) % 3], tube, rgba, &work)
        }
        ShapeKind::Plane | ShapeKind::Line => {
            let [x, y, z] = call.triple(&options.get("normal")?, "normal")?;
            let part = |part: f64| {
                call.whole(&Value::new_number(call.ctx().clone(), part), "normal", -32768, 32767)
            };
            let normal = [part(x)? as i16, part(y)? as i16, part(z)? as i16];
            generate::plane(&Aabb::around(center, size), center, normal, rgba, &work)
        }
    })
}

/// The size that options name: a number for all edges, or three.
fn size<'js>(call: &Call<'_, 'js>, options: &Object<'js>) -> Result<[u32; 3]> {
    let value: Value<'js> = options.get("size")?;
    let sizes = match value.as_number() {
        Some(edge) => [edge; 3],
        None => call.triple(&value, "size")?,
    };
    let edge = |edge: f64| {
        let value = Value::new_number(call.ctx().clone(), edge);
        call.whole(&value, "size", 1, u32::MAX.into()).map(|edge| edge as u32)
    };
    Ok([edge(sizes[0])?, edge(sizes[1])?, edge(sizes[2])?])
}

/// Sets, removes, paints or keeps what another volume has voxels of.
pub(super) fn combine<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (volume, other) = (this(call)?, call.object::<VolumeObject>(0, "the other volume")?);
    let mode = call.given(1).map_or(Ok(Combine::Add), |value| call.word(&value))?;
    let set = call.volume(other.borrow().0.volume(), |other| {
        other.need_all()?;
        Ok(other.volume().clone())
    })?;
    let count = call.volume(&volume, |volume| volume.combine(&set, mode))?;
    call.count(count)
}

/// Lays another volume over this one.
pub(super) fn merge<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (volume, other) = (this(call)?, call.object::<VolumeObject>(0, "the other volume")?);
    let mode = call.given(1).map_or(Ok(BlendMode::Over), |value| call.word(&value))?;
    // It may be the same volume.
    let mut above = call.volume(other.borrow().0.volume(), |other| other.copy())?;
    call.volume(&volume, |volume| volume.lay(&mut above, mode))?;
    call.undefined()
}

/// Moves all voxels.
pub(super) fn translate<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let by = call.pos_at(0)?.to_array().map(i64::from);
    reshape(call, Reshape::Move(Motion::translation(by)))
}

/// Turns all voxels by quarters about an axis.
pub(super) fn rotate<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let axis: Axis = call.word(&call.arg(0))?;
    let quarters = call.whole(&call.arg(1), "quarters", -4, 4)? as i32;
    let pivot = call.given(2).map_or(Ok(Pos::ZERO), |value| call.pos(&value, "pivot"))?;
    reshape(call, Reshape::Move(Motion::turn(axis.index(), quarters, pivot)))
}

/// Mirrors all voxels along an axis, about the middle of a voxel.
pub(super) fn flip<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let axis: Axis = call.word(&call.arg(0))?;
    let about = call.given(1).map_or(Ok(0), |value| call.coordinate(&value, "the plane"))?;
    reshape(call, Reshape::Move(Motion::flip(axis.index(), 2 * i64::from(about))))
}

fn reshape<'js>(call: &Call<'_, 'js>, reshape: Reshape) -> Result<Value<'js>> {
    call.volume(&this(call)?, |volume| {
        volume.need_all()?;
        volume.check_room(volume.volume().bytes() as u64)?;
        let after = reshape.apply(volume.volume(), &Work::unbounded())?;
        volume.replace(after)
    })?;
    call.undefined()
}
