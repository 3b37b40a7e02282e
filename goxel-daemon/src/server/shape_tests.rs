//! Shapes in their modes, height maps, and what is grown and repeated.

use super::tests::Client;

fn created(shape: &str, count: u64) -> String {
    format!(
        r#""result": {{ "success": true, "shape_type": "{shape}", "voxels_created": {count} }}"#
    )
}

fn now(count: u64) -> String {
    format!(r#""result": {{ "success": true, "layer_id": 1, "voxel_count": {count} }}"#)
}

fn refused(client: &mut Client, method: &str, params: &str, what: &str) {
    let reply = client.call(method, params);
    assert!(reply.starts_with("\"error\"") && reply.contains(what), "{method} {params}: {reply}");
}

#[test]
fn lines_planes_and_tori() {
    let mut client = Client::project();
    let shape = "goxel.procedural_shape";
    client.check(
        shape,
        r#"{"shape": "line", "from": [0, 0, 0], "to": [9, 4, -2]}"#,
        &created("line", 10),
    );
    client.call("goxel.clear", "{}");
    let plane = r#"{"shape": "plane", "size": [5, 5, 5], "normal": [1, 0, 0]}"#;
    client.check(shape, plane, &created("plane", 25));
    client.check(
        "goxel.get_bounding_box",
        "{}",
        r#""result": { "empty": false, "min": [ 0, -2, -2 ], "max": [ 0, 2, 2 ], "dimensions": [ 1, 5, 5 ] }"#,
    );
    client.call("goxel.clear", "{}");
    let torus = client.call(shape, r#"{"shape": "torus", "size": 12, "tube": 4, "axis": "y"}"#);
    assert!(torus.contains("\"shape_type\": \"torus\""), "{torus}");
    client.check(
        "goxel.get_bounding_box",
        "{}",
        r#""result": { "empty": false, "min": [ -6, -2, -6 ], "max": [ 5, 1, 5 ], "dimensions": [ 12, 4, 12 ] }"#,
    );
    refused(&mut client, shape, r#"{"shape": "line"}"#, "params.to: a line needs its other end");
    refused(&mut client, shape, r#"{"shape": "torus", "size": 4, "tube": 5}"#, "params.tube");
    refused(&mut client, shape, r#"{"shape": "plane", "size": 2000}"#, "too large");
    refused(&mut client, shape, r#"{"mode": "xor"}"#, "params.mode: must be");
}

#[test]
fn shapes_do_what_their_mode_says() {
    let mut client = Client::project();
    let shape = "goxel.procedural_shape";
    client.check(
        shape,
        r##"{"shape": "cube", "size": 5, "color": "#f00"}"##,
        &created("cube", 125),
    );
    let mut mode = |params: &str, told: &str, left: u64| {
        let reply = client.call(shape, params);
        assert!(reply.ends_with(&format!("\"voxels_created\": 0, {told} }}")), "{reply}");
        let count = client.call("goxel.count_voxels", "{}");
        assert_eq!(count, format!("\"result\": {{ \"count\": {left} }}"), "{params}");
        client.call("goxel.undo", "{}");
    };
    let cube = r#""shape": "cube", "size": 3, "center": [2, 0, 0]"#;
    mode(&format!(r#"{{{cube}, "mode": "subtract"}}"#), "\"voxels_removed\": 18", 107);
    mode(&format!(r#"{{{cube}, "mode": "intersect"}}"#), "\"voxels_removed\": 107", 18);
    mode(&format!(r#"{{{cube}, "mode": "paint"}}"#), "\"voxels_painted\": 18", 125);
    // Alpha 0 removes, whatever is built.
    let clear = r#""color": [0, 0, 0, 0]"#;
    mode(&format!(r#"{{{cube}, "mode": "paint", {clear}}}"#), "\"voxels_removed\": 18", 107);
    let line = r#"{"shape": "line", "to": [9, 0, 0], "color": [0, 0, 0, 0]}"#;
    mode(line, "\"voxels_removed\": 3", 122);
    client.check("goxel.history", "{}", r#""result": { "undo": 1, "redo": 1, "version": 12 }"#);
}

#[test]
fn height_maps() {
    let mut client = Client::project();
    let told = |count: u64| {
        format!(r#""result": {{ "success": true, "layer_id": 1, "voxels_created": {count} }}"#)
    };
    let params = r#"{"heights": [[1, 0], [2, 3]], "position": [5, 6, 7], "color": [9, 9, 9]}"#;
    client.check("goxel.heightmap", params, &told(6));
    client.check(
        "goxel.get_bounding_box",
        "{}",
        r#""result": { "empty": false, "min": [ 5, 6, 7 ], "max": [ 6, 7, 9 ], "dimensions": [ 2, 2, 3 ] }"#,
    );
    let less = r#"{"heights": [[9]], "position": [5, 7, 7], "mode": "subtract"}"#;
    client.check(
        "goxel.heightmap",
        less,
        r#""result": { "success": true, "layer_id": 1, "voxels_created": 0, "voxels_removed": 2 }"#,
    );
    client.call("goxel.undo", "{}");
    client.call("goxel.undo", "{}");
    client.check("goxel.heightmap", r#"{"heights": []}"#, &told(0));
    refused(&mut client, "goxel.heightmap", "{}", "params.heights: must be");
    refused(
        &mut client,
        "goxel.heightmap",
        r#"{"path": "/nowhere.png"}"#,
        "params.path: '/nowhere.png': ",
    );
    refused(
        &mut client,
        "goxel.heightmap",
        r#"{"heights": [[4000000000]]}"#,
        "would leave the range of positions",
    );
    refused(
        &mut client,
        "goxel.heightmap",
        r#"{"heights": [[1]], "layer_id": 7}"#,
        "no layer has the id 7",
    );
}

#[test]
fn grown_hollowed_and_repeated() {
    let mut client = Client::project();
    client.call("goxel.procedural_shape", r#"{"size": 5}"#);
    client.check("goxel.hollow", "[1]", &now(125 - 27));
    client.check("goxel.undo", "{}", r#""result": { "success": true, "undo": 1, "redo": 1 }"#);
    client.check("goxel.hollow", "[2]", &now(124));
    client.call("goxel.undo", "{}");
    client.check("goxel.erode", "{}", &now(27));
    client.check("goxel.dilate", r#"{"connectivity": 26}"#, &now(125));
    client.check("goxel.erode", r#"{"steps": 2}"#, &now(1));
    client.check("goxel.dilate", "[2]", &now(25));
    client.call("goxel.clear", "{}");
    client.call("goxel.add_voxel", "[0, 0, 0]");
    let region = r#"{"min": [0, 0, 0], "max": [1, 0, 0]}"#;
    client.check("goxel.extrude", &format!("[{region}, \"x\", 3]"), &now(4));
    client.check("goxel.extrude", &format!("[{region}, \"x\", -1]"), &now(5));
    client.check("goxel.mirror", r#"{"axis": "x", "at": 0, "side": "high"}"#, &now(7));
    refused(&mut client, "goxel.erode", "[0]", "params[0]: must be an integer from 1");
    refused(&mut client, "goxel.hollow", "[-1]", "params[0]: must be an integer from 1");
    refused(&mut client, "goxel.extrude", "{}", "Missing required parameter: region");
}

#[test]
fn copies_come_from_other_projects() {
    let mut client = Client::project();
    client.call("goxel.procedural_shape", r##"{"size": 3, "color": "#f00"}"##);
    client.call("goxel.create_project", r#"["q"]"#);
    let region = r#""region": {"min": [0, 0, 0], "max": [1, 9, 9]}, "to": [0, 0, 0]"#;
    client.check("goxel.copy", &format!(r#"{{{region}, "from_project": "p"}}"#), &now(8));
    client.check("goxel.history", "{}", r#""result": { "undo": 1, "redo": 0, "version": 2 }"#);
    let voxel =
        r#""result": { "x": 1, "y": 0, "z": 0, "exists": true, "color": [ 255, 0, 0, 255 ] }"#;
    client.check("goxel.get_voxel", "[1, 0, 0]", voxel);
    client.check("goxel.copy", &format!(r#"{{{region}, "mode": "intersect"}}"#), &now(8));
    client.check("goxel.copy", &format!(r#"{{{region}, "mode": "subtract"}}"#), &now(0));
    let other = format!(r#"{{{region}, "from_project": "r"}}"#);
    refused(&mut client, "goxel.copy", &other, "params.from_project: no open project is named");
    let layer = format!(r#"{{{region}, "from_project": "p", "layer_id": 5}}"#);
    refused(&mut client, "goxel.copy", &layer, "no layer has the id 5");
}
