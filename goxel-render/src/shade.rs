//! [`Scene`]: the colour that a ray sees: voxels front to back, each in the light that reaches it, with
//! shadow rays and ambient occlusion.
//!
//! Colours here are linear (see module `light`) with premultiplied alpha, so that layers and samples
//! can be added up.

use glam::{DVec3, Vec3, Vec4};
use goxel_proto::types::Rgba;

use crate::camera::Ray;
use crate::light::{Light, side};
use crate::traversal::{Hit, Traversal};
use crate::tree::{At, Cursor, VoxelTree};

/// Translucent surfaces that a ray passes through; the next one is taken as opaque. Sixteen of half
/// opacity leave nothing to see behind them.
const LAYERS_MAX: usize = 16;
/// Less light than this does not change a byte.
const FAINT: f32 = 1.0 / 1024.0;
/// The ambient occlusion factor of a corner with three, two, one and no opaque voxels around it.
const OCCLUSION: [f32; 4] = [0.42, 0.62, 0.81, 1.0];

/// Everything that is in the picture.
pub(crate) struct Scene<'a> {
    pub(crate) tree: VoxelTree<'a>,
    pub(crate) light: Light,
    /// Linear, premultiplied.
    pub(crate) background: Vec4,
}

impl Scene<'_> {
    /// The colour that a ray from outside sees.
    pub(crate) fn colour(&self, ray: Ray) -> Vec4 {
        let Some(mut traversal) = Traversal::enter(&self.tree, ray) else {
            return self.background;
        };
        let mut colour = Vec4::ZERO;
        let mut transmittance = 1.0;
        for layer in 0..=LAYERS_MAX {
            let Some(hit) = traversal.next_hit() else {
                break;
            };
            let alpha = match layer {
                LAYERS_MAX => 1.0,
                _ => f32::from(hit.rgba.alpha()) / 255.0,
            };
            colour +=
                self.shaded(traversal.cursor(), ray, &hit).extend(1.0) * (transmittance * alpha);
            transmittance *= 1.0 - alpha;
            if transmittance < FAINT {
                return colour / colour.w;
            }
        }
        colour + self.background * transmittance
    }

    /// The colour of a voxel's side in the light that reaches it.
    fn shaded<'t>(&'t self, cursor: Cursor<'t, '_>, ray: Ray, hit: &Hit) -> Vec3 {
        let upwards = ray.direction[hit.axis] < 0.0;
        let side = side(hit.axis, upwards);
        let mut front = hit.at;
        front[hit.axis] += if upwards { 1 } else { -1 };
        let point = ray.origin + ray.direction * hit.distance;
        let ambient = self.ambient_occlusion(cursor, hit.axis, front, point);
        let sunlit = if self.light.reaches(side) { self.sunlit(cursor, front, point) } else { 0.0 };
        linear(hit.rgba) * self.light.on(side, ambient, sunlit)
    }

    /// How much of the sun gets to `point`, on a side before which the voxel `front` lies: a shadow
    /// ray, dimmed by the translucent voxels that it passes through.
    fn sunlit(&self, mut cursor: Cursor<'_, '_>, front: At, point: DVec3) -> f32 {
        if !self.tree.contains(front) {
            return 1.0;
        }
        let ray = Ray { origin: point, direction: self.light.sun };
        let inside = cursor.cube(front).rgba;
        let mut traversal = Traversal::new(cursor, ray, front, inside);
        let mut transmittance = 1.0;
        for _ in 0..LAYERS_MAX {
            let Some(hit) = traversal.next_hit() else {
                return transmittance;
            };
            transmittance *= 1.0 - f32::from(hit.rgba.alpha()) / 255.0;
            if transmittance < FAINT {
                return 0.0;
            }
        }
        0.0
    }

    /// The ambient occlusion factor at `point`: that of the side's four corners, each from its three
    /// neighbours in the layer of voxels before the side, interpolated between them.
    fn ambient_occlusion(
        &self,
        mut cursor: Cursor<'_, '_>,
        axis: usize,
        front: At,
        point: DVec3,
    ) -> f32 {
        let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
        let mut opaque = |du: i64, dv: i64| {
            let mut at = front;
            at[u] += du;
            at[v] += dv;
            self.tree.contains(at) && cursor.cube(at).rgba.alpha() == 255
        };
        let ends = [-1, 1];
        let beside_u = ends.map(|du| opaque(du, 0));
        let beside_v = ends.map(|dv| opaque(0, dv));
        let mut corner = |iu: usize, iv: usize| match (beside_u[iu], beside_v[iv]) {
            // The voxel behind two that meet is hidden by them.
            (true, true) => OCCLUSION[0],
            (a, b) => {
                let walls = usize::from(a) + usize::from(b);
                OCCLUSION[3 - walls - usize::from(opaque(ends[iu], ends[iv]))]
            }
        };
        let along = |axis: usize| (point[axis] - front[axis] as f64).clamp(0.0, 1.0) as f32;
        let mix = |a: f32, b: f32, part: f32| a + (b - a) * part;
        let mut edge = |iu: usize| mix(corner(iu, 0), corner(iu, 1), along(v));
        mix(edge(0), edge(1), along(u))
    }
}

fn linear(rgba: Rgba) -> Vec3 {
    let [r, g, b, _] = rgba.0.map(|byte| f32::from(byte) / 255.0);
    Vec3::new(r * r, g * g, b * b)
}

/// A colour, linear and with premultiplied alpha.
pub(crate) fn linear_alpha(rgba: Rgba) -> Vec4 {
    let alpha = f32::from(rgba.alpha()) / 255.0;
    (linear(rgba) * alpha).extend(alpha)
}

/// The bytes, with straight alpha, of a linear colour with premultiplied alpha.
pub(crate) fn to_bytes(colour: Vec4) -> [u8; 4] {
    if colour.w < FAINT {
        return [0; 4];
    }
    let straight = colour.truncate() / colour.w;
    let byte = |value: f32| (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    let [r, g, b] = straight.to_array().map(|value| byte(value.sqrt()));
    [r, g, b, byte(colour.w)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_the_way_to_light_and_back() {
        for alpha in [1, 77, 255] {
            for value in 0..=255 {
                let rgba = Rgba::new(value, 255 - value, 9, alpha);
                assert_eq!(to_bytes(linear_alpha(rgba)), rgba.0);
            }
        }
        assert_eq!(to_bytes(linear_alpha(Rgba::new(1, 2, 3, 0))), [0; 4]);
    }
}
