//! Pictures that are kept, that go, and that somebody meddles with.

use super::*;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

fn renders(dir: &Path, ttl_seconds: u64, bytes_max: u64) -> Renders {
    Renders::new(Settings { dirs: vec![dir.to_owned()], ttl_seconds, bytes_max })
}

/// Makes a picture of this many bytes, and gives its path.
fn make(renders: &mut Renders, now: u64, size: usize) -> String {
    let place = renders.place(PictureFormat::Png, now);
    place.prepare().unwrap();
    let fresh = place.fill(&vec![1; size], (4, 3), &Work::unbounded()).unwrap();
    renders.keep(fresh).unwrap().path.clone()
}

#[test]
fn checksums() {
    for (bytes, sum) in [(&b""[..], 0), (b"\x01", 1), (b"\x01\x01", 3), (b"\xff\x00", 0x1fe)] {
        assert_eq!(checksum(bytes), sum, "{bytes:?}");
    }
    let mut long = vec![0; 33];
    long[0] = 1;
    assert_eq!(checksum(&long), 1, "bits come round");
}

#[test]
fn names_are_unlike_each_other_and_directories_are_made() {
    let dir = tempfile::tempdir().unwrap();
    let mut renders = renders(&dir.path().join("a/b"), 10, 1000);
    let paths: Vec<_> = (0..50).map(|_| make(&mut renders, 7, 1)).collect();
    for (index, path) in paths.iter().enumerate() {
        assert!(!paths[..index].contains(path), "{path}");
        let name = Path::new(path).file_name().unwrap().to_str().unwrap();
        let token = name.strip_prefix("render_7_auto7_").unwrap().strip_suffix(".png").unwrap();
        assert!(token.len() == 8 && token.bytes().all(|b| b.is_ascii_hexdigit()), "{name}");
    }
}

#[test]
fn the_old_go_at_the_next_call() {
    let dir = tempfile::tempdir().unwrap();
    let mut renders = renders(dir.path(), 10, 1000);
    let old = make(&mut renders, 100, 5);
    let new = make(&mut renders, 105, 6);
    assert_eq!(renders.get(&old, 109).unwrap().expires_at, 110);
    assert_eq!(renders.get(&old, 110), None);
    assert!(!Path::new(&old).exists() && Path::new(&new).exists());
    assert_eq!(renders.list(114).len(), 1);
    assert_eq!(renders.list(115).len(), 0);
    assert!(!Path::new(&new).exists());
}

#[test]
fn the_oldest_go_when_all_are_too_large() {
    let dir = tempfile::tempdir().unwrap();
    let mut renders = renders(dir.path(), 10, 10);
    let paths = [4, 6, 1].map(|size| make(&mut renders, size as u64, size));
    let left: Vec<_> = renders.list(7).map(|entry| entry.path.clone()).collect();
    // The one of 1 was made first.
    assert_eq!(left, [&paths[0], &paths[1]].map(Clone::clone), "just fits");
    assert!(!Path::new(&paths[2]).exists());
    let mut text = Vec::new();
    renders.stats(7, &mut Writer::new(&mut text));
    let expected = r#"{ "active_renders": 2, "total_renders": 3, "total_cleanups": 1, "current_cache_size": 10, "max_cache_size": 10, "cache_usage_percent": 100, "files_cleaned": 1, "bytes_freed": 1, "ttl_seconds": 10, "#;
    assert!(String::from_utf8(text).unwrap().starts_with(expected));
}

#[test]
fn only_what_is_in_the_register_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let other = dir.path().join("other.png");
    fs::write(&other, "x").unwrap();
    let mut renders = renders(dir.path(), 10, 1000);
    let path = make(&mut renders, 1, 1);
    assert!(!renders.remove(other.to_str().unwrap(), 1).unwrap() && other.exists());
    assert!(renders.remove(&path, 1).unwrap() && !Path::new(&path).exists());
    assert!(!renders.remove(&path, 1).unwrap());
}

#[test]
fn a_link_in_the_directory_s_place_leads_the_clean_up_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let (home, precious) = (dir.path().join("renders"), dir.path().join("precious"));
    let mut renders = renders(&home, 10, 1000);
    let path = make(&mut renders, 1, 1);
    fs::rename(&home, &precious).unwrap();
    let foreign = precious.join(Path::new(&path).file_name().unwrap());
    fs::write(precious.join("new"), "precious").unwrap();
    fs::rename(precious.join("new"), &foreign).unwrap();
    symlink(&precious, &home).unwrap();
    // A picture is not put where the link leads, either.
    assert!(renders.place(PictureFormat::Png, 2).prepare().is_err());
    assert!(renders.remove(&path, 3).unwrap());
    drop(renders);
    assert_eq!(fs::read(&foreign).unwrap(), b"precious");
}

#[test]
fn a_directory_of_somebody_else_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let (theirs, ours) = (dir.path().join("theirs"), dir.path().join("ours"));
    fs::create_dir(&theirs).unwrap();
    let open_to_all = std::os::unix::fs::PermissionsExt::from_mode(0o1777);
    fs::set_permissions(&theirs, open_to_all).unwrap();
    let dirs = vec![theirs.clone(), ours.clone()];
    let mut renders = Renders::new(Settings { dirs, ttl_seconds: 10, bytes_max: 1000 });
    assert_eq!(renders.home.path(), theirs.to_string_lossy());
    for _ in 0..2 {
        assert!(Path::new(&make(&mut renders, 1, 1)).starts_with(&ours));
    }
    assert_eq!(renders.home.path(), ours.to_string_lossy());
    // Somebody has tidied up.
    fs::remove_dir_all(&ours).unwrap();
    assert!(Path::new(&make(&mut renders, 1, 1)).exists());
}

#[test]
fn all_go_at_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let mut renders = renders(dir.path(), 10, 1000);
    make(&mut renders, 1, 1);
    let unkept =
        renders.place(PictureFormat::Png, 1).fill(b"x", (1, 1), &Work::unbounded()).unwrap();
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    drop(unkept);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    drop(renders);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_file_that_nobody_wants_any_more_is_not_left() {
    struct Stop;
    impl goxel_core::Control for Stop {
        fn check(&self, _: u64, _: u64) -> goxel_core::Result<()> {
            Err(goxel_core::Error::Cancelled)
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let mut renders = renders(dir.path(), 10, 1 << 20);
    let work = Work::new(u64::MAX, &Stop, &goxel_core::Serial);
    assert!(renders.place(PictureFormat::Png, 1).fill(&[1; 99], (4, 3), &work).is_err());
    let is_empty = |path: &Path| fs::read_dir(path).unwrap().next().is_none();
    assert!(fs::read_dir(dir.path()).unwrap().all(|entry| is_empty(&entry.unwrap().path())));
}
