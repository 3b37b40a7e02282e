//! Files: they are read and written on workers; what was read is taken over on the loop's thread.

use std::path::{Path, PathBuf};

use goxel_core::{Command, Project};
use goxel_formats::{Document, Format};
use goxel_proto::{Args, ErrorCode, Method, RpcError};
use goxel_render::RenderOptions;

use crate::fault::{Fault, Result, reason};
use crate::handler::Handler::{EditLater, Files, Job, Open};
use crate::handler::{LateEdit, Opened, Reply, Row, Snapshot, Work};

pub(super) const HANDLERS: &[Row] = &[
    (Method::LoadProject, Open(load), ErrorCode::Load),
    (Method::ImportModel, EditLater(import), ErrorCode::Load),
    (Method::SaveProject, Job(save), ErrorCode::Save),
    (Method::ExportModel, Job(export), ErrorCode::Export),
    (Method::Convert, Files(convert), ErrorCode::Load),
];

/// Edge of the picture that an export as PNG makes, in pixels.
const PICTURE_EDGE: u32 = 1024;

/// Reads a file; the file's name stands in for the project's where none is given.
fn read(path: &str) -> Result<Document> {
    goxel_formats::load(Path::new(path)).map_err(|error| {
        let reason = reason(error);
        let what = format_args!("Failed to load project '{path}': {reason}");
        RpcError::new(ErrorCode::Load, what).into()
    })
}

fn stem(path: &str) -> String {
    let stem = Path::new(path).file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

fn load(args: &Args<'_>) -> Result<Work<Opened>> {
    let path = args.string("path")?;
    let name = args.optional_string("name")?.unwrap_or_else(|| stem(&path));
    Ok(Box::new(move || {
        let project = read(&path)?.into_project(name.as_str());
        let reply: Reply = Box::new(move |w| {
            w.object(|w| {
                w.member("success", true);
                w.member("path", &path);
                w.member("name", &name);
            });
        });
        Ok(Opened { project, reply })
    }))
}

fn import(args: &Args<'_>) -> Result<Work<LateEdit>> {
    let path = args.string("path")?;
    Ok(Box::new(move || {
        let Document { layers, scene, .. } = read(&path)?;
        Ok(Box::new(move |project, w| {
            let count = layers.len();
            let command = Command::AddLayers { layers, materials: scene.materials() };
            project.apply(command)?;
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
fn convert(args: &Args<'_>) -> Result<Work<Reply>> {
    let (path, output) = (args.string("path")?, args.string("output_path")?);
    let target = match args.optional_string("format")? {
        Some(name) => Target::named(&name),
        None => Target::of(Path::new(&output)),
    };
    let target = target.map_err(|error| failed(&output, ErrorCode::Export, error))?;
    Ok(Box::new(move || {
        let project = read(&path)?.into_project(stem(&path));
        target
            .write(&project, Path::new(&output))
            .map_err(|error| failed(&output, ErrorCode::Export, error))?;
        Ok(Box::new(move |w| {
            w.object(|w| {
                w.member("success", true);
                w.member("path", &path);
                w.member("output_path", &output);
            });
        }))
    }))
}

fn save(project: Snapshot, args: &Args<'_>) -> Result<Work<Reply>> {
    let path = args.string("path")?;
    let format =
        save_format(Path::new(&path)).map_err(|what| failed(&path, ErrorCode::Save, what))?;
    Ok(write_job(project, path, Target::File(format), None, ErrorCode::Save))
}

/// A project is saved in what can hold its layers: `.vox` where the path says so, else `.gox`.
fn save_format(path: &Path) -> Result<Format, &'static str> {
    match Format::from_path(path) {
        Ok(format @ (Format::Gox | Format::Vox)) => Ok(format),
        Ok(_) => Err("this format does not hold layers: use goxel.export_model"),
        // Names without a known extension are what older clients save under.
        Err(_) => Ok(Format::Gox),
    }
}

fn export(project: Snapshot, args: &Args<'_>) -> Result<Work<Reply>> {
    let path = args.string("path")?;
    let named = args.optional_string("format")?;
    let target = match &named {
        Some(name) => Target::named(name),
        None => Target::of(Path::new(&path)),
    };
    let target = target.map_err(|error| failed(&path, ErrorCode::Export, error))?;
    Ok(write_job(project, path, target, named, ErrorCode::Export))
}

/// What an export makes.
#[derive(Clone, Copy)]
enum Target {
    File(Format),
    Picture,
}

impl Target {
    fn named(name: &str) -> goxel_formats::Result<Self> {
        if name.eq_ignore_ascii_case("png") {
            return Ok(Self::Picture);
        }
        Format::from_name(name).map(Self::File)
    }

    fn of(path: &Path) -> goxel_formats::Result<Self> {
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png")) {
            return Ok(Self::Picture);
        }
        Format::from_path(path).map(Self::File)
    }

    fn write(self, project: &Project, path: &Path) -> Result<(), String> {
        match self {
            Self::File(format) => goxel_formats::save(project, path, format).map_err(reason),
            Self::Picture => {
                let options = RenderOptions::default().with_size(PICTURE_EDGE, PICTURE_EDGE);
                super::render::write(project, &options, path).map(|_| ())
            }
        }
    }
}

fn write_job(
    Snapshot(project): Snapshot,
    path: String,
    target: Target,
    format: Option<String>,
    code: ErrorCode,
) -> Work<Reply> {
    Box::new(move || {
        target
            .write(&project, &PathBuf::from(&path))
            .map_err(|error| failed(&path, code, error))?;
        Ok(Box::new(move |w| {
            w.object(|w| {
                w.member("success", true);
                w.member("path", &path);
                if let Some(format) = &format {
                    w.member("format", format);
                }
            });
        }))
    })
}

fn failed(path: &str, code: ErrorCode, error: impl std::fmt::Display) -> Fault {
    let verb = if code == ErrorCode::Save { "save project" } else { "export model" };
    RpcError::new(code, format_args!("Failed to {verb} '{path}': {error}")).into()
}
