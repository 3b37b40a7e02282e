//! Data directories as older versions of Goxel have left them: each is upgraded by the first start.
//!
//! `format-1` is of before a directory said its format: once as a clean stop leaves it, once as a daemon leaves
//! it that was killed, without the zeros behind the last record. In both two projects were edited, one of them
//! after it had been closed and read in again, and a third one was deleted. `format-2` is of after that; its
//! voxels that were set one by one stand in records of many.

use std::path::Path;
use std::sync::Arc;

use goxel_store::check::check;
use goxel_store::disk::{Disk as _, SimulatedDisk};
use goxel_store::format;
use goxel_store::journal::{Durability, Settings};
use goxel_store::repair::{Meaning, repair};

use super::super::recovery::open_disk;
use super::super::replay::memory_left;
use super::super::written::begins;
use super::cases::nothing_older;
use super::world::Found;

/// Bytes that a daemon of that time takes for a segment, the first time.
const SEGMENT_BYTES: u64 = (4 << 20) + 296;

/// A disk with the files of a directory that is kept beside this file.
fn kept(name: &str) -> SimulatedDisk {
    let disk = SimulatedDisk::new(1);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/storage/tests").join(name);
    for entry in std::fs::read_dir(path).expect("it is there") {
        let entry = entry.expect("it is readable");
        let name = entry.file_name().into_string().expect("text");
        let bytes = std::fs::read(entry.path()).expect("it is readable");
        let file = disk.create(&name).expect("room");
        file.write_all_at(&bytes, 0).expect("room");
        file.sync_data().expect("it works");
    }
    disk.sync_dir().expect("it works");
    disk
}

/// The projects that a start finds: names, versions, numbers of voxels.
fn found(disk: &SimulatedDisk) -> Vec<(String, u64, u64)> {
    let settings = Settings { has_writer: false, ..Settings::new(Durability::Always) };
    let mut opened =
        open_disk(Arc::new(disk.clone()), &settings, nothing_older()).expect("it is one of ours");
    let found = Found::of(&mut opened);
    assert_eq!(found.refused, Vec::<String>::new());
    let told = |project: &goxel_core::Project| {
        (project.name().to_owned(), project.version(), project.count())
    };
    found.projects.values().map(told).collect()
}

/// The version of the format, of a directory that has to be sound.
fn checked(disk: &SimulatedDisk) -> u32 {
    let report = check(disk, memory_left(), &begins).expect("it can be listed");
    assert!(report.is_sound(), "{:?}", report.findings);
    report.format
}

#[test]
fn what_an_older_version_has_left_is_upgraded_and_all_there() {
    for (name, version) in [
        ("format-1/stopped", 1),
        ("format-1/killed", 1),
        ("format-2/stopped", 2),
        ("format-2/killed", 2),
    ] {
        let disk = kept(name);
        if name.ends_with("killed") {
            let log = disk.open("log-0000000000000001").expect("it is there");
            log.allocate(SEGMENT_BYTES).expect("room");
        }
        assert_eq!(checked(&disk), version, "{name}");
        let expected = [("garden".to_owned(), 8, 408), ("meadow".to_owned(), 2, 882)];
        assert_eq!(found(&disk), expected, "{name}");
        assert_eq!(checked(&disk.crash()), format::FORMAT, "{name}");
        assert_eq!(found(&disk.crash()), expected, "{name}, a second time");
    }
}

#[test]
fn a_directory_of_a_later_version_is_left_alone() {
    let disk = kept("format-1/stopped");
    let file = disk.create(format::NAME).expect("room");
    file.write_all_at(format::text(format::FORMAT + 1).as_bytes(), 0).expect("room");
    let before = disk.names().expect("it is readable");
    let settings = Settings { has_writer: false, ..Settings::new(Durability::Always) };
    let refused =
        open_disk(Arc::new(disk.clone()), &settings, nothing_older()).expect_err("it is refused");
    let text = format!("{refused:#}");
    assert!(text.contains("use the version of Goxel that wrote it"), "{text}");
    let meaning = Meaning { begins: &begins, replay: &|_, _| Ok(()) };
    let refused = repair(&(Arc::new(disk.clone()) as _), 1 << 30, &meaning);
    assert!(refused.is_err(), "a repair would move aside what it does not know");
    assert_eq!(disk.names().expect("it is readable"), before);
}
