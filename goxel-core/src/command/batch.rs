//! A batch: many operations as one step of the history. Those that can be carried out are; the
//! others are reported.

use goxel_proto::types::{LayerId, LayerRef, Pos, Rgba, Voxel};

use super::{Effect, points};
use crate::project::entry::Entry;
use crate::scan::points_units;
use crate::{Error, Project, Result, Work};

/// One operation of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The layer of the voxel.
    pub layer: LayerRef,
    /// The position of the voxel.
    pub pos: Pos,
    /// What becomes of it.
    pub act: Act,
}

/// What becomes of a voxel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It has this colour, whatever was there; alpha 0 removes it.
    Set(Rgba),
    /// It has this colour; it must be there.
    Paint(Rgba),
}

/// Operations that were refused, and why.
type Refused = Vec<(usize, Error)>;

impl Project {
    /// Carries out operations in their order. Those that are refused are passed over and
    /// reported; the others are one entry of the history.
    pub(super) fn batch(&mut self, operations: &[Operation], work: &Work<'_>) -> Result<Effect> {
        points::check(operations.iter().map(|operation| operation.pos), work)?;
        // Few are carried out at once, and all or none.
        let before = (operations.len() > points::AT_ONCE).then(|| self.stack.clone());
        let carried_out = self.carry_out(operations, work);
        if let (Err(_), Some(before)) = (&carried_out, before) {
            self.stack = before;
        }
        let (entries, refused) = carried_out?;
        if !entries.is_empty() {
            self.history.push(Entry::group(entries));
        }
        Ok(Effect::Refused(refused))
    }

    /// What the operations replaced, and those that were refused.
    fn carry_out(
        &mut self,
        operations: &[Operation],
        work: &Work<'_>,
    ) -> Result<(Vec<Entry>, Refused)> {
        let mut refused = Vec::new();
        let mut entries: Vec<Entry> = Vec::new();
        let mut rest = operations;
        while let Some(first) = rest.first() {
            let length = rest.iter().take_while(|next| next.layer == first.layer).count();
            let length = length.min(points::AT_ONCE);
            let (run, behind) = rest.split_at(length);
            let units = points_units(run.iter().map(|operation| operation.pos));
            work.spend(units)?;
            let offset = operations.len() - rest.len();
            match self.batch_run(first.layer, run, offset, &mut refused) {
                Ok((layer, replaced)) if !replaced.is_empty() => {
                    entries.push(Entry::voxels(layer, replaced, units));
                }
                Ok(_) => {}
                Err(error) => {
                    refused.extend((offset..offset + length).map(|index| (index, error.clone())));
                }
            }
            rest = behind;
        }
        Ok((entries, refused))
    }

    /// Operations on one layer. Gives what was there before.
    fn batch_run(
        &mut self,
        layer: LayerRef,
        run: &[Operation],
        offset: usize,
        refused: &mut Vec<(usize, Error)>,
    ) -> Result<(LayerId, Vec<Voxel>)> {
        let index = self.stack.index(layer)?;
        let layer = &mut self.stack.layers[index];
        let mut accessor = layer.volume.accessor();
        let mut replaced = Vec::with_capacity(run.len());
        for (index, operation) in run.iter().enumerate() {
            let pos = operation.pos;
            let rgba = match operation.act {
                Act::Set(rgba) => rgba,
                Act::Paint(_) if accessor.get(pos).is_empty() => {
                    refused.push((offset + index, Error::NoVoxel(pos.to_array())));
                    continue;
                }
                Act::Paint(rgba) => rgba,
            };
            replaced.push(Voxel { pos, rgba: accessor.replace(pos, rgba) });
        }
        Ok((layer.id, replaced))
    }
}
