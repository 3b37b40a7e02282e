//! [`text`]: the report as a table for a terminal.

use std::fmt::Write as _;

use super::report::{Report, Row, shown};

/// The table. With an earlier report, a column says how many times better each figure became.
pub(super) fn text(report: &Report, before: Option<&Report>) -> String {
    let widest = report.results.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    let head = ["median", "target", "", "ratio"];
    let _ =
        write!(text, "{:widest$} {:>16} {:>9} {:6} {:>8}", "", head[0], head[1], head[2], head[3]);
    let _ = writeln!(text, "{}  yardstick", before.map_or("", |_| "   before"));
    for row in &report.results {
        let _ = writeln!(text, "{:widest$} {}", row.name, line(row, before));
    }
    let (all, met) = report.targets();
    let _ = writeln!(text, "{} figures; {met} of {all} targets met", report.results.len());
    text
}

fn line(row: &Row, before: Option<&Report>) -> String {
    let figure = |value: Option<f64>| value.map_or("-".to_owned(), shown);
    let times = |value: Option<f64>| value.map_or("-".to_owned(), |ratio| format!("{ratio:.2}x"));
    let met = match row.met {
        Some(true) => "met",
        Some(false) => "MISSED",
        None => "",
    };
    let mut line = format!("{:>9} {:8}", figure(row.median), row.unit);
    let target = row.target.map_or(String::new(), shown);
    let _ = write!(line, " {target:>9} {met:6} {:>8}", times(row.ratio));
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
    use super::super::report::tests::row;
    use super::*;

    #[test]
    fn a_line_for_each_figure() {
        let before = Report { results: vec![row("a", "ns", 10.0)] };
        let missed = Row { yardstick: None, ratio: None, ..row("voxel_ops/long", "voxels/s", 2e6) };
        let report = Report { results: vec![row("a", "ns", 5.0), missed] };
        let expected = "\
                  median             target           ratio   before  yardstick
a                   5.00 ns            10.0 met       4.00x    2.00x  other 20.0
voxel_ops/long     2.00M voxels/s      10.0 MISSED        -        -
2 figures; 1 of 2 targets met
";
        assert_eq!(text(&report, Some(&before)), expected);
    }
}
