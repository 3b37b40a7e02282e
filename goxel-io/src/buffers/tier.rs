//! [`Tier`]: buffers of one size. Taking and giving back is a pop and a push.

use super::arena::{Arena, BLOCK_BYTES, Block};

/// Buffers of `1 << bits` bytes.
#[derive(Debug)]
pub(super) struct Tier {
    bits: u32,
    blocks: Vec<Block>,
    free: Vec<u32>,
    in_use: usize,
}

impl Tier {
    pub(super) const fn new(bits: u32) -> Self {
        Self { bits, blocks: Vec::new(), free: Vec::new(), in_use: 0 }
    }

    pub(super) const fn size(&self) -> usize {
        1 << self.bits
    }

    pub(super) const fn in_use(&self) -> usize {
        self.in_use
    }

    /// A buffer's index. `None` where the arena gives no more.
    pub(super) fn take(&mut self, arena: &mut Arena) -> Option<u32> {
        if self.free.is_empty() {
            let block = arena.block()?;
            let count = self.per_block();
            let first = self.blocks.len() as u32 * count;
            self.blocks.push(block);
            self.free.extend((first..first + count).rev());
        }
        self.in_use += 1;
        self.free.pop()
    }

    pub(super) fn give(&mut self, index: u32) {
        self.in_use -= 1;
        self.free.push(index);
    }

    pub(super) fn bytes<'a>(&self, arena: &'a Arena, index: u32) -> &'a [u8] {
        let (block, offset) = self.place(index);
        arena.bytes(block, offset, self.size())
    }

    pub(super) fn bytes_mut<'a>(&self, arena: &'a mut Arena, index: u32) -> &'a mut [u8] {
        let (block, offset) = self.place(index);
        arena.bytes_mut(block, offset, self.size())
    }

    fn per_block(&self) -> u32 {
        BLOCK_BYTES as u32 >> self.bits
    }

    fn place(&self, index: u32) -> (Block, usize) {
        let per_block_bits = BLOCK_BYTES.trailing_zeros() - self.bits;
        let within = index & (self.per_block() - 1);
        (self.blocks[(index >> per_block_bits) as usize], (within as usize) << self.bits)
    }
}
