//! [`Model`]: the project as a script sees it. Its tiles come when they are asked for.
//!
//! ```text
//! Model     start: layers and scene as the daemon has them, without voxels
//!           now:   as the script has made them, without voxels
//!           volumes: of each layer that the script has looked at, a Lazy
//!   Lazy    a volume, whose layer it began as, and which of its tiles are right already
//!   Cache   the tiles of all layers that came, as they were; asks the Source for those that did not
//! ```
//!
//! A tile is wanted when a voxel of it is read or set for the first time. A whole tile that is overwritten is
//! not asked for. [`Model::change`] puts both sides together again and writes what differs.

#[cfg(any(test, fuzzing))]
pub(crate) mod at_hand;
mod cache;
mod change;
mod edit;
mod layers;
mod lazy;
mod room;
#[cfg(test)]
mod tests;
pub(crate) mod tile_box;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use goxel_core::{Project, Tile, TilePos};
use goxel_proto::types::LayerId;

use self::cache::Cache;
pub use self::lazy::Lazy;
use self::room::Room;

/// Where tiles come from: the daemon, or a project at hand in tests.
pub trait Source {
    /// The tiles at these places, in their order; a tile that holds nothing where there is none.
    ///
    /// # Errors
    /// Where whoever has them is gone, or the script is to end.
    fn tiles(&mut self, layer: LayerId, places: &[TilePos]) -> Result<Vec<Tile>, Lost>;

    /// The places of all tiles of a layer that hold anything.
    ///
    /// # Errors
    /// As of [`Self::tiles`].
    fn places(&mut self, layer: LayerId) -> Result<Vec<TilePos>, Lost>;

    /// Has the daemon answer a method that changes nothing, of the project as the script sees it: `change` is
    /// what makes it of what the daemon has. Gives the result or the error as JSON.
    ///
    /// # Errors
    /// As of [`Self::tiles`].
    fn ask(
        &mut self,
        method: &str,
        params: &str,
        change: &[u8],
    ) -> Result<Result<String, String>, Lost>;

    /// The script says how far it is: of so many.
    ///
    /// # Errors
    /// As of [`Self::tiles`].
    fn progress(&mut self, done: u64, total: u64) -> Result<(), Lost>;
}

/// Whoever has the tiles gives none any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the daemon has ended this script: {0}")]
pub struct Lost(pub String);

/// Why the model does not do something. The words are for whoever wrote the script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The script has to end, whatever it catches.
    #[error(transparent)]
    Lost(#[from] Lost),
    /// The model has bounds of its own.
    #[error(transparent)]
    Core(#[from] goxel_core::Error),
    /// Volumes may take so many bytes together.
    #[error(
        "the volumes of the script take more than {} MB, which is all that they may: drop those that are not \
         needed, or work in parts",
        .0 >> 20
    )]
    NoRoom(u64),
    /// What was asked for takes more at once than anything may.
    #[error("{what} of {given} {unit} is too large: {max} at the most. Do it in parts")]
    TooLarge {
        /// What was asked for.
        what: &'static str,
        /// How much of it.
        given: u128,
        /// In what.
        unit: &'static str,
        /// How much there may be.
        max: u128,
    },
}

/// What the model gives.
pub type Result<T, E = Refusal> = std::result::Result<T, E>;

/// A volume that several may hold: a layer and the script.
pub type VolumeRef = Rc<RefCell<Lazy>>;

/// The project as a script sees it.
pub struct Model {
    /// As the daemon has it, without voxels.
    start: Project,
    /// As the script has made it, without voxels.
    now: Project,
    /// What the script has looked at, or made.
    volumes: BTreeMap<LayerId, VolumeRef>,
    cache: Rc<RefCell<Cache>>,
    room: Rc<Room>,
    ended: Rc<Cell<bool>>,
}

impl Model {
    /// A script's project: `skeleton` is the daemon's without voxels. All that the script makes and looks at may
    /// take `voxels_max` bytes.
    #[must_use]
    pub fn new(skeleton: Project, source: Box<dyn Source>, voxels_max: u64) -> Self {
        let (room, ended) = (Rc::new(Room::new(voxels_max)), Rc::default());
        let cache = Rc::new(RefCell::new(Cache::new(source, Rc::clone(&room), Rc::clone(&ended))));
        Self {
            now: skeleton.snapshot(),
            start: skeleton,
            volumes: BTreeMap::new(),
            cache,
            room,
            ended,
        }
    }

    /// True from when the source is lost: the script has to end then, whatever it catches.
    #[must_use]
    pub fn ended(&self) -> Rc<Cell<bool>> {
        Rc::clone(&self.ended)
    }

    /// The layers and the scene as the script has made them. Voxels are in [`Model::volume`].
    #[must_use]
    pub fn project(&self) -> &Project {
        &self.now
    }

    /// A volume that belongs to no layer.
    #[must_use]
    pub fn detached(&self) -> Lazy {
        Lazy::new(Rc::clone(&self.room))
    }

    /// The voxels of a layer. What is changed in them is changed in the layer.
    pub fn volume(&mut self, layer: LayerId) -> VolumeRef {
        if let Some(known) = self.volumes.get(&layer) {
            return Rc::clone(known);
        }
        let is_old = self.start.layers().iter().any(|old| old.id == layer);
        let lazy = if is_old {
            Lazy::of_layer(layer, &self.cache, Rc::clone(&self.room))
        } else {
            self.detached()
        };
        let shared = Rc::new(RefCell::new(lazy));
        self.volumes.insert(layer, Rc::clone(&shared));
        shared
    }

    /// Has the daemon answer a method that changes nothing, of the project as it is here. Gives the result or
    /// the error as JSON.
    ///
    /// # Errors
    /// [`Refusal::Lost`], and where the change cannot be written.
    pub fn ask(&mut self, method: &str, params: &str) -> Result<Result<String, String>> {
        let change = self.change()?;
        self.cache.borrow_mut().ask(method, params, &change)
    }

    /// [`Self::ask`] of a project whose only layer has these voxels.
    ///
    /// # Errors
    /// As of [`Self::ask`].
    pub fn ask_of(
        &mut self,
        volume: Lazy,
        method: &str,
        params: &str,
    ) -> Result<Result<String, String>> {
        let change = self.change_to(volume)?;
        self.cache.borrow_mut().ask(method, params, &change)
    }

    /// Refuses what would take so many bytes more.
    ///
    /// # Errors
    /// [`Refusal::NoRoom`].
    pub fn check_room(&self, bytes: u64) -> Result<()> {
        self.room.check(bytes)
    }

    /// Says how far the script is: of so many.
    ///
    /// # Errors
    /// [`Refusal::Lost`].
    pub fn progress(&mut self, done: u64, total: u64) -> Result<()> {
        self.cache.borrow_mut().progress(done, total)
    }
}
