//! How a tile that is written to for the first time begins: like the ones beside it.
//!
//! A tile that is written from one end to the other would grow through all palettes up to the one
//! that its neighbours have, or through all of them to have none. Both take longer than writing
//! the voxels does; and palettes that are the same should be shared.

use goxel_proto::types::Rgba;
use triomphe::Arc;

use super::indexed::{Indexed, Plain};
use super::palette::Palette;
use super::pos::TILE_EDGE;
use super::{Row, Tile, TilePos, TileRef, Volume};

impl Volume {
    /// An empty tile to put at `at`, where there is none, if one of which `row` is the first
    /// should not begin with a palette of its own. Remembers the palette that was met.
    pub(super) fn begin_tile(
        &self,
        at: TilePos,
        row: &Row,
        palette: &mut Option<Palette>,
    ) -> Option<Tile> {
        if !is_varied(row) {
            return None;
        }
        let fits = |palette: &Palette| palette.entries(row).is_some();
        match self.neighbour(at) {
            Some(Tile::Dense(_)) => return Some(Tile::Dense(Arc::new(Plain::empty()))),
            // Rather the one that other tiles took over.
            Some(Tile::Indexed(tile)) if !palette.as_ref().is_some_and(fits) => {
                *palette = Some(tile.palette.clone());
            }
            _ => {}
        }
        let palette = palette.as_ref().filter(|palette| fits(palette))?;
        Some(Tile::Indexed(Arc::new(Indexed::uniform(palette.clone(), 0))))
    }

    /// A tile beside `at` that has no palette or a large one. The ones that come first in the usual
    /// orders are complete already; that of the layer below for certain.
    fn neighbour(&self, at: TilePos) -> Option<&Tile> {
        [2, 1, 0].into_iter().find_map(|axis| {
            let mut beside = at;
            beside.0[axis] -= 1;
            match self.tile(beside) {
                TileRef::Stored(tile @ Tile::Dense(_)) => Some(tile),
                TileRef::Stored(tile @ Tile::Indexed(body)) => {
                    body.palette.is_large().then_some(tile)
                }
                _ => None,
            }
        })
    }
}

/// Whether a row tells of many colours to come. A tile of few voxels, or few colours, might never
/// need what its neighbours have.
fn is_varied(row: &Row) -> bool {
    let changes = row.windows(2).filter(|pair| pair[0] != pair[1]).count();
    changes >= TILE_EDGE / 2 && !row.iter().any(|rgba: &Rgba| rgba.is_empty())
}
