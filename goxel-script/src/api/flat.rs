//! The flat calls of the C daemon's documents: `goxel.addVoxel(x, y, z, colour)` and its like. They give 0 where they
//! did it, and -1 where there was nothing to do it to.

use goxel_core::FloodFill;
use goxel_proto::types::{Aabb, Connectivity, Pos, Rgba};
use rquickjs::{Object, Result, Value};

use super::call::Call;
use super::editing::flooded;
use super::which::layer_id;
use crate::model::{Lazy, VolumeRef};

/// Where the colour begins: behind the position.
const COLOUR_AT: usize = 3;

/// Sets a voxel.
#[inline]
pub(super) fn add_voxel<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (pos, rgba, volume) = pos_colour_volume(call)?;
    call.volume(&volume, |volume| volume.set(pos, rgba))?;
    done(call, true)
}

/// Removes a voxel.
pub(super) fn remove_voxel<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (pos, volume) = (pos(call)?, volume(call, COLOUR_AT)?);
    call.volume(&volume, |volume| volume.set(pos, Rgba::EMPTY))?;
    done(call, true)
}

/// The colour of a voxel: `{r, g, b, a}`, all 0 where there is none.
pub(super) fn get_voxel<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (pos, volume) = (pos(call)?, volume(call, COLOUR_AT)?);
    let Rgba([r, g, b, a]) = call.volume(&volume, |volume| volume.get(pos))?;
    let object = Object::new(call.ctx().clone())?;
    for (name, part) in [("r", r), ("g", g), ("b", b), ("a", a)] {
        object.set(name, part)?;
    }
    Ok(object.into_value())
}

/// Gives a voxel that is there another colour.
pub(super) fn paint_voxels<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (pos, rgba, volume) = pos_colour_volume(call)?;
    let painted = call.volume(&volume, |volume: &mut Lazy| volume.paint(&Aabb::of(pos), rgba))?;
    done(call, painted > 0)
}

/// Colours what is connected with a voxel.
pub(super) fn flood_fill<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (start, rgba, volume) = pos_colour_volume(call)?;
    let flood = FloodFill { start, tolerance: 0, connectivity: Connectivity::Faces, bounds: None };
    let reached = call.volume(&volume, |volume| flooded(volume, flood, rgba))?;
    done(call, reached > 0)
}

fn done<'js>(call: &Call<'_, 'js>, is_done: bool) -> Result<Value<'js>> {
    Ok(Value::new_int(call.ctx().clone(), if is_done { 0 } else { -1 }))
}

#[inline]
fn pos(call: &Call<'_, '_>) -> Result<Pos> {
    let x = call.coordinate(&call.arg(0), "x")?;
    let y = call.coordinate(&call.arg(1), "y")?;
    let z = call.coordinate(&call.arg(2), "z")?;
    Ok(Pos::new(x, y, z))
}

/// A colour is one value, or three or four numbers; the layer stands behind it.
#[inline]
fn pos_colour_volume(call: &Call<'_, '_>) -> Result<(Pos, Rgba, VolumeRef)> {
    let pos = pos(call)?;
    let first = call.arg(COLOUR_AT);
    if !first.is_number() {
        return Ok((pos, call.colour(&first, "colour")?, volume(call, COLOUR_AT + 1)?));
    }
    let r = call.part(&first, "r")?;
    let g = call.part(&call.arg(COLOUR_AT + 1), "g")?;
    let b = call.part(&call.arg(COLOUR_AT + 2), "b")?;
    let a = match call.given(COLOUR_AT + 3) {
        Some(alpha) => call.part(&alpha, "a")?,
        None => u8::MAX,
    };
    Ok((pos, Rgba::new(r, g, b, a), volume(call, COLOUR_AT + 4)?))
}

/// The voxels of the layer at `index`: a layer, its id or its name; 0, -1 or none is the active one.
#[inline]
fn volume(call: &Call<'_, '_>, index: usize) -> Result<VolumeRef> {
    let given = if call.len() > index { call.given(index) } else { None };
    match given {
        None => call.model(|model| {
            let active = model.project().active();
            Ok(model.volume(active))
        }),
        Some(value) => {
            let id = layer_id(call, &value)?;
            call.model(|model| Ok(model.volume(id)))
        }
    }
}
