//! Path-traced pictures: paths a second on one thread and on two, what the denoiser costs, and how much
//! nearer it brings few samples to the picture of many.
//!
//! `cargo bench -p goxel-benches --bench path`; words after `--` choose lines by name. The scenes are a
//! room with a lamp in its ceiling (a Cornell box in voxels) and towers in the sun.

use std::hint::black_box;

use goxel_benches::{Figure, measure, report};
use goxel_core::{Executor, Layer, Material, Project, Scene, Volume, Work};
use goxel_proto::types::{Aabb, LayerId, Pos, Quality, Rgba};
use goxel_render::{Image, RenderOptions, Subject, render_subject};
use rayon::prelude::*;

/// The edge of most pictures, in pixels.
const EDGE: u32 = 128;
/// Samples a pixel where time is measured.
const SAMPLES: u32 = 4;
/// Samples of the picture that others are compared with.
const MANY: u32 = 1024;
/// Voxels along the edge of the room.
const ROOM: i32 = 64;

fn main() {
    report(&[
        ("path/room_1_thread", || paths(&room(), 1)),
        ("path/room_2_threads", || paths(&room(), 2)),
        ("path/towers_1_thread", || paths(&towers(), 1)),
        ("path/towers_2_threads", || paths(&towers(), 2)),
        ("path/denoiser_512", denoiser),
        ("path/denoised_room_16_samples", || nearer(&room(), 16)),
        ("path/denoised_room_64_samples", || nearer(&room(), 64)),
        ("path/denoised_towers_16_samples", || nearer(&towers(), 16)),
        ("path/denoised_towers_64_samples", || nearer(&towers(), 64)),
    ]);
}

/// Threads of a pool of their own.
struct Threads(rayon::ThreadPool);

impl Executor for Threads {
    fn tasks(&self) -> usize {
        self.0.current_num_threads()
    }

    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        self.0.install(|| (0..count).into_par_iter().for_each(task));
    }
}

fn options(edge: u32, samples: u32, denoise: bool) -> RenderOptions {
    let mut options = RenderOptions::default().with_size(edge, edge);
    let look = &mut options.look;
    (look.quality, look.samples, look.noise) = (Quality::Path, Some(samples), Some(0.0));
    look.denoise = denoise;
    options
}

/// Paths from the camera a second, each with all its bounces and looks at lights.
fn paths(subject: &Subject, threads: usize) -> Figure {
    let unit = "paths/s";
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let Ok(pool) = pool.map(Threads) else { return Figure::new(unit, f64::NAN) };
    let options = options(EDGE, SAMPLES, false);
    let ns = measure(|| render_subject(black_box(subject), &options, &Work::spread(&pool)).is_ok());
    Figure::new(unit, f64::from(EDGE * EDGE * SAMPLES) / ns * 1e9)
}

/// Milliseconds that a picture takes longer with the denoiser, on one thread.
fn denoiser() -> Figure {
    let subject = towers();
    let [with, without] = [true, false].map(|denoise| {
        let options = options(512, 1, denoise);
        measure(|| render_subject(black_box(&subject), &options, &Work::unbounded()).is_ok())
    });
    Figure::new("ms", (with - without) / 1e6)
}

/// How near to the picture of many samples the denoised one of few is, beside that as it was.
fn nearer(subject: &Subject, samples: u32) -> Figure {
    let draw = |samples, seed, denoise| {
        let mut options = options(EDGE, samples, denoise);
        options.look.seed = seed;
        render_subject(subject, &options, &Work::unbounded()).ok()
    };
    let many = draw(MANY, 1, false);
    let [noisy, smooth] = [false, true].map(|denoise| {
        let few = draw(samples, 0, denoise);
        few.zip(many.as_ref()).map_or(f64::NAN, |(few, many)| error(&few, many))
    });
    Figure::new("steps of 255", smooth).beside("as it was", noisy)
}

/// The root of the mean square difference of channels, in steps of a byte.
fn error(image: &Image, right: &Image) -> f64 {
    let pairs = image.pixels.as_flattened().iter().zip(right.pixels.as_flattened());
    let squares = pairs.map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
    (squares.sum::<f64>() / (4 * right.pixels.len()) as f64).sqrt()
}

fn fill(volume: &mut Volume, low: [i32; 3], high: [i32; 3], rgba: Rgba) {
    volume.fill(&Aabb::spanning(Pos::from(low), Pos::from(high)), rgba);
}

/// White walls, a red and a green one, two blocks and a lamp; its front is open.
fn room() -> Subject {
    let grey = Rgba::opaque(188, 188, 188);
    let (end, last) = (ROOM, ROOM - 1);
    let mut walls = Layer::new(LayerId(0), "walls");
    let volume = &mut walls.volume;
    fill(volume, [-1, 0, -1], [end, end, end], grey);
    fill(volume, [-1, 0, -1], [-1, end, end], Rgba::opaque(200, 40, 40));
    fill(volume, [end, 0, -1], [end, end, end], Rgba::opaque(50, 180, 50));
    fill(volume, [0; 3], [last; 3], Rgba::EMPTY);
    fill(volume, [8, 24, 0], [28, 44, 40], grey);
    fill(volume, [36, 8, 0], [56, 28, 20], grey);
    let mut scene = Scene::default();
    let glow = Material { emission: [12.0; 3], metallic: 0.0, ..Material::default() };
    let mut lamp = Layer::new(LayerId(0), "lamp");
    lamp.material = scene.set_material(glow).ok();
    fill(&mut lamp.volume, [24, 24, end], [39, 39, end], Rgba::WHITE);
    subject(vec![walls, lamp], scene)
}

/// Ground with towers on it.
fn towers() -> Subject {
    let mut layer = Layer::new(LayerId(0), "towers");
    fill(&mut layer.volume, [0, 0, 0], [255, 255, 7], Rgba::opaque(93, 143, 58));
    for tower in 0..64 {
        let [x, y] = [tower % 8 * 32 + 6, tower / 8 * 32 + 6];
        let rgba = Rgba::opaque((tower * 4) as u8, 120, 200);
        fill(&mut layer.volume, [x, y, 8], [x + 12, y + 12, 20 + tower], rgba);
    }
    subject(vec![layer], Scene::default())
}

fn subject(layers: Vec<Layer>, scene: Scene) -> Subject {
    let project = Project::from_layers("bench", [0; 3], layers).with_scene(scene);
    // Nobody refuses work that is unbounded.
    Subject::of(&project, &Work::unbounded()).unwrap_or_default()
}
