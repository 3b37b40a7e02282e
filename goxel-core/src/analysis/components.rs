//! [`components`]: how voxels hang together.
//!
//! Each tile is looked at alone first: the runs of its rows are joined to parts, and each run keeps
//! the number of its part. Then the parts of neighbouring tiles are joined where runs touch. So
//! what is remembered of a tile is four bytes a run, and a node for each of its few parts.

use goxel_proto::types::{Aabb, Pos};
use hashbrown::HashMap;

use crate::mask::{ROWS, runs};
use crate::spread::map;
use crate::surroundings::{Offer, for_each_offer};
use crate::volume::{TILE_EDGE, TilePos, Volume};
use crate::{Connectivity, Spread, TileRef};

/// Voxels that hang together, and with no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component {
    /// How many there are.
    pub voxels: u64,
    /// The smallest box that holds them.
    pub bounds: Aabb,
    /// The first of them by z, then y, then x: a flood from there reaches all.
    pub first: Pos,
}

/// The parts that a volume falls into, whatever their colours: the largest first, equal ones by
/// their first voxels.
#[must_use]
pub fn components(volume: &Volume, reach: Connectivity, spread: &dyn Spread) -> Vec<Component> {
    let tiles: Vec<_> = volume.tiles().collect();
    let found = map(spread, &tiles, |&(at, tile)| Labelled::new(at, tile, reach));
    let mut forest = Forest::default();
    let places = found.iter().enumerate().map(|(index, labelled)| (labelled.at, index)).collect();
    let bases = found.iter().map(|labelled| forest.append(&labelled.parts)).collect();
    let world = World { tiles: &found, places, bases };
    let indices: Vec<usize> = (0..found.len()).collect();
    for (a, b) in map(spread, &indices, |&index| world.joints(index, reach)).into_iter().flatten() {
        forest.join(a, b);
    }
    forest.into_components()
}

/// A tile whose runs know which part they belong to.
struct Labelled {
    at: TilePos,
    /// The voxels of a run, and the number of its part.
    runs: Vec<(u16, u16)>,
    /// Where the runs of each row begin, and where the last end.
    starts: Box<[u16; ROWS + 1]>,
    /// The parts of this tile alone.
    parts: Vec<Component>,
}

impl Labelled {
    fn new(at: TilePos, tile: TileRef<'_>, reach: Connectivity) -> Self {
        let mut forest = Forest::default();
        let mut found =
            Self { at, runs: Vec::new(), starts: Box::new([0; ROWS + 1]), parts: Vec::new() };
        for row in 0..ROWS {
            for run in runs(tile.row_mask(row % TILE_EDGE, row / TILE_EDGE)) {
                let bits = (u32::from(u16::MAX) >> (TILE_EDGE - run.len()) << run.start) as u16;
                let end = |x: usize| at.voxel(x + TILE_EDGE * row);
                found.runs.push((bits, found.runs.len() as u16));
                forest.add(end(run.start), end(run.end - 1));
            }
            found.starts[row + 1] = found.runs.len() as u16;
            found.join_row(row, reach, &mut forest);
        }
        found.number(forest);
        found
    }

    fn row(&self, row: usize) -> &[(u16, u16)] {
        &self.runs[usize::from(self.starts[row])..usize::from(self.starts[row + 1])]
    }

    /// Joins the runs of a row with those of the rows before it. A run's number is its node yet.
    fn join_row(&self, row: usize, reach: Connectivity, forest: &mut Forest) {
        for &(bits, node) in self.row(row) {
            for_each_offer(reach, row, bits, |offer| {
                if offer.tile == [0; 3] && offer.row < row {
                    for &(_, other) in touched(self.row(offer.row), offer.bits) {
                        forest.join(usize::from(node), usize::from(other));
                    }
                }
            });
        }
    }

    /// Gives the runs the numbers of their parts.
    fn number(&mut self, mut forest: Forest) {
        let mut numbers = vec![u16::MAX; self.runs.len()];
        for run in &mut self.runs {
            let root = forest.root(usize::from(run.1));
            if numbers[root] == u16::MAX {
                numbers[root] = self.parts.len() as u16;
                self.parts.push(forest.0[root].1);
            }
            run.1 = numbers[root];
        }
    }
}

/// The runs of a row that `bits` touch.
fn touched(row: &[(u16, u16)], bits: u16) -> impl Iterator<Item = &(u16, u16)> {
    row.iter().filter(move |(other, _)| other & bits != 0)
}

/// All tiles, where each is, and where the nodes of its parts begin.
struct World<'a> {
    tiles: &'a [Labelled],
    places: HashMap<TilePos, usize, foldhash::fast::RandomState>,
    bases: Vec<usize>,
}

impl World<'_> {
    /// Nodes of the parts of a tile and of those around it that touch: each pair is told by one
    /// of the two tiles.
    fn joints(&self, index: usize, reach: Connectivity) -> Vec<(usize, usize)> {
        let mut joints = Vec::new();
        let tile = &self.tiles[index];
        let mut beside = Beside { world: self, at: tile.at, known: [None; 27] };
        for row in 0..ROWS {
            for &(bits, part) in tile.row(row).iter().filter(|(bits, _)| leaves(row, *bits)) {
                for_each_offer(reach, row, bits, |offer| {
                    if let Some((base, other)) = beside.tile(&offer) {
                        for &(_, other) in touched(other.row(offer.row), offer.bits) {
                            joints.push((
                                self.bases[index] + usize::from(part),
                                base + usize::from(other),
                            ));
                        }
                    }
                });
            }
        }
        joints.sort_unstable();
        joints.dedup();
        joints
    }
}

/// Whether voxels of a row lie at the side of their tile.
fn leaves(row: usize, bits: u16) -> bool {
    let last = TILE_EDGE - 1;
    let at_side = |place: usize| place == 0 || place == last;
    bits & (1 << last | 1) != 0 || at_side(row % TILE_EDGE) || at_side(row / TILE_EDGE)
}

/// The tiles around one, as far as they were asked for.
struct Beside<'a> {
    world: &'a World<'a>,
    at: TilePos,
    known: [Option<Option<usize>>; 27],
}

impl<'a> Beside<'a> {
    /// The tile that an offer goes to and its first node, where it is another one that comes after
    /// this one and is there.
    fn tile(&mut self, offer: &Offer) -> Option<(usize, &'a Labelled)> {
        let [x, y, z] = offer.tile;
        if [z, y, x] <= [0; 3] {
            return None;
        }
        let slot = (x + 1 + 3 * (y + 1) + 9 * (z + 1)) as usize;
        let (world, at) = (self.world, self.at);
        let index = *self.known[slot].get_or_insert_with(|| {
            let at = TilePos([0, 1, 2].map(|axis| at.0[axis] + offer.tile[axis]));
            world.places.get(&at).copied()
        });
        index.map(|index| (world.bases[index], &world.tiles[index]))
    }
}

/// Parts that are joined to larger ones: a node is its own parent, or stands for its parent.
#[derive(Default)]
struct Forest(Vec<(usize, Component)>);

impl Forest {
    /// A part of its own: the voxels of a row from one to another.
    fn add(&mut self, first: Pos, last: Pos) -> usize {
        let bounds = Aabb::spanning(first, last);
        let voxels = bounds.size()[0];
        self.0.push((self.0.len(), Component { voxels, bounds, first }));
        self.0.len() - 1
    }

    /// Parts of their own. Gives the node of the first.
    fn append(&mut self, parts: &[Component]) -> usize {
        let base = self.0.len();
        self.0.extend(parts.iter().enumerate().map(|(index, part)| (base + index, *part)));
        base
    }

    fn root(&mut self, mut node: usize) -> usize {
        while self.0[node].0 != node {
            let parent = self.0[node].0;
            self.0[node].0 = self.0[parent].0;
            node = self.0[node].0;
        }
        node
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return;
        }
        let (small, large) = if self.0[a].1.voxels < self.0[b].1.voxels { (a, b) } else { (b, a) };
        let part = self.0[small].1;
        self.0[small].0 = large;
        let whole = &mut self.0[large].1;
        whole.voxels += part.voxels;
        whole.bounds = whole.bounds.union(&part.bounds);
        whole.first = [whole.first, part.first].into_iter().min_by_key(order).unwrap_or(part.first);
    }

    fn into_components(self) -> Vec<Component> {
        let roots = self.0.into_iter().enumerate().filter(|(at, (parent, _))| at == parent);
        let mut found: Vec<Component> = roots.map(|(_, (_, component))| component).collect();
        found.sort_unstable_by_key(|part| (std::cmp::Reverse(part.voxels), order(&part.first)));
        found
    }
}

fn order(pos: &Pos) -> [i32; 3] {
    [pos.z, pos.y, pos.x]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use goxel_proto::types::Rgba;
    use proptest::prelude::*;

    use super::*;
    use crate::Alone;
    use crate::analysis::exposed_faces;

    fn volume(places: &[[i32; 3]]) -> Volume {
        places.iter().map(|&at| (Pos::from(at), Rgba::WHITE)).collect()
    }

    fn near(a: Pos, b: Pos, reach: Connectivity) -> bool {
        let away = [0, 1, 2].map(|axis| a.to_array()[axis].abs_diff(b.to_array()[axis]));
        let most = match reach {
            Connectivity::Faces => 1,
            Connectivity::Edges => 2,
            Connectivity::Corners => 3,
        };
        away.iter().all(|&axis| axis <= 1) && away.iter().sum::<u32>() <= most
    }

    /// Parts by looking at all pairs again and again.
    fn plain(volume: &Volume, reach: Connectivity) -> Vec<Component> {
        let voxels: Vec<Pos> = volume.voxels().map(|(pos, _)| pos).collect();
        let mut part: Vec<usize> = (0..voxels.len()).collect();
        for _ in 0..voxels.len() {
            for (a, b) in (0..voxels.len()).flat_map(|a| (0..a).map(move |b| (a, b))) {
                if near(voxels[a], voxels[b], reach) {
                    let lower = part[a].min(part[b]);
                    (part[a], part[b]) = (lower, lower);
                }
            }
        }
        let mut parts: BTreeMap<usize, Vec<Pos>> = BTreeMap::new();
        part.iter().zip(&voxels).for_each(|(part, &pos)| parts.entry(*part).or_default().push(pos));
        let mut parts: Vec<Component> = parts
            .into_values()
            .map(|voxels| Component {
                voxels: voxels.len() as u64,
                bounds: voxels.iter().map(|&pos| Aabb::of(pos)).reduce(|a, b| a.union(&b)).unwrap(),
                first: voxels.into_iter().min_by_key(order).unwrap(),
            })
            .collect();
        parts.sort_by_key(|part| (std::cmp::Reverse(part.voxels), order(&part.first)));
        parts
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn parts_and_faces_are_those_of_every_voxel(
            places in prop::collection::vec([14..19i32, -3..3, 126..130], 0..50),
        ) {
            let volume = volume(&places);
            for reach in [Connectivity::Faces, Connectivity::Edges, Connectivity::Corners] {
                prop_assert_eq!(components(&volume, reach, &Alone), plain(&volume, reach));
            }
            let sides = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]];
            let open = |(pos, _): (Pos, Rgba)| {
                let beside = sides.iter().filter_map(|&side| pos.checked_add(Pos::from(side)));
                beside.filter(|&pos| volume.get(pos).is_empty()).count() as u64
            };
            prop_assert_eq!(exposed_faces(&volume, &Alone), volume.voxels().map(open).sum::<u64>());
        }
    }

    #[test]
    fn the_surface_of_a_box_is_that_of_its_sides() {
        let mut volume = Volume::new();
        volume.fill(&Aabb::spanning(Pos::ZERO, Pos::new(299, 199, 99)), Rgba::WHITE);
        assert_eq!(exposed_faces(&volume, &Alone), 2 * (300 * 200 + 300 * 100 + 200 * 100));
        let parts = components(&volume, Connectivity::Faces, &Alone);
        assert_eq!((parts.len(), parts[0].voxels), (1, 6_000_000));
        assert!(components(&Volume::new(), Connectivity::Corners, &Alone).is_empty());
    }
}
