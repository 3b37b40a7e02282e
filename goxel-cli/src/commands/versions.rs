//! Older versions of a project.

use anyhow::Result;
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};

use super::table::table;
use super::values::{count, flag, grouped, numbers, raw, text};
use super::{Action, Layers, NO_LAYERS, OutputStyle, Traits, last};

/// What a version is called in help.
const A_VERSION: &str =
    "A version: its number, a tag, a time as 2026-11-27 08:15 (of UTC), or 15m for so long ago";

/// A version, as a request says it: its number, or text.
fn put_version(writer: &mut Writer<'_>, name: &str, said: &str) {
    match said.parse::<u64>() {
        Ok(number) => writer.member(name, number),
        Err(_) => writer.member(name, said),
    }
}

/// Words of a list in a result.
fn words(value: &Value<'_>, name: &str) -> Vec<String> {
    let list = value.get(name);
    let word = |word: Value<'_>| word.as_str().map(|text| text.decode().into_owned());
    list.iter().flat_map(Value::elements).filter_map(word).collect()
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Log {
    /// A project, as `projects` lists them [default: the current one]
    #[arg(value_name = "PROJECT")]
    of: Option<String>,
    /// How many versions at the most
    #[arg(short = 'n', long, value_name = "COUNT")]
    limit: Option<u32>,
    /// Only those before this version
    #[arg(long, value_name = "VERSION")]
    before: Option<u64>,
}

impl Action for Log {
    const ABOUT: &str = "List the versions of the project that can be had back";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call_of(self.of.as_deref(), Method::ListVersions, |writer| {
            if let Some(limit) = self.limit {
                writer.member("limit", limit);
            }
            if let Some(before) = self.before {
                writer.member("before", before);
            }
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        let result = last(results)?;
        let versions = result.get("versions");
        let all: Vec<_> = versions.iter().flat_map(Value::elements).collect();
        let Some(oldest) = all.last() else { return Ok("no versions".to_owned()) };
        let oldest = count(oldest, "version");
        let rows = all.iter().map(|version| {
            vec![
                count(version, "version").to_string(),
                time(version),
                what(version),
                version.get("voxels").map_or(String::new(), |_| grouped(count(version, "voxels"))),
                words(version, "tags").join(", "),
            ]
        });
        let mut list = table(&[">version", "time (UTC)", "what", ">voxels", "tags"], rows);
        if flag(result, "more") {
            list.push_str(&format!("\nthere are older ones: --before {oldest}"));
        }
        Ok(list)
    }
}

fn time(version: &Value<'_>) -> String {
    match version.get("time") {
        Some(_) => text(version, "time").replace('T', " ").trim_end_matches('Z').to_owned(),
        None => String::new(),
    }
}

/// What made a version.
fn what(version: &Value<'_>) -> String {
    let edits = count(version, "edits");
    let times = if edits > 1 { format!(" x {}", grouped(edits)) } else { String::new() };
    match version.get("method") {
        Some(_) => format!("{}{times}", text(version, "method").trim_start_matches("goxel.")),
        None if flag(version, "opened") => "opened".to_owned(),
        None => String::new(),
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Diff {
    #[arg(value_name = "VERSION", help = A_VERSION)]
    from: String,
    /// The one that it is compared with [default: what the project is now]
    #[arg(value_name = "VERSION")]
    to: Option<String>,
}

impl Action for Diff {
    const ABOUT: &str = "Say what differs between two versions of the project";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::Diff, |writer| {
            put_version(writer, "from", &self.from);
            if let Some(to) = &self.to {
                put_version(writer, "to", to);
            }
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], style: OutputStyle) -> Result<String> {
        let result = last(results)?;
        let mut lines =
            vec![format!("version {} to {}", count(result, "from"), count(result, "to"))];
        let voxels = differing(result, style);
        let within = result.get("box").map(|within| {
            format!(", in {} to {}", numbers(&within, "min"), numbers(&within, "max"))
        });
        match voxels.as_str() {
            "" => lines.push("no voxel differs".to_owned()),
            voxels => lines.push(format!("{voxels} voxels{}", within.unwrap_or_default())),
        }
        let layers = result.get("layers");
        let layers = layers.iter().flat_map(Value::elements);
        lines.extend(layers.map(|layer| layer_line(&layer, style)));
        if flag(result, "reordered") {
            lines.push("the layers lie in another order".to_owned());
        }
        let changed = words(result, "changed");
        if !changed.is_empty() {
            lines.push(format!("also changed: {}", changed.join(", ").replace('_', " ")));
        }
        Ok(lines.join("\n"))
    }
}

/// `+12 -3 ~1`, without what is 0.
fn differing(value: &Value<'_>, style: OutputStyle) -> String {
    let parts = [("added", '+', 32), ("removed", '-', 31), ("recoloured", '~', 33)];
    let part = |(name, sign, colour): (&str, char, u8)| {
        let text = match count(value, name) {
            0 => return None,
            voxels => format!("{sign}{}", grouped(voxels)),
        };
        Some(if style.colour { format!("\x1b[{colour}m{text}\x1b[0m") } else { text })
    };
    parts.into_iter().filter_map(part).collect::<Vec<_>>().join(" ")
}

fn layer_line(layer: &Value<'_>, style: OutputStyle) -> String {
    let fate = text(layer, "fate");
    let mut parts = vec![format!("  layer {} \"{}\"", count(layer, "id"), text(layer, "name"))];
    if fate != "changed" {
        parts.push(format!("({fate})"));
    }
    parts.push(differing(layer, style));
    let changed = words(layer, "changed");
    if !changed.is_empty() {
        parts.push(format!("changed: {}", changed.join(", ")));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Checkout {
    #[arg(value_name = "VERSION", help = A_VERSION)]
    version: String,
    /// Make the project itself what it was; undo takes that back
    #[arg(long)]
    in_place: bool,
    /// What to call the new project, instead of PROJECT@VERSION
    #[arg(id = "name", long = "as", value_name = "NAME", conflicts_with = "in_place")]
    name: Option<String>,
    /// Replace a project of this name although it could not be had back
    #[arg(id = "replace", long = "force", conflicts_with = "in_place")]
    force: bool,
}

impl Action for Checkout {
    const ABOUT: &str = "Have an older version of the project back";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::Restore, |writer| {
            put_version(writer, "version", &self.version);
            if let Some(name) = &self.name {
                writer.member("name", name);
            }
            if self.in_place {
                writer.member("in_place", true);
            }
            if self.force {
                writer.member("replace", true);
            }
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        let result = last(results)?;
        let (name, version) = (text(result, "name"), count(result, "version"));
        Ok(match flag(result, "in_place") {
            true if flag(result, "unchanged") => {
                format!("{name} is as it was at version {version} already")
            }
            true => format!("{name} is as it was at version {version}; undo takes that back"),
            false => format!("version {version} is project {name} now"),
        })
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Tag {
    /// The name
    #[arg(required_unless_present = "list")]
    name: Option<String>,
    /// The version that gets it [default: what the project is now]
    #[arg(value_name = "VERSION", conflicts_with = "remove")]
    version: Option<String>,
    /// List the versions that have names
    #[arg(long, conflicts_with_all = ["name", "remove"])]
    list: bool,
    /// Take the name away; the version goes when others of its time do
    #[arg(long)]
    remove: bool,
}

impl Action for Tag {
    const ABOUT: &str = "Give a version a name, and keep it for as long as it has that";

    fn traits(&self) -> Traits {
        if self.list { Traits::QUESTION } else { Traits::OTHER }
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        let Some(name) = &self.name else {
            requests.call(Method::ListVersions, |writer| {
                writer.member("limit", LISTED_MAX);
                writer.member("tagged", true);
            });
            return Ok(());
        };
        requests.call(Method::Tag, |writer| {
            writer.member("name", name);
            if let Some(version) = &self.version {
                put_version(writer, "version", version);
            }
            if self.remove {
                writer.member("remove", true);
            }
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        let result = last(results)?;
        if self.list {
            let versions = result.get("versions");
            let row = |version: Value<'_>| {
                let number = count(&version, "version").to_string();
                vec![number, time(&version), words(&version, "tags").join(", ")]
            };
            let rows: Vec<_> = versions.iter().flat_map(Value::elements).map(row).collect();
            let heads = [">version", "since (UTC)", "tags"];
            return Ok(if rows.is_empty() { "no tags".to_owned() } else { table(&heads, rows) });
        }
        let (tag, version) = (text(result, "tag"), count(result, "version"));
        Ok(match self.remove {
            true => format!("version {version} is not called \"{tag}\" any more"),
            false => format!("version {version} is called \"{tag}\""),
        })
    }
}

/// As many as the daemon tells at once.
const LISTED_MAX: u32 = 1000;

/// What a project is told of that took the place of another: how that is had back.
pub(super) fn show_replaced(result: &Value<'_>) -> String {
    match result.get("replaced_version") {
        Some(version) => format!(
            "\nwhat was called so before is its version {0}: goxel-cli checkout {0} has it back",
            raw(&version)
        ),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{parse_error, sends, shown, shows};

    #[test]
    fn requests() {
        sends("log", &["goxel.list_versions { \"project\": \"p\" }"]);
        sends(
            "log garden -n 5 --before 12",
            &[r#"goxel.list_versions { "limit": 5, "before": 12, "project": "garden" }"#],
        );
        sends("diff 3", &[r#"goxel.diff { "from": 3, "project": "p" }"#]);
        sends("diff 15m roof", &[r#"goxel.diff { "from": "15m", "to": "roof", "project": "p" }"#]);
        sends("checkout 3", &[r#"goxel.restore { "version": 3, "project": "p" }"#]);
        sends(
            "checkout '2026-11-27 08:15' --as old --force",
            &[
                r#"goxel.restore { "version": "2026-11-27 08:15", "name": "old", "replace": true, "project": "p" }"#,
            ],
        );
        sends(
            "checkout roof --in-place",
            &[r#"goxel.restore { "version": "roof", "in_place": true, "project": "p" }"#],
        );
        sends("tag roof", &[r#"goxel.tag { "name": "roof", "project": "p" }"#]);
        sends("tag roof 3", &[r#"goxel.tag { "name": "roof", "version": 3, "project": "p" }"#]);
        sends(
            "tag --remove roof",
            &[r#"goxel.tag { "name": "roof", "remove": true, "project": "p" }"#],
        );
        sends(
            "tag --list",
            &[r#"goxel.list_versions { "limit": 1000, "tagged": true, "project": "p" }"#],
        );
        for words in
            ["tag", "tag a --list", "tag a 3 --remove", "checkout", "checkout 3 --in-place --as b"]
        {
            parse_error(words);
        }
    }

    #[test]
    fn results() {
        shows(
            "log",
            &[r#"{"name": "p", "count": 0, "more": false, "versions": []}"#],
            "no versions",
        );
        shows(
            "log",
            &[r#"{"name": "p", "count": 3, "more": true, "versions": [
                {"version": 1312, "time": "2026-11-27T08:15:04Z", "method": "goxel.add_voxel", "edits": 1300, "voxels": 1300},
                {"version": 12, "time": "2026-11-27T08:14:04Z", "opened": true, "edits": 1, "tags": ["a", "b"]},
                {"version": 9, "edits": 1}]}"#],
            "version  time (UTC)           what               voxels  tags\n   \
                1312  2026-11-27 08:15:04  add_voxel x 1,300   1,300\n     \
                  12  2026-11-27 08:14:04  opened                     a, b\n      \
                   9\nthere are older ones: --before 9",
        );
        let differs = r#"{"from": 3, "to": 9, "added": 1200, "removed": 0, "recoloured": 2,
            "box": {"min": [0, 0, 0], "max": [7, 7, 4]}, "boxes": [], "layers": [
            {"id": 1, "name": "background", "fate": "changed", "changed": ["visible"], "added": 0, "removed": 0, "recoloured": 2},
            {"id": 2, "name": "tower", "fate": "added", "changed": [], "added": 1200, "removed": 0, "recoloured": 0}],
            "reordered": true, "changed": ["image_box", "palette"]}"#;
        shows(
            "diff 3",
            &[differs],
            "version 3 to 9\n+1,200 ~2 voxels, in 0,0,0 to 7,7,4\n  layer 1 \"background\" ~2 \
             changed: visible\n  layer 2 \"tower\" (added) +1,200\nthe layers lie in another \
             order\nalso changed: image box, palette",
        );
        assert!(shown("diff 3", &[differs], true).contains("\x1b[32m+1,200\x1b[0m"));
        shows(
            "diff 3",
            &[
                r#"{"from": 3, "to": 3, "added": 0, "removed": 0, "recoloured": 0, "boxes": [], "layers": [], "reordered": false, "changed": []}"#,
            ],
            "version 3 to 3\nno voxel differs",
        );
        shows(
            "checkout 3",
            &[r#"{"success": true, "name": "p@3", "version": 3, "in_place": false}"#],
            "version 3 is project p@3 now",
        );
        shows(
            "checkout 3 --in-place",
            &[r#"{"success": true, "name": "p", "version": 3, "in_place": true}"#],
            "p is as it was at version 3; undo takes that back",
        );
        shows(
            "checkout 3 --in-place",
            &[
                r#"{"success": true, "name": "p", "version": 3, "in_place": true, "unchanged": true}"#,
            ],
            "p is as it was at version 3 already",
        );
        shows(
            "tag a",
            &[r#"{"success": true, "tag": "a", "version": 3}"#],
            "version 3 is called \"a\"",
        );
        shows(
            "tag a --remove",
            &[r#"{"success": true, "tag": "a", "version": 3}"#],
            "version 3 is not called \"a\" any more",
        );
        shows("tag --list", &[r#"{"versions": []}"#], "no tags");
        shows(
            "tag --list",
            &[
                r#"{"versions": [{"version": 3, "time": "2026-11-27T08:15:04Z", "edits": 1, "tags": ["a"]}]}"#,
            ],
            "version  since (UTC)          tags\n      3  2026-11-27 08:15:04  a",
        );
    }
}
