//! [`Text`]: figures in the text form that Prometheus reads, version 0.0.4. The daemon has no
//! HTTP: a timer writes the text where a node exporter's text collector finds it.

use std::fmt::{Display, Write as _};

use super::Latency;

/// What all names begin with.
const PREFIX: &str = "goxel_";

/// Figures, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Text(String);

impl Text {
    /// A figure that goes up and down.
    pub(crate) fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.one("gauge", name, help, value);
    }

    /// A figure that only goes up.
    pub(crate) fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.one("counter", name, help, value);
    }

    fn one(&mut self, kind: &str, name: &str, help: &str, value: impl Display) {
        self.head(kind, name, help);
        let _ = writeln!(self.0, "{PREFIX}{name} {value}");
    }

    /// A figure for each of several: the label's name, and pairs of its value and the figure.
    pub(crate) fn gauges<V: Display>(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = (String, V)>,
    ) {
        self.head("gauge", name, help);
        for (of, value) in values {
            let _ = writeln!(self.0, "{PREFIX}{name}{{{label}=\"{}\"}} {value}", escaped(&of));
        }
    }

    /// What is known of the calls of each method.
    pub(crate) fn calls<'a>(
        &mut self,
        methods: impl Iterator<Item = (&'static str, &'a Latency)> + Clone,
    ) {
        let name = "call_duration_seconds";
        self.head("histogram", name, "How long calls took, by method, with what they waited.");
        for (method, latency) in methods.clone() {
            let count = latency.count();
            for (end, so_far) in latency.steps() {
                let labels = format_args!("method=\"{method}\",le=\"{end}\"");
                let _ = writeln!(self.0, "{PREFIX}{name}_bucket{{{labels}}} {so_far}");
            }
            let _ = writeln!(
                self.0,
                "{PREFIX}{name}_bucket{{method=\"{method}\",le=\"+Inf\"}} {count}"
            );
            let sum = latency.sum().as_secs_f64();
            let _ = writeln!(self.0, "{PREFIX}{name}_sum{{method=\"{method}\"}} {sum}");
            let _ = writeln!(self.0, "{PREFIX}{name}_count{{method=\"{method}\"}} {count}");
        }
        self.head(
            "counter",
            "call_errors_total",
            "Calls that were answered with an error, by method.",
        );
        for (method, latency) in methods {
            let errors = latency.errors();
            let _ = writeln!(self.0, "{PREFIX}call_errors_total{{method=\"{method}\"}} {errors}");
        }
    }

    fn head(&mut self, kind: &str, name: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {PREFIX}{name} {help}\n# TYPE {PREFIX}{name} {kind}");
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

/// A label's value: a project may be called whatever its owner likes.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_text_is_what_prometheus_reads() {
        let mut text = Text::default();
        text.gauge("connections", "Clients.", 3);
        let names = [("a\"b\\c\nd".to_owned(), 7)];
        text.gauges("project_bytes", "Bytes.", "project", names);
        let mut latency = Latency::default();
        latency.add(Duration::from_millis(1), true, 2);
        text.calls([("ping", &latency)].into_iter());
        let text = text.into_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[..3],
            [
                "# HELP goxel_connections Clients.",
                "# TYPE goxel_connections gauge",
                "goxel_connections 3",
            ]
        );
        assert!(lines.contains(&"goxel_project_bytes{project=\"a\\\"b\\\\c\\nd\"} 7"));
        assert!(
            lines
                .contains(&"goxel_call_duration_seconds_bucket{method=\"ping\",le=\"0.000256\"} 0")
        );
        assert!(
            lines
                .contains(&"goxel_call_duration_seconds_bucket{method=\"ping\",le=\"0.001024\"} 2")
        );
        assert!(lines.contains(&"goxel_call_duration_seconds_sum{method=\"ping\"} 0.002"));
        assert!(lines.contains(&"goxel_call_errors_total{method=\"ping\"} 2"));
        // Every sample line is a name, perhaps labels, and a number.
        for line in lines.iter().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').expect("two parts");
            assert!(name.starts_with(PREFIX) && value.parse::<f64>().is_ok(), "{line}");
        }
    }
}
