//! Measuring: how long one call of something takes, as the median over batches.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Batches a measurement is made of; their median is its figure.
const BATCHES: usize = 25;
/// How long one batch should take: long against the clock's steps, short against the scheduler's.
const BATCH: Duration = Duration::from_millis(20);

/// Nanoseconds that one call of `work` takes.
pub fn measure<R>(mut work: impl FnMut() -> R) -> f64 {
    let mut batch = |calls: u32| {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(work());
        }
        start.elapsed()
    };
    let mut calls = 1;
    while calls < 1 << 24 && batch(calls) < BATCH {
        calls *= 2;
    }
    let mut times: Vec<f64> =
        (0..BATCHES).map(|_| batch(calls).as_nanos() as f64 / f64::from(calls)).collect();
    times.sort_by(f64::total_cmp);
    times[BATCHES / 2]
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_call_takes_some_time() {
        let time = super::measure(|| (0..1000u64).map(std::hint::black_box).sum::<u64>());
        assert!(time > 0.0 && time.is_finite());
    }
}
