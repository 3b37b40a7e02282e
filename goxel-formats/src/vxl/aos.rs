//! `.vxl` of Ace of Spades and Voxlap: a map of 512 x 512 columns, 64 high.
//!
//! ```text
//! columns, x fastest, then y; each of spans from the top down
//! span    u8 words, first, last, air   colours u8 b, g, r, 255
//! ```
//!
//! Colours from z `first` to `last` come first. Those that are left of `words`, which counts the head
//! too, lie above the `air` of the next span; between both all is solid. From `air` to `first` a span
//! is empty. Where `words` is 0 it is the last one, and below it all is solid.
//!
//! Z points down and is 0 at the top: voxel space (x, y, z) is (x, 511 - y, 63 - z) here. What is solid
//! without a colour of its own takes the one above it.

use std::io::Write;

use goxel_core::{Volume, Work};
use goxel_proto::types::{Aabb, Loss, Rgba};

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::lines::Lines;
use crate::plot::{Extent, Plot, document};
use crate::{Document, Out, Result};

/// The columns of a map along x and y, and the voxels of each.
const SIZE: [u32; 3] = [512, 512, 64];
/// Voxels of a column.
const HEIGHT: usize = SIZE[2] as usize;
/// The colour of what is solid below nothing.
const STONE: Rgba = Rgba::opaque(128, 128, 128);

/// The voxels of a column from the top down.
type Column = [Rgba; HEIGHT];

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "vxl");
    let extent = Extent { min: [0; 3], size: SIZE };
    let [w, d, h] = SIZE;
    let mut budget = Budget::for_file(bytes.len(), work);
    let mut plot = Plot::new(&mut budget);
    for y in 0..d {
        for x in 0..w {
            let column = column(&mut cursor)?;
            plot.pass(u64::from(h))?;
            for (z, rgba) in (0..).zip(column) {
                plot.set(extent.at([x, d - 1 - y, h - 1 - z]), rgba)?;
            }
        }
    }
    if !cursor.is_empty() {
        return Err(cursor.malformed("bytes after the last column"));
    }
    Ok(document("map", plot.finish()?))
}

fn column(cursor: &mut Cursor<'_>) -> Result<Column> {
    let mut column = [Rgba::EMPTY; HEIGHT];
    // What the span before said: where it became solid, and the colours of the last part of that.
    let (mut solid, mut bottom): (usize, &[[u8; 4]]) = (0, &[]);
    loop {
        let here = cursor.clone();
        let [words, first, last, air] = cursor.array()?.map(usize::from);
        let end = last + 1;
        if first > end || end > HEIGHT || air > first || solid + bottom.len() > air {
            let what = format!("a span with air from {air} and colours from {first} to {last}");
            return Err(here.malformed(what));
        }
        fill(&mut column, solid..air - bottom.len());
        colour(&mut column[air - bottom.len()..air], bottom);
        let top = cursor.records(end - first, 4)?.as_chunks().0;
        colour(&mut column[first..end], top);
        if words == 0 {
            fill(&mut column, end..HEIGHT);
            return Ok(column);
        }
        let left = (words - 1).checked_sub(top.len());
        let left = left.ok_or_else(|| here.malformed(format!("a span of {words} words")))?;
        bottom = cursor.records(left, 4)?.as_chunks().0;
        solid = end;
    }
}

/// Makes a part of a column solid, of the colour above it.
fn fill(column: &mut Column, part: std::ops::Range<usize>) {
    let above = part.start.checked_sub(1).map_or(Rgba::EMPTY, |above| column[above]);
    column[part].fill(if above.is_empty() { STONE } else { above });
}

fn colour(voxels: &mut [Rgba], colours: &[[u8; 4]]) {
    for (voxel, &[b, g, r, _]) in voxels.iter_mut().zip(colours) {
        *voxel = Rgba::opaque(r, g, b);
    }
}

/// Writes a volume, with a colour for every voxel.
pub(crate) fn write(volume: &Volume, work: &Work<'_>, out: &mut Out<'_>) -> Result<()> {
    let lines = Lines::new(volume, SIZE.map(u64::from), "vxl", work)?;
    let map = Aabb { min: [0; 3], max: SIZE.map(i64::from) };
    // Where the corner of the map is.
    let mut corner = [0; 3];
    if lines.bounds.intersection(&map) != lines.bounds {
        corner = lines.bounds.min;
        let what = format!("a map has its corner at the origin: {corner:?} is there");
        out.lose(Loss::Position, what, 1);
    }
    let [w, d, _] = SIZE.map(i64::from);
    for y in 0..d {
        for x in 0..w {
            work.spend(HEIGHT as u64)?;
            let mut column = [Rgba::EMPTY; HEIGHT];
            let start = [corner[0] + x, corner[1] + d - 1 - y, corner[2]];
            let inside = (0..2).all(|axis| {
                (lines.bounds.min[axis]..lines.bounds.max[axis]).contains(&start[axis])
            });
            if inside {
                lines.read(start, 2, &mut column);
                column.reverse();
            }
            write_column(&column, out)?;
        }
    }
    Ok(())
}

fn write_column(column: &Column, out: &mut Out<'_>) -> Result<()> {
    let (mut air, mut z) = (0, 0);
    loop {
        while z < HEIGHT && column[z].is_empty() {
            z += 1;
        }
        let first = z;
        while z < HEIGHT && !column[z].is_empty() {
            z += 1;
        }
        // The last span is one at the bottom, or one without colours.
        let words = if z == HEIGHT { 0 } else { 1 + z - first };
        let head = [words, first, z - 1, air].map(|c| c as u8);
        out.write_all(&head)?;
        for rgba in &column[first..z] {
            let [r, g, b, _] = rgba.0;
            out.write_all(&[b, g, r, 255])?;
        }
        if words == 0 {
            return Ok(());
        }
        air = z;
    }
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Pos;

    use super::*;
    use crate::testing::{project_of, round_trip};
    use crate::{Error, Format};

    fn read_column(bytes: &[u8]) -> Result<Column> {
        column(&mut Cursor::new(bytes, "vxl"))
    }

    #[test]
    fn columns_have_colours_on_top_and_below_and_are_solid_between() {
        let mut bytes = vec![4, 3, 4, 0];
        bytes.extend([[1, 0, 0, 255], [2, 0, 0, 255], [3, 0, 0, 255]].as_flattened());
        bytes.extend([0, 12, 12, 9, 4, 0, 0, 255]);
        let column = read_column(&bytes).unwrap();
        let blue = |level| Rgba::opaque(0, 0, level);
        let mut expected = [Rgba::EMPTY; HEIGHT];
        expected[3] = blue(1);
        expected[4..8].fill(blue(2));
        expected[8] = blue(3);
        expected[12..].fill(blue(4));
        assert_eq!(column, expected);
        assert_eq!(read_column(&[0, 64, 63, 0]).unwrap(), [Rgba::EMPTY; HEIGHT]);
        assert!(read_column(&[0, 0, 255, 0]).unwrap_err().to_string().contains("255"));
        for bad in [[0, 9, 7, 0], [0, 60, 64, 0], [1, 3, 3, 4], [1, 3, 3, 0]] {
            assert!(read_column(&[&bad[..], &[0; 40]].concat()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_leaves_the_map_is_moved_or_refused() {
        let volume: Volume = [Pos::new(-3, 600, 5), Pos::new(508, 90, 68)]
            .map(|pos| (pos, Rgba::WHITE))
            .into_iter()
            .collect();
        let read = round_trip(&project_of(volume), Format::AceOfSpades);
        let found: Vec<_> = read.layers[0].volume.voxels().map(|(pos, _)| pos).collect();
        assert_eq!(found.len(), 2);
        assert!(found.contains(&Pos::new(0, 510, 0)) && found.contains(&Pos::new(511, 0, 63)));
        let volume =
            [Pos::ZERO, Pos::new(0, 0, 64)].map(|pos| (pos, Rgba::WHITE)).into_iter().collect();
        let written = crate::write(
            &project_of(volume),
            Format::AceOfSpades,
            &Default::default(),
            &mut Vec::new(),
        );
        assert!(matches!(written, Err(Error::TooLarge(_))));
    }
}
