//! [`Aliases`]: voxels of a colour that stands twice in the palette of their file.
//!
//! A project knows colours, not indices. But programs give indices a meaning - the game Teardown
//! what a thing is made of - so the second and later index of one colour is kept for each voxel that has
//! it, by its place in the model.
//!
//! ```text
//! aliases   deflated: for each model that has some i32 model, u32 count, count x { u8 x, y, z, index }
//! ```

use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use goxel_core::limits::OPAQUE_BYTES_MAX;

use super::palette::Palette;
use super::place::Model;
use crate::Result;
use crate::bytes::Cursor;

/// What they may take unpacked: a bomb ends there.
const UNPACKED_BYTES_MAX: u64 = 4 * OPAQUE_BYTES_MAX as u64;

/// The indices of voxels by their place: x, y and z, the lowest byte first.
pub(super) type Aliases = Arc<HashMap<u32, u8>>;

/// The aliases of all models, packed; nothing where there are none.
pub(super) fn pack(models: &[Model<'_>], palette: &Palette) -> Option<Vec<u8>> {
    let is_alias: Vec<bool> = (0..palette.len())
        .map(|index| palette[1..index.max(1)].contains(&palette[index]))
        .collect();
    if !is_alias.contains(&true) {
        return None;
    }
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::fast());
    let mut has_some = false;
    for (number, model) in models.iter().enumerate() {
        let aliases = model.voxels.iter().filter(|voxel| is_alias[usize::from(voxel[3])]);
        let aliases: Vec<[u8; 4]> = aliases.copied().collect();
        if aliases.is_empty() {
            continue;
        }
        has_some = true;
        let head = [number as u32, aliases.len() as u32].map(u32::to_le_bytes);
        packed.write_all(head.as_flattened()).ok()?;
        packed.write_all(aliases.as_flattened()).ok()?;
    }
    packed.finish().ok().filter(|_| has_some)
}

/// The aliases of each model.
pub(super) fn unpack(packed: &[u8]) -> Result<HashMap<i32, Aliases>> {
    let mut bytes = Vec::new();
    let mut from = DeflateDecoder::new(packed).take(UNPACKED_BYTES_MAX);
    let read = from.read_to_end(&mut bytes);
    let mut cursor = Cursor::new(&bytes, "vox");
    read.map_err(|error| cursor.malformed(format!("packed indices: {error}")))?;
    let mut found = HashMap::new();
    while !cursor.is_empty() {
        let (model, count) = (cursor.i32()?, cursor.length()?);
        let voxels = cursor.records(count, 4)?.as_chunks::<4>().0.iter();
        let aliases = voxels.map(|[x, y, z, index]| (u32::from_le_bytes([*x, *y, *z, 0]), *index));
        found.insert(model, Aliases::new(aliases.collect()));
    }
    Ok(found)
}
