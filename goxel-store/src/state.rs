//! The state of a project as bytes: whole ([`encode`], [`decode`]), and what changed ([`change()`], [`apply`]).
//!
//! Whole, it is a head and sections, each with its checksum; the last one has that of all. What is the
//! same in several places is there once. `docs/STORAGE.md` has it byte by byte.
//!
//! ```text
//! head       "goxstate", version of the format, CRC-32 of both
//! section    name (4), flags (1), 0 (3), length (4), CRC-32 of these twelve bytes and the body (4), body
//! ```
//!
//! Whatever the bytes are, reading them neither panics nor takes more memory than it may.

mod blocks;
mod bytes;
mod change;
mod error;
mod section;
mod structure;
mod summary;
mod tile;
mod voxels;

#[cfg(test)]
pub(crate) mod tests;

use std::io::{self, Write};

use crc32fast::Hasher;
use goxel_core::{Identity, Layer, Parts, Project};
use goxel_proto::types::{Aabb, LayerId};

use self::bytes::{Put, Taker};
pub(crate) use self::change::check as check_change;
pub use self::change::{apply, apply_within, change, write_change};
pub use self::error::StateError;
use self::section::{Sections, Tag};
pub use self::summary::{Summary, summary};
use self::voxels::{Budget, VoxelReader, VoxelWriter};

/// What the bytes of a project begin with.
const MAGIC: [u8; 8] = *b"goxstate";
/// The version of the format that is written.
const FORMAT: u32 = 1;
/// Of the head: what its checksum is of.
const HEAD_BYTES: usize = MAGIC.len() + 4;
/// Of a section's head: what its checksum is of, beside the body.
const SECTION_BYTES: usize = 12;
/// A section may be skipped by those who do not know it. The other flags must be 0.
const MAY_SKIP: u8 = 1;
/// Memory that a project may take however few its bytes are: some pages of one colour each are few.
const MEMORY_MIN: u64 = 1 << 30;
/// Memory that it may take for each of its bytes. Tiles that differ take three bytes each to be told apart
/// where they are ten million, and 17 KB in memory; where they are fewer, [`MEMORY_MIN`] is more.
const MEMORY_RATIO: u64 = 4096;

/// The memory that a project or a change of so many bytes may take.
fn memory_max(bytes: usize) -> u64 {
    (bytes as u64).saturating_mul(MEMORY_RATIO).max(MEMORY_MIN)
}

/// The bytes of a project: see [`write`].
#[must_use]
pub fn encode(project: &Project) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A vector takes all bytes.
    let Ok(()) = write(project, &mut bytes) else { unreachable!("no disk is written to") };
    bytes
}

/// Writes all of a project but its history: everything that has it go on as if it had never been bytes.
/// It holds about a megabyte, and some 60 bytes for each tile of a content of its own.
///
/// # Errors
/// What `out` says.
pub fn write(project: &Project, out: &mut impl Write) -> io::Result<()> {
    let mut writer = Writer::begin(out)?;
    let mut body = Vec::new();
    Summary::of(project).put(&mut body);
    writer.put(Tag::Project, &body)?;
    body.clear();
    structure::put_head(project, &mut body);
    writer.put(Tag::Head, &body)?;
    body.clear();
    structure::put_layers(project.layers(), &mut body);
    writer.put(Tag::Layers, &body)?;
    body.clear();
    structure::put_scene(project.scene(), &mut body);
    writer.put(Tag::Scene, &body)?;
    let mut voxels = VoxelWriter::new();
    for layer in project.layers() {
        voxels.put_layer(layer, &mut writer)?;
    }
    voxels.finish(&mut writer)?;
    writer.end()
}

/// Writes sections, and adds up the checksum of all.
struct Writer<'a, W> {
    out: &'a mut W,
    whole: Hasher,
}

impl<'a, W: Write> Writer<'a, W> {
    fn begin(out: &'a mut W) -> io::Result<Self> {
        let mut head = MAGIC.to_vec();
        head.put_u32(FORMAT);
        let checksum = crc32fast::hash(&head);
        head.put_u32(checksum);
        let mut writer = Self { out, whole: Hasher::new() };
        writer.put_bytes(&head)?;
        Ok(writer)
    }

    fn put_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.whole.update(bytes);
        self.out.write_all(bytes)
    }

    fn put_section(&mut self, name: &[u8; 4], flags: u8, body: &[u8]) -> io::Result<()> {
        let length = u32::try_from(body.len());
        let length = length.map_err(|_| io::Error::other("a section of 4 GB or more"))?;
        let mut head = name.to_vec();
        head.put(&[flags, 0, 0, 0]);
        head.put_u32(length);
        let mut checksum = Hasher::new();
        checksum.update(&head);
        checksum.update(body);
        head.put_u32(checksum.finalize());
        self.put_bytes(&head)?;
        self.put_bytes(body)
    }

    fn end(mut self) -> io::Result<()> {
        let whole = self.whole.clone().finalize();
        self.put(Tag::End, &whole.to_le_bytes())
    }
}

impl<W: Write> Sections for Writer<'_, W> {
    fn put(&mut self, tag: Tag, body: &[u8]) -> io::Result<()> {
        let mut name = [0; 4];
        name.copy_from_slice(tag.name().as_bytes());
        self.put_section(&name, 0, body)
    }
}

/// The project of these bytes. It has no history, and nothing in it is unsaved.
///
/// # Errors
/// [`StateError`]. It is [`StateError::TooLarge`] where the project would take a GB of memory and 4096
/// times as much as its bytes.
pub fn decode(bytes: &[u8]) -> Result<Project, StateError> {
    decode_within(bytes, memory_max(bytes.len()))
}

/// [`decode`], where the project may take so many bytes of memory, as they are reckoned beforehand: what
/// it then takes is less.
///
/// # Errors
/// [`StateError`].
pub fn decode_within(bytes: &[u8], memory: u64) -> Result<Project, StateError> {
    let mut from = take_start(bytes)?;
    let mut reader = Reader::new(memory);
    loop {
        let offset = from.offset();
        let Some((tag, body)) = take_section(&mut from, bytes)? else { continue };
        let mut body = Taker::new(tag.name(), from.offset() - body.len() as u64, body);
        if tag == Tag::End {
            let before = bytes.get(..offset as usize).unwrap_or_default();
            if body.u32()? != crc32fast::hash(before) {
                return Err(body.damaged("the checksum of all is another"));
            }
            body.end()?;
            from.end()?;
            return reader.finish(&from);
        }
        reader.take(tag, &mut body)?;
    }
}

/// Reads the head. Gives what is behind it.
fn take_start(bytes: &[u8]) -> Result<Taker<'_>, StateError> {
    let mut from = Taker::new("head", 0, bytes);
    if !bytes.starts_with(&MAGIC) {
        return Err(StateError::NoState);
    }
    let head = from.take(HEAD_BYTES)?;
    if from.u32()? != crc32fast::hash(head) {
        return Err(from.damaged("its checksum is another"));
    }
    let format = Taker::new("head", 0, &head[MAGIC.len()..]).u32()?;
    if format != FORMAT {
        return Err(StateError::Format { found: format, ours: FORMAT });
    }
    Ok(from)
}

/// Reads a section: its name and its body. Nothing where it is one to be skipped.
fn take_section<'a>(
    from: &mut Taker<'a>,
    bytes: &[u8],
) -> Result<Option<(Tag, &'a [u8])>, StateError> {
    let offset = from.offset();
    let begin = bytes.get(offset as usize..).unwrap_or_default();
    let name = String::from_utf8_lossy(&begin[..begin.len().min(4)]).into_owned();
    let damaged = |what| StateError::Damaged { section: name.clone(), offset, what };
    let head =
        from.take(SECTION_BYTES).map_err(|_| damaged("the bytes end before the project does"))?;
    let mut fields = Taker::new("head", offset, head);
    let (tag, flags) = (fields.take(4)?, fields.take(4)?);
    let length = fields.u32()? as usize;
    let checksum = from.u32().map_err(|_| damaged("it ends too early"))?;
    let body = from.take(length).map_err(|_| damaged("it is longer than what there is"))?;
    let mut real = Hasher::new();
    real.update(head);
    real.update(body);
    if real.finalize() != checksum {
        return Err(damaged("its checksum is another"));
    }
    if flags[0] & !MAY_SKIP != 0 || flags[1..] != [0; 3] {
        return Err(StateError::Unknown { section: name, offset });
    }
    match Tag::of_name(tag) {
        Some(tag) => Ok(Some((tag, body))),
        None if flags[0] & MAY_SKIP != 0 => Ok(None),
        None => Err(StateError::Unknown { section: name, offset }),
    }
}

/// A project that is being read.
struct Reader {
    parts: Parts,
    /// The sections that came.
    seen: Vec<Tag>,
    voxels: VoxelReader,
    /// How many voxels and layers there should be.
    counts: (u64, u32),
}

impl Reader {
    fn new(memory: u64) -> Self {
        let parts = Parts {
            identity: Identity::default(),
            version: 0,
            name: String::new(),
            image: Aabb::default(),
            layers: Vec::new(),
            active: LayerId(0),
            next_layer: 0,
            scene: None,
        };
        let voxels = VoxelReader::new(Budget::new(memory));
        Self { parts, seen: Vec::new(), voxels, counts: (0, 0) }
    }

    fn take(&mut self, tag: Tag, body: &mut Taker<'_>) -> Result<(), StateError> {
        let is_single = !matches!(tag, Tag::Tiles | Tag::Places);
        if is_single && self.seen.contains(&tag) {
            return Err(body.damaged("it is there twice"));
        }
        if is_single {
            self.seen.push(tag);
        }
        match tag {
            Tag::Project => {
                let summary = Summary::take(body)?;
                body.end()?;
                self.parts.identity = Identity::of(summary.identity);
                self.parts.version = summary.version;
                self.counts = (summary.voxels, summary.layers);
                Ok(())
            }
            Tag::Head => structure::take_head(body, &mut self.parts),
            Tag::Layers => {
                self.parts.layers = structure::take_layers(body)?;
                Ok(())
            }
            Tag::Scene => {
                self.parts.scene = Some(structure::take_scene(body)?);
                Ok(())
            }
            Tag::Tiles => self.voxels.take_tiles(body, tag.name()),
            Tag::Places => {
                let none: &[Layer] = &[];
                self.voxels.take_places(body, &mut self.parts.layers, none)
            }
            Tag::End => Err(body.damaged("it has no place here")),
        }
    }

    fn finish(self, from: &Taker<'_>) -> Result<Project, StateError> {
        let needed = [Tag::Project, Tag::Head, Tag::Layers, Tag::Scene];
        if needed.iter().any(|tag| !self.seen.contains(tag)) {
            return Err(from.damaged("a section is missing"));
        }
        let project = Project::restored(self.parts)?;
        if self.counts != (project.count(), project.layers().len() as u32) {
            return Err(from.damaged("another number of voxels or layers than the project has"));
        }
        Ok(project)
    }
}
