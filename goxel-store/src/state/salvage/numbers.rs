//! [`Numbers`]: which tiles have which numbers, where blocks of them or places are lost.
//!
//! Tiles are numbered through all blocks, and places name them by these numbers. Where a block is lost the numbers
//! of those behind it are known from the end: as many come for the first time as there are. So it is where
//! places are lost. Where both are, what is before the first loss is known from the beginning, and what is
//! behind the last one from the end.

use goxel_core::Tile;

use super::parts::Part;
use crate::state::StateError;
use crate::state::bytes::Taker;
use crate::state::section::Tag;
use crate::state::voxels::{
    Budget, Run, take_page_pos, take_patch, take_record, take_runs, take_tiles,
};

/// The number of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    FromFront(u64),
    /// So many tiles before the end; 1 is the last.
    FromBack(u64),
    Unknown,
}

impl Number {
    /// The one that comes so many behind.
    pub(super) fn after(self, count: u64) -> Self {
        match self {
            Self::FromFront(number) => Self::FromFront(number + count),
            Self::FromBack(number) => {
                number.checked_sub(count).map_or(Self::Unknown, Self::FromBack)
            }
            Self::Unknown => Self::Unknown,
        }
    }

    /// The one that comes so many before.
    pub(super) fn before(self, count: u64) -> Self {
        match self {
            Self::FromFront(number) => {
                number.checked_sub(count).map_or(Self::Unknown, Self::FromFront)
            }
            Self::FromBack(number) => Self::FromBack(number.saturating_add(count)),
            Self::Unknown => Self::Unknown,
        }
    }
}

/// Tiles up to the first that is lost, and from the last one on.
#[derive(Default)]
pub(super) struct Numbers {
    front: Vec<Tile>,
    back: Vec<Tile>,
    /// How many there were, where that is known.
    count: Option<u64>,
    /// Of each section of places that is whole, the tile that comes next for the first time.
    starts: Vec<Number>,
}

impl Numbers {
    /// Reads the tiles that are there.
    ///
    /// # Errors
    /// [`StateError::TooLarge`].
    pub(super) fn of(parts: &[Part<'_>], budget: &mut Budget) -> Result<Self, StateError> {
        let mut numbers = Self::default();
        let mut has_lost_tiles = false;
        // How many tiles come for the first time in each section of places; nothing where some are lost.
        let mut fresh = Vec::new();
        for part in parts {
            match part.clone() {
                Part::Whole { tag: Tag::Tiles, mut body } => {
                    let into = if has_lost_tiles { &mut numbers.back } else { &mut numbers.front };
                    if !take_all(&mut body, budget, into)? {
                        numbers.back.clear();
                        has_lost_tiles = true;
                    }
                }
                Part::Whole { tag: Tag::Places, body } => fresh.push(count_fresh(body).ok()),
                Part::Whole { .. } => {}
                Part::Lost { tag, .. } => {
                    if matches!(tag, None | Some(Tag::Tiles)) {
                        numbers.back.clear();
                        has_lost_tiles = true;
                    }
                    if matches!(tag, None | Some(Tag::Places)) {
                        fresh.push(None);
                    }
                }
            }
        }
        numbers.count = match has_lost_tiles {
            false => Some(numbers.front.len() as u64),
            true => fresh.iter().copied().sum(),
        };
        let told = (numbers.front.len() + numbers.back.len()) as u64;
        if numbers.count.is_some_and(|count| count < told) {
            // They belong to each other in no way.
            numbers.count = None;
            numbers.back.clear();
        }
        numbers.starts = starts(&fresh);
        Ok(numbers)
    }

    /// The tile that comes next for the first time where a section of places begins, by its place among those
    /// that are whole.
    pub(super) fn start(&self, section: usize) -> Number {
        self.starts.get(section).copied().unwrap_or(Number::Unknown)
    }

    /// The tile of a number, where it is there.
    pub(super) fn tile(&self, number: Number) -> Option<&Tile> {
        let from_front = |number: u64| self.front.get(usize::try_from(number).ok()?);
        let from_back = |number: u64| {
            let at = self.back.len().checked_sub(usize::try_from(number).ok()?)?;
            self.back.get(at)
        };
        let other = |number: u64| self.count?.checked_sub(number);
        match number {
            Number::FromFront(number) => from_front(number).or_else(|| from_back(other(number)?)),
            Number::FromBack(number) => from_back(number).or_else(|| from_front(other(number)?)),
            Number::Unknown => None,
        }
    }
}

/// Where each section of places that is whole begins: before the first loss that is known from the beginning,
/// and behind the last one from the end.
fn starts(fresh: &[Option<u64>]) -> Vec<Number> {
    let first = fresh.iter().position(Option::is_none).unwrap_or(fresh.len());
    let last = fresh.iter().rposition(Option::is_none);
    let mut starts = Vec::new();
    for (at, count) in fresh.iter().enumerate() {
        if count.is_none() {
            continue;
        }
        let sum = |counts: &[Option<u64>]| counts.iter().copied().sum::<Option<u64>>();
        let start = if at < first {
            sum(&fresh[..at]).map(Number::FromFront)
        } else if last.is_some_and(|last| at > last) {
            sum(&fresh[at..]).map(Number::FromBack)
        } else {
            None
        };
        starts.push(start.unwrap_or(Number::Unknown));
    }
    starts
}

/// Reads a block. False where it is none: then nothing of it is taken.
fn take_all(
    body: &mut Taker<'_>,
    budget: &mut Budget,
    into: &mut Vec<Tile>,
) -> Result<bool, StateError> {
    let before = into.len();
    match take_tiles(body, Tag::Tiles.name(), budget, into) {
        Ok(()) => Ok(true),
        Err(error @ StateError::TooLarge { .. }) => Err(error),
        Err(_) => {
            into.truncate(before);
            Ok(false)
        }
    }
}

/// How many tiles come for the first time in a section of places.
fn count_fresh(mut body: Taker<'_>) -> Result<u64, StateError> {
    let mut count = 0;
    while !body.is_empty() {
        take_record(&mut body)?;
        let mut last = [0; 3];
        while take_page_pos(&mut body, &mut last)?.is_some() {
            take_runs(&mut body, |run, tiles, from| match run {
                Run::Fresh => {
                    count += tiles.len() as u64;
                    Ok(())
                }
                Run::Patch(voxels) => take_patch(voxels, from, |_, _| ()),
                Run::Kept | Run::Again(_) | Run::Uniform(_) => Ok(()),
            })?;
        }
    }
    Ok(count)
}
