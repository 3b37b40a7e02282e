//! What a script has changed, as bytes: [`Model::change`].
//!
//! Both sides are put together as projects that share what did not change, so that
//! [`goxel_store::state::change`] finds what did. Tiles that nobody asked for are on neither side. In the place
//! of one that was overwritten and that nobody saw, something stands before that is unlike what is there now, so
//! that all of it is written.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use goxel_core::{Command, Effect, Project, TILE_VOXELS, Tile, TilePos, TileRef, Volume};
use goxel_proto::types::{LayerId, LayerRef, Rgba};
use goxel_store::state;

use super::cache::Cache;
use super::{Lazy, Model, Result, VolumeRef};

/// Colours that stand for what nobody has seen. No tile is nearly all of both.
const UNSEEN: [Rgba; 2] = [Rgba::new(1, 2, 3, 4), Rgba::new(4, 3, 2, 1)];
/// In how many voxels a tile differs at least from what stands for it: with fewer, only these would be written.
const DIFFERS_MIN: usize = 64;
/// What the layer is called that has a volume alone.
const ONLY_LAYER: &str = "volume";
/// Where something stands in a layer of which no tile has come: it must not be taken for one that is empty.
const FAR_AWAY: TilePos = TilePos([-1 << 27, -1 << 27, -1 << 27]);

impl Model {
    /// What makes the script's project of the daemon's; empty where nothing has changed.
    ///
    /// # Errors
    /// Where tiles that are needed for it do not come.
    pub fn change(&mut self) -> Result<Vec<u8>> {
        let layers = self.now.layers().iter();
        let touched: Vec<(LayerId, VolumeRef)> = layers
            .filter_map(|layer| Some((layer.id, self.volumes.get(&layer.id)?.clone())))
            .collect();
        let mut before = BTreeMap::new();
        for (id, lazy) in &touched {
            before.insert(*id, self.before(*id, &mut lazy.borrow_mut())?);
        }
        let mut after = BTreeMap::new();
        for (id, lazy) in &touched {
            after.insert(*id, self.after(*id, &lazy.borrow(), &mut before));
        }
        let mut far_away = Volume::new();
        far_away.replace_tile(FAR_AWAY, Tile::Uniform(UNSEEN[0]));
        for layer in self.start.layers() {
            let before = before.entry(layer.id).or_insert_with(|| far_away.clone());
            if !self.volumes.contains_key(&layer.id) {
                after.insert(layer.id, before.clone());
            }
        }
        let before = with_volumes(&self.start, before);
        let mut after = with_volumes(&self.now, after);
        after.set_version(before.version());
        Ok(state::change(&before, &after).unwrap_or_default())
    }

    /// What makes the script's project of the daemon's; empty where nothing has changed.
    ///
    /// # Errors
    /// As of [`Self::change`].
    pub fn into_change(mut self) -> Result<Vec<u8>> {
        self.change()
    }

    /// What makes a project of the daemon's that has no layer but one of these voxels.
    pub(super) fn change_to(&mut self, volume: Lazy) -> Result<Vec<u8>> {
        let mut now = self.now.snapshot();
        let id = match now.apply(Command::CreateLayer { name: ONLY_LAYER, visible: true })? {
            Effect::Layer(id) => id,
            _ => now.active(),
        };
        let others: Vec<LayerId> =
            now.layers().iter().map(|layer| layer.id).filter(|&other| other != id).collect();
        for other in others {
            now.apply(Command::DeleteLayer(LayerRef::Id(other)))?;
        }
        let before = std::mem::replace(&mut self.now, now);
        self.volumes.insert(id, Rc::new(RefCell::new(volume)));
        let change = self.change();
        self.volumes.remove(&id);
        self.now = before;
        change
    }

    /// The daemon's layer, as far as the layer now differs from it or may. Has all come that it now needs.
    fn before(&self, id: LayerId, lazy: &mut Lazy) -> Result<Volume> {
        let origin = lazy.origin().map(|origin| origin.layer);
        if let Some(other) = origin.filter(|&layer| layer != id) {
            if lazy.is_edited() {
                lazy.need_all()?;
            } else {
                self.see_one(other)?;
            }
        }
        let mut cache = self.cache.borrow_mut();
        let mut before = cache.layer(id).volume.clone();
        let is_old = self.start.layers().iter().any(|layer| layer.id == id);
        if is_old && (lazy.is_edited() || origin != Some(id)) {
            for at in may_differ(id, lazy, &mut cache)? {
                if !cache.layer(id).knows(at) {
                    before.replace_tile(at, unlike(lazy.volume().tile(at)));
                }
            }
        }
        if is_old && origin == Some(id) && before.is_empty() {
            before.replace_tile(FAR_AWAY, Tile::Uniform(UNSEEN[0]));
        }
        Ok(before)
    }

    /// The layer as it is now. One that is another layer as that was shares its storage.
    fn after(&self, id: LayerId, lazy: &Lazy, before: &mut BTreeMap<LayerId, Volume>) -> Volume {
        let Some(origin) = lazy.origin() else { return lazy.volume().clone() };
        if !lazy.is_edited() {
            let mut cache = self.cache.borrow_mut();
            let seen = || cache.layer(origin.layer).volume.clone();
            return before.entry(origin.layer).or_insert_with(seen).clone();
        }
        if origin.layer != id {
            return lazy.volume().clone();
        }
        let mut after = before.get(&id).cloned().unwrap_or_default();
        // What has not come is as it was, and what is there has come, or was made.
        let is_right = |at: &TilePos| {
            origin.is_whole() || origin.known().contains(at) || !is_empty(lazy.volume(), *at)
        };
        let places: Vec<TilePos> = after
            .changed_tiles(lazy.volume())
            .filter(|at| *at != FAR_AWAY && is_right(at))
            .collect();
        for at in places {
            let tile = lazy.volume().tile(at);
            if !tile.same(after.tile(at)) {
                after.replace_tile(at, tile.to_tile());
            }
        }
        after
    }

    /// Has a tile of a layer come, so that it is told from what is empty.
    fn see_one(&self, layer: LayerId) -> Result<()> {
        let mut cache = self.cache.borrow_mut();
        let first = cache.places(layer)?.iter().min().copied();
        cache.tiles(layer, first.into_iter())
    }
}

/// The tiles of a layer that may differ from the daemon's.
fn may_differ(id: LayerId, lazy: &Lazy, cache: &mut Cache) -> Result<BTreeSet<TilePos>> {
    if let Some(own) = lazy.origin().filter(|origin| origin.layer == id) {
        let unseen = |at: &&TilePos| !cache.layer(id).knows(**at);
        return Ok(own.known().iter().filter(unseen).copied().collect());
    }
    let mut places: BTreeSet<TilePos> = cache.places(id)?.iter().copied().collect();
    places.extend(lazy.volume().tiles().map(|(at, _)| at));
    Ok(places)
}

fn is_empty(volume: &Volume, at: TilePos) -> bool {
    volume.tile(at).uniform() == Some(Rgba::EMPTY)
}

/// A tile that differs from this one in so many voxels that this one is written whole.
fn unlike(tile: TileRef<'_>) -> Tile {
    let differs = |rgba: Rgba| {
        let others = (0..TILE_VOXELS).filter(|&index| tile.get(index) != rgba);
        others.take(DIFFERS_MIN).count() == DIFFERS_MIN
    };
    Tile::Uniform(if differs(UNSEEN[0]) { UNSEEN[0] } else { UNSEEN[1] })
}

/// A project with these voxels in its layers.
fn with_volumes(project: &Project, mut volumes: BTreeMap<LayerId, Volume>) -> Project {
    let mut filled = project.snapshot();
    let mut parts = project.parts();
    for layer in &mut parts.layers {
        layer.volume = volumes.remove(&layer.id).unwrap_or_default();
    }
    // The layers are those that it has, so nothing of it is refused.
    if filled.put(parts).is_err() {
        return project.snapshot();
    }
    filled
}
