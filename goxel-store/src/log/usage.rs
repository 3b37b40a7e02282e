//! Counts what the log holds of which project, so that what nobody needs any more can go, and that who asks
//! for an older version knows where it is.

use std::collections::{HashMap, HashSet};

use super::index::Index;
use super::kind;
use super::record::Head;
use super::share::{Part, Share};

/// What a segment holds.
#[derive(Debug)]
struct Held {
    number: u64,
    bytes: u64,
    /// Where it ends, which is behind what cannot be read in it.
    end: u64,
    began_ms: u64,
    shares: HashMap<u64, Share>,
    /// It is damaged, and may hold what can be repaired.
    pinned: bool,
    /// No start needs it any more, nor will: it was ended, and what is durable elsewhere stays so.
    spare: bool,
}

/// What the whole log holds.
#[derive(Debug, Default)]
pub(crate) struct SegmentUsage {
    /// Rising by number; the last one is appended to.
    held: Vec<Held>,
    /// By project: bytes since its last checkpoint.
    since: HashMap<u64, u64>,
    /// By project: its highest version, as far as anybody told.
    newest: HashMap<u64, u64>,
    /// What was counted last and is in none of the tables yet: one project after another is
    /// edited many times in a row.
    latest: (u64, Share),
    /// The time that was told last.
    time_ms: u64,
}

impl SegmentUsage {
    /// A new segment is appended to.
    pub(super) fn begin(&mut self, number: u64) {
        self.settle();
        let (began_ms, shares) = (self.time_ms, HashMap::new());
        self.held.push(Held {
            number,
            bytes: 0,
            end: 0,
            began_ms,
            shares,
            pinned: false,
            spare: false,
        });
    }

    /// A segment that need not be read, since this is what it holds.
    pub(super) fn take_index(&mut self, index: Index) {
        self.begin(index.number);
        for (project, share) in &index.shares {
            let newest = self.newest.entry(*project).or_default();
            *newest = share.last_version.max(*newest);
        }
        self.time_ms = self.time_ms.max(index.last_ms);
        if let Some(held) = self.held.last_mut() {
            held.bytes = index.end;
            held.began_ms = index.began_ms;
            held.shares = index.shares.into_iter().collect();
        }
    }

    /// What the segment begun last holds, to be told by a file beside it; nothing where it is damaged.
    pub(super) fn index(&mut self) -> Option<Index> {
        self.settle();
        let held = self.held.last().filter(|held| !held.pinned)?;
        let shares = held.shares.iter().map(|(project, share)| (*project, *share)).collect();
        let (number, end, began_ms) = (held.number, held.bytes, held.began_ms);
        Some(Index { number, end, began_ms, last_ms: self.time_ms, shares })
    }

    /// The segment begun last has so many bytes that are no records.
    pub(super) fn add_bytes(&mut self, bytes: u64) {
        if let Some(held) = self.held.last_mut() {
            held.bytes += bytes;
        }
    }

    /// The segment begun last ends there.
    pub(super) fn set_end(&mut self, end: u64) {
        if let Some(held) = self.held.last_mut() {
            held.end = end;
        }
    }

    /// The segment begun last has a record that says what time it is.
    pub(super) fn add_time(&mut self, ms: u64, bytes: u64) {
        self.settle();
        self.time_ms = self.time_ms.max(ms);
        self.add_bytes(bytes);
    }

    /// The time that was told last, in milliseconds since 1970; 0 where none was.
    pub(crate) fn time_ms(&self) -> u64 {
        self.time_ms
    }

    /// The segment begun last is damaged.
    pub(super) fn pin(&mut self) {
        if let Some(held) = self.held.last_mut() {
            held.pinned = true;
        }
    }

    /// This record is in the segment begun last.
    pub(super) fn count(&mut self, head: &Head) {
        let bytes = head.record_bytes();
        match head.kind {
            kind::END => self.add_bytes(bytes),
            kind::TIME => self.add_time(head.version, bytes),
            kind => self.add(head.project, head.version, kind, bytes),
        }
    }

    /// A record of a project is in the segment begun last.
    #[inline]
    pub(super) fn add(&mut self, project: u64, version: u64, kind: u8, bytes: u64) {
        if self.latest.0 != project {
            self.settle();
            self.latest.0 = project;
        }
        let share = &mut self.latest.1;
        if share.bytes == 0 {
            share.first_version = version;
        }
        share.last_version = share.last_version.max(version);
        share.bytes += bytes;
        share.is_opened |= kind == kind::OPENED;
        share.is_deleted |= kind == kind::DELETED;
    }

    /// A project had this version before anything that is appended from now on.
    pub(crate) fn know(&mut self, project: u64, version: u64) {
        self.settle();
        let newest = self.newest.entry(project).or_default();
        *newest = version.max(*newest);
    }

    /// Writes into the tables what was counted last.
    fn settle(&mut self) {
        let (project, mut latest) = std::mem::take(&mut self.latest);
        if latest.bytes == 0 {
            return;
        }
        *self.since.entry(project).or_default() += latest.bytes;
        let newest = self.newest.entry(project).or_insert(latest.first_version.saturating_sub(1));
        latest.after = *newest;
        *newest = latest.last_version.max(*newest);
        (latest.first_ms, latest.last_ms) = (self.time_ms, self.time_ms);
        if let Some(held) = self.held.last_mut() {
            held.shares.entry(project).or_default().add(&latest);
            held.bytes += latest.bytes;
        }
    }

    /// How many bytes all segments have.
    pub(crate) fn bytes(&mut self) -> u64 {
        self.settle();
        self.held.iter().map(|held| held.bytes).sum()
    }

    /// How many bytes a project has appended since its last checkpoint.
    pub(crate) fn bytes_since_checkpoint(&mut self, project: u64) -> u64 {
        self.settle();
        self.since.get(&project).copied().unwrap_or(0)
    }

    /// A checkpoint holds `bytes` of what a project has appended since the one before.
    pub(crate) fn checkpointed(&mut self, project: u64, bytes: u64) {
        self.settle();
        if let Some(since) = self.since.get_mut(&project) {
            *since = since.saturating_sub(bytes);
            if *since == 0 {
                self.since.remove(&project);
            }
        }
    }

    /// Whether any segment has a record of a project.
    pub(crate) fn has_records(&mut self, project: u64) -> bool {
        self.settle();
        self.held.iter().any(|held| held.shares.contains_key(&project))
    }

    /// The segments that have records of a project, oldest first.
    pub(crate) fn parts(&mut self, project: u64) -> Vec<Part> {
        self.settle();
        let part = |held: &Held| {
            let share = *held.shares.get(&project)?;
            let (number, end, began_ms) = (held.number, held.end(), held.began_ms);
            Some(Part { number, end, began_ms, share })
        };
        self.held.iter().filter_map(part).collect()
    }

    /// The projects that keep the oldest segment which somebody needs, and by how many bytes: who wants that
    /// one gone makes checkpoints of them.
    pub(crate) fn holding_oldest(
        &mut self,
        covered: impl Fn(u64) -> Option<u64>,
    ) -> Vec<(u64, u64)> {
        self.settle();
        let oldest = self.held.iter().find(|held| !held.spare && held.is_needed(&covered));
        let Some(oldest) = oldest else { return Vec::new() };
        let mut holding: Vec<(u64, u64)> = oldest
            .shares
            .iter()
            .filter(|(project, share)| covered(**project) < Some(share.last_version))
            .map(|(project, share)| (*project, share.bytes))
            .collect();
        holding.sort_unstable();
        holding
    }

    /// Finds out which segments no start needs any more.
    fn look(&mut self, covered: impl Fn(u64) -> Option<u64>) {
        self.settle();
        // The newest stays: numbers are never given twice.
        let Some((_, ended)) = self.held.split_last_mut() else { return };
        for held in ended {
            held.spare = held.spare || !(held.pinned || held.is_needed(&covered));
        }
    }

    /// How many bytes the segments have that a start needs.
    pub(crate) fn needed_bytes(&mut self, covered: impl Fn(u64) -> Option<u64>) -> u64 {
        self.look(covered);
        self.held.iter().filter(|held| !held.spare).map(|held| held.bytes).sum()
    }

    /// How many bytes the other segments have, and the number of the oldest of them.
    pub(crate) fn spare(&mut self, covered: impl Fn(u64) -> Option<u64>) -> (u64, Option<u64>) {
        self.look(covered);
        let mut spare = self.held.iter().filter(|held| held.spare);
        let oldest = spare.clone().next().map(|held| held.number);
        (spare.by_ref().map(|held| held.bytes).sum(), oldest)
    }

    /// Forgets segments that no start needs, where `covered` says up to which version a project is durable
    /// elsewhere (`u64::MAX` for deleted ones), oldest first, until those that are left have `room` at the
    /// most. Says which they are.
    pub(crate) fn forget(&mut self, covered: impl Fn(u64) -> Option<u64>, room: u64) -> Vec<u64> {
        let (mut left, _) = self.spare(&covered);
        let mut kept: HashSet<u64> = HashSet::new();
        let mut forgotten = Vec::new();
        self.held.retain(|held| {
            // Without the record that deletes it, older ones would bring a project back.
            let brings_back =
                |project: &u64| covered(*project) == Some(u64::MAX) && kept.contains(project);
            if left > room && held.spare && !held.shares.keys().any(brings_back) {
                left -= held.bytes;
                forgotten.push(held.number);
                return false;
            }
            kept.extend(held.shares.keys());
            true
        });
        if !forgotten.is_empty() {
            self.since.retain(|project, _| kept.contains(project));
            let is_gone = |project| covered(project) == Some(u64::MAX) && !kept.contains(&project);
            self.newest.retain(|project, _| !is_gone(*project));
        }
        forgotten
    }
}

impl Held {
    fn end(&self) -> u64 {
        self.end.max(self.bytes)
    }

    /// Whether a start needs any record of it.
    fn is_needed(&self, covered: &impl Fn(u64) -> Option<u64>) -> bool {
        self.shares.iter().any(|(project, share)| covered(*project) < Some(share.last_version))
    }
}
