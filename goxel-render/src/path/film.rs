//! [`Film`]: what samples told of each pixel, and which pixels need more of them.
//!
//! The picture is cut into blocks of 8 x 8 pixels. A block is one task: all of its pixels get the same
//! number of samples, and whether it needs more is known from itself alone. So neither the number of
//! threads nor their timing decides anything.

use std::sync::{Mutex, PoisonError};

use glam::{Vec3, Vec4};

use super::lamps::luminance;

/// Pixels along the edge of a block: few, so that samples go where noise is, and enough that its
/// estimate is sound.
pub(super) const BLOCK_EDGE: usize = 8;
/// Samples of a pixel before its block may be done: before, the estimate of noise is itself noise.
const SAMPLES_MIN: u32 = 16;
/// Brightness that is added before noise is compared with it: darker pixels may be as noisy as one of
/// this, since nobody sees it.
const DARK: f32 = 0.05;

/// Samples of which the mean is one observation where noise is estimated. Four points of the lattice are
/// spread over the pixel and over the light already, so that an edge in the pixel, which all of
/// them together resolve well, is not taken for noise.
const GROUP: u32 = 4;

/// Sums of a pixel's samples, or their means.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Pixel {
    /// Light with what is behind, linear, premultiplied with alpha.
    pub(super) colour: Vec4,
    pub(super) albedo: Vec3,
    pub(super) normal: Vec3,
    pub(super) depth: f32,
    /// Squares of the mean luminance of each group of [`GROUP`] samples; in a mean the variance of that
    /// mean.
    pub(super) variance: f32,
    /// Luminance of the group that is not full yet.
    pub(super) group: f32,
}

/// A block of pixels.
#[derive(Debug)]
pub(super) struct Block {
    /// Of its upper left pixel.
    pub(super) corner: [usize; 2],
    pub(super) size: [usize; 2],
    /// Rows of sums.
    pixels: Vec<Pixel>,
    /// How many samples each pixel has.
    pub(super) samples: u32,
    /// Whether it needs no more.
    pub(super) done: bool,
}

/// All pixels of a picture.
#[derive(Debug)]
pub(super) struct Film {
    width: usize,
    height: usize,
    blocks: Vec<Mutex<Block>>,
}

impl Pixel {
    /// Adds sample `number`.
    fn add(&mut self, sample: &Self, number: u32) {
        self.colour += sample.colour;
        self.albedo += sample.albedo;
        self.normal += sample.normal;
        self.depth += sample.depth;
        self.group += luminance(sample.colour.truncate()) / GROUP as f32;
        if number % GROUP == GROUP - 1 {
            self.variance += self.group * self.group;
            self.group = 0.0;
        }
    }

    /// The mean of so many samples that were added up.
    fn mean(&self, samples: u32) -> Self {
        let n = samples.max(1) as f32;
        let colour = self.colour / n;
        let mean = luminance(colour.truncate());
        let groups = (samples / GROUP) as f32;
        // Of one group nothing is known: each sample may be as far off as it is large.
        let variance = match samples / GROUP {
            0 | 1 => mean * mean / n,
            _ => (self.variance / groups - mean * mean).max(0.0) / (groups - 1.0),
        };
        let (albedo, normal) = (self.albedo / n, self.normal / n);
        Self { colour, albedo, normal, depth: self.depth / n, variance, group: 0.0 }
    }
}

impl Block {
    /// Adds what `sample` gives of each pixel and sample number, up to `until` samples a pixel.
    pub(super) fn expose(&mut self, until: u32, mut sample: impl FnMut([usize; 2], u32) -> Pixel) {
        let [width, _] = self.size;
        for (index, pixel) in self.pixels.iter_mut().enumerate() {
            let at = [self.corner[0] + index % width, self.corner[1] + index / width];
            for number in self.samples..until {
                pixel.add(&sample(at, number), number);
            }
        }
        self.samples = self.samples.max(until);
    }

    /// Whether the noise of the block's pixels is at most this part of their brightness.
    pub(super) fn is_quiet(&self, noise: f32) -> bool {
        if self.samples < SAMPLES_MIN || noise <= 0.0 {
            return false;
        }
        let (mut variance, mut brightness) = (0.0, 0.0);
        for pixel in &self.pixels {
            let mean = pixel.mean(self.samples);
            variance += mean.variance;
            brightness += luminance(mean.colour.truncate());
        }
        let count = self.pixels.len() as f32;
        (variance / count).sqrt() <= noise * (brightness / count + DARK)
    }
}

impl Film {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let mut blocks = Vec::new();
        for y in (0..height).step_by(BLOCK_EDGE) {
            for x in (0..width).step_by(BLOCK_EDGE) {
                let size = [BLOCK_EDGE.min(width - x), BLOCK_EDGE.min(height - y)];
                let pixels = vec![Pixel::default(); size[0] * size[1]];
                let block = Block { corner: [x, y], size, pixels, samples: 0, done: false };
                blocks.push(Mutex::new(block));
            }
        }
        Self { width, height, blocks }
    }

    pub(super) fn blocks(&self) -> &[Mutex<Block>] {
        &self.blocks
    }

    /// The means of all pixels, by rows.
    pub(super) fn develop(self) -> Vec<Pixel> {
        let mut pixels = vec![Pixel::default(); self.width * self.height];
        for block in self.blocks {
            let block = block.into_inner().unwrap_or_else(PoisonError::into_inner);
            for (row, sums) in block.pixels.chunks(block.size[0]).enumerate() {
                let start = (block.corner[1] + row) * self.width + block.corner[0];
                for (pixel, sum) in pixels[start..].iter_mut().zip(sums) {
                    *pixel = sum.mean(block.samples);
                }
            }
        }
        pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(value: f32) -> Pixel {
        Pixel { colour: Vec4::splat(value), ..Pixel::default() }
    }

    #[test]
    fn every_pixel_is_in_one_block() {
        for [width, height] in [[1, 1], [8, 8], [9, 17], [100, 3]] {
            let film = Film::new(width, height);
            for block in film.blocks() {
                let mut block = block.lock().unwrap();
                block.expose(2, |[x, y], _| grey((y * width + x) as f32));
            }
            let pixels = film.develop();
            let right = (0..width * height).map(|at| at as f32);
            assert!(pixels.iter().map(|pixel| pixel.colour.x).eq(right), "{width} x {height}");
        }
    }

    #[test]
    fn the_variance_is_that_of_the_mean() {
        let film = Film::new(1, 1);
        let value = |number: u32| {
            (number / GROUP) as f32 + if number.is_multiple_of(2) { 0.5 } else { -0.5 }
        };
        film.blocks()[0].lock().unwrap().expose(16, |_, number| grey(value(number)));
        let pixel = film.develop()[0];
        // The groups' means are 0, 1, 2, 3: their variance is 5/3, of their mean a quarter of that.
        assert!((pixel.colour.x - 1.5).abs() < 1e-6);
        assert!((pixel.variance - 5.0 / 12.0).abs() < 1e-5, "{}", pixel.variance);
    }

    #[test]
    fn a_block_is_quiet_where_its_noise_is_small_for_its_brightness() {
        let check = |spread: f32, samples, noise, expected| {
            let film = Film::new(8, 8);
            let mut block = film.blocks()[0].lock().unwrap();
            block.expose(samples, |_, number| grey(0.9 + spread * (number / GROUP % 2) as f32));
            assert_eq!(block.is_quiet(noise), expected, "{spread} {samples} {noise}");
        };
        check(0.0, SAMPLES_MIN, 0.01, true);
        check(0.0, SAMPLES_MIN - 1, 0.01, false);
        check(0.0, 64, 0.0, false);
        // A spread of 0.1 is a deviation of 0.05 of the 16 groups, that of the mean is 0.05 / sqrt(15).
        check(0.1, 64, 0.0126, false);
        check(0.1, 64, 0.0132, true);
    }
}
