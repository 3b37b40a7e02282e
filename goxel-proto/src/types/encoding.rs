//! [`Encoding`]: how many voxels are told.

use super::word::words;

words! {
    /// How voxels are told: each form is one that can be sent back.
    #[derive(Default)]
    Encoding, "encoding" {
        /// As `voxels`: `[x, y, z, r, g, b, a]` each.
        #[default]
        Points: "points",
        /// As `runs` along x: `[x, y, z, length, r, g, b, a]` each.
        Runs: "runs",
        /// As `data`: records of sixteen bytes in base64.
        Base64: "base64",
    }
}
