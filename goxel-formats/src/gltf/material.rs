//! Looks as materials of glTF: metal and roughness by the standard, more by its extensions.

use std::collections::BTreeSet;

use goxel_core::Material;
use serde_json::{Value, json};

use crate::mesh::{Look, Model};

/// What faces without a material are called, and look like: chalk.
const PLAIN: &str = "voxels";

/// The materials of a model, in the order of its looks, and the extensions that they use.
pub(super) fn materials(model: &Model, textured: bool) -> (Vec<Value>, BTreeSet<&'static str>) {
    let mut used = BTreeSet::new();
    let looks = model.looks.iter();
    let materials = looks.map(|look| {
        let plain = Material { metallic: 0.0, roughness: 1.0, ..Material::default() };
        material(model.material(look.material).unwrap_or(&plain), *look, textured, &mut used)
    });
    (materials.collect(), used)
}

fn material(
    material: &Material,
    look: Look,
    textured: bool,
    used: &mut BTreeSet<&'static str>,
) -> Value {
    let mut surface = json!({
        "metallicFactor": number(material.metallic),
        "roughnessFactor": number(material.roughness),
    });
    if material.color != [1.0; 4] {
        surface["baseColorFactor"] = json!(material.color.map(number));
    }
    if textured {
        surface["baseColorTexture"] = json!({ "index": 0 });
    }
    let name = if material.name.is_empty() { PLAIN } else { &material.name };
    let mut value = json!({ "name": name, "pbrMetallicRoughness": surface });
    if look.blends() {
        value["alphaMode"] = json!("BLEND");
    }
    emission(material.emission, &mut value, used);
    glass(material, &mut value, used);
    value
}

/// Light that a material gives off: the standard knows colours up to 1, an extension how strong it is.
fn emission(light: [f32; 3], value: &mut Value, used: &mut BTreeSet<&'static str>) {
    const STRENGTH: &str = "KHR_materials_emissive_strength";
    let strength = light.into_iter().fold(0.0, f32::max);
    if strength <= 0.0 {
        return;
    }
    value["emissiveFactor"] = json!(light.map(|part| number(part / strength.max(1.0))));
    if strength > 1.0 {
        value["extensions"][STRENGTH] = json!({ "emissiveStrength": number(strength) });
        used.insert(STRENGTH);
    }
}

/// Light that goes through, and by how much it is bent.
fn glass(material: &Material, value: &mut Value, used: &mut BTreeSet<&'static str>) {
    const TRANSMISSION: &str = "KHR_materials_transmission";
    const IOR: &str = "KHR_materials_ior";
    if material.transmission > 0.0 {
        let factor = number(material.transmission);
        value["extensions"][TRANSMISSION] = json!({ "transmissionFactor": factor });
        used.insert(TRANSMISSION);
    }
    // The standard takes 1.5 where nobody says anything.
    if material.ior != Material::default().ior {
        value["extensions"][IOR] = json!({ "ior": number(material.ior) });
        used.insert(IOR);
    }
}

/// A number as it was said: 0.2 rather than the float of 64 bits that is nearest to that of 32.
pub(super) fn number(number: f32) -> Value {
    number.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}
