//! [`Model`]: the project as a script sees it. Its tiles come when they are asked for.

use goxel_core::{Project, Tile, TilePos};
use goxel_proto::types::LayerId;

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
}

/// Whoever has the tiles gives none any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the daemon has ended this script: {0}")]
pub struct Lost(pub String);

/// The project as a script sees it.
pub struct Model {
    /// As the daemon has it, as far as it is known here.
    before: Project,
    /// As the script has made it.
    now: Project,
    source: Box<dyn Source>,
}

impl Model {
    /// A project as the daemon has it, without its voxels, which may take so many bytes.
    #[must_use]
    pub fn new(skeleton: Project, source: Box<dyn Source>, _voxels_max: u64) -> Self {
        Self { before: skeleton.snapshot(), now: skeleton, source }
    }

    /// What makes the script's project of the daemon's; empty where nothing does.
    #[must_use]
    pub fn change(&self) -> Vec<u8> {
        goxel_store::state::change(&self.before, &self.now).unwrap_or_default()
    }
}
