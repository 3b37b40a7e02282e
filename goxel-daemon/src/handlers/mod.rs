//! What each method does. One file a topic; a handler reads its call, has the model do it, and
//! writes the result.

pub(crate) mod analysis;
pub(crate) mod edits;
pub(crate) mod files;
pub(crate) mod get_voxels;
pub(crate) mod layers;
mod line;
pub(crate) mod projects;
pub(crate) mod render;
pub(crate) mod reshape;
pub(crate) mod scene;
pub(crate) mod shapes;
pub(crate) mod structure;
pub(crate) mod system;
pub(crate) mod transactions;
pub(crate) mod voxels;

/// What the daemon calls itself.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
