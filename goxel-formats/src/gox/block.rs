//! Blocks: a tile as a PNG of 64 x 64 pixels, in the order of the tile's voxels.

use std::sync::OnceLock;

use goxel_core::{Executor, TILE_EDGE, TILE_VOXELS, Tile, TileRef};
use goxel_proto::types::Rgba;
use png::ColorType;

use crate::Result;
use crate::budget::Budget;
use crate::bytes::Cursor;

/// Edge of the picture: 64 squared is 16 cubed.
const EDGE: u32 = 64;
/// What the decoder may allocate. The picture has 16 KiB, or 32 with two bytes a channel.
const DECODER_BYTES_MAX: usize = 1 << 20;

/// Blocks that are decoded together. What they may take in memory is paid for afterwards, so it is not
/// much: 16 MiB.
const DECODED_AT_ONCE: usize = 1024;

/// The blocks of a file, decoded some at a time by as many as there are to do it.
#[derive(Default)]
pub(super) struct Blocks<'a> {
    pub(super) decoded: Vec<Tile>,
    waiting: Vec<Cursor<'a>>,
}

impl<'a> Blocks<'a> {
    /// Adds the body of a `BL16` chunk.
    pub(super) fn add(&mut self, body: Cursor<'a>, budget: &mut Budget<'_>) -> Result<()> {
        self.waiting.push(body);
        if self.waiting.len() < DECODED_AT_ONCE { Ok(()) } else { self.decode(budget) }
    }

    /// Decodes those that wait.
    pub(super) fn decode(&mut self, budget: &mut Budget<'_>) -> Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        let decoded = map(budget.executor(), &waiting, |body| {
            decode(body.clone().rest()).map_err(|what| body.malformed(what))
        });
        for tile in decoded {
            let tile = tile?;
            budget.spend_bytes((size_of::<Tile>() + tile.heap_bytes()) as u64)?;
            self.decoded.push(tile);
        }
        Ok(())
    }
}

/// What `f` makes of each item, in their order, by as many as the executor has.
pub(super) fn map<T: Sync, R: Send + Sync>(
    executor: &dyn Executor,
    items: &[T],
    f: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let made: Vec<OnceLock<R>> = items.iter().map(|_| OnceLock::new()).collect();
    executor.run(items.len(), &|at| {
        made[at].get_or_init(|| f(&items[at]));
    });
    made.into_iter().filter_map(OnceLock::into_inner).collect()
}

/// The tile of a PNG, or what is wrong with that.
pub(super) fn decode(bytes: &[u8]) -> Result<Tile, String> {
    let limits = png::Limits { bytes: DECODER_BYTES_MAX };
    let mut decoder = png::Decoder::new_with_limits(std::io::Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
    let (width, height) = reader.info().size();
    if (width, height) != (EDGE, EDGE) {
        return Err(format!("a block of {width} x {height} pixels, not 64 x 64"));
    }
    let mut pixels = [0; 4 * TILE_VOXELS];
    let frame = reader.next_frame(&mut pixels).map_err(|error| error.to_string())?;
    if (frame.width, frame.height) != (EDGE, EDGE) {
        return Err("a block whose first frame is not the whole picture".to_owned());
    }
    Ok(Tile::from_dense(&voxels(&pixels, frame.color_type)))
}

fn voxels(pixels: &[u8], colour: ColorType) -> [Rgba; TILE_VOXELS] {
    let channels = colour.samples();
    std::array::from_fn(|index| {
        let pixel = &pixels[index * channels..][..channels];
        match *pixel {
            [grey] => Rgba::opaque(grey, grey, grey),
            [grey, alpha] => Rgba::new(grey, grey, grey, alpha),
            [r, g, b] => Rgba::opaque(r, g, b),
            [r, g, b, a, ..] => Rgba::new(r, g, b, a),
            [] => Rgba::EMPTY,
        }
    })
}

/// The PNG of a tile.
pub(super) fn encode(tile: TileRef<'_>) -> Result<Vec<u8>, png::EncodingError> {
    let mut pixels = Vec::with_capacity(4 * TILE_VOXELS);
    for row in 0..TILE_VOXELS / TILE_EDGE {
        let voxels = tile.row(row % TILE_EDGE, row / TILE_EDGE);
        voxels.iter().for_each(|rgba| pixels.extend(rgba.0));
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, EDGE, EDGE);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    // Measured on models and terrain: real deflate, even at a low level, makes files a quarter as
    // large as the fastest mode for some 20 us a tile. Level 2 with Sub is good for both flat
    // colours and slopes; higher levels cost several times as much for a tenth.
    encoder.set_deflate_compression(png::DeflateCompression::Level(2));
    encoder.set_filter(png::Filter::Sub);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(colour: ColorType, depth: png::BitDepth, edge: u32, data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, edge, edge);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        if colour == ColorType::Indexed {
            encoder.set_palette(vec![1, 2, 3, 4, 5, 6]);
            encoder.set_trns(vec![255, 0]);
        }
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(data).unwrap();
        drop(writer);
        bytes
    }

    fn check(colour: ColorType, depth: png::BitDepth, data: &[u8], expected: [u8; 4]) {
        let bytes = picture(colour, depth, EDGE, data);
        assert_eq!(decode(&bytes).unwrap().get(0), Rgba(expected), "{colour:?} {depth:?}");
    }

    #[test]
    fn every_kind_of_picture_is_taken() {
        use png::BitDepth::{Eight, One, Sixteen};
        check(ColorType::Grayscale, Eight, &[7; 4096], [7, 7, 7, 255]);
        check(ColorType::Grayscale, One, &[255; 512], [255; 4]);
        check(ColorType::GrayscaleAlpha, Eight, &[9; 8192], [9; 4]);
        check(ColorType::Rgb, Eight, &[8; 12288], [8, 8, 8, 255]);
        check(ColorType::Rgba, Sixteen, &[6; 32768], [6; 4]);
        check(ColorType::Indexed, Eight, &[0; 4096], [1, 2, 3, 255]);
        check(ColorType::Indexed, Eight, &[1; 4096], [0; 4]);
    }

    #[test]
    fn other_sizes_are_refused() {
        let small = picture(ColorType::Rgba, png::BitDepth::Eight, 16, &[1; 1024]);
        assert!(decode(&small).unwrap_err().contains("16 x 16"));
        assert!(decode(b"").is_err() && decode(b"not a picture").is_err());
    }

    #[test]
    fn tiles_come_back() {
        let mut tile = Tile::EMPTY;
        for index in 0..TILE_VOXELS {
            tile.set(index, Rgba::new(index as u8, (index >> 4) as u8, 3, (index % 256) as u8));
        }
        for tile in [tile, Tile::Uniform(Rgba::WHITE)] {
            let bytes = encode(TileRef::Stored(&tile)).unwrap();
            assert_eq!(decode(&bytes).unwrap().to_dense(), tile.to_dense());
        }
    }
}
