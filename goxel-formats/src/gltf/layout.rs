//! [`Layout`]: the bytes of corners and indices.

use goxel_proto::types::{MeshColors, Rgba};

use crate::mesh::texture::Texture;
use crate::mesh::{Chunk, Frame, Model, Vertex};

/// Indices that a `u16` can be: its highest value is reserved.
const SHORT_MAX: u64 = u16::MAX as u64;

/// What a corner has, in this order.
#[derive(Debug)]
pub(super) struct Layout {
    /// Whether positions are whole numbers from the lowest corner of the mesh, and normals bytes.
    pub(super) quantized: bool,
    pub(super) normals: bool,
    pub(super) colours: bool,
    pub(super) texture: Option<Texture>,
    /// Every sRGB level in linear light.
    linear: [u16; 256],
}

/// A member of a corner, as accessors tell it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) offset: u64,
    pub(super) component: u32,
    pub(super) normalized: bool,
    pub(super) kind: &'static str,
}

/// Component types by their numbers in OpenGL.
pub(super) const BYTE: u32 = 5120;
pub(super) const UNSIGNED_SHORT: u32 = 5123;
pub(super) const UNSIGNED_INT: u32 = 5125;
pub(super) const FLOAT: u32 = 5126;

impl Layout {
    pub(super) fn new(
        model: &Model,
        colors: MeshColors,
        quantize: bool,
        texture: Option<Texture>,
    ) -> Self {
        let colours = matches!(colors, MeshColors::Vertex | MeshColors::Both);
        let quantized = quantize && model.is_whole_numbers();
        let normals = model.has_normals();
        Self { quantized, normals, colours, texture, linear: linear_levels() }
    }

    /// What a corner has.
    pub(super) fn attributes(&self) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        let mut offset = 0;
        let mut add = |name, component, normalized, kind, bytes| {
            attributes.push(Attribute { name, offset, component, normalized, kind });
            offset += bytes;
        };
        match self.quantized {
            true => add("POSITION", UNSIGNED_SHORT, false, "VEC3", 8),
            false => add("POSITION", FLOAT, false, "VEC3", 12),
        }
        match (self.normals, self.quantized) {
            (true, true) => add("NORMAL", BYTE, true, "VEC3", 4),
            (true, false) => add("NORMAL", FLOAT, false, "VEC3", 12),
            _ => {}
        }
        if self.colours {
            // Where a texture has the colours, too, these must not be multiplied with them.
            let name = if self.texture.is_some() { "_COLOR" } else { "COLOR_0" };
            add(name, UNSIGNED_SHORT, true, "VEC4", 8);
        }
        match (&self.texture, self.quantized) {
            (Some(_), true) => add("TEXCOORD_0", UNSIGNED_SHORT, true, "VEC2", 4),
            (Some(_), false) => add("TEXCOORD_0", FLOAT, false, "VEC2", 8),
            _ => {}
        }
        attributes
    }

    /// Bytes of a corner.
    pub(super) fn stride(&self) -> u64 {
        let [position, normal, place] = if self.quantized { [8, 4, 4] } else { [12, 12, 8] };
        position
            + if self.normals { normal } else { 0 }
            + if self.colours { 8 } else { 0 }
            + if self.texture.is_some() { place } else { 0 }
    }

    /// The bytes of a corner. `low` is the lowest corner of the mesh, in the file's axes.
    #[inline]
    pub(super) fn corner(
        &self,
        frame: &Frame,
        low: [f64; 3],
        vertex: &Vertex,
        bytes: &mut Vec<u8>,
    ) {
        if self.quantized {
            let at = frame.turned(vertex.at);
            let at = [0, 1, 2].map(|axis| (at[axis] - low[axis]) as u16);
            at.iter().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
            bytes.extend_from_slice(&[0; 2]);
        } else {
            let at = frame.point(vertex.at).map(|number| number as f32);
            at.iter().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
        }
        if self.normals {
            let normal = frame.normal(vertex.normal);
            if self.quantized {
                let normal = normal.map(|number| (number * 127.0).round() as i8);
                bytes.extend(normal.map(i8::cast_unsigned));
                bytes.push(0);
            } else {
                normal.iter().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
            }
        }
        self.colour(vertex.rgba, bytes);
    }

    #[inline]
    fn colour(&self, rgba: Rgba, bytes: &mut Vec<u8>) {
        if self.colours {
            let [r, g, b, a] = rgba.0;
            let [r, g, b] = [r, g, b].map(|level| self.linear[usize::from(level)]);
            for level in [r, g, b, u16::from(a) * 257] {
                bytes.extend_from_slice(&level.to_le_bytes());
            }
        }
        if let Some(texture) = &self.texture {
            let middle = texture.middle(texture.number(rgba));
            for part in middle {
                if self.quantized {
                    let part = (part * f32::from(u16::MAX)).round() as u16;
                    bytes.extend_from_slice(&part.to_le_bytes());
                } else {
                    bytes.extend_from_slice(&part.to_le_bytes());
                }
            }
        }
    }
}

/// The component type of indices of so many corners.
pub(super) fn index_component(vertices: u64) -> u32 {
    if vertices <= SHORT_MAX { UNSIGNED_SHORT } else { UNSIGNED_INT }
}

/// The bytes of the indices of a chunk's triangles.
pub(super) fn indices(chunk: &Chunk<'_>, component: u32, bytes: &mut Vec<u8>) {
    for number in chunk.faces.iter().flat_map(crate::mesh::Face::triangles).flatten() {
        // The group's corners were counted before.
        let number = chunk.base as u32 + number;
        if component == UNSIGNED_SHORT {
            bytes.extend_from_slice(&(number as u16).to_le_bytes());
        } else {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
    }
}

/// Every sRGB level in linear light, with two bytes so that no two colours become one.
fn linear_levels() -> [u16; 256] {
    std::array::from_fn(|level| {
        let level = level as f64 / 255.0;
        let linear =
            if level <= 0.04045 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) };
        (linear * f64::from(u16::MAX)).round() as u16
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_stay_apart() {
        let levels = linear_levels();
        assert!(levels.is_sorted_by(|a, b| a < b));
        assert_eq!((levels[0], levels[255]), (0, u16::MAX));
    }
}
