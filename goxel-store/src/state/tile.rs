//! Tiles as bytes: what is in them, not how they are held.
//!
//! ```text
//! form      where voxels are (2 bits), whether colours are without alpha (1), how colours stand (2)
//! places    all: nothing | mask: 512 bytes, a bit a voxel | list: count, gaps
//! colours   one | a palette and a byte for each voxel | one for each voxel
//! ```
//!
//! A byte a voxel into a palette is also what deflate takes best. Alpha is left out where it is 255
//! throughout: noise cannot be deflated, and takes a quarter less so.

use goxel_core::{TILE_VOXELS, Tile, TileRef};
use goxel_proto::types::Rgba;

use super::StateError;
use super::bytes::{Put, Taker};

/// Bytes of a tile at the most: a form, a mask, and a colour for each voxel.
pub(super) const TILE_BYTES_MAX: usize = 1 + TILE_VOXELS / 8 + 4 * TILE_VOXELS;

/// Voxels that are listed one by one. So many take a quarter of what a mask takes, before deflate; and
/// [`Tile`] holds as many one by one, so reading them is quick.
const LISTED_MAX: usize = 64;
/// Colours of a palette: as many as a byte can name.
const PALETTE_MAX: usize = 256;

const ALL: u8 = 0;
const MASK: u8 = 1;
const LIST: u8 = 2;
const PLACES: u8 = 3;
const OPAQUE: u8 = 4;
const ONE_COLOUR: u8 = 0;
const BY_PALETTE: u8 = 8;
const EACH: u8 = 16;
const COLOURS: u8 = 24;

/// Writes tiles, and holds what it takes for that.
pub(super) struct TileWriter {
    voxels: Vec<(u16, Rgba)>,
    palette: Vec<Rgba>,
    entries: Vec<u8>,
    /// By a colour's hash, an entry of the palette and one more; 0 is free.
    slots: Box<[u16; SLOTS]>,
}

/// Four times the colours there may be, so that few share one.
const SLOTS: usize = 4 * PALETTE_MAX;

impl Default for TileWriter {
    fn default() -> Self {
        let (voxels, palette, entries) = Default::default();
        Self { voxels, palette, entries, slots: Box::new([0; SLOTS]) }
    }
}

impl TileWriter {
    /// Appends a tile, in which there is a voxel.
    pub(super) fn put(&mut self, tile: TileRef<'_>, out: &mut Vec<u8>) {
        self.gather(tile);
        let places = match self.voxels.len() {
            TILE_VOXELS => ALL,
            0..=LISTED_MAX => LIST,
            _ => MASK,
        };
        let is_opaque = self.voxels.iter().all(|(_, rgba)| rgba.0[3] == u8::MAX);
        let colours = match self.fits_palette() {
            true if self.palette.len() == 1 => ONE_COLOUR,
            true => BY_PALETTE,
            false => EACH,
        };
        let opaque = if is_opaque { OPAQUE } else { 0 };
        out.put_u8(places | opaque | colours);
        self.put_places(places, out);
        let mut put_colour = |rgba: Rgba| out.put(if is_opaque { &rgba.0[..3] } else { &rgba.0 });
        match colours {
            ONE_COLOUR => put_colour(self.palette[0]),
            EACH => self.voxels.iter().for_each(|(_, rgba)| put_colour(*rgba)),
            _ => {
                // There are two at the least, and 256 at the most: one less fits into a byte.
                let count = self.palette.len() - 1;
                let palette =
                    self.palette.iter().map(|rgba| &rgba.0[..if is_opaque { 3 } else { 4 }]);
                out.put_u8(count as u8);
                palette.for_each(|bytes| out.put(bytes));
                out.put(&self.entries);
            }
        }
    }

    /// Finds the voxels that are there.
    fn gather(&mut self, tile: TileRef<'_>) {
        self.voxels.clear();
        let stored = tile.to_tile();
        if tile.count() <= LISTED_MAX {
            self.voxels.extend(stored.voxels().map(|(index, rgba)| (index as u16, rgba)));
        } else {
            let dense = stored.to_dense();
            let there = (0..).zip(dense.iter()).filter(|(_, rgba)| !rgba.is_empty());
            self.voxels.extend(there.map(|(index, rgba)| (index, *rgba)));
        }
    }

    fn put_places(&self, places: u8, out: &mut Vec<u8>) {
        match places {
            LIST => {
                out.put_varint(self.voxels.len() as u64);
                let mut next = 0;
                for &(index, _) in &self.voxels {
                    out.put_varint(u64::from(index - next));
                    next = index + 1;
                }
            }
            MASK => {
                let mut mask = [0; TILE_VOXELS / 8];
                for &(index, _) in &self.voxels {
                    mask[usize::from(index) / 8] |= 1 << (index % 8);
                }
                out.put(&mask);
            }
            _ => {}
        }
    }

    /// Makes a palette of the colours and the entries of the voxels, in the order in which they come.
    /// False where there are too many.
    fn fits_palette(&mut self) -> bool {
        self.palette.clear();
        self.entries.clear();
        self.slots.fill(0);
        let mut last = None;
        for at in 0..self.voxels.len() {
            let rgba = self.voxels[at].1;
            let entry = match last {
                Some((known, entry)) if known == rgba => entry,
                _ => match self.entry(rgba) {
                    Some(entry) => entry,
                    None => return false,
                },
            };
            last = Some((rgba, entry));
            self.entries.push(entry);
        }
        true
    }

    fn entry(&mut self, rgba: Rgba) -> Option<u8> {
        let mut slot = u32::from_le_bytes(rgba.0).wrapping_mul(0x9e37_79b1) as usize >> 22;
        loop {
            match self.slots[slot % SLOTS] {
                0 if self.palette.len() == PALETTE_MAX => return None,
                0 => {
                    self.palette.push(rgba);
                    self.slots[slot % SLOTS] = self.palette.len() as u16;
                    return Some((self.palette.len() - 1) as u8);
                }
                known if self.palette[usize::from(known - 1)] == rgba => {
                    return Some((known - 1) as u8);
                }
                _ => slot += 1,
            }
        }
    }
}

/// Reads one tile.
pub(super) fn take_tile(from: &mut Taker<'_>) -> Result<Tile, StateError> {
    let form = from.u8()?;
    if form & !(PLACES | OPAQUE | COLOURS) != 0 {
        return Err(from.damaged("a form of a tile that nobody knows"));
    }
    let mut places = [0_u16; TILE_VOXELS];
    let count = take_places(form & PLACES, from, &mut places)?;
    let places = &places[..count];
    let is_opaque = form & OPAQUE != 0;
    let mut tile = Builder::new(count);
    match form & COLOURS {
        ONE_COLOUR => {
            let rgba = take_colour(is_opaque, from)?;
            places.iter().for_each(|index| tile.set(*index, rgba));
        }
        BY_PALETTE => {
            let colours = usize::from(from.u8()?) + 1;
            let mut palette = [Rgba::EMPTY; PALETTE_MAX];
            for rgba in &mut palette[..colours] {
                *rgba = take_colour(is_opaque, from)?;
            }
            for (index, &entry) in places.iter().zip(from.take(count)?) {
                if usize::from(entry) >= colours {
                    return Err(from.damaged("a colour past the end of the palette"));
                }
                tile.set(*index, palette[usize::from(entry)]);
            }
        }
        EACH => {
            for index in places {
                tile.set(*index, take_colour(is_opaque, from)?);
            }
        }
        _ => return Err(from.damaged("a form of a tile that nobody knows")),
    }
    Ok(tile.build())
}

/// Reads where voxels are, in order. Gives how many there are.
fn take_places(
    form: u8,
    from: &mut Taker<'_>,
    places: &mut [u16; TILE_VOXELS],
) -> Result<usize, StateError> {
    match form {
        ALL => {
            places.iter_mut().zip(0..).for_each(|(place, index)| *place = index);
            Ok(TILE_VOXELS)
        }
        MASK => {
            let mask = from.take(TILE_VOXELS / 8)?;
            let set = (0..TILE_VOXELS).filter(|index| mask[index / 8] >> (index % 8) & 1 == 1);
            let filled = places.iter_mut().zip(set).map(|(place, index)| *place = index as u16);
            match filled.count() {
                0 => Err(from.damaged("a tile without voxels")),
                count => Ok(count),
            }
        }
        LIST => {
            let count = from.count(LISTED_MAX)?;
            if count == 0 {
                return Err(from.damaged("a tile without voxels"));
            }
            let mut next = 0;
            for place in &mut places[..count] {
                let index = take_gap(from, next)?;
                *place = index;
                next = index + 1;
            }
            Ok(count)
        }
        _ => Err(from.damaged("a form of a tile that nobody knows")),
    }
}

/// Reads how far a voxel lies behind `next`, and gives its index.
pub(super) fn take_gap(from: &mut Taker<'_>, next: u16) -> Result<u16, StateError> {
    let most = (TILE_VOXELS - 1).checked_sub(next.into());
    let gap = from.count(most.unwrap_or(0))?;
    if most.is_none() {
        return Err(from.damaged("a voxel past the end of its tile"));
    }
    Ok(next + gap as u16)
}

fn take_colour(is_opaque: bool, from: &mut Taker<'_>) -> Result<Rgba, StateError> {
    let mut bytes = [u8::MAX; 4];
    let count = if is_opaque { 3 } else { 4 };
    bytes[..count].copy_from_slice(from.take(count)?);
    if bytes[3] == 0 {
        return Err(from.damaged("a voxel of alpha 0, which is none"));
    }
    Ok(Rgba(bytes))
}

/// A tile that is being made: of few voxels one by one, of others all at once.
enum Builder {
    Few(Tile),
    Many(Box<[Rgba; TILE_VOXELS]>),
}

impl Builder {
    fn new(count: usize) -> Self {
        match count {
            0..=LISTED_MAX => Self::Few(Tile::EMPTY),
            _ => Self::Many(Box::new([Rgba::EMPTY; TILE_VOXELS])),
        }
    }

    fn set(&mut self, index: u16, rgba: Rgba) {
        match self {
            Self::Few(tile) => {
                tile.set(index.into(), rgba);
            }
            Self::Many(voxels) => voxels[usize::from(index)] = rgba,
        }
    }

    fn build(self) -> Tile {
        match self {
            Self::Few(tile) => tile,
            Self::Many(voxels) => Tile::from_dense(&voxels),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(voxels: impl Iterator<Item = (usize, Rgba)>, most: usize) {
        let mut tile = Tile::EMPTY;
        voxels.for_each(|(index, rgba)| {
            tile.set(index, rgba);
        });
        let mut bytes = Vec::new();
        TileWriter::default().put(TileRef::Stored(&tile), &mut bytes);
        assert!(bytes.len() <= most, "{} bytes, not {most}", bytes.len());
        let mut from = Taker::new("T", 0, &bytes);
        let again = take_tile(&mut from).expect("it was written so");
        assert_eq!(from.end(), Ok(()));
        assert_eq!(again.to_dense(), tile.to_dense());
        for end in 0..bytes.len() {
            assert!(take_tile(&mut Taker::new("T", 0, &bytes[..end])).is_err(), "cut at {end}");
        }
    }

    fn grey(value: usize) -> Rgba {
        Rgba::opaque(value as u8, (value >> 8) as u8, 7)
    }

    #[test]
    fn each_form_is_read_as_it_was_written() {
        let glass = |value: usize| Rgba::new(1, 2, value as u8, (value % 255) as u8 + 1);
        check([(4095, grey(1))].into_iter(), 7);
        check((0..64).map(|at| (at * 64, grey(at % 2))), 140);
        check((0..65).map(|at| (at * 63, grey(0))), 516);
        check((0..4096).map(|at| (at, grey(at % 256))), 1 + 1 + 256 * 3 + 4096);
        check((0..4096).map(|at| (at, grey(at % 257))), 1 + 3 * 4096);
        check((0..4096).map(|at| (at, grey(0))), 4);
        check((0..4095).map(|at| (at, glass(at))), TILE_BYTES_MAX);
        check((0..3000).map(|at| (at, grey(at))), TILE_BYTES_MAX);
    }

    #[test]
    fn what_is_no_tile_is_refused() {
        let refused: [&[u8]; 8] = [
            &[3, 1, 2, 3],
            &[24, 1, 2, 3, 4],
            &[32, 1, 2, 3, 4],
            // No voxels, too many, one past the end, alpha 0, past the palette.
            &[LIST | OPAQUE, 0, 1, 2, 3],
            &[LIST | OPAQUE, 65, 1, 2, 3],
            &[LIST | OPAQUE, 2, 0xff, 0x1f, 0, 1, 2, 3],
            &[ALL, 1, 2, 3, 0],
            &[LIST | OPAQUE | BY_PALETTE, 1, 0, 1, 1, 2, 3, 4, 5, 6, 2],
        ];
        for bytes in refused {
            assert!(take_tile(&mut Taker::new("T", 0, bytes)).is_err(), "{bytes:?}");
        }
    }
}
