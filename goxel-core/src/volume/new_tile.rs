//! How a tile that is written to for the first time begins: in the form of its neighbours.
//!
//! A tile that is written from one end to the other would grow through palettes of every size up to
//! that of its neighbours, or beyond the largest to become dense. Both take longer than writing the
//! voxels does; and equal palettes should be shared.

use goxel_proto::types::Rgba;
use triomphe::Arc;

use super::indexed::{DenseBody, IndexedBody};
use super::palette::Palette;
use super::pos::TILE_EDGE;
use super::{Row, Tile, TilePos, TileRef, Volume};

impl Volume {
    /// The empty tile that one at `at`, whose first row is `row`, should begin as; nothing where it
    /// should begin with a palette of its own. Remembers the palette that it saw.
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
            Some(Tile::Dense(_)) => return Some(Tile::Dense(Arc::new(DenseBody::empty()))),
            // Rather the one that other tiles took over.
            Some(Tile::Indexed(tile)) if !palette.as_ref().is_some_and(fits) => {
                *palette = Some(tile.palette.clone());
            }
            _ => {}
        }
        let palette = palette.as_ref().filter(|palette| fits(palette))?;
        Some(Tile::Indexed(Arc::new(IndexedBody::uniform(palette.clone(), 0))))
    }

    /// A tile next to `at` that is dense or has a large palette. Those on the low sides are looked at,
    /// since in the usual orders of writing they are complete already.
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

/// Whether a row suggests that many colours will come. A tile of few voxels, or few colours, might
/// never need what its neighbours have.
fn is_varied(row: &Row) -> bool {
    let changes = row.windows(2).filter(|pair| pair[0] != pair[1]).count();
    changes >= TILE_EDGE / 2 && !row.iter().any(|rgba: &Rgba| rgba.is_empty())
}
