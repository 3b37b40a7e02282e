//! [`Image`]: pixels in memory.

use crate::png;

/// A picture: rows from top to bottom, pixels from left to right, red, green, blue and straight
/// alpha.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// `width` times `height` of them.
    pub pixels: Vec<[u8; 4]>,
}

impl Image {
    /// The bytes of a PNG file of this picture.
    #[must_use]
    pub fn to_png(&self) -> Vec<u8> {
        png::encode(self)
    }
}
