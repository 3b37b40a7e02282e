//! Writes `.vox`: every layer as an object of the scene, with its name and whether it is hidden.
//!
//! A layer of more than 256 voxels along an axis becomes a group of several models. All layers
//! share one palette: that of the project, as far as there is room, and what else they have; where
//! they have more than 255 colours, see [`super::quantise`]. The format
//! has no transparency: voxels of alpha below 127 are left out, the palette keeps the alpha of
//! the others, which most programs pass over. Modes of layers are lost.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;

use goxel_core::{Layer, Project, TilePos, TileRef};
use goxel_proto::types::{Aabb, Rgba};

use super::quantise::Colours;
use super::{MAGIC, MODEL_EDGE, VERSION};
use crate::{Error, Result, scan, text};

/// Bytes of a chunk before its content.
const HEADER_BYTES: u64 = 12;
/// Tiles along the edge of a model.
const MODEL_TILES_SHIFT: u32 = 4;

/// A model: a part of a layer, or all of it.
struct Part<'a> {
    tiles: Vec<(TilePos, TileRef<'a>)>,
    bounds: Aabb,
    count: u64,
}

/// Writes a whole project.
pub(crate) fn write(project: &Project, out: &mut impl Write) -> Result<()> {
    let mut counts = HashMap::new();
    let layers: Vec<_> =
        project.layers().iter().map(|layer| (layer, parts(layer, &mut counts))).collect();
    let wanted: Vec<Rgba> = project.scene().palette().iter().map(|swatch| swatch.rgba).collect();
    let colours = Colours::new(counts, &wanted);
    let nodes = scene(&layers)?;
    let models = || layers.iter().flat_map(|(_, parts)| parts);

    let palette = chunk(b"RGBA", &palette_body(&colours))?;
    let length =
        models().map(Part::chunks_length).sum::<u64>() + (nodes.len() + palette.len()) as u64;
    out.write_all(MAGIC)?;
    out.write_all(&VERSION.to_le_bytes())?;
    out.write_all(&header(b"MAIN", 0, length)?)?;
    for part in models() {
        part.write(&colours, out)?;
    }
    out.write_all(&nodes)?;
    out.write_all(&palette)?;
    Ok(())
}

/// The models of a layer, at least one. Adds up the colours on the way.
fn parts<'a>(layer: &'a Layer, counts: &mut HashMap<Rgba, u64>) -> Vec<Part<'a>> {
    let whole = scan::shown_bounds(&layer.volume);
    // An axis that fits is not cut.
    let long = whole.map_or([false; 3], |all| all.size().map(|edge| edge > MODEL_EDGE as u64));
    let mut parts: BTreeMap<[i32; 3], Part<'a>> = BTreeMap::new();
    for (at, tile) in layer.volume.sorted_tiles() {
        let Some(bounds) = scan::tile_bounds(at, tile) else { continue };
        let count = count_colours(tile, counts);
        let cell =
            [2, 1, 0].map(|axis| if long[axis] { at.0[axis] >> MODEL_TILES_SHIFT } else { 0 });
        let part =
            parts.entry(cell).or_insert_with(|| Part { tiles: Vec::new(), bounds, count: 0 });
        part.tiles.push((at, tile));
        part.bounds = part.bounds.union(&bounds);
        part.count += count;
    }
    if parts.is_empty() {
        // An object of no voxels keeps the layer.
        let bounds = Aabb { min: [0; 3], max: [1; 3] };
        return vec![Part { tiles: Vec::new(), bounds, count: 0 }];
    }
    parts.into_values().collect()
}

/// Adds the shown voxels of a tile to the counts of their colours, and returns how many it is.
fn count_colours(tile: TileRef<'_>, counts: &mut HashMap<Rgba, u64>) -> u64 {
    let mut total = 0;
    let mut run = (Rgba::EMPTY, 0);
    for_each_run(tile, |rgba, length| {
        total += length;
        if rgba != run.0 {
            add(counts, run);
            run = (rgba, 0);
        }
        run.1 += length;
    });
    add(counts, run);
    total
}

fn add(counts: &mut HashMap<Rgba, u64>, (rgba, length): (Rgba, u64)) {
    if length > 0 {
        *counts.entry(rgba).or_insert(0) += length;
    }
}

fn for_each_run(tile: TileRef<'_>, mut f: impl FnMut(Rgba, u64)) {
    if let Some(rgba) = tile.uniform() {
        return f(rgba, goxel_core::TILE_VOXELS as u64);
    }
    (0..goxel_core::TILE_VOXELS)
        .map(|index| tile.get(index))
        .filter(|rgba| scan::shown(*rgba))
        .for_each(|rgba| f(rgba, 1));
}

impl Part<'_> {
    /// Where the middle of the model is put: a model stands around `floor(size / 2)`.
    fn shift(&self) -> [i64; 3] {
        [0, 1, 2].map(|axis| {
            let size = self.bounds.max[axis] - self.bounds.min[axis];
            self.bounds.min[axis] + size / 2
        })
    }

    /// Bytes of both chunks of the model.
    fn chunks_length(&self) -> u64 {
        2 * HEADER_BYTES + 12 + 4 + 4 * self.count
    }

    /// Writes both chunks of the model.
    fn write(&self, colours: &Colours, out: &mut impl Write) -> Result<()> {
        out.write_all(&header(b"SIZE", 12, 0)?)?;
        for edge in self.bounds.size() {
            out.write_all(&(edge as u32).to_le_bytes())?;
        }
        // A model has 2^24 voxels at the most, so its count and length are in range.
        out.write_all(&header(b"XYZI", 4 + 4 * self.count, 0)?)?;
        out.write_all(&(self.count as u32).to_le_bytes())?;
        let mut last = (Rgba::EMPTY, 0);
        for &(at, tile) in &self.tiles {
            let min = at.min().to_array();
            let base = [0, 1, 2].map(|axis| i64::from(min[axis]) - self.bounds.min[axis]);
            for index in 0..goxel_core::TILE_VOXELS {
                let rgba = tile.get(index);
                if !scan::shown(rgba) {
                    continue;
                }
                if rgba != last.0 {
                    last = (rgba, colours.index(rgba));
                }
                let part = [index & 15, index >> 4 & 15, index >> 8];
                let [x, y, z] = [0, 1, 2].map(|axis| (base[axis] + part[axis] as i64) as u8);
                out.write_all(&[x, y, z, last.1])?;
            }
        }
        Ok(())
    }
}

fn palette_body(colours: &Colours) -> Vec<u8> {
    let mut body: Vec<u8> = colours.palette.iter().flat_map(|rgba| rgba.0).collect();
    body.resize(1024, 0);
    body
}

/// The nodes: a root, a group of all layers, and a transform with a shape for each model.
fn scene(layers: &[(&Layer, Vec<Part<'_>>)]) -> Result<Vec<u8>> {
    let mut nodes = Nodes { bytes: Vec::new(), last_id: 1, models: 0 };
    // The group of all layers has the next id, so the layers' own ones are known only later:
    // they are written to a buffer of their own.
    let mut children = Vec::new();
    for (layer, parts) in layers {
        children.push(nodes.layer(layer, parts)?);
    }
    let mut all = Nodes { bytes: Vec::new(), last_id: 1, models: 0 };
    all.transform(0, &[], 1, None)?;
    all.group(1, &children)?;
    all.bytes.extend(nodes.bytes);
    Ok(all.bytes)
}

/// Nodes as chunks, and the ids that are given so far.
struct Nodes {
    bytes: Vec<u8>,
    last_id: i32,
    models: i32,
}

impl Nodes {
    fn id(&mut self) -> Result<i32> {
        self.last_id = self.last_id.checked_add(1).ok_or_else(too_large)?;
        Ok(self.last_id)
    }

    /// Writes a layer and returns the id of its transform.
    fn layer(&mut self, layer: &Layer, parts: &[Part<'_>]) -> Result<i32> {
        let mut attributes: Vec<(&str, &str)> = vec![("_name", text::clip(&layer.name))];
        if !layer.visible {
            attributes.push(("_hidden", "1"));
        }
        if let [part] = parts {
            return self.part(part, &attributes);
        }
        let (id, group) = (self.id()?, self.id()?);
        self.transform(id, &attributes, group, None)?;
        let children: Result<Vec<i32>> = parts.iter().map(|part| self.part(part, &[])).collect();
        self.group(group, &children?)?;
        Ok(id)
    }

    /// Writes a model in its place and returns the id of its transform.
    fn part(&mut self, part: &Part<'_>, attributes: &[(&str, &str)]) -> Result<i32> {
        let (id, shape) = (self.id()?, self.id()?);
        self.transform(id, attributes, shape, Some(part.shift()))?;
        let mut body = numbers(&[shape]);
        dict(&mut body, &[]);
        body.extend(numbers(&[1, self.models]));
        dict(&mut body, &[]);
        self.models += 1;
        self.bytes.extend(chunk(b"nSHP", &body)?);
        Ok(id)
    }

    fn transform(
        &mut self,
        id: i32,
        attributes: &[(&str, &str)],
        child: i32,
        shift: Option<[i64; 3]>,
    ) -> Result<()> {
        let mut body = numbers(&[id]);
        dict(&mut body, attributes);
        // The layer of the root is none; there is one layer of MagicaVoxel for all others.
        let layer = if id == 0 { -1 } else { 0 };
        body.extend(numbers(&[child, -1, layer, 1]));
        match shift.map(|[x, y, z]| format!("{x} {y} {z}")) {
            Some(shift) => dict(&mut body, &[("_t", &shift)]),
            None => dict(&mut body, &[]),
        }
        self.bytes.extend(chunk(b"nTRN", &body)?);
        Ok(())
    }

    fn group(&mut self, id: i32, children: &[i32]) -> Result<()> {
        let mut body = numbers(&[id]);
        dict(&mut body, &[]);
        body.extend(numbers(&[children.len() as i32]));
        body.extend(numbers(children));
        self.bytes.extend(chunk(b"nGRP", &body)?);
        Ok(())
    }
}

fn numbers(numbers: &[i32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn dict(body: &mut Vec<u8>, entries: &[(&str, &str)]) {
    body.extend((entries.len() as u32).to_le_bytes());
    for (key, value) in entries {
        for text in [key, value] {
            body.extend((text.len() as u32).to_le_bytes());
            body.extend(text.as_bytes());
        }
    }
}

fn chunk(kind: &[u8; 4], body: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = header(kind, body.len() as u64, 0)?.to_vec();
    bytes.extend(body);
    Ok(bytes)
}

fn header(kind: &[u8; 4], content: u64, children: u64) -> Result<[u8; HEADER_BYTES as usize]> {
    let mut bytes = [0; HEADER_BYTES as usize];
    bytes[..4].copy_from_slice(kind);
    for (at, length) in [(4, content), (8, children)] {
        let length = u32::try_from(length).map_err(|_| too_large())?;
        bytes[at..at + 4].copy_from_slice(&length.to_le_bytes());
    }
    Ok(bytes)
}

fn too_large() -> Error {
    Error::TooLarge("a .vox file cannot have more than 4 GiB".to_owned())
}
