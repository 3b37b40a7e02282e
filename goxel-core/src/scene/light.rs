//! [`Light`]: the one light of a project.

use super::Range;
use crate::Result;

/// A light from far away, and what there is without it.
#[derive(Clone, Debug, PartialEq)]
pub struct Light {
    /// How high it stands, in radians.
    pub pitch: f32,
    /// Where around the third axis, in radians.
    pub yaw: f32,
    /// How strong it is, 0 or more.
    pub intensity: f32,
    /// Whether it turns with the camera.
    pub fixed: bool,
    /// Light that comes from everywhere, 0 or more.
    pub ambient: f32,
    /// How dark shadows are, 0 or more.
    pub shadow: f32,
}

impl Default for Light {
    /// Goxel's: 20 degrees up, 120 around.
    fn default() -> Self {
        Self {
            pitch: 20_f32.to_radians(),
            yaw: 120_f32.to_radians(),
            intensity: 2.0,
            fixed: false,
            ambient: 0.3,
            shadow: 0.3,
        }
    }
}

impl Light {
    pub(super) fn check(&self) -> Result<()> {
        Range::Any.check("pitch", self.pitch)?;
        Range::Any.check("yaw", self.yaw)?;
        Range::Positive.check("intensity", self.intensity)?;
        Range::Positive.check("ambient", self.ambient)?;
        Range::Positive.check("shadow", self.shadow)
    }
}
