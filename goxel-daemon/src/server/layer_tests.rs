//! Layers: made, chosen, changed, removed.

use super::tests::Client;

const DONE: &str = r#""result": { "success": true }"#;

fn changed(id: u32, name: &str) -> String {
    format!(r#""result": {{ "success": true, "layer_id": {id}, "name": "{name}" }}"#)
}

fn refused(client: &mut Client, method: &str, params: &str, code: i32, message: &str) {
    let expected = format!(r#""error": {{ "code": {code}, "message": "{message}" }}"#);
    client.check(method, params, &expected);
}

#[test]
fn layers_are_changed_by_position_and_by_name() {
    let mut client = Client::project();
    client.call("goxel.create_layer", "[\"a\"]");
    client.check("goxel.rename_layer", "[2, \"b\"]", &changed(2, "b"));
    client.check("goxel.rename_layer", "{\"name\": \"c\"}", &changed(2, "c"));
    client.call("goxel.add_voxel", "[1, 1, 1, 0, 0, 200, 128]");
    client.call("goxel.add_voxel", "[1, 1, 1, 200, 0, 0, 255, 1]");
    client.check("goxel.duplicate_layer", "[1]", &changed(3, "background"));
    client.check("goxel.move_layer", "{\"layer_id\": 3, \"index\": 2}", &changed(3, "background"));
    client.check("goxel.clear", "[]", &changed(3, "background"));
    client.check("goxel.delete_layer", "{\"layer_name\": \"background\"}", DONE);
    client.check("goxel.undo", "[]", r#""result": { "success": true, "undo": 8, "redo": 1 }"#);
    client.check("goxel.history", "{}", r#""result": { "undo": 8, "redo": 1, "version": 11 }"#);
    client.check("goxel.merge_layers", "[2, 1]", DONE);
    let voxel = client.call("goxel.get_voxel", "{\"x\": 1, \"y\": 1, \"z\": 1, \"layer_id\": 1}");
    assert!(voxel.contains("\"color\": [ 99, 0, 100, 255 ]"), "{voxel}");
    let hidden = r#""result": { "success": true, "visible": false }"#;
    client.check("goxel.set_layer_visibility", "[1, false]", hidden);
    client.check("goxel.delete_layer", "[3]", DONE);
    client.check("goxel.delete_layer", "{\"layer_id\": 1}", DONE);
    let layers = client.call("goxel.list_layers", "[]");
    assert!(layers.contains("\"count\": 1") && layers.contains("\"voxel_count\": 0"), "{layers}");
}

#[test]
fn what_is_refused() {
    let mut client = Client::project();
    let mut check =
        |method, params, code, message| refused(&mut client, method, params, code, message);
    let neither = "Must specify either layer_id or layer_name";
    check("goxel.delete_layer", "{}", -32602, neither);
    check("goxel.delete_layer", "[9]", -1012, "Failed to delete layer: no layer has the id 9");
    check(
        "goxel.delete_layer",
        "{\"name\": \"x\"}",
        -1012,
        "Failed to delete layer: no layer is named \\\"x\\\"",
    );
    let ids = "Must specify valid source_layer_id and target_layer_id";
    check("goxel.merge_layers", "[0, 1]", -32602, ids);
    check(
        "goxel.merge_layers",
        "[1, 1]",
        -1013,
        "Failed to merge layers: a layer cannot be merged with itself (id 1)",
    );
    check("goxel.set_layer_visibility", "[]", -32602, "Must specify valid layer_id");
    check(
        "goxel.set_layer_visibility",
        "[5]",
        -1014,
        "Failed to set layer visibility: no layer has the id 5",
    );
    let index = "position 7 is past the end: the project has 1 layers";
    check("goxel.move_layer", "[1, 7]", -1008, index);
    check("goxel.move_layer", "[1, -1]", -32602, "params[1]: must be an integer from 0");
}
