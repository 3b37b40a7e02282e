//! Voxels in bulk: set, and removed.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};
use serde_json::{Value, json};

use super::args::{Args, cells};
use super::ask::Request;
use super::check::whole;
use super::edit::{Editing, LOOK};
use super::params::{self, COLOR, LAYER, PROJECT};
use super::spec::{Does, Spec};
use crate::tool::{Effect, Object, Refused};

pub(super) const PLACE: Spec = Spec {
    name: "place_voxels",
    title: "Place voxels",
    about: "Sets voxels of a layer: solid boxes first, in their order, then runs along x, then voxels. x runs \
            right, y back, z up. Behind the coordinates may stand r,g,b or r,g,b,a of 0..255; else color is \
            taken. For round things use draw_shape, to recolour paint.",
    effect: Effect::Changes,
    idempotent: true,
    params: &[
        PROJECT,
        params::said(
            params::of(Method::AddVoxels, "voxels"),
            "[x,y,z,r?,g?,b?] or {x,y,z,color?} each.",
        ),
        params::said(
            params::of(Method::AddVoxels, "runs"),
            "[x,y,z,length,r?,g?,b?] each, towards +x.",
        ),
        params::said(
            params::of(Method::AddVoxels, "boxes"),
            "[x1,y1,z1,x2,y2,z2,r?,g?,b?] each, corners inside.",
        ),
        params::plain(COLOR),
        LAYER,
        LOOK,
    ],
    examples: &[
        r##"{"project_id":"p1","boxes":[[0,0,0,7,7,0]],"voxels":[[3,3,1,255,0,0]],"color":"#6b4a2f"}"##,
    ],
    gives: &[Field::absent("placed", Kind::COUNT, "")],
    does: Does::Edits(place),
};

fn place(editing: &mut Editing<'_, '_>, args: &mut Args) -> Result<Object, Refused> {
    let color = args.take("color");
    let request = Request::new(Method::AddVoxels).maybe("color", color);
    let told = send(editing, args, request)?;
    Ok(members(json!({"placed": told["added"], "layer_id": told["layer_id"]})))
}

pub(super) const REMOVE: Spec = Spec {
    name: "remove_voxels",
    title: "Remove voxels",
    about: "Removes boxes and voxels of a layer. To empty a layer use edit_layers, to cut a shape out draw_shape \
            with mode subtract.",
    effect: Effect::Changes,
    idempotent: true,
    params: &[
        PROJECT,
        params::said(params::of(Method::RemoveVoxels, "voxels"), "[x,y,z] each."),
        params::said(params::of(Method::RemoveVoxels, "boxes"), "[x1,y1,z1,x2,y2,z2] each."),
        LAYER,
        LOOK,
    ],
    examples: &[r#"{"project_id":"p1","boxes":[[1,1,1,6,6,9]]}"#],
    gives: &[Field::absent("removed", Kind::COUNT, "")],
    does: Does::Edits(remove),
};

fn remove(editing: &mut Editing<'_, '_>, args: &mut Args) -> Result<Object, Refused> {
    let told = send(editing, args, Request::new(Method::RemoveVoxels))?;
    Ok(members(json!({"removed": told["removed"], "layer_id": told["layer_id"]})))
}

/// Sends points, runs and boxes along with a request.
fn send(
    editing: &mut Editing<'_, '_>,
    args: &mut Args,
    mut request: Request,
) -> Result<Value, Refused> {
    let layer = editing.layer(args.get("layer"))?;
    let mut any = false;
    for (name, count) in [("voxels", one as fn(&Value) -> u64), ("runs", run), ("boxes", solid)] {
        let Some(given) = args.take(name) else { continue };
        let elements = given.as_array().map(Vec::as_slice).unwrap_or_default();
        any |= !elements.is_empty();
        editing.spend(elements.iter().map(count).fold(0, u64::saturating_add))?;
        request = request.with(name, given);
    }
    if !any {
        return Err(Refused::new("Nothing is named: say voxels, runs or boxes."));
    }
    editing.ask(request.maybe("layer_id", layer))
}

fn one(_: &Value) -> u64 {
    1
}

/// How many voxels a run has: its fourth number.
fn run(run: &Value) -> u64 {
    whole(&run[3]).and_then(|length| u64::try_from(length).ok()).unwrap_or(0)
}

/// How many voxels a box has, whose colour stands behind its corners.
fn solid(solid: &Value) -> u64 {
    let corners = solid.as_array().and_then(|numbers| cells::<6>(numbers));
    corners.map_or(0, params::volume)
}

/// The members of an object.
pub(super) fn members(value: Value) -> Object {
    if let Value::Object(members) = value { members } else { Object::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voxels_are_counted() {
        assert_eq!(run(&json!([0, 0, 0, 8, 1, 2, 3])), 8);
        assert_eq!(run(&json!([0, 0, 0, -8])), 0);
        assert_eq!(solid(&json!([0, 0, 0, 1, 1, 1, 255, 0, 0])), 8);
        assert_eq!(solid(&json!([3, 3, 3, 3, 3, 3])), 1);
    }
}
