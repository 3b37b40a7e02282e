//! The other `.vox`, of the editor SLAB6 and the games before it: it has no name at its beginning.
//!
//! ```text
//! u32 x, y, z  x * y * z colours, z fastest; 255 is empty  256 x { u8 r, g, b } of 6 bits each
//! ```
//!
//! There z points down, and y towards the viewer: both are turned, so that nothing is mirrored.

use std::borrow::Cow;

use goxel_core::{Layer, Swatch, Work};
use goxel_proto::types::{LayerId, Rgba};

use super::palette::Palette;
use super::place::{self, Model, Transform};
use super::{COLOURS_MAX, MODEL_EDGE};
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::{Document, Result};

/// Bytes before the colours.
const HEAD_BYTES: usize = 12;
/// Bytes of the palette at the end.
const PALETTE_BYTES: usize = 768;
/// The colour of empty space.
const EMPTY: u8 = 255;
/// What a layer is called.
const NAME: &str = "model";

/// Whether a file is one: its length says so, to the byte.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    let Ok(size) = size(bytes) else { return false };
    let fits = size.iter().all(|&edge| (1..=MODEL_EDGE).contains(&i64::from(edge)));
    fits && bytes.len()
        == HEAD_BYTES + size.map(|edge| edge as usize).iter().product::<usize>() + PALETTE_BYTES
}

fn size(bytes: &[u8]) -> Result<[u32; 3]> {
    let mut cursor = Cursor::new(bytes, "vox");
    Ok([cursor.u32()?, cursor.u32()?, cursor.u32()?])
}

/// Reads a file that [`is_one`].
pub(super) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut budget = Budget::for_file(bytes.len(), work);
    let size = size(bytes)?;
    let [_, depth, height] = size.map(|edge| edge as usize);
    let (voxels, colours) = bytes[HEAD_BYTES..].split_at(bytes.len() - HEAD_BYTES - PALETTE_BYTES);
    let mut model = Vec::new();
    for (at, &colour) in voxels.iter().enumerate().filter(|(_, colour)| **colour != EMPTY) {
        let [x, y, z] =
            [at / height / depth, depth - 1 - at / height % depth, height - 1 - at % height];
        // Colour 0 is a colour here.
        model.push([x as u8, y as u8, z as u8, colour + 1]);
    }
    budget.spend_bytes(size_of_val(model.as_slice()) as u64)?;
    let palette = palette(colours);
    let model = Model { size, voxels: Cow::Owned(model) };
    let volume = place::volume(&model, &Transform::IDENTITY, &palette, &mut budget)?;
    let mut layer = Layer::new(LayerId(1), NAME);
    layer.volume = volume.unwrap_or_default();
    let mut document = Document { layers: vec![layer], ..Document::default() };
    document.scene.set_palette(palette[1..].iter().map(|rgba| Swatch::from(*rgba)).collect())?;
    Ok(document)
}

/// The colours, each one place on; the last, which is that of nothing, falls off.
fn palette(colours: &[u8]) -> Palette {
    let mut palette = [Rgba::EMPTY; 256];
    for (at, &[r, g, b]) in colours.as_chunks().0.iter().take(COLOURS_MAX).enumerate() {
        let [r, g, b] = [r, g, b].map(|level| (level & 63) << 2 | (level & 63) >> 4);
        palette[at + 1] = Rgba::opaque(r, g, b);
    }
    palette
}
