//! Readers of the mesh formats, for files that were written here.

use std::collections::HashMap;

use goxel_proto::types::Rgba;
use serde_json::Value;

use super::{Folder, Mesh};

fn colour(pixels: &(u32, Vec<u8>), u: f64, v: f64) -> Rgba {
    let edge = f64::from(pixels.0);
    let at = 4 * ((v * edge) as usize * pixels.0 as usize + (u * edge) as usize);
    Rgba(pixels.1[at..at + 4].try_into().unwrap())
}

fn png(bytes: &[u8]) -> (u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info.width, pixels)
}

pub(super) fn obj(text: &str, folder: &Folder) -> Vec<Mesh> {
    let (mut places, mut colours, mut uvs) = (Vec::new(), Vec::new(), Vec::new());
    let mut meshes: Vec<Mesh> = Vec::new();
    let mut texture = None;
    let mut alpha = u8::MAX;
    let mut opacities: HashMap<String, f64> = HashMap::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let kind = words.next().unwrap_or_default();
        let rest: Vec<&str> = words.collect();
        let numbers = || rest.iter().map(|word| word.parse::<f64>().unwrap()).collect::<Vec<_>>();
        match kind {
            "mtllib" => {
                let mut name = String::new();
                for line in String::from_utf8(folder.get(rest[0])).unwrap().lines() {
                    let (key, value) = line.split_once(' ').unwrap_or_default();
                    match key {
                        "newmtl" => name = value.to_owned(),
                        "d" => _ = opacities.insert(name.clone(), value.parse().unwrap()),
                        "map_Kd" => texture = Some(png(&folder.get(value))),
                        _ => {}
                    }
                }
            }
            "usemtl" => alpha = (opacities[rest[0]] * 255.0).round() as u8,
            "v" => {
                let numbers = numbers();
                places.push([numbers[0], numbers[1], numbers[2]]);
                let levels = numbers[3..].iter().map(|level| (level * 255.0).round() as u8);
                colours.push(levels.collect::<Vec<u8>>());
            }
            "vt" => uvs.push(numbers()),
            "o" => meshes.push(Mesh { name: rest[0].to_owned(), ..Mesh::default() }),
            "f" => {
                let mesh = meshes.last_mut().unwrap();
                let part = |word: &str, at: usize| word.split('/').nth(at)?.parse::<u32>().ok();
                let corners: Vec<u32> =
                    rest.iter().map(|word| part(word, 0).unwrap() - 1).collect();
                let rgba = match (&texture, part(rest[0], 1)) {
                    (Some(texture), Some(at)) => {
                        let uv = &uvs[at as usize - 1];
                        colour(texture, uv[0], 1.0 - uv[1]).0
                    }
                    _ => {
                        let [r, g, b] = colours[corners[2] as usize][..] else { panic!("{line}") };
                        [r, g, b, 255]
                    }
                };
                for at in 1..corners.len() - 1 {
                    mesh.triangles.push([corners[0], corners[at], corners[at + 1]]);
                    mesh.colours.push(Rgba([rgba[0], rgba[1], rgba[2], alpha]));
                }
            }
            _ => {}
        }
    }
    meshes.iter_mut().for_each(|mesh| mesh.places.clone_from(&places));
    meshes
}

fn floats<const N: usize>(bytes: &[u8]) -> [f64; N] {
    std::array::from_fn(|at| {
        f64::from(f32::from_le_bytes(bytes[4 * at..4 * at + 4].try_into().unwrap()))
    })
}

pub(super) fn ply(bytes: &[u8]) -> Mesh {
    let end = bytes.windows(11).position(|window| window == b"end_header\n").unwrap() + 11;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    assert!(head.contains("binary_little_endian"));
    let count = |what: &str| {
        let line = head.lines().find(|line| line.contains(what)).unwrap();
        line.rsplit(' ').next().unwrap().parse::<usize>().unwrap()
    };
    let stride = 12 + 12 * usize::from(head.contains("nx")) + 4 * usize::from(head.contains("red"));
    let (mut mesh, mut rest) = (Mesh::default(), &bytes[end..]);
    let mut colours = Vec::new();
    for _ in 0..count("element vertex") {
        mesh.places.push(floats(rest));
        colours.push(Rgba(rest[stride - 4..stride].try_into().unwrap()));
        rest = &rest[stride..];
    }
    for _ in 0..count("element face") {
        let corners: Vec<u32> = (0..usize::from(rest[0]))
            .map(|at| u32::from_le_bytes(rest[1 + 4 * at..5 + 4 * at].try_into().unwrap()))
            .collect();
        rest = &rest[1 + 4 * corners.len()..];
        for at in 1..corners.len() - 1 {
            mesh.triangles.push([corners[0], corners[at], corners[at + 1]]);
            mesh.colours.push(colours[corners[at] as usize]);
        }
    }
    assert!(rest.is_empty());
    mesh
}

pub(super) fn off(text: &str) -> Mesh {
    let mut lines = text.lines().skip(2);
    let numbers = |line: &str| -> Vec<f64> {
        line.split(' ').map(|number| number.parse().unwrap()).collect()
    };
    let counts = numbers(lines.next().unwrap());
    let mut mesh = Mesh::default();
    for _ in 0..counts[0] as usize {
        mesh.places.push(numbers(lines.next().unwrap()).try_into().unwrap());
    }
    for _ in 0..counts[1] as usize {
        let line: Vec<u32> = numbers(lines.next().unwrap()).iter().map(|c| *c as u32).collect();
        let (corners, colour) = line[1..].split_at(line[0] as usize);
        for at in 1..corners.len() - 1 {
            mesh.triangles.push([corners[0], corners[at], corners[at + 1]]);
            mesh.colours.push(Rgba([0, 1, 2, 3].map(|at| colour[at] as u8)));
        }
    }
    mesh
}

/// Corners at one place become one.
pub(super) fn stl(bytes: &[u8]) -> Mesh {
    let count = u32::from_le_bytes(bytes[80..84].try_into().unwrap()) as usize;
    assert_eq!(bytes.len(), 84 + 50 * count);
    let mut numbers = HashMap::new();
    let mut mesh = Mesh::default();
    for triangle in bytes[84..].chunks(50) {
        let corner = |at: usize| {
            let bytes = &triangle[12 + 12 * at..24 + 12 * at];
            *numbers.entry(bytes.to_vec()).or_insert_with(|| {
                mesh.places.push(floats(bytes));
                mesh.places.len() as u32 - 1
            })
        };
        mesh.triangles.push([0, 1, 2].map(corner));
        mesh.colours.push(Rgba::WHITE);
    }
    mesh
}

pub(super) fn three_mf(bytes: &[u8]) -> Vec<Mesh> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    let mut file = archive.by_name("3D/3dmodel.model").unwrap();
    std::io::Read::read_to_string(&mut file, &mut text).unwrap();
    let (mut meshes, mut colours): (Vec<Mesh>, Vec<Rgba>) = (Vec::new(), Vec::new());
    for element in text.split('<') {
        let value = |name: &str| {
            let (_, rest) = element.split_once(&format!(" {name}=\"")).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let number = |name: &str| value(name).parse::<f64>().unwrap();
        match element.split([' ', '>', '/']).next().unwrap() {
            "m:color" => {
                let text = value("color");
                let part = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
                colours.push(Rgba([1, 3, 5, 7].map(part)));
            }
            "object" => meshes.push(Mesh { name: value("name"), ..Mesh::default() }),
            "vertex" => {
                meshes.last_mut().unwrap().places.push(["x", "y", "z"].map(number));
            }
            "triangle" => {
                let mesh = meshes.last_mut().unwrap();
                mesh.triangles.push(["v1", "v2", "v3"].map(|name| number(name) as u32));
                mesh.colours.push(colours[number("p1") as usize]);
            }
            _ => {}
        }
    }
    meshes
}

pub(crate) fn glb(bytes: &[u8]) -> Vec<Mesh> {
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((&bytes[..4], number(4), number(8)), (&b"glTF"[..], 2, bytes.len()));
    let end = 20 + number(12);
    let json: Value = serde_json::from_slice(&bytes[20..end]).unwrap();
    gltf(&json, bytes.get(end + 8..).unwrap_or_default())
}

/// The meshes of a scene, primitives of one mesh together: those that have the same corners share them.
pub(super) fn gltf(json: &Value, buffer: &[u8]) -> Vec<Mesh> {
    let texture = json.pointer("/images/0/bufferView").map(|view| {
        let view = &json["bufferViews"][view.as_u64().unwrap() as usize];
        let start = view["byteOffset"].as_u64().unwrap() as usize;
        png(&buffer[start..start + view["byteLength"].as_u64().unwrap() as usize])
    });
    let nodes = json["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    nodes.iter().map(|node| mesh_of(json, node, buffer, texture.as_ref())).collect()
}

fn mesh_of(json: &Value, node: &Value, buffer: &[u8], texture: Option<&(u32, Vec<u8>)>) -> Mesh {
    let linear: Vec<f64> = (0..256)
        .map(|level| f64::from(level) / 255.0)
        .map(
            |level| {
                if level <= 0.04045 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) }
            },
        )
        .collect();
    let level = |number: f64| {
        let distance = |level: usize| (linear[level] - number).abs();
        (0..256).min_by(|a, b| distance(*a).total_cmp(&distance(*b))).unwrap() as u8
    };
    let number = |name: &str, at: usize, or: f64| {
        node.get(name).map_or(or, |list| list[at].as_f64().unwrap())
    };
    let mut mesh = Mesh { name: node["name"].as_str().unwrap().to_owned(), ..Mesh::default() };
    let mut first: HashMap<u64, u32> = HashMap::new();
    let mesh_json = &json["meshes"][node["mesh"].as_u64().unwrap() as usize];
    for primitive in mesh_json["primitives"].as_array().unwrap() {
        let attributes = &primitive["attributes"];
        let position = attributes["POSITION"].as_u64().unwrap();
        let base = *first.entry(position).or_insert_with(|| {
            let base = mesh.places.len() as u32;
            for place in numbers(json, position, buffer) {
                mesh.places.push([0, 1, 2].map(|axis| {
                    place[axis] * number("scale", axis, 1.0) + number("translation", axis, 0.0)
                }));
            }
            base
        });
        let colours: Vec<Rgba> = match attributes.get("TEXCOORD_0") {
            Some(at) => numbers(json, at.as_u64().unwrap(), buffer)
                .iter()
                .map(|uv| colour(texture.unwrap(), uv[0], uv[1]))
                .collect(),
            None => numbers(json, attributes["COLOR_0"].as_u64().unwrap(), buffer)
                .iter()
                .map(|c| {
                    Rgba([level(c[0]), level(c[1]), level(c[2]), (c[3] * 255.0).round() as u8])
                })
                .collect(),
        };
        let indices = numbers(json, primitive["indices"].as_u64().unwrap(), buffer);
        for three in indices.chunks(3) {
            let corners: Vec<u32> = three.iter().map(|index| index[0] as u32).collect();
            mesh.colours.push(colours[corners[1] as usize]);
            mesh.triangles.push([0, 1, 2].map(|at| base + corners[at]));
        }
    }
    mesh
}

/// What an accessor names.
fn numbers(json: &Value, accessor: u64, buffer: &[u8]) -> Vec<Vec<f64>> {
    let accessor = &json["accessors"][accessor as usize];
    let view = &json["bufferViews"][accessor["bufferView"].as_u64().unwrap() as usize];
    let of =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_u64).unwrap_or(0) as usize;
    let width = match accessor["type"].as_str().unwrap() {
        "SCALAR" => 1,
        "VEC2" => 2,
        "VEC3" => 3,
        _ => 4,
    };
    let normalized = accessor.get("normalized").is_some();
    let (bytes, most) = match accessor["componentType"].as_u64().unwrap() {
        5120 => (1, 127.0),
        5123 => (2, 65_535.0),
        _ => (4, 1.0),
    };
    let stride = if of(view, "byteStride") > 0 { of(view, "byteStride") } else { bytes * width };
    let start = of(view, "byteOffset") + of(accessor, "byteOffset");
    let read = |at: usize| {
        let value = match accessor["componentType"].as_u64().unwrap() {
            5120 => f64::from(buffer[at].cast_signed()),
            5123 => f64::from(u16::from_le_bytes(buffer[at..at + 2].try_into().unwrap())),
            5125 => f64::from(u32::from_le_bytes(buffer[at..at + 4].try_into().unwrap())),
            _ => f64::from(f32::from_le_bytes(buffer[at..at + 4].try_into().unwrap())),
        };
        if normalized { value / most } else { value }
    };
    (0..of(accessor, "count"))
        .map(|at| (0..width).map(|part| read(start + at * stride + part * bytes)).collect())
        .collect()
}
