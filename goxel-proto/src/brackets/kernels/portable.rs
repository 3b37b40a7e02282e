//! [`Words`]: a block as eight 64-bit words, for any processor.

use super::{BLOCK_BYTES, Block};

/// The lowest bit of each byte, and the highest.
const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Sixty-four bytes, eight to a word, the first byte lowest.
#[derive(Clone, Copy)]
pub(super) struct Words([u64; BLOCK_BYTES / 8]);

impl Block for Words {
    #[inline(always)]
    fn load(bytes: &[u8; BLOCK_BYTES]) -> Self {
        let (words, _) = bytes.as_chunks::<8>();
        Self(std::array::from_fn(|index| u64::from_le_bytes(words[index])))
    }

    #[inline(always)]
    fn folded(self) -> Self {
        Self(self.0.map(|word| word | (LOW * 0x20)))
    }

    #[inline(always)]
    fn matches(self, byte: u8) -> u64 {
        let pattern = LOW * u64::from(byte);
        self.0.iter().rev().fold(0, |mask, word| mask << 8 | zero_bytes(word ^ pattern))
    }
}

/// One bit for each byte of a word that is zero.
#[inline(always)]
fn zero_bytes(word: u64) -> u64 {
    // The high bit of a byte is left clear where all its bits are: no carry leaves a byte.
    let filled = ((word & !HIGH) + !HIGH) | word;
    let zeros = !filled & HIGH;
    // Gathers the eight high bits at the top: no two of the products' terms meet.
    (zeros >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_told_from_every_other() {
        for byte in 0..=255u8 {
            let mut bytes = [0u8; BLOCK_BYTES];
            for (index, place) in bytes.iter_mut().enumerate() {
                *place = byte.wrapping_add(index as u8 % 3);
            }
            let expected = (0..BLOCK_BYTES).filter(|index| index % 3 == 0);
            let expected = expected.fold(0u64, |mask, index| mask | 1 << index);
            assert_eq!(Words::load(&bytes).matches(byte), expected, "{byte}");
        }
    }
}
