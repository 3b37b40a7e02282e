//! A daemon that follows another: after random edits of all kinds both have the same, and when the first
//! one is killed under load the second goes on with all that was acknowledged.
//!
//! `GOXEL_FOLLOWER_S=60` says for how many seconds edits are made; `--nocapture` shows how many they were.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{EDITS_MAX, KINDS, Random, Trial, number};
use crate::world::{Client, World, programs, until};

/// Requests of each client in an ordinary run.
const REQUESTS: u64 = 150;
/// Projects that all clients edit, and whole numbers in each direction that they edit in.
const PROJECTS: u64 = 6;
const EDGE: u64 = 40;

fn flags<'a>(directory: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    let directory = directory.to_str().unwrap();
    ["--data-dir", directory, "--durability", "always"].iter().chain(more).copied().collect()
}

/// A leader, and a follower that has every project of it.
fn pair(leader_flags: &[&str]) -> (World, World) {
    let (mut leader, mut follower) = (World::empty(), World::empty());
    let directory = leader.path("data");
    leader.start_with(&flags(&directory, leader_flags));
    let (directory, socket) = (follower.path("data"), leader.socket());
    follower.start_with(&flags(&directory, &["--follow", socket.to_str().unwrap()]));
    wait_for(&follower);
    (leader, follower)
}

fn status(client: &mut Client) -> Value {
    client.call("goxel.get_status", &json!({})).unwrap()
}

/// Waits until a follower has every project of its leader.
fn wait_for(follower: &World) {
    let mut client = follower.connect();
    until(|| status(&mut client)["follows"]["complete"] == true);
}

/// Waits until what a leader wrote is durable with its follower.
fn wait_for_all(leader: &World) {
    let mut client = leader.connect();
    until(|| {
        let status = status(&mut client);
        let follower = &status["followers"][0];
        follower["complete"] == true && follower["behind"] == 0
    });
}

/// A request of any kind.
fn request(random: &mut Random) -> (&'static str, Value) {
    let project = format!("r{}", random.below(PROJECTS));
    let mut place = || [0; 3].map(|_: u64| random.below(EDGE));
    let (from, to) = (place(), place());
    let colour = [random.below(256), random.below(256), random.below(256)];
    let [x, y, z] = from;
    let low = [0, 1, 2].map(|axis: usize| from[axis].min(to[axis]));
    let high = [0, 1, 2].map(|axis: usize| from[axis].max(to[axis]));
    let boxes = low.iter().chain(&high).chain(&colour).copied().collect::<Vec<_>>();
    match random.below(40) {
        0..10 => {
            ("goxel.add_voxel", json!({"position": from, "color": colour, "project": project}))
        }
        10..20 => ("goxel.add_voxel", json!([x, y, z, colour[0], colour[1], colour[2]])),
        20..23 => ("goxel.remove_voxel", json!({"position": from, "project": project})),
        23..26 => ("goxel.add_voxels", json!({"boxes": [boxes], "project": project})),
        26 => ("goxel.undo", json!({"project": project})),
        27 => ("goxel.redo", json!({"project": project})),
        28 => ("goxel.create_layer", json!({"name": format!("l{x}"), "project": project})),
        29 => ("goxel.delete_layer", json!({"layer_id": 1 + x % 4, "project": project})),
        30 => ("goxel.begin", json!({"project": project})),
        31..33 => ("goxel.commit", json!({"project": project})),
        33 => ("goxel.rollback", json!({"project": project})),
        34 => ("goxel.select_project", json!({"name": project})),
        35 => ("goxel.close_project", json!({"name": project, "discard": true})),
        36 if x < 8 => ("goxel.create_project", json!({"name": project, "replace": true})),
        37 if x < 8 => ("goxel.delete_project", json!({"name": project})),
        _ => ("goxel.create_project", json!({"name": project, "replace": false})),
    }
}

/// Eight clients edit at once, for some seconds or some requests. Gives how many were carried out.
fn edit(world: &World, seed: u64) -> u64 {
    let seconds = std::env::var("GOXEL_FOLLOWER_S").ok().and_then(|text| text.parse().ok());
    let (stop, done) = (AtomicBool::new(false), AtomicU64::new(0));
    let work = |index: u64| {
        let (mut client, mut random) = (world.connect(), Random(seed * 64 + index + 1));
        for _ in 0.. {
            let (method, params) = request(&mut random);
            if client.call(method, &params).is_ok() {
                done.fetch_add(1, Ordering::Relaxed);
            }
            if stop.load(Ordering::Relaxed) {
                return;
            }
            if seconds.is_none() && done.load(Ordering::Relaxed) > REQUESTS * 8 {
                return;
            }
        }
    };
    std::thread::scope(|scope| {
        (0..8).for_each(|index| _ = scope.spawn(move || work(index)));
        if let Some(seconds) = seconds {
            let end = Instant::now() + Duration::from_secs(seconds);
            while Instant::now() < end {
                std::thread::park_timeout(end - Instant::now());
            }
            stop.store(true, Ordering::Relaxed);
        }
    });
    done.into_inner()
}

/// All projects of a daemon as they can be seen: what they are called, their layers and every voxel.
fn everything(client: &mut Client) -> Vec<Value> {
    let listed = client.call("goxel.list_projects", &json!({})).unwrap();
    let mut names: Vec<String> = listed["projects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|project| project["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    let whole = |name: &String| {
        let mut info = client.call("goxel.get_project_info", &json!({"project": name})).unwrap();
        // Undo begins anew with each daemon.
        ["undo", "redo"].iter().for_each(|count| info[count] = Value::Null);
        let all = json!({"project": name, "layer_id": -2, "limit": 0});
        let voxels = client.call("goxel.get_layer_voxels", &all).unwrap();
        assert_eq!(voxels["truncated"], false);
        json!([info, voxels])
    };
    names.iter().map(whole).collect()
}

#[test]
fn a_follower_has_what_its_leader_has_and_goes_on_with_all_that_was_acknowledged() {
    let (leader, follower) = pair(&["--ack-followers", "1"]);
    let seed = number("GOXEL_FOLLOWER_SEED", 1);
    let began = Instant::now();
    let edits = edit(&leader, seed);
    let took = began.elapsed();
    wait_for_all(&leader);
    let (mut one, mut other) = (leader.connect(), follower.connect());
    let (has, had) = (everything(&mut one), everything(&mut other));
    assert!(has.len() > 1 && has == had, "seed {seed}: both have the same");
    println!("{edits} requests of 8 clients were carried out in {took:?}: {} projects", has.len());

    // Now with edits that can be told apart, until the leader is killed.
    let (directory, progress) = (leader.path("data"), KINDS.iter().map(|_| Default::default()));
    let mut trial = Trial { world: leader, directory, progress: progress.collect() };
    for kind in &KINDS {
        let params = json!({"name": kind.project(), "replace": true});
        one.call("goxel.create_project", &params).unwrap();
    }
    let mut random = Random(seed);
    let load = trial.load(random.below(u64::MAX));
    trial.kill(Some(EDITS_MAX / 2 + random.below(EDITS_MAX)), load);
    println!("{} edits were acknowledged before the leader was killed", trial.acknowledged());
    let refused = other.call("goxel.add_voxel", &json!({"position": [0, 0, 0], "project": "p0"}));
    let refused = refused.unwrap_err();
    assert_eq!(refused["code"], -1033);
    assert!(refused["message"].as_str().unwrap().contains(trial.world.socket().to_str().unwrap()));
    other.call("goxel.promote", &json!({})).unwrap();
    trial.world = follower;
    trial.check();
    // What was promoted is a daemon like any other, also after it was killed.
    let voxel = json!({"position": [1, 1, 500], "color": [1, 2, 3], "project": "p0"});
    other.call("goxel.add_voxel", &voxel).unwrap();
    let before = everything(&mut other);
    trial.world.child().kill().unwrap();
    trial.world.child().wait().unwrap();
    let directory = trial.world.path("data");
    trial.world.start_with(&flags(&directory, &[]));
    let after = everything(&mut trial.world.connect());
    assert!(before == after, "seed {seed}: nothing is lost by a second kill");
}

#[test]
fn edits_wait_for_a_follower_and_are_refused_without_it() {
    let (mut leader, mut follower) = (World::empty(), World::empty());
    let (directory, own) = (leader.path("data"), follower.path("data"));
    leader.start_with(&flags(&directory, &["--ack-followers", "1", "--ack-timeout", "1"]));
    let cli = programs().join("goxel-cli");
    let command = format!("{} --socket {} pipe", cli.display(), leader.socket().display());
    let following = flags(&own, &["--follow-command", &command]);
    follower.start_with(&following);
    // What the follower knows of itself, the leader learns a moment later.
    wait_for(&follower);
    wait_for_all(&leader);
    let mut client = leader.connect();
    client.call("goxel.create_project", &json!(["p", 8, 8, 8])).unwrap();
    client.call("goxel.add_voxel", &json!([1, 2, 3, 4, 5, 6])).unwrap();
    follower.child().kill().unwrap();
    follower.child().wait().unwrap();
    // It is made, and nobody has it: so nothing is said of it. Reading goes on.
    let line = json!({"jsonrpc": "2.0", "method": "goxel.add_voxel", "params": [2, 2, 3, 4, 5, 6], "id": 1});
    client.send(format!("{line}\n").as_bytes());
    let mut other = leader.connect();
    assert_eq!(other.call("goxel.get_voxel", &json!([1, 2, 3])).unwrap()["exists"], true);
    assert_eq!(client.try_line(), None, "the connection ends without an answer");
    let refused = other.call("goxel.add_voxel", &json!([3, 2, 3, 4, 5, 6])).unwrap_err();
    assert_eq!(refused["code"], -1035, "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("--ack-followers 1"), "{refused}");
    follower.start_with(&following);
    wait_for(&follower);
    wait_for_all(&leader);
    other.call("goxel.add_voxel", &json!([4, 2, 3, 4, 5, 6])).unwrap();
    let has = everything(&mut other);
    assert_eq!(has, everything(&mut follower.connect()));
    // Nobody follows whose directory is another's.
    let (mut third, directory) = (World::empty(), leader.path("third"));
    third.start_with(&flags(&directory, &[]));
    third.connect().call("goxel.create_project", &json!(["own", 8, 8, 8])).unwrap();
    third.signal("TERM");
    third.child().wait().unwrap();
    let socket = leader.socket();
    third.start_with(&flags(&directory, &["--follow", socket.to_str().unwrap()]));
    let mut client = third.connect();
    until(|| status(&mut client)["follows"]["error"].is_string());
    let why = status(&mut client)["follows"]["error"].as_str().unwrap().to_owned();
    assert!(why.contains("start it with an empty directory"), "{why}");
    assert_eq!(third.run(&["promote"]), "it follows nobody any more, and has 1 projects\n");
    let (code, why) = third.fail(&["promote"]);
    assert!(code == 1 && why.contains("it is on its own already"), "{code}: {why}");
    let voxel = json!({"position": [1, 2, 3], "color": "red", "project": "own"});
    client.call("goxel.add_voxel", &voxel).unwrap();
}
