//! The file formats of Goxel: bytes to layers, and projects to bytes.
//!
//! This crate knows no JSON-RPC, no socket and no picture. [`read()`] and [`write()`] work on bytes
//! and streams; [`load`] reads a file that somebody has opened. [`Format`] is the table of what
//! there is. Every reader takes hostile input: it answers with an [`Error`] that names the place,
//! never panics, and spends no more memory than the limits in [`limits`] allow.

mod budget;
mod bytes;
mod direction;
pub mod docs;
mod error;
mod file;
mod format;
mod gltf;
mod gox;
mod heights;
pub mod limits;
mod mesh;
#[cfg(test)]
mod model_tests;
mod obj;
mod picture;
mod ply;
mod pov;
mod qb;
mod scan;
#[cfg(test)]
mod testing;
mod text;
mod txt;
mod vox;

use std::io::{BufWriter, Write};

use goxel_core::{Layer, Project, Scene, Work};
use goxel_proto::types::Aabb;

pub use direction::Direction;
pub use error::{Error, Result};
pub use file::load;
pub use format::{Format, Kept, Layers};
pub use heights::{Heights, heights};
pub use scan::ALPHA_MIN;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Bottom first. Ids are those of the file, 0 where it has none; there may be no layer.
    pub layers: Vec<Layer>,
    /// The image box, where the file has one.
    pub image: Option<Aabb>,
    /// Materials, which the layers name by id, and cameras, the light, the palette.
    pub scene: Scene,
}

impl Document {
    /// The project of these layers. Where the file has no image box, it is the one around the
    /// voxels.
    #[must_use]
    pub fn into_project(self, name: impl Into<String>) -> Project {
        let bounds = self.layers.iter().filter_map(|layer| layer.volume.bounds());
        let image = self.image.or_else(|| bounds.reduce(|a, b| a.union(&b)));
        let project = Project::from_layers(name, [0; 3], self.layers).with_scene(self.scene);
        match image {
            Some(image) => project.with_image_box(image),
            None => project,
        }
    }
}

/// Draws a project as a PNG file of so many pixels along both edges; or says why not.
pub type Draw<'a> = dyn Fn(&Project, u32) -> Result<Vec<u8>, String> + 'a;

/// What a writer gets besides the project.
#[derive(Clone, Copy, Default)]
pub struct WriteOptions<'a> {
    /// What draws: formats that are pictures need it, for this crate knows no renderer.
    pub draw: Option<&'a Draw<'a>>,
    /// What counts the work and may stop it; without, it goes on for as long as it takes.
    pub work: Option<&'a Work<'a>>,
}

/// What writers write to.
pub(crate) type Out<'a> = BufWriter<&'a mut dyn Write>;

/// Reads a whole file that is in memory, however long it takes.
///
/// # Errors
/// [`Error::OneWay`] for a format that is only written, [`Error::Malformed`] and
/// [`Error::TooLarge`] for bytes that are not a good file.
pub fn read(bytes: &[u8], format: Format) -> Result<Document> {
    read_within(bytes, format, &Work::unbounded())
}

/// Reads a whole file that is in memory, as far as `work` lets it.
///
/// # Errors
/// Those of [`read()`], and [`Error::Stopped`].
pub fn read_within(bytes: &[u8], format: Format, work: &Work<'_>) -> Result<Document> {
    let read = format.row().read.ok_or_else(|| format.one_way(Direction::Read))?;
    read(bytes, work)
}

/// Writes a project as a stream. [`Format::layers`] and [`Format::keeps`] say how much of it.
///
/// # Errors
/// [`Error::OneWay`] for a format that is only read, [`Error::Output`] where the stream refuses,
/// [`Error::TooLarge`] where the format has no room, [`Error::NoPicture`], [`Error::Stopped`].
pub fn write(
    project: &Project,
    format: Format,
    options: &WriteOptions<'_>,
    out: &mut dyn Write,
) -> Result<()> {
    let write = format.row().write.ok_or_else(|| format.one_way(Direction::Write))?;
    let unbounded = Work::unbounded();
    let work = options.work.unwrap_or(&unbounded);
    let mut out = BufWriter::with_capacity(limits::WRITE_BUFFER_BYTES, out);
    write(project, options, work, &mut out)?;
    out.flush().map_err(Error::Output)
}
