//! [`HugePageAllocator`]: a program's global allocator. Blocks that there are very many of come
//! from huge pages.
//!
//! A volume is many blocks of two sizes, 4 and 16 KiB. The system's allocator has them in pages of
//! 4 KiB, and the first touch of each enters the kernel: a third of the time that filling a volume
//! takes. mimalloc lays them side by side in regions that the kernel may back with pages of 2 MiB.
//! It wants some of those, and half a millisecond, before it gives the first block, so a program
//! that has few of them, and whatever else it makes, keep to the system's.

mod sys;

pub(crate) use sys::HAS_HUGE_PAGES;
pub use sys::HugePageAllocator;

/// Blocks of the system's, at the most, before others come from huge pages: 4 to 16 MiB, beside
/// which 4 MiB more do not matter.
const SYSTEM_BLOCKS_MAX: usize = 1024;
