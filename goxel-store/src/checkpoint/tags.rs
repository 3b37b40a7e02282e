//! [`Tag`]: a version that somebody has given a name, in a file of its own, which no other file is needed for.
//!
//! ```text
//! tag-<identity>-<version>-<name>       the name as hexadecimal digits of its UTF-8
//!
//!  0  8 "goxeltag"                       24  8 version
//!  8  4 version of the format            32  8 when it was set, in milliseconds since 1970
//! 12  4 CRC-32 of all other bytes        40  1 bytes of the name, which follows; then a state
//!       of the head                            (see crate::state), of this identity and version
//! 16  8 number of the identity
//! ```
//!
//! It is a state of its own, and not a mark at what is kept anyway, so that it outlives the history. For the same
//! reason nothing but its version is made of it: records of the log may be of another time, after a repair.

use std::collections::BTreeSet;
use std::io::{BufReader, Read, Write};

use goxel_core::Project;

use super::read::FromFile;
use super::remove::remove;
use super::tag_name::TagName;
use super::write::{put, too_long};
use super::{CheckpointError, Summary};
use crate::disk::{Disk, failed};
use crate::state::{self, ReadError};

const MAGIC: [u8; 8] = *b"goxeltag";
const FORMAT: u32 = 1;
/// Bytes before the name.
const FIXED_BYTES: usize = 41;
/// Bytes that are read at once.
const READ_BYTES: usize = 256 << 10;

/// A version that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The number of the project's identity.
    pub identity: u64,
    /// Which version it is.
    pub version: u64,
    /// What it is called.
    pub name: String,
    /// When it was set, in milliseconds since 1970; 0 where that cannot be read.
    pub time_ms: u64,
}

impl Tag {
    fn file(&self) -> String {
        let (identity, version, name) = (self.identity, self.version, self.name.clone());
        TagName { identity, version, name }.file()
    }

    fn head(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
        for number in [self.identity, self.version, self.time_ms] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.push(self.name.len() as u8);
        bytes.extend_from_slice(self.name.as_bytes());
        let sum = checksum(&bytes);
        bytes[12..16].copy_from_slice(&sum.to_le_bytes());
        bytes
    }
}

fn checksum(head: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&head[..12]);
    hasher.update(&head[16..]);
    hasher.finalize()
}

/// The tags of a project, by version and name.
///
/// # Errors
/// Where the directory cannot be listed. A tag whose file is damaged is there, without its time.
pub fn tags(disk: &dyn Disk, identity: u64) -> Result<Vec<Tag>, CheckpointError> {
    let names = disk.names().map_err(failed(disk, "list", "the files"))?;
    let found = names.iter().filter_map(|name| TagName::parse(name));
    let mut tags: Vec<Tag> = found
        .filter(|tag| tag.identity == identity)
        .map(|TagName { identity, version, name }| Tag { identity, version, name, time_ms: 0 })
        .collect();
    for tag in &mut tags {
        tag.time_ms = read_head(disk, tag).unwrap_or(0);
    }
    tags.sort_unstable_by(|a, b| (a.version, &a.name).cmp(&(b.version, &b.name)));
    Ok(tags)
}

/// The projects that have tags, by the number of their identity.
///
/// # Errors
/// Where the directory cannot be listed.
pub fn tagged(disk: &dyn Disk) -> Result<BTreeSet<u64>, CheckpointError> {
    let names = disk.names().map_err(failed(disk, "list", "the files"))?;
    Ok(names.iter().filter_map(|name| TagName::parse(name)).map(|tag| tag.identity).collect())
}

/// Keeps a project, which is what it was at the tag's version, under the tag's name.
///
/// # Errors
/// [`CheckpointError`]; there is no such tag then.
pub fn write_tag(disk: &dyn Disk, tag: &Tag, project: &Project) -> Result<(), CheckpointError> {
    let name = tag.file();
    let written = put(disk, &name, u64::MAX, |out| {
        out.write_all(&tag.head())?;
        state::write(project, out)
    })?;
    written.map(|_| ()).ok_or_else(|| too_long(disk, name))
}

/// Removes a tag.
///
/// # Errors
/// Where its file cannot be removed.
pub fn remove_tag(disk: &dyn Disk, tag: &Tag) -> Result<(), CheckpointError> {
    remove(disk, std::iter::once(tag.file()))
}

/// The project that a tag keeps. It may take so many bytes of memory.
///
/// # Errors
/// Where the file cannot be read.
pub fn read_tag(disk: &dyn Disk, tag: &Tag, memory: u64) -> Result<Project, CheckpointError> {
    let name = tag.file();
    read_head(disk, tag)?;
    let file = disk.open(&name).map_err(failed(disk, "open", &name))?;
    let start = (FIXED_BYTES + tag.name.len()) as u64;
    let mut from = BufReader::with_capacity(READ_BYTES, FromFile { file: &*file, offset: start });
    let project = state::read_within(&mut from, memory).map_err(|error| match error {
        ReadError::State(error) => CheckpointError::of(disk, &name, start, error),
        ReadError::Io(error) => failed(disk, "read", &name)(error).into(),
    })?;
    let Summary { identity, version, .. } = Summary::of(&project);
    if (identity, version) != (tag.identity, tag.version) {
        let what = "it holds another version than its name says";
        return Err(CheckpointError::damaged(disk, &name, start, what));
    }
    Ok(project)
}

/// Looks whether a tag is as it was written.
pub(super) fn check_tag(
    disk: &dyn Disk,
    TagName { identity, version, name }: TagName,
    memory: u64,
) -> Result<(), CheckpointError> {
    read_tag(disk, &Tag { identity, version, name, time_ms: 0 }, memory).map(|_| ())
}

/// When a tag was set, as the head of its file says, which has to say what its name does.
fn read_head(disk: &dyn Disk, tag: &Tag) -> Result<u64, CheckpointError> {
    let name = tag.file();
    let file = disk.open(&name).map_err(failed(disk, "open", &name))?;
    let mut head = Vec::new();
    FromFile { file: &*file, offset: 0 }
        .take((FIXED_BYTES + tag.name.len()) as u64)
        .read_to_end(&mut head)
        .map_err(failed(disk, "read", &name))?;
    let time: Option<[u8; 8]> = head.get(32..40).and_then(|bytes| bytes.try_into().ok());
    let time_ms = time.map_or(0, u64::from_le_bytes);
    if head != (Tag { time_ms, ..tag.clone() }.head()) {
        let what = "its head is not what its name says";
        return Err(CheckpointError::damaged(disk, &name, 0, what));
    }
    Ok(time_ms)
}

#[cfg(test)]
mod tests {
    use goxel_core::Identity;

    use super::super::tests::noise;
    use super::*;
    use crate::disk::SimulatedDisk;

    const MEMORY: u64 = 1 << 30;

    fn tag(name: &str, version: u64) -> Tag {
        Tag { identity: 7, version, name: name.to_owned(), time_ms: 1_700_000_000_000 }
    }

    fn project(version: u64) -> Project {
        noise(1, version % 100).known_as(Identity::of(7), version)
    }

    #[test]
    fn tags_are_read_as_they_were_written() {
        let disk = SimulatedDisk::new(1);
        let all = [tag("a", 3), tag("vor dem Dach \u{1f3f0}", 3), tag(&"x".repeat(64), u64::MAX)];
        for tag in &all {
            write_tag(&disk, tag, &project(tag.version)).unwrap();
        }
        let of_another = Tag { identity: 8, ..tag("b", 1) };
        write_tag(&disk, &of_another, &project(1).known_as(Identity::of(8), 1)).unwrap();
        assert_eq!(tags(&disk, 7).unwrap(), all);
        for tag in &all {
            let read = read_tag(&disk, tag, MEMORY).unwrap();
            assert_eq!(read.layers(), project(tag.version).layers());
            assert_eq!(read.version(), tag.version);
        }
        remove_tag(&disk, &all[0]).unwrap();
        assert_eq!(tags(&disk, 7).unwrap(), all[1..]);
    }

    #[test]
    fn one_that_is_damaged_is_told_of() {
        let disk = SimulatedDisk::new(2);
        let tag = tag("a", 3);
        write_tag(&disk, &tag, &project(3)).unwrap();
        let bits = disk.open(&tag.file()).unwrap().len().unwrap() * 8;
        for bit in (0..400).chain((400..bits).step_by(997)) {
            disk.flip(&tag.file(), bit);
            let found = read_tag(&disk, &tag, MEMORY).err().map(|error| error.to_string());
            assert!(found.is_some_and(|text| text.contains(&tag.file())), "bit {bit}");
            disk.flip(&tag.file(), bit);
        }
    }
}
