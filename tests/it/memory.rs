//! The ceiling of the daemon's memory: who would pass it is told so, and the daemon lives on.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::world::{Client, World, until};

/// Bytes that are resident.
fn resident(client: &mut Client) -> u64 {
    client.call("goxel.get_stats", &json!({})).unwrap()["memory"]["resident_bytes"]
        .as_u64()
        .unwrap()
}

/// The words of a refusal for want of memory.
fn over_memory(reply: &Result<Value, Value>) -> String {
    let error = reply.as_ref().expect_err("it is too much");
    assert_eq!(error["code"], -1031, "{error}");
    error["message"].as_str().unwrap().to_owned()
}

#[test]
fn the_ceiling_holds_and_closing_makes_room() {
    const MAX: u64 = 64 << 20;
    let mut world = World::empty();
    world.start_with(&["--memory-max", "64M"]);
    let mut client = world.connect();
    let rest = resident(&mut client);

    // A file of scattered voxels: a line of it takes a hundred times its bytes.
    let mut text = String::new();
    for at in 0..1_000_000_i64 {
        let place = |factor: i64| at * factor % 1_000_003;
        writeln!(text, "{} {} {} ff0000", place(7919), place(104_729), place(611_953)).unwrap();
    }
    std::fs::write(world.path("far.txt"), text).unwrap();
    let words = over_memory(&client.call("goxel.load_project", &json!(["far.txt"])));
    assert!(words.contains("of the limit of 64 MB; close a project"), "{words}");

    // Projects of single edits, until there is no more room.
    let mut opened = 0;
    let refused = loop {
        let name = format!("p{opened}");
        client.call("goxel.create_project", &json!([name])).unwrap();
        opened += 1;
        let voxels: Vec<[i64; 6]> =
            (0..2_000).map(|at| [at * 16, at % 7 * 16, opened * 16, 255, 0, 0]).collect();
        let added = client.call("goxel.add_voxels", &json!([voxels]));
        if added.is_err() || opened == 100 {
            break added;
        }
        assert!(resident(&mut client) < rest + MAX + (32 << 20));
    };
    over_memory(&refused);
    let edit = || json!([1, 2, 3, 255, 0, 0]);
    // Less than the many take may still be there, and a worker frees what they took in vain.
    let single = (0..200_000_i64)
        .map(|at| client.call("goxel.add_voxel", &json!([at * 16, 1, 1, 255, 0, 0])))
        .find(Result::is_err);
    over_memory(&single.expect("the room is not endless"));
    assert!(client.call("goxel.get_voxel", &json!([1, 2, 3])).is_ok(), "reading goes on");

    for at in 0..opened {
        client.call("goxel.close_project", &json!({"name": format!("p{at}")})).unwrap();
    }
    client.call("goxel.create_project", &json!(["again"])).unwrap();
    // What was closed is freed by a worker, which takes a moment.
    until(|| client.call("goxel.add_voxel", &edit()).is_ok());
}
