//! [`Remote`]: tiles and answers from the daemon, as a script needs them, and what the daemon is told meanwhile.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use goxel_core::{Project, Tile, TilePos};
use goxel_proto::types::LayerId;
use goxel_proto::worker::{Ask, ToDaemon, ToWorker};
use goxel_store::state;

use crate::ending::Ending;
use crate::link::Link;
use crate::model::{Lost, Source};
use crate::outside::Told;

/// Bytes of a number of a place, which has three.
const NUMBER_BYTES: usize = 4;

/// The daemon, as long as one script runs.
#[derive(Clone)]
pub(crate) struct Remote {
    link: Rc<RefCell<Link>>,
    ending: Ending,
    /// The project without its voxels: tiles come as a change of it.
    empty: Rc<Project>,
    /// Bytes of memory that the tiles of one message may take.
    tiles_bytes_max: u64,
}

impl Remote {
    pub(crate) fn new(
        link: Rc<RefCell<Link>>,
        ending: Ending,
        empty: Project,
        tiles_bytes_max: u64,
    ) -> Self {
        Self { link, ending, empty: Rc::new(empty), tiles_bytes_max }
    }

    fn ask<T>(
        &self,
        question: &ToDaemon,
        answer: impl FnOnce(ToWorker) -> Option<T>,
    ) -> Result<T, Lost> {
        if let Some(why) = self.ending.why() {
            return Err(Lost(why.to_owned()));
        }
        let mut link = self.link.borrow_mut();
        let heard = link.send(question).and_then(|()| link.receive());
        match heard {
            Ok(ToWorker::Stop(why)) => Err(self.lost(why)),
            Ok(other) => answer(other)
                .ok_or_else(|| self.lost("the daemon gave the answer to another question")),
            Err(error) => Err(self.lost(gone(&error))),
        }
    }

    /// Ends the script, whatever it makes of the exception.
    fn lost(&self, why: impl Into<String>) -> Lost {
        self.ending.call(why);
        Lost(self.ending.why().unwrap_or_default().to_owned())
    }

    fn tell(&self, message: &ToDaemon) {
        let told = self.link.borrow_mut().send(message);
        if let Err(error) = told {
            self.ending.call(gone(&error));
        }
    }
}

fn gone(error: &io::Error) -> String {
    format!("the daemon has gone: {error}")
}

impl Source for Remote {
    fn tiles(&mut self, layer: LayerId, places: &[TilePos]) -> Result<Vec<Tile>, Lost> {
        let numbers = places.iter().flat_map(|place| place.0);
        let question = ToDaemon::Tiles(layer.0, numbers.flat_map(i32::to_le_bytes).collect());
        let change = Remote::ask(self, &question, |answer| match answer {
            ToWorker::Tiles(change) => Some(change),
            _ => None,
        })?;
        let mut project = self.empty.snapshot();
        if !change.is_empty() {
            state::apply_within(&mut project, &change, self.tiles_bytes_max)
                .map_err(|error| self.lost(format!("tiles cannot be taken: {error}")))?;
        }
        let layer = project.layers().iter().find(|own| own.id == layer);
        let tile = |place: &TilePos| {
            layer.map_or(Tile::EMPTY, |layer| layer.volume.tile(*place).to_tile())
        };
        Ok(places.iter().map(tile).collect())
    }

    fn places(&mut self, layer: LayerId) -> Result<Vec<TilePos>, Lost> {
        let bytes = Remote::ask(self, &ToDaemon::Places(layer.0), |answer| match answer {
            ToWorker::Places(places) => Some(places),
            _ => None,
        })?;
        let (numbers, _) = bytes.as_chunks::<NUMBER_BYTES>();
        let (places, _) = numbers.as_chunks::<3>();
        Ok(places.iter().map(|place| TilePos(place.map(i32::from_le_bytes))).collect())
    }

    fn ask(
        &mut self,
        method: &str,
        params: &str,
        change: &[u8],
    ) -> Result<Result<String, String>, Lost> {
        let question =
            Ask { method: method.to_owned(), params: params.to_owned(), change: change.to_vec() };
        Remote::ask(self, &ToDaemon::Ask(question), |answer| match answer {
            ToWorker::Result(result) => Some(Ok(result)),
            ToWorker::Error(error) => Some(Err(error)),
            _ => None,
        })
    }
}

impl Told for Remote {
    fn print(&mut self, text: String) {
        self.tell(&ToDaemon::Print(text));
    }

    fn progress(&mut self, done: u64, of: u64) {
        self.tell(&ToDaemon::Progress(done, of));
    }

    fn look(&mut self) {
        let mut link = self.link.borrow_mut();
        if link.has_word() {
            self.ending.call(match link.receive() {
                Ok(ToWorker::Stop(why)) => why,
                Ok(_) => "the daemon answered what was not asked".to_owned(),
                Err(error) => gone(&error),
            });
        }
    }
}
