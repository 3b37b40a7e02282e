//! A command that is stopped has changed nothing, wherever it was stopped.

use goxel_proto::types::{Aabb, LayerId, LayerRef, Pos, Rgba, Voxel, Word};

use crate::analysis::Near;
use crate::{
    Act, BlendMode, Combine, Command, Connectivity, Error, FloodFill, Motion, Operation, Project,
    Reshape, Shape, Solid, Volume, Work,
};

const ACTIVE: LayerRef = LayerRef::Active;
const RED: Rgba = Rgba::opaque(255, 0, 0);

fn spanning(low: [i32; 3], high: [i32; 3]) -> Aabb {
    Aabb::spanning(low.into(), high.into())
}

/// Two layers: blocks and single voxels, and a copy of some of them.
fn project() -> Project {
    let mut project = Project::new("p", [64; 3]);
    let boxes = [
        (spanning([-20; 3], [30, 19, 9]), RED),
        (spanning([0; 3], [3, 40, 100]), Rgba::WHITE),
        (spanning([5, 5, -9], [9, 9, 9]), Rgba::EMPTY),
    ];
    let voxels: Vec<Voxel> =
        (0..40).map(|at| Voxel { pos: Pos::new(at * 7, at * -5, at), rgba: RED }).collect();
    for name in ["one", "two"] {
        project.apply(Command::CreateLayer { name, visible: true }).expect("room");
        let command = Command::SetVoxels { layer: ACTIVE, boxes: &boxes, voxels: &voxels };
        project.apply(command).expect("room");
        let by = Motion::translation([3, 0, 9]);
        let reshape = Reshape::Move(by);
        project.apply(Command::Reshape { layer: ACTIVE, reshape }).expect("room");
    }
    project
}

/// Calls `check` with each command that goes through voxels.
fn for_each_command(mut check: impl FnMut(Command<'_>)) {
    let points: Vec<Voxel> = (0..5000)
        .map(|at| Voxel { pos: Pos::new(at % 90 - 45, at * 37 % 71, at / 90), rgba: RED })
        .collect();
    let boxes = [(spanning([-50; 3], [50, 40, 70]), RED), (Aabb::EVERYTHING, Rgba::EMPTY)];
    check(Command::SetVoxels { layer: ACTIVE, boxes: &[], voxels: &points[..9] });
    check(Command::SetVoxels { layer: ACTIVE, boxes: &[], voxels: &points });
    check(Command::SetVoxels { layer: ACTIVE, boxes: &boxes, voxels: &points });
    let operations: Vec<Operation> = points
        .iter()
        .map(|voxel| Operation { layer: ACTIVE, pos: voxel.pos, act: Act::Set(voxel.rgba) })
        .collect();
    check(Command::Batch(&operations[..9]));
    check(Command::Batch(&operations));
    let aabb = spanning([-9; 3], [90, 9, 9]);
    check(Command::Paint { layer: ACTIVE, aabb, rgba: Rgba::BLACK });
    let flood = FloodFill {
        start: Pos::new(0, 0, 9),
        tolerance: 0,
        connectivity: Connectivity::Faces,
        bounds: None,
    };
    check(Command::Flood { layer: ACTIVE, flood, rgba: Rgba::BLACK });
    for shape in [Shape::Box, Shape::Ellipsoid, Shape::Cone] {
        let solid = Solid { shape, size: [50, 40, 60], center: Pos::ZERO, axis: 2 };
        check(Command::AddShape { layer: ACTIVE, solid, rgba: RED });
    }
    for reshape in reshapes() {
        check(Command::Reshape { layer: ACTIVE, reshape });
    }
    let set: Volume = points.iter().map(|voxel| (voxel.pos, voxel.rgba)).collect();
    for mode in BlendMode::all() {
        check(Command::Stamp { layer: ACTIVE, volume: &set, mode });
    }
    for mode in [Combine::Add, Combine::Subtract, Combine::Paint, Combine::Intersect] {
        check(Command::Combine { layer: ACTIVE, set: &set, mode });
    }
    let target = LayerRef::Id(LayerId(2));
    check(Command::MergeLayers { source: ACTIVE, target });
}

fn reshapes() -> [Reshape; 13] {
    let aabb = spanning([-9; 3], [30, 9, 9]);
    [
        Reshape::Move(Motion::translation([16, -32, 0])),
        Reshape::Move(Motion::translation([1, 2, 3])),
        Reshape::Move(Motion::turn(2, 1, Pos::ZERO)),
        Reshape::Repeat(Motion::flip(0, 1)),
        Reshape::Enlarge(2),
        Reshape::Halve,
        Reshape::Symmetry { axis: 1, sum: 0, high: true },
        Reshape::Dilate(Connectivity::Edges, 2),
        Reshape::Erode(Connectivity::Faces, 2),
        Reshape::Hollow(1),
        Reshape::Crop(aabb),
        Reshape::Recolour(Near { target: RED, tolerance: [0; 4] }, Rgba::BLACK),
        Reshape::Extrude { aabb, axis: 2, times: 5 },
    ]
}

/// Budgets of all sizes: none, the least, and so many that are spread over what commands cost.
fn budgets() -> impl Iterator<Item = u64> {
    let mut random = 7_u64;
    let some = (6..22).step_by(2).map(move |size| {
        random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        (1 << size) + (random >> 40) % (1 << size)
    });
    [0, 1].into_iter().chain(some)
}

#[test]
fn what_is_stopped_has_changed_nothing() {
    let before = project().snapshot();
    let (mut stopped, mut carried_out) = (0, 0);
    for_each_command(|command| {
        let mut whole = before.snapshot();
        let expected = whole.apply(command.clone());
        for budget in budgets() {
            let mut project = before.snapshot();
            match project.apply_within(command.clone(), &Work::within(budget)) {
                Err(Error::OverBudget(most)) => {
                    assert_eq!(most, budget);
                    assert!(project.stack == before.stack, "{command:?} within {budget}");
                    assert_eq!(project.version(), before.version());
                    assert_eq!(project.history_depth(), (0, 0));
                    stopped += 1;
                }
                effect => {
                    assert_eq!(effect, expected, "{command:?} within {budget}");
                    assert!(project.stack == whole.stack, "{command:?} within {budget}");
                    carried_out += 1;
                }
            }
        }
        assert!(whole.undo() && whole.stack == before.stack, "{command:?}");
    });
    assert!(stopped > 150 && carried_out > 50, "{stopped} and {carried_out}");
}
