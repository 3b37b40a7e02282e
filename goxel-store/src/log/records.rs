//! Reads a log again, record by record. It was surveyed before, so what is bad was told.

use std::sync::Arc;
use std::vec::IntoIter;

use super::error::LogError;
use super::files::read_segment;
use super::scan::{Piece, Scan};
use super::segment::name_of;
use super::{Place, kind};
use crate::disk::Disk;

/// A record as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub place: Place,
    /// Which project it is of.
    pub project: u64,
    /// Which version of the project it made.
    pub version: u64,
    /// What it is, as in [`kind`].
    pub kind: u8,
    /// What it says.
    pub payload: Vec<u8>,
}

impl Found {
    /// How many bytes it takes in the log.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        super::record_bytes(self.payload.len())
    }
}

/// All good records of a log in the order in which they were appended. One segment is held in
/// memory at a time.
pub struct Records {
    disk: Arc<dyn Disk>,
    /// Numbers of segments, and where they end.
    segments: IntoIter<(u64, u64)>,
    current: Option<(u64, Vec<u8>)>,
    at: usize,
}

impl Records {
    pub(super) fn new(disk: Arc<dyn Disk>, segments: Vec<(u64, u64)>) -> Self {
        Self { disk, segments: segments.into_iter(), current: None, at: 0 }
    }

    /// The next record of the segment at hand.
    fn next_here(&mut self) -> Option<Found> {
        let (segment, bytes) = self.current.as_ref()?;
        let mut scan = Scan::sealed(*segment, bytes);
        scan.go_to(self.at);
        let found = scan.find_map(|piece| match piece {
            Piece::Record { head, place, payload } if head.kind != kind::END => Some(Found {
                place,
                project: head.project,
                version: head.version,
                kind: head.kind,
                payload: payload.to_vec(),
            }),
            _ => None,
        });
        self.at = scan.end();
        found
    }
}

impl Iterator for Records {
    type Item = Result<Found, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(found) = self.next_here() {
                return Some(Ok(found));
            }
            let (number, end) = self.segments.next()?;
            let mut bytes = match read_segment(&*self.disk, &name_of(number)) {
                Ok((_, bytes)) => bytes,
                Err(error) => return Some(Err(error)),
            };
            bytes.truncate(end as usize);
            self.current = Some((number, bytes));
            self.at = super::segment::HEADER_BYTES;
        }
    }
}
