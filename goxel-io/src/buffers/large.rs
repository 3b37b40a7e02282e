//! [`Large`]: a buffer past the tiers, in a mapping of its own; [`LargeFrame`]: a message in one.
//!
//! Addresses for the longest message are reserved at once, which takes no memory. To grow, a mapping
//! would need the kernel's lock of the address space, and wait for it while workers touch new pages: up to
//! some milliseconds, in which nobody is served. What grows beyond, or could not reserve so much, is
//! made longer where it stands or moved by the kernel, page by page of its tables: copying what has come
//! of a message of many mebibytes would keep everybody waiting, too.

use std::alloc::{Layout, handle_alloc_error};
use std::ops::{Deref, Range};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use memmap2::MmapMut;

use crate::{allocator, sys};

/// The smallest: what no tier holds, and as much again.
const LEAST_BYTES: usize = 128 << 10;

/// Addresses that are reserved for each: messages of 64 MiB are the longest, and as much may stand
/// before one. A thousand of them are a thousandth of what there is.
const RESERVED_BYTES: usize = 128 << 20;

/// A growing buffer.
#[derive(Debug)]
pub(super) struct Large {
    memory: MmapMut,
    /// Bytes that were written.
    len: usize,
    /// Bytes that were ever written, which is what the mapping takes.
    taken: usize,
    /// What all of them take together.
    total: Arc<AtomicUsize>,
}

impl Large {
    /// An empty one with room for so many bytes. What it takes is counted in `total`.
    pub(super) fn new(len: usize, total: &Arc<AtomicUsize>) -> Self {
        let reserved = sys::map_plain(capacity(len).max(RESERVED_BYTES));
        let memory = reserved.or_else(|| sys::map_plain(capacity(len)));
        let Some(memory) = memory else { no_memory(capacity(len)) };
        Self { memory, len: 0, taken: 0, total: Arc::clone(total) }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.memory[..self.len]
    }

    /// Bytes of memory that it takes.
    pub(super) fn bytes_taken(&self) -> usize {
        self.taken
    }

    /// Puts bytes at `at`, which is the end of what is to be kept.
    pub(super) fn write(&mut self, at: usize, bytes: &[u8]) {
        let end = at + bytes.len();
        if end > self.memory.len() {
            self.grow(end);
        }
        self.memory[at..end].copy_from_slice(bytes);
        self.len = end;
        if end > self.taken {
            let more = end - self.taken;
            self.taken = end;
            self.total.fetch_add(more, Ordering::Relaxed);
            allocator::count_mapped(more.cast_signed());
        }
    }

    /// Moves what stands in the range to the front.
    pub(super) fn close_up(&mut self, range: Range<usize>) {
        self.len = range.len();
        self.memory.copy_within(range, 0);
    }

    fn grow(&mut self, len: usize) {
        let len = capacity(len);
        if sys::grow(&mut self.memory, len).is_err() {
            no_memory(len);
        }
    }
}

impl Drop for Large {
    fn drop(&mut self) {
        self.total.fetch_sub(self.taken, Ordering::Relaxed);
        allocator::count_mapped(-self.taken.cast_signed());
    }
}

/// Bytes of the mapping that holds so many: a power of two, so that it seldom has to grow. What
/// is not written to takes no memory.
fn capacity(len: usize) -> usize {
    len.next_power_of_two().max(LEAST_BYTES)
}

/// As where the allocator has no memory.
fn no_memory(len: usize) -> ! {
    handle_alloc_error(Layout::array::<u8>(len).unwrap_or(Layout::new::<u8>()))
}

/// A message of more than 64 KiB, which the service owns and may hand to a worker. It is best
/// dropped there too: giving back many mebibytes takes its time.
#[derive(Debug)]
pub struct LargeFrame {
    buffer: Large,
    place: Range<usize>,
}

impl LargeFrame {
    pub(super) fn new(buffer: Large, place: Range<usize>) -> Self {
        Self { buffer, place }
    }

    /// One with these bytes, for who drives a service by hand.
    #[must_use]
    pub fn copy_of(bytes: &[u8]) -> Self {
        let mut buffer = Large::new(bytes.len(), &Arc::default());
        buffer.write(0, bytes);
        Self::new(buffer, 0..bytes.len())
    }
}

impl Deref for LargeFrame {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.buffer.bytes()[self.place.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_keeps_and_is_counted() {
        let total = Arc::new(AtomicUsize::new(0));
        let mut large = Large::new(1, &total);
        let mut plain = Vec::new();
        for step in 0..200u8 {
            let bytes = vec![step; 30_000];
            large.write(plain.len(), &bytes);
            plain.extend(bytes);
        }
        assert!(large.bytes() == plain);
        assert_eq!(total.load(Ordering::Relaxed), plain.len());
        large.close_up(10..plain.len());
        assert!(large.bytes() == &plain[10..]);
        let frame = LargeFrame::new(large, 5..100);
        assert!(*frame == plain[15..110]);
        let other = std::thread::spawn(move || drop(frame));
        other.join().unwrap();
        assert_eq!(total.load(Ordering::Relaxed), 0);
    }
}
