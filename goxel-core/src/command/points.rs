//! What single voxels cost that are set one by one, and in how many tiles they may be.

use goxel_proto::types::{Pos, Voxel};
use hashbrown::HashSet;

use crate::check::check_tiles;
use crate::scan::{NEW_TILE_UNITS, points_units};
use crate::volume::TilePos;
use crate::{Result, Volume, Work, limits};

/// Voxels that are set between two looks at whether to go on: a millisecond where they are
/// scattered.
pub(super) const AT_ONCE: usize = 1024;
/// Voxels on end that are in one tile, on average, for tiles to be worth comparing.
const IN_A_ROW: usize = 8;
/// Voxels that are put back one by one where setting them is stopped on the way. Where they are more,
/// the volume from before is kept instead, and each tile copied that is written to.
pub(super) const PUT_BACK_MAX: usize = 8 * AT_ONCE;
/// Voxels that lie apart, between two looks at the budget or at whether to go on: some ten microseconds.
pub(super) const LOOKED_AT_ONCE: usize = 64;
/// What it takes to set a voxel of a tile that is there, and no snapshot's too, in [`Work`]'s units.
const IN_PLACE_UNITS: u64 = 64;

/// What setting voxels costs, in units of [`Work`]: here and now, and whatever the volume is like. If a
/// budget does not allow that, the tiles that are there are looked at. It takes a third of setting
/// voxels in these, so it ends as soon as it is clear that too many are not.
///
/// # Errors
/// Where the voxels are in too many tiles, or the budget does not allow it.
pub(super) fn units(volume: &Volume, voxels: &[Voxel], work: &Work<'_>) -> Result<(u64, u64)> {
    let places = voxels.iter().map(|voxel| voxel.pos);
    let most = points_units(places.clone());
    if work.allows(most) || voxels.len() > PUT_BACK_MAX {
        return check(places, work).map(|units| (units, units));
    }
    let mut units = 0;
    for (nth, in_place) in volume.are_set_in_place(voxels).enumerate() {
        units += if in_place { IN_PLACE_UNITS } else { NEW_TILE_UNITS };
        if nth % LOOKED_AT_ONCE == 0 {
            work.expect(units)?;
        }
    }
    work.expect(units)?;
    Ok((units, most))
}

/// Refuses voxels that are too many to be set, or in too many tiles. Gives what setting them costs, in
/// units of [`Work`].
pub(super) fn check(
    places: impl ExactSizeIterator<Item = Pos> + Clone,
    work: &Work<'_>,
) -> Result<u64> {
    let units = points_units(places.clone());
    work.expect(units)?;
    if places.len() as u128 <= limits::PARTIAL_TILES_MAX {
        return Ok(units);
    }
    let mut tiles = HashSet::with_hasher(foldhash::fast::RandomState::default());
    let mut last = None;
    for at in places.map(TilePos::of) {
        if last.replace(at) != Some(at) && tiles.insert(at) {
            check_tiles(tiles.len() as u128)?;
        }
    }
    Ok(units)
}

/// Whether voxels are so many, and lie side by side in tiles so much, that what they replace is less
/// as tiles.
pub(super) fn are_many_in_rows(voxels: &[Voxel]) -> bool {
    let tiles = || voxels.iter().map(|voxel| TilePos::of(voxel.pos));
    let moves = || tiles().zip(tiles().skip(1)).filter(|(last, next)| last != next).count();
    voxels.len() > AT_ONCE && moves() * IN_A_ROW <= voxels.len()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use goxel_proto::types::{LayerRef, Rgba};

    use super::*;
    use crate::{Command, Control, Error, Project, Serial};

    /// Each is in another tile, but for the last, which are the first ones again.
    fn apart(count: i32, red: u8) -> Vec<Voxel> {
        let pos = |at: i32| Pos::new(7, at % (count - 5) * 16, red.into());
        (0..count).map(|at| Voxel { pos: pos(at), rgba: Rgba::opaque(red, at as u8, 1) }).collect()
    }

    fn set(project: &mut Project, voxels: &[Voxel], work: &Work<'_>) -> Result<()> {
        let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels };
        project.apply_within(command, work).map(|_| ())
    }

    #[test]
    fn voxels_apart_cost_less_in_tiles_that_are_there() {
        let mut project = Project::new("p", [8; 3]);
        let budget = 3000 * (IN_PLACE_UNITS + 1);
        let within =
            |project: &mut Project, red| set(project, &apart(3000, red), &Work::within(budget));
        assert_eq!(within(&mut project, 1), Err(Error::OverBudget(budget)));
        set(&mut project, &apart(3000, 1), &Work::unbounded()).expect("no budget");
        assert_eq!((within(&mut project, 2), within(&mut project, 3)), (Ok(()), Ok(())));
        // Each tile would be copied.
        let snapshot = project.snapshot();
        assert_eq!(within(&mut project, 4), Err(Error::OverBudget(budget)));
        drop(snapshot);
        assert_eq!(within(&mut project, 4), Ok(()));
        assert_eq!((project.count(), project.history_depth()), (4 * 2995, (4, 0)));
    }

    /// Stops what asks it for the last time of so many.
    struct Times(AtomicU64);

    impl Control for Times {
        fn check(&self, _: u64, _: u64) -> Result<()> {
            if self.0.fetch_sub(1, Ordering::Relaxed) == 1 { Err(Error::Cancelled) } else { Ok(()) }
        }
    }

    #[test]
    fn voxels_apart_that_are_stopped_on_the_way_are_put_back() {
        for count in [3000, PUT_BACK_MAX as i32 + 1] {
            let mut project = Project::new("p", [8; 3]);
            set(&mut project, &apart(count, 1), &Work::unbounded()).expect("no budget");
            let before = project.snapshot();
            let mut stopped = 0;
            for times in 1.. {
                let control = Times(AtomicU64::new(times));
                let work = Work::new(u64::MAX, &control, &Serial);
                if set(&mut project, &apart(count, 2), &work).is_ok() {
                    break;
                }
                assert!(project.stack == before.stack && project.version() == before.version());
                stopped += 1;
            }
            assert!(stopped > 5, "{stopped} of {count}");
            assert!(project.undo() && project.stack == before.stack);
        }
    }
}
