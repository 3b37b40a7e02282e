//! Finds a log on a disk, tells what is good in it, and cuts what was being written when the
//! power went, so that appending can go on in a new segment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::error::{Concerns, Damage, LogError};
use super::files::{UNREPAIRED, read_segment};
use super::index::{Index, indexed_number, is_unfinished_index};
use super::records::Records;
use super::scan::{Piece, Scan};
use super::segment::{FORMAT, HEADER_BYTES, Header, HeaderRead, name_of, number_of};
use super::usage::SegmentUsage;
use crate::disk::{Disk, failed};

/// What was found.
pub(crate) struct Survey {
    pub(crate) records: Records,
    pub(crate) damages: Vec<Damage>,
    pub(crate) warnings: Vec<String>,
    pub(crate) usage: SegmentUsage,
    /// The last segment and its bytes; zeros where there is none.
    pub(crate) last: (u64, u64),
    /// What segments hold that had no index.
    pub(crate) indexes: Vec<Index>,
    /// Projects that were deleted in segments that were not read.
    pub(crate) deleted: BTreeSet<u64>,
}

/// Looks through all segments of a disk. Those are not read of which `covered` says by their indexes that nothing
/// in them is needed: up to which version a project is durable elsewhere.
pub(crate) fn survey(
    disk: &Arc<dyn Disk>,
    covered: &dyn Fn(u64) -> Option<u64>,
) -> Result<Survey, LogError> {
    let mut found = headers(&**disk)?;
    let mut warnings = Vec::new();
    remove_unfinished(&**disk, &mut found, &mut warnings)?;
    remove_stray_indexes(&**disk, &found)?;
    let mut known = read_indexes(&**disk, &found);
    let deleted: BTreeSet<u64> = known.values().flat_map(Index::deleted).collect();
    let is_needed = |index: &Index| {
        let covers = |project: u64, last: u64| {
            deleted.contains(&project) || covered(project).is_some_and(|covered| covered >= last)
        };
        !index.shares.iter().all(|(project, share)| covers(*project, share.last_version))
    };
    let mut surveyor = Surveyor {
        damages: Vec::new(),
        warnings,
        usage: SegmentUsage::default(),
        indexes: Vec::new(),
    };
    let mut segments = Vec::new();
    let mut last = (0, 0);
    for (index, (number, header)) in found.iter().enumerate() {
        let next = found.get(index + 1).map(|(_, header)| *header);
        let known = known.remove(number);
        if let Some(known) = &known
            && header.is_some()
            && !is_needed(known)
        {
            last = (*number, known.end);
            surveyor.usage.take_index(known.clone());
            continue;
        }
        let end = surveyor.segment(&**disk, *number, *header, next)?;
        if next.is_some() && known.is_none() {
            surveyor.indexes.extend(surveyor.usage.index().filter(|index| index.end == end));
        }
        segments.push((*number, end));
        last = (*number, end);
    }
    let Surveyor { damages, mut warnings, usage, indexes } = surveyor;
    warnings.extend(damages.iter().map(ToString::to_string));
    let records = Records::new(Arc::clone(disk), segments);
    Ok(Survey { records, damages, warnings, usage, last, indexes, deleted })
}

/// The indexes of the segments whose end is known, which are those that have another one behind them.
fn read_indexes(disk: &dyn Disk, found: &[(u64, Option<Header>)]) -> BTreeMap<u64, Index> {
    let ended = found.windows(2).filter_map(|two| {
        let next = two[1].1.filter(|next| next.previous == two[0].0)?;
        Some((two[0].0, next.previous_end))
    });
    ended.filter_map(|(number, end)| Some((number, Index::read(disk, number, end)?))).collect()
}

/// Removes indexes of segments that are gone, and those that were being written.
fn remove_stray_indexes(disk: &dyn Disk, found: &[(u64, Option<Header>)]) -> Result<(), LogError> {
    let names = disk.names().map_err(failed(disk, "list", "the files"))?;
    let is_there = |number| found.binary_search_by_key(&number, |(number, _)| *number).is_ok();
    for name in names {
        let is_stray = indexed_number(&name).is_some_and(|number| !is_there(number));
        if is_stray || is_unfinished_index(&name) {
            disk.remove(&name).map_err(failed(disk, "remove", &name))?;
        }
    }
    Ok(())
}

/// The numbers of all segments, rising, and the headers that are whole.
fn headers(disk: &dyn Disk) -> Result<Vec<(u64, Option<Header>)>, LogError> {
    let names = disk.names().map_err(failed(disk, "list", "the files"))?;
    if names.iter().any(|name| name.starts_with(UNREPAIRED)) {
        return Err(LogError::Unrepaired { place: disk.place() });
    }
    let mut found = Vec::new();
    for (name, number) in names.iter().filter_map(|name| Some((name, number_of(name)?))) {
        let file = disk.open(name).map_err(failed(disk, "open", name))?;
        let len = file.len().map_err(failed(disk, "read", name))?;
        let mut bytes = vec![0; HEADER_BYTES.min(len as usize)];
        file.read_exact_at(&mut bytes, 0).map_err(failed(disk, "read", name))?;
        found.push((
            number,
            match Header::read(&bytes, number) {
                HeaderRead::Whole(header) => Some(header),
                HeaderRead::Bad => None,
                HeaderRead::OtherFormat(format) => {
                    return Err(LogError::Format {
                        place: disk.place(),
                        name: name.clone(),
                        found: format,
                        ours: FORMAT,
                    });
                }
            },
        ));
    }
    found.sort_unstable_by_key(|(number, _)| *number);
    Ok(found)
}

/// Removes the segments at the end that were not begun: a header is durable before the first record
/// is written.
fn remove_unfinished(
    disk: &dyn Disk,
    found: &mut Vec<(u64, Option<Header>)>,
    warnings: &mut Vec<String>,
) -> Result<(), LogError> {
    if found.is_empty() {
        return Ok(());
    }
    while let Some((number, None)) = found.last() {
        let (number, name) = (*number, name_of(*number));
        let (_, bytes) = read_segment(disk, &name)?;
        if Scan::last(number, &bytes).any() {
            break;
        }
        if bytes.iter().any(|byte| *byte != 0) {
            warnings.push(format!("{name} was being begun, held no records and was removed"));
        }
        disk.remove(&name).map_err(failed(disk, "remove", &name))?;
        found.pop();
    }
    // What is there now stays so, and what is gone too: also the names that a daemon which was
    // killed had not made durable. Else an unfinished segment could be back before a later one, and
    // look like damage.
    Ok(disk.sync_dir().map_err(failed(disk, "sync the directory for", "what was found in it"))?)
}

/// What is found on the way.
struct Surveyor {
    damages: Vec<Damage>,
    warnings: Vec<String>,
    usage: SegmentUsage,
    indexes: Vec<Index>,
}

impl Surveyor {
    /// Looks through a segment and says where it ends. `next` is the header of the one behind it,
    /// if there is one and it is whole.
    fn segment(
        &mut self,
        disk: &dyn Disk,
        number: u64,
        header: Option<Header>,
        next: Option<Option<Header>>,
    ) -> Result<u64, LogError> {
        let name = name_of(number);
        let (file, mut bytes) = read_segment(disk, &name)?;
        self.usage.begin(number);
        self.usage.add_bytes(HEADER_BYTES as u64);
        if header.is_none() {
            self.damaged(&name, 0..HEADER_BYTES, Concerns::Nobody);
        }
        if next.is_none() {
            let mut scan = Scan::last(number, &bytes);
            let durable = self.records(&name, &mut scan);
            let end = scan.end().max(HEADER_BYTES);
            // Old bytes behind it never count again: later ones go to another file.
            file.set_len(end as u64).map_err(failed(disk, "cut", &name))?;
            // A sync may have failed before this start. What the system has of the file then counts as
            // durable for it, and no later sync writes it: so it is written anew.
            let kept = if header.is_some() { 0..HEADER_BYTES } else { 0..0 };
            for part in [kept, durable..end] {
                let bytes = bytes.get(part.clone()).unwrap_or_default();
                let written = file.write_all_at(bytes, part.start as u64);
                written.map_err(failed(disk, "write", &name))?;
            }
            file.sync_data().map_err(failed(disk, "sync", &name))?;
            self.usage.set_end(end as u64);
            return Ok(end as u64);
        }
        let known = next.flatten().filter(|next| next.previous == number);
        let end = known.map_or(bytes.len(), |next| next.previous_end as usize);
        bytes.truncate(end);
        self.records(&name, &mut Scan::sealed(number, &bytes));
        if bytes.len() < end {
            self.damaged(&name, bytes.len()..end, Concerns::Unknown);
        }
        self.usage.set_end(end as u64);
        Ok(end as u64)
    }

    /// Takes in what is found. Gives up to where the segment was durable, as far as its records know.
    fn records(&mut self, name: &str, scan: &mut Scan<'_>) -> usize {
        let mut durable = HEADER_BYTES;
        for piece in scan {
            if let Piece::Record { head, .. } = &piece {
                durable = durable.max(head.durable_end.unwrap_or(0) as usize);
            }
            match piece {
                Piece::Record { head, .. } => self.usage.count(&head),
                Piece::Damaged { from, until, concerns } => {
                    self.damaged(name, from..until, concerns);
                }
                Piece::Torn { from, until } => {
                    let bytes = until - from;
                    self.warnings.push(format!(
                        "{name} ends with {bytes} bytes, from byte {from} on, that were being \
                         written when the daemon or the machine stopped: they were cut, and the \
                         edits in them are lost"
                    ));
                }
            }
        }
        durable
    }

    fn damaged(&mut self, name: &str, bytes: std::ops::Range<usize>, concerns: Concerns) {
        self.usage.pin();
        self.damages.push(Damage {
            name: name.to_owned(),
            offset: bytes.start as u64,
            bytes: bytes.len() as u64,
            concerns,
        });
    }
}
