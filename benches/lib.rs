//! What the benches share: timing a call ([`measure`]), reporting a figure ([`Figure`]), and the
//! two things that a run is told from outside: which lines are [`wanted`], and whether to be
//! [`quick`].

mod figure;
mod gain;
mod histogram;
mod lines;
mod quantity;
mod random;
#[path = "isolation/worst.rs"]
pub mod worst;

use std::hint::black_box;
use std::time::{Duration, Instant};

use goxel_io::HugePageAllocator;

pub use figure::Figure;
pub use gain::Gain;
pub use histogram::Histogram;
pub use quantity::quantity;
pub use random::Random;

/// The daemon's allocator, so that what is measured is what the daemon does.
#[global_allocator]
static ALLOCATOR: HugePageAllocator = HugePageAllocator;

/// Batches a measurement is made of; their median is its figure.
const BATCHES: usize = 25;
/// How long one batch should take: long against the clock's steps, short against the scheduler's.
const BATCH: Duration = Duration::from_millis(20);
/// How long anything takes where only whether it runs is asked.
const QUICK: Duration = Duration::from_millis(20);

/// Nanoseconds that one call of `work` takes.
pub fn measure<R>(mut work: impl FnMut() -> R) -> f64 {
    let mut batch = |calls: u32| {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(work());
        }
        start.elapsed()
    };
    if quick() {
        return batch(1).as_nanos() as f64;
    }
    let mut calls = 1;
    while calls < 1 << 24 && batch(calls) < BATCH {
        calls *= 2;
    }
    median((0..BATCHES).map(|_| batch(calls).as_nanos() as f64 / f64::from(calls)).collect())
}

/// Nanoseconds that each of several works takes, in turns so that all meet the same noise: the
/// medians of `runs` runs. For whole programs, which [`measure`] would run too often.
pub fn in_turns<const N: usize>(runs: usize, works: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut times = [const { Vec::new() }; N];
    let mut works = works;
    for _ in 0..rounds(runs) {
        for (times, work) in times.iter_mut().zip(&mut works) {
            let start = Instant::now();
            work();
            times.push(start.elapsed().as_nanos() as f64);
        }
    }
    times.map(median)
}

/// The middle one; not a number where there is none.
#[must_use]
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Whether everything is to run once and briefly: `GOXEL_BENCH_QUICK=1`.
#[must_use]
pub fn quick() -> bool {
    std::env::var_os("GOXEL_BENCH_QUICK").is_some_and(|value| value == "1")
}

/// So many rounds, or one.
#[must_use]
pub fn rounds(count: usize) -> usize {
    if quick() { 1 } else { count }
}

/// So long, or hardly any time.
#[must_use]
pub fn span(time: Duration) -> Duration {
    if quick() { time.min(QUICK) } else { time }
}

/// Whether the line `name` is to be measured: one of the program's arguments is in it, or there is
/// no argument but options.
#[must_use]
pub fn wanted(name: &str) -> bool {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with('-')).peekable();
    words.peek().is_none() || words.any(|word| name.contains(word.as_str()))
}

/// What takes a figure.
pub type Measurement = fn() -> Figure;

/// Measures and reports the lines that are [`wanted`].
pub fn report(lines: &[(&str, Measurement)]) {
    for (name, run) in lines.iter().filter(|(name, _)| wanted(name)) {
        run().report(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_takes_some_time() {
        let time = measure(|| (0..1000u64).map(black_box).sum::<u64>());
        assert!(time > 0.0 && time.is_finite());
    }

    #[test]
    fn medians() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0]), 4.0);
        assert!(median(Vec::new()).is_nan());
    }
}
