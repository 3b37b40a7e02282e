//! Meshes: how long models take to become files, in memory and over all threads, and how greedy meshing
//! stands beside the crate `block-mesh`.
//!
//! `cargo bench -p goxel-benches --bench meshes`; words after `--` choose lines by name.

use std::hint::black_box;
use std::io::Write;

use block_mesh::ndshape::{RuntimeShape, Shape as _};
use block_mesh::{
    GreedyQuadsBuffer, MergeVoxel, RIGHT_HANDED_Y_UP_CONFIG, Voxel, VoxelVisibility, greedy_quads,
};
use goxel_benches::{Figure, in_turns, measure, quick, wanted};
use goxel_core::{Executor, Layer, Project, Volume, Work};
use goxel_formats::{Format, WriteOptions, write};
use goxel_proto::types::{LayerId, Pos, Rgba};
use rayon::prelude::*;

/// Turns that each way takes.
const TURNS: usize = 9;
/// The edge of the hills that both greedy meshers are given.
const HILLS: i32 = 128;
/// Formats that solid models become.
const FORMATS: [Format; 6] =
    [Format::Obj, Format::Ply, Format::Gltf, Format::Glb, Format::Stl, Format::ThreeMf];

/// The executor that the daemon has: a pool of all threads.
struct Threads;

impl Executor for Threads {
    fn tasks(&self) -> usize {
        4 * rayon::current_num_threads()
    }

    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..count).into_par_iter().for_each(task);
    }
}

/// What is written: its name, how it is made, and milliseconds that each format may take.
type Model = (&'static str, fn() -> Volume, [f64; FORMATS.len()]);

const NO_TARGET: f64 = f64::INFINITY;
const MODELS: [Model; 3] = [
    ("sphere", sphere, [15.0, 15.0, 20.0, 20.0, NO_TARGET, NO_TARGET]),
    ("noise", || noise(256, 1), [900.0, NO_TARGET, NO_TARGET, 800.0, NO_TARGET, NO_TARGET]),
    ("half", || noise(128, 2), [NO_TARGET, NO_TARGET, NO_TARGET, 1000.0, NO_TARGET, NO_TARGET]),
];

fn main() {
    for (name, make, targets) in MODELS {
        let names = FORMATS.map(|format| format!("meshes/{name}_{format}"));
        if !names.iter().any(|name| wanted(name)) {
            continue;
        }
        let project = project_of(make());
        for ((name, format), target) in names.iter().zip(FORMATS).zip(targets) {
            if wanted(name) {
                let figure = Figure::ns(measure(|| written(&project, format, &Threads)));
                let limited = target != NO_TARGET && !quick();
                let figure = if limited { figure.target(target * 1e6) } else { figure };
                figure.report(name);
            }
        }
    }
    if wanted("meshes/greedy") {
        greedy();
    }
}

/// Counts what is written.
#[derive(Default)]
struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Writes a file, and gives how long it is.
fn written(project: &Project, format: Format, executor: &dyn Executor) -> u64 {
    let work = Work::spread(executor);
    let options = WriteOptions { work: Some(&work), ..WriteOptions::default() };
    let mut count = Count::default();
    if let Err(error) = write(project, format, &options, &mut count) {
        eprintln!("{format}: {error}");
    }
    count.0
}

fn project_of(volume: Volume) -> Project {
    let layer = Layer { volume, ..Layer::new(LayerId(1), "model") };
    Project::from_layers("model", [64; 3], vec![layer])
}

/// A solid sphere of one colour, with a radius of 24.
fn sphere() -> Volume {
    let inside = |pos: [i32; 3]| pos.iter().map(|c| c * c).sum::<i32>() <= 24 * 24;
    let range = -24..=24;
    let mut volume = Volume::new();
    for z in range.clone() {
        for y in range.clone() {
            for x in range.clone().filter(|&x| inside([x, y, z])) {
                volume.set(Pos::new(x, y, z), Rgba::opaque(200, 60, 40));
            }
        }
    }
    volume
}

/// A cube of voxels in random colours, each `apart`th of them there.
fn noise(edge: i32, apart: u64) -> Volume {
    let edge = if quick() { edge / 8 } else { edge };
    let mut volume = Volume::new();
    let mut accessor = volume.accessor();
    for index in 0..edge.pow(3) {
        let random = mixed(index as u64);
        if random.is_multiple_of(apart) {
            let [r, g, b, ..] = (random >> 20).to_le_bytes();
            let pos = Pos::new(index % edge, index / edge % edge, index / edge.pow(2));
            accessor.set(pos, Rgba::opaque(r, g, b));
        }
    }
    drop(accessor);
    volume
}

/// The colour of a place in hills of rough ground, in stripes by height.
fn hill(x: i32, y: i32, z: i32) -> Option<Rgba> {
    let rough = mixed((x + y * HILLS) as u64) % 3;
    let (along, across) = (f64::from(x) / 17.0, f64::from(y) / 13.0);
    let height = ((along.sin() * 20.0 + across.cos() * 16.0) as i32) + 64 + rough as i32;
    (z < height).then(|| Rgba::opaque(40, (z / 8 * 12) as u8, 30))
}

/// A voxel as the other mesher takes it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Cell(u32);

impl Voxel for Cell {
    fn get_visibility(&self) -> VoxelVisibility {
        if self.0 == 0 { VoxelVisibility::Empty } else { VoxelVisibility::Opaque }
    }
}

impl MergeVoxel for Cell {
    type MergeValue = u32;

    fn merge_value(&self) -> u32 {
        self.0
    }
}

/// Both meshers on one thread. Ours writes a file besides: triangles, which cost next to nothing.
fn greedy() {
    let edge = HILLS as u32 + 2;
    let shape = RuntimeShape::<u32, 3>::new([edge; 3]);
    let mut cells = vec![Cell(0); (edge * edge * edge) as usize];
    let mut volume = Volume::new();
    for z in 0..HILLS {
        for y in 0..HILLS {
            for x in 0..HILLS {
                if let Some(rgba) = hill(x, y, z) {
                    volume.set(Pos::new(x, y, z), rgba);
                    let at = [x, y, z].map(|c| c as u32 + 1);
                    cells[shape.linearize(at) as usize] = Cell(u32::from_le_bytes(rgba.0));
                }
            }
        }
    }
    let project = project_of(volume);
    let faces = RIGHT_HANDED_Y_UP_CONFIG.faces;
    let mut buffer = GreedyQuadsBuffer::new(cells.len());
    let (mut quads, mut bytes) = (0, 0);
    let mut ours = || bytes = written(&project, Format::Stl, &goxel_core::Serial);
    let mut theirs = || {
        greedy_quads(black_box(&cells), &shape, [0; 3], [edge - 1; 3], &faces, &mut buffer);
        quads = buffer.quads.num_quads();
        buffer.reset(cells.len());
    };
    let [ours, theirs] = in_turns(TURNS, [&mut ours, &mut theirs]);
    Figure::ns(ours).lead(1.0).beside("block-mesh", theirs).report("meshes/greedy");
    // A triangle is 50 bytes behind a head of 84.
    let own = (bytes - 84) as f64 / 100.0;
    Figure::new("rectangles", own)
        .lead(1.0)
        .beside("block-mesh", quads as f64)
        .report("meshes/greedy_count");
}

/// Bits that look random.
fn mixed(number: u64) -> u64 {
    let mut bits = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ bits >> 31).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits ^ bits >> 29
}
