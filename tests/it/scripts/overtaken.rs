//! A script and others who edit the same project meanwhile.

use serde_json::{Value, json};

use super::{comes_to_rest, ended, run, send, signal, workers, world};
use crate::world::{Client, World, until};

/// A script that edits one voxel.
const SCRIPT: &str = "goxel.addVoxel(1, 0, 0, [9, 9, 9, 255])";

/// Has a script begin, then another connection call a method, and then the script go on. Gives its reply.
fn meanwhile(
    (world, client): (&mut World, &mut Client),
    more: &Value,
    other: &mut Client,
    (method, params): (&str, &Value),
) -> Value {
    run(client, "1");
    // The process is there, and waits: for the script, too, as long as it is stopped.
    let process = workers(world)[0];
    signal(process, "STOP");
    send(client, SCRIPT, more);
    until(|| other.call("goxel.list_jobs", &json!({})).unwrap()["count"] == 1);
    other.call(method, params).unwrap();
    signal(process, "CONT");
    ended(client)
}

#[test]
fn what_others_have_changed_elsewhere_stays() {
    let (mut world, mut client) = world();
    let mut other = world.connect();
    let reply = meanwhile(
        (&mut world, &mut client),
        &json!({}),
        &mut other,
        ("goxel.add_voxel", &json!([100, 0, 0, 1, 2, 3])),
    );
    assert_eq!(reply["result"]["changed"]["added"], 1, "{reply}");
    let told = other.call("goxel.get_status", &json!({})).unwrap();
    assert_eq!(told["voxel_count"], 2);
    comes_to_rest(&mut other);
}

#[test]
fn what_others_have_changed_in_the_same_tile_is_a_conflict() {
    let (mut world, mut client) = world();
    let mut other = world.connect();
    let reply = meanwhile(
        (&mut world, &mut client),
        &json!({}),
        &mut other,
        ("goxel.add_voxel", &json!([2, 0, 0, 1, 2, 3])),
    );
    assert_eq!(reply["error"]["code"], -1030, "{reply}");
    let words = reply["error"]["message"].as_str().unwrap();
    assert!(
        words.contains("others have changed voxels between [0, 0, 0] and [15, 15, 15]"),
        "{words}"
    );
    let told = other.call("goxel.get_status", &json!({})).unwrap();
    assert_eq!(told["voxel_count"], 1, "nothing of the script is there");
    comes_to_rest(&mut other);
}

#[test]
fn a_script_begins_anew_where_that_was_asked_for() {
    let (mut world, mut client) = world();
    let mut other = world.connect();
    let reply = meanwhile(
        (&mut world, &mut client),
        &json!({"retry": 3}),
        &mut other,
        ("goxel.add_voxel", &json!([2, 0, 0, 1, 2, 3])),
    );
    let result = &reply["result"];
    assert_eq!((&result["runs"], &result["changed"]["added"]), (&json!(2), &json!(1)), "{reply}");
    let told = other.call("goxel.get_status", &json!({})).unwrap();
    assert_eq!(told["voxel_count"], 2, "both are there");
    comes_to_rest(&mut other);
}

#[test]
fn a_project_that_is_closed_meanwhile_is_told() {
    let (mut world, mut client) = world();
    let mut other = world.connect();
    let reply = meanwhile(
        (&mut world, &mut client),
        &json!({}),
        &mut other,
        ("goxel.close_project", &json!({"name": "p", "discard": true})),
    );
    assert!(reply["error"]["message"].as_str().unwrap().contains("closed"), "{reply}");
    comes_to_rest(&mut other);
}
