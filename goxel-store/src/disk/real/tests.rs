//! A directory of the file system.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::RealDisk;
use crate::disk::Disk;

/// A directory for one test, removed afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("goxel-disk-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o777
}

#[test]
fn files_are_written_and_read() {
    let scratch = Scratch::new("files");
    let path = scratch.join("data");
    let disk = RealDisk::open(&path).unwrap();
    let file = disk.create("a").unwrap();
    file.write_all_at(b"hello", 3).unwrap();
    file.sync_data().unwrap();
    assert_eq!(file.read_all(1 << 20).unwrap(), b"\0\0\0hello");
    file.allocate(10_000).unwrap();
    assert_eq!(file.len().unwrap(), 10_000);
    file.allocate(5).unwrap();
    assert_eq!(file.len().unwrap(), 10_000, "allocating does not cut");
    file.set_len(4).unwrap();
    disk.rename("a", "b").unwrap();
    disk.sync_dir().unwrap();
    assert_eq!(disk.open("b").unwrap().read_all(1 << 20).unwrap(), b"\0\0\0h");
    assert_eq!(disk.names().unwrap(), ["b"]);
    assert!(disk.create("b").is_err(), "it is there");
    assert_eq!((mode(&path), mode(&path.join("b"))), (0o700, 0o600));
    disk.remove("b").unwrap();
    assert!(disk.open("b").is_err());
}

#[test]
fn zeros_are_written_where_space_cannot_be_reserved() {
    let scratch = Scratch::new("zeros");
    let disk = RealDisk::open(&scratch.join("data")).unwrap();
    drop(disk.create("a").unwrap());
    let file =
        super::RealFile(fs::File::options().write(true).open(scratch.join("data/a")).unwrap());
    file.write_zeros(0, 100_000).unwrap();
    assert_eq!(fs::read(scratch.join("data/a")).unwrap(), vec![0; 100_000]);
}

#[test]
fn one_at_a_time_uses_a_directory() {
    let scratch = Scratch::new("lock");
    let path = scratch.join("data");
    let first = RealDisk::open(&path).unwrap();
    first.lock().unwrap();
    let second = RealDisk::open(&path).unwrap();
    let error = second.lock().unwrap_err().to_string();
    assert!(error.contains(path.to_str().unwrap()), "{error}");
    assert!(error.contains("another daemon uses it"), "{error}");
    drop(first);
    second.lock().unwrap();
}

#[test]
fn whoever_comes_waits_for_the_one_that_goes_and_not_for_long() {
    let scratch = Scratch::new("wait");
    let path = scratch.join("data");
    let first = RealDisk::open(&path).unwrap();
    first.lock_within(Duration::ZERO).unwrap();
    let second = RealDisk::open(&path).unwrap();
    let error = second.lock_within(Duration::ZERO).unwrap_err().to_string();
    assert!(error.contains("another daemon uses it"), "{error}");
    // However long that takes.
    let waiting = std::thread::spawn(move || second.lock_within(Duration::MAX).map(|()| second));
    drop(first);
    let second = waiting.join().unwrap().unwrap();
    let third = RealDisk::open(&path).unwrap();
    assert!(third.lock().is_err(), "the second one has it");
    drop(second);
}

#[test]
fn links_and_what_others_may_write_are_refused() {
    let scratch = Scratch::new("links");
    let path = scratch.join("data");
    let disk = RealDisk::open(&path).unwrap();
    fs::write(scratch.join("elsewhere"), "secret").unwrap();
    symlink(scratch.join("elsewhere"), path.join("log")).unwrap();
    assert!(disk.open("log").is_err());
    fs::create_dir(path.join("directory")).unwrap();
    assert!(disk.open("directory").is_err());
    symlink(&path, scratch.join("link")).unwrap();
    assert!(RealDisk::open(&scratch.join("link")).is_err());
    fs::set_permissions(&path, PermissionsExt::from_mode(0o777)).unwrap();
    let error = RealDisk::open(&path).unwrap_err().to_string();
    assert!(error.contains("chmod 700"), "{error}");
    let error = RealDisk::open(&scratch.join("no/such")).unwrap_err().to_string();
    assert!(error.contains("no/such"), "{error}");
}

/// A file that was not written here, and takes no space however long it is.
#[test]
fn a_segment_that_is_too_long_is_not_read() {
    use crate::journal::{Durability, Journal, Settings};

    let scratch = Scratch::new("long");
    let path = scratch.join("data");
    RealDisk::open(&path).unwrap();
    for (len, whole) in [(1_u64 << 40, false), (0, true)] {
        fs::File::create(path.join("log-0000000000000001")).unwrap().set_len(len).unwrap();
        let disk = RealDisk::open(&path).unwrap();
        let opened = Journal::open(disk, &Settings::new(Durability::Off)).map(drop);
        let words = opened.as_ref().map_or_else(ToString::to_string, |()| String::new());
        assert_eq!(opened.is_ok(), whole, "{len}: {words}");
        assert_eq!(words.contains("log-0000000000000001: it has 1099511627776 bytes"), !whole);
    }
}
