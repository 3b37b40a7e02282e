//! Voxels of a box as a typed array: `setBox`, `getBox`.
//!
//! x runs fastest, then y, then z. An element of 32 bits is `a << 24 | b << 16 | g << 8 | r`, so that its bytes are
//! r, g, b and a, as they are in an array of bytes, which has four for each voxel.

use goxel_core::{TILE_EDGE, TILE_VOXELS, Tile, TilePos, Volume};
use goxel_proto::types::{Aabb, Rgba};
use rquickjs::{ArrayBuffer, Result, TypedArray, Value};

use super::call::Call;
use super::volume::this;
use crate::model::tile_box::TileBox;
use crate::model::{Lazy, Refusal};
use crate::sys;

/// Voxels of one array: 128 MB.
const BOX_VOXELS_MAX: u128 = 1 << 25;
/// Bytes of a voxel.
const VOXEL_BYTES: usize = 4;
/// Colours of a list by which a tile is made faster than by its voxels; the first entry is the empty one.
const COLOURS: usize = 256;

/// Puts the voxels of an array into a box.
pub(super) fn set_box<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (volume, aabb) = (this(call)?, small_box(call)?);
    let array = call.arg(1);
    let wanted = "a Uint32Array or a Uint8Array";
    let object = array.as_object().ok_or_else(|| call.not("voxels", wanted, &array))?;
    let mut put = Put { volume, aabb, made: None };
    let read = |bytes: &[u8], put: &mut Put| put.read(bytes);
    match sys::with_bytes(object, &mut put, read) {
        None => Err(call.not("voxels", &format!("{wanted} that still has its memory"), &array)),
        Some(Err(bytes)) => {
            let voxels = aabb.volume();
            Err(call.out_of_range(format_args!(
                "the box has {voxels} voxels, so the array must have {voxels} elements of 32 bits or {} of 8, not \
                 {bytes} bytes",
                voxels * VOXEL_BYTES as u128
            )))
        }
        Some(Ok(())) => {
            call.ok(put.made.unwrap_or(Ok(())))?;
            call.undefined()
        }
    }
}

/// The voxels of a box as a `Uint32Array`.
pub(super) fn get_box<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (volume, aabb) = (this(call)?, small_box(call)?);
    let bytes = call.volume(&volume, |volume| {
        volume.need_box(&aabb)?;
        volume.check_room(aabb.volume() as u64 * VOXEL_BYTES as u64)?;
        Ok(gathered(volume.volume(), &aabb))
    })?;
    let buffer = ArrayBuffer::new_copy(call.ctx().clone(), bytes)?;
    Ok(TypedArray::<u32>::from_arraybuffer(buffer)?.into_value())
}

fn small_box(call: &Call<'_, '_>) -> Result<Aabb> {
    let aabb = call.aabb_at(0)?;
    let given = aabb.volume();
    if given > BOX_VOXELS_MAX {
        let refusal =
            Refusal::TooLarge { what: "a box", given, unit: "voxels", max: BOX_VOXELS_MAX };
        return Err(call.refused(&refusal));
    }
    Ok(aabb)
}

/// Where the bytes of an array go.
struct Put {
    volume: crate::model::VolumeRef,
    aabb: Aabb,
    made: Option<crate::model::Result<()>>,
}

impl Put {
    /// Refuses as many bytes as are not those of the box.
    fn read(&mut self, bytes: &[u8]) -> std::result::Result<(), usize> {
        let (voxels, rest) = bytes.as_chunks::<VOXEL_BYTES>();
        if !rest.is_empty() || voxels.len() as u128 != self.aabb.volume() {
            return Err(bytes.len());
        }
        self.made = Some(put(&mut self.volume.borrow_mut(), &self.aabb, voxels));
        Ok(())
    }
}

/// Puts voxels into a box, a tile at a time. Those that it covers as a whole need not have come.
fn put(volume: &mut Lazy, aabb: &Aabb, voxels: &[[u8; VOXEL_BYTES]]) -> crate::model::Result<()> {
    if aabb.is_empty() {
        return Ok(());
    }
    let inner = TileBox::within(aabb);
    volume.need_in(aabb, |at| !inner.contains(at))?;
    volume.overwrite(inner.tiles());
    let mut colours = Colours::default();
    volume.change(|volume| {
        for at in TileBox::touched(aabb).tiles() {
            let given = Given { at, aabb, voxels };
            let tile = if inner.contains(at) {
                colours.tile(&given)
            } else {
                let mut dense = volume.tile(at).to_tile().to_dense();
                given.put_into(&mut dense);
                Tile::from_dense(&dense)
            };
            volume.replace_tile(at, tile);
        }
        Ok(())
    })
}

/// What an array says of a tile.
struct Given<'a> {
    at: TilePos,
    aabb: &'a Aabb,
    voxels: &'a [[u8; VOXEL_BYTES]],
}

impl Given<'_> {
    /// Calls a function for each row: where in the tile it begins, and its voxels.
    fn rows(&self, mut visit: impl FnMut(usize, &[[u8; VOXEL_BYTES]])) {
        for_each_row(self.at, self.aabb, |start, from, length| {
            visit(start, &self.voxels[from..from + length]);
        });
    }

    fn put_into(&self, dense: &mut [Rgba; TILE_VOXELS]) {
        self.rows(|start, row| {
            let to = dense[start..].iter_mut();
            to.zip(row).for_each(|(to, from)| *to = Rgba(*from).normalised());
        });
    }
}

/// The voxels of a box.
fn gathered(volume: &Volume, aabb: &Aabb) -> Vec<u8> {
    let mut bytes = vec![0; aabb.volume() as usize * VOXEL_BYTES];
    for at in TileBox::touched(aabb).tiles() {
        let tile = volume.tile(at);
        if tile.uniform() == Some(Rgba::EMPTY) {
            continue;
        }
        for_each_row(at, aabb, |start, from, length| {
            let row = tile.row(start / TILE_EDGE % TILE_EDGE, start / (TILE_EDGE * TILE_EDGE));
            let x = start % TILE_EDGE;
            let (to, _) = bytes.as_chunks_mut::<VOXEL_BYTES>();
            to[from..from + length].iter_mut().zip(&row[x..]).for_each(|(to, from)| *to = from.0);
        });
    }
    bytes
}

/// The rows that a tile and a box share: where each begins in the tile and in the box, and how long it is.
fn for_each_row(at: TilePos, aabb: &Aabb, mut visit: impl FnMut(usize, usize, usize)) {
    let (cell, size) = (at.aabb(), aabb.size());
    let shared = cell.intersection(aabb);
    let length = shared.size()[0] as usize;
    for z in shared.min[2]..shared.max[2] {
        for y in shared.min[1]..shared.max[1] {
            let place = [shared.min[0], y, z];
            let in_tile = [0, 1, 2].map(|axis| (place[axis] - cell.min[axis]) as usize);
            let in_box = [0, 1, 2].map(|axis| (place[axis] - aabb.min[axis]) as usize);
            let start = in_tile[0] + TILE_EDGE * (in_tile[1] + TILE_EDGE * in_tile[2]);
            let from = in_box[0] + size[0] as usize * (in_box[1] + size[1] as usize * in_box[2]);
            visit(start, from, length);
        }
    }
}

/// The colours of the tiles before, in a list that all tiles share as long as there are few.
struct Colours {
    list: Box<[Rgba; COLOURS]>,
    count: usize,
    /// Entries by the hash of their colours; 0 where there is none.
    entries: Box<[u8; 1 << HASH_BITS]>,
}

/// Places of the table of entries, as a power of two: sixteen for each colour.
const HASH_BITS: u32 = 12;

impl Default for Colours {
    fn default() -> Self {
        Self {
            list: Box::new([Rgba::EMPTY; COLOURS]),
            count: 1,
            entries: Box::new([0; 1 << HASH_BITS]),
        }
    }
}

impl Colours {
    /// The tile that an array gives whole. Where the list is full another is begun.
    fn tile(&mut self, given: &Given<'_>) -> Tile {
        if let Some(entries) = self.entries_of(given) {
            return Tile::from_entries(&entries, &self.list);
        }
        *self = Self::default();
        if let Some(entries) = self.entries_of(given) {
            return Tile::from_entries(&entries, &self.list);
        }
        let mut dense = Box::new([Rgba::EMPTY; TILE_VOXELS]);
        given.put_into(&mut dense);
        Tile::from_dense(&dense)
    }

    fn entries_of(&mut self, given: &Given<'_>) -> Option<[u8; TILE_VOXELS]> {
        let mut entries = [0; TILE_VOXELS];
        let (mut last, mut entry, mut fits) = (Rgba::EMPTY, 0, true);
        given.rows(|start, row| {
            for (to, &rgba) in entries[start..].iter_mut().zip(row) {
                let rgba = Rgba(rgba);
                if rgba != last {
                    match self.entry(rgba) {
                        Some(known) => (last, entry) = (rgba, known),
                        None => fits = false,
                    }
                }
                *to = entry;
            }
        });
        fits.then_some(entries)
    }

    /// The entry of a colour, which is added where it is not there; `None` where the list is full.
    #[inline]
    fn entry(&mut self, rgba: Rgba) -> Option<u8> {
        if rgba.is_empty() {
            return Some(0);
        }
        // Fibonacci hashing: the upper bits depend on all of the colour.
        let hash = u32::from_le_bytes(rgba.0).wrapping_mul(0x9e37_79b1) >> (u32::BITS - HASH_BITS);
        let mut place = hash as usize;
        loop {
            match self.entries[place] {
                0 => break,
                entry if self.list[usize::from(entry)] == rgba => return Some(entry),
                _ => place = (place + 1) % (1 << HASH_BITS),
            }
        }
        let entry = u8::try_from(self.count).ok()?;
        self.list[self.count] = rgba;
        self.entries[place] = entry;
        self.count += 1;
        Some(entry)
    }
}
