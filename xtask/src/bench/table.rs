//! [`text`]: the report as a table for a terminal.

use std::fmt::Write as _;

use super::quantity::quantity;

use super::report::{Report, Row};

/// The table. With an earlier report, a column says how many times better each figure became.
pub(super) fn text(report: &Report, before: Option<&Report>) -> String {
    let widest = report.results.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    let [name, median, target, ratio] = ["", "median", "target", "ratio"];
    let _ = write!(text, "{name:widest$} {median:>16} {target:>16} {ratio:>15}");
    let _ = writeln!(text, "{}  yardstick", before.map_or("", |_| "   before"));
    for row in &report.results {
        let _ = writeln!(text, "{:widest$} {}", row.name, line(row, before));
    }
    let (all, met) = report.targets();
    let _ = writeln!(text, "{} figures; {met} of {all} targets met", report.results.len());
    text
}

fn line(row: &Row, before: Option<&Report>) -> String {
    let figure =
        |value: Option<f64>| value.map_or("-".to_owned(), |value| quantity(value, &row.unit));
    let times = |value: Option<f64>| value.map_or("-".to_owned(), |ratio| format!("{ratio:.2}x"));
    let met = match row.met {
        Some(true) => "met",
        Some(false) => "MISSED",
        None => "",
    };
    let target = row.target.map_or(String::new(), |target| quantity(target, &row.unit));
    let median = figure(row.median);
    let mut line = format!("{median:>16} {target:>16} {met:6} {:>8}", times(row.ratio));
    if let Some(before) = before {
        let _ = write!(line, " {:>8}", times(row.gain(before)));
    }
    if let Some(yardstick) = &row.yardstick {
        let _ = write!(line, "  {yardstick} {}", figure(row.yardstick_median));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::super::report::tests::{of, row};
    use super::*;

    #[test]
    fn a_line_for_each_figure() {
        let before = of(vec![row("a", "ns", 10.0)]);
        let missed = Row { yardstick: None, ratio: None, ..row("voxel_ops/long", "voxels/s", 2e6) };
        let report = of(vec![row("a", "ns", 5.0), missed]);
        let expected = [
            "                         median           target           ratio   before  yardstick",
            "a                       5.00 ns          10.0 ns met       4.00x    2.00x  other 20.0 ns",
            "voxel_ops/long   2.00 Mvoxels/s    10.0 voxels/s MISSED        -        -",
            "2 figures; 1 of 2 targets met",
        ];
        let text = text(&report, Some(&before));
        assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    }
}
