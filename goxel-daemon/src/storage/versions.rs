//! Lists the versions of a project, newest first, as the records of the log tell of them.

use std::collections::BTreeSet;

use goxel_core::{Project, Work};
use goxel_proto::Method;
use goxel_store::check::Begins;
use goxel_store::checkpoint::Bases;
use goxel_store::log::{Found, Part, kind};

use super::past::Past;
use super::written::{begins, method_of};
use crate::fault::Result;

/// What made a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Method(Method),
    /// The project was made, or replaced another.
    Opened,
    /// It is not told.
    Unknown,
}

/// A version of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) version: u64,
    /// When it was made, in milliseconds since 1970; 0 where nobody knows.
    pub(crate) time_ms: u64,
    pub(crate) by: By,
    /// How many versions are one entry: single voxels, and the edits of a transaction.
    pub(crate) edits: u64,
    /// How many voxels were set, where that is known.
    pub(crate) voxels: Option<u64>,
    pub(crate) tags: Vec<String>,
}

/// What one record or one transaction made.
pub(super) struct Scanned {
    pub(super) version: u64,
    pub(super) time_ms: u64,
    by: By,
    /// The version before it.
    from: u64,
    /// It consists of single voxels.
    are_points: bool,
}

/// Goes through the versions of a project from the newest to the oldest, those inside transactions left out,
/// until `visit` says that it is enough. A version is visited that can be had: `bases` leads to it. Those from
/// `before` on are passed over.
pub(super) fn scan(
    past: &Past,
    bases: &BTreeSet<u64>,
    before: u64,
    work: &Work<'_>,
    visit: &mut dyn FnMut(&Scanned) -> bool,
) -> Result {
    let parts = past.parts.iter().rev().filter(|part| first(part) < before);
    let mut scan = Scan { bases, before, pending: Vec::new(), inside: None, visit, is_over: false };
    if past.in_transaction {
        scan.inside = Some(Inside::Open);
    }
    for part in parts {
        let records = past.records(part)?;
        for index in (0..records.len()).rev() {
            let Some((found, time_ms)) = records.get(index) else { continue };
            work.spend(found.bytes())?;
            scan.take(&found, time_ms);
            if scan.is_over {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn first(part: &Part) -> u64 {
    part.share.first_version.max(1)
}

struct Scan<'a> {
    bases: &'a BTreeSet<u64>,
    before: u64,
    /// What is met and not yet known to be had.
    pending: Vec<Scanned>,
    inside: Option<Inside>,
    visit: &'a mut dyn FnMut(&Scanned) -> bool,
    is_over: bool,
}

/// A transaction on the way back through the records.
enum Inside {
    /// It was not ended.
    Open,
    Ended(Scanned),
}

impl Scan<'_> {
    fn take(&mut self, found: &Found, time_ms: u64) {
        let from = match begins(found) {
            Begins::After(from) => from,
            Begins::Anew | Begins::Somewhere => found.version.saturating_sub(1),
            Begins::Nowhere => return,
        };
        let are_points = matches!(found.kind, kind::POINT | kind::POINTS);
        let method = method_of(found);
        let by = match method {
            _ if found.kind == kind::OPENED => By::Opened,
            Some(method) => By::Method(method),
            None => By::Unknown,
        };
        let this = Scanned { version: found.version, time_ms, by, from, are_points };
        let step = method.filter(|_| found.kind == kind::CALL);
        match (self.inside.take(), step) {
            (Some(Inside::Open), Some(Method::Begin)) => self.pending.clear(),
            (Some(Inside::Ended(whole)), Some(Method::Begin)) => {
                self.put(Scanned { from, ..whole });
            }
            // A project that replaced another ended what was open on that.
            (Some(Inside::Open), _) if by == By::Opened => self.put(this),
            (Some(inside), _) => self.inside = Some(inside),
            (None, Some(Method::Commit | Method::Rollback)) => {
                self.inside = Some(Inside::Ended(this));
            }
            // Nobody has ended it: what was thought to be behind it is in it.
            (None, Some(Method::Begin)) => self.pending.clear(),
            (None, _) => self.put(this),
        }
    }

    fn put(&mut self, this: Scanned) {
        // Something is missing between this and what is newer.
        if self.pending.last().is_some_and(|newer| newer.from > this.version) {
            self.pending.clear();
        }
        let (from, version, is_opened) = (this.from, this.version, this.by == By::Opened);
        self.pending.push(this);
        if !is_opened && self.bases.range(from..=version).next().is_none() {
            return;
        }
        let before = self.before;
        for had in self.pending.drain(..).filter(|had| had.version < before) {
            if !self.is_over && !(self.visit)(&had) {
                self.is_over = true;
            }
        }
    }
}

impl Past {
    /// The newest versions below `before`, `limit` at the most, and whether there are more.
    pub(crate) fn list(
        &mut self,
        limit: usize,
        before: u64,
        work: &Work<'_>,
    ) -> Result<(Vec<Entry>, bool)> {
        self.ready()?;
        let bases = Bases::of(&*self.disk, self.identity.number())?.versions();
        let mut entries: Vec<Entry> = Vec::new();
        let mut from = u64::MAX;
        scan(self, &bases, before, work, &mut |scanned| {
            let edits = scanned.version.saturating_sub(scanned.from).max(1);
            let voxels = scanned.are_points.then_some(edits);
            if let Some(last) = entries.last_mut().filter(|last| last.is_run_of(scanned, from)) {
                last.edits += edits;
                last.voxels = last.voxels.map(|voxels| voxels + edits);
            } else {
                let (version, time_ms, by) = (scanned.version, scanned.time_ms, scanned.by);
                entries.push(Entry { version, time_ms, by, edits, voxels, tags: Vec::new() });
            }
            from = scanned.from;
            entries.len() <= limit
        })?;
        self.add_others(&mut entries, &bases, before)?;
        let has_more = entries.len() > limit;
        entries.truncate(limit);
        Ok((entries, has_more))
    }

    /// The newest versions below `before` that have tags, `limit` at the most, and whether there are more. Their
    /// times are those of the tags.
    pub(crate) fn list_tags(&self, limit: usize, before: u64) -> Result<(Vec<Entry>, bool)> {
        let mut entries: Vec<Entry> = Vec::new();
        for tag in self.all_tags()?.into_iter().rev().filter(|tag| tag.version < before) {
            match entries.last_mut().filter(|last| last.version == tag.version) {
                Some(last) => last.tags.insert(0, tag.name),
                None => {
                    let entry = Entry::of(tag.version, tag.time_ms);
                    entries.push(Entry { tags: vec![tag.name], ..entry });
                }
            }
        }
        let has_more = entries.len() > limit;
        entries.truncate(limit);
        Ok((entries, has_more))
    }

    /// Adds what is had without the log: checkpoints, and tags.
    fn add_others(&self, entries: &mut Vec<Entry>, bases: &BTreeSet<u64>, before: u64) -> Result {
        let is_there = |entries: &[Entry], version: u64| {
            let within = |entry: &Entry| {
                version <= entry.version && version.saturating_add(entry.edits) > entry.version
            };
            entries.iter().any(within)
        };
        let now = self.now.as_ref().filter(|_| !self.in_transaction).map(Project::version);
        for &version in bases.iter().chain(&now) {
            if version < before && !is_there(entries, version) {
                entries.push(Entry::of(version, 0));
            }
        }
        for tag in self.all_tags()?.into_iter().filter(|tag| tag.version < before) {
            match entries.iter_mut().find(|entry| entry.version == tag.version) {
                Some(entry) => entry.tags.push(tag.name),
                None => {
                    let entry = Entry::of(tag.version, 0);
                    entries.push(Entry { tags: vec![tag.name], ..entry });
                }
            }
        }
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.version));
        Ok(())
    }
}

impl Entry {
    fn of(version: u64, time_ms: u64) -> Self {
        Self { version, time_ms, by: By::Unknown, edits: 1, voxels: None, tags: Vec::new() }
    }

    /// Whether an older version goes on with the single voxels that this has from version `from` on.
    fn is_run_of(&self, older: &Scanned, from: u64) -> bool {
        self.voxels.is_some()
            && older.are_points
            && older.by == self.by
            && older.time_ms == self.time_ms
            && older.version == from
    }
}
