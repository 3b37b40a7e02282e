//! How voxels hang together, and how much of them shows.

use goxel_core::analysis::{self, Component};
use goxel_core::{Project, Volume};
use goxel_proto::calls::FindComponents;
use goxel_proto::json::Writer;
use goxel_proto::types::{Aabb, LayerScope};
use goxel_proto::{Args, ErrorCode};

use crate::state::{Look, Result, refused};

/// The voxels of a layer, or what shows of all layers.
fn volume(project: &Project, scope: LayerScope) -> Result<Volume> {
    match scope {
        LayerScope::All => Ok(project.visible()),
        LayerScope::One(layer) => {
            let layer = project.layer(layer).map_err(refused(ErrorCode::Internal))?;
            Ok(layer.volume.clone())
        }
    }
}

pub(crate) fn components(args: &Args<'_>) -> Result<Look> {
    let call = FindComponents::read(args)?;
    Ok(Box::new(move |project, spread, w| {
        let mut volume = volume(project, call.scope)?;
        if call.aabb != Aabb::EVERYTHING {
            volume = volume.region(&call.aabb);
        }
        let found = analysis::components(&volume, call.connectivity, spread);
        let rest = found.get(call.offset..).unwrap_or_default();
        let told = &rest[..rest.len().min(call.limit)];
        w.object(|w| {
            w.key("components").array(|w| told.iter().for_each(|part| write(part, w)));
            w.member("count", told.len());
            w.member("total", found.len());
            w.member("truncated", told.len() < rest.len());
        });
        Ok(())
    }))
}

fn write(part: &Component, w: &mut Writer<'_>) {
    w.item().object(|w| {
        w.member("voxel_count", part.voxels);
        if let Some((low, high)) = part.bounds.corners() {
            w.member("min", low);
            w.member("max", high);
        }
        w.member("first", part.first);
    });
}

pub(crate) fn faces(args: &Args<'_>) -> Result<Look> {
    let scope = args.layer_scope()?;
    Ok(Box::new(move |project, spread, w| {
        let volume = volume(project, scope)?;
        w.object(|w| {
            w.member("exposed_faces", analysis::exposed_faces(&volume, spread));
            w.member("voxel_count", volume.count());
        });
        Ok(())
    }))
}
