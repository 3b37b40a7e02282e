//! A backup of a daemon that eight clients edit on: a data directory made of it has all that was
//! acknowledged when it was asked for, and nothing that nobody sent.

use std::sync::Arc;

use serde_json::json;

use super::Trial;
use crate::world::World;

/// Edits before the backup is asked for.
const EDITS: u64 = 2000;

#[test]
fn a_backup_has_what_was_acknowledged_when_it_was_asked_for() {
    let world = World::empty();
    let (directory, restored) = (world.path("data"), world.path("restored"));
    let archive = world.path("all.tar").to_str().unwrap().to_owned();
    let mut trial = Trial::new(world, directory);
    let load = trial.load(1);
    while trial.acknowledged() < EDITS {
        std::thread::yield_now();
    }
    let acknowledged: Vec<u64> = trial.progress.iter().map(|of| of.acknowledged()).collect();
    let mut client = trial.world.connect();
    let told = client.call("goxel.backup", &json!({"path": archive})).unwrap();
    assert_eq!(told["projects"], 6, "{told}");
    assert!(told.get("left_out").is_none(), "{told}");
    let of = trial.progress.iter().zip(acknowledged);
    let progress = of.map(|(of, acknowledged)| Arc::new(of.since(acknowledged))).collect();
    trial.kill(Some(1), load);
    let restored = restored.to_str().unwrap();
    let said = trial.world.run(&["restore-backup", &archive, restored]);
    assert!(said.ends_with(": 6 projects\n"), "{said}");
    let (_, said) = trial.world.fail(&["restore-backup", &archive, restored]);
    assert!(said.contains("is not empty"), "{said}");
    (trial.directory, trial.progress) = (restored.into(), progress);
    trial.start();
    trial.check();
}
