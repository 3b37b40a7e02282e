//! Each way of reshaping against the same done voxel by voxel.

use std::collections::BTreeMap;

use goxel_proto::types::Pos;
use proptest::prelude::*;

use super::*;
use crate::{Error, limits};

type Plain = BTreeMap<Pos, Rgba>;

fn plain(volume: &Volume) -> Plain {
    volume.voxels().collect()
}

/// A volume of some boxes and voxels around corners of tiles.
fn volumes() -> impl Strategy<Value = Volume> {
    let corner = || prop::sample::select(vec![-130, -17, -1, 0, 14, 16, 120]);
    let pos = || [corner(), corner(), corner()].prop_map(Pos::from);
    let colour = || (1..4u8).prop_map(|red| Rgba::opaque(red, 9, 9));
    let boxes = prop::collection::vec((pos(), [0..9i32, 0..9, 0..9], colour()), 0..4);
    (boxes, prop::collection::vec((pos(), colour()), 0..9)).prop_map(|(boxes, voxels)| {
        let mut volume: Volume = voxels.into_iter().collect();
        for (pos, size, rgba) in boxes {
            let other = [0, 1, 2].map(|axis| pos.to_array()[axis] + size[axis]);
            volume.fill(&Aabb::spanning(pos, other.into()), rgba);
        }
        volume
    })
}

fn connectivity() -> impl Strategy<Value = Connectivity> {
    prop::sample::select(vec![Connectivity::Faces, Connectivity::Edges, Connectivity::Corners])
}

fn neighbours(pos: Pos, connectivity: Connectivity) -> impl Iterator<Item = Pos> {
    let most = match connectivity {
        Connectivity::Faces => 1,
        Connectivity::Edges => 2,
        Connectivity::Corners => 3,
    };
    (0..27).map(|slot: i32| [slot % 3 - 1, slot / 3 % 3 - 1, slot / 9 - 1]).filter_map(move |d| {
        let away: i32 = d.iter().map(|axis| axis.abs()).sum();
        (away > 0 && away <= most).then(|| pos.checked_add(Pos::from(d)))?
    })
}

fn check(volume: &Volume, reshape: Reshape, expected: impl IntoIterator<Item = (Pos, Rgba)>) {
    let expected: Plain = expected.into_iter().collect();
    let reshaped = reshape.apply(volume, &Work::unbounded()).expect("in range");
    assert_eq!(plain(&reshaped), expected, "{reshape:?}");
    assert_eq!(reshaped.count(), expected.len() as u64, "{reshape:?}");
}

fn moved(volume: &Volume, place: impl Fn([i32; 3]) -> [i32; 3]) -> Plain {
    volume.voxels().map(|(pos, rgba)| (Pos::from(place(pos.to_array())), rgba)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn moves_take_every_voxel_along(volume in volumes(), by in [-40..40i32, -3..3, 0..2]) {
        let shift = Motion::translation(by.map(i64::from));
        let shifted = moved(&volume, |at| [0, 1, 2].map(|axis| at[axis] + by[axis]));
        check(&volume, Reshape::Move(shift), shifted.clone());
        let tiles = Motion::translation(by.map(|axis| i64::from(axis) * 16));
        let by_tiles = moved(&volume, |at| [0, 1, 2].map(|axis| at[axis] + 16 * by[axis]));
        check(&volume, Reshape::Move(tiles), by_tiles);
        let mut both = shifted;
        both.extend(plain(&volume));
        check(&volume, Reshape::Repeat(shift), both);
        let flip = Reshape::Move(Motion::flip(1, i64::from(by[0])));
        check(&volume, flip, moved(&volume, |[x, y, z]| [x, by[0] - y, z]));
    }

    #[test]
    fn quarter_turns_go_round(volume in volumes(), axis in 0..3usize, pivot in -20..20i32) {
        let pivot = Pos::new(pivot, 2 * pivot, 5);
        let turned = Motion::turn(2, 1, pivot);
        let [px, py, _] = pivot.to_array();
        let expected = moved(&volume, |[x, y, z]| [px - (y - py), py + (x - px), z]);
        check(&volume, Reshape::Move(turned), expected);
        let mut round = volume.clone();
        for quarters in [1, 2, -4, -3, 4] {
            round = Reshape::Move(Motion::turn(axis, quarters, pivot)).apply(&round, &Work::unbounded()).expect("room");
        }
        prop_assert_eq!(&round, &volume);
    }

    #[test]
    fn what_is_enlarged_is_halved_back(volume in volumes(), edge in 1..4u32) {
        let large = Reshape::Enlarge(edge).apply(&volume, &Work::unbounded()).expect("room");
        prop_assert_eq!(large.count(), volume.count() * u64::from(edge).pow(3));
        let back = |pos: Pos| pos.map(|axis| axis.div_euclid(edge as i32));
        prop_assert!(large.voxels().all(|(pos, rgba)| volume.get(back(pos)) == rgba));
        let double = Reshape::Enlarge(2).apply(&volume, &Work::unbounded()).expect("room");
        check(&double, Reshape::Halve, plain(&volume));
    }

    #[test]
    fn halving_goes_by_the_most_frequent_colour(volume in volumes()) {
        let mut counts: BTreeMap<Pos, BTreeMap<Rgba, usize>> = BTreeMap::new();
        for (pos, rgba) in volume.voxels() {
            *counts.entry(pos.map(|axis| axis >> 1)).or_default().entry(rgba).or_default() += 1;
        }
        let most = |colours: BTreeMap<Rgba, usize>| {
            let most = colours.values().max().copied();
            colours.into_iter().find(|(_, count)| Some(*count) == most).map(|(rgba, _)| rgba)
        };
        let expected = counts.into_iter().filter_map(|(pos, at)| Some((pos, most(at)?)));
        check(&volume, Reshape::Halve, expected);
    }

    #[test]
    fn growing_and_shrinking_go_by_neighbours(volume in volumes(), connectivity in connectivity()) {
        let there = |pos: Pos| !volume.get(pos).is_empty();
        let kept = plain(&volume).into_iter().filter(|(p, _)| neighbours(*p, connectivity).all(there));
        check(&volume, Reshape::Erode(connectivity, 1), kept);
        let mut grown = plain(&volume);
        for pos in plain(&volume).keys().flat_map(|&pos| neighbours(pos, connectivity)) {
            let near = neighbours(pos, connectivity).find(|&near| there(near)).map(|near| volume.get(near));
            grown.entry(pos).or_insert(near.unwrap_or_default());
        }
        check(&volume, Reshape::Dilate(connectivity, 1), grown);
    }

    #[test]
    fn steps_are_one_after_another(volume in volumes(), connectivity in connectivity(), steps in 0..4u32) {
        let (mut grown, mut left) = (volume.clone(), volume.clone());
        for _ in 0..steps {
            grown = Reshape::Dilate(connectivity, 1).apply(&grown, &Work::unbounded()).expect("small");
            left = Reshape::Erode(connectivity, 1).apply(&left, &Work::unbounded()).expect("small");
        }
        check(&volume, Reshape::Dilate(connectivity, steps), plain(&grown));
        check(&volume, Reshape::Erode(connectivity, steps), plain(&left));
    }

    #[test]
    fn symmetry_goes_by_one_side(
        volume in volumes(), axis in 0..3usize, sum in -40..40i64, high: bool,
    ) {
        let mut expected = Plain::new();
        for (pos, rgba) in plain(&volume) {
            let mut at = pos.to_array();
            let twice = 2 * i64::from(at[axis]);
            if if high { twice >= sum } else { twice <= sum } {
                expected.insert(pos, rgba);
                at[axis] = i32::try_from(sum).expect("small") - at[axis];
                expected.insert(at.into(), rgba);
            }
        }
        check(&volume, Reshape::Symmetry { axis, sum, high }, expected);
    }

    #[test]
    fn shells_and_crops(volume in volumes(), layers in 0..4u32, low in -20..20i32) {
        let mut inside = volume.clone();
        for _ in 0..layers {
            inside = Reshape::Erode(Connectivity::Faces, 1).apply(&inside, &Work::unbounded()).expect("fewer");
        }
        let shell = plain(&volume).into_iter().filter(|(pos, _)| inside.get(*pos).is_empty());
        check(&volume, Reshape::Hollow(layers), shell);
        let aabb = Aabb::spanning(Pos::from([low; 3]), Pos::new(17, 0, 130));
        let mut within = plain(&volume);
        within.retain(|pos, _| aabb.contains(*pos));
        check(&volume, Reshape::Crop(aabb), within.clone());
        prop_assert_eq!(plain(&volume.region(&aabb, &Work::unbounded()).expect("no budget")), within.clone());
        let step = (aabb.max[2] - aabb.min[2]) as i32;
        let mut extruded = plain(&volume);
        for (pos, rgba) in within {
            for time in 1..=2 {
                extruded.entry(Pos { z: pos.z - time * step, ..pos }).or_insert(rgba);
            }
        }
        check(&volume, Reshape::Extrude { aabb, axis: 2, times: -2 }, extruded);
        let near = Near { target: Rgba::opaque(2, 9, 9), tolerance: [1, 0, 0, 0] };
        let red = |(pos, known): (Pos, Rgba)| {
            (pos, if near.matches(known) { Rgba::WHITE } else { known })
        };
        check(&volume, Reshape::Recolour(near, Rgba::WHITE), plain(&volume).into_iter().map(red));
    }
}

/// A block of very many colours beside one of a few and one of a single colour.
fn every_form() -> Volume {
    let mut volume = Volume::new();
    volume.fill(&Aabb::spanning(Pos::new(20, -5, 0), Pos::new(70, 40, 40)), Rgba::WHITE);
    let mut random = 1_u32;
    for at in 0..24 * 24 * 24 {
        random = random.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
        let [_, r, g, b] = random.to_le_bytes();
        let place = Pos::new(at % 24, at / 24 % 24, at / 24 / 24);
        volume.set(place, Rgba::opaque(r, g, b));
        volume.set(Pos { y: place.y + 30, ..place }, Rgba::opaque(r % 90, 0, b % 2));
        if b > 99 {
            volume.set(Pos { z: place.z - 50, ..place }, Rgba::opaque(1, 2, r % 3));
        }
    }
    volume
}

#[test]
fn every_form_of_tile_is_moved_voxel_by_voxel() {
    let volume = every_form();
    let turns = (0..3).flat_map(|axis| (0..4).map(move |quarters| (axis, quarters)));
    let turns = turns.map(|(axis, quarters)| Motion::turn(axis, quarters, Pos::new(3, 4, 5)));
    let flips = (0..3).flat_map(|axis| [-1, 15, 20].map(|sum| Motion::flip(axis, sum)));
    let shifts = [[1, 0, 0], [-7, 16, 3], [160, 32, 48], [128, -256, 0]].map(Motion::translation);
    for motion in turns.chain(flips).chain(shifts) {
        let place = |at: [i32; 3]| motion.map_box(&Aabb::of(at.into())).min.map(|axis| axis as i32);
        check(&volume, Reshape::Move(motion), moved(&volume, place));
    }
    for edge in [1, 2, 3, 17] {
        let small = volume
            .region(&Aabb::spanning(Pos::new(8, 8, 8), Pos::new(22, 20, 19)), &Work::unbounded());
        let small = small.expect("no budget");
        let large = Reshape::Enlarge(edge).apply(&small, &Work::unbounded()).expect("room");
        assert_eq!(large.count(), small.count() * u64::from(edge).pow(3));
        let back = |pos: Pos| pos.map(|axis| axis.div_euclid(edge as i32));
        assert!(large.voxels().all(|(pos, rgba)| small.get(back(pos)) == rgba));
    }
}

#[test]
fn every_form_of_tile_grows_and_shrinks_voxel_by_voxel() {
    let volume = every_form();
    let there = |pos: Pos| !volume.get(pos).is_empty();
    for connectivity in [Connectivity::Faces, Connectivity::Edges, Connectivity::Corners] {
        let kept = volume.voxels().filter(|(pos, _)| neighbours(*pos, connectivity).all(there));
        check(&volume, Reshape::Erode(connectivity, 1), kept);
        let mut grown = plain(&volume);
        for pos in volume.voxels().flat_map(|(pos, _)| neighbours(pos, connectivity)) {
            let first = || neighbours(pos, connectivity).find(|&near| there(near));
            grown.entry(pos).or_insert_with(|| first().map_or(Rgba::EMPTY, |at| volume.get(at)));
        }
        check(&volume, Reshape::Dilate(connectivity, 1), grown);
    }
}

#[test]
fn nothing_leaves_the_range_of_positions() {
    let end = Pos::new(i32::MAX, 0, i32::MIN);
    let volume: Volume = [(end, Rgba::WHITE)].into_iter().collect();
    let refused = |reshape: Reshape| {
        assert_eq!(reshape.apply(&volume, &Work::unbounded()), Err(Error::OutOfRange));
    };
    refused(Reshape::Move(Motion::translation([1, 0, 0])));
    refused(Reshape::Move(Motion::translation([0, 0, i64::MIN])));
    refused(Reshape::Move(Motion::flip(2, 0)));
    refused(Reshape::Enlarge(2));
    let kept = Reshape::Move(Motion::flip(2, -1)).apply(&volume, &Work::unbounded());
    assert_eq!(kept.map(|kept| kept.get(Pos { z: i32::MAX, ..end })), Ok(Rgba::WHITE));
    // At the end there is nothing to grow into.
    let grown = Reshape::Dilate(Connectivity::Faces, 1).apply(&volume, &Work::unbounded());
    assert_eq!(grown.map(|grown| grown.count()), Ok(5));
}

#[test]
fn reshaping_is_bounded() {
    let one: Volume = [(Pos::ZERO, Rgba::WHITE)].into_iter().collect();
    let enlarged = |edge| Reshape::Enlarge(edge).apply(&one, &Work::unbounded());
    assert_eq!(enlarged(16 * 30).map(|large| large.count()), Ok(480_u64.pow(3)));
    assert_eq!(enlarged(16 * 1000), Err(Error::ReshapeTooLarge(1_000_000_000)));
    let budget = Reshape::Enlarge(1600).apply(&one, &Work::within(1 << 20));
    assert_eq!(budget, Err(Error::OverBudget(1 << 20)));
}

#[test]
fn repeating_far_apart_is_bounded_by_tiles() {
    let volume: Volume = [(Pos::ZERO, Rgba::WHITE)].into_iter().collect();
    let aabb = Aabb::spanning(Pos::ZERO, Pos::new(99, 0, 0));
    let most = i32::try_from(limits::PARTIAL_TILES_MAX).expect("small");
    let extruded =
        |times| Reshape::Extrude { aabb, axis: 0, times }.apply(&volume, &Work::unbounded());
    assert_eq!(extruded(2000).map(|all| all.count()), Ok(2001));
    assert_eq!(extruded(most + 1), Err(Error::TooManyTiles(limits::PARTIAL_TILES_MAX + 1)));
    assert_eq!(extruded(-most - 1), Err(Error::TooManyTiles(limits::PARTIAL_TILES_MAX + 1)));
}

#[test]
fn the_steps_of_growing_are_bounded_together() {
    let volume: Volume = [(Pos::ZERO, Rgba::WHITE)].into_iter().collect();
    let grown =
        |steps| Reshape::Dilate(Connectivity::Corners, steps).apply(&volume, &Work::unbounded());
    assert_eq!(grown(20).map(|grown| grown.count()), Ok(41 * 41 * 41));
    let reshape = Reshape::Dilate(Connectivity::Corners, u32::MAX);
    let endless = reshape.apply(&volume, &Work::within(1 << 28));
    assert_eq!(endless, Err(Error::OverBudget(1 << 28)));
}
