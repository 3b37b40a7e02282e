//! Pictures that the daemon keeps.

use std::path::Path;

use goxel_proto::Method;

use super::tests::Client;
use crate::renders::{Renders, Settings};

const SCENE: &str = "goxel.render_scene";
const KEPT: &str = r#"{"width": 4, "height": 3, "output_path": "/nonexistent/x", "options": {"return_mode": "file_path"}}"#;

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
    let reply = Client::default().call(SCENE, KEPT);
    assert!(reply.starts_with(r#""error": { "code": -1015, "#), "{reply}");
}

/// A client with a project of a few voxels in two layers.
fn painter() -> Client {
    let mut client = Client::project();
    client.call("goxel.add_voxels", r#"{"boxes": [[0, 0, 0, 7, 7, 0, 34, 139, 34]]}"#);
    client.call("goxel.create_layer", r#"{"name": "tower"}"#);
    client.call("goxel.add_voxels", r#"{"boxes": [[2, 2, 1, 3, 3, 4, 255, 215, 0]]}"#);
    client
}

/// The bytes of a member in base64.
fn bytes(reply: &str, name: &str) -> Vec<u8> {
    let text = between(reply, &format!("\"{name}\": \""), "\"");
    goxel_proto::base64::decode(text.as_bytes()).expect("base64")
}

/// The rows of a picture with these options.
fn pixels(client: &mut Client, options: &str) -> Vec<u8> {
    let params = format!(
        r#"{{"width": 16, "height": 16, "camera_preset": "top", "return_mode": "pixels", "options": {{{options}}}}}"#
    );
    let reply = client.call(SCENE, &params);
    let pixels = bytes(&reply, "pixels");
    assert_eq!(pixels.len(), 16 * 16 * 4, "{reply}");
    pixels
}

#[test]
fn nothing_said_is_a_png_in_the_reply() {
    let mut client = painter();
    for params in ["{}", "[]", r#"{"return_mode": "direct"}"#, r#"{"options": {"format": "png"}}"#]
    {
        let reply = client.call(SCENE, params);
        let head = r#""result": { "success": true, "width": 512, "height": 512, "format": "png", "image": ""#;
        assert!(reply.starts_with(head), "{params}: {}", &reply[..reply.len().min(200)]);
        assert!(bytes(&reply, "image").starts_with(b"\x89PNG"), "{params}");
    }
}

#[test]
fn a_file_is_what_its_name_says() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut client = painter();
    for (name, head, format) in [
        ("a.png", &b"\x89PNG"[..], "png"),
        ("a", b"\x89PNG", "png"),
        ("a.jpg", b"\xff\xd8\xff", "jpeg"),
        ("a.WEBP", b"RIFF", "webp"),
        ("a.gif", b"GIF89a", "gif"),
        ("a.npy", b"\x93NUMPY", "npy"),
    ] {
        let path = dir.path().join(name);
        let reply = client.call(SCENE, &format!("[{path:?}, 16, 8]"));
        let told =
            format!(r#""width": 16, "height": 8, "format": "{format}", "output_path": {path:?}"#);
        assert!(reply.contains(&told), "{reply}");
        assert!(std::fs::read(&path).expect("the file").starts_with(head), "{name}");
    }
    let reply = client.call(SCENE, &format!("[{:?}]", dir.path().join("a.bmp")));
    assert!(
        reply.contains(r#""code": -1015"#) && reply.contains(".bmp is no format of pictures"),
        "{reply}"
    );
}

#[test]
fn what_a_format_does_not_have_is_told() {
    let mut client = painter();
    let options = r#"{"format": "jpg", "background": "transparent", "width": 16, "height": 16}"#;
    let reply = client.call(SCENE, options);
    assert!(
        reply.contains(r#""warnings": [ { "code": "alpha", "what": "JPEG has no transparency"#),
        "{reply}"
    );
    let opaque = r#"{"format": "jpg", "width": 16, "height": 16}"#;
    assert!(!client.call(SCENE, opaque).contains("warnings"));
}

#[test]
fn layers_and_cuts() {
    let mut client = painter();
    let all = pixels(&mut client, "");
    let ground = pixels(&mut client, r#""layers": [1], "margin": 0"#);
    let cut = pixels(&mut client, r#""cut": {"min": [0, 0, 1], "max": [9, 9, 9]}, "margin": 0"#);
    let clip =
        pixels(&mut client, r#""clip": [{"min": [0, 0, 0], "max": [9, 9, 0]}], "margin": 0"#);
    assert!(ground != all && ground == cut && ground == clip);
    let tower = pixels(&mut client, r#""layers": ["tower"]"#);
    assert!(tower != all && tower != ground);
    // The project is what it was.
    assert!(pixels(&mut client, "") == all);
    let nothing = pixels(&mut client, r#""clip": {"min": [50, 0, 0], "max": [60, 9, 9]}"#);
    assert!(nothing.chunks(4).all(|pixel| pixel == &nothing[..4]), "the background alone");
    client.check(
        SCENE,
        r#"{"options": {"layers": ["towr"]}}"#,
        r#""error": { "code": -32602, "message": "params.options.layers: no layer is called \"towr\": is \"tower\" meant?" }"#,
    );
    let unknown = client.call(SCENE, r#"{"options": {"layers": [9]}}"#);
    assert!(unknown.contains("no layer has the id 9"), "{unknown}");
}

#[test]
fn several_views_are_one_picture() {
    let mut client = painter();
    let reply = client.call(
        SCENE,
        r#"{"width": 64, "height": 64, "return_mode": "pixels", "views": ["front", "top", "right", "iso"]}"#,
    );
    let sheet = bytes(&reply, "pixels");
    assert_eq!(sheet.len(), 64 * 64 * 4);
    let quarter = |x: usize, y: usize| -> Vec<u8> {
        let rows = (0..32).flat_map(|row| {
            let start = ((y * 32 + row) * 64 + x * 32) * 4;
            sheet[start..start + 32 * 4].to_vec()
        });
        rows.collect()
    };
    let quarters = [quarter(0, 0), quarter(1, 0), quarter(0, 1), quarter(1, 1)];
    for (index, one) in quarters.iter().enumerate() {
        assert!(quarters[..index].iter().all(|other| other != one), "{index}");
    }
    let reply = client.call(
        SCENE,
        r#"{"width": 3, "height": 1, "views": ["front", "top", "left", "right"], "columns": 4}"#,
    );
    assert!(reply.contains("3 x 1 pixels are too few for 4 x 1 pictures"), "{reply}");
}

#[test]
fn a_turntable_is_a_film_or_many_files() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut client = painter();
    let film = dir.path().join("a.gif");
    let reply = client.call(
        SCENE,
        &format!(r#"{{"path": {film:?}, "width": 16, "height": 16, "turntable": 5}}"#),
    );
    assert!(reply.contains(r#""format": "gif""#) && reply.contains(r#""frames": 5"#), "{reply}");
    let bytes = std::fs::read(&film).expect("the film");
    // Each frame begins with an extension that says how long it is shown: eight hundredths.
    let head = [0x21, 0xf9, 4];
    let frames: Vec<_> = bytes.windows(6).filter(|part| part[..3] == head).collect();
    assert_eq!(frames.len(), 5);
    assert!(frames.iter().all(|frame| frame[4..] == [8, 0]));
    let path = dir.path().join("b-{}.png");
    let reply = client.call(
        SCENE,
        &format!(r#"{{"path": {path:?}, "width": 16, "height": 16, "turntable": 12}}"#),
    );
    assert!(reply.contains("b-00.png") && reply.contains("b-11.png"), "{reply}");
    let files = |index: usize| {
        std::fs::read(dir.path().join(format!("b-{index:02}.png"))).expect("a frame")
    };
    assert!(files(0).starts_with(b"\x89PNG") && files(0) != files(1));
    assert!(!dir.path().join("b-12.png").exists());
}

#[test]
fn sizes_that_are_no_picture() {
    let mut client = painter();
    let all = "each edge is 1 to 8192 pixels, and there are at most 16777216 in all";
    for (width, height) in [(8193, 1), (1, 2_147_483_647), (8192, 8192)] {
        for more in ["", r#", "views": ["top", "front"]"#, r#", "turntable": 3"#] {
            let reply =
                client.call(SCENE, &format!(r#"{{"width": {width}, "height": {height}{more}}}"#));
            assert!(
                reply.starts_with(r#""error": { "code": -1015"#) && reply.contains(all),
                "{reply}"
            );
        }
    }
    let width = Method::RenderScene.info().params.iter().find(|param| param.name() == "width");
    let about = width.expect("it has a width").about;
    let pixels = goxel_render::IMAGE_PIXELS_MAX;
    let pixels = format!("{},{:03},{:03}", pixels / 1_000_000, pixels / 1000 % 1000, pixels % 1000);
    for limit in [goxel_render::IMAGE_EDGE_MAX.to_string(), pixels] {
        assert!(about.contains(&limit), "{limit}: {about}");
    }
}

#[test]
fn an_empty_project_is_its_background() {
    let mut client = Client::project();
    let reply = client.call(
        SCENE,
        r#"{"width": 4, "height": 4, "return_mode": "pixels", "options": {"background_color": [1, 2, 3]}}"#,
    );
    assert_eq!(bytes(&reply, "pixels"), [1, 2, 3, 255].repeat(16));
}

#[test]
fn pictures_of_files() {
    let dir = tempfile::tempdir().expect("a directory");
    let (model, picture) = (dir.path().join("a.gox"), dir.path().join("a.webp"));
    let mut client = painter();
    client.call("goxel.save_project", &format!("[{model:?}]"));
    let mut other = Client::default();
    let render = |client: &mut Client, more: &str| {
        client.call(
            "goxel.render_file",
            &format!(r#"{{"path": {model:?}, "width": 16, "height": 16{more}}}"#),
        )
    };
    let reply = render(
        &mut other,
        &format!(r#", "output_path": {picture:?}, "options": {{"layers": ["tower"]}}"#),
    );
    assert!(reply.contains(r#""format": "webp""#), "{reply}");
    assert!(std::fs::read(&picture).expect("the picture").starts_with(b"RIFF"));
    let inline =
        render(&mut other, r#", "camera_preset": "top", "options": {"return_mode": "pixels"}"#);
    assert!(bytes(&inline, "pixels") == pixels(&mut client, ""), "as the project");
    assert!(other.call("goxel.list_projects", "{}").contains(r#""projects": []"#));
    for (more, expected) in [
        (
            r#", "options": {"return_mode": "file_path"}"#,
            "params.options.return_mode: the daemon keeps no picture",
        ),
        (r#", "options": {"highlight": 3}"#, "params.options.highlight: a file has no versions"),
        (r#", "quality": "draft""#, "params.quality: is no parameter of goxel.render_file"),
        (r#", "camera": "front""#, "Failed to render scene: "),
    ] {
        let reply = render(&mut other, more);
        assert!(reply.starts_with(r#""error""#) && reply.contains(expected), "{more}: {reply}");
    }
    let reply = other.call("goxel.render_file", r#"{"path": "/nonexistent.vox"}"#);
    assert!(reply.starts_with(r#""error""#), "{reply}");
}

#[test]
fn what_has_changed_needs_versions() {
    let reply = painter().call(SCENE, r#"{"options": {"highlight": 1}}"#);
    assert!(reply.starts_with(r#""error": { "code": "#), "{reply}");
}

#[test]
fn passes_tell_what_is_seen() {
    let mut client = painter();
    let pass = |client: &mut Client, more: &str| {
        client.call(
            SCENE,
            &format!(r#"{{"width": 16, "height": 16, "camera_preset": "top", {more}}}"#),
        )
    };
    let reply = pass(&mut client, r#""pass": "depth""#);
    assert!(
        reply.contains(r#""format": "png""#)
            && reply.contains(r#""depth": { "near": 1, "far": 5 }"#),
        "{reply}"
    );
    let reply = pass(&mut client, r#""pass": "id", "format": "npy""#);
    let file = bytes(&reply, "image");
    let (ids, _) = file[file.len() - 4 * 256..].as_chunks::<4>();
    let ids: std::collections::BTreeSet<u32> =
        ids.iter().map(|id| u32::from_le_bytes(*id)).collect();
    assert_eq!(ids.into_iter().collect::<Vec<_>>(), [0, 1, 2]);
    let reply = pass(&mut client, r#""pass": "normal", "return_mode": "pixels""#);
    assert!(
        bytes(&reply, "pixels")
            .chunks(4)
            .all(|pixel| pixel == [128, 128, 255, 255] || pixel == [0; 4])
    );
}
