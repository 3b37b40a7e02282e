//! [`Camera`]: a point of view that a project keeps.

use goxel_proto::types::CameraId;

use super::list::Item;
use super::{Range, Transform};
use crate::{Result, limits};

/// How far Goxel's camera is from what it turns around, in voxels, before anybody moves it.
const DEFAULT_DISTANCE: f32 = 128.0;

/// A camera. How wide it sees is not stored: Goxel's see 20 degrees from top to bottom.
#[derive(Clone, Debug, PartialEq)]
pub struct Camera {
    /// Unique in its project, never used again there. 0 in one that is to be added.
    pub id: CameraId,
    /// What people call it. Need not be unique.
    pub name: String,
    /// From the eye to the point that it turns around, in voxels; negative where that is behind
    /// it. A parallel projection shows as much to either side of its middle.
    pub distance: f32,
    /// Whether it is a parallel projection.
    pub orthographic: bool,
    /// From its own space to that of the voxels: its x axis points right in the picture, y up, z
    /// towards the viewer; the shift is where the eye is.
    pub transform: Transform,
}

impl Default for Camera {
    /// It looks straight down at the origin.
    fn default() -> Self {
        Self {
            id: CameraId(0),
            name: String::new(),
            distance: DEFAULT_DISTANCE,
            orthographic: false,
            transform: Transform::translation([0.0, 0.0, DEFAULT_DISTANCE]),
        }
    }
}

impl Item for Camera {
    const KIND: &'static str = "camera";
    const PREFIX: &'static str = "Camera";
    const MAX: usize = limits::CAMERAS_MAX;

    fn id(&self) -> u32 {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn admit(&mut self, id: u32, name: impl FnOnce() -> String) {
        self.id = CameraId(id);
        if self.name.is_empty() {
            self.name = name();
        }
    }

    fn check(&self) -> Result<()> {
        Range::Any.check("distance", self.distance)
    }
}
