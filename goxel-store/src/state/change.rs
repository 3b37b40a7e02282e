//! Changes: what tells a project from what it was before.
//!
//! ```text
//! format     1
//! version    that of the project after the change
//! sections   number (the highest bit: may be skipped), length, body
//! checksum   CRC-32 of all before it
//! ```

use std::io::{self, Write};

use crc32fast::Hasher;
use goxel_core::{Layer, Project, Scene, Unfit, Volume, Work};

use super::bytes::{Put, Taker};
use super::section::{Sections, Tag};
use super::voxels::{Budget, VoxelReader, VoxelWriter};
use super::{StateError, memory_max, more, structure};

/// The format of changes that is written.
const FORMAT: u8 = 1;
/// A section may be skipped by those who do not know it.
const MAY_SKIP: u8 = 0x80;
const CHECKSUM_BYTES: usize = 4;
/// What errors call what is outside of sections.
const NAME: &str = "change";

/// What makes `after` of `before`: the version, what differs of the rest, and the tiles that differ. `None`
/// where nothing does. The identity is not a part of it.
///
/// It costs by what differs where one was made of the other by edits: what both share is not looked at.
#[must_use]
pub fn change(before: &Project, after: &Project) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    // A vector takes all bytes.
    let Ok(differs) = write_change(before, after, &mut bytes) else {
        unreachable!("no disk is written to")
    };
    differs.then_some(bytes)
}

/// Writes [`change()`], and says whether anything differs: where nothing does, what was written says so,
/// and is of no use. It holds about a megabyte, and some 60 bytes for each tile of a content of its own.
///
/// # Errors
/// What `out` says.
pub fn write_change(before: &Project, after: &Project, out: &mut impl Write) -> io::Result<bool> {
    let mut out = Change { out, whole: Hasher::new(), has_sections: false };
    let mut start = vec![FORMAT];
    start.put_varint(after.version());
    out.put_bytes(&start)?;
    put_sections(before, after, &mut out)?;
    let checksum = out.whole.clone().finalize();
    out.put_bytes(&checksum.to_le_bytes())?;
    Ok(out.has_sections || before.version() != after.version())
}

fn put_sections(before: &Project, after: &Project, out: &mut impl Sections) -> io::Result<()> {
    let mut body = Vec::new();
    if !structure::same_head(before, after) {
        structure::put_head(after, &mut body);
        out.put(Tag::Head, &body)?;
    }
    if !structure::same_layers(before.layers(), after.layers()) {
        body.clear();
        structure::put_layers(after.layers(), &mut body);
        out.put(Tag::Layers, &body)?;
    }
    put_scene(before.scene(), after.scene(), out)?;
    let work = Work::unbounded();
    let mut voxels = VoxelWriter::new(&work);
    for (index, layer) in after.layers().iter().enumerate() {
        let own = find(before.layers(), layer, index);
        if own.map_or(layer.volume.is_empty(), |own| own.volume.same(&layer.volume)) {
            continue;
        }
        // One that was copied has the voxels of another.
        match before.layers().iter().find(|other| other.volume.same(&layer.volume)) {
            Some(base) => voxels.put_changes(layer, &base.volume, base.id.0, out)?,
            None => {
                let empty = Volume::new();
                let own = own.map_or(&empty, |own| &own.volume);
                voxels.put_changes(layer, own, 0, out)?;
            }
        }
    }
    voxels.finish(out)
}

/// A scene that is put has nothing more, but what is opaque is as it was: it may be large.
fn put_scene(before: &Scene, after: &Scene, out: &mut impl Sections) -> io::Result<()> {
    let mut body = Vec::new();
    let differs = !structure::same_scene(before, after);
    if differs {
        structure::put_scene(after, &mut body);
        out.put(Tag::Scene, &body)?;
    }
    if !structure::same_more(before, after) || differs && more::is_more(after) {
        body.clear();
        more::put_more(after, &mut body);
        out.put(Tag::More, &body)?;
    }
    if before.opaque() != after.opaque() {
        body.clear();
        more::put_opaque(after, &mut body);
        out.put(Tag::Opaque, &body)?;
    }
    Ok(())
}

/// The layer of the same id. Most are in the same place.
fn find<'a>(layers: &'a [Layer], layer: &Layer, index: usize) -> Option<&'a Layer> {
    let near = layers.get(index).filter(|near| near.id == layer.id);
    near.or_else(|| layers.iter().find(|other| other.id == layer.id))
}

/// Makes of a project what it was after the change, as [`change`] says it; it must be as it was before that.
/// What was done before can be undone no more.
///
/// # Errors
/// [`StateError`]; the project is then as it was.
pub fn apply(project: &mut Project, change: &[u8]) -> Result<(), StateError> {
    apply_within(project, change, memory_max(change.len()))
}

/// [`apply`], where the change may take so many bytes of memory beside what the project has, as they are
/// reckoned beforehand: what it then takes is less.
///
/// # Errors
/// As of [`apply`].
pub fn apply_within(project: &mut Project, change: &[u8], memory: u64) -> Result<(), StateError> {
    let mut from = take_start(change)?;
    let mut parts = project.parts();
    parts.version = from.varint()?;
    let mut voxels = VoxelReader::new(Budget::new(memory));
    while !from.is_empty() {
        let offset = from.offset();
        let number = from.u8()?;
        let length = from.count(from.left())?;
        let start = from.offset();
        let body = from.take(length)?;
        let Some(tag) = Tag::of_number(number) else {
            if number & MAY_SKIP != 0 {
                continue;
            }
            return Err(StateError::Unknown { section: number.to_string(), offset });
        };
        let mut body = Taker::new(tag.name(), start, body);
        match tag {
            Tag::Head => structure::take_head(&mut body, &mut parts)?,
            Tag::Layers => {
                let mut layers = structure::take_layers(&mut body)?;
                for (index, layer) in layers.iter_mut().enumerate() {
                    if let Some(own) = find(project.layers(), layer, index) {
                        layer.volume = own.volume.clone();
                    }
                }
                parts.layers = layers;
            }
            Tag::Scene | Tag::More | Tag::Opaque => {
                let scene = parts.scene.as_ref().unwrap_or_else(|| project.scene());
                parts.scene = Some(take_scene(tag, &mut body, scene)?);
            }
            Tag::Tiles => voxels.take_tiles(&mut body, tag.name())?,
            Tag::Places => {
                voxels.take_places(&mut body, &mut parts.layers, project.layers())?;
            }
            Tag::Project | Tag::End => return Err(body.damaged("it has no place in a change")),
        }
    }
    Ok(project.put(parts)?)
}

/// What a section makes of a scene.
fn take_scene(tag: Tag, body: &mut Taker<'_>, scene: &Scene) -> Result<Scene, StateError> {
    match tag {
        Tag::More => more::take_more(body, scene),
        Tag::Opaque => more::take_all_opaque(body, scene),
        _ => {
            let mut fresh = structure::take_scene(body)?;
            fresh.set_opaque(scene.opaque().to_vec()).map_err(Unfit::from)?;
            Ok(fresh)
        }
    }
}

/// Looks whether the bytes of a change are what was written.
///
/// # Errors
/// [`StateError`].
pub(crate) fn check(change: &[u8]) -> Result<(), StateError> {
    take_start(change).map(|_| ())
}

/// Reads what is before the version and behind the sections. Gives what is between.
fn take_start(change: &[u8]) -> Result<Taker<'_>, StateError> {
    let whole = Taker::new(NAME, 0, change);
    let Some((sections, checksum)) = change.split_last_chunk::<CHECKSUM_BYTES>() else {
        return Err(whole.damaged("it ends too early"));
    };
    if crc32fast::hash(sections) != u32::from_le_bytes(*checksum) {
        return Err(whole.damaged("its checksum is another"));
    }
    let mut from = Taker::new(NAME, 0, sections);
    let format = from.u8()?;
    if format != FORMAT {
        return Err(StateError::Format { found: format.into(), ours: FORMAT.into() });
    }
    Ok(from)
}

/// Writes sections, and adds up the checksum of all.
struct Change<'a, W> {
    out: &'a mut W,
    whole: Hasher,
    has_sections: bool,
}

impl<W: Write> Change<'_, W> {
    fn put_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.whole.update(bytes);
        self.out.write_all(bytes)
    }
}

impl<W: Write> Sections for Change<'_, W> {
    fn put(&mut self, tag: Tag, body: &[u8]) -> io::Result<()> {
        self.has_sections = true;
        let mut head = vec![tag.number()];
        head.put_varint(body.len() as u64);
        self.put_bytes(&head)?;
        self.put_bytes(body)
    }
}
