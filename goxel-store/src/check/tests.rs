//! What is found in data directories that histories made, and somebody damaged.

pub(crate) mod directory;

use std::collections::BTreeMap;

use self::directory::{Directory, begins, record, settings};
use super::{Begins, Mend, Report, check};
use crate::checkpoint::tests::{noise, set};
use crate::checkpoint::{write_change, write_state};
use crate::disk::{Chance, Disk, SimulatedDisk};
use crate::journal::Journal;
use crate::log::kind;

const MEMORY: u64 = 1 << 30;

/// Takes a few seconds. Set `GOXEL_CHECK_FLIPS` for more, and `GOXEL_CHECK_SEED` for other ones.
const FLIPS: u64 = 600;

pub(crate) fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn report(disk: &SimulatedDisk) -> Report {
    check(disk, MEMORY, &begins).unwrap()
}

/// All bytes of all files.
pub(crate) fn contents(disk: &SimulatedDisk) -> BTreeMap<String, Vec<u8>> {
    let names = disk.names().unwrap();
    let bytes = |name: &String| disk.open(name).unwrap().read_all(u64::MAX).unwrap();
    names.iter().map(|name| (name.clone(), bytes(name))).collect()
}

/// Flips bits of a directory, one at a time, and looks whether each is found where it was flipped.
fn flips(seed: u64, disk: &SimulatedDisk, count: u64) {
    let files = contents(disk);
    assert_eq!(report(disk).findings, [], "seed {seed}");
    assert_eq!(contents(disk), files, "nothing is changed");
    let bits = files.iter().map(|(name, bytes)| (name, 8 * bytes.len() as u64));
    let bits: Vec<_> = bits.filter(|(_, bits)| *bits > 0).collect();
    let (states, others): (Vec<_>, Vec<_>) =
        bits.iter().copied().partition(|(name, _)| name.starts_with("state-"));
    assert!(states.len() > 1 && others.iter().any(|(name, _)| name.starts_with("change-")));
    assert!(others.iter().filter(|(name, _)| name.starts_with("log-")).count() > 3);
    let mut chance = Chance(seed);
    for flip in 0..count {
        // Most bytes are of states: all files get their share.
        let files = if flip % 4 == 0 { &states } else { &others };
        let (name, bits) = files[chance.below(files.len() as u64) as usize];
        let bit = chance.below(bits);
        disk.flip(name, bit);
        let found = report(disk).findings;
        let is_found = found.iter().any(|finding| finding.name == **name);
        assert!(is_found, "seed {seed}: bit {bit} of {name}: {found:?}");
        disk.flip(name, bit);
    }
    assert_eq!(report(disk).findings, []);
}

#[test]
fn each_flipped_bit_of_a_directory_is_found() {
    let seed = number("GOXEL_CHECK_SEED").unwrap_or(1);
    let count = number("GOXEL_CHECK_FLIPS").unwrap_or(FLIPS);
    flips(seed, &Directory::new(seed).closed(), count / 2);
    let unclosed = Directory::new(seed + 1).killed();
    let last = contents(&unclosed).into_iter().rfind(|(name, _)| name.starts_with("log-"));
    assert!(last.unwrap().1.ends_with(&[0; 64]), "space is taken ahead");
    flips(seed, &unclosed, count - count / 2);
}

#[test]
fn what_was_counted_is_there() {
    let disk = Directory::new(5).closed();
    let found = report(&disk);
    assert_eq!((found.files, found.projects), (disk.names().unwrap().len() as u64, 3));
    assert!(found.records > 20 && found.is_sound());
}

#[test]
fn what_was_being_written_is_for_the_daemon_to_cut() {
    for seed in 0..30 {
        let found = report(&Directory::new(seed).crashed());
        assert!(found.is_sound(), "seed {seed}: {:?}", found.findings);
    }
}

/// A disk with a log of these records, by project, version and kind.
fn log(records: &[(u64, u64, u8)]) -> SimulatedDisk {
    let disk = SimulatedDisk::new(1);
    let (mut journal, _) = Journal::open(disk.clone(), &settings()).unwrap();
    records.iter().for_each(|of| record(&mut journal, *of));
    journal.close().unwrap();
    disk
}

/// What is found, in one line.
fn only(disk: &SimulatedDisk) -> (String, Mend) {
    let [finding] = <[_; 1]>::try_from(report(disk).findings).unwrap();
    (finding.to_string(), finding.mend)
}

#[test]
fn records_that_lead_on_from_nothing_are_found() {
    let sound = |records: &[(u64, u64, u8)]| assert_eq!(report(&log(records)).findings, []);
    sound(&[(1, 7, kind::OPENED), (1, 8, kind::CALL), (1, 8, kind::CALL), (1, 9, kind::POINT)]);
    sound(&[(1, 7, kind::OPENED), (1, 20, kind::CHANGE), (1, 21, kind::CALL)]);
    sound(&[
        (1, 1, kind::OPENED),
        (1, 2, kind::DELETED),
        (1, 9, kind::OPENED),
        (1, 10, kind::CALL),
    ]);
    sound(&[(1, 5, kind::CLOSED)]);
    let missing = |records: &[(u64, u64, u8)], what: &str| {
        let (text, mend) = only(&log(records));
        assert!(text.contains(what) && mend == Mend::Repair, "{text}");
    };
    missing(&[(1, 7, kind::CALL), (1, 8, kind::CALL)], "nothing is there of project");
    missing(&[(1, 7, kind::OPENED), (1, 9, kind::CALL), (1, 90, kind::CALL)], "version 7 alone");
    let deleted = [(1, 7, kind::OPENED), (1, 8, kind::DELETED), (1, 9, kind::CALL)];
    missing(&deleted, "nothing is there of project");
}

#[test]
fn of_a_project_that_is_deleted_nothing_is_missing() {
    // What there was before was forgotten when its files were gone, segment by segment.
    let disk = log(&[(1, 4, kind::CALL), (1, 0, kind::DELETED)]);
    assert_eq!(report(&disk).findings, []);
}

#[test]
fn records_that_do_not_lead_on_from_a_checkpoint_are_found() {
    let mut project = noise(1, 1);
    let number = project.identity().number();
    (0..5).for_each(|x| set(&mut project, x));
    let version = project.version();
    let with = |records: &[(u64, u64, u8)]| {
        let disk = log(records);
        write_state(&disk, None, &project).unwrap();
        disk
    };
    let sound = with(&[(number, version - 3, kind::CALL), (number, version + 1, kind::CALL)]);
    assert_eq!(report(&sound).findings, []);
    let (text, _) = only(&with(&[(number, version + 2, kind::CALL)]));
    assert!(text.starts_with("log-0000000000000001, byte 40: it leads on from version"), "{text}");
    // Where the checkpoint is damaged that is told, and no more.
    let damaged = with(&[(number, version + 2, kind::CALL)]);
    let name = damaged.names().unwrap().pop().unwrap();
    damaged.flip(&name, 8 * 3000);
    assert!(only(&damaged).0.starts_with("state-"));
}

#[test]
fn files_that_are_none_of_ours_are_told_of() {
    let disk = log(&[(1, 7, kind::OPENED)]);
    for name in ["lock", "state-0000000000-0000000000000000.tmp", "damaged-log-0000000000000009"] {
        disk.create(name).unwrap();
    }
    let (text, mend) = only(&disk);
    assert!(text.contains("nothing needs it") && mend == Mend::Start, "{text}");
    disk.remove("state-0000000000-0000000000000000.tmp").unwrap();
    assert_eq!(report(&disk).findings, []);
    disk.open("lock").unwrap().write_all_at(b"x", 0).unwrap();
    assert_eq!(only(&disk).1, Mend::Look);
    disk.remove("lock").unwrap();
    disk.create("log-000000000000000").unwrap();
    assert!(only(&disk).0.contains("no file of a data directory is called that"));
}

#[test]
fn files_that_nobody_needs_are_read_too() {
    let disk = SimulatedDisk::new(1);
    let mut project = noise(7, 1);
    let before = project.snapshot();
    let stored = write_state(&disk, None, &project).unwrap();
    set(&mut project, 1);
    let stored = write_change(&disk, &stored, &before, &project).unwrap().unwrap();
    write_state(&disk, Some(&stored), &project).unwrap();
    assert_eq!(report(&disk).findings, []);
    let names = disk.names().unwrap();
    assert_eq!(names.len(), 3);
    for name in names {
        let bits = 8 * disk.open(&name).unwrap().len().unwrap();
        for bit in [100, bits / 2, bits - 1] {
            disk.flip(&name, bit);
            assert!(only(&disk).0.starts_with(&name), "bit {bit}");
            disk.flip(&name, bit);
        }
    }
}

#[test]
fn a_later_format_and_too_little_memory_are_no_damage() {
    let disk = SimulatedDisk::new(1);
    write_state(&disk, None, &noise(2, 1)).unwrap();
    let little = check(&disk, 100, &|_| Begins::Nowhere).unwrap();
    assert_eq!(little.findings[0].mend, Mend::Look);
    let name = disk.names().unwrap().pop().unwrap();
    let file = disk.open(&name).unwrap();
    let mut head = [0; 16];
    file.read_exact_at(&mut head, 0).unwrap();
    head[8] = 2;
    let checksum = crc32fast::hash(&head[..12]);
    head[12..].copy_from_slice(&checksum.to_le_bytes());
    file.write_all_at(&head, 0).unwrap();
    assert_eq!(only(&disk).1, Mend::Version);
}

#[test]
fn a_segment_that_is_cut_or_missing_its_head_is_told_of() {
    let records: Vec<_> = (7..60)
        .map(|version| (1, version, if version == 7 { kind::OPENED } else { kind::CALL }))
        .collect();
    let disk = log(&records);
    let mut names = disk.names().unwrap();
    names.retain(|name| name.starts_with("log-"));
    assert!(names.len() > 3);
    let cut = disk.kill();
    cut.open(&names[1]).unwrap().set_len(200).unwrap();
    let found = report(&cut).findings;
    assert!(found.iter().all(|finding| finding.name == names[1]), "{found:?}");
    assert_eq!(found[0].mend, Mend::Repair);
    let cut = disk.kill();
    cut.open(&names[2]).unwrap().set_len(0).unwrap();
    assert!(report(&cut).findings.iter().any(|found| found.what.contains("header")));
}
