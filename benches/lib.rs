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

/// One figure, and what others took for the same work.
#[derive(Clone, Debug)]
pub struct Line {
    ns: f64,
    bytes: Option<usize>,
    items: Option<(usize, &'static str)>,
    memory: Option<usize>,
    yardsticks: Vec<(&'static str, f64)>,
}

impl Line {
    /// A figure in nanoseconds.
    #[must_use]
    pub fn new(ns: f64) -> Self {
        Self { ns, bytes: None, items: None, memory: None, yardsticks: Vec::new() }
    }

    /// The work is so many bytes: the line shows them by the second too.
    #[must_use]
    pub fn bytes(self, bytes: usize) -> Self {
        Self { bytes: Some(bytes), ..self }
    }

    /// The work is so many things of a name: the line shows them by the second too.
    #[must_use]
    pub fn items(self, count: usize, name: &'static str) -> Self {
        Self { items: Some((count, name)), ..self }
    }

    /// The most memory that a program of its own had resident meanwhile, in bytes.
    #[must_use]
    pub fn memory(self, bytes: usize) -> Self {
        Self { memory: Some(bytes), ..self }
    }

    /// What another one took, in nanoseconds.
    #[must_use]
    pub fn beside(mut self, name: &'static str, ns: f64) -> Self {
        self.yardsticks.push((name, ns));
        self
    }
}

/// Nanoseconds that each of several works takes, in turns so that all meet the same noise: the
/// medians of `runs` runs. For whole programs, which [`measure`] would run too often.
pub fn in_turns<const N: usize>(runs: usize, works: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut times = [const { Vec::new() }; N];
    let mut works = works;
    for _ in 0..runs.max(1) {
        for (times, work) in times.iter_mut().zip(&mut works) {
            let start = Instant::now();
            work();
            times.push(start.elapsed().as_nanos() as f64);
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    })
}

/// What takes a line's figures.
pub type Measurement = fn() -> Line;

/// Measures and prints the lines whose names hold one of the program's arguments, or all.
pub fn print(lines: &[(&str, Measurement)]) {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    for (name, run) in lines {
        if wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())) {
            println!("{name:26} {}", run());
        }
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>10}", time(self.ns))?;
        if let Some(bytes) = self.bytes {
            write!(f, "  {:.2} GB/s", bytes as f64 / self.ns)?;
        }
        if let Some((count, name)) = self.items {
            write!(f, "  {:.2} M {name}/s", count as f64 * 1e3 / self.ns)?;
        }
        if let Some(memory) = self.memory {
            write!(f, "  {:.1} MiB", memory as f64 / f64::from(1 << 20))?;
        }
        for (name, ns) in &self.yardsticks {
            write!(f, "   {name} {} ({:.2}x)", time(*ns), ns / self.ns)?;
        }
        Ok(())
    }
}

/// Nanoseconds in the unit that suits them.
fn time(ns: f64) -> String {
    match ns {
        ns if ns < 10_000.0 => format!("{ns:.1} ns"),
        ns if ns < 10_000_000.0 => format!("{:.1} us", ns / 1e3),
        ns => format!("{:.1} ms", ns / 1e6),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_call_takes_some_time() {
        let time = super::measure(|| (0..1000u64).map(std::hint::black_box).sum::<u64>());
        assert!(time > 0.0 && time.is_finite());
    }

    #[test]
    fn works_take_turns() {
        let order = std::cell::RefCell::new(Vec::new());
        let mut first = || order.borrow_mut().push(1);
        let mut second = || order.borrow_mut().push(2);
        let times = super::in_turns(2, [&mut first, &mut second]);
        assert_eq!(order.into_inner(), [1, 2, 1, 2]);
        assert!(times.iter().all(|time| *time >= 0.0));
    }
}
