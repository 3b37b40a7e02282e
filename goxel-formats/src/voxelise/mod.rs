//! Meshes become voxels: `.stl`, `.ply`, `.obj`, `.gltf` and `.glb` are read through here.
//!
//! Lines through the middles of voxels run along all three axes, and where they meet a triangle they
//! cross the surface. A voxel is inside where the line along z has crossed the surface an odd number of
//! times; a voxel at a crossing takes the colour that the surface has there. So a mesh that was made of
//! voxels gives the same voxels back, and one that is not closed is at least its surface.
//!
//! ```text
//! readers -> Mesh: triangles with colours, z up -> cross -> fill -> Volume
//! ```

mod cross;
mod fill;
pub(crate) mod gltf;
mod mesh;
mod mtl;
pub(crate) mod obj;
pub(crate) mod ply;
pub(crate) mod stl;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod texture_tests;

use goxel_core::Work;

use crate::budget::Budget;
use crate::plot::document;
use crate::{Document, Error, ReadOptions, Result};
use mesh::Mesh;

/// Voxels along the longest edge of a mesh. At four times as many a line for each would take gigabytes.
pub(crate) const RESOLUTION_MAX: u32 = 4096;
/// What the layer is called.
const LAYER: &str = "mesh";

/// The voxels of a mesh.
fn voxels(
    mut mesh: Mesh,
    options: &ReadOptions<'_>,
    work: &Work<'_>,
    budget: &mut Budget<'_>,
) -> Result<Document> {
    if let Some(longest) = mesh.longest_edge().filter(|longest| *longest > 0.0) {
        let voxel = match options.voxel_size {
            Some(size) => f64::from(size),
            None => longest / f64::from(options.resolution.clamp(1, RESOLUTION_MAX)),
        };
        if !(voxel > 0.0 && longest / voxel <= f64::from(RESOLUTION_MAX)) {
            return Err(Error::TooLarge(format!(
                "a mesh of {longest} in voxels of {voxel}: there can be {RESOLUTION_MAX} along an edge"
            )));
        }
        mesh.scale(1.0 / voxel);
    }
    let volume = fill::volume(&mesh, options.fill, work, budget)?;
    Ok(Document { warnings: mesh.warnings, ..document(LAYER, volume) })
}
