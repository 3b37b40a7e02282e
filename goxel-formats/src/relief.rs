//! [`Heights`]: a PNG picture as heights, the brighter the higher.

use std::io::Cursor;

use goxel_core::{Work, generate};
use goxel_proto::types::{Pos, Rgba};
use png::{BitDepth, Decoder, Limits, Transformations};

use crate::limits::{HEIGHTS_MAX, PICTURE_BYTES_MAX};
use crate::plot::document;
use crate::{Document, Error, Result};

/// Heights over a ground, row after row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heights {
    /// How many there are in a row.
    pub width: usize,
    /// In voxels; those of the lowest row first.
    pub heights: Vec<u32>,
}

/// What the brightest value of a pixel is, of one byte or of two.
const WHITE: u64 = u16::MAX as u64;

/// Reads a picture as a layer of columns, the first of them at the origin.
pub(crate) fn read(bytes: &[u8], height: u32, work: &Work<'_>) -> Result<Document> {
    let Heights { width, heights } = decode(bytes, height)?;
    let volume = generate::height_map(Pos::ZERO, width, &heights, Rgba::WHITE, work)?;
    Ok(document("heights", volume))
}

/// The heights of a picture: black is 0, white is `height`.
pub(crate) fn decode(bytes: &[u8], height: u32) -> Result<Heights> {
    let bad = |error: png::DecodingError| Error::NotAPicture(error.to_string());
    let limits = Limits { bytes: PICTURE_BYTES_MAX };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(bad)?;
    let (width, rows) = reader.info().size();
    if u64::from(width) * u64::from(rows) > HEIGHTS_MAX {
        let what = format!("a picture of {width} x {rows} pixels: {HEIGHTS_MAX} at the most");
        return Err(Error::TooLarge(what));
    }
    let size = reader.output_buffer_size().unwrap_or(0);
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(bad)?;
    let sample = if frame.bit_depth == BitDepth::Sixteen { 2 } else { 1 };
    let channels = frame.color_type.samples();
    let row = |row: &[u8]| -> Vec<u32> {
        let pixels = row.chunks_exact(channels * sample);
        pixels.map(|pixel| scaled(brightness(pixel, sample), height)).collect()
    };
    let lines = pixels.chunks_exact(frame.line_size).take(rows as usize).rev();
    Ok(Heights { width: width as usize, heights: lines.flat_map(row).collect() })
}

/// The luma of a pixel of samples of one byte or of two, 0 to [`WHITE`].
fn brightness(pixel: &[u8], sample: usize) -> u64 {
    let value = |part: &[u8]| match *part {
        [high, low] => u64::from(u16::from_be_bytes([high, low])),
        [byte] => u64::from(byte) * 257,
        _ => 0,
    };
    let mut parts = [0; 4];
    let count = pixel.len() / sample;
    parts.iter_mut().zip(pixel.chunks_exact(sample)).for_each(|(to, part)| *to = value(part));
    let [r, g, b, a] = parts;
    match count {
        2 if g == 0 => 0,
        4 if a == 0 => 0,
        1 | 2 => r,
        _ => (299 * r + 587 * g + 114 * b + 500) / 1000,
    }
}

/// The nearest height.
fn scaled(brightness: u64, height: u32) -> u32 {
    ((brightness * u64::from(height) + WHITE / 2) / WHITE) as u32
}

#[cfg(test)]
mod tests {
    use png::ColorType;

    use super::*;

    fn picture(width: u32, colour: ColorType, depth: BitDepth, data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let bits = colour.samples() * depth as usize;
        let rows = data.len() * 8 / bits / width as usize;
        let mut encoder = png::Encoder::new(&mut bytes, width, rows as u32);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(data).expect("all pixels");
        writer.finish().expect("an end");
        bytes
    }

    fn check(picture: &[u8], width: usize, expected: &[u32]) {
        let expected = Heights { width, heights: expected.to_vec() };
        assert_eq!(decode(picture, 100).expect("a picture"), expected);
    }

    #[test]
    fn brightness_is_height() {
        let grey = [0, 255, 128, 51];
        check(&picture(2, ColorType::Grayscale, BitDepth::Eight, &grey), 2, &[50, 20, 0, 100]);
        let deep = [0, 0, 255, 255, 127, 255, 0, 1];
        check(&picture(4, ColorType::Grayscale, BitDepth::Sixteen, &deep), 4, &[0, 100, 50, 0]);
        let colours = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
        check(&picture(4, ColorType::Rgb, BitDepth::Eight, &colours), 4, &[30, 59, 11, 100]);
        let clear = [255, 255, 255, 0, 255, 255, 255, 1];
        check(&picture(2, ColorType::Rgba, BitDepth::Eight, &clear), 2, &[0, 100]);
        check(
            &picture(2, ColorType::GrayscaleAlpha, BitDepth::Eight, &[9, 0, 255, 9]),
            2,
            &[0, 100],
        );
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let whole = picture(2, ColorType::Grayscale, BitDepth::Eight, &[1, 2, 3, 4]);
        // The last chunk says only that it is the last.
        for end in 0..whole.len() - 12 {
            assert!(matches!(decode(&whole[..end], 9), Err(Error::NotAPicture(_))), "{end}");
        }
    }

    #[test]
    fn pictures_are_bounded() {
        let line = |width: u32| {
            let data = vec![0; width as usize / 8];
            decode(&picture(width, ColorType::Grayscale, BitDepth::One, &data), 9)
        };
        let most = u32::try_from(HEIGHTS_MAX).expect("small");
        assert!(line(most).is_ok());
        assert!(matches!(line(most + 8), Err(Error::TooLarge(_))));
    }
}
