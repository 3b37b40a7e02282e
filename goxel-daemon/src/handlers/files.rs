//! Files: they are read and written on workers; what was read is taken over on the loop's thread.

use std::fmt::Display;
use std::path::Path;

use goxel_core::{BlendMode, Command, Project, Volume, Work};
use goxel_formats::{Direction, Document, Format, Layers, Picture, Report, Warning};
use goxel_proto::json::Writer;
use goxel_proto::types::{LayerRef, Loss};
use goxel_proto::{Args, ErrorCode, Method, RpcError};

use super::file_options::{CompanionFiles, Reading, Writing, write_report, write_warnings};
use super::projects::{write_identity, write_replaced};
use crate::backup;
use crate::door::{Place, Rights};
use crate::fault::{Fault, Result, file_code, reason};
use crate::gate::{self, LeftOut};
use crate::handler::Handler::{EditLater, Everything, Files, Job, Open, Save, System};
use crate::handler::{Entry, JobFn, LateEdit, Opened, Reply, Snapshot};
use crate::scripts::{Format as ScriptFormat, Owner};
use crate::session::Session;
use crate::state::State;
use crate::stoppable::Stoppable;

pub(super) const HANDLERS: &[Entry] = &[
    (Method::LoadProject, Open(load)),
    (Method::ImportModel, EditLater(import)),
    (Method::SaveProject, Save(save)),
    (Method::ExportModel, Job(export)),
    (Method::Convert, Files(convert)),
    (Method::ListFormats, System(list_formats)),
    (Method::Backup, Everything(backup)),
];

/// Reads a file; the file's name stands in for the project's where none is given.
pub(super) fn read(place: &Place, reading: &Reading, work: &Work<'_>) -> Result<Document> {
    let path = place.named();
    reading.read(place, work).map_err(|error| {
        if let goxel_formats::Error::Stopped(error) = error {
            return error.into();
        }
        let code = file_code(&error, ErrorCode::Load);
        not_loaded(&path.to_string_lossy(), code, reason(error))
    })
}

fn not_loaded(path: &str, code: ErrorCode, reason: impl Display) -> Fault {
    RpcError::new(code, format_args!("Failed to load project '{path}': {reason}")).into()
}

/// How the call wants a file of this path read.
pub(super) fn reading(path: &str, args: &Args<'_>) -> Result<Reading> {
    Reading::of(args, |error| not_loaded(path, ErrorCode::Load, error))
}

pub(crate) fn stem(path: &str) -> String {
    let stem = Path::new(path).file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

fn load(rights: &Rights, args: &Args<'_>) -> Result<JobFn<Opened>> {
    let path: String = args.need("path")?;
    let place = rights.place(&path)?;
    let name = args.get("name")?.unwrap_or_else(|| stem(&path));
    let (replaces, reading) = (args.need("replace")?, reading(&path, args)?);
    Ok(Box::new(move |work| {
        let mut document = read(&place, &reading, work)?;
        let warnings = std::mem::take(&mut document.warnings);
        let project = document.into_project(name);
        let reply = Box::new(move |project: &Project, w: &mut Writer<'_>| {
            write_loaded(&path, project, &warnings, w);
        });
        Ok(Opened { project: Box::new(project), replaces, reply })
    }))
}

fn import(rights: &Rights, args: &Args<'_>) -> Result<JobFn<LateEdit>> {
    let path: String = args.need("path")?;
    let (place, reading) = (rights.place(&path)?, reading(&path, args)?);
    let into: Option<LayerRef> = args.get("layer_id")?;
    Ok(Box::new(move |work| {
        let mut document = read(&place, &reading, work)?;
        let shown = into.map(|layer| Ok::<_, Fault>((layer, flattened(&mut document, work)?)));
        let shown = shown.transpose()?;
        let Document { layers, scene, warnings, .. } = document;
        Ok(Box::new(move |project, w| {
            let count = match &shown {
                Some((layer, volume)) => {
                    project.apply(Command::Stamp {
                        layer: *layer,
                        volume,
                        mode: BlendMode::Over,
                    })?;
                    0
                }
                None => {
                    // A clone shares its voxels.
                    let command = Command::AddLayers { layers: layers.clone(), scene: &scene };
                    project.apply(command)?;
                    layers.len()
                }
            };
            write_imported(&path, count, &warnings, w);
            Ok(())
        }))
    }))
}

/// The result of a call that loaded a project.
pub(crate) fn write_loaded(
    path: &str,
    project: &Project,
    warnings: &[Warning],
    w: &mut Writer<'_>,
) {
    w.object(|w| {
        w.member("success", true);
        w.member("path", path);
        w.member("name", project.name());
        write_identity(project, w);
        write_replaced(project, w);
        write_warnings(warnings, w);
    });
}

/// The result of a call that imported so many layers.
pub(crate) fn write_imported(path: &str, layers: usize, warnings: &[Warning], w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("success", true);
        w.member("path", path);
        w.member("layers", layers);
        write_warnings(warnings, w);
    });
}

/// A file that could not be read or written.
pub(crate) fn not_made(path: &str, code: ErrorCode, error: impl Display) -> Fault {
    if code == ErrorCode::Load { not_loaded(path, code, error) } else { failed(path, code, error) }
}

/// What shows of a file, as one volume; what is lost by that is told.
fn flattened(document: &mut Document, work: &Work<'_>) -> Result<Volume> {
    let layers = std::mem::take(&mut document.layers);
    let hidden = layers.iter().filter(|layer| !layer.visible && !layer.volume.is_empty()).count();
    let of_layers = layers.iter().filter(|layer| layer.material.is_some()).count();
    let of_colours = document.scene.materials_of_colours().len();
    for (code, what, count) in [
        (Loss::HiddenLayers, "only what shows of the file goes into a layer", hidden),
        (Loss::Materials, "what goes into a layer has its material", of_layers + of_colours),
    ] {
        if count > 0 {
            let (what, count) = (what.to_owned(), count as u64);
            document.warnings.push(Warning { code, what, count });
        }
    }
    Ok(Project::from_layers("", [0; 3], layers).visible_within(work)?)
}

/// From one file to another: no project of the daemon has a part in it.
fn convert(rights: &Rights, args: &Args<'_>) -> Result<JobFn<Reply>> {
    let (path, output) = (args.need::<String>("path")?, args.need::<String>("output_path")?);
    let format: Option<String> = args.get("format")?;
    let format = export_format(&output, format.as_deref())?;
    let writing = Writing::of(args)?;
    let reading = reading(&path, args)?.for_writing(&writing);
    let (from, to) = (rights.place(&path)?, target(rights, &output, args)?);
    Ok(Box::new(move |work| {
        let mut document = read(&from, &reading, work)?;
        let passed_over = std::mem::take(&mut document.warnings);
        let project = document.into_project(stem(&path));
        let mut report = write_file(&project, &to, format, &writing, ErrorCode::Export, work)?;
        report.warnings.splice(0..0, passed_over);
        Ok(Box::new(move |w| {
            w.object(|w| {
                w.member("success", true);
                w.member("path", &path);
                w.member("output_path", &output);
                write_report(&report, w);
            });
        }))
    }))
}

fn save(rights: &Rights, project: Snapshot, args: &Args<'_>) -> Result<JobFn<Reply>> {
    let path: String = args.need("path")?;
    let format =
        save_format(Path::new(&path)).map_err(|what| failed(&path, ErrorCode::Save, what))?;
    let file = Written { place: target(rights, &path, args)?, format, writing: Writing::of(args)? };
    Ok(write_job(project, file, path, None, ErrorCode::Save))
}

/// A project is saved in what can hold its layers: what the path says, else `.gox`.
fn save_format(path: &Path) -> Result<Format, &'static str> {
    match Format::from_path(path, Direction::Write) {
        Ok(format) if format.layers() == Layers::All => Ok(format),
        Ok(_) => Err("this format does not hold layers: use goxel.export_model"),
        // Names without a known extension are what older clients save under.
        Err(_) => Ok(Format::Gox),
    }
}

fn export(rights: &Rights, project: Snapshot, args: &Args<'_>) -> Result<JobFn<Reply>> {
    let path: String = args.need("path")?;
    let named: Option<String> = args.get("format")?;
    let format = export_format(&path, named.as_deref())?;
    let file = Written { place: target(rights, &path, args)?, format, writing: Writing::of(args)? };
    Ok(write_job(project, file, path, named, ErrorCode::Export))
}

/// The format that was named, or that of the path.
fn export_format(path: &str, named: Option<&str>) -> Result<Format> {
    let format = match named {
        Some(name) => Format::from_name(name, Direction::Write),
        None => Format::from_path(Path::new(path), Direction::Write),
    };
    format.map_err(|error| failed(path, ErrorCode::Export, error))
}

/// Writes a file as a whole; one that is stopped is as it was.
fn write_file(
    project: &Project,
    place: &Place,
    format: Format,
    writing: &Writing,
    code: ErrorCode,
    work: &Work<'_>,
) -> Result<Report> {
    let draw = |project: &Project, picture: &Picture| super::render::draw(project, picture, work);
    let written = place.replace_with(|file, files| {
        let beside = CompanionFiles { files, work };
        let options = writing.options(place.named(), &draw, &beside);
        goxel_formats::write(project, format, &options, &mut Stoppable::new(file, work))
    });
    written.or_else(|error| {
        work.check()?;
        let (path, sent) = (place.named().to_string_lossy(), file_code(&error, code));
        let what = in_words(&path, code, reason(error));
        Err(RpcError::new(sent, what).into())
    })
}

/// The place of a file that a call wants written.
fn target(rights: &Rights, path: &str, args: &Args<'_>) -> Result<Place> {
    Ok(rights.place(path)?.overwriting(args.need("overwrite")?))
}

/// A file that is to be written.
struct Written {
    place: Place,
    format: Format,
    writing: Writing,
}

fn write_job(
    Snapshot(project): Snapshot,
    file: Written,
    path: String,
    named: Option<String>,
    code: ErrorCode,
) -> JobFn<Reply> {
    Box::new(move |work| {
        let Written { place, format, writing } = file;
        let report = write_file(&project, &place, format, &writing, code, work)?;
        Ok(Box::new(move |w| write_exported(&path, named.as_deref(), &report, w)))
    })
}

/// The result of a call that wrote a file.
pub(crate) fn write_exported(path: &str, named: Option<&str>, report: &Report, w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("success", true);
        w.member("path", path);
        if let Some(named) = named {
            w.member("format", named);
        }
        write_report(report, w);
    });
}

fn failed(path: &str, code: ErrorCode, error: impl Display) -> Fault {
    RpcError::new(code, in_words(path, code, error)).into()
}

fn in_words(path: &str, code: ErrorCode, error: impl Display) -> String {
    let verb = if code == ErrorCode::Save { "save project" } else { "export model" };
    format!("Failed to {verb} '{path}': {error}")
}

fn list_formats(
    state: &mut State,
    session: &mut Session,
    _: &Args<'_>,
    w: &mut Writer<'_>,
) -> Result {
    w.object(|w| {
        w.key("formats").array(|w| {
            for &format in Format::ALL {
                w.item().object(|w| write_format(format, w));
            }
            for format in state.scripts.formats_of(&Owner::of(session)) {
                w.item().object(|w| write_script_format(&format, w));
            }
        });
    });
    Ok(())
}

fn write_format(format: Format, w: &mut Writer<'_>) {
    w.member("name", format.name());
    w.member("about", format.about());
    w.key("extensions").array(|w| format.extensions().iter().for_each(|name| w.element(*name)));
    w.member("reads", format.can(Direction::Read));
    w.member("writes", format.can(Direction::Write));
    w.member("layers", format.layers().words());
    w.key("keeps").array(|w| format.keeps().iter().for_each(|kept| w.element(kept.words())));
}

/// One that a script of the session has registered. It may have one direction only: nobody knows before it is
/// asked.
fn write_script_format(format: &ScriptFormat, w: &mut Writer<'_>) {
    w.member("name", &format.name);
    w.member("about", "a script of this session");
    w.key("extensions").array(|w| format.extensions.iter().for_each(|name| w.element(name)));
    w.member("reads", true);
    w.member("writes", true);
    w.member("layers", Layers::All.words());
    w.key("keeps").array(|_| ());
}

fn backup(rights: &Rights, all: gate::Everything, args: &Args<'_>) -> Result<JobFn<Reply>> {
    let path: String = args.need("path")?;
    let place = rights.place(&path)?;
    Ok(Box::new(move |work| {
        let mut done = backup::Written::default();
        let written = place.replace(|file| {
            done = backup::write(all, file, work).map_err(goxel_formats::Error::Output)?;
            Ok(())
        });
        if let Err(error) = written {
            work.check()?;
            let code = file_code(&error, ErrorCode::Save);
            let what = format_args!("Failed to back up to '{path}': {}", reason(error));
            return Err(RpcError::new(code, what).into());
        }
        Ok(Box::new(move |w| w.object(|w| write_backup(&path, &done, w))))
    }))
}

fn write_backup(path: &str, done: &backup::Written, w: &mut Writer<'_>) {
    w.member("success", true);
    w.member("path", path);
    w.member("projects", done.projects);
    w.member("bytes", done.bytes);
    if !done.before_transactions.is_empty() {
        w.key("before_transactions")
            .array(|w| done.before_transactions.iter().for_each(|name| w.element(name)));
    }
    if !done.left_out.is_empty() {
        w.key("left_out").array(|w| {
            for LeftOut { identity, name, why } in &done.left_out {
                w.item().object(|w| {
                    w.member("name", name);
                    w.member("project_id", identity.to_string());
                    w.member("error", why);
                });
            }
        });
    }
}
