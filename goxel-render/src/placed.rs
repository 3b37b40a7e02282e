//! [`Placed`]: a camera of a given pose, as projects keep them.

use glam::DVec3;

use crate::Error;
use crate::camera::{Axes, Camera, unit};

/// Half the picture's height, seen from distance 1: Goxel's cameras see 20 degrees.
const PERSPECTIVE: f64 = 0.176_326_980_708_464_98;
/// How far from the origin an eye may be on each axis, and how much a parallel projection may
/// show: 256 times the range of voxels. Beyond, fractions of a voxel are lost to rounding.
pub(crate) const REACH_MAX: f64 = (1u64 << 40) as f64;

/// The pose of a camera and its projection. Scaling, shearing and mirroring in the transform are
/// passed over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// From the camera's space to that of the voxels, 16 numbers by column. It looks to its -z,
    /// and y is up in the picture.
    pub transform: [f32; 16],
    /// Half the width of what a parallel projection shows, in voxels. `None` is perspective.
    pub half_width: Option<f32>,
}

impl From<&goxel_core::Camera> for Placed {
    fn from(camera: &goxel_core::Camera) -> Self {
        Self {
            transform: camera.transform.to_columns(),
            half_width: camera.orthographic.then_some(camera.distance),
        }
    }
}

impl Placed {
    /// The directions of the view.
    ///
    /// # Errors
    /// [`Error::Camera`] where the transform has none.
    pub(crate) fn axes(&self) -> Result<Axes, Error> {
        let back = unit(self.column(2))?;
        let right = self.column(0);
        let right = unit(right - back * right.dot(back))?;
        Ok(Axes { right, up: back.cross(right), back })
    }

    /// The camera, where positions count from `origin`. `aspect` is width by height.
    ///
    /// # Errors
    /// [`Error::Camera`] where it sees nothing, or is too far away.
    pub(crate) fn camera(&self, origin: DVec3, aspect: f64) -> Result<Camera, Error> {
        let eye = self.column(3);
        if !eye.to_array().iter().all(|axis| axis.abs() <= REACH_MAX) {
            return Err(Error::Camera);
        }
        let axes = self.axes()?;
        let (half_width, half_height) = match self.half_width.map(f64::from) {
            Some(half) if half > 0.0 && half <= REACH_MAX => (half, half / aspect),
            Some(_) => return Err(Error::Camera),
            None => (PERSPECTIVE * aspect, PERSPECTIVE),
        };
        let (right, up) = (axes.right * half_width, axes.up * half_height);
        Ok(Camera::new(eye - origin, -axes.back, right, up, self.half_width.is_some()))
    }

    fn column(&self, index: usize) -> DVec3 {
        DVec3::from([0, 1, 2].map(|row| f64::from(self.transform[4 * index + row])))
    }
}
