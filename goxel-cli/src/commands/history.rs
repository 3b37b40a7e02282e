//! The state of a project: what it is, and what can be undone.

use anyhow::Result;
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::Value;

use super::reading::{Bbox, show_bounds};
use super::shared::OnLayer;
use super::values::{count, counted, flag, raw, text};
use super::{Action, Layers, NO_LAYERS, OutputStyle, Traits, last};
use crate::parse::LayerSpec;

/// Steps that can be taken at once: more than the history of most projects has.
const STEPS: std::ops::RangeInclusive<i64> = 1..=65_536;

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Info {}

impl Info {
    /// Gives the state of a project.
    pub(crate) const METHOD: Method = Method::GetStatus;
}

impl Action for Info {
    const ABOUT: &str = "Say how the project is";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn json(&self, results: &[Value<'_>]) -> String {
        let [status, bounds, history] = results else { return String::new() };
        let (status, bounds, history) = (raw(status), raw(bounds), raw(history));
        format!("{{ \"status\": {status}, \"bounding_box\": {bounds}, \"history\": {history} }}")
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Self::METHOD, |_| ());
        Bbox::call(&OnLayer { layer: Some(LayerSpec::All) }, requests);
        requests.call(History::METHOD, |_| ());
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        let [status, bounds, history] = results else { return Ok(String::new()) };
        let edges = ["width", "height", "depth"].map(|edge| count(status, edge).to_string());
        let read_only = if flag(status, "read_only") { " (read only)" } else { "" };
        let lines = [
            format!("project  {}{read_only}", text(status, "name")),
            format!("size     {}", edges.join(" x ")),
            format!("layers   {}", counted(count(status, "layer_count"), "layer")),
            format!("voxels   {}", counted(count(status, "voxel_count"), "voxel")),
            format!("bounds   {}", show_bounds(bounds)),
            format!("history  {}", show_history(history)),
            format!("daemon   {}", text(status, "version")),
        ];
        Ok(lines.join("\n"))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Undo {
    /// How many
    #[arg(default_value_t = 1, value_parser = clap::value_parser!(u32).range(STEPS))]
    steps: u32,
}

impl Action for Undo {
    const ABOUT: &str = "Take back the last changes";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        (0..self.steps).for_each(|_| requests.call(Method::Undo, |_| ()));
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show_steps("undone", results))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Redo {
    /// How many
    #[arg(default_value_t = 1, value_parser = clap::value_parser!(u32).range(STEPS))]
    steps: u32,
}

impl Action for Redo {
    const ABOUT: &str = "Do again what was last taken back";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        (0..self.steps).for_each(|_| requests.call(Method::Redo, |_| ()));
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show_steps("done again", results))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct History {}

impl History {
    pub(crate) const METHOD: Method = Method::History;
}

impl Action for History {
    const ABOUT: &str = "Say how many changes can be taken back, and how many done again";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Self::METHOD, |_| ());
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show_history(last(results)?))
    }
}

/// `undone (2 to undo, 1 to redo)`, or how many of several steps were.
fn show_steps(done: &str, results: &[Value<'_>]) -> String {
    let Some(last) = results.last() else { return String::new() };
    let steps = results.iter().filter(|result| flag(result, "success")).count() as u64;
    if steps == 0 {
        return format!("nothing to be {done}");
    }
    let steps = if results.len() > 1 { counted(steps, "step") + " " } else { String::new() };
    format!("{steps}{done} ({})", show_history(last))
}

pub(super) fn show_history(result: &Value<'_>) -> String {
    format!("{} to undo, {} to redo", count(result, "undo"), count(result, "redo"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::testing::{sends, shows};

    #[test]
    fn requests() {
        sends(
            "info",
            &[
                r#"goxel.get_status { "project": "p" }"#,
                r#"goxel.get_bounding_box { "layer_id": -2, "project": "p" }"#,
                r#"goxel.history { "project": "p" }"#,
            ],
        );
        sends("undo", &[r#"goxel.undo { "project": "p" }"#]);
        sends("redo 2", &[r#"goxel.redo { "project": "p" }"#; 2]);
        sends("history", &[r#"goxel.history { "project": "p" }"#]);
    }

    #[test]
    fn the_state_of_a_project() {
        shows(
            "info",
            &[
                r#"{"version": "15", "layer_count": 2, "read_only": false, "width": 8, "height": 8,
                    "depth": 4, "name": "castle", "voxel_count": 45678}"#,
                r#"{"empty": false, "min": [-1, 0, 0], "max": [3, 3, 3], "dimensions": [5, 4, 4]}"#,
                r#"{"undo": 3, "redo": 0}"#,
            ],
            "project  castle\nsize     8 x 8 x 4\nlayers   2 layers\nvoxels   45,678 voxels\n\
             bounds   -1,0,0 to 3,3,3 (5 x 4 x 4)\nhistory  3 to undo, 0 to redo\ndaemon   15",
        );
        shows(
            "undo",
            &[r#"{"success": true, "undo": 2, "redo": 1}"#],
            "undone (2 to undo, 1 to redo)",
        );
        let none = r#"{"success": false, "undo": 0, "redo": 2}"#;
        let one = r#"{"success": true, "undo": 0, "redo": 2}"#;
        shows("undo 2", &[one, none], "1 step undone (0 to undo, 2 to redo)");
        shows("undo", &[none], "nothing to be undone");
        shows("history", &[none], "0 to undo, 2 to redo");
    }

    #[test]
    fn results_as_json() {
        let values = ["{\"a\": 1}", "[2]", "{}"];
        let values = values.map(|text| Value::parse(text.as_bytes()).unwrap());
        assert_eq!(Undo { steps: 2 }.json(&values[..2]), "[ 2 ]");
        let all = "{ \"status\": {\"a\": 1}, \"bounding_box\": [2], \"history\": {} }";
        assert_eq!(Info {}.json(&values), all);
    }
}
