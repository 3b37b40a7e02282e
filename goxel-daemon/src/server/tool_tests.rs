//! Requests in the form of a tool, and how jobs are answered that could not be queued.

use super::tests::Client;
use super::*;

fn check(client: &mut Client, tool: &str, arguments: &str, expected: &str) {
    let request = format!(r#"{{"tool": "{tool}", "arguments": {arguments}}}"#);
    assert_eq!(client.send(&request), format!("{expected}\n"), "{request}");
}

fn check_error(client: &mut Client, tool: &str, arguments: &str, code: i32, message: &str) {
    let expected =
        format!(r#"{{ "success": false, "error_code": {code}, "error_message": "{message}" }}"#);
    check(client, tool, arguments, &expected);
}

#[test]
fn voxels_by_tools() {
    let mut client = Client::project();
    check(
        &mut client,
        "goxel_add_voxels",
        r#"{"position": {"x": 1, "y": -2, "z": 3}, "color": {"r": 9, "g": 8, "b": 7, "a": 255}}"#,
        r#"{ "success": true, "content": { "success": true, "x": 1, "y": -2, "z": 3, "layer_id": 0, "color": [ 9, 8, 7, 255 ] } }"#,
    );
    check(
        &mut client,
        "goxel_get_voxel",
        r#"{"position": [1, -2, 3]}"#,
        r#"{ "success": true, "content": { "x": 1, "y": -2, "z": 3, "exists": true, "color": [ 9, 8, 7, 255 ] } }"#,
    );
    // The same connection goes on in the other form.
    let status = client.call("goxel.get_status", "{}");
    assert!(status.contains("\"voxel_count\": 1"), "{status}");
    assert_eq!(
        client
            .send(r#"{"tool":"goxel_new_layer","arguments":{"name":"n"},"jsonrpc":"2.0","id":1}"#),
        "{ \"success\": true, \"content\": { \"success\": true, \"name\": \"n\", \"visible\": true, \"color\": [ 255, 255, 255 ], \"layer_id\": 2 } }\n"
    );
}

#[test]
fn jobs_by_tools() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = format!("{:?}", dir.path().join("p.gox"));
    let mut client = Client::project();
    check(
        &mut client,
        "goxel_save_file",
        &format!("{{\"path\": {path}}}"),
        &format!(r#"{{ "success": true, "content": {{ "success": true, "path": {path} }} }}"#),
    );
    check(
        &mut client,
        "goxel_open_file",
        &format!("{{\"path\": {path}, \"format\": \"gox\"}}"),
        &format!(
            r#"{{ "success": true, "content": {{ "success": true, "path": {path}, "name": "p", "project_id": "krvqkebz99" }} }}"#
        ),
    );
    let request = r#"{"tool":"goxel_open_file","arguments":{"path":"/nonexistent/a.gox"}}"#;
    let reply = client.send(request);
    let expected = "{ \"success\": false, \"error_code\": -1003, \"error_message\": \"Failed to";
    assert!(reply.starts_with(expected) && reply.ends_with("\" }\n"), "{reply}");
}

#[test]
fn tools_that_are_refused() {
    let mut client = Client::project();
    check_error(&mut client, "goxel_no", "{}", -1001, "Unknown tool: goxel_no");
    check_error(&mut client, "ping", "7", -1002, "arguments: must be an object");
    check_error(
        &mut client,
        "goxel_add_voxels",
        r#"{"position": {"x": "1", "y": 0, "z": 0}}"#,
        -1002,
        "params.x: must be a number",
    );
    check_error(
        &mut client,
        "goxel_add_voxels",
        r#"{"position": [0, 0, 0], "layer_id": 9}"#,
        -1003,
        "Failed to add voxel: no layer has the id 9",
    );
    let reply = client.send(r#"{"tool": 5}"#);
    assert!(reply.contains("\"code\": -32600"), "{reply}");
    let reply = client.send(r#"{"jsonrpc": "2.0", "tool": "ping", "method": "echo", "id": 4}"#);
    assert_eq!(reply, "{ \"jsonrpc\": \"2.0\", \"result\": {}, \"id\": 4 }\n");
}

/// Sends a frame whose jobs can all not be queued.
fn send_busy(frame: &str) -> String {
    let mut client = Client::project();
    let mut out = Output::default();
    let mut verdict = client.server.frame(&mut client.session, frame.as_bytes(), &mut out);
    while let Verdict::Wait(job) = verdict {
        verdict = client.server.busy(&mut client.session, job, &mut out);
    }
    String::from_utf8(out.into_bytes()).expect("replies are text")
}

#[test]
fn who_finds_the_daemon_busy_is_told_under_its_own_id() {
    let busy = |id: &str| {
        format!(
            r#"{{ "jsonrpc": "2.0", "error": {{ "code": -32603, "message": "The daemon is busy: too many jobs wait" }}, "id": {id} }}"#
        )
    };
    let save = |rest: &str| {
        format!(
            r#"{{"jsonrpc":"2.0","method":"goxel.save_project","params":["/nonexistent/a"]{rest}}}"#
        )
    };
    assert_eq!(send_busy(&save(r#","id":"x\"y""#)), busy(r#""x\"y""#) + "\n");
    assert_eq!(send_busy(&save("")), "");
    let batch = format!("[{},{},{}]", save(",\"id\":1"), save(""), save(",\"id\":2"));
    assert_eq!(send_busy(&batch), format!("[ {}, {} ]\n", busy("1"), busy("2")));
    assert_eq!(
        send_busy(r#"{"tool":"goxel_save_file","arguments":{"path":"/nonexistent/a"}}"#),
        "{ \"success\": false, \"error_code\": -1003, \"error_message\": \"The daemon is busy: too many jobs wait\" }\n"
    );
}
