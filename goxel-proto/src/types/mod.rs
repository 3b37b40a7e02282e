//! Plain data that the wire and the model share: positions, boxes, colours, layer ids, and the words
//! that stand for one of a few things ([`Word`]).
//!
//! This is the only module of the crate that `goxel-core` may use. Everything here is plain
//! data: it knows no JSON and no volume.

mod aabb;
mod css;
mod encoding;
mod event;
pub mod font;
mod ids;
mod loss;
mod medium;
mod mesh;
mod modes;
mod picture;
mod picture_file;
mod pos;
mod rgba;
mod shape;
mod space;
mod word;

pub use aabb::Aabb;
pub use encoding::Encoding;
pub use event::{EventKind, Happening};
pub use ids::{CameraId, LayerId, LayerRef, LayerScope, MaterialId};
pub use loss::Loss;
pub use medium::Medium;
pub use mesh::{Fill, MeshColors, MeshOptions, Origin, Surface, Unit, Up};
pub use modes::{BlendMode, Combine};
pub use picture::{Background, Edges, Ground, Look, Pass, Projection, Quality, Shadow, View};
pub use picture_file::{PictureFormat, ReturnMode};
pub use pos::{Pos, Voxel};
pub use rgba::Rgba;
pub use shape::ShapeKind;
pub use space::{Axis, CameraPreset, Connectivity, Side};
pub use word::{Word, WordRow};
