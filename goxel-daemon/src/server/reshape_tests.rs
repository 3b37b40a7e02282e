//! Layers as wholes, copies of parts, and files made of files.

use super::tests::Client;

fn with_row() -> Client {
    let mut client = Client::project();
    let boxes = r#"{"boxes": [[0,0,0,0,0,0,255,0,0,255], [1,0,0,1,0,0,0,0,255,255]]}"#;
    client.call("goxel.add_voxels", boxes);
    client
}

fn now(count: u64) -> String {
    format!(r#""result": {{ "success": true, "layer_id": 1, "voxel_count": {count} }}"#)
}

fn holds(client: &mut Client, voxels: &str) {
    let reply = client.call("goxel.get_voxels", "{}");
    let start = format!(r#""result": {{ "voxels": [ {voxels} ], "#);
    assert!(reply.starts_with(&start), "{reply}");
}

const RED: &str = "255, 0, 0, 255";
const BLUE: &str = "0, 0, 255, 255";

#[test]
fn moved_turned_and_mirrored() {
    let mut client = with_row();
    client.check("goxel.translate", "[[5, -1, 2]]", &now(2));
    holds(&mut client, &format!("[ 5, -1, 2, {RED} ], [ 6, -1, 2, {BLUE} ]"));
    client.check("goxel.mirror", r#"["x"]"#, &now(2));
    holds(&mut client, &format!("[ 5, -1, 2, {BLUE} ], [ 6, -1, 2, {RED} ]"));
    client.check("goxel.mirror", r#"{"axis": "x", "at": 6.5, "keep": true}"#, &now(4));
    client.check("goxel.undo", "[]", r#""result": { "success": true, "undo": 3, "redo": 1 }"#);
    client.check("goxel.rotate", r#"["z", 90, [5, -1, 2]]"#, &now(2));
    holds(&mut client, &format!("[ 5, -1, 2, {BLUE} ], [ 5, 0, 2, {RED} ]"));
    client.check("goxel.rotate", r#"{"axis": "z", "degrees": -90}"#, &now(2));
    holds(&mut client, &format!("[ 5, -1, 2, {BLUE} ], [ 6, -1, 2, {RED} ]"));
}

#[test]
fn scaled_cropped_and_recoloured() {
    let mut client = with_row();
    client.check("goxel.scale", "[2]", &now(16));
    client.check("goxel.scale", "[0.5]", &now(2));
    holds(&mut client, &format!("[ 0, 0, 0, {RED} ], [ 1, 0, 0, {BLUE} ]"));
    client.check("goxel.replace_color", r##"["#fe0000", "#0000ff", 1]"##, &now(2));
    holds(&mut client, &format!("[ 0, 0, 0, {BLUE} ], [ 1, 0, 0, {BLUE} ]"));
    client.check("goxel.crop", r#"[{"min": [1, 0, 0], "max": [5, 5, 5]}]"#, &now(1));
    holds(&mut client, &format!("[ 1, 0, 0, {BLUE} ]"));
    client.check("goxel.replace_color", r##"["#0000ff", [0, 0, 0, 0]]"##, &now(0));
    client.check("goxel.mirror", r#"["y"]"#, &now(0));
}

#[test]
fn copied() {
    let mut client = with_row();
    let region = r#"{"min": [0, 0, 0], "max": [1, 5, 5]}"#;
    client.check("goxel.copy", &format!("[{region}, [1, 0, 0]]"), &now(3));
    holds(&mut client, &format!("[ 0, 0, 0, {RED} ], [ 1, 0, 0, {RED} ], [ 2, 0, 0, {BLUE} ]"));
    client.call("goxel.create_layer", r#"["other"]"#);
    let params =
        format!(r#"{{"region": {region}, "to": [0, 0, 9], "layer_id": 1, "target_layer_id": 2}}"#);
    let two = r#""result": { "success": true, "layer_id": 2, "voxel_count": 2 }"#;
    client.check("goxel.copy", &params, two);
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut client = with_row();
    let mut refused = |method: &str, params: &str, what: &str| {
        let reply = client.call(method, params);
        assert!(reply.starts_with("\"error\"") && reply.contains(what), "{method}: {reply}");
    };
    refused("goxel.translate", "[[2147483647, 0, 0]]", "");
    refused("goxel.scale", "[1000000]", "");
    refused("goxel.scale", "[0]", "params[0]: must be 0.5 or a whole number from 1");
    refused("goxel.rotate", r#"["z", 45]"#, "params[1]: must be a multiple of 90");
    refused("goxel.mirror", r#"["w"]"#, "must be");
    refused(
        "goxel.crop",
        r#"{"region": {"min": [0, 0, 0], "max": [1, 1, 1]}, "layer_id": 9}"#,
        "no layer has the id 9",
    );
    refused("goxel.copy", "{}", "Missing required parameter: region");
    client.check("goxel.history", "[]", r#""result": { "undo": 1, "redo": 0, "version": 2 }"#);
    holds(&mut client, &format!("[ 0, 0, 0, {RED} ], [ 1, 0, 0, {BLUE} ]"));
}

#[test]
fn files_are_converted_apart_from_projects() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = |name: &str| dir.path().join(name).to_str().expect("text").to_owned();
    let mut client = with_row();
    client.call("goxel.save_project", &format!("[{:?}]", path("a.vox")));
    let mut other = Client::default();
    let params = format!("[{:?}, {:?}]", path("a.vox"), path("b.obj"));
    let expected = format!(
        r#""result": {{ "success": true, "path": {:?}, "output_path": {:?}, "up": "y", "unit": "metre", "beside": [ "b_palette.png", "b.mtl" ] }}"#,
        path("a.vox"),
        path("b.obj")
    );
    other.check("goxel.convert", &params, &expected);
    let object = std::fs::read_to_string(path("b.obj")).expect("a file");
    assert!(object.contains("\nf "), "{object}");
    assert!(["b_palette.png", "b.mtl"].iter().all(|name| std::fs::exists(path(name)).unwrap()));
    other.check("goxel.list_projects", "[]", r#""result": { "count": 0, "projects": [] }"#);
    let named = format!(
        r#"{{"path": {:?}, "output_path": {:?}, "format": "ply"}}"#,
        path("a.vox"),
        path("c")
    );
    assert!(other.call("goxel.convert", &named).contains("\"success\": true"));
    for (params, what) in [
        (format!("[{:?}, {:?}]", path("none.vox"), path("d.obj")), "Failed to load project"),
        (format!("[{:?}, {:?}]", path("a.vox"), path("d.what")), "is no known format"),
        (format!("[{:?}]", path("a.vox")), "output_path"),
    ] {
        let reply = other.call("goxel.convert", &params);
        assert!(reply.starts_with("\"error\"") && reply.contains(what), "{reply}");
    }
    assert!(!std::path::Path::new(&path("d.obj")).exists());
}
