//! Typed calls: what a request asks for, once its parameters are read.
//!
//! One file for each kind of call. A call borrows nothing and knows nothing of volumes.

mod files;
mod voxels;

pub use files::{RenderScene, RenderTarget};
pub use voxels::{VoxelSet, Voxels};
