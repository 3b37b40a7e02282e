//! Edits of many voxels at once, by the commands of the model.

use goxel_core::{BlendMode, Command, Effect, Layer, Project, TILE_VOXELS, Volume};
use goxel_proto::types::{Aabb, Combine, LayerId, LayerRef, Rgba};

use super::layers::lay_over;
use super::tile_box::TileBox;
use super::{Lazy, Refusal, Result};

/// Voxels of a tile that take next to nothing.
const FEW_VOXELS: u128 = 64;
/// Bytes that a tile of more takes at least, where it is not all of one colour.
const PART_BYTES: u128 = TILE_VOXELS as u128;

impl Lazy {
    /// Fills a box, or clears it where alpha is 0. Gives how many voxels it has.
    ///
    /// # Errors
    /// Where it is too large, or tiles at its sides do not come.
    pub fn fill(&mut self, aabb: &Aabb, rgba: Rgba) -> Result<u64> {
        let aabb = aabb.intersection(&Aabb::EVERYTHING);
        if aabb.is_empty() {
            return Ok(0);
        }
        let voxels = aabb.volume();
        if rgba.is_empty() {
            self.need_box(&aabb)?;
            self.change(|volume| {
                volume.fill(&aabb, rgba);
                Ok(())
            })?;
            return Ok(u64::try_from(voxels).unwrap_or(u64::MAX));
        }
        if voxels > goxel_core::limits::FILL_VOXELS_MAX {
            return Err(Refusal::Core(goxel_core::Error::FillTooLarge(voxels)));
        }
        let inner = TileBox::within(&aabb);
        let parts = TileBox::touched(&aabb).count() - inner.count();
        if voxels > parts * FEW_VOXELS {
            self.check_room(u64::try_from(parts * PART_BYTES).unwrap_or(u64::MAX))?;
        }
        self.need_in(&aabb, |at| !inner.contains(at))?;
        self.overwrite(inner.tiles());
        self.command(Command::SetVoxels {
            layer: LayerRef::Active,
            boxes: &[(aabb, rgba)],
            voxels: &[],
        })?;
        Ok(voxels as u64)
    }

    /// Gives the voxels that are there in a box, or all, another colour. Gives how many.
    ///
    /// # Errors
    /// Where tiles do not come.
    pub fn paint(&mut self, aabb: &Aabb, rgba: Rgba) -> Result<u64> {
        self.need_box(aabb)?;
        match self.command(Command::Paint { layer: LayerRef::Active, aabb: *aabb, rgba }) {
            Ok(Effect::Covered(count)) => Ok(count),
            Ok(_) | Err(Refusal::Core(goxel_core::Error::NoVoxel(_))) => Ok(0),
            Err(other) => Err(other),
        }
    }

    /// Sets, removes, paints or keeps the voxels that `set` has. Gives how many.
    ///
    /// # Errors
    /// Where tiles do not come.
    pub fn combine(&mut self, set: &Volume, mode: Combine) -> Result<u64> {
        self.check_room(set.bytes() as u64)?;
        if mode == Combine::Intersect {
            self.need_all()?;
        } else {
            self.need(set.tiles().map(|(at, _)| at))?;
        }
        match self.command(Command::Combine { layer: LayerRef::Active, set, mode })? {
            Effect::Covered(count) => Ok(count),
            _ => Ok(0),
        }
    }

    /// Lays another volume over this one.
    ///
    /// # Errors
    /// Where tiles do not come.
    pub fn lay(&mut self, above: &mut Self, mode: BlendMode) -> Result<()> {
        lay_over(self, above, mode)
    }

    /// Carries out a command of the model on the active layer, which is this volume. What it needs has come.
    ///
    /// # Errors
    /// Where it is refused; nothing has changed then.
    pub fn command(&mut self, command: Command<'_>) -> Result<Effect> {
        self.change(|volume| {
            let mut layer = Layer::new(LayerId(1), "");
            layer.volume = std::mem::take(volume);
            let mut project = Project::from_layers("", [1; 3], vec![layer]);
            let effect = project.apply(command);
            // The history would hold on to what was replaced, which the next edit would then have to copy.
            project.forget_history();
            *volume = project.layers()[0].volume.clone();
            Ok(effect?)
        })
    }
}
