//! [`Opaque`]: what a file says that the project has no place for, kept to be written back.

use std::sync::Arc;

use goxel_proto::types::{CameraId, LayerId, MaterialId};

use crate::{Error, Result, limits};

/// Data of a file that only its format understands. Nothing here looks into it: the reader of the
/// format leaves it, and the writer of the same format finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// What it belongs to. Where that is gone, it is written no more.
    pub of: Owner,
    /// The format, by the name that calls use.
    pub format: String,
    /// What tells it from others of that format.
    pub tag: String,
    /// As the reader left it; shared by all snapshots.
    pub bytes: Arc<[u8]>,
}

/// What [`Opaque`] data belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The project as a whole.
    Project,
    /// A layer.
    Layer(LayerId),
    /// A material.
    Material(MaterialId),
    /// A camera.
    Camera(CameraId),
}

impl Opaque {
    /// What it counts for: also what is empty takes some room.
    fn size(&self) -> usize {
        size_of::<Self>() + self.format.len() + self.tag.len() + self.bytes.len()
    }
}

/// Whether a project may have all of this.
pub(super) fn check(opaque: &[Opaque]) -> Result<()> {
    let size: usize = opaque.iter().map(Opaque::size).sum();
    if size > limits::OPAQUE_BYTES_MAX {
        return Err(Error::TooMuchOpaque(size));
    }
    Ok(())
}
