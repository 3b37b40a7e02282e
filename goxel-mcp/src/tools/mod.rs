//! [`TOOLS`]: every tool, in the order in which they are listed. Each stands in the file of its topic as a
//! `Spec`, made of rows of the method table where a parameter is a method's.
//!
//! ```text
//! arguments -> check (what, where, how to mend it) -> args -> the tool -> ask -> the daemon
//!                                                        edit around it: version, undo, look
//! ```

mod args;
mod ask;
mod batch;
mod caption;
mod check;
pub mod docs;
mod edit;
mod files;
mod grid;
mod holes;
mod layers;
mod look;
mod measure;
mod opening;
mod paint;
mod params;
mod projects;
mod read;
mod reshape;
mod scene;
mod schema;
mod script;
mod shapes;
mod spec;
mod symmetry;
#[cfg(test)]
mod tests;
mod text;
mod undo;
mod voxels;

use self::spec::{Does, Spec};
use crate::tool::{Effect, Tool};

/// Each spec as a tool.
macro_rules! tools {
    ($($spec:path),* $(,)?) => {
        /// Every tool.
        pub static TOOLS: &[Tool] = &[$(Tool {
            name: $spec.name,
            title: $spec.title,
            about: $spec.about,
            effect: $spec.effect,
            idempotent: $spec.idempotent,
            input: || $spec.input(),
            output: || $spec.output(),
            run: |call, given| $spec.run(call, given),
        }),*];
    };
}

const LOOK: Spec = Spec {
    name: "look",
    title: "Look at a project",
    about: "Draws what shows of a project as a PNG: one view or a labelled sheet of several; only a box, a \
            slice, some layers; or what changed since a version. Edits do it with look: true. For exact voxels \
            use read_voxels.",
    effect: Effect::Reads,
    idempotent: true,
    params: look::PARAMS,
    examples: &[],
    gives: look::GIVES,
    does: Does::Answers(look::look),
};

tools![
    projects::LIST,
    projects::GET,
    opening::OPEN,
    files::SAVE,
    projects::CLOSE,
    LOOK,
    read::READ,
    measure::MEASURE,
    voxels::PLACE,
    voxels::REMOVE,
    shapes::DRAW,
    text::DRAW,
    paint::PAINT,
    reshape::TRANSFORM,
    layers::EDIT,
    scene::MATERIAL,
    scene::PALETTE,
    undo::UNDO,
    batch::BATCH,
    script::SCRIPT,
];
