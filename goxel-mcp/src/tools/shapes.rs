//! Round and slanted things: shapes, planes and lines.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};
use serde_json::{Value, json};

use super::args::Args;
use super::ask::Request;
use super::check::whole;
use super::edit::{Editing, LOOK};
use super::params::{self, CELL, COLOR, LAYER, PROJECT};
use super::spec::{Does, Spec};
use super::voxels::members;
use crate::tool::{Effect, Object, Refused};

/// A parameter of the daemon's method for shapes.
const fn shape(name: &str, about: &'static str) -> Field {
    params::said(params::of(Method::ProceduralShape, name), about)
}

pub(super) const DRAW: Spec = Spec {
    name: "draw_shape",
    title: "Draw a shape or a line",
    about: "Builds a solid shape that fills a box of size around center, or a line between two voxels. Modes: \
            add, subtract (cuts it out), paint (recolours what is in it), intersect (keeps only that). For boxes \
            place_voxels takes many at once.",
    effect: Effect::Changes,
    idempotent: true,
    params: &[
        PROJECT,
        Field::needed("shape", params::kind(Method::ProceduralShape, "shape_type"), "What."),
        Field::absent("center", CELL, "[x,y,z]."),
        Field::absent(
            "size",
            Kind::AnyOf(&[Kind::POSITIVE, Kind::Array { of: &Kind::POSITIVE, min: 3, max: 3 }]),
            "Edge, or [x,y,z].",
        ),
        params::plain(shape("axis", "Of round shapes. Default: z.")),
        params::plain(shape("mode", "Default: add.")),
        Field::absent("from", CELL, "[x,y,z] of a line."),
        Field::absent("to", CELL, "[x,y,z] of a line."),
        COLOR,
        LAYER,
        LOOK,
    ],
    examples: &[
        r#"{"project_id":"p1","shape":"sphere","center":[16,16,8],"size":9,"color":"gold"}"#,
    ],
    gives: &[Field::absent("changed", Kind::COUNT, "")],
    does: Does::Edits(draw),
};

fn draw(editing: &mut Editing<'_, '_>, args: &mut Args) -> Result<Object, Refused> {
    let layer = editing.layer(args.get("layer"))?;
    let is_line = args.text("shape").is_some_and(|shape| shape.eq_ignore_ascii_case("line"));
    let (mine, others) = match is_line {
        true => (["from", "to"], ["center", "size"]),
        false => (["center", "size"], ["from", "to"]),
    };
    let kind = if is_line { "a line" } else { "this shape" };
    if let Some(missing) = mine.iter().find(|name| !args.has(name)) {
        return Err(Refused::new(format!(
            "{missing} is missing: {kind} needs {} and {}.",
            mine[0], mine[1]
        )));
    }
    if let Some(other) = others.iter().find(|name| args.has(name)) {
        return Err(Refused::new(format!(
            "{other} is not of {kind}, which takes {} and {}.",
            mine[0], mine[1]
        )));
    }
    editing.spend(volume(args))?;
    let mut request = Request::new(Method::ProceduralShape).maybe("layer_id", layer);
    for name in ["shape", "center", "from", "to", "size", "axis", "mode"] {
        request = request.maybe(name, args.take(name));
    }
    let color = args.take("color").unwrap_or_else(|| json!("white"));
    let told = editing.ask(request.with("color", color))?;
    let changed = ["voxels_created", "voxels_removed", "voxels_painted"].iter();
    let changed: u64 = changed.filter_map(|name| told[*name].as_u64()).sum();
    Ok(members(json!({"changed": changed})))
}

/// The volume of the box of a shape; of a line, how long it is.
fn volume(args: &Args) -> u64 {
    let ends = args.cells::<3>("from").zip(args.cells::<3>("to"));
    if let Some((from, to)) = ends {
        let far = from.iter().zip(to).map(|(from, to)| u64::from(from.abs_diff(to)));
        return far.max().unwrap_or(0) + 1;
    }
    let edge = |edge: &Value| whole(edge).and_then(|edge| u64::try_from(edge).ok()).unwrap_or(0);
    match args.get("size") {
        Some(Value::Array(edges)) => edges.iter().map(edge).fold(1, u64::saturating_mul),
        Some(one) => (0..3).fold(1, |volume: u64, _| volume.saturating_mul(edge(one))),
        None => 0,
    }
}
