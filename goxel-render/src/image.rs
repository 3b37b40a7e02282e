//! [`Image`]: pixels in memory.

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
