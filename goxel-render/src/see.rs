//! [`see`]: which face each sample of a block of pixels sees, by drawing faces or by rays.

use goxel_core::{Result, Work};

use crate::block::PIXEL_UNITS;
use crate::march::first_from_outside;
use crate::raster::{Octant, Rasteriser};
use crate::samples::{Face, Samples, UNKNOWN};
use crate::tree::Cursor;
use crate::view::Picture;

/// Finds what each sample of a block sees. `corner` is its upper left pixel in the picture.
///
/// # Errors
/// Where the work has to end.
pub(crate) fn see(
    picture: &Picture<'_>,
    samples: &mut Samples,
    corner: [isize; 2],
    [width, height]: [usize; 2],
    work: &Work<'_>,
) -> Result<()> {
    samples.reset(width, height);
    if let Some(projector) = picture.projector() {
        let tree = &picture.scene.tree;
        let projector = projector.counted_from(corner[0] as f64, corner[1] as f64);
        let octants = Octant::around(&projector, tree);
        let rays = picture.rays_from(corner);
        let mut rasteriser = Rasteriser { tree, projector, rays, samples, work };
        octants.iter().try_for_each(|octant| rasteriser.draw(octant))?;
    } else {
        samples.leave_all();
    }
    if !samples.is_all_known() {
        cast(picture, samples, corner, [width, height], work)?;
    }
    Ok(())
}

/// Finds with a ray what each sample sees that is left to one.
fn cast(
    picture: &Picture<'_>,
    samples: &mut Samples,
    corner: [isize; 2],
    [width, height]: [usize; 2],
    work: &Work<'_>,
) -> Result<()> {
    let mut cursor = Cursor::new(&picture.scene.tree);
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        if x == 0 {
            work.spend(PIXEL_UNITS * width as u64)?;
        }
        for sample in 0..samples.count() {
            if samples.id(x, y, sample) != UNKNOWN {
                continue;
            }
            let ray = picture.ray(corner, samples.place(x, y, sample));
            let tree = &picture.scene.tree;
            let met = first_from_outside(tree, ray);
            let face = met.map(|met| Face {
                at: met.at,
                shift: 0,
                axis: met.axis as u8,
                upwards: ray.direction[met.axis] < 0.0,
                rgba: cursor.cube(met.at).rgba,
            });
            samples.put(x, y, sample, face);
        }
    }
    Ok(())
}
