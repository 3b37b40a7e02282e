//! [`Clock`]: when a turn, and a wake-up, has taken its time.
//!
//! The clock is read when a turn ends, and on the way whenever what was done comes to a few
//! microseconds by estimate: reading it after each request would cost more than some requests do.
//! Where the estimate turns out to be far off, it is read after each step until that is over.

use std::time::{Duration, Instant};

use crate::limits::{TURN_LEAST_US, TURN_US, WAKE_US};

/// What a request, a reply or a system call costs beside its bytes, in units: nanoseconds or so.
pub(crate) const STEP_UNITS: u64 = 1000;
/// Units after which the clock is read: some thirty of the shortest requests. Reading takes as long
/// as a tenth of one.
const READ_UNITS: u64 = 40_000;
/// A reading that took so much longer than its units says that the estimate is off.
const FAR_OFF: Duration = Duration::from_nanos(READ_UNITS * 2);

/// Of one loop. Where it was never started, nothing takes too long.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    times: Option<Times>,
    /// Units until it is read.
    left: u64,
    /// Units from one reading to the next.
    period: u64,
    turn_is_over: bool,
    wake_is_over: bool,
}

#[derive(Clone, Copy, Debug)]
struct Times {
    now: Instant,
    turn_began: Instant,
    turn_ends: Instant,
    wake_ends: Instant,
}

impl Clock {
    /// Begins a wake-up.
    pub(crate) fn wake_up(&mut self, now: Instant) {
        let wake_ends = now + Duration::from_micros(WAKE_US);
        self.times = Some(Times { now, turn_began: now, turn_ends: wake_ends, wake_ends });
        self.wake_is_over = false;
    }

    /// Begins a turn, which ends with the wake-up if not before.
    pub(crate) fn begin_turn(&mut self) {
        self.turn_is_over = false;
        self.left = self.period;
        if let Some(times) = &mut self.times {
            times.turn_began = times.now;
            let ends = (times.now + Duration::from_micros(TURN_US)).min(times.wake_ends);
            times.turn_ends = ends.max(times.now + Duration::from_micros(TURN_LEAST_US));
        }
    }

    /// Ends a turn; how long it took.
    pub(crate) fn end_turn(&mut self) -> Duration {
        self.read();
        self.times.map_or(Duration::ZERO, |times| times.now - times.turn_began)
    }

    /// Something was done that takes so many units by estimate.
    #[inline]
    pub(crate) fn spend(&mut self, units: u64) {
        if units < self.left {
            self.left -= units;
        } else {
            self.read();
        }
    }

    /// Reads it.
    pub(crate) fn read(&mut self) {
        let Some(times) = &mut self.times else {
            self.left = u64::MAX;
            return;
        };
        let now = Instant::now();
        let far_off = now - times.now > FAR_OFF;
        self.period = if far_off { 0 } else { (self.period * 2).clamp(STEP_UNITS, READ_UNITS) };
        self.left = self.period;
        times.now = now;
        self.turn_is_over |= now >= times.turn_ends;
        self.wake_is_over |= now >= times.wake_ends;
    }

    /// When it was last read.
    pub(crate) fn now(&self) -> Option<Instant> {
        self.times.map(|times| times.now)
    }

    /// Whether this turn has taken its time.
    #[inline]
    pub(crate) fn turn_is_over(&self) -> bool {
        self.turn_is_over
    }

    /// Whether it is time to look for what has come.
    pub(crate) fn wake_is_over(&self) -> bool {
        self.wake_is_over
    }

    /// A clock whose turns are over as soon as it is read.
    pub(crate) fn of_short_turns() -> Self {
        let now = Instant::now();
        let times = Times { now, turn_began: now, turn_ends: now, wake_ends: now };
        Self { times: Some(times), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_start_nothing_takes_too_long() {
        let mut clock = Clock::default();
        clock.begin_turn();
        (0..100).for_each(|_| clock.spend(u64::MAX));
        assert!(!clock.turn_is_over() && !clock.wake_is_over());
    }

    #[test]
    fn a_turn_ends_with_its_wake_up() {
        let mut clock = Clock::default();
        // One that began long ago.
        clock.wake_up(Instant::now() - Duration::from_secs(1));
        clock.begin_turn();
        clock.spend(STEP_UNITS);
        assert!(clock.turn_is_over() && clock.wake_is_over());
        clock.wake_up(Instant::now() + Duration::from_secs(1));
        clock.begin_turn();
        (0..100).for_each(|_| clock.spend(STEP_UNITS));
        assert!(!clock.turn_is_over() && !clock.wake_is_over());
    }

    #[test]
    fn it_is_read_seldom_while_the_estimate_holds() {
        let mut clock = Clock::default();
        clock.wake_up(Instant::now());
        let mut readings = 0;
        let mut last = clock.now();
        for _ in 0..1600 {
            clock.spend(STEP_UNITS);
            readings += usize::from(clock.now() != last);
            last = clock.now();
        }
        assert!(readings <= 1600 / 8, "{readings}");
    }
}
