//! [`BlendMode`]: how a layer is laid over what is below it; [`Combine`]: what a set of voxels does
//! to a layer.

use super::word::{Word, words};

words! {
    /// How a layer's voxel is combined with the one below it: Goxel's modes. Their numbers stand in
    /// `.gox` files and never change.
    #[derive(Default)]
    #[repr(u8)]
    BlendMode, "blend mode" {
        /// Alpha blending.
        #[default]
        Over = 0: "over",
        /// Takes the layer's alpha away.
        Sub = 1: "subtract",
        /// Keeps at most what the layer's alpha leaves.
        SubClamp = 2: "subtract_clamped",
        /// Colours what is there, adds nothing.
        Paint = 3: "paint",
        /// The layer's colour, the higher alpha.
        Max = 4: "max",
        /// The lower alpha, the colour below.
        Intersect = 5: "intersect",
        /// The lower alpha, the layer's colour.
        IntersectFill = 6: "intersect_fill",
        /// Multiplies everything by the layer's alpha.
        MultAlpha = 7: "multiply_alpha",
        /// The layer's voxel, even where it is empty.
        Replace = 8: "replace",
    }
}

impl BlendMode {
    /// The mode of a number in a file, or `None` for one that no mode has.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::all().find(|mode| mode.number() == number)
    }

    /// The number that stands for it in files.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }
}

words! {
    /// What a set of voxels - a shape, a height map, a copy - does to a layer. Unlike a
    /// [`BlendMode`] it goes by whether a voxel is there, whatever the alpha: what is added has its
    /// colour, what is taken away is gone.
    #[derive(Default)]
    Combine, "mode" {
        /// The voxels of the set are set, whatever was in their places.
        #[default]
        Add: "add",
        /// What is in the places of the set goes.
        Subtract: "subtract",
        /// What is in the places of the set gets its colours; empty places stay empty.
        Paint: "paint",
        /// What is outside of the set goes.
        Intersect: "intersect",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_files_never_change() {
        let numbers: Vec<_> = BlendMode::all().map(|mode| (mode.number(), mode.name())).collect();
        let expected = [
            (0, "over"),
            (1, "subtract"),
            (2, "subtract_clamped"),
            (3, "paint"),
            (4, "max"),
            (5, "intersect"),
            (6, "intersect_fill"),
            (7, "multiply_alpha"),
            (8, "replace"),
        ];
        assert_eq!(numbers, expected);
        for mode in BlendMode::all() {
            assert_eq!(BlendMode::from_number(mode.number()), Some(mode));
        }
        assert_eq!([-1, 9].map(BlendMode::from_number), [None; 2]);
    }
}
