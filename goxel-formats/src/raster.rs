//! [`Raster`]: a picture as colours, from PNG or JPEG. Textures of meshes are read through here.

use std::io::Cursor;

use goxel_proto::types::Rgba;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::limits::{HEIGHTS_MAX, PICTURE_BYTES_MAX};

/// How files of either kind begin.
const PNG: &[u8] = b"\x89PNG";
const JPEG: &[u8] = b"\xff\xd8\xff";

/// Colours, row by row from the upper left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Raster {
    pub(crate) width: usize,
    pub(crate) pixels: Vec<Rgba>,
}

impl Raster {
    /// The colours of a picture. Nothing where it is neither PNG nor JPEG, damaged, or of more than
    /// [`HEIGHTS_MAX`] pixels.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(PNG) {
            png(bytes)
        } else if bytes.starts_with(JPEG) {
            jpeg(bytes)
        } else {
            None
        }
    }
}

/// The colour of a pixel of one to four channels.
pub(crate) fn colour(pixel: &[u8]) -> Rgba {
    match *pixel {
        [grey] => Rgba::opaque(grey, grey, grey),
        [grey, alpha] => Rgba::new(grey, grey, grey, alpha),
        [r, g, b] => Rgba::opaque(r, g, b),
        [r, g, b, a, ..] => Rgba::new(r, g, b, a),
        [] => Rgba::EMPTY,
    }
}

fn fits(width: u64, height: u64) -> Option<()> {
    (width.checked_mul(height)? <= HEIGHTS_MAX).then_some(())
}

fn png(bytes: &[u8]) -> Option<Raster> {
    let limits = png::Limits { bytes: PICTURE_BYTES_MAX };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = reader.info().size();
    fits(width.into(), height.into())?;
    let mut bytes = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut bytes).ok()?;
    let pixels = bytes.chunks_exact(frame.color_type.samples()).map(colour).collect();
    Some(Raster { width: width as usize, pixels })
}

fn jpeg(bytes: &[u8]) -> Option<Raster> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    let (width, height) = decoder.dimensions()?;
    fits(width as u64, height as u64)?;
    let bytes = decoder.decode().ok()?;
    let pixels = bytes.chunks_exact(3).map(colour).collect();
    Some(Raster { width, pixels })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::JPEG;

    fn near(found: Rgba, expected: [u8; 3]) -> bool {
        let apart = found.0.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max();
        apart <= Some(3) && found.alpha() == 255
    }

    #[test]
    fn jpeg_is_colours() {
        let raster = Raster::decode(JPEG).unwrap();
        assert_eq!((raster.width, raster.pixels.len()), (16, 128));
        assert!(near(raster.pixels[2 * 16 + 2], [200, 40, 40]), "{:?}", raster.pixels[34]);
        assert!(near(raster.pixels[2 * 16 + 12], [40, 60, 200]), "{:?}", raster.pixels[44]);
    }

    /// One of 8 x 8 pixels, all 90.
    #[rustfmt::skip]
    const GREY: &[u8] = &[
        0xff, 0xd8, 0xff, 0xdb, 0x00, 0x43, 0x00, 0x0d, 0x09, 0x0a, 0x0b, 0x0a, 0x08, 0x0d, 0x0b, 0x0a, 0x0b, 0x0e, 0x0e, 0x0d, 0x0f, 0x13,
        0x20, 0x15, 0x13, 0x12, 0x12, 0x13, 0x27, 0x1c, 0x1e, 0x17, 0x20, 0x2e, 0x29, 0x31, 0x30, 0x2e, 0x29, 0x2d, 0x2c, 0x33, 0x3a, 0x4a,
        0x3e, 0x33, 0x36, 0x46, 0x37, 0x2c, 0x2d, 0x40, 0x57, 0x41, 0x46, 0x4c, 0x4e, 0x52, 0x53, 0x52, 0x32, 0x3e, 0x5a, 0x61, 0x5a, 0x50,
        0x60, 0x4a, 0x51, 0x52, 0x4f, 0xff, 0xc0, 0x00, 0x0b, 0x08, 0x00, 0x08, 0x00, 0x08, 0x01, 0x01, 0x11, 0x00, 0xff, 0xc4, 0x00, 0x14,
        0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0xff, 0xc4, 0x00, 0x14,
        0x10, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xda, 0x00, 0x08,
        0x01, 0x01, 0x00, 0x00, 0x3f, 0x00, 0x21, 0xff, 0xd9,
    ];

    #[test]
    fn grey_is_a_colour_too() {
        let raster = Raster::decode(GREY).unwrap();
        assert_eq!((raster.width, raster.pixels.len()), (8, 64));
        assert!(raster.pixels.iter().all(|rgba| near(*rgba, [90; 3])), "{:?}", raster.pixels[0]);
    }

    #[test]
    fn what_is_no_picture_is_none() {
        // Decoders may make a picture of a part; none may fail in another way than by saying so.
        for cut in 0..JPEG.len() {
            let _ = Raster::decode(&JPEG[..cut]);
        }
        for bytes in [&b""[..], b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xd9"] {
            assert_eq!(Raster::decode(bytes), None);
        }
        // It says that it has 65500 x 65500 pixels.
        let at = JPEG.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap() + 5;
        let mut large = JPEG.to_vec();
        large[at..at + 4].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
        assert_eq!(Raster::decode(&large), None);
    }
}
