//! A layer of the image. What is set of it is set in the project.

use goxel_core::{BlendMode, Command, Layer, LayerSettings};
use goxel_proto::types::{LayerId, LayerRef, Word};
use rquickjs::{Result, Value};

use super::call::Call;
use super::members::{Kind, Member, both, get, method};
use super::palette::material_id;
use super::volume::VolumeObject;
use super::which::{LayerObject, layer_id};

impl Kind for LayerObject {
    const MEMBERS: &'static [Member] = &[
        get("id", |call| call.count(this(call)?.0.into())),
        both(
            "name",
            |call| {
                let name = of(call, |layer| layer.name.clone())?;
                call.string(&name)
            },
            set_name,
        ),
        both(
            "visible",
            |call| {
                let is = of(call, |layer| layer.visible)?;
                call.boolean(is)
            },
            set_visible,
        ),
        both(
            "mode",
            |call| {
                let mode = of(call, |layer| layer.mode)?;
                call.string(mode.name())
            },
            set_mode,
        ),
        both("material", material, set_material),
        both("index", index, set_index),
        both("volume", volume, set_volume),
        method("duplicate", 0, duplicate),
        method("mergeInto", 1, merge_into),
        method("remove", 0, remove),
        method("activate", 0, activate),
    ];
}

/// The layer that the call is of, which is still there.
fn this(call: &Call<'_, '_>) -> Result<LayerId> {
    let this = call.this::<LayerObject>()?;
    let this = this.borrow();
    this.0.here(call)
}

/// What the layer has.
fn of<T>(call: &Call<'_, '_>, what: impl FnOnce(&Layer) -> T) -> Result<T> {
    let id = this(call)?;
    call.model(|model| Ok(what(model.project().layer(LayerRef::Id(id))?)))
}

fn set<'js>(call: &Call<'_, 'js>, settings: &LayerSettings<'_>) -> Result<Value<'js>> {
    let layer = LayerRef::Id(this(call)?);
    call.model(|model| model.apply(Command::SetLayer { layer, settings }))?;
    call.undefined()
}

fn set_name<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let name = call.text(0, "name")?;
    set(call, &LayerSettings { name: Some(&name), ..LayerSettings::default() })
}

fn set_visible<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    let visible = value.as_bool().ok_or_else(|| call.not("visible", "true or false", &value))?;
    set(call, &LayerSettings { visible: Some(visible), ..LayerSettings::default() })
}

fn set_mode<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let mode: BlendMode = call.word(&call.arg(0))?;
    set(call, &LayerSettings { mode: Some(mode), ..LayerSettings::default() })
}

fn material<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    match of(call, |layer| layer.material)? {
        Some(id) => call.count(id.0.into()),
        None => Ok(Value::new_null(call.ctx().clone())),
    }
}

fn set_material<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let material = match call.given(0) {
        Some(value) => Some(material_id(call, &value)?),
        None => None,
    };
    set(call, &LayerSettings { material: Some(material), ..LayerSettings::default() })
}

fn index<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let id = this(call)?;
    let index =
        call.host().model.borrow().project().layers().iter().position(|layer| layer.id == id);
    call.count(index.unwrap_or(0) as u64)
}

fn set_index<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let layer = LayerRef::Id(this(call)?);
    let index = call.whole(&call.arg(0), "index", 0, i32::MAX.into())? as usize;
    call.model(|model| model.apply(Command::MoveLayer { layer, index }))?;
    call.undefined()
}

fn volume<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let id = this(call)?;
    let volume = call.model(|model| Ok(model.volume(id)))?;
    call.gives(VolumeObject::new(volume))
}

/// Gives the layer the voxels that another volume has now.
fn set_volume<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (id, other) = (this(call)?, call.object::<VolumeObject>(0, "volume")?);
    // It may be the same volume.
    let copy = call.volume(other.borrow().0.volume(), |other| other.copy())?;
    call.model(|model| model.volume(id).borrow_mut().assign(&copy))?;
    call.undefined()
}

fn duplicate<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let id = this(call)?;
    let name = call.given(0).map(|value| call.text_of(&value, "name")).transpose()?;
    let copy = call.model(|model| {
        let copy = model.duplicate(id)?;
        if let Some(name) = &name {
            model.apply(Command::RenameLayer { layer: LayerRef::Id(copy), name })?;
        }
        Ok(copy)
    })?;
    call.gives(LayerObject::new(copy))
}

/// Lays the layer over another and removes it.
fn merge_into<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let source = this(call)?;
    let target = layer_id(call, &call.arg(0))?;
    call.model(|model| model.merge(source, target))?;
    call.undefined()
}

fn remove<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    apply(call, Command::DeleteLayer)
}

fn activate<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    apply(call, Command::SetActiveLayer)
}

fn apply<'js>(
    call: &Call<'_, 'js>,
    command: fn(LayerRef) -> Command<'static>,
) -> Result<Value<'js>> {
    let id = this(call)?;
    call.model(|model| model.apply(command(LayerRef::Id(id))))?;
    call.undefined()
}
