//! [`Heap`]: where a program's memory comes from. Voxels come from large pages.
//!
//! A volume is many blocks of two sizes, 4 and 16 KiB. The system's allocator has them in pages of
//! 4 KiB, and the first touch of each enters the kernel: a third of the time that filling a volume
//! takes. mimalloc lays them side by side in regions that the kernel may back with pages of 2 MiB.
//! It wants some of those from the start, though, so a program that holds no voxels yet, or makes
//! anything else, keeps to the system's.

mod sys;

pub use sys::Heap;

use goxel_core::{Dense, TILE_VOXELS};

/// Whether a block of this many bytes holds the voxels of a tile: one byte each, or four.
fn is_for_voxels(bytes: usize) -> bool {
    bytes == TILE_VOXELS || bytes == size_of::<Dense>()
}
