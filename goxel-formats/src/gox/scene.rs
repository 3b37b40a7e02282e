//! The chunks that are no voxels, both ways: `MATE`, `CAMR`, `LIGH`, and `XPAL`, which is our own.
//!
//! Reading is tolerant, as Goxel is: a key of a wrong size, a number that is not finite, one that
//! is missing: each leaves what the default is. Numbers out of range are brought into it. Where a
//! key stands twice the last one counts; some programs write one `MATE` for a whole palette.

use goxel_core::{Camera, Light, Material, Owner, Scene, Swatch};
use goxel_proto::types::{MaterialId, Medium, Rgba, Word};

use super::NO_MATERIAL;
use super::dict::{Dict, flag, floats, for_each_entry, transform};
use super::kept::{Keeper, Unknown, keys, keys_of};
use crate::bytes::Cursor;
use crate::{Result, text};

/// Adds the material of a `MATE` chunk.
pub(super) fn read_material(
    body: Cursor<'_>,
    scene: &mut Scene,
    kept: &mut Keeper,
) -> Result<MaterialId> {
    let (mut material, mut unknown) = (Material::default(), Unknown::default());
    for_each_entry(body, |key, value| {
        if !set_material(&mut material, key, value) {
            unknown.add(key, value);
        }
    })?;
    let id = scene.set_material(material)?;
    kept.keys(Owner::Material(id), &unknown);
    Ok(id)
}

/// Takes an entry over, where it is known.
fn set_material(material: &mut Material, key: &[u8], value: &[u8]) -> bool {
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
        b"transmission" => unit(&mut material.transmission, value),
        b"ior" => material.ior = floats(value).map_or(material.ior, |[ior]: [f32; 1]| ior.max(1.0)),
        b"medium" => {
            let medium = std::str::from_utf8(value).ok().and_then(Medium::named);
            material.medium = medium.unwrap_or_default();
        }
        b"density" => positive(&mut material.density, value),
        b"emission" => {
            let emission = floats(value).unwrap_or(material.emission);
            material.emission = emission.map(|part| part.max(0.0));
        }
        _ => return false,
    }
    true
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
pub(super) fn read_camera(body: Cursor<'_>, scene: &mut Scene, kept: &mut Keeper) -> Result<()> {
    let (mut camera, mut unknown) = (Camera::default(), Unknown::default());
    let mut active = false;
    for_each_entry(body, |key, value| match key {
        b"name" => camera.name = text::name(value),
        b"dist" => any(&mut camera.distance, value),
        b"ortho" => camera.orthographic = flag(value),
        b"mat" => camera.transform = transform(value).unwrap_or(camera.transform),
        // The key alone says it, but some programs say no in words.
        b"active" => active = value != b"false",
        _ => unknown.add(key, value),
    })?;
    let id = scene.set_camera(camera)?;
    kept.keys(Owner::Camera(id), &unknown);
    if active {
        scene.set_active_camera(Some(id))?;
    }
    Ok(())
}

/// Takes over the light of a `LIGH` chunk.
pub(super) fn read_light(body: Cursor<'_>, scene: &mut Scene, kept: &mut Keeper) -> Result<()> {
    let (mut light, mut unknown) = (Light::default(), Unknown::default());
    for_each_entry(body, |key, value| match key {
        b"pitch" => any(&mut light.pitch, value),
        b"yaw" => any(&mut light.yaw, value),
        b"intensity" => positive(&mut light.intensity, value),
        b"fixed" => light.fixed = flag(value),
        b"ambient" => positive(&mut light.ambient, value),
        b"shadow" => positive(&mut light.shadow, value),
        _ => unknown.add(key, value),
    })?;
    kept.keys_of("LIGH", &unknown);
    Ok(scene.set_light(Some(light))?)
}

/// Takes over the colours of an `XPAL` chunk, whose materials are named by number, as those of layers.
pub(super) fn read_palette(
    body: Cursor<'_>,
    materials: &[MaterialId],
    scene: &mut Scene,
) -> Result<()> {
    let mut palette: Vec<Swatch> = Vec::new();
    for_each_entry(body, |key, value| match (key, value.try_into(), palette.last_mut()) {
        (b"color", Ok(rgba), _) if !Rgba(rgba).is_empty() => palette.push(Rgba(rgba).into()),
        (b"name", _, Some(swatch)) => swatch.name = text::name(value),
        (b"material", Ok(number), Some(swatch)) => {
            let number = usize::try_from(i32::from_le_bytes(number)).ok();
            swatch.material = number.and_then(|at| materials.get(at)).copied();
        }
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
        add_inside(&mut dict, material);
        dict.0.extend(keys(scene, Owner::Material(material.id)));
        dict.0
    })
}

/// What only this program knows of a material, where it is not what it is where nobody says it.
fn add_inside(dict: &mut Dict, material: &Material) {
    let plain = Material::default();
    for (key, number, usual) in [
        ("transmission", material.transmission, plain.transmission),
        ("ior", material.ior, plain.ior),
        ("density", material.density, plain.density),
    ] {
        if number.to_bits() != usual.to_bits() {
            dict.add_floats(key, &[number]);
        }
    }
    if material.medium != plain.medium {
        dict.add_text("medium", material.medium.name());
    }
}

/// The chunks behind the layers.
pub(super) fn after_layers(scene: &Scene) -> Vec<([u8; 4], Vec<u8>)> {
    let mut chunks: Vec<_> = scene.cameras().iter().map(|c| (*b"CAMR", camera(c, scene))).collect();
    chunks.extend(scene.light().map(|l| (*b"LIGH", [&light(l), keys_of(scene, "LIGH")].concat())));
    if !scene.palette().is_empty() {
        chunks.push((*b"XPAL", palette(scene)));
    }
    chunks
}

fn camera(camera: &Camera, scene: &Scene) -> Vec<u8> {
    let mut dict = Dict::default();
    dict.add_text("name", &camera.name);
    dict.add_floats("dist", &[camera.distance]);
    dict.add_flag("ortho", camera.orthographic);
    dict.add_floats("mat", &camera.transform.to_columns());
    if scene.active_camera() == Some(camera.id) {
        dict.add("active", &[]);
    }
    dict.0.extend(keys(scene, Owner::Camera(camera.id)));
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

fn palette(scene: &Scene) -> Vec<u8> {
    let mut dict = Dict::default();
    for swatch in scene.palette() {
        dict.add("color", &swatch.rgba.0);
        if !swatch.name.is_empty() {
            dict.add_text("name", &swatch.name);
        }
        if let Some(material) = swatch.material {
            dict.add_i32("material", material_number(scene, Some(material)));
        }
    }
    dict.0
}

/// A material goes by its place among the `MATE` chunks.
pub(super) fn material_number(scene: &Scene, material: Option<MaterialId>) -> i32 {
    let place = |id| scene.materials().iter().position(|material| material.id == id);
    let place = material.and_then(place).and_then(|place| i32::try_from(place).ok());
    place.unwrap_or(NO_MATERIAL)
}
