//! [`TagName`]: what the files of tags are called.

use goxel_core::Identity;

use super::names::{finished, number, parse_version};

const PREFIX: &str = "tag-";
/// A tag's name has no more bytes: as hexadecimal digits it is to fit the name of a file.
pub const TAG_NAME_BYTES_MAX: usize = 64;

/// What the name of a tag's file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TagName {
    pub(crate) identity: u64,
    pub(crate) version: u64,
    pub(crate) name: String,
}

/// Whether a tag may be called that: 1 to [`TAG_NAME_BYTES_MAX`] bytes, without control characters, and without
/// spaces around it.
#[must_use]
pub fn is_tag_name(name: &str) -> bool {
    (1..=TAG_NAME_BYTES_MAX).contains(&name.len())
        && name.trim() == name
        && !name.chars().any(char::is_control)
}

impl TagName {
    /// Reads the name of a file. `None` where it is another file's.
    pub(crate) fn parse(file: &str) -> Option<Self> {
        let (identity, rest) = file.strip_prefix(PREFIX)?.split_once('-')?;
        let (version, digits) = rest.split_once('-')?;
        let digit = |at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        let name: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(digit).collect();
        let name = String::from_utf8(name?).ok().filter(|name| is_tag_name(name))?;
        let found = Self { identity: number(identity)?, version: parse_version(version)?, name };
        // Other spellings are other files.
        (found.file() == file).then_some(found)
    }

    /// Whether a tag was being written under this name.
    pub(crate) fn is_unfinished(file: &str) -> bool {
        finished(file).is_some_and(|file| Self::parse(file).is_some())
    }

    pub(super) fn file(&self) -> String {
        let digits: String = self.name.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("{PREFIX}{}-{:016x}-{digits}", Identity::of(self.identity), self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_from_others() {
        for name in ["a", "2026", "\u{e4}"] {
            let name = TagName { identity: 1, version: 2, name: name.to_owned() };
            assert_eq!(TagName::parse(&name.file()), Some(name.clone()));
            assert!(TagName::is_unfinished(&format!("{}.tmp", name.file())));
        }
        let version = "tag-0000000001-0000000000000002";
        for end in ["", "-", "-6", "-4A", "-ff", "-20"] {
            assert_eq!(TagName::parse(&format!("{version}{end}")), None, "{end}");
        }
        for name in ["", " a", "a ", "a\nb", &"x".repeat(65)] {
            assert!(!is_tag_name(name), "{name:?}");
        }
    }
}
