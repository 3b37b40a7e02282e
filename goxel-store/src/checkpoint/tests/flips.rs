//! Each bit of small files: what was flipped is found, and never a wrong project.

use goxel_core::Project;

use super::{MEMORY, SimulatedDisk, noise, only, set};
use crate::checkpoint::head::Head;
use crate::checkpoint::{Stored, Summary, read, survey, write_change, write_state};
use crate::disk::Disk;
use crate::state::tests::random::Maker;

/// A disk with one project, of a state and a change.
fn disk() -> (SimulatedDisk, Stored) {
    let disk = SimulatedDisk::new(1);
    let mut project = noise(6, 1);
    let stored = write_state(&disk, None, &project).unwrap();
    let before = project.snapshot();
    set(&mut project, 4);
    let stored = write_change(&disk, &stored, &before, &project).unwrap().unwrap();
    (disk, stored)
}

fn small() -> Project {
    let made = (0..).map(|seed| Maker::new(seed).project());
    let fits =
        |project: &Project| project.identity().number() > 0 && (20..60).contains(&project.count());
    made.into_iter().find(fits).unwrap()
}

#[test]
fn each_flipped_bit_of_a_state_is_found() {
    let disk = SimulatedDisk::new(1);
    let stored = write_state(&disk, None, &small()).unwrap();
    let name = &disk.names().unwrap()[0];
    assert!((250..5000).contains(&stored.bytes), "{} bytes", stored.bytes);
    for bit in 0..8 * stored.bytes {
        disk.flip(name, bit);
        assert!(read(&disk, &stored, MEMORY).is_err(), "bit {bit}");
        disk.flip(name, bit);
    }
    assert!(read(&disk, &stored, MEMORY).is_ok());
}

#[test]
fn each_flipped_bit_of_a_change_is_found() {
    let (disk, stored) = disk();
    let name = &disk.names().unwrap()[0];
    assert!(name.starts_with("change-"));
    let bytes = disk.open(name).unwrap().len().unwrap();
    assert!(bytes < 200, "{bytes} bytes");
    for bit in 0..8 * bytes {
        disk.flip(name, bit);
        assert!(read(&disk, &stored, MEMORY).is_err(), "bit {bit}");
        let listed = &survey(&disk).unwrap()[0].summary;
        assert!(listed.is_err() || bit >= 8 * 70, "bit {bit}");
        disk.flip(name, bit);
    }
    assert_eq!(only(&disk), stored);
}

#[test]
fn heads_are_read_as_they_were_written_and_each_end_is_refused() {
    let name = "é".repeat(127) + "x";
    let summary = Summary { identity: 1, version: 2, voxels: 3, layers: 4, name };
    let head = Head { summary, from: 1, link: [9; 4], state_bytes: 5, changes_bytes: 6 };
    let bytes = head.bytes();
    let more = [&bytes[..], &[7; 9]].concat();
    assert_eq!(Head::read(&more), Ok((head, bytes.len())));
    for end in 0..bytes.len() {
        assert!(Head::read(&bytes[..end]).is_err(), "cut at {end}");
    }
}
