//! Scripts from the outside: real daemons, real processes that run them, and several connections.

mod ends;
mod formats;
mod kept;
mod many;
mod overtaken;
mod runs;
mod words;

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::world::{Client, World, until};

/// A daemon with a project.
fn world() -> (World, Client) {
    let world = World::in_its_directory();
    let mut client = world.connect();
    client.call("goxel.create_project", &json!(["p", 16, 16, 16])).unwrap();
    (world, client)
}

/// Runs a script that ends well. Gives its result.
fn run(client: &mut Client, script: &str) -> Value {
    run_with(client, script, &json!({}))
}

/// The same, with more parameters.
fn run_with(client: &mut Client, script: &str, more: &Value) -> Value {
    let result = try_run(client, script, more).unwrap_or_else(|error| panic!("{script}: {error}"));
    assert_eq!(result["success"], true, "{script}: {result}");
    result
}

fn try_run(client: &mut Client, script: &str, more: &Value) -> Result<Value, Value> {
    let mut params = more.clone();
    params["script"] = script.into();
    client.call("goxel.execute_script", &params)
}

/// Sends a call of a script.
fn send(client: &mut Client, script: &str, more: &Value) {
    let mut params = more.clone();
    params["script"] = script.into();
    let call =
        json!({"jsonrpc": "2.0", "method": "goxel.execute_script", "params": params, "id": 7});
    client.send(format!("{call}\n").as_bytes());
}

/// The same of one that tells of its progress, and waits until it has printed something.
fn begin(client: &mut Client, script: &str, more: &Value) {
    let mut more = more.clone();
    more["progress"] = true.into();
    send(client, script, &more);
    loop {
        let told = client.reply();
        assert_eq!(told["method"], "goxel.progress", "{told}");
        if told["params"]["output"] == "begun\n" {
            return;
        }
    }
}

/// The reply to it.
fn ended(client: &mut Client) -> Value {
    loop {
        let line = client.reply();
        if line.get("method").is_none() {
            return line;
        }
    }
}

/// A script that never ends.
const ENDLESS: &str = "print('begun'); for (;;) {}";

/// Sends a process a signal.
fn signal(process: u32, name: &str) {
    let mut kill = Command::new("kill");
    assert!(kill.args([&format!("-{name}"), &process.to_string()]).status().unwrap().success());
}

/// What is known of the processes that run scripts.
fn scripts(client: &mut Client) -> Value {
    client.call("goxel.get_status", &json!({})).unwrap()["scripts"].take()
}

/// The processes that run scripts, of a daemon.
fn workers(world: &mut World) -> Vec<u32> {
    let daemon = world.child().id();
    let found = std::fs::read_dir("/proc").unwrap();
    let numbers = found.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    numbers.filter(|&process: &u32| parent(process) == Some(daemon)).collect()
}

fn parent(process: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let field = |name| status.lines().find_map(|line: &str| line.strip_prefix(name));
    field("PPid:")?.trim().parse().ok()
}

/// Waits until what scripts take is given back.
fn comes_to_rest(client: &mut Client) {
    until(|| scripts(client)["running"] == 0);
    // The process has ended before the loop hears of it.
    until(|| client.call("goxel.list_jobs", &json!({})).unwrap()["count"] == 0);
}

fn voxels(client: &mut Client) -> u64 {
    client.call("goxel.get_status", &json!({})).unwrap()["voxel_count"].as_u64().unwrap()
}

fn code(result: &Result<Value, Value>) -> i64 {
    result.as_ref().expect_err("it is refused")["code"].as_i64().unwrap()
}

/// A file of the world's.
fn file(world: &World, name: &str, text: &str) -> PathBuf {
    let path = world.path(name);
    std::fs::write(&path, text).unwrap();
    path
}
