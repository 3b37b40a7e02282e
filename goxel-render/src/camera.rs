//! [`Camera`]: a view set up before a box, one of [`CameraPreset`] or the one of pictures without.
//!
//! The world is right-handed with z up. The camera is placed so that the box just fills the
//! picture with a margin around it; it always stands outside the box.

use glam::DVec3;
use goxel_proto::types::CameraPreset;

/// Part of the picture's half edge that the box may take, so that nothing touches the border.
const FILL: f64 = 0.9;
/// Half the picture's longer edge, seen from distance 1: an angle of 31 degrees, that of a long
/// lens, so that shapes are not bent. The longer edge, so that very wide pictures are not either.
const PERSPECTIVE: f64 = 0.28;

/// Of each preset the direction towards the viewer, and what is up.
fn view(preset: CameraPreset) -> ([f64; 3], [f64; 3]) {
    match preset {
        CameraPreset::Front => ([0., -1., 0.], [0., 0., 1.]),
        CameraPreset::Back => ([0., 1., 0.], [0., 0., 1.]),
        CameraPreset::Left => ([-1., 0., 0.], [0., 0., 1.]),
        CameraPreset::Right => ([1., 0., 0.], [0., 0., 1.]),
        CameraPreset::Top => ([0., 0., 1.], [0., 1., 0.]),
        CameraPreset::Bottom => ([0., 0., -1.], [0., -1., 0.]),
        CameraPreset::Isometric => ([1., -1., 1.], [0., 0., 1.]),
        CameraPreset::IsometricLeft => ([-1., -1., 1.], [0., 0., 1.]),
        CameraPreset::IsometricBack => ([1., 1., 1.], [0., 0., 1.]),
        CameraPreset::IsometricBackLeft => ([-1., 1., 1.], [0., 0., 1.]),
        CameraPreset::IsometricBelow => ([1., -1., -1.], [0., 0., 1.]),
        CameraPreset::IsometricLeftBelow => ([-1., -1., -1.], [0., 0., 1.]),
        CameraPreset::IsometricBackBelow => ([1., 1., -1.], [0., 0., 1.]),
        CameraPreset::IsometricBackLeftBelow => ([-1., 1., -1.], [0., 0., 1.]),
    }
}

/// Where the viewer of a picture without preset is, and what is up. Not quite on the diagonal,
/// so that the two sides differ; low enough to show them well.
const THREE_QUARTER: ([f64; 3], [f64; 3]) = ([0.62, -1., 0.68], [0., 0., 1.]);

/// The directions of a view, each of length 1 and square to the others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axes {
    /// To the right in the picture.
    pub(crate) right: DVec3,
    /// Upwards in the picture.
    pub(crate) up: DVec3,
    /// Towards the viewer.
    pub(crate) back: DVec3,
}

impl Axes {
    pub(crate) fn of(preset: Option<CameraPreset>) -> Self {
        let (back, up) = preset.map_or(THREE_QUARTER, view);
        let back = DVec3::from(back).normalize();
        let right = DVec3::from(up).cross(back).normalize();
        Self { right, up: back.cross(right), back }
    }
}

/// A half-line. `direction` has any length but 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ray {
    pub(crate) origin: DVec3,
    pub(crate) direction: DVec3,
}

/// A view set up before a box.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Camera {
    eye: DVec3,
    forward: DVec3,
    /// From the picture's centre to its right and upper edge: at distance 1 in perspective,
    /// anywhere in a parallel projection.
    right: DVec3,
    up: DVec3,
    parallel: bool,
}

impl Camera {
    /// The view of `preset` that shows the whole box. `aspect` is width by height.
    pub(crate) fn framing(
        preset: Option<CameraPreset>,
        low: DVec3,
        high: DVec3,
        aspect: f64,
    ) -> Self {
        let axes = Axes::of(preset);
        let corners: [DVec3; 8] = std::array::from_fn(|index| {
            let part = |axis: usize| {
                if index >> axis & 1 == 0 { low[axis] } else { high[axis] }
            };
            let corner = DVec3::new(part(0), part(1), part(2));
            DVec3::new(corner.dot(axes.right), corner.dot(axes.up), corner.dot(axes.back))
        });
        if preset.is_some() {
            Self::parallel(&axes, &corners, aspect)
        } else {
            Self::perspective(&axes, &corners, aspect)
        }
    }

    /// A camera of a given pose: the arguments are the fields.
    pub(crate) fn new(eye: DVec3, forward: DVec3, right: DVec3, up: DVec3, parallel: bool) -> Self {
        Self { eye, forward, right, up, parallel }
    }

    /// `corners` are those of the box in the view's own axes, here and below.
    fn parallel(axes: &Axes, corners: &[DVec3; 8], aspect: f64) -> Self {
        let high = corners.iter().copied().fold(DVec3::MIN, DVec3::max);
        let low = corners.iter().copied().fold(DVec3::MAX, DVec3::min);
        let (centre, half) = ((low + high) / 2.0, (high - low) / 2.0);
        let half_height = half.y.max(half.x / aspect) / FILL;
        Self {
            eye: axes.right * centre.x + axes.up * centre.y + axes.back * (high.z + 1.0),
            forward: -axes.back,
            right: axes.right * (half_height * aspect),
            up: axes.up * half_height,
            parallel: true,
        }
    }

    fn perspective(axes: &Axes, corners: &[DVec3; 8], aspect: f64) -> Self {
        let width = PERSPECTIVE * aspect.min(1.0);
        let height = PERSPECTIVE / aspect.max(1.0);
        let (x, distance_x) = eye_before(corners.map(|corner| (corner.x, corner.z)), width * FILL);
        let (y, distance_y) = eye_before(corners.map(|corner| (corner.y, corner.z)), height * FILL);
        let distance = distance_x.max(distance_y);
        Self {
            eye: axes.right * x + axes.up * y + axes.back * distance,
            forward: -axes.back,
            right: axes.right * width,
            up: axes.up * height,
            parallel: false,
        }
    }

    /// The ray through a point of the picture: -1 to 1 from left to right and from bottom to top.
    pub(crate) fn ray(&self, x: f64, y: f64) -> Ray {
        let across = self.right * x + self.up * y;
        if self.parallel {
            return Ray { origin: self.eye + across, direction: self.forward };
        }
        Ray { origin: self.eye, direction: self.forward + across }
    }
}

/// Where the eye has to be, along one axis of the picture and backwards, so that a wedge of half-width
/// `slope` at distance 1 holds every point (across, back) and touches one on each side.
fn eye_before(points: [(f64, f64); 8], slope: f64) -> (f64, f64) {
    let reach = |side: f64| {
        let each = points.map(|(across, back)| side * across + slope * back);
        each.into_iter().fold(f64::MIN, f64::max)
    };
    let (left, right) = (reach(-1.0), reach(1.0));
    ((right - left) / 2.0, (right + left) / (2.0 * slope))
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Word;

    use super::*;

    #[test]
    fn x_points_right_from_the_front_above_and_below() {
        for preset in [CameraPreset::Front, CameraPreset::Top, CameraPreset::Bottom] {
            assert_eq!(Axes::of(Some(preset)).right, DVec3::X, "{preset:?}");
        }
        assert_eq!(Axes::of(Some(CameraPreset::Right)).right, DVec3::Y);
    }

    /// Where a point falls in the picture.
    fn project(camera: &Camera, point: DVec3) -> (f64, f64) {
        let from_eye = point - camera.eye;
        let depth = if camera.parallel { 1.0 } else { from_eye.dot(camera.forward) };
        let part = |edge: DVec3| from_eye.dot(edge) / edge.length_squared() / depth;
        (part(camera.right), part(camera.up))
    }

    fn check_framing(preset: Option<CameraPreset>, low: DVec3, high: DVec3, aspect: f64) {
        let camera = Camera::framing(preset, low, high, aspect);
        let mut most = 0f64;
        for index in 0..8 {
            let pick = |axis: usize| [low, high][index >> axis & 1][axis];
            let (x, y) = project(&camera, DVec3::new(pick(0), pick(1), pick(2)));
            most = most.max(x.abs()).max(y.abs());
        }
        let case = format!("{preset:?} {low} {high} {aspect}: {most}");
        assert!((most - FILL).abs() < 1e-6, "{case}");
    }

    #[test]
    fn the_box_fills_the_picture_up_to_the_margin() {
        let views = CameraPreset::all().map(Some).chain([None]);
        for preset in views {
            for aspect in [1.0, 3.0, 0.2, 8192.0] {
                check_framing(preset, DVec3::ZERO, DVec3::ONE, aspect);
                check_framing(preset, DVec3::splat(-7.0), DVec3::new(90., 3., 5.), aspect);
                check_framing(preset, DVec3::ZERO, DVec3::splat(4294967296.0), aspect);
            }
        }
    }
}
