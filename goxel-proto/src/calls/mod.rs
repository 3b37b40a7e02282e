//! Typed calls: what a request asks for, once its parameters are read.
//!
//! One file for each kind of call. A call borrows nothing and knows nothing of volumes.

mod analysis;
mod batch;
mod edits;
mod files;
mod parts;
mod plain;
mod reshape;
pub mod scene;
mod voxels;

pub use analysis::{FindByColour, Histogram, ReadVoxels, UniqueColours};
pub use batch::{Batch, BatchAct, BatchOperation, EachVoxel};
pub use edits::{FloodFill, Neighbours, PaintVoxels, ProceduralShape, ShapeKind};
pub use files::{KeptCamera, RenderScene, RenderTarget};
pub use plain::Plain;
pub use reshape::{Change, Copy};
pub use voxels::{Encoding, GetVoxels, VoxelSet, Voxels, write_record};
