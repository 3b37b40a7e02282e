//! Edits that make a layer into another one, and copies of its parts.

use goxel_core::analysis::Near;
use goxel_core::{BlendMode, Command, Motion, Project, Reshape, Volume};
use goxel_proto::calls::{Change, Copy};
use goxel_proto::json::Writer;
use goxel_proto::types::{Aabb, LayerRef, Pos, Side};
use goxel_proto::{Args, Method, RpcError};

use crate::fault::Result;
use crate::handler::Handler::{Edit, EditFrom};
use crate::handler::{Editing, Entry, Snapshot};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::ReplaceColor, Edit(replace_colour)),
    (Method::Mirror, Edit(mirror)),
    (Method::Rotate, Edit(rotate)),
    (Method::Translate, Edit(translate)),
    (Method::Scale, Edit(scale)),
    (Method::Crop, Edit(crop)),
    (Method::Extrude, Edit(extrude)),
    (Method::Hollow, Edit(hollow)),
    (Method::Dilate, Edit(dilate)),
    (Method::Erode, Edit(erode)),
    (Method::Copy, EditFrom(copy)),
];

type Read = fn(&Args<'_>) -> Result<Change, RpcError>;

fn replace_colour(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    change(project, args, Change::read_replace_colour, w)
}

fn mirror(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    change(project, args, Change::read_mirror, w)
}

fn rotate(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    change(project, args, Change::read_rotate, w)
}

fn translate(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    change(project, args, Change::read_translate, w)
}

fn scale(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    change(project, args, Change::read_scale, w)
}

fn crop(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    change(project, args, Change::read_crop, w)
}

fn extrude(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    change(project, args, Change::read_extrude, w)
}

fn hollow(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    change(project, args, Change::read_hollow, w)
}

fn dilate(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    change(project, args, Change::read_dilate, w)
}

fn erode(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    change(project, args, Change::read_erode, w)
}

fn change(project: &mut Editing<'_>, args: &Args<'_>, read: Read, w: &mut Writer<'_>) -> Result {
    let (layer, change) = (args.layer()?, read(args)?);
    let volume = &project.layer(layer)?.volume;
    let reshape = reshape(change, volume);
    project.apply(Command::Reshape { layer, reshape })?;
    write(project, layer, w)
}

/// What a change means to the model, which knows nothing of middles.
fn reshape(change: Change, volume: &Volume) -> Reshape {
    let bounds = || volume.bounds().unwrap_or_default();
    match change {
        Change::ReplaceColour { from, tolerance, to } => {
            Reshape::Recolour(Near { target: from, tolerance: [tolerance; 4] }, to)
        }
        Change::Mirror { axis, twice, keep, side } => {
            let sum = twice.unwrap_or_else(|| sum(&bounds(), axis));
            match side {
                Some(side) => Reshape::Symmetry { axis, sum, high: side == Side::High },
                None if keep => Reshape::Repeat(Motion::flip(axis, sum)),
                None => Reshape::Move(Motion::flip(axis, sum)),
            }
        }
        Change::Rotate { axis, quarters, pivot } => {
            let pivot = pivot.unwrap_or_else(|| middle(&bounds()));
            Reshape::Move(Motion::turn(axis, quarters, pivot))
        }
        Change::Translate { by } => {
            Reshape::Move(Motion::translation(by.to_array().map(i64::from)))
        }
        Change::Enlarge { edge } => Reshape::Enlarge(edge),
        Change::Halve => Reshape::Halve,
        Change::Crop { aabb } => Reshape::Crop(aabb),
        Change::Extrude { aabb, axis, times } => Reshape::Extrude { aabb, axis, times },
        Change::Hollow { thickness } => Reshape::Hollow(thickness),
        Change::Dilate { connectivity, steps } => Reshape::Dilate(connectivity, steps),
        Change::Erode { connectivity, steps } => Reshape::Erode(connectivity, steps),
    }
}

/// The lowest and the highest coordinate, added up.
fn sum(aabb: &Aabb, axis: usize) -> i64 {
    aabb.min[axis] + aabb.max[axis] - 1
}

/// The voxel in the middle; of an even edge, the one below it.
fn middle(aabb: &Aabb) -> Pos {
    let axis = |axis| i32::try_from(sum(aabb, axis).div_euclid(2)).unwrap_or_default();
    Pos::new(axis(0), axis(1), axis(2))
}

fn copy(
    project: &mut Editing<'_>,
    args: &Args<'_>,
    from: Option<&Snapshot>,
    w: &mut Writer<'_>,
) -> Result {
    let Copy { source, target: layer, aabb, to, mode } = Copy::read(args)?;
    let to = to.to_array().map(i64::from);
    let motion = Motion::translation([0, 1, 2].map(|axis| to[axis] - aabb.min[axis]));
    let from = from.map_or(&**project, |Snapshot(other)| other);
    let work = project.work();
    let part = from.layer(source)?.volume.region(&aabb, work)?;
    let part = Reshape::Move(motion).apply(&part, work)?;
    // What is copied lies over what is there; empty space stays clear of it.
    let command = match mode {
        None => Command::Stamp { layer, volume: &part, mode: BlendMode::Over },
        Some(mode) => Command::Combine { layer, set: &part, mode },
    };
    project.apply(command)?;
    write(project, layer, w)
}

/// What the layer is now.
fn write(project: &Project, layer: LayerRef, w: &mut Writer<'_>) -> Result {
    let layer = project.layer(layer)?;
    w.object(|w| {
        w.member("success", true);
        w.member("layer_id", layer.id.0);
        w.member("voxel_count", layer.volume.count());
    });
    Ok(())
}
