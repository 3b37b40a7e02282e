//! Counts what the log holds of which project, so that what nobody needs any more can go.

use std::collections::{HashMap, HashSet};

use super::segment::name_of;

/// What a project has in a segment.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    last_version: u64,
    bytes: u64,
}

/// What a segment holds.
#[derive(Debug)]
struct Held {
    number: u64,
    bytes: u64,
    shares: HashMap<u64, Share>,
    /// It is damaged, and may hold what can be repaired.
    pinned: bool,
}

/// What the whole log holds.
#[derive(Debug, Default)]
pub(crate) struct SegmentUsage {
    /// Rising by number; the last one is appended to.
    held: Vec<Held>,
    /// By project: bytes since its last checkpoint.
    since: HashMap<u64, u64>,
    /// What was counted last and is in none of the tables yet: one project after another is
    /// edited many times in a row.
    latest: (u64, Share),
}

impl SegmentUsage {
    /// A new segment is appended to.
    pub(super) fn begin(&mut self, number: u64) {
        self.settle();
        self.held.push(Held { number, bytes: 0, shares: HashMap::new(), pinned: false });
    }

    /// The segment begun last has so many bytes that are no records.
    pub(super) fn add_bytes(&mut self, bytes: u64) {
        if let Some(held) = self.held.last_mut() {
            held.bytes += bytes;
        }
    }

    /// The segment begun last is damaged.
    pub(super) fn pin(&mut self) {
        if let Some(held) = self.held.last_mut() {
            held.pinned = true;
        }
    }

    /// A record is in the segment begun last.
    #[inline]
    pub(super) fn add(&mut self, project: u64, version: u64, bytes: u64) {
        if self.latest.0 != project {
            self.settle();
            self.latest.0 = project;
        }
        let share = &mut self.latest.1;
        share.last_version = share.last_version.max(version);
        share.bytes += bytes;
    }

    /// Writes into the tables what was counted last.
    fn settle(&mut self) {
        let (project, latest) = std::mem::take(&mut self.latest);
        if latest.bytes == 0 {
            return;
        }
        *self.since.entry(project).or_default() += latest.bytes;
        if let Some(held) = self.held.last_mut() {
            let share = held.shares.entry(project).or_default();
            share.last_version = share.last_version.max(latest.last_version);
            share.bytes += latest.bytes;
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

    /// The projects that keep the oldest segment, and by how many bytes: who wants that one gone
    /// makes checkpoints of them.
    pub(crate) fn holding_oldest(
        &mut self,
        covered: impl Fn(u64) -> Option<u64>,
    ) -> Vec<(u64, u64)> {
        self.settle();
        let Some(oldest) = self.held.first() else { return Vec::new() };
        let mut holding: Vec<(u64, u64)> = oldest
            .shares
            .iter()
            .filter(|(project, share)| covered(**project) < Some(share.last_version))
            .map(|(project, share)| (*project, share.bytes))
            .collect();
        holding.sort_unstable();
        holding
    }

    /// Forgets the segments that nobody needs, where `covered` says up to which version a project
    /// is durable elsewhere (`u64::MAX` for deleted ones), and says which files they are, oldest
    /// first. The newest stays: numbers are never given twice.
    pub(crate) fn forget(&mut self, covered: impl Fn(u64) -> Option<u64>) -> Vec<String> {
        self.settle();
        let newest = self.held.last().map(|held| held.number);
        let mut kept: HashSet<u64> = HashSet::new();
        let mut names = Vec::new();
        self.held.retain(|held| {
            let obsolete = held.shares.iter().all(|(project, share)| match covered(*project) {
                // Without the record that deletes it, older ones would bring a project back.
                Some(u64::MAX) => !kept.contains(project),
                Some(version) => version >= share.last_version,
                None => false,
            });
            if obsolete && !held.pinned && Some(held.number) != newest {
                names.push(name_of(held.number));
                return false;
            }
            kept.extend(held.shares.keys());
            true
        });
        if !names.is_empty() {
            self.since.retain(|project, _| kept.contains(project));
        }
        names
    }
}
