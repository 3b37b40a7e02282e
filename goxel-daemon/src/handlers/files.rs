//! Files: they are read and written on workers; what was read is taken over on the loop's thread.

use std::path::Path;

use goxel_core::{Command, Project, ProjectId};
use goxel_formats::{Direction, Document, Format, Layers, WriteOptions};
use goxel_proto::{Args, ErrorCode, RpcError};

use super::transactions;
use crate::state::{Job, Result, Session, Snapshot, State, job, refused};

/// An error of a file in words that go behind the path.
pub(crate) fn reason(error: goxel_formats::Error) -> String {
    match error {
        goxel_formats::Error::Io { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

/// Reads a file; the file's name stands in for the project's where none is given.
fn read(path: &str) -> Result<Document> {
    goxel_formats::load(Path::new(path)).map_err(|error| {
        let reason = reason(error);
        RpcError::new(ErrorCode::Load, format_args!("Failed to load project '{path}': {reason}"))
    })
}

fn stem(path: &str) -> String {
    let stem = Path::new(path).file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

pub(crate) fn load(_: Option<ProjectId>, args: &Args<'_>) -> Result<Job> {
    let path = args.string("path")?;
    let name = args.optional_string("name")?.unwrap_or_else(|| stem(&path));
    Ok(Box::new(move || {
        let project = read(&path)?.into_project(name.as_str());
        Ok(Box::new(move |state, session, w| {
            let id = state.context.insert(project).map_err(refused(ErrorCode::Load))?;
            session.project = Some(id);
            w.object(|w| {
                w.member("success", true);
                w.member("path", &path);
                w.member("name", &name);
            });
            Ok(())
        }))
    }))
}

/// The project that a job which is done is to change: nobody began a transaction on it meanwhile.
pub(super) fn edited<'a>(
    state: &'a mut State,
    session: &Session,
    target: Option<ProjectId>,
    code: ErrorCode,
) -> Result<&'a mut Project> {
    transactions::admit(state, session, target)?;
    state.context.project_mut(target).map_err(refused(code))
}

pub(crate) fn import(target: Option<ProjectId>, args: &Args<'_>) -> Result<Job> {
    let path = args.string("path")?;
    Ok(Box::new(move || {
        let Document { layers, scene, .. } = read(&path)?;
        Ok(Box::new(move |state, session, w| {
            let project = edited(state, session, target, ErrorCode::Load)?;
            let count = layers.len();
            let command = Command::AddLayers { layers, materials: scene.materials() };
            project.apply(command).map_err(refused(ErrorCode::Load))?;
            w.object(|w| {
                w.member("success", true);
                w.member("path", &path);
                w.member("layers", count);
            });
            Ok(())
        }))
    }))
}

/// From one file to another: no project of the daemon has a part in it.
pub(crate) fn convert(_: Option<ProjectId>, args: &Args<'_>) -> Result<Job> {
    let (path, output) = (args.string("path")?, args.string("output_path")?);
    let format = args.optional_string("format")?;
    let format = export_format(&output, format.as_deref())?;
    Ok(job(move || {
        let project = read(&path)?.into_project(stem(&path));
        write_file(&project, &output, format, ErrorCode::Export)?;
        Ok(Box::new(move |w| {
            w.object(|w| {
                w.member("success", true);
                w.member("path", &path);
                w.member("output_path", &output);
            });
        }))
    }))
}

pub(crate) fn save(project: Snapshot, args: &Args<'_>) -> Result<Job> {
    let path = args.string("path")?;
    let format =
        save_format(Path::new(&path)).map_err(|what| failed(&path, ErrorCode::Save, what))?;
    Ok(write_job(project, path, format, None, ErrorCode::Save))
}

/// A project is saved in what can hold its layers: what the path says, else `.gox`.
fn save_format(path: &Path) -> std::result::Result<Format, &'static str> {
    match Format::from_path(path, Direction::Write) {
        Ok(format) if format.layers() == Layers::All => Ok(format),
        Ok(_) => Err("this format does not hold layers: use goxel.export_model"),
        // Names without a known extension are what older clients save under.
        Err(_) => Ok(Format::Gox),
    }
}

pub(crate) fn export(project: Snapshot, args: &Args<'_>) -> Result<Job> {
    let path = args.string("path")?;
    let named = args.optional_string("format")?;
    let format = export_format(&path, named.as_deref())?;
    Ok(write_job(project, path, format, named, ErrorCode::Export))
}

/// The format that was named, or that of the path.
fn export_format(path: &str, named: Option<&str>) -> Result<Format> {
    let format = match named {
        Some(name) => Format::from_name(name, Direction::Write),
        None => Format::from_path(Path::new(path), Direction::Write),
    };
    format.map_err(|error| failed(path, ErrorCode::Export, error))
}

fn write_file(project: &Project, path: &str, format: Format, code: ErrorCode) -> Result<()> {
    let options = WriteOptions { draw: Some(&super::render::draw) };
    goxel_formats::save(project, Path::new(path), format, &options)
        .map_err(|error| failed(path, code, reason(error)))
}

fn write_job(
    Snapshot(project): Snapshot,
    path: String,
    format: Format,
    named: Option<String>,
    code: ErrorCode,
) -> Job {
    job(move || {
        write_file(&project, &path, format, code)?;
        Ok(Box::new(move |w| {
            w.object(|w| {
                w.member("success", true);
                w.member("path", &path);
                if let Some(named) = &named {
                    w.member("format", named);
                }
            });
        }))
    })
}

fn failed(path: &str, code: ErrorCode, error: impl std::fmt::Display) -> RpcError {
    let verb = if code == ErrorCode::Save { "save project" } else { "export model" };
    RpcError::new(code, format_args!("Failed to {verb} '{path}': {error}"))
}
