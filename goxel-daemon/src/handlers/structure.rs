//! How voxels hang together, and how much of them shows.

use goxel_core::analysis::{self, Component};
use goxel_core::{Project, Volume, Work};
use goxel_proto::calls::FindComponents;
use goxel_proto::json::Writer;
use goxel_proto::types::{Aabb, LayerScope};
use goxel_proto::{Args, Method};

use crate::fault::Result;
use crate::handler::Handler::LongRead;
use crate::handler::{self, Entry};

pub(super) const HANDLERS: &[Entry] =
    &[(Method::FindComponents, LongRead(components)), (Method::ExposedFaces, LongRead(faces))];

/// The voxels of a layer, or what shows of all layers.
fn volume(project: &Project, scope: LayerScope, work: &Work<'_>) -> Result<Volume> {
    match scope {
        LayerScope::All => Ok(project.visible_within(work)?),
        LayerScope::One(layer) => {
            let layer = project.layer(layer)?;
            Ok(layer.volume.clone())
        }
    }
}

fn components(args: &Args<'_>) -> Result<handler::LongRead> {
    let call = FindComponents::read(args)?;
    Ok(Box::new(move |project, work, w| {
        let mut volume = volume(project, call.scope, work)?;
        if call.aabb != Aabb::EVERYTHING {
            volume = volume.region(&call.aabb, work)?;
        }
        let found = analysis::components(&volume, call.connectivity, work)?;
        let rest = found.get(call.offset..).unwrap_or_default();
        let page = &rest[..rest.len().min(call.limit)];
        w.object(|w| {
            w.key("components").array(|w| page.iter().for_each(|part| write(part, w)));
            w.member("count", page.len());
            w.member("total", found.len());
            w.member("truncated", page.len() < rest.len());
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

fn faces(args: &Args<'_>) -> Result<handler::LongRead> {
    let scope = args.layer_scope()?;
    Ok(Box::new(move |project, work, w| {
        let volume = volume(project, scope, work)?;
        let faces = analysis::exposed_faces(&volume, work)?;
        w.object(|w| {
            w.member("exposed_faces", faces);
            w.member("voxel_count", volume.count());
        });
        Ok(())
    }))
}
