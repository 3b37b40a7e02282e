//! [`Scale`]: how long requests took, drawn: from left to right ten times longer at each line, the
//! same for all plots of a page, so that they can be compared.

use std::fmt::Write as _;

use super::quantity::quantity;

use super::report::Latency;

/// Units of a plot from left to right and from top to bottom; it is stretched to its room.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 34.0;
/// Height of a bar for something that happened at all.
const BAR_MIN: f64 = 1.5;
/// Widths of the lines between decades and of the one at the 99th percentile.
const LINE: f64 = 2.0;
const MARK: f64 = 4.0;

/// Which powers of ten, in microseconds, a plot goes from and to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    from: i32,
    to: i32,
}

impl Scale {
    /// One that has room for all; nothing where nothing was counted.
    pub(super) fn of(latencies: &[Latency]) -> Option<Self> {
        let steps = || latencies.iter().flat_map(|latency| &latency.steps);
        let least = steps().map(|(from, ..)| *from).min_by(f64::total_cmp)?;
        let most = steps().map(|(_, to, _)| *to).max_by(f64::total_cmp)?;
        let from = decade(least).floor() as i32;
        Some(Self { from, to: (decade(most).ceil() as i32).max(from + 1) })
    }

    /// A bar for each step, as high as the step is frequent, and a line at the 99th percentile.
    pub(super) fn plot(self, latency: &Latency) -> String {
        let mut svg = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" height=\"{HEIGHT}\" \
             preserveAspectRatio=\"none\" aria-hidden=\"true\">"
        );
        for decade in self.from..=self.to {
            rect(&mut svg, "grid", self.line(10f64.powi(decade), LINE), HEIGHT);
        }
        let most = latency.steps.iter().map(|(.., count)| *count).max().unwrap_or(1).max(1);
        for (from, to, count) in &latency.steps {
            let height = (HEIGHT * *count as f64 / most as f64).max(BAR_MIN);
            rect(&mut svg, "ours", (self.x(*from), self.x(*to)), height);
        }
        if let Some(p99) = latency.p99 {
            rect(&mut svg, "target", self.line(p99, MARK), HEIGHT);
        }
        svg + "</svg>"
    }

    /// What stands below the plots: a time at each line.
    pub(super) fn ticks(self) -> String {
        let tick = |decade: i32| {
            let percent = self.x(10f64.powi(decade)) / WIDTH * 100.0;
            format!("<span style=\"left:{percent:.2}%\">{}</span>", label(decade))
        };
        (self.from..=self.to).map(tick).collect()
    }

    /// Where a time is, from the left.
    fn x(self, us: f64) -> f64 {
        let part = (decade(us) - f64::from(self.from)) / f64::from(self.to - self.from);
        part.clamp(0.0, 1.0) * WIDTH
    }

    /// A line of this width at a time, within the plot.
    fn line(self, us: f64, width: f64) -> (f64, f64) {
        let left = (self.x(us) - width / 2.0).clamp(0.0, WIDTH - width);
        (left, left + width)
    }
}

/// The percentiles in words.
pub(super) fn notes(latency: &Latency) -> Vec<String> {
    let Latency { p50, p90, p99, p999, max, .. } = latency;
    let named =
        [("half within", p50), ("90%", p90), ("99%", p99), ("99.9%", p999), ("longest", max)];
    let note = |(name, us): (&str, &Option<f64>)| {
        us.map(|us| format!("<span>{name} {}</span>", quantity(us, "us")))
    };
    named.into_iter().filter_map(note).collect()
}

/// The power of ten that a time is; of less than a nanosecond, that of one.
fn decade(us: f64) -> f64 {
    us.max(1e-3).log10()
}

/// A power of ten of microseconds, in the unit in which it is at most 100.
fn label(decade: i32) -> String {
    let (unit, power) = match decade {
        ..0 => ("ns", decade + 3),
        0..3 => ("us", decade),
        3..6 => ("ms", decade - 3),
        6.. => ("s", decade - 6),
    };
    format!("{} {unit}", 10f64.powi(power))
}

/// A rectangle that stands on the ground of the plot.
fn rect(svg: &mut String, class: &str, (left, right): (f64, f64), height: f64) {
    let (y, width) = (HEIGHT - height, right - left);
    let _ = write!(
        svg,
        "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
         height=\"{height:.1}\"/>"
    );
}

#[cfg(test)]
mod tests {
    use super::super::report::tests::latency;
    use super::*;

    #[test]
    fn scales_have_room_for_all() {
        let check = |steps: &[(f64, f64)], expected: Option<(i32, i32)>| {
            let steps = steps.iter().map(|&(from, to)| (from, to, 1)).collect();
            let scale = Scale::of(&[Latency { steps, ..latency("a") }]);
            assert_eq!(scale, expected.map(|(from, to)| Scale { from, to }));
        };
        check(&[], None);
        check(&[(9.0, 10.0), (900.0, 1000.0)], Some((0, 3)));
        check(&[(10.0, 11.0)], Some((1, 2)));
        check(&[(0.0, 0.001)], Some((-3, -2)));
    }

    #[test]
    fn each_decade_is_as_wide_and_has_its_time() {
        let scale = Scale { from: 1, to: 6 };
        let expected = "10 us 100 us 1 ms 10 ms 100 ms 1 s";
        let ticks: Vec<_> = (1..=6).map(label).collect();
        assert_eq!(ticks.join(" "), expected);
        assert_eq!([10.0, 1e2, 1e4, 1e6, 1e9].map(|us| scale.x(us)), [0.0, 200.0, 600.0, 1e3, 1e3]);
        assert!(scale.ticks().contains("<span style=\"left:20.00%\">100 us</span>"));
    }

    #[test]
    fn a_bar_for_each_step_and_the_most_frequent_is_highest() {
        let latency = latency("a");
        let plot = Scale { from: 0, to: 3 }.plot(&latency);
        assert_eq!(plot.matches("class=\"ours\"").count(), latency.steps.len());
        assert_eq!(plot.matches("class=\"grid\"").count(), 4);
        assert!(plot.contains("class=\"ours\" x=\"318.1\" y=\"0.0\" width=\"15.3\""), "{plot}");
        assert!(plot.contains("class=\"ours\" x=\"984.7\" y=\"17.0\" width=\"15.3\""), "{plot}");
        assert!(plot.contains("class=\"target\" x=\"996.0\""), "{plot}");
    }

    #[test]
    fn percentiles_in_words() {
        assert_eq!(notes(&latency("a"))[0], "<span>half within 10.0 us</span>");
        let none = Latency { p50: None, p90: None, ..latency("a") };
        assert_eq!(notes(&none).len(), 3);
    }
}
