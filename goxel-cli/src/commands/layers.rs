//! Layers of a project.

use goxel_proto::Method;
use goxel_proto::json::Value;

use super::{Outbox, count, counted, flag, text};
use crate::args::Layer;

pub(super) fn build(layer: &Layer, out: &mut Outbox<'_>) {
    match layer {
        Layer::List => out.call(Method::ListLayers, |_| ()),
        Layer::Add { name } => out.call(Method::CreateLayer, |writer| writer.member("name", name)),
        Layer::Use { layer } => {
            out.call(Method::SetActiveLayer, |writer| match layer.parse::<i32>() {
                Ok(id) => writer.member("layer_id", id),
                Err(_) => writer.member("name", layer),
            });
        }
    }
}

pub(super) fn show(layer: &Layer, result: &Value<'_>) -> String {
    let (id, name) = (count(result, "layer_id"), text(result, "name"));
    match layer {
        Layer::List => show_list(result),
        Layer::Add { .. } => format!("added layer {id}: {name}"),
        Layer::Use { .. } => format!("using layer {id}: {name}"),
    }
}

/// One line a layer: `*` at the active one, the id, the name, what is in it.
fn show_list(result: &Value<'_>) -> String {
    let Some(layers) = result.get("layers") else {
        return "no layers".to_owned();
    };
    let names: Vec<_> = layers.elements().map(|layer| text(&layer, "name")).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let line = |(layer, name): (Value<'_>, &String)| {
        let mark = if flag(&layer, "active") { '*' } else { ' ' };
        let id = count(&layer, "id");
        let voxels = counted(count(&layer, "voxel_count"), "voxel");
        let hidden = if flag(&layer, "visible") { "" } else { "  hidden" };
        format!("{mark} {id:>3}  {name:<width$}  {voxels}{hidden}")
    };
    layers.elements().zip(&names).map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{sends, shows};

    #[test]
    fn requests() {
        sends("layer list", &[r#"goxel.list_layers { "project": "p" }"#]);
        sends("layer add roof", &[r#"goxel.create_layer { "name": "roof", "project": "p" }"#]);
        sends("layer use 2", &[r#"goxel.set_active_layer { "layer_id": 2, "project": "p" }"#]);
        sends(
            "layer use 'my roof'",
            &[r#"goxel.set_active_layer { "name": "my roof", "project": "p" }"#],
        );
    }

    #[test]
    fn results() {
        shows("layer add a", &[r#"{"name": "a", "layer_id": 3}"#], "added layer 3: a");
        shows(
            "layer list",
            &[r#"{"count": 2, "layers": [
                {"id": 1, "name": "base", "visible": true, "active": false, "voxel_count": 1},
                {"id": 12, "name": "roof ä", "visible": false, "active": true, "voxel_count": 2000}
            ]}"#],
            "    1  base    1 voxel\n*  12  roof ä  2,000 voxels  hidden",
        );
    }
}
