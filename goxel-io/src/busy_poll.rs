//! [`BusyPolling`]: whether, and for how long, the loop polls for work before it blocks.
//!
//! Waking a halted core takes tens of microseconds; a client that asks, reads and asks again comes
//! back sooner than that, so polling for a while can double what such a client gets done. Where the
//! cores are busy with something else it is the other way round: polling takes away the time that
//! the client needs. Neither can be known beforehand, so both are tried, and what answered more
//! requests a second is kept:
//!
//! ```text
//! blocking --(waits are short: worth a trial)--> polling for a trial --(more requests)--> polling
//!    ^                                            |                                         |
//!    +---- fewer, or polled in vain --------------+-- preempted, or a trial says so --------+
//! ```
//!
//! What a trial does not show is that a thread that polls uses up its share of the processor, for
//! which it is preempted later. So polling ends when that happens often, and the next trial is put
//! off for longer each time.
//!
//! Where nothing follows closely there is no trial, so what comes seldom costs nothing. The clock
//! is the caller's: nothing here waits.

use std::time::Duration;

/// Waits after which it is decided anew.
const EPOCH: u32 = 64;
/// Waits of a trial. Short, since what is tried may be the worse.
const TRIAL: u32 = 24;
/// Epochs after which the other mode is tried again: the machine's load changes.
const EPOCHS_KEPT: u32 = 32;
/// Polls in vain, in a row, that end polling at once.
const MISSES_MAX: u32 = 3;
/// Polling must answer more by one part in so many: it uses a processor.
const GAIN_SHARE: f64 = 1.0 / 4.0;
/// How often the thread may be preempted in [`MEMORY`] while it polls.
const PREEMPTIONS_MAX: f64 = 3.0;
/// What happened longer ago counts for less and less.
const MEMORY: Duration = Duration::from_millis(20);
/// How much longer the pause between trials can become.
const PATIENCE_MAX: u32 = 32;
/// Epochs after which polling counts as having gone well.
const EPOCHS_GOOD: u32 = 24;

/// How the loop waits when there is nothing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Sleeps in the kernel until something comes.
    Blocking,
    /// Asks the kernel over and over first.
    Polling,
}

/// How one wait went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wait {
    /// How long it took until something came.
    pub(crate) waited: Duration,
    /// Since the wait before ended, this one included.
    pub(crate) cycle: Duration,
    /// Requests that were answered in between.
    pub(crate) requests: u64,
}

/// The decision, from how it went before.
#[derive(Debug)]
pub(crate) struct BusyPolling {
    limit: Duration,
    mode: Mode,
    /// The mode that is not tried but kept.
    kept: Mode,
    /// Requests a second of the kept mode, when it was last measured.
    rate: f64,
    /// Epochs since the last trial.
    epochs: u32,
    /// How much longer than usual it is waited for the next trial.
    patience: u32,
    /// How often the thread was preempted while it polled, lately.
    preempted: f64,
    /// The count of that at the last decision.
    preemptions: u64,
    misses: u32,
    waits: u32,
    short_waits: u32,
    time: Duration,
    requests: u64,
}

impl BusyPolling {
    /// Polls for at most `limit`; zero is never.
    pub(crate) fn new(limit: Duration) -> Self {
        Self {
            limit,
            mode: Mode::Blocking,
            kept: Mode::Blocking,
            rate: 0.0,
            epochs: EPOCHS_KEPT,
            patience: 1,
            preempted: 0.0,
            preemptions: 0,
            misses: 0,
            waits: 0,
            short_waits: 0,
            time: Duration::ZERO,
            requests: 0,
        }
    }

    /// For how long to poll now.
    pub(crate) fn budget(&self) -> Duration {
        if self.mode == Mode::Polling { self.limit } else { Duration::ZERO }
    }

    /// Polling was in vain.
    pub(crate) fn missed(&mut self) {
        self.misses += 1;
        if self.misses >= MISSES_MAX {
            self.keep(Mode::Blocking);
        }
    }

    /// Something came. `preemptions` counts how often this thread was preempted; it is only asked
    /// now and then.
    pub(crate) fn woke(&mut self, wait: Wait, preemptions: impl FnOnce() -> u64) {
        if self.limit.is_zero() {
            return;
        }
        if wait.waited <= self.limit {
            self.misses = 0;
        }
        self.waits += 1;
        // A sleep holds the time that it takes to wake, which polling would not.
        self.short_waits += u32::from(wait.waited <= self.limit * 2);
        // A pause of the clients says nothing of either mode.
        self.time += wait.cycle.min(self.limit * 8);
        self.requests += wait.requests;
        let trial = self.mode != self.kept;
        if self.waits >= if trial { TRIAL } else { EPOCH } {
            let preempted = self.is_preempted(preemptions());
            if preempted {
                self.patience = (self.patience * 2).min(PATIENCE_MAX);
                self.keep(Mode::Blocking);
            } else {
                self.decide(trial);
            }
        }
    }

    /// Whether others want the processor that polling takes.
    fn is_preempted(&mut self, preemptions: u64) -> bool {
        let new = preemptions.saturating_sub(self.preemptions);
        self.preemptions = preemptions;
        self.preempted *= 1.0 - (self.time.as_secs_f64() / MEMORY.as_secs_f64()).min(1.0);
        if self.mode == Mode::Blocking {
            return false;
        }
        self.preempted += new as f64;
        if self.kept == Mode::Polling && self.epochs > EPOCHS_GOOD {
            self.patience = 1;
        }
        self.preempted >= PREEMPTIONS_MAX
    }

    fn decide(&mut self, trial: bool) {
        let rate = self.requests as f64 / self.time.as_secs_f64().max(f64::MIN_POSITIVE);
        let follow_closely = self.short_waits * 2 > self.waits;
        if trial {
            let better = match self.mode {
                Mode::Polling => rate > self.rate * (1.0 + GAIN_SHARE),
                Mode::Blocking => rate * (1.0 + GAIN_SHARE) > self.rate,
            };
            self.rate = if better { rate } else { self.rate };
            self.keep(if better { self.mode } else { self.kept });
        } else if self.kept == Mode::Blocking && !follow_closely {
            self.begin(Mode::Blocking);
        } else {
            self.rate = rate;
            self.epochs += 1;
            let due = self.epochs > EPOCHS_KEPT * self.patience;
            self.begin(if due { self.other() } else { self.kept });
        }
    }

    fn other(&self) -> Mode {
        if self.kept == Mode::Blocking { Mode::Polling } else { Mode::Blocking }
    }

    fn keep(&mut self, mode: Mode) {
        self.kept = mode;
        self.epochs = 0;
        self.begin(mode);
    }

    fn begin(&mut self, mode: Mode) {
        self.mode = mode;
        self.misses = 0;
        self.waits = 0;
        self.short_waits = 0;
        self.time = Duration::ZERO;
        self.requests = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_micros(50);

    /// Clients that come back after these microseconds when the loop blocks and when it polls;
    /// how many of so many waits were spent polling.
    fn polled(asleep_us: u64, awake_us: u64, waits: usize) -> usize {
        polled_with(&mut BusyPolling::new(LIMIT), asleep_us, awake_us, waits)
    }

    fn polled_with(
        polling: &mut BusyPolling,
        asleep_us: u64,
        awake_us: u64,
        waits: usize,
    ) -> usize {
        let mut polled = 0;
        for _ in 0..waits {
            let budget = polling.budget();
            let awake = !budget.is_zero();
            polled += usize::from(awake);
            let waited = Duration::from_micros(if awake { awake_us } else { asleep_us });
            if awake && waited > budget {
                polling.missed();
            }
            let cycle = waited + Duration::from_micros(2);
            polling.woke(Wait { waited, cycle, requests: 1 }, || 0);
        }
        polled
    }

    #[test]
    fn it_polls_where_that_pays() {
        assert!(polled(60, 20, 10_000) > 9_500);
        assert!(polled(40, 20, 10_000) > 9_500);
        assert!(polled(22, 20, 10_000) < 500, "a small gain is not worth a processor");
    }

    #[test]
    fn it_blocks_where_polling_does_not_pay() {
        // Few trials are made, and they are short.
        assert!(polled(20, 20, 100_000) < 2_000);
        assert!(polled(10, 40, 100_000) < 2_000);
        assert!(polled(90, 90, 100_000) < 1_000);
    }

    #[test]
    fn what_comes_seldom_costs_nothing() {
        assert_eq!(polled(1000, 1000, 10_000), 0);
        assert_eq!(polled(101, 10, 10_000), 0);
        assert_eq!(polled_with(&mut BusyPolling::new(Duration::ZERO), 10, 1, 10_000), 0);
    }

    #[test]
    fn it_blocks_where_others_want_the_processor() {
        let (mut polling, mut polled, mut preemptions) = (BusyPolling::new(LIMIT), 0, 0);
        for wait in 0..1_000_000u64 {
            let awake = !polling.budget().is_zero();
            polled += u64::from(awake);
            // Polling pays, but every 200th time, 4 ms, the thread is preempted.
            preemptions += u64::from(awake && wait % 200 == 0);
            let waited = Duration::from_micros(if awake { 20 } else { 60 });
            polling.woke(Wait { waited, cycle: waited, requests: 1 }, || preemptions);
        }
        assert!(polled < 50_000, "{polled}");
    }

    #[test]
    fn it_changes_its_mind() {
        let mut polling = BusyPolling::new(LIMIT);
        assert!(polled_with(&mut polling, 60, 20, 10_000) > 9_500);
        // The client stops: two or three polls in vain.
        assert!(polled_with(&mut polling, 5000, 5000, 10_000) <= MISSES_MAX as usize);
        // The machine is busy now.
        assert!(polled_with(&mut polling, 20, 40, 100_000) < 4_000);
        assert!(polled_with(&mut polling, 60, 20, 100_000) > 90_000);
    }
}
