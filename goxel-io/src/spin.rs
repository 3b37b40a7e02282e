//! [`Spin`]: whether, and for how long, the loop looks for work before it sleeps.
//!
//! Waking a halted core takes tens of microseconds; a client that asks, reads and asks again comes
//! back sooner than that. So after work the loop goes on looking for a while, as long as that pays:
//! the time is twice what the next request took to come on average, and none where that is longer
//! than the limit. A look that finds nothing halves the readiness to look; two in a row end it.
//! It begins again when requests were seen to follow each other closely though the loop slept.
//!
//! The clock is the caller's: nothing here waits.

use std::time::Duration;

/// How many looks that would have paid, had they been made, make the loop look again.
const MISSED_CHANCES: u32 = 3;
/// A new gap counts for one part in so many of the average.
const AVERAGE_SHARE: u32 = 8;

/// The decision, from how it went before.
#[derive(Debug)]
pub(crate) struct Spin {
    limit: Duration,
    /// How long the next request took to come, on average. Never more than twice the limit.
    gap: Duration,
    /// Whether looking pays at present.
    on: bool,
    /// Looks that found nothing, in a row.
    misses: u32,
    /// Sleeps that were shorter than the limit, in a row.
    chances: u32,
}

/// Looks in vain, in a row, that end it.
const MISSES_MAX: u32 = 2;

impl Spin {
    /// Looks for at most `limit`; zero is never.
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, gap: limit, on: false, misses: 0, chances: 0 }
    }

    /// For how long to look now.
    pub(crate) fn budget(&self) -> Duration {
        if self.on { (self.gap * 2).min(self.limit) } else { Duration::ZERO }
    }

    /// A look found something after this time.
    pub(crate) fn found(&mut self, after: Duration) {
        self.misses = 0;
        self.learn(after);
    }

    /// A look found nothing.
    pub(crate) fn missed(&mut self) {
        self.misses += 1;
        // The average was too short, or nothing comes: look longer once, then no more.
        self.gap = (self.gap * 2).min(self.limit);
        if self.misses >= MISSES_MAX {
            self.on = false;
            self.chances = 0;
        }
    }

    /// Something came when the loop had slept for this time, waking included.
    pub(crate) fn slept(&mut self, time: Duration) {
        if self.limit.is_zero() {
            return;
        }
        // A sleep holds the time that it takes to wake, which a look would not.
        if time > self.limit * 2 {
            self.chances = 0;
            return;
        }
        self.chances += 1;
        self.learn(time);
        if !self.on && self.chances >= MISSED_CHANCES {
            self.on = true;
            self.misses = 0;
            self.gap = self.limit;
        }
    }

    fn learn(&mut self, gap: Duration) {
        let gap = gap.min(self.limit * 2);
        self.gap = (self.gap * (AVERAGE_SHARE - 1) + gap) / AVERAGE_SHARE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_micros(50);

    fn micros(us: u64) -> Duration {
        Duration::from_micros(us)
    }

    /// One that looks, because requests came every `us` microseconds.
    fn looking(us: u64) -> Spin {
        let mut spin = Spin::new(LIMIT);
        (0..MISSED_CHANCES).for_each(|_| spin.slept(micros(us)));
        spin
    }

    #[test]
    fn it_begins_when_requests_follow_closely_and_only_then() {
        assert_eq!(Spin::new(LIMIT).budget(), Duration::ZERO);
        assert_eq!(looking(30).budget(), LIMIT);
        assert_eq!(looking(150).budget(), Duration::ZERO);
        let mut never = Spin::new(Duration::ZERO);
        (0..100).for_each(|_| never.slept(Duration::ZERO));
        assert_eq!(never.budget(), Duration::ZERO);
    }

    #[test]
    fn it_ends_when_looking_does_not_pay() {
        let mut spin = looking(30);
        spin.missed();
        assert_ne!(spin.budget(), Duration::ZERO);
        spin.found(micros(10));
        spin.missed();
        assert_ne!(spin.budget(), Duration::ZERO);
        spin.missed();
        assert_eq!(spin.budget(), Duration::ZERO);
        // And what comes seldom does not bring it back.
        (0..100).for_each(|_| spin.slept(micros(1000)));
        assert_eq!(spin.budget(), Duration::ZERO);
    }

    #[test]
    fn its_time_follows_the_requests() {
        let mut spin = looking(30);
        (0..50).for_each(|_| spin.found(micros(5)));
        assert!((micros(9)..micros(12)).contains(&spin.budget()), "{:?}", spin.budget());
        (0..50).for_each(|_| spin.found(micros(45)));
        assert_eq!(spin.budget(), LIMIT);
    }
}
