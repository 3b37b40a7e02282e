//! From a method to its handler. The kind of a handler is told by what it takes: who holds no
//! project cannot edit one.

use goxel_core::{Alone, Project, ProjectId};
use goxel_proto::calls::Plain;
use goxel_proto::json::Writer;
use goxel_proto::{Args, ErrorCode, Method, RpcError};

use crate::handlers::voxels::Told;
use crate::handlers::{
    analysis, edits, files, get_voxels, layers, projects, render, reshape, scene, shapes,
    structure, system, transactions, voxels,
};
use crate::renders::Renders;
use crate::spread::Threads;
use crate::state::{Job, Look, Result, Session, Snapshot, State, refused, target};

/// What a call came to.
pub(crate) enum Outcome {
    /// Its result is written.
    Written,
    /// Its result is for a worker to find.
    Job(Job),
}

/// The kinds of handler.
pub(crate) enum Handler {
    /// The daemon and its projects as a whole.
    System(fn(&mut State, &mut Session, &Args<'_>, &mut Writer<'_>) -> Result),
    /// Changes one project.
    Edit(fn(&mut Project, &Args<'_>, &mut Writer<'_>) -> Result),
    /// Changes one project by what another one has.
    EditFrom(fn(&mut Project, &Args<'_>, Option<&Snapshot>, &mut Writer<'_>) -> Result),
    /// Looks at one project, shortly.
    Read(fn(&Project, &Args<'_>, &mut Writer<'_>) -> Result),
    /// Looks at one project for as long as that takes: on a worker, where it is large.
    Look(fn(&Args<'_>) -> Result<Look>),
    /// Works on a snapshot, on a worker.
    Job(fn(Snapshot, &Args<'_>) -> Result<Job>),
    /// A job whose picture may go to the register of those that the daemon keeps.
    Picture(fn(&mut Renders, Snapshot, &Args<'_>) -> Result<Job>),
    /// Reads a file on a worker; what is in it is taken over when it is done.
    Load(fn(Option<ProjectId>, &Args<'_>) -> Result<Job>),
}

/// The handler of a method, and the code of its errors where there is no project.
pub(crate) fn handler(method: Method) -> (Handler, ErrorCode) {
    use ErrorCode as Code;
    use Handler::{Edit, EditFrom, Job, Load, Look, Picture, Read, System};
    match method {
        Method::Echo => (System(system::echo), Code::Internal),
        Method::Version => (System(system::version), Code::Internal),
        Method::Ping => (System(system::ping), Code::Internal),
        Method::ListMethods => (System(system::list_methods), Code::Internal),
        Method::Discover => (System(system::discover), Code::Internal),
        Method::Shutdown => (System(system::shutdown), Code::Internal),
        Method::CreateProject => (System(projects::create), Code::CreateProject),
        Method::ListProjects => (System(projects::list), Code::Internal),
        Method::SelectProject => (System(projects::select), Code::Internal),
        Method::CloseProject => (System(projects::close), Code::Internal),
        Method::GetStatus => (System(projects::status), Code::Internal),
        Method::LoadProject => (Load(files::load), Code::Load),
        Method::ImportModel => (Load(files::import), Code::Load),
        Method::SaveProject => (Job(files::save), Code::Save),
        Method::ExportModel => (Job(files::export), Code::Export),
        Method::RenderScene => (Picture(render::scene), Code::Render),
        Method::GetRenderInfo => (System(render::info), Code::Internal),
        Method::CleanupRender => (System(render::cleanup), Code::Internal),
        Method::ListRenders => (System(render::list), Code::Internal),
        Method::GetRenderStats => (System(render::stats), Code::Internal),
        Method::GetProjectInfo => (Read(projects::info), Code::Internal),
        Method::GetStats => (System(system::stats), Code::Internal),
        Method::GetVoxelsRegion => (Look(analysis::region), Code::Internal),
        Method::GetLayerVoxels => (Look(analysis::layer), Code::Internal),
        Method::GetColorHistogram => (Look(analysis::histogram), Code::Internal),
        Method::FindVoxelsByColor => (Look(analysis::find), Code::Internal),
        Method::GetUniqueColors => (Look(analysis::unique), Code::Internal),
        Method::CountVoxels => (Look(analysis::count), Code::Internal),
        Method::FindComponents => (Look(structure::components), Code::Internal),
        Method::ExposedFaces => (Look(structure::faces), Code::Internal),
        Method::AddEach => (Edit(edits::add_each), Code::AddVoxel),
        Method::PaintVoxels => (Edit(edits::paint), Code::Paint),
        Method::FloodFill => (Edit(edits::flood), Code::Flood),
        Method::ProceduralShape => (Edit(shapes::shape), Code::Shape),
        Method::Heightmap => (Load(shapes::heightmap), Code::Shape),
        Method::BatchOperations => (Edit(edits::batch), Code::AddVoxel),
        Method::GetBoundingBox => (Read(voxels::bounding_box), Code::Internal),
        Method::GetVoxel => (Read(voxels::get), Code::GetVoxel),
        Method::AddVoxel => (Edit(voxels::add), Code::AddVoxel),
        Method::RemoveVoxel => (Edit(voxels::remove), Code::RemoveVoxel),
        Method::AddVoxels => (Edit(voxels::add_many), Code::AddVoxel),
        Method::GetVoxels => (Look(get_voxels::get_many), Code::GetVoxel),
        Method::RemoveVoxels => (Edit(voxels::remove_many), Code::RemoveVoxel),
        Method::ListLayers => (System(layers::list), Code::Layer),
        Method::CreateLayer => (Edit(layers::create), Code::Layer),
        Method::SetActiveLayer => (Edit(layers::set_active), Code::Layer),
        Method::DeleteLayer => (Edit(layers::delete), Code::DeleteLayer),
        Method::MergeLayers => (Edit(layers::merge), Code::MergeLayers),
        Method::SetLayerVisibility => (Edit(layers::set_visible), Code::LayerVisibility),
        Method::RenameLayer => (Edit(layers::rename), Code::Layer),
        Method::DuplicateLayer => (Edit(layers::duplicate), Code::Layer),
        Method::MoveLayer => (Edit(layers::move_to), Code::Layer),
        Method::Clear => (Edit(layers::clear), Code::Layer),
        Method::GetLayer => (Read(layers::get), Code::Layer),
        Method::SetLayer => (Edit(layers::set), Code::Layer),
        Method::ListMaterials => (Read(scene::list_materials), Code::Scene),
        Method::SetMaterial => (Edit(scene::set_material), Code::Scene),
        Method::DeleteMaterial => (Edit(scene::delete_material), Code::Scene),
        Method::ListCameras => (Read(scene::list_cameras), Code::Scene),
        Method::SetCamera => (Edit(scene::set_camera), Code::Scene),
        Method::DeleteCamera => (Edit(scene::delete_camera), Code::Scene),
        Method::GetPalette => (Read(scene::get_palette), Code::Scene),
        Method::SetPalette => (Edit(scene::set_palette), Code::Scene),
        Method::History => (Read(projects::history), Code::Internal),
        Method::Status => (System(system::status), Code::Internal),
        Method::ReplaceColor => (Edit(reshape::replace_colour), Code::Layer),
        Method::Mirror => (Edit(reshape::mirror), Code::Layer),
        Method::Rotate => (Edit(reshape::rotate), Code::Layer),
        Method::Translate => (Edit(reshape::translate), Code::Layer),
        Method::Scale => (Edit(reshape::scale), Code::Layer),
        Method::Crop => (Edit(reshape::crop), Code::Layer),
        Method::Extrude => (Edit(reshape::extrude), Code::Layer),
        Method::Hollow => (Edit(reshape::hollow), Code::Layer),
        Method::Dilate => (Edit(reshape::dilate), Code::Layer),
        Method::Erode => (Edit(reshape::erode), Code::Layer),
        Method::Copy => (EditFrom(reshape::copy), Code::Layer),
        Method::Begin => (System(transactions::begin), Code::Internal),
        Method::Commit => (System(transactions::commit), Code::Internal),
        Method::Rollback => (System(transactions::roll_back), Code::Internal),
        Method::Convert => (Load(files::convert), Code::Load),
        Method::Undo => (Edit(projects::undo), Code::Internal),
        Method::Redo => (Edit(projects::redo), Code::Internal),
    }
}

/// The short way of the calls that come by the million: single voxels in the form that
/// [`Plain`] takes. `None` where nothing was done: the call then goes the way of all others, which
/// does the same and has words for what is wrong.
#[inline]
pub(crate) fn short(
    state: &mut State,
    session: &Session,
    method: Method,
    call: &Plain,
) -> Option<Told> {
    let handle = match method {
        Method::AddVoxel => voxels::add_plain,
        Method::RemoveVoxel => voxels::remove_plain,
        Method::GetVoxel => voxels::get_plain,
        _ => return None,
    };
    if !state.transactions.is_empty() {
        // Somebody may have the project for themselves: the long way finds out.
        return None;
    }
    let told = handle(state.context.project_mut(session.project).ok()?, call)?;
    state.calls += 1;
    Some(told)
}

/// Carries out a call as far as the loop's thread does, and writes its result.
pub(crate) fn call(
    state: &mut State,
    session: &mut Session,
    method: Method,
    args: &Args<'_>,
    writer: &mut Writer<'_>,
) -> Result<Outcome> {
    state.calls += 1;
    if !state.transactions.is_empty() {
        transactions::sweep(state);
    }
    let (handler, code) = handler(method);
    if let Handler::System(handle) = handler {
        return handle(state, session, args, writer).map(|()| Outcome::Written);
    }
    let id = target(state, session, args)?;
    let edits = matches!(handler, Handler::Edit(_) | Handler::EditFrom(_))
        || matches!(method, Method::ImportModel | Method::Heightmap);
    if edits && !state.transactions.is_empty() {
        transactions::admit(state, session, id)?;
    }
    match handler {
        Handler::System(_) => Ok(Outcome::Written),
        // Another project may be the current one when the job is done.
        Handler::Load(handle) => handle(id.or(state.context.current()), args).map(Outcome::Job),
        Handler::Edit(handle) => {
            let project = state.context.project_mut(id).map_err(refused(code))?;
            handle(project, args, writer).map(|()| Outcome::Written)
        }
        Handler::EditFrom(handle) => {
            let source = source(state, args)?;
            let project = state.context.project_mut(id).map_err(refused(code))?;
            handle(project, args, source.as_ref(), writer).map(|()| Outcome::Written)
        }
        Handler::Read(handle) => {
            let project = state.context.project(id).map_err(refused(code))?;
            handle(project, args, writer).map(|()| Outcome::Written)
        }
        Handler::Look(read) => {
            let project = state.context.project(id).map_err(refused(code))?;
            look(read(args)?, project, writer)
        }
        Handler::Job(handle) => {
            let project = state.context.project(id).map_err(refused(code))?;
            handle(Snapshot(project.snapshot()), args).map(Outcome::Job)
        }
        Handler::Picture(handle) => {
            let project = state.context.project(id).map_err(refused(code))?;
            let snapshot = Snapshot(project.snapshot());
            handle(state.renders(), snapshot, args).map(Outcome::Job)
        }
    }
}

/// The project that a call names as the one that something comes from.
fn source(state: &State, args: &Args<'_>) -> Result<Option<Snapshot>> {
    let Some(name) = args.optional_string("from_project")? else { return Ok(None) };
    let found = state.context.find(&name).and_then(|id| state.context.project(Some(id)));
    let snapshot = found.map(|project| Some(Snapshot(project.snapshot())));
    snapshot.map_err(|error| RpcError::params("params.from_project", error))
}

/// Voxels of a project up to which it is looked at on the loop's thread: that takes well under a
/// millisecond, and handing it to a worker and back a tenth of one.
const LOOK_VOXELS_MAX: u64 = 1 << 16;
/// Tiles of such a project: scattered voxels cost a tile each.
const LOOK_TILES_MAX: usize = 128;

fn is_short(project: &Project) -> bool {
    let mut tiles = project.layers().iter().flat_map(|layer| layer.volume.tiles());
    project.count() <= LOOK_VOXELS_MAX && tiles.nth(LOOK_TILES_MAX).is_none()
}

fn look(look: Look, project: &Project, writer: &mut Writer<'_>) -> Result<Outcome> {
    if is_short(project) {
        return look(project, &Alone, writer).map(|()| Outcome::Written);
    }
    let snapshot = project.snapshot();
    Ok(Outcome::Job(Box::new(move || {
        // Large replies are written on the worker too; the loop only passes them on.
        let mut json = Vec::new();
        look(&snapshot, &Threads, &mut Writer::new(&mut json))?;
        Ok(Box::new(move |_, _, writer| {
            writer.raw(&json);
            Ok(())
        }))
    })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use goxel_proto::method::Access;

    #[test]
    fn the_table_and_the_handlers_agree() {
        for &method in Method::ALL {
            let access = match handler(method).0 {
                Handler::System(_) | Handler::Load(_) => Access::System,
                Handler::Edit(_) | Handler::EditFrom(_) => Access::Edit,
                Handler::Read(_) | Handler::Look(_) => Access::Read,
                Handler::Job(_) | Handler::Picture(_) => Access::Job,
            };
            assert_eq!(method.info().access, access, "{}", method.info().name);
        }
    }
}
