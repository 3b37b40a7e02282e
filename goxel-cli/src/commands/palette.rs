//! The colours that a project keeps to pick from.

use anyhow::Result;
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::Value;

use super::table::swatch;
use super::values::{colour, count, counted, hex, text};
use super::{Action, Layers, NO_LAYERS, OutputStyle, Traits, last};
use crate::parse::Colour;

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Palette {
    /// The new colours; none lists those that are there
    #[arg(id = "colors", value_name = "COLOR")]
    colours: Vec<Colour>,
    /// Remove all
    #[arg(long, conflicts_with = "colors")]
    clear: bool,
}

impl Action for Palette {
    const ABOUT: &str = "List the colours that the project keeps to pick from, or set them";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        if self.colours.is_empty() && !self.clear {
            requests.call(Method::GetPalette, |_| ());
            return Ok(());
        }
        requests.call(Method::SetPalette, |writer| {
            writer.key("colors").array(|writer| {
                self.colours.iter().for_each(|Colour(rgba)| writer.element(*rgba));
            });
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], style: OutputStyle) -> Result<String> {
        let result = last(results)?;
        Ok(match result.get("colors") {
            Some(colours) => show_colours(&colours, style),
            None => format!("{} in the palette", counted(count(result, "count"), "colour")),
        })
    }
}

/// One line a colour, with its name where it has one.
fn show_colours(colours: &Value<'_>, style: OutputStyle) -> String {
    let line = |entry: Value<'_>| {
        let rgba = entry.get("rgba").and_then(|rgba| colour(&rgba)).unwrap_or_default();
        let name = entry.get("name").map(|_| format!("  {}", text(&entry, "name")));
        format!("{}{}{}", swatch(rgba, style.colour), hex(rgba), name.unwrap_or_default())
    };
    let lines: Vec<_> = colours.elements().map(line).collect();
    if lines.is_empty() { "no colours".to_owned() } else { lines.join("\n") }
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{sends, shows};

    #[test]
    fn requests() {
        sends("palette", &[r#"goxel.get_palette { "project": "p" }"#]);
        sends(
            "palette red 0000ff88",
            &[
                r#"goxel.set_palette { "colors": [ [ 255, 0, 0, 255 ], [ 0, 0, 255, 136 ] ], "project": "p" }"#,
            ],
        );
        sends("palette --clear", &[r#"goxel.set_palette { "colors": [], "project": "p" }"#]);
    }

    #[test]
    fn results() {
        shows(
            "palette",
            &[
                r##"{"count": 2, "colors": [{ "hex": "#FF0000FF", "rgba": [ 255, 0, 0, 255 ] }, { "rgba": [ 1, 2, 3, 4 ], "name": "moss" }]}"##,
            ],
            "#ff0000ff\n#01020304  moss",
        );
        shows("palette", &[r#"{"count": 0, "colors": []}"#], "no colours");
        shows("palette red", &[r#"{"success": true, "count": 1}"#], "1 colour in the palette");
    }
}
