//! Pictures: models of several kinds and sizes, as PNG files; what a picture costs over the size of a
//! world; and packing alone, beside the crate `png`.
//!
//! `cargo bench -p goxel-benches --bench render`; words after `--` choose lines by name.
//!
//! Targets are for two idle cores: see docs/BENCHMARKS.md.

use std::hint::black_box;
use std::time::Instant;

use goxel_benches::{Figure, Random, measure, quick, report};
use goxel_core::Volume;
use goxel_proto::types::{Aabb, CameraPreset, Pos, Quality, Rgba};
use goxel_render::{Image, RenderOptions, render};

/// The edge of most pictures.
const EDGE: u32 = 1024;
/// Pictures of which the median counts.
const PICTURES: usize = 9;

fn main() {
    report(&[
        ("render/sphere_isometric", || picture(&sphere(24), &iso(EDGE, EDGE)).target(60.0)),
        ("render/sphere_front", || {
            let front = RenderOptions::default().seen_from(Some(CameraPreset::Front));
            picture(&sphere(24), &front.with_size(EDGE, EDGE))
        }),
        ("render/towers_800x600", || {
            picture(&towers(), &RenderOptions::default().with_size(800, 600)).target(40.0)
        }),
        ("render/terrain_256", || picture(&terrain(256, 256), &iso(EDGE, EDGE)).target(80.0)),
        ("render/terrain_2000", || picture(&terrain(2000, 256), &iso(EDGE, EDGE)).target(250.0)),
        ("render/terrain_2000_draft", || {
            picture(&terrain(2000, 256), &draft(iso(EDGE, EDGE))).target(120.0)
        }),
        ("render/scattered", || picture(&scattered(), &iso(EDGE, EDGE)).target(1000.0)),
        ("render/scattered_draft", || picture(&scattered(), &draft(iso(EDGE, EDGE))).target(400.0)),
        ("render/first_beside_second", first_beside_second),
        ("render/solid_10_4", || picture(&solid(22), &iso(EDGE, EDGE))),
        ("render/solid_10_5", || picture(&solid(46), &iso(EDGE, EDGE))),
        ("render/solid_10_6", || picture(&solid(100), &iso(EDGE, EDGE))),
        ("render/solid_10_7", || picture(&solid(215), &iso(EDGE, EDGE))),
        ("render/solid_10_8", || picture(&solid(464), &iso(EDGE, EDGE))),
        ("render/solid_10_9", || picture(&solid(1000), &iso(EDGE, EDGE))),
        ("render/png_512", png),
    ]);
}

fn iso(width: u32, height: u32) -> RenderOptions {
    RenderOptions::default().seen_from(Some(CameraPreset::Isometric)).with_size(width, height)
}

fn draft(mut options: RenderOptions) -> RenderOptions {
    options.look.quality = Quality::Draft;
    options
}

/// Milliseconds of a picture as a PNG file.
fn timed(model: &Volume, options: &RenderOptions) -> f64 {
    let began = Instant::now();
    let image = render(black_box(model), options);
    black_box(image.map(|image| image.to_png()).is_ok());
    began.elapsed().as_secs_f64() * 1e3
}

fn picture(model: &Volume, options: &RenderOptions) -> Figure {
    Figure::new("ms", median((0..pictures()).map(|_| timed(model, options)).collect()))
}

/// One where only whether it runs is asked.
fn pictures() -> usize {
    if quick() { 1 } else { PICTURES }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The first picture of a model that has just come, beside the second: what is prepared once must not be
/// felt.
fn first_beside_second() -> Figure {
    let options = iso(EDGE, EDGE);
    let (mut firsts, mut seconds) = (Vec::new(), Vec::new());
    for _ in 0..pictures() {
        let model = terrain(256, 256);
        firsts.push(timed(&model, &options));
        seconds.push(timed(&model, &options));
    }
    let second = median(seconds);
    Figure::new("ms", median(firsts)).target(1.5 * second).beside("second", second)
}

fn png() -> Figure {
    let options = RenderOptions::default().with_size(512, 512);
    let Ok(image) = render(&towers(), &options) else { return Figure::new("ms", f64::NAN) };
    let ours = measure(|| black_box(&image).to_png());
    let theirs = measure(|| encode(black_box(&image)).is_ok());
    Figure::new("ms", ours / 1e6).beside("png", theirs / 1e6)
}

/// What most programs do.
fn encode(image: &Image) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, image.width, image.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header()?.write_image_data(image.pixels.as_flattened())?;
    Ok(file)
}

/// A ball of 57,777 voxels where the radius is 24.
fn sphere(radius: i32) -> Volume {
    let mut volume = Volume::new();
    for (z, y) in (-radius..=radius).flat_map(|z| (-radius..=radius).map(move |y| (z, y))) {
        let rest = radius * radius - y * y - z * z;
        if rest >= 0 {
            let x = f64::from(rest).sqrt() as i32;
            let row = Aabb::spanning(Pos::new(-x, y, z), Pos::new(x, y, z));
            volume.fill(&row, Rgba::opaque(220, 60, 40));
        }
    }
    volume
}

/// Hills of so many voxels along both edges, and up to so high.
fn terrain(edge: i32, height: i32) -> Volume {
    let mut volume = Volume::new();
    for (y, x) in (0..edge).flat_map(|y| (0..edge).map(move |x| (y, x))) {
        let level = 0.7 * noise(x, y, 60.0) + 0.2 * noise(x, y, 15.0) + 0.1 * noise(x, y, 4.0);
        let top = ((level * f64::from(height)) as i32).max(0);
        let rgba = match level {
            ..0.35 => Rgba::opaque(60, 110, 180),
            ..0.6 => Rgba::opaque(80, 150, 60),
            ..0.8 => Rgba::opaque(130, 120, 110),
            _ => Rgba::opaque(240, 240, 245),
        };
        volume.fill(&Aabb::spanning(Pos::new(x, y, 0), Pos::new(x, y, top)), rgba);
    }
    volume.compact();
    volume
}

/// Value noise, from 0 to 1, whose hills are so wide.
fn noise(x: i32, y: i32, width: f64) -> f64 {
    let at = |x: i32, y: i32| {
        let spread = (x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca6b);
        let spread = (spread ^ spread >> 15).wrapping_mul(0x2c1b_3c6d);
        f64::from(spread ^ spread >> 12) / f64::from(u32::MAX)
    };
    let (x, y) = (f64::from(x) / width, f64::from(y) / width);
    let smooth = |part: f64| part * part * (3.0 - 2.0 * part);
    let (right, up) = (smooth(x.fract()), smooth(y.fract()));
    let (x, y) = (x as i32, y as i32);
    let row = |y: i32| at(x, y) + (at(x + 1, y) - at(x, y)) * right;
    row(y) + (row(y + 1) - row(y)) * up
}

/// Two million voxels, each alone.
fn scattered() -> Volume {
    let mut random = Random(7);
    let mut one = || {
        let at = [(); 3].map(|()| random.below(1024) as i32);
        let [r, g, b] = [(); 3].map(|()| random.below(256) as u8);
        (Pos::from(at), Rgba::opaque(r, g, b))
    };
    (0..2_000_000).map(|_| one()).collect()
}

/// A solid cube with grooves along its upper side.
fn solid(edge: i32) -> Volume {
    let mut volume = Volume::new();
    let all = Aabb::spanning(Pos::ZERO, Pos::from([edge - 1; 3]));
    volume.fill(&all, Rgba::opaque(200, 120, 60));
    for step in (0..edge).step_by(3) {
        let low = Pos::new(step, 0, edge - 1);
        volume.fill(&Aabb::spanning(low, Pos::new(step, edge - 1, edge - 1)), Rgba::EMPTY);
    }
    volume
}

/// Ground with towers on it, each in a colour of its own.
fn towers() -> Volume {
    let mut volume = Volume::new();
    let mut block = |low: [i32; 3], high: [i32; 3], rgba| {
        volume.fill(&Aabb::spanning(Pos::from(low), Pos::from(high)), rgba);
    };
    block([0, 0, 0], [255, 255, 7], Rgba::opaque(93, 143, 58));
    for tower in 0..64 {
        let [x, y] = [tower % 8 * 32 + 6, tower / 8 * 32 + 6];
        let rgba = Rgba::opaque((tower * 4) as u8, 120, 200);
        block([x, y, 8], [x + 12, y + 12, 20 + tower], rgba);
    }
    volume
}
