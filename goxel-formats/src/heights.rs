//! [`heights`]: a file as heights, once it is open.

use std::fs::File;
use std::path::Path;

use goxel_core::Work;

use crate::Result;
use crate::file::contents;
use crate::relief::{Heights, decode};

/// Reads a PNG file, opened by this path, as heights: black is 0, white is `height`, the top row of the picture comes
/// last. Colours count by their luma (ITU-R BT.601); what shines through altogether is 0.
///
/// # Errors
/// [`crate::Error::Io`] with the path, [`crate::Error::NotAPicture`], [`crate::Error::Stopped`], and
/// [`crate::Error::TooLarge`] for more than
/// [`crate::limits::HEIGHTS_MAX`] pixels.
pub fn heights(file: File, path: &Path, height: u32, work: &Work<'_>) -> Result<Heights> {
    decode(&contents(file, path, work)?, height)
}
