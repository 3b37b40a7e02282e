//! [`Nearby`]: the files beside one that is read, and which of them are not there.

use std::io::Read as _;

use goxel_core::Work;
use goxel_proto::types::Loss;

use crate::limits::FILE_BYTES_MAX;
use crate::report::lose;
use crate::{Error, Neighbours, ReadOptions, Result, Warning};

/// Files beside it that a file may name. Scenes of hundreds of materials have a texture or two for each.
const FILES_MAX: usize = 1024;
/// How many of those that are missing are told by name.
const NAMES_MAX: usize = 4;
/// Letters of such a name.
const NAME_LETTERS_MAX: usize = 64;
/// Bytes that are read at once, between two looks at whether to go on.
const STEP_BYTES: usize = 1 << 20;

/// Finds the files that one names.
pub(crate) struct Nearby<'a> {
    neighbours: Option<&'a dyn Neighbours>,
    work: &'a Work<'a>,
    asked: usize,
    /// Bytes of all files so far.
    bytes: u64,
    missing: Vec<String>,
    missing_count: u64,
}

impl<'a> Nearby<'a> {
    pub(crate) fn new(options: &ReadOptions<'a>, work: &'a Work<'a>) -> Self {
        Self {
            neighbours: options.neighbours,
            work,
            asked: 0,
            bytes: 0,
            missing: Vec::new(),
            missing_count: 0,
        }
    }

    /// The bytes of a file. Nothing, which is remembered, where there is none.
    pub(crate) fn read(&mut self, named: &str) -> Result<Option<Vec<u8>>> {
        let bytes = self.try_read(named)?;
        if bytes.is_none() {
            self.missing_count += 1;
            if self.missing.len() < NAMES_MAX {
                self.missing.push(shown(named));
            }
        }
        Ok(bytes)
    }

    /// As [`Self::read`], for one of several names that a file may have.
    pub(crate) fn try_read(&mut self, named: &str) -> Result<Option<Vec<u8>>> {
        self.asked += 1;
        if self.asked > FILES_MAX {
            return Err(Error::TooLarge(format!("it names more than {FILES_MAX} files beside it")));
        }
        let Some((neighbours, path)) = self.neighbours.zip(below(named)) else { return Ok(None) };
        let Some(mut file) = neighbours.open(&path) else { return Ok(None) };
        let mut bytes = Vec::new();
        loop {
            let before = bytes.len();
            let mut step = file.by_ref().take(STEP_BYTES as u64);
            if step.read_to_end(&mut bytes).is_err() {
                return Ok(None);
            }
            let read = (bytes.len() - before) as u64;
            self.work.spend(read)?;
            self.bytes += read;
            if self.bytes > FILE_BYTES_MAX {
                let what = format!("files beside it have more than {FILE_BYTES_MAX} bytes");
                return Err(Error::TooLarge(what));
            }
            if read == 0 {
                return Ok(Some(bytes));
            }
        }
    }

    /// Tells which files are missing.
    pub(crate) fn tell(&self, warnings: &mut Vec<Warning>) {
        let mut names = self.missing.join(", ");
        if self.missing_count > self.missing.len() as u64 {
            names.push_str(" ...");
        }
        let what = format!(
            "files beside it are not there, or not to be read; what they would colour is plain: {names}"
        );
        lose(warnings, Loss::MissingFiles, what, self.missing_count);
    }
}

/// A name as people may see it: no more than a line of it, and nothing that a terminal would follow.
fn shown(named: &str) -> String {
    let letters = named.chars().take(NAME_LETTERS_MAX);
    letters.map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// A path that goes down from here, as [`Neighbours`] takes it; programs of Windows write it with backslashes.
fn below(named: &str) -> Option<String> {
    let path = named.trim().replace('\\', "/");
    let names = path.split('/').filter(|name| !matches!(*name, "" | "."));
    let goes_down = !path.starts_with('/')
        && names.clone().all(|name| name != ".." && !name.contains([':', '\0']));
    let names: Vec<&str> = names.collect();
    (goes_down && !names.is_empty()).then(|| names.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_go_down_are_followed() {
        for (named, expected) in [
            ("a b.png", Some("a b.png")),
            (r".\maps\\a.png", Some("maps/a.png")),
            ("../a.png", None),
            ("maps/../../a.png", None),
            ("/etc/passwd", None),
            (r"C:\maps\a.png", None),
            ("a\0b", None),
            (" ", None),
            ("./", None),
        ] {
            assert_eq!(below(named).as_deref(), expected, "{named:?}");
        }
    }

    #[test]
    fn names_are_shown_in_a_line() {
        assert_eq!(shown("a\u{1b}[2J\tb"), "a?[2J?b");
        assert_eq!(shown(&"x".repeat(1000)).len(), NAME_LETTERS_MAX);
    }
}
