//! Pictures.

use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use goxel_core::{Project, Scene, Work};
use goxel_formats::Picture as FilePicture;
use goxel_proto::calls::scene::Named;
use goxel_proto::calls::{KeptCamera, RenderScene, RenderTarget};
use goxel_proto::json::Writer;
use goxel_proto::{Args, ErrorCode, Method, RpcError};
use goxel_render::{Image, Placed, RenderOptions, Subject};

use crate::door::{Place, Rights};
use crate::fault::{Fault, Result, file_code, reason};
use crate::handler::Handler::{Picture, System};
use crate::handler::{Drawn, Entry, JobFn, Snapshot};
use crate::memory;
use crate::renders::{self, Failure, Renders};
use crate::session::Session;
use crate::state::State;
use crate::stoppable::Stoppable;

/// Bytes of a pixel: r, g, b, a.
const BYTES_PER_PIXEL: u64 = 4;

pub(super) const HANDLERS: &[Entry] = &[
    (Method::RenderScene, Picture(scene)),
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
) -> Result<JobFn<Drawn>> {
    let call = RenderScene::read(args)?;
    let mut options = options(&call);
    // A picture, and what it is written into. A larger one is refused.
    let pixels = u64::from(options.width) * u64::from(options.height);
    let pixels = pixels.min(goxel_render::IMAGE_PIXELS_MAX);
    memory::room_for(2 * BYTES_PER_PIXEL * pixels)?;
    if let Some(kept) = &call.camera {
        options.placed = Some(placed(project.scene(), kept)?);
    }
    Ok(match call.target {
        RenderTarget::Managed => managed(project, options, renders.place(now())),
        RenderTarget::File { path, pixels } => {
            to_file(project, options, rights.place(&path)?, path, pixels)
        }
        RenderTarget::Pixels => Box::new(move |work| {
            let image = picture(&project, &options, work)?;
            Ok(Drawn::Told(told(&image, None, true, work)?))
        }),
    })
}

fn to_file(
    project: Project,
    options: RenderOptions,
    place: Place,
    path: String,
    pixels: bool,
) -> JobFn<Drawn> {
    Box::new(move |work| {
        let image = write(&project, &options, &place, work)?;
        Ok(Drawn::Told(told(&image, Some(&path), pixels, work)?))
    })
}

/// Renders to a file that goes to the register when the job is done.
fn managed(project: Project, options: RenderOptions, place: renders::Place) -> JobFn<Drawn> {
    Box::new(move |work| {
        // First, since a picture may take long.
        place.prepare().map_err(not_kept)?;
        let image = picture(&project, &options, work)?;
        let png = image.to_png_within(work)?;
        let fresh = place.fill(&png, (image.width, image.height), work).map_err(|failure| {
            // Who stopped it is told that.
            work.check().map_or_else(Fault::from, |()| not_kept(failure))
        })?;
        Ok(Drawn::Kept(Box::new(move |renders, w| {
            let render = renders.keep(fresh);
            w.object(|w| {
                w.member("success", true);
                if let Some(render) = render {
                    render.write(w.key("file"), false);
                }
            });
        })))
    })
}

/// The result of a call, written on the worker: pixels are many.
fn told(image: &Image, path: Option<&str>, pixels: bool, work: &Work<'_>) -> Result<Vec<u8>> {
    let mut json = Vec::new();
    let mut written = Ok(());
    Writer::new(&mut json).object(|w| {
        w.member("success", true);
        w.member("width", image.width);
        w.member("height", image.height);
        w.member("format", if path.is_some() { "png" } else { "rgba" });
        if let Some(path) = path {
            w.member("output_path", path);
        }
        if pixels {
            let pixels = image.pixels.as_flattened();
            written = w.key("pixels").base64_within(pixels, || work.check());
        }
    });
    written?;
    Ok(json)
}

fn failed(error: impl std::fmt::Display) -> Fault {
    let what = format_args!("Failed to render scene: {error}");
    RpcError::new(ErrorCode::Render, what).into()
}

fn not_kept(failure: Failure) -> Fault {
    match failure {
        Failure::Directory => {
            RpcError::new(ErrorCode::Internal, "Render manager not available").into()
        }
        Failure::File(error) => failed(error),
    }
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

fn options(call: &RenderScene) -> RenderOptions {
    let size = RenderOptions::default().with_size(call.width, call.height);
    let options = size.seen_from(call.preset);
    match call.background {
        Some(background) => options.before(background),
        None => options,
    }
}

/// A camera of the project, as it stands now.
fn placed(scene: &Scene, kept: &KeptCamera) -> Result<Placed> {
    let found = match kept {
        KeptCamera::Named(Named::Id(id)) => scene.camera(*id),
        KeptCamera::Named(Named::Name(name)) => scene.camera_named(name),
        KeptCamera::Active => match scene.active_camera() {
            Some(id) => scene.camera(id),
            None => return Err(failed("no camera is active")),
        },
    };
    found.map(Placed::from).map_err(failed)
}

fn picture(project: &Project, options: &RenderOptions, work: &Work<'_>) -> Result<Image> {
    goxel_render::render_subject(&Subject::of(project, work)?, options, work).map_err(|error| {
        match error {
            goxel_render::Error::Stopped(stopped) => stopped.into(),
            error => failed(error),
        }
    })
}

/// The picture that an export makes: a PNG file of so many pixels along both edges.
pub(super) fn draw(
    project: &Project,
    picture: &FilePicture,
    work: &Work<'_>,
) -> Result<Vec<u8>, String> {
    let [width, height] = picture.size;
    let options = RenderOptions::default().seen_from(picture.camera).with_size(width, height);
    let subject = Subject::of(project, work).map_err(|error| error.to_string())?;
    let image = goxel_render::render_subject(&subject, &options, work);
    let png = image.and_then(|image| Ok(image.to_png_within(work)?));
    png.map_err(|error| error.to_string())
}

/// Renders to a PNG file, whole or not at all.
fn write(
    project: &Project,
    options: &RenderOptions,
    place: &Place,
    work: &Work<'_>,
) -> Result<Image> {
    let image = picture(project, options, work)?;
    let png = image.to_png_within(work)?;
    let written = place.replace(|file| Ok(Stoppable::new(file, work).write_all(&png)?));
    let Err(error) = written else { return Ok(image) };
    work.check()?;
    let (path, code) = (place.named().display(), file_code(&error, ErrorCode::Render));
    let what = format_args!("{}: '{path}': {}", ErrorCode::Render.failed(), reason(error));
    Err(RpcError::new(code, what).into())
}
