//! Files: how many voxels a second are written to and read from each format, in memory. `.vox`
//! stands beside the crate `dot_vox`.
//!
//! `cargo bench -p goxel-benches --bench formats`; words after `--` choose lines by name.

use std::hint::black_box;

use goxel_benches::{Figure, measure, wanted};
use goxel_core::{Layer, Project, Volume};
use goxel_formats::{Direction, Format, WriteOptions, read, write};
use goxel_proto::types::{LayerId, Pos, Rgba};

/// The edge of the model's cube: the largest that one model of a `.vox` file holds is 256.
const EDGE: i32 = 128;

fn main() {
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
