//! The journal on disks that fail.

use std::sync::Arc;

use super::{Durability, Journal, JournalError, Payload, Record, Settings};
use crate::disk::{Chance, Disk, SimulatedDisk};
use crate::log::{kind, record_bytes};

fn settings(durability: Durability) -> Settings {
    Settings { segment_bytes: 2048, step_bytes: 512, ..Settings::new(durability) }
}

fn append(journal: &mut Journal, version: u64) -> Result<(), JournalError> {
    let text = version.to_string().repeat(version as usize % 9);
    let payload: &[&[u8]] = &[b"set ", text.as_bytes()];
    journal.append(&Record { project: version % 3, version, kind: kind::CALL, payload })
}

/// The versions in the log of a disk, and the warnings.
fn versions(disk: &SimulatedDisk) -> (Vec<u64>, Vec<String>) {
    let (_journal, recovered) =
        Journal::open(disk.clone(), &settings(Durability::Off)).expect("the disk is readable");
    let versions = recovered.records.map(|found| found.unwrap().version).collect();
    (versions, recovered.warnings)
}

#[test]
fn what_was_closed_is_there_with_every_durability() {
    for durability in [Durability::Always, Durability::EverySec, Durability::Off] {
        let disk = SimulatedDisk::new(1);
        let (mut journal, recovered) = Journal::open(disk.clone(), &settings(durability)).unwrap();
        assert_eq!(recovered.records.count(), 0);
        for version in 0..500 {
            append(&mut journal, version).unwrap();
            if version % 7 == 0 {
                journal.end_turn();
            }
        }
        assert!(journal.has_uncommitted());
        journal.close().unwrap();
        let (found, warnings) = versions(&disk.crash());
        assert_eq!(found, (0..500).collect::<Vec<u64>>(), "{durability:?}");
        assert_eq!(warnings, Vec::<String>::new());
    }
}

#[test]
fn a_journal_that_nobody_appended_to_writes_nothing() {
    let disk = SimulatedDisk::new(1);
    let (journal, _) = Journal::open(disk.clone(), &settings(Durability::EverySec)).unwrap();
    journal.close().unwrap();
    assert_eq!((disk.names().unwrap(), disk.syncs()), (Vec::new(), 0));
}

#[test]
fn what_was_committed_survives_any_crash() {
    for seed in 0..300 {
        let mut chance = Chance(seed);
        let mut disk = SimulatedDisk::new(seed);
        let (mut next, mut durable) = (0, 0);
        for _ in 0..3 {
            let (mut journal, recovered) =
                Journal::open(disk.clone(), &settings(Durability::Always)).unwrap();
            let found: Vec<u64> = recovered.records.map(|found| found.unwrap().version).collect();
            assert_eq!(found, (0..found.len() as u64).collect::<Vec<u64>>(), "seed {seed}");
            assert!(found.len() as u64 >= durable, "seed {seed}: {} of {durable}", found.len());
            assert_eq!(recovered.damages, [], "seed {seed}");
            next = next.min(found.len() as u64);
            for _ in 0..chance.below(60) {
                append(&mut journal, next).unwrap();
                next += 1;
                if chance.below(3) == 0 {
                    journal.commit().unwrap();
                    assert!(!journal.has_uncommitted());
                    durable = next;
                }
            }
            durable = durable.min(next);
            disk = disk.crash();
        }
    }
}

#[test]
fn one_commit_is_one_sync() {
    let disk = SimulatedDisk::new(1);
    let (mut journal, _) = Journal::open(disk.clone(), &settings(Durability::Always)).unwrap();
    append(&mut journal, 1).unwrap();
    journal.commit().unwrap();
    let before = disk.syncs();
    append(&mut journal, 2).unwrap();
    append(&mut journal, 3).unwrap();
    journal.commit().unwrap();
    assert_eq!(disk.syncs(), before + 1);
    journal.commit().unwrap();
    assert_eq!(disk.syncs(), before + 1, "nothing new");
}

#[test]
fn commits_may_run_on_other_threads_in_any_order() {
    for seed in 0..50 {
        let disk = SimulatedDisk::new(seed);
        let (mut journal, _) = Journal::open(disk.clone(), &settings(Durability::Always)).unwrap();
        let mut commits = Vec::new();
        for version in 0..20 {
            append(&mut journal, version).unwrap();
            if version % 5 == 4 {
                commits.push(journal.commit_elsewhere());
                assert!(!journal.has_uncommitted());
            }
        }
        let last = commits.pop().unwrap();
        std::thread::spawn(|| last.run()).join().unwrap().unwrap();
        append(&mut journal, 20).unwrap();
        commits.into_iter().for_each(|commit| commit.run().unwrap());
        let (found, warnings) = versions(&disk.crash());
        assert_eq!(found, (0..20).collect::<Vec<u64>>(), "seed {seed}");
        assert_eq!(warnings, Vec::<String>::new(), "seed {seed}");
    }
}

#[test]
fn after_a_failed_sync_nothing_can_be_appended_until_the_next_start() {
    let disk = SimulatedDisk::new(1);
    let (mut journal, _) = Journal::open(disk.clone(), &settings(Durability::Always)).unwrap();
    append(&mut journal, 0).unwrap();
    journal.commit().unwrap();
    append(&mut journal, 1).unwrap();
    disk.fail_sync_after(0);
    let error = journal.commit().unwrap_err().to_string();
    assert!(error.contains("read-only until the daemon is started again"), "{error}");
    assert!(error.contains("cannot sync log-0000000000000001"), "{error}");
    assert!(journal.failed().unwrap().contains("cannot sync"));
    for _ in 0..2 {
        assert!(matches!(append(&mut journal, 2), Err(JournalError::ReadOnly { .. })));
        assert!(matches!(journal.reserve(1), Err(JournalError::ReadOnly { .. })));
        assert!(journal.commit().is_err(), "a sync that succeeds now means nothing");
    }
    assert!(journal.close().is_err());
    let (found, _) = versions(&disk.crash());
    assert!(found == [0] || found == [0, 1], "{found:?}");
}

#[test]
fn a_writer_that_fails_is_told_of() {
    let disk = SimulatedDisk::new(1);
    let (mut journal, _) = Journal::open(disk.clone(), &settings(Durability::EverySec)).unwrap();
    disk.fail_write_after(0);
    append(&mut journal, 0).unwrap();
    journal.end_turn();
    assert!(journal.close().unwrap_err().to_string().contains("cannot write"));
}

#[test]
fn a_full_disk_refuses_in_words_and_goes_on_where_there_is_space_again() {
    let disk = SimulatedDisk::new(1);
    let (mut journal, _) = Journal::open(disk.clone(), &settings(Durability::Always)).unwrap();
    disk.set_capacity(Some(1000));
    journal.reserve(record_bytes(200)).unwrap();
    append(&mut journal, 0).unwrap();
    let error = journal.reserve(record_bytes(2000)).unwrap_err();
    assert!(matches!(error, JournalError::Full(_)), "{error}");
    assert!(error.to_string().contains("the disk is full"), "{error}");
    journal.commit().unwrap();
    disk.set_capacity(None);
    journal.reserve(record_bytes(2000)).unwrap();
    append(&mut journal, 1).unwrap();
    journal.close().unwrap();
    assert_eq!(versions(&disk).0, [0, 1]);
}

#[test]
fn what_a_slow_disk_does_not_take_is_refused_and_nothing_is_lost() {
    let disk = SimulatedDisk::new(1);
    let settings = Settings { unwritten_bytes_max: 1000, ..settings(Durability::EverySec) };
    let (mut journal, _) = Journal::open(disk.clone(), &settings).unwrap();
    let shared = Arc::clone(&journal.shared);
    let (send, told) = std::sync::mpsc::channel();
    journal.on_room(Box::new(move || send.send(()).expect("the test listens")));
    // The disk hangs.
    let held = shared.sink();
    let mut count = 0;
    let error = loop {
        match journal.reserve(64).and_then(|()| append(&mut journal, count)) {
            Ok(()) => count += 1,
            Err(error) => break error,
        }
        journal.end_turn();
    };
    assert!(matches!(error, JournalError::Behind { bytes } if bytes > 1000), "{error}");
    assert!(count > 10 && journal.is_behind() && told.try_recv().is_err());
    append(&mut journal, count).expect("what was made already is taken all the same");
    drop(held);
    told.recv().expect("there is room again");
    journal.commit().unwrap();
    assert!(!journal.is_behind());
    journal.reserve(64).unwrap();
    append(&mut journal, count + 1).unwrap();
    journal.close().unwrap();
    assert_eq!(versions(&disk).0, (0..=count + 1).collect::<Vec<u64>>());
}

#[test]
fn long_payloads_stand_between_others() {
    for durability in [Durability::Always, Durability::EverySec] {
        let disk = SimulatedDisk::new(1);
        let settings = Settings { segment_bytes: 8 << 20, ..settings(durability) };
        let (mut journal, _) = Journal::open(disk.clone(), &settings).unwrap();
        let mut lengths = Vec::new();
        for version in 0..60_u64 {
            if version % 3 == 0 {
                append(&mut journal, version).unwrap();
                lengths.push(None);
                continue;
            }
            let length = (version * version * version * 17 % (3 << 20)) as usize;
            let mut payload = Payload::new();
            (0..length).for_each(|at| payload.put(&[(at ^ version as usize) as u8]));
            let record = Record { project: version % 3, version, kind: kind::CHANGE, payload: &[] };
            journal.append_payload(&record, payload).unwrap();
            lengths.push(Some(length));
            if version % 4 == 0 {
                journal.end_turn();
            }
        }
        journal.close().unwrap();
        let (_journal, recovered) = Journal::open(disk.crash(), &settings).unwrap();
        assert_eq!(recovered.warnings, Vec::<String>::new());
        let mut count = 0;
        for (found, length) in recovered.records.zip(lengths) {
            let found = found.unwrap();
            assert_eq!((found.version, found.project), (count, count % 3));
            if let Some(length) = length {
                let good = |(at, byte): (usize, &u8)| *byte == (at ^ count as usize) as u8;
                assert!(
                    found.payload.len() == length && found.payload.iter().enumerate().all(good)
                );
            }
            count += 1;
        }
        assert_eq!(count, 60);
    }
}

#[test]
fn records_that_are_not_for_others_are_refused() {
    let (mut journal, _) =
        Journal::open(SimulatedDisk::new(1), &settings(Durability::Always)).unwrap();
    for kind in [0, kind::END] {
        let record = Record { project: 1, version: 1, kind, payload: &[] };
        assert!(matches!(journal.append(&record), Err(JournalError::Kind(_))));
    }
}

#[test]
fn forgotten_segments_are_removed() {
    let disk = SimulatedDisk::new(1);
    let (mut journal, _) = Journal::open(disk.clone(), &settings(Durability::Always)).unwrap();
    for version in 0..200 {
        append(&mut journal, version).unwrap();
    }
    journal.commit().unwrap();
    let before = disk.names().unwrap();
    let bytes = journal.bytes();
    let count = journal.forget(|_| Some(100), 0);
    assert!(count > 0 && journal.bytes() < bytes);
    journal.close().unwrap();
    let segments = |names: Vec<String>| -> Vec<String> {
        names.into_iter().filter(|name| name.starts_with("log-")).collect()
    };
    assert_eq!(segments(disk.names().unwrap()), segments(before)[count..]);
    let (found, warnings) = versions(&disk);
    assert!(found[0] <= 101 && found.ends_with(&[198, 199]), "{found:?}");
    assert_eq!(warnings, Vec::<String>::new());
}

#[test]
fn a_commit_that_is_left_to_the_writer_is_durable_when_it_says_so() {
    for seed in 1..=20 {
        let disk = SimulatedDisk::new(seed);
        let (mut journal, _) = Journal::open(disk.clone(), &settings(Durability::Always)).unwrap();
        let (tell, told) = std::sync::mpsc::channel();
        journal.on_room(Box::new(move || _ = tell.send(())));
        let wait = |journal: &mut Journal| {
            let number = journal.commit_later();
            // It goes with the next one, unless the writer has failed by now.
            let _ = append(journal, 2 * number + 1);
            while journal.committed() < number {
                told.recv().unwrap();
            }
        };
        for number in 1..=seed {
            append(&mut journal, 2 * number).unwrap();
            wait(&mut journal);
        }
        if seed == 20 {
            disk.fail_sync_after(0);
            wait(&mut journal);
            assert!(journal.failed().is_some(), "who waits hears of it");
        }
        let (found, _) = versions(&disk.crash());
        let all: Vec<u64> = (2..=2 * seed).collect();
        assert!(found.starts_with(&all), "{seed}: {found:?}");
    }
}
