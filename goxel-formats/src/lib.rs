//! The file formats of Goxel: bytes to layers, and projects to bytes.
//!
//! This crate knows no JSON-RPC, no socket and no picture. [`read()`] and [`write()`] work on bytes
//! and streams; [`load`] and [`save`] are the same over files. [`Format`] is the table of what
//! there is. Every reader takes hostile input: it answers with an [`Error`] that names the place,
//! never panics, and spends no more memory than the limits in [`limits`] allow.

mod budget;
mod bytes;
mod error;
mod file;
mod format;
mod gltf;
mod gox;
mod heights;
pub mod limits;
pub mod mesh;
#[cfg(test)]
mod model_tests;
mod obj;
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

use goxel_core::{Layer, Project, Scene};
use goxel_proto::types::Aabb;

pub use error::{Error, Result};
pub use file::{load, replace, save};
pub use format::Format;
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

/// Reads a whole file that is in memory.
///
/// # Errors
/// [`Error::CannotRead`] for a format that is only written, [`Error::Malformed`] and
/// [`Error::TooLarge`] for bytes that are not a good file.
pub fn read(bytes: &[u8], format: Format) -> Result<Document> {
    match format {
        Format::Gox => gox::read(bytes),
        Format::Vox => vox::read(bytes),
        Format::Txt => txt::read(bytes),
        Format::Obj | Format::Ply | Format::Qb | Format::Pov | Format::Gltf => {
            Err(Error::CannotRead(format))
        }
    }
}

/// Writes a project as a stream.
///
/// `.gox` and `.vox` keep the layers, `.qb` the visible ones; the others hold one model: what is
/// visible, merged.
///
/// # Errors
/// [`Error::Output`] where the stream refuses, [`Error::TooLarge`] where the format has no room.
pub fn write(project: &Project, format: Format, out: &mut dyn Write) -> Result<()> {
    let mut out = BufWriter::with_capacity(limits::WRITE_BUFFER_BYTES, out);
    match format {
        Format::Gox => gox::write(project, &mut out),
        Format::Vox => vox::write(project, &mut out),
        Format::Qb => qb::write(project, &mut out),
        Format::Obj => obj::write(&project.visible(), &mut out),
        Format::Ply => ply::write(&project.visible(), &mut out),
        Format::Txt => txt::write(&project.visible(), &mut out),
        Format::Pov => pov::write(&project.visible(), &mut out),
        Format::Gltf => gltf::write(&project.visible(), &mut out),
    }?;
    out.flush().map_err(Error::Output)
}
