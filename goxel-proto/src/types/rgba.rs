//! [`Rgba`]: a voxel's colour, and how it is written in one word.

use bytemuck::{Pod, Zeroable};

use super::css;

/// A colour of four bytes, straight alpha. Alpha 0 is an empty voxel, whatever the rest says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
#[repr(C)]
pub struct Rgba(pub [u8; 4]);

impl Rgba {
    /// No voxel.
    pub const EMPTY: Self = Self([0; 4]);
    /// Opaque white.
    pub const WHITE: Self = Self([255; 4]);
    /// Opaque black.
    pub const BLACK: Self = Self::opaque(0, 0, 0);

    /// A colour from its four components.
    #[must_use]
    pub const fn new(r: u8, g: u8, b: u8, a: u8) -> Self {
        Self([r, g, b, a])
    }

    /// A colour that nothing shines through.
    #[must_use]
    pub const fn opaque(r: u8, g: u8, b: u8) -> Self {
        Self([r, g, b, 255])
    }

    /// The opacity, 0 to 255.
    #[must_use]
    pub const fn alpha(self) -> u8 {
        self.0[3]
    }

    /// Whether this is no voxel at all.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0[3] == 0
    }

    /// The colour that is stored for this one: every empty voxel is [`Rgba::EMPTY`].
    #[must_use]
    pub const fn normalised(self) -> Self {
        if self.is_empty() { Self::EMPTY } else { self }
    }

    /// Reads `#rgb`, `#rrggbb` or `#rrggbbaa`; the `#` may be left out.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').unwrap_or(text).as_bytes();
        let nibble = |at: usize| char::from(digits[at]).to_digit(16).map(|digit| digit as u8);
        let byte = |at: usize| Some(nibble(at)? << 4 | nibble(at + 1)?);
        let double = |at: usize| Some(nibble(at)? * 0x11);
        match digits.len() {
            3 => Some(Self::opaque(double(0)?, double(1)?, double(2)?)),
            6 => Some(Self::opaque(byte(0)?, byte(2)?, byte(4)?)),
            8 => Some(Self::new(byte(0)?, byte(2)?, byte(4)?, byte(6)?)),
            _ => None,
        }
    }

    /// Reads a colour of one word: what [`Rgba::from_hex`] reads, or a name of CSS in any case.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::from_hex(text).or_else(|| css::named(text).map(|[r, g, b]| Self::opaque(r, g, b)))
    }

    /// The names that [`Rgba::from_text`] knows, in the order of the alphabet: for suggestions,
    /// completions and documents.
    pub fn names() -> impl Iterator<Item = &'static str> {
        css::names()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_colours() {
        assert_eq!(Rgba::from_hex("#f80"), Some(Rgba::opaque(255, 136, 0)));
        assert_eq!(Rgba::from_hex("FF8800"), Some(Rgba::opaque(255, 136, 0)));
        assert_eq!(Rgba::from_hex("#ff880080"), Some(Rgba::new(255, 136, 0, 128)));
        for bad in ["", "#", "#ff", "#ff88", "#ff88zz", "#ff88001", "#é0000"] {
            assert_eq!(Rgba::from_hex(bad), None, "{bad}");
        }
    }

    #[test]
    fn colours_of_one_word() {
        let gold = Some(Rgba::opaque(255, 215, 0));
        for text in ["gold", "GOLD", "#ffd700", "ffd700ff"] {
            assert_eq!(Rgba::from_text(text), gold, "{text}");
        }
        assert_eq!(Rgba::from_text("#fa0"), Some(Rgba::opaque(255, 170, 0)));
        for bad in ["", "goldish", "#gold", " gold"] {
            assert_eq!(Rgba::from_text(bad), None, "{bad}");
        }
        assert!(Rgba::names().all(|name| Rgba::from_text(name).is_some()));
    }
}
