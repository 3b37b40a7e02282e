//! How many voxels there are, how they are connected, and how much of them shows.

use anyhow::Result;
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};

use super::layers::List;
use super::members::{ALL_LAYERS, write_layer, write_next, write_where};
use super::shared::{Next, OnLayer};
use super::table::table;
use super::values::{count, counted, flag, grouped, raw, text};
use super::{Action, All, Layers, OutputStyle, Traits, last};
use crate::parse::{Colour, LayerSpec, Range};

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Count {
    /// Of this colour alone
    #[arg(long, value_name = "COLOR")]
    color: Option<Colour>,
    /// How far each channel may be from it
    #[arg(long, value_name = "0-255", requires = "color")]
    tolerance: Option<u8>,
    /// In this box alone
    #[arg(long, value_name = "RANGE")]
    region: Option<Range>,
    #[command(flatten)]
    on: OnLayer,
}

impl Action for Count {
    const ABOUT: &str = "Count the voxels";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Together)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        // Whose voxels they are is said too.
        requests.call(List::METHOD, |_| ());
        requests.call(Method::CountVoxels, |writer| {
            write_where(self.region, writer);
            if let Some(colour) = self.color {
                writer.member("color", colour.0);
            }
            if let Some(tolerance) = self.tolerance {
                writer.member("tolerance", tolerance);
            }
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], style: OutputStyle) -> Result<String> {
        let counted_voxels = count(last(results)?, "count");
        if style.quiet {
            return Ok(counted_voxels.to_string());
        }
        let voxels = counted(counted_voxels, "voxel");
        let Some((layer, layers)) = self.layer(results) else {
            return Ok(format!("{voxels} in all layers"));
        };
        let others = match layers {
            2.. if self.on.layer.is_none() => ", the active one; --layer all counts in all",
            _ => "",
        };
        let (id, name) = (count(&layer, "id"), text(&layer, "name"));
        Ok(format!("{voxels} in layer {id}, {name}{others}"))
    }

    fn json(&self, results: &[Value<'_>]) -> String {
        let mut out = Vec::new();
        Writer::new(&mut out).object(|writer| {
            writer.member("count", results.last().map_or(0, |result| count(result, "count")));
            match self.layer(results) {
                Some((layer, _)) => writer.member("layer_id", count(&layer, "id")),
                None => writer.member("layer_id", ALL_LAYERS),
            }
        });
        String::from_utf8_lossy(&out).into_owned()
    }
}

impl Count {
    /// The layer whose voxels are counted, and how many layers there are; none where it is all.
    fn layer<'v>(&self, results: &[Value<'v>]) -> Option<(Value<'v>, usize)> {
        let layers = results.first()?.get("layers")?;
        let mut found = layers.elements().filter(|layer| match self.on.layer {
            Some(LayerSpec::Id(id)) if id > 0 => count(layer, "id") == u64::from(id.unsigned_abs()),
            Some(LayerSpec::All | LayerSpec::Id(ALL_LAYERS)) => false,
            _ => flag(layer, "active"),
        });
        Some((found.next()?, layers.elements().count()))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Components {
    #[command(flatten)]
    next: Next,
    /// In this box alone
    #[arg(long, value_name = "RANGE")]
    region: Option<Range>,
    #[command(flatten)]
    on: OnLayer,
    /// How many at the most
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    limit: u32,
}

impl Action for Components {
    const ABOUT: &str = "List the connected components, the largest first";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Together)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::FindComponents, |writer| {
            write_next(self.next, writer);
            write_where(self.region, writer);
            writer.member("limit", self.limit);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show_components(last(results)?))
    }
}

/// How many voxels each component has, the box around it, and a voxel of it, from where a flood
/// reaches all.
fn show_components(result: &Value<'_>) -> String {
    let parts = result.get("components");
    let corner = |part: &Value<'_>, name| {
        let axes = part.get(name).map_or_else(String::new, |value| raw(&value));
        axes.trim_matches(['[', ']', ' ']).replace(", ", ",")
    };
    let rows = parts.iter().flat_map(Value::elements).map(|part| {
        let voxels = grouped(count(&part, "voxel_count"));
        vec![voxels, corner(&part, "min"), corner(&part, "max"), corner(&part, "first")]
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return "no voxels".to_owned();
    }
    let told = rows.len() as u64;
    let shown = table(&[">voxels", "from", "to", "a voxel of it"], rows);
    let total = counted(count(result, "total"), "component");
    let which =
        if flag(result, "truncated") { format!(", the first {told}") } else { String::new() };
    format!("{shown}\n{total}{which}")
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Faces {
    #[command(flatten)]
    on: OnLayer,
}

impl Action for Faces {
    const ABOUT: &str = "Count the exposed faces of voxels";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Together)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::ExposedFaces, |writer| write_layer(&self.on, writer));
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        let result = last(results)?;
        let faces = counted(count(result, "exposed_faces"), "face");
        Ok(format!("{faces} of {}", counted(count(result, "voxel_count"), "voxel")))
    }
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{sends, shows};

    #[test]
    fn requests() {
        let layers = r#"goxel.list_layers { "project": "p" }"#;
        sends("count", &[layers, r#"goxel.count_voxels { "project": "p" }"#]);
        sends(
            "count --color red --tolerance 5 --region 0..3,0,0 --layer -2",
            &[
                layers,
                "goxel.count_voxels { \
               \"region\": { \"min\": [ 0, 0, 0 ], \"max\": [ 3, 0, 0 ] }, \
               \"color\": [ 255, 0, 0, 255 ], \"tolerance\": 5, \"layer_id\": -2, \
               \"project\": \"p\" }",
            ],
        );
        sends(
            "components --connectivity 18 --limit 3",
            &[r#"goxel.find_components { "connectivity": 18, "limit": 3, "project": "p" }"#],
        );
        sends("faces --layer 2", &[r#"goxel.exposed_faces { "layer_id": 2, "project": "p" }"#]);
    }

    #[test]
    fn answers() {
        let layers = r#"{"layers": [{"id": 1, "name": "a", "active": false},
            {"id": 2, "name": "b", "active": true}]}"#;
        let count = r#"{"count": 12345}"#;
        let active = "12,345 voxels in layer 2, b, the active one; --layer all counts in all";
        shows("count", &[layers, count], active);
        shows("count --layer 1", &[layers, count], "12,345 voxels in layer 1, a");
        shows("count --layer all", &[layers, count], "12,345 voxels in all layers");
        shows("count --layer -2", &[layers, count], "12,345 voxels in all layers");
        let one = r#"{"layers": [{"id": 1, "name": "a", "active": true}]}"#;
        shows("count", &[one, r#"{"count": 1}"#], "1 voxel in layer 1, a");
        shows("faces", &[r#"{"exposed_faces": 6, "voxel_count": 1}"#], "6 faces of 1 voxel");
        let part = r#"{"voxel_count": 1234, "min": [ -1, 0, 0 ], "max": [ 9, 9, 9 ], "first": [ 3, 0, 0 ]}"#;
        let all =
            format!(r#"{{"components": [{part}], "count": 1, "total": 1, "truncated": false}}"#);
        let table = "voxels  from    to     a voxel of it\n 1,234  -1,0,0  9,9,9  3,0,0\n";
        shows("components", &[&all], &format!("{table}1 component"));
        let some =
            format!(r#"{{"components": [{part}], "count": 1, "total": 7, "truncated": true}}"#);
        shows("components", &[&some], &format!("{table}7 components, the first 1"));
        shows("components", &[r#"{"components": [], "total": 0}"#], "no voxels");
    }
}
