//! [`Floor`]: the plane that a model stands on, or one that only its shadow is seen of.

use glam::{DVec3, Vec3};
use goxel_proto::types::{Ground, Look};

use crate::camera::Ray;
use crate::light::{Light, side};
use crate::point::Point;
use crate::shade::Lit;
use crate::srgb::linear;
use crate::tree::VoxelTree;

/// The ground fades into the background between these distances from the model's middle, in half
/// diagonals of its box: no horizon cuts the picture.
const FADES: (f64, f64) = (2.5, 7.0);
/// How dark the darkest shadow on nothing is: there is no black paper.
pub(crate) const CAUGHT: f32 = 0.75;
/// How bright light looks, by its parts: Rec. 709's weights.
const LUMINANCE: Vec3 = Vec3::new(0.2126, 0.7152, 0.0722);

/// The plane below a model.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Floor {
    /// Where it is on the third axis.
    plane: i64,
    middle: DVec3,
    reach: f64,
    own: Vec3,
    /// Whether rays have no beginning.
    parallel: bool,
    /// Whether only shadow is seen.
    pub(crate) catches: bool,
}

impl Floor {
    pub(crate) fn new(look: &Look, tree: &VoxelTree<'_>, parallel: bool) -> Option<Self> {
        let [low, high] = [tree.low(), tree.high()].map(|at| DVec3::from(at.map(|x| x as f64)));
        (look.ground != Ground::None).then_some(Self {
            plane: tree.low()[2],
            middle: (low + high) / 2.0,
            reach: (high - low).length() / 2.0,
            own: linear(look.ground_color),
            parallel,
            catches: look.ground == Ground::Shadow,
        })
    }

    pub(crate) fn plane(&self) -> i64 {
        self.plane
    }

    /// Where a ray meets the floor from above, and how much of it is seen there.
    pub(crate) fn meets(&self, ray: Ray) -> Option<(Point, f32)> {
        if ray.direction.z >= 0.0 {
            return None;
        }
        let distance = (self.plane as f64 - ray.origin.z) / ray.direction.z;
        let place = ray.origin + ray.direction * distance;
        let away = (place - self.middle).truncate().length() / self.reach;
        let faded = ((away - FADES.0) / (FADES.1 - FADES.0)).clamp(0.0, 1.0);
        let is_seen = faded < 1.0 && (distance > 0.0 || self.parallel);
        let part = 1.0 - faded * faded * (3.0 - 2.0 * faded);
        let front = [place.x.floor() as i64, place.y.floor() as i64, self.plane];
        let point = Point { place, axis: 2, upwards: true, front };
        is_seen.then_some((point, part as f32))
    }

    /// What it sends to the camera. Of one that only catches shadow, [`Lit::glow`] is all light there
    /// could be.
    pub(crate) fn lit(&self, light: &Light, (sky, sun): (Vec3, Vec3)) -> Lit {
        let (all_sky, all_sun) = light.on(side(2, true), 1.0);
        match self.catches {
            true => Lit { own: Vec3::ZERO, sky, sun, glow: all_sky + all_sun, shine: Vec3::ZERO },
            false => Lit { own: self.own, sky, sun, glow: Vec3::ZERO, shine: Vec3::ZERO },
        }
    }

    /// How dark caught shadow is, from the light that is left.
    pub(crate) fn darkness(lit: &Lit, sunlit: f32) -> f32 {
        let left = (lit.sky + lit.sun * sunlit).dot(LUMINANCE) / lit.glow.dot(LUMINANCE).max(1e-6);
        CAUGHT * (1.0 - left).clamp(0.0, 1.0)
    }
}
