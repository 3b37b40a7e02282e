//! [`open`]: from a directory's handle and a path to the handle of a file beneath it.
//!
//! Looking at a path and opening it are one step: whoever swaps a link in between changes what is
//! opened, and never to something outside. Linux does that itself (`openat2`); where it does not, a
//! twin goes the way a directory at a time, by handles, and reads every link itself.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Component, Path};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, fstat, openat, readlinkat, statat};
use rustix::io::Errno;

use super::outside::outside;
use super::sys::{self, DIRECTORY};

/// Links on the way to one file, at the most, as the kernel has it.
pub(super) const LINKS_MAX: usize = 40;

/// Opens what is there at `path` beneath a directory. Links are followed as long as they stay
/// there; absolute ones do not.
pub(super) fn open(root: BorrowedFd<'_>, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    sys::open_beneath(root, path, flags).unwrap_or_else(|| by_hand(root, path, flags))
}

/// The portable twin.
fn by_hand(root: BorrowedFd<'_>, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    // The directories that were entered, the last one last, and what is still to be gone.
    let (mut entered, mut rest): (Vec<OwnedFd>, _) = (Vec::new(), steps(path)?);
    let mut links = 0;
    while let Some(name) = rest.pop() {
        let here = entered.last().map_or(root, |dir| dir.as_fd());
        if name == ".." {
            entered.pop().ok_or_else(outside)?;
            continue;
        }
        if let Some(target) = link(here, &name)? {
            links += 1;
            if links > LINKS_MAX {
                return Err(Errno::LOOP.into());
            }
            rest.extend(steps(Path::new(&target))?);
            continue;
        }
        let flags = if rest.is_empty() { flags } else { DIRECTORY };
        let opened =
            openat(here, &name, flags | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
        if is(&fstat(&opened)?, FileType::Symlink) {
            // It was none a moment ago.
            return Err(Errno::LOOP.into());
        }
        if rest.is_empty() {
            return Ok(opened);
        }
        entered.push(opened);
    }
    let here = entered.last().map_or(root, |dir| dir.as_fd());
    Ok(openat(here, ".", flags | OFlags::CLOEXEC, Mode::empty())?)
}

/// The names of a path, the first one last.
fn steps(path: &Path) -> io::Result<Vec<OsString>> {
    let mut steps = Vec::new();
    for component in path.components().rev() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => steps.push(OsString::from("..")),
            Component::Normal(name) => steps.push(name.to_owned()),
            Component::RootDir | Component::Prefix(_) => return Err(outside()),
        }
    }
    Ok(steps)
}

/// Where a link leads; `None` where this name is no link.
///
/// # Errors
/// Where it is a link that somebody else has put into a directory that all may write in, as /tmp is
/// one: those are not followed, whatever the system does with its own.
pub(super) fn link(dir: BorrowedFd<'_>, name: &OsStr) -> io::Result<Option<OsString>> {
    let target = match readlinkat(dir, name, Vec::new()) {
        Ok(target) => OsString::from_vec(target.into_bytes()),
        Err(Errno::INVAL | Errno::NOENT) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let (around, there) = (fstat(dir)?, statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)?);
    let open_to_all = Mode::from_raw_mode(around.st_mode).contains(Mode::WOTH);
    let ours = rustix::process::geteuid().as_raw();
    if open_to_all && ![ours, around.st_uid].contains(&there.st_uid) {
        let name = Path::new(OsStr::from_bytes(name.as_bytes())).display();
        let what = format!(
            "{name} is a link of user {}, in a directory that everybody may write in: it is not \
             followed",
            there.st_uid
        );
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, what));
    }
    Ok(Some(target))
}

/// Whether it is of this type.
pub(super) fn is(stat: &Stat, of: FileType) -> bool {
    FileType::from_raw_mode(stat.st_mode) == of
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::Read as _;
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::door::outside::is_outside;

    type Open = fn(BorrowedFd<'_>, &Path, OFlags) -> io::Result<OwnedFd>;

    /// The two ways, which have to agree.
    const WAYS: [(&str, Open); 2] = [("open", open), ("by hand", by_hand)];

    /// `in/` beside `out`, with links of all kinds.
    fn garden() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir_all(at("in/a/b")).unwrap();
        fs::write(at("out"), "out").unwrap();
        fs::write(at("in/f"), "in").unwrap();
        fs::write(at("in/a/b/f"), "deep").unwrap();
        for (target, name) in [
            ("../out", "in/up"),
            ("..", "in/dir-up"),
            ("a/../../out", "in/round"),
            ("f", "in/same"),
            ("a/b", "in/down"),
            ("../../f", "in/a/b/back"),
            ("self", "in/self"),
            ("/proc/self/root", "in/magic"),
        ] {
            symlink(target, at(name)).unwrap();
        }
        symlink(at("out"), at("in/absolute")).unwrap();
        symlink(at("in/f"), at("in/absolute-in")).unwrap();
        dir
    }

    fn text(open: Open, root: &OwnedFd, path: &str) -> io::Result<String> {
        let mut file = File::from(open(root.as_fd(), Path::new(path), OFlags::RDONLY)?);
        let mut text = String::new();
        file.read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn nothing_leads_out() {
        let dir = garden();
        let root = OwnedFd::from(File::open(dir.path().join("in")).unwrap());
        for (way, open) in WAYS {
            for (path, expected) in [
                ("f", "in"),
                ("./a/./../f", "in"),
                ("same", "in"),
                ("down/f", "deep"),
                ("a/b/back", "in"),
                ("down/back", "in"),
            ] {
                assert_eq!(text(open, &root, path).unwrap(), expected, "{way}: {path}");
            }
            for path in [
                "up",
                "../out",
                "a/../../out",
                "dir-up/out",
                "round",
                "absolute",
                "absolute-in",
                "magic/etc/passwd",
                "/etc/passwd",
                "down/../../../out",
                "a/b/../../../out",
            ] {
                let error = text(open, &root, path).unwrap_err();
                assert!(is_outside(&error), "{way}: {path}: {error}");
            }
            for path in ["self", "no", "f/f", "a/no/f"] {
                let error = text(open, &root, path).unwrap_err();
                assert!(!is_outside(&error), "{way}: {path}: {error}");
            }
            assert!(open(root.as_fd(), Path::new(""), DIRECTORY).is_ok(), "{way}");
        }
    }

    /// A directory is swapped for a link that leads out, over and over, while it is gone through.
    #[test]
    fn who_swaps_directories_for_links_gets_nothing() {
        let dir = garden();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir_all(at("outside")).unwrap();
        fs::write(at("outside/f"), "out").unwrap();
        fs::create_dir(at("in/d")).unwrap();
        fs::write(at("in/d/f"), "in").unwrap();
        symlink("../outside", at("in/trap")).unwrap();
        let root = OwnedFd::from(File::open(at("in")).unwrap());
        let stop = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    for (from, to) in [("d", "kept"), ("trap", "d"), ("d", "trap"), ("kept", "d")] {
                        fs::rename(at("in").join(from), at("in").join(to)).unwrap();
                    }
                }
            });
            for (way, open) in WAYS {
                for _ in 0..5000 {
                    if let Ok(text) = text(open, &root, "d/f") {
                        assert_eq!(text, "in", "{way}");
                    }
                }
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
    }
}
