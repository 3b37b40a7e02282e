//! Parts: the 4 x 4 x 4 that every node of the tree is split into, and every tile twice.

/// Parts of a node: 4 x 4 x 4, one bit each in a word.
pub(crate) const PARTS: usize = 64;
/// Bits of a coordinate that a node's parts take.
pub(crate) const PART_BITS: u32 = 2;
/// Bits of a coordinate inside a tile.
pub(crate) const TILE_BITS: u32 = 4;
/// A position in the tree, counted from the lowest corner of its lowest block.
pub(crate) type At = [i64; 3];

/// Which of a node's parts `at` is in, where the parts' edge is `1 << shift`.
#[inline]
pub(crate) fn part(at: At, shift: u32) -> usize {
    let [x, y, z] = at.map(|axis| (axis >> shift) as usize & 3);
    x | y << PART_BITS | z << (2 * PART_BITS)
}
