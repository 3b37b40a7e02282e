//! [`Files`]: the files that a script can open. There are none but what the daemon hands over to be read, and what
//! a format is to write; both are memory.

use std::cell::RefCell;
use std::rc::Rc;

use goxel_proto::worker::Action;

/// What a format may write: with the value of a script it fits into what the daemon takes beside voxels.
const WRITTEN_BYTES_MAX: usize = 48 << 20;

/// The files of one script. A clone has the same ones.
#[derive(Clone)]
pub(crate) struct Files(Rc<Both>);

struct Both {
    readable: Option<(String, Rc<RefCell<Vec<u8>>>)>,
    writable: Option<(String, Rc<RefCell<Vec<u8>>>)>,
}

impl Files {
    /// Those that the action names.
    pub(crate) fn of(action: &Action) -> Self {
        let (readable, writable) = match action {
            Action::Import(path, bytes) => (Some((path.clone(), bytes.clone())), None),
            Action::Export(path) => (None, Some((path.clone(), Vec::new()))),
            Action::Evaluate | Action::Registered(_) => (None, None),
        };
        let shared = |(path, bytes)| (path, Rc::new(RefCell::new(bytes)));
        Self(Rc::new(Both { readable: readable.map(shared), writable: writable.map(shared) }))
    }

    /// Opens a file as C does it.
    pub(super) fn open(&self, path: &str, mode: &str) -> Result<File, String> {
        let reads = mode.starts_with('r');
        let known = if reads { &self.0.readable } else { &self.0.writable };
        if let Some((_, bytes)) = known.as_ref().filter(|(known, _)| known == path) {
            if mode.starts_with('w') {
                bytes.borrow_mut().clear();
            }
            let at = if mode.starts_with('a') { bytes.borrow().len() } else { 0 };
            return Ok(File { bytes: bytes.clone(), at, reads, is_at_end: false });
        }
        let to = if reads { "read" } else { "written" };
        Err(match known {
            Some((known, _)) => {
                format!("`{path}` cannot be {to}: here the one file for that is `{known}`")
            }
            None => format!(
                "`{path}` cannot be {to}: a script reaches files only where its format reads or writes one"
            ),
        })
    }

    /// What was written.
    pub(crate) fn take_written(&self) -> Vec<u8> {
        self.0
            .writable
            .as_ref()
            .map(|(_, bytes)| std::mem::take(&mut *bytes.borrow_mut()))
            .unwrap_or_default()
    }
}

/// An open file.
#[derive(Debug)]
pub(super) struct File {
    bytes: Rc<RefCell<Vec<u8>>>,
    at: usize,
    reads: bool,
    is_at_end: bool,
}

impl File {
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        if self.reads {
            return Err("the file was opened to be read".to_owned());
        }
        let mut all = self.bytes.borrow_mut();
        let end = self.at.saturating_add(bytes.len());
        if end > WRITTEN_BYTES_MAX {
            return Err(format!(
                "the file would have {end} bytes, where {WRITTEN_BYTES_MAX} are the most"
            ));
        }
        if all.len() < end {
            all.resize(end, 0);
        }
        all[self.at..end].copy_from_slice(bytes);
        self.at = end;
        Ok(())
    }

    /// The next bytes, at most so many.
    pub(super) fn read(&mut self, most: usize) -> Vec<u8> {
        let all = self.bytes.borrow();
        let rest = all.get(self.at..).unwrap_or_default();
        let read = &rest[..most.min(rest.len())];
        self.is_at_end = read.len() < most;
        self.at += read.len();
        read.to_vec()
    }

    /// The next line, without its end.
    pub(super) fn line(&mut self) -> Option<Vec<u8>> {
        let all = self.bytes.clone();
        let all = all.borrow();
        let rest = all.get(self.at..).filter(|rest| !rest.is_empty());
        let Some(rest) = rest else {
            self.is_at_end = true;
            return None;
        };
        let line = rest.split(|&byte| byte == b'\n').next().unwrap_or_default();
        self.at = (self.at + line.len() + 1).min(all.len());
        Some(line.to_vec())
    }

    /// Goes to a place: from the start (0), from here (1) or from the end (2).
    pub(super) fn seek(&mut self, offset: i64, from: i32) -> Result<(), String> {
        let from = match from {
            0 => 0,
            1 => self.at,
            2 => self.bytes.borrow().len(),
            _ => return Err("a file is sought from SEEK_SET, SEEK_CUR or SEEK_END".to_owned()),
        };
        let at = i64::try_from(from).ok().and_then(|from| from.checked_add(offset));
        let at = at.and_then(|at| usize::try_from(at).ok()).filter(|&at| at <= WRITTEN_BYTES_MAX);
        self.at = at.ok_or("that place is before the start of the file, or far behind its end")?;
        self.is_at_end = false;
        Ok(())
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.is_at_end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_writes_its_file_and_no_other() {
        let files = Files::of(&Action::Export("a.x".to_owned()));
        let mut file = files.open("a.x", "w").unwrap();
        file.write(b"hello").unwrap();
        file.seek(0, 0).unwrap();
        file.write(b"J").unwrap();
        assert_eq!(
            files.open("/etc/passwd", "w").unwrap_err(),
            "`/etc/passwd` cannot be written: here the one file for that is `a.x`"
        );
        assert!(
            files
                .open("a.x", "r")
                .unwrap_err()
                .contains("cannot be read: a script reaches files only where")
        );
        assert_eq!(files.take_written(), b"Jello");
    }

    #[test]
    fn a_format_reads_its_file() {
        let files = Files::of(&Action::Import("a.x".to_owned(), b"one\ntwo".to_vec()));
        let mut file = files.open("a.x", "rb").unwrap();
        assert_eq!(file.line().unwrap(), b"one");
        assert_eq!(file.at(), 4);
        assert_eq!(file.read(100), b"two");
        assert!(file.is_at_end());
        assert_eq!(file.line(), None);
        file.seek(-3, 2).unwrap();
        assert_eq!(file.read(2), b"tw");
        assert!(!file.is_at_end());
        assert!(file.seek(-100, 1).is_err());
        assert!(file.write(b"x").unwrap_err().contains("opened to be read"));
    }

    #[test]
    fn a_file_has_an_end_that_it_cannot_pass() {
        let files = Files::of(&Action::Export("a.x".to_owned()));
        let mut file = files.open("a.x", "w").unwrap();
        file.seek(WRITTEN_BYTES_MAX as i64, 0).unwrap();
        assert!(file.write(b"x").unwrap_err().contains("are the most"));
        assert!(file.seek(WRITTEN_BYTES_MAX as i64 + 1, 0).is_err());
        assert!(file.seek(i64::MAX, 1).is_err());
    }

    #[test]
    fn a_script_that_is_only_evaluated_has_no_files() {
        let files = Files::of(&Action::Evaluate);
        assert!(files.open("a", "w").is_err() && files.open("a", "r").is_err());
    }
}
