//! Rights, as a server without sockets grants and refuses them.

use std::fs;
use std::os::unix::fs::symlink;

use super::*;
use crate::server::tests::Client;

/// A client of these rights, with a project.
fn client(rights: Rights) -> Client {
    let mut client = Client::project();
    client.session.rights = rights;
    client
}

fn error(code: i32, message: &str) -> String {
    format!(r#""error": {{ "code": {code}, "message": "{message}" }}"#)
}

/// Calls a method, and expects an error of this code whose message contains this.
fn refuse(client: &mut Client, method: &str, params: &str, code: i32, what: &str) {
    let reply = client.call(method, params);
    let begin = format!(r#""error": {{ "code": {code}, "message": ""#);
    assert!(reply.starts_with(&begin) && reply.contains(what), "{method} {params}: {reply}");
}

fn admit(client: &mut Client, method: &str, params: &str) {
    let reply = client.call(method, params);
    assert!(reply.starts_with(r#""result": "#), "{method} {params}: {reply}");
}

#[test]
fn the_rows_say_what_a_read_only_connection_may_do() {
    let codes = |rights: Rights| {
        Method::ALL.iter().filter_map(move |&method| {
            let args = Args::new(method, None).ok()?;
            rights.admit(method, &args).is_err().then_some(method)
        })
    };
    assert_eq!(codes(Rights::default()).count(), 0);
    let opening: Vec<_> = codes(Rights::default().read_only()).collect();
    let edits = |method: &Method| method.info().does == Does::Edits;
    assert!(opening.iter().all(edits));
    assert_eq!(opening.len(), Method::ALL.iter().filter(|method| edits(method)).count());
    let looking: Vec<_> = codes(Rights::default().looking_only()).collect();
    let more: Vec<_> = looking.iter().filter(|method| !opening.contains(method)).collect();
    let governing = [&Method::Cancel, &Method::Shutdown];
    assert_eq!(more[..2], governing);
    let managing = [&Method::CreateProject, &Method::CloseProject, &Method::DeleteProject];
    assert_eq!(more[2..5], managing);
    let others = [&Method::CleanupRender, &Method::SlowLog, &Method::KillClient];
    assert_eq!(more[5..8], others);
    assert_eq!(more[8..10], [&Method::Follow, &Method::Promote]);
    assert_eq!(more[10..], [&Method::Restore, &Method::Tag, &Method::RenameProject]);
}

#[test]
fn a_read_only_connection_looks_and_does_not_touch() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.gox").display().to_string();
    let mut client = client(Rights::default());
    admit(&mut client, "goxel.save_project", &format!(r#"["{path}"]"#));
    client.check(
        "goxel.confine",
        r#"{"read_only": true}"#,
        r#""result": { "success": true, "read_only": true }"#,
    );
    // It is not given back.
    client.check(
        "goxel.confine",
        r#"{"read_only": false}"#,
        r#""result": { "success": true, "read_only": true }"#,
    );
    for (method, params) in [
        ("goxel.add_voxel", "[1, 2, 3, 255, 0, 0, 255]"),
        ("goxel.add_voxel", r#"{"x": 1, "y": 2, "z": 3}"#),
        ("goxel.undo", "{}"),
        ("goxel.import_model", &format!(r#"["{path}"]"#)),
        ("goxel.save_project", &format!(r#"["{path}"]"#)),
        ("goxel.export_model", &format!(r#"["{path}"]"#)),
        ("goxel.convert", &format!(r#"["{path}", "{path}.vox"]"#)),
        ("goxel.render_scene", &format!(r#"["{path}.png"]"#)),
        ("goxel.create_project", r#"["q"]"#),
        ("goxel.close_project", r#"["p"]"#),
        ("goxel.select_project", r#"{"name": "p", "current": true}"#),
        ("goxel.load_project", &format!(r#"{{"path": "{path}", "name": "p"}}"#)),
        ("goxel.shutdown", "{}"),
        ("goxel.follow", r#"{"format": 1, "meaning": 1}"#),
        ("goxel.promote", "{}"),
    ] {
        refuse(&mut client, method, params, -1033, "read-only");
    }
    assert!(!client.server.state.stopping);
    admit(&mut client, "goxel.get_voxel", "[1, 2, 3]");
    admit(&mut client, "goxel.select_project", r#"["p"]"#);
    admit(
        &mut client,
        "goxel.render_scene",
        r#"{"options": {"return_mode": "pixels"}, "width": 4, "height": 4}"#,
    );
    // A file is opened beside what there is, and stays this connection's own affair.
    admit(&mut client, "goxel.load_project", &format!(r#"{{"path": "{path}", "name": "beside"}}"#));
    let reply = client.call("goxel.list_projects", "{}");
    assert!(reply.contains(r#""name": "beside", "current": true"#), "{reply}");
    client.session.project = None;
    let reply = client.call("goxel.list_projects", "{}");
    assert!(reply.contains(r#""name": "p", "current": true"#), "{reply}");
}

#[test]
fn a_read_only_daemon_opens_and_closes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.gox").display().to_string();
    admit(&mut client(Rights::default()), "goxel.save_project", &format!(r#"["{path}"]"#));
    let mut client = client(Rights::default().read_only());
    refuse(&mut client, "goxel.add_voxel", "[1, 2, 3, 255, 0, 0, 255]", -1033, "edits a project");
    refuse(&mut client, "goxel.save_project", &format!(r#"["{path}"]"#), -1033, "writes a file");
    for _ in 0..2 {
        admit(&mut client, "goxel.load_project", &format!(r#"["{path}"]"#));
    }
    admit(&mut client, "goxel.close_project", r#"["a"]"#);
    let status = client.call("goxel.get_status", "{}");
    assert!(status.contains(r#""read_only": true"#), "{status}");
    admit(&mut client, "goxel.shutdown", "{}");
}

#[test]
fn a_socket_lists_what_may_be_called() {
    let mut client = client(Rights::default().calling(&["goxel.get_*", "ping"]).unwrap());
    admit(&mut client, "ping", "{}");
    admit(&mut client, "goxel.get_voxel", "[1, 2, 3]");
    for (method, params) in
        [("goxel.add_voxel", "[1, 2, 3, 255, 0, 0, 255]"), ("goxel.confine", "{}")]
    {
        refuse(&mut client, method, params, -1034, "which takes goxel.get_*, ping");
    }
    // In the form of a tool, too.
    let reply = client.send(r#"{"tool": "goxel_create_project", "arguments": {}}"#);
    assert!(reply.contains("cannot be called by this socket"), "{reply}");
}

#[test]
fn paths_stay_beneath_the_roots() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let said = |name: &str| at(name).display().to_string();
    for name in ["in/sub", "in/sub2", "out", "inn"] {
        fs::create_dir_all(at(name)).unwrap();
    }
    symlink(at("out"), at("in/away")).unwrap();
    symlink("../out/a.gox", at("in/a-link.gox")).unwrap();
    symlink(at("in"), at("alias")).unwrap();
    let mut client = client(Rights::default().beneath(&[at("in")]).unwrap());
    let save = |client: &mut Client, path: &str| {
        client.call("goxel.save_project", &format!(r#"["{path}"]"#))
    };
    for path in ["in/a.gox", "in/sub/../b.gox", "in/./sub/c.gox"] {
        let reply = save(&mut client, &said(path));
        assert!(reply.contains(r#""success": true"#), "{path}: {reply}");
    }
    for path in [
        "out/a.gox",
        "inn/a.gox",
        "in/../out/a.gox",
        "in/away/a.gox",
        "in/a-link.gox",
        "alias/a.gox",
        "in/../a.gox",
    ] {
        for reply in [
            save(&mut client, &said(path)),
            client.call("goxel.load_project", &format!(r#"["{}"]"#, said(path))),
        ] {
            assert!(reply.contains(r#""code": -1034"#), "{path}: {reply}");
            assert!(reply.contains("directories that this connection may use"), "{path}: {reply}");
        }
    }
    refuse(
        &mut client,
        "goxel.load_project",
        r#"["/proc/self/root/etc/passwd"]"#,
        -1034,
        "outside",
    );
    refuse(&mut client, "goxel.load_project", r#"["relative.gox"]"#, -1034, "outside");
    refuse(
        &mut client,
        "goxel.convert",
        &format!(r#"["{}", "{}"]"#, said("in/a.gox"), said("out/a.vox")),
        -1034,
        "outside",
    );
    refuse(
        &mut client,
        "goxel.heightmap",
        &format!(r#"{{"path": "{}"}}"#, said("out/a.png")),
        -1034,
        "outside",
    );
    refuse(
        &mut client,
        "goxel.import_model",
        &format!(r#"["{}"]"#, said("out/a.gox")),
        -1034,
        "outside",
    );
    refuse(
        &mut client,
        "goxel.render_scene",
        &format!(r#"["{}", 4, 4]"#, said("out/a.png")),
        -1034,
        "outside",
    );
    refuse(
        &mut client,
        "goxel.render_scene",
        &format!(r#"["{}", 4, 4]"#, said("in/away/a.png")),
        -1034,
        "leads out",
    );
    assert_eq!(fs::read_dir(at("out")).unwrap().count(), 0);

    // Less is taken, more is not given back.
    let confine = |client: &mut Client, root: &str| {
        client.call("goxel.confine", &format!(r#"{{"roots": ["{}"]}}"#, said(root)))
    };
    for root in ["out", "in/..", "in/away"] {
        let reply = confine(&mut client, root);
        assert!(reply.contains(r#""code": -1034"#), "{root}: {reply}");
    }
    let reply = confine(&mut client, "in/no");
    assert!(
        reply.contains("params.roots[0]: ") && reply.contains("in/no: No such file"),
        "{reply}"
    );
    let reply = confine(&mut client, "in/sub");
    assert_eq!(
        reply,
        format!(
            r#""result": {{ "success": true, "read_only": false, "roots": [ "{}" ] }}"#,
            said("in/sub")
        )
    );
    for root in ["in", "in/sub2"] {
        let reply = confine(&mut client, root);
        assert!(reply.contains(r#""code": -1034"#), "{root}: {reply}");
    }
    assert!(save(&mut client, &said("in/a.gox")).contains(r#""code": -1034"#));
    assert!(save(&mut client, &said("in/sub/d.gox")).contains(r#""success": true"#));
    client.check(
        "goxel.confine",
        r#"{"roots": []}"#,
        r#""result": { "success": true, "read_only": false, "roots": [] }"#,
    );
    assert!(save(&mut client, &said("in/sub/d.gox")).contains("may use: none"));
    let many = format!(r#"{{"roots": [{}]}}"#, [r#""/""#; ROOTS_MAX + 1].join(","));
    client.check("goxel.confine", &many, &error(-32602, "params.roots: 8 directories at the most"));
}

#[test]
fn roots_are_there_and_directories() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("f");
    fs::write(&file, "x").unwrap();
    for path in [file, dir.path().join("no")] {
        let error = Rights::default().beneath(std::slice::from_ref(&path)).unwrap_err().to_string();
        assert!(error.starts_with(&path.display().to_string()), "{error}");
    }
}
