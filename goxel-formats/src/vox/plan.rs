//! [`Plan`]: what a file is to have, and in which order.

use goxel_core::{Layer, Project};

use super::VERSION;
use super::part::{Model, Part, parts};
use super::tree::Tree;
use crate::{Result, text};

/// What a file is made of, in its order.
pub(super) enum Slot<'a> {
    /// A chunk as it stood in the file that was read.
    Same([u8; 4], &'a [u8]),
    /// A chunk of such a file that is another one now.
    Other([u8; 4], Vec<u8>),
    Models,
    Nodes,
    Palette,
    /// What the colour of this index is made of.
    Material(usize),
}

/// Everything but colours.
pub(super) struct Plan<'a> {
    pub(super) version: u32,
    pub(super) slots: Vec<Slot<'a>>,
    pub(super) models: Vec<Model<'a>>,
    pub(super) nodes: Vec<u8>,
}

/// A scene of these layers alone.
pub(super) fn fresh(project: &Project) -> Result<Plan<'_>> {
    let mut tree = Tree::new();
    let mut models = Vec::new();
    let top = tree.top()?;
    for layer in project.layers() {
        let parts = parts(layer);
        tree.add_layer(layer, &parts, models.len() as i32, top)?;
        models.extend(parts.into_iter().map(Part::into_model));
    }
    let slots = vec![Slot::Models, Slot::Nodes, Slot::Palette];
    Ok(Plan { version: VERSION, slots, models, nodes: tree.write()? })
}

/// A layer's name as files hold it.
pub(super) fn name_of(layer: &Layer) -> &str {
    text::clip(&layer.name)
}
