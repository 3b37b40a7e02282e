//! Looks at large volumes: over all threads, beside the same on one.
//!
//! `cargo bench -p goxel-benches --bench analysis`; words after `--` choose lines by name.

use std::hint::black_box;

use goxel_benches::{Figure, in_turns, quick, wanted};
use goxel_core::analysis::{colours, components, exposed_faces};
use goxel_core::{Connectivity, Executor, Layer, Volume, Work, generate};
use goxel_proto::types::{Aabb, LayerId, Pos, Rgba};
use rayon::prelude::*;

/// Turns that each way takes.
const TURNS: usize = 9;
/// How much quicker all threads should be than one. On two cores it cannot be more than 2.
const LEAD: f64 = 1.4;
/// Tasks for each thread, as the daemon has it.
const TASKS_PER_THREAD: usize = 4;

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

/// One analysis of a layer.
type Analysis = fn(&Layer, &Work<'_>);

const LOOKS: [(&str, Analysis); 4] = [
    ("histogram", |layer, work| {
        let _ = black_box(colours(std::slice::from_ref(layer), &Aabb::EVERYTHING, work));
    }),
    ("faces", |layer, work| {
        let _ = black_box(exposed_faces(&layer.volume, work));
    }),
    ("components", |layer, work| {
        let _ = black_box(components(&layer.volume, Connectivity::Faces, work));
    }),
    ("components_26", |layer, work| {
        let _ = black_box(components(&layer.volume, Connectivity::Corners, work));
    }),
];

/// What is looked at: its name, and how it is made.
type Model = (&'static str, fn() -> Volume);

const MODELS: [Model; 4] = [
    ("noise", || noise(256, 200, 1)),
    ("half", || noise(256, 200, 2)),
    ("many", || noise(256, 1 << 22, 1)),
    ("terrain", terrain),
];

fn main() {
    for (model, make) in MODELS {
        let names = LOOKS.map(|(analysis, _)| format!("analysis/{analysis}_{model}"));
        if !names.iter().any(|name| wanted(name)) {
            continue;
        }
        let layer = Layer { volume: make(), ..Layer::new(LayerId(1), model) };
        for (name, (_, analysis)) in names.iter().zip(LOOKS).filter(|(name, _)| wanted(name)) {
            let (mut one, mut all) = (
                || analysis(&layer, &Work::unbounded()),
                || analysis(&layer, &Work::spread(&Threads)),
            );
            let [one, all] = in_turns(TURNS, [&mut one, &mut all]);
            Figure::ns(all).lead(LEAD).beside("one thread", one).report(name);
        }
    }
}

/// A cube of voxels, each `apart`th of them there, in so many colours without any order.
fn noise(edge: i32, colours: u64, apart: u64) -> Volume {
    let edge = if quick() { edge / 8 } else { edge };
    let mut volume = Volume::new();
    let mut accessor = volume.accessor();
    for index in 0..edge.pow(3) {
        let random = mixed(index as u64);
        if random.is_multiple_of(apart) {
            let [r, g, b, ..] = ((random >> 20) % colours).to_le_bytes();
            let pos = Pos::new(index % edge, index / edge % edge, index / edge.pow(2));
            accessor.set(pos, Rgba::opaque(r, g, b));
        }
    }
    drop(accessor);
    volume
}

/// Hills of 512 by 512 columns, in stripes of colour by height.
fn terrain() -> Volume {
    let edge = if quick() { 64 } else { 512 };
    let height = |index: usize| {
        let (x, y) = ((index % edge) as f64, (index / edge) as f64);
        let rough = mixed(index as u64) % 5;
        ((x / 40.0).sin() * 40.0 + (y / 31.0).cos() * 30.0 + 180.0) as u32 + rough as u32
    };
    let heights: Vec<u32> = (0..edge * edge).map(height).collect();
    let mut volume = Volume::new();
    // It is within all limits.
    for (z, green) in [(0, 120), (5, 160)] {
        let low = Pos::new(0, 0, z);
        let (rgba, work) = (Rgba::opaque(90, green, 40), Work::unbounded());
        let Ok(hills) = generate::height_map(low, edge, &heights, rgba, &work) else {
            continue;
        };
        volume.merge(&hills, goxel_core::BlendMode::Over);
    }
    volume
}

/// Bits that analysis random.
fn mixed(number: u64) -> u64 {
    let mut bits = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ bits >> 31).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits ^ bits >> 29
}
