//! `goxel.palette`: the painter's colour and the project's colours; and materials.

use goxel_core::{Command, Effect, Material, Swatch};
use goxel_proto::types::{MaterialId, Medium};
use rquickjs::{Array, Object, Result, Value};

use super::call::Call;
use super::members::{Kind, Member, both};
use super::object::Named;
use super::vector::vector;

/// The one palette that there is.
pub(super) struct Palette;

impl Named for Palette {
    const NAME: &'static str = "Palette";
}

impl Kind for Palette {
    const MEMBERS: &'static [Member] =
        &[both("color", colour, set_colour), both("colors", colours, set_colours)];
}

fn colour<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    call.this::<Palette>()?;
    vector(call.ctx(), &call.host().painter.get().0.map(f64::from))
}

fn set_colour<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    call.this::<Palette>()?;
    call.host().painter.set(call.colour_at(0)?);
    call.undefined()
}

fn colours<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    call.this::<Palette>()?;
    let colours: Vec<_> = call
        .host()
        .model
        .borrow()
        .project()
        .scene()
        .palette()
        .iter()
        .map(|swatch| swatch.rgba)
        .collect();
    let array = Array::new(call.ctx().clone())?;
    for (index, rgba) in colours.into_iter().enumerate() {
        array.set(index, vector(call.ctx(), &rgba.0.map(f64::from))?)?;
    }
    Ok(array.into_value())
}

/// Sets all colours. One that was there keeps its name and its material.
fn set_colours<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    call.this::<Palette>()?;
    let value = call.arg(0);
    let array = value.as_array().ok_or_else(|| call.not("colors", "an array", &value))?;
    let max = goxel_core::limits::PALETTE_MAX;
    if array.len() > max {
        return Err(call.out_of_range(format_args!(
            "a palette has {max} colours at the most, not {}",
            array.len()
        )));
    }
    let colours: Result<Vec<_>> =
        (0..array.len()).map(|at| call.colour(&array.get(at)?, "a colour")).collect();
    let colours = colours?;
    call.model(|model| {
        let known = model.project().scene().palette();
        let swatch = |rgba| {
            let same = known.iter().find(|swatch| swatch.rgba == rgba);
            same.cloned().unwrap_or_else(|| Swatch::from(rgba))
        };
        let swatches: Vec<Swatch> = colours.into_iter().map(swatch).collect();
        model.apply(Command::SetPalette(&swatches))
    })?;
    call.undefined()
}

/// The material that an id or a name means.
pub(super) fn material_id<'js>(call: &Call<'_, 'js>, value: &Value<'js>) -> Result<MaterialId> {
    if value.is_string() {
        let name = call.text_of(value, "material")?;
        return call.model(|model| Ok(model.project().scene().material_named(&name)?.id));
    }
    let id = call.whole(value, "material", 1, u32::MAX.into())?;
    let id = MaterialId(u32::try_from(id).unwrap_or(0));
    call.model(|model| Ok(model.project().scene().material(id)?.id))
}

/// Adds a material, or changes the one of the `id` that is named. Gives its id.
pub(super) fn set_material<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let given = call.options(0)?.ok_or_else(|| call.wrong("a material must be an object"))?;
    let mut material = match call.option(Some(&given), "id")? {
        Some(id) => {
            let id = material_id(call, &id)?;
            call.model(|model| Ok(model.project().scene().material(id)?.clone()))?
        }
        None => Material::default(),
    };
    read_material(call, &given, &mut material)?;
    match call.model(|model| model.apply(Command::SetMaterial(&material)))? {
        Effect::Material(id) => call.count(id.0.into()),
        _ => call.undefined(),
    }
}

/// Takes what is named of a material; the rest stays.
fn read_material<'js>(
    call: &Call<'_, 'js>,
    given: &Object<'js>,
    material: &mut Material,
) -> Result<()> {
    let number = |name: &str, to: &mut f32| -> Result<()> {
        if let Some(value) = call.option(Some(given), name)? {
            *to = call.number_of(&value, name)? as f32;
        }
        Ok(())
    };
    if let Some(name) = call.option(Some(given), "name")? {
        material.name = call.text_of(&name, "name")?;
    }
    if let Some(medium) = call.option(Some(given), "medium")? {
        material.medium = call.word::<Medium>(&medium)?;
    }
    if let Some(value) = call.option(Some(given), "color")? {
        read_parts(call, &value, "color", &mut material.color)?;
    }
    if let Some(value) = call.option(Some(given), "emission")? {
        read_parts(call, &value, "emission", &mut material.emission)?;
    }
    number("metallic", &mut material.metallic)?;
    number("roughness", &mut material.roughness)?;
    number("transmission", &mut material.transmission)?;
    number("ior", &mut material.ior)?;
    number("density", &mut material.density)
}

fn read_parts<'js>(
    call: &Call<'_, 'js>,
    value: &Value<'js>,
    what: &str,
    to: &mut [f32],
) -> Result<()> {
    let array = value.as_array().ok_or_else(|| call.not(what, "an array of numbers", value))?;
    for (index, to) in to.iter_mut().enumerate().take(array.len()) {
        *to = call.number_of(&array.get(index)?, what)? as f32;
    }
    Ok(())
}

/// Removes a material; layers and colours that have it have none then.
pub(super) fn remove_material<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let id = material_id(call, &call.arg(0))?;
    call.model(|model| model.apply(Command::RemoveMaterial(id)))?;
    call.undefined()
}
