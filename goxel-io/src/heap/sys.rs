//! The allocator that a program names as its global one.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};

use mimalloc::MiMalloc;

/// The system's allocator, and another one for blocks of some sizes. To be named with
/// `#[global_allocator]`.
#[derive(Clone, Copy, Debug)]
pub struct Heap {
    many: [usize; 2],
}

impl Heap {
    /// A heap for a program that makes very many blocks of these sizes, in bytes.
    #[must_use]
    pub const fn with_many(sizes: [usize; 2]) -> Self {
        Self { many: sizes }
    }

    fn has_many(self, bytes: usize) -> bool {
        self.many.contains(&bytes)
    }
}

// SAFETY: both allocators keep the contract, and a block is given back to the one it came from:
// whose it is depends on its size, and it is given back with the layout that it was asked for with.
unsafe impl GlobalAlloc for Heap {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            if self.has_many(layout.size()) { MiMalloc.alloc(layout) } else { System.alloc(layout) }
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are passed on.
        unsafe {
            if self.has_many(layout.size()) {
                MiMalloc.alloc_zeroed(layout)
            } else {
                System.alloc_zeroed(layout)
            }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on, to the allocator that made the block.
        unsafe {
            if self.has_many(layout.size()) {
                MiMalloc.dealloc(block, layout);
            } else {
                System.dealloc(block, layout);
            }
        }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        if !self.has_many(layout.size()) && !self.has_many(bytes) {
            // SAFETY: the system made the block and will be given it back; promises are passed on.
            return unsafe { System.realloc(block, layout, bytes) };
        }
        // SAFETY: the caller promises that `bytes`, rounded up to the alignment, is a valid size.
        let grown = unsafe { Layout::from_size_align_unchecked(bytes, layout.align()) };
        // SAFETY: the caller promises that `bytes` is not 0.
        let other = unsafe { self.alloc(grown) };
        if !other.is_null() {
            // SAFETY: both blocks have that many bytes, and the new one is nobody else's. The old
            // one was made with `layout`, and is not used any more.
            unsafe {
                other.copy_from_nonoverlapping(block, layout.size().min(bytes));
                self.dealloc(block, layout);
            }
        }
        other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAP: Heap = Heap::with_many([4096, 16_384]);
    /// On both sides of both sizes.
    const SIZES: [usize; 8] = [1, 4095, 4096, 4097, 16_383, 16_384, 16_385, 70_000];

    fn filled(block: *mut u8, layout: Layout) -> bool {
        // SAFETY: the block has that many bytes, all of which were written.
        let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
        bytes.iter().enumerate().all(|(at, &byte)| byte == at as u8)
    }

    #[test]
    fn blocks_keep_their_bytes_from_size_to_size() {
        let sizes = SIZES.iter().flat_map(|&from| SIZES.map(|to| (from, to)));
        for (from, to) in sizes {
            let layout = |bytes| Layout::from_size_align(bytes, 8).expect("a small size");
            // SAFETY: no size is 0, and each block is given back with the layout that it has.
            unsafe {
                let block = HEAP.alloc(layout(from));
                (0..from).for_each(|at| block.add(at).write(at as u8));
                assert!(filled(block, layout(from)));
                let block = HEAP.realloc(block, layout(from), to);
                assert!(filled(block, layout(from.min(to))), "{from} to {to}");
                HEAP.dealloc(block, layout(to));
            }
        }
    }

    #[test]
    fn what_is_asked_for_empty_is() {
        for bytes in SIZES {
            let layout = Layout::from_size_align(bytes, 64).expect("a small size");
            // SAFETY: no size is 0, and each block is given back with the layout that it has.
            unsafe {
                let block = HEAP.alloc_zeroed(layout);
                assert!(block.addr().is_multiple_of(64));
                assert!(std::slice::from_raw_parts(block, bytes).iter().all(|&byte| byte == 0));
                HEAP.dealloc(block, layout);
            }
        }
    }
}
