//! The model of a voxel editor: volumes, layers, projects, and the commands that change them.
//!
//! This crate knows no JSON, no method name, no file format, no socket and no thread. It takes
//! plain values and gives plain values. Start with [`Volume`], then [`Project`], then [`Context`].

pub mod analysis;
mod blend;
mod changed;
mod check;
pub mod client;
mod command;
mod context;
pub mod diff;
mod error;
mod executor;
pub mod generate;
mod identity;
mod layer;
pub mod limits;
mod mask;
mod neighbourhood;
mod project;
mod rebuild;
mod reshape;
mod scan;
mod scene;
mod volume;
mod work;

pub use blend::blend;
pub use changed::{CHANGED_TILES_MAX, ChangedArea};
pub use command::{Act, Command, Effect, FloodFill, LayerSettings, Operation, Shape, Solid};
pub use context::{Context, ProjectId};
pub use error::{Error, Result};
pub use executor::{Executor, Serial};
pub use goxel_proto::types::{BlendMode, Combine, Connectivity};
pub use identity::Identity;
pub use layer::Layer;
pub use project::{Changed, Leftovers, Mark, Parts, Project, Unfit};
pub use reshape::{Motion, Reshape};
pub use scene::{Camera, Light, Material, Opaque, Owner, Scene, SceneParts, Swatch, Transform};
pub use volume::{
    Accessor, Dense, PagePos, PageRef, Reader, TILE_EDGE, TILE_VOXELS, Tile, TilePos, TileRef,
    Volume, index_in_tile, voxel_index,
};
pub use work::{Control, TILE_UNITS, Work};
