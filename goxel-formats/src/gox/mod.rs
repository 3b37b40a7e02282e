//! `.gox`: Goxel's own format. All numbers are little-endian.
//!
//! ```text
//! file   "GOX "  i32 version: 1 or 2  chunk...
//! chunk  type[4]  i32 length  body[length]  u32 checksum, written as 0 and never checked
//! IMG    dict: box, the image box as axes times half extents, then the centre
//! BL16   a PNG of 64 x 64 pixels: 4096 voxels, index x + 16 y + 256 z in raster order
//! MATE   dict: name, color, metallic, roughness, emission; and what only this program knows:
//!        transmission, ior, medium, density
//! LAYR   i32 count, count x { i32 block, i32 x, y, z, i32 0 }, dict: name, mat, id, base_id,
//!        material, mode, img-path, box, visible, and for shapes: shape, color
//! CAMR   dict: name, dist, ortho, mat, active
//! LIGH   dict: pitch, yaw, intensity, fixed, ambient, shadow
//! XPAL   dict: color, name, material, color, name ...: the palette, which only this program knows
//! dict   { i32 length, key, i32 length, value }... to the end of the chunk, or a length of 0
//! ```
//!
//! A block is named by its number among the file's `BL16`, and stands before the layers that use
//! it. Version 1 counts positions from the middle of a block. Matrices are 16 `f32`, a column
//! after the other. Layers that are made from another layer or from a shape hold no blocks.
//!
//! What a file keeps through loading and saving: voxels, layers with all of the above but
//! `base_id`, `shape` and `color`, materials, cameras, the light, the image box; and chunks and keys
//! that are not known, as they are, see `kept.rs`. Layers that are made from others or from shapes become
//! voxels when they are read, since they can be edited then; their `mat`, which is in their voxels now,
//! becomes that of no change. The preview, `PREV`, is drawn anew where there is somebody who draws.

mod block;
mod dict;
mod kept;
mod matrix;
mod read;
mod rebuild;
mod scene;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;

/// What a layer without material has for its number. Goxel takes any that names none.
const NO_MATERIAL: i32 = -1;
/// How every file begins.
const MAGIC: &[u8; 4] = b"GOX ";
/// The newest version, which is written.
const VERSION: i32 = 2;

#[cfg(test)]
mod kept_tests;
#[cfg(test)]
mod scene_tests;
#[cfg(test)]
mod tests;
