//! A script and others who edit the same project meanwhile.

use serde_json::json;

use super::{begin, comes_to_rest, ended, world};

/// A script that edits one voxel, after it has computed for a good while.
fn slow(x: i64) -> String {
    format!(
        "print('begun'); let n = 0; for (let i = 0; i < 3e7; i++) n += i; \
         goxel.addVoxel({x}, 0, 0, [n % 7, 9, 9, 255])"
    )
}

#[test]
fn what_others_have_changed_elsewhere_stays() {
    let (world, mut client) = world();
    let mut other = world.connect();
    begin(&mut client, &slow(1), &json!({}));
    other.call("goxel.add_voxel", &json!([100, 0, 0, 1, 2, 3])).unwrap();
    let reply = ended(&mut client);
    assert_eq!(reply["result"]["changed"]["added"], 1, "{reply}");
    let told = other.call("goxel.get_status", &json!({})).unwrap();
    assert_eq!(told["voxel_count"], 2);
    comes_to_rest(&mut other);
}

#[test]
fn what_others_have_changed_in_the_same_tile_is_a_conflict() {
    let (world, mut client) = world();
    let mut other = world.connect();
    begin(&mut client, &slow(1), &json!({}));
    other.call("goxel.add_voxel", &json!([2, 0, 0, 1, 2, 3])).unwrap();
    let reply = ended(&mut client);
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
    let (world, mut client) = world();
    let mut other = world.connect();
    begin(&mut client, &slow(1), &json!({"retry": 3}));
    other.call("goxel.add_voxel", &json!([2, 0, 0, 1, 2, 3])).unwrap();
    let reply = ended(&mut client);
    let result = &reply["result"];
    assert_eq!((&result["runs"], &result["changed"]["added"]), (&json!(2), &json!(1)), "{reply}");
    let told = other.call("goxel.get_status", &json!({})).unwrap();
    assert_eq!(told["voxel_count"], 2, "both are there");
    comes_to_rest(&mut other);
}

#[test]
fn a_project_that_is_closed_meanwhile_is_told() {
    let (world, mut client) = world();
    let mut other = world.connect();
    begin(&mut client, &slow(1), &json!({}));
    other.call("goxel.close_project", &json!({"name": "p", "discard": true})).unwrap();
    let reply = ended(&mut client);
    assert!(reply["error"]["message"].as_str().unwrap().contains("closed"), "{reply}");
    comes_to_rest(&mut other);
}
