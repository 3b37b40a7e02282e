//! Frames in, replies out, without a socket. Jobs are carried out on the spot.

use super::*;

/// A client of its own daemon.
#[derive(Default)]
pub(crate) struct Client {
    pub(crate) server: Server,
    pub(crate) session: Session,
}

impl Client {
    pub(crate) fn send(&mut self, frame: &str) -> String {
        let mut out = Output::default();
        let mut verdict = self.server.frame(&mut self.session, frame.as_bytes(), &mut out);
        while let Verdict::Wait(job) = verdict {
            verdict = self.server.finish(&mut self.session, job.run(), &mut out);
        }
        String::from_utf8(out.into_bytes()).expect("replies are text")
    }

    /// Calls a method with these parameters, and gives its result or error.
    pub(crate) fn call(&mut self, method: &str, params: &str) -> String {
        let request =
            format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params},"id":1}}"#);
        let reply = self.send(&request);
        let body = reply
            .strip_prefix(r#"{ "jsonrpc": "2.0", "#)
            .and_then(|b| b.strip_suffix(", \"id\": 1 }\n"));
        body.unwrap_or(&reply).to_owned()
    }

    pub(crate) fn check(&mut self, method: &str, params: &str, expected: &str) {
        assert_eq!(self.call(method, params), expected, "{method} {params}");
    }

    pub(crate) fn project() -> Self {
        let mut client = Self::default();
        client.call("goxel.create_project", r#"["p", 8, 9, 10]"#);
        client
    }
}

fn exchange(frame: &str, expected: &str) {
    assert_eq!(Client::project().send(frame), expected, "{frame}");
}

#[test]
fn the_protocol_to_the_letter() {
    let error = |code: i32, message: &str, id: &str| {
        format!(
            "{{ \"jsonrpc\": \"2.0\", \"error\": {{ \"code\": {code}, \"message\": \"{message}\" }}, \"id\": {id} }}"
        )
    };
    let line = |code, message, id| error(code, message, id) + "\n";
    exchange("{\"a\":", &line(-32700, "Parse error: the text ends too early at byte 5", "null"));
    exchange("hello\n", &line(-32700, "Parse error: expected a value at byte 0", "null"));
    exchange("7\n", &line(-32600, "Invalid request: it must be an object", "null"));
    exchange(
        r#"{"jsonrpc":"2.0","method":"no","id":"x"}"#,
        &line(-32601, "Method not found: no", "\"x\""),
    );
    exchange(r#"{"jsonrpc":"2.0","method":"ping"}"#, "");
    exchange(r#"{"jsonrpc":"2.0","method":"no"}"#, "");
    exchange(
        r#"{"jsonrpc":"2.0","method":"echo","params":[1],"id":9223372036854775808}"#,
        "{ \"jsonrpc\": \"2.0\", \"result\": [ 1 ], \"id\": 9223372036854775808 }\n",
    );
    exchange("[]", &line(-32600, "Invalid request: a batch holds 1 to 10000 requests", "null"));
    exchange(
        r#"[{"jsonrpc":"2.0","method":"echo","params":{},"id":1},1,{"jsonrpc":"2.0","method":"echo"}]"#,
        &format!(
            "[ {{ \"jsonrpc\": \"2.0\", \"result\": {{}}, \"id\": 1 }}, {} ]\n",
            error(-32600, "Invalid request: it must be an object", "null"),
        ),
    );
    exchange(r#"[{"jsonrpc":"2.0","method":"echo"}]"#, "");
}

#[test]
fn a_batch_goes_on_after_a_job() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("p.gox");
    let batch = format!(
        r#"[{{"jsonrpc":"2.0","method":"goxel.add_voxel","params":[1,2,3,4,5,6],"id":1}},
            {{"jsonrpc":"2.0","method":"goxel.save_project","params":[{path:?}],"id":2}},
            {{"jsonrpc":"2.0","method":"goxel.load_project","params":[{path:?}]}},
            {{"jsonrpc":"2.0","method":"goxel.get_voxel","params":[1,2,3],"id":3}}]"#
    );
    let reply = Client::project().send(&batch);
    let ids: Vec<_> =
        reply.match_indices("\"id\": ").map(|(at, _)| &reply[at + 6..at + 7]).collect();
    assert_eq!(ids, ["1", "2", "3"], "{reply}");
    assert!(reply.starts_with("[ {") && reply.ends_with("} ]\n"), "{reply}");
    assert!(reply.contains("\"exists\": true, \"color\": [ 4, 5, 6, 255 ]"), "{reply}");
}

#[test]
fn voxels() {
    let mut client = Client::project();
    client.check(
        "goxel.add_voxel",
        "[1, -2, 3, 255, 0, 0]",
        r#""result": { "success": true, "x": 1, "y": -2, "z": 3, "layer_id": 0, "color": [ 255, 0, 0, 255 ] }"#,
    );
    client.check(
        "goxel.get_voxel",
        "{\"x\": 1, \"y\": -2, \"z\": 3}",
        r#""result": { "x": 1, "y": -2, "z": 3, "exists": true, "color": [ 255, 0, 0, 255 ] }"#,
    );
    client.check(
        "goxel.add_voxels",
        r#"{"boxes": [[0,0,0,3,3,3]], "voxels": [[9,9,9,1,2,3]], "color": [5,6,7]}"#,
        r#""result": { "success": true, "added": 65, "layer_id": 1 }"#,
    );
    client.check(
        "goxel.get_bounding_box",
        "{}",
        r#""result": { "empty": false, "min": [ 0, -2, 0 ], "max": [ 9, 9, 9 ], "dimensions": [ 10, 12, 10 ] }"#,
    );
    client.check(
        "goxel.remove_voxel",
        "[9, 9, 9]",
        r#""result": { "success": true, "x": 9, "y": 9, "z": 9, "layer_id": 0 }"#,
    );
    client.check("goxel.undo", "[]", r#""result": { "success": true, "undo": 2, "redo": 1 }"#);
    client.check(
        "goxel.remove_voxels",
        r#"{"boxes": [[-2000000000,-5,0, 2000000000,10,10]]}"#,
        r#""result": { "success": true, "removed": 66, "layer_id": 1 }"#,
    );
    client.check("goxel.get_bounding_box", "[]", r#""result": { "empty": true }"#);
}

#[test]
fn refusals_say_what_and_where_and_change_nothing() {
    let mut client = Client::project();
    client.call("goxel.add_voxel", "[0, 0, 0, 1, 1, 1]");
    let before = client.call("goxel.get_status", "{}");
    let cases = [
        ("goxel.add_voxel", "{\"x\": \"1\"}", -32602, "params.x: must be a number"),
        (
            "goxel.add_voxel",
            "{\"layer_id\": 9}",
            -1004,
            "Failed to add voxel: no layer has the id 9",
        ),
        (
            "goxel.add_voxels",
            "[[[1,2,3],[1,2]]]",
            -32602,
            "params[0][1]: has 2 numbers: 3, 6 or 7 are due",
        ),
        (
            "goxel.add_voxels",
            "{\"boxes\":[[-2147483648,0,0,2147483647,9,9]]}",
            -1004,
            "Failed to add voxel: a box of 429496729600 voxels is too large: 4294967296 at the most",
        ),
        (
            "goxel.load_project",
            "[]",
            -32602,
            "params.path: Missing required parameter: path (a string)",
        ),
        (
            "goxel.save_project",
            "[\"/tmp/a.obj\"]",
            -1003,
            "Failed to save project '/tmp/a.obj': this format does not hold layers",
        ),
        (
            "goxel.save_project",
            "[\"/nonexistent/a.gox\"]",
            -1003,
            "Failed to save project '/nonexistent/a.gox': ",
        ),
        (
            "goxel.load_project",
            "[\"/nonexistent/a.gox\"]",
            -1002,
            "Failed to load project '/nonexistent/a.gox': ",
        ),
        ("goxel.export_model", "[\"/tmp/a.xyz\"]", -1007, "Failed to export model '/tmp/a.xyz': "),
        ("goxel.render_scene", "[\"/nonexistent/a.png\"]", -1015, "Failed to render scene: "),
        (
            "goxel.render_scene",
            "[\"/tmp/a.png\", 100000, 100000]",
            -1015,
            "Failed to render scene: ",
        ),
        (
            "goxel.get_voxel",
            "{\"project\": \"q\"}",
            -32602,
            "params.project: no open project is named \\\"q\\\"",
        ),
    ];
    for (method, params, code, message) in cases {
        let reply = client.call(method, params);
        let expected = format!("\"error\": {{ \"code\": {code}, \"message\": \"{message}");
        assert!(reply.starts_with(&expected), "{method} {params}: {reply}");
    }
    assert_eq!(client.call("goxel.get_status", "{}"), before);
}

#[test]
fn without_a_project_every_method_answers() {
    for method in Method::ALL {
        let reply = Client::default().call(method.info().name, "{}");
        assert!(reply.starts_with("\"result\": ") || reply.starts_with("\"error\": "), "{reply}");
    }
}

#[test]
fn sessions_keep_to_their_own_project() {
    let mut client = Client::project();
    let mut other = Session::default();
    std::mem::swap(&mut client.session, &mut other);
    client.call("goxel.create_project", "[\"q\"]");
    client.call("goxel.add_voxel", "[0, 0, 0, 1, 1, 1]");
    assert!(client.call("goxel.get_status", "{}").contains("\"name\": \"q\", \"voxel_count\": 1"));
    std::mem::swap(&mut client.session, &mut other);
    assert!(client.call("goxel.get_status", "{}").contains("\"name\": \"p\", \"voxel_count\": 0"));
    assert!(client.call("goxel.get_status", "{\"project\":\"q\"}").contains("\"voxel_count\": 1"));
    client.check("goxel.close_project", "[\"p\"]", r#""result": { "success": true, "name": "p" }"#);
    assert!(client.call("goxel.get_status", "{}").contains("\"name\": \"q\""));
}

#[test]
fn layers() {
    let mut client = Client::project();
    client.check(
        "goxel.create_layer",
        "[\"top\", 1, 2, 3, false]",
        r#""result": { "success": true, "name": "top", "visible": false, "color": [ 1, 2, 3 ], "layer_id": 2 }"#,
    );
    client.call("goxel.add_voxel", "[7, 7, 7, 1, 1, 1, 255, 1]");
    client.check("goxel.get_bounding_box", "{}", r#""result": { "empty": true }"#);
    client.check(
        "goxel.get_bounding_box",
        "{\"layer_id\": -2}",
        r#""result": { "empty": false, "min": [ 7, 7, 7 ], "max": [ 7, 7, 7 ], "dimensions": [ 1, 1, 1 ] }"#,
    );
    client.check(
        "goxel.set_active_layer",
        "{\"name\": \"background\"}",
        r#""result": { "success": true, "layer_id": 1, "name": "background" }"#,
    );
    client.check(
        "goxel.list_layers",
        "[]",
        r#""result": { "count": 2, "layers": [ { "id": 1, "name": "background", "visible": true, "active": true, "voxel_count": 1 }, { "id": 2, "name": "top", "visible": false, "active": false, "voxel_count": 0 } ] }"#,
    );
}

#[test]
fn pictures_come_back_as_pixels() {
    let mut client = Client::project();
    let reply = client.call(
        "goxel.render_scene",
        r#"{"width": 2, "height": 1, "options": {"return_mode": "pixels", "background_color": [1, 2, 3, 255]}}"#,
    );
    let expected = r#""result": { "success": true, "width": 2, "height": 1, "format": "rgba", "pixels": "AQID/wECA/8=" }"#;
    assert_eq!(reply, expected);
}
