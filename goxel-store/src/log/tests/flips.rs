//! Every bit that a disk may turn over is found.

use super::{Entry, Log, SimulatedDisk, entry};
use crate::disk::Disk;
use crate::log::Concerns;

/// A log of two segments.
fn written(closed: bool) -> (SimulatedDisk, Vec<Entry>) {
    let disk = SimulatedDisk::new(5);
    let (mut log, _) = Log::open(&disk).unwrap();
    let entries: Vec<Entry> =
        (1..=10).map(|version| entry(version % 3, version, 60 + version as usize)).collect();
    for entry in &entries {
        log.append(entry).unwrap();
        log.write().unwrap();
        log.sync().unwrap();
    }
    if closed {
        log.close().unwrap();
    }
    assert_eq!(disk.names().unwrap().len(), 2);
    (disk, entries)
}

/// Whether `part` is what is left of `whole` where some entries are missing.
fn is_left_of(part: &[Entry], whole: &[Entry]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|entry| rest.any(|other| other == entry))
}

fn check_all_bits(closed: bool) {
    let (disk, _) = written(closed);
    for name in disk.names().unwrap() {
        let bits = disk.open(&name).unwrap().len().unwrap() * 8;
        for bit in 0..bits {
            let (disk, entries) = written(closed);
            disk.flip(&name, bit);
            let (mut log, told) = Log::open(&disk).unwrap();
            assert!(!told.warnings.is_empty(), "bit {bit} of {name}: not found");
            assert!(is_left_of(&told.entries, &entries), "bit {bit} of {name}: a wrong record");
            if closed && !told.damages.is_empty() {
                assert!(told.entries.len() + 1 >= entries.len(), "bit {bit} of {name}");
            }
            // It goes on, and tells of the damage again.
            log.append(&entries[0]).unwrap();
            log.close().unwrap();
            let (_, again) = Log::open(&disk).unwrap();
            assert_eq!(again.damages, told.damages, "bit {bit} of {name}");
            assert_eq!(again.entries.len(), told.entries.len() + 1, "bit {bit} of {name}");
        }
    }
}

#[test]
fn each_flipped_bit_of_a_closed_log_is_found() {
    check_all_bits(true);
}

#[test]
fn each_flipped_bit_of_a_log_that_was_not_closed_is_found() {
    check_all_bits(false);
}

#[test]
fn damage_says_whose_and_where() {
    let (disk, _) = written(true);
    // A byte of the payload of the second record.
    let second = 40 + 32 + 64;
    disk.flip("log-0000000000000001", (second + 40) * 8);
    let (_, told) = Log::open(&disk).unwrap();
    assert_eq!(told.damages[0].concerns, Concerns::Project(2));
    assert_eq!(
        told.warnings,
        [
            "log-0000000000000001 is damaged at byte 136: 96 bytes cannot be read, which held a record \
          of project 2"
        ]
    );
    // A byte of its head: the next record is found all the same.
    let (disk, entries) = written(true);
    disk.flip("log-0000000000000001", (second + 17) * 8);
    let (_, told) = Log::open(&disk).unwrap();
    assert_eq!((told.damages[0].offset, told.damages[0].bytes), (136, 96));
    assert_eq!(told.damages[0].concerns, Concerns::Unknown);
    assert_eq!(told.entries.len(), entries.len() - 1);
}

#[test]
fn a_damaged_segment_is_not_forgotten() {
    let (disk, _) = written(true);
    disk.flip("log-0000000000000001", 200 * 8);
    let (mut log, _) = Log::open(&disk).unwrap();
    log.append(&entry(1, 11, 10)).unwrap();
    let gone = log.appender.usage.forget(|_| Some(11), 0);
    assert_eq!(gone, [2]);
}

#[test]
fn a_record_counts_only_where_it_was_written() {
    let (disk, entries) = written(true);
    let file = disk.open("log-0000000000000002").unwrap();
    let first = disk.open("log-0000000000000001").unwrap().read_all(1 << 20).unwrap();
    // A whole record of the first segment in place of the first of the second.
    file.write_all_at(&first[40..40 + 96], 40).unwrap();
    let (_, told) = Log::open(&disk).unwrap();
    assert!(!told.damages.is_empty());
    assert!(is_left_of(&told.entries, &entries));
}
