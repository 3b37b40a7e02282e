//! The disk that tests break does break, and keeps what it has to keep.

use std::collections::HashSet;

use crate::disk::{Disk, SimulatedDisk};

/// What may be found of a file, over many seeds, after `work` and a crash.
fn found(work: impl Fn(&SimulatedDisk)) -> HashSet<Option<Vec<u8>>> {
    (0..300)
        .map(|seed| {
            let disk = SimulatedDisk::new(seed);
            work(&disk);
            disk.crash().open("a").ok().map(|file| file.read_all(1 << 20).unwrap())
        })
        .collect()
}

#[test]
fn what_was_synced_is_there() {
    let all = found(|disk| {
        let file = disk.create("a").unwrap();
        file.write_all_at(b"durable", 0).unwrap();
        file.sync_data().unwrap();
        disk.sync_dir().unwrap();
    });
    assert_eq!(all, HashSet::from([Some(b"durable".to_vec())]));
}

#[test]
fn what_was_not_synced_may_be_lost_kept_and_torn() {
    let all = found(|disk| {
        let file = disk.create("a").unwrap();
        file.write_all_at(b"old!", 0).unwrap();
        file.sync_data().unwrap();
        disk.sync_dir().unwrap();
        file.write_all_at(b"NEW?", 0).unwrap();
    });
    for text in ["old!", "NEW?", "NEW!", "oEW?"] {
        assert!(all.contains(&Some(text.as_bytes().to_vec())), "{text}: {all:?}");
    }
}

#[test]
fn sectors_are_written_in_any_order() {
    let all = found(|disk| {
        let file = disk.create("a").unwrap();
        file.allocate(1024).unwrap();
        file.sync_data().unwrap();
        disk.sync_dir().unwrap();
        file.write_all_at(&[1; 1024], 0).unwrap();
    });
    let sectors: HashSet<(u8, u8)> =
        all.iter().flatten().map(|bytes| (bytes[0], bytes[1023])).collect();
    assert_eq!(sectors.len(), 4);
}

#[test]
fn names_that_were_not_synced_may_be_there_or_not() {
    let created = found(|disk| drop(disk.create("a").unwrap()));
    assert_eq!(created.len(), 2);
    let removed = found(|disk| {
        disk.create("a").unwrap();
        disk.sync_dir().unwrap();
        disk.remove("a").unwrap();
    });
    assert_eq!(removed.len(), 2);
    let renamed = found(|disk| {
        disk.create("b").unwrap().write_all_at(b"b", 0).unwrap();
        disk.open("b").unwrap().sync_data().unwrap();
        disk.sync_dir().unwrap();
        disk.rename("b", "a").unwrap();
    });
    assert_eq!(renamed, HashSet::from([None, Some(b"b".to_vec())]));
}

#[test]
fn a_failing_sync_may_lose_what_can_still_be_read() {
    let all = found(|disk| {
        let file = disk.create("a").unwrap();
        disk.sync_dir().unwrap();
        disk.fail_sync_after(0);
        file.write_all_at(b"x", 0).unwrap();
        file.sync_data().unwrap_err();
        assert_eq!(file.read_all(1 << 20).unwrap(), b"x");
        // Linux says that all is well now.
        file.sync_data().unwrap();
    });
    assert!(all.contains(&Some(b"x".to_vec())), "{all:?}");
}

#[test]
fn faults_come_when_they_are_asked_for() {
    let disk = SimulatedDisk::new(1);
    let file = disk.create("a").unwrap();
    disk.set_capacity(Some(10));
    assert_eq!(file.write_at(&[1; 20], 0).unwrap(), 10);
    assert_eq!(file.write_at(&[1], 10).unwrap_err().kind(), std::io::ErrorKind::StorageFull);
    assert_eq!(file.allocate(11).unwrap_err().kind(), std::io::ErrorKind::StorageFull);
    disk.fail_write_after(1);
    file.write_at(&[1], 0).unwrap();
    file.write_at(&[1], 0).unwrap_err();
    disk.short_writes();
    file.write_all_at(&[2; 10], 0).unwrap();
    disk.power_off_after(1);
    file.write_at(&[1], 0).unwrap();
    file.sync_data().unwrap_err();
    disk.create("b").err().unwrap();
}
