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

/// Turns that each program takes.
const ROUNDS: usize = 7;

/// Figures by name: one for each round.
type Figures = BTreeMap<String, Vec<f64>>;

/// What is measured beside OpenVDB: the name, its unit, and how much better it has to be.
const LINES: [(&str, &str, f64); 19] = [
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
    ("bytes_many", "bytes", 1.0),
    ("bytes_noise", "bytes", 1.0),
    ("fill_512", "ns", 1.0),
    ("fill_512_unaligned", "ns", 1.0),
    ("bytes_fill_512", "bytes", 1.0),
];

/// What is measured alone, and the most that it may be.
const BOUNDS: [(&str, &str, f64); 8] = [
    ("bytes_noise", "bytes a voxel", 1.2),
    ("bytes_fill_512", "bytes", 65536.0),
    ("snapshot_block", "ns", 20_000.0),
    ("first_edit_block", "ns", 10_000.0),
    ("snapshot_scattered", "ns", 20_000.0),
    ("first_edit_scattered", "ns", 10_000.0),
    ("edits_with_undo_to_without", "times", 3.0),
    ("edits_undone", "ns", f64::INFINITY),
];

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
    let yardstick = openvdb::Yardstick::build();
    let (mut ours, mut theirs) = (Figures::new(), Figures::new());
    for _ in 0..ROUNDS {
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
    println!("{:30}{:>12}{:>12}{:>9}{:>8}", "", "goxel", "OpenVDB", "ratio", "goal");
    for (name, unit, goal) in LINES {
        let theirs = median(&theirs, &openvdb_name(name));
        beside(name, unit, median(&ours, name), theirs, goal);
    }
    println!("{:30}{:>12}{:>12}", "", "goxel", "at most");
    for (name, unit, most) in BOUNDS {
        println!("{name:30}{:>12.1}{most:>12.1} {unit}", median(&ours, name));
    }
}

/// OpenVDB has one way to read and one to go through.
fn openvdb_name(name: &str) -> String {
    name.replace("_reader", "").replace("_rows", "")
}

fn beside(name: &str, unit: &str, ours: f64, theirs: f64, goal: f64) {
    println!("{name:30}{ours:>12.2}{theirs:>12.2}{:>8.2}x{goal:>7.1}x {unit}", theirs / ours);
}

/// The middle figure, or not a number where there is none.
fn median(figures: &Figures, name: &str) -> f64 {
    let mut figures = figures.get(name).cloned().unwrap_or_default();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
