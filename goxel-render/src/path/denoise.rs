//! [`denoise`]: smooths away the noise that is left, along surfaces and not across them.
//!
//! An edge-avoiding a-trous wavelet transform (Dammertz et al. 2010) with the weights of SVGF's spatial
//! filter (Schied et al. 2017). The light of each pixel is divided by the colour of what it falls
//! on, so that patterns of voxels stay sharp, and averaged with its neighbours five times, each time
//! twice as far apart, so that all within 62 pixels count. A neighbour weighs
//!
//! ```text
//! kernel * exp(-|n - n'|^2 / Sn^2 - |z - z'| / (Sz |dz|) - |l - l'| / (Sl sigma))
//! ```
//!
//! with normal `n`, depth `z` and its slope `dz` there, luminance `l` and its standard deviation
//! `sigma` as the samples tell it. Pixels of few samples are too noisy to be compared, so `l` is the
//! mean over the nearest neighbours on the same surface, as in a non-local means filter of
//! patches. Where samples agree, `sigma` is small and nothing is averaged: with more samples the
//! picture goes to what it is without this.

use glam::{Vec3, Vec4};
use goxel_core::{Result, Work};

use super::film::Pixel;
use super::lamps::luminance;
use super::math::exp;
use super::rows::for_each_row;

/// Passes; each reaches twice as far as the one before.
const PASSES: usize = 5;
/// Half of a cubic B-spline, from its middle outwards.
const KERNEL: [f32; 3] = [0.375, 0.25, 0.0625];
/// The same of a row of three.
const NEAR: [f32; 2] = [0.5, 0.25];
/// The difference of normals, the depth in slopes, and the light in standard deviations, from which a
/// neighbour weighs less by `e`.
const NORMAL: f32 = 0.25;
const DEPTH: f32 = 1.0;
const LIGHT: f32 = 1.2;
/// What is added to colours before light is divided by them.
const BLACK: f32 = 0.01;
/// Exponents beyond which a neighbour does not count.
const FAR: f32 = 12.0;
/// What a pixel costs in one pass, in units of [`Work`].
const PIXEL_UNITS: u64 = 400;

/// The light of a pixel that is smoothed: red, green, blue, and alpha.
#[derive(Clone, Copy, Debug, Default)]
struct Light {
    colour: Vec4,
    variance: f32,
}

/// Bytes that it takes for a pixel.
pub(super) const PIXEL_BYTES: u64 =
    (2 * size_of::<Light>() + size_of::<Guide>() + size_of::<Bright>()) as u64;

/// Which neighbours are of the same surface.
#[derive(Clone, Copy, Debug, Default)]
struct Guide {
    normal: Vec3,
    depth: f32,
    /// How much the depth changes from one pixel to the next, across and down.
    slope: [f32; 2],
}

/// Smooths a picture of `width` pixels a row.
///
/// # Errors
/// Where the work has to end.
pub(super) fn denoise(pixels: &mut [Pixel], width: usize, work: &Work<'_>) -> Result<()> {
    let guides = guides(pixels, width);
    let mut light: Vec<Light> = pixels.iter().map(divided).collect();
    let mut next = vec![Light::default(); light.len()];
    let mut bright = vec![Bright::default(); light.len()];
    for pass in 0..PASSES {
        let step = 1 << pass;
        let view = View { light: &light, guides: &guides, bright: &[], width };
        for_each_row(&mut bright, width, work, PIXEL_UNITS / 2, |y, row| {
            for (x, pixel) in row.iter_mut().enumerate() {
                *pixel = view.brightness(x, y);
            }
        })?;
        let view = View { bright: &bright, ..view };
        for_each_row(&mut next, width, work, PIXEL_UNITS, |y, row| {
            for (x, pixel) in row.iter_mut().enumerate() {
                *pixel = view.smoothed(x, y, step);
            }
        })?;
        std::mem::swap(&mut light, &mut next);
    }
    for (pixel, light) in pixels.iter_mut().zip(&light) {
        let colour = light.colour.truncate() * (pixel.albedo + BLACK);
        pixel.colour = colour.extend(light.colour.w);
    }
    Ok(())
}

/// A pixel's light without the colour that it falls on.
fn divided(pixel: &Pixel) -> Light {
    let albedo = pixel.albedo + BLACK;
    let colour = (pixel.colour.truncate() / albedo).extend(pixel.colour.w);
    let scale = luminance(albedo);
    Light { colour, variance: pixel.variance / (scale * scale) }
}

fn guides(pixels: &[Pixel], width: usize) -> Vec<Guide> {
    let guide = |(at, pixel): (usize, &Pixel)| {
        let depth = |other: Option<usize>| other.and_then(|at| pixels.get(at)).map(|p| p.depth);
        // The smaller of both differences: the other one may lead over an edge.
        let slope = |low: Option<f32>, high: Option<f32>| {
            let differences = [low, high].map(|other| other.map(|z| (z - pixel.depth).abs()));
            differences.into_iter().flatten().reduce(f32::min).unwrap_or(0.0)
        };
        let x = at % width;
        let left = (x > 0).then(|| at - 1);
        let right = (x + 1 < width).then(|| at + 1);
        let slope = [
            slope(depth(left), depth(right)),
            slope(depth(at.checked_sub(width)), depth(Some(at + width))),
        ];
        Guide { normal: pixel.normal, depth: pixel.depth, slope }
    };
    pixels.iter().enumerate().map(guide).collect()
}

/// The picture before a pass.
struct View<'p> {
    light: &'p [Light],
    guides: &'p [Guide],
    /// How bright pixels are, by which they are compared.
    bright: &'p [Bright],
    width: usize,
}

/// How bright a pixel is, as its nearest neighbours of the same surface tell it too: of few samples, the
/// pixel alone is too noisy to be compared with.
#[derive(Clone, Copy, Debug, Default)]
struct Bright {
    luminance: f32,
    variance: f32,
}

impl View<'_> {
    /// The mean around a pixel of neighbours `step` apart.
    fn smoothed(&self, x: usize, y: usize, step: usize) -> Light {
        let at = y * self.width + x;
        let bright = self.bright[at];
        let (mut sum, mut variance, mut weights) = (Vec4::ZERO, 0.0, 0.0);
        self.around(x, y, 2, step, |other, across, down| {
            let away = self.apart(at, other, across * step, down * step);
            let theirs = self.bright[other];
            let doubt = LIGHT * (bright.variance + theirs.variance).sqrt() + 1e-6;
            let away = away + (bright.luminance - theirs.luminance).abs() / doubt;
            if away > FAR {
                return;
            }
            let there = &self.light[other];
            let weight = KERNEL[down] * KERNEL[across] * exp(-away);
            sum += there.colour * weight;
            variance += there.variance * weight * weight;
            weights += weight;
        });
        // The pixel itself always counts.
        Light { colour: sum / weights, variance: variance / (weights * weights) }
    }

    /// How bright a pixel and its neighbours are.
    fn brightness(&self, x: usize, y: usize) -> Bright {
        let at = y * self.width + x;
        let (mut luminance_sum, mut variance, mut doubt, mut weights) = (0.0, 0.0, 0.0, 0.0);
        self.around(x, y, 1, 1, |other, across, down| {
            let away = self.apart(at, other, across, down);
            if away > FAR {
                return;
            }
            let weight = NEAR[down] * NEAR[across] * exp(-away);
            luminance_sum += luminance(self.light[other].colour.truncate()) * weight;
            variance += self.light[other].variance * weight;
            doubt += weight * weight;
            weights += weight;
        });
        // The variance of few samples is noisy itself: its mean over the neighbours counts.
        let variance = variance / weights * doubt / (weights * weights);
        Bright { luminance: luminance_sum / weights, variance }
    }

    /// How far two pixels are apart but for their light: 0 on one surface. They lie so many pixels
    /// apart across and down.
    fn apart(&self, at: usize, other: usize, across: usize, down: usize) -> f32 {
        let (guide, theirs) = (&self.guides[at], &self.guides[other]);
        let slope = guide.slope[0] * across as f32 + guide.slope[1] * down as f32;
        let allowed = DEPTH * slope + 1e-3 * guide.depth + 1e-6;
        (guide.normal - theirs.normal).length_squared() / (NORMAL * NORMAL)
            + (guide.depth - theirs.depth).abs() / allowed
    }

    /// Calls `visit` with the pixels around one, up to `reach` steps away: where they are, and how many
    /// steps across and down.
    #[inline(always)]
    fn around(
        &self,
        x: usize,
        y: usize,
        reach: isize,
        step: usize,
        mut visit: impl FnMut(usize, usize, usize),
    ) {
        let height = self.light.len() / self.width;
        for down in -reach..=reach {
            let row = y.checked_add_signed(down * step as isize);
            let Some(row) = row.filter(|&row| row < height) else { continue };
            for across in -reach..=reach {
                let column = x.checked_add_signed(across * step as isize);
                let Some(column) = column.filter(|&column| column < self.width) else { continue };
                visit(row * self.width + column, across.unsigned_abs(), down.unsigned_abs());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::math::{mixed, unit};

    const EDGE: usize = 48;

    /// Two surfaces of different colours, lit alike, with noise on the light.
    fn picture(noise: f32) -> Vec<Pixel> {
        let pixel = |at: usize| {
            let left = at % EDGE < EDGE / 2;
            let albedo = if left { Vec3::new(0.8, 0.1, 0.1) } else { Vec3::splat(0.5) };
            let normal = if left { Vec3::X } else { Vec3::Z };
            let light = if left { 1.0 } else { 0.3 } + noise * (unit(mixed(at as u32)) - 0.5);
            let colour = (albedo * light).extend(1.0);
            let deviation = luminance(albedo) * noise / 12f32.sqrt();
            Pixel {
                colour,
                albedo,
                normal,
                depth: 9.0,
                variance: deviation * deviation,
                ..Pixel::default()
            }
        };
        (0..EDGE * EDGE).map(pixel).collect()
    }

    fn error(pixels: &[Pixel]) -> f32 {
        let squares = pixels
            .iter()
            .zip(picture(0.0))
            .map(|(pixel, right)| (pixel.colour - right.colour).length_squared());
        (squares.sum::<f32>() / pixels.len() as f32).sqrt()
    }

    #[test]
    fn noise_goes_and_edges_stay() {
        let noisy = picture(0.4);
        let mut smooth = noisy.clone();
        denoise(&mut smooth, EDGE, &Work::unbounded()).unwrap();
        assert!(error(&smooth) < 0.33 * error(&noisy), "{} {}", error(&smooth), error(&noisy));
        let across = smooth[EDGE / 2 - 1].colour - smooth[EDGE / 2].colour;
        assert!(across.x > 0.55, "{across}");
    }

    #[test]
    fn without_noise_nothing_changes() {
        let mut pixels = picture(0.0);
        denoise(&mut pixels, EDGE, &Work::unbounded()).unwrap();
        assert!(error(&pixels) < 1e-4);
    }

    #[test]
    fn the_smallest_pictures_are_no_trouble() {
        for (count, width) in [(1, 1), (3, 1), (3, 3), (2, 2)] {
            let mut pixels = picture(0.4)[..count].to_vec();
            denoise(&mut pixels, width, &Work::unbounded()).unwrap();
            assert!(pixels.iter().all(|pixel| pixel.colour.is_finite()));
        }
    }
}
