//! `.vxl` of Command & Conquer: parts of a vehicle, each of columns of voxels with a palette.
//!
//! ```text
//! "Voxel Animation\0"  u32 1, u32 parts, u32 parts, u32 bytes of the bodies
//! u8 first, last colour of the player  256 x u8 r, g, b
//! part    char[16] name  u32 number, 1, 0
//! bodies  for each part: i32[w * d] where columns begin, i32[w * d] where they end, columns
//! column  u8 empty voxels, u8 count, count x { u8 colour, normal }, u8 count; up to its height
//! tail    for each part: u32[3] where those three are in the bodies  f32 scale  f32[3][4] transform
//!         f32[3] low, f32[3] high corner  u8 w, d, h  u8 kind of normals
//! ```
//!
//! Z points up. A part stands at its low corner; transforms are those of the first frame, which
//! animations replace, and are passed over.

use goxel_core::limits::LAYERS_MAX;
use goxel_core::{Layer, Work};
use goxel_proto::types::{LayerId, Rgba};

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::plot::{Extent, Plot};
use crate::{Document, Error, Result, text};

/// How every file begins.
pub(crate) const MAGIC: &[u8; 16] = b"Voxel Animation\0";
/// Bytes of what says a part's name.
const PART_BYTES: usize = 28;
/// A column without voxels.
const NOWHERE: i32 = -1;

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "vxl");
    if cursor.take(MAGIC.len())? != MAGIC {
        let what = "it does not begin with \"Voxel Animation\"";
        return Err(Cursor::new(bytes, "vxl").malformed(what));
    }
    let _palettes = cursor.u32()?;
    let parts = cursor.length()?;
    let _tails = cursor.u32()?;
    let length = cursor.length()?;
    if parts > LAYERS_MAX {
        return Err(Error::TooLarge(format!("{parts} parts: there can be {LAYERS_MAX} layers")));
    }
    let _player = cursor.take(2)?;
    let palette = cursor.records(256, 3)?.as_chunks().0;
    let names = cursor.records(parts, PART_BYTES)?;
    let bodies = cursor.split(length)?;
    let mut budget = Budget::for_file(bytes.len(), work);
    let mut layers = Vec::new();
    for name in names.chunks_exact(PART_BYTES) {
        let end = name[..16].iter().position(|byte| *byte == 0).unwrap_or(16);
        let mut layer = Layer::new(LayerId(0), text::name(&name[..end]));
        let part = Part::read(&mut cursor)?;
        let mut plot = Plot::new(&mut budget);
        part.columns(&bodies, palette, &mut plot)?;
        layer.volume = plot.finish()?;
        layers.push(layer);
    }
    Ok(Document { layers, ..Document::default() })
}

/// A part, by its tail.
struct Part {
    /// Where the beginnings, the ends and the columns are in the bodies.
    offsets: [usize; 3],
    extent: Extent,
}

impl Part {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self> {
        let here = cursor.clone();
        let offsets = [cursor.length()?, cursor.length()?, cursor.length()?];
        let _scale_and_transform = cursor.take(4 + 48)?;
        let low = [cursor.f32()?, cursor.f32()?, cursor.f32()?];
        let _high = cursor.take(12)?;
        let [w, d, h, _normals] = cursor.array()?.map(u32::from);
        // What is no number counts as 0.
        let extent = Extent::checked(low.map(|c| c.round() as i64), [w, d, h], &here)?;
        Ok(Self { offsets, extent })
    }

    fn columns(
        &self,
        bodies: &Cursor<'_>,
        palette: &[[u8; 3]],
        plot: &mut Plot<'_, '_>,
    ) -> Result<()> {
        let at = |offset: usize| {
            let mut cursor = bodies.clone();
            cursor.take(offset).map(|_| cursor)
        };
        let [w, d, h] = self.extent.size;
        let count = (w * d) as usize;
        let begins = at(self.offsets[0])?.records(count, 4)?.as_chunks().0;
        let columns = at(self.offsets[2])?;
        for (column, begin) in (0..).zip(begins) {
            let begin = i32::from_le_bytes(*begin);
            plot.pass(1)?;
            if begin == NOWHERE {
                continue;
            }
            let mut spans = columns.clone();
            let begin = usize::try_from(begin)
                .map_err(|_| spans.malformed(format!("a column that begins at {begin}")))?;
            spans.take(begin)?;
            let mut z = 0;
            while z < h {
                let here = spans.clone();
                let [skip, count] = spans.array()?.map(u32::from);
                z += skip;
                if z + count > h || skip + count == 0 {
                    return Err(here.malformed(format!("a span of {count} at {z} of {h}")));
                }
                for &[colour, _normal] in spans.records(count as usize, 2)?.as_chunks().0 {
                    let [r, g, b] = palette[usize::from(colour)];
                    plot.set(self.extent.at([column % w, column / w, z]), Rgba::opaque(r, g, b))?;
                    z += 1;
                }
                let _count_again = spans.u8()?;
            }
        }
        Ok(())
    }
}
