//! [`Sample`]: whether the corners of a mesh share much, told from the first of its rectangles. In a mesh of
//! noise they do not, and looking for what they share would take longer than all the rest.

use super::piece::{Piece, Share};
use super::quad::Quad;

/// How many corners the first rectangles share.
#[derive(Default)]
pub(super) struct Sample {
    quads: usize,
    corners: usize,
}

impl Sample {
    /// Rectangles that are looked at. Tests go both ways with small meshes.
    const QUADS: usize = if cfg!(test) { 16 } else { 1 << 13 };

    pub(super) fn add(&mut self, quads: &[Quad], share: Share) {
        if self.quads < Self::QUADS {
            self.quads += quads.len();
            self.corners += Piece::of(quads, share).vertices.len();
        }
    }

    /// Whether it is worth a look at each corner: at least a quarter of them is shared.
    pub(super) fn shares(&self) -> bool {
        self.quads < Self::QUADS || self.corners <= 3 * self.quads
    }
}
