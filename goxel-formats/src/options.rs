//! What readers and writers are told besides the bytes and the project.

use std::fmt;
use std::io::{Read, Write};

use goxel_core::{Project, Work};
use goxel_proto::types::{CameraPreset, Fill};

pub use goxel_proto::types::MeshOptions;

use crate::{ALPHA_MIN, Kept, Result};

/// Draws a project as a PNG file; or says why not.
pub type Draw<'a> = dyn Fn(&Project, &Picture) -> Result<Vec<u8>, String> + 'a;

/// A picture that is drawn of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels across and down.
    pub size: [u32; 2],
    /// From where; what draws has a view of its own where it is not said.
    pub camera: Option<CameraPreset>,
}

/// Pixels along both edges of a picture where nobody says how many.
const PICTURE_EDGE: u32 = 1024;

impl Default for Picture {
    fn default() -> Self {
        Self::square(PICTURE_EDGE)
    }
}

impl Picture {
    /// One of so many pixels along both edges.
    #[must_use]
    pub fn square(edge: u32) -> Self {
        Self { size: [edge; 2], camera: None }
    }
}

/// Makes the files that stand beside one that is written: a texture, materials, a buffer.
pub trait Beside {
    /// Begins a file of this name, which has no folder in it.
    ///
    /// # Errors
    /// Where there can be none.
    fn create(&self, name: &str) -> Result<Box<dyn Write + '_>>;
}

/// What a writer gets besides the project.
#[derive(Clone, Copy, Default)]
pub struct WriteOptions<'a> {
    /// What draws: formats that are pictures need it, for this crate knows no renderer.
    pub draw: Option<&'a Draw<'a>>,
    /// What counts the work and may stop it; without, it goes on for as long as it takes.
    pub work: Option<&'a Work<'a>>,
    /// The file's name without its extension: those beside it begin with it.
    pub stem: Option<&'a str>,
    /// What makes files beside the one that is written; without it there are none.
    pub beside: Option<&'a dyn Beside>,
    /// Whether it is an error where something of the project would be lost.
    pub strict: bool,
    /// The least alpha of a voxel that is written. Without it, 1 in formats that keep alpha and in
    /// others [`ALPHA_MIN`].
    pub alpha_min: Option<u8>,
    /// How a mesh is made.
    pub mesh: MeshOptions,
    /// What the picture is like, where the format is one.
    pub picture: Picture,
}

impl WriteOptions<'_> {
    /// The least alpha of a voxel that a format is given which keeps this.
    pub(crate) fn alpha_min(&self, keeps: &[Kept]) -> u8 {
        let default = if keeps.contains(&Kept::Alpha) { 1 } else { ALPHA_MIN };
        self.alpha_min.unwrap_or(default).max(1)
    }
}

impl fmt::Debug for WriteOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("WriteOptions");
        f.field("stem", &self.stem).field("alpha_min", &self.alpha_min).field("mesh", &self.mesh);
        f.finish_non_exhaustive()
    }
}

/// Finds the files that stand beside one that is read: materials, textures, buffers.
pub trait Neighbours: Sync {
    /// Opens a file. The path goes down from the folder of the one that is read: names with slashes between,
    /// none of which is `.` or `..`. Nothing where there is no such file, or none that may be read.
    fn open(&self, path: &str) -> Option<Box<dyn Read + '_>>;
}

/// Voxels along the longest edge of a mesh that is read, where nobody says how many.
pub const RESOLUTION: u32 = 128;

/// What a reader gets besides the bytes.
#[derive(Clone, Copy)]
pub struct ReadOptions<'a> {
    /// The file's name without its extension: some beside it begin with it.
    pub stem: Option<&'a str>,
    /// What finds the files beside it; without it there are none.
    pub neighbours: Option<&'a dyn Neighbours>,
    /// Whether it is an error where something of the file would be passed over.
    pub strict: bool,
    /// Voxels along the longest edge of a mesh.
    pub resolution: u32,
    /// The edge of a voxel in the mesh's own unit, instead of a resolution.
    pub voxel_size: Option<f32>,
    /// What becomes of the inside of a mesh.
    pub fill: Fill,
    /// How high white is in a picture that is read as heights.
    pub height: u32,
}

/// How high white is in a picture that is read as heights, where nobody says it.
pub const HEIGHT: u32 = 64;

impl Default for ReadOptions<'_> {
    fn default() -> Self {
        Self {
            stem: None,
            neighbours: None,
            strict: false,
            resolution: RESOLUTION,
            voxel_size: None,
            fill: Fill::Solid,
            height: HEIGHT,
        }
    }
}

impl fmt::Debug for ReadOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("ReadOptions");
        f.field("strict", &self.strict).field("resolution", &self.resolution);
        f.field("voxel_size", &self.voxel_size).field("fill", &self.fill);
        f.field("height", &self.height).finish_non_exhaustive()
    }
}
