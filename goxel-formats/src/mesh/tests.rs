//! Meshes against the faces of each voxel by itself.

use std::collections::BTreeMap;

use goxel_core::Volume;
use goxel_proto::types::{Aabb, Pos, Rgba};
use proptest::prelude::*;

use super::*;
use crate::scan;
use crate::testing::volumes;

/// A unit face: axis, side, plane, and its corner on the other axes.
type Face = (usize, bool, i64, [i64; 2]);

fn quads(volume: &Volume) -> Vec<Quad> {
    let mut quads = Vec::new();
    let done: crate::Result<()> = for_each_quad(volume, &Work::unbounded(), |quad| {
        quads.push(*quad);
        Ok(())
    });
    assert!(done.is_ok());
    assert_eq!(counted(volume), quads.len() as u64);
    quads
}

fn counted(volume: &Volume) -> u64 {
    count(volume, &Work::unbounded()).expect("nobody stops it")
}

/// The faces that a mesh covers. None may be covered twice.
fn covered(quads: &[Quad]) -> BTreeMap<Face, Rgba> {
    let mut faces = BTreeMap::new();
    for quad in quads {
        for u in quad.min[0]..quad.max[0] {
            for v in quad.min[1]..quad.max[1] {
                let face = (quad.axis, quad.positive, quad.plane, [u, v]);
                assert_eq!(faces.insert(face, quad.rgba), None, "{face:?} twice");
            }
        }
    }
    faces
}

/// The faces that a volume shows, voxel by voxel.
fn exposed(volume: &Volume) -> BTreeMap<Face, Rgba> {
    let mut faces = BTreeMap::new();
    for (pos, rgba) in volume.voxels().filter(|(_, rgba)| scan::shown(*rgba)) {
        for axis in 0..3 {
            for positive in [false, true] {
                let mut beside = pos.to_array();
                beside[axis] += if positive { 1 } else { -1 };
                if !scan::shown(volume.get(Pos::from(beside))) {
                    let at = pos.to_array().map(i64::from);
                    let [u, v] = PLANE_AXES[axis];
                    let plane = at[axis] + i64::from(positive);
                    faces.insert((axis, positive, plane, [at[u], at[v]]), rgba);
                }
            }
        }
    }
    faces
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_exposed_face_is_covered_once_in_its_colour(volume in volumes()) {
        prop_assert_eq!(covered(&quads(&volume)), exposed(&volume));
    }

    #[test]
    fn tiles_do_not_matter(volume in volumes(), shift in prop::array::uniform3(0..16i32)) {
        let moved = volume.voxels().map(|(pos, rgba)| {
            (pos.checked_add(Pos::from(shift)).unwrap(), rgba)
        });
        let back = quads(&moved.collect()).into_iter().map(|mut quad| {
            let shift = shift.map(i64::from);
            quad.plane -= shift[quad.axis];
            for (at, axis) in PLANE_AXES[quad.axis].into_iter().enumerate() {
                quad.min[at] -= shift[axis];
                quad.max[at] -= shift[axis];
            }
            quad
        });
        prop_assert_eq!(back.collect::<Vec<_>>(), quads(&volume));
    }
}

#[test]
fn a_box_has_six_rectangles_however_many_tiles_it_spans() {
    let mut volume = Volume::new();
    volume.fill(&Aabb { min: [-33, -1, 7], max: [50, 18, 200] }, Rgba::WHITE);
    assert_eq!(quads(&volume).len(), 6);
    assert_eq!(counted(&Volume::new()), 0);
}

#[test]
fn corners_turn_counter_clockwise_around_the_normal() {
    let volume: Volume = [(Pos::new(2, -3, 4), Rgba::WHITE)].into_iter().collect();
    for quad in quads(&volume) {
        let [a, b, _, d] = quad.corners();
        let edge = |to: [i64; 3]| [0, 1, 2].map(|axis| to[axis] - a[axis]);
        let (u, v) = (edge(b), edge(d));
        let cross = [0, 1, 2].map(|i| {
            let (j, k) = ((i + 1) % 3, (i + 2) % 3);
            u[j] * v[k] - u[k] * v[j]
        });
        assert_eq!(cross, quad.normal().map(i64::from), "{quad:?}");
    }
}

#[test]
fn the_ends_of_the_range_have_faces() {
    let volume: Volume =
        [i32::MIN, i32::MAX].map(|c| (Pos::new(c, c, c), Rgba::WHITE)).into_iter().collect();
    let quads = quads(&volume);
    assert_eq!(quads.len(), 12);
    assert!(quads.iter().any(|quad| quad.plane == i64::from(i32::MAX) + 1));
}

/// Stops what asks it for the last time of so many.
struct Times(std::sync::atomic::AtomicU64);

impl goxel_core::Control for Times {
    fn check(&self, _: u64, _: u64) -> goxel_core::Result<()> {
        let left = self.0.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
        if left == 1 { Err(goxel_core::Error::Cancelled) } else { Ok(()) }
    }
}

#[test]
fn a_mesh_that_nobody_wants_any_more_is_not_finished() {
    // Within it there is no face, and so nothing that is handed out.
    let mut volume = Volume::new();
    volume.fill(&Aabb { min: [0; 3], max: [64; 3] }, Rgba::WHITE);
    // Each plane of each slab asks, in both directions and along three axes.
    for times in [1, 100, 3 * 2 * 64] {
        let control = Times(times.into());
        let work = Work::new(u64::MAX, &control, &goxel_core::Serial);
        assert_eq!(count(&volume, &work), Err(goxel_core::Error::Cancelled), "{times}");
    }
}

/// How many rectangles were handed out since it was asked last, and how many that were at the most.
#[derive(Default)]
struct Since(std::sync::atomic::AtomicU64, std::sync::atomic::AtomicU64);

impl goxel_core::Control for Since {
    fn check(&self, _: u64, _: u64) -> goxel_core::Result<()> {
        let since = self.0.swap(0, std::sync::atomic::Ordering::Relaxed);
        self.1.fetch_max(since, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }
}

#[test]
fn a_plane_of_many_faces_asks_on_the_way() {
    // Of a board of squares no face is joined with another: 8192 in each of two planes.
    let squares = (0..128 * 128).filter(|at| (at % 128 + at / 128) % 2 == 0);
    let volume: Volume = squares.map(|at| (Pos::new(at % 128, at / 128, 0), Rgba::WHITE)).collect();
    let control = Since::default();
    let work = Work::new(u64::MAX, &control, &goxel_core::Serial);
    let mut count = 0;
    let done: goxel_core::Result<()> = for_each_quad(&volume, &work, |_| {
        count += 1;
        control.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    });
    done.unwrap();
    assert_eq!(count, 6 * 8192);
    let most = control.1.into_inner();
    assert!((1..=64).contains(&most), "{most} rectangles between two questions");
}
