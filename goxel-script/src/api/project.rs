//! `goxel.project`: what the project is beside its voxels, as plain objects to read. Changing them changes nothing.

use goxel_core::{Camera, Layer, Material, Project, Swatch};
use goxel_proto::types::Word;
use rquickjs::{Array, Ctx, IntoJs, Object, Result, Value};

use super::bounds::Bounds;
use super::call::Call;
use super::object::instance;

/// The project as it is now.
pub(super) fn project<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    // Nothing of the model is borrowed while objects are made.
    let project = call.host().model.borrow().project().snapshot();
    let ctx = call.ctx();
    let object = Object::new(ctx.clone())?;
    object.set("name", project.name())?;
    object.set("box", instance(ctx, Bounds::new(project.image_box()))?)?;
    object.set("activeLayer", project.active().0)?;
    object.set("layers", list(ctx, project.layers(), layer)?)?;
    let scene = project.scene();
    object.set("materials", list(ctx, scene.materials(), material)?)?;
    object.set("cameras", list(ctx, scene.cameras(), camera)?)?;
    object.set(
        "activeCamera",
        scene.active_camera().map(|id| id.0).map_or_else(|| null(ctx), |id| id.into_js(ctx))?,
    )?;
    object.set("light", light(ctx, &project)?)?;
    object.set("palette", list(ctx, scene.palette(), swatch)?)?;
    Ok(object.into_value())
}

fn null<'js>(ctx: &Ctx<'js>) -> Result<Value<'js>> {
    Ok(Value::new_null(ctx.clone()))
}

fn list<'js, T>(
    ctx: &Ctx<'js>,
    items: &[T],
    fill: impl Fn(&Object<'js>, &T) -> Result<()>,
) -> Result<Array<'js>> {
    let array = Array::new(ctx.clone())?;
    for (index, item) in items.iter().enumerate() {
        let object = Object::new(ctx.clone())?;
        fill(&object, item)?;
        array.set(index, object)?;
    }
    Ok(array)
}

fn layer<'js>(object: &Object<'js>, layer: &Layer) -> Result<()> {
    object.set("id", layer.id.0)?;
    object.set("name", layer.name.as_str())?;
    object.set("visible", layer.visible)?;
    object.set("mode", layer.mode.name())?;
    object.set(
        "material",
        layer.material.map_or_else(|| null(object.ctx()), |id| id.0.into_js(object.ctx()))?,
    )
}

fn material<'js>(object: &Object<'js>, material: &Material) -> Result<()> {
    object.set("id", material.id.0)?;
    object.set("name", material.name.as_str())?;
    object.set("color", material.color.to_vec())?;
    object.set("metallic", material.metallic)?;
    object.set("roughness", material.roughness)?;
    object.set("emission", material.emission.to_vec())?;
    object.set("transmission", material.transmission)?;
    object.set("ior", material.ior)?;
    object.set("medium", material.medium.name())?;
    object.set("density", material.density)
}

fn camera<'js>(object: &Object<'js>, camera: &Camera) -> Result<()> {
    object.set("id", camera.id.0)?;
    object.set("name", camera.name.as_str())?;
    object.set("distance", camera.distance)?;
    object.set("orthographic", camera.orthographic)?;
    object.set("transform", camera.transform.to_columns().to_vec())
}

fn light<'js>(ctx: &Ctx<'js>, project: &Project) -> Result<Value<'js>> {
    let Some(light) = project.scene().light() else { return null(ctx) };
    let object = Object::new(ctx.clone())?;
    object.set("pitch", light.pitch)?;
    object.set("yaw", light.yaw)?;
    object.set("intensity", light.intensity)?;
    object.set("fixed", light.fixed)?;
    object.set("ambient", light.ambient)?;
    object.set("shadow", light.shadow)?;
    Ok(object.into_value())
}

fn swatch<'js>(object: &Object<'js>, swatch: &Swatch) -> Result<()> {
    object.set("color", swatch.rgba.0.map(u32::from).to_vec())?;
    object.set("name", swatch.name.as_str())
}
