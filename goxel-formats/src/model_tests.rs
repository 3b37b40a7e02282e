//! A project against a plain map, through every kind of edit, undo, redo, snapshots and files.

use std::collections::BTreeMap;

use goxel_core::{BlendMode, Command, Motion, Project, Reshape, Shape, Solid, Volume, blend};
use goxel_proto::types::{Aabb, LayerRef, Pos, Rgba, Voxel};
use proptest::prelude::*;

use crate::Format;
use crate::testing::round_trip;

#[derive(Clone, Debug)]
enum Op {
    Points(Vec<(Pos, Rgba)>),
    Fill(Pos, [i32; 3], Rgba),
    Paint(Pos, [i32; 3], Rgba),
    Sphere(Pos, u32, Rgba),
    Move([i32; 3]),
    Stamp(Pos, BlendMode),
    Undo,
    Redo,
    Snapshot,
    Reload,
}

type Plain = BTreeMap<Pos, Rgba>;

fn pos() -> impl Strategy<Value = Pos> {
    prop::array::uniform3(prop::sample::select(vec![-130, -17, -1, 0, 15, 127])).prop_map(Pos::from)
}

fn rgba() -> impl Strategy<Value = Rgba> {
    prop::sample::select(vec![Rgba::EMPTY, Rgba::WHITE, Rgba::BLACK, Rgba::new(9, 8, 7, 100)])
}

fn op() -> impl Strategy<Value = Op> {
    let size = || prop::array::uniform3(0..20i32);
    let mode = (0..9).prop_map(|number| BlendMode::from_number(number).unwrap());
    prop_oneof![
        4 => prop::collection::vec((pos(), rgba()), 1..9).prop_map(Op::Points),
        2 => (pos(), size(), rgba()).prop_map(|(at, size, rgba)| Op::Fill(at, size, rgba)),
        1 => (pos(), size(), rgba()).prop_map(|(at, size, rgba)| Op::Paint(at, size, rgba)),
        1 => (pos(), 1..20u32, rgba()).prop_map(|(at, size, rgba)| Op::Sphere(at, size, rgba)),
        1 => prop::array::uniform3(-20..20i32).prop_map(Op::Move),
        1 => (pos(), mode).prop_map(|(at, mode)| Op::Stamp(at, mode)),
        4 => Just(Op::Undo),
        3 => Just(Op::Redo),
        1 => Just(Op::Snapshot),
        1 => Just(Op::Reload),
    ]
}

/// The project and, in the plainest way, what it should be.
struct Both {
    project: Project,
    plain: Plain,
    undo: Vec<Plain>,
    redo: Vec<Plain>,
    snapshots: Vec<(Project, Plain)>,
}

fn voxels(project: &Project) -> Plain {
    project.layers()[0].volume.voxels().collect()
}

fn boxed(low: Pos, size: [i32; 3]) -> Aabb {
    Aabb::spanning(low, low.checked_add(Pos::from(size)).unwrap())
}

fn cells(aabb: &Aabb) -> impl Iterator<Item = Pos> + use<> {
    let [x, y, z] = [0, 1, 2].map(|axis| aabb.min[axis] as i32..aabb.max[axis] as i32);
    let rows = z.flat_map(move |z| y.clone().map(move |y| (y, z)));
    rows.flat_map(move |(y, z)| x.clone().map(move |x| Pos::new(x, y, z)))
}

fn put(plain: &mut Plain, pos: Pos, rgba: Rgba) {
    if rgba.is_empty() {
        plain.remove(&pos);
    } else {
        plain.insert(pos, rgba);
    }
}

/// A small volume to stamp.
fn stamp(at: Pos) -> Volume {
    cells(&boxed(at, [3, 2, 1])).map(|pos| (pos, Rgba::new(1, 2, 3, 200))).collect()
}

impl Both {
    fn new() -> Self {
        let (undo, redo, snapshots) = (Vec::new(), Vec::new(), Vec::new());
        Self { project: Project::new("p", [9; 3]), plain: Plain::new(), undo, redo, snapshots }
    }

    /// Carries out a command, which is to make `plain` of what was.
    fn edit(&mut self, command: Command<'_>, plain: Plain) {
        let depth = self.project.history_depth().0;
        if self.project.apply(command).is_ok() && self.project.history_depth().0 > depth {
            self.redo.clear();
            self.undo.push(std::mem::replace(&mut self.plain, plain));
        } else {
            assert_eq!(self.plain, plain, "nothing to do");
        }
    }

    fn run(&mut self, op: &Op) {
        let layer = LayerRef::Active;
        let mut plain = self.plain.clone();
        match op {
            Op::Points(points) => {
                points.iter().for_each(|&(pos, rgba)| put(&mut plain, pos, rgba));
                let voxels: Vec<Voxel> =
                    points.iter().map(|&(pos, rgba)| Voxel { pos, rgba }).collect();
                self.edit(Command::SetVoxels { layer, boxes: &[], voxels: &voxels }, plain);
            }
            Op::Fill(low, size, rgba) => {
                let aabb = boxed(*low, *size);
                cells(&aabb).for_each(|pos| put(&mut plain, pos, *rgba));
                let boxes = &[(aabb, *rgba)];
                self.edit(Command::SetVoxels { layer, boxes, voxels: &[] }, plain);
            }
            Op::Paint(low, size, rgba) => {
                let aabb = boxed(*low, *size);
                let there = cells(&aabb).filter(|pos| self.plain.contains_key(pos));
                there.for_each(|pos| put(&mut plain, pos, *rgba));
                self.edit(Command::Paint { layer, aabb, rgba: *rgba }, plain);
            }
            Op::Sphere(center, size, rgba) => {
                let solid =
                    Solid { shape: Shape::Ellipsoid, size: [*size; 3], center: *center, axis: 2 };
                let radius = *size as i32;
                for pos in cells(&boxed(center.map(|c| c - radius / 2), [radius - 1; 3])) {
                    // Twice the distance of the voxel's middle from the sphere's.
                    let away = [0, 1, 2].map(|axis| {
                        let low = center.to_array()[axis] - radius / 2;
                        2 * (pos.to_array()[axis] - low) + 1 - radius
                    });
                    if away.iter().map(|away| away * away).sum::<i32>() <= radius * radius {
                        put(&mut plain, pos, *rgba);
                    }
                }
                self.edit(Command::AddShape { layer, solid, rgba: *rgba }, plain);
            }
            Op::Move(by) => {
                let moved = self.plain.iter();
                let moved =
                    moved.map(|(at, &rgba)| (at.checked_add(Pos::from(*by)).unwrap(), rgba));
                let plain = moved.collect();
                let reshape = Reshape::Move(Motion::translation(by.map(i64::from)));
                self.edit(Command::Reshape { layer, reshape }, plain);
            }
            Op::Stamp(at, mode) => {
                let volume = stamp(*at);
                let places: Vec<Pos> =
                    self.plain.keys().copied().chain(volume.voxels().map(|(pos, _)| pos)).collect();
                for pos in places {
                    let below = self.plain.get(&pos).copied().unwrap_or_default();
                    put(&mut plain, pos, blend(*mode, below, volume.get(pos)));
                }
                self.edit(Command::Stamp { layer, volume: &volume, mode: *mode }, plain);
            }
            Op::Undo => {
                let before = self.undo.pop();
                assert_eq!(self.project.undo(), before.is_some());
                if let Some(before) = before {
                    self.redo.push(std::mem::replace(&mut self.plain, before));
                }
            }
            Op::Redo => {
                let after = self.redo.pop();
                assert_eq!(self.project.redo(), after.is_some());
                if let Some(after) = after {
                    self.undo.push(std::mem::replace(&mut self.plain, after));
                }
            }
            Op::Snapshot => self.snapshots.push((self.project.snapshot(), plain)),
            Op::Reload => {
                self.project = round_trip(&self.project, Format::Gox).into_project("p");
                (self.undo, self.redo) = (Vec::new(), Vec::new());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn a_project_is_a_map_with_a_memory(ops in prop::collection::vec(op(), 1..30)) {
        let mut both = Both::new();
        for op in &ops {
            both.run(op);
            prop_assert_eq!(&voxels(&both.project), &both.plain, "after {:?}", op);
            prop_assert_eq!(both.project.history_depth(), (both.undo.len(), both.redo.len()));
        }
        while let Some(before) = both.undo.pop() {
            prop_assert!(both.project.undo());
            prop_assert_eq!(&voxels(&both.project), &before);
        }
        for (snapshot, plain) in &both.snapshots {
            prop_assert_eq!(&voxels(snapshot), plain);
        }
    }
}
