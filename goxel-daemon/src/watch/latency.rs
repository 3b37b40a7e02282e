//! [`Latency`]: how long calls took, in steps.

use std::time::Duration;

/// The ends of the steps, in microseconds: each four times the one before, from what a single
/// voxel takes to what nobody waits for.
pub(crate) const STEPS_US: [u64; 13] =
    [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];

/// Counts of calls.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latency {
    /// How many ended within each step and not within the one before; the last have no end.
    counts: [u64; STEPS_US.len() + 1],
    errors: u64,
    sum: Duration,
}

impl Latency {
    /// Counts a call that stands for so many.
    pub(crate) fn add(&mut self, took: Duration, failed: bool, times: u64) {
        let step = STEPS_US.iter().position(|&end| took <= Duration::from_micros(end));
        self.counts[step.unwrap_or(STEPS_US.len())] += times;
        self.errors += u64::from(failed) * times;
        self.sum += took * u32::try_from(times).unwrap_or(1);
    }

    pub(crate) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    pub(crate) fn errors(&self) -> u64 {
        self.errors
    }

    pub(crate) fn sum(&self) -> Duration {
        self.sum
    }

    /// The ends of the steps, in seconds, and how many calls took no longer.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (f64, u64)> {
        let mut so_far = 0;
        STEPS_US.iter().zip(self.counts).map(move |(&end, count)| {
            so_far += count;
            (end as f64 / 1e6, so_far)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_end_where_they_say() {
        let mut latency = Latency::default();
        for us in [0, 1, 2, 16, 17, 20_000_000] {
            latency.add(Duration::from_micros(us), us == 2, 1);
        }
        let steps: Vec<_> = latency.steps().map(|(_, count)| count).collect();
        assert_eq!(steps[..5], [2, 3, 4, 5, 5]);
        assert_eq!((latency.count(), latency.errors(), steps[12]), (6, 1, 5));
        assert_eq!(latency.sum(), Duration::from_micros(20_000_036));
    }
}
