//! Many single voxels that lie apart, a few in each page: page by page, so that the way to a page is
//! gone once for those of it that come on end, and a voxel that is there already copies nothing.

use goxel_proto::types::{Rgba, Voxel};

use super::page::Page;
use super::{PagePos, Tile, TilePos, Volume, voxel_index};

impl Volume {
    /// Sets voxels in their order, and passes on what was there before.
    pub(crate) fn replace_all(&mut self, voxels: &[Voxel], mut replaced: impl FnMut(Voxel)) {
        for run in pages(voxels) {
            let at = PagePos::of(run[0].pos);
            let page = self.root.get(at);
            if run.iter().all(|voxel| get(page, voxel) == voxel.rgba.normalised()) {
                run.iter().for_each(|&Voxel { pos, rgba }| {
                    replaced(Voxel { pos, rgba: rgba.normalised() });
                });
                continue;
            }
            self.change_page(at, |page| {
                for &Voxel { pos, rgba } in run {
                    let (tile, index) = (TilePos::of(pos).split().1, voxel_index(pos));
                    replaced(Voxel { pos, rgba: page.replace(tile, index, rgba.normalised()) });
                }
            });
        }
    }

    /// For each of these voxels in their order, whether setting it is cheap: its tile is there, shared with
    /// no snapshot, and stays in its form.
    pub(crate) fn are_set_in_place(&self, voxels: &[Voxel]) -> impl Iterator<Item = bool> {
        pages(voxels).flat_map(|run| {
            let page = self.root.get_if_unshared(PagePos::of(run[0].pos));
            let tile = |voxel: &Voxel| TilePos::of(voxel.pos).split().1;
            run.iter().map(move |voxel| page.is_some_and(|page| page.has_own_tile(tile(voxel))))
        })
    }
}

impl Page {
    /// Sets the voxel at `index` of the tile at `tile` to a normalised colour. Returns what was there.
    #[inline]
    fn replace(&mut self, tile: usize, index: usize, rgba: Rgba) -> Rgba {
        if let Some(old) = self.set_in_place(tile, index, rgba) {
            return old.rgba;
        }
        let old = self.tile(tile).get(index);
        if old != rgba {
            self.change_tile(tile, |tile| {
                tile.set(index, rgba);
            });
        }
        old
    }
}

impl Tile {
    /// Whether it is shared with nobody, and stays in its form where a voxel is set.
    pub(super) fn is_own(&self) -> bool {
        match self {
            Self::Uniform(_) => false,
            Self::Sparse(tile) => tile.is_unique() && tile.has_room(1),
            Self::Indexed(tile) => tile.is_unique() && tile.palette.has_room(),
            Self::Dense(tile) => tile.is_unique(),
        }
    }
}

/// What is where this voxel shall be.
fn get(page: Option<&Page>, voxel: &Voxel) -> Rgba {
    let (_, tile) = TilePos::of(voxel.pos).split();
    page.map_or(Rgba::EMPTY, |page| page.tile(tile).get(voxel_index(voxel.pos)))
}

/// Those that are in one page, on end.
fn pages(voxels: &[Voxel]) -> impl Iterator<Item = &[Voxel]> {
    voxels.chunk_by(|a, b| PagePos::of(a.pos) == PagePos::of(b.pos))
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Pos;

    use super::*;

    /// Voxels in few and many pages, some of them twice, and some to be removed.
    fn voxels(seed: u32, spread: i32) -> Vec<Voxel> {
        let mixed = |i: u32| (i.wrapping_add(seed)).wrapping_mul(0x9e37_79b1);
        (0..600)
            .map(|i| {
                let axis = |shift: u32| (mixed(i / 3 * 3 + i % 3 / 2) >> shift) as i32 & 127;
                let rgba =
                    [Rgba::EMPTY, Rgba::WHITE, Rgba::new(1, 2, 3, 0), Rgba::opaque(i as u8, 1, 1)];
                let pos = Pos::new(axis(3), axis(10) * spread, axis(17) - 64);
                Voxel { pos, rgba: rgba[mixed(i) as usize >> 30] }
            })
            .collect()
    }

    #[test]
    fn all_are_replaced_as_one_by_one() {
        for spread in [1, 16, 200] {
            let (mut volume, mut model) = (Volume::new(), Volume::new());
            for seed in [1, 7000, 1, 90_000, 7000] {
                let voxels = voxels(seed, spread);
                let snapshot = (seed == 1).then(|| volume.clone());
                let kept = model.clone();
                let mut replaced = Vec::new();
                volume.replace_all(&voxels, |voxel| replaced.push(voxel));
                let expected: Vec<Voxel> = voxels
                    .iter()
                    .map(|&Voxel { pos, rgba }| Voxel { pos, rgba: model.set(pos, rgba) })
                    .collect();
                assert!(replaced == expected && volume == model, "{seed} {spread}");
                assert_eq!(volume.pages().count(), model.pages().count());
                assert!(snapshot.is_none_or(|snapshot| snapshot == kept));
                let bytes: usize = volume.root.pages().map(|(_, page)| page.bytes()).sum();
                assert_eq!(volume.bytes(), bytes);
            }
        }
    }

    #[test]
    fn what_is_there_already_copies_nothing() {
        let voxels = voxels(5, 90);
        let mut volume = Volume::new();
        volume.replace_all(&voxels, drop);
        let snapshot = volume.clone();
        let last: Vec<Voxel> =
            voxels.iter().map(|&Voxel { pos, .. }| Voxel { pos, rgba: volume.get(pos) }).collect();
        volume.replace_all(&last, drop);
        assert!(volume.root.same(&snapshot.root));
    }

    #[test]
    fn tiles_are_cheap_to_set_in_while_they_are_ones_own_and_keep_their_form() {
        let voxel = |x: i32| Voxel { pos: Pos::new(x % 16, x / 16, 5), rgba: Rgba::WHITE };
        let check = |volume: &Volume, expected: bool| {
            let found: Vec<bool> = volume.are_set_in_place(&[voxel(0), voxel(1)]).collect();
            assert_eq!(found, [expected; 2]);
        };
        let mut volume = Volume::new();
        check(&volume, false);
        volume.replace_all(&[voxel(0)], drop);
        check(&volume, true);
        let snapshot = volume.clone();
        check(&volume, false);
        volume.replace_all(&[voxel(1)], drop);
        check(&volume, true);
        check(&snapshot, true);
        // It is full as a sparse one, then an indexed one.
        volume.replace_all(&(0..64).map(voxel).collect::<Vec<_>>(), drop);
        check(&volume, false);
        volume.replace_all(&[voxel(64)], drop);
        check(&volume, true);
    }
}
