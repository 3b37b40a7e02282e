//! [`Report`]: what there is to say of a file that was written, above all what it does not have; and the
//! [`Warning`]s of which one about a file that was read is all.

use goxel_core::{Light, Project};
use goxel_proto::types::{BlendMode, Loss, Unit, Up, Word as _};

use crate::{Kept, Layers};

/// Something of the project that a written file does not have, or of a file that a project does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What kind of loss it is.
    pub code: Loss,
    /// What is lost, and what would keep it, in words.
    pub what: String,
    /// Of how many voxels, colours, layers or others.
    pub count: u64,
}

/// Adds a loss, or to one of the same kind and words. A count of 0 says nothing.
pub(crate) fn lose(warnings: &mut Vec<Warning>, code: Loss, what: impl Into<String>, count: u64) {
    if count == 0 {
        return;
    }
    let what = what.into();
    match warnings.iter_mut().find(|known| known.code == code && known.what == what) {
        Some(known) => known.count += count,
        None => warnings.push(Warning { code, what, count }),
    }
}

/// Warnings as a line of text.
pub(crate) fn in_words(warnings: &[Warning]) -> String {
    let each = warnings.iter().map(|Warning { what, count, .. }| format!("{what} ({count})"));
    each.collect::<Vec<_>>().join("; ")
}

/// What there is to say of a file that was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What it does not have of the project, in the order in which that was found.
    pub warnings: Vec<Warning>,
    /// The axis that points up, where the format is a mesh.
    pub up: Option<Up>,
    /// What its numbers are measured in, where the format is a mesh.
    pub unit: Option<Unit>,
    /// The names of the files beside it.
    pub beside: Vec<String>,
}

impl Report {
    /// Adds a loss.
    pub(crate) fn lose(&mut self, code: Loss, what: impl Into<String>, count: u64) {
        lose(&mut self.warnings, code, what, count);
    }

    /// What the format has no room for, by its row in the table.
    pub(crate) fn lose_scene(&mut self, project: &Project, has: Layers, keeps: &[Kept]) {
        let lacks = |kept| !keeps.contains(&kept);
        let (scene, layers) = (project.scene(), project.layers());
        let of_layers = layers.iter().filter(|layer| layer.material.is_some()).count();
        let colours = scene.palette().iter();
        let of_colours = colours.filter(|swatch| swatch.material.is_some()).count();
        if lacks(Kept::ColorMaterials) {
            // What has those of colours gives these the materials of layers, or tells which it cannot.
            let of_layers = if lacks(Kept::Materials) { of_layers } else { 0 };
            let count = (of_layers + of_colours) as u64;
            self.lose(Loss::Materials, "the format has no materials", count);
        }
        if lacks(Kept::Cameras) {
            let cameras = scene.cameras().len();
            self.lose(Loss::Cameras, "the format has no cameras", cameras as u64);
            let lit = scene.light().is_some_and(|light| *light != Light::default());
            self.lose(Loss::Light, "the format has no light", u64::from(lit));
        }
        if lacks(Kept::ColorNames) {
            let named = scene.palette().iter().filter(|swatch| !swatch.name.is_empty()).count();
            self.lose(Loss::ColorNames, "the format has no names of colours", named as u64);
        }
        if has != Layers::All {
            let hidden = |layer: &&goxel_core::Layer| !layer.visible && !layer.volume.is_empty();
            let hidden = layers.iter().filter(hidden).count();
            self.lose(Loss::HiddenLayers, "the format has only what shows", hidden as u64);
        }
    }

    /// Tells that what these modes do was worked into the voxels.
    pub(crate) fn lose_modes(&mut self, modes: impl Iterator<Item = BlendMode>) {
        for mode in modes {
            let what = format!(
                "the format has no blend modes: what \"{}\" does is worked into the voxels",
                mode.name()
            );
            self.lose(Loss::BlendModes, what, 1);
        }
    }
}
