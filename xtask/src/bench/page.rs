//! [`html`]: the report as a page that needs nothing else.
//!
//! A row for each figure, with bars whose length is how good something is against the best of the
//! row, whatever the unit: longer is always better. The text stands outside of the drawing, so
//! that it wraps on a narrow screen.

use std::fmt::Write as _;

use super::quantity::quantity;

use super::latency::{Scale, notes as percentiles};
use super::report::{Latency, Report, Row};

/// Colours, light and dark, and the layout, wide and narrow.
const STYLE: &str = include_str!("page.css");
/// Units of a drawing from left to right; it is stretched to the room there is.
const WIDTH: f64 = 1000.0;
/// Height of a bar, and from one to the next.
const BAR: usize = 9;
const STEP: usize = 12;
/// What a run says that did everything once.
const QUICK: &str =
    "<p class=\"missed\">A quick run: everything runs. The figures mean nothing.</p>\n";
/// What is said where times of requests are drawn.
const LATENCIES: &str = "<p>Requests a second, and how long they took: the higher a bar, the more \
    took so long; the line is the 99th percentile. Each step of the scale is ten times longer.</p>\n";
/// How the line is called that is the 99th percentile of another.
const P99: &str = "/p99";
/// What figures without a group stand under.
const UNGROUPED: &str = "startup, requests and buffers";

/// The page. With an earlier report, each figure has a bar for what it was.
pub(super) fn html(report: &Report, before: Option<&Report>, quick: bool) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Goxel: measured</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    );
    head(&mut page, report, before.is_some());
    if quick {
        page.push_str(QUICK);
    }
    for group in groups(report) {
        list(&mut page, group, report, before);
    }
    page.push_str("</body>\n</html>\n");
    page
}

/// The figures of a group; the times of requests have a scale below them.
fn list(page: &mut String, group: &str, report: &Report, before: Option<&Report>) {
    let title = if group.is_empty() { UNGROUPED } else { group };
    let _ = writeln!(page, "<h2>{}</h2>", escape(title));
    let rows: Vec<_> = report.results.iter().filter(|row| row.group() == group).collect();
    let scale = Scale::of(&report.latencies)
        .filter(|_| rows.iter().any(|row| latency(report, row).is_some()));
    page.push_str(scale.map_or("", |_| LATENCIES));
    page.push_str("<ul>\n");
    for row in rows {
        item(page, row, row.gain_in(before), scale.zip(latency(report, row)));
    }
    if let Some(scale) = scale {
        let _ =
            writeln!(page, "<li class=\"axis\"><div class=\"ticks\">{}</div></li>", scale.ticks());
    }
    page.push_str("</ul>\n");
}

/// How long the requests took that a row is the 99th percentile of.
fn latency<'r>(report: &'r Report, row: &Row) -> Option<&'r Latency> {
    let line = row.name.strip_suffix(P99)?;
    report.latencies.iter().find(|latency| latency.name == line)
}

fn head(page: &mut String, report: &Report, compared: bool) {
    let (all, met) = report.targets();
    let class = if met == all { "met" } else { "missed" };
    let _ = writeln!(
        page,
        "<h1>Goxel: measured</h1>\n<p class=\"sum\">{} figures. \
         <span class=\"{class}\">{met} of {all} targets met.</span></p>\n\
         <p>Medians. A yardstick did the same work in the same run. Longer bars are better, \
         whatever the unit.</p>\n<div class=\"key\"><span><i class=\"ours\"></i>Goxel</span>\
         <span><i class=\"theirs\"></i>yardstick</span>",
        report.results.len()
    );
    if compared {
        page.push_str("<span><i class=\"before\"></i>before</span>");
    }
    page.push_str("<span><i class=\"target\"></i>target</span></div>\n");
}

/// The groups in the order in which they first appear.
fn groups(report: &Report) -> Vec<&str> {
    let mut groups = Vec::new();
    for row in &report.results {
        if !groups.contains(&row.group()) {
            groups.push(row.group());
        }
    }
    groups
}

fn item(page: &mut String, row: &Row, gain: Option<f64>, took: Option<(Scale, &Latency)>) {
    let median = row.median.map_or("-".to_owned(), |median| quantity(median, &row.unit));
    let name = breakable(row.name.trim_start_matches(row.group()).trim_start_matches('/'));
    let median = escape(&median);
    let _ =
        writeln!(page, "<li><div class=\"name\">{name}</div><div class=\"median\">{median}</div>");
    page.push_str("<div>");
    drawing(page, row, gain);
    page.push_str(&took.map_or(String::new(), |(scale, latency)| scale.plot(latency)));
    page.push_str("</div>\n");
    let mut notes = notes(row, gain);
    notes.extend(took.into_iter().flat_map(|(_, latency)| percentiles(latency)));
    if !notes.is_empty() {
        let _ = writeln!(page, "<div class=\"note\">{}</div>", notes.concat());
    }
    page.push_str("</li>\n");
}

/// How good something is, where ours is 1.
struct Bars {
    bars: Vec<(&'static str, f64)>,
    target: Option<f64>,
}

impl Bars {
    fn of(row: &Row, gain: Option<f64>) -> Self {
        let mut bars = vec![("ours", 1.0)];
        bars.extend(row.ratio.map(|ratio| ("theirs", 1.0 / ratio)));
        bars.extend(gain.map(|gain| ("before", 1.0 / gain)));
        bars.retain(|(_, length)| length.is_finite());
        let target = row.target.zip(row.median).map(|(target, median)| {
            if row.more_is_better() { target / median } else { median / target }
        });
        Self { bars, target: target.filter(|target| target.is_finite()) }
    }

    fn longest(&self) -> f64 {
        self.bars.iter().map(|(_, length)| *length).chain(self.target).fold(0.0, f64::max)
    }
}

fn drawing(page: &mut String, row: &Row, gain: Option<f64>) {
    let bars = Bars::of(row, gain);
    // A bar that stands beside nothing says nothing.
    if row.median.is_none() || (bars.bars.len() == 1 && bars.target.is_none()) {
        return;
    }
    let scale = WIDTH / bars.longest();
    let height = bars.bars.len() * STEP;
    let _ = write!(
        page,
        "<svg viewBox=\"0 0 {WIDTH} {height}\" height=\"{height}\" \
         preserveAspectRatio=\"none\" aria-hidden=\"true\">"
    );
    for (index, (class, length)) in bars.bars.iter().enumerate() {
        let (y, width) = (index * STEP + 1, (length * scale).max(2.0));
        let _ = write!(
            page,
            "<rect class=\"{class}\" x=\"0\" y=\"{y}\" width=\"{width:.1}\" height=\"{BAR}\"/>"
        );
    }
    if let Some(target) = bars.target {
        let x = (target * scale).min(WIDTH - 4.0);
        let _ = write!(
            page,
            "<rect class=\"target\" x=\"{x:.1}\" y=\"0\" width=\"4\" height=\"{height}\"/>"
        );
    }
    page.push_str("</svg>");
}

fn notes(row: &Row, gain: Option<f64>) -> Vec<String> {
    let mut notes = Vec::new();
    if let (Some(target), Some(met)) = (row.target, row.met) {
        let (class, word) = if met { ("met", "met") } else { ("missed", "missed") };
        let sign = if row.more_is_better() { "at least" } else { "at most" };
        let target = quantity(target, &row.unit);
        notes.push(format!("<span class=\"{class}\">{word}: {sign} {target}</span>"));
    }
    if let (Some(name), Some(median), Some(ratio)) =
        (&row.yardstick, row.yardstick_median, row.ratio)
    {
        let [name, median] = [escape(name), quantity(median, &row.unit)];
        notes.push(format!("<span>{name} {median} ({ratio:.2}x)</span>"));
    }
    notes.extend(gain.map(|gain| format!("<span>before ({gain:.2}x)</span>")));
    notes
}

impl Row {
    fn gain_in(&self, before: Option<&Report>) -> Option<f64> {
        before.and_then(|before| self.gain(before))
    }
}

/// A name that may be broken between its words, and nowhere else.
fn breakable(name: &str) -> String {
    escape(name).replace('/', "/<wbr>").replace('_', "_<wbr>")
}

/// Text that HTML takes as text.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::report::tests::{latency, of, row};
    use super::*;

    #[test]
    fn every_row_is_on_the_page() {
        let yardstick = Some("Mutex<VecDeque>".to_owned());
        let none = Row { median: None, ratio: None, ..row("c/d", "/s", 1.0) };
        let first = Row { yardstick, ..row("a", "ns", 5.0) };
        let report = of(vec![first, row("c/b", "ms", 20.0), none]);
        let page = html(&report, Some(&report), false);
        for part in [
            "startup, requests",
            "<h2>c</h2>",
            "Mutex&lt;VecDeque&gt;",
            "met: at most 10.0 ns",
            "missed: at most 10.0 ms",
            "before (1.00x)",
            "prefers-color-scheme: dark",
        ] {
            assert!(page.contains(part), "{part}");
        }
        assert_eq!(page.matches("<li>").count(), 3);
        assert_eq!(page.matches("<svg").count(), 2);
        assert!(!page.contains(QUICK) && html(&report, None, true).contains(QUICK));
        assert!(!page.contains("NaN") && !page.contains("http"));
    }

    #[test]
    fn times_of_requests_are_drawn_where_their_percentile_stands() {
        let latencies = vec![latency("c/b")];
        let bare =
            |name: &str| Row { target: None, ratio: None, met: None, ..row(name, "us", 1.0) };
        let results = vec![row("a", "ns", 5.0), bare("c/b"), bare("c/b/p99"), bare("c/d/p99")];
        let page = html(&Report { results, latencies }, None, false);
        let (before, after) = page.split_once("b/<wbr>p99").unwrap();
        assert_eq!((before.matches("<svg").count(), after.matches("<svg").count()), (1, 1));
        assert_eq!(
            (before.matches(LATENCIES).count(), page.matches("class=\"axis\"").count()),
            (1, 1)
        );
        assert!(after.contains("half within 10.0 us"), "{after}");
    }

    #[test]
    fn longer_is_better_whatever_the_unit() {
        let bars = Bars::of(&row("a", "ns", 5.0), Some(0.5));
        assert_eq!(bars.bars, [("ours", 1.0), ("theirs", 0.25), ("before", 2.0)]);
        assert_eq!((bars.target, bars.longest()), (Some(0.5), 2.0));
        let rate = Row { ratio: None, ..row("a", "/s", 5.0) };
        assert_eq!(Bars::of(&rate, None).target, Some(2.0));
    }
}
