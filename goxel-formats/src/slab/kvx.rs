//! `.kvx`: voxels of the Build engine, with a palette.
//!
//! ```text
//! u32 bytes of what follows up to the palette, or up to the next smaller copy of the model
//! u32 w, d, h  i32[3] pivot * 256
//! u32[w + 1] where the slabs of each x begin, from here on
//! u16[w][d + 1] where those of each column begin, from the ones of its x on
//! slabs  u8 z of the top, u8 length, u8 faces, length x u8 colour
//! up to four copies of half the size each, laid out like the first
//! 256 x u8 r, g, b of 6 bits
//! ```
//!
//! Others store only voxels that show. All are written here, so that nothing is lost.

use std::io::Write;

use goxel_core::{Volume, Work};
use goxel_proto::types::{Pos, Rgba};

use super::{EDGES, for_each_column, min_corner, pivot};
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::colour_loss::ColourLoss;
use crate::lines::Lines;
use crate::plot::{Extent, Plot, document};
use crate::vox::histogram::{ColourMap, Histogram};
use crate::vox::quantise::Colours;
use crate::{Document, Error, Out, Result};

/// Bytes of the palette.
const PALETTE_BYTES: usize = 768;
/// Bytes of a slab before its colours.
const SLAB_BYTES: usize = 3;
/// Bytes from the first length to the offsets.
const HEADER_BYTES: u32 = 24;
/// How a pivot is scaled.
const PIVOT: i64 = 256;

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "kvx");
    let Some((_, palette)) = bytes.split_last_chunk::<PALETTE_BYTES>() else {
        return Err(cursor.malformed("it is too short for a palette"));
    };
    let palette: Vec<Rgba> = palette.as_chunks().0.iter().map(|rgb| from_six_bits(*rgb)).collect();
    let length = cursor.length()?;
    let mut model = cursor.split(length)?;
    let here = model.clone();
    let size = [model.u32()?, model.u32()?, model.u32()?];
    let at = [model.i32()?, model.i32()?, model.i32()?];
    let whole = at.map(|c| (i64::from(c) + PIVOT / 2).div_euclid(PIVOT));
    let extent = Extent::checked(min_corner(whole, size), size, &here)?;
    let tables = model.clone();
    let [w, d, h] = size;
    let by_x = model.records(w as usize + 1, 4)?.as_chunks().0;
    let columns = d as usize + 1;
    let by_column = model.records(w as usize * columns, 2)?.as_chunks().0;
    let tables_bytes = 4 * by_x.len() + 2 * by_column.len();

    let mut budget = Budget::for_file(bytes.len(), work);
    let mut plot = Plot::new(&mut budget);
    for (x, (from, ends)) in (0u32..).zip(by_x.iter().zip(by_column.chunks_exact(columns))) {
        let from = u32::from_le_bytes(*from) as usize;
        for (y, ends) in (0u32..).zip(ends.windows(2)) {
            let [start, end] = [0, 1].map(|at| from + usize::from(u16::from_le_bytes(ends[at])));
            // A column of slabs, by where it is in all of them.
            let slabs = start.checked_sub(tables_bytes).zip(end.checked_sub(start));
            let mut slabs = match slabs {
                Some((skip, length)) => {
                    let mut rest = model.clone();
                    rest.take(skip)?;
                    rest.split(length)?
                }
                None => return Err(tables.malformed(format!("the slabs of column {x}, {y}"))),
            };
            plot.pass(1)?;
            while !slabs.is_empty() {
                let here = slabs.clone();
                let [top, length, _faces] = slabs.array()?;
                if u32::from(top) + u32::from(length) > h {
                    return Err(here.malformed(format!("a slab of {length} at {top} of {h}")));
                }
                for (z, colour) in (u32::from(top)..).zip(slabs.take(length.into())?) {
                    let pos: Pos = extent.at([x, d - 1 - y, h - 1 - z]);
                    plot.set(pos, palette[usize::from(*colour)])?;
                }
            }
        }
    }
    Ok(document("kvx", plot.finish()?))
}

/// A channel of 6 bits as one of 8, so that the brightest is the brightest.
fn from_six_bits(rgb: [u8; 3]) -> Rgba {
    let [r, g, b] = rgb.map(|level| {
        let level = level & 63;
        level << 2 | level >> 4
    });
    Rgba::opaque(r, g, b)
}

/// The nearest channel of 6 bits.
fn to_six_bits(level: u8) -> u8 {
    ((u32::from(level) * 63 + 127) / 255) as u8
}

/// Writes a volume. It is walked through twice: offsets and colours come first.
pub(crate) fn write(volume: &Volume, work: &Work<'_>, out: &mut Out<'_>) -> Result<()> {
    let lines = Lines::new(volume, EDGES, "kvx", work)?;
    let tables = Tables::new(volume, &lines, work)?;
    let colours = Colours::new(&Histogram::Single(tables.colours.clone()), &[]);
    tables.lose(&colours, out);
    out.write_all(&(HEADER_BYTES + tables.slabs_end()).to_le_bytes())?;
    for edge in lines.size() {
        out.write_all(&edge.to_le_bytes())?;
    }
    for c in pivot(&lines) {
        let c = i32::try_from(c * PIVOT).map_err(|_| {
            Error::TooLarge(format!("a .kvx file stands at most {} from the origin", 1 << 23))
        })?;
        out.write_all(&c.to_le_bytes())?;
    }
    tables.write(out)?;
    for_each_column(volume, &lines, work, |_, column| {
        for slab in slabs(column) {
            let faces = slab.iter().fold(0, |all, (_, _, faces)| all | faces);
            out.write_all(&[slab[0].0, slab.len() as u8, faces])?;
            for &(_, rgba, _) in slab {
                out.write_all(&[colours.index(coarse(rgba))])?;
            }
        }
        Ok(())
    })?;
    let mut palette = [0; PALETTE_BYTES];
    // Index 0 is not used.
    for (rgb, rgba) in palette.as_chunks_mut().0.iter_mut().skip(1).zip(&colours.palette) {
        let [r, g, b, _] = rgba.0;
        *rgb = [r, g, b].map(to_six_bits);
    }
    Ok(out.write_all(&palette)?)
}

/// The runs of a column without a gap.
fn slabs(column: &[(u8, Rgba, u8)]) -> impl Iterator<Item = &[(u8, Rgba, u8)]> {
    column.chunk_by(|(above, ..), (below, ..)| above + 1 == *below)
}

/// A colour as 6 bits hold it.
fn coarse(rgba: Rgba) -> Rgba {
    let [r, g, b, _] = rgba.0;
    from_six_bits([r, g, b].map(to_six_bits))
}

/// What is known after the first walk.
struct Tables {
    /// Bytes of the slabs of each x.
    by_x: Vec<u32>,
    /// Where the slabs of each column begin from the first of its x on, and where the last ends.
    by_column: Vec<u16>,
    /// How many voxels have each colour of 6 bits.
    colours: ColourMap<u64>,
    /// How many voxels each colour has that is not one of 6 bits.
    others: ColourMap<u64>,
}

impl Tables {
    fn new(volume: &Volume, lines: &Lines<'_>, work: &Work<'_>) -> Result<Self> {
        let [w, d, _] = lines.size();
        let mut tables = Self {
            by_x: vec![0; w as usize],
            by_column: Vec::with_capacity((w * (d + 1)) as usize),
            colours: ColourMap::default(),
            others: ColourMap::default(),
        };
        let mut columns = 0;
        for_each_column(volume, lines, work, |x, column| {
            let length = slabs(column).map(|slab| SLAB_BYTES + slab.len()).sum::<usize>() as u32;
            if columns % d == 0 {
                tables.by_column.push(0);
            }
            columns += 1;
            tables.by_x[x] += length;
            let end = u16::try_from(tables.by_x[x]).map_err(|_| {
                Error::TooLarge(format!(
                    "too many voxels at one x: a .kvx file has {} bytes for them",
                    u16::MAX
                ))
            })?;
            tables.by_column.push(end);
            for &(_, rgba, _) in column {
                *tables.colours.entry(coarse(rgba)).or_default() += 1;
                *tables.others.entry(rgba).or_default() += 1;
            }
            Ok(())
        })?;
        Ok(tables)
    }

    /// Bytes of both tables.
    fn bytes(&self) -> u32 {
        (4 * (self.by_x.len() + 1) + 2 * self.by_column.len()) as u32
    }

    /// Where the slabs end, counted from the tables on.
    fn slabs_end(&self) -> u32 {
        self.bytes() + self.by_x.iter().sum::<u32>()
    }

    fn write(&self, out: &mut impl Write) -> Result<()> {
        let mut offset = self.bytes();
        out.write_all(&offset.to_le_bytes())?;
        for length in &self.by_x {
            offset += length;
            out.write_all(&offset.to_le_bytes())?;
        }
        self.by_column.iter().try_for_each(|end| out.write_all(&end.to_le_bytes()))?;
        Ok(())
    }

    /// Tells how far the colours of the file are from those of the voxels.
    fn lose(&self, colours: &Colours, out: &mut Out<'_>) {
        let mut loss = ColourLoss::default();
        for (rgba, count) in &self.others {
            let [r, g, b, _] = rgba.0;
            let [near @ .., _] = colours.shown(coarse(*rgba)).0;
            loss.add(*count, [r, g, b], near);
        }
        let why =
            "the format has 255 colours of 6 bits a channel: others are replaced by the nearest";
        loss.tell(why, out);
    }
}
