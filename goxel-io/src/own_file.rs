//! [`open_own`]: files of the daemon's own - its lock, its pid file, its log - in directories that
//! others may write in, too.
//!
//! What stands there under such a name may be anything: a link to somebody's file, a pipe that
//! nobody writes to, a second name of a file that is not meant. So a link at the end of the path is
//! not followed, opening waits for nobody, and what was opened is looked at, by its handle, before
//! anything is done with it.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{Mode, OFlags, open};

/// How a file of one's own is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To be read; it has to be there.
    Read,
    /// To be read and written; it is made where it is not there.
    Write,
    /// To be written at its end; it is made where it is not there.
    Append,
}

/// Opens a file of one's own. One that is made has this mode; one that is there must be a regular
/// file with one name, and belong to this process' user or to one of `others`.
///
/// # Errors
/// Those of the system, and where the file is something else.
pub fn open_own(path: &Path, access: Access, mode: u32, others: &[u32]) -> Result<File> {
    let flags = match access {
        Access::Read => OFlags::RDONLY,
        Access::Write => OFlags::RDWR | OFlags::CREATE,
        Access::Append => OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE,
    };
    let careful = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = open(path, flags | careful, Mode::from_raw_mode(mode as _));
    let file = File::from(file.map_err(|error| in_words(path, error.into()))?);
    check(&file.metadata()?, others)?;
    Ok(file)
}

/// Systems have numbers of their own for a link that was not followed, and for a pipe that nobody
/// reads.
fn in_words(path: &Path, error: Error) -> Error {
    match fs::symlink_metadata(path) {
        Ok(there) if there.is_symlink() => refused("this is a link, which is not followed here"),
        Ok(there) if !there.is_file() => refused("this is not a regular file"),
        _ => error,
    }
}

fn check(there: &fs::Metadata, others: &[u32]) -> Result<()> {
    let (owner, ours) = (there.uid(), rustix::process::geteuid().as_raw());
    if !there.is_file() {
        return Err(refused("this is not a regular file"));
    }
    if owner != ours && !others.contains(&owner) {
        let what = format!(
            "this belongs to user {owner}, not to user {ours}: remove it, or name another file"
        );
        return Err(Error::new(ErrorKind::PermissionDenied, what));
    }
    // Who may not write a file may still have given it a second name, here.
    if there.nlink() > 1 {
        return Err(refused("this file has other names, too (hard links)"));
    }
    Ok(())
}

fn refused(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidInput, what)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn what_is_not_ours_alone_is_refused_and_untouched() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("precious"), "precious").unwrap();
        symlink(at("precious"), at("link")).unwrap();
        symlink(at("nothing"), at("dangling")).unwrap();
        fs::hard_link(at("precious"), at("second")).unwrap();
        fs::create_dir(at("dir")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, at("pipe"), rustix::fs::FileType::Fifo, Mode::RWXU, 0)
            .unwrap();
        for (name, said) in [
            ("link", "a link"),
            ("dangling", "a link"),
            ("second", "other names"),
            ("dir", "not a regular file"),
            ("pipe", "not a regular file"),
        ] {
            for access in [Access::Read, Access::Write, Access::Append] {
                let error = open_own(&at(name), access, 0o600, &[]).unwrap_err().to_string();
                assert!(error.contains(said), "{name} {access:?}: {error}");
            }
        }
        assert_eq!(fs::read(at("precious")).unwrap(), b"precious");
        assert!(!at("nothing").exists());
    }

    #[test]
    fn ours_is_made_and_opened_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        assert_eq!(
            open_own(&path, Access::Read, 0o600, &[]).unwrap_err().kind(),
            ErrorKind::NotFound
        );
        for _ in 0..2 {
            open_own(&path, Access::Append, 0o600, &[]).unwrap().write_all(b"x").unwrap();
        }
        assert_eq!(fs::read(&path).unwrap(), b"xx");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn the_owner_counts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        fs::write(&path, "x").unwrap();
        if std::os::unix::fs::chown(&path, Some(65534), None).is_err() {
            let _ = writeln!(
                std::io::stderr(),
                "skipped: the_owner_counts: only root gives files away"
            );
            return;
        }
        let error = open_own(&path, Access::Write, 0o600, &[]).unwrap_err();
        assert!(error.to_string().starts_with("this belongs to user 65534"), "{error}");
        assert!(open_own(&path, Access::Write, 0o600, &[65534]).is_ok());
    }
}
