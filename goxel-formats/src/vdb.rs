//! `.vdb`: OpenVDB, written only: how dense each voxel is and its colour, as two sparse grids.
//!
//! ```text
//! u64 0x56444220  u32 version 224  u32[2] version of the library  u8 1: there are offsets
//! char[36] name of the file  metadata  u32 grids
//! grid      string name, kind, ""  u64[3] where it begins, its values begin, it ends
//!           u32 2: only values that are there are stored  metadata  string kind of transform, f64[15]
//!           u32 1  background  u32 0, nodes of 4096 cubed, each i32[3] corner, node; then all leaves
//! node      bits of what is below it, bits of what is a value of its own, u8 0, those values; nodes
//!           of 128 cubed have so below them, then those the bits of their leaves of 8 cubed
//! leaf      bits of the voxels that are there, u8 0, their values
//! metadata  u32 count, count x { string name, kind, value }   string  u32 length, bytes
//! ```
//!
//! Children and voxels count along z first, then y, then x. Z points up, a voxel is a unit long and has
//! its middle at whole numbers. `density` is alpha, 0 to 1; `color` is in linear light, as renderers take
//! it. A node of 128 cubed is a page of a volume, which is why all is known after a look at each page.

use std::collections::BTreeMap;
use std::io::Write;

use goxel_core::{PagePos, PageRef, TILE_EDGE, TilePos, Volume, Work, index_in_tile};
use goxel_proto::types::Rgba;

use crate::{Out, Result};

const MAGIC: u64 = 0x5644_4220;
/// The newest layout, of 2018; libraries since then are of version 6 and up.
const VERSION: u32 = 224;
const LIBRARY: [u32; 2] = [8, 0];
/// The same project makes the same file.
const UUID: &[u8; 36] = b"00000000-0000-4000-8000-000000000000";
/// Bytes before the first grid: the header, no metadata, the count.
const HEADER_BYTES: u64 = 8 + 3 * 4 + 1 + 36 + 4 + 4;
/// Only what is there is stored.
const ACTIVE_ALONE: u32 = 2;
/// Voxels along the edge of a leaf, leaves along that of a page, pages along that of the node above.
const LEAF: usize = 8;
const PAGE: usize = 16;
const TOP: usize = 32;
/// Leaves along the edge of a tile.
const PER_TILE: usize = TILE_EDGE / LEAF;
/// Words of the bits of a leaf, of a page, of the node above.
const LEAF_WORDS: usize = LEAF * LEAF * LEAF / 64;
const PAGE_WORDS: usize = PAGE * PAGE * PAGE / 64;
const TOP_WORDS: usize = TOP * TOP * TOP / 64;

/// What a page has of nodes.
struct Node<'a> {
    at: PagePos,
    page: PageRef<'a>,
    /// Which of its leaves are stored, and which are of one colour.
    leaves: [u64; PAGE_WORDS],
    values: [u64; PAGE_WORDS],
    /// Voxels of the leaves that are stored.
    stored: u64,
}

/// The pages of each node above, by where they are in it.
type Tops<'a> = BTreeMap<[i32; 3], BTreeMap<usize, Node<'a>>>;

/// Writes a volume as two grids.
pub(crate) fn write(volume: &Volume, work: &Work<'_>, out: &mut Out<'_>) -> Result<()> {
    let mut tops = Tops::new();
    for (at, page) in volume.pages() {
        work.spend((PAGE * PAGE * PAGE) as u64)?;
        let corner = at.0.map(|c| c.div_euclid(TOP as i32));
        let inside = at.0.map(|c| c.rem_euclid(TOP as i32) as usize);
        tops.entry(corner).or_default().insert(child(inside, TOP), Node::new(at, page));
    }
    out.write_all(&MAGIC.to_le_bytes())?;
    for number in [VERSION, LIBRARY[0], LIBRARY[1]] {
        out.write_all(&number.to_le_bytes())?;
    }
    out.write_all(&[1])?;
    out.write_all(UUID)?;
    out.write_all(&[0u32.to_le_bytes(), 2u32.to_le_bytes()].concat())?;
    let value = |rgba: Rgba| [f32::from(rgba.alpha()) / 255.0];
    let density = Grid { name: "density", kind: "float", class: "fog volume", value: &value };
    let end = density.write(&tops, HEADER_BYTES, work, out)?;
    let linear: Vec<f32> = (0..=255).map(linear).collect();
    let value = |rgba: Rgba| [0, 1, 2].map(|c| linear[usize::from(rgba.0[c])]);
    Grid { name: "color", kind: "vec3s", class: "unknown", value: &value }
        .write(&tops, end, work, out)?;
    Ok(())
}

/// A channel of sRGB as a part of linear light.
fn linear(level: u8) -> f32 {
    let level = f32::from(level) / 255.0;
    if level <= 0.040_45 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) }
}

/// The number of a child at such a place in a node of so many along its edge.
fn child([x, y, z]: [usize; 3], edge: usize) -> usize {
    (x * edge + y) * edge + z
}

/// Where a child of such a number is.
fn place(child: usize, edge: usize) -> [usize; 3] {
    [child / edge / edge, child / edge % edge, child % edge]
}

fn ones(words: &[u64]) -> u64 {
    words.iter().map(|word| u64::from(word.count_ones())).sum()
}

/// The numbers of the bits that are set.
fn set_bits(words: &[u64]) -> impl Iterator<Item = usize> {
    words.iter().enumerate().flat_map(|(at, &word)| {
        (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| 64 * at + bit)
    })
}

fn set(words: &mut [u64], bit: usize) {
    words[bit / 64] |= 1 << (bit % 64);
}

fn write_bits(words: &[u64], out: &mut Out<'_>) -> Result<()> {
    words.iter().try_for_each(|word| out.write_all(&word.to_le_bytes()))?;
    Ok(())
}

fn string(text: &str) -> Vec<u8> {
    [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat()
}

/// The tile that a leaf of a page is in, and the leaf's corner in that tile.
fn tile_of(page: PagePos, leaf: usize) -> (TilePos, [usize; 3]) {
    let at = place(leaf, PAGE);
    let tiles = (PAGE / PER_TILE) as i32;
    let tile = [0, 1, 2].map(|c| page.0[c].wrapping_mul(tiles) + (at[c] / PER_TILE) as i32);
    (TilePos(tile), at.map(|c| c % PER_TILE * LEAF))
}

/// The voxels of a leaf in their order.
fn voxels<'a>(page: PageRef<'a>, at: PagePos, leaf: usize) -> impl Iterator<Item = Rgba> + 'a {
    let (tile, corner) = tile_of(at, leaf);
    let tile = page.tile(tile.split().1);
    (0..LEAF * LEAF * LEAF).map(move |index| {
        let [x, y, z] = place(index, LEAF);
        tile.get(index_in_tile(corner[0] + x, corner[1] + y, corner[2] + z))
    })
}

impl<'a> Node<'a> {
    fn new(at: PagePos, page: PageRef<'a>) -> Self {
        let mut node =
            Self { at, page, leaves: [0; PAGE_WORDS], values: [0; PAGE_WORDS], stored: 0 };
        for leaf in 0..PAGE * PAGE * PAGE {
            let (tile, _) = tile_of(at, leaf);
            match page.tile(tile.split().1).uniform() {
                Some(rgba) if rgba.is_empty() => {}
                Some(_) => set(&mut node.values, leaf),
                None => {
                    let there = voxels(page, at, leaf).filter(|rgba| !rgba.is_empty()).count();
                    if there > 0 {
                        set(&mut node.leaves, leaf);
                        node.stored += there as u64;
                    }
                }
            }
        }
        node
    }

    /// The colours of what is no leaf, in order.
    fn flat(&self) -> impl Iterator<Item = Rgba> {
        set_bits(&self.values).map(|leaf| {
            let (tile, _) = tile_of(self.at, leaf);
            self.page.tile(tile.split().1).uniform().unwrap_or_default()
        })
    }
}

/// A grid that is written: its words, and what the value of a voxel is.
struct Grid<'a, const N: usize> {
    name: &'a str,
    kind: &'a str,
    class: &'a str,
    value: &'a dyn Fn(Rgba) -> [f32; N],
}

impl<const N: usize> Grid<'_, N> {
    /// Writes the grid, which begins at `start` of the file, and gives where it ends.
    fn write(
        &self,
        tops: &Tops<'_>,
        start: u64,
        work: &Work<'_>,
        out: &mut Out<'_>,
    ) -> Result<u64> {
        let Self { name, kind, class, .. } = self;
        let names = [string(name), string(&format!("Tree_{kind}_5_4_3")), string("")].concat();
        let begin = start + names.len() as u64 + 3 * 8;
        let head = self.head(class);
        let nodes = || tops.values().flat_map(BTreeMap::values);
        let value = 4 * N as u64;
        let topology = tops.len() as u64 * (12 + 2 * 8 * TOP_WORDS as u64 + 1)
            + nodes()
                .map(|node| {
                    let own = 2 * 8 * PAGE_WORDS as u64 + 1 + value * ones(&node.values);
                    own + 8 * LEAF_WORDS as u64 * ones(&node.leaves)
                })
                .sum::<u64>();
        let values = nodes()
            .map(|node| (8 * LEAF_WORDS as u64 + 1) * ones(&node.leaves) + value * node.stored)
            .sum::<u64>();
        let buffers = begin + head.len() as u64 + 4 + value + 8 + topology;
        out.write_all(&names)?;
        for offset in [begin, buffers, buffers + values] {
            out.write_all(&offset.to_le_bytes())?;
        }
        out.write_all(&head)?;
        out.write_all(&1u32.to_le_bytes())?;
        out.write_all(&[0; 4].repeat(N))?;
        out.write_all(&0u32.to_le_bytes())?;
        out.write_all(&(tops.len() as u32).to_le_bytes())?;
        for (corner, nodes) in tops {
            self.top(*corner, nodes, work, out)?;
        }
        for node in nodes() {
            for leaf in set_bits(&node.leaves) {
                work.spend((LEAF * LEAF * LEAF) as u64)?;
                let there = || voxels(node.page, node.at, leaf);
                write_bits(&leaf_bits(there()), out)?;
                out.write_all(&[0])?;
                self.values(there().filter(|rgba| !rgba.is_empty()), out)?;
            }
        }
        Ok(buffers + values)
    }

    /// What is between the offsets and the tree.
    fn head(&self, class: &str) -> Vec<u8> {
        let mut head = ACTIVE_ALONE.to_le_bytes().to_vec();
        head.extend(2u32.to_le_bytes());
        for (name, value) in [("class", class), ("name", self.name)] {
            head.extend([string(name), string("string"), string(value)].concat());
        }
        head.extend(string("UniformScaleMap"));
        // The scale, the size of a voxel, one by the scale, by its square, by twice the scale.
        for number in [1.0f64, 1.0, 1.0, 1.0, 0.5] {
            head.extend(number.to_le_bytes().repeat(3));
        }
        head
    }

    /// A node of nodes, and the bits of all that is below.
    fn top(
        &self,
        corner: [i32; 3],
        nodes: &BTreeMap<usize, Node<'_>>,
        work: &Work<'_>,
        out: &mut Out<'_>,
    ) -> Result<()> {
        for c in corner {
            // The corner in voxels; no position is beyond the range of 32 bits.
            let voxels = c.wrapping_mul((TOP * PAGE * LEAF) as i32);
            out.write_all(&voxels.to_le_bytes())?;
        }
        let mut below = [0; TOP_WORDS];
        nodes.keys().for_each(|&at| set(&mut below, at));
        write_bits(&below, out)?;
        write_bits(&[0; TOP_WORDS], out)?;
        out.write_all(&[0])?;
        for node in nodes.values() {
            work.spend((PAGE * PAGE * PAGE) as u64)?;
            write_bits(&node.leaves, out)?;
            write_bits(&node.values, out)?;
            out.write_all(&[0])?;
            self.values(node.flat(), out)?;
            for leaf in set_bits(&node.leaves) {
                write_bits(&leaf_bits(voxels(node.page, node.at, leaf)), out)?;
            }
        }
        Ok(())
    }

    fn values(&self, colours: impl Iterator<Item = Rgba>, out: &mut Out<'_>) -> Result<()> {
        for rgba in colours {
            for number in (self.value)(rgba) {
                out.write_all(&number.to_le_bytes())?;
            }
        }
        Ok(())
    }
}

fn leaf_bits(voxels: impl Iterator<Item = Rgba>) -> [u64; LEAF_WORDS] {
    let mut bits = [0; LEAF_WORDS];
    let there = voxels.enumerate().filter(|(_, rgba)| !rgba.is_empty());
    there.for_each(|(at, _)| set(&mut bits, at));
    bits
}

#[cfg(test)]
mod tests;
