//! The chunks that are no voxels, both ways: `MATE`, `CAMR`, `LIGH`, and `XPAL`, which is our own.
//!
//! Reading is tolerant, as Goxel is: a key of a wrong size, a number that is not finite, one that
//! is missing: each leaves what the default is. Numbers out of range are brought into it. Where a
//! key stands twice the last one counts; some programs write one `MATE` for a whole palette.

use goxel_core::{Camera, Light, Material, Scene, Swatch};
use goxel_proto::types::{MaterialId, Rgba};

use super::dict::{Dict, flag, floats, for_each_entry, transform};
use crate::bytes::Cursor;
use crate::{Result, text};

/// Adds the material of a `MATE` chunk.
pub(super) fn read_material(body: Cursor<'_>, scene: &mut Scene) -> Result<MaterialId> {
    let mut material = Material::default();
    for_each_entry(body, |key, value| set_material(&mut material, key, value))?;
    Ok(scene.set_material(material)?)
}

fn set_material(material: &mut Material, key: &[u8], value: &[u8]) {
    match key {
        b"name" => material.name = text::name(value),
        b"color" => {
            // Some programs write four bytes.
            let bytes =
                || Some(<[u8; 4]>::try_from(value).ok()?.map(|part| f32::from(part) / 255.));
            let color = floats(value).or_else(bytes);
            material.color = color.unwrap_or(material.color).map(|part| part.clamp(0.0, 1.0));
        }
        b"metallic" => unit(&mut material.metallic, value),
        b"roughness" => unit(&mut material.roughness, value),
        b"emission" => {
            let emission = floats(value).unwrap_or(material.emission);
            material.emission = emission.map(|part| part.max(0.0));
        }
        _ => {}
    }
}

fn unit(number: &mut f32, value: &[u8]) {
    *number = floats(value).map_or(*number, |[number]| number.clamp(0.0, 1.0));
}

fn any(number: &mut f32, value: &[u8]) {
    *number = floats(value).map_or(*number, |[number]| number);
}

fn positive(number: &mut f32, value: &[u8]) {
    *number = floats(value).map_or(*number, |[number]| number.max(0.0));
}

/// Adds the camera of a `CAMR` chunk. Very old ones have no matrix.
pub(super) fn read_camera(body: Cursor<'_>, scene: &mut Scene) -> Result<()> {
    let mut camera = Camera::default();
    let mut active = false;
    for_each_entry(body, |key, value| match key {
        b"name" => camera.name = text::name(value),
        b"dist" => any(&mut camera.distance, value),
        b"ortho" => camera.orthographic = flag(value),
        b"mat" => camera.transform = transform(value).unwrap_or(camera.transform),
        // The key alone says it, but some programs say no in words.
        b"active" => active = value != b"false",
        _ => {}
    })?;
    let id = scene.set_camera(camera)?;
    if active {
        scene.set_active_camera(Some(id))?;
    }
    Ok(())
}

/// Takes over the light of a `LIGH` chunk.
pub(super) fn read_light(body: Cursor<'_>, scene: &mut Scene) -> Result<()> {
    let mut light = Light::default();
    for_each_entry(body, |key, value| match key {
        b"pitch" => any(&mut light.pitch, value),
        b"yaw" => any(&mut light.yaw, value),
        b"intensity" => positive(&mut light.intensity, value),
        b"fixed" => light.fixed = flag(value),
        b"ambient" => positive(&mut light.ambient, value),
        b"shadow" => positive(&mut light.shadow, value),
        _ => {}
    })?;
    Ok(scene.set_light(Some(light))?)
}

/// Takes over the colours of an `XPAL` chunk.
pub(super) fn read_palette(body: Cursor<'_>, scene: &mut Scene) -> Result<()> {
    let mut palette: Vec<Swatch> = Vec::new();
    for_each_entry(body, |key, value| match (key, value.try_into(), palette.last_mut()) {
        (b"color", Ok(rgba), _) if !Rgba(rgba).is_empty() => palette.push(Rgba(rgba).into()),
        (b"name", _, Some(swatch)) => swatch.name = text::name(value),
        _ => {}
    })?;
    Ok(scene.set_palette(palette)?)
}

/// The bodies of the `MATE` chunks, in the order by which layers name them.
pub(super) fn materials(scene: &Scene) -> impl Iterator<Item = Vec<u8>> {
    scene.materials().iter().map(|material| {
        let mut dict = Dict::default();
        dict.add_text("name", &material.name);
        dict.add_floats("color", &material.color);
        dict.add_floats("metallic", &[material.metallic]);
        dict.add_floats("roughness", &[material.roughness]);
        dict.add_floats("emission", &material.emission);
        dict.0
    })
}

/// The chunks behind the layers.
pub(super) fn after_layers(scene: &Scene) -> Vec<([u8; 4], Vec<u8>)> {
    let cameras = scene.cameras().iter();
    let mut chunks: Vec<_> =
        cameras.map(|c| (*b"CAMR", camera(c, scene.active_camera() == Some(c.id)))).collect();
    chunks.extend(scene.light().map(|l| (*b"LIGH", light(l))));
    if !scene.palette().is_empty() {
        chunks.push((*b"XPAL", palette(scene.palette())));
    }
    chunks
}

fn camera(camera: &Camera, active: bool) -> Vec<u8> {
    let mut dict = Dict::default();
    dict.add_text("name", &camera.name);
    dict.add_floats("dist", &[camera.distance]);
    dict.add_flag("ortho", camera.orthographic);
    dict.add_floats("mat", &camera.transform.to_columns());
    if active {
        dict.add("active", &[]);
    }
    dict.0
}

fn light(light: &Light) -> Vec<u8> {
    let mut dict = Dict::default();
    dict.add_floats("pitch", &[light.pitch]);
    dict.add_floats("yaw", &[light.yaw]);
    dict.add_floats("intensity", &[light.intensity]);
    dict.add_flag("fixed", light.fixed);
    dict.add_floats("ambient", &[light.ambient]);
    dict.add_floats("shadow", &[light.shadow]);
    dict.0
}

fn palette(palette: &[Swatch]) -> Vec<u8> {
    let mut dict = Dict::default();
    for swatch in palette {
        dict.add("color", &swatch.rgba.0);
        if !swatch.name.is_empty() {
            dict.add_text("name", &swatch.name);
        }
    }
    dict.0
}
