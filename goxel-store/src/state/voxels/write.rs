//! [`VoxelWriter`]: writes blocks of tiles, and where they are.

use std::hash::{BuildHasher, Hasher};
use std::io;

use foldhash::fast::RandomState;
use goxel_core::{
    Layer, PagePos, PageRef, TILE_EDGE, TILE_UNITS, TILE_VOXELS, TilePos, TileRef, Volume, Work,
};
use goxel_proto::types::Rgba;
use hashbrown::{HashMap, HashTable};

use super::{NO_MORE_PAGES, PAGE_FOLLOWS, PAGE_TILES, PATCH_VOXELS_MAX, kind};
use crate::state::blocks::{BLOCK_BYTES, put_block};
use crate::state::bytes::Put;
use crate::state::section::{Sections, Tag};
use crate::state::tile::TileWriter;

/// What it costs to write a byte of a tile, in units of work: it is deflated.
const BYTE_UNITS: u64 = 8;

/// Bytes of places at which they become a section: so many are held.
const PLACES_BYTES: usize = 256 << 10;

/// Writes voxels to sections. Beside a block and the places it holds some 60 bytes for each content.
pub(in crate::state) struct VoxelWriter<'a> {
    tiles: TileWriter,
    /// Every content that was written, with its hash, by its number.
    contents: Vec<(u64, TileRef<'a>)>,
    by_content: HashTable<u32>,
    /// Tiles that are held once in memory are found without being looked into.
    by_address: HashMap<usize, u32, RandomState>,
    hasher: RandomState,
    /// The block that is being filled.
    block: Vec<u8>,
    places: Vec<u8>,
    page: PageWriter,
    work: &'a Work<'a>,
    sizes: Sizes,
}

/// Bytes at which what is held becomes a section.
#[derive(Clone, Copy)]
pub(in crate::state) struct Sizes {
    pub(in crate::state) block: usize,
    pub(in crate::state) places: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { block: BLOCK_BYTES, places: PLACES_BYTES }
    }
}

/// A tile's number, and whether it is a new one.
enum Number {
    Fresh,
    Again(u32),
}

impl<'a> VoxelWriter<'a> {
    pub(in crate::state) fn new(work: &'a Work<'a>) -> Self {
        Self::with(work, Sizes::default())
    }

    pub(in crate::state) fn with(work: &'a Work<'a>, sizes: Sizes) -> Self {
        Self {
            sizes,
            tiles: TileWriter::default(),
            contents: Vec::new(),
            by_content: HashTable::new(),
            by_address: HashMap::default(),
            hasher: RandomState::default(),
            block: Vec::new(),
            places: Vec::new(),
            page: PageWriter::default(),
            work,
        }
    }

    /// Writes all voxels of a layer.
    pub(in crate::state) fn put_layer(
        &mut self,
        layer: &'a Layer,
        out: &mut impl Sections,
    ) -> io::Result<()> {
        let mut pages: Vec<(PagePos, PageRef<'a>)> = layer.volume.pages().collect();
        pages.sort_unstable_by_key(|(at, _)| *at);
        let mut record = Record::new(layer.id.0, 0);
        for (at, page) in pages {
            record.begin_page(at, &mut self.places);
            match page.uniform() {
                Some(rgba) => {
                    self.spend(TILE_UNITS)?;
                    self.page.uniform(PAGE_TILES, rgba);
                }
                None => {
                    self.spend(TILE_UNITS * PAGE_TILES as u64)?;
                    self.put_tiles((0..PAGE_TILES).map(|index| page.tile(index)), out)?;
                }
            }
            self.page.end(&mut self.places);
            self.flush_full(&mut record, out)?;
        }
        record.end(&mut self.places);
        Ok(())
    }

    fn put_tiles(
        &mut self,
        tiles: impl Iterator<Item = TileRef<'a>>,
        out: &mut impl Sections,
    ) -> io::Result<()> {
        for tile in tiles {
            match tile.uniform() {
                Some(rgba) if rgba.is_empty() => self.page.kept(1),
                Some(rgba) => self.page.uniform(1, rgba),
                None => self.put_stored(tile, out)?,
            }
        }
        Ok(())
    }

    /// Writes what tells a layer's volume from the one of a layer before, whose id is `base`, or from
    /// its own, where that is 0.
    pub(in crate::state) fn put_changes(
        &mut self,
        layer: &'a Layer,
        before: &Volume,
        base: u32,
        out: &mut impl Sections,
    ) -> io::Result<()> {
        let places = before.changed_tiles(&layer.volume).map(TilePos::split);
        let mut places: Vec<(PagePos, usize)> = places.collect();
        places.sort_unstable();
        let mut record = Record::new(layer.id.0, base);
        if base != 0 {
            record.begin(&mut self.places);
        }
        for page in places.chunk_by(|a, b| a.0 == b.0) {
            let at = page[0].0;
            let mut is_begun = false;
            for &(_, index) in page {
                let tile = TilePos::in_page(at, index);
                let (old, new) = (before.tile(tile), layer.volume.tile(tile));
                let Some(change) = Change::between(old, new) else { continue };
                if !is_begun {
                    record.begin_page(at, &mut self.places);
                    is_begun = true;
                }
                self.page.keep_up_to(index);
                match change {
                    Change::Uniform(rgba) => self.page.uniform(1, rgba),
                    Change::Patch(voxels) => self.page.patch(&voxels),
                    Change::Whole => self.put_stored(new, out)?,
                }
            }
            if is_begun {
                self.page.end(&mut self.places);
                self.flush_full(&mut record, out)?;
            }
        }
        record.end(&mut self.places);
        Ok(())
    }

    /// Ends what was begun.
    pub(in crate::state) fn finish(&mut self, out: &mut impl Sections) -> io::Result<()> {
        if self.places.is_empty() {
            return Ok(());
        }
        self.flush_block(out)?;
        out.put(Tag::Places, &self.places)?;
        self.places.clear();
        Ok(())
    }

    /// Asks whether to go on, behind so much work.
    fn spend(&self, units: u64) -> io::Result<()> {
        self.work.spend(units).map_err(io::Error::other)
    }

    /// Writes a tile that is not stored as one colour.
    fn put_stored(&mut self, tile: TileRef<'a>, out: &mut impl Sections) -> io::Result<()> {
        let start = self.block.len();
        match self.number(tile) {
            Number::Fresh => {
                // Deflating a byte takes some nanoseconds.
                self.spend(BYTE_UNITS * (self.block.len() - start) as u64)?;
                self.page.fresh();
            }
            Number::Again(number) => {
                let back = self.contents.len() - number as usize;
                // Tiles that are fresh in the run before it are counted among these.
                self.page.again(back as u64, number);
            }
        }
        if self.block.len() >= self.sizes.block { self.flush_block(out) } else { Ok(()) }
    }

    fn number(&mut self, tile: TileRef<'a>) -> Number {
        let address = match tile {
            TileRef::Stored(stored) => stored.address(),
            TileRef::Uniform(_) => None,
        };
        if let Some(number) = address.and_then(|address| self.by_address.get(&address)) {
            return Number::Again(*number);
        }
        let start = self.block.len();
        self.tiles.put(tile, &mut self.block);
        let mut hasher = self.hasher.build_hasher();
        hasher.write(&self.block[start..]);
        let hash = hasher.finish();
        let is_it = |number: &u32| {
            let (known, content) = self.contents[*number as usize];
            known == hash && same_content(content, tile)
        };
        let found = self.by_content.find(hash, is_it).copied();
        let fresh = self.contents.len() as u32;
        let number = found.unwrap_or(fresh);
        if let Some(address) = address {
            self.by_address.insert(address, number);
        }
        if found.is_some() {
            self.block.truncate(start);
            return Number::Again(number);
        }
        self.contents.push((hash, tile));
        let contents = &self.contents;
        self.by_content.insert_unique(hash, fresh, |number| contents[*number as usize].0);
        Number::Fresh
    }

    fn flush_block(&mut self, out: &mut impl Sections) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let mut body = Vec::with_capacity(self.block.len() / 2);
        put_block(&self.block, &mut body);
        self.block.clear();
        out.put(Tag::Tiles, &body)
    }

    /// Makes a section of the places where they are many. The record goes on in the next.
    fn flush_full(&mut self, record: &mut Record, out: &mut impl Sections) -> io::Result<()> {
        if self.places.len() < self.sizes.places {
            return Ok(());
        }
        record.end(&mut self.places);
        self.finish(out)?;
        // What was begun with stands in the part that is written.
        *record = Record::new(record.layer, 0);
        Ok(())
    }
}

/// Whether two tiles hold the same.
fn same_content(a: TileRef<'_>, b: TileRef<'_>) -> bool {
    a.count() == b.count() && rows().all(|(y, z)| a.row(y, z) == b.row(y, z))
}

fn rows() -> impl Iterator<Item = (usize, usize)> {
    (0..TILE_VOXELS / TILE_EDGE).map(|row| (row % TILE_EDGE, row / TILE_EDGE))
}

/// What became of a tile.
enum Change {
    Uniform(Rgba),
    Patch(Vec<(u16, Rgba)>),
    Whole,
}

impl Change {
    /// Nothing where both hold the same.
    fn between(old: TileRef<'_>, new: TileRef<'_>) -> Option<Self> {
        let mut voxels = Vec::new();
        for (y, z) in rows() {
            let (before, after) = (old.row(y, z), new.row(y, z));
            if before == after {
                continue;
            }
            let start = ((z * TILE_EDGE + y) * TILE_EDGE) as u16;
            let differ = before.iter().zip(&after).zip(start..).filter(|((a, b), _)| a != b);
            voxels.extend(differ.map(|((_, rgba), index)| (index, *rgba)));
            if voxels.len() > PATCH_VOXELS_MAX {
                return Some(new.uniform().map_or(Self::Whole, Self::Uniform));
            }
        }
        match (voxels.is_empty(), new.uniform()) {
            (true, _) => None,
            (false, Some(rgba)) => Some(Self::Uniform(rgba)),
            (false, None) => Some(Self::Patch(voxels)),
        }
    }
}

/// A layer's part of the places. It is begun where a page comes.
struct Record {
    layer: u32,
    base: u32,
    is_begun: bool,
    last: [i32; 3],
}

impl Record {
    fn new(layer: u32, base: u32) -> Self {
        Self { layer, base, is_begun: false, last: [0; 3] }
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if !self.is_begun {
            out.put_varint(self.layer.into());
            out.put_varint(self.base.into());
            self.is_begun = true;
        }
    }

    fn begin_page(&mut self, at: PagePos, out: &mut Vec<u8>) {
        self.begin(out);
        out.put_u8(PAGE_FOLLOWS);
        for (axis, last) in at.0.iter().zip(&self.last) {
            out.put_signed(i64::from(*axis) - i64::from(*last));
        }
        self.last = at.0;
    }

    fn end(&self, out: &mut Vec<u8>) {
        if self.is_begun {
            out.put_u8(NO_MORE_PAGES);
        }
    }
}

/// The runs of a page. Those that are alike become one.
#[derive(Default)]
struct PageWriter {
    bytes: Vec<u8>,
    run: Option<(u64, u64, Run)>,
    /// Tiles that were told of.
    told: usize,
}

/// What tells runs of one kind from each other, and what is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    Plain,
    /// How many numbers back from the next fresh one, and the number.
    Again(u64, u32),
    Uniform(Rgba),
}

impl PageWriter {
    fn kept(&mut self, count: usize) {
        self.add(kind::KEPT, count, Run::Plain);
    }

    fn keep_up_to(&mut self, index: usize) {
        if index > self.told {
            self.kept(index - self.told);
        }
    }

    fn fresh(&mut self) {
        self.add(kind::FRESH, 1, Run::Plain);
    }

    fn again(&mut self, back: u64, number: u32) {
        self.add(kind::AGAIN, 1, Run::Again(back, number));
    }

    fn uniform(&mut self, count: usize, rgba: Rgba) {
        self.add(kind::UNIFORM, count, Run::Uniform(rgba));
    }

    fn patch(&mut self, voxels: &[(u16, Rgba)]) {
        self.flush();
        self.told += 1;
        self.bytes.put_varint(kind::PATCH | (voxels.len() as u64) << kind::BITS);
        let mut next = 0;
        for &(index, rgba) in voxels {
            self.bytes.put_varint(u64::from(index - next));
            self.bytes.put(&rgba.0);
            next = index + 1;
        }
    }

    fn add(&mut self, kind: u64, count: usize, what: Run) {
        self.told += count;
        match &mut self.run {
            Some((known, many, run)) if (*known, *run) == (kind, what) => *many += count as u64,
            _ => {
                self.flush();
                self.run = Some((kind, count as u64, what));
            }
        }
    }

    fn flush(&mut self) {
        let Some((kind, count, run)) = self.run.take() else { return };
        self.bytes.put_varint(kind | count << kind::BITS);
        match run {
            Run::Plain => {}
            Run::Again(back, _) => self.bytes.put_varint(back),
            Run::Uniform(rgba) => self.bytes.put(&rgba.0),
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        // That the rest is kept need not be said in full; where there is no rest, nothing is said.
        let is_rest_kept = self.run.is_some_and(|(kind, ..)| kind == kind::KEPT);
        let is_full = self.told == PAGE_TILES && !is_rest_kept;
        self.run = self.run.filter(|_| !is_rest_kept);
        self.flush();
        out.put(&self.bytes);
        if !is_full {
            out.put_varint(kind::KEPT);
        }
        self.bytes.clear();
        self.told = 0;
    }
}
