//! [`Tiles`]: what a worker is told of a project: first all but its voxels, then the tiles that its script looks at.

use goxel_core::{Layer, Parts, Project, Scene, TilePos, Unfit, Volume};
use goxel_proto::types::{LayerId, LayerRef, Rgba};
use goxel_store::state;

/// Bytes of a place: x, y and z of a tile.
const PLACE_BYTES: usize = 12;
/// Tiles that are asked for at once, at the most: each may be 16 KB.
const TILES_MAX: usize = 1 << 13;

/// A project as it is told to a worker.
pub(super) struct Tiles<'a> {
    project: &'a Project,
    /// Its layers and nothing else, without voxels: what tiles are told against.
    bare: Project,
}

impl<'a> Tiles<'a> {
    /// Of this project.
    ///
    /// # Errors
    /// Where it is none that can be put together: a fault of ours.
    pub(super) fn of(project: &'a Project) -> Result<Self, Unfit> {
        let mut parts = without_voxels(project);
        parts.layers.iter_mut().for_each(|layer| layer.material = None);
        let bare = Project::restored(Parts { scene: Some(Scene::default()), ..parts })?;
        Ok(Self { project, bare })
    }

    /// Where a layer has tiles; x, y and z of each, four bytes each.
    ///
    /// # Errors
    /// Where there is no such layer, in words.
    pub(super) fn places(&self, layer: u32) -> Result<Vec<u8>, String> {
        let volume = &self.layer(layer)?.volume;
        let places = volume.tiles().flat_map(|(at, _)| at.0);
        Ok(places.flat_map(i32::to_le_bytes).collect())
    }

    /// The tiles of a layer at these places, as a change of the bare project; empty where they hold nothing.
    ///
    /// # Errors
    /// Where there is no such layer, or these are no places, or too many, in words.
    pub(super) fn at(&self, layer: u32, places: &[u8]) -> Result<Vec<u8>, String> {
        let (places, rest) = places.as_chunks::<PLACE_BYTES>();
        if !rest.is_empty() || places.len() > TILES_MAX {
            return Err(format!(
                "{} tiles are wanted at once: {TILES_MAX} at the most",
                places.len()
            ));
        }
        let volume = &self.layer(layer)?.volume;
        let mut told = Volume::new();
        for place in places {
            let at = tile_pos(place);
            let tile = volume.tile(at);
            if tile.uniform() != Some(Rgba::EMPTY) {
                told.replace_tile(at, tile.to_tile());
            }
        }
        let mut parts = self.bare.parts();
        let wanted = parts.layers.iter_mut().filter(|own| own.id.0 == layer);
        wanted.for_each(|own| own.volume = told.clone());
        let scene = Some(Scene::default());
        let with = Project::restored(Parts { scene, ..parts }).map_err(|why| why.to_string())?;
        Ok(state::change(&self.bare, &with).unwrap_or_default())
    }

    fn layer(&self, layer: u32) -> Result<&'a Layer, String> {
        let found = self.project.layer(LayerRef::Id(LayerId(layer)));
        found.map_err(|error| error.to_string())
    }
}

/// All of a project but its voxels, as it is kept.
///
/// # Errors
/// As of [`Tiles::of`].
pub(super) fn skeleton(project: &Project) -> Result<Vec<u8>, Unfit> {
    let parts = Parts { scene: Some(project.scene().clone()), ..without_voxels(project) };
    Ok(state::encode(&Project::restored(parts)?))
}

fn without_voxels(project: &Project) -> Parts {
    let mut parts = project.parts();
    parts.layers.iter_mut().for_each(|layer| layer.volume = Volume::new());
    parts
}

fn tile_pos(place: &[u8; PLACE_BYTES]) -> TilePos {
    let (axes, _) = place.as_chunks::<4>();
    TilePos([0, 1, 2].map(|axis| axes.get(axis).map_or(0, |bytes| i32::from_le_bytes(*bytes))))
}

#[cfg(test)]
mod tests {
    use goxel_core::Command;
    use goxel_proto::types::{Pos, Voxel};

    use super::*;

    fn sample() -> Project {
        let mut project = Project::new("p", [8; 3]);
        let voxels = [0, 17, -1000].map(|x| Voxel { pos: Pos::new(x, 2, 3), rgba: Rgba::WHITE });
        let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels: &voxels };
        project.apply(command).expect("room");
        project
    }

    fn bytes(places: &[[i32; 3]]) -> Vec<u8> {
        places.iter().flatten().flat_map(|axis| axis.to_le_bytes()).collect()
    }

    #[test]
    fn a_worker_that_asks_for_all_tiles_has_the_project() {
        let project = sample();
        let tiles = Tiles::of(&project).expect("it is a project");
        let mut theirs =
            state::decode(&skeleton(&project).expect("it is a project")).expect("good");
        assert_eq!((theirs.count(), theirs.layers().len()), (0, 1));
        let places = tiles.places(1).expect("there is a layer");
        let told = tiles.at(1, &places).expect("they are there");
        state::apply(&mut theirs, &told).expect("it fits");
        assert!(theirs.layers() == project.layers());
    }

    #[test]
    fn what_is_not_there_is_told_as_nothing_and_nonsense_is_refused() {
        let project = sample();
        let tiles = Tiles::of(&project).expect("it is a project");
        assert_eq!(tiles.at(1, &bytes(&[[5, 5, 5], [i32::MIN; 3]])), Ok(Vec::new()));
        let refused = |told: Result<_, String>| told.expect_err("refused");
        assert_eq!(refused(tiles.at(7, &[])), "no layer has the id 7");
        assert_eq!(refused(tiles.places(7)), "no layer has the id 7");
        assert!(refused(tiles.at(1, &[0; 13])).contains("at the most"));
        assert!(tiles.at(1, &bytes(&vec![[0; 3]; TILES_MAX])).is_ok());
        assert!(tiles.at(1, &bytes(&vec![[0; 3]; TILES_MAX + 1])).is_err());
    }
}
