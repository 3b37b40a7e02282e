//! Reads schematics of all kinds: what is in a file tells which it is.

use std::collections::{HashMap, HashSet};

use fastnbt::borrow;
use goxel_core::limits::LAYERS_MAX;
use goxel_core::{Layer, Work};
use goxel_proto::types::{LayerId, Loss, Rgba};
use serde::Deserialize;

use super::length::Length;
use super::{blocks, ids, nbt};
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::plot::{Extent, Plot};
use crate::{Document, Error, Result, text};

/// What a layer is called where the file has no name for it.
const LAYER: &str = "schematic";

/// The entries of the outermost compound, of whichever kind.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Root<'a> {
    /// All there is, in version 3 of Sponge.
    #[serde(borrow)]
    schematic: Option<Sponge<'a>>,
    #[serde(borrow)]
    regions: Option<HashMap<String, Region<'a>>>,
    width: Option<i16>,
    height: Option<i16>,
    length: Option<i16>,
    #[serde(borrow)]
    offset: Option<borrow::IntArray<'a>>,
    palette: Option<HashMap<String, i32>>,
    #[serde(borrow)]
    block_data: Option<borrow::ByteArray<'a>>,
    #[serde(borrow)]
    blocks: Option<borrow::ByteArray<'a>>,
    #[serde(borrow)]
    data: Option<borrow::ByteArray<'a>>,
    #[serde(borrow)]
    add_blocks: Option<borrow::ByteArray<'a>>,
    #[serde(rename = "WEOffsetX")]
    x: Option<i32>,
    #[serde(rename = "WEOffsetY")]
    y: Option<i32>,
    #[serde(rename = "WEOffsetZ")]
    z: Option<i32>,
    #[serde(default)]
    entities: Length,
    #[serde(default)]
    tile_entities: Length,
    #[serde(default)]
    block_entities: Length,
}

/// Version 3 of Sponge.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sponge<'a> {
    width: i16,
    height: i16,
    length: i16,
    #[serde(borrow)]
    offset: Option<borrow::IntArray<'a>>,
    #[serde(borrow)]
    blocks: Option<SpongeBlocks<'a>>,
    #[serde(default)]
    entities: Length,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SpongeBlocks<'a> {
    palette: HashMap<String, i32>,
    #[serde(borrow)]
    data: borrow::ByteArray<'a>,
    #[serde(default)]
    block_entities: Length,
}

/// A region of Litematica.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Region<'a> {
    position: Vector,
    size: Vector,
    block_state_palette: Vec<State>,
    #[serde(borrow)]
    block_states: borrow::LongArray<'a>,
    #[serde(default)]
    entities: Length,
    #[serde(default)]
    tile_entities: Length,
}

#[derive(Clone, Copy, Deserialize)]
struct Vector {
    x: i32,
    y: i32,
    z: i32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct State {
    name: String,
}

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut budget = Budget::for_file(bytes.len(), work);
    let unpacked = nbt::unpack(bytes, &mut budget)?;
    nbt::check(&unpacked)?;
    let whole = Cursor::new(&unpacked, "schematic");
    let root: Root<'_> =
        fastnbt::from_bytes(&unpacked).map_err(|error| whole.malformed(error.to_string()))?;
    let mut file = File { whole, budget, document: Document::default() };
    file.root(root)?;
    Ok(file.document)
}

/// What was read so far.
struct File<'a, 'w> {
    /// For messages: where in the file something is the crate does not tell.
    whole: Cursor<'a>,
    budget: Budget<'w>,
    document: Document,
}

impl File<'_, '_> {
    fn root(&mut self, root: Root<'_>) -> Result<()> {
        self.lose_entities(&[root.entities, root.tile_entities, root.block_entities]);
        if let Some(sponge) = root.schematic {
            let size = [sponge.width, sponge.height, sponge.length];
            let at = corner(sponge.offset.as_ref());
            let in_blocks = sponge.blocks.as_ref().map(|blocks| blocks.block_entities);
            self.lose_entities(&[sponge.entities, in_blocks.unwrap_or_default()]);
            return match sponge.blocks {
                Some(blocks) => self.sponge(size, at, &blocks.palette, blocks.data.iter()),
                // A schematic of entities alone.
                None => self.layer(LAYER, at, [0; 3], || Ok(Rgba::EMPTY)),
            };
        }
        if let Some(regions) = root.regions {
            return self.regions(regions);
        }
        let (Some(width), Some(height), Some(length)) = (root.width, root.height, root.length)
        else {
            return Err(self.whole.malformed("neither a size nor regions"));
        };
        let size = [width, height, length];
        match (root.palette, root.block_data, root.blocks) {
            (Some(palette), Some(data), _) => {
                self.sponge(size, corner(root.offset.as_ref()), &palette, data.iter())
            }
            (_, _, Some(blocks)) => {
                let at = [root.x, root.y, root.z].map(|c| c.unwrap_or(0));
                self.numbered(
                    size,
                    at,
                    blocks.iter(),
                    root.data.iter().flat_map(borrow::ByteArray::iter),
                    root.add_blocks.as_ref(),
                )
            }
            _ => Err(self.whole.malformed("a size without blocks")),
        }
    }

    /// What moves, and what stands in chests and on signs.
    fn lose_entities(&mut self, lists: &[Length]) {
        let count = lists.iter().map(|list| list.0).sum();
        let what = "entities, and what blocks hold, have no place in voxels";
        self.document.lose(Loss::ForeignData, what, count);
    }

    /// Names by numbers of 7 bits a byte.
    fn sponge(
        &mut self,
        size: [i16; 3],
        at: [i32; 3],
        palette: &HashMap<String, i32>,
        mut data: impl Iterator<Item = i8>,
    ) -> Result<()> {
        blocks::tell_unknown(palette.keys().map(String::as_str), &mut self.document);
        let looks: HashMap<u32, Rgba> = palette
            .iter()
            .map(|(name, number)| (number.cast_unsigned(), blocks::look(name)))
            .collect();
        let whole = self.whole.clone();
        self.layer(LAYER, at, size.map(|edge| u32::from(edge.cast_unsigned())), || {
            let (mut number, mut shift) = (0, 0);
            loop {
                let byte = data.next().map(i8::cast_unsigned);
                let byte = byte.filter(|_| shift < u32::BITS);
                let byte =
                    byte.ok_or_else(|| whole.malformed("fewer blocks than the size says"))?;
                number |= u32::from(byte & 0x7f) << shift;
                shift += 7;
                if byte < 0x80 {
                    break;
                }
            }
            let look = looks.get(&number).copied();
            look.ok_or_else(|| {
                whole.malformed(format!("a block of number {number}, without a name"))
            })
        })
    }

    /// Blocks by the numbers of old.
    fn numbered(
        &mut self,
        size: [i16; 3],
        at: [i32; 3],
        mut blocks: impl Iterator<Item = i8>,
        mut data: impl Iterator<Item = i8>,
        more: Option<&borrow::ByteArray<'_>>,
    ) -> Result<()> {
        let whole = self.whole.clone();
        // Two blocks a byte, the first in its upper half.
        let mut halves = more.into_iter().flat_map(borrow::ByteArray::iter).flat_map(|byte| {
            let byte = byte.cast_unsigned();
            [byte >> 4, byte & 15]
        });
        self.layer(LAYER, at, size.map(|edge| u32::from(edge.cast_unsigned())), || {
            let block = blocks.next().map(i8::cast_unsigned);
            let block = block.ok_or_else(|| whole.malformed("fewer blocks than the size says"))?;
            let id = u16::from(halves.next().unwrap_or(0)) << 8 | u16::from(block);
            Ok(ids::look(id, data.next().unwrap_or(0).cast_unsigned() & 15))
        })
    }

    fn regions(&mut self, regions: HashMap<String, Region<'_>>) -> Result<()> {
        if regions.len() > LAYERS_MAX {
            let found = regions.len();
            return Err(Error::TooLarge(format!(
                "{found} regions: there can be {LAYERS_MAX} layers"
            )));
        }
        // The same file makes the same layers.
        let mut regions: Vec<_> = regions.into_iter().collect();
        regions.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let states = regions.iter().flat_map(|(_, region)| &region.block_state_palette);
        let names: HashSet<&str> = states.map(|state| &state.name[..]).collect();
        blocks::tell_unknown(names.into_iter(), &mut self.document);
        for (name, region) in regions {
            self.lose_entities(&[region.entities, region.tile_entities]);
            let Vector { x, y, z } = region.position;
            let size = [region.size.x, region.size.y, region.size.z];
            let low = |at: i32, edge: i32| if edge < 0 { at.saturating_add(edge + 1) } else { at };
            let at = [low(x, size[0]), low(y, size[1]), low(z, size[2])];
            let looks: Vec<Rgba> =
                region.block_state_palette.iter().map(|state| blocks::look(&state.name)).collect();
            let bits = bits_for(looks.len());
            let mut words = Bits { words: region.block_states.iter(), word: 0, left: 0 };
            let whole = self.whole.clone();
            self.layer(&text::name(name.as_bytes()), at, size.map(i32::unsigned_abs), || {
                let number = words.next(bits);
                let number = number
                    .ok_or_else(|| whole.malformed("fewer blocks than a region's size says"))?;
                looks.get(number as usize).copied().ok_or_else(|| {
                    whole.malformed(format!("a block of number {number}, without a name"))
                })
            })?;
        }
        Ok(())
    }

    /// Adds a layer of blocks in their order.
    fn layer(
        &mut self,
        name: &str,
        [x, y, z]: [i32; 3],
        [w, h, d]: [u32; 3],
        mut next: impl FnMut() -> Result<Rgba>,
    ) -> Result<()> {
        let low = -(i64::from(z) + i64::from(d));
        let extent = Extent::checked([x.into(), low, y.into()], [w, d, h], &self.whole)?;
        let mut plot = Plot::new(&mut self.budget);
        for y in 0..h {
            for z in 0..d {
                plot.pass(u64::from(w))?;
                for x in 0..w {
                    plot.set(extent.at([x, d - 1 - z, y]), next()?)?;
                }
            }
        }
        let mut layer = Layer::new(LayerId(0), name);
        layer.volume = plot.finish()?;
        self.document.layers.push(layer);
        Ok(())
    }
}

fn corner(offset: Option<&borrow::IntArray<'_>>) -> [i32; 3] {
    let mut numbers = offset.into_iter().flat_map(borrow::IntArray::iter);
    [0; 3].map(|_: i32| numbers.next().unwrap_or(0))
}

/// Bits of a number that names one of so many.
pub(super) fn bits_for(count: usize) -> u32 {
    (usize::BITS - count.saturating_sub(1).leading_zeros()).max(2)
}

/// Numbers of so many bits, one after another in words.
struct Bits<I> {
    words: I,
    word: u64,
    /// Bits of the word that are not taken.
    left: u32,
}

impl<I: Iterator<Item = i64>> Bits<I> {
    fn next(&mut self, bits: u32) -> Option<u64> {
        let mask = (1 << bits) - 1;
        if self.left >= bits {
            let number = self.word & mask;
            (self.word, self.left) = (self.word >> bits, self.left - bits);
            return Some(number);
        }
        let low = self.word;
        let next = self.words.next()?.cast_unsigned();
        let number = (low | next << self.left) & mask;
        let taken = bits - self.left;
        (self.word, self.left) = (next >> taken, u64::BITS - taken);
        Some(number)
    }
}
