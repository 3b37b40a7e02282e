//! Parameters of tools. One that is a method's is taken from the row of the method - its kind, limits, default
//! and unit - so that what a model is told is what the daemon checks; its sentence may be a shorter one.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};

/// The parameter `name` of a method. That there is none is found when this is compiled.
pub(super) const fn of(method: Method, name: &str) -> Field {
    member(method.info().params, name)
}

/// The member `name` of an object that a method takes as its parameter `param`.
pub(super) const fn inside(method: Method, param: &str, name: &str) -> Field {
    let kind = of(method, param).kind;
    match kind.plain() {
        Kind::Object(fields) => member(fields, name),
        _ => member(&[], name),
    }
}

const fn member(fields: &[Field], name: &str) -> Field {
    let mut at = 0;
    loop {
        assert!(at < fields.len(), "the table has no such field");
        if begins(fields[at].names.as_bytes(), name.as_bytes()) {
            return fields[at];
        }
        at += 1;
    }
}

/// Whether the first of these names, between which there are bars, is this one.
const fn begins(names: &[u8], name: &[u8]) -> bool {
    if names.len() < name.len() || (names.len() > name.len() && names[name.len()] != b'|') {
        return false;
    }
    let mut at = 0;
    while at < name.len() {
        if names[at] != name[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The same in other words, which say the unit where it is not plain.
pub(super) const fn said(mut field: Field, about: &'static str) -> Field {
    field.about = about;
    field.unit = None;
    field
}

/// The same where it has to be there.
pub(super) const fn required(mut field: Field) -> Field {
    field.required = true;
    field.default = None;
    field
}

/// The same where it may be absent, without a default: a sentence tells it better, or it is of some calls alone.
pub(super) const fn plain(mut field: Field) -> Field {
    field.default = None;
    field.required = false;
    field
}

/// The kind of a method's parameter.
pub(super) const fn kind(method: Method, name: &str) -> Kind {
    of(method, name).kind
}

/// `[x, y, z]`.
pub(super) const CELL: Kind = Kind::tuple(&Kind::Coordinate, 3);
/// `[x1, y1, z1, x2, y2, z2]`: two corners, both inside, whichever way round.
const CORNERS: Kind = Kind::tuple(&Kind::Coordinate, 6);

/// Which project: the first parameter of nearly every tool.
pub(super) const PROJECT: Field = Field::needed("project_id", Kind::Text, "Of list_projects.");
/// Which layer.
pub(super) const LAYER: Field = Field::absent("layer", LAYER_KIND, "Name or id; else active.");
/// A layer by its name or id.
pub(super) const LAYER_KIND: Kind =
    Kind::AnyOf(&[Kind::Text, Kind::Integer { min: 1, max: u32::MAX as i64 }]);
/// Which layer, or what shows of all.
pub(super) const SHOWN: Field = Field::absent("layer", LAYER_KIND, "Name or id; else what shows.");
/// A colour.
pub(super) const COLOR: Field = Field::absent("color", Kind::Colour, "As \"gold\" or \"#rrggbb\".");

/// A box.
pub(super) const BOX: Field = corners("box", "[x1,y1,z1,x2,y2,z2].");

/// A box of this name.
pub(super) const fn corners(name: &'static str, about: &'static str) -> Field {
    Field::absent(name, CORNERS, about)
}

/// Two corners as the box that the daemon takes.
pub(super) fn region(corners: [i32; 6]) -> serde_json::Value {
    let [a, b] = [[corners[0], corners[1], corners[2]], [corners[3], corners[4], corners[5]]];
    let pick = |pick: fn(i32, i32) -> i32| [0, 1, 2].map(|axis| pick(a[axis], b[axis]));
    serde_json::json!({"min": pick(i32::min), "max": pick(i32::max)})
}

/// How many voxels two corners hold.
pub(super) fn volume(corners: [i32; 6]) -> u64 {
    let edge = |axis: usize| u64::from(corners[axis].abs_diff(corners[axis + 3])) + 1;
    (0..3).fold(1, |volume: u64, axis| volume.saturating_mul(edge(axis)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_first_name() {
        assert_eq!(of(Method::ProceduralShape, "center").names, "center|from");
        assert_eq!(of(Method::AddVoxels, "voxels").name(), "voxels");
        assert!(inside(Method::RenderScene, "options", "views").about.contains("presets"));
        assert!(!begins(b"from", b"fro") && !begins(b"to", b"too") && begins(b"a|b", b"a"));
    }

    #[test]
    fn corners_go_either_way_round() {
        let region = region([5, 0, 9, 1, -2, 9]);
        assert_eq!(region, serde_json::json!({"min": [1, -2, 9], "max": [5, 0, 9]}));
        assert_eq!(volume([5, 0, 9, 1, -2, 9]), 15);
        assert_eq!(volume([i32::MIN, i32::MIN, i32::MIN, i32::MAX, i32::MAX, i32::MAX]), u64::MAX);
    }
}
