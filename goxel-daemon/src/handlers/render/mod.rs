//! Pictures: the calls for one, and calls about those that the daemon keeps.
//!
//! ```text
//! call -> subject (which layers, cut, since when) -> draw (one, a sheet, frames) -> target (file, reply)
//! ```

mod cut;
mod draw;
mod highlight;
mod subject;
mod target;

use std::time::{SystemTime, UNIX_EPOCH};

use goxel_core::{Project, Scene, Work};
use goxel_formats::Picture as FilePicture;
use goxel_proto::calls::{RenderScene, RenderTarget};
use goxel_proto::json::Writer;
use goxel_proto::{Args, ErrorCode, Method, RpcError};
use goxel_render::RenderOptions;

use self::draw::Commission;
use self::subject::Subject;
use self::target::{Target, keep};
use super::files;
use super::versions::when;
use crate::door::Rights;
use crate::fault::{Fault, Result};
use crate::handler::Handler::{Files, Picture, System};
use crate::handler::{Drawing, Drawn, Entry, JobFn, Reply, Snapshot};
use crate::memory;
use crate::renders::Renders;
use crate::session::Session;
use crate::state::State;

/// Bytes of a pixel: r, g, b, a.
const BYTES_PER_PIXEL: u64 = 4;
/// How many times a picture is in memory beside what it is drawn with: on a sheet, and as a file.
const COPIES: u64 = 2;

pub(super) const HANDLERS: &[Entry] = &[
    (Method::RenderScene, Picture(scene)),
    (Method::RenderFile, Files(file)),
    (Method::GetRenderInfo, System(info)),
    (Method::CleanupRender, System(cleanup)),
    (Method::ListRenders, System(list)),
    (Method::GetRenderStats, System(stats)),
];

fn scene(
    rights: &Rights,
    renders: &mut Renders,
    Snapshot(project): Snapshot,
    args: &Args<'_>,
) -> Result<Drawing> {
    let call = RenderScene::read(args)?;
    let (subject, highlight) =
        (Subject::new(call.layers.clone(), &call.look), call.highlight.clone());
    let draw = draw_to(call, project.scene(), rights, renders)?;
    Ok(match highlight {
        None => Drawing::Now(Box::new(move |work| draw(&subject.of(project, work)?, work))),
        Some(version) => {
            let since = when(version);
            Drawing::OfPast(Box::new(move |mut past, work| {
                let before = past.read(&since, "params.options.highlight", work)?;
                draw(&subject.since(before, project, work)?, work)
            }))
        }
    })
}

/// Draws a project and brings the picture where it belongs.
type DrawTo = Box<dyn FnOnce(&Project, &Work<'_>) -> Result<Drawn> + Send>;

fn draw_to(
    call: RenderScene,
    scene: &Scene,
    rights: &Rights,
    renders: &mut Renders,
) -> Result<DrawTo> {
    let (commission, target) = commission(call)?;
    let commission = commission.seen_by(scene)?;
    if target == RenderTarget::Managed {
        let place = renders.place(commission.file.format, now());
        return Ok(Box::new(move |project, work| keep(place, &commission, project, work)));
    }
    let target = Target::new(target, &commission, rights)?;
    Ok(Box::new(move |project, work| Ok(Drawn::Told(target.fill(&commission, project, work)?))))
}

/// A picture as a call asks for it, and where it goes.
fn commission(call: RenderScene) -> Result<(Commission, RenderTarget)> {
    let mut options = RenderOptions::default().with_size(call.width, call.height);
    // A larger picture is refused.
    let pixels = u64::from(options.width) * u64::from(options.height);
    let pixels = pixels.min(goxel_render::IMAGE_PIXELS_MAX);
    (options.view, options.look) = (call.view, call.look);
    memory::room_for(options.bytes() + COPIES * BYTES_PER_PIXEL * pixels)?;
    let RenderScene { camera, arrangement, file, .. } = call;
    Ok((Commission { options, camera, arrangement, file }, call.target))
}

/// A picture of a file: no project of the daemon has a part in it.
fn file(rights: &Rights, args: &Args<'_>) -> Result<JobFn<Reply>> {
    let call = RenderScene::read(args)?;
    if call.highlight.is_some() {
        return Err(RpcError::params("params.options.highlight", "a file has no versions").into());
    }
    let path: String = args.need("path")?;
    let reading = files::reading(&path, args)?;
    let from = rights.place(&path)?;
    let subject = Subject::new(call.layers.clone(), &call.look);
    let (commission, target) = commission(call)?;
    let target = Target::new(target, &commission, rights)?;
    Ok(Box::new(move |work| {
        let project = files::read(&from, &reading, work)?.into_project(files::stem(&path));
        let commission = commission.seen_by(project.scene())?;
        let json = target.fill(&commission, &subject.of(project, work)?, work)?;
        Ok(Box::new(move |w: &mut Writer<'_>| w.raw(&json)))
    }))
}

/// An error of the renderer; who was stopped is told that.
fn failed(error: goxel_render::Error) -> Fault {
    match error {
        goxel_render::Error::Stopped(stopped) => stopped.into(),
        error => in_words(error),
    }
}

/// The words of the method before those of an error.
fn in_words(error: impl std::fmt::Display) -> Fault {
    let what = format_args!("Failed to render scene: {error}");
    RpcError::new(ErrorCode::Render, what).into()
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// The path in a call about a picture that the daemon keeps.
fn path(args: &Args<'_>) -> Result<String> {
    let path = args.get::<String>("path").ok().flatten();
    let missing = || RpcError::new(ErrorCode::InvalidParams, "Must specify path parameter");
    Ok(path.ok_or_else(missing)?)
}

fn info(state: &mut State, _: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let path = path(args)?;
    let Some(render) = state.renders().get(&path, now()) else {
        let what = "Render not found: File not found";
        return Err(RpcError::new(ErrorCode::RenderInfo, what).into());
    };
    w.object(|w| {
        w.member("success", true);
        render.write(w.key("render"), true);
    });
    Ok(())
}

fn cleanup(state: &mut State, _: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let path = path(args)?;
    let refuse = |why: &dyn std::fmt::Display| {
        RpcError::new(ErrorCode::RenderCleanup, format_args!("Failed to cleanup render: {why}"))
    };
    if !state.renders().remove(&path, now()).map_err(|error| refuse(&error))? {
        return Err(refuse(&"File not found").into());
    }
    w.object(|w| {
        w.member("success", true);
        w.member("message", "Render cleaned up successfully");
    });
    Ok(())
}

fn list(state: &mut State, _: &mut Session, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let renders = state.renders().list(now());
    w.object(|w| {
        w.member("success", true);
        w.member("count", renders.len());
        w.key("renders").array(|w| renders.for_each(|render| render.write(w.item(), true)));
    });
    Ok(())
}

fn stats(state: &mut State, _: &mut Session, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    w.object(|w| {
        w.member("success", true);
        state.renders().stats(now(), w.key("stats"));
    });
    Ok(())
}

/// The picture that an export makes: a PNG file of so many pixels along both edges.
pub(super) fn draw(
    project: &Project,
    picture: &FilePicture,
    work: &Work<'_>,
) -> Result<Vec<u8>, String> {
    let [width, height] = picture.size;
    let options = RenderOptions::default().seen_from(picture.camera).with_size(width, height);
    let shown = goxel_render::Subject::of(project, work).map_err(|error| error.to_string())?;
    let image = goxel_render::render_subject(&shown, &options, work);
    let png = image.and_then(|image| Ok(image.to_png_within(work)?));
    png.map_err(|error| error.to_string())
}
