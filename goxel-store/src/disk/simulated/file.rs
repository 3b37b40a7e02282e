//! One file of a disk in memory: what is durable, and what changed since.

use std::io::{Error, ErrorKind, Result};

use super::{Chance, DiskFile, SimulatedDisk, State};

/// What a disk writes whole, as a rule: crashes tear this too now and then.
const SECTOR_BYTES: usize = 512;

/// A file, whatever its name.
#[derive(Clone, Debug)]
pub(super) struct Inode {
    bytes: Vec<u8>,
    durable: Vec<u8>,
    changes: Vec<Change>,
}

/// A change that is not durable yet.
#[derive(Clone, Debug)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    SetLen(usize),
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Write { offset, bytes } => {
                let end = offset + bytes.len();
                if file.len() < end {
                    file.resize(end, 0);
                }
                file[*offset..end].copy_from_slice(bytes);
            }
            Self::SetLen(len) => file.resize(*len, 0),
        }
    }

    /// Whether the change says something about the bytes of a sector.
    fn touches(&self, from: usize, until: usize) -> bool {
        match self {
            Self::Write { offset, bytes } => *offset < until && from < offset + bytes.len(),
            Self::SetLen(len) => *len < until,
        }
    }
}

impl Inode {
    /// A file with bytes that are durable.
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self { durable: bytes.clone(), bytes, changes: Vec::new() }
    }

    /// What can be read.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn flip(&mut self, bit: u64) {
        let (byte, mask) = ((bit / 8) as usize, 1 << (bit % 8));
        self.bytes[byte] ^= mask;
        self.durable = self.bytes.clone();
        self.changes.clear();
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.bytes);
        self.changes.push(change);
    }

    /// What may be found after a crash.
    pub(super) fn after_crash(&self, chance: &mut Chance) -> Vec<u8> {
        let keep = chance.below(4);
        if self.changes.is_empty() || keep == 0 {
            return self.durable.clone();
        }
        if keep == 1 {
            return self.bytes.clone();
        }
        let len = self.some_length(chance);
        let mut found = vec![0; len];
        let mut from = 0;
        while from < len {
            let until = (from + SECTOR_BYTES).min(len);
            let first = self.some_state(from, until, chance);
            found[from..until].copy_from_slice(&first);
            if chance.below(4) == 0 {
                let torn = from + chance.below((until - from) as u64) as usize;
                let second = self.some_state(from, until, chance);
                found[torn..until].copy_from_slice(&second[torn - from..]);
            }
            from = until;
        }
        found
    }

    /// One of the lengths since the last sync.
    fn some_length(&self, chance: &mut Chance) -> usize {
        let count = chance.below(self.changes.len() as u64 + 1) as usize;
        self.changes[..count].iter().fold(self.durable.len(), |len, change| match change {
            Change::Write { offset, bytes } => len.max(offset + bytes.len()),
            Change::SetLen(len) => *len,
        })
    }

    /// One of the states of a sector since the last sync.
    fn some_state(&self, from: usize, until: usize, chance: &mut Chance) -> Vec<u8> {
        let touching: Vec<&Change> =
            self.changes.iter().filter(|change| change.touches(from, until)).collect();
        let count = chance.below(touching.len() as u64 + 1) as usize;
        let mut sector = vec![0; until - from];
        copy_within(&self.durable, from, &mut sector);
        for change in &touching[..count] {
            match change {
                Change::Write { offset, bytes } => write_within(bytes, *offset, from, &mut sector),
                Change::SetLen(len) => sector[len.saturating_sub(from)..].fill(0),
            }
        }
        sector
    }
}

/// The bytes of `file` from `from` on, as far as there are any.
fn copy_within(file: &[u8], from: usize, sector: &mut [u8]) {
    let end = file.len().min(from + sector.len());
    if from < end {
        sector[..end - from].copy_from_slice(&file[from..end]);
    }
}

/// Writes the part of `bytes` that falls into the sector at `from`.
fn write_within(bytes: &[u8], offset: usize, from: usize, sector: &mut [u8]) {
    let start = offset.max(from);
    let end = (offset + bytes.len()).min(from + sector.len());
    if start < end {
        sector[start - from..end - from].copy_from_slice(&bytes[start - offset..end - offset]);
    }
}

/// An open file of a disk in memory.
pub(super) struct SimulatedFile {
    pub(super) disk: SimulatedDisk,
    pub(super) inode: usize,
}

impl DiskFile for SimulatedFile {
    fn len(&self) -> Result<u64> {
        Ok(self.disk.state().inodes[self.inode].bytes.len() as u64)
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> Result<usize> {
        let state = self.disk.state();
        let file = &state.inodes[self.inode].bytes;
        let from = (offset as usize).min(file.len());
        let count = bytes.len().min(file.len() - from);
        bytes[..count].copy_from_slice(&file[from..from + count]);
        Ok(count)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize> {
        let mut state = self.disk.state();
        state.operation()?;
        count_down(&mut state.faults.writes_until_failure)?;
        let offset = offset as usize;
        let room = state.room_for(self.inode, offset + bytes.len());
        let mut count = room.saturating_sub(offset).min(bytes.len());
        if count == 0 && !bytes.is_empty() {
            return Err(ErrorKind::StorageFull.into());
        }
        if state.faults.short_writes && count > 1 {
            count = 1 + state.chance.below(count as u64) as usize;
        }
        let change = Change::Write { offset, bytes: bytes[..count].to_vec() };
        state.inodes[self.inode].change(change);
        Ok(count)
    }

    fn allocate(&self, len: u64) -> Result<()> {
        let mut state = self.disk.state();
        state.operation()?;
        let len = len as usize;
        if state.inodes[self.inode].bytes.len() >= len {
            return Ok(());
        }
        if state.room_for(self.inode, len) < len {
            return Err(ErrorKind::StorageFull.into());
        }
        state.inodes[self.inode].change(Change::SetLen(len));
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<()> {
        let mut state = self.disk.state();
        state.operation()?;
        state.inodes[self.inode].change(Change::SetLen(len as usize));
        Ok(())
    }

    fn sync_data(&self) -> Result<()> {
        let mut state = self.disk.state();
        state.operation()?;
        state.syncs += 1;
        let failure = count_down(&mut state.faults.syncs_until_failure);
        let state = &mut *state;
        let inode = &mut state.inodes[self.inode];
        // After a failure the changes count as written, though they may not be: nobody tries again.
        let changes = std::mem::take(&mut inode.changes);
        match failure {
            Ok(()) => changes.iter().for_each(|change| change.apply(&mut inode.durable)),
            Err(_) => {
                inode.changes = changes;
                inode.durable = inode.after_crash(&mut state.chance);
                inode.changes.clear();
            }
        }
        failure
    }
}

impl State {
    /// How long a file may become, at most `len`.
    fn room_for(&self, inode: usize, len: usize) -> usize {
        let there = self.inodes[inode].bytes.len();
        let Some(capacity) = self.faults.capacity_bytes else { return len };
        let free = capacity.saturating_sub(self.used()) as usize;
        len.min(there + free)
    }
}

/// Fails once the number has run out.
fn count_down(left: &mut Option<u64>) -> Result<()> {
    match left {
        Some(0) => {
            *left = None;
            Err(Error::other("an input or output error, on demand"))
        }
        Some(count) => {
            *count -= 1;
            Ok(())
        }
        None => Ok(()),
    }
}
