//! Every method that changes a project passes the gate: table by table, and by the fast path.

use goxel_proto::method::Does;

use super::tests::Client;
use super::*;

const LOCKED: &str = "\"error\": { \"code\": -1030, \"message\": \"another connection's transaction \
                      is open on this project\" }";

/// What is in the project and where its history stands.
fn state(client: &Client) -> String {
    let project = client.server.state.projects.read(None).expect("it is open");
    let layers: Vec<_> = project.layers().iter().map(|layer| (&layer.name, layer.id)).collect();
    let depth = project.history_depth();
    format!("{} {} {layers:?} {depth:?}", project.version(), project.count())
}

/// A client in whose project another one has begun a transaction, and that one's session.
fn beside_a_transaction() -> (Client, Session) {
    let mut client = Client::project();
    client.call("goxel.create_layer", "[\"a\"]");
    client.call("goxel.add_voxel", "[1, 1, 1]");
    client.call("goxel.begin", "{}");
    client.call("goxel.add_voxel", "[2, 1, 1]");
    client.call("goxel.undo", "{}");
    let project = client.session.project;
    let holder = std::mem::replace(&mut client.session, Session { project, ..Session::default() });
    (client, holder)
}

fn edits(method: Method) -> bool {
    method.info().does == Does::Edits
}

#[test]
fn every_edit_waits_outside_of_another_session_s_transaction() {
    let (mut client, _holder) = beside_a_transaction();
    let before = state(&client);
    let edits: Vec<_> = Method::ALL.iter().copied().filter(|&method| edits(method)).collect();
    assert!(edits.contains(&Method::ImportModel) && edits.contains(&Method::Commit));
    for method in edits {
        client.check(method.info().name, "{}", LOCKED);
        assert_eq!(state(&client), before, "{}", method.info().name);
    }
    // By the fast path.
    client.check("goxel.add_voxel", "[1,1,1,255,0,0,255]", LOCKED);
    client.check("goxel.remove_voxel", "[1,1,1]", LOCKED);
    assert_eq!(state(&client), before);
}

#[test]
fn what_is_no_edit_changes_nothing() {
    let (mut client, _holder) = beside_a_transaction();
    let before = state(&client);
    for &method in Method::ALL.iter().filter(|&&method| !edits(method)) {
        // It would make another project the current one.
        if method.info().name != "goxel.create_project" {
            client.call(method.info().name, "{}");
        }
        assert_eq!(state(&client), before, "{}", method.info().name);
    }
}

#[test]
fn an_edit_that_a_worker_prepared_is_admitted_when_it_is_made() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("p.gox");
    Client::project().call("goxel.save_project", &format!("[{path:?}]"));
    let import = format!(r#""goxel.import_model","params":[{path:?}]"#);
    for method in [r#""goxel.heightmap","params":[[[1]]]"#, &import] {
        let mut client = Client::project();
        let request = format!(r#"{{"jsonrpc":"2.0","method":{method},"id":1}}"#);
        let mut out = Output::default();
        let verdict = client.server.frame(&mut client.session, request.as_bytes(), &mut out);
        let Verdict::Wait(job) = verdict else { panic!("{method} is no job") };
        let mut mine = std::mem::take(&mut client.session);
        client.call("goxel.begin", "{}");
        let before = state(&client);
        client.server.finish(&mut mine, job.run(), &mut out);
        let reply = String::from_utf8(out.into_bytes()).expect("replies are text");
        assert!(reply.contains(LOCKED), "{method}: {reply}");
        assert_eq!(state(&client), before, "{method}");
    }
}

#[test]
fn an_edit_that_is_refused_leaves_the_version() {
    let mut client = Client::project();
    client.call("goxel.add_voxel", "[1, 1, 1]");
    let before = state(&client);
    // No layer, material, camera or index is as high; most of the rest is missing.
    let wrong = [
        "{\"layer_id\": 99}",
        "{\"layer_id\": 99, \"name\": \"x\", \"index\": 99, \"r\": 999, \"mode\": 99}",
        "{\"source_layer_id\": 1, \"target_layer_id\": 1, \"material_id\": 99, \"camera_id\": 99}",
        "{\"layer_id\": 99, \"axis\": \"x\", \"factor\": 2, \"amount\": [1, 1, 1], \"colors\": 1}",
        "[7]",
    ];
    let mut refused = std::collections::BTreeSet::new();
    for &method in Method::ALL.iter().filter(|&&method| edits(method)) {
        for params in wrong {
            let mark = state(&client);
            let reply = client.call(method.info().name, params);
            if reply.starts_with("\"error\"") {
                assert_eq!(state(&client), mark, "{} {params}: {reply}", method.info().name);
                refused.insert(method.info().name);
            }
        }
    }
    assert_ne!(state(&client), before, "some of them fit some method");
    // These have nothing in their parameters that could be wrong.
    let always = ["goxel.undo", "goxel.redo", "goxel.begin"];
    let all = Method::ALL.iter().filter(|&&method| edits(method)).map(|method| method.info().name);
    let never: Vec<_> = all.filter(|name| !refused.contains(name)).collect();
    assert!(never.iter().all(|name| always.contains(name)), "never refused: {never:?}");
}

#[test]
fn an_edit_written_as_usual_passes_the_gate_like_any_other() {
    let mut client = Client::project();
    let add = |client: &mut Client, x| client.call("goxel.add_voxel", &format!("[{x},0,0,1,2,3]"));
    let count = |client: &mut Client| {
        let project =
            client.server.state.projects.read(client.session.project).expect("it is open");
        project.layers().iter().map(|layer| layer.volume.count()).sum::<u64>()
    };
    (0..5).for_each(|x| drop(add(&mut client, x)));
    // The form is known by now.
    client.call("goxel.begin", "{}");
    (5..9).for_each(|x| drop(add(&mut client, x)));
    assert_eq!(count(&mut client), 9);
    client.call("goxel.rollback", "{}");
    assert_eq!(count(&mut client), 5);
    client.call("goxel.remove_voxel", "[0,0,0]");
    client.call("goxel.remove_voxel", "[1,0,0]");
    assert!(add(&mut client, 1).starts_with("\"result\""));
    assert!(add(&mut client, 256).starts_with("\"result\""));
    assert_eq!(count(&mut client), 5);
    let wrong = client.call("goxel.add_voxel", "[1,0,0,1,2,300]");
    assert!(wrong.contains("params[5]"), "{wrong}");
    client.call("goxel.confine", "{\"read_only\": true}");
    let refused = add(&mut client, 7);
    assert!(refused.contains("-1033"), "{refused}");
    assert_eq!(count(&mut client), 5);
}
