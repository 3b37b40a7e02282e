//! Reads the bytes of one segment: which records there are, and what is bad.

use super::error::Concerns;
use super::record::{ALIGN, HEAD_BYTES, Head};
use super::segment::HEADER_BYTES;
use super::{Place, kind};

/// Goes through the records of a segment.
pub(super) struct Scan<'a> {
    segment: u64,
    bytes: &'a [u8],
    at: usize,
    /// Before this place everything bad is damage. Found out when something bad is met.
    durable_end: Option<usize>,
}

/// A part of a segment.
#[derive(Debug)]
pub(super) enum Piece<'a> {
    Record {
        head: Head,
        place: Place,
        payload: &'a [u8],
    },
    Damaged {
        from: usize,
        until: usize,
        concerns: Concerns,
    },
    /// What was being written when the power went: nothing behind it counts.
    Torn {
        from: usize,
        until: usize,
    },
}

impl<'a> Scan<'a> {
    /// The records of a segment that ends where `bytes` end.
    pub(super) fn sealed(segment: u64, bytes: &'a [u8]) -> Self {
        Self { segment, bytes, at: HEADER_BYTES, durable_end: Some(bytes.len()) }
    }

    /// The records of the last segment, whose end is to be found.
    pub(super) fn last(segment: u64, bytes: &'a [u8]) -> Self {
        Self { segment, bytes, at: HEADER_BYTES, durable_end: None }
    }

    /// Goes on at a place where [`Self::end`] was.
    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Where the next record is, or where they end, once all were read.
    pub(super) fn end(&self) -> usize {
        self.at
    }

    /// Whether there is any record at all, whole or not.
    pub(super) fn any(mut self) -> bool {
        self.next_head(self.at).is_some()
    }

    fn head_at(&self, at: usize) -> Option<Head> {
        Head::read(self.bytes.get(at..)?, self.place(at))
    }

    fn place(&self, at: usize) -> Place {
        Place { segment: self.segment, offset: at as u64 }
    }

    /// The next place, from `at` on, where a record begins.
    fn next_head(&mut self, mut at: usize) -> Option<(usize, Head)> {
        while at + HEAD_BYTES <= self.bytes.len() {
            // The kind is never 0: most of what is no record is told by one byte.
            if self.bytes[at + 12] != 0
                && let Some(head) = self.head_at(at)
            {
                return Some((at, head));
            }
            at += ALIGN;
        }
        None
    }

    /// Up to where the segment was durable, as the records from `at` on tell.
    fn durable_end(&mut self, mut at: usize) -> usize {
        if let Some(end) = self.durable_end {
            return end;
        }
        let mut end = HEADER_BYTES;
        while let Some((found, head)) = self.next_head(at) {
            end = end.max(head.durable_end.unwrap_or(0) as usize);
            at = found + ALIGN;
        }
        self.durable_end = Some(end);
        end
    }

    /// Something bad is at `from`. Where it is a record whose head is good, it ends at `end`, and what is bad
    /// behind that may be another project's.
    fn bad(&mut self, from: usize, end: Option<usize>, concerns: Concerns) -> Option<Piece<'a>> {
        if from >= self.durable_end(from) {
            let until = self.bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            self.bytes = &self.bytes[..from];
            return (until > from).then_some(Piece::Torn { from, until });
        }
        let next = end.or_else(|| self.next_head(from + ALIGN).map(|(at, _)| at));
        let until = next.unwrap_or(self.bytes.len()).min(self.bytes.len());
        self.at = until;
        Some(Piece::Damaged { from, until, concerns })
    }
}

impl<'a> Iterator for Scan<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let from = self.at;
        if from >= self.bytes.len() {
            return None;
        }
        let place = self.place(from);
        let Some(head) = self.head_at(from) else {
            return self.bad(from, None, Concerns::Unknown);
        };
        let until = from + head.record_bytes() as usize;
        if !head.payload_is_whole(&self.bytes[from..], place) {
            let concerns = match head.kind {
                kind::END => Concerns::Nobody,
                _ => Concerns::Project(head.project),
            };
            return self.bad(from, Some(until), concerns);
        }
        self.at = until;
        let payload = &self.bytes[from + HEAD_BYTES..][..head.payload_bytes as usize];
        Some(Piece::Record { head, place, payload })
    }
}
