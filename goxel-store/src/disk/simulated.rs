//! A disk in memory that loses what a power cut may lose.
//!
//! A file is what was made durable, and the changes since then. [`SimulatedDisk::crash`] gives a new
//! disk as it may be found afterwards: of each sector any of the states that it had since the last
//! sync, or part of one and part of another; of the length any that it had; of the names any mix
//! of changes that were not synced. All by chance, and the same for the same seed.

mod file;

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::file::{Inode, SimulatedFile};
use super::{Disk, DiskFile};

/// A disk in memory, to be shared by cloning.
#[derive(Clone, Debug)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    chance: Chance,
    names: BTreeMap<String, usize>,
    /// The names that a crash leaves, where nothing of `renamings` happened.
    safe_names: BTreeMap<String, usize>,
    /// How names changed since they were synced, in order.
    renamings: Vec<Renaming>,
    inodes: Vec<Inode>,
    faults: Faults,
    locked: bool,
    syncs: u64,
}

/// A change of names.
#[derive(Clone, Debug)]
struct Renaming {
    name: String,
    /// What the name stands for now.
    stands_for: Option<usize>,
    /// The name that the file had before.
    from: Option<String>,
}

/// What goes wrong.
#[derive(Debug, Default)]
struct Faults {
    /// After so many more operations nothing works any more: the power is off.
    power_for: Option<u64>,
    short_writes: bool,
    /// So many more syncs succeed, then one fails.
    syncs_until_failure: Option<u64>,
    /// So many more writes succeed, then one fails.
    writes_until_failure: Option<u64>,
    /// How many bytes all files together may have.
    capacity_bytes: Option<u64>,
}

impl SimulatedDisk {
    /// An empty disk. What happens by chance follows from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            chance: Chance(seed),
            names: BTreeMap::new(),
            safe_names: BTreeMap::new(),
            renamings: Vec::new(),
            inodes: Vec::new(),
            faults: Faults::default(),
            locked: false,
            syncs: 0,
        })))
    }

    /// The disk as it may be found after the power was cut now. This one is of no use any more.
    #[must_use]
    pub fn crash(&self) -> Self {
        let mut state = self.state();
        state.faults.power_for = Some(0);
        let state = &mut *state;
        let mut names = state.safe_names.clone();
        let all = state.chance.below(3);
        for Renaming { name, stands_for, from } in &state.renamings {
            if all == 0 || (all == 1 && state.chance.below(2) == 0) {
                match stands_for {
                    Some(inode) => names.insert(name.clone(), *inode),
                    None => names.remove(name),
                };
                // Journalling file systems do all of it or nothing, but the old name may be back.
                if let Some(from) = from
                    && (all == 0 || state.chance.below(2) == 0)
                {
                    names.remove(from);
                }
            }
        }
        let chance = &mut state.chance;
        let inodes =
            state.inodes.iter().map(|inode| Inode::of(inode.after_crash(chance))).collect();
        Self(Arc::new(Mutex::new(State {
            chance: Chance(chance.next()),
            safe_names: names.clone(),
            names,
            renamings: Vec::new(),
            inodes,
            faults: Faults::default(),
            locked: false,
            syncs: 0,
        })))
    }

    /// The disk as another process finds it after this one was killed: all that was written is
    /// there, and not durable yet.
    #[must_use]
    pub fn kill(&self) -> Self {
        let mut state = self.state();
        state.faults.power_for = Some(0);
        let chance = Chance(state.chance.next());
        Self(Arc::new(Mutex::new(State {
            chance,
            names: state.names.clone(),
            safe_names: state.safe_names.clone(),
            renamings: state.renamings.clone(),
            inodes: state.inodes.clone(),
            faults: Faults::default(),
            locked: false,
            syncs: 0,
        })))
    }

    /// Cuts the power after `operations` more that change something.
    pub fn power_off_after(&self, operations: u64) {
        self.state().faults.power_for = Some(operations);
    }

    /// From now on writes may write less than they were given.
    pub fn short_writes(&self) {
        self.state().faults.short_writes = true;
    }

    /// Makes a sync fail after `syncs` that do not. What was to be made durable may be lost then,
    /// though it can still be read, as on Linux.
    pub fn fail_sync_after(&self, syncs: u64) {
        self.state().faults.syncs_until_failure = Some(syncs);
    }

    /// Makes a write fail after `writes` that do not.
    pub fn fail_write_after(&self, writes: u64) {
        self.state().faults.writes_until_failure = Some(writes);
    }

    /// Lets all files together have at most `bytes` (`None`: as many as they like).
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.state().faults.capacity_bytes = bytes;
    }

    /// How many bytes all files have.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.state().used()
    }

    /// How often something was synced.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.state().syncs
    }

    /// Changes one bit of a file, as a bad disk does.
    pub fn flip(&self, name: &str, bit: u64) {
        let mut state = self.state();
        if let Some(inode) = state.names.get(name).copied() {
            state.inodes[inode].flip(bit);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn used(&self) -> u64 {
        let mut inodes: Vec<usize> = self.names.values().copied().collect();
        inodes.sort_unstable();
        inodes.dedup();
        inodes.iter().map(|inode| self.inodes[*inode].bytes().len() as u64).sum()
    }

    /// Something is to be changed: fails where the power is off.
    fn operation(&mut self) -> Result<()> {
        match &mut self.faults.power_for {
            Some(0) => Err(Error::other("the power is off")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn inode(&self, name: &str) -> Result<usize> {
        self.names.get(name).copied().ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn set_name(&mut self, name: &str, inode: Option<usize>) {
        match inode {
            Some(inode) => self.names.insert(name.to_owned(), inode),
            None => self.names.remove(name),
        };
        self.renamings.push(Renaming { name: name.to_owned(), stands_for: inode, from: None });
    }
}

impl Disk for SimulatedDisk {
    fn place(&self) -> String {
        "(simulated)".to_owned()
    }

    fn lock(&self) -> Result<()> {
        if std::mem::replace(&mut self.state().locked, true) {
            return Err(Error::new(ErrorKind::WouldBlock, "another daemon uses the directory"));
        }
        Ok(())
    }

    fn create(&self, name: &str) -> Result<Box<dyn DiskFile>> {
        let mut state = self.state();
        state.operation()?;
        if state.names.contains_key(name) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        state.inodes.push(Inode::of(Vec::new()));
        let inode = state.inodes.len() - 1;
        state.set_name(name, Some(inode));
        Ok(Box::new(SimulatedFile { disk: self.clone(), inode }))
    }

    fn open(&self, name: &str) -> Result<Box<dyn DiskFile>> {
        let inode = self.state().inode(name)?;
        Ok(Box::new(SimulatedFile { disk: self.clone(), inode }))
    }

    fn names(&self) -> Result<Vec<String>> {
        Ok(self.state().names.keys().cloned().collect())
    }

    fn rename(&self, from: &str, to: &str) -> Result<()> {
        let mut state = self.state();
        state.operation()?;
        let inode = state.inode(from)?;
        state.names.remove(from);
        state.names.insert(to.to_owned(), inode);
        state.renamings.push(Renaming {
            name: to.to_owned(),
            stands_for: Some(inode),
            from: Some(from.to_owned()),
        });
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<()> {
        let mut state = self.state();
        state.operation()?;
        state.inode(name)?;
        state.set_name(name, None);
        Ok(())
    }

    fn sync_dir(&self) -> Result<()> {
        let mut state = self.state();
        state.operation()?;
        state.syncs += 1;
        state.safe_names = state.names.clone();
        state.renamings.clear();
        Ok(())
    }
}

/// Numbers that look random and follow from a seed (SplitMix64, by its published constants).
#[derive(Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number under `end`, which is not 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

#[cfg(test)]
mod tests;
