//! Shapes and height maps: sets of voxels that are made from numbers, and what they do to a layer.

use goxel_core::{Combine, Command, Shape, Solid, Volume, Work, generate};
use goxel_proto::calls::{Heightmap, Heights, ProceduralShape};
use goxel_proto::json::Writer;
use goxel_proto::types::{Aabb, LayerRef, Rgba, ShapeKind, Word};
use goxel_proto::{Args, ErrorCode, Method, RpcError};

use super::edits::covered;
use crate::door::Rights;
use crate::fault::{Result, file_code, reason};
use crate::handler::Handler::{Edit, EditLater};
use crate::handler::{Editing, Entry, JobFn, LateEdit};

pub(super) const HANDLERS: &[Entry] =
    &[(Method::ProceduralShape, Edit(shape)), (Method::Heightmap, EditLater(heightmap))];

fn shape(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let mut call = ProceduralShape::read(args)?;
    let count = if let Some(command) = in_place(&call) {
        covered(project, command)?
    } else {
        call.mode = meant(call.mode, call.rgba);
        let set = voxels(&call, project.work())?;
        lay(project, call.layer, &set, call.mode)?
    };
    w.object(|w| {
        w.member("success", true);
        w.member("shape_type", call.kind.name());
        write_counts(call.mode, count, w);
    });
    Ok(())
}

/// What sets the voxels of a shape that need not be gathered first.
fn in_place(call: &ProceduralShape) -> Option<Command<'static>> {
    let &ProceduralShape { layer, rgba, center, to, .. } = call;
    match (call.mode, call.kind, solid(call)) {
        (Combine::Add, ShapeKind::Line, _) if !rgba.is_empty() => {
            Some(Command::AddLine { layer, from: center, to, rgba })
        }
        (Combine::Add, _, Some(solid)) => Some(Command::AddShape { layer, solid, rgba }),
        _ => None,
    }
}

fn lay(project: &mut Editing<'_>, layer: LayerRef, set: &Volume, mode: Combine) -> Result<u64> {
    covered(project, Command::Combine { layer, set, mode })
}

/// What comes of a mode with a colour: alpha 0 removes, as everywhere.
fn meant(mode: Combine, rgba: Rgba) -> Combine {
    match mode {
        Combine::Add | Combine::Paint if rgba.is_empty() => Combine::Subtract,
        mode => mode,
    }
}

/// The colour of a set: where it only says what is removed or kept, its voxels have to be there.
fn colour(mode: Combine, rgba: Rgba) -> Rgba {
    match mode {
        Combine::Add | Combine::Paint => rgba,
        Combine::Subtract | Combine::Intersect => Rgba::WHITE,
    }
}

/// How many voxels were set, and in other modes how many were removed or painted.
fn write_counts(mode: Combine, count: u64, w: &mut Writer<'_>) {
    w.member("voxels_created", if mode == Combine::Add { count } else { 0 });
    match mode {
        Combine::Add => {}
        Combine::Paint => w.member("voxels_painted", count),
        Combine::Subtract | Combine::Intersect => w.member("voxels_removed", count),
    }
}

/// The solid that is meant, where it is one.
fn solid(call: &ProceduralShape) -> Option<Solid> {
    let shape = match call.kind {
        ShapeKind::Box => Shape::Box,
        ShapeKind::Sphere | ShapeKind::Ellipsoid => Shape::Ellipsoid,
        ShapeKind::Cylinder => Shape::Cylinder,
        ShapeKind::Cone => Shape::Cone,
        ShapeKind::Pyramid => Shape::Pyramid,
        ShapeKind::Torus | ShapeKind::Plane | ShapeKind::Line => return None,
    };
    Some(Solid { shape, size: call.size, center: call.center, axis: call.axis })
}

/// The voxels of a shape.
fn voxels(call: &ProceduralShape, work: &Work<'_>) -> goxel_core::Result<Volume> {
    let ProceduralShape { size, center, axis, .. } = *call;
    let rgba = colour(call.mode, call.rgba);
    match (call.kind, solid(call)) {
        (_, Some(solid)) => solid.to_volume(rgba, work),
        (ShapeKind::Torus, _) => {
            generate::torus(center, axis, size[(axis + 1) % 3], call.tube, rgba, work)
        }
        (ShapeKind::Line, _) => generate::line(center, call.to, rgba, work),
        (_, None) => generate::plane(&Aabb::around(center, size), center, call.normal, rgba, work),
    }
}

fn heightmap(rights: &Rights, args: &Args<'_>) -> Result<JobFn<LateEdit>> {
    let mut call = Heightmap::read(args)?;
    call.mode = meant(call.mode, call.rgba);
    let rights = rights.clone();
    Ok(Box::new(move |work| {
        let set = columns(&rights, &call, work)?;
        Ok(Box::new(move |project, w| {
            let count = lay(project, call.layer, &set, call.mode)?;
            let layer = project.layer(call.layer)?;
            w.object(|w| {
                w.member("success", true);
                w.member("layer_id", layer.id.0);
                write_counts(call.mode, count, w);
            });
            Ok(())
        }))
    }))
}

fn columns(rights: &Rights, call: &Heightmap, work: &Work<'_>) -> Result<Volume> {
    let picture;
    let (width, heights) = match &call.heights {
        Heights::Rows { width, heights } => (*width, heights),
        Heights::Picture { path, height } => {
            let place = rights.place(path)?;
            let read = |file| goxel_formats::heights(file, place.named(), *height, work);
            picture = place.open().and_then(read).map_err(|error| {
                let code = file_code(&error, ErrorCode::InvalidParams);
                let reason = reason(error);
                RpcError::new(code, format_args!("params.path: '{path}': {reason}"))
            })?;
            (picture.width, &picture.heights)
        }
    };
    let rgba = colour(call.mode, call.rgba);
    Ok(generate::height_map(call.low, width, heights, rgba, work)?)
}
