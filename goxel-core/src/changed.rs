//! [`ChangedArea`]: where voxels changed, for whoever is told of changes and reads them again.
//!
//! Invariant: every place that was put in lies in the box, and in one of the tiles as long as those are
//! known. Both only grow, so areas of many edits are merged in any order.

use std::collections::BTreeSet;

use goxel_proto::types::{Aabb, Pos};

use crate::TilePos;

/// Tiles that an area names; one of more is its box alone. As many take some kilobytes as text, and who
/// reads more of them one by one is better off with the box.
pub const CHANGED_TILES_MAX: usize = 256;

/// Where voxels changed: nowhere, in a box of which tiles may be known, or anywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangedArea {
    bounds: Option<Aabb>,
    tiles: BTreeSet<TilePos>,
    /// There were too many tiles.
    is_coarse: bool,
    /// Nobody knows where.
    is_anywhere: bool,
    /// The tile that was put in last: voxels of one edit mostly follow each other.
    last: Option<TilePos>,
}

impl ChangedArea {
    /// The area of whom nobody knows where it is.
    #[must_use]
    pub fn anywhere() -> Self {
        Self { is_anywhere: true, is_coarse: true, ..Self::default() }
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bounds.is_none() && !self.is_anywhere
    }

    /// Whether it may be anywhere: there is no box then.
    #[must_use]
    pub fn is_anywhere(&self) -> bool {
        self.is_anywhere
    }

    /// The box of it all; none where it is empty or anywhere.
    #[must_use]
    pub fn bounds(&self) -> Option<Aabb> {
        self.bounds.filter(|_| !self.is_anywhere)
    }

    /// The tiles that hold it, in order; none where they are more than [`CHANGED_TILES_MAX`].
    #[must_use]
    pub fn tiles(&self) -> Option<&BTreeSet<TilePos>> {
        (!self.is_coarse).then_some(&self.tiles)
    }

    /// Puts in a voxel.
    #[inline]
    pub fn put_voxel(&mut self, pos: Pos) {
        self.grow(Aabb::of(pos));
        self.name(TilePos::of(pos));
    }

    /// Puts in a tile.
    pub fn put_tile(&mut self, at: TilePos) {
        self.grow(at.aabb());
        self.name(at);
    }

    /// Puts in a box of which no tiles are told.
    pub fn put_box(&mut self, aabb: &Aabb) {
        self.grow(*aabb);
        self.coarsen();
    }

    /// Puts in another area.
    pub fn merge(&mut self, other: &Self) {
        if other.is_anywhere {
            *self = Self::anywhere();
        }
        if self.is_anywhere {
            return;
        }
        if let Some(bounds) = other.bounds {
            self.grow(bounds);
        }
        if other.is_coarse {
            self.coarsen();
        }
        other.tiles.iter().for_each(|tile| self.name(*tile));
    }

    #[inline]
    fn grow(&mut self, aabb: Aabb) {
        self.bounds = Some(self.bounds.map_or(aabb, |bounds| bounds.union(&aabb)));
    }

    #[inline]
    fn name(&mut self, tile: TilePos) {
        if self.is_coarse || self.last == Some(tile) {
            return;
        }
        self.last = Some(tile);
        self.tiles.insert(tile);
        if self.tiles.len() > CHANGED_TILES_MAX {
            self.coarsen();
        }
    }

    fn coarsen(&mut self) {
        self.is_coarse = true;
        self.tiles.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voxels(count: i32, apart: i32) -> ChangedArea {
        let mut area = ChangedArea::default();
        (0..count).for_each(|at| area.put_voxel(Pos::new(at * apart, -1, 3)));
        area
    }

    #[test]
    fn the_box_is_of_the_voxels_and_the_tiles_hold_them() {
        let area = voxels(20, 1);
        let (min, max) = area.bounds().and_then(|bounds| bounds.corners()).expect("some");
        assert_eq!((min, max), (Pos::new(0, -1, 3), Pos::new(19, -1, 3)));
        let tiles: Vec<_> = area.tiles().expect("few").iter().map(|tile| tile.0).collect();
        assert_eq!(tiles, [[0, -1, 0], [1, -1, 0]]);
        assert!(!area.is_empty() && ChangedArea::default().is_empty());
    }

    #[test]
    fn so_many_tiles_are_named_and_no_more() {
        let (most, more) = (CHANGED_TILES_MAX as i32, CHANGED_TILES_MAX as i32 + 1);
        assert_eq!(voxels(most, 16).tiles().map(BTreeSet::len), Some(CHANGED_TILES_MAX));
        let area = voxels(more, 16);
        assert!(area.tiles().is_none() && area.bounds().is_some());
        let mut merged = voxels(most, 16);
        merged.merge(&voxels(most, 16));
        assert!(merged.tiles().is_some(), "the same");
        merged.put_tile(TilePos([0, 9, 0]));
        assert!(merged.tiles().is_none());
    }

    #[test]
    fn what_is_anywhere_has_neither_box_nor_tiles() {
        let mut area = voxels(3, 1);
        area.merge(&ChangedArea::anywhere());
        assert!(area.is_anywhere() && !area.is_empty());
        assert!(area.bounds().is_none() && area.tiles().is_none());
        area.merge(&voxels(1, 1));
        assert!(area.is_anywhere());
        let mut boxed = ChangedArea::default();
        boxed.put_box(&Aabb { min: [0; 3], max: [5, 6, 7] });
        assert!(boxed.tiles().is_none() && boxed.bounds().is_some());
    }
}
