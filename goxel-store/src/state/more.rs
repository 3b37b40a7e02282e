//! What came to the scene later: what is behind the surface of materials, and the materials of colours, in
//! one body; and what is opaque, in another.
//!
//! Each has a section of its own, which programs that do not know it skip, and which is not written where
//! there is nothing to say. `docs/STORAGE.md` has it byte by byte.

use goxel_core::{Material, Opaque, Owner, Scene};
use goxel_proto::types::{CameraId, LayerId, MaterialId, Medium};

use super::StateError;
use super::bytes::{Put, Taker};

type Result<T> = std::result::Result<T, StateError>;

/// Whether there is anything to say of materials and colours.
pub(super) fn is_more(scene: &Scene) -> bool {
    scene.materials().iter().any(is_more_of)
        || scene.palette().iter().any(|swatch| swatch.material.is_some())
}

fn is_more_of(material: &Material) -> bool {
    more_of(material) != more_of(&Material::default())
}

/// What a material has behind its surface, to the bit.
fn more_of(material: &Material) -> ([u32; 3], Medium) {
    let Material { transmission, ior, density, medium, .. } = material;
    ([transmission, ior, density].map(|number| number.to_bits()), *medium)
}

pub(super) fn put_more(scene: &Scene, out: &mut Vec<u8>) {
    let materials = scene.materials().iter().filter(|material| is_more_of(material));
    out.put_varint(materials.clone().count() as u64);
    for material in materials {
        out.put_u32(material.id.0);
        out.put_f32(material.transmission);
        out.put_f32(material.ior);
        out.put_f32(material.density);
        out.put_u8(number(material.medium));
    }
    let colours = scene.palette().iter().enumerate();
    let colours = colours.filter_map(|(index, swatch)| Some((index, swatch.material?)));
    out.put_varint(colours.clone().count() as u64);
    for (index, material) in colours {
        out.put_varint(index as u64);
        out.put_u32(material.0);
    }
}

pub(super) fn put_opaque(scene: &Scene, out: &mut Vec<u8>) {
    out.put_varint(scene.opaque().len() as u64);
    for Opaque { of, format, tag, bytes } in scene.opaque() {
        let (kind, id) = owner(*of);
        out.put_u8(kind);
        out.put_u32(id);
        out.put_text(format);
        out.put_text(tag);
        out.put_varint(bytes.len() as u64);
        out.put(bytes);
    }
}

/// The scene, with what the section says in place of what it had of that.
pub(super) fn take_more(from: &mut Taker<'_>, scene: &Scene) -> Result<Scene> {
    let mut parts = without_more(scene).parts();
    for _ in 0..from.varint()? {
        let id = MaterialId(from.u32()?);
        let Some(material) = parts.materials.iter_mut().find(|material| material.id == id) else {
            return Err(from.damaged("more of a material that is not there"));
        };
        material.transmission = from.f32()?;
        material.ior = from.f32()?;
        material.density = from.f32()?;
        material.medium = take_medium(from)?;
    }
    for _ in 0..from.varint()? {
        let index = from.varint()?;
        let swatch = usize::try_from(index).ok().and_then(|index| parts.palette.get_mut(index));
        let Some(swatch) = swatch else {
            return Err(from.damaged("a material of a colour that is not there"));
        };
        swatch.material = Some(MaterialId(from.u32()?));
    }
    from.end()?;
    Ok(Scene::restored(parts)?)
}

/// The scene, with this in place of what was opaque.
pub(super) fn take_all_opaque(from: &mut Taker<'_>, scene: &Scene) -> Result<Scene> {
    let mut opaque = Vec::new();
    for _ in 0..from.varint()? {
        opaque.push(take_opaque(from)?);
    }
    from.end()?;
    let mut scene = scene.clone();
    scene.set_opaque(opaque).map_err(goxel_core::Unfit::from)?;
    Ok(scene)
}

/// The scene as it is where no section says more.
fn without_more(scene: &Scene) -> Scene {
    let mut parts = scene.parts();
    for material in &mut parts.materials {
        let Material { transmission, ior, medium, density, .. } = Material::default();
        *material = Material { transmission, ior, medium, density, ..material.clone() };
    }
    parts.palette.iter_mut().for_each(|swatch| swatch.material = None);
    // It is a part of a scene that is sound.
    Scene::restored(parts).unwrap_or_default()
}

fn take_opaque(from: &mut Taker<'_>) -> Result<Opaque> {
    let (kind, id) = (from.u8()?, from.u32()?);
    let of = match kind {
        0 => Owner::Project,
        1 => Owner::Layer(LayerId(id)),
        2 => Owner::Material(MaterialId(id)),
        3 => Owner::Camera(CameraId(id)),
        _ => return Err(from.damaged("an owner that nobody knows")),
    };
    let (format, tag) = (from.text()?, from.text()?);
    let length = from.count(from.left())?;
    Ok(Opaque { of, format, tag, bytes: from.take(length)?.into() })
}

fn owner(of: Owner) -> (u8, u32) {
    match of {
        Owner::Project => (0, 0),
        Owner::Layer(id) => (1, id.0),
        Owner::Material(id) => (2, id.0),
        Owner::Camera(id) => (3, id.0),
    }
}

/// The number that stands for a medium. None is ever given to another one.
fn number(medium: Medium) -> u8 {
    match medium {
        Medium::Clear => 0,
        Medium::Absorb => 1,
        Medium::Scatter => 2,
        Medium::Emit => 3,
        Medium::Subsurface => 4,
    }
}

fn take_medium(from: &mut Taker<'_>) -> Result<Medium> {
    Ok(match from.u8()? {
        0 => Medium::Clear,
        1 => Medium::Absorb,
        2 => Medium::Scatter,
        3 => Medium::Emit,
        4 => Medium::Subsurface,
        _ => return Err(from.damaged("a medium that nobody knows")),
    })
}
