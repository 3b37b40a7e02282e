//! The file formats of Goxel: bytes to layers, and projects to bytes.
//!
//! This crate knows no JSON-RPC, no socket and no picture. [`read()`] and [`write()`] work on bytes
//! and streams; [`load`] reads a file that somebody has opened. [`Format`] is the table of what
//! there is. Every reader takes hostile input: it answers with an [`Error`] that names the place,
//! never panics, and spends no more memory than the limits in [`limits`] allow.

mod binvox;
mod budget;
mod bytes;
mod colour_loss;
#[cfg(test)]
mod corpus_tests;
mod csv;
mod cub;
mod direction;
pub mod docs;
mod error;
mod file;
mod foreign;
mod format;
mod gltf;
mod gox;
mod heights;
mod kept;
pub mod limits;
mod lines;
mod mesh;
mod minecraft;
#[cfg(test)]
mod model_tests;
mod mts;
mod nearby;
mod npy;
mod obj;
mod off;
mod options;
mod out;
mod picture;
mod plot;
mod ply;
mod pov;
mod qb;
mod raster;
mod relief;
mod report;
mod scan;
mod slab;
mod slices;
mod source;
mod stl;
#[cfg(test)]
mod testing;
mod text;
mod threemf;
mod txt;
mod unpack;
mod usda;
mod vdb;
mod vox;
#[cfg(test)]
mod voxel_tests;
mod voxelise;
mod vxl;
mod vxm;
mod xraw;

use std::io::Write;

use goxel_core::{Layer, Project, Scene, Work};
use goxel_proto::types::{Aabb, Loss};
use out::Out;
use report::in_words;
use source::Source;

pub use direction::Direction;
pub use error::{Error, Result};
pub use file::load;
pub use format::Format;
pub use heights::heights;
pub use kept::{ALPHA_MIN, Kept, Layers};
pub use options::{
    Beside, Draw, HEIGHT, MeshOptions, Neighbours, Picture, RESOLUTION, ReadOptions, WriteOptions,
};
pub use relief::Heights;
pub use report::{Report, Warning};

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Bottom first. Ids are those of the file, 0 where it has none; there may be no layer.
    pub layers: Vec<Layer>,
    /// The image box, where the file has one.
    pub image: Option<Aabb>,
    /// Materials, which the layers name by id, and cameras, the light, the palette.
    pub scene: Scene,
    /// What of the file is not in it.
    pub warnings: Vec<Warning>,
}

impl Document {
    /// Tells that something of the file is not in it. A count of 0 says nothing.
    pub(crate) fn lose(&mut self, code: Loss, what: impl Into<String>, count: u64) {
        report::lose(&mut self.warnings, code, what, count);
    }

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

/// Reads a whole file that is in memory, however long it takes.
///
/// # Errors
/// [`Error::OneWay`] for a format that is only written, [`Error::Malformed`] and
/// [`Error::TooLarge`] for bytes that are not a good file.
pub fn read(bytes: &[u8], format: Format) -> Result<Document> {
    read_within(bytes, format, &ReadOptions::default(), &Work::unbounded())
}

/// Reads a whole file that is in memory, as far as `work` lets it.
///
/// # Errors
/// Those of [`read()`], and [`Error::Stopped`]; with [`ReadOptions::strict`] also [`Error::Partial`].
pub fn read_within(
    bytes: &[u8],
    format: Format,
    options: &ReadOptions<'_>,
    work: &Work<'_>,
) -> Result<Document> {
    let read = format.row().read.ok_or_else(|| format.one_way(Direction::Read))?;
    let document = read(bytes, options, work)?;
    if options.strict && !document.warnings.is_empty() {
        return Err(Error::Partial(in_words(&document.warnings)));
    }
    Ok(document)
}

/// Writes a project as a stream. The report tells what the file does not have of it;
/// [`Format::layers`] and [`Format::keeps`] say what a format can have.
///
/// # Errors
/// [`Error::OneWay`] for a format that is only read, [`Error::Output`] where the stream refuses,
/// [`Error::TooLarge`] where the format has no room, [`Error::NoPicture`], [`Error::Stopped`]; with
/// [`WriteOptions::strict`] also [`Error::Lossy`].
pub fn write(
    project: &Project,
    format: Format,
    options: &WriteOptions<'_>,
    out: &mut dyn Write,
) -> Result<Report> {
    let write = format.row().write.ok_or_else(|| format.one_way(Direction::Write))?;
    let unbounded = Work::unbounded();
    let work = options.work.unwrap_or(&unbounded);
    let mut report = Report::default();
    foreign::tell(project.scene(), format, &mut report);
    let source = Source::new(project, format.layers(), format.keeps(), options, work, &mut report)?;
    let mut out = Out::new(options, report, out);
    write(&source, options, work, &mut out)?;
    let report = out.finish()?;
    if options.strict && !report.warnings.is_empty() {
        return Err(Error::Lossy(in_words(&report.warnings)));
    }
    Ok(report)
}
