//! PNG files, as far as pictures from here need them: eight bits a channel, with alpha.
//!
//! ```text
//! signature  8 bytes
//! chunk      length (4), type (4), data, CRC of type and data (4): IHDR, IDAT, IEND
//! IDAT       zlib of: for each row a filter byte, then each byte less the one above it
//! animated   acTL (frames, loops) behind IHDR; before each frame fcTL (number, size, place, delay, how it
//!            is laid over the one before); IDAT holds the first, fdAT (number, zlib) each other one
//! ```
//!
//! The difference to the row above makes the flat sides of voxels runs of zeros, and what is left small
//! numbers: fdeflate packs just that, in one pass with a code that it has from such pictures. Better filters or
//! levels cost far more time than they save bytes; `docs/BENCHMARKS.md` has the figures.

use std::io;

use fdeflate::Compressor;
use flate2::Crc;
use goxel_core::Work;

use crate::{Error, Image};

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// Eight bits a channel; colour with alpha; the only compression, filtering and order there is.
const FORMAT: [u8; 5] = [8, 6, 0, 0, 0];
/// A frame stays until the next one, and takes the place of the one before.
const REPLACES: [u8; 2] = [0, 0];
/// The filter "up", of each row.
const FILTER_UP: u8 = 2;

impl Image {
    /// The bytes of a PNG file of this picture.
    #[must_use]
    pub fn to_png(&self) -> Vec<u8> {
        let unbounded = Work::unbounded();
        self.to_png_within(&unbounded).unwrap_or_else(|_| unreachable!("nobody stops it"))
    }

    /// The same, as work that is counted and may be stopped.
    ///
    /// # Errors
    /// Where the work has to end.
    pub fn to_png_within(&self, work: &Work<'_>) -> goxel_core::Result<Vec<u8>> {
        let png = beginning((self.width, self.height));
        let png = data(png, b"IDAT", None, self, work)?;
        Ok(chunk(png, b"IEND", |png| png))
    }
}

/// The signature and the size.
fn beginning((width, height): (u32, u32)) -> Vec<u8> {
    chunk(SIGNATURE.to_vec(), b"IHDR", |mut png| {
        png.extend(width.to_be_bytes());
        png.extend(height.to_be_bytes());
        png.extend(FORMAT);
        png
    })
}

/// Adds a chunk with the picture's rows, behind a number where it has one.
fn data(
    png: Vec<u8>,
    kind: &[u8; 4],
    number: Option<u32>,
    image: &Image,
    work: &Work<'_>,
) -> goxel_core::Result<Vec<u8>> {
    let mut outcome = Ok(());
    let png = chunk(png, kind, |mut png| {
        png.extend(number.into_iter().flat_map(u32::to_be_bytes));
        packed(png, image, || {
            outcome = work.spend(4 * u64::from(image.width));
            outcome.is_ok()
        })
    });
    outcome.map(|()| png)
}

/// A file of several frames that is being put together.
pub(super) struct Animated {
    file: Vec<u8>,
    size: (u32, u32),
    frame_ms: u32,
    /// The number of the next chunk that has one.
    next: u32,
}

impl Animated {
    pub(super) fn new(size: (u32, u32), frames: u32, frame_ms: u32) -> Self {
        let file = chunk(beginning(size), b"acTL", |mut png| {
            png.extend(frames.to_be_bytes());
            // Again and again.
            png.extend(0u32.to_be_bytes());
            png
        });
        Self { file, size, frame_ms, next: 0 }
    }

    pub(super) fn add(&mut self, image: &Image, work: &Work<'_>) -> Result<(), Error> {
        let is_first = self.next == 0;
        let number = self.number();
        let file = chunk(std::mem::take(&mut self.file), b"fcTL", |mut png| {
            for part in [number, self.size.0, self.size.1, 0, 0] {
                png.extend(part.to_be_bytes());
            }
            // Parts of a second; a delay of a few seconds fits.
            png.extend((self.frame_ms.min(u32::from(u16::MAX)) as u16).to_be_bytes());
            png.extend(1000u16.to_be_bytes());
            png.extend(REPLACES);
            png
        });
        self.file = match is_first {
            true => data(file, b"IDAT", None, image, work)?,
            false => data(file, b"fdAT", Some(self.number()), image, work)?,
        };
        Ok(())
    }

    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    pub(super) fn finish(self) -> Vec<u8> {
        chunk(self.file, b"IEND", |png| png)
    }
}

/// Adds a chunk whose data `fill` adds.
fn chunk(mut png: Vec<u8>, kind: &[u8; 4], fill: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let start = png.len();
    png.extend([0; 4]);
    png.extend(kind);
    let mut png = fill(png);
    // The largest picture is far below the 31 bits that a length has.
    let length = (png.len() - start - 8) as u32;
    png[start..start + 4].copy_from_slice(&length.to_be_bytes());
    let mut crc = Crc::new();
    crc.update(&png[start + 4..]);
    png.extend(crc.sum().to_be_bytes());
    png
}

/// Adds the picture's rows, filtered and compressed, for as long as it `goes_on`.
fn packed(png: Vec<u8>, image: &Image, mut goes_on: impl FnMut() -> bool) -> Vec<u8> {
    let mut compressor = taken(Compressor::new(png));
    let rows = image.pixels.as_flattened();
    let row_bytes = (image.width as usize * 4).max(1);
    let first = vec![0; row_bytes];
    let mut above = &first[..];
    let mut line = Vec::with_capacity(row_bytes + 1);
    for row in rows.chunks_exact(row_bytes) {
        if !goes_on() {
            break;
        }
        line.clear();
        line.push(FILTER_UP);
        line.extend(row.iter().zip(above).map(|(&byte, &up)| byte.wrapping_sub(up)));
        taken(compressor.write_data(&line));
        above = row;
    }
    taken(compressor.finish())
}

/// What came of a write into memory.
fn taken<T>(outcome: io::Result<T>) -> T {
    outcome.unwrap_or_else(|_| unreachable!("a Vec takes every write"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(image: &Image) {
        let file = image.to_png();
        let mut reader = png::Decoder::new(io::Cursor::new(&file)).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        reader.finish().unwrap();
        assert_eq!((info.width, info.height), (image.width, image.height));
        assert_eq!(info.color_type, png::ColorType::Rgba);
        assert_eq!(info.bit_depth, png::BitDepth::Eight);
        assert!(bytes == image.pixels.as_flattened());
    }

    #[test]
    fn another_decoder_reads_the_same_pixels() {
        for (width, height) in [(1, 1), (3, 2), (1, 300), (640, 1), (257, 129)] {
            let pixels =
                (0..width * height).map(|i: u32| i.wrapping_mul(0x9e37_79b9).to_be_bytes());
            check(&Image { width, height, pixels: pixels.collect() });
        }
    }
}
