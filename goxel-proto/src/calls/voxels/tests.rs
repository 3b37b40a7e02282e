//! Points, runs, boxes and records, good and bad.

use super::*;
use crate::json::Reader;
use crate::{ErrorCode, Method};
use proptest::prelude::*;

fn read(params: &str) -> std::result::Result<VoxelSet, String> {
    let value = Value::parse(params.as_bytes()).unwrap();
    let args = Args::new(Method::AddVoxels, Some(value.into())).unwrap();
    Voxels::read(&args).map(|call| call.set).map_err(|error| error.message)
}

fn points(params: &str, expected: &[([i32; 3], [u8; 4])]) {
    let expected: Vec<_> =
        expected.iter().map(|&(pos, c)| Voxel { pos: pos.into(), rgba: Rgba(c) }).collect();
    assert_eq!(read(params).map(|set| set.points), Ok(expected), "{params}");
}

fn bad(params: &str, expected: &str) {
    assert_eq!(read(params), Err(expected.to_owned()), "{params}");
}

#[test]
fn points_in_every_form() {
    points("[[[1,2,3], [4,5,6,7,8,9]]]", &[([1, 2, 3], [255; 4]), ([4, 5, 6], [7, 8, 9, 255])]);
    points(
        r##"{"voxels": [[1,2,3], {"x":1,"y":2,"z":3.9,"r":1,"g":2,"b":3,"a":4},
            {"position":[1,2,3],"color":[9,9,9]}], "color": "#00ff00"}"##,
        &[([1, 2, 3], [0, 255, 0, 255]), ([1, 2, 3], [1, 2, 3, 4]), ([1, 2, 3], [9, 9, 9, 255])],
    );
}

#[test]
fn boxes_hold_both_corners() {
    let set = read("{\"boxes\": [[3,0,0,1,0,0,1,2,3]]}").unwrap();
    let aabb = Aabb::spanning(Pos::new(1, 0, 0), Pos::new(3, 0, 0));
    assert_eq!(set.boxes, [(aabb, Rgba::opaque(1, 2, 3))]);
}

#[test]
fn runs_go_along_x() {
    let set = read("{\"runs\": [[-1,5,6,3], [2147483647,0,0,1,1,2,3,4]]}").unwrap();
    let row = |x1, x2, y, z| Aabb::spanning(Pos::new(x1, y, z), Pos::new(x2, y, z));
    let expected =
        [(row(-1, 1, 5, 6), Rgba::WHITE), (row(i32::MAX, i32::MAX, 0, 0), Rgba([1, 2, 3, 4]))];
    assert_eq!(set.boxes, expected);
    assert_eq!(set.named(), 4);
    bad("{\"runs\": [[0,0,0,0]]}", "params.runs[0][3]: a run has at least one voxel");
    bad("{\"runs\": [[2,0,0,2147483647]]}", "params.runs[0]: leaves the range of 32 bits");
    bad("{\"runs\": [[0,0,0]]}", "params.runs[0]: has 3 numbers: 4, 7 or 8 are due");
}

#[test]
fn a_list_that_is_no_json_is_refused_as_such() {
    for (params, at) in [
        ("[[[1,2,3],]]", 10),
        ("[[[1,2,3],[1,2,3}]]", 16),
        ("[[[1,2,3] [4,5,6]]]", 10),
        ("[[[1,2,03]]]", 8),
        ("{\"voxels\":[[1,2,3],01],\"voxels\":[]}", 20),
    ] {
        let unread = Reader::new(params.as_bytes()).unread().unwrap();
        let args = Args::new(Method::AddVoxels, Some(unread));
        let error = args.and_then(|args| Voxels::read(&args)).unwrap_err();
        assert_eq!(error.code, ErrorCode::Parse, "{params}");
        let place = format!("at byte {at}");
        assert!(error.message.ends_with(&place), "{params}: {}", error.message);
    }
}

proptest! {
    #[test]
    fn forms_may_change_from_point_to_point(points in prop::collection::vec(point(), 0..40)) {
        let text: Vec<&str> = points.iter().map(|(text, _)| text.as_str()).collect();
        let expected: Vec<Voxel> = points.iter().map(|(_, voxel)| *voxel).collect();
        for between in [",", " ,\n "] {
            let set = read(&format!("[[{}]]", text.join(between)));
            prop_assert_eq!(set.map(|set| set.points), Ok(expected.clone()));
        }
    }
}

/// A point in one of several forms, and what it means.
fn point() -> impl Strategy<Value = (String, Voxel)> {
    (any::<[i32; 3]>(), any::<[u8; 4]>(), 0..6, 0..24).prop_map(|(axes, rgba, form, shift)| {
        let [x, y, z] = axes.map(|axis| axis >> shift);
        let [r, g, b, a] = rgba;
        let (text, rgba) = match form {
            0 => (format!("[{x},{y},{z}]"), [255; 4]),
            1 => (format!("[{x},{y},{z},{r},{g},{b}]"), [r, g, b, 255]),
            2 => (format!("[ {x}, {y}, {z}, {r}, {g}, {b}, {a} ]"), rgba),
            3 => {
                (format!(r#"{{"x":{x},"y":{y},"z":{z},"r":{r},"g":{g},"b":{b}}}"#), [r, g, b, 255])
            }
            4 => (
                format!(
                    r#"{{"a": {a}, "z": {z}, "y": {y}, "x": {x}, "r": {r}, "g": {g}, "b": {b}}}"#
                ),
                rgba,
            ),
            _ => (format!(r#"{{"position":[{x},{y},{z}],"color":[{r},{g},{b},{a}]}}"#), rgba),
        };
        (text, Voxel { pos: Pos::new(x, y, z), rgba: Rgba(rgba) })
    })
}

#[test]
fn errors_name_the_place() {
    bad("{}", "params: Missing voxels parameter (or runs, boxes or data)");
    bad("{\"voxels\": 5}", "params.voxels: must be an array");
    bad("[[[1,2,3],[1,2]]]", "params[0][1]: has 2 numbers: 3, 6 or 7 are due");
    bad("{\"voxels\": [[1,\"2\",3]]}", "params.voxels[0][1]: must be a number");
    bad("{\"voxels\": [{\"x\":1,\"y\":2}]}", "params.voxels[0]: needs x, y and z");
    bad(
        "{\"voxels\": [{\"x\":1,\"y\":2,\"z\":3,\"r\":1}]}",
        "params.voxels[0]: needs r, g and b, or none of them",
    );
    bad(
        "{\"boxes\": [[0,0,0,1,1,1,300,0,0]]}",
        "params.boxes[0][6]: a colour component must be an integer from 0 to 255",
    );
}
