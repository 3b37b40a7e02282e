//! Calls that take long: told of, cancelled, left, turned into tasks.

use serde_json::{Value, json};

use super::{Model, meta};
use crate::world::{Client, World, until};

/// A project of single voxels that touch nowhere, 256 along each edge: a mesh of it takes many seconds.
fn checkers(client: &mut Model) -> String {
    let id = client.project("checkers");
    let voxels = json!([[0, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1]]);
    client.done("place_voxels", &json!({"project_id": id, "voxels": voxels, "color": "gold"}));
    let mut edges = [2, 2, 2];
    for doubling in 0..21 {
        let axis = doubling % 3;
        let last = edges.map(|edge| edge - 1);
        let mut to = [0, 0, 0];
        to[axis] = edges[axis];
        let copy = json!({
            "project_id": id,
            "action": "copy",
            "box": [0, 0, 0, last[0], last[1], last[2]],
            "to": to,
        });
        client.done("transform", &copy);
        edges[axis] *= 2;
    }
    id
}

fn save(project: &str) -> Value {
    json!({"name": "save_file", "arguments": {"project_id": project, "path": "c.stl"}})
}

/// Has it written, and comes back when its progress is told.
fn begin(client: &mut Model, project: &str) -> i64 {
    let mut call = save(project);
    call["_meta"] = json!({"progressToken": "p"});
    let id = client.ask("tools/call", &call);
    let told = client.read();
    assert_eq!(told["method"], "notifications/progress", "{told}");
    assert_eq!(told["params"]["progressToken"], "p");
    assert!(told["params"]["message"].as_str().unwrap().contains("voxels"), "{told}");
    id
}

/// How many jobs the daemon has.
fn jobs(daemon: &mut Client) -> u64 {
    daemon.call("goxel.list_jobs", &json!({})).unwrap()["count"].as_u64().unwrap()
}

#[test]
fn a_call_that_is_cancelled_is_stopped_in_the_daemon_and_others_do_not_wait_for_it() {
    let world = World::new();
    let mut client = Model::shaken(&world, &[]);
    let project = checkers(&mut client);
    let long = begin(&mut client, &project);
    let others: Vec<_> = (0..9)
        .map(|_| client.ask("tools/call", &json!({"name": "list_projects", "arguments": {}})))
        .collect();
    let mut answered = Vec::new();
    while answered.len() < others.len() {
        let message = client.read();
        if let Some(id) = message["id"].as_i64() {
            answered.push(id);
        }
    }
    assert!(!answered.contains(&long), "it was to take long");
    let mut daemon = world.connect();
    assert_eq!(jobs(&mut daemon), 1);
    let cancel = json!({"requestId": long, "reason": "enough"});
    client.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancel}));
    until(|| jobs(&mut daemon) == 0);
    assert!(client.call("ping", &json!({})).is_ok(), "what was cancelled is not answered");
    assert!(!world.path("workspace/c.stl").exists());
}

#[test]
fn a_client_that_leaves_takes_its_calls_along() {
    let world = World::new();
    let mut client = Model::shaken(&world, &[]);
    let project = checkers(&mut client);
    begin(&mut client, &project);
    let mut daemon = world.connect();
    assert_eq!(jobs(&mut daemon), 1);
    let status = client.leave();
    assert!(status.success(), "{status}");
    until(|| jobs(&mut daemon) == 0);
    assert!(!world.path("workspace/c.stl").exists());
}

#[test]
fn a_call_that_takes_long_becomes_a_task_where_the_client_knows_tasks() {
    let world = World::new();
    let mut client = Model::new(&world, &[]);
    let mut about = meta();
    about["io.modelcontextprotocol/clientCapabilities"] =
        json!({"extensions": {"io.modelcontextprotocol/tasks": {}}});
    let project = {
        let mut other = Model::shaken(&world, &[]);
        checkers(&mut other)
    };
    let ask = |client: &mut Model, method: &str, mut params: Value| {
        params["_meta"] = about.clone();
        client.call(method, &params)
    };
    let quick = json!({"name": "list_projects", "arguments": {}});
    assert_eq!(ask(&mut client, "tools/call", quick).unwrap()["resultType"], "complete");
    let task = ask(&mut client, "tools/call", save(&project)).unwrap();
    assert_eq!((&task["resultType"], &task["status"]), (&json!("task"), &json!("working")));
    let id = json!({"taskId": task["taskId"]});
    let state = |client: &mut Model| ask(client, "tasks/get", id.clone()).unwrap();
    until(|| {
        state(&mut client)["statusMessage"].as_str().is_some_and(|said| said.contains("voxels"))
    });
    ask(&mut client, "tasks/cancel", id.clone()).unwrap();
    until(|| ask(&mut client, "tasks/get", id.clone()).unwrap()["status"] == "cancelled");
    assert!(!world.path("workspace/c.stl").exists());
    let error = ask(&mut client, "tasks/get", json!({"taskId": "another"})).unwrap_err();
    assert!(error["message"].as_str().unwrap().contains("no task"), "{error}");
}
