//! [`Subject`]: what of a project a picture shows, as a project of its own. What is drawn knows nothing of
//! layers that were left out, of cuts, and of older versions.

use goxel_core::{Layer, Project, Work};
use goxel_proto::calls::scene::Named;
use goxel_proto::types::{LayerId, Look};
use goxel_proto::{RpcError, suggest};

use super::cut::{Cut, cut};
use super::highlight::highlight;
use crate::fault::{Fault, Result};

/// What of a project is shown.
#[derive(Debug, Default)]
pub(super) struct Subject {
    layers: Option<Vec<Named<LayerId>>>,
    cut: Cut,
}

impl Subject {
    pub(super) fn new(layers: Option<Vec<Named<LayerId>>>, look: &Look) -> Self {
        Self { layers, cut: Cut { keep: look.clip.clone(), leave: look.cut.clone() } }
    }

    /// That of a project.
    ///
    /// # Errors
    /// Where a layer is named that is not there, or the work has to end.
    pub(super) fn of(&self, mut project: Project, work: &Work<'_>) -> Result<Project> {
        if self.layers.is_none() && self.cut.is_all() {
            return Ok(project);
        }
        let mut layers = self.visible(&project, Unknown::Refused)?;
        for layer in layers.iter_mut().filter(|layer| layer.visible) {
            layer.volume = cut(&layer.volume, &self.cut, work)?;
        }
        put(&mut project, layers)?;
        Ok(project)
    }

    /// That of a project, with what has changed since an older version of it marked.
    ///
    /// # Errors
    /// As above.
    pub(super) fn since(
        &self,
        before: Project,
        after: Project,
        work: &Work<'_>,
    ) -> Result<Project> {
        // Layers that one of both does not have are what has changed.
        let (old, new) =
            (self.visible(&before, Unknown::PassedOver)?, self.visible(&after, Unknown::Refused)?);
        let scene = after.scene().clone();
        let merged = |mut project: Project, layers| {
            put(&mut project, layers)?;
            Ok::<_, Fault>(project.visible_within(work)?)
        };
        let (old, new) = (merged(before, old)?, merged(after, new)?);
        let volume = cut(&highlight(&old, &new, work)?, &self.cut, work)?;
        // Cameras are of use; materials would hide what is marked.
        let layer = Layer { volume, ..Layer::new(LayerId(1), "") };
        let project = Project::from_layers("", [0; 3], vec![layer]).with_scene(scene);
        Ok(project)
    }

    /// The layers, of which those show that were named.
    fn visible(&self, project: &Project, unknown: Unknown) -> Result<Vec<Layer>> {
        let mut layers = project.layers().to_vec();
        let Some(named) = &self.layers else { return Ok(layers) };
        let is = |layer: &Layer, named: &Named<LayerId>| match named {
            Named::Id(id) => layer.id == *id,
            Named::Name(name) => layer.name == *name,
        };
        for layer in &mut layers {
            layer.visible = named.iter().any(|named| is(layer, named));
        }
        let missing = named.iter().find(|named| !layers.iter().any(|layer| is(layer, named)));
        match missing.filter(|_| unknown == Unknown::Refused) {
            Some(missing) => Err(no_layer(missing, &layers)),
            None => Ok(layers),
        }
    }
}

/// What becomes of a name that no layer has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknown {
    Refused,
    PassedOver,
}

fn put(project: &mut Project, layers: Vec<Layer>) -> Result {
    let parts = goxel_core::Parts { layers, ..project.parts() };
    // The layers are those of the project, with other voxels.
    project.put(parts).map_err(|why| {
        RpcError::new(goxel_proto::ErrorCode::Internal, format_args!("Internal error: {why}"))
            .into()
    })
}

fn no_layer(named: &Named<LayerId>, layers: &[Layer]) -> Fault {
    let what = match named {
        Named::Id(id) => format!("no layer has the id {}", id.0),
        Named::Name(name) => {
            let near = suggest::nearest(name, layers.iter().map(|layer| layer.name.as_str()));
            let near = near.map(|near| format!(": is \"{near}\" meant?")).unwrap_or_default();
            format!("no layer is called \"{name}\"{near}")
        }
    };
    RpcError::params("params.options.layers", what).into()
}
