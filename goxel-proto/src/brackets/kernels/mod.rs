//! The search for the end of a text, written once over a [`Block`] of 64 bytes, and the
//! processors that have one of their own: AVX2 where the machine has it, SSE2 on any other
//! x86-64, 64-bit words elsewhere.

#![allow(unsafe_code)] // Registers of one processor are only to be had so.

#[cfg(any(test, not(target_arch = "x86_64")))]
mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

use super::Nesting;

/// Bytes that are looked at together: one bit each in a `u64`.
const BLOCK_BYTES: usize = 64;

/// Sixty-four bytes that can be compared with one byte all at once.
trait Block: Copy {
    /// Takes the bytes.
    fn load(bytes: &[u8; BLOCK_BYTES]) -> Self;
    /// The bytes with their sixth bit set, which makes `[` into `{` and `]` into `}`.
    fn folded(self) -> Self;
    /// One bit for each byte that is `byte`; the first byte has the lowest.
    fn matches(self, byte: u8) -> u64;
}

/// [`Nesting::end`] by the best means of this machine.
#[cfg(target_arch = "x86_64")]
pub(super) fn end(nesting: &mut Nesting, bytes: &[u8]) -> Option<usize> {
    use std::arch::is_x86_feature_detected as has;
    if has!("avx2") && has!("bmi1") && has!("popcnt") {
        // SAFETY: the processor was just found to have all three.
        return unsafe { x86::end_avx2(nesting, bytes) };
    }
    search::<x86::Sse2>(nesting, bytes)
}

/// [`Nesting::end`] by the best means of this machine.
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn end(nesting: &mut Nesting, bytes: &[u8]) -> Option<usize> {
    search::<portable::Words>(nesting, bytes)
}

#[cfg(test)]
type End = fn(&mut Nesting, &[u8]) -> Option<usize>;

/// Every way that this machine has, for tests to compare.
#[cfg(test)]
pub(super) fn all() -> Vec<(&'static str, End)> {
    let ways: &[(&'static str, End)] = &[
        ("chosen", end),
        ("portable", search::<portable::Words>),
        #[cfg(target_arch = "x86_64")]
        ("sse2", search::<x86::Sse2>),
    ];
    ways.to_vec()
}

#[inline(always)]
fn search<B: Block>(nesting: &mut Nesting, bytes: &[u8]) -> Option<usize> {
    let (blocks, rest) = bytes.as_chunks::<BLOCK_BYTES>();
    for (index, block) in blocks.iter().enumerate() {
        if let Some(at) = step(nesting, B::load(block), BLOCK_BYTES) {
            return Some(index * BLOCK_BYTES + at);
        }
    }
    if rest.is_empty() {
        return None;
    }
    // Spaces change nothing.
    let mut last = [b' '; BLOCK_BYTES];
    last[..rest.len()].copy_from_slice(rest);
    let at = step(nesting, B::load(&last), rest.len())?;
    Some(blocks.len() * BLOCK_BYTES + at)
}

/// Goes through one block, of which `length` bytes count.
#[inline(always)]
fn step<B: Block>(nesting: &mut Nesting, block: B, length: usize) -> Option<usize> {
    let escaped = escaped(block.matches(b'\\'), nesting, length);
    let quotes = block.matches(b'"') & !escaped;
    let strings = inside(quotes) ^ 0u64.wrapping_sub(u64::from(nesting.in_string));
    let folded = block.folded();
    let opens = folded.matches(b'{') & !strings;
    let closes = folded.matches(b'}') & !strings;
    let breaks = block.matches(b'\n') & strings;
    nesting.in_string = strings >> 63 == 1;
    if breaks == 0 && nesting.depth > closes.count_ones() {
        nesting.depth = nesting.depth + opens.count_ones() - closes.count_ones();
        return None;
    }
    walk(&mut nesting.depth, opens, closes, breaks)
}

/// Goes from bracket to bracket in a block in which the text may end.
#[inline(always)]
fn walk(depth: &mut u32, opens: u64, closes: u64, breaks: u64) -> Option<usize> {
    let mut rest = opens | closes | breaks;
    while rest != 0 {
        let bit = rest & rest.wrapping_neg();
        rest ^= bit;
        if opens & bit != 0 {
            *depth += 1;
            continue;
        }
        *depth = depth.saturating_sub(u32::from(closes & bit != 0));
        if *depth == 0 || breaks & bit != 0 {
            return Some(bit.trailing_zeros() as usize + 1);
        }
    }
    None
}

/// The bytes that stand behind a backslash that is itself not escaped.
#[inline(always)]
fn escaped(mut slashes: u64, nesting: &mut Nesting, length: usize) -> u64 {
    let mut escaped = u64::from(nesting.escaped);
    slashes &= !escaped;
    let mut behind = false;
    while slashes != 0 {
        let bit = slashes & slashes.wrapping_neg();
        escaped |= bit << 1;
        behind = bit.trailing_zeros() as usize + 1 == length;
        slashes &= !(bit | bit << 1);
    }
    nesting.escaped = behind;
    escaped
}

/// The bytes from each opening quote up to before its closing one.
#[inline(always)]
fn inside(quotes: u64) -> u64 {
    let mut mask = quotes;
    for shift in [1, 2, 4, 8, 16, 32] {
        mask ^= mask << shift;
    }
    mask
}
