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
//! `sigma` as the samples tell it, smoothed itself. Where samples agree, `sigma` is small and
//! nothing is averaged: with more samples the picture goes to what it is without this.

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
/// The difference of normals, the depth in slopes, and the light in standard deviations, from which a
/// neighbour weighs less by `e`.
const NORMAL: f32 = 0.35;
const DEPTH: f32 = 1.5;
const LIGHT: f32 = 3.0;
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
    for pass in 0..PASSES {
        let step = 1 << pass;
        let view = View { light: &light, guides: &guides, width };
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
    width: usize,
}

impl View<'_> {
    /// The mean around a pixel of neighbours `step` apart.
    fn smoothed(&self, x: usize, y: usize, step: usize) -> Light {
        let at = y * self.width + x;
        let (centre, guide) = (self.light[at], self.guides[at]);
        let bright = luminance(centre.colour.truncate());
        let doubt = LIGHT * self.variance_around(x, y).sqrt() + 1e-6;
        let height = self.light.len() / self.width;
        let (mut sum, mut variance, mut weights) = (Vec4::ZERO, 0.0, 0.0);
        for down in -2..=2isize {
            let Some(row) = y.checked_add_signed(down * step as isize) else { continue };
            if row >= height {
                continue;
            }
            for across in -2..=2isize {
                let Some(column) = x.checked_add_signed(across * step as isize) else { continue };
                if column >= self.width {
                    continue;
                }
                let other = row * self.width + column;
                let (there, theirs) = (self.light[other], self.guides[other]);
                let slope = guide.slope[0] * across.unsigned_abs() as f32
                    + guide.slope[1] * down.unsigned_abs() as f32;
                let allowed = DEPTH * slope * step as f32 + 1e-3 * guide.depth + 1e-6;
                let away = (guide.normal - theirs.normal).length_squared() / (NORMAL * NORMAL)
                    + (guide.depth - theirs.depth).abs() / allowed
                    + (bright - luminance(there.colour.truncate())).abs() / doubt;
                if away > FAR {
                    continue;
                }
                let kernel = KERNEL[down.unsigned_abs()] * KERNEL[across.unsigned_abs()];
                let weight = kernel * exp(-away);
                sum += there.colour * weight;
                variance += there.variance * weight * weight;
                weights += weight;
            }
        }
        // The pixel itself always counts.
        Light { colour: sum / weights, variance: variance / (weights * weights) }
    }

    /// The variance of a pixel, smoothed over its neighbours: of few samples it is noisy itself.
    fn variance_around(&self, x: usize, y: usize) -> f32 {
        let height = self.light.len() / self.width;
        let (mut sum, mut weights) = (0.0, 0.0);
        for row in y.saturating_sub(1)..(y + 2).min(height) {
            for column in x.saturating_sub(1)..(x + 2).min(self.width) {
                let weight = if row == y { 2.0 } else { 1.0 } * if column == x { 2.0 } else { 1.0 };
                sum += self.light[row * self.width + column].variance * weight;
                weights += weight;
            }
        }
        sum / weights
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
            Pixel { colour, albedo, normal, depth: 9.0, variance: deviation * deviation }
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
        assert!(error(&smooth) < 0.2 * error(&noisy), "{} {}", error(&smooth), error(&noisy));
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
