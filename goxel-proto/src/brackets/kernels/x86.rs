//! Blocks in the registers of x86-64: four of SSE2, which every one has, or two of AVX2.

use std::arch::x86_64::{
    __m128i, __m256i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128,
    _mm_set1_epi8, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256,
    _mm256_set1_epi8,
};

use super::{BLOCK_BYTES, Block, Nesting, search};

/// A block in four registers.
#[derive(Clone, Copy)]
pub(super) struct Sse2([__m128i; 4]);

impl Block for Sse2 {
    #[inline(always)]
    fn load(bytes: &[u8; BLOCK_BYTES]) -> Self {
        let (quarters, _) = bytes.as_chunks::<16>();
        // SAFETY: each quarter is 16 bytes long, and the load asks for no alignment.
        Self(std::array::from_fn(|index| unsafe {
            _mm_loadu_si128(quarters[index].as_ptr().cast())
        }))
    }

    #[inline(always)]
    fn folded(self) -> Self {
        // SAFETY: every x86-64 has SSE2.
        Self(self.0.map(|part| unsafe { _mm_or_si128(part, _mm_set1_epi8(0x20)) }))
    }

    #[inline(always)]
    fn matches(self, byte: u8) -> u64 {
        self.0.iter().rev().fold(0, |mask, &part| {
            // SAFETY: every x86-64 has SSE2.
            let bits = unsafe {
                _mm_movemask_epi8(_mm_cmpeq_epi8(part, _mm_set1_epi8(byte.cast_signed())))
            };
            mask << 16 | u64::from(bits.cast_unsigned())
        })
    }
}

/// A block in two registers. Made in [`end_avx2`] alone, which no processor without AVX2 enters.
#[derive(Clone, Copy)]
struct Avx2([__m256i; 2]);

impl Block for Avx2 {
    #[inline(always)]
    fn load(bytes: &[u8; BLOCK_BYTES]) -> Self {
        let (halves, _) = bytes.as_chunks::<32>();
        // SAFETY: each half is 32 bytes long, the load asks for no alignment, and there is AVX2.
        Self(std::array::from_fn(|index| unsafe {
            _mm256_loadu_si256(halves[index].as_ptr().cast())
        }))
    }

    #[inline(always)]
    fn folded(self) -> Self {
        // SAFETY: there is AVX2 wherever there is an `Avx2`.
        Self(self.0.map(|part| unsafe { _mm256_or_si256(part, _mm256_set1_epi8(0x20)) }))
    }

    #[inline(always)]
    fn matches(self, byte: u8) -> u64 {
        self.0.iter().rev().fold(0, |mask, &part| {
            // SAFETY: there is AVX2 wherever there is an `Avx2`.
            let bits = unsafe {
                _mm256_movemask_epi8(_mm256_cmpeq_epi8(part, _mm256_set1_epi8(byte.cast_signed())))
            };
            mask << 32 | u64::from(bits.cast_unsigned())
        })
    }
}

/// [`Nesting::end`] on processors that have AVX2.
///
/// # Safety
/// The processor has AVX2, BMI1 and POPCNT.
#[target_feature(enable = "avx2,bmi1,popcnt")]
pub(super) unsafe fn end_avx2(nesting: &mut Nesting, bytes: &[u8]) -> Option<usize> {
    search::<Avx2>(nesting, bytes)
}
