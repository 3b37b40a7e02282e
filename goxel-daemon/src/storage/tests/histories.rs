//! Random histories with crashes at every kind of point.
//!
//! `GOXEL_STORAGE_HISTORIES` says how many, from the seed `GOXEL_STORAGE_FIRST` on; `GOXEL_STORAGE_SEED` plays one
//! again, and `--nocapture` shows what happens in it.

use goxel_store::disk::Disk as _;

use super::calls::Files;
use super::world::World;

/// Takes a few seconds.
const HISTORIES: u64 = 200;
/// Times that a daemon is started in one of them.
const STARTS: u64 = 4;

/// The number that is set in the environment.
pub(super) fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text: String| text.parse().ok())
}

#[test]
fn after_any_crash_each_project_is_as_it_was_and_nothing_acknowledged_is_lost() {
    let files = Files::new();
    if let Some(seed) = number("GOXEL_STORAGE_SEED") {
        history(seed, &files, true);
        return;
    }
    let first = number("GOXEL_STORAGE_FIRST").unwrap_or(0);
    let (mut requests, mut results, mut restored) = (0, 0, 0);
    for seed in first..first + number("GOXEL_STORAGE_HISTORIES").unwrap_or(HISTORIES) {
        let (sent, done, had_back) = history(seed, &files, false);
        (requests, results) = (requests + sent, results + done);
        restored += had_back;
    }
    println!(
        "{requests} requests, {results} of which had a result; {restored} older versions were had back"
    );
    // Else next to nothing is tried.
    assert!(results > requests / 3, "only {results} of {requests} requests had a result");
    assert!(restored > requests / 100, "only {restored} older versions");
}

/// Plays a history, and says how many requests were sent in it, how many had a result, and how many older versions
/// were had back.
fn history(seed: u64, files: &Files, tells: bool) -> (u64, u64, u64) {
    let mut world = World::new(seed, files, tells);
    for start in 0..STARTS {
        recover(&mut world, (seed, start));
        go_on(&mut world);
    }
    recover(&mut world, (seed, STARTS));
    (world.requests, world.results, world.restored)
}

/// Starts the daemon, with a crash on the way now and then, and compares.
fn recover(world: &mut World<'_>, (seed, start): (u64, u64)) {
    while world.chance.below(3) == 0 {
        match world.chance.below(4) {
            0 => world.disk.fail_sync_after(world.chance.below(6)),
            1 => world.disk.fail_write_after(world.chance.below(4)),
            _ => world.disk.power_off_after(world.chance.below(30)),
        }
        let _ = world.open();
        leave_disk(world);
    }
    world.tell(format_args!("on the disk: {:?}", world.disk.names()));
    if world.chance.below(4) == 0 {
        world.check().unwrap_or_else(|why| panic!("seed {seed}, start {start}: {why}"));
    }
    let opened = world.open();
    let (opened, found) = opened.unwrap_or_else(|why| panic!("seed {seed}, start {start}: {why}"));
    if let Err(why) = world.model.check(&found) {
        panic!("seed {seed}, start {start}: {why}");
    }
    let versions = found.iter().map(|(number, project)| (number, project.version()));
    world.tell(format_args!("start {start}: {:?}", versions.collect::<Vec<_>>()));
    world.model.restart(&found);
    let mut opened = opened;
    if let Err(why) = world.look_back(&mut opened) {
        panic!("seed {seed}, start {start}: {why}");
    }
    world.start(opened);
}

/// Has clients work until the daemon or the power goes.
fn go_on(world: &mut World<'_>) {
    if world.chance.below(2) == 0 {
        world.disk.short_writes();
    }
    match world.chance.below(8) {
        0..=2 => world.disk.power_off_after(world.chance.below(100)),
        3 => world.disk.fail_sync_after(world.chance.below(20)),
        4 => world.disk.fail_write_after(world.chance.below(40)),
        5 => world.disk.set_capacity(Some(world.disk.used() + world.chance.below(6000))),
        _ => {}
    }
    for _ in 0..world.chance.below(80) {
        world.step();
    }
    if world.chance.below(4) == 0 {
        world.end();
    }
    leave_disk(world);
}

/// Takes the disk from a daemon in the middle of its work: it is killed, or the power is cut.
fn leave_disk(world: &mut World<'_>) {
    let is_killed = world.chance.below(4) == 0;
    world.tell(format_args!("{}", if is_killed { "it is killed" } else { "the power is cut" }));
    world.disk = if is_killed { world.disk.kill() } else { world.disk.crash() };
}
