//! Which project is which, whether it is saved, and who works on it.

use super::tests::Client;
use crate::session::Session;

/// The `project_id` in a reply.
fn id_in(reply: &str) -> String {
    let (_, rest) = reply.split_once("\"project_id\": \"").expect(reply);
    rest.split('"').next().expect(reply).to_owned()
}

/// Another connection, of the session `name`.
fn attach(client: &mut Client, name: &str) -> String {
    client.session = Session::default();
    client.call("goxel.attach", &format!("{{\"session\": \"{name}\"}}"))
}

#[test]
fn a_project_has_an_id_that_stands_for_its_name() {
    let mut client = Client::project();
    let p = id_in(&client.call("goxel.get_project_info", "{}"));
    let q = id_in(&client.call("goxel.create_project", r#"["q"]"#));
    assert_eq!(id_in(&client.call("goxel.get_status", "{}")), q);
    let reply = client.call("goxel.add_voxel", &format!("{{\"x\": 1, \"project\": \"{p}\"}}"));
    assert!(reply.contains("\"success\": true"), "{reply}");
    let info = client.call("goxel.get_project_info", "{\"project\": \"p\"}");
    assert!(info.contains("\"voxel_count\": 1") && id_in(&info) == p, "{info}");
    let region = r#""region": {"min": [0, 0, 0], "max": [1, 1, 1]}, "to": [5, 5, 5]"#;
    let copied = client.call("goxel.copy", &format!("{{{region}, \"from_project\": \"{p}\"}}"));
    assert!(copied.contains("\"success\": true"), "{copied}");
    let name = r#""result": { "success": true, "name": "p" }"#;
    client.check("goxel.select_project", &format!("[\"{p}\"]"), name);
    client.check("goxel.close_project", &format!("[\"{p}\"]"), name);
    let again = id_in(&client.call("goxel.create_project", r#"["p"]"#));
    assert_ne!(again, p);
    let what = format!("params.project: no open project is named \\\"{p}\\\"");
    let reply = client.call("goxel.undo", &format!("{{\"project\": \"{p}\"}}"));
    assert!(reply.contains(&what), "{reply}");
}

#[test]
fn what_was_changed_since_it_was_saved_is_unsaved() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("p.gox");
    let mut client = Client::project();
    let mut check = |method: &str, params: &str, expected: bool| {
        let reply = client.call(method, params);
        assert!(reply.starts_with("\"result\""), "{reply}");
        let told = format!("\"unsaved\": {expected}");
        for method in ["goxel.get_project_info", "goxel.get_status", "goxel.list_projects"] {
            let reply = client.call(method, "{}");
            assert!(reply.contains(&told), "{method}: {reply}");
        }
    };
    let save = format!("[{path:?}]");
    check("ping", "[]", false);
    check("goxel.add_voxel", "[1, 2, 3]", true);
    check("goxel.undo", "[]", false);
    check("goxel.redo", "[]", true);
    check("goxel.export_model", &format!("[{:?}]", dir.path().join("p.obj")), true);
    check("goxel.save_project", &save, false);
    check("goxel.create_layer", "[\"a\"]", true);
    check("goxel.undo", "[]", false);
    check("goxel.undo", "[]", true);
    check("goxel.load_project", &save, false);
}

#[test]
fn changes_are_lost_only_where_somebody_says_so() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("p.gox");
    let mut client = Client::project();
    client.call("goxel.add_voxel", "[1, 2, 3]");
    let conflict = |what: &str| {
        let rest = "changes that are not saved";
        format!(r#""error": {{ "code": -1030, "message": "params.{what} {rest}" }}"#)
    };
    let open = conflict(r#"replace: needed, since the open project \"p\" has"#);
    let close = conflict(r#"discard: needed, since project \"p\" has"#);
    client.check("goxel.create_project", r#"{"name": "p", "replace": false}"#, &open);
    client.check("goxel.close_project", r#"{"name": "p", "discard": false}"#, &close);
    client.check("goxel.shutdown", r#"{"discard": false}"#, &close);
    assert!(!client.server.state.stopping);
    client.call("goxel.save_project", &format!("[{path:?}]"));
    client.call("goxel.create_project", r#"{"name": "p", "replace": false}"#);
    assert!(client.call("goxel.get_status", "{}").contains("\"voxel_count\": 0"));
    let load = format!("{{\"path\": {path:?}, \"replace\": false}}");
    assert!(client.call("goxel.load_project", &load).contains("\"success\": true"));
    client.call("goxel.add_voxel", "[2, 2, 3]");
    client.check("goxel.load_project", &load, &open);
    assert!(
        client.call("goxel.load_project", &format!("[{path:?}]")).contains("\"success\": true")
    );
    client.call("goxel.add_voxel", "[2, 2, 3]");
    assert!(client.call("goxel.create_project", r#"["p"]"#).contains("\"success\": true"));
    client.call("goxel.add_voxel", "[2, 2, 3]");
    client.check("goxel.shutdown", "{}", r#""result": { "success": true }"#);
}

#[test]
fn a_session_goes_on_where_it_was() {
    let mut client = Client::default();
    let mut ids = Vec::new();
    for name in ["a", "b"] {
        let reply = attach(&mut client, name);
        let expected = format!(r#""result": {{ "success": true, "session": "{name}" }}"#);
        assert_eq!(reply, expected, "it has chosen nothing yet");
        ids.push(id_in(&client.call("goxel.create_project", &format!("[\"{name}\"]"))));
    }
    for (name, x, id) in [("a", 1, &ids[0]), ("b", 2, &ids[1])] {
        let reply = attach(&mut client, name);
        assert!(
            reply.contains(&format!("\"name\": \"{name}\"")) && id_in(&reply) == *id,
            "{reply}"
        );
        // By the fast path of plain numbers too.
        for params in [format!("[{x},1,1,255,0,0]"), format!("[{x}, 2, 1, \"#ff0000\"]")] {
            assert!(client.call("goxel.add_voxel", &params).contains("\"success\": true"));
        }
        assert!(client.call("goxel.get_voxel", &format!("[{x},1,1]")).contains("\"exists\": true"));
    }
    for name in ["a", "b"] {
        let info = client.call("goxel.get_project_info", &format!("{{\"project\": \"{name}\"}}"));
        assert!(info.contains("\"voxel_count\": 2"), "{info}");
    }
    attach(&mut client, "c");
    let reply = client.call("goxel.add_voxel", "[9,9,9,255,0,0]");
    assert!(reply.contains("-1030") && reply.contains(r#"name one: \"a\", \"b\""#), "{reply}");
    let named = client.call("goxel.add_voxel", r#"{"x": 9, "project": "a"}"#);
    assert!(named.contains("\"success\": true"), "{named}");
    for params in [r#"{"session": ""}"#, &format!("{{\"session\": \"{}\"}}", "x".repeat(256)), "{}"]
    {
        let reply = client.call("goxel.attach", params);
        assert!(reply.contains("-32602"), "{reply}");
    }
}
