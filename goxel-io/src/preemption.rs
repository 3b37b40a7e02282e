//! Voluntary preemption: threads that work for long offer their processor to others, every tenth of a
//! millisecond.
//!
//! A thread that wakes is to run at once, be it the loop or a client. Linux lets it where it has had less than
//! its share of the processor. One that ran for some microseconds just before has not, and is not asked
//! again before the next tick, which may be 4 ms away: of pings in every millisecond, beside edits on two
//! processors, one in a hundred took 3.2 ms. With these offers one in a hundred takes 0.4.
//!
//! An offer that nobody wants is one system call, without a switch. Where another program is busy it is
//! costly: that has the processor for a whole slice then. So after an offer that took long there is none for a
//! while.

use std::cell::Cell;
use std::thread;
use std::time::{Duration, Instant};

/// How long a thread works between two offers. A request is to wait a tenth of what it may take in all.
const PERIOD: Duration = Duration::from_micros(100);
/// Those who wake for a moment, and threads that make offers too, are done sooner.
const TAKEN_MAX: Duration = Duration::from_millis(4);
/// Where others took longer, this thread works so many times as long before the next offer: beside a busy
/// program it has still about its half.
const KEPT_TIMES: u32 = 8;

thread_local! {
    /// When the next offer is due, on threads that make any.
    static DUE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Has the calling thread make offers. Called once, by threads that carry out jobs: never by the loop.
pub fn enable() {
    DUE.set(Some(Instant::now()));
}

/// Offers the processor, where that is due and this is a thread that does so. Called at the least every
/// tenth of a millisecond by whatever takes long, with no lock held that the loop wants.
#[inline]
pub fn point() {
    if let Some(due) = DUE.get() {
        offer(due, Instant::now);
    }
}

fn offer(due: Instant, clock: impl Fn() -> Instant) {
    let now = clock();
    if now < due {
        return;
    }
    thread::yield_now();
    let after = clock();
    DUE.set(Some(after + until_next(after.saturating_duration_since(now))));
}

/// How long after an offer that took so long the next one comes.
fn until_next(taken: Duration) -> Duration {
    if taken > TAKEN_MAX { taken * KEPT_TIMES } else { PERIOD }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_offer_now_and_then_and_less_often_where_that_is_costly() {
        assert_eq!(until_next(Duration::ZERO), PERIOD);
        assert_eq!(until_next(TAKEN_MAX), PERIOD);
        let long = TAKEN_MAX + Duration::from_millis(1);
        assert_eq!(until_next(long), KEPT_TIMES * long);
    }

    #[test]
    fn only_who_is_told_to_makes_offers() {
        point();
        assert_eq!(DUE.get(), None);
        enable();
        let due = DUE.get().expect("it makes offers");
        let asked = Cell::new(0);
        let clock = || {
            asked.set(asked.get() + 1);
            due
        };
        offer(due + PERIOD, clock);
        assert_eq!((asked.get(), DUE.get()), (1, Some(due)), "not yet");
        offer(due, clock);
        assert_eq!((asked.get(), DUE.get()), (3, Some(due + PERIOD)));
    }
}
