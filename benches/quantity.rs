//! [`quantity`]: a figure and its unit, as people read it.

/// What a unit becomes when there is much of it: from how much on, and what it is called then. The
/// last step that fits is taken.
const STEPS: [(&str, &[(f64, &str)]); 5] = [
    ("ns", &[(1e4, "us"), (1e7, "ms"), (1e10, "s")]),
    ("us", &[(1e4, "ms"), (1e7, "s")]),
    ("ms", &[(1e4, "s")]),
    ("B", &[(10_240.0, "KiB"), (10_485_760.0, "MiB")]),
    ("KiB", &[(10_240.0, "MiB")]),
];
/// What stands before a unit of which there are so many.
const LETTERS: [(f64, &str); 3] = [(1e9, "G"), (1e6, "M"), (1e4, "k")];

/// The figure with three digits that count, in the multiple of its unit in which it needs no more.
#[must_use]
pub fn quantity(figure: f64, unit: &str) -> String {
    let steps = STEPS.iter().find(|(name, _)| *name == unit).map(|(_, steps)| *steps);
    match steps {
        Some(steps) => stepped(figure, unit, steps),
        None => lettered(figure, unit),
    }
}

fn stepped(figure: f64, unit: &str, steps: &[(f64, &str)]) -> String {
    let step = steps.iter().rev().find(|(from, _)| figure.abs() >= *from);
    let Some((from, name)) = step else { return format!("{} {unit}", digits(figure)) };
    // A step begins at ten of the unit that it leads to.
    format!("{} {name}", digits(figure * 10.0 / from))
}

fn lettered(figure: f64, unit: &str) -> String {
    let Some((from, letter)) = LETTERS.iter().find(|(from, _)| figure.abs() >= *from) else {
        return format!("{} {unit}", digits(figure));
    };
    let divisor = if *letter == "k" { 1e3 } else { *from };
    let gap = if unit.starts_with('/') { "" } else { " " };
    format!("{}{gap}{letter}{unit}", digits(figure / divisor))
}

fn digits(figure: f64) -> String {
    match figure.abs() {
        0.0..10.0 => format!("{figure:.2}"),
        10.0..100.0 => format!("{figure:.1}"),
        _ => format!("{figure:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        let check =
            |figure, unit, expected: &str| assert_eq!(quantity(figure, unit), expected, "{figure}");
        check(0.0, "ns", "0.00 ns");
        check(4.816, "ns", "4.82 ns");
        check(9999.0, "ns", "9999 ns");
        check(13_900.0, "ns", "13.9 us");
        check(13_900_000.0, "ns", "13.9 ms");
        check(580_000.0, "us", "580 ms");
        check(12_345.0, "KiB", "12.1 MiB");
        check(65_536.0, "B", "64.0 KiB");
        check(17_000.0, "/s", "17.0k/s");
        check(2_130_000.0, "/s", "2.13M/s");
        check(30_900_000.0, "voxels/s", "30.9 Mvoxels/s");
        check(1.08, "GB/s", "1.08 GB/s");
        check(2.52, "x", "2.52 x");
    }
}
