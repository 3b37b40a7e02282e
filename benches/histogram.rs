//! [`Histogram`]: how often something took how long, in steps of an eighth.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use crate::{lines, quantity};

/// Steps between a power of two and the next.
const STEPS_LOG2: u32 = 3;
const STEPS: u64 = 1 << STEPS_LOG2;
/// Every `u64` falls into one of these.
const BUCKETS: usize = ((64 - STEPS_LOG2) as usize + 1) << STEPS_LOG2;
/// Columns of the longest bar.
const BAR: u64 = 50;
/// What is told of the durations: of a hundred, so many took no longer.
const PERCENTILES: [f64; 5] = [50.0, 90.0, 99.0, 99.9, 100.0];

/// Counts of durations.
#[derive(Clone, Debug)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    max: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS], total: 0, max: 0 }
    }
}

impl Histogram {
    /// Counts one.
    pub fn add(&mut self, took: Duration) {
        let ns = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.counts[bucket(ns)] += 1;
        self.total += 1;
        self.max = self.max.max(ns);
    }

    /// Counts what another one counted.
    pub fn merge(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
        self.total += other.total;
        self.max = self.max.max(other.max);
    }

    /// Nanoseconds within which so many of a hundred ended, to an eighth; not a number of nothing.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> f64 {
        let mut left = (self.total as f64 * percent / 100.0).ceil().max(1.0);
        for (index, count) in self.counts.iter().enumerate() {
            left -= *count as f64;
            if left <= 0.0 && *count > 0 {
                return bound(index).min(self.max) as f64;
            }
        }
        f64::NAN
    }

    /// Adds it to the report, in microseconds: five percentiles, and `steps`, each with where it
    /// begins, where it ends, and how many took so long.
    pub fn report(&self, name: &str) {
        lines::append(name, &self.json(name));
    }

    fn json(&self, name: &str) -> Value {
        let us = |ns: f64| ns / 1e3;
        let [p50, p90, p99, p999, max] = PERCENTILES.map(|percent| us(self.percentile(percent)));
        let counted = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let steps: Vec<_> = counted
            .map(|(index, count)| {
                let from = index.checked_sub(1).map_or(0, bound);
                (us(from as f64), us(bound(index) as f64), *count)
            })
            .collect();
        json!({ "name": name, "p50": p50, "p90": p90, "p99": p99, "p999": p999, "max": max,
                "steps": steps })
    }
}

/// Below [`STEPS`] a bucket for each; above, [`STEPS`] for each power of two.
fn bucket(ns: u64) -> usize {
    if ns < STEPS {
        return ns as usize;
    }
    let shift = ns.ilog2() - STEPS_LOG2;
    (u64::from(shift + 1) * STEPS + (ns >> shift) - STEPS) as usize
}

/// The largest number in a bucket.
fn bound(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < STEPS {
        return bucket;
    }
    let shift = bucket / STEPS - 1;
    let first = u128::from(STEPS + bucket % STEPS + 1) << shift;
    u64::try_from(first - 1).unwrap_or(u64::MAX)
}

impl fmt::Display for Histogram {
    /// A line of percentiles, and a bar for each power of two.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for percent in PERCENTILES {
            write!(f, "    {percent}% {}", quantity(self.percentile(percent), "ns"))?;
        }
        writeln!(f)?;
        let octaves: Vec<u64> =
            self.counts.chunks(STEPS as usize).map(|c| c.iter().sum()).collect();
        let longest = octaves.iter().max().copied().unwrap_or(0).max(1);
        for (index, count) in octaves.iter().enumerate().filter(|(_, count)| **count > 0) {
            let up_to = quantity(bound(index * STEPS as usize + STEPS as usize - 1) as f64, "ns");
            let bar = "#".repeat((count * BAR).div_ceil(longest) as usize);
            writeln!(f, "    {up_to:>10} {count:>9} {bar}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_each_other() {
        for ns in (0..5000).chain([u64::MAX - 1, u64::MAX]) {
            let index = bucket(ns);
            assert!(index < BUCKETS, "{ns}");
            assert!(ns <= bound(index), "{ns}");
            assert!(index == 0 || ns > bound(index - 1), "{ns}");
        }
    }

    #[test]
    fn percentiles() {
        let mut histogram = Histogram::default();
        assert!(histogram.percentile(50.0).is_nan());
        (1..=100).for_each(|ns| histogram.add(Duration::from_nanos(ns * 1000)));
        for percent in [1.0, 50.0, 99.0, 100.0] {
            let exact = percent * 1000.0;
            let found = histogram.percentile(percent);
            assert!(found >= exact && found <= exact * 1.125, "{percent}: {found}");
        }
        let mut twice = histogram.clone();
        twice.merge(&histogram);
        assert_eq!(twice.percentile(50.0), histogram.percentile(50.0));
        assert_eq!(twice.total, 200);
        assert!(histogram.to_string().contains("100% 100 us"), "{histogram}");
    }

    #[test]
    fn the_line_of_a_report_holds_what_was_counted() {
        let mut histogram = Histogram::default();
        [1000, 1000, 5000].into_iter().for_each(|ns| histogram.add(Duration::from_nanos(ns)));
        let line = histogram.json("name");
        let steps = json!([[0.959, 1.023, 2], [4.607, 5.119, 1]]);
        assert_eq!((&line["name"], &line["steps"]), (&json!("name"), &steps));
        assert_eq!([&line["p50"], &line["max"]], [&json!(1.023), &json!(5.0)]);
    }
}
