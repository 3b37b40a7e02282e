//! Edits of more than a voxel: painting, flooding, and batches of operations.

use goxel_core::{Act, Command, Effect, Operation};
use goxel_proto::calls::{Batch, BatchAct, EachVoxel, FloodFill, PaintVoxels};
use goxel_proto::json::Writer;
use goxel_proto::limits::BATCH_ERRORS_MAX;
use goxel_proto::types::{LayerRef, Rgba};
use goxel_proto::{Args, ErrorCode, Method, RpcError};

use crate::fault::Result;
use crate::handler::Handler::Edit;
use crate::handler::{Editing, Entry};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::AddEach, Edit(add_each)),
    (Method::PaintVoxels, Edit(paint)),
    (Method::FloodFill, Edit(flood)),
    (Method::BatchOperations, Edit(batch)),
];

fn paint(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let PaintVoxels { layer, aabb, rgba } = PaintVoxels::read(args)?;
    let painted = covered(project, Command::Paint { layer, aabb, rgba })?;
    write_count("painted", painted, w);
    Ok(())
}

fn flood(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let call = FloodFill::read(args)?;
    let flood = goxel_core::FloodFill {
        start: call.start,
        tolerance: call.tolerance,
        connectivity: call.connectivity,
        bounds: call.bounds,
    };
    let command = Command::Flood { layer: call.layer, flood, rgba: call.rgba };
    let filled = covered(project, command)?;
    write_count("voxels_filled", filled, w);
    Ok(())
}

/// Carries out a command that says how many voxels it set.
pub(super) fn covered(project: &mut Editing<'_>, command: Command<'_>) -> Result<u64> {
    match project.apply(command)? {
        Effect::Covered(count) => Ok(count),
        _ => Ok(0),
    }
}

fn write_count(name: &str, count: u64, w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("success", true);
        w.member(name, count);
    });
}

fn batch(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let call = Batch::read(args)?;
    let operations: Vec<Operation> = call
        .operations
        .iter()
        .map(|(_, operation)| Operation {
            layer: operation.layer,
            pos: operation.pos,
            act: match operation.act {
                BatchAct::Add(rgba) => Act::Set(rgba),
                BatchAct::Remove => Act::Set(Rgba::EMPTY),
                BatchAct::Paint(rgba) => Act::Paint(rgba),
            },
        })
        .collect();
    let effect = project.apply(Command::Batch(&operations))?;
    let total = call.len();
    let mut errors = call.refused;
    if let Effect::Refused(more) = effect {
        let sent = |(at, error): (usize, goxel_core::Error)| {
            (call.operations[at].0, RpcError::new(ErrorCode::AddVoxel, error))
        };
        errors.extend(more.into_iter().map(sent));
    }
    errors.sort_by_key(|(index, _)| *index);
    write_batch(total, &errors, w);
    Ok(())
}

fn write_batch(total: usize, errors: &[(usize, RpcError)], w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("success", errors.is_empty());
        w.member("total_operations", total);
        w.member("successful_operations", total - errors.len());
        w.member("failed_operations", errors.len());
        w.key("errors").array(|w| {
            for (index, error) in errors.iter().take(BATCH_ERRORS_MAX) {
                w.item().object(|w| {
                    w.member("index", *index);
                    w.member("message", &error.message);
                });
            }
        });
    });
}

/// The unprefixed `add_voxels`.
fn add_each(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let EachVoxel { voxels, failed } = EachVoxel::read(args)?;
    if !voxels.is_empty() {
        let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels: &voxels };
        project.apply(command)?;
    }
    w.object(|w| {
        w.member("success", failed == 0);
        w.member("added", voxels.len());
        w.member("failed", failed);
    });
    Ok(())
}
