//! Writes `.vox`: every layer as an object of the scene, with its name and whether it is hidden.
//!
//! A layer of more than 256 voxels along an axis becomes a group of several models. All layers
//! share one palette: that of the project, as far as there is room, and what else they have; where
//! they have more than 255 colours, see [`super::quantise`]. The palette keeps the alpha of colours,
//! which most programs pass over.
//!
//! What was read from a `.vox` file goes back into it: see [`super::again`].

use std::io::Write;

use goxel_core::{Project, Work};
use goxel_proto::types::Rgba;

use super::again::Again;
use super::chunk::{chunk, header};
use super::colours::Made;
use super::histogram::Histogram;
use super::kept::Kept;
use super::part::Model;
use super::plan::{Plan, Slot, fresh};
use super::quantise::Colours;
use super::{COLOURS_MAX, MAGIC, palette};
use crate::out::Out;
use crate::{Error, Result};

/// Writes a whole project.
pub(crate) fn write(project: &Project, work: &Work<'_>, out: &mut Out<'_>) -> Result<()> {
    let kept = Kept::of(project.scene().opaque());
    let mut counts = Histogram::default();
    for layer in project.layers() {
        counts.merge(Histogram::of(&layer.volume.sorted_tiles(), work)?);
    }
    let colours = Colours::new(&counts, &wanted(project, kept.as_ref()));
    let volumes = project.layers().iter().map(|layer| &layer.volume);
    let why = format!("colours are reduced to {COLOURS_MAX}");
    counts.loss(&colours, volumes).tell(&why, out);
    let made = Made::of(project, &colours, kept.as_ref());
    made.tell(out);
    let again = |kept| Again::new(project, kept, &colours, &made)?.plan();
    let plan = match kept.as_ref().map(again) {
        Some(Ok(plan)) => plan,
        // What was kept has been through other hands, and is no scene any more.
        Some(Err(Error::Malformed { .. })) | None => fresh(project)?,
        Some(Err(error)) => return Err(error),
    };
    plan.write(&colours, &made, work, out)
}

/// The colours that the palette begins with: those of the project, and behind them those that a file
/// without any stands for.
fn wanted(project: &Project, kept: Option<&Kept<'_>>) -> Vec<Rgba> {
    let mut wanted: Vec<Rgba> =
        project.scene().palette().iter().map(|swatch| swatch.rgba).collect();
    if kept.is_some_and(|kept| kept.palette().is_none()) && wanted.len() < COLOURS_MAX {
        wanted.extend(&palette::default()[wanted.len() + 1..]);
    }
    wanted
}

impl Plan<'_> {
    fn write(
        &self,
        colours: &Colours,
        made: &Made<'_>,
        work: &Work<'_>,
        out: &mut Out<'_>,
    ) -> Result<()> {
        let rest = self.small_chunks(made)?;
        let length = self.models.iter().map(Model::chunks_length).sum::<u64>()
            + rest.iter().map(|bytes| bytes.as_ref().map_or(0, Vec::len) as u64).sum::<u64>();
        out.write_all(MAGIC)?;
        out.write_all(&self.version.to_le_bytes())?;
        out.write_all(&header(b"MAIN", 0, length)?)?;
        for bytes in rest {
            match bytes {
                Some(bytes) => out.write_all(&bytes)?,
                None => self.models.iter().try_for_each(|model| model.write(colours, work, out))?,
            }
        }
        Ok(())
    }

    /// All that is not voxels, in the order of the file; nothing stands for these.
    fn small_chunks(&self, made: &Made<'_>) -> Result<Vec<Option<Vec<u8>>>> {
        let has = |wanted: fn(&Slot<'_>) -> bool| self.slots.iter().any(wanted);
        let mut rest = Vec::new();
        for slot in &self.slots {
            rest.push(match slot {
                Slot::Same(kind, body) => Some(chunk(kind, body)?),
                Slot::Other(kind, body) => Some(chunk(kind, body)?),
                Slot::Models => None,
                Slot::Nodes => Some(self.nodes.clone()),
                Slot::Palette => Some(made.palette_chunk()?),
                Slot::Material(index) => Some(made.material_chunk(*index)?),
            });
        }
        if !has(|slot| matches!(slot, Slot::Palette)) && !made.is_default() {
            rest.push(Some(made.palette_chunk()?));
        }
        let is_said = |index: usize| {
            self.slots.iter().any(|slot| matches!(slot, Slot::Material(said) if *said == index))
        };
        for index in (1..=COLOURS_MAX).filter(|&index| made.is_made(index) && !is_said(index)) {
            rest.push(Some(made.material_chunk(index)?));
        }
        Ok(rest)
    }
}
