//! [`History`]: what each command replaced, so that it can be undone and done again.
//!
//! An entry holds what was there before: single voxels for small edits, tile handles for large
//! ones, the stack of layers for the rest. Undoing swaps an entry with what is there now, which
//! makes the entry for redoing.
//!
//! Invariant: an entry holds nothing but what its command replaced. A snapshot of a whole volume
//! would keep alive every tile that later edits copy on write, and nobody would have counted those.
//!
//! Bounded by [`limits::UNDO_BYTES_MAX`]; the oldest go first.

use std::collections::VecDeque;

use goxel_proto::types::{LayerId, LayerRef, Voxel};
use triomphe::Arc;

use super::saved::{Saved, Way};
use super::{Project, Stack};
use crate::{Scene, Tile, TilePos, Volume, limits};

/// The undo stack and the redo stack of a project.
#[derive(Debug, Default)]
pub(crate) struct History {
    undo: VecDeque<Entry>,
    redo: Vec<Entry>,
    undo_bytes: usize,
    /// Whether the oldest entries were dropped for their bytes.
    truncated: bool,
    /// Counts up with every change.
    version: u64,
    /// Whether the project is as it was saved.
    pub(super) saved: Saved,
}

/// What a command replaced. 24 bytes: there may be a million of them.
#[derive(Debug)]
pub(crate) enum Entry {
    /// One voxel of a layer.
    Voxel(LayerId, Voxel),
    /// Single voxels of a layer; the first was replaced last.
    Voxels(LayerId, Box<[Voxel]>),
    /// Whole tiles of a layer.
    Tiles(LayerId, Box<[(TilePos, Tile)]>),
    /// Several entries that are one step, in their order.
    Group(Box<[Entry]>),
    /// Which layer was active.
    Active(LayerId),
    /// The scene: materials, cameras, light and palette.
    Scene(Arc<Scene>),
    /// The stack, where layers were made, removed, renamed, moved ...
    Stack(Box<ReplacedStack>),
}

/// The stack of layers before a command, without those volumes that the stack after it has too.
#[derive(Debug)]
pub(crate) struct ReplacedStack {
    stack: Stack,
    /// The layers whose volumes did not change: the current stack holds them.
    kept: Vec<LayerId>,
    bytes: usize,
}

impl ReplacedStack {
    /// What `after` replaced. Where a volume is the same in both, `after` keeps it.
    pub(crate) fn new(mut before: Stack, after: &Stack) -> Self {
        let mut kept = Vec::new();
        let mut bytes = 0;
        for layer in &mut before.layers {
            let now = after.layers.iter().find(|now| now.id == layer.id);
            if now.is_some_and(|now| now.volume.same(&layer.volume)) {
                layer.volume = Volume::new();
                kept.push(layer.id);
            }
            bytes += layer.bytes();
        }
        // Whoever replaced it counts it.
        if !Arc::ptr_eq(&before.scene, &after.scene) {
            bytes += before.scene.bytes();
        }
        Self { stack: before, kept, bytes }
    }

    fn swap(&mut self, stack: &mut Stack) {
        for &id in &self.kept {
            let lender = stack.layers.iter_mut().find(|layer| layer.id == id);
            let taker = self.stack.layers.iter_mut().find(|layer| layer.id == id);
            if let (Some(lender), Some(taker)) = (lender, taker) {
                taker.volume = std::mem::take(&mut lender.volume);
            }
        }
        std::mem::swap(&mut self.stack, stack);
    }
}

impl Entry {
    /// Bytes that the entry keeps alive.
    fn bytes(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Voxel(..) | Self::Active(_) => 0,
                Self::Scene(scene) => scene.bytes(),
                Self::Voxels(_, voxels) => size_of_val(&voxels[..]),
                Self::Tiles(_, tiles) => tiles
                    .iter()
                    .map(|(_, tile)| size_of::<(TilePos, Tile)>() + tile.heap_bytes())
                    .sum(),
                Self::Stack(replaced) => size_of::<ReplacedStack>() + replaced.bytes,
                Self::Group(entries) => entries.iter().map(Self::bytes).sum(),
            }
    }

    /// Swaps what the entry holds with what the project holds.
    fn swap(&mut self, stack: &mut Stack) {
        match self {
            Self::Active(before) => std::mem::swap(before, &mut stack.active),
            Self::Scene(before) => std::mem::swap(before, &mut stack.scene),
            Self::Stack(before) => before.swap(stack),
            Self::Voxel(layer, voxel) => with_volume(stack, *layer, |volume| {
                voxel.rgba = volume.set(voxel.pos, voxel.rgba);
            }),
            Self::Group(entries) => {
                // As with voxels: the last goes back first, and then the other way round.
                entries.reverse();
                entries.iter_mut().for_each(|entry| entry.swap(stack));
            }
            Self::Voxels(layer, voxels) => {
                with_volume(stack, *layer, |volume| swap_voxels(volume, voxels));
            }
            Self::Tiles(layer, tiles) => with_volume(stack, *layer, |volume| {
                for (at, tile) in tiles {
                    *tile = volume.replace_tile(*at, std::mem::take(tile));
                }
            }),
        }
    }
}

/// Changes the volume of a layer, which is there: the history brings stacks back in their order.
fn with_volume(stack: &mut Stack, layer: LayerId, change: impl FnOnce(&mut Volume)) {
    if let Ok(index) = stack.index(LayerRef::Id(layer)) {
        change(&mut stack.layers[index].volume);
    }
}

fn swap_voxels(volume: &mut Volume, voxels: &mut [Voxel]) {
    let mut accessor = volume.accessor();
    // The last replaced goes back first; reversed, the same holds for doing it again.
    voxels.reverse();
    for voxel in voxels {
        voxel.rgba = accessor.replace(voxel.pos, voxel.rgba);
    }
}

impl History {
    /// An empty history of a project that has this version.
    pub(crate) fn of_version(version: u64) -> Self {
        Self { version, ..Self::default() }
    }

    /// An empty history that goes on where this one is.
    pub(crate) fn onward(&self) -> Self {
        Self { saved: self.saved.onward(), ..Self::of_version(self.version) }
    }

    /// The project has come to another state.
    fn go(&mut self, way: Way) {
        self.version += 1;
        self.saved.go(way);
    }

    /// The same history of a project that has this version by now.
    pub(crate) fn with_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    /// Takes in what a command replaced. What was undone before can no longer be done again.
    pub(crate) fn push(&mut self, entry: Entry) {
        self.go(Way::On);
        self.redo.clear();
        self.undo_bytes += entry.bytes();
        self.undo.push_back(entry);
        while self.undo_bytes > limits::UNDO_BYTES_MAX && self.undo.len() > 1 {
            if let Some(oldest) = self.undo.pop_front() {
                self.undo_bytes -= oldest.bytes();
                self.truncated = true;
            }
        }
    }

    /// All that was done as one step, or nothing where nothing was done. Where entries were dropped,
    /// the stack from `before` stands for all of them.
    pub(crate) fn into_step(self, before: Stack, after: &Stack) -> Option<Entry> {
        if self.truncated {
            return Some(Entry::Stack(Box::new(ReplacedStack::new(before, after))));
        }
        let steps: Box<[Entry]> = self.undo.into_iter().collect();
        (!steps.is_empty()).then_some(Entry::Group(steps))
    }
}

impl Project {
    /// Takes back the last command. False where there is none to take back.
    pub fn undo(&mut self) -> bool {
        let Some(mut entry) = self.history.undo.pop_back() else {
            return false;
        };
        self.history.undo_bytes -= entry.bytes();
        entry.swap(&mut self.stack);
        self.history.go(Way::Back);
        self.history.redo.push(entry);
        true
    }

    /// Does again what was last undone. False where there is nothing to do again.
    pub fn redo(&mut self) -> bool {
        let Some(mut entry) = self.history.redo.pop() else {
            return false;
        };
        entry.swap(&mut self.stack);
        self.history.go(Way::Again);
        self.history.undo_bytes += entry.bytes();
        self.history.undo.push_back(entry);
        true
    }

    /// Bytes that the history keeps for undoing.
    #[must_use]
    pub fn undo_bytes(&self) -> usize {
        self.history.undo_bytes
    }

    /// A number that is another one after every change, undoing and redoing too: a viewer compares it
    /// with the one it remembers to know whether to draw again. [`crate::Volume::changed_tiles`] then says where.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.history.version
    }

    /// Whether something was changed since the project was made, read from a file or saved, and
    /// not taken back.
    #[must_use]
    pub fn unsaved(&self) -> bool {
        !self.history.saved.is_now()
    }

    /// The state of this version was saved.
    pub fn mark_saved(&mut self, version: u64) {
        let changed_since = version != self.version();
        self.history.saved.mark(changed_since);
        if let Some(transaction) = &mut self.transaction {
            // Neither the state before it nor one after it is what the file has.
            transaction.history.saved.mark(true);
        }
    }

    /// How many commands can be undone, and how many done again.
    #[must_use]
    pub fn history_depth(&self) -> (usize, usize) {
        (self.history.undo.len(), self.history.redo.len())
    }
}
