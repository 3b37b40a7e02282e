//! Older versions, of a real daemon that is killed, and of one that has little room for them.

use std::path::Path;

use serde_json::{Value, json};

use crate::world::{Client, World};

/// What a call gives.
fn call(client: &mut Client, method: &str, params: &Value) -> Value {
    let result = client.call(method, params);
    result.unwrap_or_else(|error| panic!("{method} {params}: {error}"))
}

/// Kills the daemon, and starts another one with these flags.
fn kill_and_start(world: &mut World, flags: &[&str]) {
    world.child().kill().unwrap();
    world.child().wait().unwrap();
    world.start_with(flags);
}

#[test]
fn every_version_that_was_answered_can_be_had_back_after_a_kill() {
    let mut world = World::empty();
    let flags = ["--data-dir", "data", "--durability", "always"];
    world.start_with(&flags);
    let mut client = world.connect();
    call(&mut client, "goxel.create_project", &json!(["p"]));
    for x in 0..30 {
        call(&mut client, "goxel.add_voxel", &json!([x, 0, 0, x, 2, 3]));
    }
    call(&mut client, "goxel.tag", &json!({"name": "thirty"}));
    call(&mut client, "goxel.undo", &json!({}));
    kill_and_start(&mut world, &flags);
    let mut client = world.connect();
    let listed = call(&mut client, "goxel.list_versions", &json!({"project": "p"}));
    assert_eq!(listed["versions"][0]["method"], "goxel.undo");
    assert_eq!(listed["versions"][0]["version"], 32);
    // The first version is that of the empty project.
    for version in 1..=31 {
        let name = format!("v{version}");
        let params = json!({"project": "p", "version": version, "name": name});
        call(&mut client, "goxel.restore", &params);
        let info = call(&mut client, "goxel.get_project_info", &json!({"project": name}));
        assert_eq!(info["voxel_count"], version - 1);
        call(&mut client, "goxel.delete_project", &json!([name]));
    }
    let diff = json!({"project": "p", "from": "thirty", "to": 11});
    let diff = call(&mut client, "goxel.diff", &diff);
    assert_eq!((&diff["removed"], &diff["added"]), (&json!(20), &json!(0)));
    assert_eq!(diff["box"], json!({"min": [10, 0, 0], "max": [29, 0, 0]}));
}

/// What is in a directory, in bytes, but for tags.
fn bytes(path: &Path) -> u64 {
    let files = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap());
    let others = files.filter(|file| !file.file_name().to_string_lossy().starts_with("tag-"));
    others.map(|file| file.metadata().unwrap().len()).sum()
}

#[test]
fn without_room_for_older_versions_only_tags_are_kept() {
    let mut world = World::empty();
    let flags = ["--data-dir", "data", "--durability", "always", "--history-max", "0"];
    world.start_with(&flags);
    let mut client = world.connect();
    call(&mut client, "goxel.create_project", &json!(["p"]));
    call(&mut client, "goxel.add_voxel", &json!([1, 2, 3, 4, 5, 6]));
    call(&mut client, "goxel.tag", &json!({"name": "one"}));
    // A state, and calls: each is written as what it was sent as.
    let solid = |x: i32| json!({"boxes": [[x, 0, 0, x, 99, 99, x % 256, 2, 3]], "project": "p"});
    (0..40).for_each(|x| _ = call(&mut client, "goxel.add_voxels", &solid(x)));
    for _ in 0..2 {
        world.signal("TERM");
        assert!(world.child().wait().unwrap().success());
        assert!(bytes(&world.path("data")) < 50_000, "it has what a start needs");
        world.start_with(&flags);
    }
    let mut client = world.connect();
    let refused = client.call("goxel.restore", &json!({"project": "p", "version": 10}));
    let refused = refused.unwrap_err()["message"].as_str().unwrap().to_owned();
    assert!(refused.contains("is not kept any more"), "{refused}");
    let listed = call(&mut client, "goxel.list_versions", &json!({"project": "p"}));
    let versions: Vec<_> = listed["versions"].as_array().unwrap().iter().collect();
    assert_eq!(versions.len(), 2, "the newest, and the one with a name: {listed}");
    assert_eq!((&versions[0]["version"], &versions[1]["version"]), (&json!(42), &json!(2)));
    let old = json!({"project": "p", "tag": "one", "name": "old"});
    call(&mut client, "goxel.restore", &old);
}
