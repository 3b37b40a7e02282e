//! [`render`]: the rays of a whole picture, in two passes over its rows.
//!
//! The first pass sends one ray through the middle of each pixel. The second is adaptive
//! anti-aliasing: it takes four samples of each pixel that differs from a neighbour, which are those
//! on edges, so flat areas cost nothing. A row is one task of the thread pool.

use std::sync::{Mutex, OnceLock, PoisonError};

use glam::{DVec3, Vec4};
use goxel_core::{Executor, Volume, Work};
use goxel_proto::types::{Background, Quality, Rgba};
use rayon::prelude::*;

use crate::camera::{Axes, Camera};
use crate::light::Light;
use crate::shade::{Scene, linear_alpha, to_bytes};
use crate::surface::Subject;
use crate::tree::VoxelTree;
use crate::{Error, Image, RenderOptions, path};

/// The four samples of an edge pixel, in pixels from its middle: a rotated grid, in which each has a
/// row and a column of its own, so that edges near the axes are smoothed best.
const SAMPLES: [(f64, f64); 4] =
    [(-0.125, -0.375), (0.375, -0.125), (0.125, 0.375), (-0.375, 0.125)];
/// The difference of a channel, of 255, from which a pixel is sampled again.
const EDGE_STEPS: u8 = 8;
/// What a ray costs, in units of [`Work`]: a hundred nanoseconds or so, since it visits what is in
/// its way.
const PIXEL_UNITS: u64 = 128;
/// Pixels after which work that nobody wants any more ends: well below a millisecond.
const CHECKED_PIXELS: usize = 256;
/// The same where they are only copied.
const CHECKED_COPIED: usize = 4096;

/// The threads of rayon's common pool, or of the one that the caller is in.
struct Rayon;

impl Executor for Rayon {
    fn tasks(&self) -> usize {
        rayon::current_num_threads()
    }

    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..count).into_par_iter().for_each(task);
    }
}

/// Draws the volume, framed by its bounds or as a camera sees it, on all threads of a pool. Without voxels the
/// picture is the background.
///
/// # Errors
/// Where the picture's size is 0 or past a limit, or the camera sees nothing.
pub fn render(volume: &Volume, options: &RenderOptions) -> Result<Image, Error> {
    render_within(volume, options, &Work::spread(&Rayon))
}

/// The same, as work that is counted, may be stopped, and says on which threads.
///
/// # Errors
/// Like [`render`], and where the work has to end.
pub fn render_within(
    volume: &Volume,
    options: &RenderOptions,
    work: &Work<'_>,
) -> Result<Image, Error> {
    render_subject(&Subject::from(volume), options, work)
}

/// Draws voxels with their materials.
///
/// # Errors
/// Like [`render`], and where the work has to end.
pub fn render_subject(
    subject: &Subject,
    options: &RenderOptions,
    work: &Work<'_>,
) -> Result<Image, Error> {
    options.check()?;
    work.check()?;
    let volume = subject.volume();
    let Some(bounds) = volume.bounds() else { return nothing(options, work) };
    let tree = VoxelTree::new(volume, &bounds, work)?;
    let frame = Frame::new(tree, bounds.min, options)?;
    if options.look.quality == Quality::Path && !options.look.unlit {
        let Frame { scene: Scene { tree, light, .. }, camera, .. } = frame;
        let scene = path::Scene { tree, min: bounds.min, camera, light };
        return path::draw(scene, subject, options, work);
    }
    // Zeroed pages are made when the first pass comes to them, a part at a time.
    let pixels = vec![[0; 4]; options.width as usize * options.height as usize];
    let mut image = Image { width: options.width, height: options.height, pixels };
    frame.draw(&mut image, work)?;
    Ok(image)
}

/// A picture of nothing: its background.
fn nothing(options: &RenderOptions, work: &Work<'_>) -> Result<Image, Error> {
    let background = [to_bytes(linear_alpha(background(options))); CHECKED_COPIED];
    let length = options.width as usize * options.height as usize;
    let parts = (0..length).step_by(CHECKED_COPIED);
    let parts = parts.map(|start| &background[..CHECKED_COPIED.min(length - start)]);
    let pixels = put_together(parts, length, work)?;
    Ok(Image { width: options.width, height: options.height, pixels })
}

/// Parts of pixels one behind the other, for as long as the work goes on: many megabytes take long when
/// all pages are new.
fn put_together<'a>(
    parts: impl Iterator<Item = &'a [[u8; 4]]>,
    length: usize,
    work: &Work<'_>,
) -> Result<Vec<[u8; 4]>, Error> {
    let mut whole = Vec::with_capacity(length);
    for part in parts {
        work.check()?;
        whole.extend_from_slice(part);
    }
    Ok(whole)
}

/// The one colour that is behind all.
fn background(options: &RenderOptions) -> Rgba {
    match options.look.background {
        Background::Plain(rgba) | Background::Gradient(rgba, _) => rgba,
    }
}

/// A picture about to be drawn.
struct Frame<'a> {
    scene: Scene<'a>,
    camera: Camera,
    width: usize,
    height: usize,
}

impl<'a> Frame<'a> {
    /// `min` is the volume's lowest corner, which the tree has at its own.
    fn new(tree: VoxelTree<'a>, min: [i64; 3], options: &RenderOptions) -> Result<Self, Error> {
        let [min, low, high] =
            [min, tree.low(), tree.high()].map(|at| DVec3::from(at.map(|x| x as f64)));
        let aspect = f64::from(options.width) / f64::from(options.height);
        let (camera, axes) = match &options.placed {
            Some(placed) => (placed.camera(min - low, aspect)?, placed.axes()?),
            None => {
                let camera = Camera::framing(options.view.preset, low, high, aspect);
                (camera, Axes::of(options.view.preset))
            }
        };
        Ok(Self {
            camera,
            scene: Scene {
                tree,
                light: Light::new(&axes),
                background: linear_alpha(background(options)),
            },
            width: options.width as usize,
            height: options.height as usize,
        })
    }

    fn draw(&self, image: &mut Image, work: &Work<'_>) -> Result<(), Error> {
        work.expect(2 * PIXEL_UNITS * image.pixels.len() as u64)?;
        self.pass(image, work, |x, y, pixel| *pixel = to_bytes(self.sample(x, y, (0.0, 0.0))))?;
        let parts = image.pixels.chunks(CHECKED_COPIED);
        let first_pass = put_together(parts, image.pixels.len(), work)?;
        self.pass(image, work, |x, y, pixel| {
            if self.is_edge(&first_pass, x, y) {
                *pixel = self.supersample(x, y);
            }
        })
    }

    /// Goes through all pixels, some rows at once.
    fn pass(
        &self,
        image: &mut Image,
        work: &Work<'_>,
        draw: impl Fn(usize, usize, &mut [u8; 4]) + Sync,
    ) -> Result<(), Error> {
        // Each is locked once, by the task that draws it.
        let rows: Vec<Mutex<&mut [[u8; 4]]>> =
            image.pixels.chunks_mut(self.width).map(Mutex::new).collect();
        let stopped = OnceLock::new();
        work.executor().run(rows.len(), &|y| {
            let mut row = rows[y].lock().unwrap_or_else(PoisonError::into_inner);
            for (nth, part) in row.chunks_mut(CHECKED_PIXELS).enumerate() {
                if let Err(error) = work.spend(PIXEL_UNITS * part.len() as u64) {
                    stopped.get_or_init(|| error);
                }
                if stopped.get().is_some() {
                    return;
                }
                for (x, pixel) in part.iter_mut().enumerate() {
                    draw(nth * CHECKED_PIXELS + x, y, pixel);
                }
            }
        });
        stopped.into_inner().map_or(Ok(()), |error| Err(error.into()))
    }

    /// The colour in pixel `x`, `y`, counted from the upper left, `off` from its middle.
    fn sample(&self, x: usize, y: usize, off: (f64, f64)) -> Vec4 {
        let across = (x as f64 + 0.5 + off.0) / self.width as f64;
        let down = (y as f64 + 0.5 + off.1) / self.height as f64;
        let ray = self.camera.ray(2.0 * across - 1.0, 1.0 - 2.0 * down);
        self.scene.colour(ray)
    }

    /// The mean of the samples of a pixel.
    fn supersample(&self, x: usize, y: usize) -> [u8; 4] {
        let sum: Vec4 = SAMPLES.iter().map(|&off| self.sample(x, y, off)).sum();
        to_bytes(sum / SAMPLES.len() as f32)
    }

    /// Whether a pixel differs from the one beside, above or below it.
    fn is_edge(&self, pixels: &[[u8; 4]], x: usize, y: usize) -> bool {
        let at = y * self.width + x;
        let differs = |other: usize| differ(pixels[at], pixels[other]);
        (x > 0 && differs(at - 1))
            || (x + 1 < self.width && differs(at + 1))
            || (y > 0 && differs(at - self.width))
            || (y + 1 < self.height && differs(at + self.width))
    }
}

fn differ(a: [u8; 4], b: [u8; 4]) -> bool {
    a.iter().zip(b).any(|(a, b)| a.abs_diff(b) >= EDGE_STEPS)
}
