//! Very many scripts at once.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{comes_to_rest, scripts};
use crate::world::{Client, World};

const CLIENTS: usize = 200;
const EACH: usize = 50;

fn send(client: &mut Client, client_number: usize, count: usize) {
    let mut lines = String::new();
    for at in 0..count {
        let script = format!("goxel.addVoxel({at}, {client_number}, 0, [9, 9, 9, 255]); {at}");
        let params = json!({"script": script, "retry": 0});
        let call =
            json!({"jsonrpc": "2.0", "method": "goxel.execute_script", "params": params, "id": at});
        writeln!(lines, "{call}").unwrap();
    }
    client.send(lines.as_bytes());
}

/// How many were answered with success, with a conflict, and with that the daemon is busy.
fn outcomes(clients: &mut [Client], each: usize) -> [usize; 3] {
    let mut counts = [0; 3];
    for client in clients {
        for at in 0..each {
            let reply: Value = client.reply();
            assert_eq!(reply["id"], at, "{reply}");
            let index = match (&reply["result"]["value"], reply["error"]["code"].as_i64()) {
                (value, None) if *value == json!(at) => 0,
                (_, Some(-1030)) => 1,
                (_, Some(-32603)) => {
                    assert!(
                        reply["error"]["message"].as_str().unwrap().contains("busy"),
                        "{reply}"
                    );
                    2
                }
                _ => panic!("{reply}"),
            };
            counts[index] += 1;
        }
    }
    counts
}

#[test]
fn ten_thousand_scripts_are_all_answered() {
    let world = World::new();
    let mut first = world.connect();
    first.call("goxel.create_project", &json!(["p"])).unwrap();
    let mut clients: Vec<_> = (0..CLIENTS).map(|_| world.connect()).collect();
    clients.iter_mut().enumerate().for_each(|(number, client)| send(client, number, EACH));
    let [done, conflicts, busy] = outcomes(&mut clients, EACH);
    assert_eq!((done + conflicts, busy), (CLIENTS * EACH, 0));
    let told = first.call("goxel.get_status", &json!({})).unwrap();
    assert_eq!(told["voxel_count"], done, "each that was done is there, and no other");
    let history = first.call("goxel.history", &json!({})).unwrap();
    assert_eq!(history["undo"], done);
    comes_to_rest(&mut first);
    assert!(scripts(&mut first)["workers"].as_u64().unwrap() <= 4);
}

#[test]
fn where_the_queue_is_full_that_is_told() {
    let mut world = World::empty();
    world.start_with(&["--queue-size", "8"]);
    let mut first = world.connect();
    first.call("goxel.create_project", &json!(["p"])).unwrap();
    let mut clients: Vec<_> = (0..100).map(|_| world.connect()).collect();
    clients.iter_mut().enumerate().for_each(|(number, client)| send(client, number, 1));
    let [done, conflicts, busy] = outcomes(&mut clients, 1);
    assert_eq!(done + conflicts + busy, 100);
    assert!(done > 0 && busy > 0, "{done} done, {conflicts} conflicts, {busy} busy");
    comes_to_rest(&mut first);
}
