//! [`draw`]: pictures of quality `path`: light as it travels.
//!
//! ```text
//! options, subject -> world, sky, lamps --\
//!                                          tracer -> film -> denoiser -> image
//! seed, pixel, number -> sampler ---------/
//! ```
//!
//! A unidirectional path tracer (module `integrate`) with next-event estimation and multiple
//! importance sampling takes samples in rounds, each of which doubles them at first; blocks of pixels
//! whose noise is small enough leave the next ones (module `film`). What noise is left is smoothed
//! away along surfaces (module `denoise`).
//!
//! The same options give the same bytes, with any number of threads and on every machine; but where a
//! time budget ends the picture, how many samples there are depends on the machine. The first sample of each
//! pixel is taken however late it is.

mod denoise;
mod film;
mod gloss;
mod integrate;
mod lamps;
mod lattice;
mod lobes;
mod math;
mod matter;
mod rows;
mod shadow;
mod sky;
mod world;

use std::sync::{OnceLock, PoisonError};
use std::time::Duration;

use glam::Vec4;
use goxel_core::Work;
use goxel_proto::types::{Ground, Look, Shadow};

use crate::camera::Rays;
use crate::light::power_of_two;
use crate::srgb::{self, to_bytes};
use crate::surface::Subject;
use crate::tree::At;
use crate::view::{Picture as View, background, behind};
use crate::{Error, Image, RenderOptions};

use film::{Block, Film, Pixel};
use integrate::Tracer;
use lamps::Lamps;
use lattice::Sampler;
use sky::Sky;
use world::World;

/// Samples a pixel where nobody says how many: with the denoiser, as many as most models need.
const SAMPLES: u32 = 256;
/// The most samples a pixel: sums of single precision are no better with more.
const SAMPLES_MAX: u32 = 1 << 16;
/// The noise at which a block is left, where nobody says it: the denoiser takes the rest.
const NOISE: f32 = 0.02;
/// Bounces where nobody says how many: rooms are nearly as bright as with more.
const BOUNCES: u32 = 8;
/// The most bounces. Russian roulette ends nearly all paths before.
const BOUNCES_MAX: u32 = 256;
/// Rounds double the samples up to this many, so that few are taken after noise is small enough; then
/// they add so many.
const ROUND_MAX: u32 = 16;
/// How long a picture takes at the most where nobody says it: as long as anybody may ask for. The largest
/// with the most samples would take weeks.
const SECONDS: f32 = 3600.0;
/// What a sample costs, in units of [`Work`]: a microsecond or so.
const SAMPLE_UNITS: u64 = 1000;

/// Bytes of a pixel while it is drawn: sums and means of its samples, and what the denoiser makes of
/// them.
pub(crate) const PIXEL_BYTES: u64 = 2 * size_of::<Pixel>() as u64 + denoise::PIXEL_BYTES;

/// Draws what is to be seen of a subject, whose lowest position is `min`.
///
/// # Errors
/// Where the work has to end.
pub(crate) fn draw(
    view: View<'_>,
    min: At,
    subject: &Subject,
    options: &RenderOptions,
    work: &Work<'_>,
) -> Result<Image, Error> {
    let picture = Picture::new(view, min, subject, options, work)?;
    let film = picture.expose(work)?;
    let mut pixels = film.develop();
    if options.look.denoise {
        denoise::denoise(&mut pixels, picture.width, work)?;
    }
    work.check()?;
    let pixels = pixels.iter().map(|pixel| to_bytes(pixel.colour)).collect();
    Ok(Image { width: options.width, height: options.height, pixels })
}

struct Picture<'a> {
    tracer: Tracer<'a>,
    rays: Rays,
    width: usize,
    height: usize,
    /// What light is multiplied with.
    exposure: f32,
    background: [Vec4; 2],
    samples: u32,
    noise: f32,
    /// When it shall end, by the clock of the work.
    end: Option<Duration>,
    seed: u64,
}

impl<'a> Picture<'a> {
    fn new(
        view: View<'a>,
        min: At,
        subject: &'a Subject,
        options: &RenderOptions,
        work: &Work<'_>,
    ) -> Result<Self, Error> {
        let look = &options.look;
        let grounded = look.ground != Ground::None;
        let world = World::new(view.scene.tree, min, subject, grounded);
        let lamps = Lamps::new(subject.volume(), &world, work)?;
        let degrees = if look.shadow == Some(Shadow::Hard) { 0.0 } else { look.sun_size };
        let tracer = Tracer {
            sky: Sky::of(&view.scene.light, degrees),
            lamps,
            bounces: look.bounces.unwrap_or(BOUNCES).min(BOUNCES_MAX) as usize,
            floor: view.floor,
            ground: srgb::linear(look.ground_color),
            catches: look.ground == Ground::Shadow,
            shadows: look.shadow != Some(Shadow::None),
            world,
        };
        Ok(Self {
            tracer,
            rays: view.rays,
            width: options.width as usize,
            height: options.height as usize,
            exposure: power_of_two(look.exposure),
            background: background(look.background),
            samples: look.samples.unwrap_or(SAMPLES).clamp(1, SAMPLES_MAX),
            noise: look.noise.unwrap_or(NOISE),
            end: end(look, work),
            seed: look.seed,
        })
    }

    /// Takes samples until there are as many as were asked for, or no noise, or no time.
    fn expose(&self, work: &Work<'_>) -> Result<Film, Error> {
        let film = Film::new(self.width, self.height);
        let pixels = (self.width * self.height) as u64;
        work.expect(SAMPLE_UNITS * pixels * u64::from(self.samples))?;
        let mut samples = 0;
        while samples < self.samples {
            samples = (samples + samples.clamp(1, ROUND_MAX)).min(self.samples);
            let open: Vec<_> = film
                .blocks()
                .iter()
                .filter(|block| !block.lock().unwrap_or_else(PoisonError::into_inner).done)
                .collect();
            if open.is_empty() {
                break;
            }
            let stopped = OnceLock::new();
            work.executor().run(open.len(), &|index| {
                let late = samples > 1 && self.end.is_some() && work.elapsed() > self.end;
                if late || stopped.get().is_some() {
                    return;
                }
                let mut block = open[index].lock().unwrap_or_else(PoisonError::into_inner);
                if let Err(error) = self.expose_block(&mut block, samples, work) {
                    stopped.get_or_init(|| error);
                }
            });
            if let Some(error) = stopped.into_inner() {
                return Err(error.into());
            }
        }
        Ok(film)
    }

    fn expose_block(
        &self,
        block: &mut Block,
        samples: u32,
        work: &Work<'_>,
    ) -> goxel_core::Result<()> {
        let round = u64::from(samples - block.samples);
        let mut spent = Ok(());
        block.expose(samples, |at, number| {
            if number + 1 == samples && spent.is_ok() {
                spent = work.spend(SAMPLE_UNITS * round);
            }
            if spent.is_ok() { self.sample(at, number) } else { Pixel::default() }
        });
        spent?;
        block.done = block.is_quiet(self.noise);
        if block.done {
            // Whoever watches sees how much is left: nothing more of this.
            let rest = u64::from(self.samples - samples) * (block.size[0] * block.size[1]) as u64;
            work.spend(SAMPLE_UNITS * rest)?;
        }
        Ok(())
    }

    /// One sample of a pixel.
    fn sample(&self, [x, y]: [usize; 2], number: u32) -> Pixel {
        let sampler = Sampler::new(self.seed, y * self.width + x, number);
        let (right, down) = sampler.in_pixel();
        let (across, down) = (x as f64 + f64::from(right), y as f64 + f64::from(down));
        let sample = self.tracer.trace(self.rays.at(across, down), sampler);
        let behind = behind(&self.background, down as f32 / self.height as f32);
        let hidden = 1.0 - sample.through.element_sum() / 3.0 * (1.0 - behind.w);
        let colour = sample.light * self.exposure + sample.through * behind.truncate();
        Pixel {
            colour: colour.extend(if behind.w < 1.0 { hidden } else { 1.0 }),
            albedo: sample.albedo,
            normal: sample.normal,
            depth: sample.depth,
            ..Pixel::default()
        }
    }
}

/// When the clock of the work shows that the time is over.
fn end(look: &Look, work: &Work<'_>) -> Option<Duration> {
    let seconds = look.seconds.filter(|seconds| seconds.is_finite()).unwrap_or(SECONDS);
    work.elapsed()?.checked_add(Duration::from_secs_f32(seconds.max(0.0)))
}

#[cfg(test)]
mod tests;
