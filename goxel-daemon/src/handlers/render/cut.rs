//! [`cut`]: the part of a volume that is in some boxes and not in others.
//!
//! Pages and tiles that lie wholly on one side are handed on or left out as they are; only tiles that a
//! side goes through are looked into.

use goxel_core::{Result, TILE_UNITS, TILE_VOXELS, Tile, TilePos, TileRef, Volume, Work};
use goxel_proto::types::{Aabb, Rgba};

/// What it costs to look into a tile.
const LOOKED_INTO_UNITS: u64 = TILE_VOXELS as u64;

/// Which voxels of a model are there.
#[derive(Clone, Debug, Default)]
pub(super) struct Cut {
    /// Only those in these boxes, where there are some.
    pub(super) keep: Vec<Aabb>,
    /// None of those in these.
    pub(super) leave: Vec<Aabb>,
}

/// How much of a box is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Share {
    All,
    None,
    Part,
}

impl Cut {
    pub(super) fn is_all(&self) -> bool {
        self.keep.is_empty() && self.leave.is_empty()
    }

    /// How much of a box is there; `Part` where nobody can tell at a glance.
    fn share(&self, of: &Aabb) -> Share {
        let meets = |other: &Aabb| !other.intersection(of).is_empty();
        let holds = |other: &Aabb| other.intersection(of) == *of;
        if self.leave.iter().any(holds) || !(self.keep.is_empty() || self.keep.iter().any(meets)) {
            return Share::None;
        }
        let is_kept = self.keep.is_empty() || self.keep.iter().any(holds);
        if is_kept && !self.leave.iter().any(meets) { Share::All } else { Share::Part }
    }

    /// The part of a tile that is there.
    fn tile(&self, at: TilePos, tile: TileRef<'_>) -> Tile {
        let mut voxels = tile.to_tile().to_dense();
        for (index, voxel) in voxels.iter_mut().enumerate().filter(|(_, voxel)| !voxel.is_empty()) {
            if self.share(&Aabb::of(at.voxel(index))) == Share::None {
                *voxel = Rgba::EMPTY;
            }
        }
        Tile::from_dense(&voxels)
    }
}

/// The voxels that are there.
///
/// # Errors
/// What `work` says.
pub(super) fn cut(volume: &Volume, to: &Cut, work: &Work<'_>) -> Result<Volume> {
    if to.is_all() {
        return Ok(volume.clone());
    }
    let mut part = Volume::new();
    for (place, page) in volume.pages() {
        work.spend(TILE_UNITS)?;
        let share = to.share(&place.aabb());
        match (share, page.uniform()) {
            (Share::None, _) => continue,
            (Share::All, Some(rgba)) => {
                part.replace_uniform_page(place, rgba);
                continue;
            }
            (Share::All | Share::Part, _) => {}
        }
        for index in 0..goxel_core::PageRef::TILES {
            let (at, tile) = (TilePos::in_page(place, index), page.tile(index));
            if tile.count() == 0 {
                continue;
            }
            work.spend(TILE_UNITS)?;
            match to.share(&at.aabb()) {
                Share::None => {}
                Share::All => drop(part.replace_tile(at, tile.to_tile())),
                Share::Part => {
                    work.spend(LOOKED_INTO_UNITS)?;
                    part.replace_tile(at, to.tile(at, tile));
                }
            }
        }
    }
    Ok(part)
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Pos;

    use super::*;

    fn aabb(low: i32, high: i32) -> Aabb {
        Aabb::spanning(Pos::from([low; 3]), Pos::from([high; 3]))
    }

    /// A cube with a voxel far away, cut, beside going voxel by voxel.
    fn check(keep: &[Aabb], leave: &[Aabb], expected: u64) {
        let mut volume = Volume::new();
        volume.fill(&aabb(-20, 140), Rgba::WHITE);
        volume.set(Pos::from([i32::MIN; 3]), Rgba::BLACK);
        let to = Cut { keep: keep.to_vec(), leave: leave.to_vec() };
        let part = cut(&volume, &to, &Work::unbounded()).expect("nobody stops it");
        assert_eq!(part.count(), expected, "{keep:?} {leave:?}");
        for (at, rgba) in part.voxels() {
            let is_there = keep.is_empty() || keep.iter().any(|one| one.contains(at));
            assert!(is_there && !leave.iter().any(|one| one.contains(at)), "{at:?}");
            assert_eq!(rgba, volume.get(at));
        }
    }

    #[test]
    fn voxels_in_some_boxes_and_not_in_others() {
        let all = 161u64.pow(3) + 1;
        check(&[], &[], all);
        check(&[Aabb::EVERYTHING], &[], all);
        check(&[], &[Aabb::EVERYTHING], 0);
        check(&[aabb(0, 4)], &[], 125);
        check(&[aabb(0, 4), aabb(4, 5)], &[], 125 + 8 - 1);
        check(&[], &[aabb(0, 4)], all - 125);
        check(&[aabb(0, 9)], &[aabb(5, 100)], 1000 - 125);
        check(&[aabb(150, 160)], &[], 0);
        check(&[Aabb::default()], &[], 0);
        check(&[aabb(i32::MIN, -1)], &[], 20u64.pow(3) + 1);
    }
}
