//! Voxels: one by one, and many at once.

use goxel_core::{Command, Effect, Layer, Project, TILE_EDGE};
use goxel_proto::calls::{Plain, Voxels};
use goxel_proto::json::Writer;
use goxel_proto::types::{Aabb, LayerRef, Pos, Rgba, Voxel};
use goxel_proto::{Args, ErrorCode, RpcError};

use super::line::Line;
use crate::state::{Result, refused};

/// What is told of a call that was about one voxel.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Told {
    /// It was set, to this colour, or removed, in the layer of this number as it was sent.
    Edit { pos: Pos, layer: i32, rgba: Option<Rgba> },
    /// It was read.
    Voxel { pos: Pos, rgba: Rgba },
}

pub(crate) fn add(project: &mut Project, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let (pos, layer, rgba) = (args.pos()?, args.layer()?, args.colour_parts()?);
    set_one(project, layer, Voxel { pos, rgba }, ErrorCode::AddVoxel)?;
    Told::Edit { pos, layer: layer_as_sent(args), rgba: Some(rgba) }.write(w);
    Ok(())
}

/// As [`add`], of numbers by position.
pub(crate) fn add_plain(project: &mut Project, call: &Plain) -> Option<Told> {
    let (pos, rgba, (layer, sent)) = (call.pos(), call.rgba()?, call.layer(7)?);
    set_one(project, layer, Voxel { pos, rgba }, ErrorCode::AddVoxel).ok()?;
    Some(Told::Edit { pos, layer: sent, rgba: Some(rgba) })
}

pub(crate) fn remove(project: &mut Project, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let (pos, layer) = (args.pos()?, args.layer()?);
    set_one(project, layer, Voxel { pos, rgba: Rgba::EMPTY }, ErrorCode::RemoveVoxel)?;
    Told::Edit { pos, layer: layer_as_sent(args), rgba: None }.write(w);
    Ok(())
}

/// As [`remove`], of numbers by position.
pub(crate) fn remove_plain(project: &mut Project, call: &Plain) -> Option<Told> {
    let (pos, (layer, sent)) = (call.pos(), call.layer(3)?);
    set_one(project, layer, Voxel { pos, rgba: Rgba::EMPTY }, ErrorCode::RemoveVoxel).ok()?;
    Some(Told::Edit { pos, layer: sent, rgba: None })
}

fn set_one(project: &mut Project, layer: LayerRef, voxel: Voxel, code: ErrorCode) -> Result {
    let command = Command::SetVoxels { layer, boxes: &[], voxels: &[voxel] };
    project.apply(command).map(|_| ()).map_err(refused(code))
}

/// `layer_id` is given back as it came: 0 where it did not.
fn layer_as_sent(args: &Args<'_>) -> i32 {
    args.optional_i32("layer_id").ok().flatten().unwrap_or(0)
}

impl Told {
    /// Writes the reply, put together before it is appended: no other is written as often.
    pub(crate) fn write(self, w: &mut Writer<'_>) {
        let mut line = Line::default();
        match self {
            Self::Edit { pos, layer, rgba } => {
                line.text(b"{ \"success\": true, \"x\": ");
                line.rest_of_pos(pos);
                line.text(b", \"layer_id\": ");
                line.number(layer);
                if let Some(rgba) = rgba {
                    line.colour(rgba);
                }
            }
            Self::Voxel { pos, rgba } => {
                line.text(b"{ \"x\": ");
                line.rest_of_pos(pos);
                line.text(b", \"exists\": ");
                if rgba.is_empty() {
                    line.text(b"false");
                } else {
                    line.text(b"true");
                }
                line.colour(rgba);
            }
        }
        line.text(b" }");
        w.raw(line.written());
    }
}

pub(super) fn write_pos(pos: Pos, w: &mut Writer<'_>) {
    for (name, axis) in ["x", "y", "z"].into_iter().zip(pos.to_array()) {
        w.member(name, axis);
    }
}

pub(crate) fn get(project: &Project, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let pos = args.pos()?;
    let layer = project.layer(args.layer()?).map_err(refused(ErrorCode::GetVoxel))?;
    Told::Voxel { pos, rgba: layer.volume.get(pos) }.write(w);
    Ok(())
}

/// As [`get`], of numbers by position.
pub(crate) fn get_plain(project: &mut Project, call: &Plain) -> Option<Told> {
    let layer = project.layer(LayerRef::Active).ok()?;
    Some(Told::Voxel { pos: call.pos(), rgba: layer.volume.get(call.pos()) })
}

pub(crate) fn bounding_box(project: &Project, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let (scope, exact) = (args.layer_scope()?, args.optional_bool("exact")?.unwrap_or(true));
    let layers = project.scope(scope).map_err(|error| {
        let what = format_args!("Failed to get bounding box: {error}");
        RpcError::new(ErrorCode::Internal, what)
    })?;
    let found = bounds(layers);
    let found = if exact { found } else { found.map(whole_tiles) };
    w.object(|w| write_bounds(found, w));
    Ok(())
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
pub(crate) fn add_many(project: &mut Project, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let call = Voxels::read(args)?;
    set_many(project, &call, ErrorCode::AddVoxel)?;
    let named = u64::try_from(call.set.named()).unwrap_or(u64::MAX);
    write_many(project, &call, "added", named, w)
}

/// Says how many voxels were there.
pub(crate) fn remove_many(project: &mut Project, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let call = Voxels::read_removal(args)?;
    let removed = match set_many(project, &call, ErrorCode::RemoveVoxel)? {
        Effect::Voxels(gained) => gained.unsigned_abs(),
        _ => 0,
    };
    write_many(project, &call, "removed", removed, w)
}

fn set_many(project: &mut Project, call: &Voxels, code: ErrorCode) -> Result<Effect> {
    let Voxels { layer, set } = call;
    let command = Command::SetVoxels { layer: *layer, boxes: &set.boxes, voxels: &set.points };
    project.apply(command).map_err(refused(code))
}

fn write_many(
    project: &Project,
    call: &Voxels,
    counted: &str,
    count: u64,
    w: &mut Writer<'_>,
) -> Result {
    let layer = project.layer(call.layer).map_err(refused(ErrorCode::Layer))?;
    w.object(|w| {
        w.member("success", true);
        w.member(counted, count);
        w.member("layer_id", layer.id.0);
    });
    Ok(())
}
