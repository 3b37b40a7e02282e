//! Voxels: one by one, and many at once.

use goxel_core::{Command, Effect, Layer, Project, TILE_EDGE};
use goxel_proto::calls::{Plain, Voxels};
use goxel_proto::json::Writer;
use goxel_proto::types::{Aabb, LayerRef, Pos, Rgba, Voxel};
use goxel_proto::{Args, ErrorCode, Method, RpcError};

use crate::fault::Result;
use crate::handler::Handler::{Edit, EditVoxel, ReadVoxel};
use crate::handler::{Editing, Entry, Handler, LongRead};
use crate::voxel_reply::VoxelReply;

pub(super) const HANDLERS: &[Entry] = &[
    (Method::AddVoxel, EditVoxel { fast: add_fast, full: add }),
    (Method::RemoveVoxel, EditVoxel { fast: remove_fast, full: remove }),
    (Method::GetVoxel, ReadVoxel { fast: get_fast, full: get }),
    (Method::AddVoxels, Edit(add_many)),
    (Method::RemoveVoxels, Edit(remove_many)),
    (Method::GetBoundingBox, Handler::LongRead(bounding_box)),
];

fn add(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let (pos, layer, rgba) = (args.pos()?, args.layer()?, args.colour_parts()?);
    set_one(project, layer, Voxel { pos, rgba })?;
    VoxelReply::Edit { pos, layer: layer_as_sent(args), rgba: Some(rgba) }.write(w);
    Ok(())
}

/// As [`add`], of numbers by position.
fn add_fast(project: &mut Project, call: &Plain) -> Option<VoxelReply> {
    let (pos, rgba, (layer, sent)) = (call.pos(), call.rgba()?, call.layer(7)?);
    set_one(project, layer, Voxel { pos, rgba }).ok()?;
    Some(VoxelReply::Edit { pos, layer: sent, rgba: Some(rgba) })
}

fn remove(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let (pos, layer) = (args.pos()?, args.layer()?);
    set_one(project, layer, Voxel { pos, rgba: Rgba::EMPTY })?;
    VoxelReply::Edit { pos, layer: layer_as_sent(args), rgba: None }.write(w);
    Ok(())
}

/// As [`remove`], of numbers by position.
fn remove_fast(project: &mut Project, call: &Plain) -> Option<VoxelReply> {
    let (pos, (layer, sent)) = (call.pos(), call.layer(3)?);
    set_one(project, layer, Voxel { pos, rgba: Rgba::EMPTY }).ok()?;
    Some(VoxelReply::Edit { pos, layer: sent, rgba: None })
}

fn set_one(project: &mut Project, layer: LayerRef, voxel: Voxel) -> goxel_core::Result<()> {
    let command = Command::SetVoxels { layer, boxes: &[], voxels: &[voxel] };
    project.apply(command).map(|_| ())
}

/// `layer_id` is given back as it came: 0 where it did not.
fn layer_as_sent(args: &Args<'_>) -> i32 {
    args.get("layer_id").ok().flatten().unwrap_or(0)
}

pub(super) fn write_pos(pos: Pos, w: &mut Writer<'_>) {
    for (name, axis) in ["x", "y", "z"].into_iter().zip(pos.to_array()) {
        w.member(name, axis);
    }
}

fn get(project: &Project, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let pos = args.pos()?;
    let layer = project.layer(args.layer()?)?;
    VoxelReply::Voxel { pos, rgba: layer.volume.get(pos) }.write(w);
    Ok(())
}

/// As [`get`], of numbers by position.
fn get_fast(project: &Project, call: &Plain) -> Option<VoxelReply> {
    let layer = project.layer(LayerRef::Active).ok()?;
    Some(VoxelReply::Voxel { pos: call.pos(), rgba: layer.volume.get(call.pos()) })
}

fn bounding_box(args: &Args<'_>) -> Result<LongRead> {
    let (scope, exact) = (args.layer_scope()?, args.need("exact")?);
    Ok(Box::new(move |project, _, w| {
        let layers = project.scope(scope).map_err(|error| {
            let what = format_args!("Failed to get bounding box: {error}");
            RpcError::new(ErrorCode::Internal, what)
        })?;
        let found = bounds(layers);
        let found = if exact { found } else { found.map(whole_tiles) };
        w.object(|w| write_bounds(found, w));
        Ok(())
    }))
}

/// The smallest box that holds the voxels of all these layers.
pub(super) fn bounds(layers: &[Layer]) -> Option<Aabb> {
    let bounds = layers.iter().filter_map(|layer| layer.volume.bounds());
    bounds.reduce(|a, b| a.union(&b))
}

/// The box of all tiles that a box meets.
fn whole_tiles(aabb: Aabb) -> Aabb {
    let edge = TILE_EDGE as i64;
    Aabb {
        min: aabb.min.map(|low| low.div_euclid(edge) * edge),
        max: aabb.max.map(|high| (high - 1).div_euclid(edge) * edge + edge),
    }
}

/// Writes the members of a box: both ends belong to it.
pub(super) fn write_bounds(bounds: Option<Aabb>, w: &mut Writer<'_>) {
    let corners = bounds.and_then(|aabb| Some((aabb.corners()?, aabb.size())));
    w.member("empty", corners.is_none());
    if let Some(((low, high), size)) = corners {
        w.member("min", low);
        w.member("max", high);
        w.member("dimensions", size);
    }
}

/// Says how many voxels the call named: the boxes' and the points'.
fn add_many(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let call = Voxels::read(args)?;
    set_many(project, &call)?;
    let named = u64::try_from(call.set.named()).unwrap_or(u64::MAX);
    write_many(project, &call, "added", named, w)
}

/// Says how many voxels were there.
fn remove_many(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let call = Voxels::read_removal(args)?;
    let removed = match set_many(project, &call)? {
        Effect::Voxels(gained) => gained.unsigned_abs(),
        _ => 0,
    };
    write_many(project, &call, "removed", removed, w)
}

fn set_many(project: &mut Editing<'_>, call: &Voxels) -> goxel_core::Result<Effect> {
    let Voxels { layer, set } = call;
    let command = Command::SetVoxels { layer: *layer, boxes: &set.boxes, voxels: &set.points };
    project.apply(command)
}

fn write_many(
    project: &Project,
    call: &Voxels,
    counted: &str,
    count: u64,
    w: &mut Writer<'_>,
) -> Result {
    let layer = project.layer(call.layer)?;
    w.object(|w| {
        w.member("success", true);
        w.member(counted, count);
        w.member("layer_id", layer.id.0);
    });
    Ok(())
}
