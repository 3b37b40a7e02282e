//! [`Commission`]: a picture as it was asked for, and how it is made: one, several on a sheet, or frames.

use goxel_core::{Layer, Project, Scene, Work};
use goxel_proto::calls::scene::Named;
use goxel_proto::calls::{Arrangement, FileSettings, KeptCamera, SheetSettings};
use goxel_proto::types::{Background, Loss, PictureFormat, Pos, Rgba, Word as _};
use goxel_render::{Animation, Image, Placed, RenderOptions, Seen, Sheet, Subject};

use super::{failed, in_words};
use crate::fault::Result;
use crate::memory;

/// Degrees of a turn.
const TURN: f64 = 360.0;
/// What a pixel costs, in units of [`Work`]: about what the caster says.
const PIXEL_UNITS: u64 = 256;

/// A picture as it was asked for.
pub(super) struct Commission {
    pub(super) options: RenderOptions,
    /// A camera of the project.
    pub(super) camera: Option<KeptCamera>,
    pub(super) arrangement: Arrangement,
    pub(super) file: FileSettings,
}

/// What a picture is not, that was asked for or drawn.
pub(super) type Losses = Vec<(Loss, u64)>;

/// A picture that was made.
pub(super) struct Made {
    /// The picture; of several frames, the last.
    pub(super) image: Image,
    /// The file, where there is one for all.
    pub(super) file: Vec<u8>,
    pub(super) losses: Losses,
    /// How far away what is nearest and farthest is, of a picture of depths.
    pub(super) depth: Option<[f32; 2]>,
}

impl Commission {
    /// The same, seen by the camera that it names, as that stands now.
    ///
    /// # Errors
    /// Where there is no such camera.
    pub(super) fn seen_by(mut self, scene: &Scene) -> Result<Self> {
        let found = match &self.camera {
            None => return Ok(self),
            Some(KeptCamera::Named(Named::Id(id))) => scene.camera(*id),
            Some(KeptCamera::Named(Named::Name(name))) => scene.camera_named(name),
            Some(KeptCamera::Active) => match scene.active_camera() {
                Some(id) => scene.camera(id),
                None => return Err(in_words("no camera is active")),
            },
        };
        self.options.placed = Some(found.map(Placed::from).map_err(in_words)?);
        Ok(self)
    }

    /// How many frames there are, where it is a turntable.
    pub(super) fn frames(&self) -> Option<u32> {
        match self.arrangement {
            Arrangement::Turntable { frames, .. } => Some(frames),
            Arrangement::Single | Arrangement::Sheet(_) => None,
        }
    }

    /// The picture of a project, in one file.
    ///
    /// # Errors
    /// Where it cannot be drawn or packed, or the work has to end.
    pub(super) fn make(&self, project: &Project, work: &Work<'_>) -> Result<Made> {
        match &self.arrangement {
            Arrangement::Single => self.single(project, work),
            Arrangement::Sheet(sheet) => self.finished(self.sheet(sheet, project, work)?, work),
            Arrangement::Turntable { frames, frame_ms } => {
                self.animation(*frames, *frame_ms, project, work)
            }
        }
    }

    /// One picture, or the numbers of a pass.
    fn single(&self, project: &Project, work: &Work<'_>) -> Result<Made> {
        let sitter = Sitter::of(project, work)?;
        let Some(seen) = sitter.seen(&self.options, work)? else {
            return self.finished(sitter.draw(&self.options, work)?, work);
        };
        let (image, depth) = (seen.to_image(), seen.range());
        if self.file.format == PictureFormat::Npy {
            return Ok(Made {
                image,
                file: seen.to_npy_within(work)?,
                losses: Losses::new(),
                depth,
            });
        }
        Ok(Made { depth, ..self.finished(image, work)? })
    }

    /// A picture with the bytes of its file.
    fn finished(&self, image: Image, work: &Work<'_>) -> Result<Made> {
        let file = self.packed(&image, work)?;
        let losses = image.losses(self.file.format);
        Ok(Made { image, file, losses, depth: None })
    }

    /// The bytes of a file of one picture.
    pub(super) fn packed(&self, image: &Image, work: &Work<'_>) -> Result<Vec<u8>> {
        let FileSettings { format, jpeg_quality } = self.file;
        image.encode_within(format, jpeg_quality, work).map_err(failed)
    }

    /// Several views in one picture.
    fn sheet(&self, sheet: &SheetSettings, project: &Project, work: &Work<'_>) -> Result<Image> {
        let SheetSettings { views, columns, labels } = sheet;
        let size = (self.options.width, self.options.height);
        // There are a few, which the wire sees to.
        let count = views.len() as u32;
        let mut pages = Sheet::new(size, count, *columns, self.background()).map_err(failed)?;
        expect(1, size, work)?;
        let sitter = Sitter::of(project, work)?;
        for (index, view) in (0..).zip(views) {
            let (width, height) = pages.size(index);
            let options = self.options.clone().with_size(width, height).seen_from(Some(*view));
            let picture = sitter.draw(&options, work)?;
            let name = labels.then(|| view.name().replace('_', " "));
            pages.put(index, &picture, name.as_deref(), work).map_err(failed)?;
        }
        Ok(pages.finish())
    }

    /// The colour of what no picture covers.
    fn background(&self) -> Rgba {
        match self.options.look.background {
            Background::Plain(rgba) | Background::Gradient(_, rgba) => rgba,
        }
    }

    /// Frames in one file.
    fn animation(
        &self,
        frames: u32,
        frame_ms: u32,
        project: &Project,
        work: &Work<'_>,
    ) -> Result<Made> {
        let size = (self.options.width, self.options.height);
        if frames == 1 {
            return self.single(project, work);
        }
        let mut film = Animation::new(self.file.format, size, frames, frame_ms).map_err(failed)?;
        let mut losses = Losses::new();
        let mut last = None;
        self.each_frame(frames, project, work, |_, image| {
            film.add(&image, work).map_err(failed)?;
            add(&mut losses, image.losses(self.file.format));
            last = Some(image);
            Ok(())
        })?;
        let image = last.ok_or_else(|| in_words("there are no frames"))?;
        Ok(Made { image, file: film.finish().map_err(failed)?, losses, depth: None })
    }

    /// Draws one frame after the other, once around the model.
    pub(super) fn each_frame(
        &self,
        frames: u32,
        project: &Project,
        work: &Work<'_>,
        mut take: impl FnMut(u32, Image) -> Result,
    ) -> Result {
        expect(frames, (self.options.width, self.options.height), work)?;
        let sitter = Sitter::of(project, work)?;
        for frame in 0..frames {
            // What was packed so far is in memory, and grows.
            memory::check()?;
            let mut options = self.options.clone();
            options.view.turn += TURN * f64::from(frame) / f64::from(frames);
            take(frame, sitter.draw(&options, work)?)?;
        }
        Ok(())
    }

    /// What stands for the number of a frame: as many digits in each.
    pub(super) fn numbered(path: &str, frame: u32, frames: u32) -> String {
        let digits = (frames - 1).max(1).ilog10() as usize + 1;
        path.replace("{}", &format!("{frame:0digits$}"))
    }
}

/// Says how much there is to do for so many pictures, so that people see how far it is.
fn expect(pictures: u32, (width, height): (u32, u32), work: &Work<'_>) -> Result {
    let pixels = u64::from(width) * u64::from(height) * u64::from(pictures);
    Ok(work.expect(PIXEL_UNITS.saturating_mul(pixels))?)
}

/// Puts losses beside those that there are: of each kind, so many in all.
pub(super) fn add(all: &mut Losses, more: Losses) {
    for (loss, count) in more {
        match all.iter_mut().find(|(known, _)| *known == loss) {
            Some((_, known)) => *known += count,
            None => all.push((loss, count)),
        }
    }
}

/// What a loss is, in words.
pub(super) fn words(loss: Loss, format: PictureFormat) -> &'static str {
    match (loss, format) {
        (Loss::Alpha, PictureFormat::Jpeg) => {
            "JPEG has no transparency: behind these pixels is white"
        }
        (Loss::Alpha, _) => "pixels are either there or not: what is half seen through is on white",
        (Loss::ColorsReduced, _) => {
            "the format has 256 colours a frame: others are replaced by near ones"
        }
        (other, _) => other.sentence(),
    }
}

/// What is drawn: what shows of a project, with its materials, and its layers.
struct Sitter<'p> {
    subject: Subject,
    layers: &'p [Layer],
}

impl<'p> Sitter<'p> {
    fn of(project: &'p Project, work: &Work<'_>) -> Result<Self> {
        Ok(Self { subject: Subject::of(project, work)?, layers: project.layers() })
    }

    /// What one sees, or what a pass tells of that.
    fn draw(&self, options: &RenderOptions, work: &Work<'_>) -> Result<Image> {
        match self.seen(options, work)? {
            Some(seen) => Ok(seen.to_image()),
            None => goxel_render::render_subject(&self.subject, options, work).map_err(failed),
        }
    }

    /// What a pass tells; `None` where it is that of colours.
    fn seen(&self, options: &RenderOptions, work: &Work<'_>) -> Result<Option<Seen>> {
        let layer = |at: Pos| {
            let layers = self.layers.iter().rev().filter(|layer| layer.visible);
            let holds = |layer: &&Layer| !layer.volume.get(at).is_empty();
            layers.clone().find(holds).map_or(0, |layer| layer.id.0)
        };
        goxel_render::render_pass(&self.subject, options, layer, work).map_err(failed)
    }
}
