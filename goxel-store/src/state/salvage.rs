//! [`salvage`]: what is whole in the bytes of a damaged state.
//!
//! Each section has its own checksum, so those that are whole are kept, and what they do not need others for:
//!
//! ```text
//! parts     which sections are whole, and where something is lost          (parts)
//! tiles     numbers of those behind a lost block follow from the places    (numbers)
//! voxels    tiles that are there are put where they are, others are told    (places)
//! ```

mod loss;
mod numbers;
mod parts;
mod places;

use goxel_core::{Identity, Layer, Parts, Project, Scene};
use goxel_proto::types::{LayerId, MaterialId};

pub use self::loss::Loss;
use self::parts::{Part, parts};
use super::section::Tag;
use super::voxels::Budget;
use super::{Summary, more, structure};

/// Edge of the image box where that is lost, as of a new project.
const EDGE: i32 = 64;

/// What is left of a project.
#[derive(Debug)]
pub(crate) struct Salvage {
    pub(crate) project: Project,
    /// What is not.
    pub(crate) lost: Vec<Loss>,
}

/// What is left of the project of a damaged state. Which one it is and its version are known from elsewhere, since
/// they may be lost, too. `None` where nothing is left, or what is left takes more than so many bytes of memory.
///
/// No voxel is put where it was not: where the numbers of tiles are not certain, they are lost.
pub(crate) fn salvage(
    bytes: &[u8],
    identity: Identity,
    version: u64,
    memory: u64,
) -> Option<Salvage> {
    let parts = parts(bytes);
    let mut found = Found::of(&parts);
    let has_layers = !found.layers.is_empty();
    let voxels = places::put(&parts, &mut found.layers, &mut Budget::new(memory)).ok()?;
    if found.layers.is_empty() {
        return None;
    }
    let mut lost = found.lost;
    if !has_layers {
        lost.push(Loss::Layers);
    }
    lost.extend(voxels);
    let project = found.parts.whole(found.layers, identity, version)?;
    if let Some(told) = found.summary
        && told.voxels > project.count()
    {
        lost.push(Loss::Count { voxels: told.voxels - project.count(), of: told.voxels });
    }
    Some(Salvage { project, lost })
}

/// What single sections say, as far as they are whole.
#[derive(Default)]
struct Found {
    summary: Option<Summary>,
    layers: Vec<Layer>,
    parts: Rest,
    lost: Vec<Loss>,
}

/// All but layers and voxels.
#[derive(Default)]
struct Rest {
    head: Option<Parts>,
    scene: Option<Scene>,
}

impl Found {
    fn of(parts: &[Part<'_>]) -> Self {
        let mut found = Self::default();
        for part in parts {
            if let Part::Lost { tag: Some(Tag::More | Tag::Opaque), .. } = part {
                found.lost.push(Loss::More);
            }
            let Part::Whole { tag, mut body } = part.clone() else { continue };
            match tag {
                Tag::Project => found.summary = Summary::take(&mut body).ok(),
                Tag::Head => {
                    let mut head = no_parts();
                    let read = structure::take_head(&mut body, &mut head).is_ok();
                    found.parts.head = read.then_some(head);
                }
                Tag::Layers => found.layers = structure::take_layers(&mut body).unwrap_or_default(),
                Tag::Scene => found.parts.scene = structure::take_scene(&mut body).ok(),
                Tag::More | Tag::Opaque => {
                    let take =
                        if tag == Tag::More { more::take_more } else { more::take_all_opaque };
                    let scene = found.parts.scene.as_ref();
                    let whole = scene.and_then(|scene| take(&mut body, scene).ok());
                    found.parts.scene = whole.or(found.parts.scene.take());
                }
                Tag::Tiles | Tag::Places | Tag::End => {}
            }
        }
        found.lost.extend(found.parts.head.is_none().then_some(Loss::Head));
        found.lost.extend(found.parts.scene.is_none().then_some(Loss::Scene));
        found
    }
}

fn no_parts() -> Parts {
    Project::new("", [EDGE; 3]).parts()
}

impl Rest {
    /// The project of these, with what is missing as of a new one.
    fn whole(self, mut layers: Vec<Layer>, identity: Identity, version: u64) -> Option<Project> {
        let scene = self.scene.unwrap_or_default();
        let is_there = |id: &MaterialId| scene.material(*id).is_ok();
        layers.iter_mut().for_each(|layer| layer.material = layer.material.filter(is_there));
        let mut parts = self.head.unwrap_or_else(|| {
            let mut head = no_parts();
            head.name = identity.to_string();
            head
        });
        let top = layers.last().map_or(LayerId(0), |layer| layer.id);
        if !layers.iter().any(|layer| layer.id == parts.active) {
            parts.active = top;
        }
        let highest = layers.iter().map(|layer| layer.id.0).max().unwrap_or(0);
        parts.next_layer = parts.next_layer.max(highest.saturating_add(1));
        let parts = Parts { identity, version, layers, scene: Some(scene), ..parts };
        Project::restored(parts).ok()
    }
}

#[cfg(test)]
mod tests;
