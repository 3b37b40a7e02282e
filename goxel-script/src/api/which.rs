//! Which layer is meant.

use goxel_proto::types::{LayerId, LayerRef};
use rquickjs::{Class, Result, Value};

use super::call::Call;
use super::object::Named;
use crate::sys::Held;

/// A layer, by its id.
pub(super) struct LayerObject(LayerId);

impl LayerObject {
    pub(super) fn new(id: LayerId) -> Self {
        Self(id)
    }

    /// The id of a layer that is still there.
    pub(super) fn here(&self, call: &Call<'_, '_>) -> Result<LayerId> {
        call.model(|model| Ok(model.project().layer(LayerRef::Id(self.0))?.id))
    }
}

impl Named for LayerObject {
    const NAME: &'static str = "Layer";
}

/// The layer that a value means.
pub(super) fn layer_id<'js>(call: &Call<'_, 'js>, value: &Value<'js>) -> Result<LayerId> {
    if let Some(layer) = value.as_object().and_then(Class::<Held<LayerObject>>::from_object) {
        return layer.borrow().0.here(call);
    }
    if value.is_string() {
        let name = call.text_of(value, "layer")?;
        return call.model(|model| Ok(model.project().layer_named(&name)?.id));
    }
    let id = call.whole(value, "layer", -1, u32::MAX.into())?;
    let layer = u32::try_from(id)
        .ok()
        .filter(|&id| id > 0)
        .map_or(LayerRef::Active, |id| LayerRef::Id(LayerId(id)));
    call.model(|model| Ok(model.project().layer(layer)?.id))
}
