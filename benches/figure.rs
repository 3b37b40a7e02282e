//! [`Figure`]: one thing that was measured, what it should be, and what others take for the same.
//!
//! Every bench reports this way: a line on the terminal and, where `GOXEL_BENCH_REPORT` names a
//! file, the same as a line of JSON at its end. Which direction is better follows from the unit:
//! of what is counted by the second, more; of everything else, less.

use std::fmt;

use serde_json::json;

use crate::{lines, quantity};

/// A unit that ends like this is better the more there is.
const PER_SECOND: &str = "/s";

/// One figure, and what it stands beside.
#[derive(Clone, Debug)]
pub struct Figure {
    unit: &'static str,
    median: f64,
    target: Option<f64>,
    /// How many times better than the yardstick it should be.
    lead: Option<f64>,
    yardsticks: Vec<(String, f64)>,
}

impl Figure {
    /// A median in this unit. One that ends in `/s` is better the higher it is.
    #[must_use]
    pub fn new(unit: &'static str, median: f64) -> Self {
        Self { unit, median, target: None, lead: None, yardsticks: Vec::new() }
    }

    /// A median in nanoseconds.
    #[must_use]
    pub fn ns(median: f64) -> Self {
        Self::new("ns", median)
    }

    /// It should be at most this, or at least where more is better: something of the same run, or
    /// what any machine reaches. What depends on the machine's speed is asked by [`Figure::lead`].
    #[must_use]
    pub fn target(self, target: f64) -> Self {
        Self { target: Some(target), ..self }
    }

    /// It should be so many times better than the best yardstick.
    #[must_use]
    pub fn lead(self, times: f64) -> Self {
        Self { lead: Some(times), ..self }
    }

    /// What another one took for the same, in the same unit and run.
    #[must_use]
    pub fn beside(mut self, name: &str, median: f64) -> Self {
        self.yardsticks.push((name.to_owned(), median));
        self
    }

    /// Nanoseconds for so many bytes, as gigabytes a second.
    #[must_use]
    pub fn gigabytes(mut self, bytes: usize) -> Self {
        let rate = |ns: f64| bytes as f64 / ns;
        self.yardsticks.iter_mut().for_each(|(_, median)| *median = rate(*median));
        Self { unit: "GB/s", median: rate(self.median), ..self }
    }

    /// Prints the line and adds it to the report.
    pub fn report(&self, name: &str) {
        println!("{name:40} {self}");
        lines::append(name, &self.json(name));
    }

    fn json(&self, name: &str) -> serde_json::Value {
        let best = self.best();
        json!({
            "name": name,
            "unit": self.unit,
            "median": self.median,
            "target": self.goal(),
            "yardstick": best.map(|(name, _)| name),
            "yardstick_median": best.map(|(_, median)| median),
            "ratio": best.map(|(_, median)| self.ratio(*median)),
            "met": self.met(),
        })
    }

    fn more_is_better(&self) -> bool {
        self.unit.ends_with(PER_SECOND)
    }

    /// How many times better than this one ours is. What took nothing is as good as what took nothing.
    fn ratio(&self, theirs: f64) -> f64 {
        if self.median == theirs {
            return 1.0;
        }
        if self.more_is_better() { self.median / theirs } else { theirs / self.median }
    }

    /// The yardstick that is hardest to beat.
    fn best(&self) -> Option<&(String, f64)> {
        let measured = self.yardsticks.iter().filter(|(_, median)| median.is_finite());
        measured.min_by(|a, b| self.ratio(a.1).total_cmp(&self.ratio(b.1)))
    }

    /// The harder of what is asked: a bound, and a lead over the yardstick.
    fn goal(&self) -> Option<f64> {
        let more = self.more_is_better();
        let lead = self
            .lead
            .zip(self.best())
            .map(|(times, (_, theirs))| if more { theirs * times } else { theirs / times });
        match (self.target, lead) {
            (Some(a), Some(b)) => Some(if more { a.max(b) } else { a.min(b) }),
            (one, other) => one.or(other),
        }
    }

    /// Whether it is what it should be; nothing where nothing is asked.
    fn met(&self) -> Option<bool> {
        self.goal().map(|goal| {
            if self.more_is_better() { self.median >= goal } else { self.median <= goal }
        })
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |figure| quantity(figure, self.unit);
        write!(f, "{:>16}", shown(self.median))?;
        if let (Some(goal), Some(met)) = (self.goal(), self.met()) {
            let sign = if self.more_is_better() { ">=" } else { "<=" };
            write!(f, "  {sign} {} {}", shown(goal), if met { "met" } else { "MISSED" })?;
        }
        for (name, median) in &self.yardsticks {
            write!(f, "   {name} {} ({:.2}x)", shown(*median), self.ratio(*median))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(figure: &Figure, goal: Option<f64>, ratio: Option<f64>, met: Option<bool>) {
        let row = figure.json("name");
        assert_eq!(row["target"].as_f64(), goal, "{figure:?}");
        assert_eq!(row["ratio"].as_f64(), ratio, "{figure:?}");
        assert_eq!(row["met"].as_bool(), met, "{figure:?}");
    }

    #[test]
    fn bounds_and_leads() {
        check(&Figure::ns(5.0), None, None, None);
        check(&Figure::ns(5.0).target(5.0), Some(5.0), None, Some(true));
        check(&Figure::ns(5.1).target(5.0), Some(5.0), None, Some(false));
        check(&Figure::new("/s", 5.0).target(6.0), Some(6.0), None, Some(false));
        check(&Figure::ns(4.0).beside("other", 8.0), None, Some(2.0), None);
        check(&Figure::ns(4.0).beside("other", 8.0).lead(2.0), Some(4.0), Some(2.0), Some(true));
        let rate = Figure::new("/s", 10.0).beside("slow", 2.0).beside("fast", 8.0);
        check(&rate, None, Some(1.25), None);
        check(&rate.clone().lead(1.3), Some(10.4), Some(1.25), Some(false));
        check(&rate.lead(1.0).target(9.0), Some(9.0), Some(1.25), Some(true));
    }

    #[test]
    fn a_yardstick_that_is_not_there() {
        check(&Figure::ns(4.0).lead(2.0).beside("none", f64::NAN), None, None, None);
    }

    #[test]
    fn bytes_by_the_second() {
        let figure = Figure::ns(10.0).beside("other", 20.0).gigabytes(20).target(1.0);
        check(&figure, Some(1.0), Some(2.0), Some(true));
        assert_eq!(
            figure.to_string(),
            "       2.00 GB/s  >= 1.00 GB/s met   other 1.00 GB/s (2.00x)"
        );
    }
}
