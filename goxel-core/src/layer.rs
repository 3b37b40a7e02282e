//! [`Layer`]: a named volume in a project's stack.

use goxel_proto::types::LayerId;

use crate::{BlendMode, Volume};

/// One layer. A clone shares the voxels, so it is cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Unique in its project, never used again there.
    pub id: LayerId,
    /// What people call it. Need not be unique.
    pub name: String,
    /// Whether pictures and merged exports show it.
    pub visible: bool,
    /// How it is laid over the layers below.
    pub mode: BlendMode,
    /// Its voxels.
    pub volume: Volume,
}

impl Layer {
    /// A visible, empty layer.
    #[must_use]
    pub fn new(id: LayerId, name: impl Into<String>) -> Self {
        Self { id, name: name.into(), visible: true, mode: BlendMode::Over, volume: Volume::new() }
    }
}
