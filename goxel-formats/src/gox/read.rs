//! Reads `.gox`. Start with [`read`]; the layout is in the module above.

use std::collections::{HashMap, HashSet};

use goxel_core::limits::LAYERS_MAX;
use goxel_core::{BlendMode, Layer, Owner, Scene, Transform, Volume, Work};
use goxel_proto::types::{Aabb, LayerId, MaterialId, Pos, Rgba};

use super::block::Blocks;
use super::dict::for_each_entry;
use super::kept::{Keeper, Place, Unknown};
use super::matrix::Affine;
use super::rebuild::{self, Shape};
use super::{MAGIC, NO_MATERIAL, VERSION, dict, scene};
use crate::budget::{Budget, Builder};
use crate::bytes::{Cursor, i32s};
use crate::{Document, Error, Result, text};

/// Bytes of a block's place in a layer: its number, three coordinates and a zero.
const PLACE_BYTES: usize = 20;
/// What version 1 counts a block's position from: its middle.
const OLD_SHIFT: i32 = 8;

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "gox");
    if !bytes.starts_with(MAGIC) {
        return Err(cursor.malformed("it does not begin with \"GOX \""));
    }
    cursor.take(MAGIC.len())?;
    let version = cursor.i32()?;
    if !(1..=VERSION).contains(&version) {
        return Err(cursor.malformed(format!("version {version} is not known")));
    }
    let mut reader = Reader {
        old: version == 1,
        image: None,
        blocks: Blocks::default(),
        kept: Keeper::default(),
        materials: Vec::new(),
        layers: Vec::new(),
        scene: Scene::default(),
        budget: Budget::for_file(bytes.len(), work),
    };
    while !cursor.is_empty() {
        let kind: [u8; 4] = cursor.array()?;
        let length = cursor.length()?;
        let body = cursor.split(length)?;
        let _checksum = cursor.u32()?;
        reader.chunk(kind, body)?;
    }
    reader.finish()
}

/// What was read so far.
struct Reader<'a, 'w> {
    old: bool,
    image: Option<Aabb>,
    blocks: Blocks<'a>,
    kept: Keeper,
    /// By the number under which layers name them.
    materials: Vec<MaterialId>,
    layers: Vec<Stored>,
    scene: Scene,
    budget: Budget<'w>,
}

/// A layer, and what it is to be rebuilt from.
struct Stored {
    layer: Layer,
    /// Ids are compared as they stand in the file.
    id: i32,
    base_id: i32,
    material: i32,
    placed: Affine,
    shape: Option<Shape>,
    colour: Rgba,
    /// Keys that are not known.
    unknown: Unknown,
}

impl<'a> Reader<'a, '_> {
    fn chunk(&mut self, kind: [u8; 4], body: Cursor<'a>) -> Result<()> {
        match &kind {
            b"IMG " => self.image(body),
            b"BL16" => self.blocks.add(body, &mut self.budget),
            b"LAYR" => self.layer(body),
            b"MATE" => {
                self.materials.push(scene::read_material(body, &mut self.scene, &mut self.kept)?);
                Ok(())
            }
            b"CAMR" => scene::read_camera(body, &mut self.scene, &mut self.kept),
            b"LIGH" => scene::read_light(body, &mut self.scene, &mut self.kept),
            b"XPAL" => scene::read_palette(body, &self.materials, &mut self.scene),
            b"XOPQ" => self.kept.other(body),
            // A preview is drawn anew.
            b"PREV" => Ok(()),
            _ => {
                let before = self.layers.is_empty();
                let place = if before { Place::BeforeLayers } else { Place::BehindLayers };
                self.kept.chunk(kind, body.rest(), place);
                Ok(())
            }
        }
    }

    fn image(&mut self, body: Cursor<'_>) -> Result<()> {
        let mut unknown = Unknown::default();
        for_each_entry(body, |key, value| match (key, value.try_into()) {
            (b"box", Ok(bytes)) => {
                self.image = Affine::from_bytes(bytes).and_then(Affine::to_box);
            }
            (b"box", Err(_)) => {}
            _ => unknown.add(key, value),
        })?;
        self.kept.keys_of("IMG ", &unknown);
        Ok(())
    }

    fn layer(&mut self, mut body: Cursor<'_>) -> Result<()> {
        if self.layers.len() == LAYERS_MAX {
            return Err(Error::TooLarge(format!("more than {LAYERS_MAX} layers")));
        }
        self.blocks.decode(&mut self.budget)?;
        let start = body.clone();
        let count = body.length()?;
        let places = body.records(count, PLACE_BYTES)?;
        let volume = self.volume(places, &start)?;
        let mut stored = Stored::new(volume);
        for_each_entry(body, |key, value| stored.set(key, value))?;
        self.layers.push(stored);
        Ok(())
    }

    /// Blocks are laid down in their order, so that later ones win where they overlap.
    fn volume(&mut self, places: &[u8], chunk: &Cursor<'_>) -> Result<Volume> {
        let mut builder = Builder::new(&mut self.budget);
        for place in places.chunks_exact(PLACE_BYTES) {
            let [number, x, y, z] = i32s(place);
            let block = usize::try_from(number).ok().and_then(|at| self.blocks.decoded.get(at));
            let block = block.ok_or_else(|| {
                chunk.malformed(format!("a layer uses block {number}, which is not there"))
            })?;
            let shift = if self.old { -OLD_SHIFT } else { 0 };
            let min = Pos::new(x, y, z).checked_add(Pos::new(shift, shift, shift));
            let written = min.map_or(Ok(false), |min| builder.blit(min, block))?;
            if !written {
                return Err(chunk.malformed(format!("a block at [{x}, {y}, {z}] is out of range")));
            }
        }
        Ok(builder.finish())
    }

    fn finish(mut self) -> Result<Document> {
        for stored in &mut self.layers {
            stored.rasterise(&mut self.budget)?;
            let material = usize::try_from(stored.material).ok();
            stored.layer.material = material.and_then(|at| self.materials.get(at)).copied();
        }
        // Blocks that nobody uses may be broken, and that is said.
        self.blocks.decode(&mut self.budget)?;
        build_clones(&mut self.layers, &mut self.budget)?;
        self.name_owners();
        let mut document = Document {
            layers: self.layers.into_iter().map(|stored| stored.layer).collect(),
            image: self.image,
            scene: self.scene,
            warnings: Vec::new(),
        };
        self.kept.finish(&mut document)?;
        Ok(document)
    }

    /// Keys that are not known are kept by the ids of their layers, so these need one each that the
    /// project will not change: those that lack one get the next ones.
    fn name_owners(&mut self) {
        if self.layers.iter().all(|stored| stored.unknown.is_empty()) {
            return;
        }
        let highest = self.layers.iter().map(|stored| stored.layer.id.0).max().unwrap_or(0);
        let (mut next, mut seen) = (highest.saturating_add(1), HashSet::new());
        for stored in &mut self.layers {
            let id = &mut stored.layer.id;
            if id.0 == 0 || !seen.insert(*id) {
                *id = LayerId(next);
                next = next.saturating_add(1);
            }
            self.kept.keys(Owner::Layer(*id), &stored.unknown);
        }
    }
}

impl Stored {
    fn new(volume: Volume) -> Self {
        let mut layer = Layer::new(LayerId(0), "");
        layer.volume = volume;
        Self {
            layer,
            id: 0,
            base_id: 0,
            material: NO_MATERIAL,
            placed: Affine::IDENTITY,
            shape: None,
            colour: Rgba::WHITE,
            unknown: Unknown::default(),
        }
    }

    /// Takes an entry of the dictionary. One of a wrong size is as good as none.
    fn set(&mut self, key: &[u8], value: &[u8]) {
        let number = || Some(i32::from_le_bytes(value.try_into().ok()?));
        match key {
            b"name" => self.layer.name = text::name(value),
            b"visible" => self.layer.visible = dict::flag(value),
            b"mode" => {
                let mode = number().and_then(BlendMode::from_number);
                self.layer.mode = mode.unwrap_or_default();
            }
            b"id" => {
                self.id = number().unwrap_or(0);
                self.layer.id = LayerId(u32::try_from(self.id).unwrap_or(0));
            }
            b"base_id" => self.base_id = number().unwrap_or(0),
            b"mat" => {
                let placed = value.try_into().ok().and_then(Affine::from_bytes);
                self.placed = placed.unwrap_or(Affine::IDENTITY);
                self.layer.transform = dict::transform(value).unwrap_or_default();
            }
            b"material" => self.material = number().unwrap_or(NO_MATERIAL),
            b"box" => {
                let placed = value.try_into().ok().and_then(Affine::from_bytes);
                self.layer.bounds = placed.and_then(Affine::to_box);
            }
            b"img-path" => self.layer.picture = Some(text::name(value)),
            b"shape" => self.shape = Shape::from_name(value),
            b"color" => self.colour = value.try_into().map_or(Rgba::WHITE, Rgba),
            _ => self.unknown.add(key, value),
        }
    }

    fn rasterise(&mut self, budget: &mut Budget<'_>) -> Result<()> {
        if let Some(shape) = self.shape {
            self.place(rebuild::shape(shape, &self.placed, self.colour, budget)?);
        }
        Ok(())
    }

    /// Takes in voxels that stand where the transform says, so there is none any more.
    fn place(&mut self, volume: Volume) {
        self.layer.volume = volume;
        self.layer.transform = Transform::IDENTITY;
    }
}

/// Fills the clones, each after the layer it is a clone of. Those that are clones of themselves
/// in a circle, or of a layer that is not there, stay as they are.
fn build_clones(layers: &mut [Stored], budget: &mut Budget<'_>) -> Result<()> {
    let mut by_id = HashMap::new();
    for (index, stored) in layers.iter().enumerate() {
        by_id.entry(stored.id).or_insert(index);
    }
    let base_of = |stored: &Stored| match stored.base_id {
        0 => None,
        id => by_id.get(&id).copied(),
    };
    let mut done: Vec<bool> = layers.iter().map(|stored| base_of(stored).is_none()).collect();
    for start in 0..layers.len() {
        // Down to a layer that is done, then back up.
        let mut chain = Vec::new();
        let mut index = start;
        while !done[index] {
            done[index] = true;
            chain.push(index);
            match base_of(&layers[index]) {
                Some(base) => index = base,
                None => break,
            }
        }
        for index in chain.into_iter().rev() {
            if let Some(base) = base_of(&layers[index]).filter(|&base| base != index) {
                let source = layers[base].layer.volume.clone();
                let stored = &mut layers[index];
                stored.place(rebuild::clone(&source, &stored.placed, budget)?);
            }
        }
    }
    Ok(())
}
