//! [`Listener`]: a connection that is told of events, and [`Pace`]: how often.

use std::time::{Duration, Instant};

use goxel_io::Client;

use super::kinds::Wants;

/// How long events may be merged, in milliseconds: whoever asks for another time has the next of these. So
/// there are few sets of listeners that are told the same at the same time.
const EVERY_MS: [u64; 10] = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000];

/// How many paces there are.
pub(super) const PACES: usize = EVERY_MS.len();

/// How a connection is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(super) pace: u8,
    /// By notifications.
    pub(crate) notify: bool,
    /// Of what it does itself, too.
    pub(crate) own: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { pace: 0, notify: true, own: true }
    }
}

impl Settings {
    /// The same, told about so often.
    pub(crate) fn every(self, ms: u64) -> Self {
        let pace = EVERY_MS.iter().position(|every| *every >= ms).unwrap_or(PACES - 1);
        Self { pace: pace as u8, ..self }
    }

    /// How often that is.
    pub(crate) fn every_ms(&self) -> u64 {
        EVERY_MS[self.pace()]
    }

    pub(super) fn pace(&self) -> usize {
        usize::from(self.pace)
    }
}

/// A connection that listens.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) client: Client,
    pub(super) settings: Settings,
    pub(super) wants: Wants,
    /// The number of the first window that it was not told.
    pub(super) next: u64,
    /// It did not read, so it is told that it missed some.
    pub(super) is_behind: bool,
}

/// Listeners that are told at the same times.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    /// Since when there is something that they were not told.
    pub(super) since: Option<Instant>,
    /// How many they are.
    pub(super) listeners: usize,
}

/// When listeners of this pace are to be told.
pub(super) fn due(pace: usize, of: &Pace) -> Option<Instant> {
    let every = Duration::from_millis(EVERY_MS[pace]);
    of.since.filter(|_| of.listeners > 0).map(|since| since + every)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_the_next_of_a_few() {
        for (ms, every) in [(50, 50), (51, 100), (200, 200), (30_000, 60_000), (60_000, 60_000)] {
            assert_eq!(Settings::default().every(ms).every_ms(), every, "{ms}");
        }
        assert_eq!(Settings::default().every_ms(), 50);
    }

    #[test]
    fn nobody_is_due_where_nobody_listens_or_nothing_happened() {
        let now = Instant::now();
        let pace = |since, listeners| due(1, &Pace { since, listeners });
        assert_eq!(pace(None, 1), None);
        assert_eq!(pace(Some(now), 0), None);
        assert_eq!(pace(Some(now), 1), Some(now + Duration::from_millis(100)));
    }
}
