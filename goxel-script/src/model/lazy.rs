//! [`Lazy`]: a volume whose tiles come when they are asked for.
//!
//! It began as a layer of the daemon's, or empty. The fast path is the last tile once more: then neither the
//! cache nor the room is looked at.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use goxel_core::{TilePos, Volume};
use goxel_proto::types::{Aabb, LayerId, Pos, Rgba};

use super::Result;
use super::cache::Cache;
use super::room::Room;
use super::tile_box::TileBox;

/// How often the volume moves on to another tile before it says how large it is: it may have grown by
/// four megabytes then.
const SETTLE_AFTER: u32 = 256;

/// Tiles that are looked up one by one: where there are more, it is asked which of them hold anything.
const FEW_TILES: u128 = 64;

/// A volume, of which a part may not have come yet.
pub struct Lazy {
    volume: Volume,
    origin: Option<Origin>,
    /// Whether it may differ from what it began as.
    edited: bool,
    /// The tile that was used last, which is right.
    last: Option<TilePos>,
    moves: u32,
    room: Rc<Room>,
    taken: u64,
}

/// What a volume began as.
#[derive(Clone)]
pub(super) struct Origin {
    pub(super) layer: LayerId,
    cache: Rc<RefCell<Cache>>,
    /// The tiles that are as they should be: they came, or were overwritten. Shared by copies.
    known: Rc<HashSet<TilePos>>,
    /// All of them are.
    whole: bool,
}

impl Lazy {
    pub(super) fn new(room: Rc<Room>) -> Self {
        Self {
            volume: Volume::new(),
            origin: None,
            edited: false,
            last: None,
            moves: 0,
            room,
            taken: 0,
        }
    }

    pub(super) fn of_layer(layer: LayerId, cache: &Rc<RefCell<Cache>>, room: Rc<Room>) -> Self {
        let origin = Origin { layer, cache: Rc::clone(cache), known: Rc::default(), whole: false };
        let mut lazy = Self::new(room);
        lazy.origin = Some(origin);
        lazy
    }

    /// A copy with the same voxels, in which nothing is changed where this one is.
    ///
    /// # Errors
    /// [`super::Refusal::NoRoom`].
    pub fn copy(&self) -> Result<Self> {
        let mut copy = Self {
            volume: self.volume.clone(),
            origin: self.origin.clone(),
            edited: self.edited,
            last: self.last,
            moves: 0,
            room: Rc::clone(&self.room),
            taken: 0,
        };
        copy.settle()?;
        Ok(copy)
    }

    /// Takes over the voxels of another.
    ///
    /// # Errors
    /// [`super::Refusal::NoRoom`]; nothing has changed then.
    pub fn assign(&mut self, other: &Self) -> Result<()> {
        *self = other.copy()?;
        Ok(())
    }

    /// The voxel at `pos`.
    ///
    /// # Errors
    /// Where the tile does not come.
    #[inline]
    pub fn get(&mut self, pos: Pos) -> Result<Rgba> {
        self.demand(TilePos::of(pos))?;
        Ok(self.volume.get(pos))
    }

    /// Sets the voxel at `pos`, or removes it where alpha is 0. Gives what was there.
    ///
    /// # Errors
    /// Where the tile does not come, or [`super::Refusal::NoRoom`].
    #[inline]
    pub fn set(&mut self, pos: Pos, rgba: Rgba) -> Result<Rgba> {
        self.demand(TilePos::of(pos))?;
        self.edited = true;
        Ok(self.volume.set(pos, rgba))
    }

    /// Has a tile come.
    #[inline(always)]
    fn demand(&mut self, at: TilePos) -> Result<()> {
        if self.last == Some(at) { Ok(()) } else { self.move_to(at) }
    }

    #[inline(never)]
    fn move_to(&mut self, at: TilePos) -> Result<()> {
        self.moves += 1;
        if self.moves >= SETTLE_AFTER {
            self.settle()?;
        }
        if let Some(origin) = self.origin.as_mut().filter(|origin| !origin.whole)
            && !origin.known.contains(&at)
        {
            let mut cache = origin.cache.borrow_mut();
            // Where the layer had none, there may be one now that was made together with many.
            if !cache.layer(origin.layer).is_absent(at) {
                let tile = cache.tile(origin.layer, at)?;
                self.volume.replace_tile(at, tile);
            }
            drop(cache);
            Rc::make_mut(&mut origin.known).insert(at);
        }
        self.last = Some(at);
        Ok(())
    }

    /// Has the tiles at these places come, in batches.
    ///
    /// # Errors
    /// Where they do not, or [`super::Refusal::NoRoom`].
    pub fn need(&mut self, places: impl IntoIterator<Item = TilePos>) -> Result<()> {
        let Some(origin) = self.origin.as_mut().filter(|origin| !origin.whole) else {
            return Ok(());
        };
        let places: Vec<TilePos> =
            places.into_iter().filter(|at| !origin.known.contains(at)).collect();
        let mut cache = origin.cache.borrow_mut();
        cache.tiles(origin.layer, places.iter().copied())?;
        let known = Rc::make_mut(&mut origin.known);
        for at in places {
            known.insert(at);
            if !cache.layer(origin.layer).is_absent(at) {
                let tile = cache.layer(origin.layer).volume.tile(at).to_tile();
                self.volume.replace_tile(at, tile);
            }
        }
        drop(cache);
        self.settle()
    }

    /// Has all tiles come that a box touches.
    ///
    /// # Errors
    /// As of [`Self::need`].
    pub fn need_box(&mut self, aabb: &Aabb) -> Result<()> {
        self.need_in(aabb, |_| true)
    }

    /// Has those tiles come that a box touches and that `wants` wants.
    ///
    /// # Errors
    /// As of [`Self::need`].
    pub fn need_in(&mut self, aabb: &Aabb, wants: impl Fn(TilePos) -> bool) -> Result<()> {
        if self.origin.as_ref().is_none_or(|origin| origin.whole) {
            return Ok(());
        }
        let touched = TileBox::touched(aabb);
        if touched.count() <= FEW_TILES {
            return self.need(touched.tiles().filter(|&at| wants(at)));
        }
        let Some(places) = self.places()? else { return Ok(()) };
        self.need(places.into_iter().filter(|&at| touched.contains(at) && wants(at)))
    }

    /// Has all tiles come.
    ///
    /// # Errors
    /// As of [`Self::need`].
    pub fn need_all(&mut self) -> Result<()> {
        if let Some(places) = self.places()? {
            self.need(places)?;
            self.origin.iter_mut().for_each(|origin| origin.whole = true);
        }
        Ok(())
    }

    /// Where tiles are that may not have come yet; `None` where all have.
    fn places(&self) -> Result<Option<Vec<TilePos>>> {
        let Some(origin) = self.origin.as_ref().filter(|origin| !origin.whole) else {
            return Ok(None);
        };
        Ok(Some(origin.cache.borrow_mut().places(origin.layer)?.iter().copied().collect()))
    }

    /// The voxels that have come. Ask for those that are needed before.
    #[must_use]
    pub fn volume(&self) -> &Volume {
        &self.volume
    }

    /// Changes voxels that have come, see [`Self::need`], or whole tiles, which then count as come.
    ///
    /// # Errors
    /// What `change` says, or [`super::Refusal::NoRoom`]: it is changed then all the same.
    pub fn change<R>(&mut self, change: impl FnOnce(&mut Volume) -> Result<R>) -> Result<R> {
        self.edited = true;
        let changed = change(&mut self.volume)?;
        self.settle()?;
        Ok(changed)
    }

    /// Says that whole tiles are overwritten, so that nobody asks for them.
    pub fn overwrite(&mut self, places: impl IntoIterator<Item = TilePos>) {
        if let Some(origin) = self.origin.as_mut().filter(|origin| !origin.whole) {
            Rc::make_mut(&mut origin.known).extend(places);
        }
    }

    /// Puts other voxels in the place of all.
    ///
    /// # Errors
    /// [`super::Refusal::NoRoom`]: it is changed then all the same.
    pub fn replace(&mut self, volume: Volume) -> Result<()> {
        self.origin = None;
        self.change(|old| {
            *old = volume;
            Ok(())
        })
    }

    /// Refuses what would take so many bytes more.
    ///
    /// # Errors
    /// [`super::Refusal::NoRoom`].
    pub fn check_room(&self, bytes: u64) -> Result<()> {
        self.room.check(bytes)
    }

    /// Says how large it is.
    fn settle(&mut self) -> Result<()> {
        self.moves = 0;
        let (before, now) = (self.taken, self.volume.bytes() as u64);
        self.taken = now;
        self.room.replace(before, now)
    }

    /// Which layer it began as, if it was one.
    pub(super) fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    pub(super) fn is_edited(&self) -> bool {
        self.edited
    }
}

impl Origin {
    /// The tiles that came or were overwritten. Where all have come, those that were edited since may be missing.
    pub(super) fn known(&self) -> &HashSet<TilePos> {
        &self.known
    }

    /// Whether all tiles have come.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }
}

impl Drop for Lazy {
    fn drop(&mut self) {
        // What becomes less is never refused.
        let _ = self.room.replace(self.taken, 0);
    }
}
