//! JPEG files. They have no transparency: what is seen through a picture is white paper.

use goxel_core::Work;
use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, rgb_to_ycbcr};

use super::counted::counted;
use crate::{Error, Image};

/// The bytes of a JPEG file.
///
/// # Errors
/// Where the work has to end, or an edge is longer than the format knows.
pub(super) fn encode(image: &Image, quality: u8, work: &Work<'_>) -> Result<Vec<u8>, Error> {
    let edge = |edge: u32| {
        u16::try_from(edge).map_err(|_| Error::Encoding("an edge is too long for JPEG".into()))
    };
    let rows = Rows { image, width: edge(image.width)?, height: edge(image.height)?, work };
    counted(work, |to| Encoder::new(to, quality).encode_image(rows))
}

/// The rows of a picture in the colours of the format, made as the encoder asks for them.
struct Rows<'a> {
    image: &'a Image,
    width: u16,
    height: u16,
    work: &'a Work<'a>,
}

impl ImageBuffer for Rows<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.width
    }

    fn height(&self) -> u16 {
        self.height
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        // Whoever stops the work is heard when the encoder next writes: it cannot be told here.
        let _ = self.work.spend(4 * u64::from(self.width));
        let start = usize::from(y) * usize::from(self.width);
        for &pixel in &self.image.pixels[start..start + usize::from(self.width)] {
            let [r, g, b] = on_white(pixel);
            let (y, cb, cr) = rgb_to_ycbcr(r, g, b);
            for (buffer, level) in buffers.iter_mut().zip([y, cb, cr]) {
                buffer.push(level);
            }
        }
    }
}

/// What is seen of a pixel on white paper.
pub(super) fn on_white([r, g, b, a]: [u8; 4]) -> [u8; 3] {
    let alpha = u32::from(a);
    [r, g, b].map(|level| ((u32::from(level) * alpha + 255 * (255 - alpha) + 127) / 255) as u8)
}
