//! `read_voxels`: voxels as text. Slices are drawn with a letter a cell, for models that see no pictures; runs and
//! points are what `place_voxels` takes.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};
use serde_json::{Value, json};

use super::args::Args;
use super::ask::{self, Request, ask};
use super::grid::{self, Grid, hex};
use super::params::{self, PROJECT, SHOWN};
use super::spec::{Does, Spec};
use crate::tool::{Call, Effect, Outcome, Refused};

/// Cells of the slices of one call: as many tokens, at the worst.
const CELLS_MAX: u64 = 16_384;
/// Voxels of one call as runs or points.
const VOXELS_MAX: i64 = 20_000;
/// The same where nothing is said: some thousand tokens as points.
const VOXELS_USUAL: i64 = 500;
/// What colours are drawn as, the most frequent first; one that is left over is the last.
const LETTERS: &[u8] = b"#abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789*";
/// An empty cell.
const EMPTY: char = '.';

pub(super) const READ: Spec = Spec {
    name: "read_voxels",
    title: "Read voxels as text",
    about: "Tells exactly which voxels there are. slices: a text grid for each plane across axis as seen from \
            that side (z: top, y: front, x: right), a letter a colour, \".\" empty; up to 16384 cells: say a \
            box. runs, points: numbers as place_voxels takes them. With color: its positions and layers.",
    effect: Effect::Reads,
    idempotent: true,
    params: &[
        PROJECT,
        params::corners("box", "[x1,y1,z1,x2,y2,z2]. Default: all."),
        Field::absent(
            "form",
            Kind::AnyOf(&[Kind::Exactly("slices"), Kind::Exactly("runs"), Kind::Exactly("points")]),
            "Default: slices.",
        ),
        params::plain(params::said(params::of(Method::Rotate, "axis"), "Of slices. Default: z.")),
        Field::absent("color", Kind::Colour, "Only this."),
        SHOWN,
        Field::absent("offset", Kind::COUNT, "Voxels to pass over."),
        Field::absent("limit", Kind::Integer { min: 1, max: VOXELS_MAX }, "Voxels. Default: 500."),
    ],
    examples: &[],
    gives: &[
        Field::absent("legend", Kind::Any, ""),
        Field::absent("slices", Kind::Any, ""),
        Field::absent("runs", Kind::Any, ""),
        Field::absent("voxels", Kind::Any, ""),
        Field::absent("next_offset", Kind::COUNT, ""),
    ],
    does: Does::Answers(read),
};

fn read(call: &mut Call<'_>, args: &mut Args) -> Result<Outcome, Refused> {
    let project = args.project();
    let layer = ask::layer(call, &project, args.get("layer"))?;
    let corners = args.cells("box").map(grid::sorted);
    if args.has("color") {
        return of_colour(call, args, layer, corners);
    }
    match args.text("form") {
        Some(form @ ("runs" | "points")) => numbers(call, args, form, layer, corners),
        _ => slices(call, args, layer, corners),
    }
}

/// Voxels as numbers.
fn numbers(
    call: &mut Call<'_>,
    args: &Args,
    form: &str,
    layer: Option<i64>,
    corners: Option<[i32; 6]>,
) -> Result<Outcome, Refused> {
    let offset = args.integer("offset").unwrap_or(0);
    let request = Request::new(Method::GetVoxels)
        .with("encoding", form)
        .with("offset", offset)
        .with("limit", args.integer("limit").unwrap_or(VOXELS_USUAL))
        .with("layer_id", layer.unwrap_or(grid::ALL_LAYERS))
        .maybe("boxes", corners.map(|corners| json!([corners])))
        .of(&args.project());
    let told = ask(call, &request)?;
    let name = if form == "runs" { "runs" } else { "voxels" };
    let next = (told["truncated"] == json!(true)).then(|| told["count"].as_i64().unwrap_or(0));
    let mut structured = json!({name: ask::taken(told, name)});
    if let Some(count) = next {
        structured["next_offset"] = offset.saturating_add(count).into();
    }
    Ok(Outcome { structured, ..Outcome::default() })
}

/// Where the voxels of a colour are.
fn of_colour(
    call: &mut Call<'_>,
    args: &mut Args,
    layer: Option<i64>,
    corners: Option<[i32; 6]>,
) -> Result<Outcome, Refused> {
    if args.integer("offset").is_some_and(|offset| offset > 0) {
        return Err(Refused::new(
            "offset goes with runs and points of all colours: with color say a box.",
        ));
    }
    let limit = args.integer("limit").unwrap_or(VOXELS_USUAL);
    let request = Request::new(Method::FindVoxelsByColor)
        .maybe("color", args.take("color"))
        .with("max_results", limit)
        .with("layer_id", layer.unwrap_or(grid::ALL_LAYERS))
        .maybe("region", corners.map(params::region))
        .of(&args.project());
    let told = ask(call, &request)?;
    let places = told["locations"].as_array().map(Vec::as_slice).unwrap_or_default();
    let place = |voxel: &Value| json!({"at": [voxel["x"], voxel["y"], voxel["z"]], "layer": voxel["layer"]});
    let structured = json!({
        "color": told["target_color"], "voxels": places.iter().map(place).collect::<Vec<_>>(),
        "more": told["truncated"],
    });
    Ok(Outcome { structured, ..Outcome::default() })
}

/// From where a slice across an axis is seen: the axis to the right and the one up, as the view from that side.
const ACROSS: [(usize, usize); 3] = [(1, 2), (0, 2), (0, 1)];
const AXES: [&str; 3] = ["x", "y", "z"];

/// Slices as text.
fn slices(
    call: &mut Call<'_>,
    args: &Args,
    layer: Option<i64>,
    corners: Option<[i32; 6]>,
) -> Result<Outcome, Refused> {
    let project = args.project();
    let extent = grid::extent(call, &project, layer)?;
    // A box is drawn as it was asked for, empty cells too.
    let Some(corners) = corners.or(extent) else {
        let text = Some("There are no voxels.".to_owned());
        return Ok(Outcome {
            structured: json!({"legend": [], "slices": []}),
            text,
            ..Outcome::default()
        });
    };
    let cells = params::volume(corners);
    if cells > CELLS_MAX {
        let edges =
            [0, 1, 2].map(|axis| i64::from(corners[axis + 3]) - i64::from(corners[axis]) + 1);
        return Err(Refused::new(format!(
            "{} x {} x {} cells are {cells}, and one call draws {CELLS_MAX}. Say a smaller box, as one plane: {}.",
            edges[0],
            edges[1],
            edges[2],
            json!({"box": [corners[0], corners[1], corners[2], corners[3], corners[4], corners[2]]}),
        )));
    }
    let Some(grid) = Grid::read(call, &project, layer, corners)? else {
        return Err(Refused::new("box is too large: say a smaller one."));
    };
    let axis = args
        .text("axis")
        .and_then(|name| AXES.iter().position(|axis| axis.eq_ignore_ascii_case(name)));
    Ok(drawn(&grid, axis.unwrap_or(2)))
}

/// A grid as text and as data.
fn drawn(grid: &Grid, axis: usize) -> Outcome {
    let legend = legend(grid);
    let letter = |colour: u32| match legend.iter().position(|(of, _)| *of == colour) {
        _ if colour == 0 => EMPTY,
        Some(place) => char::from(LETTERS[place.min(LETTERS.len() - 1)]),
        None => char::from(LETTERS[LETTERS.len() - 1]),
    };
    let (across, up) = ACROSS[axis];
    let (min, size) = (grid.min, grid.size);
    let from_to = |axis: usize| (min[axis], i64::from(min[axis]) + size[axis] as i64 - 1);
    let ((left, right), (bottom, top)) = (from_to(across), from_to(up));
    let mut slices = Vec::new();
    let mut text = format!(
        "Columns: {} {left}..{right} to the right. Rows: {} {top}..{bottom} downwards.\n",
        AXES[across], AXES[up]
    );
    for (letter, colour, count) in told(&legend) {
        text.push_str(&format!("{letter} = {colour} ({count})  "));
    }
    for depth in 0..size[axis] as i64 {
        let at = depth + i64::from(min[axis]);
        text.push_str(&format!("\n\n{} = {at}\n", AXES[axis]));
        let row = |height: i64| -> String {
            (0..size[across] as i64)
                .map(|along| {
                    let mut place = [0; 3];
                    (place[axis], place[across], place[up]) = (depth, along, height);
                    letter(grid.at(place))
                })
                .collect()
        };
        let rows: Vec<String> = (0..size[up] as i64).rev().map(row).collect();
        let numbered = rows.iter().zip((i64::from(bottom)..=top).rev());
        let numbered = numbered.map(|(row, height)| format!("{height:>4} {row}"));
        text.push_str(&numbered.collect::<Vec<_>>().join("\n"));
        slices.push(json!({"at": at, "rows": rows}));
    }
    let legend: Vec<Value> = told(&legend)
        .map(|(letter, color, voxels)| json!({"letter": letter, "color": color, "voxels": voxels}))
        .collect();
    let structured = json!({
        "axis": AXES[axis], "columns": {"axis": AXES[across], "from": left, "to": right},
        "rows": {"axis": AXES[up], "from": top, "to": bottom}, "legend": legend, "slices": slices,
    });
    Outcome { structured, text: Some(text), ..Outcome::default() }
}

/// The colours of a grid, the most frequent first, with how many cells have each.
pub(super) fn legend(grid: &Grid) -> Vec<(u32, u64)> {
    let mut counts = std::collections::HashMap::new();
    for (_, colour) in grid.voxels() {
        *counts.entry(colour).or_insert(0) += 1;
    }
    let mut legend: Vec<(u32, u64)> = counts.into_iter().collect();
    legend.sort_by_key(|(colour, count)| (std::cmp::Reverse(*count), *colour));
    legend
}

/// The legend as it is told: those that share the last letter are one line.
fn told(legend: &[(u32, u64)]) -> impl Iterator<Item = (char, String, u64)> {
    let own = LETTERS.len() - 1;
    let alone = legend.iter().zip(LETTERS).take(own);
    let alone = alone.map(|((colour, count), letter)| (char::from(*letter), hex(*colour), *count));
    let rest = legend.get(own..).unwrap_or_default();
    let others = format!("{} other colours", rest.len());
    let count = rest.iter().map(|(_, count)| count).sum();
    let shared = (!rest.is_empty()).then(|| (char::from(LETTERS[own]), others, count));
    alone.chain(shared)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: u32 = u32::from_le_bytes([255, 0, 0, 255]);
    const BLUE: u32 = u32::from_le_bytes([0, 0, 255, 255]);

    /// Two red ones and a blue one above the second.
    fn grid() -> Grid {
        Grid::of([-1, 5, 0, 1, 6, 1], &[([-1, 5, 0], RED), ([1, 6, 0], RED), ([1, 6, 1], BLUE)])
    }

    #[test]
    fn slices_are_drawn_as_their_side_is_seen() {
        let top = drawn(&grid(), 2).text.unwrap();
        let expected = "Columns: x -1..1 to the right. Rows: y 6..5 downwards.\n\
                        # = #ff0000 (2)  a = #0000ff (1)  \n\n\
                        z = 0\n   6 ..#\n   5 #..\n\nz = 1\n   6 ..a\n   5 ...";
        assert_eq!(top, expected);
        let front = drawn(&grid(), 1).structured;
        assert_eq!(front["slices"][1], json!({"at": 6, "rows": ["..a", "..#"]}));
        let right = drawn(&grid(), 0).structured;
        assert_eq!(right["slices"][2], json!({"at": 1, "rows": [".a", ".#"]}));
        assert_eq!(right["rows"], json!({"axis": "z", "from": 1, "to": 0}));
    }

    #[test]
    fn colours_beyond_the_alphabet_share_a_letter() {
        let voxels: Vec<_> = (0..100).map(|x| ([x, 0, 0], 0xff00_0001 + x as u32)).collect();
        let drawn = drawn(&Grid::of([0, 0, 0, 99, 0, 0], &voxels), 2).structured;
        let legend = drawn["legend"].as_array().unwrap();
        assert_eq!(legend.len(), LETTERS.len());
        assert_eq!(legend.last().unwrap()["color"], "37 other colours");
        assert!(drawn["slices"][0]["rows"][0].as_str().unwrap().ends_with("**"));
    }
}
