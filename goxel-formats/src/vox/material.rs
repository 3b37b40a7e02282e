//! What a colour is made of: `MATL` of today and `MATT` of old, as materials of the project.
//!
//! ```text
//! MATL    i32 colour, dict: _type, and by that _rough, _metal, _ior or _ri, _emit, _flux, _trans, ...
//! MATT    i32 colour, i32 type, f32 weight, u32 which follow, f32 each: plastic, roughness, specular,
//!         ior, attenuation, power, glow, total power (which is none, but says something)
//! ```
//!
//! What these say that a [`Material`] has no place for - attenuation, gloss, low dynamic range - stays with
//! the opaque data of the file, and goes back with its colour while the rest of it is as it was.

use goxel_core::Material;
use goxel_proto::types::{MaterialId, Medium, Rgba};

use super::dict::Dict;
use crate::Result;
use crate::bytes::Cursor;

/// What is rough where nobody says how much, as in `MagicaVoxel`.
const USUAL_ROUGHNESS: f32 = 0.1;
/// Refraction where nobody says it, as in `MagicaVoxel`.
const USUAL_IOR: f32 = 1.3;
/// How clear glass is where nobody says it.
const USUAL_TRANSMISSION: f32 = 0.5;
/// How dense a medium is where nobody says it.
const USUAL_DENSITY: f32 = 0.05;

/// The types of a `MATT` chunk, in the words of today.
const OLD_TYPES: [&str; 4] = ["_diffuse", "_metal", "_glass", "_emit"];
/// What a `MATT` chunk may say, in the words of today, by bit.
const OLD_KEYS: [&str; 8] =
    ["_plastic", "_rough", "_spec", "_ior", "_att", "_flux", "_glow", "_total"];
/// The bit that no number stands for.
const OLD_TOTAL: usize = 7;

/// The colour of a `MATL` chunk, and what it says.
pub(super) fn read(mut body: Cursor<'_>) -> Result<(i32, Dict<'_>)> {
    Ok((body.i32()?, Dict::read(&mut body)?))
}

/// The colour of a `MATT` chunk, and what it says in the words of today.
pub(super) fn read_old(mut body: Cursor<'_>) -> Result<(i32, Dict<'static>)> {
    let (colour, kind) = (body.i32()?, body.length()?);
    let weight = f32::from_le_bytes(body.array()?);
    let which = body.u32()?;
    let mut dict = Dict::default();
    dict.set("_type", *OLD_TYPES.get(kind).unwrap_or(&OLD_TYPES[0]));
    dict.set("_weight", weight.to_string());
    for (bit, key) in OLD_KEYS.iter().enumerate().take(OLD_TOTAL) {
        if which >> bit & 1 == 1 && !body.is_empty() {
            dict.set(key, f32::from_le_bytes(body.array()?).to_string());
        }
    }
    Ok((colour, dict))
}

/// The material that a colour has by this; `None` where it is that of every layer, which is plain.
pub(super) fn material(dict: &Dict<'_>, rgba: Rgba) -> Option<Material> {
    let kind = dict.get("_type").unwrap_or_default();
    let number = |keys: &[&str]| keys.iter().find_map(|key| dict.number(key));
    let unit = |keys: &[&str], usual: f32| number(keys).unwrap_or(usual).clamp(0.0, 1.0);
    let base = Material {
        metallic: 0.0,
        roughness: unit(&["_rough"], USUAL_ROUGHNESS),
        ior: ior(dict),
        ..Material::default()
    };
    Some(match kind {
        b"_metal" => Material { metallic: unit(&["_metal", "_weight"], 1.0), ..base },
        b"_glass" => {
            let transmission = unit(&["_trans", "_alpha", "_weight"], USUAL_TRANSMISSION);
            within(Material { transmission, ..base }, dict)
        }
        b"_blend" => {
            let (metallic, transmission) =
                (unit(&["_metal"], 0.0), unit(&["_trans", "_alpha"], 0.0));
            within(Material { metallic, transmission, ..base }, dict)
        }
        b"_media" => {
            let transmission = unit(&["_trans", "_alpha"], 1.0);
            within(Material { transmission, ..base }, dict)
        }
        b"_emit" => {
            let strength = strength(dict);
            Material { emission: linear(rgba).map(|part| part * strength), ..base }
        }
        _ => return None,
    })
}

/// Refraction: as it is, or how much more than 1.
fn ior(dict: &Dict<'_>) -> f32 {
    let more = || dict.number("_ior").map(|more| 1.0 + more);
    dict.number("_ri").or_else(more).unwrap_or(USUAL_IOR).max(1.0)
}

/// How strong an emissive colour is. Its power has no unit: each step is as much again.
fn strength(dict: &Dict<'_>) -> f32 {
    let emit = dict.number("_emit").or_else(|| dict.number("_weight")).unwrap_or(1.0);
    let power = 1.0 + dict.number("_flux").unwrap_or(0.0);
    Some(emit * power).filter(|strength| strength.is_finite()).unwrap_or(1.0).max(0.0)
}

/// What light meets inside.
fn within(material: Material, dict: &Dict<'_>) -> Material {
    let medium = match dict.get("_media_type") {
        Some(b"_absorb") => Medium::Absorb,
        Some(b"_scatter") => Medium::Scatter,
        Some(b"_emit") => Medium::Emit,
        Some(b"_sss") => Medium::Subsurface,
        _ if dict.get("_type") == Some(b"_media") => Medium::Absorb,
        _ => Medium::Clear,
    };
    let dense = dict.number("_d").or_else(|| dict.number("_density"));
    let density = match medium {
        Medium::Clear => 0.0,
        _ => dense.unwrap_or(USUAL_DENSITY).max(0.0),
    };
    Material { medium, density, ..material }
}

/// What a `MATL` chunk says of a material. `known` is what it said of the same colour before: what is not
/// known here stays as it was.
pub(super) fn dict<'a>(material: &Material, rgba: Rgba, known: Option<&Dict<'a>>) -> Dict<'a> {
    if let Some(known) = known.filter(|known| says(known, rgba, Some(material))) {
        return known.clone();
    }
    let mut dict = known.cloned().unwrap_or_default();
    let text = |number: f32| number.to_string();
    let medium = match material.medium {
        Medium::Clear => None,
        Medium::Absorb => Some("_absorb"),
        Medium::Scatter => Some("_scatter"),
        Medium::Emit => Some("_emit"),
        Medium::Subsurface => Some("_sss"),
    };
    let strength = emitted(material, rgba);
    let kind = match material {
        _ if strength > 0.0 => "_emit",
        Material { transmission, metallic, .. } if *transmission > 0.0 && *metallic > 0.0 => {
            "_blend"
        }
        _ if medium.is_some() => "_media",
        Material { transmission, .. } if *transmission > 0.0 => "_glass",
        _ => "_metal",
    };
    for stale in ["_weight", "_alpha", "_media_type", "_d", "_density", "_flux", "_emit", "_metal"]
    {
        dict.remove(stale);
    }
    dict.set("_type", kind);
    dict.set("_rough", text(material.roughness));
    dict.set("_ior", text(material.ior - 1.0));
    dict.set("_ri", text(material.ior));
    dict.set("_metal", text(material.metallic));
    dict.set("_trans", text(material.transmission));
    if strength > 0.0 {
        // The power is what goes over 1.
        dict.set("_emit", text(strength.min(1.0)));
        dict.set("_flux", text((strength - 1.0).max(0.0)));
    }
    if let Some(medium) = medium {
        dict.set("_media_type", medium);
        dict.set("_d", text(material.density));
    }
    dict
}

/// What a `MATL` chunk says of a colour that is plain.
pub(super) fn plain<'a>(rgba: Rgba, known: Option<&Dict<'a>>) -> Dict<'a> {
    if let Some(known) = known.filter(|known| says(known, rgba, None)) {
        return known.clone();
    }
    let mut dict = Dict::default();
    dict.set("_type", "_diffuse");
    dict
}

/// Whether a chunk says this of a colour.
pub(super) fn says(dict: &Dict<'_>, rgba: Rgba, material: Option<&Material>) -> bool {
    match (self::material(dict, rgba), material) {
        (None, None) => true,
        (Some(told), Some(material)) => alike(&told, material),
        _ => false,
    }
}

/// Whether both are the same but for their id and name.
pub(super) fn alike(a: &Material, b: &Material) -> bool {
    Material { id: MaterialId(0), name: String::new(), ..a.clone() }
        == Material { id: MaterialId(0), name: String::new(), ..b.clone() }
}

/// The name of a material that the colour of this index is the first to have.
pub(super) fn name(dict: &Dict<'_>, index: usize) -> String {
    let kind = String::from_utf8_lossy(dict.get("_type").unwrap_or_default());
    format!("{} {index}", kind.trim_start_matches('_'))
}

/// How strong a colour glows, in terms of itself; 0 where a material gives off no light.
fn emitted(material: &Material, rgba: Rgba) -> f32 {
    let most = |parts: [f32; 3]| parts.into_iter().fold(0.0, f32::max);
    let strength = most(material.emission) / most(linear(rgba)).max(f32::MIN_POSITIVE);
    if strength.is_finite() { strength } else { 1.0 }
}

/// The colour in linear terms.
fn linear(Rgba([r, g, b, _]): Rgba) -> [f32; 3] {
    [r, g, b].map(|level| {
        let level = f64::from(level) / 255.0;
        let linear =
            if level <= 0.040_45 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) };
        linear as f32
    })
}
