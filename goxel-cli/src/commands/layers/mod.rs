//! Layers of a project.

mod look;

pub(crate) use look::{Hide, Set, Show};

use anyhow::Result;
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::Value;

use super::list::commands;
use super::members::write_id;
use super::table::table;
use super::values::{count, flag, grouped, text};
use super::{Action, All, Layers, NO_LAYERS, Named, OutputStyle, Traits, last};
use crate::parse::LayerSpec;

commands! {
    "List, add, change and choose layers"
    Layer {
        List(List),
        Add(Add),
        Remove(Remove),
        Rename(Rename),
        Merge(Merge),
        Duplicate(Duplicate),
        Show(Show),
        Hide(Hide),
        Use(Use),
        Set(Set),
        Move(Move),
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct List {}

impl List {
    pub(crate) const METHOD: Method = Method::ListLayers;
}

impl Action for List {
    const ABOUT: &str = "List the layers, bottom first";

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
        Ok(show_list(last(results)?))
    }
}

/// One line a layer: `*` at the active one, the id, the name, what is in it.
fn show_list(result: &Value<'_>) -> String {
    let layers = result.get("layers");
    let row = |layer: Value<'_>| {
        let mark = if flag(&layer, "active") { "*" } else { "" };
        let hidden = if flag(&layer, "visible") { "" } else { "hidden" };
        vec![
            mark.to_owned(),
            count(&layer, "id").to_string(),
            text(&layer, "name"),
            grouped(count(&layer, "voxel_count")),
            hidden.to_owned(),
        ]
    };
    let rows: Vec<_> = layers.iter().flat_map(Value::elements).map(row).collect();
    if rows.is_empty() {
        return "no layers".to_owned();
    }
    table(&["", ">id", "layer", ">voxels", ""], rows)
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Add {
    /// Its name
    pub(crate) name: String,
}

impl Action for Add {
    const ABOUT: &str = "Add an empty layer on top and make it active";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::CreateLayer, |writer| writer.member("name", &self.name));
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        named("added", results)
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Remove {
    /// The layer, by number or name
    #[arg(id = "layer_id", value_name = "LAYER", allow_negative_numbers = true)]
    pub(crate) layer: LayerSpec,
}

impl Action for Remove {
    const ABOUT: &str = "Remove a layer";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        [Named::new(&mut self.layer, All::Refused), None]
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::DeleteLayer, |writer| {
            write_id("layer_id", Some(&self.layer), writer);
        });
        Ok(())
    }

    fn show(&self, _: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("removed layer {}", self.layer))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Rename {
    /// The layer, by number or name
    #[arg(id = "layer_id", value_name = "LAYER", allow_negative_numbers = true)]
    pub(crate) layer: LayerSpec,
    /// The new name
    pub(crate) name: String,
}

impl Action for Rename {
    const ABOUT: &str = "Give a layer another name";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        [Named::new(&mut self.layer, All::Refused), None]
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::RenameLayer, |writer| {
            write_id("layer_id", Some(&self.layer), writer);
            writer.member("name", &self.name);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        named("renamed", results)
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Merge {
    /// The layer that goes
    #[arg(id = "source_layer_id", value_name = "FROM")]
    pub(crate) from: LayerSpec,
    /// The layer that stays
    #[arg(id = "target_layer_id", value_name = "INTO")]
    pub(crate) into: LayerSpec,
}

impl Action for Merge {
    const ABOUT: &str = "Lay one layer over another, and remove it";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        [Named::new(&mut self.from, All::Refused), Named::new(&mut self.into, All::Refused)]
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::MergeLayers, |writer| {
            write_id("source_layer_id", Some(&self.from), writer);
            write_id("target_layer_id", Some(&self.into), writer);
        });
        Ok(())
    }

    fn show(&self, _: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("merged layer {} into {}", self.from, self.into))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Duplicate {
    /// The layer, by number or name
    #[arg(id = "layer_id", value_name = "LAYER", allow_negative_numbers = true)]
    layer: LayerSpec,
}

impl Action for Duplicate {
    const ABOUT: &str = "Put a copy of a layer above it and make it active";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        [Named::new(&mut self.layer, All::Refused), None]
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::DuplicateLayer, |writer| {
            write_id("layer_id", Some(&self.layer), writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        named("added", results)
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Use {
    /// The layer, by number or name
    #[arg(id = "layer_id", value_name = "LAYER", allow_negative_numbers = true)]
    pub(crate) layer: LayerSpec,
}

impl Action for Use {
    const ABOUT: &str = "Make a layer the one that commands work on";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        [Named::new(&mut self.layer, All::Refused), None]
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::SetActiveLayer, |writer| {
            write_id("layer_id", Some(&self.layer), writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        named("using", results)
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Move {
    /// The layer, by number or name
    #[arg(id = "layer_id", value_name = "LAYER", allow_negative_numbers = true)]
    layer: LayerSpec,
    /// Where it goes
    index: u32,
}

impl Action for Move {
    const ABOUT: &str = "Move a layer in the order: 0 is the bottom";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        [Named::new(&mut self.layer, All::Refused), None]
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::MoveLayer, |writer| {
            write_id("layer_id", Some(&self.layer), writer);
            writer.member("index", self.index);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        named("moved", results)
    }
}

/// `added layer 2: roof`
fn named(done: &str, results: &[Value<'_>]) -> Result<String> {
    let result = last(results)?;
    Ok(format!("{done} layer {}: {}", count(result, "layer_id"), text(result, "name")))
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{sends, shows};

    #[test]
    fn requests() {
        sends("layer list", &[r#"goxel.list_layers { "project": "p" }"#]);
        sends("layer add roof", &[r#"goxel.create_layer { "name": "roof", "project": "p" }"#]);
        sends("layer use 2", &[r#"goxel.set_active_layer { "layer_id": 2, "project": "p" }"#]);
        sends("layer remove 2", &[r#"goxel.delete_layer { "layer_id": 2, "project": "p" }"#]);
        sends(
            "layer rename 2 'my roof'",
            &[r#"goxel.rename_layer { "layer_id": 2, "name": "my roof", "project": "p" }"#],
        );
        sends(
            "layer set 2 --mode max --material steel",
            &[
                r#"goxel.set_layer { "layer_id": 2, "mode": "max", "material": "steel", "project": "p" }"#,
            ],
        );
        sends(
            "layer set 2 --no-material",
            &[r#"goxel.set_layer { "layer_id": 2, "material": false, "project": "p" }"#],
        );
        sends(
            "layer merge 2 1",
            &["goxel.merge_layers { \"source_layer_id\": 2, \"target_layer_id\": 1, \
               \"project\": \"p\" }"],
        );
        sends("layer duplicate 2", &[r#"goxel.duplicate_layer { "layer_id": 2, "project": "p" }"#]);
        sends(
            "layer hide 2",
            &[r#"goxel.set_layer_visibility { "layer_id": 2, "visible": false, "project": "p" }"#],
        );
        sends(
            "layer move 2 0",
            &[r#"goxel.move_layer { "layer_id": 2, "index": 0, "project": "p" }"#],
        );
    }

    #[test]
    fn results() {
        shows("layer add a", &[r#"{"name": "a", "layer_id": 3}"#], "added layer 3: a");
        shows("layer remove 4", &[r#"{"success": true}"#], "removed layer 4");
        shows("layer merge 4 5", &[r#"{"success": true}"#], "merged layer 4 into 5");
        shows("layer show 4", &[r#"{"visible": true}"#], "showing layer 4");
        shows(
            "layer list",
            &[r#"{"count": 2, "layers": [
                {"id": 1, "name": "base", "visible": true, "active": false, "voxel_count": 1},
                {"id": 12, "name": "roof ä", "visible": false, "active": true, "voxel_count": 2000}
            ]}"#],
            "   id  layer   voxels\n    1  base         1\n*  12  roof ä   2,000  hidden",
        );
    }
}
