//! [`Camera`]: a view set up before a box, one of [`CameraPreset`] or the one of pictures without.
//!
//! The world is right-handed with z up. The camera is placed so that the box just fills the
//! picture with a margin around it; it always stands outside the box.

use glam::DVec3;
use goxel_proto::types::CameraPreset;

use crate::Error;
use crate::turn::sin_cos;

/// Part of the picture's half edge that the box may take where nobody says it, so that nothing touches the
/// border.
pub(crate) const FILL: f64 = 0.9;
/// Half the picture's longer edge, seen from distance 1: an angle of 31 degrees, that of a long
/// lens, so that shapes are not bent. The longer edge, so that very wide pictures are not either.
const PERSPECTIVE: f64 = 0.28;

/// What is nearer to the eye than this, in voxels, is not projected: nothing divides by 0.
const NEAR: f64 = 1e-3;

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

    /// Those of a camera to which `back` points, of any length. `up` only says roughly where up is.
    ///
    /// # Errors
    /// [`Error::Camera`] where one of them is no direction, or both are the same.
    pub(crate) fn looking(back: DVec3, up: DVec3) -> Result<Self, Error> {
        let back = unit(back)?;
        let right = unit(up.cross(back))?;
        Ok(Self { right, up: back.cross(right), back })
    }

    /// The same, gone around the vertical axis by so many degrees, counter-clockwise from above.
    pub(crate) fn turned(&self, degrees: f64) -> Self {
        let (sin, cos) = sin_cos(degrees);
        let turn = |at: DVec3| DVec3::new(at.x * cos - at.y * sin, at.x * sin + at.y * cos, at.z);
        Self { right: turn(self.right), up: turn(self.up), back: turn(self.back) }
    }
}

/// Lengths below this are none: what is left of them is rounding.
const LENGTH_MIN: f64 = 1e-12;

/// The same direction of length 1.
pub(crate) fn unit(vector: DVec3) -> Result<DVec3, Error> {
    let length = vector.length();
    let sound = length.is_finite() && length >= LENGTH_MIN;
    if sound { Ok(vector / length) } else { Err(Error::Camera) }
}

/// How rays run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lens {
    Parallel,
    /// From one point. Half the picture's height, seen from distance 1.
    Perspective(f64),
}

impl Lens {
    /// That of pictures where nobody says an angle.
    pub(crate) fn usual(aspect: f64) -> Self {
        Self::Perspective(PERSPECTIVE / aspect.max(1.0))
    }

    /// That of a picture that is so many degrees high.
    ///
    /// # Errors
    /// [`Error::Camera`] where that is no angle.
    pub(crate) fn of_degrees(degrees: f64) -> Result<Self, Error> {
        if !(FOV_MIN..=FOV_MAX).contains(&degrees) {
            return Err(Error::Camera);
        }
        let (sin, cos) = sin_cos(degrees / 2.0);
        Ok(Self::Perspective(sin / cos))
    }
}

/// The least and the greatest angle that a picture is high, in degrees: beyond, voxels are nothing but
/// stretched.
const FOV_MIN: f64 = 0.1;
const FOV_MAX: f64 = 170.0;

/// How a model is put into a picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) lens: Lens,
    /// Width by height.
    pub(crate) aspect: f64,
    /// The part of the picture's half edge that the model may take.
    pub(crate) fill: f64,
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
    /// The view along `axes` that shows the whole box.
    pub(crate) fn framing(axes: &Axes, low: DVec3, high: DVec3, frame: &Frame) -> Self {
        let corners: [DVec3; 8] = std::array::from_fn(|index| {
            let part = |axis: usize| {
                if index >> axis & 1 == 0 { low[axis] } else { high[axis] }
            };
            let corner = DVec3::new(part(0), part(1), part(2));
            DVec3::new(corner.dot(axes.right), corner.dot(axes.up), corner.dot(axes.back))
        });
        match frame.lens {
            Lens::Parallel => Self::parallel(axes, &corners, frame),
            Lens::Perspective(half_height) => Self::perspective(axes, &corners, half_height, frame),
        }
    }

    /// The same view with `point` in the middle.
    pub(crate) fn centred(mut self, point: DVec3) -> Self {
        let aside = point - self.eye;
        self.eye += aside - self.forward * aside.dot(self.forward);
        self
    }

    /// The same view from another place.
    pub(crate) fn from(self, eye: DVec3) -> Self {
        Self { eye, ..self }
    }

    /// A camera of a given pose: the arguments are the fields.
    pub(crate) fn new(eye: DVec3, forward: DVec3, right: DVec3, up: DVec3, parallel: bool) -> Self {
        Self { eye, forward, right, up, parallel }
    }

    /// `corners` are those of the box in the view's own axes, here and below.
    fn parallel(axes: &Axes, corners: &[DVec3; 8], frame: &Frame) -> Self {
        let high = corners.iter().copied().fold(DVec3::MIN, DVec3::max);
        let low = corners.iter().copied().fold(DVec3::MAX, DVec3::min);
        let (centre, half) = ((low + high) / 2.0, (high - low) / 2.0);
        let half_height = half.y.max(half.x / frame.aspect) / frame.fill;
        Self {
            eye: axes.right * centre.x + axes.up * centre.y + axes.back * (high.z + 1.0),
            forward: -axes.back,
            right: axes.right * (half_height * frame.aspect),
            up: axes.up * half_height,
            parallel: true,
        }
    }

    fn perspective(axes: &Axes, corners: &[DVec3; 8], height: f64, frame: &Frame) -> Self {
        let width = height * frame.aspect;
        let fill = frame.fill;
        let (x, distance_x) = eye_before(corners.map(|corner| (corner.x, corner.z)), width * fill);
        let (y, distance_y) = eye_before(corners.map(|corner| (corner.y, corner.z)), height * fill);
        let distance = distance_x.max(distance_y);
        Self {
            eye: axes.right * x + axes.up * y + axes.back * distance,
            forward: -axes.back,
            right: axes.right * width,
            up: axes.up * height,
            parallel: false,
        }
    }

    /// The rays through the pixels of a picture of this size.
    pub(crate) fn rays(&self, width: usize, height: usize) -> Rays {
        let (across, down) = (self.right * (2.0 / width as f64), self.up * (-2.0 / height as f64));
        let corner = self.up - self.right;
        Rays {
            first: if self.parallel {
                Ray { origin: self.eye + corner, direction: self.forward }
            } else {
                Ray { origin: self.eye, direction: self.forward + corner }
            },
            across,
            down,
            parallel: self.parallel,
        }
    }

    /// Whether all rays run alike.
    pub(crate) fn is_parallel(&self) -> bool {
        self.parallel
    }

    /// How many pixels a step along each axis takes in a picture of this size; from a point, at distance 1.
    pub(crate) fn axis_pixels(&self, width: usize, height: usize) -> [f64; 3] {
        let right = self.right * (width as f64 / 2.0 / self.right.length_squared());
        let up = self.up * (height as f64 / 2.0 / self.up.length_squared());
        DVec3::AXES.map(|axis| DVec3::new(axis.dot(right), axis.dot(up), 0.0).length())
    }

    /// How many pixels the edge of a voxel at `place` takes, square to the view, in a picture so high.
    pub(crate) fn voxel_pixels(&self, place: DVec3, height: usize) -> f64 {
        let deep = if self.parallel { 1.0 } else { (place - self.eye).dot(self.forward).max(NEAR) };
        height as f64 / (2.0 * self.up.length() * deep)
    }

    /// Where points fall in a picture of so many pixels.
    pub(crate) fn projector(&self, width: usize, height: usize) -> Projector {
        let (width, height) = (width as f64 / 2.0, height as f64 / 2.0);
        let right = self.right / self.right.length_squared();
        let up = self.up / self.up.length_squared();
        let depth = if self.parallel { DVec3::ZERO } else { self.forward };
        let column = |axis: DVec3, constant: f64| {
            let deep = axis.dot(depth) + constant;
            let (across, upwards) = (axis.dot(right), axis.dot(up));
            [width * (across + deep), height * (deep - upwards), deep]
        };
        Projector {
            base: column(-self.eye, f64::from(u8::from(self.parallel))),
            axes: DVec3::AXES.map(|axis| column(axis, 0.0)),
            eye: (!self.parallel).then(|| self.eye.to_array()),
            forward: self.forward,
            start: self.eye.dot(self.forward),
        }
    }
}

/// The rays of a picture: that of its upper left corner, and what a pixel adds to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rays {
    first: Ray,
    across: DVec3,
    down: DVec3,
    parallel: bool,
}

impl Rays {
    /// The same, counted from another pixel.
    pub(crate) fn counted_from(self, x: f64, y: f64) -> Self {
        Self { first: self.at(x, y), ..self }
    }

    /// The ray through a place, in pixels from the upper left corner.
    #[inline]
    pub(crate) fn at(&self, x: f64, y: f64) -> Ray {
        let moved = self.across * x + self.down * y;
        let Ray { origin, direction } = self.first;
        match self.parallel {
            true => Ray { origin: origin + moved, direction },
            false => Ray { origin, direction: direction + moved },
        }
    }
}

/// Where points fall in a picture, in pixels from its upper left corner: (x / w, y / w), where x, y and
/// w are sums over the axes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Projector {
    base: [f64; 3],
    axes: [[f64; 3]; 3],
    /// Where the camera is; nowhere where rays are parallel.
    pub(crate) eye: Option<[f64; 3]>,
    pub(crate) forward: DVec3,
    /// Where the camera is along `forward`.
    start: f64,
}

impl Projector {
    /// The same, counted from another pixel.
    pub(crate) fn counted_from(mut self, x: f64, y: f64) -> Self {
        for column in self.axes.iter_mut().chain([&mut self.base]) {
            column[0] -= x * column[2];
            column[1] -= y * column[2];
        }
        self
    }

    /// The lowest corner of a cube, and its edges.
    #[inline]
    pub(crate) fn cube(&self, at: [i64; 3], shift: u32) -> ([f64; 3], [[f64; 3]; 3]) {
        let edge = (1u64 << shift) as f64;
        let edges = self.axes.map(|axis| axis.map(|part| part * edge));
        (self.along(&self.base, &self.axes, at), edges)
    }

    /// The point so many steps from another.
    #[inline]
    pub(crate) fn along<T: Steps>(
        &self,
        from: &[f64; 3],
        steps: &[[f64; 3]; 3],
        counts: [T; 3],
    ) -> [f64; 3] {
        let [x, y, z] = counts.map(Steps::count);
        std::array::from_fn(|part| {
            from[part] + steps[0][part] * x + steps[1][part] * y + steps[2][part] * z
        })
    }

    /// The pixel of a point.
    #[inline]
    pub(crate) fn flat(&self, point: [f64; 3]) -> [f64; 2] {
        if self.eye.is_none() {
            return [point[0], point[1]];
        }
        let deep = 1.0 / point[2];
        [point[0] * deep, point[1] * deep]
    }

    /// The box of pixels around a cube that is before the camera.
    pub(crate) fn around(&self, at: [i64; 3], shift: u32) -> ([f64; 2], [f64; 2]) {
        let (low, edges) = self.cube(at, shift);
        if self.eye.is_none() {
            let reach = |part: usize, side: f64| -> f64 {
                let reaches =
                    edges.map(|edge| if edge[part] * side > 0.0 { edge[part] } else { 0.0 });
                low[part] + reaches[0] + reaches[1] + reaches[2]
            };
            return ([reach(0, -1.0), reach(1, -1.0)], [reach(0, 1.0), reach(1, 1.0)]);
        }
        let (mut least, mut most) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for corner in 0..8usize {
            let counts = [corner & 1, corner >> 1 & 1, corner >> 2];
            let flat = self.flat(self.along(&low, &edges, counts));
            least = [least[0].min(flat[0]), least[1].min(flat[1])];
            most = [most[0].max(flat[0]), most[1].max(flat[1])];
        }
        (least, most)
    }

    /// Whether all of a box is well before the camera, so that its corners fall somewhere.
    pub(crate) fn is_before(&self, low: DVec3, high: DVec3) -> bool {
        // The corner that is farthest back.
        let back = DVec3::select(self.forward.cmpgt(DVec3::ZERO), low, high);
        back.dot(self.forward) - self.start > NEAR
    }
}

/// A number of steps.
pub(crate) trait Steps: Copy {
    fn count(self) -> f64;
}

impl Steps for i64 {
    fn count(self) -> f64 {
        self as f64
    }
}

impl Steps for f64 {
    fn count(self) -> f64 {
        self
    }
}

impl Steps for usize {
    fn count(self) -> f64 {
        self as f64
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
        let lens = preset.map_or_else(|| Lens::usual(aspect), |_| Lens::Parallel);
        let frame = Frame { lens, aspect, fill: FILL };
        let camera = Camera::framing(&Axes::of(preset), low, high, &frame);
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
