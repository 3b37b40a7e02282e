//! Looks through a log without changing it, for whoever checks a data directory or repairs it.

use super::error::{Concerns, LogError};
use super::files::read_segment;
use super::kind;
use super::records::Found;
use super::scan::{Piece, Scan};
use super::segment::{FORMAT, HEADER_BYTES, Header, HeaderRead, name_of, number_of};
use crate::disk::{Disk, failed};

/// What is met on the way, in order.
#[derive(Debug)]
pub(crate) enum Seen {
    Record(Found),
    Bad(Bad),
}

/// A part of a segment that is not as it was written.
#[derive(Debug)]
pub(crate) struct Bad {
    pub(crate) name: String,
    pub(crate) offset: u64,
    pub(crate) bytes: u64,
    pub(crate) why: Why,
}

#[derive(Debug)]
pub(crate) enum Why {
    /// It was durable once.
    Damaged(Concerns),
    /// The header is none. Records tell it all the same.
    Header,
    /// It was being written when the daemon or the machine stopped.
    Torn,
    /// There should be zeros, or nothing.
    NotZero,
    /// A later version of Goxel wrote it.
    Format { found: u32, ours: u32 },
    /// The disk does not give it back.
    Unreadable(LogError),
}

/// Goes through all segments.
pub(crate) fn inspect(disk: &dyn Disk, visit: &mut dyn FnMut(Seen)) -> Result<(), LogError> {
    let names = disk.names().map_err(failed(disk, "list", "the files"))?;
    let mut segments: Vec<(u64, HeaderRead)> = names
        .iter()
        .filter_map(|name| number_of(name))
        .map(|number| (number, header(disk, number)))
        .collect();
    segments.sort_unstable_by_key(|(number, _)| *number);
    let mut inspector = Inspector { disk, visit };
    // As a start does: those at the end that were not begun count for nothing.
    let mut count = segments.len();
    while count > 0 && inspector.is_unbegun(&segments[count - 1]) {
        count -= 1;
    }
    for at in 0..count {
        inspector.segment(segments[at], segments[..count].get(at + 1).copied());
    }
    segments[count..].iter().for_each(|(number, _)| inspector.unbegun(*number));
    Ok(())
}

/// The header of a segment, as far as it can be read.
fn header(disk: &dyn Disk, number: u64) -> HeaderRead {
    let mut bytes = [0; HEADER_BYTES];
    let read = disk.open(&name_of(number)).and_then(|file| file.read_exact_at(&mut bytes, 0));
    if read.is_ok() { Header::read(&bytes, number) } else { HeaderRead::Bad }
}

struct Inspector<'a> {
    disk: &'a dyn Disk,
    visit: &'a mut dyn FnMut(Seen),
}

impl Inspector<'_> {
    fn is_unbegun(&self, (number, header): &(u64, HeaderRead)) -> bool {
        *header == HeaderRead::Bad
            && read_segment(self.disk, &name_of(*number))
                .is_ok_and(|(_, bytes)| !Scan::last(*number, &bytes).any())
    }

    fn unbegun(&mut self, number: u64) {
        let name = name_of(number);
        let Some(bytes) = self.read(&name) else { return };
        if let Some(first) = bytes.iter().position(|byte| *byte != 0) {
            self.bad(&name, first..bytes.len(), Why::Torn);
        }
    }

    fn read(&mut self, name: &str) -> Option<Vec<u8>> {
        match read_segment(self.disk, name) {
            Ok((_, bytes)) => Some(bytes),
            Err(error) => {
                self.bad(name, 0..0, Why::Unreadable(error));
                None
            }
        }
    }

    fn bad(&mut self, name: &str, bytes: std::ops::Range<usize>, why: Why) {
        (self.visit)(Seen::Bad(Bad {
            name: name.to_owned(),
            offset: bytes.start as u64,
            bytes: bytes.len() as u64,
            why,
        }));
    }

    /// A segment, and the one behind it, where it is not the last.
    fn segment(&mut self, (number, header): (u64, HeaderRead), next: Option<(u64, HeaderRead)>) {
        let name = name_of(number);
        let Some(mut bytes) = self.read(&name) else { return };
        match header {
            HeaderRead::Whole(_) => {}
            HeaderRead::Bad => self.bad(&name, 0..HEADER_BYTES, Why::Header),
            HeaderRead::OtherFormat(found) => {
                return self.bad(&name, 0..bytes.len(), Why::Format { found, ours: FORMAT });
            }
        }
        let Some((_, next)) = next else {
            return self.records(&name, Scan::last(number, &bytes));
        };
        let end = match next {
            HeaderRead::Whole(next) if next.previous == number => next.previous_end as usize,
            _ => bytes.len(),
        };
        let behind = bytes.split_off(end.min(bytes.len()));
        self.records(&name, Scan::sealed(number, &bytes));
        if bytes.len() < end {
            self.bad(&name, bytes.len()..end, Why::Damaged(Concerns::Unknown));
        }
        if let Some(first) = behind.iter().position(|byte| *byte != 0) {
            self.bad(&name, end + first..end + behind.len(), Why::NotZero);
        }
    }

    fn records(&mut self, name: &str, scan: Scan<'_>) {
        for piece in scan {
            match piece {
                Piece::Record { head, .. } if head.kind == kind::END => {}
                Piece::Record { head, place, payload } => {
                    (self.visit)(Seen::Record(Found {
                        place,
                        project: head.project,
                        version: head.version,
                        kind: head.kind,
                        payload: payload.to_vec(),
                    }));
                }
                Piece::Damaged { from, until, concerns } => {
                    self.bad(name, from..until, Why::Damaged(concerns));
                }
                Piece::Torn { from, until } => self.bad(name, from..until, Why::Torn),
            }
        }
    }
}
