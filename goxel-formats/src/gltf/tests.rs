//! The JSON and the buffer of files against each other.

use goxel_core::{Layer, Material, Project, Scene};
use goxel_proto::types::{LayerId, MeshColors, Pos, Rgba};
use serde_json::{Value, json};

use crate::mesh::proof::written;
use crate::testing::{project_of, text_of};
use crate::{Format, MeshOptions};

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// The JSON of a `.glb`.
fn of_glb(bytes: &[u8]) -> Value {
    let length = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    json(&bytes[20..20 + length])
}

#[test]
fn the_buffer_is_what_the_structure_says() {
    let voxels = [(Pos::new(-3, 0, 0), Rgba::opaque(255, 0, 128)), (Pos::ZERO, Rgba::WHITE)];
    let project = project_of(voxels.into_iter().collect());
    let (bytes, folder, _) = written(&project, Format::Gltf, MeshOptions::default());
    let json = json(&bytes);
    let number = |path: &str| json.pointer(path).and_then(Value::as_u64).unwrap();
    assert_eq!(number("/accessors/0/count"), 48);
    assert_eq!(number("/accessors/3/count"), 72);
    assert_eq!(json.pointer("/accessors/0/min").unwrap(), &json!([-3.0, 0.0, -1.0]));
    assert_eq!(json.pointer("/accessors/0/max").unwrap(), &json!([1.0, 1.0, 0.0]));
    assert_eq!(json.pointer("/buffers/0/uri").unwrap(), "model.bin");
    let buffer = folder.get("model.bin");
    assert_eq!(buffer.len() as u64, number("/buffers/0/byteLength"));
    assert_eq!(buffer.len() as u64, 48 * 32 + 72 * 2);
    assert_eq!(json.pointer("/nodes/0/name").unwrap(), "only");
}

#[test]
fn without_a_file_beside_it_the_buffer_is_within() {
    let project = project_of([(Pos::ZERO, Rgba::WHITE)].into_iter().collect());
    let (beside, folder, _) = written(&project, Format::Gltf, MeshOptions::default());
    let mut expected = json(&beside);
    let within = json(text_of(&project, Format::Gltf).as_bytes());
    let uri = within.pointer("/buffers/0/uri").and_then(Value::as_str).unwrap();
    let text = uri.strip_prefix("data:application/octet-stream;base64,").unwrap();
    assert_eq!(text.len(), folder.get("model.bin").len().div_ceil(3) * 4);
    expected["buffers"][0]["uri"] = uri.into();
    assert_eq!(within, expected);
}

#[test]
fn nothing_is_an_empty_scene() {
    let project = Project::new("e", [4; 3]);
    let text = text_of(&project, Format::Gltf);
    let (bytes, ..) = written(&project, Format::Glb, MeshOptions::default());
    for json in [json(text.as_bytes()), of_glb(&bytes)] {
        assert_eq!(json.pointer("/asset/version").unwrap(), "2.0");
        assert_eq!(json.get("meshes"), None);
    }
}

#[test]
fn materials_and_glass_are_told() {
    let mut gold = Layer::new(LayerId(1), "gold");
    gold.volume = [0, 2].map(|x| (Pos::new(x, 0, 0), Rgba::WHITE)).into_iter().collect();
    gold.volume.set(Pos::new(5, 0, 0), Rgba::new(9, 9, 9, 96));
    let mut scene = Scene::default();
    let material = Material {
        name: "gold".to_owned(),
        color: [1.0, 0.75, 0.25, 1.0],
        metallic: 1.0,
        roughness: 0.25,
        emission: [0.0, 4.0, 2.0],
        ..Material::default()
    };
    gold.material = Some(scene.set_material(material).unwrap());
    let project = Project::from_layers("p", [8; 3], vec![gold]).with_scene(scene);
    let (bytes, ..) = written(&project, Format::Glb, MeshOptions::default());
    let json = of_glb(&bytes);
    assert_eq!(json["meshes"][0]["primitives"].as_array().unwrap().len(), 2);
    let [solid, glass] = [0, 1].map(|at| &json["materials"][at]);
    assert_eq!(solid["pbrMetallicRoughness"]["metallicFactor"], 1.0);
    assert_eq!(solid["pbrMetallicRoughness"]["roughnessFactor"], 0.25);
    assert_eq!(solid["pbrMetallicRoughness"]["baseColorFactor"], json!([1.0, 0.75, 0.25, 1.0]));
    assert_eq!(solid["emissiveFactor"], json!([0.0, 1.0, 0.5]));
    let strength = solid.pointer("/extensions/KHR_materials_emissive_strength/emissiveStrength");
    assert_eq!(strength, Some(&json!(4.0)));
    assert_eq!(json["extensionsUsed"], json!(["KHR_materials_emissive_strength"]));
    assert_eq!((solid.get("alphaMode"), &glass["alphaMode"]), (None, &json!("BLEND")));
}

#[test]
fn a_texture_stands_beside_or_within() {
    let project = project_of([(Pos::ZERO, Rgba::WHITE)].into_iter().collect());
    for colors in [MeshColors::Texture, MeshColors::Both] {
        let options = MeshOptions { colors: Some(colors), ..MeshOptions::default() };
        let (bytes, folder, _) = written(&project, Format::Gltf, options);
        assert_eq!(json(&bytes)["images"][0]["uri"], "model_palette.png");
        assert_eq!(folder.names(), ["model.bin", "model_palette.png"]);
        let attributes = &json(&bytes)["meshes"][0]["primitives"][0]["attributes"];
        // Colours at corners would be multiplied with those of the texture.
        assert_eq!(attributes.get("COLOR_0"), None);
        assert_eq!(attributes.get("_COLOR").is_some(), colors == MeshColors::Both);
        let (bytes, folder, _) = written(&project, Format::Glb, options);
        assert_eq!(folder.names(), [""; 0]);
        assert_eq!(of_glb(&bytes)["images"][0]["mimeType"], "image/png");
    }
}
