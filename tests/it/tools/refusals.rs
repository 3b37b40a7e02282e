//! What a model is told where a call is wrong: what, where, and the next sensible step.

use serde_json::{Value, json};

use super::Bench;

#[test]
fn every_refusal_says_how_to_mend_the_call() {
    let mut bench = Bench::new();
    let words = bench.refused("look", json!({"project_id": "nope"}));
    assert_eq!(
        words,
        "No open project is named \"nope\". There are no projects: open_project makes one."
    );
    let id = bench.project("p");
    let check = |bench: &mut Bench, name: &str, arguments: Value, expected: &str| {
        let mut given = json!({"project_id": id});
        given.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
        let words = bench.refused(name, given);
        assert!(words.contains(expected), "{name}: {words}");
    };
    let words = bench.refused("look", json!({"project_id": "nope"}));
    assert!(words.contains(&format!("Call list_projects. There are: {id} (p)")), "{words}");
    for (name, arguments, expected) in [
        ("place_voxels", json!({"voxel": [[1, 2, 3]]}), "is \"voxels\" meant?"),
        ("place_voxels", json!({}), "say voxels, runs or boxes"),
        ("place_voxels", json!({"voxels": [[1, 2, 3], [1, 2, "3"]]}), "voxels[1][2] must be"),
        ("place_voxels", json!({"voxels": [[1, 2, 3, 300, 0, 0]]}), "voxels[0][3]"),
        ("place_voxels", json!({"voxels": [[1, 2, 3]], "color": "reddish"}), "color"),
        (
            "place_voxels",
            json!({"voxels": [[1, 2, 3]], "layer": "bakground"}),
            "is \"background\" meant? The project has: background (id 1)",
        ),
        (
            "place_voxels",
            json!({"voxels": [[1, 2, 3]], "layer": 77}),
            "The project has: background (id 1)",
        ),
        (
            "place_voxels",
            json!({"boxes": [[0, 0, 0, 999, 999, 999]]}),
            "One call names 16777216 voxels at the most",
        ),
        (
            "place_voxels",
            json!({"voxels": [[1, 2, 3]], "look": {"view": "top"}}),
            "is \"views\" meant?",
        ),
        (
            "draw_shape",
            json!({"shape": "spere", "center": [0, 0, 0], "size": 3}),
            "is \"sphere\" meant?",
        ),
        ("draw_shape", json!({"shape": "sphere"}), "center is missing"),
        (
            "draw_shape",
            json!({"shape": "line", "from": [0, 0, 0], "to": [1, 1, 1], "size": 3}),
            "size is not of a line",
        ),
        ("draw_text", json!({"text": " ", "at": [0, 0, 0]}), "nothing to be seen"),
        ("paint", json!({"color": "red"}), "Say box, from_color or flood_at"),
        (
            "transform",
            json!({"action": "rotate", "factor": 2}),
            "factor is not of rotate, which takes: axis, degrees, pivot",
        ),
        ("transform", json!({"action": "rotate", "degrees": 45}), "degrees"),
        ("transform", json!({"action": "mirror"}), "axis is missing"),
        ("edit_layers", json!({"action": "delete"}), "layer is missing"),
        ("edit_layers", json!({"action": "add"}), "name is missing"),
        ("undo", json!({}), "nothing to be taken back"),
        ("undo", json!({"to_version": 99_999}), "version"),
        (
            "batch",
            json!({"steps": [{"tool": "undo", "arguments": {}}]}),
            "steps[0].tool: \"undo\" cannot be a step",
        ),
        ("batch", json!({"steps": []}), "steps has 0 elements"),
        (
            "batch",
            json!({"steps": [{"tool": "paint", "arguments": {"color": "red", "look": true}}]}),
            "look belongs to the batch",
        ),
        ("look", json!({"views": ["frontt"]}), "is \"front\" meant?"),
        ("look", json!({"since": 99_999}), "version"),
        (
            "read_voxels",
            json!({"box": [0, 0, 0, 99, 99, 99]}),
            "100 x 100 x 100 cells are 1000000, and one call draws 16384",
        ),
        ("save_file", json!({"path": "../p.gox"}), "../p.gox"),
        ("save_file", json!({"path": "p.nonsense"}), "nonsense"),
        ("close_project", json!({"project_id": 7}), "project_id must be a string, not 7"),
    ] {
        check(&mut bench, name, arguments, expected);
    }
    assert!(bench.refused("undo", json!({})).starts_with("project_id is missing"));
}
