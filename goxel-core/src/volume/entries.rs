//! Tiles of entries of a list of colours, as files have them.

use goxel_proto::types::Rgba;

use super::indexed::IndexedBody;
use super::{TILE_VOXELS, Tile};

impl Tile {
    /// The smallest tile whose voxels are these entries of a list of colours. Entry 0 is empty,
    /// whatever stands in the list there.
    #[must_use]
    pub fn from_entries(entries: &[u8; TILE_VOXELS], colours: &[Rgba; 256]) -> Self {
        let colour = |entry: u8| match entry {
            0 => Rgba::EMPTY,
            entry => colours[usize::from(entry)].normalised(),
        };
        let first = entries[0];
        if entries.iter().all(|&entry| entry == first) {
            return Self::Uniform(colour(first));
        }
        let Some(tile) = IndexedBody::of_list(entries, colours) else {
            return Self::from_dense(&entries.map(colour));
        };
        // Different entries may be one colour.
        match (tile.palette.colours(), tile.occupied.count()) {
            (_, 0) => Self::EMPTY,
            (&[_, only], TILE_VOXELS) => Self::Uniform(only),
            _ => Self::from_indexed(tile),
        }
    }
}
