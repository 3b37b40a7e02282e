//! The allocator that a program names as its global one.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
#[cfg(target_os = "linux")]
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
use libmimalloc_sys::{
    mi_collect, mi_free, mi_is_in_heap_region, mi_malloc, mi_malloc_aligned, mi_realloc,
    mi_realloc_aligned, mi_thread_init, mi_zalloc, mi_zalloc_aligned,
};
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
use none::{
    mi_collect, mi_free, mi_is_in_heap_region, mi_malloc, mi_malloc_aligned, mi_realloc,
    mi_realloc_aligned, mi_thread_init, mi_zalloc, mi_zalloc_aligned,
};

use super::{cost, count, is_large};

/// Whether there is another allocator than the system's. A static build has none, nor has a system
/// other than Linux.
pub(crate) const HAS_HUGE_PAGES: bool = cfg!(all(target_os = "linux", target_env = "gnu"));

/// Alignments that all blocks have. Asked for an alignment, even this one, mimalloc makes blocks of 16 KiB
/// 5 KiB larger.
const PLAIN_ALIGN: usize = 8;

/// Whether any block was ever mimalloc's. Who frees such a block has it from who made it, and so
/// sees this set.
static HAS_BLOCKS: AtomicBool = AtomicBool::new(false);

/// The system's allocator, and mimalloc once there are many blocks. To be named with
/// `#[global_allocator]`.
#[derive(Debug)]
pub struct HugePageAllocator;

// SAFETY: both allocators keep the contract, and a block is given back to the one that it came from:
// mimalloc knows which are its own.
unsafe impl GlobalAlloc for HugePageAllocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(cost(layout.size()));
        if is_large() {
            HAS_BLOCKS.store(true, Relaxed);
            return match layout.align() {
                // SAFETY: any size will do.
                ..=PLAIN_ALIGN => unsafe { mi_malloc(layout.size()) },
                // SAFETY: a layout's alignment is a power of two, as it must be.
                align => unsafe { mi_malloc_aligned(layout.size(), align) },
            }
            .cast();
        }
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(cost(layout.size()));
        if is_large() {
            HAS_BLOCKS.store(true, Relaxed);
            return match layout.align() {
                // SAFETY: any size will do.
                ..=PLAIN_ALIGN => unsafe { mi_zalloc(layout.size()) },
                // SAFETY: a layout's alignment is a power of two, as it must be.
                align => unsafe { mi_zalloc_aligned(layout.size(), align) },
            }
            .cast();
        }
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-cost(layout.size()));
        if is_mimallocs(block) {
            // SAFETY: the block is mimalloc's, and the caller gives it up.
            return unsafe { mi_free(block.cast()) };
        }
        // SAFETY: the block is the system's, and the caller's promises are passed on.
        unsafe { System.dealloc(block, layout) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        count(cost(bytes) - cost(layout.size()));
        if is_mimallocs(block) {
            return match layout.align() {
                // SAFETY: the block is mimalloc's; the caller gives it up where another is returned.
                ..=PLAIN_ALIGN => unsafe { mi_realloc(block.cast(), bytes) },
                // SAFETY: the same, and the alignment is a power of two.
                align => unsafe { mi_realloc_aligned(block.cast(), bytes, align) },
            }
            .cast();
        }
        // SAFETY: the system made the block; the caller's promises are passed on.
        unsafe { System.realloc(block, layout, bytes) }
    }
}

/// Whether a block came from mimalloc.
#[inline]
fn is_mimallocs(block: *mut u8) -> bool {
    // SAFETY: it looks the address up and does not follow it.
    HAS_BLOCKS.load(Relaxed) && unsafe { mi_is_in_heap_region(block.cast()) }
}

/// Takes back what others freed of the calling thread's blocks.
pub(super) fn collect_own() {
    if HAS_BLOCKS.load(Relaxed) {
        // SAFETY: any thread may call it at any time; one that mimalloc does not know collects nothing.
        unsafe { mi_collect(false) };
    }
}

/// Says whether the kernel may make huge pages for this program, unless whoever started it said that it
/// may not. A kernel that does not know this does as it likes.
#[cfg(target_os = "linux")]
pub(super) fn allow_huge_pages(allow: bool) {
    static MAY_BE_ALLOWED: OnceLock<bool> = OnceLock::new();
    if *MAY_BE_ALLOWED.get_or_init(huge_pages_are_allowed) {
        // SAFETY: it sets a flag of the process and takes no address.
        unsafe { libc::prctl(libc::PR_SET_THP_DISABLE, libc::c_ulong::from(!allow), 0, 0, 0) };
    }
}
#[cfg(not(target_os = "linux"))]
pub(super) fn allow_huge_pages(_: bool) {}

#[cfg(target_os = "linux")]
fn huge_pages_are_allowed() -> bool {
    // SAFETY: it reads a flag of the process.
    unsafe { libc::prctl(libc::PR_GET_THP_DISABLE, 0, 0, 0, 0) == 0 }
}

/// Gives all free memory back to the system.
pub(super) fn collect() {
    if HAS_BLOCKS.load(Relaxed) {
        // A thread that mimalloc does not know collects nothing.
        // SAFETY: any thread may call both at any time.
        unsafe {
            mi_thread_init();
            mi_collect(true);
        }
    }
    trim();
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc {
    /// Blocks from here on are mapped each for itself, and so given back when they are freed.
    const MAPPED_BYTES_MIN: libc::c_int = 1 << 20;
    /// Free bytes at the end of the heap that are kept.
    const KEPT_BYTES_MAX: libc::c_int = 4 << 20;

    /// Left alone, both bounds grow with the blocks that a program frees, up to 32 and 64 MiB.
    pub(crate) fn tune() {
        // SAFETY: it sets numbers, under a lock of its own.
        unsafe {
            libc::mallopt(libc::M_MMAP_THRESHOLD, MAPPED_BYTES_MIN);
            libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT_BYTES_MAX);
        }
    }

    pub(super) fn trim() {
        // SAFETY: any thread may call it at any time.
        unsafe { libc::malloc_trim(0) };
    }
}
#[cfg(all(target_os = "linux", target_env = "gnu"))]
use glibc::trim;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) use glibc::tune;
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
use none::trim;
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) use none::tune;

/// An allocator that has nothing to give.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod none {
    use std::ffi::c_void;

    pub(super) unsafe fn mi_malloc(_: usize) -> *mut c_void {
        std::ptr::null_mut()
    }

    pub(super) unsafe fn mi_zalloc(_: usize) -> *mut c_void {
        std::ptr::null_mut()
    }

    pub(super) unsafe fn mi_realloc(_: *mut c_void, _: usize) -> *mut c_void {
        std::ptr::null_mut()
    }

    pub(super) unsafe fn mi_malloc_aligned(_: usize, _: usize) -> *mut c_void {
        std::ptr::null_mut()
    }

    pub(super) unsafe fn mi_zalloc_aligned(_: usize, _: usize) -> *mut c_void {
        std::ptr::null_mut()
    }

    pub(super) unsafe fn mi_realloc_aligned(_: *mut c_void, _: usize, _: usize) -> *mut c_void {
        std::ptr::null_mut()
    }

    pub(super) unsafe fn mi_is_in_heap_region(_: *const c_void) -> bool {
        false
    }

    pub(super) unsafe fn mi_free(_: *mut c_void) {}

    pub(super) unsafe fn mi_collect(_: bool) {}

    pub(super) unsafe fn mi_thread_init() {}

    pub(crate) fn tune() {}

    pub(super) fn trim() {}
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::allocator::{
        GIVE_BACK_BYTES, GROWTH_BYTES, SMALL_BYTES_MAX, bytes_in_use, count_mapped, give_back,
        take_part, tell_all,
    };

    /// On both sides of the sizes that there are many of.
    const SIZES: [usize; 8] = [1, 4095, 4096, 4097, 16_383, 16_384, 16_385, 70_000];

    /// Held by tests that count: the counter is one for all.
    static COUNTED: Mutex<()> = Mutex::new(());

    fn layout(bytes: usize) -> Layout {
        Layout::from_size_align(bytes, 64).expect("a small size")
    }

    fn filled(block: *mut u8, layout: Layout) -> bool {
        // SAFETY: the block has that many bytes, all of which were written.
        let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
        bytes.iter().enumerate().all(|(at, &byte)| byte == at as u8)
    }

    /// Does the same in a small program and in a large one.
    fn small_and_large(check: impl Fn()) {
        let _counted = COUNTED.lock();
        check();
        count_mapped(SMALL_BYTES_MAX);
        check();
        count_mapped(-SMALL_BYTES_MAX);
    }

    #[test]
    fn blocks_keep_their_bytes_from_size_to_size() {
        small_and_large(|| {
            for (from, to) in SIZES.iter().flat_map(|&from| SIZES.map(|to| (from, to))) {
                // SAFETY: no size is 0, and each block is given back with the layout that it has.
                unsafe {
                    let block = HugePageAllocator.alloc(layout(from));
                    (0..from).for_each(|at| block.add(at).write(at as u8));
                    assert!(filled(block, layout(from)));
                    let block = HugePageAllocator.realloc(block, layout(from), to);
                    assert!(filled(block, layout(from.min(to))), "{from} to {to}");
                    assert!(block.addr().is_multiple_of(64));
                    HugePageAllocator.dealloc(block, layout(to));
                }
            }
        });
    }

    #[test]
    fn what_is_asked_for_empty_is() {
        small_and_large(|| {
            for bytes in SIZES {
                // SAFETY: no size is 0, and each block is given back with the layout that it has.
                unsafe {
                    let block = HugePageAllocator.alloc_zeroed(layout(bytes));
                    assert!(block.addr().is_multiple_of(64));
                    assert!(std::slice::from_raw_parts(block, bytes).iter().all(|&byte| byte == 0));
                    HugePageAllocator.dealloc(block, layout(bytes));
                }
            }
        });
    }

    /// Makes blocks of volumes, so many bytes.
    fn make(bytes: usize) -> Vec<(usize, Layout)> {
        let sizes = [4096, 552, 4096, 264, 4096, 16_384, 120].into_iter().cycle();
        let mut left = bytes;
        let fits = sizes.take_while(|&size| {
            left = left.saturating_sub(size);
            left > 0
        });
        let block = |size| {
            let layout = Layout::from_size_align(size, 8).expect("a small size");
            // SAFETY: the size is not 0, and the bytes written are the block's.
            unsafe {
                let block = HugePageAllocator.alloc(layout);
                block.write_bytes(1, size);
                (block.expose_provenance(), layout)
            }
        };
        fits.map(block).collect()
    }

    fn drop_all(blocks: Vec<(usize, Layout)>) {
        for (block, layout) in blocks {
            // SAFETY: each is given back once, with the layout that it has.
            unsafe {
                HugePageAllocator.dealloc(std::ptr::with_exposed_provenance_mut(block), layout);
            }
        }
    }

    #[test]
    fn the_first_blocks_are_the_systems_and_the_others_are_not() {
        let _counted = COUNTED.lock();
        let small = SMALL_BYTES_MAX.unsigned_abs();
        let blocks = make(2 * small);
        let is_huge = |(block, _): &(usize, Layout)| {
            is_mimallocs(std::ptr::with_exposed_provenance_mut(*block))
        };
        assert!(!blocks[..100].iter().any(is_huge));
        assert!(blocks[blocks.len() - 100..].iter().all(|block| is_huge(block) == HAS_HUGE_PAGES));
        drop_all(blocks);
        let again = make(10_000);
        assert!(!again.iter().any(is_huge));
        drop_all(again);
    }

    #[cfg(target_os = "linux")]
    fn resident() -> u64 {
        let pages = std::fs::read_to_string("/proc/self/statm").expect("a file of the kernel");
        let pages: u64 = pages.split(' ').nth(1).expect("a number").parse().expect("a number");
        pages * 4096
    }

    /// Whichever thread frees and whichever gives back. Half of it is freed by its maker.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn what_is_freed_is_counted_and_given_back() {
        const BYTES: u64 = 256 << 20;
        const SLACK: u64 = 32 << 20;
        let _counted = COUNTED.lock();
        let (start, used) = (resident(), bytes_in_use());
        let mut blocks = make(BYTES as usize);
        let (full, taken) = (resident() - start, bytes_in_use() - used);
        assert!(full > BYTES - SLACK && full < BYTES + SLACK, "{full} for {BYTES}");
        assert!(taken.abs_diff(full) < BYTES / 10, "{taken} are counted and {full} are there");
        let others = blocks.split_off(blocks.len() / 2);
        drop_all(blocks);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                drop_all(others);
                tell_all();
            });
        });
        std::thread::scope(|scope| {
            scope.spawn(give_back);
        });
        // Other tests use some memory meanwhile.
        assert!(bytes_in_use() < used + SLACK, "{} of {used}", bytes_in_use());
        assert!(resident() < start + SLACK, "{} of {start}", resident());
    }

    /// Else the kernel would fill the holes of what was given back.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn huge_pages_are_for_memory_that_grows() {
        let _counted = COUNTED.lock();
        let grow = |bytes: isize| {
            count_mapped(bytes);
            tell_all();
        };
        grow(GROWTH_BYTES);
        grow(-GROWTH_BYTES);
        give_back();
        assert!(!huge_pages_are_allowed());
        // Other tests use some memory meanwhile.
        grow(GROWTH_BYTES / 2);
        assert!(!huge_pages_are_allowed());
        grow(GROWTH_BYTES);
        assert!(huge_pages_are_allowed());
        grow(-3 * GROWTH_BYTES / 2);
        assert!(huge_pages_are_allowed());
        give_back();
        assert!(!huge_pages_are_allowed());
    }

    #[test]
    fn a_busy_thread_takes_part_once_each_time_that_much_is_given_back() {
        let _counted = COUNTED.lock();
        take_part();
        assert!(!take_part());
        for _ in 0..2 {
            count_mapped(2 * GIVE_BACK_BYTES);
            count_mapped(-2 * GIVE_BACK_BYTES);
            std::thread::scope(|scope| {
                scope.spawn(give_back);
            });
            assert!(take_part() && !take_part());
        }
    }
}
