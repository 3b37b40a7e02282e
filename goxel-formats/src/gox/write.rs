//! Writes `.gox` in the order that readers need: image, blocks, materials, layers, and the rest.
//!
//! Tiles of the same voxels are one block, whichever layers they are in.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{self, Write};

use foldhash::fast::FixedState;

use goxel_core::{
    Layer, Owner, Project, Scene, TILE_EDGE, TILE_UNITS, TILE_VOXELS, Tile, TilePos, TileRef, Work,
};

use super::block::map;
use super::dict::Dict;
use super::kept::{self, Place as KeptPlace};
use super::matrix::Affine;
use super::{MAGIC, VERSION, block, scene};
use crate::{Error, Picture, Result, WriteOptions};

/// A layer's use of a block.
struct Place {
    block: u32,
    at: TilePos,
}

/// Pixels along both edges of the preview, as Goxel has it.
const PREVIEW_EDGE: u32 = 128;
/// Tiles that are looked at and encoded together, for each task that the executor asks for: what is held
/// meanwhile are a hundred blocks or so.
const TILES_AT_ONCE: usize = 16;

/// Writes a whole project.
pub(crate) fn write(
    project: &Project,
    options: &WriteOptions<'_>,
    work: &Work<'_>,
    out: &mut impl Write,
) -> Result<()> {
    out.write_all(MAGIC)?;
    out.write_all(&VERSION.to_le_bytes())?;
    let mut image = Dict::default();
    image.add("box", &Affine::of_box(&project.image_box()).to_bytes());
    let scene = project.scene();
    image.0.extend(kept::keys_of(scene, "IMG "));
    chunk(out, b"IMG ", &image.0)?;
    // Nobody needs it: a file without is better than none.
    if let Some(Ok(preview)) =
        options.draw.map(|draw| draw(project, &Picture::square(PREVIEW_EDGE)))
    {
        chunk(out, b"PREV", &preview)?;
    }

    let mut blocks = Blocks::default();
    let mut layers = Vec::new();
    for layer in project.layers() {
        layers.push((layer, blocks.write(layer, work, out)?));
    }
    for material in scene::materials(scene) {
        chunk(out, b"MATE", &material)?;
    }
    for (kind, body) in kept::chunks(scene, KeptPlace::BeforeLayers) {
        chunk(out, &kind, body)?;
    }
    for (layer, places) in layers {
        chunk(out, b"LAYR", &layer_body(layer, &places, scene)?)?;
    }
    for (kind, body) in scene::after_layers(scene) {
        chunk(out, &kind, &body)?;
    }
    for (kind, body) in kept::chunks(scene, KeptPlace::BehindLayers) {
        chunk(out, &kind, body)?;
    }
    for body in kept::others(scene) {
        chunk(out, b"XOPQ", &body)?;
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
    dict.0.extend(kept::keys(scene, Owner::Layer(layer.id)));
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
        let at_once = TILES_AT_ONCE * work.executor().tasks().max(1);
        for tiles in layer.volume.sorted_tiles().chunks(at_once) {
            places.extend(self.write_some(tiles, work, out)?);
        }
        Ok(places)
    }

    /// Tiles are compared and encoded by several at once, numbered and written in their order.
    fn write_some(
        &mut self,
        tiles: &[(TilePos, TileRef<'_>)],
        work: &Work<'_>,
        out: &mut impl Write,
    ) -> Result<Vec<Place>> {
        let mut wanted = Vec::new();
        for &(at, tile) in tiles {
            // One that is known already writes nothing, so nobody else asks.
            work.spend(TILE_UNITS)?;
            let tile = tile.to_tile();
            if tile.count() > 0 {
                let storage = storage(&tile);
                let is_known = self.by_storage.contains_key(&storage);
                wanted.push((at, tile, storage, !is_known));
            }
        }
        let executor = work.executor();
        let hashes = map(executor, &wanted, |(_, tile, _, look)| look.then(|| hash(tile)));
        let (first, mut places) = (self.written.len(), Vec::new());
        for ((at, tile, storage, _), hash) in wanted.into_iter().zip(hashes) {
            let block = match (self.by_storage.get(&storage), hash) {
                (Some(&known), _) => known,
                (None, hash) => {
                    work.spend(TILE_VOXELS as u64)?;
                    let number = self.number_by_voxels(&tile, hash.unwrap_or_default())?;
                    self.by_storage.insert(storage, number);
                    number
                }
            };
            places.push(Place { block, at });
        }
        let fresh = &self.written[first..];
        for picture in map(executor, fresh, |tile| block::encode(TileRef::Stored(tile))) {
            chunk(out, b"BL16", &picture.map_err(io::Error::from)?)?;
        }
        Ok(places)
    }

    /// The number of a tile that is equal, or the next one.
    fn number_by_voxels(&mut self, tile: &Tile, hash: u64) -> Result<u32> {
        let alike = self.by_hash.entry(hash).or_default();
        let known = alike.iter().find(|&&number| equal(&self.written[number as usize], tile));
        if let Some(&known) = known {
            return Ok(known);
        }
        let number = u32::try_from(self.written.len()).map_err(|_| too_large())?;
        alike.push(number);
        self.written.push(tile.clone());
        Ok(number)
    }
}

fn storage(tile: &Tile) -> Storage {
    match (tile.uniform(), tile.address()) {
        (Some(rgba), _) => Storage::Uniform(rgba.0),
        (None, address) => Storage::Shared(address),
    }
}

/// A number of a tile's voxels: equal ones have the same. Two at a time are a word.
fn hash(tile: &Tile) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    for row in 0..TILE_VOXELS / TILE_EDGE {
        let row = tile.row(row % TILE_EDGE, row / TILE_EDGE);
        for [first, second] in row.as_chunks().0 {
            let [first, second] = [first, second].map(|rgba| u32::from_le_bytes(rgba.0));
            hasher.write_u64(u64::from(first) << 32 | u64::from(second));
        }
    }
    hasher.finish()
}

fn equal(a: &Tile, b: &Tile) -> bool {
    a.same(b) || (0..TILE_VOXELS).all(|index| a.get(index) == b.get(index))
}
