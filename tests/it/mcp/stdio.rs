//! Over standard input and output: both revisions, and what is no message, no tool, no argument.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use super::{Model, meta};
use crate::world::{World, until};

#[test]
fn every_revision_with_a_handshake_is_spoken() {
    let world = World::new();
    for version in ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] {
        let mut client = Model::new(&world, &[]);
        let hello = client.shake(version);
        assert_eq!(hello["protocolVersion"], version);
        assert_eq!(hello["serverInfo"]["name"], "goxel-mcp");
        assert!(hello["instructions"].as_str().unwrap().contains("z up"), "{hello}");
        let list = client.call("tools/list", &json!({})).unwrap();
        assert!(!list["tools"].as_array().unwrap().is_empty());
        let (rest, status) = client.end();
        assert!(rest.is_empty() && status.success(), "{rest}");
    }
    // One that nobody knows is answered with the newest that has a handshake.
    let mut client = Model::new(&world, &[]);
    assert_eq!(client.shake("2031-01-01")["protocolVersion"], "2025-11-25");
}

#[test]
fn the_revision_without_a_handshake_is_spoken() {
    let world = World::new();
    let mut client = Model::new(&world, &[]);
    let found = client.call("server/discover", &json!({"_meta": meta()})).unwrap();
    let versions = found["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!("2026-07-28")) && versions.contains(&json!("2025-11-25")));
    for (method, list) in [
        ("tools/list", "tools"),
        ("prompts/list", "prompts"),
        ("resources/list", "resources"),
        ("resources/templates/list", "resourceTemplates"),
    ] {
        let answer = client.call(method, &json!({"_meta": meta()})).unwrap();
        assert!(!answer[list].as_array().unwrap().is_empty(), "{method}");
        assert!(answer["ttlMs"].as_u64().unwrap() > 0, "{method}: {answer}");
        assert_eq!(answer["resultType"], "complete", "{method}");
    }
    let call = json!({"_meta": meta(), "name": "list_projects", "arguments": {}});
    assert_ne!(client.call("tools/call", &call).unwrap()["isError"], true);
    // Who leaves out what every request of this revision says is told what.
    let error = client.call("tools/list", &json!({})).unwrap_err();
    assert!(error["message"].as_str().unwrap().contains("clientCapabilities"), "{error}");
}

#[test]
fn lines_that_are_no_messages_are_answered_and_the_next_ones_too() {
    let world = World::new();
    let mut client = Model::shaken(&world, &[]);
    for (line, code) in [
        ("hello", -32700),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":", -32700),
        ("\u{0}\u{1}", -32700),
        ("[]", -32600),
        ("{}", -32600),
        ("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", -32600),
    ] {
        client.send_line(line);
        let answer = client.read();
        assert_eq!(answer["error"]["code"], code, "{line}: {answer}");
        assert!(client.call("ping", &json!({})).is_ok(), "{line}");
    }
}

#[test]
fn requests_that_cannot_be_carried_out_say_what_to_do() {
    let world = World::new();
    let mut client = Model::shaken(&world, &[]);
    for (method, params, code, says) in [
        ("tools/lst", json!({}), -32601, "did you mean tools/list?"),
        ("tools/call", json!({"name": "lok"}), -32602, "did you mean look?"),
        ("tools/call", json!({"name": 5}), -32602, "params of tools/call"),
        ("tools/call", json!({"name": "look", "arguments": []}), -32602, "params of tools/call"),
        ("prompts/get", json!({"name": "biuld"}), -32602, "there are build"),
        ("prompts/get", json!({"name": "build"}), -32602, "needs description"),
        ("resources/read", json!({"uri": "file:///etc/passwd"}), -32002, "goxel://projects"),
        (
            "resources/read",
            json!({"uri": "goxel://projects/0000000000"}),
            -32002,
            "lists the projects",
        ),
        ("resources/read", json!({}), -32602, "parameters of resources/read"),
        ("resources/list", json!({"cursor": "x"}), -32602, "begin without one"),
        ("tasks/get", json!({"taskId": "x"}), -32021, "capability"),
    ] {
        let error = client.call(method, &params).unwrap_err();
        assert_eq!(error["code"], code, "{method} {params}: {error}");
        let words = error["message"].as_str().unwrap();
        assert!(words.contains(says), "{method} {params}: {words}");
    }
    let words = client.refused("look", &json!({"project_id": "0000000000"}));
    assert!(words.contains("open_project"), "{words}");
    let id = client.project("p");
    let words = client.refused("look", &json!({"project_id": id, "sise": "small"}));
    assert!(words.contains("size"), "{words}");
    let words = client.refused("look", &json!({"project_id": id, "size": 7}));
    assert!(words.contains("size"), "{words}");
}

#[test]
fn no_path_leaves_the_workspace() {
    let world = World::new();
    let mut client = Model::shaken(&world, &[]);
    let id = client.project("p");
    let workspace = world.path("workspace");
    symlink(world.path("."), workspace.join("link")).unwrap();
    for path in ["../out.gox", "link/out.gox", "/tmp/goxel-mcp-out.gox"] {
        let words = client.refused("save_file", &json!({"project_id": id, "path": path}));
        assert!(words.contains("workspace") || words.contains("outside"), "{path}: {words}");
    }
    assert!(!world.path("out.gox").exists());
    client.done("save_file", &json!({"project_id": id, "path": "in.gox"}));
    assert!(workspace.join("in.gox").is_file());
}

#[test]
fn a_daemon_that_is_killed_is_started_again() {
    let mut world = World::new();
    let mut client = Model::shaken(&world, &[]);
    client.project("p");
    world.child().kill().unwrap();
    world.child().wait().unwrap();
    let listed = client.done("list_projects", &json!({}));
    assert!(listed.to_string().contains("projects"), "{listed}");
}

#[test]
fn nothing_can_be_changed_by_one_that_may_only_read() {
    let world = World::new();
    let id = Model::shaken(&world, &[]).project("p");
    let mut client = Model::shaken(&world, &["--read-only"]);
    let fill = json!({"project_id": id, "boxes": [[0, 0, 0, 1, 1, 1]], "color": "gold"});
    let words = client.refused("place_voxels", &fill);
    assert!(words.contains("read"), "{words}");
    client.done("look", &json!({"project_id": id}));
}

#[test]
fn resources_are_read() {
    let world = World::new();
    let mut client = Model::shaken(&world, &[]);
    let id = client.project("p");
    let fill = json!({"project_id": id, "boxes": [[0, 0, 0, 1, 1, 1]], "color": "gold"});
    client.done("place_voxels", &fill);
    let list = client.call("resources/list", &json!({})).unwrap();
    let resources = list["resources"].as_array().unwrap();
    assert_eq!(resources.len(), 7, "the list, and six of the project: {list}");
    for resource in resources {
        let read = client.call("resources/read", &json!({"uri": resource["uri"]})).unwrap();
        let content = &read["contents"][0];
        assert_eq!(
            (&content["uri"], &content["mimeType"]),
            (&resource["uri"], &resource["mimeType"])
        );
        let bytes = |text: &Value| text.as_str().unwrap().len();
        match content.get("blob") {
            Some(blob) => assert!(bytes(blob) > 100, "{resource}"),
            None => {
                let text = content["text"].as_str().unwrap();
                assert!(serde_json::from_str::<Value>(text).is_ok(), "{text}");
            }
        }
    }
    let left = fs::read_dir(world.path("workspace")).unwrap().count();
    assert_eq!(left, 0, "nothing stays of the files that were read");
}

#[test]
fn each_call_has_a_line_in_the_audit() {
    let world = World::new();
    let audit = world.path("audit");
    let mut client = Model::shaken(&world, &["--audit", audit.to_str().unwrap()]);
    let id = client.project("p");
    client.refused("look", &json!({"project_id": id, "size": 7}));
    let text = fs::read_to_string(audit).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert_eq!((&lines[0]["tool"], &lines[0]["outcome"]), (&json!("open_project"), &json!("done")));
    assert_eq!((&lines[1]["client"], &lines[1]["project"]), (&json!("test 1"), &json!(id)));
    assert_eq!(lines[1]["outcome"], "refused");
}

#[test]
fn a_session_is_told_which_resources_changed() {
    let world = World::new();
    let mut client = Model::shaken(&world, &[]);
    let id = client.project("p");
    let uri = format!("goxel://projects/{id}/layers");
    client.call("resources/subscribe", &json!({"uri": uri})).unwrap();
    let error = client.call("resources/subscribe", &json!({"uri": "file:///x"})).unwrap_err();
    assert!(error["message"].as_str().unwrap().contains("goxel://projects"), "{error}");
    // The first notice may be that it listens now, so that what was before is to be read again.
    let mut daemon = world.connect();
    let mut version = 0;
    let told = |client: &mut Model| loop {
        let message = client.read();
        if message["method"] == "notifications/resources/updated" {
            return message["params"]["uri"].as_str().unwrap().to_owned();
        }
    };
    for _ in 0..3 {
        version += 1;
        let voxel = json!({"project": id, "x": version, "y": 0, "z": 0, "color": "gold"});
        daemon.call("goxel.add_voxel", &voxel).unwrap();
        assert_eq!(told(&mut client), uri);
    }
    daemon.call("goxel.create_project", &json!({"name": "another"})).unwrap();
    until(|| client.read()["method"] == "notifications/resources/list_changed");
}

#[test]
fn who_listens_by_a_request_is_told_until_it_ends() {
    let world = World::new();
    let id = Model::shaken(&world, &[]).project("p");
    let mut client = Model::new(&world, &[]);
    let uri = format!("goxel://projects/{id}");
    let wanted = json!({"resourcesListChanged": true, "resourceSubscriptions": [uri]});
    let listens =
        client.ask("subscriptions/listen", &json!({"_meta": meta(), "notifications": wanted}));
    let taken = client.read();
    assert_eq!(taken["method"], "notifications/subscriptions/acknowledged", "{taken}");
    assert_eq!(taken["params"]["notifications"], wanted);
    let mut daemon = world.connect();
    let updated = |message: &Value| message["method"] == "notifications/resources/updated";
    // It says so once it listens itself; what comes behind that is what happens.
    until(|| updated(&client.read()));
    daemon.call("goxel.add_voxel", &json!({"project": id, "x": 1, "y": 0, "z": 0})).unwrap();
    until(|| {
        let message = client.read();
        assert!(message["params"]["_meta"].to_string().contains("subscriptionId"), "{message}");
        updated(&message)
    });
    let cancel = json!({"requestId": listens, "_meta": meta()});
    client.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancel}));
    assert!(client.call("tools/list", &json!({"_meta": meta()})).is_ok());
}

#[test]
fn the_command_line_becomes_the_server() {
    let world = World::new();
    fs::create_dir(world.path("w")).unwrap();
    let ping = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n";
    let output = world.cli_fed(&["mcp", "--workspace", "w"], ping);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("\"result\":{}"), "{output:?}");
}
