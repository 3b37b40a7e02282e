//! Which colours there are, how often, and where.

use anyhow::Result;
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::Value;
use goxel_proto::types::Rgba;

use super::members::{write_layer, write_where};
use super::shared::OnLayer;
use super::table::{bar, swatch, table};
use super::values::{colour, count, counted, flag, grouped, hex, raw, text};
use super::{Action, All, Layers, OutputStyle, Traits, last};
use crate::parse::{Colour, Range};

/// Characters of the longest bar of a histogram.
const BAR_WIDTH: usize = 40;

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Histogram {
    /// Of this box alone
    #[arg(long, value_name = "RANGE")]
    region: Option<Range>,
    #[command(flatten)]
    on: OnLayer,
    /// How many colours, the most frequent first
    #[arg(id = "top_n", long = "top", value_name = "COUNT", default_value_t = 20)]
    top: u32,
    /// Put similar colours together: the width of a step of each channel
    #[arg(id = "bin_size", long = "bins", value_name = "1-255")]
    bins: Option<u8>,
}

impl Action for Histogram {
    const ABOUT: &str = "Count the voxels of each colour";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Together)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::GetColorHistogram, |writer| {
            write_where(self.region, writer);
            if let Some(bins) = self.bins {
                writer.member("bin_size", bins);
            }
            writer.member("top_n", self.top);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], style: OutputStyle) -> Result<String> {
        Ok(show_histogram(last(results)?, style))
    }
}

/// A colour's swatch and digits, how many voxels have it, what part of all that is, and a bar.
fn show_histogram(result: &Value<'_>, style: OutputStyle) -> String {
    let total = count(result, "total_voxels");
    let bins = result.get("histogram");
    let bins: Vec<_> = bins.iter().flat_map(Value::elements).collect();
    if bins.is_empty() {
        return "no voxels".to_owned();
    }
    let most = bins.iter().map(|bin| count(bin, "count")).max().unwrap_or(1).max(1);
    let colours: Vec<_> = bins.iter().map(rgba).collect();
    let row = |(bin, rgba): (&Value<'_>, &Rgba)| {
        let voxels = count(bin, "count");
        let percent = voxels as f64 * 100.0 / total.max(1) as f64;
        let bar = bar(voxels as f64 / most as f64, BAR_WIDTH);
        vec![hex(*rgba), grouped(voxels), format!("{percent:.1}%"), bar]
    };
    let rows = table(&["colour", ">voxels", ">share", ""], bins.iter().zip(&colours).map(row));
    let shown = with_swatches(&rows, &colours, style);
    let colours = counted(colours.len() as u64, "colour");
    let truncated = result.get("metadata").is_some_and(|metadata| flag(&metadata, "truncated"));
    let which = if truncated { "the first " } else { "" };
    format!("{shown}\n{}, {which}{colours}", counted(total, "voxel"))
}

fn rgba(value: &Value<'_>) -> Rgba {
    value.get("rgba").and_then(|value| colour(&value)).unwrap_or(Rgba::EMPTY)
}

/// Puts swatches before the lines of a table, and as much space before its head.
fn with_swatches(table: &str, colours: &[Rgba], style: OutputStyle) -> String {
    if !style.colour {
        return table.to_owned();
    }
    let mut lines = table.lines();
    let head = lines.next().map(|head| format!("   {head}"));
    let rows = lines.zip(colours).map(|(line, rgba)| swatch(*rgba, true) + line);
    head.into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Colors {
    /// Of this box alone
    #[arg(long, value_name = "RANGE")]
    region: Option<Range>,
    #[command(flatten)]
    on: OnLayer,
    /// Put together colours that are at most this far apart
    #[arg(id = "merge_threshold", long = "merge", value_name = "0-255")]
    merge: Option<u8>,
}

impl Action for Colors {
    const ABOUT: &str = "List the colours";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Together)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::GetUniqueColors, |writer| {
            write_where(self.region, writer);
            if let Some(merge) = self.merge {
                writer.member("merge_similar", true);
                writer.member("merge_threshold", merge);
            }
            writer.member("sort_by_count", true);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], style: OutputStyle) -> Result<String> {
        let colours = last(results)?.get("colors");
        let lines = colours.iter().flat_map(Value::elements).map(|value| {
            let rgba = rgba(&value);
            swatch(rgba, style.colour) + &hex(rgba)
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        Ok(if text.is_empty() { "no voxels".to_owned() } else { text })
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Find {
    /// The colour: a name such as tomato, rrggbb, r,g,b ...
    #[arg(id = "color", value_name = "COLOR")]
    colour: Colour,
    /// How far each channel may be from it
    #[arg(long, value_name = "0-255")]
    tolerance: Option<u8>,
    /// In this box alone
    #[arg(long, value_name = "RANGE")]
    region: Option<Range>,
    #[command(flatten)]
    on: OnLayer,
    /// How many places at the most
    #[arg(id = "max_results", long = "limit", value_name = "COUNT", default_value_t = 1000)]
    limit: u32,
}

impl Action for Find {
    const ABOUT: &str = "Find the voxels of a colour";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Together)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::FindVoxelsByColor, |writer| {
            writer.member("color", self.colour.0);
            if let Some(tolerance) = self.tolerance {
                writer.member("tolerance", tolerance);
            }
            write_where(self.region, writer);
            writer.member("max_results", self.limit);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show_places(last(results)?))
    }
}

/// The places, as `add-voxels` reads them, and whether there are more.
fn show_places(result: &Value<'_>) -> String {
    let places = result.get("locations");
    let lines = places.iter().flat_map(Value::elements).map(|place| {
        let axis = |name| place.get(name).map_or_else(String::new, |value| raw(&value));
        format!("{},{},{}", axis("x"), axis("y"), axis("z"))
    });
    let mut lines: Vec<_> = lines.collect();
    let matches = count(result, "match_count");
    if flag(result, "truncated") {
        lines.push(format!("# the first {} only", counted(lines.len() as u64, "place")));
    }
    if matches == 0 {
        lines.push(format!("no voxel of {}", text(result, "target_color")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{sends, shown, shows};

    #[test]
    fn requests() {
        sends(
            "histogram --region 0..3,0,0 --top 5 --bins 16 --layer 2",
            &["goxel.get_color_histogram { \
               \"region\": { \"min\": [ 0, 0, 0 ], \"max\": [ 3, 0, 0 ] }, \"bin_size\": 16, \
               \"top_n\": 5, \"layer_id\": 2, \"project\": \"p\" }"],
        );
        sends(
            "colors --merge 9",
            &["goxel.get_unique_colors { \"merge_similar\": true, \"merge_threshold\": 9, \
               \"sort_by_count\": true, \"project\": \"p\" }"],
        );
        sends(
            "find red --tolerance 3 --limit 7",
            &["goxel.find_voxels_by_color { \"color\": [ 255, 0, 0, 255 ], \"tolerance\": 3, \
               \"max_results\": 7, \"project\": \"p\" }"],
        );
    }

    const HISTOGRAM: &str = r#"{"total_voxels": 4000, "unique_colors": 2, "histogram": [
        {"rgba": [255, 0, 0, 255], "count": 3000}, {"rgba": [0, 0, 255, 255], "count": 1000}]}"#;

    #[test]
    fn histograms() {
        let bars = ["█".repeat(40), "█".repeat(13) + "▍"];
        let expected = format!(
            "colour     voxels  share\n#ff0000ff   3,000  75.0%  {}\n#0000ffff   1,000  25.0%  {}\n\
             4,000 voxels, 2 colours",
            bars[0], bars[1]
        );
        shows("histogram", &[HISTOGRAM], &expected);
        let coloured = shown("histogram", &[HISTOGRAM], true);
        assert!(coloured.starts_with("   colour"), "{coloured}");
        assert!(coloured.contains("\n\x1b[48;2;255;0;0m  \x1b[0m #ff0000ff"), "{coloured}");
        let more = r#"{"total_voxels": 4, "metadata": {"truncated": true}, "histogram": [
            {"rgba": [255, 0, 0, 255], "count": 3}]}"#;
        let told = shown("histogram --top 1", &[more], false);
        assert!(told.ends_with("\n4 voxels, the first 1 colour"), "{told}");
        shows("histogram", &[r#"{"total_voxels": 0, "histogram": []}"#], "no voxels");
    }

    #[test]
    fn lists() {
        let colours =
            r#"{"count": 2, "colors": [{"rgba": [1, 2, 3, 4]}, {"rgba": [0, 0, 0, 255]}]}"#;
        shows("colors", &[colours], "#01020304\n#000000ff");
        shows("colors", &[r#"{"colors": []}"#], "no voxels");
    }

    #[test]
    fn places() {
        let found = r#"{"match_count": 9, "truncated": true, "locations": [
            {"x": 1, "y": -2, "z": 3}, {"x": 4, "y": 5, "z": 6}]}"#;
        shows("find red --limit 2", &[found], "1,-2,3\n4,5,6\n# the first 2 places only");
        let none = r##"{"target_color": "#FF0000FF", "match_count": 0, "truncated": false}"##;
        shows("find red", &[none], "no voxel of #FF0000FF");
    }
}
