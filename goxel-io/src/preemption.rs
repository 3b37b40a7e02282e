//! Preemption: a thread that works for long offers its processor to others, some times in a millisecond.
//!
//! Whoever wakes is to run at once, be it the loop or a client. Linux lets a thread go first that has had less
//! than its share of the processor. One that has just run for some microseconds has not, and is not asked
//! again before the next tick, which may be 4 ms away, even where another processor is idle: of pings in
//! every millisecond, beside edits on two processors, one in a hundred took over 3 ms.
//!
//! So a timer interrupts who works, and the handler of its signal yields. No loop has to think of it, and
//! what libraries do for long, such as sorting or deflating, is interrupted too. An offer that nobody wants is
//! a system call without a switch. Where another program is busy it is costly: that has the processor for a
//! whole slice then. So after an offer that took long there is none for a while.
//!
//! Go's runtime interrupts its threads in the same way, and by the same signal.

use std::cell::{Cell, OnceCell};
use std::thread;
use std::time::{Duration, Instant};

use crate::sys::{self, Ticker};

/// How long a thread works between two offers. A request wakes two threads, the loop and its client, and may
/// wait a millisecond in all.
const PERIOD: Duration = Duration::from_micros(250);
/// Those who wake for a moment, and threads that make offers too, are done sooner; a busy program has the
/// processor for 3 ms at a time.
const TAKEN_MAX: Duration = Duration::from_millis(2);
/// Where others took longer, this thread works so many times as long before the next offer: beside a busy
/// program it has still about its half.
const KEPT_TIMES: u32 = 8;

thread_local! {
    /// What interrupts this thread, where the system has that.
    static TICKER: OnceCell<Option<Ticker>> = const { OnceCell::new() };
    /// Whether it does.
    static TICKS: Cell<bool> = const { Cell::new(false) };
    /// Before this time no offer is made.
    static DUE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Works, on a thread that carries out jobs: never on the loop, whose processor is not to be offered.
pub fn working<T>(work: impl FnOnce() -> T) -> T {
    let _before = Before(set(true));
    work()
}

/// Waits for others in the middle of work: who does nothing need not be interrupted.
pub fn waiting<T>(wait: impl FnOnce() -> T) -> T {
    let _before = Before(set(false));
    wait()
}

/// Makes it as it was before, also after a panic.
struct Before(bool);

impl Drop for Before {
    fn drop(&mut self) {
        set(self.0);
    }
}

/// Whether this thread is interrupted from now on; gives whether it was.
fn set(ticks: bool) -> bool {
    let before = TICKS.replace(ticks);
    if before != ticks {
        TICKER.with(|ticker| {
            if let Some(ticker) = ticker.get_or_init(begin) {
                ticker.set(ticks.then_some(PERIOD));
            }
        });
    }
    before
}

fn begin() -> Option<Ticker> {
    let ticker = Ticker::new(on_tick);
    ticker.inspect_err(|error| tracing::debug!(%error, "a thread makes no offers")).ok()
}

/// The handler of the signal. It reads the clock, yields, and touches nothing but a cell of this thread's.
extern "C" fn on_tick(_: i32) {
    sys::keeping_errno(|| offer(Instant::now));
}

fn offer(clock: impl Fn() -> Instant) {
    let now = clock();
    if DUE.get().is_some_and(|due| now < due) {
        return;
    }
    thread::yield_now();
    let after = clock();
    DUE.set(pause(after.saturating_duration_since(now)).map(|pause| after + pause));
}

/// How long there is no offer after one that took so long.
fn pause(taken: Duration) -> Option<Duration> {
    (taken > TAKEN_MAX).then(|| taken * KEPT_TIMES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_that_are_costly_are_made_less_often() {
        assert_eq!(pause(TAKEN_MAX), None);
        let long = TAKEN_MAX + Duration::from_millis(1);
        assert_eq!(pause(long), Some(KEPT_TIMES * long));
        let begun = Instant::now();
        let asked = Cell::new(0);
        // An offer that takes long, and what comes behind it.
        let clock = || {
            asked.set(asked.get() + 1);
            begun + (asked.get() - 1) * long
        };
        offer(clock);
        assert_eq!((asked.get(), DUE.get()), (2, Some(begun + (1 + KEPT_TIMES) * long)));
        offer(clock);
        assert_eq!(asked.get(), 3, "it only looks at the time");
        asked.set(2 + KEPT_TIMES);
        offer(clock);
        assert_eq!(asked.get(), 4 + KEPT_TIMES);
    }

    #[test]
    fn who_works_is_interrupted_until_it_is_done() {
        assert!(!TICKS.get());
        working(|| {
            assert!(TICKS.get());
            waiting(|| assert!(!TICKS.get()));
            working(|| assert!(TICKS.get()));
            assert!(TICKS.get());
        });
        assert!(!TICKS.get());
        let panics = std::panic::catch_unwind(|| working(|| panic!("on purpose")));
        assert!(panics.is_err() && !TICKS.get());
    }
}
