//! What a file does not have of a picture.

use std::collections::HashSet;

use goxel_proto::types::{Loss, PictureFormat};

use super::gif::{COLOURS_MAX, OPAQUE_MIN};
use crate::Image;

impl Image {
    /// What a file of this format does not have of the picture, and of how many pixels or colours.
    #[must_use]
    pub fn losses(&self, format: PictureFormat) -> Vec<(Loss, u64)> {
        let mut losses = Vec::new();
        let mut lose = |loss: Loss, count: usize| {
            if count > 0 {
                losses.push((loss, count as u64));
            }
        };
        match format {
            PictureFormat::Jpeg => {
                lose(Loss::Alpha, self.pixels.iter().filter(|pixel| pixel[3] < u8::MAX).count());
            }
            PictureFormat::Gif => {
                let is_half = |pixel: &&[u8; 4]| pixel[3] > 0 && pixel[3] < u8::MAX;
                lose(Loss::Alpha, self.pixels.iter().filter(is_half).count());
                lose(Loss::ColorsReduced, self.colours().saturating_sub(COLOURS_MAX));
            }
            PictureFormat::Png | PictureFormat::Webp | PictureFormat::Rgba | PictureFormat::Npy => {
            }
        }
        losses
    }

    /// How many colours there are of pixels that one does not see through.
    fn colours(&self) -> usize {
        let opaque = self.pixels.iter().filter(|pixel| pixel[3] >= OPAQUE_MIN);
        opaque.collect::<HashSet<_>>().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_say_what_they_do_not_have() {
        let pixels =
            (0..600u32).map(|at| [at as u8, (at / 256) as u8, 0, if at < 20 { 9 } else { 255 }]);
        let image = Image { width: 600, height: 1, pixels: pixels.collect() };
        assert_eq!(image.losses(PictureFormat::Png), []);
        assert_eq!(image.losses(PictureFormat::Jpeg), [(Loss::Alpha, 20)]);
        let expected = [(Loss::Alpha, 20), (Loss::ColorsReduced, 580 - COLOURS_MAX as u64)];
        assert_eq!(image.losses(PictureFormat::Gif), expected);
    }
}
