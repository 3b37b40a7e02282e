//! Reading and replacing files, and what others may have put there.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, lchown, symlink};

use rustix::fs::mknodat;

use super::*;

/// Somebody else.
const OTHER: u32 = 65534;

fn place(path: &Path) -> Place {
    Place::anywhere(path)
}

fn write(path: &Path, text: &str) -> Result<()> {
    place(path).replace(|file| Ok(file.write_all(text.as_bytes())?))
}

fn read(path: &Path) -> Result<String> {
    let mut text = String::new();
    place(path).open()?.read_to_string(&mut text)?;
    Ok(text)
}

fn names(directory: &Path) -> usize {
    fs::read_dir(directory).unwrap().count()
}

/// Whether this process may give files away; a test that needs it says so where it may not.
fn is_root(test: &str) -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        let _ = writeln!(io::stderr(), "skipped: {test}: only root gives files away");
    }
    root
}

#[test]
fn what_is_written_is_there_as_a_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f");
    for text in ["one", "another"] {
        write(&path, text).unwrap();
        assert_eq!(read(&path).unwrap(), text);
    }
    assert_eq!(names(dir.path()), 1);
}

#[test]
fn a_failure_leaves_the_old_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f");
    fs::write(&path, "old").unwrap();
    let full = || io::Error::new(io::ErrorKind::StorageFull, "the disk is full");
    let error = place(&path).replace(|file| {
        file.write_all(b"new")?;
        Err(Error::Output(full()))
    });
    let message = error.unwrap_err().to_string();
    assert!(message.contains("/f") && message.contains("the disk is full"), "{message}");
    let panicked = std::panic::catch_unwind(|| place(&path).replace(|_| std::panic::panic_any(1)));
    assert!(panicked.is_err());
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(dir.path()), 1);
}

#[test]
fn bad_places_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    for (path, expected) in [
        (dir.path().to_owned(), "it is a directory"),
        (dir.path().join("no/f"), "there is no directory"),
        (file.join("f"), "irectory"),
        (dir.path().join(".."), "the path names no file"),
        (PathBuf::new(), "the path names no file"),
    ] {
        let message = write(&path, "x").unwrap_err().to_string();
        assert!(message.contains(&path.display().to_string()), "{message}");
        assert!(message.contains(expected), "{message}");
    }
    for (path, expected) in
        [(dir.path().join("no"), "No such file"), (dir.path().to_owned(), "it is a directory")]
    {
        let message = read(&path).unwrap_err().to_string();
        assert!(message.starts_with("cannot read") && message.contains(expected), "{message}");
    }
}

#[test]
fn what_a_link_points_to_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::create_dir(at("d")).unwrap();
    fs::write(at("d/f"), "old").unwrap();
    fs::set_permissions(at("d/f"), fs::Permissions::from_mode(0o4640)).unwrap();
    symlink("d/f", at("link")).unwrap();
    symlink(at("link"), at("d/chain")).unwrap();
    symlink("new", at("d/dangling")).unwrap();
    symlink("d", at("short")).unwrap();
    for (name, target) in
        [("link", "d/f"), ("d/chain", "d/f"), ("short/dangling", "d/new"), ("short/f", "d/f")]
    {
        write(&at(name), name).unwrap();
        assert_eq!(fs::read_to_string(at(target)).unwrap(), name);
    }
    for link in ["link", "d/chain", "d/dangling", "short"] {
        assert!(at(link).is_symlink(), "{link}");
    }
    assert_eq!(fs::metadata(at("d/f")).unwrap().permissions().mode() & 0o7777, 0o640);
    symlink("round", at("round")).unwrap();
    assert!(write(&at("round"), "x").is_err() && at("round").is_symlink());
}

#[test]
fn other_names_of_a_file_keep_what_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let (path, other) = (dir.path().join("f"), dir.path().join("other"));
    fs::write(&other, "precious").unwrap();
    fs::hard_link(&other, &path).unwrap();
    write(&path, "new").unwrap();
    assert_eq!((read(&path).unwrap(), read(&other).unwrap()), ("new".into(), "precious".into()));
}

#[test]
fn a_new_file_is_nobody_else_s_to_read_before_it_has_the_old_one_s_mode() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
    let filled = place(&path).replace(|file| {
        assert_eq!(file.metadata()?.permissions().mode() & 0o777, 0o600);
        Ok(())
    });
    filled.unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o604);
}

#[test]
fn the_owner_stays() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f");
    fs::write(&path, "old").unwrap();
    if !is_root("the_owner_stays") {
        return;
    }
    lchown(&path, Some(OTHER), Some(OTHER)).unwrap();
    write(&path, "new").unwrap();
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!((metadata.uid(), metadata.gid()), (OTHER, OTHER));
}

#[test]
fn a_link_of_somebody_else_in_a_directory_of_all_is_not_followed() {
    if !is_root("a_link_of_somebody_else_in_a_directory_of_all_is_not_followed") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (shared, file) = (dir.path().join("tmp"), dir.path().join("precious"));
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o1777)).unwrap();
    fs::write(&file, "precious").unwrap();
    let (link, ours) = (shared.join("theirs"), shared.join("ours"));
    symlink(&file, &link).unwrap();
    symlink(&file, &ours).unwrap();
    lchown(&link, Some(OTHER), None).unwrap();
    let message = write(&link, "x").unwrap_err().to_string();
    assert!(message.contains("theirs is a link of user 65534"), "{message}");
    assert_eq!(fs::read(&file).unwrap(), b"precious");
    write(&ours, "new").unwrap();
    assert_eq!(fs::read(&file).unwrap(), b"new");
}

#[test]
fn only_regular_files_are_read_or_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let (pipe, link) = (dir.path().join("pipe"), dir.path().join("link"));
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).unwrap();
    symlink("/dev/zero", &link).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("s")).unwrap();
    // None of these must be waited for.
    for path in [pipe, link, dir.path().join("s"), "/dev/zero".into(), "/dev/tty".into()] {
        for message in [read(&path).unwrap_err(), write(&path, "x").unwrap_err()] {
            let message = message.to_string();
            assert!(message.contains("not a regular file"), "{path:?}: {message}");
        }
    }
}

#[test]
fn what_the_system_makes_up_is_not_read() {
    for path in ["/proc/kmsg", "/proc/self/environ", "/proc/self/mem", "/sys/kernel/uevent_seqnum"]
    {
        if Path::new(path).exists() {
            let message = read(Path::new(path)).unwrap_err().to_string();
            assert!(message.contains("makes this up"), "{path}: {message}");
        }
    }
    let message = write(Path::new("/proc/self/comm"), "x").unwrap_err().to_string();
    assert!(message.starts_with("cannot write /proc/self/comm"), "{message}");
}

#[test]
fn files_beside_another_are_found_below_its_folder() {
    let dir = tempfile::tempdir().unwrap();
    let (inner, secret) = (dir.path().join("in"), dir.path().join("secret"));
    fs::create_dir_all(inner.join("maps")).unwrap();
    fs::write(inner.join("maps/a.png"), "picture").unwrap();
    fs::write(&secret, "secret").unwrap();
    symlink(&secret, inner.join("out.png")).unwrap();
    let text = |place: &Place, path: &str| {
        let mut text = String::new();
        place.open_near(path)?.read_to_string(&mut text)?;
        Ok::<_, Error>(text)
    };
    let free = place(&inner.join("model.obj"));
    assert_eq!(text(&free, "maps/a.png").unwrap(), "picture");
    let secret = secret.to_str().unwrap();
    for path in ["maps/b.png", "maps", "../secret", "maps/../../secret", secret, "./maps/a.png"] {
        assert!(text(&free, path).is_err(), "{path}");
    }
    // Who is confined is confined here, too: a link does not lead out.
    let handle = place(&inner).open_directory().unwrap();
    let root = Arc::new(Root::new(handle, &inner).unwrap());
    let confined = Place::beneath(root, Path::new("model.obj"), Path::new("model.obj"));
    assert_eq!(text(&confined, "maps/a.png").unwrap(), "picture");
    assert!(text(&confined, "out.png").is_err() && text(&confined, "../secret").is_err());
}

#[test]
fn a_file_that_is_there_stays_where_it_may_not_be_written_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f");
    let keeping = || place(&path).overwriting(false);
    let fill = |text: &'static [u8]| move |file: &mut File| Ok(file.write_all(text)?);
    keeping().replace(fill(b"first")).unwrap();
    let mut is_asked = false;
    let refused = keeping().replace(|_| {
        is_asked = true;
        Ok(())
    });
    // Before any work.
    assert!(refused.unwrap_err().to_string().contains("a file is there already") && !is_asked);
    assert_eq!((read(&path).unwrap().as_str(), names(dir.path())), ("first", 1));

    // Somebody else is faster.
    fs::remove_file(&path).unwrap();
    let late = keeping().replace(|file| {
        fs::write(&path, "theirs")?;
        Ok(file.write_all(b"ours")?)
    });
    assert!(late.is_err());
    assert_eq!((read(&path).unwrap().as_str(), names(dir.path())), ("theirs", 1));

    // Files that belong to it stay, too.
    let other = place(&dir.path().join("g")).overwriting(false);
    let beside = other.replace_with(|_, files| files.create("f").map(drop));
    assert!(beside.is_err());
    assert_eq!((read(&path).unwrap().as_str(), names(dir.path())), ("theirs", 1));
}
