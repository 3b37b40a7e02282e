//! [`components`]: connected-component labelling, by runs of voxels and a union-find.
//!
//! Each tile is labelled alone first: the runs of its rows are united to components of the tile, and
//! each run keeps the number of its component. Then the components of neighbouring tiles are united
//! where runs touch. So a tile takes four bytes a run, and a node for each of its few components.

use goxel_proto::types::{Aabb, Pos};
use hashbrown::HashMap;

use crate::executor::try_map_items;
use crate::mask::ROWS;
use crate::neighbourhood::{NeighbourRow, for_each_neighbour_row, slot_of, tile_at};
use crate::scan::{all_tiles, read_units};
use crate::volume::{TILE_EDGE, TilePos, Volume, runs};
use crate::{Connectivity, Result, TileRef, Work};

/// A connected component: voxels that are connected with each other and with no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component {
    /// How many there are.
    pub voxels: u64,
    /// The smallest box that holds them.
    pub bounds: Aabb,
    /// The first of them by z, then y, then x: a flood from there reaches all.
    pub first: Pos,
}

/// The connected components of a volume, whatever the colours of their voxels: the largest first,
/// equally large ones by their first voxels.
///
/// # Errors
/// What `work` says.
pub fn components(
    volume: &Volume,
    connectivity: Connectivity,
    work: &Work<'_>,
) -> Result<Vec<Component>> {
    let tiles = all_tiles(volume, work)?;
    let labelled = try_map_items(work.executor(), &tiles, |&(at, tile)| {
        work.spend(read_units(tile))?;
        Ok(LabelledTile::new(at, tile, connectivity))
    })?;
    let mut sets = UnionFind::default();
    let places = labelled.iter().enumerate().map(|(index, tile)| (tile.at, index)).collect();
    let bases = labelled.iter().map(|tile| sets.append(&tile.components)).collect();
    let labels = Labels { tiles: &labelled, places, bases };
    let indices: Vec<usize> = (0..labelled.len()).collect();
    let contacts = try_map_items(work.executor(), &indices, |&index| {
        work.spend(ROWS as u64)?;
        Ok(labels.contacts(index, connectivity))
    })?;
    for contacts in contacts {
        work.spend(contacts.len() as u64)?;
        contacts.into_iter().for_each(|(a, b)| sets.union(a, b));
    }
    Ok(sets.into_components())
}

/// A tile whose runs know which component they belong to.
struct LabelledTile {
    at: TilePos,
    /// The voxels of a run, and the number of its component.
    runs: Vec<(u16, u16)>,
    /// Where the runs of each row begin in the list, and where those of the last one end.
    starts: Box<[u16; ROWS + 1]>,
    /// The components of this tile alone.
    components: Vec<Component>,
}

impl LabelledTile {
    fn new(at: TilePos, tile: TileRef<'_>, connectivity: Connectivity) -> Self {
        let mut sets = UnionFind::default();
        let mut found =
            Self { at, runs: Vec::new(), starts: Box::new([0; ROWS + 1]), components: Vec::new() };
        for row in 0..ROWS {
            for run in runs(tile.row_mask(row % TILE_EDGE, row / TILE_EDGE)) {
                let bits = (u32::from(u16::MAX) >> (TILE_EDGE - run.len()) << run.start) as u16;
                let end = |x: usize| at.voxel(x + TILE_EDGE * row);
                found.runs.push((bits, found.runs.len() as u16));
                sets.add(end(run.start), end(run.end - 1));
            }
            found.starts[row + 1] = found.runs.len() as u16;
            found.union_row(row, connectivity, &mut sets);
        }
        found.number(sets);
        found
    }

    fn row(&self, row: usize) -> &[(u16, u16)] {
        &self.runs[usize::from(self.starts[row])..usize::from(self.starts[row + 1])]
    }

    /// Unites the runs of a row with those that they touch in the rows before it. The number of a
    /// run is still that of its node.
    fn union_row(&self, row: usize, connectivity: Connectivity, sets: &mut UnionFind) {
        for &(bits, node) in self.row(row) {
            for_each_neighbour_row(connectivity, row, bits, |near| {
                if near.tile == [0; 3] && near.row < row {
                    for &(_, other) in touched(self.row(near.row), near.bits) {
                        sets.union(usize::from(node), usize::from(other));
                    }
                }
            });
        }
    }

    /// Gives the runs the numbers of their components.
    fn number(&mut self, mut sets: UnionFind) {
        let mut numbers = vec![u16::MAX; self.runs.len()];
        for run in &mut self.runs {
            let root = sets.find(usize::from(run.1));
            if numbers[root] == u16::MAX {
                numbers[root] = self.components.len() as u16;
                self.components.push(sets.0[root].1);
            }
            run.1 = numbers[root];
        }
    }
}

/// The runs of a row that share a voxel with `bits`.
fn touched(row: &[(u16, u16)], bits: u16) -> impl Iterator<Item = &(u16, u16)> {
    row.iter().filter(move |(other, _)| other & bits != 0)
}

/// All labelled tiles, where each is, and where the nodes of its components begin.
struct Labels<'a> {
    tiles: &'a [LabelledTile],
    places: HashMap<TilePos, usize, foldhash::fast::RandomState>,
    bases: Vec<usize>,
}

impl Labels<'_> {
    /// The pairs of nodes of a tile and of those around it whose components touch. Each pair is
    /// found from one of the two tiles only.
    fn contacts(&self, index: usize, connectivity: Connectivity) -> Vec<(usize, usize)> {
        let mut contacts = Vec::new();
        let tile = &self.tiles[index];
        let mut adjacent = Adjacent { labels: self, at: tile.at, known: [None; 27] };
        for row in 0..ROWS {
            for &(bits, part) in tile.row(row).iter().filter(|(bits, _)| at_border(row, *bits)) {
                for_each_neighbour_row(connectivity, row, bits, |near| {
                    if let Some((base, other)) = adjacent.tile(&near) {
                        for &(_, other) in touched(other.row(near.row), near.bits) {
                            contacts.push((
                                self.bases[index] + usize::from(part),
                                base + usize::from(other),
                            ));
                        }
                    }
                });
            }
        }
        contacts.sort_unstable();
        contacts.dedup();
        contacts
    }
}

/// Whether a voxel of a row lies at a side of its tile, so that a neighbour may be in another one.
fn at_border(row: usize, bits: u16) -> bool {
    let last = TILE_EDGE - 1;
    let at_side = |place: usize| place == 0 || place == last;
    bits & (1 << last | 1) != 0 || at_side(row % TILE_EDGE) || at_side(row / TILE_EDGE)
}

/// The tiles around one, remembered once they were looked up.
struct Adjacent<'a> {
    labels: &'a Labels<'a>,
    at: TilePos,
    known: [Option<Option<usize>>; 27],
}

impl<'a> Adjacent<'a> {
    /// The tile that a neighbour row is in and its first node, where that tile comes after this one
    /// in the order of z, y and x, and holds voxels.
    fn tile(&mut self, row: &NeighbourRow) -> Option<(usize, &'a LabelledTile)> {
        let [x, y, z] = row.tile;
        if [z, y, x] <= [0; 3] {
            return None;
        }
        let (slot, labels) = (slot_of(row.tile), self.labels);
        let index = *self.known[slot]
            .get_or_insert_with(|| labels.places.get(&tile_at(self.at, slot as i32)).copied());
        index.map(|index| (labels.bases[index], &labels.tiles[index]))
    }
}

/// A union-find (disjoint sets) over components: a node that is its own parent is the representative
/// of its set, and knows the whole of it. Paths are halved at each search.
#[derive(Default)]
struct UnionFind(Vec<(usize, Component)>);

impl UnionFind {
    /// A set of its own: the voxels of a row from one to another.
    fn add(&mut self, first: Pos, last: Pos) -> usize {
        let bounds = Aabb::spanning(first, last);
        let voxels = bounds.size()[0];
        self.0.push((self.0.len(), Component { voxels, bounds, first }));
        self.0.len() - 1
    }

    /// A set of its own for each. Gives the node of the first.
    fn append(&mut self, components: &[Component]) -> usize {
        let base = self.0.len();
        self.0.extend(components.iter().enumerate().map(|(index, part)| (base + index, *part)));
        base
    }

    fn find(&mut self, mut node: usize) -> usize {
        while self.0[node].0 != node {
            let parent = self.0[node].0;
            self.0[node].0 = self.0[parent].0;
            node = self.0[node].0;
        }
        node
    }

    fn union(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
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
    use crate::analysis::exposed_faces;

    fn volume(places: &[[i32; 3]]) -> Volume {
        places.iter().map(|&at| (Pos::from(at), Rgba::WHITE)).collect()
    }

    fn near(a: Pos, b: Pos, connectivity: Connectivity) -> bool {
        let away = [0, 1, 2].map(|axis| a.to_array()[axis].abs_diff(b.to_array()[axis]));
        let most = match connectivity {
            Connectivity::Faces => 1,
            Connectivity::Edges => 2,
            Connectivity::Corners => 3,
        };
        away.iter().all(|&axis| axis <= 1) && away.iter().sum::<u32>() <= most
    }

    /// Parts by looking at all pairs again and again.
    fn plain(volume: &Volume, connectivity: Connectivity) -> Vec<Component> {
        let voxels: Vec<Pos> = volume.voxels().map(|(pos, _)| pos).collect();
        let mut part: Vec<usize> = (0..voxels.len()).collect();
        for _ in 0..voxels.len() {
            for (a, b) in (0..voxels.len()).flat_map(|a| (0..a).map(move |b| (a, b))) {
                if near(voxels[a], voxels[b], connectivity) {
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
            for connectivity in [Connectivity::Faces, Connectivity::Edges, Connectivity::Corners] {
                prop_assert_eq!(components(&volume, connectivity, &Work::unbounded()).expect("no budget"), plain(&volume, connectivity));
            }
            let sides = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]];
            let open = |(pos, _): (Pos, Rgba)| {
                let adjacent = sides.iter().filter_map(|&side| pos.checked_add(Pos::from(side)));
                adjacent.filter(|&pos| volume.get(pos).is_empty()).count() as u64
            };
            prop_assert_eq!(exposed_faces(&volume, &Work::unbounded()).expect("no budget"), volume.voxels().map(open).sum::<u64>());
        }
    }

    #[test]
    fn the_surface_of_a_box_is_that_of_its_sides() {
        let mut volume = Volume::new();
        volume.fill(&Aabb::spanning(Pos::ZERO, Pos::new(299, 199, 99)), Rgba::WHITE);
        assert_eq!(
            exposed_faces(&volume, &Work::unbounded()).expect("no budget"),
            2 * (300 * 200 + 300 * 100 + 200 * 100)
        );
        let parts =
            components(&volume, Connectivity::Faces, &Work::unbounded()).expect("no budget");
        assert_eq!((parts.len(), parts[0].voxels), (1, 6_000_000));
        assert!(
            components(&Volume::new(), Connectivity::Corners, &Work::unbounded())
                .expect("no budget")
                .is_empty()
        );
    }
}
