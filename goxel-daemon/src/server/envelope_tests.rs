//! Long requests, which the loop knows by their heads.

use super::long_tests::{Peer, daemon, resume};
use super::*;

/// A list of points in text that is too long to be read on the loop.
fn points(y: u32) -> String {
    let points: Vec<_> = (0..20_000).map(|x| format!("[{x},{y},0]")).collect();
    points.join(",")
}

fn request(method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params},"id":7}}"#)
}

/// Sends a large frame, and has so many jobs done for it.
fn send(peer: &mut Peer, server: &mut Server, text: &str, jobs: usize) -> String {
    peer.send_large(server, text);
    for _ in 0..jobs {
        peer.work(server);
    }
    assert!(peer.is_at_rest(), "one more job: {text:.100}");
    peer.replies()
}

fn refused(method: &str, params: &str, code: i32, message: &str) {
    let (mut server, mut peers) = daemon();
    let reply = send(&mut peers[0], &mut server, &request(method, params), 1);
    let error = format!(r#""error": {{ "code": {code}, "message": "{message}" }}, "id": 7 }}"#);
    assert!(reply.ends_with(&(error + "\n")), "{method}: {reply}");
}

#[test]
fn calls_go_on_by_what_a_worker_found() {
    let (mut server, mut peers) = daemon();
    let list = points(900);
    for (method, expected) in [
        ("goxel.add_voxels", "\"added\": 20000"),
        ("goxel.get_voxels", "[ 9, 900, 0, 255, 255, 255, 255 ]"),
        ("goxel.remove_voxels", "\"removed\": 20000"),
        ("echo", "[ 19999, 900, 0 ]"),
    ] {
        let text = request(method, &format!(r#"{{"voxels":[{list}]}}"#));
        let reply = send(&mut peers[0], &mut server, &text, 2);
        assert!(
            reply.contains(expected) && reply.ends_with("\"id\": 7 }\n"),
            "{method}: {reply:.300}"
        );
    }
    let tool = format!(r#"{{"tool":"goxel_add_voxels","arguments":{{"voxels":[{list}]}}}}"#);
    let reply = send(&mut peers[0], &mut server, &tool, 2);
    assert!(reply.starts_with("{ \"success\": true, \"content\":"), "{reply:.100}");
}

#[test]
fn what_is_wrong_is_said_as_of_short_ones() {
    let list = points(900);
    let params = format!(r#"{{"voxels":[{list}]}}"#);
    refused("goxel.nothing", &params, -32601, "Method not found: goxel.nothing");
    let wrong = "params.voxels: is too long for this method";
    refused(
        "goxel.confine",
        &params.replace("voxels", "roots"),
        -32602,
        &wrong.replace("voxels", "roots"),
    );
    let unknown = format!(r#"{{"voxel":[{list}]}}"#);
    let what = "params.voxel: is no parameter of goxel.get_voxels: is voxels meant?";
    refused("goxel.get_voxels", &unknown, -32602, what);
    let name = "p".repeat(200_000);
    let what = "params.project: 200002 bytes are too many: 4096 at the most";
    refused("goxel.undo", &format!(r#"{{"project":"{name}"}}"#), -32602, what);
    let (mut server, mut peers) = daemon();
    let broken = format!("[{list}");
    let reply = send(&mut peers[0], &mut server, &broken, 1);
    assert!(reply.contains("\"code\": -32700") && reply.ends_with("\"id\": null }\n"), "{reply}");
    let none = format!("[{}", " ".repeat(200_000)) + "]";
    let reply = send(&mut peers[0], &mut server, &none, 1);
    assert!(reply.contains("a batch holds 1 to 10000 requests"), "{reply}");
}

#[test]
fn batches_of_long_and_short_ones_are_answered_in_order() {
    let (mut server, mut peers) = daemon();
    let element = |method: &str, params: &str, id: u32| {
        request(method, params).replace("\"id\":7", &format!("\"id\":{id}"))
    };
    let long = format!(r#"{{"voxels":[{}]}}"#, points(900));
    let batch = [
        element("goxel.history", "{}", 1),
        element("goxel.add_voxels", &long, 2),
        element("goxel.history", "{}", 3),
        element("goxel.nothing", &long, 4),
        format!("[{long}]"),
        element("goxel.history", "{}", 5),
    ];
    // One for the batch, two for the edit, one each for those that are refused.
    let reply = send(&mut peers[0], &mut server, &format!("[{}]", batch.join(",")), 5);
    assert!(reply.starts_with("[ {") && reply.ends_with("} ]\n"), "{reply}");
    let ids: Vec<_> = reply.split("\"id\": ").skip(1).map(|part| &part[..1]).collect();
    assert_eq!(ids, ["1", "2", "3", "4", "n", "5"], "{reply}");
    assert!(reply.contains("\"undo\": 1,") && reply.contains("\"undo\": 2,"), "{reply}");
    let short = send(&mut peers[0], &mut server, "[1]", 0);
    assert!(short.starts_with("[ {") && short.ends_with("} ]\n"), "{short}");
}

#[test]
fn one_that_waits_goes_on_by_its_head() {
    let (mut server, mut peers) = daemon();
    let [a, b, _] = &mut peers;
    a.call(&mut server, "mirror", r#"{"axis": "x", "project": "p"}"#);
    let text =
        request("goxel.add_voxels", &format!(r#"{{"voxels":[{}],"project":"p"}}"#, points(900)));
    b.send_large(&mut server, &text);
    b.work(&mut server);
    assert!(!b.is_at_rest());
    a.work(&mut server);
    resume(&mut server, &mut peers);
    peers[1].work(&mut server);
    assert!(peers[1].replies().contains("\"added\": 20000"));
    assert!(server.state.projects.is_calm());
}

#[test]
fn one_that_there_is_no_room_for_is_told() {
    let (mut server, mut peers) = daemon();
    let a = &mut peers[0];
    a.send_large(
        &mut server,
        &request("goxel.add_voxels", &format!(r#"{{"voxels":[{}]}}"#, points(1))),
    );
    a.busy(&mut server);
    let reply = a.replies();
    assert!(reply.contains("The daemon is busy: too many jobs wait"), "{reply}");
    assert!(a.is_at_rest() && a.session.parsing.is_none());
}

#[test]
fn nothing_long_comes_back_of_what_is_refused() {
    let (mut server, mut peers) = daemon();
    let long = "x".repeat(200_000);
    let of = |method: &str, params: &str, id: &str| {
        format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params},"id":"{id}"}}"#)
    };
    let object = format!(r#"{{"{long}":1}}"#);
    let tool = format!(r#"{{"tool":"{long}"}}"#);
    for (text, expected) in [
        (of(&long, "[]", "a"), "Method not found: xxx"),
        (of("goxel.undo", &object, "a"), "params.xxx"),
        (of("ping", "[]", &long), "the id has 200002 bytes, and 4096 are enough"),
        (of("ping", "3", &long), "the id has 200002 bytes, and 4096 are enough"),
        (tool, "Unknown tool: xxx"),
    ] {
        let reply = send(&mut peers[0], &mut server, &text, 1);
        assert!(reply.contains(expected) && reply.len() < 5000, "{reply:.200}");
    }
}
