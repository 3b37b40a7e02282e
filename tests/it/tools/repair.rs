//! An agent that mends a damaged model by what `measure` and the words of `look` tell it, and by nothing that it
//! knows of the damage.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::Bench;

/// Voxels of a colour so rare that it is taken for a slip.
const RARE_VOXELS_MAX: u64 = 3;

/// A house with a gable roof, symmetric across x, in a project of this name.
fn house(bench: &mut Bench, name: &str) -> String {
    let id = bench.project(name);
    let mut boxes = vec![
        json!([0, 0, 0, 20, 14, 0, 120, 120, 110]),
        json!([1, 1, 1, 19, 13, 7, 200, 170, 120]),
        // Two windows on either side, of two by two, and stripes along the walls.
        json!([4, 1, 3, 5, 1, 4, 90, 160, 220]),
        json!([15, 1, 3, 16, 1, 4, 90, 160, 220]),
        json!([1, 1, 6, 19, 13, 6, 150, 110, 70]),
    ];
    for course in 0..10 {
        boxes.push(json!([course, 0, 8 + course, 20 - course, 14, 8 + course, 160, 60, 40]));
    }
    bench.call("place_voxels", json!({"project_id": id, "boxes": boxes}));
    id
}

/// Holes, crumbs, slips of colour, and a corner of one half that is gone.
fn damage(bench: &mut Bench, id: &str) {
    let holes = json!([[7, 1, 5], [12, 7, 8], [10, 0, 14], [3, 3, 3]]);
    bench.call("remove_voxels", json!({"project_id": id, "voxels": holes}));
    let crumbs = json!([[30, 3, 9, 30, 3, 9], [-6, 5, 12, -5, 5, 12], [10, -4, 20, 10, -4, 22]]);
    bench.call("place_voxels", json!({"project_id": id, "boxes": crumbs, "color": "#a03c28"}));
    bench.call(
        "place_voxels",
        json!({"project_id": id, "voxels": [[6, 1, 2], [15, 13, 4]], "color": "magenta"}),
    );
    bench
        .call("place_voxels", json!({"project_id": id, "voxels": [[9, 0, 9]], "color": "#00ff00"}));
    bench.call("remove_voxels", json!({"project_id": id, "boxes": [[14, 8, 1, 20, 14, 12]]}));
}

/// The points of a box as `[x, y, z, r, g, b, a]`.
fn points(bench: &mut Bench, id: &str, corners: &[i64; 6]) -> Vec<Vec<i64>> {
    let told = bench.told(
        "read_voxels",
        json!({"project_id": id, "form": "points", "box": corners, "limit": 5000}),
    );
    serde_json::from_value(told["voxels"].clone()).unwrap()
}

fn cell(value: &Value) -> [i64; 3] {
    serde_json::from_value(value.clone()).unwrap()
}

/// Removes what floats, and sees that no more than that went.
fn remove_crumbs(bench: &mut Bench, id: &str) {
    let measured = bench.told("measure", json!({"project_id": id}));
    for part in measured["floating"]["listed"].as_array().unwrap() {
        let (min, max) = (cell(&part["min"]), cell(&part["max"]));
        let corners = [min, max].concat();
        let seen = bench
            .call("remove_voxels", json!({"project_id": id, "boxes": [corners], "look": true}));
        assert_eq!(seen.structured["removed"], part["voxels"], "the box held something else, too");
        assert!(seen.text.unwrap().contains(&format!("0 added, {} removed", part["voxels"])));
    }
    assert_eq!(bench.told("measure", json!({"project_id": id}))["floating"]["count"], 0);
}

/// Gives each voxel of a rare colour the one that most voxels around it have.
fn mend_colours(bench: &mut Bench, id: &str) {
    let measured = bench.told("measure", json!({"project_id": id}));
    for colour in measured["colors"]["listed"].as_array().unwrap() {
        if colour["voxels"].as_u64().unwrap() > RARE_VOXELS_MAX {
            continue;
        }
        let found = bench.told("read_voxels", json!({"project_id": id, "color": colour["color"]}));
        for voxel in found["voxels"].as_array().unwrap() {
            let [x, y, z] = cell(&voxel["at"]);
            let around = points(bench, id, &[x - 1, y - 1, z, x + 1, y + 1, z]);
            let mut counts: HashMap<&[i64], usize> = HashMap::new();
            for point in around.iter().filter(|point| point[..3] != [x, y, z]) {
                *counts.entry(&point[3..]).or_default() += 1;
            }
            let (usual, _) = counts.into_iter().max_by_key(|(_, count)| *count).unwrap();
            let point = [&[x, y, z], usual].concat();
            bench.call("place_voxels", json!({"project_id": id, "voxels": [point]}));
        }
    }
}

/// Puts a voxel of the colour around it into each gap.
fn close_gaps(bench: &mut Bench, id: &str) {
    let measured = bench.told("measure", json!({"project_id": id}));
    let gap = |gap: &Value| {
        let [x, y, z] = cell(&gap["at"]);
        json!({"x": x, "y": y, "z": z, "color": gap["color"]})
    };
    let voxels: Vec<Value> =
        measured["gaps"]["listed"].as_array().unwrap().iter().map(gap).collect();
    bench.call("place_voxels", json!({"project_id": id, "voxels": voxels}));
    assert_eq!(bench.told("measure", json!({"project_id": id}))["gaps"]["count"], 0);
}

/// Mirrors the half that has more.
fn restore_symmetry(bench: &mut Bench, id: &str) {
    let measured = bench.told("measure", json!({"project_id": id}));
    let x = &measured["symmetry"]["x"];
    assert!(x["differences"].as_u64().unwrap() > 0);
    let at = x["at"].as_f64().unwrap();
    let (min, max) = (cell(&measured["bounds"]["min"]), cell(&measured["bounds"]["max"]));
    let mut half = |from: i64, to: i64| {
        let corners = [from, min[1], min[2], to, max[1], max[2]];
        bench.told("measure", json!({"project_id": id, "box": corners}))["voxels"].as_u64().unwrap()
    };
    let (low, high) = (half(min[0], at.ceil() as i64 - 1), half(at.floor() as i64 + 1, max[0]));
    let side = if low > high { "low" } else { "high" };
    bench.call(
        "transform",
        json!({"project_id": id, "action": "mirror", "axis": "x", "at": at, "side": side}),
    );
    assert_eq!(bench.told("measure", json!({"project_id": id}))["symmetry"]["x"]["percent"], 100.0);
}

#[test]
fn an_agent_mends_a_damaged_model() {
    let mut bench = Bench::new();
    let sound = house(&mut bench, "sound");
    let broken = house(&mut bench, "broken");
    damage(&mut bench, &broken);
    let all = [-20, -20, -20, 50, 50, 50];
    assert_ne!(points(&mut bench, &broken, &all), points(&mut bench, &sound, &all));
    remove_crumbs(&mut bench, &broken);
    mend_colours(&mut bench, &broken);
    close_gaps(&mut bench, &broken);
    restore_symmetry(&mut bench, &broken);
    assert_eq!(points(&mut bench, &broken, &all), points(&mut bench, &sound, &all));
    let measured = bench.told("measure", json!({"project_id": broken}));
    assert_eq!(measured["colors"]["count"], 5);
}
