//! [`Levels`]: a word of bits, one for each level of nesting.

use crate::limits::DEPTH_MAX;

// A level is a bit.
const _: () = assert!(DEPTH_MAX <= u128::BITS);

/// The brackets that are open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    /// The lowest bit is the innermost one: set where that is an object.
    objects: u128,
    depth: u32,
    depth_max: u32,
}

impl Levels {
    pub(super) fn new(depth_max: u32) -> Self {
        Self { objects: 0, depth: 0, depth_max }
    }

    /// One more. False where they are too many.
    #[inline(always)]
    pub(super) fn open(&mut self, is_object: bool) -> bool {
        let fits = self.depth < self.depth_max;
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(is_object);
        fits
    }

    /// One less.
    #[inline(always)]
    pub(super) fn close(&mut self) {
        self.depth -= 1;
        self.objects >>= 1;
    }

    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.depth == 0
    }

    /// Whether the innermost one is an object.
    #[inline(always)]
    pub(super) fn in_object(&self) -> bool {
        self.objects & 1 == 1
    }
}
