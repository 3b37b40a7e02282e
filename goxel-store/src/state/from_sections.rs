//! [`FromSections`]: reads a state a section at a time, so that no more than one is held.

use std::io::{self, Read};

use crc32fast::Hasher;

use super::bytes::Taker;
use super::section::Tag;
use super::{FORMAT, HEAD_BYTES, MAGIC, MAY_SKIP, ReadError, SECTION_BYTES, StateError};

/// Bytes of a body for which room is made before they are read. Most sections have no more; a length that is
/// wrong makes no room for itself.
const ROOM_BYTES: usize = 1 << 20;

/// What the head of a section says.
pub(super) struct Section {
    pub(super) tag: Tag,
    /// Where the body begins, from the beginning of all.
    pub(super) body_offset: u64,
    /// The checksum of all bytes before the section.
    pub(super) before: u32,
}

/// Sections that are read one after the other. What was read last is in `body`.
pub(super) struct FromSections<R> {
    from: R,
    offset: u64,
    /// Of all bytes so far.
    whole: Hasher,
    body: Vec<u8>,
}

impl<R: Read> FromSections<R> {
    /// Reads the head.
    pub(super) fn begin(from: R) -> Result<Self, ReadError> {
        let mut sections = Self { from, offset: 0, whole: Hasher::new(), body: Vec::new() };
        let is_whole = sections.fill(HEAD_BYTES + 4)?;
        let mut head = Taker::new("head", 0, &sections.body);
        if !sections.body.starts_with(&MAGIC) {
            return Err(StateError::NoState.into());
        }
        let fields = if is_whole { head.take(HEAD_BYTES)? } else { head.take(HEAD_BYTES + 4)? };
        if head.u32()? != crc32fast::hash(fields) {
            return Err(head.damaged("its checksum is another").into());
        }
        let format = Taker::new("head", 0, &fields[MAGIC.len()..]).u32()?;
        if format != FORMAT {
            return Err(StateError::Format { found: format, ours: FORMAT }.into());
        }
        Ok(sections)
    }

    /// Reads so many bytes; false where there are fewer.
    fn fill(&mut self, count: usize) -> io::Result<bool> {
        self.body.clear();
        self.body.reserve(count.min(ROOM_BYTES));
        (&mut self.from).take(count as u64).read_to_end(&mut self.body)?;
        self.offset += self.body.len() as u64;
        self.whole.update(&self.body);
        Ok(self.body.len() == count)
    }

    /// Reads a section. Nothing where it is one to be skipped.
    pub(super) fn next(&mut self) -> Result<Option<Section>, ReadError> {
        let (offset, before) = (self.offset, self.whole.clone().finalize());
        let is_whole = self.fill(SECTION_BYTES + 4)?;
        let name = String::from_utf8_lossy(&self.body[..self.body.len().min(4)]).into_owned();
        let damaged = |what| StateError::Damaged { section: name.clone(), offset, what };
        if self.body.len() < SECTION_BYTES {
            return Err(damaged("the bytes end before the project does").into());
        }
        if !is_whole {
            return Err(damaged("it ends too early").into());
        }
        let (head, mut fields) = (self.body.clone(), Taker::new("head", offset, &self.body));
        let (tag, flags) = (Tag::of_name(fields.take(4)?), fields.take(4)?);
        let is_known = flags[0] & !MAY_SKIP == 0 && flags[1..] == [0; 3];
        let may_skip = flags[0] & MAY_SKIP != 0;
        let (length, checksum) = (fields.u32()? as usize, fields.u32()?);
        if !self.fill(length)? {
            return Err(damaged("it is longer than what there is").into());
        }
        let mut real = Hasher::new();
        real.update(&head[..SECTION_BYTES]);
        real.update(&self.body);
        if real.finalize() != checksum {
            return Err(damaged("its checksum is another").into());
        }
        let body_offset = self.offset - self.body.len() as u64;
        match tag {
            Some(tag) if is_known => Ok(Some(Section { tag, body_offset, before })),
            None if is_known && may_skip => Ok(None),
            _ => Err(StateError::Unknown { section: name, offset }.into()),
        }
    }

    /// The body of the section that was read last.
    pub(super) fn body(&self, section: &Section) -> Taker<'_> {
        Taker::new(section.tag.name(), section.body_offset, &self.body)
    }

    /// Looks whether nothing is behind what was read, and gives that place.
    pub(super) fn end(&mut self) -> Result<Taker<'static>, ReadError> {
        let end = Taker::new("end", self.offset, &[]);
        if self.fill(1)? {
            return Err(end.damaged("bytes behind its end").into());
        }
        Ok(end)
    }
}

impl<'a> FromSections<&mut &'a [u8]> {
    /// What is left to read.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.from
    }
}
