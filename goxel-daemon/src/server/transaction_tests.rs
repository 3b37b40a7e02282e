//! Transactions: of one connection, as one step or none.

use super::tests::Client;
use super::*;
use crate::session::Session;

const P: &str = r#""result": { "success": true, "name": "p" }"#;

fn history(client: &mut Client, undo: u32, redo: u32) {
    let expected = format!(r#""result": {{ "undo": {undo}, "redo": {redo}, "version": "#);
    let told = client.call("goxel.history", "[]");
    assert!(told.starts_with(&expected), "{told}");
}

fn fails(client: &mut Client, method: &str, params: &str, message: &str) {
    let expected = format!(r#""error": {{ "code": -32603, "message": "{message}" }}"#);
    client.check(method, params, &expected);
}

/// Does something as another connection.
fn as_another(client: &mut Client, work: impl FnOnce(&mut Client)) {
    let mine = std::mem::take(&mut client.session);
    work(client);
    client.session = mine;
}

#[test]
fn a_commit_is_one_step() {
    let mut client = Client::project();
    client.check("goxel.begin", "{}", P);
    client.call("goxel.add_voxel", "[1, 1, 1]");
    client.call("goxel.create_layer", "[\"a\"]");
    client.call("goxel.add_voxel", "[2, 1, 1]");
    client.check("goxel.commit", "{}", P);
    history(&mut client, 1, 0);
    client.call("goxel.undo", "[]");
    let layers = client.call("goxel.list_layers", "[]");
    assert!(layers.contains("\"count\": 1") && layers.contains("\"voxel_count\": 0"), "{layers}");
    client.call("goxel.redo", "[]");
    let status = client.call("goxel.get_status", "[]");
    assert!(status.contains("\"voxel_count\": 2"), "{status}");
}

#[test]
fn a_rollback_leaves_nothing() {
    let mut client = Client::project();
    client.call("goxel.add_voxel", "[0, 0, 0]");
    client.check("goxel.begin", "{\"project\": \"p\"}", P);
    client.call("goxel.add_voxel", "[1, 1, 1]");
    client.check("goxel.rollback", "{}", P);
    history(&mut client, 1, 0);
    fails(&mut client, "goxel.rollback", "{}", "no transaction has begun");
    fails(&mut client, "goxel.commit", "{}", "no transaction has begun");
    client.check("goxel.begin", "{}", P);
    fails(&mut client, "goxel.begin", "{}", "a transaction has begun already");
}

fn locked(client: &mut Client, method: &str, params: &str) {
    let what = "another connection's transaction is open on this project";
    let expected = format!(r#""error": {{ "code": -1030, "message": "{what}" }}"#);
    client.check(method, params, &expected);
}

#[test]
fn other_connections_wait_outside() {
    let mut client = Client::project();
    client.check("goxel.begin", "{}", P);
    client.call("goxel.add_voxel", "[1, 1, 1]");
    as_another(&mut client, |other| {
        locked(other, "goxel.add_voxel", "[2, 2, 2]");
        locked(other, "goxel.begin", "{}");
        locked(other, "goxel.commit", "{}");
        locked(other, "goxel.rollback", "{}");
        assert!(other.call("goxel.get_voxel", "[1, 1, 1]").contains("\"exists\": true"));
        other.call("goxel.create_project", "[\"q\"]");
        assert!(other.call("goxel.add_voxel", "[2, 2, 2]").contains("\"success\": true"));
    });
    client.check("goxel.commit", "{}", P);
    as_another(&mut client, |other| {
        let reply = other.call("goxel.add_voxel", "{\"x\": 2, \"project\": \"p\"}");
        assert!(reply.contains("\"success\": true"), "{reply}");
    });
}

#[test]
fn a_connection_that_ends_leaves_nothing() {
    let mut client = Client::project();
    client.check("goxel.begin", "{}", P);
    client.call("goxel.add_voxel", "[1, 1, 1]");
    client.session = Session::default();
    assert!(client.call("goxel.get_status", "[]").contains("\"voxel_count\": 0"));
    assert!(client.call("goxel.get_voxel", "[1, 1, 1]").contains("\"exists\": false"));
    assert!(client.call("goxel.add_voxel", "[2, 1, 1]").contains("\"success\": true"));
    history(&mut client, 1, 0);
    assert!(client.server.state.projects.is_calm());
}

#[test]
fn a_project_that_is_closed_takes_its_transaction_along() {
    let mut client = Client::project();
    client.call("goxel.create_project", "[\"q\"]");
    client.check("goxel.begin", "{\"project\": \"p\"}", P);
    client.call("goxel.close_project", "[\"p\"]");
    client.check("goxel.begin", "{}", &P.replace("\"p\"", "\"q\""));
    client.call("goxel.add_voxel", "[1, 1, 1]");
    client.check("goxel.commit", "{}", &P.replace("\"p\"", "\"q\""));
    history(&mut client, 1, 0);
}

#[test]
fn a_connection_that_calls_nothing_is_told_that_its_transaction_is_over() {
    let mut client = Client::project();
    client.check("goxel.begin", "{}", P);
    client.call("goxel.add_voxel", "[1, 1, 1]");
    let idle = client.server.state.transaction_idle;
    client.server.state.started -= idle / 2;
    let found = client.call("goxel.get_voxel", "[1,1,1]");
    assert!(found.contains("\"exists\": true"), "not a moment too long: {found}");
    client.server.state.started -= 2 * idle;
    let what = "the transaction on this project was rolled back, since nothing was called for too \
                long: begin another";
    let told = format!(r#""error": {{ "code": -1030, "message": "{what}" }}"#);
    // By the fast path too.
    client.check("goxel.add_voxel", "[2,2,2,255,0,0,255]", &told);
    client.check("goxel.undo", "{}", &told);
    assert!(client.call("goxel.get_voxel", "[1,1,1]").contains("\"exists\": false"));
    client.check("goxel.commit", "{}", &told);
    history(&mut client, 0, 0);
    let mine = client.call("goxel.add_voxel", "[2,2,2,255,0,0,255]");
    assert!(mine.starts_with("\"result\""), "{mine}");
}

#[test]
fn a_call_that_takes_longer_than_may_be_idle_keeps_the_transaction() {
    let mut client = Client::project();
    client.call("goxel.add_voxels", r#"{"boxes": [[0, 0, 0, 63, 63, 63]]}"#);
    client.check("goxel.begin", "{}", P);
    let idle = client.server.state.transaction_idle;
    // A read on a worker, and what the clock says when it is done.
    let request = r#"{"jsonrpc":"2.0","method":"goxel.get_color_histogram","id":1}"#;
    let mut out = Output::default();
    let verdict = client.server.frame(&mut client.session, request.as_bytes(), &mut out);
    let Verdict::Wait(job) = verdict else { panic!("it is inline") };
    client.server.state.started -= 2 * idle;
    client.server.finish(&mut client.session, job.run(), &mut out);
    client.server.state.started -= idle / 2;
    client.check("goxel.commit", "{}", P);
}

#[test]
fn a_project_with_another_one_s_transaction_stays() {
    let mut client = Client::project();
    client.check("goxel.begin", "{}", P);
    client.call("goxel.add_voxel", "[1, 1, 1]");
    as_another(&mut client, |other| {
        locked(other, "goxel.create_project", "[\"p\"]");
        locked(other, "goxel.close_project", "[\"p\"]");
    });
    client.check("goxel.commit", "{}", P);
    history(&mut client, 1, 0);
    as_another(&mut client, |other| {
        other.check("goxel.close_project", "[\"p\"]", P);
    });
}

#[test]
fn the_fast_path_of_single_voxels_waits_outside_too() {
    let mut client = Client::project();
    client.check("goxel.begin", "{}", P);
    as_another(&mut client, |other| {
        for (method, params) in
            [("goxel.add_voxel", "[1,1,1,255,0,0,255]"), ("goxel.remove_voxel", "[1,1,1]")]
        {
            let reply = other.call(method, params);
            assert!(reply.starts_with("\"error\""), "{method}: {reply}");
        }
    });
    let mine = client.call("goxel.add_voxel", "[2,2,2,255,0,0,255]");
    assert!(mine.starts_with("\"result\""), "{mine}");
    // Whoever began and went away leaves nothing behind.
    client.session = Session::default();
    let found = client.call("goxel.get_voxel", "[2,2,2]");
    assert!(found.contains("\"exists\": false"), "{found}");
}
