//! [`Source`]: a project as a format can hold it, so that writers need not know what others cannot.
//!
//! What the row of a format does not keep is worked in or left out here, and told: hidden layers,
//! blend modes, layers where there is one, voxels that are too thin. Storage that does not change
//! stays shared with the project.

use std::collections::HashMap;
use std::ops::Deref;

use goxel_core::{Layer, Project, TILE_VOXELS, Tile, TilePos, TileRef, Volume, Work};
use goxel_proto::types::{BlendMode, LayerId, Loss, Rgba};

use crate::report::Report;
use crate::{Kept, Layers, Result, WriteOptions};

/// What a single layer of a project without a name is called.
const MERGED: &str = "model";

/// A project as its writer gets it.
pub(crate) struct Source<'p> {
    project: Held<'p>,
    /// What shows of it, where its layers are apart.
    shown: Option<Volume>,
}

enum Held<'p> {
    AsItIs(&'p Project),
    Changed(Box<Project>),
}

impl Deref for Source<'_> {
    type Target = Project;

    fn deref(&self) -> &Project {
        match &self.project {
            Held::AsItIs(project) => project,
            Held::Changed(project) => project,
        }
    }
}

impl<'p> Source<'p> {
    /// A project as a format can hold it that has these layers and keeps these things of it. What it
    /// cannot goes into the report.
    pub(crate) fn new(
        project: &'p Project,
        has: Layers,
        kept: &[Kept],
        options: &WriteOptions<'_>,
        work: &Work<'_>,
        report: &mut Report,
    ) -> Result<Self> {
        let keeps = |one| kept.contains(&one);
        let whole = has == Layers::All && keeps(Kept::BlendModes);
        if whole || has == Layers::Drawn {
            return Ok(Self { project: Held::AsItIs(project), shown: None });
        }
        report.lose_scene(project, has, kept);
        let alpha_min = options.alpha_min(kept);
        let mut shown = None;
        let mut layers = match has {
            Layers::All => baked(project, work, report)?,
            Layers::Visible => {
                let mut layers = baked(project, work, report)?;
                layers.retain(|layer| layer.visible);
                layers
            }
            Layers::Meshes if options.mesh.layers != Some(false) => {
                report.lose_modes(modes(project, |layer| layer.visible));
                let mut merged = project.visible_within(work)?;
                let visible = project.layers().iter().filter(|layer| layer.visible).cloned();
                let layers = apart(&merged, visible.collect(), work)?;
                merged.remove_alphas_below(alpha_min, work)?;
                shown = Some(merged);
                layers
            }
            Layers::Meshes | Layers::Merged | Layers::Drawn => vec![merged(project, work, report)?],
        };
        for layer in &mut layers {
            let thin = layer.volume.remove_alphas_below(alpha_min, work)?;
            let what = format!("voxels with an alpha below {alpha_min} are left out");
            report.lose(Loss::ThinVoxels, what, thin);
            if !keeps(Kept::Alpha) {
                let through = layer.volume.count_alphas(&(alpha_min..=254), work)?;
                let what = "the format has no alpha: voxels that one sees through are solid";
                report.lose(Loss::Alpha, what, through);
            }
        }
        let project = Project::from_layers(project.name(), [0; 3], layers)
            .with_scene(project.scene().clone())
            .with_image_box(project.image_box());
        Ok(Self { project: Held::Changed(Box::new(project)), shown })
    }

    /// The voxels of a project of one layer, as [`Layers::Merged`] makes it.
    pub(crate) fn volume(&self) -> &Volume {
        self.shown.as_ref().unwrap_or(&self.layers()[0].volume)
    }
}

/// The modes of layers that a format without modes does not keep. The lowest one of those that show
/// has nothing below it to blend with.
fn modes(project: &Project, counts: impl Fn(&Layer) -> bool) -> impl Iterator<Item = BlendMode> {
    let lowest = project.layers().iter().position(|layer| layer.visible);
    let layers = project.layers().iter().enumerate();
    layers.filter_map(move |(at, layer)| {
        let adds = lowest == Some(at) && adds(layer.mode);
        (counts(layer) && layer.mode != BlendMode::Over && !adds).then_some(layer.mode)
    })
}

/// Whether a layer's own voxels are there, whatever is below.
fn adds(mode: BlendMode) -> bool {
    matches!(mode, BlendMode::Over | BlendMode::Max | BlendMode::Replace)
}

/// All layers, as they come out where one of them blends: that one and those below it are changed,
/// those above are as they are.
fn baked(project: &Project, work: &Work<'_>, report: &mut Report) -> Result<Vec<Layer>> {
    report.lose_modes(modes(project, |_| true));
    let mut layers = project.layers().to_vec();
    let lowest = layers.iter().position(|layer| layer.visible);
    let blends = |&(at, layer): &(usize, &Layer)| {
        let plain = layer.mode == BlendMode::Over || (lowest == Some(at) && adds(layer.mode));
        layer.visible && !plain
    };
    let Some((last, _)) = layers.iter().enumerate().rfind(blends) else {
        return Ok(layers);
    };
    let below: Vec<Layer> = layers[..=last].iter().filter(|layer| layer.visible).cloned().collect();
    let merged = Project::from_layers("", [0; 3], below.clone()).visible_within(work)?;
    let mut changed = apart(&merged, below, work)?.into_iter();
    for layer in layers[..=last].iter_mut().filter(|layer| layer.visible) {
        if let Some(changed) = changed.next() {
            *layer = changed;
        }
    }
    Ok(layers)
}

/// All that shows as one layer.
fn merged(project: &Project, work: &Work<'_>, report: &mut Report) -> Result<Layer> {
    report.lose_modes(modes(project, |layer| layer.visible));
    let visible: Vec<&Layer> =
        project.layers().iter().filter(|layer| layer.visible && !layer.volume.is_empty()).collect();
    if visible.len() > 1 {
        let what = "the format has no layers: those that show are one";
        report.lose(Loss::LayersMerged, what, visible.len() as u64);
    }
    let mut layer = Layer::new(LayerId(1), MERGED);
    layer.volume = project.visible_within(work)?;
    // What all have, the one has.
    layer.material = visible.first().and_then(|first| first.material);
    if visible.iter().any(|other| other.material != layer.material) {
        layer.material = None;
    }
    Ok(layer)
}

/// Layers that together are what shows, each place in one of them: the highest that has a voxel
/// there of its own, else the lowest that has one.
fn apart(merged: &Volume, mut layers: Vec<Layer>, work: &Work<'_>) -> Result<Vec<Layer>> {
    if let [layer] = &mut layers[..] {
        layer.volume = merged.clone();
        return Ok(layers);
    }
    let mut volumes: Vec<Volume> = layers.iter().map(|_| Volume::new()).collect();
    for (at, tile) in merged.tiles() {
        let there: Vec<usize> = (0..layers.len())
            .filter(|&layer| layers[layer].volume.tile(at).uniform() != Some(Rgba::EMPTY))
            .collect();
        work.spend(if there.len() > 1 { (there.len() * TILE_VOXELS) as u64 } else { 64 })?;
        match there[..] {
            [] => {}
            [only] => _ = volumes[only].replace_tile(at, tile.to_tile()),
            _ => {
                for (layer, part) in parts(tile, at, &layers, &there) {
                    volumes[layer].replace_tile(at, part);
                }
            }
        }
    }
    layers.iter_mut().zip(volumes).for_each(|(layer, volume)| {
        layer.volume = volume;
        layer.mode = BlendMode::Over;
    });
    Ok(layers)
}

/// A tile of what shows, cut into the parts of the layers that have voxels there.
fn parts(
    merged: TileRef<'_>,
    at: TilePos,
    layers: &[Layer],
    there: &[usize],
) -> impl Iterator<Item = (usize, Tile)> {
    let tiles: Vec<TileRef<'_>> =
        there.iter().map(|&layer| layers[layer].volume.tile(at)).collect();
    let mut parts = HashMap::new();
    for index in 0..TILE_VOXELS {
        let rgba = merged.get(index);
        if rgba.is_empty() {
            continue;
        }
        let has = |&at: &usize| !tiles[at].get(index).is_empty();
        let owner = (0..there.len())
            .rev()
            .find(|at| has(at) && adds(layers[there[*at]].mode))
            .or_else(|| (0..there.len()).find(has))
            .unwrap_or(0);
        let part =
            parts.entry(there[owner]).or_insert_with(|| Box::new([Rgba::EMPTY; TILE_VOXELS]));
        part[index] = rgba;
    }
    parts.into_iter().map(|(layer, voxels)| (layer, Tile::from_dense(&voxels)))
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Pos;

    use super::*;
    use crate::testing::project_of;
    use crate::{Format, MeshOptions, Warning, write};

    fn layer(name: &str, mode: BlendMode, voxels: &[([i32; 3], Rgba)]) -> Layer {
        let mut layer = Layer::new(LayerId(0), name);
        layer.mode = mode;
        layer.volume = voxels.iter().map(|(pos, rgba)| (Pos::from(*pos), *rgba)).collect();
        layer
    }

    /// A row of red, of which one is taken away and one lies under blue.
    fn project() -> Project {
        let red: Vec<_> = (0..4).map(|x| ([x, 0, 0], Rgba::opaque(255, 0, 0))).collect();
        let blue = Rgba::opaque(0, 0, 255);
        let layers = vec![
            layer("below", BlendMode::Max, &red),
            layer("hole", BlendMode::Sub, &[([1, 0, 0], Rgba::WHITE)]),
            layer("above", BlendMode::Over, &[([2, 0, 0], blue), ([9, 0, 0], blue)]),
        ];
        Project::from_layers("p", [8; 3], layers)
    }

    fn made<'p>(
        project: &'p Project,
        format: Format,
        options: &WriteOptions<'_>,
        report: &mut Report,
    ) -> Result<Source<'p>> {
        let work = Work::unbounded();
        Source::new(project, format.layers(), format.keeps(), options, &work, report)
    }

    fn source(project: &Project, format: Format, mesh: MeshOptions) -> (Vec<u64>, Vec<Warning>) {
        let mut report = Report::default();
        let options = WriteOptions { mesh, ..WriteOptions::default() };
        let source = made(project, format, &options, &mut report).unwrap();
        let counts = source.layers().iter().map(|layer| layer.volume.count()).collect();
        (counts, report.warnings)
    }

    fn codes(warnings: &[Warning]) -> Vec<(Loss, u64)> {
        warnings.iter().map(|warning| (warning.code, warning.count)).collect()
    }

    #[test]
    fn what_a_format_cannot_blend_is_worked_in() {
        let (counts, warnings) = source(&project(), Format::Vox, MeshOptions::default());
        // What is taken away is gone; what lies under a layer that only adds is still there.
        assert_eq!(counts, [3, 0, 2]);
        assert_eq!(codes(&warnings), [(Loss::BlendModes, 1)]);
        let (counts, warnings) = source(&project(), Format::Txt, MeshOptions::default());
        assert_eq!(counts, [4]);
        assert_eq!(codes(&warnings), [(Loss::BlendModes, 1), (Loss::LayersMerged, 3)]);
        assert_eq!(source(&project(), Format::Gox, MeshOptions::default()).1, []);
    }

    #[test]
    fn layers_that_only_lie_over_each_other_stay_whole() {
        let mut project = project();
        let mut layers = project.layers().to_vec();
        layers[1].mode = BlendMode::Over;
        project = Project::from_layers("p", [8; 3], layers);
        let (counts, warnings) = source(&project, Format::Vox, MeshOptions::default());
        assert_eq!((counts, warnings), (vec![4, 1, 2], vec![]));
    }

    #[test]
    fn thin_voxels_are_kept_where_there_is_alpha_and_told_where_not() {
        let volume: Volume =
            (0..100u8).map(|x| (Pos::new(x.into(), 0, 0), Rgba::new(1, 2, 3, x + 100))).collect();
        let project = project_of(volume);
        for (format, alpha_min, kept, losses) in [
            (Format::Qb, None, 100, vec![]),
            (Format::Qb, Some(150), 50, vec![(Loss::ThinVoxels, 50)]),
            (Format::Txt, None, 73, vec![(Loss::ThinVoxels, 27), (Loss::Alpha, 73)]),
            (Format::Txt, Some(1), 100, vec![(Loss::Alpha, 100)]),
            (Format::Gox, Some(150), 100, vec![]),
        ] {
            let options = WriteOptions { alpha_min, ..WriteOptions::default() };
            let mut report = Report::default();
            let source = made(&project, format, &options, &mut report).unwrap();
            assert_eq!(source.count(), kept, "{format}");
            assert_eq!(codes(&report.warnings), losses, "{format}");
        }
    }

    #[test]
    fn who_is_strict_gets_no_file_that_loses_something() {
        let options = WriteOptions { strict: true, ..WriteOptions::default() };
        let error = write(&project(), Format::Txt, &options, &mut Vec::new()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the file would not have all of the project: the format has no blend modes: what \
             \"subtract\" does is worked into the voxels (1); the format has no layers: those that \
             show are one (3)"
        );
        assert!(write(&project(), Format::Gox, &options, &mut Vec::new()).is_ok());
    }

    #[test]
    fn the_scene_is_told_where_it_is_left_out() {
        let project = crate::testing::sample_project();
        let report = write(&project, Format::Txt, &WriteOptions::default(), &mut Vec::new());
        let told: Vec<_> =
            codes(&report.unwrap().warnings).into_iter().map(|(code, _)| code).collect();
        assert!(told.contains(&Loss::Materials) && told.contains(&Loss::Cameras));
        assert!(told.contains(&Loss::Light) && told.contains(&Loss::ColorNames), "{told:?}");
    }

    #[test]
    fn layers_apart_are_what_shows() {
        let project = project();
        let merged = project.visible();
        let layers = apart(&merged, project.layers().to_vec(), &Work::unbounded()).unwrap();
        let mut union = Volume::new();
        for layer in &layers {
            for (pos, rgba) in layer.volume.voxels() {
                assert!(union.set(pos, rgba).is_empty(), "{pos:?} is in two layers");
            }
        }
        assert_eq!(union, merged);
    }
}
