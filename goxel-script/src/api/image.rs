//! `goxel.image`: the project's layers.

use goxel_core::Command;
use goxel_proto::types::LayerRef;
use rquickjs::{Array, Result, Value};

use super::bounds::Bounds;
use super::call::Call;
use super::members::{Kind, Member, both, get, method};
use super::object::{Named, instance};
use super::palette::{remove_material, set_material};
use super::volume::VolumeObject;
use super::which::{LayerObject, layer_id};
use crate::model::Model;

/// What a layer is called where nobody says.
const LAYER_NAME: &str = "New Layer";

/// The one image that there is.
pub(super) struct Image;

impl Named for Image {
    const NAME: &'static str = "Image";
}

impl Kind for Image {
    const MEMBERS: &'static [Member] = &[
        both("activeLayer", active_layer, set_active_layer),
        get("layers", layers),
        get("selectionBox", selection_box),
        method("addLayer", 0, add_layer),
        method("layer", 1, |call| call.gives(LayerObject::new(layer_id(call, &call.arg(0))?))),
        method("getLayersVolume", 0, layers_volume),
        method("setMaterial", 1, set_material),
        method("removeMaterial", 1, remove_material),
    ];
}

/// There is one image, so whatever has the form of one is it.
fn this(call: &Call<'_, '_>) -> Result<()> {
    call.this::<Image>().map(|_| ())
}

fn active_layer<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    this(call)?;
    let active = call.host().model.borrow().project().active();
    call.gives(LayerObject::new(active))
}

fn set_active_layer<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    this(call)?;
    let layer = LayerRef::Id(layer_id(call, &call.arg(0))?);
    call.model(|model| model.apply(Command::SetActiveLayer(layer)))?;
    call.undefined()
}

/// The layers, bottom first.
fn layers<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    this(call)?;
    let ids: Vec<_> =
        call.host().model.borrow().project().layers().iter().map(|layer| layer.id).collect();
    let array = Array::new(call.ctx().clone())?;
    for (index, id) in ids.into_iter().enumerate() {
        array.set(index, instance(call.ctx(), LayerObject::new(id))?)?;
    }
    Ok(array.into_value())
}

/// Nobody selects anything here, so it is all of the image.
fn selection_box<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    this(call)?;
    let aabb = call.host().model.borrow().project().image_box();
    call.gives(Bounds::new(aabb))
}

fn add_layer<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    this(call)?;
    let name = call.given(0).map(|value| call.text_of(&value, "name")).transpose()?;
    let id = call.model(|model| model.add_layer(name.as_deref().unwrap_or(LAYER_NAME)))?;
    call.gives(LayerObject::new(id))
}

fn layers_volume<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    this(call)?;
    let visible = call.model(Model::visible)?;
    call.gives(VolumeObject::detached(visible))
}
