//! [`Made`]: the palette as it is written, and what its colours are made of.

use std::collections::HashMap;

use goxel_core::{Material, Project, Volume};
use goxel_proto::types::{Loss, MaterialId, Rgba};

use super::chunk::chunk;
use super::dict::Dict;
use super::histogram::{ColourMap, Histogram};
use super::kept::Kept;
use super::palette::{self, Palette};
use super::quantise::Colours;
use super::{COLOURS_MAX, material, part};
use crate::Result;
use crate::colour_loss::ColourLoss;
use crate::out::Out;

/// Bytes of a palette's chunk.
const PALETTE_BYTES: usize = 1024;

/// Colours by index, and their materials.
pub(super) struct Made<'a> {
    colours: &'a [Rgba],
    /// By index, from 0 on.
    materials: Vec<Option<&'a Material>>,
    /// The chunk of the file that was read, where there was one.
    kept: Option<&'a [u8]>,
    /// What that file said of the material of each colour.
    known: HashMap<usize, Dict<'a>>,
    known_colours: Palette,
    /// Colours that are of several materials.
    undecided: u64,
}

impl<'a> Made<'a> {
    pub(super) fn of(project: &'a Project, colours: &'a Colours, kept: Option<&Kept<'a>>) -> Self {
        let own = project.scene().materials_of_colours();
        let (of_layers, undecided) = materials_of_layers(project, colours);
        let find = |id: MaterialId| project.scene().material(id).ok();
        let colours = &colours.palette[..];
        let materials = colours.iter().enumerate().map(|(at, rgba)| {
            let swatch = project.scene().palette().get(at).filter(|swatch| swatch.rgba == *rgba);
            let of_swatch = swatch.map_or_else(|| own.get(rgba).copied(), |s| s.material);
            of_swatch.and_then(find).or_else(|| of_layers.get(&at).copied().and_then(find))
        });
        let chunk = kept.and_then(Kept::palette);
        Self {
            colours,
            materials: materials.collect(),
            kept: chunk,
            known: kept.map(Kept::materials).unwrap_or_default(),
            known_colours: chunk.map_or_else(palette::default, palette::from_chunk),
            undecided,
        }
    }

    pub(super) fn tell(&self, out: &mut Out<'_>) {
        let what =
            "a colour has one material in the whole file, and these are in layers of several";
        out.lose(Loss::Materials, what, self.undecided);
    }

    /// Whether the colours are those of a file that does not say any.
    pub(super) fn is_default(&self) -> bool {
        self.kept.is_none() && self.colours == &palette::default()[1..]
    }

    /// Whether there is something to say of what a colour is made of.
    pub(super) fn is_made(&self, index: usize) -> bool {
        self.materials.get(index - 1).is_some_and(Option::is_some)
    }

    /// The chunk of colours. Where they are those of the file that was read it is that one, to the byte.
    pub(super) fn palette_chunk(&self) -> Result<Vec<u8>> {
        if let Some(kept) = self.kept {
            let told = palette::swatches(kept);
            if told.iter().map(|swatch| &swatch.rgba).eq(self.colours) {
                return chunk(b"RGBA", kept);
            }
        }
        let mut body: Vec<u8> = self.colours.iter().flat_map(|rgba| rgba.0).collect();
        body.resize(PALETTE_BYTES, 0);
        chunk(b"RGBA", &body)
    }

    /// What a chunk says of the material of a colour.
    pub(super) fn material_chunk(&self, index: usize) -> Result<Vec<u8>> {
        let mut body = (index as i32).to_le_bytes().to_vec();
        self.dict(index).write(&mut body);
        chunk(b"MATL", &body)
    }

    fn dict(&self, index: usize) -> Dict<'a> {
        let Some(&rgba) = self.colours.get(index.wrapping_sub(1)) else {
            // Of a colour that there is not: nobody has changed it.
            return self.known.get(&index).cloned().unwrap_or_default();
        };
        let material = self.materials[index - 1];
        let says = |dict: &&Dict<'_>| material::says(dict, rgba, material);
        let own = self.known.get(&index);
        // A colour that has another place now is told as it was at the old one.
        let moved = || {
            let places = (1..=COLOURS_MAX).filter(|&at| self.known_colours[at] == rgba);
            places.filter_map(|at| self.known.get(&at)).find(says)
        };
        let known = own.filter(says).or_else(moved).or(own);
        match material {
            Some(material) => material::dict(material, rgba, known),
            None => material::plain(rgba, known),
        }
    }

    /// Whether a chunk of old says the same of a colour as the project does.
    pub(super) fn is_as_known(&self, index: usize) -> bool {
        let Some(&rgba) = self.colours.get(index.wrapping_sub(1)) else { return true };
        let known = self.known.get(&index);
        known.is_some_and(|dict| material::says(dict, rgba, self.materials[index - 1]))
    }
}

/// The materials of colours that are in layers of one material only, by their place in the palette; and
/// how many colours are in layers of several, one of which may be none.
fn materials_of_layers(project: &Project, colours: &Colours) -> (HashMap<usize, MaterialId>, u64) {
    let (mut found, mut several) = (HashMap::new(), [false; COLOURS_MAX + 1]);
    if project.layers().iter().all(|layer| layer.material.is_none()) {
        return (found, 0);
    }
    let mut of_index: [Option<Option<MaterialId>>; COLOURS_MAX + 1] = [None; COLOURS_MAX + 1];
    let own: ColourMap<()> = {
        let swatches = project.scene().palette().iter();
        swatches.filter(|s| s.material.is_some()).map(|s| (s.rgba, ())).collect()
    };
    for layer in project.layers() {
        let mut used = [false; COLOURS_MAX + 1];
        for (_, tile) in layer.volume.tiles() {
            part::for_each_colour(tile, |rgba| {
                if !own.contains_key(&rgba) {
                    used[usize::from(colours.index(rgba))] = true;
                }
            });
        }
        for index in (1..=COLOURS_MAX).filter(|&index| used[index]) {
            several[index] |= of_index[index].is_some_and(|known| known != layer.material);
            of_index[index] = Some(layer.material);
        }
    }
    for index in (1..=COLOURS_MAX).filter(|&index| !several[index]) {
        if let Some(Some(material)) = of_index[index] {
            found.insert(index - 1, material);
        }
    }
    (found, several.iter().filter(|several| **several).count() as u64)
}

impl Histogram {
    /// How far what stands for the colours of these volumes, which were counted, is from them.
    pub(crate) fn loss<'a>(
        &self,
        colours: &Colours,
        volumes: impl Iterator<Item = &'a Volume>,
    ) -> ColourLoss {
        let mut loss = ColourLoss::default();
        let mut add = |rgba: Rgba, count| loss.add(count, rgba.0, colours.shown(rgba).0);
        match self {
            Self::Single(counts) => counts.iter().for_each(|(rgba, count)| add(*rgba, *count)),
            Self::Cells(_) => volumes.flat_map(Volume::tiles).for_each(|(_, tile)| {
                part::for_each_run(tile, &mut add);
            }),
        }
        loss
    }
}
