//! Meshes with files beside them: materials, textures, buffers; and what is told of those that are missing.

use goxel_core::Work;
use goxel_proto::types::{Fill, Loss, Pos, Rgba};
use serde_json::json;

use crate::mesh::proof::{Folder, written};
use crate::testing::{JPEG, project_of};
use crate::{Document, Error, Format, MeshOptions, ReadOptions, Result, read_within};

fn read(bytes: &[u8], format: Format, folder: &Folder, strict: bool) -> Result<Document> {
    let options = ReadOptions {
        neighbours: Some(folder),
        strict,
        voxel_size: Some(1.0),
        fill: Fill::Surface,
        ..ReadOptions::default()
    };
    read_within(bytes, format, &options, &Work::unbounded())
}

fn told(document: &Document) -> Vec<(Loss, u64)> {
    document.warnings.iter().map(|warning| (warning.code, warning.count)).collect()
}

/// A floor of 4 x 4, cut into two triangles, all of which is in the texture.
const FLOOR: &str = "v 0 0.5 0\nv 4 0.5 0\nv 4 0.5 -4\nv 0 0.5 -4\n\
                     vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nf 1/1 2/2 3/3\nf 1/1 3/3 4/4\n";

/// The colours at the lower left and the upper right of that floor.
fn ends(text: &str, folder: &Folder) -> ([Rgba; 2], Vec<(Loss, u64)>) {
    let document = read(text.as_bytes(), Format::Obj, folder, false).unwrap();
    let volume = &document.layers[0].volume;
    assert_eq!(volume.count(), 16);
    ([volume.get(Pos::ZERO), volume.get(Pos::new(3, 3, 0))], told(&document))
}

#[test]
fn faces_have_the_colour_of_their_material() {
    let mtl = "# c\nnewmtl a b\nKd 1 0.5 0\nKd 0 1 0 \nnewmtl clear\nTr 0.5\r\nKd 0.2\nKd x\n";
    let folder = Folder::of([("my file.mtl", mtl.as_bytes().to_vec())]);
    let green = Rgba::opaque(0, 255, 0);
    let floor = |name: &str| format!("mtllib my file.mtl\nusemtl {name}\n{FLOOR}");
    assert_eq!(ends(&floor("a b"), &folder), ([green; 2], vec![]));
    assert_eq!(ends(&floor("clear"), &folder), ([Rgba::new(51, 51, 51, 128); 2], vec![]));
    let white = ([Rgba::WHITE; 2], vec![(Loss::Materials, 2)]);
    assert_eq!(ends(&floor("none"), &folder), white);
    // The corners' own colours go before.
    let own = floor("clear").replace(" 0\nv", " 0 1 0 0\nv").replace("-4\n", "-4 1 0 0\n");
    assert_eq!(ends(&own, &folder), ([Rgba::new(255, 0, 0, 128); 2], vec![]));
}

#[test]
fn textures_lie_on_the_faces() {
    let mtl = "newmtl t\nmap_Kd -s 1 1 1 maps\\colours.jpg\nKd 0 0 0\n";
    let with = |picture: Option<&[u8]>| {
        let picture = picture.map(|bytes| ("maps/colours.jpg", bytes.to_vec()));
        Folder::of([("a.mtl", mtl.as_bytes().to_vec())].into_iter().chain(picture))
    };
    let text = format!("mtllib a.mtl\nusemtl t\n{FLOOR}");
    let ([left, right], losses) = ends(&text, &with(Some(JPEG)));
    assert!(left.0[0] > 190 && left.0[2] < 50, "{left:?}");
    assert!(right.0[0] < 50 && right.0[2] > 190, "{right:?}");
    assert_eq!(losses, []);
    let gif = with(Some(b"GIF89a"));
    assert_eq!(ends(&text, &gif), ([Rgba::WHITE; 2], vec![(Loss::Textures, 1)]));
    assert_eq!(ends(&text, &with(None)), ([Rgba::BLACK; 2], vec![(Loss::MissingFiles, 1)]));
}

#[test]
fn what_is_missing_is_told_by_name_or_refused() {
    let text = format!("mtllib ../up.mtl down.mtl\nusemtl t\np 1\nl 1 2\n{FLOOR}");
    let folder = Folder::of([("up.mtl", b"newmtl t\nKd 0 0 0".to_vec())]);
    let document = read(text.as_bytes(), Format::Obj, &folder, false).unwrap();
    let expected = [(Loss::Primitives, 2), (Loss::MissingFiles, 2), (Loss::Materials, 2)];
    assert_eq!(told(&document), expected);
    assert!(document.warnings[1].what.ends_with(": ../up.mtl, down.mtl"));
    let refused = read(text.as_bytes(), Format::Obj, &folder, true).unwrap_err();
    assert!(matches!(refused, Error::Partial(_)), "{refused}");
    assert!(refused.to_string().contains("down.mtl (2); "), "{refused}");
    let many = "mtllib a\n".repeat(1025);
    let refused = read(many.as_bytes(), Format::Obj, &folder, false).unwrap_err().to_string();
    assert!(refused.contains("more than 1024 files beside it"), "{refused}");
}

#[test]
fn our_own_files_come_back_with_those_beside_them() {
    let colours = (0..40).map(|x| (Pos::new(x, x % 3, 0), Rgba::opaque(x as u8 * 6, 7, 200)));
    let project = project_of(colours.collect());
    for (format, buffer) in [(Format::Obj, "model.mtl"), (Format::Gltf, "model.bin")] {
        let (bytes, folder, report) = written(&project, format, MeshOptions::default());
        assert!(report.beside.iter().any(|name| name == buffer), "{format}");
        let document = read(&bytes, format, &folder, true).unwrap();
        assert!(document.layers[0].volume == project.layers()[0].volume, "{format}");
    }
    let text = r#"{"buffers":[{"uri":"no%2Fsuch.bin","byteLength":1}]}"#;
    let missing = read(text.as_bytes(), Format::Gltf, &Folder::default(), false).unwrap_err();
    assert!(missing.to_string().contains("buffer 0, that is neither in the file nor beside it"));
}

/// Six corners around a floor of 4 x 2, in an order that goes from side to side.
fn gltf(mode: u32, order: [[f32; 2]; 6], more: &serde_json::Value) -> (Vec<u8>, Folder) {
    let bytes = order.iter().flat_map(|[x, y]| [*x, 0.5, -*y]).flat_map(f32::to_le_bytes);
    let folder = Folder::of([("a b.bin", bytes.collect())]);
    let mut text = json!({
        "nodes": [{ "mesh": 0 }],
        "meshes": [{ "primitives": [{ "attributes": { "POSITION": 0 }, "mode": mode }] }],
        "accessors": [{ "bufferView": 0, "componentType": 5126, "count": 6, "type": "VEC3" }],
        "bufferViews": [{ "buffer": 0, "byteLength": 72 }],
        "buffers": [{ "byteLength": 72, "uri": "a%20b.bin" }],
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        text[key] = value.clone();
    }
    (text.to_string().into_bytes(), folder)
}

#[test]
fn strips_and_fans_are_triangles_and_lines_are_told() {
    let strip = [[0.0, 0.0], [0.0, 2.0], [2.0, 0.0], [2.0, 2.0], [4.0, 0.0], [4.0, 2.0]];
    let fan = [[0.0, 0.0], [4.0, 0.0], [4.0, 2.0], [3.0, 2.0], [1.0, 2.0], [0.0, 2.0]];
    for (mode, order) in [(5, strip), (6, fan)] {
        let (text, folder) = gltf(mode, order, &json!({}));
        let document = read(&text, Format::Gltf, &folder, true).unwrap();
        assert_eq!(document.layers[0].volume.count(), 8, "{mode}");
    }
    let more = json!({ "animations": [{}, {}], "cameras": [{ "type": "perspective" }] });
    let (text, folder) = gltf(1, strip, &more);
    let document = read(&text, Format::Gltf, &folder, false).unwrap();
    let expected = [(Loss::Primitives, 1), (Loss::Frames, 2), (Loss::Cameras, 1)];
    assert_eq!(told(&document), expected);
    assert!(document.layers[0].volume.is_empty());
}
