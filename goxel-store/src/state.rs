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
mod decode;
mod error;
mod from_sections;
mod more;
mod salvage;
mod section;
mod structure;
mod summary;
mod tile;
mod verify;
mod voxels;

#[cfg(test)]
pub(crate) mod tests;

use std::io::{self, Write};

use crc32fast::Hasher;
use goxel_core::{Project, Work};

use self::bytes::Put;
pub(crate) use self::change::check as check_change;
pub use self::change::{apply, apply_within, change, write_change};
pub use self::decode::{decode, decode_within, read_within};
pub use self::error::{ReadError, StateError};
pub use self::salvage::Loss;
pub(crate) use self::salvage::salvage;
use self::section::{Sections, Tag};
pub use self::summary::{Summary, summary};
pub(crate) use self::verify::verify;
use self::voxels::VoxelWriter;

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

/// The bytes of a project: see [`write()`].
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
    write_within(project, out, &Work::unbounded())
}

/// [`write()`] as far as `work` lets it.
///
/// # Errors
/// What `out` and `work` say.
pub fn write_within(project: &Project, out: &mut impl Write, work: &Work<'_>) -> io::Result<()> {
    write_by(project, out, VoxelWriter::new(work))
}

fn write_by<'a>(
    project: &'a Project,
    out: &mut impl Write,
    mut voxels: VoxelWriter<'a>,
) -> io::Result<()> {
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
    if more::is_more(project.scene()) {
        body.clear();
        more::put_more(project.scene(), &mut body);
        writer.put(Tag::More, &body)?;
    }
    if !project.scene().opaque().is_empty() {
        body.clear();
        more::put_opaque(project.scene(), &mut body);
        writer.put(Tag::Opaque, &body)?;
    }
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
        self.put_section(&name, if tag.may_skip() { MAY_SKIP } else { 0 }, body)
    }
}
