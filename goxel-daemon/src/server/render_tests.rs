//! Pictures that the daemon keeps.

use std::path::Path;

use super::tests::Client;
use crate::renders::{Renders, Settings};

const SCENE: &str = "goxel.render_scene";
const KEPT: &str = r#"{"width": 4, "height": 3, "output_path": "/nonexistent/x", "format": "jpg", "options": {"return_mode": "file_path"}}"#;

/// A client whose daemon keeps its pictures here.
fn client(dir: &Path) -> Client {
    let mut client = Client::project();
    let settings = Settings { dirs: vec![dir.to_owned()], ttl_seconds: 50, bytes_max: 1 << 20 };
    client.server.state.renders = Some(Renders::new(settings));
    client
}

/// What stands between these two.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).map_or("", |(_, rest)| rest);
    rest.split_once(after).map_or("", |(part, _)| part)
}

#[test]
fn a_picture_is_kept_told_of_and_cleaned_up() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut client = client(&dir.path().join("made/here"));
    let reply = client.call(SCENE, KEPT);
    let file = between(&reply, r#""file": "#, " }").to_owned();
    assert!(reply.starts_with(r#""result": { "success": true, "file": { "path": ""#), "{reply}");
    let path = between(&file, r#""path": ""#, "\"").to_owned();
    let bytes = std::fs::read(&path).expect("the picture");
    let shape = format!(
        r#""size": {}, "format": "png", "dimensions": {{ "width": 4, "height": 3"#,
        bytes.len()
    );
    assert!(file.contains(&shape), "{file}");
    let number = |name: &str| -> u64 {
        let text = between(&reply, &format!("\"{name}\": "), " }");
        text.split(',').next().and_then(|text| text.parse().ok()).expect("a number")
    };
    let created = number("created_at");
    assert_eq!(number("expires_at"), created + 50);
    assert!(path.contains(&format!("/render_{created}_auto{created}_")), "{path}");
    assert_eq!(between(&reply, "\"checksum\": \"", "\"").len(), 8);

    let info = client.call("goxel.get_render_info", &format!("[{path:?}]"));
    let session = format!(r#""session_id": "auto{created}" }} }}"#);
    assert!(info.starts_with(r#""result": { "success": true, "render": { "path": "#), "{info}");
    assert!(info.contains(&file) && info.ends_with(&session), "{info}");
    let list = client.call("goxel.list_renders", "[]");
    assert!(list.starts_with(r#""result": { "success": true, "count": 1, "renders": [ { "#));
    assert!(list.contains(&file), "{list}");
    let stats = client.call("goxel.get_render_stats", "{}");
    assert!(
        stats.starts_with(r#""result": { "success": true, "stats": { "active_renders": 1, "#),
        "{stats}"
    );

    let params = format!("{{\"path\": {path:?}}}");
    client.check(
        "goxel.cleanup_render",
        &params,
        r#""result": { "success": true, "message": "Render cleaned up successfully" }"#,
    );
    assert!(!Path::new(&path).exists());
    client.check(
        "goxel.cleanup_render",
        &params,
        r#""error": { "code": -1021, "message": "Failed to cleanup render: File not found" }"#,
    );
    client.check(
        "goxel.list_renders",
        "{}",
        r#""result": { "success": true, "count": 0, "renders": [] }"#,
    );
}

#[test]
fn calls_about_no_picture() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut client = client(dir.path());
    client.check(
        "goxel.get_render_info",
        "[\"/nope\"]",
        r#""error": { "code": -1020, "message": "Render not found: File not found" }"#,
    );
    for method in ["goxel.get_render_info", "goxel.cleanup_render"] {
        for params in ["{}", "[]", "[7]"] {
            client.check(
                method,
                params,
                r#""error": { "code": -32602, "message": "Must specify path parameter" }"#,
            );
        }
    }
    let other = dir.path().join("other");
    std::fs::write(&other, "x").expect("a file");
    let reply = client.call("goxel.cleanup_render", &format!("[{other:?}]"));
    assert!(reply.contains("-1021") && other.exists(), "{reply}");
}

#[test]
fn pictures_of_one_second_have_names_of_their_own_and_go_with_the_daemon() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut client = client(dir.path());
    for _ in 0..5 {
        client.call(SCENE, KEPT);
    }
    let count = || std::fs::read_dir(dir.path()).expect("the directory").count();
    assert_eq!(count(), 5);
    drop(client);
    assert_eq!(count(), 0);
}

#[test]
fn where_no_picture_can_be_kept() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("file");
    std::fs::write(&file, "x").expect("a file");
    client(&file.join("sub")).check(
        SCENE,
        KEPT,
        r#""error": { "code": -32603, "message": "Render manager not available" }"#,
    );
    for params in ["{}", "[]", r#"{"options": {"return_mode": "other"}}"#] {
        let reply = client(dir.path()).call(SCENE, params);
        assert!(reply.starts_with(r#""error": { "code": -1015, "message": "Failed to render"#));
        assert!(reply.contains("output_path"), "{reply}");
    }
    let reply = Client::default().call(SCENE, KEPT);
    assert!(reply.starts_with(r#""error": { "code": -1015, "#), "{reply}");
}
