//! [`Copied`]: what a record says, once more for followers. A worker copies what is long, since the journal
//! takes the record itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use goxel_store::stream;

/// What is shorter is copied by the loop in some microseconds.
const COPIED_BYTES_MIN: usize = 64 << 10;

/// Whether anybody follows. A record that is made just before somebody does is copied by the loop.
static ARE_WANTED: AtomicBool = AtomicBool::new(false);

/// Somebody follows, or nobody does any more.
pub(super) fn are_wanted(wanted: bool) {
    ARE_WANTED.store(wanted, Ordering::Relaxed);
}

/// A payload and its checksum.
#[derive(Clone, Debug)]
pub(crate) struct Copied {
    pub(super) bytes: Arc<[u8]>,
    pub(super) checksum: u32,
}

impl Copied {
    /// A copy, where it is long and anybody follows.
    pub(crate) fn of(payload: &[u8]) -> Option<Self> {
        let is_wanted = payload.len() >= COPIED_BYTES_MIN && ARE_WANTED.load(Ordering::Relaxed);
        is_wanted.then(|| Self { bytes: payload.into(), checksum: stream::checksum(payload) })
    }
}
