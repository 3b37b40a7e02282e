//! Edits with tiles that come when they are asked for give what they give where all are there, and so do
//! changes that are applied elsewhere.

use goxel_core::{BlendMode, Command, Project, TilePos, Volume};
use goxel_proto::types::{Aabb, Combine, LayerId, LayerRef, Pos, Rgba};
use goxel_store::state;
use proptest::prelude::*;

use super::at_hand::{ROOM, model_of, skeleton};
use super::*;

/// A project of three layers that are not alike.
fn sample() -> Project {
    let mut project = Project::new("sample", [64; 3]);
    project.apply(Command::CreateLayer { name: "b", visible: true }).expect("room");
    project.apply(Command::CreateLayer { name: "c", visible: false }).expect("room");
    let id = |id| LayerRef::Id(LayerId(id));
    let boxes = [
        (Aabb { min: [-20, -20, 0], max: [20, 20, 18] }, Rgba::opaque(200, 10, 10)),
        (Aabb { min: [0, 0, 0], max: [16, 16, 16] }, Rgba::opaque(10, 200, 10)),
        (Aabb { min: [40, 3, -40], max: [41, 60, -8] }, Rgba::new(1, 2, 3, 99)),
    ];
    project.apply(Command::SetVoxels { layer: id(1), boxes: &boxes, voxels: &[] }).expect("small");
    let boxes = [(Aabb { min: [-5, -5, -5], max: [6, 6, 60] }, Rgba::opaque(0, 0, 255))];
    project.apply(Command::SetVoxels { layer: id(2), boxes: &boxes, voxels: &[] }).expect("small");
    project
}

/// What the change of a model makes of the project that it began with.
fn applied(project: &Project, change: &[u8]) -> Project {
    let mut applied = project.snapshot();
    if !change.is_empty() {
        state::apply(&mut applied, change).expect("it was written for it");
    }
    applied
}

/// A step of a script.
#[derive(Clone, Debug)]
enum Step {
    Set(u8, Pos, Rgba),
    Get(u8, Pos),
    Fill(u8, Aabb, Rgba),
    Paint(u8, Aabb, Rgba),
    Clear(u8),
    Assign(u8, u8),
    Combine(u8, u8, Combine),
    Lay(u8, u8, BlendMode),
    Duplicate(u8),
    Merge(u8, u8),
    Remove(u8),
    Create,
    Overwrite(u8, Vec<Rgba>),
}

fn pos() -> impl Strategy<Value = Pos> {
    (-24..44_i32, -24..60_i32, -42..62_i32).prop_map(|(x, y, z)| Pos::new(x, y, z))
}

fn rgba() -> impl Strategy<Value = Rgba> {
    prop_oneof![
        Just(Rgba::EMPTY),
        Just(Rgba::opaque(200, 10, 10)),
        Just(Rgba::new(1, 2, 3, 4)),
        any::<[u8; 4]>().prop_map(|parts| Rgba(parts).normalised()),
    ]
}

fn aabb() -> impl Strategy<Value = Aabb> {
    let whole = (-2..3_i64, -2..3_i64, -2..3_i64, 1..3_i64).prop_map(|(x, y, z, edge)| Aabb {
        min: [16 * x, 16 * y, 16 * z],
        max: [x, y, z].map(|axis| 16 * (axis + edge)),
    });
    // Of more tiles than are looked up one by one.
    let large = (pos(), 1..20_i64).prop_map(|(pos, edge)| {
        let min = pos.to_array().map(i64::from);
        Aabb { min, max: [min[0] + 80 + edge, min[1] + 80, min[2] + edge + 40] }
    });
    prop_oneof![(pos(), pos()).prop_map(|(a, b)| Aabb::spanning(a, b)), whole, large]
}

fn step() -> impl Strategy<Value = Step> {
    let modes = prop_oneof![
        Just(Combine::Add),
        Just(Combine::Subtract),
        Just(Combine::Paint),
        Just(Combine::Intersect)
    ];
    let blends = prop_oneof![
        Just(BlendMode::Over),
        Just(BlendMode::Sub),
        Just(BlendMode::Intersect),
        Just(BlendMode::Replace)
    ];
    let layer = || 0..6_u8;
    prop_oneof![
        8 => (layer(), pos(), rgba()).prop_map(|(a, pos, rgba)| Step::Set(a, pos, rgba)),
        4 => (layer(), pos()).prop_map(|(a, pos)| Step::Get(a, pos)),
        4 => (layer(), aabb(), rgba()).prop_map(|(a, aabb, rgba)| Step::Fill(a, aabb, rgba)),
        2 => (layer(), aabb(), rgba()).prop_map(|(a, aabb, rgba)| Step::Paint(a, aabb, rgba)),
        1 => layer().prop_map(Step::Clear),
        3 => (layer(), layer()).prop_map(|(a, b)| Step::Assign(a, b)),
        2 => (layer(), layer(), modes).prop_map(|(a, b, mode)| Step::Combine(a, b, mode)),
        2 => (layer(), layer(), blends).prop_map(|(a, b, mode)| Step::Lay(a, b, mode)),
        2 => layer().prop_map(Step::Duplicate),
        2 => (layer(), layer()).prop_map(|(a, b)| Step::Merge(a, b)),
        1 => layer().prop_map(Step::Remove),
        1 => Just(Step::Create),
        2 => (layer(), prop::collection::vec(rgba(), 1..4)).prop_map(|(a, colours)| Step::Overwrite(a, colours)),
    ]
}

/// The layer that a number means.
fn pick(model: &Model, layer: u8) -> LayerId {
    let layers = model.project().layers();
    layers[usize::from(layer) % layers.len()].id
}

/// Carries a step out. What it found is for comparison.
fn carry_out(model: &mut Model, step: &Step) -> Result<u64> {
    let mut of = |layer: &u8| {
        let id = pick(model, *layer);
        (id, model.volume(id))
    };
    match step {
        Step::Set(a, pos, rgba) => {
            let before = of(a).1.borrow_mut().set(*pos, *rgba)?;
            Ok(u32::from_le_bytes(before.0).into())
        }
        Step::Get(a, pos) => Ok(u32::from_le_bytes(of(a).1.borrow_mut().get(*pos)?.0).into()),
        Step::Fill(a, aabb, rgba) => of(a).1.borrow_mut().fill(aabb, *rgba),
        Step::Paint(a, aabb, rgba) => of(a).1.borrow_mut().paint(aabb, *rgba),
        Step::Clear(a) => of(a).1.borrow_mut().replace(Volume::new()).map(|()| 0),
        Step::Assign(a, b) => {
            let copy = of(b).1.borrow().copy()?;
            of(a).1.borrow_mut().assign(&copy).map(|()| 0)
        }
        Step::Combine(a, b, mode) => {
            let mut copy = of(b).1.borrow().copy()?;
            copy.need_all()?;
            of(a).1.borrow_mut().combine(copy.volume(), *mode)
        }
        Step::Lay(a, b, mode) => {
            let mut copy = of(b).1.borrow().copy()?;
            of(a).1.borrow_mut().lay(&mut copy, *mode).map(|()| 0)
        }
        Step::Duplicate(a) => {
            let id = of(a).0;
            model.duplicate(id).map(|id| id.0.into())
        }
        Step::Merge(a, b) => {
            let (a, b) = (of(a).0, of(b).0);
            model.merge(a, b).map(|()| 0).or(Ok(1))
        }
        Step::Remove(a) => {
            let id = of(a).0;
            model.apply(Command::DeleteLayer(LayerRef::Id(id))).map(|_| 0)
        }
        Step::Create => model.add_layer("more").map(|id| id.0.into()),
        Step::Overwrite(a, colours) => {
            let at = TilePos([0, 0, 1]);
            let mut tile = Tile::EMPTY;
            for index in 0..goxel_core::TILE_VOXELS {
                // All of one colour but for a few.
                tile.set(index, colours[if index < 20 { index % colours.len() } else { 0 }]);
            }
            let volume = of(a).1;
            let mut volume = volume.borrow_mut();
            volume.overwrite([at]);
            volume.change(|volume| {
                volume.replace_tile(at, tile);
                Ok(0)
            })
        }
    }
}

/// What a model has in its layers.
fn contents(model: &mut Model) -> Vec<(LayerId, Volume)> {
    let ids: Vec<LayerId> = model.project().layers().iter().map(|layer| layer.id).collect();
    let mut contents = Vec::new();
    for id in ids {
        let volume = model.volume(id);
        volume.borrow_mut().need_all().expect("the source is there");
        let volume = volume.borrow().volume().clone();
        contents.push((id, volume));
    }
    contents
}

proptest! {
    #[test]
    fn tiles_on_demand_give_what_tiles_at_once_give(steps in prop::collection::vec(step(), 0..24)) {
        let project = sample();
        let (mut lazy, _) = model_of(&project);
        let (mut whole, _) = model_of(&project);
        contents(&mut whole);
        for step in &steps {
            prop_assert_eq!(carry_out(&mut lazy, step), carry_out(&mut whole, step), "{:?}", step);
        }
        let change = lazy.change().expect("the source is there");
        let after = applied(&project, &change);
        // Written twice it is the same: nothing is lost by writing it.
        prop_assert!(applied(&project, &lazy.change().expect("still there")).layers() == after.layers());
        let expected = contents(&mut whole);
        for ((id, volume), layer) in expected.iter().zip(after.layers()) {
            prop_assert_eq!(*id, layer.id);
            prop_assert!(*volume == layer.volume, "layer {}", id.0);
        }
        prop_assert_eq!(expected.len(), after.layers().len());
        prop_assert_eq!(after.active(), lazy.project().active());
        let of_whole = applied(&project, &whole.into_change().expect("still there"));
        prop_assert!(of_whole.layers() == after.layers());
    }
}

#[test]
fn nothing_is_changed_by_looking() {
    let project = sample();
    let (mut model, log) = model_of(&project);
    assert_eq!(model.change(), Ok(Vec::new()));
    contents(&mut model);
    assert_eq!(model.change(), Ok(Vec::new()));
    assert_eq!(
        log.borrow().tiles,
        project.layers().iter().map(|layer| layer.volume.tiles().count()).sum()
    );
}

#[test]
fn what_was_filled_together_stays_where_single_voxels_are_set_in_it() {
    let (mut model, _) = model_of(&Project::new("", [1; 3]));
    let volume = model.volume(LayerId(1));
    let mut volume = volume.borrow_mut();
    volume.fill(&Aabb { min: [0; 3], max: [160, 160, 1] }, Rgba::BLACK).expect("small");
    volume.set(Pos::new(3, 3, 0), Rgba::WHITE).expect("there");
    volume.fill(&Aabb { min: [50, 50, 0], max: [52, 51, 1] }, Rgba::WHITE).expect("small");
    assert_eq!(volume.volume().count(), 160 * 160);
}

#[test]
fn one_voxel_takes_one_tile_and_is_a_small_change() {
    let project = sample();
    let (mut model, log) = model_of(&project);
    let volume = model.volume(LayerId(1));
    volume.borrow_mut().set(Pos::new(1, 1, 1), Rgba::WHITE).expect("there");
    let change = model.change().expect("there");
    assert!(change.len() < 64, "{} bytes", change.len());
    assert_eq!((log.borrow().messages, log.borrow().tiles, log.borrow().places), (1, 1, 0));
}

#[test]
fn a_layer_that_is_copied_is_a_small_change() {
    let mut project = sample();
    let boxes = [(Aabb { min: [0; 3], max: [301; 3] }, Rgba::opaque(9, 9, 9))];
    let layer = LayerRef::Id(LayerId(1));
    project.apply(Command::SetVoxels { layer, boxes: &boxes, voxels: &[] }).expect("small");
    let (mut model, log) = model_of(&project);
    let copy = model.duplicate(LayerId(1)).expect("room");
    let change = model.change().expect("there");
    assert!(change.len() < 400, "{} bytes", change.len());
    assert_eq!((log.borrow().tiles, log.borrow().places), (1, 1));
    let after = applied(&project, &change);
    let volume = &after.layer(LayerRef::Id(copy)).expect("made").volume;
    assert!(volume.same(&project.layers()[0].volume));
}

#[test]
fn neighbours_come_along_the_better_that_went() {
    let mut project = Project::new("", [1; 3]);
    let boxes = [(Aabb { min: [0; 3], max: [512, 512, 64] }, Rgba::WHITE)];
    project
        .apply(Command::SetVoxels { layer: LayerRef::Active, boxes: &boxes, voxels: &[] })
        .expect("small");
    let (mut model, log) = model_of(&project);
    let volume = model.volume(LayerId(1));
    for y in (0..512).step_by(16) {
        for x in (0..512).step_by(16) {
            volume.borrow_mut().get(Pos::new(x, y, 3)).expect("there");
        }
    }
    let log = log.borrow();
    assert!(log.messages < 40, "{log:?}");
    assert_eq!(log.places, 1);
}

#[test]
fn volumes_have_a_bound() {
    let project = sample();
    let (model, _) = model_of(&project);
    let mut volume = model.detached();
    let mut step = 0_u32;
    let refused = loop {
        // Each in a tile of its own, which is dense soon.
        for colour in 0..300 {
            let x = (step * 16 + colour % 16) as i32;
            let set = volume.set(
                Pos::new(x, (colour / 16) as i32 % 16, 0),
                Rgba::opaque(colour as u8, 1, (colour >> 8) as u8),
            );
            if let Err(refused) = set {
                return assert_eq!(refused, Refusal::NoRoom(ROOM));
            }
        }
        step += 1;
        if step > 1 << 20 {
            break step;
        }
    };
    panic!("nothing was refused in {refused} steps");
}

#[test]
fn what_is_dropped_gives_its_room_back() {
    let (model, _) = model_of(&sample());
    for _ in 0..1000 {
        let mut volume = model.detached();
        for x in 0..1000 {
            volume.set(Pos::new(16 * x, 0, 0), Rgba::WHITE).expect("there is room again");
        }
        drop(volume.copy().expect("room"));
    }
    assert_eq!(model.check_room(ROOM), Ok(()));
}

#[test]
fn a_source_that_is_lost_ends_the_script() {
    let project = sample();
    let (mut model, log) = model_of(&project);
    let ended = model.ended();
    let volume = model.volume(LayerId(1));
    log.borrow_mut().until = Some(0);
    let refused = volume.borrow_mut().get(Pos::ZERO);
    assert!(matches!(refused, Err(Refusal::Lost(_))), "{refused:?}");
    assert!(ended.get());
    assert_eq!(skeleton(&project).count(), 0);
}
