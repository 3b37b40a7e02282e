//! Layers of a project.

use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};
use goxel_proto::types::Word;

use super::table::table;
use super::values::{count, flag, grouped, text};
use super::voxels::write_id;
use crate::args::{Layer, LayerLook};
use crate::parse::LayerSpec;
use goxel_client::Requests;

pub(super) fn build(layer: &Layer, out: &mut Requests) {
    let mut of = |method, layer: &LayerSpec| {
        out.call(method, |writer| write_id("layer_id", Some(layer), writer));
    };
    match layer {
        Layer::Remove { layer } => of(Method::DeleteLayer, layer),
        Layer::Duplicate { layer } => of(Method::DuplicateLayer, layer),
        Layer::Use { layer } => of(Method::SetActiveLayer, layer),
        Layer::Show { layer } => visibility(layer, true, out),
        Layer::Hide { layer } => visibility(layer, false, out),
        Layer::List => out.call(Method::ListLayers, |_| ()),
        Layer::Add { name } => out.call(Method::CreateLayer, |writer| writer.member("name", name)),
        Layer::Rename { layer, name } => out.call(Method::RenameLayer, |writer| {
            write_id("layer_id", Some(layer), writer);
            writer.member("name", name);
        }),
        Layer::Set { layer, look } => out.call(Method::SetLayer, |writer| {
            write_id("layer_id", Some(layer), writer);
            write_look(look, writer);
        }),
        Layer::Merge { from, into } => out.call(Method::MergeLayers, |writer| {
            write_id("source_layer_id", Some(from), writer);
            write_id("target_layer_id", Some(into), writer);
        }),
        Layer::Move { layer, index } => out.call(Method::MoveLayer, |writer| {
            write_id("layer_id", Some(layer), writer);
            writer.member("index", *index);
        }),
    }
}

fn write_look(look: &LayerLook, writer: &mut Writer<'_>) {
    if let Some(mode) = look.mode {
        writer.member("mode", mode.name());
    }
    if let Some(material) = &look.material {
        writer.member("material", material);
    }
    if look.no_material {
        writer.member("material", false);
    }
}

fn visibility(layer: &LayerSpec, visible: bool, out: &mut Requests) {
    out.call(Method::SetLayerVisibility, |writer| {
        write_id("layer_id", Some(layer), writer);
        writer.member("visible", visible);
    });
}

pub(super) fn show(layer: &Layer, result: &Value<'_>) -> String {
    let named = |done: &str| {
        format!("{done} layer {}: {}", count(result, "layer_id"), text(result, "name"))
    };
    match layer {
        Layer::List => show_list(result),
        Layer::Add { .. } => named("added"),
        Layer::Use { .. } => named("using"),
        Layer::Rename { .. } => named("renamed"),
        Layer::Duplicate { .. } => named("added"),
        Layer::Move { .. } => named("moved"),
        Layer::Set { .. } => named("set"),
        Layer::Remove { layer } => format!("removed layer {}", number(layer)),
        Layer::Merge { from, into } => {
            format!("merged layer {} into {}", number(from), number(into))
        }
        Layer::Show { layer } => format!("showing layer {}", number(layer)),
        Layer::Hide { layer } => format!("hiding layer {}", number(layer)),
    }
}

fn number(layer: &LayerSpec) -> String {
    match layer {
        LayerSpec::Id(id) => id.to_string(),
        LayerSpec::Name(name) => name.clone(),
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
