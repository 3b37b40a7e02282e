//! Commands of extreme values: none panics, one that is refused or stopped leaves the project as it
//! was, and undoing all leaves nothing.
#![no_main]

use goxel_core::analysis::Near;
use goxel_core::{
    BlendMode, Command, Connectivity, FloodFill, Motion, Project, Reshape, Shape, Solid, Volume,
    Work,
};
use goxel_fuzz::Input;
use goxel_proto::types::{Aabb, Combine, LayerRef, Pos, Rgba, Voxel};
use libfuzzer_sys::fuzz_target;

/// Commands of one input.
const COMMANDS_MAX: usize = 12;
/// What one command may do: more is stopped, which is what is tested.
const UNITS_MAX: u64 = 1 << 20;
/// Voxels that a project may come to before the next command would take too long to compare.
const VOXELS_MAX: u64 = 1 << 22;
/// What a command may do past its bound: no step between two looks at it is longer.
const STEP_UNITS_MAX: u64 = 1 << 16;

fuzz_target!(|bytes: &[u8]| {
    let mut input = Input(bytes);
    let mut project = Project::new("fuzz", [8; 3]);
    for _ in 0..COMMANDS_MAX {
        if input.is_empty() || project.count() > VOXELS_MAX {
            break;
        }
        let before = project.snapshot();
        let bound = (u64::from(input.byte()) << (input.byte() % 13)).min(UNITS_MAX);
        let work = Work::within(bound);
        let failed = apply(&mut project, &mut input, &work).is_err();
        assert!(work.done() <= bound + STEP_UNITS_MAX, "{work:?} did more than it may");
        if failed {
            assert_eq!(project.version(), before.version());
            let pairs = project.layers().iter().zip(before.layers());
            pairs.for_each(|(now, then)| assert!(now.volume.same(&then.volume) || now == then));
        }
    }
    while project.undo() {}
    if !project.history_truncated() {
        assert_eq!(project.count(), 0, "all is undone");
    }
});

fn apply(project: &mut Project, input: &mut Input<'_>, work: &Work<'_>) -> goxel_core::Result<()> {
    let layer = LayerRef::Active;
    let rgba = Rgba::new(input.byte(), input.byte(), 7, if input.byte() > 40 { 255 } else { 0 });
    let connectivity =
        [Connectivity::Faces, Connectivity::Edges, Connectivity::Corners][input.below(3)];
    let axis = input.below(3);
    let reshape = |reshape| Command::Reshape { layer, reshape };
    let (voxels, boxes, volume);
    let command = match input.below(16) {
        0 => {
            voxels =
                (0..input.below(20)).map(|_| Voxel { pos: pos(input), rgba }).collect::<Vec<_>>();
            Command::SetVoxels { layer, boxes: &[], voxels: &voxels }
        }
        1 => {
            boxes = [(aabb(input), rgba), (aabb(input), Rgba::WHITE)];
            Command::SetVoxels { layer, boxes: &boxes, voxels: &[] }
        }
        2 => Command::Paint { layer, aabb: aabb(input), rgba },
        3 => {
            let bounds = (input.byte() > 99).then(|| aabb(input));
            let flood =
                FloodFill { start: pos(input), tolerance: input.byte(), connectivity, bounds };
            Command::Flood { layer, flood, rgba }
        }
        4 => {
            let shapes =
                [Shape::Box, Shape::Ellipsoid, Shape::Cylinder, Shape::Cone, Shape::Pyramid];
            let shape = shapes[input.below(5)];
            let size = [(); 3].map(|()| input.coordinate().unsigned_abs());
            let solid = Solid { shape, size, center: pos(input), axis };
            Command::AddShape { layer, solid, rgba }
        }
        5 => reshape(Reshape::Move(motion(input, axis))),
        6 => reshape(Reshape::Repeat(motion(input, axis))),
        7 => reshape(Reshape::Enlarge(input.coordinate().unsigned_abs())),
        8 => reshape(Reshape::Halve),
        9 => {
            let sum = i64::from(input.coordinate());
            reshape(Reshape::Symmetry { axis, sum, high: input.byte() > 127 })
        }
        10 => reshape(Reshape::Dilate(connectivity, input.coordinate().unsigned_abs())),
        11 => reshape(Reshape::Erode(connectivity, input.coordinate().unsigned_abs())),
        12 => reshape(Reshape::Hollow(input.coordinate().unsigned_abs())),
        13 => reshape(Reshape::Crop(aabb(input))),
        14 => reshape(Reshape::Extrude { aabb: aabb(input), axis, times: input.coordinate() }),
        _ => {
            let near = Near { target: rgba, tolerance: [input.byte(); 4] };
            volume = (0..input.below(9)).map(|_| (pos(input), rgba)).collect::<Volume>();
            match input.below(3) {
                0 => reshape(Reshape::Recolour(near, Rgba::WHITE)),
                1 => Command::Stamp { layer, volume: &volume, mode: BlendMode::Over },
                _ => Command::Combine { layer, set: &volume, mode: Combine::Add },
            }
        }
    };
    project.apply_within(command, work).map(|_| ())
}

fn pos(input: &mut Input<'_>) -> Pos {
    Pos::from([(); 3].map(|()| input.coordinate()))
}

fn aabb(input: &mut Input<'_>) -> Aabb {
    let [a, b] = [(); 2].map(|()| [(); 3].map(|()| i64::from(input.coordinate())));
    Aabb {
        min: [0, 1, 2].map(|axis| a[axis].min(b[axis])),
        max: [0, 1, 2].map(|axis| a[axis].max(b[axis]) + 1),
    }
}

fn motion(input: &mut Input<'_>, axis: usize) -> Motion {
    match input.below(3) {
        0 => Motion::translation([(); 3].map(|()| i64::from(input.coordinate()))),
        1 => Motion::flip(axis, i64::from(input.coordinate()) * 2),
        _ => Motion::turn(axis, input.coordinate(), pos(input)),
    }
}
