//! PNG slices: one picture of all levels of a box, side by side.
//!
//! A picture of `w * h` x `d` pixels: block `z` of the columns is the level at that height, and in it
//! the pixel at column x and row y is the voxel there; alpha 0 is empty. A text chunk says the size
//! and where the lowest corner is: `w d h x y z`. In a picture without it every level is as wide as the
//! picture is high.

use std::io::Write;

use goxel_core::{Volume, Work};
use png::{BitDepth, ColorType, Decoder, Encoder, Limits, Transformations};

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::limits::PICTURE_BYTES_MAX;
use crate::lines::Lines;
use crate::plot::{Extent, Plot, document};
use crate::raster::colour;
use crate::{Document, Error, Out, Result};

/// The name of the text that says where the voxels are.
const KEYWORD: &str = "voxels";
/// Pixels of the longest row: what PNG has room for.
const ROW_MAX: u64 = (1 << 31) - 1;

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let bad = |error: png::DecodingError| Error::NotAPicture(error.to_string());
    let limits = Limits { bytes: PICTURE_BYTES_MAX };
    let mut decoder = Decoder::new_with_limits(std::io::Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(bad)?;
    let info = reader.info();
    if info.interlaced {
        let what = "slices that are interlaced: save them without".to_owned();
        return Err(Error::NotAPicture(what));
    }
    let texts = info.uncompressed_latin1_text.iter();
    let place = texts.clone().find(|text| text.keyword == KEYWORD).map(|text| text.text.as_str());
    let extent = extent(info.width, info.height, place)?;
    let channels = reader.output_color_type().0.samples();

    let mut budget = Budget::for_file(bytes.len(), work);
    let mut plot = Plot::new(&mut budget);
    let [w, d, _] = extent.size;
    for y in 0..d {
        let Some(row) = reader.next_row().map_err(bad)? else { break };
        plot.pass(u64::from(extent.size[0]) * u64::from(extent.size[2]))?;
        for (at, pixel) in (0..).zip(row.data().chunks_exact(channels)) {
            plot.set(extent.at([at % w, y, at / w]), colour(pixel))?;
        }
    }
    Ok(document("slices", plot.finish()?))
}

/// The box of a picture, by the text in it or else by its edges.
fn extent(width: u32, height: u32, place: Option<&str>) -> Result<Extent> {
    let numbers: Option<Vec<i64>> = place
        .and_then(|place| place.split_ascii_whitespace().map(|word| word.parse().ok()).collect());
    let (size, min) = match numbers.as_deref() {
        Some(&[w, d, h, x, y, z])
            if w > 0 && w.saturating_mul(h) == i64::from(width) && d == i64::from(height) =>
        {
            ([w as u32, height, h as u32], [x, y, z])
        }
        _ if height > 0 && width.is_multiple_of(height) => {
            ([height, height, width / height], [0; 3])
        }
        _ => {
            return Err(Error::NotAPicture(format!(
                "slices of {width} x {height} pixels: without a text \"{KEYWORD}\" that says their \
                 size the width is a multiple of the height"
            )));
        }
    };
    Extent::checked(min, size, &Cursor::new(&[], "png"))
}

/// Writes a volume, a row of pixels after another.
pub(crate) fn write(volume: &Volume, work: &Work<'_>, out: &mut Out<'_>) -> Result<()> {
    let lines = Lines::new(volume, [ROW_MAX; 3], "png", work)?;
    let [w, d, h] = lines.size();
    if u64::from(w) * u64::from(h) > ROW_MAX {
        return Err(Error::TooLarge(format!(
            "{h} levels of {w} voxels side by side: a row of a PNG has {ROW_MAX} pixels"
        )));
    }
    let [x, y, z] = lines.bounds.min;
    let mut encoder = Encoder::new(&mut *out, w * h, d);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    // Flat colours and empty space: more effort makes files hardly smaller.
    encoder.set_deflate_compression(png::DeflateCompression::Level(2));
    encoder.set_filter(png::Filter::Sub);
    let text = format!("{w} {d} {h} {x} {y} {z}");
    encoder.add_text_chunk(KEYWORD.to_owned(), text).map_err(failed)?;
    let mut writer = encoder.write_header().map_err(failed)?;
    let mut stream = writer.stream_writer().map_err(failed)?;
    lines.for_each([0, 2, 1], [false; 3], work, |_, line| {
        line.iter().try_for_each(|rgba| stream.write_all(&rgba.0))?;
        Ok(())
    })?;
    stream.finish().map_err(failed)?;
    writer.finish().map_err(failed)
}

fn failed(error: png::EncodingError) -> Error {
    Error::Output(error.into())
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::{Pos, Rgba};

    use super::*;

    fn picture(width: u32, pixels: &[[u8; 4]], text: Option<&str>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, width, pixels.len() as u32 / width);
        encoder.set_color(ColorType::Rgba);
        if let Some(text) = text {
            encoder.add_text_chunk(KEYWORD.to_owned(), text.to_owned()).unwrap();
        }
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(pixels.as_flattened()).unwrap();
        writer.finish().unwrap();
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Volume, String> {
        let read = super::read(bytes, &Work::unbounded());
        read.map(|read| read.layers[0].volume.clone()).map_err(|error| error.to_string())
    }

    #[test]
    fn levels_stand_side_by_side() {
        let mut pixels = [[0; 4]; 12];
        pixels[6 + 3] = [1, 2, 3, 4];
        let check = |text, at: Pos| {
            let volume = read(&picture(6, &pixels, text)).unwrap();
            assert_eq!((volume.count(), volume.get(at)), (1, Rgba::new(1, 2, 3, 4)), "{text:?}");
        };
        check(None, Pos::new(1, 1, 1));
        check(Some("3 2 2 -5 6 7"), Pos::new(-5, 7, 8));
        check(Some("not six numbers"), Pos::new(1, 1, 1));
        check(Some("9 9 9 0 0 0"), Pos::new(1, 1, 1));
        let error = read(&picture(4, &pixels, None)).unwrap_err();
        assert!(error.contains("4 x 3 pixels"), "{error}");
        assert!(read(&picture(6, &pixels, Some("3 2 2 2147483646 0 0"))).is_err());
    }
}
