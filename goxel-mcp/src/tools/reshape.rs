//! `transform`: a layer made into another one, or with a part of it a second time.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};
use serde_json::json;

use super::args::Args;
use super::ask::Request;
use super::edit::{Editing, LOOK};
use super::params::{self, BOX, LAYER, PROJECT};
use super::spec::{Does, Spec};
use super::voxels::members;
use crate::tool::{Effect, Object, Refused};

/// An action: its method, what it needs, and what it takes beside.
struct Action {
    name: &'static str,
    method: Method,
    needs: &'static [&'static str],
    takes: &'static [&'static str],
}

const ACTIONS: [Action; 10] = [
    Action {
        name: "mirror",
        method: Method::Mirror,
        needs: &["axis"],
        takes: &["at", "keep", "side"],
    },
    Action {
        name: "rotate",
        method: Method::Rotate,
        needs: &[],
        takes: &["axis", "degrees", "pivot"],
    },
    Action { name: "move", method: Method::Translate, needs: &["by"], takes: &[] },
    Action { name: "scale", method: Method::Scale, needs: &["factor"], takes: &[] },
    Action { name: "crop", method: Method::Crop, needs: &["box"], takes: &[] },
    Action { name: "extrude", method: Method::Extrude, needs: &["box"], takes: &["axis", "steps"] },
    Action { name: "copy", method: Method::Copy, needs: &["box", "to"], takes: &["to_layer"] },
    Action { name: "hollow", method: Method::Hollow, needs: &[], takes: &["steps"] },
    Action { name: "dilate", method: Method::Dilate, needs: &[], takes: &["steps"] },
    Action { name: "erode", method: Method::Erode, needs: &[], takes: &["steps"] },
];

const WORDS: &[Kind] = &[
    Kind::Exactly("mirror"),
    Kind::Exactly("rotate"),
    Kind::Exactly("move"),
    Kind::Exactly("scale"),
    Kind::Exactly("crop"),
    Kind::Exactly("extrude"),
    Kind::Exactly("copy"),
    Kind::Exactly("hollow"),
    Kind::Exactly("dilate"),
    Kind::Exactly("erode"),
];

/// A parameter of the method of an action, without its default: another action has none.
const fn own(method: Method, name: &str, about: &'static str) -> Field {
    params::plain(params::said(params::of(method, name), about))
}

/// The parameters that actions have.
const OWN: [&str; 12] = [
    "axis", "at", "keep", "side", "degrees", "pivot", "by", "factor", "box", "steps", "to",
    "to_layer",
];

pub(super) const TRANSFORM: Spec = Spec {
    name: "transform",
    title: "Transform a layer, copy a part",
    about: "Makes a layer into another one. mirror (axis, at?, keep: what was there stays too, or side: is \
            copied over the other, for symmetry); rotate (axis?, degrees?, pivot?); move (by); scale (factor); \
            crop (box); extrude (box repeated steps times along axis); copy (box, to, to_layer?: its voxels \
            only); hollow (shell of steps voxels); dilate, erode (by steps voxels). A whole layer: edit_layers.",
    effect: Effect::Changes,
    idempotent: false,
    params: &[
        PROJECT,
        Field::needed("action", Kind::AnyOf(WORDS), "What to do."),
        own(Method::Rotate, "axis", "Default: z."),
        own(Method::Mirror, "at", "Plane, as 7 or 7.5. Default: the middle."),
        own(Method::Mirror, "keep", "Default: false."),
        own(Method::Mirror, "side", "Coordinates of the side that stays."),
        own(Method::Rotate, "degrees", "90 (default), 180, 270; about z from x to y."),
        own(Method::Rotate, "pivot", "[x,y,z]. Default: the middle."),
        own(Method::Translate, "by", "[x,y,z]."),
        own(Method::Scale, "factor", "Whole, or 0.5."),
        BOX,
        Field::absent("steps", Kind::INT, "Default: 1."),
        own(Method::Copy, "to", "Lowest corner [x,y,z]."),
        LAYER,
        Field::absent("to_layer", params::LAYER_KIND, "Default: the same."),
        LOOK,
    ],
    examples: &[r#"{"project_id":"p1","action":"mirror","axis":"x","side":"low"}"#],
    gives: &[Field::absent("voxels", Kind::COUNT, "Of the layer.")],
    does: Does::Edits(transform),
};

fn transform(editing: &mut Editing<'_, '_>, args: &mut Args) -> Result<Object, Refused> {
    let said = args.text("action").unwrap_or_default().to_owned();
    let Some(action) = ACTIONS.iter().find(|action| action.name == said) else {
        return Err(Refused::new(format!("action: \"{said}\" is not known.")));
    };
    let takes = [action.needs, action.takes].concat();
    let all = || if takes.is_empty() { "nothing else".to_owned() } else { takes.join(", ") };
    if let Some(other) = OWN.iter().find(|name| args.has(name) && !takes.contains(name)) {
        return Err(Refused::new(format!("{other} is not of {said}, which takes: {}.", all())));
    }
    if let Some(missing) = action.needs.iter().find(|name| !args.has(name)) {
        return Err(Refused::new(format!("{missing} is missing: {said} takes {}.", all())));
    }
    let layer = editing.layer(args.get("layer"))?;
    let target = editing.layer(args.take("to_layer").as_ref())?;
    let region = args.cells("box").map(params::region);
    let mut request = Request::new(action.method)
        .maybe("layer_id", layer)
        .maybe("target_layer_id", target)
        .maybe("region", region);
    for name in takes.iter().filter(|name| **name != "box") {
        let theirs = match (*name, action.method) {
            ("steps", Method::Extrude) => "times",
            ("steps", Method::Hollow) => "thickness",
            (name, _) => name,
        };
        request = request.maybe(theirs, args.take(name));
    }
    let told = editing.ask(request)?;
    Ok(members(json!({"layer_id": told["layer_id"], "voxels": told["voxel_count"]})))
}
