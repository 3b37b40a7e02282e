//! [`Input`]: bytes as numbers.

/// The bytes as numbers; zeros where they end.
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// The next bytes, as many as there are.
    pub fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (bytes, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        bytes
    }

    /// What stands before the next line break.
    pub fn line(&mut self) -> &'a [u8] {
        let count = self.0.iter().position(|byte| *byte == b'\n').unwrap_or(self.0.len());
        let line = self.bytes(count);
        self.byte();
        line
    }

    /// One of the first so many numbers, 256 at the most.
    pub fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end
    }

    /// One of these.
    pub fn pick<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }

    /// Mostly near the origin, sometimes at the ends of the range, sometimes anywhere.
    pub fn coordinate(&mut self) -> i32 {
        let number = i32::from(self.byte()) - 128;
        match self.byte() {
            0..200 => number,
            200..215 => i32::MAX - number.abs(),
            215..230 => i32::MIN + number.abs(),
            shift => number << (shift % 24),
        }
    }
}
