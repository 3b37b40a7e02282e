//! Blocks in the registers of x86-64: four of SSE2, which every one has, or two of AVX2.
//!
//! There is no closure here: what the compiler does not inline is not compiled for AVX2 and takes
//! ten times as long. Functions that must be say so.

use std::arch::x86_64::{
    __m128i, __m256i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8,
    _mm_or_si128, _mm_set1_epi8, _mm_sub_epi8, _mm256_cmpeq_epi8, _mm256_loadu_si256,
    _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_sub_epi8,
};

use super::{BLOCK_BYTES, Block, Task};

/// A block in four registers.
#[derive(Clone, Copy)]
pub(super) struct Sse2([__m128i; 4]);

impl Sse2 {
    /// One bit for each byte whose highest bit is set.
    #[inline(always)]
    fn bits(self) -> u64 {
        let [a, b, c, d] = self.0;
        // SAFETY: every x86-64 has SSE2.
        let [a, b, c, d] = unsafe {
            [_mm_movemask_epi8(a), _mm_movemask_epi8(b), _mm_movemask_epi8(c), _mm_movemask_epi8(d)]
        };
        let wide =
            [u64::from(a as u16), u64::from(b as u16), u64::from(c as u16), u64::from(d as u16)];
        wide[0] | wide[1] << 16 | wide[2] << 32 | wide[3] << 48
    }
}

impl Block for Sse2 {
    #[inline(always)]
    fn load(bytes: &[u8; BLOCK_BYTES]) -> Self {
        let start = bytes.as_ptr();
        // SAFETY: the four loads of 16 bytes are the 64 of the block, and ask for no alignment.
        Self(unsafe {
            [
                _mm_loadu_si128(start.cast()),
                _mm_loadu_si128(start.add(16).cast()),
                _mm_loadu_si128(start.add(32).cast()),
                _mm_loadu_si128(start.add(48).cast()),
            ]
        })
    }

    #[inline(always)]
    fn folded(self) -> Self {
        let [a, b, c, d] = self.0;
        // SAFETY: every x86-64 has SSE2.
        Self(unsafe {
            let bit = _mm_set1_epi8(0x20);
            [_mm_or_si128(a, bit), _mm_or_si128(b, bit), _mm_or_si128(c, bit), _mm_or_si128(d, bit)]
        })
    }

    #[inline(always)]
    fn matches(self, byte: u8) -> u64 {
        let [a, b, c, d] = self.0;
        // SAFETY: every x86-64 has SSE2.
        let equal = unsafe {
            let byte = _mm_set1_epi8(byte.cast_signed());
            [
                _mm_cmpeq_epi8(a, byte),
                _mm_cmpeq_epi8(b, byte),
                _mm_cmpeq_epi8(c, byte),
                _mm_cmpeq_epi8(d, byte),
            ]
        };
        Self(equal).bits()
    }

    #[inline(always)]
    fn between(self, low: u8, high: u8) -> u64 {
        let [a, b, c, d] = self.0;
        // SAFETY: every x86-64 has SSE2. Counted from the low end, what is in the range is no more
        // than its length.
        let inside = unsafe {
            let (low, length) =
                (_mm_set1_epi8(low.cast_signed()), _mm_set1_epi8((high - low).cast_signed()));
            let [a, b, c, d] = [
                _mm_sub_epi8(a, low),
                _mm_sub_epi8(b, low),
                _mm_sub_epi8(c, low),
                _mm_sub_epi8(d, low),
            ];
            [
                _mm_cmpeq_epi8(_mm_min_epu8(a, length), a),
                _mm_cmpeq_epi8(_mm_min_epu8(b, length), b),
                _mm_cmpeq_epi8(_mm_min_epu8(c, length), c),
                _mm_cmpeq_epi8(_mm_min_epu8(d, length), d),
            ]
        };
        Self(inside).bits()
    }

    #[inline(always)]
    fn beyond_ascii(self) -> u64 {
        self.bits()
    }
}

/// A block in two registers. Made in [`run_avx2`] alone, which no processor without AVX2 enters.
#[derive(Clone, Copy)]
struct Avx2([__m256i; 2]);

impl Avx2 {
    /// One bit for each byte whose highest bit is set.
    #[inline(always)]
    fn bits(self) -> u64 {
        let [a, b] = self.0;
        // SAFETY: there is AVX2 wherever there is an `Avx2`.
        let [a, b] = unsafe { [_mm256_movemask_epi8(a), _mm256_movemask_epi8(b)] };
        u64::from(a.cast_unsigned()) | u64::from(b.cast_unsigned()) << 32
    }
}

impl Block for Avx2 {
    #[inline(always)]
    fn load(bytes: &[u8; BLOCK_BYTES]) -> Self {
        let start = bytes.as_ptr();
        // SAFETY: the two loads of 32 bytes are the 64 of the block, they ask for no alignment, and
        // there is AVX2.
        Self(unsafe {
            [_mm256_loadu_si256(start.cast()), _mm256_loadu_si256(start.add(32).cast())]
        })
    }

    #[inline(always)]
    fn folded(self) -> Self {
        let [a, b] = self.0;
        // SAFETY: there is AVX2 wherever there is an `Avx2`.
        Self(unsafe {
            let bit = _mm256_set1_epi8(0x20);
            [_mm256_or_si256(a, bit), _mm256_or_si256(b, bit)]
        })
    }

    #[inline(always)]
    fn matches(self, byte: u8) -> u64 {
        let [a, b] = self.0;
        // SAFETY: there is AVX2 wherever there is an `Avx2`.
        let equal = unsafe {
            let byte = _mm256_set1_epi8(byte.cast_signed());
            [_mm256_cmpeq_epi8(a, byte), _mm256_cmpeq_epi8(b, byte)]
        };
        Self(equal).bits()
    }

    #[inline(always)]
    fn between(self, low: u8, high: u8) -> u64 {
        let [a, b] = self.0;
        // SAFETY: there is AVX2 wherever there is an `Avx2`. Counted from the low end, what is in
        // the range is no more than its length.
        let inside = unsafe {
            let low_end = _mm256_set1_epi8(low.cast_signed());
            let length = _mm256_set1_epi8((high - low).cast_signed());
            let [a, b] = [_mm256_sub_epi8(a, low_end), _mm256_sub_epi8(b, low_end)];
            [
                _mm256_cmpeq_epi8(_mm256_min_epu8(a, length), a),
                _mm256_cmpeq_epi8(_mm256_min_epu8(b, length), b),
            ]
        };
        Self(inside).bits()
    }

    #[inline(always)]
    fn beyond_ascii(self) -> u64 {
        self.bits()
    }
}

/// Does a task on processors that have AVX2.
///
/// # Safety
/// The processor has AVX2, BMI1 and POPCNT.
#[target_feature(enable = "avx2,bmi1,popcnt")]
pub(super) unsafe fn run_avx2<T: Task>(task: T) -> T::Output {
    task.run::<Avx2>()
}
