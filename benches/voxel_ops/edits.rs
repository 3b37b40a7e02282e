//! Snapshots, the first edit after one, and edits with and without undo.

use std::hint::black_box;
use std::sync::Arc;

use goxel_core::{Command, Project, Volume, Work};
use goxel_proto::types::{LayerRef, Pos, Rgba, Voxel};

use crate::Figures;
use crate::work::time;

const TILES: i32 = 100_000;
const EDITS: i32 = 100_000;
/// Snapshots of one volume, each with a first edit somewhere else.
const SNAPSHOTS: usize = 101;
/// Copies of a table, each round.
const TABLES: usize = 9;
/// Times that all edits are made and undone, each round.
const UNDO_TURNS: usize = 9;

/// The line of a copied table, which snapshots stand beside.
pub(crate) const TABLE: &str = "table_of_handles";

/// Voxels of one edit, each in another tile: what one request holds that is read on the loop.
const APART: i32 = 3000;
/// Edits of such voxels.
const APART_TURNS: i32 = 50;
/// What the daemon lets an edit do on its loop.
const SHORT_UNITS: u64 = 300_000;

/// One round.
pub(crate) fn run(figures: &mut Figures) {
    table(figures);
    // Tiles side by side, in 224 pages; and each in a page of its own.
    let block = |i: i32| Pos::new(i % 47 * 16, i / 47 % 47 * 16, i / 2209 * 16);
    let scattered = |i: i32| Pos::new(i % 47 * 128, i / 47 % 47 * 128, i / 2209 * 128);
    snapshots("block", block, figures);
    snapshots("scattered", scattered, figures);
    // Short against the scheduler's steps, so the median needs more of them.
    (0..UNDO_TURNS).for_each(|_| undo(figures));
    apart(figures);
}

fn note(figures: &mut Figures, name: String, ns: f64) {
    figures.entry(name).or_default().push(ns);
}

/// Copies of a flat table of counted handles, one for each tile.
fn table(figures: &mut Figures) {
    let table: Vec<Arc<i32>> = (0..TILES).map(Arc::new).collect();
    for _ in 0..TABLES {
        note(figures, TABLE.to_owned(), time(|| drop(black_box(table.clone()))));
    }
}

fn snapshots(name: &str, place: impl Fn(i32) -> Pos, figures: &mut Figures) {
    let corner = |at: Pos| [(at, Rgba::WHITE), (at.map(|axis| axis + 5), Rgba::BLACK)];
    let mut volume: Volume = (0..TILES).flat_map(|i| corner(place(i))).collect();
    let mut kept = Vec::new();
    for i in 0..SNAPSHOTS {
        let at = place((i as i32 * 7919) % TILES);
        let mut snapshot = Volume::new();
        note(figures, format!("snapshot_{name}"), time(|| snapshot = volume.clone()));
        let edit = time(|| volume.set(at, Rgba::opaque(i as u8, 2, 3)));
        note(figures, format!("first_edit_{name}"), edit);
        kept.push(snapshot);
    }
    black_box(kept);
}

/// Positions in a cube of 64, so that most edits fall in tiles that are there already.
fn edit(i: i32) -> Voxel {
    let mixed = i.wrapping_mul(-1_640_531_527).cast_unsigned();
    let axis = |shift: u32| (mixed >> shift) as i32 & 63;
    Voxel { pos: Pos::new(axis(8), axis(14), axis(20)), rgba: Rgba::opaque(i as u8, 1, 1) }
}

fn undo(figures: &mut Figures) {
    let mut volume = Volume::new();
    let without = time(|| {
        for voxel in (0..EDITS).map(edit) {
            black_box(volume.set(voxel.pos, voxel.rgba));
        }
    });
    let mut project = Project::new("edits", [64; 3]);
    let before = project.layers()[0].volume.clone();
    let with = time(|| {
        for voxel in (0..EDITS).map(edit) {
            let voxels = &[voxel];
            let edit = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels };
            assert!(project.apply(edit).is_ok());
        }
    });
    assert!(project.layers()[0].volume == volume, "both ways give the same");
    let mut undone = 0;
    let back = time(|| {
        while project.undo() {
            undone += 1;
        }
    });
    assert_eq!(undone, EDITS, "every edit can be undone");
    assert!(project.layers()[0].volume == before, "and gives back what was");
    note(figures, "edits_with_undo_to_without".to_owned(), with / without);
    note(figures, "edit_without_undo".to_owned(), without / f64::from(EDITS));
    note(figures, "edits_undone".to_owned(), back / f64::from(EDITS));
}

/// Voxels that lie apart, many in one edit with undo, beside the same one by one without. A short edit
/// may take as long as its budget says; this one would go beyond it where each tile were copied.
fn apart(figures: &mut Figures) {
    let voxel = |turn: i32, i: i32| {
        let rgba = Rgba::opaque(turn as u8, i as u8, 3);
        Voxel { pos: Pos::new(turn % 8, i * 16, turn / 8), rgba }
    };
    let all = |turn| (0..APART).map(move |i| voxel(turn, i));
    let (mut volume, mut project) = (Volume::new(), Project::new("apart", [64; 3]));
    for turn in 0..APART_TURNS {
        let one_by_one = time(|| {
            for Voxel { pos, rgba } in all(turn) {
                black_box(volume.set(pos, rgba));
            }
        });
        let voxels: Vec<Voxel> = all(turn).collect();
        let edit = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels: &voxels };
        let work = Work::within(if turn == 0 { u64::MAX } else { SHORT_UNITS });
        let at_once = time(|| assert!(project.apply_within(edit, &work).is_ok(), "it is short"));
        if turn > 0 {
            note(figures, "edits_apart_to_one_by_one".to_owned(), at_once / one_by_one);
            note(figures, "edit_apart".to_owned(), at_once / f64::from(APART));
        }
    }
    assert!(project.layers()[0].volume == volume, "both ways give the same");
}
