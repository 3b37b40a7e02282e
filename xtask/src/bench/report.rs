//! [`Report`]: what was measured, as `report.json` holds it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// A unit that ends like this is better the more there is; every other, the less.
const PER_SECOND: &str = "/s";

/// All figures of a run.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Report {
    /// Those without a group first, else in the order in which they were measured.
    pub(super) results: Vec<Row>,
    /// How long requests took, where that was counted; older reports have none.
    #[serde(default)]
    pub(super) latencies: Vec<Latency>,
}

/// One figure.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Row {
    /// What was measured.
    pub(super) name: String,
    /// Its unit, from which follows which direction is better.
    pub(super) unit: String,
    /// The figure; nothing where it was not to be had.
    pub(super) median: Option<f64>,
    /// What it should be, at the most or at the least.
    pub(super) target: Option<f64>,
    /// Who did the same in the same run, and does it best.
    pub(super) yardstick: Option<String>,
    /// What that one took.
    pub(super) yardstick_median: Option<f64>,
    /// How many times better than the yardstick ours is.
    pub(super) ratio: Option<f64>,
    /// Whether the figure is what it should be; nothing where nothing is asked.
    pub(super) met: Option<bool>,
}

/// How long the requests of a line took, in microseconds.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Latency {
    /// The line whose requests they are.
    pub(super) name: String,
    /// The time within which half of them were answered; the others likewise.
    pub(super) p50: Option<f64>,
    pub(super) p90: Option<f64>,
    pub(super) p99: Option<f64>,
    pub(super) p999: Option<f64>,
    /// The longest.
    pub(super) max: Option<f64>,
    /// Where a step begins, where it ends, and how many fell into it.
    pub(super) steps: Vec<(f64, f64, u64)>,
}

/// What a bench writes on a line.
enum Line {
    Row(Row),
    Latency(Latency),
}

impl Line {
    fn read(text: &str) -> serde_json::Result<Self> {
        let value: serde_json::Value = serde_json::from_str(text)?;
        // Not left to serde's guess, whose errors do not say what is wrong.
        match value.get("steps") {
            Some(_) => serde_json::from_value(value).map(Self::Latency),
            None => serde_json::from_value(value).map(Self::Row),
        }
    }
}

impl Report {
    /// Reads an earlier report.
    pub(super) fn load(path: &Path) -> Result<Self> {
        let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("{} is no report", path.display()))
    }

    /// Reads what the benches wrote, line by line.
    pub(super) fn gather(path: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut report = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line =
                Line::read(line).with_context(|| format!("{}:{}", path.display(), index + 1))?;
            match line {
                Line::Row(row) => report.results.push(row),
                Line::Latency(latency) => report.latencies.push(latency),
            }
        }
        // What belongs to no group is what a reader looks for first.
        report.results.sort_by_key(|row| !row.group().is_empty());
        Ok(report)
    }

    /// Writes it.
    pub(super) fn save(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// The figure of this name, where it was measured.
    pub(super) fn row(&self, name: &str) -> Option<&Row> {
        self.results.iter().find(|row| row.name == name)
    }

    /// How many targets there are, and how many were met.
    pub(super) fn targets(&self) -> (usize, usize) {
        let met: Vec<bool> = self.results.iter().filter_map(|row| row.met).collect();
        (met.len(), met.iter().filter(|met| **met).count())
    }
}

impl Row {
    /// Whether a higher figure is a better one.
    pub(super) fn more_is_better(&self) -> bool {
        self.unit.ends_with(PER_SECOND)
    }

    /// How many times better this is than it was in `before`.
    pub(super) fn gain(&self, before: &Report) -> Option<f64> {
        let row = before.row(&self.name).filter(|row| row.unit == self.unit)?;
        let (now, then) = (self.median?, row.median?);
        let gain = if self.more_is_better() { now / then } else { then / now };
        gain.is_finite().then_some(gain)
    }

    /// The part of the name before the first slash: what belongs together.
    pub(super) fn group(&self) -> &str {
        self.name.split_once('/').map_or("", |(group, _)| group)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A row with a yardstick and a target.
    pub(in crate::bench) fn row(name: &str, unit: &str, median: f64) -> Row {
        Row {
            name: name.to_owned(),
            unit: unit.to_owned(),
            median: Some(median),
            target: Some(10.0),
            yardstick: Some("other".to_owned()),
            yardstick_median: Some(20.0),
            ratio: Some(20.0 / median),
            met: Some(median <= 10.0),
        }
    }

    /// Requests of which two took up to 10 us and one up to 1 ms.
    pub(in crate::bench) fn latency(name: &str) -> Latency {
        Latency {
            name: name.to_owned(),
            p50: Some(10.0),
            p90: Some(1000.0),
            p99: Some(1000.0),
            p999: Some(1000.0),
            max: Some(1000.0),
            steps: vec![(9.0, 10.0, 2), (900.0, 1000.0, 1)],
        }
    }

    /// A report of these rows, and nothing else.
    pub(in crate::bench) fn of(results: Vec<Row>) -> Report {
        Report { results, ..Report::default() }
    }

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.json");
        let empty = Row { median: None, target: None, ..row("b", "/s", 0.0) };
        let results = vec![row("a/b", "ns", 5.0), empty];
        Report { results, latencies: vec![latency("a/b")] }.save(&path).unwrap();
        let report = Report::load(&path).unwrap();
        assert_eq!(report.latencies[0].steps, latency("a/b").steps);
        assert_eq!(report.row("a/b").unwrap().median, Some(5.0));
        assert_eq!(report.row("a/b").unwrap().group(), "a");
        assert_eq!(report.row("b").unwrap().median, None);
        let keys: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let mut keys: Vec<_> = keys["results"][0].as_object().unwrap().keys().cloned().collect();
        keys.sort();
        let all = "median met name ratio target unit yardstick yardstick_median";
        assert_eq!(keys.join(" "), all);
    }

    #[test]
    fn lines_that_are_no_rows_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lines");
        let good = serde_json::to_string(&row("a", "ns", 5.0)).unwrap();
        let times = serde_json::to_string(&latency("a")).unwrap();
        fs::write(&path, format!("{good}\n{times}\n{good}\n")).unwrap();
        let report = Report::gather(&path).unwrap();
        assert_eq!((report.targets(), report.latencies.len()), ((2, 2), 1));
        fs::write(&path, format!("{good}\n{{\n")).unwrap();
        let error = format!("{:#}", Report::gather(&path).unwrap_err());
        assert!(error.contains("lines:2"), "{error}");
        fs::write(&path, "{\"name\":\"a\",\"steps\":[]}\n{\"steps\":7}\n").unwrap();
        let error = format!("{:#}", Report::gather(&path).unwrap_err());
        assert!(error.contains("lines:2"), "{error}");
    }

    #[test]
    fn gains_have_a_direction() {
        let before = of(vec![row("a", "ns", 6.0), row("b", "/s", 6.0)]);
        let check = |row: &Row, gain| assert_eq!(row.gain(&before), gain, "{}", row.name);
        check(&row("a", "ns", 3.0), Some(2.0));
        check(&row("b", "/s", 3.0), Some(0.5));
        check(&row("a", "us", 3.0), None);
        check(&row("c", "ns", 3.0), None);
    }
}
