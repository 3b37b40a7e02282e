//! How the loop comes to its end: nobody is accepted any more, and what is under way is waited for.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use goxel_core::client::ClientFlags;

use super::{DRAIN_MS, Running};
use crate::backend::Backend;
use crate::service::Service;

impl<S: Service, B: Backend> Running<S, B> {
    pub(super) fn stop_accepting(&mut self) -> Instant {
        self.acceptor.stop(&mut self.backend);
        Instant::now() + Duration::from_millis(DRAIN_MS)
    }

    /// Whether nothing is under way.
    pub(super) fn is_drained(&self) -> bool {
        let done = |flags: ClientFlags, silent: bool| !flags.has_any(ClientFlags::BUSY) && silent;
        self.queues.is_empty()
            && self.waiting_job.is_none()
            && self.workers.is_at_rest()
            && self.status.unread_bytes.load(Ordering::Relaxed) == 0
            && self.clients.hot.iter().all(|(_, hot)| done(hot.flags, hot.output.is_empty()))
    }
}
