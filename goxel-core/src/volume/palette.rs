//! [`Palette`]: the colours of an indexed tile, shared by tiles that have the same ones.
//!
//! Layout: one block of words behind the reference count and the length,
//!
//! ```text
//! colours   capacity words        entry 0 is the empty voxel, the rest in the order they came
//! slots     4 x capacity bytes    a hash table with linear probing: an entry, or 0 for a free slot
//! ```
//!
//! Rationale. A palette only grows, so an index once given stays good, and a palette may stand in
//! for any that it extends. That is why tiles can share one: a model in 200 colours holds their
//! two kilobytes once, not once a tile. The hash table makes the entry of a colour one probe
//! mostly, where a search would read up to 256 words at each write. Entry 0 being the empty voxel
//! means that a tile's occupancy can be read off its indices alone.

use goxel_proto::types::Rgba;
use triomphe::{Arc, HeaderSlice};

use super::pos::TILE_EDGE;
use super::row::{Row, RowBytes};

/// Colours a palette can hold: what one byte can tell apart.
pub(super) const PALETTE_MAX: usize = 256;
/// What leaves of a hash of 32 bits the number of a slot in the largest palette.
const SLOT_SHIFT: u32 = u32::BITS - (4 * PALETTE_MAX).trailing_zeros();
/// Words of the largest palette.
const LARGE_WORDS: usize = 2 * PALETTE_MAX;
/// What a palette takes at the least that tiles should share.
pub(super) const LARGE_PALETTE_BYTES: usize = LARGE_WORDS * size_of::<Rgba>();
/// Entries of the smallest palette.
const CAPACITY_MIN: usize = 4;

/// Up to 256 colours. A clone is a handle.
#[derive(Clone, Debug)]
pub(super) struct Palette(Arc<HeaderSlice<Head, [Rgba]>>);

#[derive(Clone, Copy, Debug)]
struct Head {
    length: usize,
    /// Slots, and bytes of the colours before them. A power of two.
    slots: usize,
}

impl Head {
    fn new(length: usize, capacity: usize) -> Self {
        Self { length, slots: 4 * capacity }
    }

    fn capacity(self) -> usize {
        self.slots / 4
    }
}

impl Palette {
    /// A palette of the empty voxel alone.
    pub(super) fn new() -> Self {
        let words = [Rgba::EMPTY; 2 * CAPACITY_MIN];
        Self(Arc::from_header_and_slice(Head::new(1, CAPACITY_MIN), &words))
    }

    /// The colours, by entry.
    pub(super) fn colours(&self) -> &[Rgba] {
        &self.0.slice[..self.0.header.length]
    }

    /// The whole block: the colours by entry, then words that no entry leads to.
    pub(super) fn words(&self) -> &[Rgba] {
        &self.0.slice
    }

    /// The colour of an entry of this palette.
    #[inline]
    pub(super) fn colour(&self, entry: u8) -> Rgba {
        self.0.slice.get(usize::from(entry)).copied().unwrap_or_default()
    }

    /// The colours for all 256 values of a byte, for reading many voxels.
    pub(super) fn table(&self) -> [Rgba; PALETTE_MAX] {
        let mut table = [Rgba::EMPTY; PALETTE_MAX];
        let colours = self.colours();
        table[..colours.len()].copy_from_slice(colours);
        table
    }

    /// The entry of a colour, where it has one.
    #[inline(always)]
    pub(super) fn find(&self, rgba: Rgba) -> Option<u8> {
        find(&self.0.slice, rgba)
    }

    /// The entries of a row, one a byte and the first one lowest; nothing where a colour has none.
    #[inline(always)]
    pub(super) fn entries(&self, row: &Row) -> Option<RowBytes> {
        match <&[Rgba; LARGE_WORDS]>::try_from(&self.0.slice) {
            // Its size is known, so nothing has to be checked.
            Ok(words) => entries(words, row),
            Err(_) => entries(&self.0.slice, row),
        }
    }

    /// Whether one more colour fits in as it is.
    #[inline]
    pub(super) fn has_room(&self) -> bool {
        self.0.header.length < self.0.header.capacity()
    }

    /// Whether there is room for no colour more.
    pub(super) fn is_full(&self) -> bool {
        self.colours().len() == PALETTE_MAX
    }

    /// The entry of a colour, which is added where it has none; nothing where there is no room.
    pub(super) fn entry(&mut self, rgba: Rgba) -> Option<u8> {
        if rgba.is_empty() {
            return Some(0);
        }
        self.find(rgba).or_else(|| self.push(rgba))
    }

    /// Whether a tile should try to use `shared` instead before a colour is added to this palette:
    /// when it is about to become large, and when it is an older state of `shared`.
    pub(super) fn may_join(&self, shared: &Self) -> bool {
        let grows_large = self.colours().len() == PALETTE_MAX / 2;
        grows_large || (self.is_large() && shared.extends(self))
    }

    /// This palette extended by the colours of `other`; nothing where there is no room.
    pub(super) fn joined(&self, other: &Self) -> Option<Self> {
        let new = other.colours().iter().skip(1).filter(|&&rgba| self.find(rgba).is_none());
        let mut joined = self.clone();
        if self.colours().len() + new.clone().count() > PALETTE_MAX {
            return None;
        }
        for &rgba in new {
            joined.push(rgba);
        }
        Some(joined)
    }

    /// Adds a colour that has no entry yet; nothing where there is no room. A palette that others
    /// share is copied first.
    pub(super) fn push(&mut self, rgba: Rgba) -> Option<u8> {
        let entry = u8::try_from(self.colours().len()).ok()?;
        if !self.has_room() || !self.0.is_unique() {
            *self = self.unshared_with_room();
        }
        let body = Arc::get_mut(&mut self.0)?;
        body.header.length += 1;
        let (colours, slots) = body.slice.split_at_mut(body.header.capacity());
        colours[usize::from(entry)] = rgba;
        insert_slot(rgba, entry, bytemuck::cast_slice_mut(slots));
        Some(entry)
    }

    /// A copy that nobody shares, with room for one more colour.
    #[cold]
    fn unshared_with_room(&self) -> Self {
        if self.has_room() {
            return Self(Arc::from_header_and_slice(self.0.header, &self.0.slice));
        }
        let (colours, capacity) = (self.colours(), 2 * self.0.header.capacity());
        let head = Head::new(colours.len(), capacity);
        let mut words = [Rgba::EMPTY; 2 * PALETTE_MAX];
        words[..colours.len()].copy_from_slice(colours);
        let slots = bytemuck::cast_slice_mut(&mut words[capacity..2 * capacity]);
        for (entry, &rgba) in colours.iter().enumerate().skip(1) {
            insert_slot(rgba, entry as u8, slots);
        }
        Self(Arc::from_header_and_slice(head, &words[..2 * capacity]))
    }

    /// Whether every entry of `other` is the same here.
    pub(super) fn extends(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.colours().starts_with(other.colours())
    }

    /// Whether it takes so much room that tiles should share it.
    pub(super) fn is_large(&self) -> bool {
        self.0.header.capacity() == PALETTE_MAX
    }

    /// Where it is stored: the same for palettes that share.
    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Bytes on the heap, shared or not.
    pub(super) fn heap_bytes(&self) -> usize {
        size_of::<usize>() + size_of_val(&*self.0)
    }
}

/// The entry of a colour in a palette of these words.
#[inline(always)]
fn find(words: &[Rgba], rgba: Rgba) -> Option<u8> {
    let bytes: &[u8] = bytemuck::cast_slice(words);
    let slots = bytes.len() / 2;
    let mut slot = first_slot(rgba, slots);
    loop {
        let entry = *bytes.get(slots + slot)?;
        if *words.get(usize::from(entry))? == rgba {
            return Some(entry);
        }
        if entry == 0 {
            return None;
        }
        slot = (slot + 1) & (slots - 1);
    }
}

#[inline(always)]
fn entries(words: &[Rgba], row: &Row) -> Option<RowBytes> {
    let mut entries = RowBytes::default();
    for (half, colours) in entries.iter_mut().zip(row.as_chunks::<{ TILE_EDGE / 2 }>().0) {
        for &rgba in colours {
            *half = *half >> u8::BITS | u64::from(find(words, rgba)?) << (u64::BITS - u8::BITS);
        }
    }
    Some(entries)
}

/// Inserts an entry into the hash table. There are four times as many slots as entries.
fn insert_slot(rgba: Rgba, entry: u8, slots: &mut [u8]) {
    let mut slot = first_slot(rgba, slots.len());
    while slots[slot] != 0 {
        slot = (slot + 1) & (slots.len() - 1);
    }
    slots[slot] = entry;
}

/// The slot where probing for a colour begins. Clients choose colours: at worst all 256 fall on
/// one slot, which costs what a search through all of them would.
#[inline(always)]
fn first_slot(rgba: Rgba, slots: usize) -> usize {
    let hash = u32::from_le_bytes(rgba.0).wrapping_mul(0x9e37_79b1);
    (hash >> SLOT_SHIFT) as usize & (slots - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(value: usize) -> Rgba {
        Rgba::new(value as u8, (value >> 8) as u8, 7, 255)
    }

    #[test]
    fn entries_stay_and_the_last_one_is_refused() {
        let mut palette = Palette::new();
        for entry in 1..PALETTE_MAX {
            assert_eq!(palette.find(grey(entry)), None);
            assert_eq!(palette.entry(grey(entry)), Some(entry as u8));
        }
        assert_eq!(palette.entry(grey(999)), None);
        for entry in 1..PALETTE_MAX {
            assert_eq!(palette.entry(grey(entry)), Some(entry as u8));
            assert_eq!(palette.colour(entry as u8), grey(entry));
        }
        assert_eq!(palette.entry(Rgba::EMPTY), Some(0));
        assert_eq!(palette.colours().len(), PALETTE_MAX);
    }

    #[test]
    fn a_palette_that_is_shared_is_copied_before_it_grows() {
        let mut palette = Palette::new();
        palette.entry(grey(1));
        let shared = palette.clone();
        assert_eq!(shared.address(), palette.address());
        palette.entry(grey(2));
        assert_eq!((shared.find(grey(2)), palette.find(grey(2))), (None, Some(2)));
        assert!(palette.extends(&shared) && !shared.extends(&palette));
        let mut other = shared.clone();
        other.entry(grey(3));
        assert!(!other.extends(&palette) && other.extends(&shared));
    }

    #[test]
    fn palettes_are_joined_where_they_fit() {
        let of = |range: std::ops::Range<usize>| {
            let mut palette = Palette::new();
            for value in range {
                palette.entry(grey(value));
            }
            palette
        };
        let joined = of(1..150).joined(&of(100..256)).expect("255 colours and the empty one");
        assert!(joined.extends(&of(1..150)));
        assert!((1..256).all(|value| joined.find(grey(value)).is_some()));
        assert!(of(1..150).joined(&of(100..257)).is_none());
    }

    #[test]
    fn colours_of_one_slot_are_told_apart() {
        // Small multiples of the factor's inverse are small when multiplied: they begin at slot 0.
        let inverse = 0x9e37_79b1u32;
        let inverse =
            (0..5).fold(inverse, |x, _| x.wrapping_mul(2u32.wrapping_sub(inverse.wrapping_mul(x))));
        let clash = |i: u32| Rgba(inverse.wrapping_mul(i).to_le_bytes());
        let clashing: Vec<Rgba> =
            (1..1 << 22).map(clash).filter(|rgba| !rgba.is_empty()).take(255).collect();
        assert!(clashing.iter().all(|&rgba| first_slot(rgba, 1024) == 0));
        let mut palette = Palette::new();
        for (index, &rgba) in clashing.iter().enumerate() {
            assert_eq!(palette.entry(rgba), Some(index as u8 + 1));
        }
        assert!(clashing.iter().enumerate().all(|(i, &c)| palette.find(c) == Some(i as u8 + 1)));
    }
}
