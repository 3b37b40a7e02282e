//! Commands that change the voxels of one layer.

use goxel_proto::types::{Aabb, LayerRef, Rgba, Voxel};

use super::{Effect, points};
use crate::check::check_tiles;
use crate::project::entry::Entry;
use crate::project::replaced::ReplacedTiles;
use crate::scan::{partial_tiles, points_units};
use crate::work::PARTIAL_UNITS;
use crate::{Accessor, Error, Project, Result, Volume, Work, limits};

impl Project {
    /// Few or many single voxels: the history keeps them one by one, or where they are many and lie
    /// side by side, the tiles that they replace.
    pub(super) fn set_points(
        &mut self,
        layer: LayerRef,
        voxels: &[Voxel],
        work: &Work<'_>,
    ) -> Result<Effect> {
        if points::are_many_in_rows(voxels) {
            return self.set_boxes(layer, &[], voxels, work);
        }
        self.edit(layer, |volume| {
            // By far the most common edit, which need not allocate.
            if let [Voxel { pos, rgba }] = *voxels {
                return Ok(ReplacedVoxels::One(Voxel { pos, rgba: volume.set(pos, rgba) }));
            }
            let (units, most) = points::units(volume, voxels, work)?;
            // Few are set at once, and all or none. A snapshot would have their tiles copied.
            if voxels.len() <= points::AT_ONCE {
                work.spend(units)?;
                let replaced = replace(&mut volume.accessor(), voxels).collect();
                return Ok(ReplacedVoxels::Many(replaced, most));
            }
            let before = (voxels.len() > points::PUT_BACK_MAX).then(|| volume.clone());
            let mut replaced = Vec::with_capacity(voxels.len());
            let done = replace_many(volume, voxels, units, work, &mut replaced);
            match (&done, before) {
                (Ok(()), _) => {}
                (Err(_), Some(before)) => *volume = before,
                (Err(_), None) => put_back(volume, &replaced),
            }
            done.map(|()| ReplacedVoxels::Many(replaced, most))
        })
    }

    /// Boxes may cover any number of voxels: the history keeps the tiles that they replace.
    pub(super) fn set_boxes(
        &mut self,
        layer: LayerRef,
        boxes: &[(Aabb, Rgba)],
        voxels: &[Voxel],
        work: &Work<'_>,
    ) -> Result<Effect> {
        // Clearing costs no more than what is there, however large the box is.
        let filled = boxes.iter().filter(|(_, rgba)| !rgba.is_empty());
        let covered: u128 = filled.clone().map(|(aabb, _)| aabb.volume()).sum();
        if covered > limits::FILL_VOXELS_MAX {
            return Err(Error::FillTooLarge(covered));
        }
        let partial = filled.map(|(aabb, _)| partial_tiles(aabb)).sum();
        check_tiles(partial)?;
        work.expect(partial as u64 * PARTIAL_UNITS)?;
        points::check(voxels.iter().map(|voxel| voxel.pos), work)?;
        self.edit_whole(layer, work, |volume| {
            boxes.iter().try_for_each(|(aabb, rgba)| volume.fill_within(aabb, *rgba, work))?;
            let mut accessor = volume.accessor();
            for voxels in voxels.chunks(points::AT_ONCE) {
                work.spend(points_units(voxels.iter().map(|voxel| voxel.pos)))?;
                voxels.iter().for_each(|voxel| accessor.set(voxel.pos, voxel.rgba));
            }
            Ok(())
        })
    }

    /// Changes a volume as a whole; the history keeps the tiles that differ afterwards. Where the
    /// change is refused, the volume is as it was.
    pub(super) fn edit_whole(
        &mut self,
        layer: LayerRef,
        work: &Work<'_>,
        change: impl FnOnce(&mut Volume) -> Result<()>,
    ) -> Result<Effect> {
        self.edit(layer, |volume| {
            let before = volume.clone();
            let replaced =
                change(volume).and_then(|()| ReplacedTiles::between(&before, volume, work));
            if replaced.is_err() {
                *volume = before;
            }
            replaced.map(ReplacedVoxels::Tiles)
        })
    }

    /// Changes one layer's voxels and keeps what was replaced. A change that is refused leaves them as
    /// they were.
    pub(super) fn edit(
        &mut self,
        layer: LayerRef,
        change: impl FnOnce(&mut Volume) -> Result<ReplacedVoxels>,
    ) -> Result<Effect> {
        let index = self.stack.index(layer)?;
        let layer = &mut self.stack.layers[index];
        let before = layer.volume.count();
        let entry = match change(&mut layer.volume)? {
            ReplacedVoxels::One(voxel) => Entry::Voxel(layer.id, voxel),
            ReplacedVoxels::Many(voxels, units) => Entry::voxels(layer.id, voxels, units),
            ReplacedVoxels::Tiles(tiles) => Entry::Tiles(layer.id, Box::new(tiles)),
        };
        let gained = layer.volume.count().wrapping_sub(before).cast_signed();
        self.history.push(entry);
        Ok(Effect::Voxels(gained))
    }
}

/// Sets voxels in their order. Gives what was there before.
fn replace(accessor: &mut Accessor<'_>, voxels: &[Voxel]) -> impl ExactSizeIterator<Item = Voxel> {
    voxels.iter().map(|&Voxel { pos, rgba }| Voxel { pos, rgba: accessor.replace(pos, rgba) })
}

/// The same as far as `work` lets it, of voxels that lie apart and cost `units` together.
fn replace_many(
    volume: &mut Volume,
    voxels: &[Voxel],
    units: u64,
    work: &Work<'_>,
    replaced: &mut Vec<Voxel>,
) -> Result<()> {
    let each = units / voxels.len() as u64;
    for voxels in voxels.chunks(points::LOOKED_AT_ONCE) {
        work.spend(each * voxels.len() as u64)?;
        volume.replace_all(voxels, |voxel| replaced.push(voxel));
    }
    Ok(())
}

/// Sets voxels that were replaced again, the last one first: one may be there twice.
fn put_back(volume: &mut Volume, replaced: &[Voxel]) {
    replaced.iter().rev().for_each(|voxel| {
        volume.set(voxel.pos, voxel.rgba);
    });
}

/// What an edit of one layer replaced.
pub(super) enum ReplacedVoxels {
    One(Voxel),
    /// In the order in which they were replaced, and what putting them back may cost.
    Many(Vec<Voxel>, u64),
    Tiles(ReplacedTiles),
}
