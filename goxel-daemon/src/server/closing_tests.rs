//! What becomes of connections whose project somebody else closes.

use super::tests::Client;
use super::*;

const CLOSED: &str =
    "the project that this connection worked on was closed: select or create another";

/// Another connection of the same daemon calls a method.
fn other(client: &mut Client, method: &str, params: &str) -> String {
    let mine = std::mem::take(&mut client.session);
    let reply = client.call(method, params);
    client.session = mine;
    reply
}

#[test]
fn nobody_edits_another_project_than_the_chosen_one() {
    let mut client = Client::project();
    other(&mut client, "goxel.create_project", r#"["theirs"]"#);
    other(&mut client, "goxel.close_project", r#"["p"]"#);
    for (method, params) in [
        ("goxel.add_voxel", "[1, 2, 3]"),
        ("goxel.add_voxel", r#"{"x": 1}"#),
        ("goxel.get_voxel", "[1, 2, 3]"),
        ("goxel.get_layer_voxels", "{}"),
        ("goxel.undo", "{}"),
        ("goxel.begin", "{}"),
        ("goxel.commit", "{}"),
        ("goxel.heightmap", r#"{"heights": [[1]]}"#),
    ] {
        let reply = client.call(method, params);
        assert!(reply.starts_with("\"error\"") && reply.contains(CLOSED), "{method}: {reply}");
    }
    assert!(client.call("goxel.list_projects", "{}").contains("\"current\": false"));
    let theirs = other(&mut client, "goxel.get_project_info", r#"{"project": "theirs"}"#);
    assert!(theirs.contains("\"voxel_count\": 0"), "{theirs}");
    client.call("goxel.select_project", r#"["theirs"]"#);
    assert!(client.call("goxel.add_voxel", "[1, 2, 3]").contains("\"success\": true"));
}

#[test]
fn whoever_closes_its_project_goes_on_with_the_current_one() {
    let mut client = Client::project();
    other(&mut client, "goxel.create_project", r#"["q"]"#);
    client.call("goxel.close_project", r#"["p"]"#);
    assert!(client.call("goxel.get_project_info", "{}").contains("\"name\": \"q\""));
}

/// Starts a job, lets another connection do something, and ends the job.
fn meanwhile(client: &mut Client, request: &str, calls: &[(&str, &str)]) -> String {
    let mut out = Output::default();
    let verdict = client.server.frame(&mut client.session, request.as_bytes(), &mut out);
    let Verdict::Wait(job) = verdict else { panic!("no job") };
    let done = job.run();
    let mut theirs = std::mem::take(&mut client.session);
    let mut held = Vec::new();
    for (method, params) in calls {
        client.call(method, params);
    }
    held.push(std::mem::replace(&mut client.session, std::mem::take(&mut theirs)));
    client.server.finish(&mut client.session, done, &mut out);
    drop(held);
    String::from_utf8(out.into_bytes()).expect("replies are text")
}

#[test]
fn a_job_ends_in_the_project_that_it_began_in() {
    let request =
        r#"{"jsonrpc":"2.0","method":"goxel.heightmap","params":{"heights":[[2]]},"id":1}"#;
    let mut client = Client::project();
    // No project was chosen by this connection: it works on the current one.
    client.session = Session::default();
    let reply = meanwhile(&mut client, request, &[("goxel.create_project", r#"["q"]"#)]);
    assert!(reply.contains("\"voxels_created\": 2"), "{reply}");
    let info = client.call("goxel.get_project_info", r#"{"project": "p"}"#);
    assert!(info.contains("\"voxel_count\": 2"), "{info}");
    let closed = [("goxel.create_project", r#"["q"]"#), ("goxel.close_project", r#"["p"]"#)];
    let reply = meanwhile(&mut client, request, &closed[..1]);
    assert!(reply.contains(CLOSED), "another project has taken its place: {reply}");
    client.call("goxel.select_project", r#"["p"]"#);
    let reply = meanwhile(&mut client, request, &closed);
    assert!(reply.contains(CLOSED), "{reply}");
    client.call("goxel.select_project", r#"["q"]"#);
    let reply = meanwhile(&mut client, request, &[("goxel.begin", r#"{"project": "q"}"#)]);
    assert!(reply.contains("another connection's transaction"), "{reply}");
}
