//! `.xraw`: what MagicaVoxel exports as "XRAW": a box of colours, or of indices of a palette.
//!
//! ```text
//! "XRAW"  u8 kind of channels: 0 unsigned  u8 channels: 4  u8 bits of a channel: 8
//! u8 bits of an index: 0, 8, 16  u32 w, d, h  u32 colours of the palette: 0, 256, 32768
//! voxels, x fastest, then y, then z: an index, or u8 r, g, b, a
//! palette of u8 r, g, b, a
//! ```
//!
//! Z points up. Index 0 is empty, or 65535 where indices have 16 bits; so is a colour of alpha 0.

use std::io::Write;

use goxel_core::{Volume, Work};
use goxel_proto::types::{Loss, Rgba};

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::lines::Lines;
use crate::plot::{Extent, Plot, document};
use crate::{Document, Out, Result};

/// How every file begins.
pub(crate) const MAGIC: &[u8; 4] = b"XRAW";

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "xraw");
    if cursor.take(4)? != MAGIC {
        return Err(Cursor::new(bytes, "xraw").malformed("it does not begin with \"XRAW\""));
    }
    let here = cursor.clone();
    let [kind, channels, channel_bits, index_bits] = cursor.array()?;
    if (kind, channels, channel_bits) != (0, 4, 8) {
        return Err(here.malformed("colours that are not four unsigned bytes"));
    }
    let size = [cursor.u32()?, cursor.u32()?, cursor.u32()?];
    let extent = Extent::checked([0; 3], size, &here)?;
    let colours = cursor.length()?;
    let (bytes_each, empty) = match index_bits {
        0 => (4, 0),
        8 => (1, 0),
        16 => (2, usize::from(u16::MAX)),
        other => return Err(here.malformed(format!("indices of {other} bits"))),
    };
    let voxels = cursor.records(extent.positions() as usize, bytes_each)?;
    let palette = cursor.records(colours, 4)?.as_chunks().0;

    let mut budget = Budget::for_file(bytes.len(), work);
    let mut plot = Plot::new(&mut budget);
    let [w, d, _] = size;
    for (row, voxels) in (0u64..).zip(voxels.chunks_exact((w as usize * bytes_each).max(1))) {
        let (y, z) = ((row % u64::from(d)) as u32, (row / u64::from(d)) as u32);
        plot.pass(u64::from(w))?;
        for (x, voxel) in (0..).zip(voxels.chunks_exact(bytes_each)) {
            let index = match *voxel {
                [r, g, b, a] => {
                    plot.set(extent.at([x, y, z]), Rgba::new(r, g, b, a))?;
                    continue;
                }
                [low, high] => usize::from(u16::from_le_bytes([low, high])),
                [index] => usize::from(index),
                _ => empty,
            };
            if index != empty {
                let colour = palette.get(index).copied();
                let [r, g, b, a] = colour.ok_or_else(|| {
                    here.malformed(format!("colour {index} of a palette of {}", palette.len()))
                })?;
                // A voxel that is there shows, whatever its colour says.
                plot.set(extent.at([x, y, z]), Rgba::new(r, g, b, if a == 0 { 255 } else { a }))?;
            }
        }
    }
    Ok(document("xraw", plot.finish()?))
}

/// Writes a volume, with a colour for each voxel.
pub(crate) fn write(volume: &Volume, work: &Work<'_>, out: &mut Out<'_>) -> Result<()> {
    let lines = Lines::new(volume, [u64::MAX; 3], "xraw", work)?;
    lose_position(&lines, out);
    out.write_all(MAGIC)?;
    out.write_all(&[0, 4, 8, 0])?;
    for edge in lines.size() {
        out.write_all(&edge.to_le_bytes())?;
    }
    out.write_all(&0u32.to_le_bytes())?;
    lines.for_each([0, 1, 2], [false; 3], work, |_, line| {
        line.iter().try_for_each(|rgba| out.write_all(&rgba.0))?;
        Ok(())
    })
}

/// Tells that a box begins at the origin in the file.
pub(crate) fn lose_position(lines: &Lines<'_>, out: &mut Out<'_>) {
    let [x, y, z] = lines.bounds.min;
    if [x, y, z] != [0; 3] {
        let what = format!("the format has no positions: [{x}, {y}, {z}] is the origin there");
        out.lose(Loss::Position, what, 1);
    }
}
