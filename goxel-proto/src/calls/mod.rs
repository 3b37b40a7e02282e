//! Typed calls: what a request asks for, once its parameters are read.
//!
//! One file for each kind of call. A call borrows nothing and knows nothing of volumes.

mod analysis;
mod batch;
mod edits;
mod events;
mod file_options;
mod heightmap;
mod parts;
mod picture;
mod plain;
mod reshape;
pub mod scene;
mod script;
mod shape;
mod versions;
mod voxels;

pub use analysis::{
    CountVoxels, FindByColour, FindComponents, Histogram, ReadVoxels, UniqueColours,
};
pub use batch::{Batch, BatchAct, BatchOperation, EachVoxel};
pub use edits::{FloodFill, PaintVoxels};
pub use events::{Subscribe, Unsubscribe};
pub use file_options::{ReadSettings, WriteSettings};
pub use heightmap::{Heightmap, Heights};
pub use picture::{
    Arrangement, FileSettings, Inline, KeptCamera, RenderScene, RenderTarget, SheetSettings,
};
pub use plain::Plain;
pub use reshape::{Change, Copy};
pub use script::{Code, ExecuteScript, SCRIPT_BYTES_MAX};
pub use shape::ProceduralShape;
pub use versions::{Restore, VersionName};
pub use voxels::{GetVoxels, VoxelSet, Voxels, write_record};
