//! Voxel operations, beside OpenVDB on the same work.
//!
//! Run it with `cargo bench -p goxel-benches --bench voxel_ops`. Both programs take turns, and a
//! figure is the median over the rounds. `benches/openvdb` says what OpenVDB needs to be there;
//! where it is not, its column says so.

mod edits;
mod openvdb;
mod work;

use std::collections::BTreeMap;
use std::process::Command;

use goxel_benches::{Figure, median, rounds, wanted};

/// Turns that each program takes.
const ROUNDS: usize = 7;

/// Figures by name: one for each round.
type Figures = BTreeMap<String, Vec<f64>>;

/// What is measured beside OpenVDB: the name, its unit, and how much better it has to be.
const BESIDE: [(&str, &str, f64); 19] = [
    ("set_sequential_many", "ns", 1.5),
    ("set_sequential_noise", "ns", 1.5),
    ("get_sequential_many", "ns", 1.5),
    ("get_sequential_noise", "ns", 1.5),
    ("get_sequential_reader_many", "ns", 1.5),
    ("get_sequential_reader_noise", "ns", 1.5),
    ("set_random_many", "ns", 1.5),
    ("set_random_noise", "ns", 1.5),
    ("get_random_many", "ns", 1.5),
    ("get_random_noise", "ns", 1.5),
    ("iterate_many", "ns", 1.5),
    ("iterate_noise", "ns", 1.5),
    ("iterate_rows_many", "ns", 8.0),
    ("iterate_rows_noise", "ns", 8.0),
    ("bytes_many", "B", 1.0),
    ("bytes_noise", "B", 1.0),
    ("fill_512", "ns", 1.0),
    ("fill_512_unaligned", "ns", 1.0),
    ("bytes_fill_512", "B", 1.0),
];

/// What of it has a bound besides, in bytes, which no clock changes: bytes a voxel, and all.
const BOUNDS: [(&str, f64); 2] = [("bytes_noise", 1.2), ("bytes_fill_512", 65_536.0)];

/// What is measured beside a copy of a table of all tiles' handles, which is what a snapshot without
/// a tree would be; and how much better it has to be.
const BESIDE_TABLE: [(&str, f64); 4] = [
    ("snapshot_block", 100.0),
    ("first_edit_block", 20.0),
    ("snapshot_scattered", 100.0),
    ("first_edit_scattered", 20.0),
];

/// How many times longer edits may take with undo than without.
const UNDO_TIMES_MAX: f64 = 3.0;

/// How many times longer voxels that lie apart may take in one edit than one by one: as a long edit, in
/// which each tile is copied, they take seven times as long.
const APART_TIMES_MAX: f64 = 3.0;

/// Asks for one round of ours, in a process of its own as OpenVDB's are: what earlier rounds did to
/// the heap would be measured otherwise.
const ROUND: &str = "--round";

fn round() {
    let mut figures = Figures::new();
    work::run(&mut figures);
    edits::run(&mut figures);
    for (name, figures) in figures {
        figures.iter().for_each(|figure| println!("{name} {figure}"));
    }
}

fn main() {
    if std::env::args().any(|argument| argument == ROUND) {
        return round();
    }
    // Everything is measured in every round, so the lines cannot be chosen one by one.
    if !wanted("voxel_ops") && !wanted("snapshot") {
        return;
    }
    let yardstick = openvdb::Yardstick::build();
    let (mut ours, mut theirs) = (Figures::new(), Figures::new());
    for _ in 0..rounds(ROUNDS) {
        if let Ok(program) = std::env::current_exe() {
            openvdb::run(Command::new(program).arg(ROUND), &mut ours);
        }
        if let Ok(yardstick) = &yardstick {
            yardstick.run(&mut theirs);
        }
    }
    if let Err(why) = &yardstick {
        println!("OpenVDB is not measured: {why}");
    }
    for (name, unit, lead) in BESIDE {
        let figure = Figure::new(unit, middle(&ours, name)).lead(lead);
        let figure = figure.beside("OpenVDB", middle(&theirs, &openvdb_name(name)));
        bounded(figure, name).report(&format!("voxel_ops/{name}"));
    }
    for (name, lead) in BESIDE_TABLE {
        let figure = Figure::ns(middle(&ours, name)).lead(lead);
        figure.beside("table", middle(&ours, edits::TABLE)).report(&format!("snapshot/{name}"));
    }
    let undo = Figure::new("x", middle(&ours, "edits_with_undo_to_without"));
    undo.target(UNDO_TIMES_MAX).report("snapshot/edits_with_undo_to_without");
    let apart = Figure::new("x", middle(&ours, "edits_apart_to_one_by_one"));
    apart.target(APART_TIMES_MAX).report("snapshot/edits_apart_to_one_by_one");
    Figure::ns(middle(&ours, "edit_apart")).report("snapshot/edit_apart");
    Figure::ns(middle(&ours, "edits_undone")).report("snapshot/edits_undone");
}

/// With the most that it may be whatever OpenVDB takes.
fn bounded(figure: Figure, name: &str) -> Figure {
    match BOUNDS.iter().find(|(bounded, _)| *bounded == name) {
        Some((_, most)) => figure.target(*most),
        None => figure,
    }
}

/// OpenVDB has one way to read and one to go through.
fn openvdb_name(name: &str) -> String {
    name.replace("_reader", "").replace("_rows", "")
}

/// The middle figure, or not a number where there is none.
fn middle(figures: &Figures, name: &str) -> f64 {
    median(figures.get(name).cloned().unwrap_or_default())
}
