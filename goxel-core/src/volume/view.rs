//! [`View`]: borrowed slices of a tile's storage, for reading it voxel by voxel.

use goxel_proto::types::Rgba;

use super::indexed::{ENTRIES_AHEAD, VOXELS_AHEAD};
use super::kernels::prefetch;
use super::{Dense, TILE_VOXELS, Tile, sparse};

/// The storage of a tile, with no handle left to follow.
#[derive(Clone, Copy, Debug)]
pub(super) enum View<'a> {
    /// Palette entries and their colours.
    Indexed(&'a [u8; TILE_VOXELS], &'a [Rgba]),
    Dense(&'a Dense),
    /// Those that are not empty, sorted by their indices.
    Sparse(&'a [(u16, Rgba)]),
}

impl<'a> View<'a> {
    /// A tile of one colour is an indexed one of the same entry everywhere.
    pub(super) fn uniform(rgba: &'a Rgba) -> Self {
        Self::Indexed(&[0; TILE_VOXELS], std::slice::from_ref(rgba))
    }

    /// Prefetches what reads of the rows after that of this voxel will need.
    #[inline(always)]
    pub(super) fn prefetch_rows(self, index: usize) {
        match self {
            Self::Indexed(entries, _) => prefetch(entries, index + ENTRIES_AHEAD),
            Self::Dense(voxels) => prefetch(voxels, index + VOXELS_AHEAD),
            Self::Sparse(_) => {}
        }
    }

    #[inline(always)]
    pub(super) fn get(self, index: usize) -> Rgba {
        match self {
            Self::Indexed(entries, colours) => {
                colours.get(usize::from(entries[index])).copied().unwrap_or_default()
            }
            Self::Dense(voxels) => voxels[index],
            Self::Sparse(voxels) => sparse::get(voxels, index),
        }
    }
}

impl Tile {
    pub(super) fn view(&self) -> View<'_> {
        match self {
            Self::Uniform(rgba) => View::uniform(rgba),
            Self::Indexed(tile) => View::Indexed(&tile.indices, tile.palette.colours()),
            Self::Dense(tile) => View::Dense(&tile.voxels),
            Self::Sparse(tile) => View::Sparse(tile.voxels()),
        }
    }
}
