//! [`put`]: puts the tiles that are there where they are, and tells which are not.

use std::collections::BTreeMap;

use goxel_core::{Layer, PagePos, TILE_EDGE, TilePos};
use goxel_proto::types::{Aabb, LayerId};

use super::loss::Loss;
use super::numbers::{Number, Numbers};
use super::parts::Part;
use crate::state::StateError;
use crate::state::bytes::Taker;
use crate::state::section::Tag;
use crate::state::voxels::{
    Budget, PageChange, Run, TILE_BYTES, take_page_pos, take_patch, take_record, take_runs,
};

/// Tiles along an edge of a page.
const PAGE_EDGE: usize = 8;

/// Puts the voxels that are there into the layers, and tells which are not. A layer that nothing is known of but
/// its voxels is made.
///
/// # Errors
/// [`StateError::TooLarge`].
pub(super) fn put(
    parts: &[Part<'_>],
    layers: &mut Vec<Layer>,
    budget: &mut Budget,
) -> Result<Vec<Loss>, StateError> {
    let numbers = Numbers::of(parts, budget)?;
    let mut losses = Vec::new();
    let mut putter = Putter { numbers: &numbers, layers, budget, lost: BTreeMap::new() };
    let mut section = 0;
    for part in parts {
        let bytes = match part.clone() {
            Part::Whole { tag: Tag::Places, mut body } => {
                let done = putter.take(&mut body, numbers.start(section));
                section += 1;
                match done {
                    Ok(()) => 0,
                    Err(error @ StateError::TooLarge { .. }) => return Err(error),
                    Err(_) => body.left() as u64,
                }
            }
            Part::Lost { tag: None | Some(Tag::Places), bytes } => bytes,
            Part::Whole { .. } | Part::Lost { .. } => 0,
        };
        losses.extend((bytes > 0).then_some(Loss::Places { bytes }));
    }
    let lost = putter.lost;
    losses.extend(lost.into_iter().map(|(layer, pages)| told(layers, layer, &pages)));
    Ok(losses)
}

struct Putter<'a> {
    numbers: &'a Numbers,
    layers: &'a mut Vec<Layer>,
    budget: &'a mut Budget,
    /// Tiles that are lost, by layer and page.
    lost: BTreeMap<LayerId, BTreeMap<PagePos, Vec<usize>>>,
}

impl Putter<'_> {
    /// Reads a section of places. `next` is the tile that comes next for the first time.
    fn take(&mut self, from: &mut Taker<'_>, mut next: Number) -> Result<(), StateError> {
        while !from.is_empty() {
            let (id, _) = take_record(from)?;
            let layer = self.layer(LayerId(id));
            let mut last = [0; 3];
            while let Some(at) = take_page_pos(from, &mut last)? {
                let page = self.take_page(from, (layer, at), &mut next)?;
                self.budget.spend(page.node_bytes(), from)?;
                page.put(&mut self.layers[layer].volume);
            }
        }
        Ok(())
    }

    fn layer(&mut self, id: LayerId) -> usize {
        let found = self.layers.iter().position(|layer| layer.id == id);
        found.unwrap_or_else(|| {
            self.layers.push(Layer::new(id, format!("layer {}", id.0)));
            self.layers.len() - 1
        })
    }

    fn take_page(
        &mut self,
        from: &mut Taker<'_>,
        (layer, at): (usize, PagePos),
        next: &mut Number,
    ) -> Result<PageChange, StateError> {
        let mut page = PageChange::new(at);
        let (numbers, volume, id) =
            (self.numbers, &self.layers[layer].volume, self.layers[layer].id);
        let (lost, budget) = (&mut self.lost, &mut *self.budget);
        let mut put =
            |page: &mut PageChange, place: usize, number: Number| match numbers.tile(number) {
                Some(tile) => page.tiles.push((place, tile.clone())),
                None => lost.entry(id).or_default().entry(at).or_default().push(place),
            };
        take_runs(from, |run, places, from| {
            match run {
                Run::Kept => {}
                Run::Fresh => {
                    for place in places {
                        put(&mut page, place, *next);
                        *next = next.after(1);
                    }
                }
                Run::Again(back) => {
                    places.for_each(|place| put(&mut page, place, next.before(back)));
                }
                Run::Uniform(rgba) => page.fill(places, rgba),
                Run::Patch(count) => {
                    budget.spend(TILE_BYTES, from)?;
                    let index = places.start;
                    let mut tile = volume.tile(TilePos::in_page(at, index)).to_tile();
                    take_patch(count, from, |at, rgba| _ = tile.set(at, rgba))?;
                    page.tiles.push((index, tile));
                }
            }
            Ok(())
        })?;
        Ok(page)
    }
}

/// The tiles that a layer has lost, with a box for those of each page.
fn told(layers: &[Layer], id: LayerId, pages: &BTreeMap<PagePos, Vec<usize>>) -> Loss {
    let layer = layers.iter().find(|layer| layer.id == id);
    Loss::Voxels {
        layer: layer.map_or(String::new(), |layer| layer.name.clone()),
        tiles: pages.values().map(|tiles| tiles.len() as u64).sum(),
        boxes: pages.iter().map(|(at, tiles)| around(*at, tiles)).collect(),
    }
}

/// The smallest box that holds these tiles of a page.
fn around(PagePos(at): PagePos, tiles: &[usize]) -> Aabb {
    let (mut min, mut max) = ([i64::MAX; 3], [i64::MIN; 3]);
    for index in tiles {
        let tile =
            [index % PAGE_EDGE, index / PAGE_EDGE % PAGE_EDGE, index / PAGE_EDGE / PAGE_EDGE];
        for axis in 0..3 {
            let low =
                (i64::from(at[axis]) * PAGE_EDGE as i64 + tile[axis] as i64) * TILE_EDGE as i64;
            min[axis] = min[axis].min(low);
            max[axis] = max[axis].max(low + TILE_EDGE as i64);
        }
    }
    Aabb { min, max }
}
