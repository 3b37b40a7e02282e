//! The colours that a project keeps to pick from.

use std::str::FromStr;

use anyhow::Result;
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};

use super::table::swatch;
use super::values::{colour, count, counted, hex, text};
use super::{Action, Layers, NO_LAYERS, OutputStyle, Traits, last};
use crate::parse::Colour;

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Palette {
    /// The new colours, each with the material of its voxels where it has one; none lists those that
    /// are there
    #[arg(id = "colors", value_name = "COLOR[=MATERIAL]")]
    colours: Vec<Entry>,
    /// Remove all
    #[arg(long, conflicts_with = "colors")]
    clear: bool,
}

/// A colour, and what voxels of it are made of.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    colour: Colour,
    material: Option<String>,
}

impl FromStr for Entry {
    type Err = <Colour as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (colour, material) = match text.split_once('=') {
            Some((colour, material)) => (colour, Some(material.to_owned())),
            None => (text, None),
        };
        Ok(Self { colour: colour.parse()?, material })
    }
}

impl Entry {
    fn write(&self, writer: &mut Writer<'_>) {
        let Colour(rgba) = self.colour;
        match &self.material {
            None => writer.element(rgba),
            Some(material) => writer.item().object(|writer| {
                writer.member("color", rgba);
                writer.member("material", material);
            }),
        }
    }
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
                self.colours.iter().for_each(|entry| entry.write(writer));
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

/// One line a colour, with its name and its material where it has them.
fn show_colours(colours: &Value<'_>, style: OutputStyle) -> String {
    let line = |entry: Value<'_>| {
        let rgba = entry.get("rgba").and_then(|rgba| colour(&rgba)).unwrap_or_default();
        let name = entry.get("name").map(|_| format!("  {}", text(&entry, "name")));
        let material = entry.get("material").map(|_| format!("  ({})", text(&entry, "material")));
        let [name, material] = [name, material].map(Option::unwrap_or_default);
        format!("{}{}{name}{material}", swatch(rgba, style.colour), hex(rgba))
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
        sends(
            "palette red=glass",
            &[
                r#"goxel.set_palette { "colors": [ { "color": [ 255, 0, 0, 255 ], "material": "glass" } ], "project": "p" }"#,
            ],
        );
        sends("palette --clear", &[r#"goxel.set_palette { "colors": [], "project": "p" }"#]);
    }

    #[test]
    fn results() {
        shows(
            "palette",
            &[
                r##"{"count": 2, "colors": [{ "hex": "#FF0000FF", "rgba": [ 255, 0, 0, 255 ] }, { "rgba": [ 1, 2, 3, 4 ], "name": "moss", "material_id": 1, "material": "leaf" }]}"##,
            ],
            "#ff0000ff\n#01020304  moss  (leaf)",
        );
        shows("palette", &[r#"{"count": 0, "colors": []}"#], "no colours");
        shows("palette red", &[r#"{"success": true, "count": 1}"#], "1 colour in the palette");
    }
}
