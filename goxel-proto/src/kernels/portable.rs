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

    #[inline(always)]
    fn between(self, low: u8, high: u8) -> u64 {
        // Plainly, for where there are no vectors this is not asked.
        self.0.iter().rev().fold(0, |mask, word| {
            let bytes = word.to_le_bytes().into_iter().rev();
            bytes.fold(mask, |mask, byte| mask << 1 | u64::from((low..=high).contains(&byte)))
        })
    }

    #[inline(always)]
    fn beyond_ascii(self) -> u64 {
        self.0.iter().rev().fold(0, |mask, word| mask << 8 | gathered(word & HIGH))
    }
}

/// One bit for each byte of a word that is zero.
#[inline(always)]
fn zero_bytes(word: u64) -> u64 {
    // The high bit of a byte is left clear where all its bits are: no carry leaves a byte.
    let filled = ((word & !HIGH) + !HIGH) | word;
    gathered(!filled & HIGH)
}

/// The high bits of the bytes of a word, side by side.
#[inline(always)]
fn gathered(bits: u64) -> u64 {
    // They come together at the top: no two of the products' terms meet.
    (bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
