//! What is promised of checkpoints, on a disk that fails.

mod flips;
mod held;
mod histories;

use std::ops::Range;

use goxel_core::{Command, Context, Project};
use goxel_proto::types::{LayerRef, Pos, Rgba, Voxel};

use super::names::Name;
use super::{
    CheckpointError, Stored, Summary, read, remove_older, remove_project, salvage, survey, write,
    write_change, write_state,
};
use crate::disk::{Chance, Disk, SimulatedDisk};
use crate::state;
use crate::state::tests::assert_same;

const MEMORY: u64 = 1 << 30;

/// A project with an identity and so many tiles of noise, each of which takes 12 KB and more.
pub(crate) fn noise(tiles: i32, seed: u64) -> Project {
    let mut project = Project::new("noise", [64; 3]);
    set_noise(&mut project, 0..tiles, seed);
    let mut context = Context::counting_from(1 + seed);
    let (id, _) = context.insert(project).unwrap();
    context.close(id).unwrap()
}

/// Fills tiles of a row with noise.
pub(crate) fn set_noise(project: &mut Project, tiles: Range<i32>, seed: u64) {
    let mut chance = Chance(seed);
    let voxels: Vec<Voxel> = (tiles.start * 4096..tiles.end * 4096)
        .map(|at| {
            let pos = Pos::new(at / 256, at % 16, at / 16 % 16);
            let [r, g, b, ..] = chance.next().to_le_bytes();
            Voxel { pos, rgba: Rgba::opaque(r, g, b) }
        })
        .collect();
    let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels: &voxels };
    project.apply(command).unwrap();
}

pub(crate) fn set(project: &mut Project, x: i32) {
    let voxels = [Voxel { pos: Pos::new(x, 90, 0), rgba: Rgba::WHITE }];
    let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels: &voxels };
    project.apply(command).unwrap();
}

/// The only project of a disk, as a survey finds it.
fn only(disk: &SimulatedDisk) -> Stored {
    let [stored] = <[Stored; 1]>::try_from(survey(disk).unwrap()).unwrap();
    stored
}

fn checkpoint(disk: &SimulatedDisk, stored: &Stored, before: &Project, now: &Project) -> Stored {
    let mut stored = write(disk, Some(stored), Some(before), now).unwrap();
    remove_older(disk, &mut stored).unwrap();
    stored
}

#[test]
fn what_was_written_is_listed_and_read() {
    let disk = SimulatedDisk::new(1);
    let mut projects = [noise(7, 1), noise(1, 2)];
    let stored = projects.each_ref().map(|project| write_state(&disk, None, project).unwrap());
    assert_eq!(survey(&disk).unwrap(), stored);
    let before = projects.each_ref().map(Project::snapshot);
    projects.iter_mut().for_each(|project| set(project, 3));
    let mut next = Vec::new();
    for at in 0..2 {
        next.push(checkpoint(&disk, &stored[at], &before[at], &projects[at]));
    }
    let names = disk.names().unwrap();
    let of = |name: &str| names.iter().filter(|found| found.starts_with(name)).count();
    assert_eq!((of("state-"), of("change-")), (2, 1), "a small state is written anew: {names:?}");
    let found = survey(&disk).unwrap();
    assert_eq!(found, next);
    assert_eq!(found.iter().map(|stored| stored.bytes).sum::<u64>(), disk.used());
    for (stored, project) in found.iter().zip(&projects) {
        assert_eq!(stored.summary, Ok(Summary::of(project)));
        assert_same(&read(&disk, stored, MEMORY).unwrap(), project);
    }
    remove_project(&disk, found[0].identity).unwrap();
    assert_eq!(survey(&disk).unwrap(), next[1..]);
}

#[test]
fn what_a_project_takes_is_bounded_by_its_state() {
    let disk = SimulatedDisk::new(1);
    let mut project = noise(10, 1);
    let mut stored = write_state(&disk, None, &project).unwrap();
    let (mut most, mut longest, mut whole) = (0, 0, 0);
    for round in 0..150 {
        let before = project.snapshot();
        if round < 60 {
            set(&mut project, round);
        } else {
            let tiles = 10 + round % 3;
            set_noise(&mut project, tiles..tiles + 1 + round % 2, round as u64);
        }
        stored = checkpoint(&disk, &stored, &before, &project);
        assert_eq!(stored.bytes, disk.used());
        most = most.max(stored.bytes * 100 / stored.chain.state_bytes);
        longest = longest.max(stored.chain.changes.len());
        whole += usize::from(stored.chain.changes.is_empty());
    }
    assert_eq!(longest, 32);
    assert!((110..=150).contains(&most), "{most} percent");
    assert!((2..20).contains(&whole), "{whole} of 150 are whole");
    assert_same(&read(&disk, &only(&disk), MEMORY).unwrap(), &project);
}

#[test]
fn a_large_state_is_made_durable_on_the_way() {
    let disk = SimulatedDisk::new(1);
    let project = noise(1500, 1);
    let stored = write_state(&disk, None, &project).unwrap();
    assert!(stored.bytes > 16 << 20);
    assert_eq!(disk.syncs(), 4, "two on the way, one at the end, one for the name");
    assert_same(&read(&disk, &stored, MEMORY).unwrap(), &project);
}

#[test]
fn a_full_disk_leaves_what_was_there() {
    let mut project = noise(7, 1);
    let before = project.snapshot();
    let disk = SimulatedDisk::new(1);
    let stored = write_state(&disk, None, &project).unwrap();
    set(&mut project, 5);
    let (names, used) = (disk.names().unwrap(), disk.used());
    for free in [0, 1, 50, 30_000, used - 1] {
        disk.set_capacity(Some(used + free));
        let error = write_state(&disk, Some(&stored), &project).unwrap_err();
        assert!(error.is_full(), "{error}");
        assert_eq!((disk.names().unwrap(), disk.used()), (names.clone(), used));
    }
    disk.set_capacity(Some(used + 50));
    let error = write_change(&disk, &stored, &before, &project).unwrap_err();
    assert!(error.is_full(), "{error}");
    assert_eq!(disk.names().unwrap(), names);
    assert_same(&read(&disk, &only(&disk), MEMORY).unwrap(), &before);
    disk.set_capacity(Some(used + 500));
    write_change(&disk, &stored, &before, &project).unwrap().unwrap();
    assert_same(&read(&disk, &only(&disk), MEMORY).unwrap(), &project);
}

#[test]
fn a_sync_that_fails_is_told_of_and_leaves_what_was_there() {
    let mut project = noise(7, 1);
    let before = project.snapshot();
    let disk = SimulatedDisk::new(1);
    let stored = write_state(&disk, None, &project).unwrap();
    set(&mut project, 5);
    disk.fail_sync_after(0);
    let error = write(&disk, Some(&stored), Some(&before), &project).unwrap_err();
    assert!(error.to_string().contains("cannot sync change-"), "{error}");
    assert_eq!(disk.names().unwrap().len(), 1);
    assert_same(&read(&disk, &only(&disk.crash()), MEMORY).unwrap(), &before);
}

#[test]
fn what_was_being_written_is_removed() {
    let disk = SimulatedDisk::new(1);
    let stored = write_state(&disk, None, &noise(1, 1)).unwrap();
    let name = Name::State { identity: 5, version: 7 };
    disk.create(&format!("{name}.tmp")).unwrap();
    disk.create("format.tmp").unwrap();
    assert_eq!(survey(&disk).unwrap(), [stored]);
    assert_eq!(disk.names().unwrap().len(), 2, "others' files stay");
    assert_eq!(disk.names().unwrap()[0], "format.tmp");
}

#[test]
fn more_memory_than_there_may_be_is_refused() {
    let mut project = noise(40, 1);
    let before = project.snapshot();
    let disk = SimulatedDisk::new(1);
    let stored = write_state(&disk, None, &project).unwrap();
    let too_large = |stored: &Stored, memory| {
        let refused = read(&disk, stored, memory).map(|_| ());
        matches!(refused, Err(CheckpointError::TooLarge { max, .. }) if max == memory)
    };
    let taken = before.voxel_bytes() as u64;
    assert!(too_large(&stored, 1000) && too_large(&stored, taken / 2));
    assert!(!too_large(&stored, taken * 9 / 8));
    // A change that takes less, but leads beyond it.
    set_noise(&mut project, 40..58, 2);
    let stored = write_change(&disk, &stored, &before, &project).unwrap().unwrap();
    assert!(too_large(&stored, taken * 9 / 8));
    assert!(!too_large(&stored, project.voxel_bytes() as u64 * 9 / 8));
}

#[test]
fn a_project_that_cannot_be_found_again_is_refused() {
    let disk = SimulatedDisk::new(1);
    let none = write_state(&disk, None, &Project::new("p", [8; 3]));
    assert!(matches!(none, Err(CheckpointError::NoIdentity)));
    let project = noise(1, 1);
    let mut newer = project.snapshot();
    set(&mut newer, 1);
    let stored = write_state(&disk, None, &newer).unwrap();
    let older = write(&disk, Some(&stored), Some(&newer), &project);
    assert!(matches!(older, Err(CheckpointError::Older { .. })));
    assert_eq!(write(&disk, Some(&stored), Some(&newer), &newer).unwrap(), stored);
}

/// A project of a state and two changes, and what it was at each of the three versions.
fn chain(disk: &SimulatedDisk) -> (Stored, [Project; 3]) {
    let first = noise(7, 1);
    let mut second = first.snapshot();
    set(&mut second, 1);
    let mut third = second.snapshot();
    set(&mut third, 2);
    let stored = write_state(disk, None, &first).unwrap();
    let stored = write_change(disk, &stored, &first, &second).unwrap().unwrap();
    let stored = write_change(disk, &stored, &second, &third).unwrap().unwrap();
    (stored, [first, second, third])
}

#[test]
fn a_damaged_file_is_named_and_what_is_older_can_be_had() {
    let disk = SimulatedDisk::new(1);
    let (stored, versions) = chain(&disk);
    let names = disk.names().unwrap();
    let check = |flipped: &str, bit, left: Option<usize>| {
        let disk = disk.kill();
        disk.flip(flipped, bit);
        let error = read(&disk, &stored, MEMORY).unwrap_err().to_string();
        assert!(error.contains(flipped) && error.contains("goxel-cli repair"), "{error}");
        let found = salvage(&disk, stored.identity, MEMORY).unwrap();
        assert_eq!(found.flaws.len(), 1);
        assert_eq!((found.flaws[0].name.as_str(), found.version), (flipped, stored.version));
        match (left, found.project) {
            (Some(left), Some(project)) => assert_same(&project, &versions[left]),
            (left, project) => assert_eq!((left, project.map(|_| ())), (None, None)),
        }
        only(&disk)
    };
    // What is listed is looked into no further than that takes.
    assert!(check(&names[2], 8 * 20_000, None).summary.is_ok());
    assert!(check(&names[0], 8 * 100, Some(0)).summary.is_ok());
    assert!(check(&names[1], 8 * 100, Some(1)).summary.is_ok());
    let listed = check(&names[1], 8 * 20, Some(1)).summary.unwrap_err();
    assert!(listed.contains(&names[1]), "{listed}");
}

#[test]
fn a_missing_file_is_told_of() {
    for (missing, left) in [(0, Some(0)), (1, Some(1)), (2, None)] {
        let disk = SimulatedDisk::new(1);
        let (stored, versions) = chain(&disk);
        let name = disk.names().unwrap().swap_remove(missing);
        disk.remove(&name).unwrap();
        assert!(read(&disk, &stored, MEMORY).is_err());
        let found = only(&disk);
        if missing == 1 {
            // Nothing says that there was more.
            assert_same(&read(&disk, &found, MEMORY).unwrap(), &versions[1]);
        } else {
            let error = read(&disk, &found, MEMORY).unwrap_err().to_string();
            assert_eq!(found.summary.clone().unwrap_err(), error);
            assert!(error.contains("version") && error.contains("repair"), "{error}");
            let before = disk.names().unwrap();
            remove_older(&disk, &mut found.clone()).unwrap();
            assert_eq!(disk.names().unwrap(), before, "what is older is what is left");
        }
        let salvaged = salvage(&disk, stored.identity, MEMORY).unwrap().project;
        assert_eq!(salvaged.is_some(), left.is_some());
        if let (Some(project), Some(left)) = (salvaged, left) {
            assert_same(&project, &versions[left]);
        }
    }
}

#[test]
fn a_file_under_the_name_of_another_is_refused() {
    let disk = SimulatedDisk::new(1);
    let (stored, _) = chain(&disk);
    let names = disk.names().unwrap();
    let check = |from: &str, to: &str| {
        let disk = disk.kill();
        disk.rename(from, to).unwrap();
        for found in survey(&disk).unwrap() {
            let error = read(&disk, &found, MEMORY).unwrap_err().to_string();
            assert!(error.contains("damaged"), "{error}");
        }
    };
    check(&names[0], &names[1]);
    check(&names[1], &names[0]);
    check(&names[1], &names[2]);
    check(&names[2], &names[0]);
    let other = Name::State { identity: stored.identity + 1, version: 1 };
    check(&names[2], &other.to_string());
    let later = Name::State { identity: stored.identity, version: u64::MAX };
    check(&names[2], &later.to_string());
}

/// The same version of the same project, which came to something else.
#[test]
fn a_change_of_another_state_of_the_same_version_is_refused() {
    let disk = SimulatedDisk::new(1);
    let (stored, [first, ..]) = chain(&disk);
    let mut other = noise(7, 2).parts();
    other.version = first.version();
    let mut project = first.snapshot();
    project.put(other).unwrap();
    write_state(&disk, None, &project).unwrap();
    let error = read(&disk, &stored, MEMORY).unwrap_err().to_string();
    assert!(error.contains("does not belong to the file before it"), "{error}");
}

#[test]
fn a_later_format_is_no_damage() {
    let disk = SimulatedDisk::new(1);
    let mut bytes = state::encode(&noise(1, 1));
    bytes[8] = 2;
    let checksum = crc32fast::hash(&bytes[..12]);
    bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
    let name = Name::State { identity: 1, version: 1 };
    disk.create(&name.to_string()).unwrap().write_all_at(&bytes, 0).unwrap();
    let found = only(&disk);
    let error = read(&disk, &found, MEMORY).unwrap_err();
    assert!(matches!(error, CheckpointError::Newer { .. }), "{error}");
    assert_eq!(found.summary, Err(error.to_string()));
    assert!(salvage(&disk, 1, MEMORY).is_err());
}
