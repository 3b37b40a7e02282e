//! [`Cache`]: the tiles of the daemon's layers that have come here, as they were when the script began.
//!
//! Whoever goes through a layer in some order wants the tiles next to the last one next. So the more often the
//! wanted tile is near the one before, the more tiles around it come along: one, then the cell of two cubed, four
//! cubed and eight cubed that it lies in. After some tiles of one layer it is asked once where its tiles are:
//! what is empty is known from then on.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use goxel_core::{Tile, TilePos, Volume};
use goxel_proto::types::LayerId;

use super::room::Room;
use super::{Lost, Result, Source};

/// Tiles that are asked for at once: some megabytes where all of them are full.
const BATCH_TILES: usize = 512;
/// Tiles that are asked for singly before it is asked where there are any. Three messages take as long as
/// the places of a layer of ten million voxels.
const MISSES_BEFORE_PLACES: u32 = 3;
/// The edge of the largest cell that is read ahead, in tiles, as a power of two: 512 tiles.
const AHEAD_MAX: u32 = 3;

/// What has come of all layers.
pub(super) struct Cache {
    source: Box<dyn Source>,
    layers: BTreeMap<LayerId, Fetched>,
    room: Rc<Room>,
    ended: Rc<Cell<bool>>,
}

/// What has come of a layer.
#[derive(Default)]
pub(super) struct Fetched {
    /// The tiles.
    pub(super) volume: Volume,
    /// Which of them are as the daemon has them.
    known: HashSet<TilePos>,
    /// Where there are any, once that was asked for.
    places: Option<HashSet<TilePos>>,
    misses: u32,
    last: Option<TilePos>,
    ahead: u32,
    taken: u64,
}

impl Fetched {
    pub(super) fn knows(&self, at: TilePos) -> bool {
        self.known.contains(&at) || self.is_absent(at)
    }

    /// Whether it is known that the daemon's layer holds nothing there.
    pub(super) fn is_absent(&self, at: TilePos) -> bool {
        self.places.as_ref().is_some_and(|places| !places.contains(&at))
    }

    /// What to ask for where the tile at `at` is wanted: it, and more the better that went before.
    fn wanted(&mut self, at: TilePos) -> Vec<TilePos> {
        let is_near =
            |last: TilePos| (0..3).all(|axis| last.0[axis].abs_diff(at.0[axis]) <= 1 << self.ahead);
        self.ahead = match self.last {
            Some(last) if is_near(last) => (self.ahead + 1).min(AHEAD_MAX),
            _ => 0,
        };
        self.last = Some(at);
        let low = at.0.map(|axis| axis >> self.ahead << self.ahead);
        let edge = 1 << self.ahead;
        let mut wanted = Vec::new();
        for z in 0..edge {
            for y in 0..edge {
                for x in 0..edge {
                    let near = TilePos([low[0] + x, low[1] + y, low[2] + z]);
                    if !self.knows(near) {
                        wanted.push(near);
                    }
                }
            }
        }
        wanted
    }
}

impl Cache {
    pub(super) fn new(source: Box<dyn Source>, room: Rc<Room>, ended: Rc<Cell<bool>>) -> Self {
        Self { source, layers: BTreeMap::new(), room, ended }
    }

    /// What has come of a layer.
    pub(super) fn layer(&mut self, layer: LayerId) -> &mut Fetched {
        self.layers.entry(layer).or_default()
    }

    /// The tile at `at` as the daemon has it.
    pub(super) fn tile(&mut self, layer: LayerId, at: TilePos) -> Result<Tile> {
        let known = self.layer(layer);
        if !known.knows(at) {
            known.misses += 1;
            if known.misses > MISSES_BEFORE_PLACES {
                self.places(layer)?;
            }
            let wanted = self.layer(layer).wanted(at);
            self.fetch(layer, &wanted)?;
        }
        Ok(self.layer(layer).volume.tile(at).to_tile())
    }

    /// Has all tiles at these places come.
    pub(super) fn tiles(
        &mut self,
        layer: LayerId,
        places: impl Iterator<Item = TilePos>,
    ) -> Result<()> {
        let known = self.layer(layer);
        let wanted: Vec<TilePos> = places.filter(|&at| !known.knows(at)).collect();
        self.fetch(layer, &wanted)
    }

    /// Where the daemon's layer has tiles.
    pub(super) fn places(&mut self, layer: LayerId) -> Result<&HashSet<TilePos>> {
        if self.layer(layer).places.is_none() {
            let places = self.source.places(layer);
            let places = self.heard(places)?.into_iter().collect();
            self.layer(layer).places = Some(places);
        }
        Ok(self.layer(layer).places.get_or_insert_default())
    }

    /// Has the daemon answer a method.
    pub(super) fn ask(
        &mut self,
        method: &str,
        params: &str,
        change: &[u8],
    ) -> Result<Result<String, String>> {
        let answer = self.source.ask(method, params, change);
        self.heard(answer)
    }

    pub(super) fn progress(&mut self, done: u64, total: u64) -> Result<()> {
        let heard = self.source.progress(done, total);
        self.heard(heard)
    }

    fn fetch(&mut self, layer: LayerId, wanted: &[TilePos]) -> Result<()> {
        for batch in wanted.chunks(BATCH_TILES) {
            let tiles = self.source.tiles(layer, batch);
            let tiles = self.heard(tiles)?;
            let fetched = self.layers.entry(layer).or_default();
            for (&at, tile) in batch.iter().zip(tiles) {
                fetched.known.insert(at);
                fetched.volume.replace_tile(at, tile);
            }
            let (before, now) = (fetched.taken, fetched.volume.bytes() as u64);
            fetched.taken = now;
            self.room.replace(before, now)?;
        }
        Ok(())
    }

    /// Notes where the source is lost, so that nobody can catch that.
    fn heard<T>(&self, answer: Result<T, Lost>) -> Result<T> {
        if answer.is_err() {
            self.ended.set(true);
        }
        Ok(answer?)
    }
}
