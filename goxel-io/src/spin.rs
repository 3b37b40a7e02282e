//! [`Spin`]: whether, and for how long, the loop looks for work before it sleeps.
//!
//! Waking a halted core takes tens of microseconds; a client that asks, reads and asks again comes
//! back sooner than that, so going on looking for a while can double what such a client gets done.
//! Where the cores are busy with something else it is the other way round: looking takes away the
//! time that the client needs. Neither can be known beforehand, so both are tried, and what
//! answered more requests a second is kept:
//!
//! ```text
//! asleep --(waits are short: worth a trial)--> awake for a trial --(more requests)--> awake
//!    ^                                            |                                     |
//!    +---- fewer, or looks in vain ---------------+-- put off the processor, or a trial says so
//! ```
//!
//! What a trial does not show is that a thread that looks uses up its share of the processor, for
//! which it is put off later. So looking ends when that happens often, and the next trial is put
//! off for longer each time.
//!
//! Where nothing follows closely there is no trial, so what comes seldom costs nothing. The clock
//! is the caller's: nothing here waits.

use std::time::Duration;

/// Waits after which it is decided anew.
const EPOCH: u32 = 64;
/// Waits of a trial. Short, since what is tried may be the worse.
const TRIAL: u32 = 24;
/// Epochs after which the other way is tried again: the machine's load changes.
const EPOCHS_KEPT: u32 = 32;
/// Looks in vain, in a row, that end looking at once.
const MISSES_MAX: u32 = 3;
/// Looking must answer more by one part in so many: it uses a processor.
const GAIN_SHARE: f64 = 1.0 / 4.0;
/// How often the thread may be put off its processor in [`MEMORY`] while it looks.
const PREEMPTIONS_MAX: f64 = 3.0;
/// What happened longer ago counts for less and less.
const MEMORY: Duration = Duration::from_millis(20);
/// How much longer the pause between trials can become.
const PATIENCE_MAX: u32 = 32;
/// Epochs after which looking counts as having gone well.
const EPOCHS_GOOD: u32 = 24;

/// What the loop does when there is nothing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Asleep,
    Awake,
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
pub(crate) struct Spin {
    limit: Duration,
    way: Way,
    /// The way that is not tried but kept.
    kept: Way,
    /// Requests a second of the kept way, when it was last measured.
    rate: f64,
    /// Epochs since the last trial.
    epochs: u32,
    /// How much longer than usual it is waited for the next trial.
    patience: u32,
    /// How often the thread was put off while it looked, lately.
    put_off: f64,
    /// The count of that at the last decision.
    preemptions: u64,
    misses: u32,
    waits: u32,
    short_waits: u32,
    time: Duration,
    requests: u64,
}

impl Spin {
    /// Looks for at most `limit`; zero is never.
    pub(crate) fn new(limit: Duration) -> Self {
        Self {
            limit,
            way: Way::Asleep,
            kept: Way::Asleep,
            rate: 0.0,
            epochs: EPOCHS_KEPT,
            patience: 1,
            put_off: 0.0,
            preemptions: 0,
            misses: 0,
            waits: 0,
            short_waits: 0,
            time: Duration::ZERO,
            requests: 0,
        }
    }

    /// For how long to look now.
    pub(crate) fn budget(&self) -> Duration {
        if self.way == Way::Awake { self.limit } else { Duration::ZERO }
    }

    /// Looking was in vain.
    pub(crate) fn missed(&mut self) {
        self.misses += 1;
        if self.misses >= MISSES_MAX {
            self.keep(Way::Asleep);
        }
    }

    /// Something came. `preemptions` counts how often this thread was put off its processor; it is
    /// only asked now and then.
    pub(crate) fn came(&mut self, wait: Wait, preemptions: impl FnOnce() -> u64) {
        if self.limit.is_zero() {
            return;
        }
        if wait.waited <= self.limit {
            self.misses = 0;
        }
        self.waits += 1;
        // A sleep holds the time that it takes to wake, which a look would not.
        self.short_waits += u32::from(wait.waited <= self.limit * 2);
        // A pause of the clients says nothing of either way.
        self.time += wait.cycle.min(self.limit * 8);
        self.requests += wait.requests;
        let trial = self.way != self.kept;
        if self.waits >= if trial { TRIAL } else { EPOCH } {
            let put_off = self.is_put_off(preemptions());
            if put_off {
                self.patience = (self.patience * 2).min(PATIENCE_MAX);
                self.keep(Way::Asleep);
            } else {
                self.decide(trial);
            }
        }
    }

    /// Whether others want the processor that looking takes.
    fn is_put_off(&mut self, preemptions: u64) -> bool {
        let new = preemptions.saturating_sub(self.preemptions);
        self.preemptions = preemptions;
        self.put_off *= 1.0 - (self.time.as_secs_f64() / MEMORY.as_secs_f64()).min(1.0);
        if self.way == Way::Asleep {
            return false;
        }
        self.put_off += new as f64;
        if self.kept == Way::Awake && self.epochs > EPOCHS_GOOD {
            self.patience = 1;
        }
        self.put_off >= PREEMPTIONS_MAX
    }

    fn decide(&mut self, trial: bool) {
        let rate = self.requests as f64 / self.time.as_secs_f64().max(f64::MIN_POSITIVE);
        let follow_closely = self.short_waits * 2 > self.waits;
        if trial {
            let better = match self.way {
                Way::Awake => rate > self.rate * (1.0 + GAIN_SHARE),
                Way::Asleep => rate * (1.0 + GAIN_SHARE) > self.rate,
            };
            self.rate = if better { rate } else { self.rate };
            self.keep(if better { self.way } else { self.kept });
        } else if self.kept == Way::Asleep && !follow_closely {
            self.begin(Way::Asleep);
        } else {
            self.rate = rate;
            self.epochs += 1;
            let due = self.epochs > EPOCHS_KEPT * self.patience;
            self.begin(if due { self.other() } else { self.kept });
        }
    }

    fn other(&self) -> Way {
        if self.kept == Way::Asleep { Way::Awake } else { Way::Asleep }
    }

    fn keep(&mut self, way: Way) {
        self.kept = way;
        self.epochs = 0;
        self.begin(way);
    }

    fn begin(&mut self, way: Way) {
        self.way = way;
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

    /// Clients that come back after these microseconds when the loop sleeps and when it looks;
    /// how many of so many waits were spent looking.
    fn looked(asleep_us: u64, awake_us: u64, waits: usize) -> usize {
        looked_with(&mut Spin::new(LIMIT), asleep_us, awake_us, waits)
    }

    fn looked_with(spin: &mut Spin, asleep_us: u64, awake_us: u64, waits: usize) -> usize {
        let mut looked = 0;
        for _ in 0..waits {
            let budget = spin.budget();
            let awake = !budget.is_zero();
            looked += usize::from(awake);
            let waited = Duration::from_micros(if awake { awake_us } else { asleep_us });
            if awake && waited > budget {
                spin.missed();
            }
            let cycle = waited + Duration::from_micros(2);
            spin.came(Wait { waited, cycle, requests: 1 }, || 0);
        }
        looked
    }

    #[test]
    fn it_looks_where_that_pays() {
        assert!(looked(60, 20, 10_000) > 9_500);
        assert!(looked(40, 20, 10_000) > 9_500);
        assert!(looked(22, 20, 10_000) < 500, "a small gain is not worth a processor");
    }

    #[test]
    fn it_sleeps_where_looking_does_not_pay() {
        // Few trials are made, and they are short.
        assert!(looked(20, 20, 100_000) < 2_000);
        assert!(looked(10, 40, 100_000) < 2_000);
        assert!(looked(90, 90, 100_000) < 1_000);
    }

    #[test]
    fn what_comes_seldom_costs_nothing() {
        assert_eq!(looked(1000, 1000, 10_000), 0);
        assert_eq!(looked(101, 10, 10_000), 0);
        assert_eq!(looked_with(&mut Spin::new(Duration::ZERO), 10, 1, 10_000), 0);
    }

    #[test]
    fn it_sleeps_where_others_want_the_processor() {
        let (mut spin, mut looked, mut preemptions) = (Spin::new(LIMIT), 0, 0);
        for wait in 0..1_000_000u64 {
            let awake = !spin.budget().is_zero();
            looked += u64::from(awake);
            // Looking pays, but every 200th look, 4 ms, the thread is put off.
            preemptions += u64::from(awake && wait % 200 == 0);
            let waited = Duration::from_micros(if awake { 20 } else { 60 });
            spin.came(Wait { waited, cycle: waited, requests: 1 }, || preemptions);
        }
        assert!(looked < 50_000, "{looked}");
    }

    #[test]
    fn it_changes_its_mind() {
        let mut spin = Spin::new(LIMIT);
        assert!(looked_with(&mut spin, 60, 20, 10_000) > 9_500);
        // The client stops: two or three looks in vain.
        assert!(looked_with(&mut spin, 5000, 5000, 10_000) <= MISSES_MAX as usize);
        // The machine is busy now.
        assert!(looked_with(&mut spin, 20, 40, 100_000) < 4_000);
        assert!(looked_with(&mut spin, 60, 20, 100_000) > 90_000);
    }
}
