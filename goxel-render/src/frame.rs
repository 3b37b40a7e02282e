//! [`render`]: a whole picture, a block of pixels at a time.
//!
//! A block is one task of the thread pool. First the faces that it sees are drawn into its samples,
//! front to back. Where that comes to more faces than rays would cost, rays find what is left: a face of
//! a pixel costs about as much as one. Then what the samples see is lit.

use std::sync::{Mutex, OnceLock, PoisonError};

use glam::Vec4;
use goxel_core::{Executor, Volume, Work};
use goxel_proto::types::Quality;
use rayon::prelude::*;

use crate::block::{Block, PIXEL_UNITS};
use crate::samples::{BLOCK_EDGE, Samples};
use crate::see::see;
use crate::srgb::to_bytes;
use crate::sunlight::BORDER;
use crate::surface::Subject;
use crate::tree::VoxelTree;
use crate::view::{Picture, background, behind};
use crate::{Error, IMAGE_PIXELS_MAX, Image, RenderOptions, path};

/// Pixels after which work that nobody wants any more ends, where they are only copied.
const CHECKED_COPIED: usize = 4096;

/// The threads of rayon's common pool, or of the one that the caller is in.
struct Rayon;

impl Executor for Rayon {
    fn tasks(&self) -> usize {
        rayon::current_num_threads()
    }

    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        // A task is long, and some are longer: each goes to whoever is free.
        (0..count).into_par_iter().with_max_len(1).for_each(task);
    }
}

/// Bytes of a pixel while it is drawn: red, green, blue and alpha, twice.
const PIXEL_BYTES: u64 = 8;

impl RenderOptions {
    /// How much memory it takes to draw the picture, in bytes, beside the voxels. A path tracer takes
    /// some twenty times what others do.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let pixels = (u64::from(self.width) * u64::from(self.height)).min(IMAGE_PIXELS_MAX);
        let is_traced = self.look.quality == Quality::Path && !self.look.unlit;
        pixels * if is_traced { path::PIXEL_BYTES } else { PIXEL_BYTES }
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
    let picture = Picture::new(tree, bounds.min, subject.surfaces(), options)?;
    if options.look.quality == Quality::Path && !options.look.unlit {
        return path::draw(picture, bounds.min, subject, options, work);
    }
    draw(&picture, work)
}

/// A picture of nothing: its background.
fn nothing(options: &RenderOptions, work: &Work<'_>) -> Result<Image, Error> {
    let background = background(options.look.background);
    let (width, height) = (options.width as usize, options.height as usize);
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        if y * width % CHECKED_COPIED < width {
            work.check()?;
        }
        let row = to_bytes(behind(&background, (y as f32 + 0.5) / height as f32));
        pixels.resize(pixels.len() + width, row);
    }
    Ok(Image { width: options.width, height: options.height, pixels })
}

/// What a task needs for a block, kept for the next one.
struct Tools {
    samples: Samples,
    block: Block,
    /// The pixels of the block that are wanted, one row after the other.
    lines: Vec<[u8; 4]>,
}

/// Draws all blocks.
fn draw(picture: &Picture<'_>, work: &Work<'_>) -> Result<Image, Error> {
    let (width, height) = (picture.width, picture.height);
    work.expect(PIXEL_UNITS * (width * height) as u64)?;
    let border = if picture.is_averaged { BORDER } else { 0 };
    let edge = BLOCK_EDGE - 2 * border;
    let across = width.div_ceil(edge);
    let blocks = across * height.div_ceil(edge);
    // Zeroed pages are made when the first block comes to them, a part at a time.
    let pixels = vec![[0; 4]; width * height];
    let mut image = Image { width: width as u32, height: height as u32, pixels };
    // Each task copies its rows into its band when they are done.
    let bands: Vec<Mutex<&mut [[u8; 4]]>> =
        image.pixels.chunks_mut(width * edge).map(Mutex::new).collect();
    let tools: Vec<Mutex<Option<Tools>>> =
        (0..work.executor().tasks().max(1)).map(|_| Mutex::new(None)).collect();
    let stopped = OnceLock::new();
    work.executor().run(blocks, &|nth| {
        let [x, y] = [nth % across * edge, nth / across * edge];
        let size = [edge.min(width - x), edge.min(height - y)];
        if stopped.get().is_some() {
            return;
        }
        let mut held = tools.iter().find_map(|slot| slot.try_lock().ok());
        let mut own = None;
        let slot = held.as_deref_mut().unwrap_or(&mut own);
        let tools = slot.get_or_insert_with(|| Tools {
            samples: Samples::new(picture.samples),
            block: Block::new(),
            lines: Vec::new(),
        });
        if let Err(error) = tools.draw(picture, [x, y], size, border, work) {
            stopped.get_or_init(|| error);
            return;
        }
        let mut band = bands[nth / across].lock().unwrap_or_else(PoisonError::into_inner);
        for (row, line) in band.chunks_mut(width).zip(tools.lines.chunks(size[0])) {
            row[x..x + size[0]].copy_from_slice(line);
        }
    });
    match stopped.into_inner() {
        Some(error) => Err(error.into()),
        None => Ok(image),
    }
}

impl Tools {
    /// Draws the pixels of a block.
    ///
    /// # Errors
    /// Where the work has to end.
    fn draw(
        &mut self,
        picture: &Picture<'_>,
        [x, y]: [usize; 2],
        [width, height]: [usize; 2],
        border: usize,
        work: &Work<'_>,
    ) -> goxel_core::Result<()> {
        let corner = [x as isize - border as isize, y as isize - border as isize];
        let size = [width + 2 * border, height + 2 * border];
        see(picture, &mut self.samples, corner, size, work)?;
        let Self { samples, block, lines } = self;
        lines.clear();
        if samples.is_empty() && picture.floor.is_none() {
            for row in 0..height {
                lines.resize(lines.len() + width, to_bytes(picture.behind(y + row)));
            }
            return work.spend(PIXEL_UNITS * (width * height) as u64);
        }
        block.light(picture, samples, corner, size, work)?;
        for row in 0..height {
            let behind = picture.behind(y + row);
            let nothing = to_bytes(behind);
            let known = block.known(picture, row + border);
            lines.extend((0..width).map(|column| {
                let seen = block.pixel(picture, known, column + border, row + border);
                if seen == Vec4::ZERO { nothing } else { to_bytes(seen + behind * (1.0 - seen.w)) }
            }));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tracer_takes_more_memory() {
        let mut options = RenderOptions::default().with_size(100, 10);
        assert_eq!(options.bytes(), PIXEL_BYTES * 1000);
        options.look.quality = Quality::Path;
        assert_eq!(options.bytes(), path::PIXEL_BYTES * 1000);
        options.look.unlit = true;
        assert_eq!(options.with_size(u32::MAX, 2).bytes(), PIXEL_BYTES * IMAGE_PIXELS_MAX);
    }
}
