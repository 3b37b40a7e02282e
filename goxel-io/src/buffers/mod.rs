//! [`BufferPool`]: buffers in tiers of 512 bytes, 4 KiB and 64 KiB, and large ones outside of them.
//!
//! A connection holds a buffer only while it has the beginning of a message or an unsent reply in
//! it. The three tiers are carved from the arena; what is longer stands in a mapping of its own. A
//! handle is a tier in its upper two bits and an index.

mod arena;
mod large;
mod tier;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use goxel_core::client::BufferSpan;
use slab::Slab;

use self::arena::Arena;
pub use self::arena::Pages;
use self::large::Large;
pub use self::large::LargeFrame;
use self::tier::Tier;

/// The sizes of the tiers, as binary logarithms.
const TIER_BITS: [u32; 3] = [9, 12, 16];
/// What a handle says in its upper bits of a buffer that is no tier's.
const LARGE: usize = TIER_BITS.len();
const INDEX_BITS: u32 = 30;
const INDEX_MASK: u32 = (1 << INDEX_BITS) - 1;

/// A larger buffer is not unmapped at once: a page takes a tenth of a microsecond or more.
const UNMAPPED_BYTES_MAX: usize = 1 << 20;

/// The pool. A loop has one; it is not shared between threads.
#[derive(Debug)]
pub struct BufferPool {
    arena: Arena,
    tiers: [Tier; 3],
    large: Slab<Large>,
    /// What the mappings take of all in `large`, and of frames that were taken out.
    large_bytes: Arc<AtomicUsize>,
    /// Very large ones that were given back, to be unmapped where that keeps nobody waiting.
    returned: Vec<Large>,
}

impl Default for BufferPool {
    fn default() -> Self {
        let tiers = TIER_BITS.map(Tier::new);
        Self {
            arena: Arena::default(),
            tiers,
            large: Slab::new(),
            large_bytes: Arc::default(),
            returned: Vec::new(),
        }
    }
}

/// What a pool has given out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BufferUsage {
    /// Buffers of each tier, smallest first, and of those past the tiers.
    pub buffers: [usize; 4],
    /// Bytes of buffers past the tiers, with those of messages that a worker has.
    pub large_bytes: usize,
    /// Bytes that the arena has mapped.
    pub arena_bytes: usize,
    /// On what pages.
    pub pages: Pages,
}

impl BufferPool {
    /// A buffer of at least `len` bytes, by its handle.
    pub fn take(&mut self, len: usize) -> u32 {
        let tier = self.tiers.iter().position(|tier| len <= tier.size()).unwrap_or(LARGE);
        if let Some(found) = self.tiers.get_mut(tier)
            && let Some(index) = found.take(&mut self.arena)
        {
            return handle(tier, index);
        }
        let large = Large::new(len, &self.large_bytes);
        handle(LARGE, self.large.insert(large) as u32)
    }

    /// Takes a buffer back.
    pub fn give(&mut self, buffer: u32) {
        let (tier, index) = parts(buffer);
        match self.tiers.get_mut(tier) {
            Some(tier) => tier.give(index),
            None => {
                let large = self.large.remove(index as usize);
                if large.bytes_taken() > UNMAPPED_BYTES_MAX {
                    self.returned.push(large);
                }
            }
        }
    }

    /// What is in use of a buffer.
    #[must_use]
    pub fn view(&self, span: BufferSpan) -> &[u8] {
        if span.is_empty() {
            return &[];
        }
        let (tier, index) = parts(span.buffer);
        let all = match self.tiers.get(tier) {
            Some(tier) => tier.bytes(&self.arena, index),
            None => self.large[index as usize].bytes(),
        };
        &all[span.start as usize..span.end as usize]
    }

    /// Puts bytes behind what is there, in a larger buffer where need be.
    pub fn append(&mut self, span: &mut BufferSpan, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if span.end as usize + bytes.len() > self.capacity(span.buffer) {
            self.enlarge(span, bytes.len());
        }
        let (tier, index) = parts(span.buffer);
        if tier == LARGE {
            self.close_up(span, index);
        }
        let end = span.end as usize;
        match self.tiers.get(tier) {
            Some(tier) => {
                let all = tier.bytes_mut(&mut self.arena, index);
                all[end..end + bytes.len()].copy_from_slice(bytes);
            }
            None => self.large[index as usize].write(end, bytes),
        }
        span.end += bytes.len() as u32;
    }

    /// Takes so many bytes away from the front. An empty buffer is given back.
    pub fn consume(&mut self, span: &mut BufferSpan, count: usize) {
        span.start += count as u32;
        if span.is_empty() {
            self.release(span);
        }
    }

    /// Gives the buffer back, whatever is in it.
    pub fn release(&mut self, span: &mut BufferSpan) {
        if span.buffer != BufferSpan::NO_BUFFER {
            self.give(span.buffer);
        }
        *span = BufferSpan::EMPTY;
    }

    /// What is given out at present.
    #[must_use]
    pub fn usage(&self) -> BufferUsage {
        let [a, b, c] = [0, 1, 2].map(|tier: usize| self.tiers[tier].in_use());
        BufferUsage {
            buffers: [a, b, c, self.large.len()],
            large_bytes: self.large_bytes(),
            arena_bytes: self.arena.mapped(),
            pages: self.arena.pages(),
        }
    }

    /// Bytes of buffers past the tiers.
    #[must_use]
    pub fn large_bytes(&self) -> usize {
        self.large_bytes.load(Ordering::Relaxed)
    }

    /// Takes out a message, whose place is counted from the front of what is in use. What is
    /// behind it stays.
    pub fn take_frame(&mut self, span: &mut BufferSpan, place: Range<usize>) -> LargeFrame {
        let mut rest = BufferSpan::EMPTY;
        let (tier, index) = parts(span.buffer);
        if tier != LARGE {
            let frame = LargeFrame::copy_of(&self.view(*span)[place.clone()]);
            self.consume(span, place.end);
            return frame;
        }
        let start = span.start as usize;
        let behind = self.view(*span)[place.end..].to_vec();
        self.append(&mut rest, &behind);
        *span = rest;
        let buffer = self.large.remove(index as usize);
        LargeFrame::new(buffer, start + place.start..start + place.end)
    }

    /// Very large buffers that were given back, to be dropped on another thread.
    pub(crate) fn take_returned(&mut self) -> Option<impl Send + use<>> {
        (!self.returned.is_empty()).then(|| std::mem::take(&mut self.returned))
    }

    /// How much fits into a buffer without moving it. Large ones grow by themselves.
    fn capacity(&self, buffer: u32) -> usize {
        if buffer == BufferSpan::NO_BUFFER {
            return 0;
        }
        self.tiers.get(parts(buffer).0).map_or(usize::MAX, Tier::size)
    }

    /// Moves what is in use to the front of a buffer that has room for so many bytes more.
    fn enlarge(&mut self, span: &mut BufferSpan, more: usize) {
        let old = *span;
        let buffer = self.take(old.len() + more);
        let mut new = BufferSpan { buffer, start: 0, end: 0 };
        // A copy by way of the stack would not do: a tier's buffers all lie in the one arena.
        let bytes = self.view(old).to_vec();
        self.append(&mut new, &bytes);
        self.release(span);
        *span = new;
    }

    /// Drops what was consumed once it is more than what is left: a buffer that is never quite
    /// empty must not grow for ever.
    fn close_up(&mut self, span: &mut BufferSpan, index: u32) {
        if span.start as usize > span.len() {
            self.large[index as usize].close_up(span.start as usize..span.end as usize);
            *span = BufferSpan { start: 0, end: span.end - span.start, ..*span };
        }
    }
}

fn handle(tier: usize, index: u32) -> u32 {
    (tier as u32) << INDEX_BITS | index
}

fn parts(buffer: u32) -> (usize, u32) {
    ((buffer >> INDEX_BITS) as usize, buffer & INDEX_MASK)
}

#[cfg(test)]
mod tests;
