//! What clients send, good and bad, over a real socket.

use serde_json::json;

use crate::world::World;

#[test]
fn bad_requests_are_answered_and_lose_nothing() {
    let world = World::new();
    let mut client = world.connect();
    client.call("goxel.create_project", &json!(["p"])).unwrap();
    client.call("goxel.add_voxel", &json!([1, 2, 3, 4, 5, 6])).unwrap();
    let missing = world.path("missing.gox");
    let unwritable = world.path("no/such/dir/x.gox");
    let cases = [
        ("{\"jsonrpc\":\"2.0\" \"method\":1}".to_owned(), -32700),
        ("not json\n".to_owned(), -32700),
        ("{\"a\":\"line\nbreak".to_owned() + "\n", -32700),
        ("{}".to_owned(), -32600),
        (request("goxel.no_such", "[]"), -32601),
        (request("goxel.add_voxel", "[\"one\"]"), -32602),
        (request("goxel.load_project", &format!("[{missing:?}]")), -1002),
        (request("goxel.save_project", &format!("[{unwritable:?}]")), -1003),
        (
            request("goxel.export_model", &format!("[{:?}]", unwritable.with_extension("obj"))),
            -1007,
        ),
        (request("goxel.render_scene", &format!("[{unwritable:?}]")), -1015),
    ];
    for (text, code) in cases {
        client.send(text.as_bytes());
        let reply = client.reply();
        assert_eq!(reply["error"]["code"], code, "{text}: {reply}");
        assert!(reply["error"]["message"].as_str().unwrap().len() > 10, "{reply}");
        if text.contains("line\nbreak") {
            // What stood behind the line break is a line of its own.
            assert_eq!(client.reply()["error"]["code"], -32700);
        }
    }
    let voxel = client.call("goxel.get_voxel", &json!([1, 2, 3])).unwrap();
    assert_eq!(voxel["color"], json!([4, 5, 6, 255]));
}

fn request(method: &str, params: &str) -> String {
    format!("{{\"jsonrpc\":\"2.0\",\"method\":\"{method}\",\"params\":{params},\"id\":1}}\n")
}

#[test]
fn requests_come_as_they_like() {
    let world = World::new();
    let mut client = world.connect();
    let echo = |id: u32| format!("{{\"jsonrpc\":\"2.0\",\n \"method\":\"echo\",\n \"id\":{id}}}");
    client.send((echo(1) + &echo(2) + "\r\n\n" + &echo(3)).as_bytes());
    for byte in echo(4).bytes() {
        client.send(&[byte]);
    }
    for id in 1..=4 {
        assert_eq!(client.reply(), json!({"jsonrpc": "2.0", "result": {}, "id": id}));
    }
}

#[test]
fn a_reply_and_its_line_break_come_at_once() {
    use std::io::{Read, Write};
    let world = World::new();
    let mut stream = std::os::unix::net::UnixStream::connect(world.socket()).unwrap();
    for _ in 0..500 {
        stream.write_all(request("echo", "[1]").as_bytes()).unwrap();
        let mut buffer = [0; 256];
        let count = stream.read(&mut buffer).unwrap();
        assert_eq!(&buffer[..count], b"{ \"jsonrpc\": \"2.0\", \"result\": [ 1 ], \"id\": 1 }\n");
    }
}

#[test]
fn a_thousand_connections_come_and_go() {
    let world = World::new();
    for index in 0..1000 {
        assert_eq!(world.connect().call("echo", &json!([index])), Ok(json!([index])));
    }
}

#[test]
fn a_message_over_the_limit_is_refused_and_the_daemon_lives() {
    use std::io::{Read, Write};
    let world = World::new();
    let mut stream = std::os::unix::net::UnixStream::connect(world.socket()).unwrap();
    let chunk = vec![b' '; 1 << 20];
    stream.write_all(b"[").unwrap();
    // It is cut off somewhere behind the limit of 64 MiB.
    let sent = (0..80).take_while(|_| stream.write_all(&chunk).is_ok()).count();
    assert!((63..80).contains(&sent), "{sent} MiB were taken");
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply);
    let reply = String::from_utf8(reply).unwrap();
    assert!(reply.contains("the message is longer than 67108864 bytes"), "{reply}");
    assert_eq!(world.connect().call("echo", &json!([1])), Ok(json!([1])));
}
