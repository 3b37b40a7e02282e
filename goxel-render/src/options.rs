//! [`RenderOptions`]: what a picture is asked to be, and how large it may get.

use goxel_proto::types::{Background, CameraPreset, Look, Rgba, View};

use crate::error::{IMAGE_EDGE_MAX, IMAGE_PIXELS_MAX};
use crate::{Error, Placed};

/// Edge of a picture where none was asked for, in pixels.
const DEFAULT_EDGE: u32 = 512;

/// What a picture is asked to be.
#[derive(Clone, Debug, PartialEq)]
pub struct RenderOptions {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// From where.
    pub view: View,
    /// A camera of the project; it goes before a preset.
    pub placed: Option<Placed>,
    /// How it looks.
    pub look: Look,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self {
            width: DEFAULT_EDGE,
            height: DEFAULT_EDGE,
            view: View::default(),
            placed: None,
            look: Look::default(),
        }
    }
}

impl RenderOptions {
    /// The same picture in another size.
    #[must_use]
    pub fn with_size(self, width: u32, height: u32) -> Self {
        Self { width, height, ..self }
    }

    /// The same picture from a preset, or from where pictures without one are seen.
    #[must_use]
    pub fn seen_from(mut self, preset: Option<CameraPreset>) -> Self {
        self.view.preset = preset;
        self
    }

    /// The same picture before one colour.
    #[must_use]
    pub fn before(mut self, background: Rgba) -> Self {
        self.look.background = Background::Plain(background);
        self
    }

    /// Refuses sizes that are no picture or too much of one.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let (width, height) = (self.width, self.height);
        let edges = 1..=IMAGE_EDGE_MAX;
        if !edges.contains(&width) || !edges.contains(&height) {
            return Err(Error::Edge { width, height });
        }
        let pixels = u64::from(width) * u64::from(height);
        if pixels > IMAGE_PIXELS_MAX {
            return Err(Error::Pixels(pixels));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(width: u32, height: u32, expected: &Result<(), Error>) {
        let options = RenderOptions { width, height, ..Default::default() };
        assert_eq!(&options.check(), expected, "{width} x {height}");
    }

    #[test]
    fn sizes_at_the_limit_and_one_past_it() {
        for (width, height) in [(1, 1), (IMAGE_EDGE_MAX, 1), (1, IMAGE_EDGE_MAX)] {
            check(width, height, &Ok(()));
        }
        for (width, height) in [(0, 1), (1, 0), (IMAGE_EDGE_MAX + 1, 1), (1, u32::MAX)] {
            check(width, height, &Err(Error::Edge { width, height }));
        }
        check(4096, 4096, &Ok(()));
        check(4096, 4097, &Err(Error::Pixels(4096 * 4097)));
        check(IMAGE_EDGE_MAX, 2048, &Ok(()));
        check(IMAGE_EDGE_MAX, 2049, &Err(Error::Pixels(8192 * 2049)));
    }

    #[test]
    fn refusals_say_the_limit() {
        for error in [Error::Edge { width: 0, height: 9 }, Error::Pixels(99_999_999)] {
            let both = "each edge is 1 to 8192 pixels, and there are at most 16777216 in all";
            assert!(error.to_string().ends_with(both), "{error}");
        }
    }
}
