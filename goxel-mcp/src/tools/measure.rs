//! `measure`: numbers about a model, and what may be wrong with it.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};
use serde_json::{Value, json};

use super::args::Args;
use super::ask::{self, Request, ask};
use super::grid::{self, Grid, hex};
use super::params::{self, BOX, PROJECT, SHOWN};
use super::read::legend;
use super::spec::{Does, Spec};
use super::{holes, look, symmetry};
use crate::tool::{Call, Effect, Outcome, Refused};

/// Colours that are listed, from both ends of the frequencies together.
const COLOURS_LISTED: usize = 24;
/// Parts that are listed.
const PARTS_LISTED: usize = 10;
/// Parts that are looked at for those that float.
const PARTS_MAX: usize = 1000;

pub(super) const MEASURE: Spec = Spec {
    name: "measure",
    title: "Measure and check a model",
    about: "Measures what shows, a layer or a box: voxels, bounds, colours (by frequency, each with one \
            position), parts, floating parts (that do not reach the lowest level), symmetry across each axis and \
            what differs, gaps (single missing voxels, with the colour around), closed cavities; with since, \
            what changed.",
    effect: Effect::Reads,
    idempotent: true,
    params: &[
        PROJECT,
        SHOWN,
        BOX,
        Field::absent("since", params::kind(Method::Diff, "from"), "Version."),
    ],
    examples: &[],
    gives: &[
        Field::needed("version", Kind::COUNT, ""),
        Field::needed("voxels", Kind::COUNT, ""),
        Field::absent("bounds", Kind::Any, ""),
        Field::absent("colors", Kind::Any, ""),
        Field::absent("parts", Kind::Any, ""),
        Field::absent("floating", Kind::Any, ""),
        Field::absent("symmetry", Kind::Any, ""),
        Field::absent("gaps", Kind::Any, ""),
        Field::absent("cavities", Kind::Any, ""),
    ],
    does: Does::Answers(measure),
};

fn measure(call: &mut Call<'_>, args: &mut Args) -> Result<Outcome, Refused> {
    let project = args.project();
    let layer = ask::layer(call, &project, args.get("layer"))?;
    let wanted = args.cells("box").map(grid::sorted);
    let extent = grid::extent(call, &project, layer)?;
    let within = match (extent, wanted) {
        (Some(extent), Some(wanted)) => grid::common(extent, wanted),
        (extent, _) => extent,
    };
    let mut told = json!({"project_id": project, "version": ask::State::of(call, &project)?.version, "voxels": 0});
    if let Some(within) = within {
        match Grid::read(call, &project, layer, within)? {
            Some(grid) => by_cells(&grid, &mut told),
            None => roughly(call, &project, layer, within, &mut told)?,
        }
        by_parts(call, &project, layer, within, &mut told)?;
        if wanted.is_none() {
            let faces =
                Request::new(Method::ExposedFaces).with("layer_id", scope(layer)).of(&project);
            told["exposed_faces"] = ask(call, &faces)?["exposed_faces"].clone();
        }
    }
    if let Some(since) = args.get("since") {
        told["changes"] = look::changes_since(call, &project, since)?;
    }
    Ok(Outcome { structured: told, ..Outcome::default() })
}

/// How the daemon names a layer, or what shows of all.
fn scope(layer: Option<i64>) -> i64 {
    layer.unwrap_or(grid::ALL_LAYERS)
}

/// What is known from looking at every cell.
fn by_cells(grid: &Grid, told: &mut Value) {
    let colours = legend(grid);
    let voxels: u64 = colours.iter().map(|(_, count)| count).sum();
    told["voxels"] = voxels.into();
    if let Some(bounds) = bounds(grid) {
        told["bounds"] = bounds;
    }
    // The frequent ones are what it is made of, the rare ones may be a slip.
    let half = COLOURS_LISTED / 2;
    let rare = colours.len().saturating_sub(half).max(half.min(colours.len()));
    let listed: Vec<Value> = colours[..half.min(colours.len())]
        .iter()
        .chain(&colours[rare..])
        .map(|(colour, count)| {
            let first = grid.voxels().find(|(_, other)| other == colour);
            let at = first.map(|(place, _)| grid.position(place));
            json!({"color": hex(*colour), "voxels": count, "at": at})
        })
        .collect();
    told["colors"] = json!({"count": colours.len(), "listed": listed});
    told["symmetry"] = symmetry::told(grid);
    told["gaps"] = holes::gaps(grid);
    told["cavities"] = holes::cavities(grid);
}

/// The box of the voxels of a grid.
fn bounds(grid: &Grid) -> Option<Value> {
    let boxes = grid.voxels().map(|(place, _)| (place, place));
    let (min, max) = boxes.reduce(|(min, max), (place, _)| {
        let pick = |a: [i64; 3], pick: fn(i64, i64) -> i64| {
            [0, 1, 2].map(|axis| pick(a[axis], place[axis]))
        };
        (pick(min, i64::min), pick(max, i64::max))
    })?;
    Some(json!({"min": grid.position(min), "max": grid.position(max)}))
}

/// What the daemon knows of more than a grid holds.
fn roughly(
    call: &mut Call<'_>,
    project: &str,
    layer: Option<i64>,
    within: [i32; 6],
    told: &mut Value,
) -> Result<(), Refused> {
    let request = Request::new(Method::CountVoxels)
        .with("layer_id", scope(layer))
        .with("region", params::region(within))
        .of(project);
    told["voxels"] = ask(call, &request)?["count"].clone();
    told["bounds"] = grid::corners_told(within);
    told["note"] = format!(
        "This is larger than {} cells: colours, symmetry, gaps and cavities are told of a smaller box. Voxels are \
         those of all layers.",
        grid::CELLS_MAX
    )
    .into();
    Ok(())
}

/// Connected parts, and those of them that float.
fn by_parts(
    call: &mut Call<'_>,
    project: &str,
    layer: Option<i64>,
    within: [i32; 6],
    told: &mut Value,
) -> Result<(), Refused> {
    let request = Request::new(Method::FindComponents)
        .with("layer_id", scope(layer))
        .with("region", params::region(within))
        .with("limit", PARTS_MAX)
        .of(project);
    let found = ask(call, &request)?;
    let parts = found["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let lowest = parts.iter().filter_map(|part| part["min"][2].as_i64()).min();
    let floats = |part: &&Value| part["min"][2].as_i64() != lowest;
    let entry = |part: &Value| json!({"voxels": part["voxel_count"], "min": part["min"], "max": part["max"], "at": part["first"]});
    let largest: Vec<Value> = parts.iter().take(PARTS_LISTED).map(entry).collect();
    told["parts"] = json!({"count": found["total"], "largest": largest});
    let floating = parts.iter().filter(floats);
    let listed: Vec<Value> = floating.clone().take(PARTS_LISTED).map(entry).collect();
    told["floating"] = json!({"count": floating.count(), "listed": listed});
    Ok(())
}
