//! Directories of each version, and files that say none.

use super::{FORMAT, FormatError, NAME, Said, UNFINISHED, read, text, upgrade, version};
use crate::disk::{Disk, SimulatedDisk};

/// A disk with a file of these bytes.
fn saying(bytes: &[u8]) -> SimulatedDisk {
    let disk = SimulatedDisk::new(1);
    disk.create(NAME).unwrap().write_all_at(bytes, 0).unwrap();
    disk
}

#[test]
fn a_directory_that_says_nothing_and_an_older_one_become_ones_of_the_newest_version() {
    for (disk, found) in [(SimulatedDisk::new(1), 1), (saying(text(1).as_bytes()), 1)] {
        assert_eq!(version(&disk).unwrap(), found);
        assert_eq!(upgrade(&disk).unwrap(), found);
        assert_eq!(disk.names().unwrap(), [NAME]);
        let after = disk.crash();
        assert_eq!(upgrade(&after).unwrap(), FORMAT, "it is durable");
    }
    assert_eq!(text(2), "goxel data directory, format 2, checksum a815dbde\n");
}

#[test]
fn a_newer_one_is_refused_in_words_and_left_alone() {
    for newer in [FORMAT + 1, u32::MAX] {
        let disk = saying(text(newer).as_bytes());
        let error = upgrade(&disk).unwrap_err();
        assert!(matches!(error, FormatError::Newer { found, .. } if found == newer), "{error}");
        assert!(error.to_string().contains("use the version of Goxel that wrote it"), "{error}");
        assert_eq!(read(&disk).unwrap(), Said::Version(newer));
    }
}

#[test]
fn each_flipped_bit_each_end_and_each_byte_more_is_damage() {
    let good = text(FORMAT);
    let is_damaged = |bytes: &[u8]| read(&saying(bytes)).unwrap() == Said::Damaged;
    for bit in 0..8 * good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(is_damaged(&bytes), "bit {bit}");
    }
    (0..good.len()).for_each(|end| assert!(is_damaged(&good.as_bytes()[..end]), "{end}"));
    assert!(is_damaged(format!("{good}\n").as_bytes()));
    assert!(is_damaged(&vec![b'x'; 1 << 20]));
    assert!(is_damaged(text(FORMAT).replace("format 3", "format 03").as_bytes()));
    let error = upgrade(&saying(b"x")).unwrap_err().to_string();
    assert!(error.contains("file format is damaged: run `goxel-cli repair"), "{error}");
}

#[test]
fn wherever_the_power_goes_the_next_start_upgrades() {
    for operations in 0.. {
        let disk = SimulatedDisk::new(operations);
        disk.power_off_after(operations);
        let is_done = upgrade(&disk).is_ok();
        let disk = if operations % 2 == 0 { disk.crash() } else { disk.kill() };
        upgrade(&disk).unwrap();
        assert_eq!(version(&disk).unwrap(), FORMAT);
        assert!(!disk.names().unwrap().contains(&UNFINISHED.to_owned()));
        if is_done {
            assert!(operations > 3, "{operations} operations");
            return;
        }
    }
}
