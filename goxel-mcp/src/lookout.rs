//! [`Lookout`]: looks on while the daemon works for a call, tells how far it is, and has it stopped
//! when nobody waits for it any more or it takes too long.
//!
//! A connection keeps its lookout; each call that it is lent to puts its own [`Ticket`] into it.

use std::os::fd::BorrowedFd;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use goxel_client::{Onlooker, Told, Wish};
use tokio::sync::watch;

/// How long a daemon that was told to stop a call is given. One that hangs keeps nobody longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// A call that is under way.
#[derive(Debug)]
pub(crate) struct Ticket {
    /// When it takes too long.
    until: Option<Instant>,
    /// Since when nobody wants it, and why.
    stopped: OnceLock<(Instant, Why)>,
    told: watch::Sender<Option<Told>>,
}

/// Why a call is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Whoever called wants it no more, or is gone.
    Cancelled,
    /// It takes longer than a call may.
    TooLong,
}

impl Ticket {
    /// Of a call that may take so long.
    pub(crate) fn new(time: Duration) -> Arc<Self> {
        let until = Instant::now().checked_add(time);
        Arc::new(Self { until, stopped: OnceLock::new(), told: watch::Sender::new(None) })
    }

    /// Has it stopped; what it is in the middle of ends soon.
    pub(crate) fn stop(&self) {
        self.stopped.get_or_init(|| (Instant::now(), Why::Cancelled));
    }

    /// Why it is stopped, where it is.
    pub(crate) fn stopped(&self) -> Option<Why> {
        self.look().map(|(_, why)| why)
    }

    /// What is told of its progress.
    pub(crate) fn progress(&self) -> watch::Receiver<Option<Told>> {
        self.told.subscribe()
    }

    fn look(&self) -> Option<(Instant, Why)> {
        if self.until.is_some_and(|until| Instant::now() >= until) {
            self.stopped.get_or_init(|| (Instant::now(), Why::TooLong));
        }
        self.stopped.get().copied()
    }

    fn tell(&self, told: &Told) {
        self.told.send_if_modified(|last| {
            let is_news = last.as_ref() != Some(told);
            if is_news {
                *last = Some(told.clone());
            }
            is_news
        });
    }
}

/// Where a connection finds the call that it is lent to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot(Arc<Mutex<Option<Arc<Ticket>>>>);

impl Slot {
    pub(crate) fn set(&self, ticket: Option<Arc<Ticket>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = ticket;
    }

    fn ticket(&self) -> Option<Arc<Ticket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Looks on at one connection.
#[derive(Debug)]
pub(crate) struct Lookout(pub(crate) Slot);

impl Onlooker for Lookout {
    fn wants_progress(&self) -> bool {
        // A job is stopped by its number, which comes with the news of it.
        true
    }

    fn set_hidden(&mut self, _: bool) {}

    fn wake(&self) -> Option<BorrowedFd<'_>> {
        // It looks twenty times a second, which is soon enough.
        None
    }

    fn look(&mut self, _: Duration, told: Option<&Told>) -> Wish {
        let Some(ticket) = self.0.ticket() else { return Wish::Wait };
        if let Some(told) = told {
            ticket.tell(told);
        }
        match ticket.look() {
            Some((since, _)) if since.elapsed() >= PATIENCE => Wish::Leave,
            // Without a number, all jobs of this process would be meant.
            Some(_) if told.is_some() => Wish::Cancel,
            _ => Wish::Wait,
        }
    }

    fn end(&mut self) -> Wish {
        Wish::Wait
    }

    fn is_over(&self) -> bool {
        self.0.ticket().is_some_and(|ticket| ticket.stopped().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(done: u64) -> Told {
        Told { job: 1, done, total: 9, unit: "voxels".to_owned(), output: String::new() }
    }

    #[test]
    fn a_job_is_cancelled_once_its_number_is_known() {
        let slot = Slot::default();
        let mut lookout = Lookout(slot.clone());
        assert_eq!(lookout.look(Duration::ZERO, Some(&told(1))), Wish::Wait, "of no call");
        let ticket = Ticket::new(Duration::from_secs(60));
        slot.set(Some(Arc::clone(&ticket)));
        assert_eq!(lookout.look(Duration::ZERO, Some(&told(1))), Wish::Wait);
        assert!(!lookout.is_over());
        ticket.stop();
        assert_eq!(lookout.look(Duration::ZERO, None), Wish::Wait);
        assert_eq!(lookout.look(Duration::ZERO, Some(&told(2))), Wish::Cancel);
        assert!(lookout.is_over());
        assert_eq!(ticket.stopped(), Some(Why::Cancelled));
        slot.set(None);
        assert!(!lookout.is_over(), "the next call is another one");
    }

    #[test]
    fn a_call_has_its_time() {
        let ticket = Ticket::new(Duration::ZERO);
        assert_eq!(ticket.stopped(), Some(Why::TooLong));
        ticket.stop();
        assert_eq!(ticket.stopped(), Some(Why::TooLong), "the first reason counts");
        assert_eq!(Ticket::new(Duration::MAX).stopped(), None);
    }

    #[test]
    fn progress_is_told_once() {
        let ticket = Ticket::new(Duration::MAX);
        let mut progress = ticket.progress();
        ticket.tell(&told(3));
        assert_eq!(progress.borrow_and_update().as_ref().map(|told| told.done), Some(3));
        ticket.tell(&told(3));
        assert!(!progress.has_changed().unwrap());
    }
}
