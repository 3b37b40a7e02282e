//! Finished pictures as the bytes of files: [`Image::encode_within`], and [`Animation`] for several frames.
//!
//! A file a format. Every encoder counts what it does as work, and ends where nobody wants it any more.

mod animation;
mod counted;
mod gif;
mod jpeg;
mod losses;
mod npy;
mod png;
mod webp;

use goxel_core::Work;
use goxel_proto::types::PictureFormat;

use crate::{Error, Image};

pub use animation::Animation;
pub(crate) use npy::{Array, Element};

/// Bytes of a pixel.
const PIXEL_BYTES: u64 = 4;

impl Image {
    /// The bytes of a file of this picture. `jpeg_quality` is 1 to 100, and says how much JPEG keeps.
    ///
    /// # Errors
    /// Where the work has to end, or the format cannot hold the picture.
    pub fn encode_within(
        &self,
        format: PictureFormat,
        jpeg_quality: u8,
        work: &Work<'_>,
    ) -> Result<Vec<u8>, Error> {
        match format {
            PictureFormat::Png => Ok(self.to_png_within(work)?),
            PictureFormat::Jpeg => jpeg::encode(self, jpeg_quality, work),
            PictureFormat::Webp => webp::encode(self, work),
            PictureFormat::Gif => {
                let mut animation = Animation::new(format, (self.width, self.height), 1, 0)?;
                animation.add(self, work)?;
                animation.finish()
            }
            PictureFormat::Rgba => {
                work.spend(PIXEL_BYTES * self.pixels.len() as u64)?;
                Ok(self.pixels.as_flattened().to_vec())
            }
            PictureFormat::Npy => {
                let shape = [self.height as usize, self.width as usize, PIXEL_BYTES as usize];
                let bytes = self.pixels.as_flattened();
                Ok(Array { element: Element::U8, shape: &shape, bytes }.to_npy_within(work)?)
            }
        }
    }
}

#[cfg(test)]
mod tests;
