//! [`HugePageAllocator`]: a program's global allocator. It counts what it gives out, takes blocks from
//! huge pages once there are many, and gives freed memory back to the system.
//!
//! A volume is very many blocks, most of them of 4 and 16 KiB. The system's allocator has them in
//! pages of 4 KiB, and the first touch of each enters the kernel: a third of the time that filling a
//! volume takes. mimalloc lays them side by side in regions that the kernel may back with pages of
//! 2 MiB. It wants some of those, and half a millisecond, before it gives the first block, so a
//! program keeps to the system's allocator as long as it is small ([`SMALL_BYTES_MAX`]).
//!
//! Beyond that every block is mimalloc's, because the system's keeps what is freed. 3.2 GB of
//! volumes, made by one thread and freed by another, left resident on two cores of a virtual machine:
//!
//! ```text
//!                                   freed    after mi_collect       after malloc_trim
//! all the system's                3172 MB                              2 MB in 560 ms
//! tiles alone mimalloc's          3181 MB      400 MB in 49 ms       11 MB in 210 ms
//! all mimalloc's                  3240 MB       12 MB in 20 ms
//! ```
//!
//! `malloc_trim` holds the lock that whoever allocates wants too; `mi_collect` holds none. It was
//! called by a third thread: mimalloc gives pages that are full up to nobody, so whoever frees their
//! last block frees them, and one collection by a thread that has nothing else to do ([`give_back`])
//! is enough.
//!
//! What is given back leaves holes, of 64 KiB at the least, beside blocks that stay. The kernel's
//! `khugepaged` makes huge pages of such regions again, a dozen every ten seconds, even where a
//! single page is left in one: of 2 MiB in use 38 were resident when all projects were closed, and
//! 130 two minutes later, though nobody had called anything. So huge pages are for memory that grows:
//! they end where memory is given back, and begin anew once [`GROWTH_BYTES`] more are in use.
//!
//! Counting: each thread adds up what it takes and frees, and tells the common counter of it now
//! and then, so that threads need not share a cache line at every block.

mod sys;

use std::cell::Cell;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicUsize};

pub(crate) use sys::HAS_HUGE_PAGES;
pub use sys::HugePageAllocator;
pub(crate) use sys::tune;

/// Bytes in use up to which blocks are the system's: beside 8 MiB the 4 that mimalloc begins with
/// do not matter.
const SMALL_BYTES_MAX: isize = 8 << 20;

/// Bytes that a thread takes or frees before it says so. With a hundred threads the counter is wrong by
/// 6 MiB at the most.
const UNTOLD_BYTES_MAX: usize = 64 << 10;

/// Freed memory is given back once it is this much: less is soon used again.
const GIVE_BACK_BYTES: isize = 8 << 20;

/// Growth since memory was given back from which there are huge pages again: much more than a small
/// project takes, little beside those that wait for their pages to be filled.
const GROWTH_BYTES: isize = 32 << 20;

static IN_USE: AtomicIsize = AtomicIsize::new(0);
/// The most that was in use since memory was given back.
static MOST: AtomicIsize = AtomicIsize::new(0);

/// What was in use when memory was given back.
static LEFT: AtomicIsize = AtomicIsize::new(0);
/// Whether the kernel may make huge pages.
static HUGE: AtomicBool = AtomicBool::new(true);

/// How often there was much to give back.
static TIMES: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// The last time of those that this thread gave something back.
    static GIVEN: Cell<usize> = const { Cell::new(0) };
    static UNTOLD: Cell<isize> = const { Cell::new(0) };
}

/// Bytes that the program has in use, as far as they come from a [`HugePageAllocator`], and what
/// buffers have mapped.
#[must_use]
pub fn bytes_in_use() -> u64 {
    IN_USE.load(Relaxed).max(0).unsigned_abs() as u64
}

/// Counts bytes that are taken, or freed where they are negative.
#[inline]
fn count(bytes: isize) {
    let untold = UNTOLD.get() + bytes;
    if untold.unsigned_abs() < UNTOLD_BYTES_MAX {
        UNTOLD.set(untold);
    } else {
        tell(untold);
    }
}

#[cold]
fn tell(untold: isize) {
    UNTOLD.set(0);
    let now = IN_USE.fetch_add(untold, Relaxed) + untold;
    MOST.fetch_max(now, Relaxed);
    if !HUGE.load(Relaxed) && now - LEFT.load(Relaxed) >= GROWTH_BYTES {
        HUGE.store(true, Relaxed);
        sys::allow_huge_pages(true);
    }
}

/// Counts bytes that were mapped without the allocator, or are no longer.
pub(crate) fn count_mapped(bytes: isize) {
    count(bytes);
}

/// Called by a thread that is about to end: what it did not tell yet would be lost.
pub(crate) fn tell_all() {
    tell(UNTOLD.get());
}

/// Whether blocks are mimalloc's by now.
#[inline]
fn is_large() -> bool {
    HAS_HUGE_PAGES && IN_USE.load(Relaxed) >= SMALL_BYTES_MAX
}

/// What a block of so many bytes takes: mimalloc rounds sizes up to one of four steps between
/// powers of two, of 16 bytes at the least. The system's allocator rounds less.
#[inline]
const fn cost(bytes: usize) -> isize {
    let step = 1 << (bytes.saturating_sub(1) | 64).ilog2() >> 2;
    bytes.next_multiple_of(step).cast_signed()
}

/// Gives what was freed back to the system, where that is much. For threads that have nothing else
/// to do: a gigabyte takes ten milliseconds.
pub(crate) fn give_back() {
    let now = IN_USE.load(Relaxed);
    if MOST.load(Relaxed) - now >= GIVE_BACK_BYTES {
        MOST.store(now, Relaxed);
        LEFT.store(now, Relaxed);
        HUGE.store(false, Relaxed);
        sys::allow_huge_pages(false);
        sys::collect();
        // mimalloc collects what the calling thread has freed: every one has its turn, and those that
        // are busy not before most is done.
        GIVEN.set(TIMES.fetch_add(1, Relaxed) + 1);
    } else if GIVEN.replace(TIMES.load(Relaxed)) != TIMES.load(Relaxed) {
        sys::collect();
    }
}

/// Has the calling thread, which is busy, take part in what others give back: the blocks of its own
/// that others freed can be had again, and a thread that has time gives them to the system. Says
/// whether there was any reason to. It takes a tenth of a millisecond after 256 MB.
pub(crate) fn take_part() -> bool {
    if GIVEN.get() == TIMES.load(Relaxed) {
        return false;
    }
    sys::collect_own();
    // The others have their turn once more, for this.
    GIVEN.set(TIMES.fetch_add(1, Relaxed) + 1);
    true
}
