//! [`Target`]: where a picture goes, and what the reply tells of it; [`keep`]: one that the daemon keeps.

use std::io::Write as _;

use goxel_core::{Project, Work};
use goxel_proto::calls::{Inline, RenderTarget};
use goxel_proto::json::Writer;
use goxel_proto::types::{PictureFormat, Word as _};
use goxel_proto::{ErrorCode, RpcError};
use goxel_render::Image;

use super::draw::{Commission, Losses, Made, add, words};
use super::in_words;
use crate::door::{Place, Rights};
use crate::fault::{Fault, Result, file_code, reason};
use crate::handler::Drawn;
use crate::renders::{self, Failure};
use crate::stoppable::Stoppable;

/// Where a picture goes. Every path was admitted before anything is drawn.
pub(super) enum Target {
    /// To a file, and into the reply.
    File { place: Place, path: String, inline: Option<Inline> },
    /// Each frame to a file.
    Frames(Vec<(Place, String)>),
    /// Into the reply.
    Inline(Inline),
}

impl Target {
    /// Opens nothing yet.
    ///
    /// # Errors
    /// Where the connection may not write there, or nobody keeps the picture.
    pub(super) fn new(
        target: RenderTarget,
        commission: &Commission,
        rights: &Rights,
    ) -> Result<Self> {
        Ok(match (target, commission.frames()) {
            (RenderTarget::Managed, _) => {
                let what =
                    "the daemon keeps no picture of a file: name an output_path, or say \"base64\"";
                return Err(RpcError::params("params.options.return_mode", what).into());
            }
            (RenderTarget::Inline(inline), _) => Self::Inline(inline),
            (RenderTarget::File { path, .. }, Some(frames)) if path.contains("{}") => {
                let paths = (0..frames).map(|frame| Commission::numbered(&path, frame, frames));
                let places = paths.map(|path| Ok((rights.place(&path)?, path)));
                Self::Frames(places.collect::<Result<_>>()?)
            }
            (RenderTarget::File { path, inline }, _) => {
                Self::File { place: rights.place(&path)?, path, inline }
            }
        })
    }

    /// Makes the picture, brings it there, and gives the result of the call.
    ///
    /// # Errors
    /// Where it cannot be made or written, or the work has to end.
    pub(super) fn fill(
        self,
        commission: &Commission,
        project: &Project,
        work: &Work<'_>,
    ) -> Result<Vec<u8>> {
        match self {
            Self::File { place, path, inline } => {
                let made = commission.make(project, work)?;
                write(&made.file, &place, work)?;
                let mut told = Told::of(&made, commission);
                told.path = Some(&path);
                told.inline(inline, &made);
                told.json(work)
            }
            Self::Frames(places) => frames(&places, commission, project, work),
            Self::Inline(inline) => {
                let made = commission.make(project, work)?;
                let mut told = Told::of(&made, commission);
                told.inline(Some(inline), &made);
                told.json(work)
            }
        }
    }
}

/// A file that goes to the register when the job is done.
///
/// # Errors
/// As for one of the client's.
pub(super) fn keep(
    place: renders::Place,
    commission: &Commission,
    project: &Project,
    work: &Work<'_>,
) -> Result<Drawn> {
    // First, since a picture may take long.
    place.prepare().map_err(not_kept)?;
    let Made { image, file, losses, depth } = commission.make(project, work)?;
    let size = (image.width, image.height);
    let fresh = place.fill(&file, size, work).map_err(|failure| {
        // Who stopped it is told that.
        work.check().map_or_else(Fault::from, |()| not_kept(failure))
    })?;
    let (format, frames) = (commission.file.format, commission.frames());
    Ok(Drawn::Kept(Box::new(move |renders, w| {
        let render = renders.keep(fresh);
        w.object(|w| {
            w.member("success", true);
            if let Some(render) = render {
                render.write(w.key("file"), false);
            }
            write_depth(depth, w);
            write_frames(frames, w);
            write_losses(&losses, format, w);
        });
    })))
}

/// A file for each frame.
fn frames(
    places: &[(Place, String)],
    commission: &Commission,
    project: &Project,
    work: &Work<'_>,
) -> Result<Vec<u8>> {
    let mut losses = Losses::new();
    // There are as many as frames, of which the wire takes a few hundred.
    let frames = places.len() as u32;
    commission.each_frame(frames, project, work, |frame, image| {
        add(&mut losses, image.losses(commission.file.format));
        let file = commission.packed(&image, work)?;
        write(&file, &places[frame as usize].0, work)
    })?;
    let told = Told {
        size: (commission.options.width, commission.options.height),
        format: commission.file.format,
        path: None,
        image: None,
        pixels: None,
        depth: None,
        frames: Some(frames),
        files: places,
        losses: &losses,
    };
    told.json(work)
}

/// Writes a file, whole or not at all.
fn write(bytes: &[u8], place: &Place, work: &Work<'_>) -> Result {
    let written = place.replace(|file| Ok(Stoppable::new(file, work).write_all(bytes)?));
    let Err(error) = written else { return Ok(()) };
    work.check()?;
    let (path, code) = (place.named().display(), file_code(&error, ErrorCode::Render));
    let what = format_args!("{}: '{path}': {}", ErrorCode::Render.failed(), reason(error));
    Err(RpcError::new(code, what).into())
}

fn not_kept(failure: Failure) -> Fault {
    match failure {
        Failure::Directory => {
            RpcError::new(ErrorCode::Internal, "Render manager not available").into()
        }
        Failure::File(error) => in_words(error),
    }
}

/// What the reply tells of a picture.
struct Told<'a> {
    size: (u32, u32),
    format: PictureFormat,
    path: Option<&'a str>,
    /// The bytes of its file.
    image: Option<&'a [u8]>,
    pixels: Option<&'a Image>,
    depth: Option<[f32; 2]>,
    frames: Option<u32>,
    files: &'a [(Place, String)],
    losses: &'a Losses,
}

impl<'a> Told<'a> {
    fn of(made: &'a Made, commission: &Commission) -> Self {
        Self {
            size: (made.image.width, made.image.height),
            format: commission.file.format,
            path: None,
            image: None,
            pixels: None,
            depth: made.depth,
            frames: commission.frames(),
            files: &[],
            losses: &made.losses,
        }
    }

    fn inline(&mut self, inline: Option<Inline>, made: &'a Made) {
        match inline {
            Some(Inline::Image) => self.image = Some(&made.file),
            Some(Inline::Pixels) => self.pixels = Some(&made.image),
            None => {}
        }
    }

    /// The result of the call, written on the worker: pictures are long.
    fn json(&self, work: &Work<'_>) -> Result<Vec<u8>> {
        let mut json = Vec::new();
        let mut written = Ok(());
        Writer::new(&mut json).object(|w| {
            w.member("success", true);
            w.member("width", self.size.0);
            w.member("height", self.size.1);
            w.member("format", self.format.name());
            if let Some(path) = self.path {
                w.member("output_path", path);
            }
            let pixels = self.pixels.map(|image| image.pixels.as_flattened());
            for (name, bytes) in [("image", self.image), ("pixels", pixels)] {
                if let Some(bytes) = bytes.filter(|_| written.is_ok()) {
                    written = w.key(name).base64_within(bytes, || work.check());
                }
            }
            write_depth(self.depth, w);
            write_frames(self.frames, w);
            if !self.files.is_empty() {
                w.key("files").array(|w| self.files.iter().for_each(|(_, path)| w.element(path)));
            }
            write_losses(self.losses, self.format, w);
        });
        written?;
        Ok(json)
    }
}

fn write_depth(depth: Option<[f32; 2]>, w: &mut Writer<'_>) {
    if let Some([near, far]) = depth {
        w.key("depth").object(|w| {
            w.member("near", near);
            w.member("far", far);
        });
    }
}

fn write_frames(frames: Option<u32>, w: &mut Writer<'_>) {
    if let Some(frames) = frames {
        w.member("frames", frames);
    }
}

fn write_losses(losses: &Losses, format: PictureFormat, w: &mut Writer<'_>) {
    if losses.is_empty() {
        return;
    }
    w.key("warnings").array(|w| {
        for &(loss, count) in losses {
            w.item().object(|w| {
                w.member("code", loss.name());
                w.member("what", words(loss, format));
                w.member("count", count);
            });
        }
    });
}
