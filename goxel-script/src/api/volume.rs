//! `Volume`: voxels, of a layer or of the script alone. Single ones here, many at once in the files beside.

use std::cell::RefCell;
use std::rc::Rc;

use goxel_core::Volume;
use goxel_proto::types::{LayerRef, Pos, Rgba};
use rquickjs::{Function, Object, Result, Value};

use super::bounds::Bounds;
use super::call::Call;
use super::object::Named;
use super::vector::vector;
use crate::model::{Lazy, VolumeRef};

/// The voxels of a layer, or some that belong to the script.
pub(super) struct VolumeObject(VolumeRef);

impl VolumeObject {
    pub(super) fn new(volume: VolumeRef) -> Self {
        Self(volume)
    }

    /// A volume that belongs to no layer.
    pub(super) fn detached(volume: Lazy) -> Self {
        Self(Rc::new(RefCell::new(volume)))
    }

    pub(super) fn volume(&self) -> &VolumeRef {
        &self.0
    }
}

impl Named for VolumeObject {
    const NAME: &'static str = "Volume";
}

/// The volume that the call is of.
#[inline]
pub(super) fn this(call: &Call<'_, '_>) -> Result<VolumeRef> {
    call.of_this(|volume: &VolumeObject| Rc::clone(&volume.0))
}

pub(super) fn count<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let count = call.volume(&this(call)?, |volume| {
        volume.need_all()?;
        Ok(volume.volume().count())
    })?;
    call.count(count)
}

pub(super) fn bounds<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let bounds = call.volume(&this(call)?, |volume| {
        volume.need_all()?;
        Ok(volume.volume().bounds())
    })?;
    bounds.map_or_else(
        || Ok(Value::new_null(call.ctx().clone())),
        |aabb| call.gives(Bounds::new(aabb)),
    )
}

pub(super) fn copy<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let copy = call.volume(&this(call)?, |volume| volume.copy())?;
    call.gives(VolumeObject::detached(copy))
}

#[inline]
pub(super) fn set_at<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let volume = this(call)?;
    let (pos, rgba) = (call.pos_at(0)?, call.colour_at(1)?);
    call.volume(&volume, |volume| volume.set(pos, rgba))?;
    call.undefined()
}

pub(super) fn get_at<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (volume, pos) = (this(call)?, call.pos_at(0)?);
    let rgba = call.volume(&volume, |volume| volume.get(pos))?;
    colour(call, rgba)
}

/// A colour as scripts have it.
pub(super) fn colour<'js>(call: &Call<'_, 'js>, rgba: Rgba) -> Result<Value<'js>> {
    vector(call.ctx(), &rgba.0.map(f64::from))
}

/// Calls a function for each voxel that is there, as they were when it began: a tile after the other by z, y and
/// x, and within each likewise.
pub(super) fn iter<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (volume, visit) = (this(call)?, call.function(0, "what to call")?);
    let snapshot = call.volume(&volume, |volume| {
        volume.need_all()?;
        Ok(volume.volume().clone())
    })?;
    let visit_voxel = |pos: Pos, rgba: Rgba| -> Result<()> {
        let pos = vector(call.ctx(), &pos.to_array().map(f64::from))?;
        visit.call((pos, colour(call, rgba)?))
    };
    each_voxel(&snapshot, visit_voxel)?;
    call.undefined()
}

fn each_voxel(volume: &Volume, mut visit: impl FnMut(Pos, Rgba) -> Result<()>) -> Result<()> {
    for (at, tile) in volume.sorted_tiles() {
        for index in 0..goxel_core::TILE_VOXELS {
            let rgba = tile.get(index);
            if !rgba.is_empty() {
                visit(at.voxel(index), rgba)?;
            }
        }
    }
    Ok(())
}

/// Has the daemon write a project that has this volume as its only layer.
pub(super) fn save<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (volume, path) = (this(call)?, call.text(0, "path")?);
    let params = Object::new(call.ctx().clone())?;
    params.set("path", path)?;
    if let Some(format) = call.given(1) {
        params.set("format", call.text_of(&format, "format")?)?;
    }
    let params = super::ask::json(call, params.into_value())?;
    let answer = call.model(|model| {
        let copy = volume.borrow().copy()?;
        model.ask_of(copy, "goxel.export_model", &params)
    })?;
    super::ask::answered(call, answer)?;
    call.undefined()
}

/// Calls a function that gives a colour, or nothing where there is none to set.
pub(super) fn colour_by<'js>(
    call: &Call<'_, 'js>,
    function: &Function<'js>,
    pos: Value<'js>,
) -> Result<Option<Rgba>> {
    let given: Value<'js> = function.call((pos,))?;
    if given.is_undefined() || given.is_null() {
        return Ok(None);
    }
    call.colour(&given, "the colour that the function gave").map(Some)
}

/// What commands of a volume name as their layer.
pub(super) const LAYER: LayerRef = LayerRef::Active;
