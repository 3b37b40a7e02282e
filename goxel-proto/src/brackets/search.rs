//! The search for the end of a text, over any [`Block`].

use super::Nesting;
use crate::kernels::{BLOCK_BYTES, Block, Task, escaped, inside};

/// Goes on in `bytes`: what is found, and what is to be remembered.
#[derive(Clone)]
pub(super) struct Search<'a> {
    pub(super) nesting: Nesting,
    pub(super) bytes: &'a [u8],
}

impl Task for Search<'_> {
    type Output = (Option<usize>, Nesting);

    #[inline(always)]
    fn run<B: Block>(mut self) -> Self::Output {
        let end = search::<B>(&mut self.nesting, self.bytes);
        (end, self.nesting)
    }
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
    let escaped = escaped(block.matches(b'\\'), &mut nesting.escaped, length);
    let quotes = block.matches(b'"') & !escaped;
    let strings = inside(quotes, &mut nesting.in_string);
    let folded = block.folded();
    let opens = folded.matches(b'{') & !strings;
    let closes = folded.matches(b'}') & !strings;
    let breaks = block.matches(b'\n') & strings;
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
