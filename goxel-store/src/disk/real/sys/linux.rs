//! Linux takes space at once, in most file systems.

use std::fs::File;
use std::io::Result;

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;

/// Takes space for `bytes` from `offset` on, and says whether the file system can do that.
pub(in crate::disk::real) fn reserve(file: &File, offset: u64, bytes: u64) -> Result<bool> {
    loop {
        match fallocate(file, FallocateFlags::empty(), offset, bytes) {
            Ok(()) => return Ok(true),
            Err(Errno::INTR) => {}
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
    }
}
