//! What is no voxel: materials, cameras, the palette, and what layers are beside theirs.

use super::tests::Client;

fn done(key: &str, id: u32, name: &str) -> String {
    format!(r#""result": {{ "success": true, "{key}": {id}, "name": "{name}" }}"#)
}

fn refused(client: &mut Client, method: &str, params: &str, code: i32, message: &str) {
    let expected = format!(r#""error": {{ "code": {code}, "message": "{message}" }}"#);
    client.check(method, params, &expected);
}

const TRANSFORM: &str = "[ 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1 ]";

#[test]
fn materials_are_made_changed_and_removed() {
    let mut client = Client::project();
    let steel = r##"["steel", "#ff0000", 1]"##;
    client.check("goxel.set_material", steel, &done("material_id", 1, "steel"));
    client.check("goxel.set_material", "{}", &done("material_id", 2, "Material.2"));
    let dark = r#"{"name": "steel", "color": [0.25, 0, 0, 0.5], "roughness": 0.2}"#;
    client.check("goxel.set_material", dark, &done("material_id", 1, "steel"));
    let message = "params.ior: must be a number from 1";
    refused(&mut client, "goxel.set_material", r#"{"ior": 0.5}"#, -32602, message);
    let lamp = r#"{"id": 2, "name": "lamp", "emission": [1, 2, 3.5]}"#;
    client.check("goxel.set_material", lamp, &done("material_id", 2, "lamp"));
    client.check(
        "goxel.list_materials",
        "{}",
        r#""result": { "count": 2, "materials": [ { "id": 1, "name": "steel", "color": [ 0.25, 0, 0, 0.5 ], "metallic": 1, "roughness": 0.2, "emission": [ 0, 0, 0 ], "transmission": 0, "ior": 1.5, "medium": "clear", "density": 0 }, { "id": 2, "name": "lamp", "color": [ 1, 1, 1, 1 ], "metallic": 0.2, "roughness": 0.5, "emission": [ 1, 2, 3.5 ], "transmission": 0, "ior": 1.5, "medium": "clear", "density": 0 } ] }"#,
    );
    let removed = r#""result": { "success": true, "material_id": 2 }"#;
    client.check("goxel.delete_material", r#"{"name": "lamp"}"#, removed);
    client.check("goxel.history", "[]", r#""result": { "undo": 5, "redo": 0, "version": 6 }"#);
    refused(&mut client, "goxel.delete_material", "[2]", -1016, "no material has the id 2");
    let message = "params.metallic: must be a number from 0 to 1";
    refused(&mut client, "goxel.set_material", r#"{"metallic": 2}"#, -32602, message);
    let neither = "Must specify either material_id or name";
    refused(&mut client, "goxel.delete_material", "{}", -32602, neither);
    client.check("goxel.history", "[]", r#""result": { "undo": 5, "redo": 0, "version": 6 }"#);
}

#[test]
fn a_layer_tells_what_it_is_and_is_changed() {
    let mut client = Client::project();
    client.call("goxel.set_material", r#"["steel"]"#);
    let fresh = format!(
        r#""result": {{ "id": 1, "name": "background", "visible": true, "active": true, "voxel_count": 0, "mode": "over", "material_id": 0, "transform": {TRANSFORM} }}"#
    );
    client.check("goxel.get_layer", "{}", &fresh);
    let all = r#"{"layer_id": 1, "name": "hull", "visible": false, "mode": "subtract", "material": "steel",
        "transform": [1,0,0,0, 0,1,0,0, 0,0,1,0, 2.5,0,-3,1],
        "bounds": {"min": [0, 0, 0], "max": [3, 4, 5]}}"#;
    let changed = r#""result": { "success": true, "layer_id": 1, "name": "hull" }"#;
    client.check("goxel.set_layer", all, changed);
    client.check(
        "goxel.get_layer",
        "[1]",
        r#""result": { "id": 1, "name": "hull", "visible": false, "active": true, "voxel_count": 0, "mode": "subtract", "material_id": 1, "material": "steel", "transform": [ 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 2.5, 0, -3, 1 ], "bounds": { "min": [ 0, 0, 0 ], "max": [ 3, 4, 5 ] } }"#,
    );
    client.check("goxel.set_layer", r#"{"bounds": false, "material": false}"#, changed);
    let told = client.call("goxel.get_layer", "[1]");
    assert!(
        told.contains(r#""material_id": 0, "transform""#) && !told.contains("bounds"),
        "{told}"
    );
    client.call("goxel.undo", "[]");
    client.call("goxel.undo", "[]");
    client.check("goxel.get_layer", "{}", &fresh);
    let matrix = "a transform is 16 finite numbers by column, whose last row is 0, 0, 0, 1";
    let zeros = format!(r#"{{"transform": [{}0]}}"#, "0, ".repeat(15));
    refused(&mut client, "goxel.set_layer", &zeros, -1008, matrix);
    let unknown = r#"no material is named \"gold\""#;
    refused(&mut client, "goxel.set_layer", r#"{"material": "gold"}"#, -1016, unknown);
    refused(&mut client, "goxel.get_layer", "[9]", -1008, "no layer has the id 9");
    client.check("goxel.get_layer", "{}", &fresh);
}

#[test]
fn cameras_are_made_chosen_and_removed() {
    let mut client = Client::project();
    let front = r#"["front", [0, -10, 0], [0, 0, 0]]"#;
    client.check("goxel.set_camera", front, &done("camera_id", 1, "front"));
    let flat = r#"{"name": "front", "orthographic": true, "active": true}"#;
    client.check("goxel.set_camera", flat, &done("camera_id", 1, "front"));
    let told = r#""result": { "count": 1, "cameras": [ { "id": 1, "name": "front", "active": true, "distance": 10, "orthographic": true, "transform": [ 1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, -10, 0, 1 ] } ] }"#;
    client.check("goxel.list_cameras", "{}", told);
    let same = "params.target: must be somewhere else than eye";
    let stuck = r#"{"eye": [1, 1, 1], "target": [1, 1, 1]}"#;
    refused(&mut client, "goxel.set_camera", stuck, -32602, same);
    refused(&mut client, "goxel.set_camera", r#"{"id": 4}"#, -1016, "no camera has the id 4");
    client.check("goxel.list_cameras", "{}", told);
    let removed = r#""result": { "success": true, "camera_id": 1 }"#;
    client.check("goxel.delete_camera", r#"{"name": "front"}"#, removed);
    client.check("goxel.list_cameras", "{}", r#""result": { "count": 0, "cameras": [] }"#);
}

/// The reply to a picture of a red voxel, 3 pixels wide and high.
fn picture(client: &mut Client, camera: &str) -> String {
    let params = format!(
        r#"{{"width": 3, "height": 3, "camera": {camera}, "options": {{"return_mode": "pixels"}}}}"#
    );
    client.call("goxel.render_scene", &params)
}

#[test]
fn pictures_are_taken_by_cameras_of_the_project() {
    let mut client = Client::project();
    client.call("goxel.add_voxel", "[0, 0, 0, 255, 0, 0]");
    client.call("goxel.set_camera", "[\"front\", [0.5, -9, 0.5], [0.5, 0, 0.5]]");
    let flat = r#"{"name": "front", "orthographic": true, "distance": 1.5}"#;
    client.call("goxel.set_camera", flat);
    let by_name = picture(&mut client, "\"front\"");
    assert!(by_name.contains(r#""width": 3, "height": 3"#), "{by_name}");
    assert_eq!(picture(&mut client, "1"), by_name);
    let none = "Failed to render scene: no camera is active";
    assert!(picture(&mut client, "true").contains(none));
    client.call("goxel.set_camera", r#"{"id": 1, "active": true}"#);
    assert_eq!(picture(&mut client, "true"), by_name);
    client.call("goxel.set_camera", r#"{"id": 1, "distance": 40}"#);
    assert_ne!(picture(&mut client, "true"), by_name, "the voxel is too small to be seen");
    let unknown = r#"no camera is named \"back\""#;
    assert!(picture(&mut client, "\"back\"").contains(unknown));
    client.call("goxel.set_camera", r#"{"id": 1, "distance": 0}"#);
    assert!(picture(&mut client, "1").contains("the camera sees nothing"));
}

#[test]
fn the_palette_is_replaced() {
    let mut client = Client::project();
    client.check("goxel.get_palette", "{}", r#""result": { "count": 0, "colors": [] }"#);
    let colours = r##"[["#ff0000", {"color": [1, 2, 3], "name": "moss"}]]"##;
    client.check("goxel.set_palette", colours, r#""result": { "success": true, "count": 2 }"#);
    let told = r##""result": { "count": 2, "colors": [ { "hex": "#FF0000FF", "rgba": [ 255, 0, 0, 255 ] }, { "hex": "#010203FF", "rgba": [ 1, 2, 3, 255 ], "name": "moss" } ] }"##;
    client.check("goxel.get_palette", "{}", told);
    client.call("goxel.set_material", r#"["glass"]"#);
    let made = r##"[["#fff", {"color": "#000", "material": "glass"}]]"##;
    client.check("goxel.set_palette", made, r#""result": { "success": true, "count": 2 }"#);
    let glass = r##""hex": "#000000FF", "rgba": [ 0, 0, 0, 255 ], "material_id": 1, "material": "glass" }"##;
    assert!(client.call("goxel.get_palette", "{}").contains(glass));
    let unknown = r##"[[{"color": "#000", "material": "soup"}]]"##;
    let message = r#"no material is named \"soup\""#;
    refused(&mut client, "goxel.set_palette", unknown, -1016, message);
    client.call("goxel.delete_material", r#"{"name": "glass"}"#);
    assert!(!client.call("goxel.get_palette", "{}").contains("glass"));
    client.call("goxel.undo", "[]");
    assert!(client.call("goxel.get_palette", "{}").contains(glass));
    client.call("goxel.set_palette", colours);
    let empty = "colour 0 of the palette has alpha 0, which is no voxel";
    refused(&mut client, "goxel.set_palette", "[[[0, 0, 0, 0]]]", -1016, empty);
    client.check("goxel.get_palette", "{}", told);
}

#[test]
fn files_keep_it_and_imports_bring_materials() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.gox");
    let path = format!("[\"{}\"]", path.display());
    let mut client = Client::project();
    client.call("goxel.set_material", r#"["steel"]"#);
    client.call("goxel.set_layer", r#"{"material": "steel", "mode": "max"}"#);
    client.call("goxel.set_palette", r##"[["#010203"]]"##);
    client.call("goxel.save_project", &path);
    client.call("goxel.create_project", "[\"other\"]");
    client.call("goxel.set_material", r#"["glass"]"#);
    client.call("goxel.import_model", &path);
    let told = client.call("goxel.get_layer", "[2]");
    assert!(told.contains(r#""mode": "max", "material_id": 2, "material": "steel""#), "{told}");
    client.call("goxel.load_project", &path);
    let told = client.call("goxel.get_layer", "{}");
    assert!(told.contains(r#""mode": "max", "material_id": 1, "material": "steel""#), "{told}");
    let palette = client.call("goxel.get_palette", "{}");
    assert!(palette.contains("#010203FF"), "{palette}");
}

/// A floor of two triangles, with a line that is no face and a material from a file that is not there.
const FLOOR: &str = "mtllib a.mtl\nusemtl red\nv 0 0.5 0\nv 2 0.5 0\nv 2 0.5 -2\nv 0 0.5 -2\n\
                     f 1 2 3\nf 1 3 4\nl 1 2\n";

#[test]
fn what_of_a_file_is_passed_over_is_told_or_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    std::fs::write(path("a.obj"), FLOOR).unwrap();
    let (mesh, out) = (path("a.obj"), path("a.txt"));
    let mut client = Client::project();
    let calls = [
        ("goxel.load_project", format!(r#"{{"path": "{mesh}""#), "read_options"),
        ("goxel.import_model", format!(r#"{{"path": "{mesh}""#), "read_options"),
        ("goxel.convert", format!(r#"{{"path": "{mesh}", "output_path": "{out}""#), "options"),
    ];
    let lines = r#"{ "code": "primitives", "what": "points, lines and curves are passed over: only faces are read", "count": 1 }"#;
    for (method, params, options) in &calls {
        let told = client.call(method, &format!("{params}}}"));
        assert!(told.contains(&format!(r#""warnings": [ {lines}, "#)), "{method}: {told}");
        assert!(told.contains(r#""code": "missing_files""#), "{method}: {told}");
        let strict = format!(r#"{params}, "{options}": {{"strict": true}}}}"#);
        let refused = client.call(method, &strict);
        assert!(refused.contains("not all of the file would be read: points, lines"), "{refused}");
    }
    // With its material there is nothing to tell but the line.
    std::fs::write(path("a.mtl"), "newmtl red\nKd 1 0 0\n").unwrap();
    client.call("goxel.load_project", &format!(r#"{{"path": "{mesh}", "name": "floor"}}"#));
    let red = client.call("goxel.get_voxel", "[5, 5, 31]");
    assert!(red.contains(r#""exists": true, "color": [ 255, 0, 0, 255 ]"#), "{red}");
    let told = client.call("goxel.import_model", &format!(r#"["{mesh}"]"#));
    assert!(told.ends_with(&format!(r#""warnings": [ {lines} ] }}"#)), "{told}");
}

#[test]
fn a_file_goes_into_a_layer_that_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.gox").display().to_string();
    let mut client = Client::project();
    client.call("goxel.set_material", r#"["steel"]"#);
    client.call("goxel.set_layer", r#"{"material": "steel"}"#);
    client.call("goxel.add_voxel", "[1, 0, 0, 255, 0, 0, 255]");
    client.call("goxel.create_layer", r#"["hidden"]"#);
    client.call("goxel.add_voxel", "[2, 0, 0, 255, 0, 0, 255]");
    client.call("goxel.set_layer_visibility", "[2, false]");
    client.call("goxel.save_project", &format!(r#"["{path}"]"#));
    client.call("goxel.create_project", r#"["other"]"#);
    client.call("goxel.add_voxel", "[9, 0, 0, 0, 0, 255, 255]");
    client.check(
        "goxel.import_model",
        &format!(r#"{{"path": "{path}", "layer_id": 1}}"#),
        &format!(
            r#""result": {{ "success": true, "path": "{path}", "layers": 0, "warnings": [ {{ "code": "hidden_layers", "what": "only what shows of the file goes into a layer", "count": 1 }}, {{ "code": "materials", "what": "what goes into a layer has its material", "count": 1 }} ] }}"#
        ),
    );
    let there = client.call("goxel.list_layers", "{}");
    assert!(there.contains(r#""count": 1"#) && there.contains(r#""voxel_count": 2"#), "{there}");
    client.call("goxel.undo", "[]");
    assert!(client.call("goxel.list_layers", "{}").contains(r#""voxel_count": 1"#));
    let unknown =
        client.call("goxel.import_model", &format!(r#"{{"path": "{path}", "layer_id": 7}}"#));
    assert!(unknown.contains("error"), "{unknown}");
}
