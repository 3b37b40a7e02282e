//! [`render_pass`]: what is seen through the middle of each pixel, as numbers: how far away it is, which way it
//! faces, and which layer it is of. Nothing is lit and nothing averaged: a mean of two depths is none.

use goxel_core::Work;
use goxel_proto::types::{Pass, Pos};

use crate::block::PIXEL_UNITS;
use crate::encode::{Array, Element};
use crate::{Error, Image, RenderOptions, Sight, Subject, sights};

/// Odd, and spread over all bits: neighbouring ids get colours that are far apart.
const SPREAD: u32 = 0x9e37_79b9;
/// The least level of a colour that stands for an id, so that none looks like nothing.
const ID_LEVEL_MIN: u32 = 64;

/// What is seen in each pixel, rows from the top.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    width: u32,
    height: u32,
    values: Values,
}

#[derive(Clone, Debug, PartialEq)]
enum Values {
    /// Voxels from the camera's plane; infinite where nothing is seen.
    Depth(Vec<f32>),
    /// Of length 1; 0 where nothing is seen.
    Normal(Vec<[f32; 3]>),
    /// 0 where nothing is seen.
    Id(Vec<u32>),
}

/// Looks for what each pixel sees. `id` is that of the voxel at a position, and is asked where the pass is of
/// ids. `None` where it is the pass of colours, which [`crate::render`] draws.
///
/// # Errors
/// Where the picture's size is 0 or past a limit, the camera sees nothing, or the work has to end.
pub fn render_pass(
    subject: &Subject,
    options: &RenderOptions,
    id: impl Fn(Pos) -> u32,
    work: &Work<'_>,
) -> Result<Option<Seen>, Error> {
    options.check()?;
    let values = match options.look.pass {
        Pass::Color => return Ok(None),
        Pass::Depth => {
            let depth = |sight: &Sight| sight.depth;
            Values::Depth(each(subject, options, work, f32::INFINITY, depth)?)
        }
        Pass::Normal => {
            let normal = |sight: &Sight| sight.normal.map(f32::from);
            Values::Normal(each(subject, options, work, [0.0; 3], normal)?)
        }
        Pass::Id => Values::Id(each(subject, options, work, 0, |sight| id(sight.voxel))?),
    };
    Ok(Some(Seen { width: options.width, height: options.height, values }))
}

/// What `of` makes of what each pixel sees; `nothing` where it sees nothing.
fn each<T: Copy>(
    subject: &Subject,
    options: &RenderOptions,
    work: &Work<'_>,
    nothing: T,
    of: impl Fn(&Sight) -> T,
) -> Result<Vec<T>, Error> {
    let pixels = options.width as usize * options.height as usize;
    work.expect(PIXEL_UNITS * pixels as u64)?;
    let mut values = Vec::with_capacity(pixels);
    sights(subject, options, work, |row| {
        values.extend(row.iter().map(|sight| sight.as_ref().map_or(nothing, &of)));
        Ok::<_, Error>(())
    })?;
    Ok(values)
}

impl Seen {
    /// Rows of numbers: 32-bit floats of depth, three a pixel of normals, or ids as 32-bit whole numbers.
    ///
    /// # Errors
    /// Where the work has to end.
    pub fn to_npy_within(&self, work: &Work<'_>) -> goxel_core::Result<Vec<u8>> {
        let size = [self.height as usize, self.width as usize];
        let (element, bytes): (_, Vec<u8>) = match &self.values {
            Values::Depth(depths) => {
                (Element::F32, depths.iter().flat_map(|depth| depth.to_le_bytes()).collect())
            }
            Values::Normal(normals) => {
                let parts = normals.as_flattened().iter();
                (Element::F32, parts.flat_map(|part| part.to_le_bytes()).collect())
            }
            Values::Id(ids) => (Element::U32, ids.iter().flat_map(|id| id.to_le_bytes()).collect()),
        };
        let shape = match &self.values {
            Values::Normal(_) => &[size[0], size[1], 3][..],
            Values::Depth(_) | Values::Id(_) => &size[..],
        };
        Array { element, shape, bytes: &bytes }.to_npy_within(work)
    }

    /// How far away what is nearest and farthest is, of depths.
    #[must_use]
    pub fn range(&self) -> Option<[f32; 2]> {
        let Values::Depth(depths) = &self.values else { return None };
        let seen = depths.iter().copied().filter(|depth| depth.is_finite());
        let range = seen.fold([f32::INFINITY, f32::NEG_INFINITY], |[near, far], depth| {
            [near.min(depth), far.max(depth)]
        });
        (range[0] <= range[1]).then_some(range)
    }

    /// A picture of it: depths from white, the nearest, to black; normals with -1 to 1 of x, y and z as red,
    /// green and blue; a colour for each id. Where nothing is seen it is transparent.
    #[must_use]
    pub fn to_image(&self) -> Image {
        let pixels = match &self.values {
            Values::Depth(depths) => {
                let [near, far] = self.range().unwrap_or_default();
                depths.iter().map(|&depth| grey(depth, near, far)).collect()
            }
            Values::Normal(normals) => normals.iter().map(|&normal| facing(normal)).collect(),
            Values::Id(ids) => ids.iter().map(|&id| distinct(id)).collect(),
        };
        Image { width: self.width, height: self.height, pixels }
    }
}

fn grey(depth: f32, near: f32, far: f32) -> [u8; 4] {
    if !depth.is_finite() {
        return [0; 4];
    }
    let part = if far > near { (far - depth) / (far - near) } else { 1.0 };
    let level = (part * 255.0 + 0.5) as u8;
    [level, level, level, u8::MAX]
}

fn facing(normal: [f32; 3]) -> [u8; 4] {
    if normal == [0.0; 3] {
        return [0; 4];
    }
    let [r, g, b] = normal.map(|part| ((part + 1.0) * 127.5 + 0.5) as u8);
    [r, g, b, u8::MAX]
}

fn distinct(id: u32) -> [u8; 4] {
    if id == 0 {
        return [0; 4];
    }
    let [r, g, b, _] = id.wrapping_mul(SPREAD).to_be_bytes();
    let [r, g, b] =
        [r, g, b].map(|level| (ID_LEVEL_MIN + u32::from(level) * (255 - ID_LEVEL_MIN) / 255) as u8);
    [r, g, b, u8::MAX]
}

#[cfg(test)]
mod tests {
    use goxel_core::Volume;
    use goxel_proto::types::{Aabb, CameraPreset, Rgba};

    use super::*;

    /// Steps of 4 x 4 voxels, seen from above: the one to the right is 3 lower.
    fn seen(pass: Pass) -> Seen {
        let mut volume = Volume::new();
        volume.fill(&Aabb::spanning(Pos::from([-4, 0, 0]), Pos::from([-1, 3, 9])), Rgba::WHITE);
        volume.fill(&Aabb::spanning(Pos::from([0, 0, 0]), Pos::from([3, 3, 6])), Rgba::WHITE);
        let mut options = RenderOptions::default().with_size(20, 10);
        options = options.seen_from(Some(CameraPreset::Top));
        options.look.pass = pass;
        let id = |at: Pos| if at.to_array()[0] < 0 { 7 } else { 8 };
        render_pass(&Subject::from(&volume), &options, id, &Work::unbounded()).unwrap().unwrap()
    }

    #[test]
    fn depths_are_voxels() {
        let seen = seen(Pass::Depth);
        let [near, far] = seen.range().unwrap();
        assert!((far - near - 3.0).abs() < 1e-5, "{near} {far}");
        let image = seen.to_image();
        let at = |x: usize| image.pixels[5 * 20 + x];
        assert_eq!((at(0), at(8), at(12)), ([0; 4], [255; 4], [0, 0, 0, 255]));
        let Values::Depth(depths) = &seen.values else { panic!("depths") };
        assert_eq!((depths[0], depths[5 * 20 + 8]), (f32::INFINITY, near));
    }

    #[test]
    fn normals_and_ids() {
        let image = seen(Pass::Normal).to_image();
        assert_eq!((image.pixels[0], image.pixels[5 * 20 + 8]), ([0; 4], [128, 128, 255, 255]));
        let ids = seen(Pass::Id);
        assert_eq!(ids.range(), None);
        let Values::Id(of) = &ids.values else { panic!("ids") };
        assert_eq!((of[0], of[5 * 20 + 8], of[5 * 20 + 12]), (0, 7, 8));
        let image = ids.to_image();
        assert_ne!(image.pixels[5 * 20 + 8], image.pixels[5 * 20 + 12]);
    }

    #[test]
    fn arrays_have_the_shape_of_the_picture() {
        for (pass, head) in [
            (Pass::Depth, "{'descr': '<f4', 'fortran_order': False, 'shape': (10, 20), }"),
            (Pass::Normal, "{'descr': '<f4', 'fortran_order': False, 'shape': (10, 20, 3), }"),
            (Pass::Id, "{'descr': '<u4', 'fortran_order': False, 'shape': (10, 20), }"),
        ] {
            let file = seen(pass).to_npy_within(&Work::unbounded()).unwrap();
            assert!(String::from_utf8_lossy(&file[10..]).starts_with(head), "{pass:?}");
        }
    }

    #[test]
    fn an_empty_scene_has_nothing_in_it() {
        let mut options = RenderOptions::default().with_size(3, 2);
        options.look.pass = Pass::Depth;
        let seen = render_pass(&Subject::default(), &options, |_| 1, &Work::unbounded());
        let seen = seen.unwrap().unwrap();
        assert_eq!((seen.range(), seen.to_image().pixels), (None, vec![[0; 4]; 6]));
        options.look.pass = Pass::Color;
        let colours = render_pass(&Subject::default(), &options, |_| 1, &Work::unbounded());
        assert_eq!(colours, Ok(None));
    }
}
