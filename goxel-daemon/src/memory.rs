//! The ceiling: how many bytes the daemon may have in use, and whether there is room for more.
//!
//! What is in use is counted where it is taken, by the allocator ([`goxel_io::bytes_in_use`]): projects
//! with their histories, what jobs work with, files that are read, replies and buffers, whoever
//! they belong to. Whoever is about to take much asks first ([`room_for`]); whoever takes much little by
//! little asks on the way ([`check`]).
//!
//! The ceiling stands a good part below what the machine has, because not all of it is counted: the
//! program itself, files that the system keeps for it, blocks that are free between others.

mod machine;

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use goxel_core::Error;

/// The least that the daemon may be limited to: what it takes itself, and a model of some size.
pub const MEMORY_MAX_MIN: u64 = 64 << 20;

/// Of what the machine has, or the daemon's control group may have, how many hundredths are the ceiling
/// where none is named. The rest is for other programs and for what is not counted.
const SHARE_PERCENT: u64 = 75;

/// What all histories may hold together, as a part of the ceiling.
const UNDO_SHARE: u64 = 4;

/// What part of the ceiling unfinished messages may take: the rest is for what they make.
const MESSAGES_SHARE: u64 = 4;

static MAX: AtomicU64 = AtomicU64::new(u64::MAX);
/// What processes of the daemon's may take, of which the allocator knows nothing.
static RESERVED: AtomicU64 = AtomicU64::new(0);

/// Sets the ceiling. `None` is a share of what the machine has.
pub fn limit_memory(bytes: Option<u64>) {
    let share = || machine::bytes().map_or(u64::MAX, |all| all / 100 * SHARE_PERCENT);
    let max = bytes.unwrap_or_else(share).max(MEMORY_MAX_MIN);
    MAX.store(max, Relaxed);
}

/// Bytes that may be in use.
pub(crate) fn max() -> u64 {
    MAX.load(Relaxed)
}

/// Bytes that all histories may hold together.
#[inline]
pub(crate) fn undo_max() -> usize {
    usize::try_from(max() / UNDO_SHARE).unwrap_or(usize::MAX)
}

/// Bytes that the unfinished messages of all clients may take together.
#[must_use]
pub fn messages_max() -> usize {
    usize::try_from(MAX.load(Relaxed) / MESSAGES_SHARE).unwrap_or(usize::MAX)
}

/// Says whether so many bytes more may be taken.
///
/// # Errors
/// [`Error::OverMemory`].
pub(crate) fn room_for(bytes: u64) -> goxel_core::Result<()> {
    room(bytes, used(), max())
}

/// Bytes that count.
#[inline]
fn used() -> u64 {
    goxel_io::bytes_in_use().saturating_add(reserved())
}

/// Bytes that are reserved for processes of the daemon's.
#[inline]
pub(crate) fn reserved() -> u64 {
    RESERVED.load(Relaxed)
}

/// Bytes that a process of the daemon's may take. They count as long as this is there.
#[derive(Debug)]
pub(crate) struct Reserved(u64);

/// Has so many bytes count as in use.
///
/// # Errors
/// [`Error::OverMemory`], where there is no room for them.
pub(crate) fn reserve(bytes: u64) -> goxel_core::Result<Reserved> {
    // Counted first: of two at once, one sees the other.
    RESERVED.fetch_add(bytes, Relaxed);
    let reserved = Reserved(bytes);
    room(bytes, used().saturating_sub(bytes), max())?;
    Ok(reserved)
}

impl Drop for Reserved {
    fn drop(&mut self) {
        RESERVED.fetch_sub(self.0, Relaxed);
    }
}

/// Says whether there is room for more at all.
///
/// # Errors
/// [`Error::OverMemory`].
#[inline]
pub(crate) fn check() -> goxel_core::Result<()> {
    room_for(0)
}

/// Whether half of what may be in use is not.
pub(crate) fn is_half_free() -> bool {
    used() < max() / 2
}

#[inline]
fn room(needs: u64, used: u64, max: u64) -> goxel_core::Result<()> {
    let free = max.saturating_sub(used);
    if needs < free { Ok(()) } else { Err(Error::OverMemory { needs, free, max }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reserved_counts_until_it_is_given_back() {
        let reserved = reserve(1 << 40).expect("there is no ceiling");
        assert!(super::reserved() >= 1 << 40);
        drop(reserved);
        assert!(super::reserved() < 1 << 40);
    }

    #[test]
    fn who_would_pass_the_ceiling_is_told_by_how_much() {
        assert_eq!((room(0, 5, 6), room(3, 5, 9)), (Ok(()), Ok(())));
        let refused =
            |needs: u64, used: u64, max: u64| room(needs << 20, used << 20, max << 20).unwrap_err();
        assert_eq!(
            refused(100, 450, 512).to_string(),
            "this takes 100 MB of memory: 62 MB are free of the limit of 512 MB; \
             close a project or start the daemon with a larger --memory-max"
        );
        assert_eq!(
            refused(0, 600, 512).to_string(),
            "this takes more memory than there is: 0 MB are free of the limit of 512 MB; \
             close a project or start the daemon with a larger --memory-max"
        );
    }
}
