//! Voxels one by one, as all forms of a tile give and take them: [`Row`] and [`Dense`]; and rows as
//! bits.

use std::ops::Range;

use goxel_proto::types::Rgba;

use super::pos::{TILE_EDGE, TILE_VOXELS};

/// The sixteen voxels of a tile along x at one y and z.
pub(super) type Row = [Rgba; TILE_EDGE];

/// A byte for each voxel of a row, the first one lowest.
pub(super) type RowBytes = [u64; 2];

/// The voxels of a tile, one by one, in index order.
pub type Dense = [Rgba; TILE_VOXELS];

/// The runs of bits that are set, lowest first.
pub(crate) fn runs(bits: u16) -> impl Iterator<Item = Range<usize>> {
    let mut rest = u32::from(bits);
    std::iter::from_fn(move || {
        let start = rest.trailing_zeros();
        let length = (rest.checked_shr(start)?).trailing_ones();
        rest &= !(u32::MAX >> (32 - length) << start);
        Some(start as usize..(start + length) as usize)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_what_the_bits_say() {
        for bits in 0..=u16::MAX {
            let set = runs(bits).flatten().fold(0, |set, x| set | 1_u16 << x);
            assert_eq!(set, bits);
        }
        assert_eq!(runs(0b1110_0110).collect::<Vec<_>>(), [1..3, 5..8]);
    }
}
