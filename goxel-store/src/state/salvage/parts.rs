//! [`parts`]: which sections of a damaged state are whole.

use crc32fast::Hasher;

use crate::state::bytes::Taker;
use crate::state::section::Tag;
use crate::state::{HEAD_BYTES, MAY_SKIP, SECTION_BYTES};

/// Bytes before the body of a section.
const BEFORE_BODY: usize = SECTION_BYTES + 4;
/// For each byte of a state so many may be summed to find where sections go on: bytes that look like the head of
/// a section are next to none, unless somebody put them there.
const SUMMED_SHARE: usize = 16;

/// A part of a state.
#[derive(Clone)]
pub(super) enum Part<'a> {
    /// A section that is as it was written.
    Whole { tag: Tag, body: Taker<'a> },
    /// Bytes that are not. They were one section of this tag; nothing is known where there is none.
    Lost { tag: Option<Tag>, bytes: u64 },
}

/// The parts of a state, up to its end.
pub(super) fn parts(bytes: &[u8]) -> Vec<Part<'_>> {
    let mut finder = Finder { bytes, may_sum: bytes.len().saturating_mul(SUMMED_SHARE) };
    let (mut parts, mut at) = (Vec::new(), HEAD_BYTES + 4);
    while at < bytes.len() {
        let part = match finder.section(at) {
            Some((end, tag)) => {
                let body = (at + BEFORE_BODY, end);
                at = end;
                tag.map(|tag| whole(bytes, tag, body))
            }
            None => {
                let next = finder.next(at);
                let part = finder.mended(at, next).unwrap_or(Part::Lost {
                    tag: finder.lost_tag(at, next),
                    bytes: (next - at) as u64,
                });
                at = next;
                Some(part)
            }
        };
        let is_end = matches!(
            part,
            Some(Part::Whole { tag: Tag::End, .. } | Part::Lost { tag: Some(Tag::End), .. })
        );
        parts.extend(part);
        if is_end {
            return parts;
        }
    }
    // It was cut off.
    parts.push(Part::Lost { tag: None, bytes: 0 });
    parts
}

fn whole(bytes: &[u8], tag: Tag, (start, end): (usize, usize)) -> Part<'_> {
    Part::Whole { tag, body: Taker::new(tag.name(), start as u64, &bytes[start..end]) }
}

struct Finder<'a> {
    bytes: &'a [u8],
    /// Bytes that may still be summed.
    may_sum: usize,
}

impl<'a> Finder<'a> {
    /// The end of a whole section that begins here, and what it is; no tag where it is one to be skipped.
    fn section(&mut self, at: usize) -> Option<(usize, Option<Tag>)> {
        let head = self.bytes.get(at..at + BEFORE_BODY)?;
        let (flags, tag) = (head[4], Tag::of_name(&head[..4]));
        let is_known = match tag {
            Some(_) => flags & !MAY_SKIP == 0,
            None => flags == MAY_SKIP,
        };
        if !is_known || head[5..8] != [0; 3] {
            return None;
        }
        let end = self.told_end(at)?;
        self.may_sum = self.may_sum.checked_sub(end - at)?;
        (self.sum(&head[..SECTION_BYTES], at, end) == number(&head[SECTION_BYTES..]))
            .then_some((end, tag))
    }

    /// Where the section that begins here ends, as it says.
    fn told_end(&self, at: usize) -> Option<usize> {
        let length = self.bytes.get(at + 8..at + SECTION_BYTES)?;
        let end = (at + BEFORE_BODY).checked_add(number(length) as usize)?;
        (end <= self.bytes.len()).then_some(end)
    }

    /// The checksum of a section that has this head.
    fn sum(&self, head: &[u8], at: usize, end: usize) -> u32 {
        let mut sum = Hasher::new();
        sum.update(head);
        sum.update(&self.bytes[at + BEFORE_BODY..end]);
        sum.finalize()
    }

    /// Where sections go on behind one that is not whole: at its end, else at the next one there is.
    fn next(&mut self, at: usize) -> usize {
        let len = self.bytes.len();
        let told = self.told_end(at);
        if let Some(end) = told
            && (end == len || self.section(end).is_some())
        {
            return end;
        }
        (at + 1..len).find(|next| self.section(*next).is_some()).unwrap_or(len)
    }

    /// The section between, where only its head is damaged: whatever its checksum is right for.
    fn mended(&self, at: usize, next: usize) -> Option<Part<'a>> {
        let head = self.bytes.get(at..at + BEFORE_BODY)?;
        let length = u32::try_from(next.checked_sub(at + BEFORE_BODY)?).ok()?;
        let told = number(&head[SECTION_BYTES..]);
        let right = |tag: &Tag| {
            let mut right = tag.name().as_bytes().to_vec();
            right.extend([if tag.may_skip() { MAY_SKIP } else { 0 }, 0, 0, 0]);
            right.extend(length.to_le_bytes());
            // One bit that differs is one of the checksum itself: of the rest it would change more.
            let differ = (self.sum(&right, at, next) ^ told).count_ones();
            differ == 0 || (differ == 1 && right == head[..SECTION_BYTES])
        };
        let tag = Tag::ALL.into_iter().find(right)?;
        Some(whole(self.bytes, tag, (at + BEFORE_BODY, next)))
    }

    /// What the bytes between were, where they were one section for certain.
    fn lost_tag(&self, at: usize, next: usize) -> Option<Tag> {
        let is_one = self.told_end(at) == Some(next);
        Tag::of_name(self.bytes.get(at..at + 4)?).filter(|_| is_one)
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}
