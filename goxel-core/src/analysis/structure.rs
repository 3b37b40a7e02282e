//! How voxels hang together, and how much of them shows.

use goxel_proto::types::{Aabb, Pos};
use hashbrown::HashMap;

use crate::mask::{ROWS, runs};
use crate::surroundings::Surroundings;
use crate::volume::{TILE_EDGE, TilePos, Volume};
use crate::{Connectivity, TileRef};

/// How many faces of voxels have nothing before them. Inside solid tiles nothing is looked at.
#[must_use]
pub fn exposed_faces(volume: &Volume) -> u64 {
    let tile_faces = |(at, _): (TilePos, TileRef<'_>)| {
        let near = Surroundings::new(volume, at);
        if near.is_solid() {
            return 0;
        }
        (0..ROWS).map(|row| u64::from(near.open_faces(row))).sum::<u64>()
    };
    volume.tiles().map(tile_faces).sum()
}

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
pub fn components(volume: &Volume, reach: Connectivity) -> Vec<Component> {
    let mut forest = Forest::default();
    let tiles: Tiles =
        volume.tiles().map(|(at, tile)| (at, Runs::new(at, tile, &mut forest))).collect();
    for (&at, runs) in &tiles {
        (0..ROWS).for_each(|row| join_row(&tiles, at, (row, runs.row(row)), reach, &mut forest));
    }
    forest.into_components()
}

type Tiles = HashMap<TilePos, Runs, foldhash::fast::RandomState>;

/// The runs of a tile's rows, each with its node in the forest.
struct Runs {
    runs: Vec<(u16, usize)>,
    /// Where the runs of each row begin, and where the last end.
    starts: Vec<usize>,
}

impl Runs {
    fn new(at: TilePos, tile: TileRef<'_>, forest: &mut Forest) -> Self {
        let mut found = Self { runs: Vec::new(), starts: vec![0] };
        for row in 0..ROWS {
            for run in runs(tile.row_mask(row % TILE_EDGE, row / TILE_EDGE)) {
                let bits = (u32::from(u16::MAX) >> (TILE_EDGE - run.len()) << run.start) as u16;
                let end = |x: usize| at.voxel(x + TILE_EDGE * row);
                found.runs.push((bits, forest.add(end(run.start), end(run.end - 1))));
            }
            found.starts.push(found.runs.len());
        }
        found
    }

    fn row(&self, row: usize) -> &[(u16, usize)] {
        &self.runs[self.starts[row]..self.starts[row + 1]]
    }
}

/// Joins the runs of a row with those around it.
fn join_row(
    tiles: &Tiles,
    at: TilePos,
    (row, runs): (usize, &[(u16, usize)]),
    reach: Connectivity,
    forest: &mut Forest,
) {
    for &(bits, node) in runs {
        reach.for_each_offer(row, bits, |offer| {
            let at = TilePos([0, 1, 2].map(|axis| at.0[axis] + offer.tile[axis]));
            let others = tiles.get(&at).map_or(&[][..], |runs| runs.row(offer.row));
            for &(_, other) in others.iter().filter(|(other, _)| other & offer.bits != 0) {
                forest.join(node, other);
            }
        });
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
                prop_assert_eq!(components(&volume, reach), plain(&volume, reach));
            }
            let sides = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]];
            let open = |(pos, _): (Pos, Rgba)| {
                let beside = sides.iter().filter_map(|&side| pos.checked_add(Pos::from(side)));
                beside.filter(|&pos| volume.get(pos).is_empty()).count() as u64
            };
            prop_assert_eq!(exposed_faces(&volume), volume.voxels().map(open).sum::<u64>());
        }
    }

    #[test]
    fn the_surface_of_a_box_is_that_of_its_sides() {
        let mut volume = Volume::new();
        volume.fill(&Aabb::spanning(Pos::ZERO, Pos::new(299, 199, 99)), Rgba::WHITE);
        assert_eq!(exposed_faces(&volume), 2 * (300 * 200 + 300 * 100 + 200 * 100));
        let parts = components(&volume, Connectivity::Faces);
        assert_eq!((parts.len(), parts[0].voxels), (1, 6_000_000));
        assert!(components(&Volume::new(), Connectivity::Corners).is_empty());
    }
}
