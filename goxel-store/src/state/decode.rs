//! Reads a state: from bytes ([`decode`]), or from where they come in turn ([`read_within`]).

use std::io::Read;

use goxel_core::{Identity, Layer, Parts, Project};
use goxel_proto::types::{Aabb, LayerId};

use super::bytes::Taker;
use super::from_sections::FromSections;
use super::section::Tag;
use super::voxels::{Budget, VoxelReader};
use super::{ReadError, StateError, Summary, memory_max, more, structure};

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
pub fn decode_within(mut bytes: &[u8], memory: u64) -> Result<Project, StateError> {
    read_within(&mut bytes, memory).map_err(|error| match error {
        ReadError::State(error) => error,
        ReadError::Io(_) => unreachable!("no disk is read"),
    })
}

/// [`decode_within`], of bytes that are read in turn: beside the project no more than a section is held.
///
/// # Errors
/// [`ReadError`].
pub fn read_within(from: &mut impl Read, memory: u64) -> Result<Project, ReadError> {
    let mut sections = FromSections::begin(from)?;
    let mut reader = Reader::new(memory);
    loop {
        let Some(section) = sections.next()? else { continue };
        let mut body = sections.body(&section);
        if section.tag != Tag::End {
            reader.take(section.tag, &mut body)?;
            continue;
        }
        if body.u32()? != section.before {
            return Err(body.damaged("the checksum of all is another").into());
        }
        body.end()?;
        return Ok(reader.finish(&sections.end()?)?);
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
            Tag::More | Tag::Opaque => {
                let Some(scene) = &self.parts.scene else {
                    return Err(body.damaged("it is before the scene"));
                };
                self.parts.scene = Some(match tag {
                    Tag::More => more::take_more(body, scene)?,
                    _ => more::take_all_opaque(body, scene)?,
                });
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
