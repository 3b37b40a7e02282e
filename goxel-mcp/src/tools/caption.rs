//! [`Caption`]: what is on a picture, in words, since a pixel does not tell which voxel it shows: how many voxels there
//! are and where, from where each view looks, and where in it the voxels are.

use goxel_proto::types::{CameraPreset, Word as _};
use serde_json::Value;

use super::args;
use crate::tool::Object;

/// A change whose longest edge is at most this part of the model's is small in a picture of all.
const SMALL_PART: u32 = 4;
/// Voxels around a change that are looked at with it.
const AROUND: i32 = 3;

/// What a caption tells of.
pub(super) struct Caption<'a> {
    /// What the picture is called.
    pub(super) label: &'a str,
    /// What is told of it for programs.
    pub(super) told: &'a Object,
    pub(super) views: &'a [String],
    pub(super) columns: usize,
    /// Pixels along each edge.
    pub(super) size: u32,
    /// The box that the views are of, where that is known.
    pub(super) framed: Option<[i32; 6]>,
    /// The version that changes are told from.
    pub(super) since: Option<&'a Value>,
}

impl Caption<'_> {
    /// The words.
    pub(super) fn words(&self) -> String {
        let Self { label, told, .. } = self;
        let mut lines =
            vec![format!("{label}. {} voxels{}.", told["voxels"], extent(told.get("bounds")))];
        for (row, views) in self.views.chunks(self.columns).enumerate() {
            let views = views.iter().enumerate().map(|(column, name)| self.view(name, row, column));
            lines.push(format!("Row {}: {}.", row + 1, views.collect::<Vec<_>>().join("; ")));
        }
        if let Some(changes) = told.get("changes") {
            lines.push(format!(
                "Since version {}: {} added, {} removed, {} recoloured{}.",
                self.since.unwrap_or(&Value::Null),
                changes["added"],
                changes["removed"],
                changes["recoloured"],
                extent(changes.get("box")),
            ));
            lines.extend(self.closer(&changes["box"]));
        }
        lines.join("\n")
    }

    /// How a change is seen larger that is small in the picture.
    fn closer(&self, changed: &Value) -> Option<String> {
        let (all, changed) = (self.told.get("bounds").and_then(corners)?, corners(changed)?);
        let longest =
            |corners: [i32; 6]| (0..3).map(|axis| corners[axis + 3].abs_diff(corners[axis])).max();
        if longest(changed)? > longest(all)? / SMALL_PART {
            return None;
        }
        let near = std::array::from_fn::<_, 6, _>(|at| {
            let by = if at < 3 { -AROUND } else { AROUND };
            changed[at].saturating_add(by)
        });
        Some(format!("It is small here: look with box {near:?} shows it larger."))
    }

    fn view(&self, name: &str, row: usize, column: usize) -> String {
        let sentence = CameraPreset::named(name).map_or("", CameraPreset::sentence);
        let rows = self.views.len().div_ceil(self.columns);
        let edge = |of: usize| f64::from(self.size) / of as f64;
        let (width, height) = (edge(self.columns), edge(rows));
        let part = Part { left: width * column as f64, top: height * row as f64, width, height };
        let ruler = self.framed.and_then(|framed| ruler(name, framed, part));
        let ruler = ruler.map(|ruler| format!("; {ruler}")).unwrap_or_default();
        format!("{name} ({}{ruler})", sentence.trim_end_matches('.'))
    }
}

/// ` in x 0..9, y 0..9, z 0..4`.
fn extent(bounds: Option<&Value>) -> String {
    let Some(corners) = bounds.and_then(corners) else { return String::new() };
    let range =
        |axis: usize| format!("{} {}..{}", ["x", "y", "z"][axis], corners[axis], corners[axis + 3]);
    format!(" in {}", [0, 1, 2].map(range).join(", "))
}

/// The corners of a box that was told as `{min, max}`.
pub(super) fn corners(told: &Value) -> Option<[i32; 6]> {
    let corner = |name: &str| args::cells::<3>(told[name].as_array()?);
    let ([a, b, c], [d, e, f]) = (corner("min")?, corner("max")?);
    Some([a, b, c, d, e, f])
}

/// The part of a picture that is free on each side of a model, together; the renderer is told so.
pub(super) const MARGIN: f64 = 0.1;

/// What a view shows to the right and upwards: an axis each, and whether towards higher coordinates.
type Axes = [(usize, bool); 2];

/// The views that look along an axis.
const VIEWS: [(&str, Axes); 6] = [
    ("front", [(0, true), (2, true)]),
    ("back", [(0, false), (2, true)]),
    ("left", [(1, false), (2, true)]),
    ("right", [(1, true), (2, true)]),
    ("top", [(0, true), (1, true)]),
    ("bottom", [(0, true), (1, false)]),
];

/// A part of a picture: its left upper corner and its size, in pixels.
#[derive(Clone, Copy, Debug)]
struct Part {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

/// Where the voxels of a box, whose lower corner comes first, are in a view of them: their outer edges, in
/// pixels. `None` of a view that is slanted.
fn ruler(view: &str, corners: [i32; 6], part: Part) -> Option<String> {
    let (_, axes) = VIEWS.iter().find(|(name, _)| *name == view)?;
    let edge = |axis: usize| f64::from(corners[axis + 3]) - f64::from(corners[axis]) + 1.0;
    let [right, up] = axes;
    let fill = 1.0 - MARGIN;
    let pixels = (part.width * fill / edge(right.0)).min(part.height * fill / edge(up.0));
    let ends = |(axis, rises): (usize, bool)| {
        let ends = (corners[axis], corners[axis + 3]);
        if rises { ends } else { (ends.1, ends.0) }
    };
    let name = |axis: usize| ["x", "y", "z"][axis];
    let half = |axis: usize| edge(axis) * pixels / 2.0;
    let (from, to) = ends(*right);
    let (bottom, top) = ends(*up);
    let (across, down) = (part.left + part.width / 2.0, part.top + part.height / 2.0);
    Some(format!(
        "{} {from}..{to} at pixels {:.0}..{:.0} across, {} {top}..{bottom} at {:.0}..{:.0} down",
        name(right.0),
        across - half(right.0),
        across + half(right.0),
        name(up.0),
        down - half(up.0),
        down + half(up.0),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_fills_its_part_up_to_the_margin() {
        let part = Part { left: 256.0, top: 0.0, width: 256.0, height: 200.0 };
        let told = |view| ruler(view, [0, 10, -5, 9, 29, 4], part);
        let front = "x 0..9 at pixels 294..474 across, z 4..-5 at 10..190 down";
        assert_eq!(told("front").unwrap(), front);
        let left = "y 29..10 at pixels 269..499 across, z 4..-5 at 42..158 down";
        assert_eq!(told("left").unwrap(), left);
        let bottom = "x 0..9 at pixels 339..429 across, y 10..29 at 10..190 down";
        assert_eq!(told("bottom").unwrap(), bottom);
        assert_eq!(told("isometric"), None);
    }
}
