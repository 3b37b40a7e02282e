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

use std::cmp::Ordering;
use std::collections::VecDeque;

use goxel_proto::types::{LayerId, LayerRef, Voxel};
use triomphe::Arc;

use super::saved::{Saved, Way};
use super::{Project, Stack};
use crate::{Result, Scene, TILE_UNITS, Tile, TilePos, Volume, Work, limits};

/// What it costs to replace a voxel somewhere, in units of [`Work`].
const VOXEL_UNITS: u64 = 8;

/// Entries that are freed at once, and what each may cost.
const FEW_ENTRIES: usize = 64;
const FEW_UNITS: u64 = 64 * TILE_UNITS;

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
    /// What it was, where it was lent to another project.
    lent: Option<Lent>,
    /// What can be reached no more. It may take long to free, so whoever has the time takes it.
    shed: Vec<Shed>,
    /// Entries that were ever pushed, less those that were taken back by [`Project::return_to`].
    pushed: u64,
    /// Whether an entry is being swapped.
    swapping: bool,
}

/// A part of a history that can be reached no more.
#[derive(Debug)]
enum Shed {
    /// What could be done again, before something else was done.
    Redo(Vec<Entry>),
    /// The oldest entry.
    Oldest(Entry),
}

/// What a project held on to and needs no more. Freeing it may take long.
#[derive(Debug)]
pub struct Leftovers(Vec<Shed>);

impl Leftovers {
    /// Whether freeing them takes no time to speak of.
    #[must_use]
    pub fn are_few(&self) -> bool {
        let entries = self.0.iter().flat_map(|shed| match shed {
            Shed::Redo(redo) => redo.as_slice(),
            Shed::Oldest(oldest) => std::slice::from_ref(oldest),
        });
        let few = |entry: &Entry| match entry {
            Entry::Group(entries) => entries.len() <= FEW_ENTRIES,
            entry => entry.units() <= FEW_UNITS,
        };
        entries.enumerate().all(|(at, entry)| at < FEW_ENTRIES && few(entry))
    }
}

/// A state of a project to return to: see [`Project::return_to`].
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    version: u64,
    pushed: u64,
    undo: usize,
    shed: usize,
    saved: Saved,
    in_transaction: bool,
}

/// The figures of a history that was lent.
#[derive(Debug)]
struct Lent {
    undo: usize,
    redo: usize,
    saved: Saved,
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

    /// What swapping it costs, in units of [`Work`].
    fn units(&self) -> u64 {
        match self {
            Self::Voxel(..) | Self::Active(_) | Self::Scene(_) => 1,
            Self::Voxels(_, voxels) => voxels.len() as u64 * VOXEL_UNITS,
            Self::Tiles(_, tiles) => tiles.len() as u64 * TILE_UNITS,
            Self::Stack(replaced) => replaced.stack.layers.len() as u64 * TILE_UNITS,
            Self::Group(entries) => entries.iter().map(Self::units).sum(),
        }
    }

    /// Asks whether it may be swapped.
    fn ask(&self, work: &Work<'_>) -> Result<()> {
        if let Self::Group(entries) = self {
            // Adding them up costs something too.
            work.expect(entries.len() as u64)?;
        }
        let units = self.units();
        work.expect(units)?;
        work.spend(units)
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

    /// Gives all of it away and keeps the figures alone, for those who ask meanwhile.
    pub(crate) fn lend(&mut self) -> Self {
        let (undo, redo) = self.depth();
        let figures = Self {
            undo_bytes: self.undo_bytes,
            saved: self.saved,
            lent: Some(Lent { undo, redo, saved: self.saved }),
            ..Self::of_version(self.version)
        };
        std::mem::replace(self, figures)
    }

    /// What was lent comes back. Where the project was saved meanwhile, it remembers that.
    pub(crate) fn take_back(&mut self, mut other: Self) {
        if self.lent.as_ref().is_some_and(|lent| lent.saved != self.saved) {
            other.saved.mark_before(self.saved);
        }
        *self = other;
    }

    fn depth(&self) -> (usize, usize) {
        match &self.lent {
            Some(lent) => (lent.undo, lent.redo),
            None => (self.undo.len(), self.redo.len()),
        }
    }

    /// Takes in what a command replaced. What was undone before can no longer be done again.
    pub(crate) fn push(&mut self, entry: Entry) {
        self.go(Way::On);
        if !self.redo.is_empty() {
            self.shed.push(Shed::Redo(std::mem::take(&mut self.redo)));
        }
        self.undo_bytes += entry.bytes();
        self.undo.push_back(entry);
        self.pushed += 1;
        while self.undo_bytes > limits::UNDO_BYTES_MAX && self.undo.len() > 1 {
            self.shed_oldest();
        }
    }

    fn shed_oldest(&mut self) {
        let Some(oldest) = self.undo.pop_front() else { return };
        self.undo_bytes -= oldest.bytes();
        self.truncated = true;
        // There may be a million of those, which hold nothing.
        if !matches!(oldest, Entry::Voxel(..) | Entry::Active(_)) {
            self.shed.push(Shed::Oldest(oldest));
        }
    }

    /// Takes back the newest entry as if it had never been pushed.
    fn unpush(&mut self, stack: &mut Stack) {
        self.pushed -= 1;
        if let Some(mut entry) = self.undo.pop_back() {
            self.undo_bytes -= entry.bytes();
            entry.swap(stack);
        }
    }

    /// Takes up again what was shed since there were so many parts.
    fn unshed(&mut self, count: usize) {
        while self.shed.len() > count {
            match self.shed.pop() {
                Some(Shed::Redo(redo)) => self.redo = redo,
                Some(Shed::Oldest(oldest)) => {
                    self.undo_bytes += oldest.bytes();
                    self.undo.push_front(oldest);
                }
                None => {}
            }
        }
    }

    /// What making one step of it costs, in units of [`Work`]. Where entries were dropped, all
    /// tiles are looked at: what was dropped says how many there may be.
    pub(crate) fn step_units(&self) -> u64 {
        let dropped = if self.truncated { limits::UNDO_BYTES_MAX as u64 } else { 0 };
        dropped + self.undo.len() as u64 * VOXEL_UNITS
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
    /// Takes back the last command, however long it takes. False where there is none to take back.
    pub fn undo(&mut self) -> bool {
        self.undo_within(&Work::unbounded()).unwrap_or(false)
    }

    /// Takes back the last command. False where there is none to take back.
    ///
    /// # Errors
    /// Where `work` does not let it; nothing has changed then.
    pub fn undo_within(&mut self, work: &Work<'_>) -> Result<bool> {
        let Some(entry) = self.history.undo.back() else { return Ok(false) };
        entry.ask(work)?;
        if let Some(mut entry) = self.history.undo.pop_back() {
            self.history.undo_bytes -= entry.bytes();
            self.history.swapping = true;
            entry.swap(&mut self.stack);
            self.history.swapping = false;
            self.history.go(Way::Back);
            self.history.redo.push(entry);
        }
        Ok(true)
    }

    /// Does again what was last undone, however long it takes. False where there is nothing to do
    /// again.
    pub fn redo(&mut self) -> bool {
        self.redo_within(&Work::unbounded()).unwrap_or(false)
    }

    /// Does again what was last undone. False where there is nothing to do again.
    ///
    /// # Errors
    /// Where `work` does not let it; nothing has changed then.
    pub fn redo_within(&mut self, work: &Work<'_>) -> Result<bool> {
        let Some(entry) = self.history.redo.last() else { return Ok(false) };
        entry.ask(work)?;
        if let Some(mut entry) = self.history.redo.pop() {
            self.history.swapping = true;
            entry.swap(&mut self.stack);
            self.history.swapping = false;
            self.history.go(Way::Again);
            self.history.undo_bytes += entry.bytes();
            self.history.undo.push_back(entry);
        }
        Ok(true)
    }

    /// The state that the project is in, to return to.
    #[must_use]
    #[inline]
    pub fn mark(&self) -> Mark {
        let History { version, pushed, saved, .. } = self.history;
        Mark {
            version,
            pushed,
            saved,
            undo: self.history.undo.len(),
            shed: self.history.shed.len(),
            in_transaction: self.in_transaction(),
        }
    }

    /// Returns to a state from before one edit, or one step back or forth, as if that had never
    /// been. For an edit that came to an end that nobody foresaw: what it had put on the history is
    /// taken back. Where it was in the middle of undoing, nothing of the history can be relied
    /// on any more, and it begins anew. A transaction that was begun or ended stays so.
    pub fn return_to(&mut self, mark: Mark) {
        if self.in_transaction() != mark.in_transaction {
            return;
        }
        let history = &mut self.history;
        if history.swapping {
            *history = History { truncated: true, ..history.onward() };
            return;
        }
        if history.pushed == mark.pushed {
            // It went a step back, or forth again, if anywhere.
            match history.undo.len().cmp(&mark.undo) {
                Ordering::Less => _ = self.redo(),
                Ordering::Equal => {}
                Ordering::Greater => _ = self.undo(),
            }
        } else {
            while history.pushed > mark.pushed {
                history.unpush(&mut self.stack);
            }
            history.unshed(mark.shed);
        }
        (self.history.version, self.history.saved) = (mark.version, mark.saved);
    }

    /// Whether the project holds on to anything that it needs no more.
    #[must_use]
    #[inline]
    pub fn has_leftovers(&self) -> bool {
        !self.history.shed.is_empty()
    }

    /// What the project needs no more.
    pub fn take_leftovers(&mut self) -> Leftovers {
        Leftovers(std::mem::take(&mut self.history.shed))
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
        self.history.depth()
    }
}
