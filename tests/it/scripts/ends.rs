//! Scripts that do not end by themselves, and processes that end in the middle of one.

use serde_json::json;

use super::{
    ENDLESS, begin, code, comes_to_rest, ended, run, scripts, signal, try_run, voxels, workers,
    world,
};
use crate::world::{World, until};

#[test]
fn a_script_that_does_not_end_is_ended() {
    let (_world, mut client) = world();
    let endless = "goxel.addVoxel(1, 1, 1, [9, 9, 9, 255]); for (;;) {}";
    let reply = try_run(&mut client, endless, &json!({"timeout_ms": 50}));
    assert_eq!(code(&reply), -32603);
    assert_eq!(reply.unwrap_err()["message"], "Script execution timeout");
    assert_eq!(code(&try_run(&mut client, ENDLESS, &json!({"deadline_ms": 50}))), -1032);
    assert_eq!(voxels(&mut client), 0);
    // What the engine cannot interrupt by itself.
    let native = "new Array(1e9) + ''";
    let reply = try_run(&mut client, native, &json!({"timeout_ms": 200}));
    assert!(reply.is_err() || reply.unwrap()["success"] == false);
    assert_eq!(run(&mut client, "1 + 1")["value"], 2, "the next one runs");
    comes_to_rest(&mut client);
}

#[test]
fn a_process_that_ends_its_script_when_it_is_told_to_is_kept() {
    let (_world, mut client) = world();
    // On a busy machine it may come to that too late, and is ended itself.
    until(|| {
        assert_eq!(run(&mut client, "1 + 1")["value"], 2);
        let before = scripts(&mut client);
        assert_eq!(code(&try_run(&mut client, ENDLESS, &json!({"timeout_ms": 50}))), -32603);
        assert_eq!(run(&mut client, "1 + 1")["value"], 2);
        let after = scripts(&mut client);
        ["started", "failed"].iter().all(|count| after[count] == before[count])
    });
    comes_to_rest(&mut client);
}

#[test]
fn what_the_daemon_does_for_a_script_ends_with_its_time() {
    let (_world, mut client) = world();
    // It would be drawn for an hour.
    let picture = "goxel.addVoxel(1, 1, 1, [9, 9, 9, 255]); try { goxel.render({quality: 'path', \
                   samples: 65536, width: 2048, height: 2048}) } catch (error) {} 1";
    let reply = try_run(&mut client, picture, &json!({"timeout_ms": 300}));
    assert_eq!(reply.unwrap_err()["message"], "Script execution timeout");
    assert_eq!(code(&try_run(&mut client, picture, &json!({"deadline_ms": 300}))), -1032);
    assert_eq!(voxels(&mut client), 0);
    assert_eq!(run(&mut client, "1 + 1")["value"], 2);
    comes_to_rest(&mut client);
}

#[test]
fn a_script_is_cancelled_by_another_connection() {
    let (world, mut client) = world();
    let mut other = world.connect();
    begin(&mut client, ENDLESS, &json!({}));
    let jobs = other.call("goxel.list_jobs", &json!({})).unwrap();
    assert_eq!(jobs["jobs"][0]["method"], "goxel.execute_script", "{jobs}");
    other.call("goxel.cancel", &json!({"job": jobs["jobs"][0]["job"]})).unwrap();
    assert_eq!(ended(&mut client)["error"]["code"], -1032);
    comes_to_rest(&mut other);
}

#[test]
fn a_script_whose_client_has_left_is_ended_where_it_waits_for_nothing_else() {
    let (world, mut client) = world();
    let mut other = world.connect();
    begin(&mut client, ENDLESS, &json!({"timeout_ms": 300}));
    drop(client);
    comes_to_rest(&mut other);
}

#[test]
fn a_process_that_is_killed_costs_its_script_alone() {
    let (mut world, mut client) = world();
    let mut other = world.connect();
    begin(&mut client, ENDLESS, &json!({}));
    let processes = workers(&mut world);
    assert_eq!(processes.len(), 1, "{processes:?}");
    signal(processes[0], "KILL");
    let reply = ended(&mut client);
    assert_eq!(reply["error"]["code"], -32603, "{reply}");
    let words = reply["error"]["message"].as_str().unwrap();
    assert!(
        words.contains("was ended by signal 9") && words.contains("Nothing was changed"),
        "{words}"
    );
    assert_eq!(run(&mut client, "1 + 1")["value"], 2, "the next one gets another");
    // One that waits for a script is missed by nobody.
    let waiting = workers(&mut world);
    signal(waiting[0], "KILL");
    until(|| !workers(&mut world).iter().any(|process| is_running(*process)));
    assert_eq!(run(&mut client, "1 + 2")["value"], 3);
    assert_eq!(scripts(&mut other)["failed"], 1, "one was lost with its script");
    comes_to_rest(&mut other);
}

/// Whether a process has not ended: one that has, and that nobody has asked about, is still listed. Its threads
/// end one by one.
fn is_running(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let has = |name: &str, end: fn(&str) -> bool| {
        status.lines().filter_map(|line| line.strip_prefix(name)).any(end)
    };
    has("State:", |state| !state.contains('Z')) || has("Threads:", |count| count.trim() != "1")
}

#[test]
fn no_process_outlives_the_daemon() {
    let (mut world, mut client) = world();
    begin(&mut client, ENDLESS, &json!({}));
    let processes = workers(&mut world);
    let mut other = world.connect();
    other.call("goxel.shutdown", &json!({"discard": true})).unwrap();
    world.child().wait().unwrap();
    until(|| !processes.iter().any(|process| is_running(*process)));
}

#[test]
fn a_program_that_cannot_be_started_is_told() {
    let mut world = World::empty();
    world.start_with(&["--script-program", "/no/such/goxel-script"]);
    let mut client = world.connect();
    let reply = try_run(&mut client, "1", &json!({}));
    assert_eq!(code(&reply), -32603);
    let words = reply.unwrap_err()["message"].to_string();
    assert!(
        words.contains("/no/such/goxel-script") && words.contains("--script-program"),
        "{words}"
    );
    comes_to_rest(&mut client);
}

#[test]
fn a_script_that_there_is_no_memory_for_is_refused() {
    let mut world = World::empty();
    world.start_with(&["--memory-max", "64M"]);
    let mut client = world.connect();
    assert_eq!(run(&mut client, "1 + 1")["value"], 2);
    client.call("goxel.create_project", &json!(["p"])).unwrap();
    // Until more than half of the ceiling is taken.
    for at in 0..40 {
        let boxes: Vec<_> = (0..100)
            .map(|n| json!([n * 16 + 1, at * 16, 0, n * 16 + 3, at * 16, 9, n, at, 9]))
            .collect();
        if client.call("goxel.add_voxels", &json!({"boxes": boxes})).is_err() {
            break;
        }
    }
    let mut name = 0;
    let reply = loop {
        let reply = try_run(&mut client, "1", &json!({}));
        if reply.is_err() || name > 200 {
            break reply;
        }
        name += 1;
        let boxes: Vec<_> = (0..100)
            .map(|n| {
                json!([n * 16, name * 16, 99, n * 16 + 9, name * 16 + 9, 102, n, name % 256, 9])
            })
            .collect();
        if let Err(error) = client.call("goxel.add_voxels", &json!({"boxes": boxes})) {
            break Err(error);
        }
    };
    assert_eq!(code(&reply), -1031, "{reply:?}");
    client.call("goxel.close_project", &json!({"name": "p", "discard": true})).unwrap();
    until(|| try_run(&mut client, "1", &json!({})).is_ok());
}
