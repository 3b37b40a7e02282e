//! Files: how many voxels a second are written to and read from each format, in memory. `.vox`
//! stands beside the crate `dot_vox`. And how long two models take that people know: a ball, and noise
//! that is read from `.vox` and written again, over all threads, as the daemon does it.
//!
//! `cargo bench -p goxel-benches --bench formats`; words after `--` choose lines by name.

use std::hint::black_box;

use goxel_benches::{Figure, measure, wanted};
use goxel_core::{Executor, Layer, Project, Volume, Work};
use goxel_formats::{Direction, Format, ReadOptions, WriteOptions, read, read_within, write};
use goxel_proto::types::{LayerId, Pos, Rgba};
use rayon::prelude::*;

/// The edge of the model's cube: the largest that one model of a `.vox` file holds is 256.
const EDGE: i32 = 128;

/// The radius of the ball: 57,777 voxels.
const RADIUS: i32 = 24;
/// The edge of the cube of noise, which is solid.
const NOISE_EDGE: i32 = 256;
/// Colours of the noise: as many as a `.vox` file has.
const NOISE_COLOURS: u32 = 255;
/// Tasks for each thread, as the daemon has it.
const TASKS_PER_THREAD: usize = 4;

/// Milliseconds that the ball should take to be written, and to be read.
const BALL: [(Format, f64, f64); 2] = [(Format::Gox, 10.0, 4.0), (Format::Vox, 15.0, 15.0)];
/// Milliseconds that noise should take from `.vox`, on two cores.
const NOISE: [(Format, f64); 2] = [(Format::Gox, 1200.0), (Format::Vox, 900.0)];

/// The executor that the daemon has: a pool of all threads.
struct Threads;

impl Executor for Threads {
    fn tasks(&self) -> usize {
        TASKS_PER_THREAD * rayon::current_num_threads()
    }

    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..count).into_par_iter().for_each(task);
    }
}

fn main() {
    known_models();
    let project = project();
    let voxels = project.count() as f64;
    let rate = |ns: f64| voxels * 1e9 / ns;
    // A picture is the renderer's work; a map has no room for the model.
    let other = |format: &&Format| !matches!(format, Format::Png | Format::AceOfSpades);
    for &format in Format::ALL.iter().filter(other) {
        let name = format!("formats/write_{format}");
        if format.can(Direction::Write) && wanted(&name) {
            let figure = Figure::new("voxels/s", rate(measure(|| bytes(&project, format))));
            beside(figure, format, || dot_vox_write(&project), rate).report(&name);
        }
        let name = format!("formats/read_{format}");
        let both = format.can(Direction::Read) && format.can(Direction::Write);
        if both && wanted(&name) {
            let file = bytes(&project, format);
            let ns = measure(|| read(black_box(&file), format).is_ok());
            let figure = Figure::new("voxels/s", rate(ns));
            let theirs = || measure(|| dot_vox::load_bytes(black_box(&file)).is_ok());
            beside(figure, format, theirs, rate).report(&name);
        }
    }
}

/// With the other crate's time, where it knows the format.
fn beside(
    figure: Figure,
    format: Format,
    theirs: impl FnOnce() -> f64,
    rate: impl Fn(f64) -> f64,
) -> Figure {
    if format == Format::Vox { figure.beside("dot_vox", rate(theirs())) } else { figure }
}

fn known_models() {
    let ms = |ns: f64| ns / 1e6;
    let report = |name: &str, ns: f64, target: f64| {
        Figure::new("ms", ms(ns)).target(target).report(name);
    };
    for (format, write_ms, read_ms) in BALL {
        let names = ["write", "read"].map(|what| format!("formats/ball_{what}_{format}"));
        if wanted(&names[0]) {
            let ball = ball();
            report(&names[0], measure(|| spread_bytes(&ball, format)), write_ms);
        }
        if wanted(&names[1]) {
            let file = bytes(&ball(), format);
            report(&names[1], measure(|| spread_read(&file, format)), read_ms);
        }
    }
    for (format, target) in NOISE {
        let name = format!("formats/noise_{format}");
        if !wanted(&name) {
            continue;
        }
        let file = bytes(&noise(), Format::Vox);
        let convert = || spread_read(&file, Format::Vox).map(|read| spread_bytes(&read, format));
        report(&name, measure(convert), target);
    }
}

fn spread_read(file: &[u8], format: Format) -> Option<Project> {
    let work = Work::spread(&Threads);
    let read = read_within(black_box(file), format, &ReadOptions::default(), &work);
    read.ok().map(|document| document.into_project("read"))
}

fn spread_bytes(project: &Project, format: Format) -> Vec<u8> {
    let work = Work::spread(&Threads);
    let mut out = Vec::new();
    let options = WriteOptions { work: Some(&work), ..WriteOptions::default() };
    if let Err(error) = write(project, format, &options, &mut out) {
        eprintln!("{}: {error}", format.name());
    }
    out
}

fn ball() -> Project {
    let mut volume = Volume::new();
    let reach = -RADIUS..=RADIUS;
    for (x, y) in reach.clone().flat_map(|x| reach.clone().map(move |y| (x, y))) {
        for z in reach.clone().filter(|z| x * x + y * y + z * z <= RADIUS * RADIUS) {
            volume.set(Pos::new(x, y, z), Rgba::opaque(200, 100, 50));
        }
    }
    let layer = Layer { volume, ..Layer::new(LayerId(1), "ball") };
    Project::from_layers("ball", [2 * RADIUS; 3], vec![layer])
}

/// Every voxel is of one of as many colours as a `.vox` file has.
fn noise() -> Project {
    let mut volume = Volume::new();
    let mut state = 1_u32;
    for at in 0..NOISE_EDGE.pow(3) {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let colour = (state >> 8) % NOISE_COLOURS;
        let rgba = Rgba::opaque(colour as u8, (colour * 7) as u8, (colour * 31) as u8);
        let [x, y, z] =
            [at % NOISE_EDGE, at / NOISE_EDGE % NOISE_EDGE, at / NOISE_EDGE / NOISE_EDGE];
        volume.set(Pos::new(x, y, z), rgba);
    }
    let layer = Layer { volume, ..Layer::new(LayerId(1), "noise") };
    Project::from_layers("noise", [NOISE_EDGE; 3], vec![layer])
}

/// A ball with hills on it, in some two hundred colours.
fn project() -> Project {
    let middle = EDGE / 2;
    let inside = |x: i32, y: i32, z: i32| {
        let [dx, dy, dz] = [x - middle, y - middle, z - middle];
        dx * dx + dy * dy + dz * dz < (middle - (x ^ y ^ z) % 6).pow(2)
    };
    let mut volume = Volume::new();
    for z in 0..EDGE {
        for y in 0..EDGE {
            for x in (0..EDGE).filter(|&x| inside(x, y, z)) {
                let rgba = Rgba::opaque((z + 7) as u8, ((x + y) / 64) as u8, 40);
                volume.set(Pos::new(x, y, z), rgba);
            }
        }
    }
    let layer = Layer { volume, ..Layer::new(LayerId(1), "ball") };
    Project::from_layers("ball", [EDGE; 3], vec![layer])
}

fn bytes(project: &Project, format: Format) -> Vec<u8> {
    let mut out = Vec::new();
    // Writing to memory fails only where the format has no room, and this model fits them all.
    if let Err(error) = write(project, format, &WriteOptions::default(), &mut out) {
        eprintln!("{}: {error}", format.name());
    }
    out
}

/// Nanoseconds that the other crate takes from our layer to bytes.
fn dot_vox_write(project: &Project) -> f64 {
    let Ok(data) = dot_vox::load_bytes(&bytes(project, Format::Vox)) else { return f64::NAN };
    measure(|| {
        let mut out = Vec::new();
        data.write_vox(&mut out).map(|()| out.len()).is_ok()
    })
}
