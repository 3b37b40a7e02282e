//! The allocator that a program names as its global one.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

#[cfg(all(target_os = "linux", target_env = "gnu"))]
use libmimalloc_sys::{mi_free, mi_is_in_heap_region, mi_malloc_aligned, mi_zalloc_aligned};
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
use none::{mi_free, mi_is_in_heap_region, mi_malloc_aligned, mi_zalloc_aligned};

use super::SYSTEM_BLOCKS_MAX;

/// Whether there is another allocator than the system's. A static build has none, nor has a system
/// other than Linux.
pub(crate) const HAS_HUGE_PAGES: bool = cfg!(all(target_os = "linux", target_env = "gnu"));

/// The system's allocator, and another one for blocks of some sizes. To be named with
/// `#[global_allocator]`.
#[derive(Debug)]
pub struct HugePageAllocator {
    many: [usize; 2],
    /// Blocks of these sizes that are the system's.
    system: AtomicUsize,
}

impl HugePageAllocator {
    /// An allocator for a program that makes very many blocks of these sizes, in bytes.
    #[must_use]
    pub const fn with_many(sizes: [usize; 2]) -> Self {
        Self { many: sizes, system: AtomicUsize::new(0) }
    }

    fn has_many(&self, bytes: usize) -> bool {
        self.many.contains(&bytes)
    }

    /// Whether the next block of a size that there are many of is one for huge pages. If not, it
    /// is counted as the system's.
    fn is_for_huge_pages(&self) -> bool {
        // Threads that come at once may pass the bound by a block each, which harms nothing.
        let full = HAS_HUGE_PAGES && self.system.load(Relaxed) >= SYSTEM_BLOCKS_MAX;
        if !full {
            self.system.fetch_add(1, Relaxed);
        }
        full
    }
}

// SAFETY: both allocators keep the contract, and a block is given back to the one it came from. Of
// most sizes that is the system; of the others mimalloc knows which are its own.
unsafe impl GlobalAlloc for HugePageAllocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if self.has_many(layout.size()) && self.is_for_huge_pages() {
            // SAFETY: a layout's alignment is a power of two, as it must be.
            return unsafe { mi_malloc_aligned(layout.size(), layout.align()) }.cast();
        }
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if self.has_many(layout.size()) && self.is_for_huge_pages() {
            // SAFETY: a layout's alignment is a power of two, as it must be.
            return unsafe { mi_zalloc_aligned(layout.size(), layout.align()) }.cast();
        }
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if self.has_many(layout.size()) {
            // SAFETY: it looks the address up and does not follow it.
            if unsafe { mi_is_in_heap_region(block.cast()) } {
                // SAFETY: the block is mimalloc's, and the caller gives it up.
                return unsafe { mi_free(block.cast()) };
            }
            self.system.fetch_sub(1, Relaxed);
        }
        // SAFETY: the block is the system's, and the caller's promises are passed on.
        unsafe { System.dealloc(block, layout) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        if !self.has_many(layout.size()) && !self.has_many(bytes) {
            // SAFETY: the system made the block and will be given it back; promises are passed on.
            return unsafe { System.realloc(block, layout, bytes) };
        }
        // SAFETY: the caller promises that `bytes`, rounded up to the alignment, is a valid size.
        let changed = unsafe { Layout::from_size_align_unchecked(bytes, layout.align()) };
        // SAFETY: the caller promises that `bytes` is not 0.
        let other = unsafe { self.alloc(changed) };
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

/// An allocator that has nothing to give.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod none {
    use std::ffi::c_void;

    pub(super) unsafe fn mi_malloc_aligned(_: usize, _: usize) -> *mut c_void {
        std::ptr::null_mut()
    }

    pub(super) unsafe fn mi_zalloc_aligned(_: usize, _: usize) -> *mut c_void {
        std::ptr::null_mut()
    }

    pub(super) unsafe fn mi_is_in_heap_region(_: *const c_void) -> bool {
        false
    }

    pub(super) unsafe fn mi_free(_: *mut c_void) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY: [usize; 2] = [4096, 16_384];
    /// On both sides of both sizes.
    const SIZES: [usize; 8] = [1, 4095, 4096, 4097, 16_383, 16_384, 16_385, 70_000];

    /// Heaps before and after they have as many of the system's blocks as they may.
    fn allocators() -> [HugePageAllocator; 2] {
        [0, SYSTEM_BLOCKS_MAX]
            .map(|had| HugePageAllocator { many: MANY, system: AtomicUsize::new(had) })
    }

    fn layout(bytes: usize) -> Layout {
        Layout::from_size_align(bytes, 64).expect("a small size")
    }

    fn filled(block: *mut u8, layout: Layout) -> bool {
        // SAFETY: the block has that many bytes, all of which were written.
        let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
        bytes.iter().enumerate().all(|(at, &byte)| byte == at as u8)
    }

    #[test]
    fn blocks_keep_their_bytes_from_size_to_size() {
        let sizes = || SIZES.iter().flat_map(|&from| SIZES.map(|to| (from, to)));
        for (allocator, (from, to)) in
            allocators().iter().flat_map(|allocator| sizes().map(move |s| (allocator, s)))
        {
            // SAFETY: no size is 0, and each block is given back with the layout that it has.
            unsafe {
                let block = allocator.alloc(layout(from));
                (0..from).for_each(|at| block.add(at).write(at as u8));
                assert!(filled(block, layout(from)));
                let block = allocator.realloc(block, layout(from), to);
                assert!(filled(block, layout(from.min(to))), "{from} to {to}");
                allocator.dealloc(block, layout(to));
            }
        }
    }

    #[test]
    fn what_is_asked_for_empty_is() {
        for (allocator, bytes) in
            allocators().iter().flat_map(|allocator| SIZES.map(move |bytes| (allocator, bytes)))
        {
            // SAFETY: no size is 0, and each block is given back with the layout that it has.
            unsafe {
                let block = allocator.alloc_zeroed(layout(bytes));
                assert!(block.addr().is_multiple_of(64));
                assert!(std::slice::from_raw_parts(block, bytes).iter().all(|&byte| byte == 0));
                allocator.dealloc(block, layout(bytes));
            }
        }
    }

    #[test]
    fn the_first_blocks_are_the_systems_and_the_others_are_not() {
        let allocator = HugePageAllocator::with_many(MANY);
        // SAFETY: it looks the address up and does not follow it.
        let is_huge = |&block: &*mut u8| unsafe { mi_is_in_heap_region(block.cast()) };
        // SAFETY: the size is not 0, and each block is given back once, with its layout.
        let (make, drop) = unsafe {
            (
                || allocator.alloc(layout(4096)),
                |block: *mut u8| allocator.dealloc(block, layout(4096)),
            )
        };
        let blocks: Vec<_> = (0..SYSTEM_BLOCKS_MAX + 10).map(|_| make()).collect();
        assert!(!blocks[..SYSTEM_BLOCKS_MAX].iter().any(is_huge));
        assert!(blocks[SYSTEM_BLOCKS_MAX..].iter().all(|block| is_huge(block) == HAS_HUGE_PAGES));
        blocks.into_iter().for_each(drop);
        assert_eq!(allocator.system.load(Relaxed), 0);
        let again = make();
        assert!(!is_huge(&again));
        drop(again);
    }
}
