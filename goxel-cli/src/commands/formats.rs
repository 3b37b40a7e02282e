//! The formats of files.

use anyhow::Result;
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::Value;

use super::values::text;
use super::{Action, Layers, NO_LAYERS, OutputStyle, Traits, last};

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Formats {}

impl Action for Formats {
    const ABOUT: &str = "List the formats of files that can be read or written";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::ListFormats, |_| ());
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        let mut lines = Vec::new();
        for format in last(results)?.get("formats").iter().flat_map(Value::elements) {
            let can = |what| format.get(what).is_some_and(|can| can.raw() == b"true");
            let way = match (can("reads"), can("writes")) {
                (true, true) => "read, written",
                (true, false) => "read",
                _ => "written",
            };
            lines.push(format!(
                "{:<10} {way:<14} {}",
                text(&format, "name"),
                text(&format, "about")
            ));
        }
        Ok(lines.join("\n"))
    }
}
