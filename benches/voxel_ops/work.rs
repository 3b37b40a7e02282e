//! The work that OpenVDB does too: 256 cubed voxels, in as many colours as there are values or in
//! two hundred.

use std::hint::black_box;
use std::time::Instant;

use goxel_core::Volume;
use goxel_proto::types::{Aabb, Pos, Rgba};

use crate::Figures;

const EDGE: i32 = 256;
const VOXELS: f64 = 256.0 * 256.0 * 256.0;
const PLACES: usize = 4_000_000;

/// One round.
pub(crate) fn run(figures: &mut Figures) {
    let places = places();
    measure("many", many, &places, figures);
    measure("noise", noise, &places, figures);
    fill("fill_512", Pos::ZERO, figures);
    fill("fill_512_unaligned", Pos::new(1, 1, 1), figures);
}

fn many(at: Pos) -> Rgba {
    let value = (at.x * at.y) ^ at.z | 1;
    Rgba((value.cast_unsigned() | 0xff << 24).to_le_bytes())
}

fn noise(at: Pos) -> Rgba {
    let [x, y, z] = at.to_array().map(i32::cast_unsigned);
    let mixed =
        x.wrapping_mul(73_856_093) ^ y.wrapping_mul(19_349_663) ^ z.wrapping_mul(83_492_791);
    let mixed = (mixed ^ mixed >> 15).wrapping_mul(2_246_822_519);
    Rgba::opaque(((mixed >> 8) % 200) as u8, 1, 1)
}

fn cells(mut visit: impl FnMut(Pos)) {
    for z in 0..EDGE {
        for y in 0..EDGE {
            for x in 0..EDGE {
                visit(Pos::new(x, y, z));
            }
        }
    }
}

fn sum_cells(mut get: impl FnMut(Pos) -> Rgba) -> u64 {
    let mut total = 0;
    cells(|at| total += sum(get(at)));
    total
}

/// Positions anywhere in the cube.
fn places() -> Vec<Pos> {
    let mut state = 1u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as i32 % EDGE
    };
    (0..PLACES).map(|_| Pos::new(next(), next(), next())).collect()
}

fn sum(rgba: Rgba) -> u64 {
    u64::from(u32::from_le_bytes(rgba.0))
}

fn measure(colours: &str, colour: impl Fn(Pos) -> Rgba, places: &[Pos], figures: &mut Figures) {
    let mut note = |name: &str, ns: f64| {
        figures.entry(format!("{name}_{colours}")).or_default().push(ns);
    };
    let mut volume = Volume::new();
    let mut accessor = volume.accessor();
    let set = time(|| {
        cells(|at| {
            accessor.set(at, colour(at));
        });
    });
    drop(accessor);
    note("set_sequential", set / VOXELS);
    note("bytes", volume.heap_bytes() as f64 / VOXELS);
    let mut reader = volume.reader();
    note("get_sequential_reader", time(|| sum_cells(|at| reader.get(at))) / VOXELS);
    let mut accessor = volume.accessor();
    note("get_sequential", time(|| sum_cells(|at| accessor.get(at))) / VOXELS);
    let red = Rgba::opaque(7, 1, 1);
    let set = time(|| {
        for &at in places {
            accessor.set(at, red);
        }
    });
    drop(accessor);
    note("set_random", set / PLACES as f64);
    // No cursor: two places in a row are hardly ever in the same tile.
    let get = time(|| places.iter().map(|&at| sum(volume.get(at))).sum::<u64>());
    note("get_random", get / PLACES as f64);
    note("iterate", time(|| volume.voxels().map(|(_, rgba)| sum(rgba)).sum::<u64>()) / VOXELS);

    note("iterate_rows", time(|| sum_rows(&volume)) / VOXELS);
}

fn fill(name: &str, low: Pos, figures: &mut Figures) {
    let block = Aabb::spanning(low, low.map(|axis| axis + 511));
    let mut volume = Volume::new();
    let ns = time(|| volume.fill(&block, Rgba::WHITE));
    figures.entry(name.to_owned()).or_default().push(ns);
    figures.entry(format!("bytes_{name}")).or_default().push(volume.heap_bytes() as f64);
}

/// Nanoseconds that `work` takes.
pub(crate) fn time<R>(work: impl FnOnce() -> R) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_nanos() as f64
}

fn sum_rows(volume: &Volume) -> u64 {
    let mut total = 0;
    volume.for_each_row(|_, row| total += row.map(sum).iter().sum::<u64>());
    total
}
