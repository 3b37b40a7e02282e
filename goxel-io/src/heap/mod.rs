//! [`Heap`]: where a program's memory comes from. Blocks that there are very many of come from large
//! pages.
//!
//! A volume is many blocks of two sizes, 4 and 16 KiB. The system's allocator has them in pages of
//! 4 KiB, and the first touch of each enters the kernel: a third of the time that filling a volume
//! takes. mimalloc lays them side by side in regions that the kernel may back with pages of 2 MiB.
//! It wants some of those from the start, though, so a program that has no such block yet, and
//! whatever else it makes, keep to the system's.

mod sys;

pub use sys::Heap;
