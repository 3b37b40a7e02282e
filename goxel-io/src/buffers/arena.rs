//! [`Arena`]: memory that buffers are carved from, on huge pages where the system has them.
//!
//! Chunks of 2 MiB are mapped when the one before is used up: on Linux first with `MAP_HUGETLB`;
//! where no such pages are reserved, ordinary ones with `madvise(MADV_HUGEPAGE)`, which the kernel
//! joins as it can. Blocks of 64 KiB are cut from a chunk and never given back: buffers are used again.

use memmap2::MmapMut;

use crate::limits::ARENA_BYTES_MAX;
use crate::{allocator, placement, sys};

/// A chunk is a huge page.
pub(super) const CHUNK_BYTES: usize = 2 << 20;
/// What one tier of buffers takes at once.
pub(super) const BLOCK_BYTES: usize = 64 << 10;

/// What pages the arena got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pages {
    /// Nothing was needed yet.
    #[default]
    None,
    /// Huge pages, from the reserved ones.
    Huge,
    /// Ordinary pages, which the kernel was asked to join to huge ones.
    Advised,
    /// Ordinary pages.
    Ordinary,
}

impl Pages {
    /// A name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none yet",
            Self::Huge => "huge",
            Self::Advised => "madvise",
            Self::Ordinary => "ordinary",
        }
    }
}

/// A block's place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    chunk: u32,
    start: u32,
}

/// The mapped chunks.
#[derive(Debug, Default)]
pub(super) struct Arena {
    chunks: Vec<MmapMut>,
    /// Bytes of the last chunk that are taken.
    used: usize,
    pages: Pages,
}

impl Arena {
    /// A block that nobody has. `None` where the arena is full or the system has no memory.
    pub(super) fn block(&mut self) -> Option<Block> {
        if self.chunks.is_empty() || self.used == CHUNK_BYTES {
            self.grow()?;
        }
        let block = Block { chunk: self.chunks.len() as u32 - 1, start: self.used as u32 };
        self.used += BLOCK_BYTES;
        Some(block)
    }

    /// A part of a block.
    pub(super) fn bytes(&self, block: Block, offset: usize, len: usize) -> &[u8] {
        let start = block.start as usize + offset;
        &self.chunks[block.chunk as usize][start..start + len]
    }

    /// The same, to write.
    pub(super) fn bytes_mut(&mut self, block: Block, offset: usize, len: usize) -> &mut [u8] {
        let start = block.start as usize + offset;
        &mut self.chunks[block.chunk as usize][start..start + len]
    }

    /// Bytes that are mapped.
    pub(super) fn mapped(&self) -> usize {
        self.chunks.len() * CHUNK_BYTES
    }

    /// What pages it got.
    pub(super) fn pages(&self) -> Pages {
        self.pages
    }

    fn grow(&mut self) -> Option<()> {
        if self.mapped() + CHUNK_BYTES > ARENA_BYTES_MAX {
            return None;
        }
        let (mut chunk, pages) = sys::map(CHUNK_BYTES)?;
        placement::keep_near(&mut chunk);
        allocator::count_mapped(CHUNK_BYTES.cast_signed());
        self.chunks.push(chunk);
        self.used = 0;
        self.pages = pages;
        Some(())
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        allocator::count_mapped(-self.mapped().cast_signed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_do_not_overlap_and_the_arena_is_bounded() {
        let mut arena = Arena::default();
        assert_eq!((arena.mapped(), arena.pages()), (0, Pages::None));
        let first = arena.block().unwrap();
        let second = arena.block().unwrap();
        arena.bytes_mut(first, 0, BLOCK_BYTES).fill(1);
        arena.bytes_mut(second, 0, BLOCK_BYTES).fill(2);
        assert!(arena.bytes(first, 0, BLOCK_BYTES).iter().all(|&byte| byte == 1));
        assert_eq!(arena.mapped(), CHUNK_BYTES);
        assert_ne!(arena.pages(), Pages::None);
        let more = std::iter::from_fn(|| arena.block()).count();
        assert_eq!((more + 2) * BLOCK_BYTES, ARENA_BYTES_MAX);
        assert_eq!(arena.mapped(), ARENA_BYTES_MAX);
    }
}
