//! [`Animation`]: frames that are packed as they are made, so that only one is in memory as pixels.

use goxel_core::Work;
use goxel_proto::types::{PictureFormat, Word as _};

use super::{gif, png, webp};
use crate::{Error, Image};

/// A file of several frames that is being put together.
pub struct Animation {
    size: (u32, u32),
    packing: Packing,
}

/// The formats that hold several frames.
enum Packing {
    Png(png::Animated),
    Webp(webp::Animated),
    Gif(gif::Animated),
}

impl Animation {
    /// A file of so many `frames` of `size` pixels across and down, each shown for `frame_ms` milliseconds.
    ///
    /// # Errors
    /// Where the format holds no frames, or not of this size.
    pub fn new(
        format: PictureFormat,
        size: (u32, u32),
        frames: u32,
        frame_ms: u32,
    ) -> Result<Self, Error> {
        let packing = match format {
            PictureFormat::Png => Packing::Png(png::Animated::new(size, frames, frame_ms)),
            PictureFormat::Webp => Packing::Webp(webp::Animated::new(size, frame_ms)),
            PictureFormat::Gif => Packing::Gif(gif::Animated::new(size, frames, frame_ms)?),
            PictureFormat::Jpeg | PictureFormat::Rgba | PictureFormat::Npy => {
                return Err(Error::Encoding(format!("{} holds one picture", format.name())));
            }
        };
        Ok(Self { size, packing })
    }

    /// Adds a frame.
    ///
    /// # Errors
    /// Where it has another size, or the work has to end.
    pub fn add(&mut self, image: &Image, work: &Work<'_>) -> Result<(), Error> {
        if (image.width, image.height) != self.size {
            return Err(Error::Encoding("a frame of another size".into()));
        }
        match &mut self.packing {
            Packing::Png(file) => file.add(image, work),
            Packing::Webp(file) => file.add(image, work),
            Packing::Gif(file) => file.add(image, work),
        }
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// Where they are more than the format counts.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        match self.packing {
            Packing::Png(file) => Ok(file.finish()),
            Packing::Webp(file) => file.finish(),
            Packing::Gif(file) => file.finish(),
        }
    }
}
