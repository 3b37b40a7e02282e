//! [`text`]: what a profile gained, as a table.

use std::fmt::Write as _;

use goxel_benches::quantity;

use crate::bench::Row;

/// What two measurements of one program differ by at most, on a machine with other work: a program
/// beside a copy of itself came out within this.
const NOISE: f64 = 0.03;

/// A line for each figure, and how many are better.
pub(super) fn text(rows: &[Row]) -> String {
    let mut text = format!("{:38} {:>12} {:>12} {:>7}\n", "", "release", "profile", "gained");
    let (mut faster, mut slower) = (0, 0);
    for row in rows {
        let shown = |figure: Option<f64>| {
            figure.map_or("-".to_owned(), |figure| quantity(figure, &row.unit))
        };
        let [plain, ours] = [row.yardstick_median, row.median].map(shown);
        let ratio = row.ratio.unwrap_or(f64::NAN);
        let _ = writeln!(text, "{:38} {plain:>12} {ours:>12} {ratio:>6.2}x", row.name);
        faster += usize::from(ratio > 1.0 + NOISE);
        slower += usize::from(ratio < 1.0 - NOISE);
    }
    let alike = rows.len() - faster - slower;
    let percent = NOISE * 100.0;
    let _ = write!(text, "Faster: {faster}. Alike, within {percent} %: {alike}. Slower: {slower}.");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faster_alike_and_slower() {
        let row = |name: &str, median: f64| Row {
            name: name.to_owned(),
            unit: "/s".to_owned(),
            median: Some(median),
            target: None,
            yardstick: Some("release".to_owned()),
            yardstick_median: Some(1e6),
            ratio: Some(median / 1e6),
            met: None,
        };
        let rows = [row("a", 2e6), row("b", 1.02e6), row("c", 0.98e6), row("d", 0.9e6)];
        let text = text(&rows);
        let lines: Vec<Vec<_>> =
            text.lines().map(|line| line.split_whitespace().collect()).collect();
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(lines[1], words("a 1.00M/s 2.00M/s 2.00x"));
        assert_eq!(lines[5], words("Faster: 1. Alike, within 3 %: 2. Slower: 1."));
        let lengths = text.lines().take(5).map(str::len);
        assert!(lengths.collect::<std::collections::HashSet<_>>().len() == 1, "{text}");
    }
}
