//! [`Work`]: what every loop over voxels carries: how much it may do, how far it is, and whether
//! somebody wants it to stop.
//!
//! A loop says what it has done with [`Work::spend`], at the least once a tile, and goes no
//! further where that is refused; whoever changes something leaves it as it was then. Where the
//! whole cost is known beforehand, [`Work::expect`] says so: a budget that it does not fit is refused
//! at once, and people see progress in parts of a whole.
//!
//! The model has no clock and no threads. Whoever has them listens through [`Control`].

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::executor::{Executor, Serial};
use crate::{Error, Result};

/// What it costs to look at a tile, or to hand one on whole, in units of a voxel: a cache line or
/// two from memory.
pub const TILE_UNITS: u64 = 64;
/// What it costs to change a part of a tile: its body is made, or copied where it is shared.
pub(crate) const PARTIAL_UNITS: u64 = 512;
/// What it costs to replace a tile's handle beside others.
pub(crate) const HANDLE_UNITS: u64 = 16;

/// How often [`Control::check`] is asked, in units: some ten times a millisecond.
const CHECK_UNITS: u64 = 1 << 16;
/// How often it is asked in a trial, which may take a third of a millisecond in all.
const TRIAL_CHECK_UNITS: u64 = 1 << 12;

/// Who may stop a piece of work.
pub trait Control: Sync {
    /// Asked again and again while the work goes on, by whichever thread does it. `total` is 0
    /// where nobody knows it.
    ///
    /// # Errors
    /// Where the work shall stop: [`Error::Cancelled`], [`Error::Late`], [`Error::OverMemory`].
    fn check(&self, done: u64, total: u64) -> Result<()>;

    /// How long the work has gone on; `None` from who has no clock. Work that gets better the longer it
    /// takes asks it.
    fn elapsed(&self) -> Option<Duration> {
        None
    }
}

/// Nobody stops it.
struct Uncontrolled;

impl Control for Uncontrolled {
    fn check(&self, _: u64, _: u64) -> Result<()> {
        Ok(())
    }
}

/// The work of one command, counted in units: what it takes to visit a voxel, a nanosecond or so.
pub struct Work<'a> {
    control: &'a dyn Control,
    executor: &'a dyn Executor,
    budget: u64,
    check_units: u64,
    done: AtomicU64,
    total: AtomicU64,
}

impl Work<'static> {
    /// Work that may go on for as long as it takes, on the calling thread.
    #[must_use]
    pub fn unbounded() -> Self {
        Self::within(u64::MAX)
    }

    /// Work of so many units at the most, on the calling thread.
    #[must_use]
    pub fn within(budget: u64) -> Self {
        Self::new(budget, &Uncontrolled, &Serial)
    }
}

impl<'a> Work<'a> {
    /// Work that may go on for as long as it takes, where `executor` says.
    #[must_use]
    pub fn spread(executor: &'a dyn Executor) -> Self {
        Self::new(u64::MAX, &Uncontrolled, executor)
    }

    /// Work of so many units at the most, that `control` may stop and `executor` spread.
    #[must_use]
    pub fn new(budget: u64, control: &'a dyn Control, executor: &'a dyn Executor) -> Self {
        let (done, total) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { control, executor, budget, check_units: CHECK_UNITS, done, total }
    }

    /// Work that is tried where others wait for it: of so many units at the most, on the calling
    /// thread, and `control` is asked so often that a bound of time can hold too. Nothing that is small
    /// asks at all.
    #[must_use]
    pub fn trial(budget: u64, control: &'a dyn Control) -> Self {
        Self { check_units: TRIAL_CHECK_UNITS, ..Self::new(budget, control, &Serial) }
    }

    /// Who carries out parts that do not depend on each other.
    #[must_use]
    pub fn executor(&self) -> &'a dyn Executor {
        self.executor
    }

    /// Units that were spent.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Says that so many units will be spent from here on, or not many fewer.
    ///
    /// # Errors
    /// [`Error::OverBudget`] where they would not fit: nothing is done then.
    pub fn expect(&self, units: u64) -> Result<()> {
        let whole = self.done().saturating_add(units);
        self.total.fetch_max(whole, Ordering::Relaxed);
        self.fits(whole)
    }

    /// Whether so many units more are in the budget.
    #[must_use]
    pub fn allows(&self, units: u64) -> bool {
        self.done().saturating_add(units) <= self.budget
    }

    /// Says that so many units were spent. Called at the least once a tile, before or after the
    /// tile is done.
    ///
    /// # Errors
    /// [`Error::OverBudget`], or whatever the control says: the work has to end.
    #[inline]
    pub fn spend(&self, units: u64) -> Result<()> {
        let before = self.done.fetch_add(units, Ordering::Relaxed);
        let done = before.saturating_add(units);
        if done > self.budget || before / self.check_units != done / self.check_units {
            return self.look_up(done);
        }
        Ok(())
    }

    /// Asks at once whether the work may go on: between steps that are not counted.
    ///
    /// # Errors
    /// Whatever the control says.
    pub fn check(&self) -> Result<()> {
        self.control.check(self.done(), self.total.load(Ordering::Relaxed))
    }

    /// How long it has gone on, where the control has a clock.
    #[must_use]
    pub fn elapsed(&self) -> Option<Duration> {
        self.control.elapsed()
    }

    #[cold]
    fn look_up(&self, done: u64) -> Result<()> {
        self.fits(done)?;
        self.control.check(done, self.total.load(Ordering::Relaxed))
    }

    fn fits(&self, units: u64) -> Result<()> {
        if units > self.budget { Err(Error::OverBudget(self.budget)) } else { Ok(()) }
    }
}

impl std::fmt::Debug for Work<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Work").field("budget", &self.budget).field("done", &self.done).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_kept() {
        let work = Work::within(10);
        assert_eq!(work.expect(11), Err(Error::OverBudget(10)));
        assert_eq!((work.expect(10), work.spend(10)), (Ok(()), Ok(())));
        assert_eq!(work.spend(1), Err(Error::OverBudget(10)));
        assert_eq!(Work::within(u64::MAX).spend(u64::MAX), Ok(()));
    }

    /// Says stop once so many units are done, and notes what it was told.
    struct Until(u64, AtomicU64);

    impl Control for Until {
        fn check(&self, done: u64, total: u64) -> Result<()> {
            self.1.store(total, Ordering::Relaxed);
            if done >= self.0 { Err(Error::Cancelled) } else { Ok(()) }
        }
    }

    #[test]
    fn whoever_controls_it_is_asked_on_the_way_and_stops_it() {
        let control = Until(5 * CHECK_UNITS, AtomicU64::new(0));
        let work = Work::new(u64::MAX, &control, &Serial);
        work.expect(1 << 30).expect("no budget");
        let stopped = (0..1 << 30).step_by(4096).find(|_| work.spend(4096).is_err());
        assert_eq!(stopped, Some(5 * CHECK_UNITS as usize - 4096));
        assert_eq!(control.1.load(Ordering::Relaxed), 1 << 30);
        // A trial asks at finer steps.
        let control = Until(5 * TRIAL_CHECK_UNITS, AtomicU64::new(0));
        let work = Work::trial(u64::MAX, &control);
        let stopped = (0..1 << 30).step_by(512).find(|_| work.spend(512).is_err());
        assert_eq!(stopped, Some(5 * TRIAL_CHECK_UNITS as usize - 512));
    }
}
