//! Random histories with crashes at every kind of point.

use super::{Entry, Log, SimulatedDisk};
use crate::disk::{Chance, Disk};

/// Takes a few seconds. Set `GOXEL_LOG_HISTORIES` for more, and `GOXEL_LOG_SEED` to play one again.
const HISTORIES: u64 = 4000;

/// What should be on the disk.
struct Model {
    entries: Vec<Entry>,
    /// So many are durable.
    durable: usize,
}

#[test]
fn after_any_crash_the_log_is_what_was_appended_and_no_less_than_was_safe() {
    let number = |name| std::env::var(name).ok().and_then(|text: String| text.parse().ok());
    if let Some(seed) = number("GOXEL_LOG_SEED") {
        return history(seed);
    }
    for seed in 0..number("GOXEL_LOG_HISTORIES").unwrap_or(HISTORIES) {
        history(seed);
    }
}

fn history(seed: u64) {
    let mut chance = Chance(seed);
    let mut disk = SimulatedDisk::new(seed);
    let mut model = Model { entries: Vec::new(), durable: 0 };
    for crash in 0..5 {
        let log = recover(&mut disk, &mut model, &mut chance, (seed, crash));
        disk = go_on(log, &disk, &mut model, &mut chance);
    }
    recover(&mut disk, &mut model, &mut chance, (seed, 5));
}

/// Opens the log, with a crash on the way now and then, and compares.
fn recover(
    disk: &mut SimulatedDisk,
    model: &mut Model,
    chance: &mut Chance,
    (seed, crash): (u64, u64),
) -> Log {
    while chance.below(3) == 0 {
        disk.power_off_after(chance.below(4));
        let _ = Log::open(disk);
        *disk = disk.crash();
    }
    let found = Log::open(disk);
    let (log, told) = found.unwrap_or_else(|error| panic!("seed {seed}, crash {crash}: {error}"));
    let count = told.entries.len();
    let whole = model.entries.get(..count) == Some(&told.entries[..]);
    assert!(whole, "seed {seed}, crash {crash}: something was found that was never appended");
    assert!(
        count >= model.durable,
        "seed {seed}, crash {crash}: {count} of {} durable",
        model.durable
    );
    assert_eq!(told.damages, [], "seed {seed}, crash {crash}");
    model.entries.truncate(count);
    model.durable = count;
    log
}

/// Appends, writes and syncs until the power goes, and returns the disk as it is found.
fn go_on(
    mut log: Log,
    disk: &SimulatedDisk,
    model: &mut Model,
    chance: &mut Chance,
) -> SimulatedDisk {
    if chance.below(2) == 0 {
        disk.short_writes();
    }
    match chance.below(6) {
        0 | 1 => disk.power_off_after(chance.below(40)),
        2 => disk.fail_sync_after(chance.below(10)),
        3 => disk.fail_write_after(chance.below(10)),
        4 => disk.set_capacity(Some(disk.used() + chance.below(3000))),
        _ => {}
    }
    let mut ended = false;
    for _ in 0..chance.below(40) {
        if step(&mut log, model, chance).is_err() {
            ended = true;
            break;
        }
    }
    if !ended && chance.below(3) == 0 && log.close().is_ok() {
        model.durable = model.entries.len();
    }
    if chance.below(4) == 0 { disk.kill() } else { disk.crash() }
}

fn step(log: &mut Log, model: &mut Model, chance: &mut Chance) -> Result<(), String> {
    match chance.below(5) {
        0 => log.write(),
        1 => {
            log.write()?;
            log.sync()?;
            model.durable = model.entries.len();
            Ok(())
        }
        _ => {
            let entry = some_entry(model.entries.len() as u64, chance);
            // A full disk refuses it, and others may still fit.
            if log.append(&entry).is_ok() {
                model.entries.push(entry);
            }
            Ok(())
        }
    }
}

fn some_entry(version: u64, chance: &mut Chance) -> Entry {
    let payload_bytes = match chance.below(10) {
        0 => 0,
        1 => chance.below(3000),
        2 => chance.below(700),
        _ => chance.below(90),
    };
    // Zeros too: they look like space that nobody wrote.
    let zeros = chance.below(4) == 0;
    let payload = (0..payload_bytes).map(|_| if zeros { 0 } else { chance.next() as u8 }).collect();
    Entry { project: chance.below(4), version, kind: 1 + chance.below(9) as u8, payload }
}

/// A segment that was not begun is removed and begun again; then the daemon is killed, and begins
/// the next one; then the power goes.
#[test]
fn a_segment_that_was_removed_is_not_back_before_a_later_one() {
    // Begins a segment, as far as its header: create, allocate, write, sync.
    let begin = |disk: &SimulatedDisk, entry: &Entry| {
        let (mut log, told) = Log::open(disk).unwrap();
        assert_eq!(told.damages, []);
        disk.power_off_after(4);
        log.append(entry).unwrap();
        log.write().unwrap_err();
    };
    for seed in 0..100 {
        let disk = SimulatedDisk::new(seed);
        let entry = some_entry(1, &mut Chance(seed));
        let (mut log, _) = Log::open(&disk).unwrap();
        log.append(&entry).unwrap();
        log.close().unwrap();
        disk.create("log-0000000000000002").unwrap();
        disk.sync_dir().unwrap();
        begin(&disk, &entry);
        let disk = disk.kill();
        begin(&disk, &entry);
        let (_, told) = Log::open(&disk.crash()).unwrap();
        assert_eq!((told.entries, told.damages), (vec![entry], vec![]), "seed {seed}");
    }
}

/// The system takes what it could not make durable for durable, and goes on to show it: the next daemon
/// finds it, and its own sync writes nothing.
#[test]
fn what_was_found_after_a_sync_that_failed_stays() {
    for seed in 0..200 {
        let disk = SimulatedDisk::new(seed);
        let mut chance = Chance(seed);
        let (mut log, _) = Log::open(&disk).unwrap();
        for version in 0..chance.below(6) {
            log.append(&some_entry(version, &mut chance)).unwrap();
            log.write().unwrap();
            log.sync().unwrap();
        }
        disk.fail_sync_after(chance.below(2));
        log.append(&some_entry(7, &mut chance)).unwrap();
        let _ = log.write().and_then(|()| log.sync());
        let disk = disk.kill();
        let (_, found) = Log::open(&disk).unwrap();
        let disk = disk.crash();
        let (_, again) = Log::open(&disk).unwrap();
        assert_eq!((again.entries, again.damages), (found.entries, vec![]), "seed {seed}");
    }
}
