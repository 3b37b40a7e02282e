//! [`Loss`]: what of a project is lost, in words.

use std::fmt;

use goxel_proto::types::Aabb;

/// So many boxes are told of one by one.
const BOXES_TOLD_MAX: usize = 20;

/// What of a project could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The name, the image box, and which layer is active.
    Head,
    /// What layers are beside their voxels, and those that have none.
    Layers,
    /// Materials, cameras, light and palette.
    Scene,
    /// What is behind the surface of materials, the materials of colours, or what files said beyond.
    More,
    /// Voxels of a layer.
    Voxels {
        /// What it is called.
        layer: String,
        /// In so many tiles of 16 voxels cubed.
        tiles: u64,
        /// Boxes that hold these tiles.
        boxes: Vec<Aabb>,
    },
    /// What says where voxels are: in which layers and boxes is lost with it.
    Places {
        /// Bytes of it in the file.
        bytes: u64,
    },
    /// Some voxels, of all layers together.
    Count {
        /// So many are gone.
        voxels: u64,
        /// Of so many.
        of: u64,
    },
    /// What came behind a version, since it does not fit what is left.
    Later {
        /// The version.
        version: u64,
    },
}

impl fmt::Display for Loss {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head => write!(out, "its name, its image box, and which layer is active"),
            Self::Layers => write!(out, "what its layers are beside their voxels"),
            Self::Scene => write!(out, "its materials, cameras, light and palette"),
            Self::More => write!(out, "what its materials, colours or files say beyond that"),
            Self::Voxels { layer, tiles, boxes } => {
                let plural = if *tiles == 1 { "" } else { "s" };
                write!(
                    out,
                    "voxels of layer \"{layer}\", in {tiles} tile{plural} of 16 voxels cubed:"
                )?;
                for Aabb { min: [x, y, z], max } in boxes.iter().take(BOXES_TOLD_MAX) {
                    let [x_max, y_max, z_max] = max.map(|edge| edge - 1);
                    write!(out, " {x}..{x_max},{y}..{y_max},{z}..{z_max}")?;
                }
                match boxes.len().saturating_sub(BOXES_TOLD_MAX) {
                    0 => Ok(()),
                    more => write!(out, " and {more} more"),
                }
            }
            Self::Places { bytes } => {
                write!(out, "voxels that {bytes} bytes of the file said the places of")
            }
            Self::Count { voxels, of } => write!(out, "{voxels} of {of} voxels, in all"),
            Self::Later { version } => {
                write!(
                    out,
                    "what was done behind version {version}, which does not fit what is left"
                )
            }
        }
    }
}
