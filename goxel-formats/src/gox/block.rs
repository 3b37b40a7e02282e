//! Blocks: a tile as a PNG of 64 x 64 pixels, in the order of the tile's voxels.
//!
//! Pixels are colours, or indices into a palette with alphas where the tile is stored so: a quarter as many
//! bytes to pack, which is both smaller and faster. Goxel's decoder makes four channels of either.

use std::sync::OnceLock;

use goxel_core::{Executor, TILE_EDGE, TILE_VOXELS, Tile, TileRef};
use goxel_proto::types::Rgba;
use png::ColorType;

use crate::Result;
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::raster::colour;
use crate::vox::histogram::ColourMap;

/// Edge of the picture: 64 squared is 16 cubed.
const EDGE: u32 = 64;
/// What the decoder may allocate. The picture has 16 KiB, or 32 with two bytes a channel.
const DECODER_BYTES_MAX: usize = 1 << 20;

/// Where a PNG says how deep its pixels are and of which kind; 8 bits and indices.
const DEPTH_AND_COLOUR: usize = 24;
const INDEXED: [u8; 2] = [8, 3];

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
    let indexed = bytes.get(DEPTH_AND_COLOUR..DEPTH_AND_COLOUR + 2) == Some(&INDEXED);
    decoder.set_transformations(if indexed {
        png::Transformations::IDENTITY
    } else {
        png::Transformations::normalize_to_color8()
    });
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
    if !indexed {
        let channels = frame.color_type.samples();
        let voxel = |index| colour(&pixels[index * channels..][..channels]);
        return Ok(Tile::from_dense(&std::array::from_fn(voxel)));
    }
    let colours = palette(reader.info());
    let (entries, _) = pixels.split_first_chunk::<TILE_VOXELS>().ok_or("a block without pixels")?;
    // Our own have nothing at 0, as tiles have.
    if colours[0].is_empty() {
        return Ok(Tile::from_entries(entries, &colours));
    }
    Ok(Tile::from_dense(&entries.map(|entry| colours[usize::from(entry)])))
}

/// The colours of a picture of indices; those that it does not say are black.
fn palette(info: &png::Info<'_>) -> [Rgba; 256] {
    let mut colours = [Rgba::BLACK; 256];
    let known = info.palette.iter().flat_map(|bytes| bytes.as_chunks::<3>().0);
    for (colour, &[r, g, b]) in colours.iter_mut().zip(known) {
        *colour = Rgba::opaque(r, g, b);
    }
    let alphas = info.trns.iter().flat_map(|bytes| bytes.iter());
    colours.iter_mut().zip(alphas).for_each(|(colour, alpha)| colour.0[3] = *alpha);
    colours
}

/// The PNG of a tile. It depends on the voxels alone, not on how the tile is stored.
pub(super) fn encode(tile: TileRef<'_>) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, EDGE, EDGE);
    encoder.set_depth(png::BitDepth::Eight);
    // Measured on models and terrain: real deflate, even at a low level, makes files a quarter as
    // large as the fastest mode for some 20 us a tile. Level 2 with Sub is good for both flat
    // colours and slopes; higher levels cost several times as much for a tenth.
    encoder.set_deflate_compression(png::DeflateCompression::Level(2));
    let pixels = match Entries::of(tile) {
        Some(Entries { entries, colours }) => {
            encoder.set_color(ColorType::Indexed);
            let rgb = colours.iter().flat_map(|Rgba([r, g, b, _])| [*r, *g, *b]);
            encoder.set_palette(rgb.collect::<Vec<_>>());
            // With alphas, decoders make four channels of it.
            encoder.set_trns(colours.iter().map(|rgba| rgba.alpha()).collect::<Vec<_>>());
            encoder.set_filter(png::Filter::NoFilter);
            entries
        }
        None => {
            encoder.set_color(ColorType::Rgba);
            encoder.set_filter(png::Filter::Sub);
            voxels(tile).flat_map(|rgba| rgba.0).collect()
        }
    };
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(bytes)
}

/// The voxels of a tile in the order of their indices.
fn voxels(tile: TileRef<'_>) -> impl Iterator<Item = Rgba> {
    let rows = (0..TILE_VOXELS / TILE_EDGE).map(|row| (row % TILE_EDGE, row / TILE_EDGE));
    rows.flat_map(move |(y, z)| tile.row(y, z))
}

/// Voxels as numbers of colours, which are numbered as they come.
struct Entries {
    entries: Vec<u8>,
    /// The first is that of nothing.
    colours: Vec<Rgba>,
}

impl Entries {
    /// Nothing where there are too many colours for a byte.
    fn of(tile: TileRef<'_>) -> Option<Self> {
        let mut made =
            Self { entries: Vec::with_capacity(TILE_VOXELS), colours: vec![Rgba::EMPTY] };
        if let Some((entries, colours)) = tile.indexed() {
            let mut numbers = [0; 256];
            for &entry in entries {
                let number = &mut numbers[usize::from(entry)];
                if *number == 0 && entry > 0 {
                    *number = made.colours.len() as u8;
                    made.colours.push(colours[usize::from(entry)]);
                }
                made.entries.push(*number);
            }
            return Some(made);
        }
        let mut numbers = ColourMap::from_iter([(Rgba::EMPTY, 0)]);
        let mut last = (Rgba::EMPTY, 0);
        for rgba in voxels(tile) {
            if rgba != last.0 {
                let next = made.colours.len();
                let number = *numbers.entry(rgba).or_insert(next);
                if number == next {
                    made.colours.push(rgba);
                }
                last = (rgba, u8::try_from(number).ok()?);
            }
            made.entries.push(last.1);
        }
        Some(made)
    }
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
        let mut many = Tile::EMPTY;
        (0..TILE_VOXELS)
            .for_each(|at| _ = many.set(at, Rgba::new(at as u8, (at >> 8) as u8, 1, 9)));
        for (tile, kind) in [(tile, 6), (Tile::Uniform(Rgba::WHITE), 3), (many, 6)] {
            let bytes = encode(TileRef::Stored(&tile)).unwrap();
            assert_eq!(bytes[25], kind);
            assert_eq!(decode(&bytes).unwrap().to_dense(), tile.to_dense());
        }
    }

    #[test]
    fn tiles_of_few_colours_are_indices_whatever_was_done_to_them() {
        let rgba = |at: usize| Rgba::new((at % 251) as u8, 7, 9, 255 - (at % 251) as u8);
        let mut tile = Tile::EMPTY;
        (0..TILE_VOXELS).rev().for_each(|at| _ = tile.set(at, rgba(at)));
        let bytes = encode(TileRef::Stored(&tile)).unwrap();
        assert_eq!(bytes[24..26], INDEXED);
        assert!(decode(&bytes).unwrap().to_dense() == tile.to_dense());
        // However it is stored, the file is the same.
        assert_eq!(encode(TileRef::Stored(&Tile::from_dense(&tile.to_dense()))).unwrap(), bytes);
    }
}
