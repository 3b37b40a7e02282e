//! What each method does. One file a topic, and in each a table of its methods; a handler reads
//! its call, has the model do it, and writes the result.

mod analysis;
mod edits;
mod events;
mod file_options;
pub(crate) mod files;
mod following;
mod get_voxels;
mod jobs;
mod layers;
mod projects;
mod render;
mod reshape;
mod scene;
pub(crate) mod scripts;
mod shapes;
mod structure;
mod system;
mod transactions;
mod versions;
mod voxels;
mod watch;

use crate::handler::Entry;

/// The tables of all files.
pub(crate) const TABLES: &[&[Entry]] = &[
    analysis::HANDLERS,
    edits::HANDLERS,
    events::HANDLERS,
    files::HANDLERS,
    following::HANDLERS,
    get_voxels::HANDLERS,
    jobs::HANDLERS,
    layers::HANDLERS,
    projects::HANDLERS,
    render::HANDLERS,
    reshape::HANDLERS,
    scene::HANDLERS,
    scripts::HANDLERS,
    shapes::HANDLERS,
    structure::HANDLERS,
    system::HANDLERS,
    transactions::HANDLERS,
    versions::HANDLERS,
    voxels::HANDLERS,
    watch::HANDLERS,
];
