//! [`Medium`]: what becomes of light inside a material.

use super::word::words;

words! {
    /// What becomes of light that goes through a material.
    #[derive(Default)]
    Medium, "medium" {
        /// It goes straight through.
        #[default]
        Clear: "clear",
        /// It is taken up on its way, more the longer that is.
        Absorb: "absorb",
        /// It is sent elsewhere, as in fog.
        Scatter: "scatter",
        /// More is given off on its way, as in a flame.
        Emit: "emit",
        /// It wanders beneath the surface, as in wax.
        Subsurface: "subsurface" | "sss",
    }
}
