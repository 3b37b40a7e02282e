//! `.kv6`: voxels of SLAB6 and Voxlap, with colours of their own.
//!
//! ```text
//! "Kvxl"  u32 w, d, h  f32[3] pivot  u32 count
//! count x { u8 b, g, r, 128  u16 z  u8 faces  u8 normal }, column by column, y by y in x by x
//! u32[w] voxels of each x  u16[w][d] voxels of each column
//! optionally "SPal"  256 x u8 r, g, b of 6 bits: a palette to pick from
//! ```
//!
//! Others store only voxels that show. All are written here, so that nothing is lost.

use std::io::Write;

use goxel_core::{Volume, Work};
use goxel_proto::types::{Pos, Rgba};

use super::{EDGES, for_each_column, min_corner, pivot};
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::lines::Lines;
use crate::plot::{Extent, Plot, document};
use crate::{Document, Result};

/// How every file begins.
pub(crate) const MAGIC: &[u8; 4] = b"Kvxl";
/// Bytes of a voxel.
const VOXEL_BYTES: usize = 8;
/// What stands where alpha could.
const OPAQUE: u8 = 128;
/// The normal of a voxel that lies in no particular direction: programs work out their own.
const NO_NORMAL: u8 = 255;

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "kv6");
    if cursor.take(4)? != MAGIC {
        return Err(Cursor::new(bytes, "kv6").malformed("it does not begin with \"Kvxl\""));
    }
    let here = cursor.clone();
    let size = [cursor.u32()?, cursor.u32()?, cursor.u32()?];
    let at = [cursor.f32()?, cursor.f32()?, cursor.f32()?];
    // What is no number counts as 0.
    let extent = Extent::checked(min_corner(at.map(|c| c.round() as i64), size), size, &here)?;
    let count = cursor.length()?;
    let voxels = cursor.records(count, VOXEL_BYTES)?;
    let [w, d, h] = size;
    let _by_x = cursor.records(w as usize, 4)?;
    let by_column = cursor.clone();
    let counts = cursor.records(w as usize * d as usize, 2)?.as_chunks().0;

    let mut budget = Budget::for_file(bytes.len(), work);
    let mut plot = Plot::new(&mut budget);
    let mut voxels = voxels.as_chunks::<VOXEL_BYTES>().0.iter();
    for (column, count) in (0u64..).zip(counts) {
        let (x, y) = ((column / u64::from(d)) as u32, (column % u64::from(d)) as u32);
        plot.pass(1)?;
        for _ in 0..u16::from_le_bytes(*count) {
            let Some(&[b, g, r, _, low, high, ..]) = voxels.next() else {
                return Err(by_column.malformed("columns of more voxels than there are"));
            };
            let z = u32::from(u16::from_le_bytes([low, high]));
            if z >= h {
                return Err(by_column.malformed(format!("a voxel at z {z} of {h}")));
            }
            let pos: Pos = extent.at([x, d - 1 - y, h - 1 - z]);
            plot.set(pos, Rgba::opaque(r, g, b))?;
        }
    }
    Ok(document("kv6", plot.finish()?))
}

/// Writes a volume. It is walked through twice, since the counts come behind the voxels.
pub(crate) fn write(volume: &Volume, work: &Work<'_>, out: &mut impl Write) -> Result<()> {
    let lines = Lines::new(volume, EDGES, "kv6", work)?;
    let [w, d, _] = lines.size();
    let mut by_x = vec![0u32; w as usize];
    let mut by_column = Vec::with_capacity((w * d) as usize);
    out.write_all(MAGIC)?;
    for edge in lines.size() {
        out.write_all(&edge.to_le_bytes())?;
    }
    for c in pivot(&lines) {
        out.write_all(&(c as f32).to_le_bytes())?;
    }
    // A box has 2^24 voxels at the most.
    out.write_all(&(volume.count() as u32).to_le_bytes())?;
    for_each_column(volume, &lines, work, |x, column| {
        by_x[x] += column.len() as u32;
        by_column.push(column.len() as u16);
        for &(z, rgba, faces) in column {
            let [r, g, b, _] = rgba.0;
            out.write_all(&[b, g, r, OPAQUE, z, 0, faces, NO_NORMAL])?;
        }
        Ok(())
    })?;
    for count in by_x {
        out.write_all(&count.to_le_bytes())?;
    }
    for count in by_column {
        out.write_all(&count.to_le_bytes())?;
    }
    Ok(())
}
