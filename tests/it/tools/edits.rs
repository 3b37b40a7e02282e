//! What the tools that edit do, and how that is seen and taken back.

use serde_json::{Value, json};

use super::Bench;

/// How many voxels of what shows there are.
fn count(bench: &mut Bench, id: &str) -> u64 {
    bench.told("measure", json!({"project_id": id}))["voxels"].as_u64().unwrap()
}

#[test]
fn an_edit_tells_its_version_and_its_way_back() {
    let mut bench = Bench::new();
    let id = bench.project("p");
    let first = bench
        .told("place_voxels", json!({"project_id": id, "voxels": [[1, 2, 3]], "color": "gold"}));
    assert_eq!(first["placed"], 1);
    let way_back = first["undo"].as_str().unwrap();
    let arguments: Value = serde_json::from_str(way_back.strip_prefix("undo ").unwrap()).unwrap();
    assert_eq!(arguments, json!({"project_id": id, "steps": 1}));
    bench.call("undo", arguments);
    assert_eq!(count(&mut bench, &id), 0);
    bench.call("undo", json!({"project_id": id, "redo": true}));
    assert_eq!(count(&mut bench, &id), 1);
    assert!(
        bench
            .refused("undo", json!({"project_id": id, "redo": true}))
            .contains("nothing to be done again")
    );
    let version = first["version"].as_u64().unwrap();
    bench.call("paint", json!({"project_id": id, "box": [0, 0, 0, 9, 9, 9], "color": "red"}));
    bench.call("undo", json!({"project_id": id, "to_version": version}));
    let told = bench.told("read_voxels", json!({"project_id": id, "form": "points"}));
    assert_eq!(told["voxels"], json!([[1, 2, 3, 255, 215, 0, 255]]));
}

#[test]
fn an_edit_can_be_seen_at_once() {
    let mut bench = Bench::new();
    let id = bench.project("p");
    bench.call(
        "place_voxels",
        json!({"project_id": id, "boxes": [[0, 0, 0, 7, 7, 0]], "color": "green"}),
    );
    let seen = bench.call(
        "place_voxels",
        json!({"project_id": id, "voxels": [[3, 3, 1]], "color": "red", "look": true}),
    );
    assert_eq!(seen.pictures.len(), 1);
    assert_eq!(seen.structured["changes"]["added"], 1);
    assert_eq!(seen.structured["changes"]["box"], json!({"min": [3, 3, 1], "max": [3, 3, 1]}));
    let text = seen.text.unwrap();
    assert!(
        text.contains("\"placed\":1")
            && text.contains("1 added, 0 removed, 0 recoloured in x 3..3"),
        "{text}"
    );
    assert!(text.contains("look with box [0, 0, -2, 6, 6, 4] shows it larger"), "{text}");
    // The floor is grey: what stands out is the change.
    let colours = colours(&seen.pictures[0].png);
    assert!(colours.iter().any(|[r, g, b]| *r > 150 && *g < 90 && *b < 90), "no red");
    assert!(
        !colours.iter().any(|[r, g, b]| i32::from(*g) > i32::from(*r.max(b)) + 60),
        "green is not faded"
    );
    let seen = bench.call("paint", json!({"project_id": id, "from_color": "red", "color": "blue", "look": {"views": ["top"], "size": "small"}}));
    assert_eq!(
        (seen.pictures[0].label.ends_with(": top"), &seen.structured["painted"]),
        (true, &json!(1))
    );
}

fn colours(png: &[u8]) -> Vec<[u8; 3]> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let step = info.color_type.samples();
    pixels[..info.buffer_size()].chunks(step).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
}

#[test]
fn without_older_versions_the_picture_has_no_highlight() {
    let mut bench = Bench::of(crate::world::World::new());
    let id = bench.project("p");
    let seen =
        bench.call("place_voxels", json!({"project_id": id, "voxels": [[0, 0, 0]], "look": true}));
    assert_eq!(seen.pictures.len(), 1);
    assert!(
        seen.structured["note"].as_str().unwrap().starts_with("The change is not highlighted: ")
    );
}

#[test]
fn a_hundred_thousand_voxels_are_one_call() {
    let mut bench = Bench::new();
    let id = bench.project("p");
    let voxels: Vec<_> = (0..100_000)
        .map(|at| json!([at % 100, at / 100 % 100, at / 10_000, at % 256, 7, 9]))
        .collect();
    let told = bench.told("place_voxels", json!({"project_id": id, "voxels": voxels}));
    assert_eq!(told["placed"], 100_000);
    assert_eq!(bench.told("get_project", json!({"project_id": id}))["voxels"], 100_000);
}

#[test]
fn shapes_lines_and_text() {
    let mut bench = Bench::new();
    let id = bench.project("p");
    let ball = bench.told("draw_shape", json!({"project_id": id, "shape": "sphere", "center": [12, 12, 8], "size": 5, "color": "gold"}));
    assert_eq!(ball["changed"], 81);
    let cut = bench.told("draw_shape", json!({"project_id": id, "shape": "cube", "center": [12, 12, 8], "size": [3, 3, 3], "mode": "subtract"}));
    assert_eq!(cut["changed"], 27);
    let line = bench.told(
        "draw_shape",
        json!({"project_id": id, "shape": "line", "from": [0, 0, 0], "to": [7, 0, 7]}),
    );
    assert_eq!(line["changed"], 8);
    let text = bench.told(
        "draw_text",
        json!({"project_id": id, "text": "I", "at": [20, 0, 0], "color": "red"}),
    );
    assert_eq!(text["box"], json!([21, 0, 0, 23, 0, 6]));
    let seen = bench
        .call("read_voxels", json!({"project_id": id, "axis": "y", "box": [20, 0, 0, 24, 0, 6]}));
    let rows = &seen.structured["slices"][0]["rows"];
    assert_eq!(rows, &json!([".###.", "..#..", "..#..", "..#..", "..#..", "..#..", ".###."]));
}

#[test]
fn layers_are_reshaped_copied_and_merged() {
    let mut bench = Bench::new();
    let id = bench.project("p");
    bench.call(
        "place_voxels",
        json!({"project_id": id, "boxes": [[0, 0, 0, 1, 0, 0]], "color": "red"}),
    );
    let told = bench.told(
        "transform",
        json!({"project_id": id, "action": "mirror", "axis": "x", "at": 1.5, "keep": true}),
    );
    assert_eq!(told["voxels"], 4);
    bench.call("transform", json!({"project_id": id, "action": "move", "by": [0, 0, 5]}));
    bench.call(
        "transform",
        json!({"project_id": id, "action": "extrude", "box": [3, 0, 5, 0, 0, 5], "steps": 2}),
    );
    bench.call("edit_layers", json!({"project_id": id, "action": "add", "name": "roof"}));
    let copied = json!({"project_id": id, "action": "copy", "box": [0, 0, 5, 3, 0, 5], "to": [0, 4, 9], "layer": "background", "to_layer": "roof"});
    assert_eq!(bench.told("transform", copied)["voxels"], 4);
    let roof = json!({"project_id": id, "action": "set", "layer": "roof", "name": "top", "index": 0, "active": true});
    let told = bench.told("edit_layers", roof);
    // Several changes are one step.
    assert!(told["undo"].as_str().unwrap().contains("\"steps\":1"));
    let layers = bench.told("get_project", json!({"project_id": id}))["layers"].clone();
    assert_eq!((&layers[0]["name"], &layers[0]["active"]), (&json!("top"), &json!(true)));
    bench.call(
        "edit_layers",
        json!({"project_id": id, "action": "merge", "layer": "top", "into": "background"}),
    );
    assert_eq!(count(&mut bench, &id), 16);
    bench.call("transform", json!({"project_id": id, "action": "crop", "box": [0, 0, 0, 3, 0, 9]}));
    assert_eq!(count(&mut bench, &id), 12);
}

#[test]
fn a_batch_is_one_step_or_none() {
    let mut bench = Bench::new();
    let id = bench.project("p");
    let steps = json!([
        {"tool": "edit_layers", "arguments": {"action": "add", "name": "wall"}},
        {"tool": "place_voxels", "arguments": {"layer": "wall", "boxes": [[0, 0, 0, 3, 0, 3]], "color": "gray"}},
        {"tool": "remove_voxels", "arguments": {"voxels": [[1, 0, 0]]}},
    ]);
    let told = bench.told("batch", json!({"project_id": id, "steps": steps}));
    assert_eq!(told["results"][2]["removed"], 1);
    assert!(told["undo"].as_str().unwrap().contains("\"steps\":1"));
    let broken = json!([steps[1], {"tool": "transform", "arguments": {"action": "crop", "box": [0, 0, 0, 0, 0, 0], "layer": "no"}}]);
    let words = bench.refused("batch", json!({"project_id": id, "steps": broken}));
    assert!(words.starts_with("steps[1] (transform): No layer is called \"no\""), "{words}");
    assert!(words.ends_with("Nothing of the batch was kept."), "{words}");
    assert_eq!(count(&mut bench, &id), 15);
    bench.call("undo", json!({"project_id": id}));
    assert_eq!(
        bench.told("get_project", json!({"project_id": id}))["layers"].as_array().unwrap().len(),
        1
    );
}

#[test]
fn files_are_saved_opened_and_imported() {
    let mut bench = Bench::new();
    let id = bench.project("p");
    bench.call(
        "place_voxels",
        json!({"project_id": id, "boxes": [[0, 0, 0, 4, 4, 4]], "color": "red"}),
    );
    let saved = bench.told("save_file", json!({"project_id": id, "path": "p.gox"}));
    assert_eq!(saved["path"], "p.gox");
    let words = bench.refused("save_file", json!({"project_id": id, "path": "p.gox"}));
    assert!(words.contains("overwrite: true") && words.contains("p.gox"), "{words}");
    bench.call("save_file", json!({"project_id": id, "path": "p.gox", "overwrite": true}));
    bench.call(
        "save_file",
        json!({"project_id": id, "path": "p.stl", "closed": true, "unit": "millimetre"}),
    );
    bench.call("save_file", json!({"project_id": id, "path": "p.vox"}));
    let opened = bench.told("open_project", json!({"path": "p.vox", "name": "again"}));
    let again = opened["project_id"].as_str().unwrap().to_owned();
    assert_eq!(count(&mut bench, &again), 125);
    let imported = bench.told("open_project", json!({"path": "p.gox", "project_id": again}));
    assert_eq!(imported["layers_added"], 1);
    assert!(
        bench
            .refused("open_project", json!({"path": "p.gox"}))
            .contains("There is a project called \"p\"")
    );
    assert!(bench.refused("open_project", json!({"path": "no.gox"})).contains("no.gox"));
}

#[test]
fn nothing_is_closed_that_would_be_lost() {
    let mut bench = Bench::of(crate::world::World::new());
    let id = bench.project("p");
    bench.call("place_voxels", json!({"project_id": id, "voxels": [[0, 0, 0]]}));
    assert!(bench.refused("close_project", json!({"project_id": id})).contains("discard: true"));
    assert!(
        bench
            .refused("close_project", json!({"project_id": id, "delete": true}))
            .contains("discard: true")
    );
    bench.limits.discard = false;
    assert!(
        bench
            .refused("close_project", json!({"project_id": id, "discard": true}))
            .contains("save_file first")
    );
    bench.limits.discard = true;
    assert!(
        bench
            .refused("open_project", json!({"name": "p"}))
            .contains("delete it with close_project")
    );
    bench.call("close_project", json!({"project_id": id, "discard": true, "delete": true}));
    assert_eq!(bench.told("list_projects", json!({}))["projects"], json!([]));
}

#[test]
fn a_script_is_one_step_that_can_be_seen_or_nothing() {
    let mut bench = Bench::new();
    let id = bench.project("p");
    let script = "for (let x = 0; x < args[0]; x++) goxel.addVoxel(x, 0, 0, [x, 90, 20]); print('done'); 'ok'";
    let told = bench
        .told("run_script", json!({"project_id": id, "script": script, "args": [9], "seed": 3}));
    assert_eq!((&told["value"], &told["output"]), (&json!("ok"), &json!("done\n")), "{told}");
    assert_eq!(told["changed"], json!({"added": 9, "removed": 0, "recoloured": 0}));
    let arguments: Value =
        serde_json::from_str(told["undo"].as_str().unwrap().strip_prefix("undo ").unwrap())
            .unwrap();
    bench.call("undo", arguments);
    assert_eq!(count(&mut bench, &id), 0);
    let words = bench.refused(
        "run_script",
        json!({"project_id": id, "script": "goxel.addVoxel(1, 1, 1, [1, 2, 3]);\nfoo()"}),
    );
    assert!(words.contains("ReferenceError") && words.contains("(line 2"), "{words}");
    assert!(words.contains("Nothing was changed"), "{words}");
    assert_eq!(count(&mut bench, &id), 0);
}
