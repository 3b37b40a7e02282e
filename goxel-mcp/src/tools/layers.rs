//! `edit_layers`: layers made, changed, merged and deleted.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};
use serde_json::{Value, json};

use super::args::Args;
use super::ask::Request;
use super::edit::{Editing, LOOK};
use super::params::{self, LAYER, PROJECT};
use super::spec::{Does, Spec};
use super::voxels::members;
use crate::tool::{Effect, Object, Refused};

const WORDS: &[Kind] = &[
    Kind::Exactly("add"),
    Kind::Exactly("set"),
    Kind::Exactly("duplicate"),
    Kind::Exactly("merge"),
    Kind::Exactly("clear"),
    Kind::Exactly("delete"),
];

/// What `set` changes by one method.
const PROPERTIES: [&str; 3] = ["name", "visible", "material"];

pub(super) const EDIT: Spec = Spec {
    name: "edit_layers",
    title: "Edit layers",
    about: "add: an empty layer called name, on top and active. set: name, visible, active, index or material of \
            a layer. duplicate, clear, delete a layer. merge: lays it over the layer into, which stays.",
    effect: Effect::Changes,
    idempotent: false,
    params: &[
        PROJECT,
        Field::needed("action", Kind::AnyOf(WORDS), "What to do."),
        LAYER,
        Field::absent("name", Kind::Text, "For add and set."),
        Field::absent("visible", Kind::Bool, "Shows."),
        Field::absent("active", Kind::Bool, "Default of other calls."),
        Field::absent("index", params::kind(Method::MoveLayer, "index"), "0 is the bottom."),
        Field::absent("material", Kind::AnyOf(&[Kind::Text, Kind::False]), "Name, or false."),
        Field::absent("into", params::LAYER_KIND, "For merge."),
        LOOK,
    ],
    examples: &[r#"{"project_id":"p1","action":"add","name":"roof"}"#],
    gives: &[Field::absent("layer_id", Kind::COUNT, "")],
    does: Does::Edits(edit),
};

/// What each action takes beside a layer.
const TAKES: [(&str, &[&str]); 6] = [
    ("add", &["name", "visible"]),
    ("set", &["layer", "name", "visible", "active", "index", "material"]),
    ("duplicate", &["layer"]),
    ("merge", &["layer", "into"]),
    ("clear", &["layer"]),
    ("delete", &["layer"]),
];

fn edit(editing: &mut Editing<'_, '_>, args: &mut Args) -> Result<Object, Refused> {
    let action = args.text("action").unwrap_or_default().to_owned();
    let takes = TAKES.iter().find(|(name, _)| *name == action).map_or(&[][..], |(_, takes)| *takes);
    let own = ["layer", "name", "visible", "active", "index", "material", "into"];
    if let Some(other) = own.iter().find(|name| args.has(name) && !takes.contains(name)) {
        return Err(Refused::new(format!(
            "{other} is not of {action}, which takes: {}.",
            takes.join(", ")
        )));
    }
    // What destroys does not guess.
    if ["merge", "delete"].contains(&action.as_str()) && !args.has("layer") {
        return Err(Refused::new(format!(
            "layer is missing: {action} needs to be told which one."
        )));
    }
    let layer = editing.layer(args.get("layer"))?;
    let of_layer = |method| Request::new(method).maybe("layer_id", layer);
    let told = match action.as_str() {
        "add" => {
            let Some(name) = args.take("name") else {
                return Err(Refused::new("name is missing: what is the new layer called?"));
            };
            let request = Request::new(Method::CreateLayer).with("name", name);
            editing.ask(request.maybe("visible", args.take("visible")))?
        }
        "duplicate" => editing.ask(of_layer(Method::DuplicateLayer))?,
        "clear" => editing.ask(of_layer(Method::Clear))?,
        "delete" => editing.ask(of_layer(Method::DeleteLayer))?,
        "merge" => {
            let Some(into) = editing.layer(args.get("into"))? else {
                return Err(Refused::new("into is missing: the layer that stays."));
            };
            let request = Request::new(Method::MergeLayers).with("target_layer_id", into);
            editing.ask(request.maybe("source_layer_id", layer))?;
            json!({"layer_id": into})
        }
        _ => set(editing, args, layer)?,
    };
    let id = told.get("layer_id").map_or_else(Object::new, |id| members(json!({"layer_id": id})));
    Ok(id)
}

/// Changes what was said of a layer, as one step.
fn set(
    editing: &mut Editing<'_, '_>,
    args: &mut Args,
    layer: Option<i64>,
) -> Result<Value, Refused> {
    let of_layer = |method| Request::new(method).maybe("layer_id", layer);
    let mut properties = of_layer(Method::SetLayer);
    let mut requests = Vec::new();
    if PROPERTIES.iter().any(|name| args.has(name)) {
        for name in PROPERTIES {
            properties = properties.maybe(name, args.take(name));
        }
        requests.push(properties);
    }
    if let Some(index) = args.take("index") {
        requests.push(of_layer(Method::MoveLayer).with("index", index));
    }
    match (args.get("active").and_then(Value::as_bool), layer) {
        (Some(false), _) => {
            return Err(Refused::new(
                "active: one layer always is: set active: true on another one.",
            ));
        }
        (Some(true), Some(_)) => requests.push(of_layer(Method::SetActiveLayer)),
        _ => {}
    }
    let Some(last) = requests.pop() else {
        return Err(Refused::new(
            "What is to be changed? Say name, visible, active, index or material.",
        ));
    };
    if requests.is_empty() {
        return editing.ask(last);
    }
    editing.together(|editing| {
        for request in requests {
            editing.ask(request)?;
        }
        editing.ask(last)
    })
}
