//! `.vox`: `MagicaVoxel`. All numbers are little-endian, z points up.
//!
//! ```text
//! file    "VOX "  u32 version  chunk MAIN, whose children follow as a flat list
//! chunk   id[4]  u32 content length  u32 children length  content  children
//! PACK    u32 models, in old files that are animations
//! SIZE    u32 x, y, z, then XYZI: u32 count, count x { u8 x, y, z, colour 1..=255 }: a model
//! TDCZ    instead of both: u32 x, y, z, zlib of x * y * z colours, x fastest
//! MATL    what a colour is made of, see [`material`]; MATT in old files
//! RGBA    256 x { u8 r, g, b, a }; entry i is the colour i + 1
//! nTRN    i32 id, dict, i32 child, i32 -1, i32 layer, i32 frames, frames x dict: _t, _r, _f
//! nGRP    i32 id, dict, i32 count, count x i32 child
//! nSHP    i32 id, dict, i32 count, count x { i32 model, dict: _f }; several are an animation
//! LAYR    i32 id, dict, i32 -1
//! dict    u32 count, count x { string, string };  string: u32 length, bytes
//! ```
//!
//! A model stands around its middle, `floor(size / 2)`, and its transforms move the middles of
//! its voxels: voxel `v` is at `floor(M * (v + 0.5 - floor(size / 2)))`.
//!
//! A file that is read and written again has all of its chunks again, in their order: nodes, instances,
//! frames, layers, cameras, notes, and what is not known here. Only what was changed is another. `TDCZ`,
//! which nothing but that game reads, becomes `SIZE` and `XYZI`.

mod again;
mod alias;
mod axes;
mod chunk;
mod colours;
mod dict;
pub(crate) mod histogram;
mod kept;
mod material;
mod packed;
pub(crate) mod palette;
mod part;
mod place;
mod plan;
pub(crate) mod quantise;
mod read;
mod scene;
mod slab6;
mod tree;
mod write;

pub(crate) use kept::foreign_chunks;
pub(crate) use read::read;
pub(crate) use write::write;

/// How every file begins.
const MAGIC: &[u8; 4] = b"VOX ";
/// What is written: all programs know it.
const VERSION: u32 = 150;
/// Colours of a palette: index 0 is empty.
const COLOURS_MAX: usize = 255;
/// Voxels along an edge of a model: coordinates are bytes.
const MODEL_EDGE: i64 = 256;

#[cfg(test)]
mod again_tests;
#[cfg(test)]
mod material_tests;
#[cfg(test)]
mod tests;
