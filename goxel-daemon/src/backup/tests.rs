//! What a directory is made of, and what is refused.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use goxel_core::{Context, Project, Work};
use goxel_store::disk::RealDisk;
use goxel_store::{checkpoint, format, state};
use tempfile::TempDir;

use super::{restore, write};
use crate::gate::Everything;

/// Memory that a project may take.
const MEMORY: u64 = 1 << 30;

fn projects() -> Vec<Project> {
    let mut context = Context::counting_from(7);
    let ids = ["garden", "meadow", "r"].map(|name| context.insert(Project::new(name, [9; 3])));
    ids.into_iter().map(|id| context.close(id.expect("room").0).expect("it is open")).collect()
}

/// A backup of some projects, in a directory of its own.
fn backup() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("all.tar");
    let mut file = fs::File::create(&path).expect("room");
    let all = Everything { at_hand: projects(), ..Everything::default() };
    let written = write(all, &mut file, &Work::unbounded()).expect("room");
    assert_eq!(written.projects, 3);
    assert_eq!(written.bytes, file.metadata().expect("it is there").len());
    (dir, path)
}

/// The projects of a data directory, by what they are as bytes.
fn found(dir: &Path) -> Vec<Vec<u8>> {
    let disk = RealDisk::open(dir).expect("it is ours");
    let stored = checkpoint::survey(&disk).expect("it is readable");
    let read = |stored| checkpoint::read(&disk, stored, MEMORY).expect("it is whole");
    stored.iter().map(|stored| state::encode(&read(stored))).collect()
}

fn refused(archive: &Path, dir: &Path) -> String {
    format!("{:#}", restore(archive, dir).expect_err("it is refused"))
}

#[test]
fn a_directory_is_made_of_a_backup() {
    let (dir, path) = backup();
    for name in ["missing", "empty"] {
        let restored = dir.path().join(name);
        if name == "empty" {
            fs::create_dir(&restored).expect("room");
        }
        let told = restore(&path, &restored).expect("it is whole");
        assert!(told.ends_with(": 3 projects"), "{told}");
        assert_eq!(found(&restored), projects().iter().map(state::encode).collect::<Vec<_>>());
        let disk = RealDisk::open(&restored).expect("it is ours");
        assert_eq!(format::version(&disk).expect("it says so"), format::FORMAT);
    }
}

#[test]
fn nothing_is_put_where_something_is() {
    let (dir, path) = backup();
    let full = dir.path().join("full");
    fs::create_dir(&full).expect("room");
    fs::write(full.join("x"), "").expect("room");
    assert!(refused(&path, &full).contains("is not empty"));
    assert!(refused(&path, &path).contains("all.tar"), "it is a file");
    let left = dir.path().join("new.part");
    fs::create_dir(&left).expect("room");
    assert!(refused(&path, &dir.path().join("new")).contains("remove it"));
    assert!(left.exists(), "it is not ours");
}

#[test]
fn what_is_not_a_whole_backup_is_refused_and_leaves_nothing() {
    let (dir, path) = backup();
    let good = fs::read(&path).expect("it is there");
    let target = dir.path().join("made");
    let refuse = |bytes: &[u8]| {
        fs::write(&path, bytes).expect("room");
        let why = refused(&path, &target);
        assert!(!target.exists() && !dir.path().join("made.part").exists(), "{why}");
        why
    };
    assert!(refuse(b"").contains("it is not whole"));
    assert!(refuse(&[b'x'; 5000]).contains("it is damaged, or no archive"));
    // Behind the last file are zeros.
    let end = good.iter().rposition(|byte| *byte != 0).expect("there are others");
    for cut in (0..=end).step_by(97) {
        refuse(&good[..cut]);
    }
    let mut flipped = 0;
    for at in (0..8 * end).step_by(8 * 41 + 3) {
        let mut bytes = good.clone();
        bytes[at / 8] ^= 1 << (at % 8);
        fs::write(&path, &bytes).expect("room");
        // Bytes that fill a file up to the next are nobody's.
        match restore(&path, &target) {
            Err(_) => flipped += 1,
            Ok(_) => {
                assert_eq!(
                    found(&target),
                    projects().iter().map(state::encode).collect::<Vec<_>>()
                );
                fs::remove_dir_all(&target).expect("it is ours");
            }
        }
    }
    assert!(flipped > 10, "{flipped} of them were found");
}

/// An archive of these files.
fn archive(path: &Path, files: &[(&str, &str)]) {
    let mut tar = tar::Builder::new(fs::File::create(path).expect("room"));
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        tar.append_data(&mut header, name, text.as_bytes()).expect("room");
    }
    tar.finish().expect("room");
}

#[test]
fn other_archives_are_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let (path, target) = (dir.path().join("x.tar"), dir.path().join("made"));
    let (now, later) = (format::text(format::FORMAT), format::text(format::FORMAT + 1));
    for (files, why) in [
        (&[("readme", "x")][..], "it is no backup: readme is no file of one"),
        (&[("sub/format", &now)], "it is no backup: sub/format"),
        (&[("format", &later)], "use the version of Goxel that wrote it"),
        (&[("format", "x")], "is damaged"),
        (&[("format", &now), ("format", &now)], "cannot create format"),
        (&[("state-0000000001-0000000000000001", "x"), ("format", &now)], "it is damaged: state-"),
    ] {
        archive(&path, files);
        let told = refused(&path, &target);
        assert!(told.contains(why) && !target.exists(), "{told}");
    }
    archive(&path, &[("format", &now)]);
    assert!(restore(&path, &target).expect("there were no projects").ends_with(": 0 projects"));
}

#[test]
fn a_backup_that_is_stopped_says_so() {
    struct Stop;
    impl goxel_core::Control for Stop {
        fn check(&self, _: u64, _: u64) -> goxel_core::Result<()> {
            Err(goxel_core::Error::Cancelled)
        }
    }
    let mut file = tempfile::tempfile().expect("room");
    let all = Everything { at_hand: projects(), ..Everything::default() };
    let work = Work::new(u64::MAX, &Stop, &goxel_core::Serial);
    let stopped = write(all, &mut file, &work).err().expect("it is stopped");
    assert_eq!(stopped.to_string(), "cancelled");
    file.flush().expect("room");
    assert_eq!(file.read(&mut [0]).expect("it is readable"), 0, "nothing was written");
}
