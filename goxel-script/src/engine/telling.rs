//! [`Telling`]: a source of tiles that has what was printed told first. A picture may take the daemon seconds, and
//! whoever looks on wants to know what the script was about.

use goxel_core::{Tile, TilePos};
use goxel_proto::types::LayerId;

use crate::console::Console;
use crate::model::{Lost, Source};

pub(super) struct Telling {
    pub(super) source: Box<dyn Source>,
    pub(super) console: Console,
}

impl Source for Telling {
    fn tiles(&mut self, layer: LayerId, places: &[TilePos]) -> Result<Vec<Tile>, Lost> {
        self.source.tiles(layer, places)
    }

    fn places(&mut self, layer: LayerId) -> Result<Vec<TilePos>, Lost> {
        self.source.places(layer)
    }

    fn ask(
        &mut self,
        method: &str,
        params: &str,
        change: &[u8],
    ) -> Result<Result<String, String>, Lost> {
        self.console.flush();
        self.source.ask(method, params, change)
    }

    fn progress(&mut self, done: u64, total: u64) -> Result<(), Lost> {
        self.console.flush();
        self.source.progress(done, total)
    }
}
