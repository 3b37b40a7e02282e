//! [`Changed`]: what an edit changed, found from what the history says that it replaced.
//!
//! So it costs what the edit did, however large the project is. What shares its storage is not looked
//! into.

use goxel_proto::types::LayerId;
use triomphe::Arc;

use super::entry::{Entry, ReplacedStack};
use super::history::Mark;
use super::{Project, Stack};
use crate::changed::{CHANGED_TILES_MAX, ChangedArea};
use crate::{Layer, TilePos, Volume};

/// Pages of a volume up to which its box is looked for where all of it came or went: a tenth of a
/// millisecond. Of more it is only told that something changed.
const PAGES_MAX: usize = 4096;
/// Tiles that are told of where two volumes are compared that may share nothing: another millisecond.
const COMPARED_TILES_MAX: usize = 1 << 16;

/// What an edit changed. It may tell more than there was, and never less.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Where voxels of layers changed.
    pub voxels: ChangedArea,
    /// Whether layers came, went, moved or have other settings, or another one is active.
    pub layers: bool,
    /// Where the picture may be another by that, though no voxel changed.
    pub looks: ChangedArea,
    /// Whether the materials, the cameras, the light or the palette are others.
    pub scene: bool,
}

impl Changed {
    /// Anything may have changed.
    #[must_use]
    pub fn anything() -> Self {
        let anywhere = ChangedArea::anywhere;
        Self { voxels: anywhere(), layers: true, looks: anywhere(), scene: true }
    }

    /// What is other in `after` than in `before`: cheap where they share their storage.
    #[must_use]
    pub fn between(before: &Project, after: &Project) -> Self {
        let mut changed = Self::default();
        changed.stacks(&before.stack, &after.stack, &[]);
        changed
    }

    /// Puts in what another edit changed.
    pub fn merge(&mut self, other: &Self) {
        self.voxels.merge(&other.voxels);
        self.looks.merge(&other.looks);
        self.layers |= other.layers;
        self.scene |= other.scene;
    }

    fn entry(&mut self, entry: &Entry, now: &Stack) {
        match entry {
            Entry::Voxel(_, voxel) => self.voxels.put_voxel(voxel.pos),
            Entry::Voxels(_, replaced) => {
                replaced.places().for_each(|pos| self.voxels.put_voxel(pos));
            }
            Entry::Tiles(_, tiles) => tiles.places().for_each(|at| self.voxels.put_tile(at)),
            Entry::Group(group) => group.entries.iter().for_each(|entry| self.entry(entry, now)),
            Entry::Active(_) => self.layers = true,
            Entry::Scene(_) => self.scene = true,
            Entry::Stack(replaced) => {
                let ReplacedStack { stack, kept, .. } = &**replaced;
                self.stacks(stack, now, kept);
            }
        }
    }

    /// Compares stacks of which these layers of the first one have their volumes in the second.
    fn stacks(&mut self, before: &Stack, after: &Stack, kept: &[LayerId]) {
        self.scene |= !Arc::ptr_eq(&before.scene, &after.scene);
        self.layers |= before.active != after.active;
        for old in &before.layers {
            match find(after, old.id) {
                Some(new) => self.layer(old, new, kept.contains(&old.id)),
                None => self.whole_layer(old),
            }
        }
        let is_new = |layer: &&Layer| find(before, layer.id).is_none();
        after.layers.iter().filter(is_new).for_each(|new| self.whole_layer(new));
        let both = |stack: &Stack, other: &Stack| -> Vec<LayerId> {
            let ids = stack.layers.iter().map(|layer| layer.id);
            ids.filter(|id| find(other, *id).is_some()).collect()
        };
        if both(before, after) != both(after, before) {
            self.layers = true;
            self.looks = ChangedArea::anywhere();
        }
    }

    fn layer(&mut self, old: &Layer, new: &Layer, is_kept: bool) {
        if !is_kept {
            let mut tiles = old.volume.changed_tiles(&new.volume);
            tiles.by_ref().take(COMPARED_TILES_MAX).for_each(|at| self.voxels.put_tile(at));
            if tiles.next().is_some() {
                self.voxels = ChangedArea::anywhere();
            }
        }
        let Layer { id: _, name, visible, mode, volume: _, material, transform, bounds, picture } =
            old;
        let looks_other = (visible, mode, material) != (&new.visible, &new.mode, &new.material);
        if looks_other {
            put_volume(&mut self.looks, &new.volume);
        }
        let is_other = (name, transform, bounds, picture)
            != (&new.name, &new.transform, &new.bounds, &new.picture);
        self.layers |= looks_other || is_other;
    }

    /// A layer came or went.
    fn whole_layer(&mut self, layer: &Layer) {
        self.layers = true;
        put_volume(&mut self.voxels, &layer.volume);
        put_volume(&mut self.looks, &layer.volume);
    }
}

fn find(stack: &Stack, id: LayerId) -> Option<&Layer> {
    stack.layers.iter().find(|layer| layer.id == id)
}

/// Puts in all of a volume: its tiles where they are few, else its pages.
fn put_volume(area: &mut ChangedArea, volume: &Volume) {
    let tiles: Vec<TilePos> =
        volume.tiles().take(CHANGED_TILES_MAX + 1).map(|(at, _)| at).collect();
    if tiles.len() <= CHANGED_TILES_MAX {
        return tiles.into_iter().for_each(|at| area.put_tile(at));
    }
    let mut pages = volume.pages();
    for (at, _) in pages.by_ref().take(PAGES_MAX) {
        area.put_box(&at.aabb());
    }
    if pages.next().is_some() {
        *area = ChangedArea::anywhere();
    }
}

impl Project {
    /// What was changed since this mark of the same project: by edits, by one step back or forth, or by
    /// the commit of a transaction, which tells of all that was done in it. To be asked before
    /// [`Project::take_leftovers`]. In a transaction that is open nothing is told.
    #[must_use]
    pub fn changed_since(&self, mark: &Mark) -> Changed {
        let mut changed = Changed::default();
        if self.version() == mark.version || self.in_transaction() {
            return changed;
        }
        let newest = if mark.in_transaction {
            // A commit makes one version more where it is a step. A rollback never does.
            usize::from(self.version() > mark.version + 1)
        } else {
            usize::try_from(self.history.pushed.saturating_sub(mark.pushed)).unwrap_or(usize::MAX)
        };
        let entries = if newest == 0 && !mark.in_transaction {
            self.history.stepped_since(mark).map(|entry| vec![entry])
        } else {
            self.history.newest(newest)
        };
        match entries {
            Some(entries) => {
                entries.into_iter().for_each(|entry| changed.entry(entry, &self.stack));
                changed
            }
            None => Changed::anything(),
        }
    }
}

#[cfg(test)]
mod tests;
