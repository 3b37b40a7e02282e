//! The volume against a plain map, through every operation.

use std::collections::{BTreeMap, BTreeSet};

use goxel_proto::types::Aabb;
use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Op {
    Set(Pos, Rgba),
    /// Through an accessor: reads where there is no colour.
    Access(Vec<(Pos, Option<Rgba>)>),
    Fill(Pos, Pos, Rgba),
    MoveTile(Pos, Pos),
    Compact,
    Snapshot,
}

fn pos() -> impl Strategy<Value = Pos> {
    // Around corners of tiles and pages, and at both ends of the range.
    let near = prop::sample::select(vec![0, 16, 127, -128, i32::MIN + 3, i32::MAX - 3]);
    let axis = (near, -3..=3i32).prop_map(|(corner, step)| corner + step);
    [axis.clone(), axis.clone(), axis].prop_map(Pos::from)
}

fn rgba() -> impl Strategy<Value = Rgba> {
    (0..3u8, prop::sample::select(vec![0u8, 1, 255])).prop_map(|(r, a)| Rgba::new(r, 5, 5, a))
}

/// Some voxels here and there and some along a row, as far as a cursor holds tiles and rows.
fn accesses() -> impl Strategy<Value = Vec<(Pos, Option<Rgba>)>> {
    let colour = || prop_oneof![1 => Just(None), 2 => rgba().prop_map(Some)];
    let single = (pos(), colour()).prop_map(|access| vec![access]);
    let along = (pos(), prop::collection::vec(colour(), 1..40)).prop_map(|(start, colours)| {
        let place = |(x, colour)| (Pos { x: start.x.saturating_add(x), ..start }, colour);
        (0..).zip(colours).map(place).collect()
    });
    prop::collection::vec(prop_oneof![single, along], 1..12).prop_map(|parts| parts.concat())
}

fn op() -> impl Strategy<Value = Op> {
    let near = [-2..2i32, -2..2, -2..2];
    let wide = [-9..40i32, -9..40, -9..40];
    prop_oneof![
        4 => (pos(), rgba()).prop_map(|(p, c)| Op::Set(p, c)),
        3 => accesses().prop_map(Op::Access),
        2 => (pos(), prop_oneof![near, wide], rgba()).prop_map(|(p, d, c)| {
            let other = [0, 1, 2].map(|axis| p.to_array()[axis].saturating_add(d[axis]));
            Op::Fill(p, other.into(), c)
        }),
        1 => (pos(), pos()).prop_map(|(a, b)| Op::MoveTile(a, b)),
        1 => Just(Op::Compact),
        1 => Just(Op::Snapshot),
    ]
}

/// What a volume is, in the plainest way.
#[derive(Clone, Default, PartialEq, Debug)]
struct DenseBody(BTreeMap<Pos, Rgba>);

impl DenseBody {
    fn set(&mut self, pos: Pos, rgba: Rgba) -> Rgba {
        let old = if rgba.is_empty() { self.0.remove(&pos) } else { self.0.insert(pos, rgba) };
        old.unwrap_or_default()
    }

    fn get(&self, pos: Pos) -> Rgba {
        self.0.get(&pos).copied().unwrap_or_default()
    }

    /// Whether only tiles among `changed` differ from what was before.
    fn differs_only_in(&self, before: &Self, changed: &BTreeSet<TilePos>) -> bool {
        let places = self.0.keys().chain(before.0.keys());
        places
            .filter(|&&pos| self.get(pos) != before.get(pos))
            .all(|&pos| changed.contains(&TilePos::of(pos)))
    }

    fn bounds(&self) -> Option<Aabb> {
        self.0.keys().map(|&pos| Aabb::of(pos)).reduce(|a, b| a.union(&b))
    }
}

fn apply(op: &Op, volume: &mut Volume, plain: &mut DenseBody) {
    match op {
        Op::Set(pos, rgba) => assert_eq!(volume.set(*pos, *rgba), plain.set(*pos, *rgba)),
        Op::Access(voxels) => {
            let mut accessor = volume.accessor();
            for &(pos, rgba) in voxels {
                match rgba {
                    None => assert_eq!(accessor.get(pos), plain.get(pos)),
                    Some(rgba) if (pos.x ^ pos.y) % 3 == 0 => {
                        accessor.set(pos, rgba);
                        plain.set(pos, rgba);
                    }
                    Some(rgba) => assert_eq!(accessor.replace(pos, rgba), plain.set(pos, rgba)),
                }
            }
        }
        Op::Fill(a, b, rgba) => {
            let aabb = Aabb::spanning(*a, *b);
            volume.fill(&aabb, *rgba);
            for z in aabb.min[2]..aabb.max[2] {
                for y in aabb.min[1]..aabb.max[1] {
                    for x in aabb.min[0]..aabb.max[0] {
                        plain.set(Pos::new(x as i32, y as i32, z as i32), *rgba);
                    }
                }
            }
        }
        Op::MoveTile(from, to) => {
            let (from, to) = (TilePos::of(*from), TilePos::of(*to));
            let tile = volume.tile(from).to_tile();
            volume.replace_tile(to, tile.clone());
            for index in 0..TILE_VOXELS {
                plain.set(to.voxel(index), tile.get(index));
            }
        }
        Op::Compact => volume.compact(),
        Op::Snapshot => {}
    }
}

/// What [`Volume::bytes`] should be.
fn counted_bytes(volume: &Volume) -> usize {
    let tiles = volume.tiles().filter_map(|(_, tile)| match tile {
        TileRef::Stored(tile) => Some(tile.own_bytes()),
        TileRef::Uniform(_) => None,
    });
    tiles.sum::<usize>() + volume.root.pages().map(|(_, page)| page.heap_bytes()).sum::<usize>()
}

/// Does the same to a volume and to a plain map, and compares them and all their snapshots.
fn check(ops: &[Op]) {
    let (mut volume, mut plain) = (Volume::new(), DenseBody::default());
    let mut snapshots = vec![(volume.clone(), plain.clone())];
    for op in ops {
        apply(op, &mut volume, &mut plain);
        assert_eq!(volume.count(), plain.0.len() as u64);
        assert_eq!(volume.bytes(), counted_bytes(&volume));
        if matches!(op, Op::Snapshot) {
            snapshots.push((volume.clone(), plain.clone()));
        }
    }
    for (before, plain_before) in &snapshots {
        let changed = volume.changed_tiles(before).collect();
        assert!(plain.differs_only_in(plain_before, &changed));
        assert_eq!(before.changed_tiles(&volume).collect::<BTreeSet<_>>(), changed);
    }
    snapshots.push((volume, plain));
    for (volume, plain) in snapshots {
        assert_eq!(volume.bounds(), plain.bounds());
        assert_eq!(DenseBody(volume.voxels().collect()), plain);
        let mut reader = volume.reader();
        assert!(plain.0.iter().all(|(&pos, &rgba)| volume.get(pos) == rgba));
        assert!(plain.0.iter().all(|(&pos, &rgba)| reader.get(pos) == rgba));
        assert_eq!(plain.0.clone().into_iter().collect::<Volume>(), volume);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_volume_is_a_map_from_positions(ops in prop::collection::vec(op(), 1..24)) {
        check(&ops);
    }
}

#[test]
fn an_accessor_leaves_the_end_of_the_range() {
    let colour = |a: u8| Some(Rgba([0, 5, 5, a]));
    let far = Pos::new(i32::MAX - 3, 0, 0);
    check(&[Op::Access(vec![(far, colour(1)), (Pos::new(16, 0, 128), colour(0))])]);
}

#[test]
fn a_solid_block_costs_next_to_nothing() {
    let mut volume = Volume::new();
    volume.fill(&Aabb::spanning(Pos::ZERO, Pos::from([511; 3])), Rgba::WHITE);
    assert_eq!(volume.count(), 1 << 27);
    assert!(volume.heap_bytes() <= 64 << 10, "{} bytes", volume.heap_bytes());
    assert_eq!(volume.bounds().map(|aabb| aabb.size()), Some([512; 3]));
    assert_eq!(volume.set(Pos::from([100; 3]), Rgba::EMPTY), Rgba::WHITE);
    assert_eq!(volume.count(), (1 << 27) - 1);
}

#[test]
fn clearing_the_whole_range_is_quick_and_complete() {
    let mut volume: Volume =
        [Pos::from([i32::MIN; 3]), Pos::ZERO].into_iter().map(|pos| (pos, Rgba::WHITE)).collect();
    volume.fill(&Aabb::EVERYTHING, Rgba::EMPTY);
    assert!(volume.is_empty() && volume.bounds().is_none());
}

#[test]
fn noise_shares_its_palettes() {
    let colour =
        |at: Pos| Rgba::opaque((at.x * 7 + at.y * 31 + at.z * 57).rem_euclid(200) as u8, 1, 1);
    let cells = (0..64 * 64 * 64).map(|i| Pos::new(i % 64, i / 64 % 64, i / 4096));
    let volume: Volume = cells.map(|at| (at, colour(at))).collect();
    assert_eq!(volume.count(), 64 * 64 * 64);
    assert!(volume.heap_bytes() * 10 <= 64 * 64 * 64 * 12, "{} bytes", volume.heap_bytes());
}

#[test]
fn scattered_voxels_cost_their_tiles() {
    let volume: Volume =
        (0..1000).map(|i| (Pos::new(i * 1000, -i * 777, i * 3), Rgba::WHITE)).collect();
    assert!(volume.heap_bytes() < 1000 * 1500, "{} bytes", volume.heap_bytes());
}

#[test]
fn voxels_at_random_cost_little_each() {
    // As dense as two million in 1024 cubed.
    const EDGE: u64 = 256;
    const COUNT: u64 = 2_000_000 / 64;
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) % EDGE
    };
    let voxels = (0..COUNT).map(|at| {
        let pos = Pos::from([next(), next(), next()].map(|axis| axis as i32));
        (pos, Rgba::opaque(at as u8, (at >> 8) as u8, 7))
    });
    let known: BTreeMap<Pos, Rgba> = voxels.collect();
    let volume: Volume = known.iter().map(|(&pos, &rgba)| (pos, rgba)).collect();
    let each = volume.heap_bytes() as u64 / volume.count();
    assert!(each <= 32, "{each} bytes a voxel");
    assert_eq!(volume.voxels().collect::<BTreeMap<_, _>>(), known);
    let mut reader = volume.reader();
    assert!(known.iter().all(|(&pos, &rgba)| volume.get(pos) == rgba && reader.get(pos) == rgba));
}

#[test]
fn what_is_emptied_is_given_back() {
    let mut volume = Volume::new();
    let cells = || (0..5000).map(|i| Pos::new(i * 3, i % 50, -i));
    cells().for_each(|at| {
        volume.set(at, Rgba::WHITE);
    });
    assert_eq!(volume.bounds().map(|aabb| aabb.size()), Some([14998, 50, 5000]));
    let mut accessor = volume.accessor();
    cells().for_each(|at| {
        accessor.set(at, Rgba::EMPTY);
    });
    drop(accessor);
    assert_eq!((volume.tiles().count(), volume.bounds(), volume.count()), (0, None, 0));
}

#[test]
fn snapshots_are_told_by_what_they_share() {
    let mut volume = Volume::new();
    volume.fill(&Aabb::spanning(Pos::ZERO, Pos::from([300; 3])), Rgba::WHITE);
    let snapshot = volume.clone();
    assert!(volume.same(&snapshot) && volume.changed_tiles(&snapshot).next().is_none());
    volume.set(Pos::from([200; 3]), Rgba::BLACK);
    assert!(!volume.same(&snapshot));
    let at = TilePos::of(Pos::from([200; 3]));
    assert_eq!(volume.changed_tiles(&snapshot).collect::<Vec<_>>(), [at]);
}
