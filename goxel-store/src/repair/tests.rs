//! What is left of directories that somebody damaged, and of repairs that were stopped.

use std::collections::BTreeMap;
use std::sync::Arc;

use goxel_core::Command;
use goxel_proto::types::{Aabb, LayerRef, Rgba};

use super::{Meaning, Repaired, repair};
use crate::check::tests::directory::{Directory, Model, begins, record, settings};
use crate::check::tests::{contents, number};
use crate::check::{Begins, check};
use crate::checkpoint::tests::{noise, set};
use crate::checkpoint::{read, survey, write_change, write_state};
use crate::disk::{Chance, Disk, SimulatedDisk};
use crate::journal::{Journal, JournalError};
use crate::log::{Found, LogError, kind};
use crate::state::Loss;
use crate::state::tests::assert_same;

const MEMORY: u64 = 1 << 30;

/// A record in the tests changes nothing but the version.
const MEANING: Meaning<'static> = Meaning {
    begins: &begins,
    replay: &|project, found| {
        project.set_version(found.version);
        Ok(())
    },
};

/// Takes a few seconds. Set `GOXEL_REPAIRS` for more, and `GOXEL_REPAIR_SEED` to play one again.
const REPAIRS: u64 = 80;

fn repaired(disk: &SimulatedDisk) -> Repaired {
    let disk: Arc<dyn Disk> = Arc::new(disk.clone());
    repair(&disk, MEMORY, &MEANING).unwrap()
}

/// A directory, and what is in it.
fn directory(seed: u64) -> (SimulatedDisk, Model) {
    let directory = Directory::new(seed);
    let model = directory.model();
    let disk = if seed.is_multiple_of(2) { directory.closed() } else { directory.killed() };
    (disk, model)
}

/// Damages a file. Says whether it can be told that something is missing: not where a file is gone, and not
/// of the end of the log, which looks like one that was being written.
fn damage(disk: &SimulatedDisk, chance: &mut Chance) -> bool {
    let files = contents(disk);
    let last = files.keys().rfind(|name| name.starts_with("log-")).cloned();
    let at = chance.below(files.len() as u64) as usize;
    let Some((name, bytes)) = files.into_iter().nth(at).filter(|(_, bytes)| !bytes.is_empty())
    else {
        return true;
    };
    let file = disk.open(&name).unwrap();
    let kind = chance.below(8);
    match kind {
        0 => {
            disk.remove(&name).unwrap();
            disk.sync_dir().unwrap();
        }
        1 => file.set_len(chance.below(bytes.len() as u64)).unwrap(),
        2 => {
            let noise: Vec<u8> = (0..300).map(|_| chance.next() as u8).collect();
            let offset = chance.below(bytes.len() as u64);
            let noise = &noise[..noise.len().min(bytes.len() - offset as usize)];
            file.write_all_at(noise, offset).unwrap();
        }
        _ => disk.flip(&name, chance.below(8 * bytes.len() as u64)),
    }
    file.sync_data().unwrap();
    kind != 0 && last.is_none_or(|last| last != name)
}

/// The version that each project has for a daemon that starts, which finds nothing damaged.
fn started(disk: &SimulatedDisk, model: &Model, seed: u64) -> BTreeMap<u64, u64> {
    let mut covered = BTreeMap::new();
    for stored in survey(disk).unwrap() {
        let project = read(disk, &stored, MEMORY).unwrap();
        let known = |kept: &&goxel_core::Project| {
            (kept.identity(), kept.version()) == (project.identity(), project.version())
        };
        let kept = model.kept.iter().find(known);
        // What was whole of a damaged state is a version of its own.
        let newest = model.newest.get(&stored.identity);
        if kept.is_some() || newest.is_none_or(|newest| stored.version <= *newest) {
            assert_same(&project, kept.unwrap_or_else(|| panic!("seed {seed}: never kept")));
        }
        covered.insert(stored.identity, stored.version);
    }
    let mut versions = covered.clone();
    let (journal, told) = Journal::open(disk.clone(), &settings()).unwrap();
    assert_eq!(told.damages, [], "seed {seed}");
    for found in told.records.map(Result::unwrap) {
        if found.kind == kind::DELETED {
            covered.remove(&found.project);
            versions.remove(&found.project);
        } else if covered.get(&found.project).is_none_or(|covered| found.version > *covered) {
            let before = versions.insert(found.project, found.version);
            let leads_on = match begins(&found) {
                Begins::After(from) => before.is_some_and(|before| before >= from),
                _ => true,
            };
            assert!(leads_on, "seed {seed}: {before:?}, then {}", found.version);
        }
    }
    journal.close().unwrap();
    versions
}

fn try_repair(seed: u64) {
    let mut chance = Chance(seed);
    let (disk, model) = directory(seed % 16);
    let can_be_told = (0..=chance.below(3)).fold(true, |all, _| damage(&disk, &mut chance) && all);
    let before = contents(&disk);
    let told = repaired(&disk);
    let after = contents(&disk);
    for (name, bytes) in &before {
        let there = after.values().any(|there| there == bytes);
        assert!(there, "seed {seed}: what {name} had is gone");
    }
    assert!(told.moved.iter().all(|(_, now)| after.contains_key(now)));
    let report = check(&disk, MEMORY, &begins).unwrap();
    assert!(report.is_sound(), "seed {seed}: {:?}", report.findings);
    assert_eq!(repaired(&disk), Repaired::default(), "seed {seed}: once is enough");
    let versions = started(&disk.kill(), &model, seed);
    for (project, newest) in &model.newest {
        let version = versions.get(project);
        if let Some(salvaged) = told.salvaged.get(project) {
            assert_eq!(version, Some(&salvaged.version), "seed {seed}");
            assert!(salvaged.version > *newest, "seed {seed}: nothing leads on from it");
            continue;
        }
        assert!(version <= Some(newest), "seed {seed}");
        if let Some(left) = told.lost.get(project) {
            assert_eq!(version, left.as_ref(), "seed {seed}");
        } else if can_be_told {
            assert_eq!(version, Some(newest), "seed {seed}: {told:?}");
        }
    }
}

#[test]
fn whatever_is_damaged_what_is_left_is_sound() {
    if let Some(seed) = number("GOXEL_REPAIR_SEED") {
        return try_repair(seed);
    }
    (0..number("GOXEL_REPAIRS").unwrap_or(REPAIRS)).for_each(try_repair);
}

#[test]
fn what_is_sound_is_left_alone() {
    for seed in 0..6 {
        let (disk, model) = directory(seed);
        let before = contents(&disk);
        assert_eq!(repaired(&disk), Repaired::default());
        assert_eq!(contents(&disk), before);
        assert_eq!(started(&disk.kill(), &model, seed), model.newest);
    }
}

/// The name of the only state of the project that has changes, and of its last change.
fn chain(disk: &SimulatedDisk) -> (String, String) {
    let names = disk.names().unwrap();
    let change = names.iter().rfind(|name| name.starts_with("change-")).unwrap();
    let identity = change.split('-').nth(1).unwrap();
    let state = names.iter().find(|name| name.starts_with(&format!("state-{identity}"))).unwrap();
    (state.clone(), change.clone())
}

#[test]
fn a_damaged_checkpoint_takes_no_other_project_with_it() {
    let (disk, model) = directory(3);
    let (state, change) = chain(&disk);
    // The log has still what the change had.
    let with_log = disk.kill();
    with_log.flip(&change, 8 * 90);
    let told = repaired(&with_log);
    assert_eq!(told.moved, [(change.clone(), format!("damaged-{change}"))]);
    assert_eq!((told.lost, told.records_left), (BTreeMap::new(), 0));
    assert_eq!(started(&with_log.kill(), &model, 3), model.newest);
    // And all that the state had, since the first record is there.
    let without = with_log.kill();
    without.flip(&state, 8 * 9000);
    let told = repaired(&without);
    assert!(told.moved.len() > 1 && told.lost.is_empty(), "{told:?}");
    assert_eq!(started(&without.kill(), &model, 3), model.newest);
}

#[test]
fn what_only_a_damaged_checkpoint_had_is_lost_with_all_that_leads_on_from_it() {
    let disk = SimulatedDisk::new(1);
    let (mut project, other) = (noise(7, 1), noise(1, 2));
    let before = project.snapshot();
    let stored = write_state(&disk, None, &project).unwrap();
    set(&mut project, 1);
    write_change(&disk, &stored, &before, &project).unwrap().unwrap();
    write_state(&disk, None, &other).unwrap();
    let (number, version) = (project.identity().number(), project.version());
    let (mut journal, _) = Journal::open(disk.clone(), &settings()).unwrap();
    for step in 1..9 {
        record(&mut journal, (number, version + step, kind::CALL));
        record(&mut journal, (other.identity().number(), other.version() + step, kind::CALL));
    }
    journal.close().unwrap();
    let newest = [(number, version + 8), (other.identity().number(), other.version() + 8)];
    let newest = BTreeMap::from(newest);
    let kept = vec![before.snapshot(), project.snapshot(), other.snapshot()];
    let model = Model { kept, newest: newest.clone() };
    let (state, change) = chain(&disk);
    let check = |damage: &dyn Fn(&SimulatedDisk), left: Option<u64>| {
        let disk = disk.kill();
        damage(&disk);
        let told = repaired(&disk);
        assert_eq!(told.lost, BTreeMap::from([(number, left)]));
        assert_eq!((told.records_left, told.salvaged.len()), (8, 0));
        let mut expected = newest.clone();
        expected.remove(&number);
        expected.extend(left.map(|left| (number, left)));
        assert_eq!(started(&disk.kill(), &model, 0), expected);
    };
    check(&|disk| disk.open(&state).unwrap().set_len(90).unwrap(), None);
    check(&|disk| disk.flip(&change, 8 * 90), Some(before.version()));
}

#[test]
fn of_a_damaged_state_that_is_all_there_is_what_is_whole_is_kept() {
    let disk = SimulatedDisk::new(1);
    let mut project = noise(3, 1);
    project.apply(Command::CreateLayer { name: "leaves", visible: true }).unwrap();
    // A tile of one colour needs no block.
    let boxes = [(Aabb { min: [0, 160, 0], max: [16, 176, 16] }, Rgba::WHITE)];
    let layer = LayerRef::Active;
    project.apply(Command::SetVoxels { layer, boxes: &boxes, voxels: &[] }).unwrap();
    let before = project.snapshot();
    let stored = write_state(&disk, None, &project).unwrap();
    let (number, version) = (project.identity().number(), project.version());
    let (mut journal, _) = Journal::open(disk.clone(), &settings()).unwrap();
    (1..9).for_each(|step| record(&mut journal, (number, version + step, kind::CALL)));
    journal.close().unwrap();
    let name = disk.names().unwrap().into_iter().find(|name| name.starts_with("state-")).unwrap();
    let salvaged = |disk: &SimulatedDisk| {
        let told = repaired(disk);
        assert!(check(disk, MEMORY, &begins).unwrap().is_sound());
        assert_eq!(repaired(disk), Repaired::default(), "once is enough");
        assert_eq!(told.moved, [(name.clone(), format!("damaged-{name}"))]);
        let of = told.salvaged[&number].clone();
        assert_eq!((of.damaged, of.version), (version, version + 9), "above all records");
        assert_eq!(told.lost.contains_key(&number), !of.lost.is_empty());
        let found = survey(&disk.kill()).unwrap();
        (read(disk, &found[0], MEMORY).unwrap(), of.lost)
    };
    // A bit of the tiles: other layers, and what is no voxel, are as they were.
    let flipped = disk.kill();
    flipped.flip(&name, 8 * (stored.bytes / 2));
    let (found, lost) = salvaged(&flipped);
    assert!(
        matches!(&lost[..], [Loss::Voxels { layer, tiles: 3, boxes }, Loss::Count { .. }]
        if layer == "background" && boxes.len() == 1),
        "{lost:?}"
    );
    assert_eq!((found.layers().len(), found.count()), (2, 4096));
    assert_eq!(found.layers()[1], before.layers()[1]);
    // Bytes behind the end, as of a file that a tool has filled up.
    let longer = disk.kill();
    longer.open(&name).unwrap().set_len(stored.bytes + 4096).unwrap();
    let (found, lost) = salvaged(&longer);
    assert_eq!((lost, found.count()), (vec![], before.count()));
    assert_same(&found.known_as(before.identity(), version), &before);
}

#[test]
fn records_that_do_not_fit_what_is_left_are_told_as_lost() {
    let disk = SimulatedDisk::new(1);
    let project = noise(1, 1);
    let stored = write_state(&disk, None, &project).unwrap();
    let (number, version) = (project.identity().number(), project.version());
    let (mut journal, _) = Journal::open(disk.clone(), &settings()).unwrap();
    (1..6).for_each(|step| record(&mut journal, (number, version + step, kind::CALL)));
    journal.close().unwrap();
    disk.flip(&disk.names().unwrap().pop().unwrap(), 8 * (stored.bytes / 2));
    let replay = |project: &mut goxel_core::Project, found: &Found| {
        project.set_version(found.version);
        if found.version > version + 2 {
            Err("a layer that is not there".to_owned())
        } else {
            Ok(())
        }
    };
    let meaning = Meaning { begins: &begins, replay: &replay };
    let disk: Arc<dyn Disk> = Arc::new(disk);
    let told = repair(&disk, MEMORY, &meaning).unwrap();
    let of = &told.salvaged[&number];
    assert!(matches!(of.lost[..], [.., Loss::Later { .. }]), "{:?}", of.lost);
    assert_eq!((of.version, told.records_left), (version + 6, 0));
}

#[test]
fn a_damaged_record_costs_what_is_behind_it_of_its_project_alone() {
    let (disk, model) = directory(3);
    // The last record is of the first project: before it, and no other project behind it.
    let names = disk.names().unwrap();
    let segment = names.iter().rfind(|name| name.starts_with("log-")).unwrap();
    let bytes = contents(&disk)[segment].clone();
    let (mut last, mut at) = (Vec::new(), 40);
    while bytes[at + 12] != 0 {
        let payload = u32::from_le_bytes(bytes[at + 8..at + 12].try_into().unwrap());
        last.push(at as u64);
        at += crate::log::record_bytes(payload as usize) as usize;
    }
    assert!(last.len() > 2, "{last:?}");
    disk.flip(segment, 8 * (last[last.len() - 2] + 40));
    let told = repaired(&disk);
    let versions = started(&disk.kill(), &model, 3);
    let lost: Vec<_> = told.lost.keys().collect();
    assert!(lost.len() == 1 && told.records_left == 1, "{told:?}");
    for (project, newest) in &model.newest {
        let left = if lost == [project] { newest - 2 } else { *newest };
        assert_eq!(versions[project], left);
    }
}

#[test]
fn a_repair_that_is_stopped_anywhere_is_gone_on_with() {
    let mut count = 0;
    for seed in 0.. {
        let (disk, model) = directory(seed % 16);
        let mut chance = Chance(seed);
        (0..3).for_each(|_| _ = damage(&disk, &mut chance));
        let whole = disk.kill();
        let told = repaired(&whole);
        let moved = |prefix| told.moved.iter().any(|(name, _)| name.starts_with(prefix));
        if !moved("log-") || (count > 0 && !moved("change-")) {
            continue;
        }
        let expected = started(&whole.kill(), &model, seed);
        for operations in 0.. {
            let found = disk.kill();
            found.power_off_after(operations);
            let stopped = repair(&(Arc::new(found.clone()) as Arc<dyn Disk>), MEMORY, &MEANING);
            let found = if chance.below(3) == 0 { found.kill() } else { found.crash() };
            let unfinished = found.names().unwrap().iter().any(|name| name.starts_with("repair-"));
            let (other, mut found) = (found.kill(), found.kill());
            let refused = Journal::open(other, &settings()).map(|_| ());
            let is_refused = matches!(refused, Err(JournalError::Log(LogError::Unrepaired { .. })));
            assert_eq!(is_refused, unfinished, "seed {seed}, operation {operations}");
            repaired(&found);
            found = found.kill();
            let versions = started(&found, &model, seed);
            assert_eq!(versions, expected, "seed {seed}, operation {operations}");
            if stopped.is_ok() {
                assert!(operations > 20, "{operations} operations");
                break;
            }
        }
        count += 1;
        if count == 3 {
            break;
        }
    }
}

#[test]
fn a_full_disk_stops_a_repair_which_goes_on_where_there_is_space_again() {
    let (disk, model) = directory(4);
    let names = disk.names().unwrap();
    let segment = names.iter().find(|name| name.starts_with("log-")).unwrap();
    disk.flip(segment, 8 * 50);
    let whole = disk.kill();
    repaired(&whole);
    let disk = disk.kill();
    disk.set_capacity(Some(disk.used() + 100));
    let stopped = repair(&(Arc::new(disk.clone()) as Arc<dyn Disk>), MEMORY, &MEANING);
    assert!(stopped.unwrap_err().to_string().contains("full"));
    disk.set_capacity(None);
    repaired(&disk);
    assert_eq!(started(&disk.kill(), &model, 4), started(&whole.kill(), &model, 4));
}
