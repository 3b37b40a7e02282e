//! Writes `.gox` in the order that readers need: image, blocks, materials, layers, and the rest.
//!
//! Tiles of the same voxels are one block, whichever layers they are in.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};

use goxel_core::{Layer, Project, Scene, TILE_UNITS, TILE_VOXELS, Tile, TilePos, TileRef, Work};

use super::dict::Dict;
use super::matrix::Affine;
use super::{MAGIC, VERSION, block, scene};
use crate::{Error, Result};

/// A layer's use of a block.
struct Place {
    block: u32,
    at: TilePos,
}

/// Writes a whole project.
pub(crate) fn write(project: &Project, work: &Work<'_>, out: &mut impl Write) -> Result<()> {
    out.write_all(MAGIC)?;
    out.write_all(&VERSION.to_le_bytes())?;
    let mut image = Dict::default();
    image.add("box", &Affine::of_box(&project.image_box()).to_bytes());
    chunk(out, b"IMG ", &image.0)?;

    let mut blocks = Blocks::default();
    let mut layers = Vec::new();
    for layer in project.layers() {
        layers.push((layer, blocks.write(layer, work, out)?));
    }
    let scene = project.scene();
    for material in scene::materials(scene) {
        chunk(out, b"MATE", &material)?;
    }
    for (layer, places) in layers {
        chunk(out, b"LAYR", &layer_body(layer, &places, scene)?)?;
    }
    for (kind, body) in scene::after_layers(scene) {
        chunk(out, &kind, &body)?;
    }
    Ok(())
}

fn layer_body(layer: &Layer, places: &[Place], scene: &Scene) -> Result<Vec<u8>> {
    let count = i32::try_from(places.len()).map_err(|_| too_large())?;
    let mut body = Vec::with_capacity(512 + 20 * places.len());
    body.extend(count.to_le_bytes());
    for place in places {
        body.extend(place.block.to_le_bytes());
        let [x, y, z] = place.at.min().to_array();
        [x, y, z, 0].iter().for_each(|number| body.extend(number.to_le_bytes()));
    }
    body.extend(layer_dict(layer, scene).0);
    Ok(body)
}

fn layer_dict(layer: &Layer, scene: &Scene) -> Dict {
    let mut dict = Dict::default();
    dict.add_text("name", &layer.name);
    dict.add_floats("mat", &layer.transform.to_columns());
    dict.add("id", &layer.id.0.to_le_bytes());
    dict.add_i32("base_id", 0);
    dict.add_i32("material", scene::material_number(scene, layer.material));
    dict.add_i32("mode", layer.mode.number());
    if let Some(path) = &layer.picture {
        dict.add_text("img-path", path);
    }
    if let Some(bounds) = &layer.bounds {
        dict.add("box", &Affine::of_box(bounds).to_bytes());
    }
    dict.add_flag("visible", layer.visible);
    dict
}

fn chunk(out: &mut impl Write, kind: &[u8; 4], body: &[u8]) -> Result<()> {
    let length = i32::try_from(body.len()).map_err(|_| too_large())?;
    out.write_all(kind)?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(body)?;
    out.write_all(&[0; 4])?;
    Ok(())
}

fn too_large() -> Error {
    Error::TooLarge("a layer has more tiles than a .gox file can count".to_owned())
}

/// The blocks that are written so far, to be found by what they hold.
#[derive(Default)]
struct Blocks {
    written: Vec<Tile>,
    /// Shared storage is the same without a look at the voxels.
    by_storage: HashMap<Storage, u32>,
    by_hash: HashMap<u64, Vec<u32>>,
}

/// What tells tiles apart without a look at their voxels. An address stays that of one tile, for
/// the project holds all of them meanwhile.
#[derive(PartialEq, Eq, Hash)]
enum Storage {
    Uniform([u8; 4]),
    Shared(Option<usize>),
}

impl Blocks {
    /// Writes those tiles of a layer that no layer before had.
    fn write(
        &mut self,
        layer: &Layer,
        work: &Work<'_>,
        out: &mut impl Write,
    ) -> Result<Vec<Place>> {
        let mut places = Vec::new();
        for (at, tile) in layer.volume.sorted_tiles() {
            // One that is known already writes nothing, so nobody else asks.
            work.spend(TILE_UNITS)?;
            let tile = tile.to_tile();
            if tile.count() == 0 {
                continue;
            }
            let block = self.number(&tile, work, out)?;
            places.push(Place { block, at });
        }
        Ok(places)
    }

    fn number(&mut self, tile: &Tile, work: &Work<'_>, out: &mut impl Write) -> Result<u32> {
        let storage = match (tile.uniform(), tile.address()) {
            (Some(rgba), _) => Storage::Uniform(rgba.0),
            (None, address) => Storage::Shared(address),
        };
        if let Some(&known) = self.by_storage.get(&storage) {
            return Ok(known);
        }
        work.spend(TILE_VOXELS as u64)?;
        let number = self.number_by_voxels(tile, out)?;
        self.by_storage.insert(storage, number);
        Ok(number)
    }

    fn number_by_voxels(&mut self, tile: &Tile, out: &mut impl Write) -> Result<u32> {
        let alike = self.by_hash.entry(hash(tile)).or_default();
        let known = alike.iter().find(|&&number| equal(&self.written[number as usize], tile));
        if let Some(&known) = known {
            return Ok(known);
        }
        let number = u32::try_from(self.written.len()).map_err(|_| too_large())?;
        alike.push(number);
        self.written.push(tile.clone());
        let picture = block::encode(TileRef::Stored(tile)).map_err(io::Error::from)?;
        chunk(out, b"BL16", &picture)?;
        Ok(number)
    }
}

fn hash(tile: &Tile) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut row = [0; 64];
    for start in (0..TILE_VOXELS).step_by(16) {
        for (at, bytes) in row.as_chunks_mut().0.iter_mut().enumerate() {
            *bytes = tile.get(start + at).0;
        }
        row.hash(&mut hasher);
    }
    hasher.finish()
}

fn equal(a: &Tile, b: &Tile) -> bool {
    a.same(b) || (0..TILE_VOXELS).all(|index| a.get(index) == b.get(index))
}
