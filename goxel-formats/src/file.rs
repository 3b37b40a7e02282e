//! [`load`], [`save`] and [`replace`]: whole files.
//!
//! A file is saved beside its target and then put in its place: whoever looks, and whatever
//! breaks, there is the old file or the new one, never a part.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use goxel_core::{Project, Work};

use crate::limits::FILE_BYTES_MAX;
use crate::{Direction, Document, Error, Format, Result, WriteOptions, read_within, write};

/// Reads a file, as far as `work` lets it. Its first bytes tell the format, or else its extension.
///
/// # Errors
/// [`Error::Io`] with the path, those of [`Format::from_path`] and of [`read_within`].
pub fn load(path: &Path, work: &Work<'_>) -> Result<Document> {
    let bytes = contents(path, work)?;
    let by_path = || Format::from_path(path, Direction::Read);
    let format = Format::detect(&bytes).map_or_else(by_path, Ok)?;
    read_within(&bytes, format, work)
}

/// Writes a project to a file, which is replaced as a whole or stays as it was.
///
/// # Errors
/// [`Error::Io`] with the path, and those of [`write()`].
pub fn save(
    project: &Project,
    path: &Path,
    format: Format,
    options: &WriteOptions<'_>,
) -> Result<()> {
    replace(path, |file| write(project, format, options, file))
}

/// All bytes of a file.
pub(crate) fn contents(path: &Path, work: &Work<'_>) -> Result<Vec<u8>> {
    let failed = |source| Error::Io { action: "read", path: path.to_owned(), source };
    let metadata = fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(failed(not_a_file(&metadata)));
    }
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(failed)?.take(FILE_BYTES_MAX + 1);
    if metadata.len() <= FILE_BYTES_MAX {
        // Once it is reserved it counts, and if that is too much it need not be read.
        bytes.reserve_exact(metadata.len() as usize + 1);
        work.spend(metadata.len())?;
        file.read_to_end(&mut bytes).map_err(failed)?;
    }
    // The file may have grown since it was looked at.
    if metadata.len().max(bytes.len() as u64) > FILE_BYTES_MAX {
        let path = path.display();
        return Err(Error::TooLarge(format!("{path} has more than {FILE_BYTES_MAX} bytes")));
    }
    Ok(bytes)
}

/// Writes a file beside `path` and renames it over that: there is the old file or the new one,
/// never a part.
///
/// # Errors
/// [`Error::Io`] with the path, and those of `fill`.
pub fn replace(path: &Path, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let failed = |source| Error::Io { action: "write", path: path.to_owned(), source };
    let target = Target::of(path).map_err(failed)?;
    let (mut file, temporary) = target.create_beside().map_err(failed)?;
    let filled = fill(&mut file).map_err(|error| match error {
        Error::Output(source) => failed(source),
        other => other,
    });
    let done = filled.and_then(|()| target.take_over(&file, &temporary).map_err(failed));
    if done.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    done
}

/// Where a file is to be put.
struct Target {
    path: PathBuf,
    directory: PathBuf,
    /// Those of the file that is there already.
    permissions: Option<fs::Permissions>,
}

impl Target {
    fn of(path: &Path) -> io::Result<Self> {
        // A link stays a link: what it points to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let permissions = match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => Some(metadata.permissions()),
            Ok(metadata) => return Err(not_a_file(&metadata)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        if path.file_name().is_none() {
            let message = "the path names no file";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        if !directory.is_dir() {
            let message = format!("there is no directory {}", directory.display());
            return Err(io::Error::new(io::ErrorKind::NotFound, message));
        }
        Ok(Self { path, directory, permissions })
    }

    /// Creates a file of a name that nobody has.
    fn create_beside(&self) -> io::Result<(File, PathBuf)> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!(".goxel-{}-{count}.tmp", std::process::id());
            let path = self.directory.join(name);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((file, path)),
                // Left behind by another process of this number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Brings the new file to the disk, then to its place.
    fn take_over(&self, file: &File, temporary: &Path) -> io::Result<()> {
        if let Some(permissions) = &self.permissions {
            file.set_permissions(permissions.clone())?;
        }
        file.sync_all()?;
        fs::rename(temporary, &self.path)?;
        // The new name is on the disk once its directory is. Not every file system can do that,
        // and the file is whole either way.
        if let Ok(directory) = File::open(&self.directory) {
            let _ = directory.sync_all();
        }
        Ok(())
    }
}

fn not_a_file(metadata: &fs::Metadata) -> io::Error {
    if metadata.is_dir() {
        io::Error::new(io::ErrorKind::IsADirectory, "it is a directory")
    } else {
        io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn save_gox(project: &Project, path: &Path) -> Result<()> {
        save(project, path, Format::Gox, &WriteOptions::default())
    }

    fn entries(directory: &Path) -> usize {
        fs::read_dir(directory).unwrap().count()
    }

    #[test]
    fn a_saved_file_loads() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.gox");
        let project = crate::testing::sample_project();
        for _ in 0..2 {
            save_gox(&project, &path).unwrap();
            let loaded = load(&path, &Work::unbounded()).unwrap();
            assert_eq!(loaded.layers, project.layers());
        }
        assert_eq!(entries(directory.path()), 1);
    }

    #[test]
    fn a_failure_leaves_the_old_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.gox");
        fs::write(&path, "old").unwrap();
        let full = || io::Error::new(io::ErrorKind::StorageFull, "the disk is full");
        let error = replace(&path, |file| {
            io::Write::write_all(file, b"new")?;
            Err(Error::Output(full()))
        });
        let message = error.unwrap_err().to_string();
        assert!(message.contains("a.gox") && message.contains("the disk is full"), "{message}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(entries(directory.path()), 1);
    }

    #[test]
    fn bad_places_are_named() {
        let directory = tempfile::tempdir().unwrap();
        let check = |path: &Path, expected: &str| {
            let error = save_gox(&crate::testing::sample_project(), path).unwrap_err();
            let message = error.to_string();
            assert!(message.contains(&path.display().to_string()), "{message}");
            assert!(message.contains(expected), "{message}");
        };
        check(directory.path(), "it is a directory");
        check(&directory.path().join("no/a.gox"), "there is no directory");
        let file = directory.path().join("file");
        fs::write(&file, "x").unwrap();
        check(&file.join("a.gox"), "irectory");
        let load = |path: &Path| load(path, &Work::unbounded());
        let error = load(&directory.path().join("b.gox")).unwrap_err().to_string();
        assert!(error.starts_with("cannot read") && error.contains("b.gox"), "{error}");
        let error = load(directory.path()).unwrap_err().to_string();
        assert!(error.contains("it is a directory"), "{error}");
        assert!(matches!(load(&file), Err(Error::UnknownFormat { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let directory = tempfile::tempdir().unwrap();
        let (path, link) = (directory.path().join("a.gox"), directory.path().join("link.gox"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        save_gox(&crate::testing::sample_project(), &link).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::read(&path).unwrap().starts_with(b"GOX "));
    }
}
