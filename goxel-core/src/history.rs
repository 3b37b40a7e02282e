//! [`History`]: what each command replaced, so that it can be undone and done again.
//!
//! An entry holds what was there before: single voxels for small edits, tile handles for large
//! ones, the stack of layers (whose voxels are shared) for the rest. Undoing swaps an entry with
//! what is there now, which makes the entry for redoing.
//!
//! Bounded by [`limits::UNDO_BYTES_MAX`] and [`limits::UNDO_ENTRIES_MAX`]; the oldest go first.

use std::collections::VecDeque;

use goxel_proto::types::{LayerId, LayerRef, Voxel};

use crate::project::{Project, Stack};
use crate::{Layer, Tile, TilePos, limits};

/// The undone and the done of a project.
#[derive(Debug, Default)]
pub(crate) struct History {
    undo: VecDeque<Entry>,
    redo: Vec<Entry>,
    undo_bytes: usize,
}

/// What a command replaced.
#[derive(Debug)]
pub(crate) enum Entry {
    /// Single voxels of a layer; the first was replaced last.
    Voxels(LayerId, Vec<Voxel>),
    /// Whole tiles of a layer.
    Tiles(LayerId, Vec<(TilePos, Tile)>),
    /// Several things, one after the other.
    Several(Vec<Entry>),
    /// Another layer was active.
    Active(LayerId),
    /// Layers were made, removed, renamed, moved ...
    Stack(Box<Stack>),
}

impl Entry {
    /// Bytes that the entry keeps alive, where nothing else does.
    fn bytes(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Voxels(_, voxels) => size_of_val(&voxels[..]),
                Self::Tiles(_, tiles) => tiles
                    .iter()
                    .map(|(_, tile)| size_of::<(TilePos, Tile)>() + tile.heap_bytes())
                    .sum(),
                // The voxels are shared with what the project holds: the handles are what is kept.
                Self::Stack(stack) => stack
                    .layers
                    .iter()
                    .map(|layer| size_of::<Layer>() + layer.volume.root_bytes())
                    .sum(),
                Self::Several(entries) => entries.iter().map(Self::bytes).sum(),
                Self::Active(_) => 0,
            }
    }

    /// Swaps what the entry holds with what the project holds.
    fn swap(&mut self, stack: &mut Stack) {
        match self {
            Self::Active(before) => std::mem::swap(before, &mut stack.active),
            Self::Stack(before) => std::mem::swap(&mut **before, stack),
            Self::Several(entries) => {
                // As with voxels: the last goes back first, and then the other way round.
                entries.reverse();
                entries.iter_mut().for_each(|entry| entry.swap(stack));
            }
            Self::Voxels(layer, voxels) => {
                let Ok(index) = stack.index(LayerRef::Id(*layer)) else {
                    return;
                };
                let mut accessor = stack.layers[index].volume.accessor();
                // The last replaced goes back first; reversed, the same holds for doing it again.
                voxels.reverse();
                for voxel in voxels {
                    voxel.rgba = accessor.set(voxel.pos, voxel.rgba);
                }
            }
            Self::Tiles(layer, tiles) => {
                let Ok(index) = stack.index(LayerRef::Id(*layer)) else {
                    return;
                };
                let volume = &mut stack.layers[index].volume;
                for (at, tile) in tiles {
                    *tile = volume.replace_tile(*at, std::mem::take(tile));
                }
            }
        }
    }
}

impl History {
    /// Takes in what a command replaced. What was undone before can no longer be done again.
    pub(crate) fn push(&mut self, entry: Entry) {
        self.redo.clear();
        self.undo_bytes += entry.bytes();
        self.undo.push_back(entry);
        let over = |history: &Self| {
            history.undo_bytes > limits::UNDO_BYTES_MAX
                || history.undo.len() > limits::UNDO_ENTRIES_MAX
        };
        while over(self) && self.undo.len() > 1 {
            if let Some(oldest) = self.undo.pop_front() {
                self.undo_bytes -= oldest.bytes();
            }
        }
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
        self.history.redo.push(entry);
        true
    }

    /// Does again what was last undone. False where there is nothing to do again.
    pub fn redo(&mut self) -> bool {
        let Some(mut entry) = self.history.redo.pop() else {
            return false;
        };
        entry.swap(&mut self.stack);
        self.history.undo_bytes += entry.bytes();
        self.history.undo.push_back(entry);
        true
    }

    /// Bytes that the history keeps for undoing.
    #[must_use]
    pub fn undo_bytes(&self) -> usize {
        self.history.undo_bytes
    }

    /// How many commands can be undone, and how many done again.
    #[must_use]
    pub fn history_depth(&self) -> (usize, usize) {
        (self.history.undo.len(), self.history.redo.len())
    }
}
