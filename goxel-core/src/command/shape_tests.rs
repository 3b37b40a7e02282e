//! Shapes, floods, painting and batches, against the plain way.

use goxel_proto::types::Pos;
use proptest::prelude::*;

use super::*;
use crate::{Connectivity, limits};

const RED: Rgba = Rgba::opaque(255, 0, 0);
const BLUE: Rgba = Rgba::opaque(0, 0, 255);
const ACTIVE: LayerRef = LayerRef::Active;

fn project(boxes: &[(Aabb, Rgba)]) -> Project {
    let mut project = Project::new("p", [64; 3]);
    project.apply(Command::SetVoxels { layer: ACTIVE, boxes, voxels: &[] }).unwrap();
    project
}

fn spanning(a: [i32; 3], b: [i32; 3]) -> Aabb {
    Aabb::spanning(a.into(), b.into())
}

fn volume(project: &Project) -> &Volume {
    &project.layers()[0].volume
}

/// How many voxels a shape has.
fn solid(shape: Shape, size: [u32; 3], axis: usize) -> u64 {
    let mut project = project(&[]);
    let solid = Solid { shape, size, center: Pos::new(3, -7, 20), axis };
    let command = Command::AddShape { layer: ACTIVE, solid, rgba: RED };
    let Ok(Effect::Covered(count)) = project.apply(command) else { panic!("{solid:?}") };
    assert_eq!(count, volume(&project).count(), "{solid:?}");
    let bounds = volume(&project).bounds().unwrap();
    assert_eq!(bounds.size(), size.map(u64::from), "{solid:?} touches its box");
    assert!(project.undo() && volume(&project).is_empty());
    count
}

#[test]
fn shapes_have_the_size_that_was_asked_for() {
    assert_eq!(solid(Shape::Box, [3; 3], 2), 27);
    assert_eq!(solid(Shape::Box, [1, 2, 5], 2), 10);
    for shape in [Shape::Ellipsoid, Shape::Cylinder, Shape::Cone, Shape::Pyramid] {
        assert_eq!(solid(shape, [1; 3], 2), 1, "{shape:?}");
    }
    assert_eq!(solid(Shape::Ellipsoid, [2; 3], 2), 8);
    assert_eq!(solid(Shape::Ellipsoid, [3; 3], 2), 19);
    assert_eq!(solid(Shape::Cylinder, [3, 3, 7], 2), 9 * 7);
    assert_eq!(solid(Shape::Cylinder, [7, 5, 5], 0), 21 * 7);
    assert_eq!(solid(Shape::Pyramid, [9, 9, 5], 2), 81 + 49 + 25 + 9 + 1);
    // A sphere's volume is pi / 6 of its cube's, a cone's a third of its cylinder's.
    let ball = solid(Shape::Ellipsoid, [101; 3], 2) as f64 / 101_f64.powi(3);
    assert!((ball - std::f64::consts::PI / 6.0).abs() < 0.01, "{ball}");
    for axis in 0..3 {
        let cone = solid(Shape::Cone, [99; 3], axis) as f64 / 99_f64.powi(3);
        assert!((cone - std::f64::consts::PI / 12.0).abs() < 0.01, "{cone} along {axis}");
    }
}

#[test]
fn a_shape_is_bounded_and_keeps_to_the_range_of_positions() {
    let mut project = project(&[]);
    let mut add = |shape, size, center: [i32; 3]| {
        let solid = Solid { shape, size, center: center.into(), axis: 2 };
        project.apply(Command::AddShape { layer: ACTIVE, solid, rgba: RED })
    };
    let most = [1 << 10; 3];
    assert!(add(Shape::Cone, most, [0; 3]).is_ok());
    let over = [1 << 10, 1 << 10, (1 << 10) + 1];
    let volume = limits::SHAPE_VOXELS_MAX + (1 << 20);
    assert_eq!(add(Shape::Cone, over, [0; 3]), Err(Error::ShapeTooLarge(volume)));
    assert_eq!(
        add(Shape::Box, [u32::MAX, 2, 1], [0; 3]),
        Err(Error::FillTooLarge(2 * u128::from(u32::MAX)))
    );
    let thin = add(Shape::Cylinder, [1, 1, 1 << 30], [0; 3]);
    assert!(matches!(thin, Err(Error::TooManyTiles(_))), "{thin:?}");
    assert_eq!(add(Shape::Ellipsoid, [3; 3], [i32::MAX; 3]), Ok(Effect::Covered(7)));
    assert_eq!(project.history_depth(), (3, 0));
}

#[test]
fn thin_boxes_are_bounded_by_tiles() {
    let mut project = project(&[]);
    let most = 16 * limits::PARTIAL_TILES_MAX as i32;
    let mut fill = |length: i32| {
        let boxes = &[(spanning([0; 3], [length - 1, 0, 0]), RED)];
        project.apply(Command::SetVoxels { layer: ACTIVE, boxes, voxels: &[] })
    };
    assert_eq!(fill(most + 1), Err(Error::TooManyTiles(limits::PARTIAL_TILES_MAX + 1)));
    assert_eq!(fill(most / 64), Ok(Effect::Voxels(i64::from(most / 64))));
    assert_eq!(project.history_depth(), (2, 0), "the empty one, and one box");
}

fn flood(start: [i32; 3]) -> FloodFill {
    FloodFill { start: start.into(), tolerance: 0, connectivity: Connectivity::Faces, bounds: None }
}

fn fill(project: &mut Project, flood: FloodFill) -> Result<Effect> {
    project.apply(Command::Flood { layer: ACTIVE, flood, rgba: BLUE })
}

#[test]
fn a_flood_takes_the_colour_that_hangs_together() {
    let boxes = [
        (spanning([0; 3], [39, 0, 0]), RED),
        (spanning([39, 0, 0], [39, 39, 0]), RED),
        (spanning([41, 39, 0], [60, 39, 0]), RED),
        (spanning([20, 1, 0], [20, 9, 0]), Rgba::opaque(250, 0, 0)),
    ];
    let mut project = project(&boxes);
    assert_eq!(fill(&mut project, flood([0; 3])), Ok(Effect::Covered(79)));
    assert_eq!(volume(&project).get(Pos::new(39, 39, 0)), BLUE);
    assert_eq!(volume(&project).get(Pos::new(41, 39, 0)), RED);
    assert!(project.undo());
    assert_eq!(volume(&project).get(Pos::new(39, 39, 0)), RED);
    let near = FloodFill { tolerance: 5, ..flood([0; 3]) };
    assert_eq!(fill(&mut project, near), Ok(Effect::Covered(88)));
    assert!(project.undo());
    let bounds = Some(spanning([10, 0, 0], [100; 3]));
    assert_eq!(
        fill(&mut project, FloodFill { bounds, ..flood([0; 3]) }),
        Err(Error::OutOfBounds([0; 3]))
    );
    assert_eq!(
        fill(&mut project, FloodFill { bounds, ..flood([10, 0, 0]) }),
        Ok(Effect::Covered(69))
    );
}

#[test]
fn a_flood_of_empty_space_must_be_enclosed() {
    let shell = [(spanning([-20; 3], [20; 3]), RED), (spanning([-19; 3], [19; 3]), Rgba::EMPTY)];
    let mut project = project(&shell);
    assert_eq!(fill(&mut project, flood([0; 3])), Ok(Effect::Covered(39 * 39 * 39)));
    assert!(project.undo());
    let depth = project.history_depth();
    for outside in [[21, 0, 0], [500, 0, 0]] {
        assert_eq!(fill(&mut project, flood(outside)), Err(Error::OpenSpace(outside)));
    }
    let hole = [(spanning([20, 0, 0], [20, 0, 0]), Rgba::EMPTY)];
    project.apply(Command::SetVoxels { layer: ACTIVE, boxes: &hole, voxels: &[] }).unwrap();
    assert_eq!(fill(&mut project, flood([0; 3])), Err(Error::OpenSpace([0; 3])));
    assert_eq!(project.history_depth().0, depth.0 + 1);
    let bounds = Some(spanning([-30; 3], [30; 3]));
    let open = 61_u64.pow(3) - (41_u64.pow(3) - 39_u64.pow(3)) + 1;
    assert_eq!(
        fill(&mut project, FloodFill { bounds, ..flood([0; 3]) }),
        Ok(Effect::Covered(open))
    );
}

#[test]
fn a_flood_is_bounded() {
    let slab = spanning([0; 3], [16 * 1024 - 1, 16 * 256 - 1, 15]);
    assert_eq!(slab.volume(), 4096 * limits::FLOOD_TILES_MAX as u128);
    let mut full = project(&[(slab, RED)]);
    let voxels = 4096 * limits::FLOOD_TILES_MAX as u64;
    let within = |bounds| FloodFill { bounds: Some(bounds), ..flood([0; 3]) };
    assert_eq!(fill(&mut full, within(slab)), Ok(Effect::Covered(voxels)));
    let tunnel = spanning([0; 3], [0, 0, i32::MAX]);
    assert_eq!(fill(&mut project(&[]), within(tunnel)), Err(Error::FloodTooLarge));
}

/// Voxel by voxel, with a list of those that are to be looked at.
fn plain_flood(volume: &Volume, flood: &FloodFill, bounds: Aabb) -> Volume {
    let most = match flood.connectivity {
        Connectivity::Faces => 1,
        Connectivity::Edges => 2,
        Connectivity::Corners => 3,
    };
    let target = volume.get(flood.start);
    let mut filled = volume.clone();
    let mut seen = std::collections::HashSet::from([flood.start]);
    let mut list = vec![flood.start];
    while let Some(at) = list.pop() {
        filled.set(at, BLUE);
        for step in 0..27 {
            let step = [step % 3 - 1, step / 3 % 3 - 1, step / 9 - 1];
            let next = at.checked_add(step.into()).unwrap();
            let moves: i32 = step.iter().map(|axis| axis.abs()).sum();
            let meant = moves <= most && bounds.contains(next) && volume.get(next) == target;
            if meant && seen.insert(next) {
                list.push(next);
            }
        }
    }
    filled
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn floods_reach_what_the_plain_way_reaches(
        places in prop::collection::vec(prop::array::uniform3(-3..20_i32), 1..400),
        start in prop::array::uniform3(-3..20_i32),
        connectivity in prop_oneof![
            Just(Connectivity::Faces), Just(Connectivity::Edges), Just(Connectivity::Corners)
        ],
    ) {
        let mut project = Project::new("p", [0; 3]);
        let voxels: Vec<_> =
            places.iter().map(|&pos| Voxel { pos: pos.into(), rgba: RED }).collect();
        project.apply(Command::SetVoxels { layer: ACTIVE, boxes: &[], voxels: &voxels }).unwrap();
        let bounds = spanning([-4; 3], [21; 3]);
        let flood = FloodFill { connectivity, bounds: Some(bounds), ..flood(start) };
        let expected = plain_flood(volume(&project), &flood, bounds);
        fill(&mut project, flood).unwrap();
        prop_assert!(*volume(&project) == expected);
    }

    #[test]
    fn shapes_are_what_their_formula_says(
        size in prop::array::uniform3(1..40_u32), axis in 0..3_usize, center: [i8; 3],
        shape in prop_oneof![
            Just(Shape::Ellipsoid), Just(Shape::Cylinder), Just(Shape::Cone), Just(Shape::Pyramid)
        ],
    ) {
        let solid =
            Solid { shape, size, center: center.map(i32::from).into(), axis };
        let mut project = project(&[]);
        project.apply(Command::AddShape { layer: ACTIVE, solid, rgba: RED }).unwrap();
        let low = [0, 1, 2].map(|axis| i32::from(center[axis]) - (size[axis] / 2) as i32);
        let mut count = 0;
        for index in 0..size.iter().product::<u32>() {
            let at = [index % size[0], index / size[0] % size[1], index / (size[0] * size[1])];
            let part = |axis: usize| {
                let size = f64::from(size[axis]);
                (f64::from(at[axis]) + 0.5 - size / 2.0) / (size / 2.0)
            };
            let [u, v] = [(axis + 1) % 3, (axis + 2) % 3].map(part);
            let narrow = 1.0 - f64::from(at[axis]) / f64::from(size[axis]);
            let (value, limit) = match shape {
                Shape::Ellipsoid => (u.hypot(v).hypot(part(axis)), 1.0),
                Shape::Cylinder => (u.hypot(v), 1.0),
                Shape::Cone => (u.hypot(v), narrow),
                Shape::Pyramid => (u.abs().max(v.abs()), narrow),
                Shape::Box => (0.0, 1.0),
            };
            let pos = Pos::from([0, 1, 2].map(|axis| low[axis] + at[axis] as i32));
            let there = !volume(&project).get(pos).is_empty();
            // On the very border the formula in fractions may round either way.
            prop_assert!(there == (value <= limit) || (value - limit).abs() < 1e-9, "{:?}", at);
            count += u64::from(there);
        }
        prop_assert_eq!(volume(&project).count(), count);
    }
}

#[test]
fn painting_keeps_to_what_is_there() {
    let mut project = project(&[(spanning([0; 3], [20, 0, 0]), RED)]);
    let mut paint = |aabb| project.apply(Command::Paint { layer: ACTIVE, aabb, rgba: BLUE });
    assert_eq!(paint(spanning([10, 0, 0], [99, 9, 9])), Ok(Effect::Covered(11)));
    assert_eq!(paint(spanning([0; 3], [0; 3])), Ok(Effect::Covered(1)));
    assert_eq!(paint(spanning([0, 1, 0], [0, 1, 0])), Err(Error::NoVoxel([0, 1, 0])));
    assert_eq!(paint(spanning([0, 1, 0], [9, 9, 9])), Ok(Effect::Covered(0)));
    assert_eq!(paint(Aabb::EVERYTHING), Ok(Effect::Covered(21)));
    assert_eq!(project.history_depth(), (4, 0));
    assert!(project.undo() && project.undo() && project.undo());
    assert_eq!(volume(&project).voxels().filter(|(_, rgba)| *rgba == RED).count(), 21);
}

#[test]
fn a_batch_is_one_step() {
    let mut project = project(&[]);
    project.apply(Command::CreateLayer { name: "b", visible: true }).unwrap();
    let before = project.stack.clone();
    let on = |layer: u32, x: i32, act| Operation {
        layer: LayerRef::Id(LayerId(layer)),
        pos: Pos::new(x, 0, 0),
        act,
    };
    let operations = [
        on(1, 0, Act::Set(RED)),
        on(1, 1, Act::Paint(RED)),
        on(1, 0, Act::Paint(BLUE)),
        on(9, 0, Act::Set(RED)),
        on(2, 0, Act::Set(RED)),
        on(1, 0, Act::Set(Rgba::EMPTY)),
        on(1, 7, Act::Set(RED)),
    ];
    let refused = vec![(1, Error::NoVoxel([1, 0, 0])), (3, Error::UnknownLayer(LayerId(9)))];
    assert_eq!(project.apply(Command::Batch(&operations)), Ok(Effect::Refused(refused)));
    let after = project.stack.clone();
    let counts: Vec<_> = project.layers().iter().map(|layer| layer.volume.count()).collect();
    assert_eq!(counts, [1, 1]);
    assert!(project.undo());
    assert_eq!(project.stack, before);
    assert!(project.redo());
    assert_eq!(project.stack, after);
    let depth = project.history_depth();
    assert_eq!(project.apply(Command::Batch(&[])), Ok(Effect::Refused(vec![])));
    assert_eq!(project.history_depth(), depth);
}

#[test]
fn a_shape_is_laid_over_a_layer_in_any_mode() {
    let solid = Solid { shape: Shape::Ellipsoid, size: [9; 3], center: Pos::ZERO, axis: 2 };
    let ball = solid.to_volume(Rgba::WHITE, &Work::unbounded()).expect("small");
    let mut project = Project::new("p", [9; 3]);
    let layer = LayerRef::Active;
    let block = &[(Aabb::spanning(Pos::ZERO, Pos::from([20; 3])), Rgba::BLACK)];
    project.apply(Command::SetVoxels { layer, boxes: block, voxels: &[] }).expect("small");
    let whole = project.count();
    let shared = ball.voxels().filter(|(pos, _)| block[0].0.contains(*pos)).count() as u64;
    let mut check = |mode: BlendMode, left: u64, white: u64| {
        project.apply(Command::Stamp { layer, volume: &ball, mode }).expect("a layer");
        let colours = project.layers()[0].volume.voxels().filter(|(_, c)| *c == Rgba::WHITE);
        assert_eq!((project.count(), colours.count() as u64), (left, white), "{mode:?}");
        assert!(project.undo());
        assert_eq!(project.count(), whole);
    };
    check(BlendMode::Over, whole + ball.count() - shared, ball.count());
    check(BlendMode::Sub, whole - shared, 0);
    check(BlendMode::Paint, whole, shared);
    check(BlendMode::Intersect, shared, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn sets_are_combined_voxel_by_voxel(
        below in boxes(), above in boxes(),
        mode in prop::sample::select(vec![
            Combine::Add, Combine::Subtract, Combine::Paint, Combine::Intersect
        ]),
    ) {
        let mut project = project(&below);
        let before = volume(&project).clone();
        let set = self::project(&above);
        let set = volume(&set);
        let mut expected = std::collections::BTreeMap::from_iter(before.voxels());
        let shared = set.voxels().filter(|(pos, _)| !before.get(*pos).is_empty()).count() as u64;
        let covered = match mode {
            Combine::Add => set.count(),
            Combine::Intersect => before.count() - shared,
            Combine::Paint | Combine::Subtract => shared,
        };
        expected.retain(|pos, _| match mode {
            Combine::Subtract => set.get(*pos).is_empty(),
            Combine::Intersect => !set.get(*pos).is_empty(),
            Combine::Add | Combine::Paint => true,
        });
        for (pos, rgba) in set.voxels() {
            let paints = mode == Combine::Paint && expected.contains_key(&pos);
            if paints || mode == Combine::Add {
                expected.insert(pos, rgba);
            }
        }
        let effect = project.apply(Command::Combine { layer: ACTIVE, set, mode });
        prop_assert_eq!(effect, Ok(Effect::Covered(covered)));
        prop_assert_eq!(std::collections::BTreeMap::from_iter(volume(&project).voxels()), expected);
        prop_assert!(project.undo());
        prop_assert_eq!(volume(&project), &before);
    }
}

/// Boxes around corners of tiles, some of whole tiles, some that shine through.
fn boxes() -> impl Strategy<Value = Vec<(Aabb, Rgba)>> {
    let low = prop::sample::select(vec![-16, -3, 0, 14]);
    let edge = prop::sample::select(vec![1, 3, 16, 35]);
    let corner = [low.clone(), low.clone(), low];
    let colour = prop::sample::select(vec![RED, BLUE, Rgba::new(9, 9, 9, 100)]);
    let one =
        (corner, [edge.clone(), edge.clone(), edge], colour).prop_map(|(low, edges, rgba)| {
            let high = [0, 1, 2].map(|axis| low[axis] + edges[axis] - 1);
            (spanning(low, high), rgba)
        });
    prop::collection::vec(one, 0..4)
}

#[test]
fn tiles_that_stay_are_shared() {
    let mut project = project(&[(spanning([0; 3], [20; 3]), RED)]);
    project
        .apply(Command::SetVoxels {
            layer: ACTIVE,
            boxes: &[],
            voxels: &[Voxel { pos: Pos::new(3, 3, 3), rgba: BLUE }],
        })
        .unwrap();
    let before = volume(&project).clone();
    let whole = self::project(&[(spanning([-16; 3], [31; 3]), BLUE)]);
    let set = volume(&whole);
    project.apply(Command::Combine { layer: ACTIVE, set, mode: Combine::Intersect }).unwrap();
    assert!(volume(&project).same(&before));
}
