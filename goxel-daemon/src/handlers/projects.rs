//! Projects as wholes: making, choosing, closing, and going back and forth in their history.

use goxel_core::Project;
use goxel_core::limits::NAME_BYTES_MAX;
use goxel_proto::json::Writer;
use goxel_proto::{Args, Method};

use super::voxels::{bounds, write_bounds};
use crate::fault::Result;
use crate::handler::Handler::{Edit, LongRead, Read, System};
use crate::handler::{self, Editing, Entry};
use crate::process::VERSION;
use crate::session::Session;
use crate::state::State;
use crate::storage::Listed;

pub(super) const HANDLERS: &[Entry] = &[
    (Method::CreateProject, System(create)),
    (Method::ListProjects, System(list)),
    (Method::SelectProject, System(select)),
    (Method::Attach, System(attach)),
    (Method::CloseProject, System(close)),
    (Method::DeleteProject, System(delete)),
    (Method::GetStatus, System(status)),
    (Method::GetProjectInfo, LongRead(info)),
    (Method::History, Read(history)),
    (Method::Undo, Edit(undo)),
    (Method::Redo, Edit(redo)),
];

fn create(state: &mut State, session: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let name: String = args.need("name")?;
    let edge = |name| args.need(name);
    let project = Project::new(name, [edge("width")?, edge("height")?, edge("depth")?]);
    let id = state.projects.open(session, project, args.need("replace")?)?;
    let project = state.projects.read(Some(id))?;
    w.object(|w| {
        w.member("success", true);
        w.member("name", project.name());
        write_size(project, w);
        write_identity(project, w);
        write_replaced(project, w);
    });
    Ok(())
}

/// Of a project that was just opened: what can be had back of the one whose place it took.
pub(super) fn write_replaced(project: &Project, w: &mut Writer<'_>) {
    if let Some(version) = project.replaced() {
        w.member("replaced_version", version);
    }
}

pub(super) fn write_identity(project: &Project, w: &mut Writer<'_>) {
    w.member("project_id", project.identity().to_string());
}

/// Which project it is, and whether it is saved.
fn write_state(project: &Project, w: &mut Writer<'_>) {
    write_identity(project, w);
    w.member("unsaved", project.unsaved());
}

fn write_size(project: &Project, w: &mut Writer<'_>) {
    for (name, edge) in ["width", "height", "depth"].into_iter().zip(project.size()) {
        w.member(name, edge);
    }
}

fn list(state: &mut State, session: &mut Session, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let (projects, stored) = (state.projects.all(), state.projects.stored());
    let mine = state.projects.mine(session);
    w.object(|w| {
        w.member("count", projects.len() + stored.len());
        w.key("projects").array(|w| {
            for (id, project) in projects {
                w.item().object(|w| {
                    w.member("name", project.name());
                    w.member("current", mine == Some(id));
                    w.member("layer_count", project.layers().len());
                    w.member("voxel_count", project.count());
                    write_state(project, w);
                });
            }
            for project in stored {
                write_stored(&project, mine.is_none(), w);
            }
        });
    });
    Ok(())
}

/// A project that is not open: it is read in when somebody asks for it.
fn write_stored(project: &Listed<'_>, may_be_current: bool, w: &mut Writer<'_>) {
    w.item().object(|w| {
        w.member("name", project.name);
        w.member("current", may_be_current && project.current);
        if let Some((voxels, layers)) = project.counts {
            w.member("layer_count", layers);
            w.member("voxel_count", voxels);
        }
        w.member("project_id", project.identity.to_string());
        w.member("unsaved", false);
        w.member("open", false);
        if let Some(why) = project.refused {
            w.member("error", why);
        }
    });
}

fn attach(state: &mut State, session: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let name: String = args.need("session")?;
    let prefer: Option<String> = args.get("prefer")?;
    if name.is_empty() || name.len() > NAME_BYTES_MAX {
        let what = format_args!("must be text of 1 to {NAME_BYTES_MAX} bytes");
        return Err(args.wrong("session", what).into());
    }
    let chosen = state.projects.attach(session, &name, prefer.as_deref());
    let project = chosen.and_then(|id| state.projects.read(Some(id)).ok());
    w.object(|w| {
        w.member("success", true);
        w.member("session", session.named.as_ref().map_or("", |named| &*named.name));
        if let Some(project) = project {
            w.member("name", project.name());
            write_identity(project, w);
        }
    });
    Ok(())
}

fn select(state: &mut State, session: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let name: String = args.need("name")?;
    let for_all = args.need("current")?;
    if for_all {
        session.rights.admit_for_others("goxel.select_project with current")?;
    }
    let id = state.projects.find(&name, "params.name")?;
    state.projects.choose(session, id);
    if for_all {
        state.projects.set_current(id);
    }
    written_name(state.projects.read(Some(id))?.name(), w);
    Ok(())
}

fn close(state: &mut State, session: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let name: String = args.need("name")?;
    let (identity, name) = state.projects.find_any(&name, "params.name")?;
    state.projects.close_any(session, identity, args.need("discard")?)?;
    written_name(&name, w);
    Ok(())
}

fn delete(state: &mut State, session: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let name: String = args.need("name")?;
    let (identity, name) = state.projects.find_any(&name, "params.name")?;
    state.projects.delete(session, identity)?;
    written_name(&name, w);
    Ok(())
}

pub(super) fn written_name(name: &str, w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("success", true);
        w.member("name", name);
    });
}

fn status(state: &mut State, session: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let project = state.projects.read(state.target(session, args)?).ok();
    w.object(|w| {
        w.member("version", VERSION);
        w.member("layer_count", project.map_or(0, |project| project.layers().len()));
        let follows = state.projects.admit_changes().is_err();
        w.member("read_only", session.rights.forbid_edits() || follows);
        match project {
            Some(project) => write_size(project, w),
            None => ["width", "height", "depth"].iter().for_each(|name| w.member(name, 0)),
        }
        if let Some(project) = project {
            w.member("name", project.name());
            w.member("voxel_count", project.count());
            write_state(project, w);
        }
        super::following::write_state(state, w);
        if let Some(listeners) = state.projects.listeners() {
            w.member("listeners", listeners.count());
        }
        if state.scripts.are_used() {
            state.scripts.write(w.key("scripts"));
        }
        crate::engine::write(&state.engine, w.key("engine"));
    });
    Ok(())
}

fn info(_: &Args<'_>) -> Result<handler::LongRead> {
    Ok(Box::new(|project, _, w| {
        write_info(project, w);
        Ok(())
    }))
}

fn write_info(project: &Project, w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("success", true);
        w.member("name", project.name());
        write_size(project, w);
        w.member("layer_count", project.layers().len());
        w.member("active_layer_id", project.active().0);
        w.member("voxel_count", project.count());
        w.key("bounding_box").object(|w| write_bounds(bounds(project.layers()), w));
        write_depth(project, w);
        super::layers::write_layers(Some(project), w);
        write_state(project, w);
    });
}

fn undo(project: &mut Editing<'_>, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let work = project.work();
    let moved = project.undo_within(work)?;
    write_history(project, moved, w);
    Ok(())
}

fn redo(project: &mut Editing<'_>, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let work = project.work();
    let moved = project.redo_within(work)?;
    write_history(project, moved, w);
    Ok(())
}

fn history(project: &Project, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    w.object(|w| {
        write_depth(project, w);
        w.member("version", project.version());
        if project.history_truncated() {
            w.member("truncated", true);
        }
    });
    Ok(())
}

/// `success` is false where there was nothing to go to.
fn write_history(project: &Project, moved: bool, w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("success", moved);
        write_depth(project, w);
    });
}

fn write_depth(project: &Project, w: &mut Writer<'_>) {
    let (undo, redo) = project.history_depth();
    w.member("undo", undo);
    w.member("redo", redo);
}
