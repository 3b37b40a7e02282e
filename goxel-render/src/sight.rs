//! [`sights`]: what the middle of each pixel sees, as numbers instead of a picture: for programs that look
//! at models, and for pictures of depth, of directions and of layers.

use std::sync::{Mutex, OnceLock, PoisonError};

use goxel_core::Work;
use goxel_proto::types::{Look, Pos, Quality};

use crate::samples::{BLOCK_EDGE, NOTHING, Samples};
use crate::see::see;
use crate::surface::Subject;
use crate::tree::VoxelTree;
use crate::view::Picture;
use crate::{Error, RenderOptions};

/// What the middle of a pixel sees of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// The voxel.
    pub voxel: Pos,
    /// How far it is from the camera along the direction in which that looks, in voxels. Where rays are
    /// parallel, from a plane before the model.
    pub depth: f32,
    /// The direction in which the side that is seen faces: one of the axes.
    pub normal: [i8; 3],
}

/// Looks through the middle of each pixel, and hands on one row after the other from the top; there is
/// nothing where a pixel shows the background. Memory is taken for some rows at a time.
///
/// # Errors
/// Where the picture's size is 0 or past a limit, the camera sees nothing, or the work has to end; and what
/// `take` says.
pub fn sights<E: From<Error>>(
    subject: &Subject,
    options: &RenderOptions,
    work: &Work<'_>,
    mut take: impl FnMut(&[Option<Sight>]) -> Result<(), E>,
) -> Result<(), E> {
    options.check()?;
    let (width, height) = (options.width as usize, options.height as usize);
    let volume = subject.volume();
    let Some(bounds) = volume.bounds() else {
        let row = vec![None; width];
        return (0..height).try_for_each(|_| {
            work.check().map_err(Error::from)?;
            take(&row)
        });
    };
    let tree = VoxelTree::new(volume, &bounds, work).map_err(Error::from)?;
    let one = Look { quality: Quality::Draft, ..options.look.clone() };
    let options = RenderOptions { look: one, ..options.clone() };
    let base = [0, 1, 2].map(|axis| bounds.min[axis] - tree.low()[axis]);
    let picture = Picture::new(tree, bounds.min, subject.surfaces(), &options)?;
    for top in (0..height).step_by(BLOCK_EDGE) {
        let rows = BLOCK_EDGE.min(height - top);
        for row in band(&picture, top, rows, base, work)?.chunks(width) {
            take(row)?;
        }
    }
    Ok(())
}

/// A band of rows.
fn band(
    picture: &Picture<'_>,
    top: usize,
    rows: usize,
    base: [i64; 3],
    work: &Work<'_>,
) -> Result<Vec<Option<Sight>>, Error> {
    let width = picture.width;
    let band = Mutex::new(vec![None; width * rows]);
    let stopped = OnceLock::new();
    work.executor().run(width.div_ceil(BLOCK_EDGE), &|nth| {
        let left = nth * BLOCK_EDGE;
        let size = [BLOCK_EDGE.min(width - left), rows];
        let corner = [left as isize, top as isize];
        let mut samples = Samples::new(1);
        if let Err(error) = see(picture, &mut samples, corner, size, work) {
            stopped.get_or_init(|| error);
            return;
        }
        let mut band = band.lock().unwrap_or_else(PoisonError::into_inner);
        for (y, x) in (0..rows).flat_map(|y| (0..size[0]).map(move |x| (y, x))) {
            band[y * width + left + x] = sight(picture, &samples, corner, [x, y], base);
        }
    });
    match stopped.into_inner() {
        Some(error) => Err(error.into()),
        None => Ok(band.into_inner().unwrap_or_else(PoisonError::into_inner)),
    }
}

fn sight(
    picture: &Picture<'_>,
    samples: &Samples,
    corner: [isize; 2],
    [x, y]: [usize; 2],
    base: [i64; 3],
) -> Option<Sight> {
    let id = samples.id(x, y, 0);
    if id == NOTHING {
        return None;
    }
    let face = samples.face(id);
    let ray = picture.ray(corner, samples.place(x, y, 0));
    let (voxel, depth) = face.meets(ray);
    let mut normal = [0; 3];
    normal[usize::from(face.axis)] = if face.upwards { 1 } else { -1 };
    let voxel = [0, 1, 2].map(|axis| (voxel[axis] + base[axis]) as i32);
    Some(Sight { voxel: Pos::from(voxel), depth: depth as f32, normal })
}

#[cfg(test)]
mod tests {
    use goxel_core::Volume;
    use goxel_proto::types::{Aabb, CameraPreset, Projection, Rgba, View};

    use super::*;

    fn look(volume: &Volume, options: &RenderOptions) -> Vec<Option<Sight>> {
        let mut all = Vec::new();
        let work = Work::unbounded();
        sights(&Subject::from(volume), options, &work, |row| {
            assert_eq!(row.len(), options.width as usize);
            all.extend_from_slice(row);
            Ok::<_, Error>(())
        })
        .unwrap();
        assert_eq!(all.len(), (options.width * options.height) as usize);
        all
    }

    #[test]
    fn a_step_is_seen_where_it_is() {
        let mut volume = Volume::new();
        volume.fill(&Aabb::spanning(Pos::new(-40, -40, -3), Pos::new(39, 39, -3)), Rgba::WHITE);
        volume.fill(&Aabb::spanning(Pos::new(-40, -40, 6), Pos::new(-1, 39, 6)), Rgba::BLACK);
        let options =
            RenderOptions::default().seen_from(Some(CameraPreset::Top)).with_size(160, 130);
        let all = look(&volume, &options);
        let [left, right] = [40, 120].map(|x| all[65 * 160 + x].unwrap());
        assert_eq!((left.voxel.z, right.voxel.z), (6, -3));
        assert_eq!((left.normal, right.normal), ([0, 0, 1], [0, 0, 1]));
        assert!((right.depth - left.depth - 9.0).abs() < 1e-4);
        assert_eq!(all[0], None);
    }

    #[test]
    fn depth_is_along_the_direction_of_the_view() {
        let mut volume = Volume::new();
        volume.fill(&Aabb::spanning(Pos::new(-20, 0, -20), Pos::new(19, 3, 19)), Rgba::WHITE);
        let mut options = RenderOptions::default().with_size(64, 64);
        options.view = View {
            eye: Some([0.0, -50.0, 0.0]),
            target: Some([0.0, 0.0, 0.0]),
            fov: Some(40.0),
            projection: Some(Projection::Perspective),
            ..View::default()
        };
        for seen in look(&volume, &options) {
            let seen = seen.unwrap();
            assert!((seen.depth - 50.0).abs() < 1e-4 && seen.normal == [0, -1, 0], "{seen:?}");
        }
    }

    #[test]
    fn without_voxels_nothing_is_seen() {
        let options = RenderOptions::default().with_size(7, 5);
        assert!(look(&Volume::new(), &options).iter().all(Option::is_none));
    }
}
