//! [`load`]: whole files, once they are open.
//!
//! Which files may be opened, and how they get to their places, is for whoever opens them: nothing
//! here follows a path.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use goxel_core::Work;

use crate::limits::FILE_BYTES_MAX;
use crate::{Direction, Document, Error, Format, ReadOptions, Result, read_within};

/// Reads a file, as far as `work` lets it. Where no format is named, its first bytes tell it, or
/// else the extension of the path that it was opened by.
///
/// # Errors
/// [`Error::Io`] with the path, those of [`Format::from_path`] and of [`read_within`].
pub fn load(
    file: File,
    path: &Path,
    format: Option<Format>,
    options: &ReadOptions<'_>,
    work: &Work<'_>,
) -> Result<Document> {
    let bytes = contents(file, path, work)?;
    let by_path = || Format::from_path(path, Direction::Read);
    let told = format.or_else(|| Format::detect(&bytes));
    let format = told.map_or_else(by_path, Ok)?;
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let options = &ReadOptions { stem, ..*options };
    read_within(&bytes, format, options, work)
}

/// All bytes of a file.
pub(crate) fn contents(file: File, path: &Path, work: &Work<'_>) -> Result<Vec<u8>> {
    let failed = |source: io::Error| Error::Io { action: "read", path: path.to_owned(), source };
    let length = file.metadata().map_err(failed)?.len();
    let mut bytes = Vec::new();
    if length <= FILE_BYTES_MAX {
        // Once it is reserved it counts, and if that is too much it need not be read.
        bytes.reserve_exact(length as usize + 1);
        work.spend(length)?;
        file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    // The file may have grown since it was looked at.
    if length.max(bytes.len() as u64) > FILE_BYTES_MAX {
        let path = path.display();
        return Err(Error::TooLarge(format!("{path} has more than {FILE_BYTES_MAX} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{WriteOptions, write};

    fn load(file: File, path: &Path) -> Result<Document> {
        super::load(file, path, None, &ReadOptions::default(), &Work::unbounded())
    }

    #[test]
    fn a_written_file_loads() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.gox");
        let project = crate::testing::sample_project();
        let mut file = File::create(&path).unwrap();
        write(&project, Format::Gox, &WriteOptions::default(), &mut file).unwrap();
        let loaded = load(File::open(&path).unwrap(), &path).unwrap();
        assert_eq!(loaded.layers, project.layers());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        fs::write(&path, "x").unwrap();
        let unknown = load(File::open(&path).unwrap(), &path);
        assert!(matches!(unknown, Err(Error::UnknownFormat { .. })));
        let error = load(File::open(directory.path()).unwrap(), directory.path()).unwrap_err();
        let said = format!("cannot read {}", directory.path().display());
        assert!(error.to_string().starts_with(&said), "{error}");
    }

    #[test]
    fn a_file_over_the_limit_is_not_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("large.gox");
        File::create(&path).unwrap().set_len(FILE_BYTES_MAX + 1).unwrap();
        let error = load(File::open(&path).unwrap(), &path).unwrap_err();
        assert!(matches!(error, Error::TooLarge(_)), "{error}");
    }
}
