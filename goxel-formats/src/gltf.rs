//! `.gltf`: glTF 2.0 in one JSON file, written only. One mesh of two triangles a rectangle.
//!
//! ```text
//! buffer    base64 in a data URI: all vertices, then all indices
//! vertex    f32 x, y, z   f32 normal[3]   u16 r, g, b, a, linear: 32 bytes
//! index     u32: 0 1 2 0 2 3 for each rectangle
//! ```
//!
//! Vertices stay in voxel space; the node turns z up into y up. Colours are linear, as the
//! standard says, with two bytes a channel so that no two colours become one.

use std::io::Write;

use goxel_core::{Volume, Work};

use crate::mesh::{Quad, for_each_quad};
use crate::{Error, Result};

/// Bytes of a vertex.
const VERTEX_BYTES: u64 = 32;
/// Indices of a rectangle: two triangles.
const QUAD_INDICES: [u32; 6] = [0, 1, 2, 0, 2, 3];
/// Rectangles whose corners a `u32` can name; its highest value is reserved.
const QUADS_MAX: u64 = u32::MAX as u64 / 4;

/// What must be known before the first vertex.
struct Summary {
    quads: u64,
    min: [f32; 3],
    max: [f32; 3],
}

/// Writes the surface of a volume.
pub(crate) fn write(volume: &Volume, work: &Work<'_>, out: &mut impl Write) -> Result<()> {
    let summary = Summary::of(volume, work)?;
    write!(out, r#"{{"asset":{{"version":"2.0","generator":"Goxel"}},"scene":0,"#)?;
    if summary.quads == 0 {
        // Accessors and meshes must not be empty, but a scene may be.
        writeln!(out, r#""scenes":[{{"name":"Goxel"}}]}}"#)?;
        return Ok(());
    }
    summary.write_structure(out)?;
    write!(out, r#""data:application/octet-stream;base64,"#)?;
    let mut base64 = Base64 { pending: [0; 3], filled: 0, out };
    vertices(volume, work, &mut base64)?;
    indices(summary.quads, &mut base64)?;
    base64.finish()?;
    writeln!(out, r#""}}]}}"#)?;
    Ok(())
}

impl Summary {
    fn of(volume: &Volume, work: &Work<'_>) -> Result<Self> {
        let mut summary = Self { quads: 0, min: [f32::MAX; 3], max: [f32::MIN; 3] };
        for_each_quad(volume, work, |quad| {
            summary.quads += 1;
            if summary.quads > QUADS_MAX {
                let what = "the mesh has more corners than a .gltf file can number";
                return Err(Error::TooLarge(what.to_owned()));
            }
            let corners = quad.corners();
            for corner in [corners[0], corners[2]] {
                let corner = corner.map(|c| c as f32);
                summary.min = [0, 1, 2].map(|axis| summary.min[axis].min(corner[axis]));
                summary.max = [0, 1, 2].map(|axis| summary.max[axis].max(corner[axis]));
            }
            Ok(())
        })?;
        Ok(summary)
    }

    /// Everything up to the text of the buffer.
    fn write_structure(&self, out: &mut impl Write) -> Result<()> {
        let (vertices, indices) = (4 * self.quads, 6 * self.quads);
        let (vertex_bytes, index_bytes) = (vertices * VERTEX_BYTES, indices * 4);
        let [min, max] = [self.min, self.max].map(|[x, y, z]| format!("[{x:?},{y:?},{z:?}]"));
        write!(
            out,
            concat!(
                r#""scenes":[{{"name":"Goxel","nodes":[0]}}],"#,
                r#""nodes":[{{"name":"model","mesh":0,"matrix":[1,0,0,0,0,0,-1,0,0,1,0,0,0,0,0,1]}}],"#,
                r#""meshes":[{{"name":"model","primitives":[{{"attributes":"#,
                r#"{{"POSITION":0,"NORMAL":1,"COLOR_0":2}},"indices":3,"material":0}}]}}],"#,
                r#""materials":[{{"name":"voxels","pbrMetallicRoughness":"#,
                r#"{{"metallicFactor":0,"roughnessFactor":1}}}}],"#,
            )
        )?;
        write!(
            out,
            concat!(
                r#""accessors":["#,
                r#"{{"bufferView":0,"byteOffset":0,"componentType":5126,"count":{0},"type":"VEC3","min":{1},"max":{2}}},"#,
                r#"{{"bufferView":0,"byteOffset":12,"componentType":5126,"count":{0},"type":"VEC3"}},"#,
                r#"{{"bufferView":0,"byteOffset":24,"componentType":5123,"normalized":true,"count":{0},"type":"VEC4"}},"#,
                r#"{{"bufferView":1,"componentType":5125,"count":{3},"type":"SCALAR"}}],"#,
            ),
            vertices, min, max, indices
        )?;
        write!(
            out,
            concat!(
                r#""bufferViews":["#,
                r#"{{"buffer":0,"byteOffset":0,"byteLength":{0},"byteStride":32,"target":34962}},"#,
                r#"{{"buffer":0,"byteOffset":{0},"byteLength":{1},"target":34963}}],"#,
                r#""buffers":[{{"byteLength":{2},"uri":"#,
            ),
            vertex_bytes,
            index_bytes,
            vertex_bytes + index_bytes
        )?;
        Ok(())
    }
}

fn vertices(volume: &Volume, work: &Work<'_>, out: &mut Base64<'_, impl Write>) -> Result<()> {
    let linear = linear_levels();
    for_each_quad(volume, work, |quad| vertices_of(quad, &linear, out))
}

fn vertices_of(quad: &Quad, linear: &[u16; 256], out: &mut Base64<'_, impl Write>) -> Result<()> {
    let normal = quad.normal().map(|c| c as f32);
    let [r, g, b, a] = quad.rgba.0;
    let [r, g, b] = [r, g, b].map(|level| linear[usize::from(level)]);
    let colour = [r, g, b, u16::from(a) * 257];
    for corner in quad.corners() {
        let position = corner.map(|c| c as f32);
        for number in position.into_iter().chain(normal) {
            out.write(&number.to_le_bytes())?;
        }
        for level in colour {
            out.write(&level.to_le_bytes())?;
        }
    }
    Ok(())
}

fn indices(quads: u64, out: &mut Base64<'_, impl Write>) -> Result<()> {
    for quad in 0..quads as u32 {
        for corner in QUAD_INDICES {
            out.write(&(4 * quad + corner).to_le_bytes())?;
        }
    }
    Ok(())
}

/// Every sRGB level in linear light.
fn linear_levels() -> [u16; 256] {
    std::array::from_fn(|level| {
        let level = level as f64 / 255.0;
        let linear =
            if level <= 0.04045 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) };
        (linear * f64::from(u16::MAX)).round() as u16
    })
}

/// Bytes as text, three of them in four letters.
struct Base64<'a, W> {
    pending: [u8; 3],
    filled: usize,
    out: &'a mut W,
}

impl<W: Write> Base64<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        for &byte in bytes {
            self.pending[self.filled] = byte;
            self.filled += 1;
            if self.filled == 3 {
                self.out.write_all(&letters(self.pending))?;
                self.filled = 0;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        if self.filled > 0 {
            self.pending[self.filled..].fill(0);
            let mut text = letters(self.pending);
            text[self.filled + 1..].fill(b'=');
            self.out.write_all(&text)?;
        }
        Ok(())
    }
}

fn letters([a, b, c]: [u8; 3]) -> [u8; 4] {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = u32::from_be_bytes([0, a, b, c]);
    [18, 12, 6, 0].map(|shift| ALPHABET[(bits >> shift & 63) as usize])
}

#[cfg(test)]
mod tests {
    use goxel_core::Project;
    use goxel_proto::types::{Pos, Rgba};
    use serde_json::Value;

    use super::*;
    use crate::Format;
    use crate::testing::{project_of, text_of};

    fn decode(text: &str) -> Vec<u8> {
        let value = |letter: u8| {
            (0..64).find(|&at| {
                let [_, _, _, last] = letters([0, 0, at]);
                last == letter
            })
        };
        let mut bytes = Vec::new();
        for four in text.as_bytes().chunks(4) {
            let bits = four
                .iter()
                .fold(0u32, |bits, &letter| bits << 6 | u32::from(value(letter).unwrap_or(0)));
            let padding = four.iter().filter(|&&letter| letter == b'=').count();
            bytes.extend(&bits.to_be_bytes()[1..4 - padding]);
        }
        bytes
    }

    #[test]
    fn base64_is_that_of_the_standard() {
        for (plain, expected) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foobar", "Zm9vYmFy")] {
            let mut out = Vec::new();
            let mut base64 = Base64 { pending: [0; 3], filled: 0, out: &mut out };
            base64.write(plain.as_bytes()).unwrap();
            base64.finish().unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
            assert_eq!(decode(expected), plain.as_bytes());
        }
    }

    #[test]
    fn the_buffer_is_what_the_structure_says() {
        let voxels = [(Pos::new(-3, 0, 0), Rgba::opaque(255, 0, 128)), (Pos::ZERO, Rgba::WHITE)];
        let text = text_of(&project_of(voxels.into_iter().collect()), Format::Gltf);
        let json: Value = serde_json::from_str(&text).unwrap();
        let number = |path: &str| json.pointer(path).and_then(Value::as_u64).unwrap();
        assert_eq!(number("/accessors/0/count"), 48);
        assert_eq!(number("/accessors/3/count"), 72);
        assert_eq!(json.pointer("/accessors/0/min").unwrap(), &serde_json::json!([-3.0, 0.0, 0.0]));
        assert_eq!(json.pointer("/accessors/0/max").unwrap(), &serde_json::json!([1.0, 1.0, 1.0]));
        let uri = json.pointer("/buffers/0/uri").and_then(Value::as_str).unwrap();
        let bytes = decode(uri.split_once("base64,").unwrap().1);
        assert_eq!(bytes.len() as u64, number("/buffers/0/byteLength"));
        let views = number("/bufferViews/0/byteLength") + number("/bufferViews/1/byteLength");
        assert_eq!(views, bytes.len() as u64);
        let indices = &bytes[number("/bufferViews/1/byteOffset") as usize..];
        let indices: Vec<u32> =
            indices.chunks(4).map(|i| u32::from_le_bytes(i.try_into().unwrap())).collect();
        assert_eq!(indices[..6], QUAD_INDICES);
        assert_eq!(indices.iter().max(), Some(&47));
        // Linear red of the first vertex or of the last one is full.
        assert!(bytes[24..26] == [255, 255]);
    }

    #[test]
    fn nothing_is_an_empty_scene() {
        let text = text_of(&Project::new("e", [4; 3]), Format::Gltf);
        let json: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json.pointer("/asset/version").unwrap(), "2.0");
        assert_eq!(json.get("meshes"), None);
    }

    #[test]
    fn levels_stay_apart() {
        let levels = linear_levels();
        assert!(levels.is_sorted_by(|a, b| a < b));
        assert_eq!((levels[0], levels[255]), (0, u16::MAX));
    }
}
