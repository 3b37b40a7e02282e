//! `.binvox`: which positions of a box are solid. It has no colours.
//!
//! ```text
//! #binvox 1
//! dim D H W
//! translate X Y Z
//! scale S
//! data
//! runs  u8 value: 0 or 1, u8 length, over D x H x W positions: x slowest, then z, then y
//! ```
//!
//! Y points up, z towards the viewer. The box is `scale` long along its longest edge, and its lowest
//! corner is at `translate`.

use std::io::Write;

use goxel_core::{Volume, Work};
use goxel_proto::types::{Loss, Rgba};

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::lines::Lines;
use crate::plot::{Extent, Plot, document};
use crate::{Document, Out, Result};

/// How every file begins.
pub(crate) const MAGIC: &[u8] = b"#binvox";
/// What has no colour is white.
const SOLID: Rgba = Rgba::WHITE;
/// Lines of the longest header that can be right.
const HEADER_LINES_MAX: usize = 16;

/// What the lines of text say.
#[derive(Default)]
struct Header {
    /// Along x, z and y.
    size: [u32; 3],
    translate: [f64; 3],
    scale: f64,
}

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "binvox");
    let first = line(&mut cursor)?;
    if !first.starts_with(MAGIC) {
        return Err(Cursor::new(bytes, "binvox").malformed("it does not begin with \"#binvox\""));
    }
    let here = cursor.clone();
    let header = header(&mut cursor)?;
    let [w, d, h] = header.size;
    let longest = f64::from(w.max(d).max(h));
    let voxel = if header.scale > 0.0 { header.scale / longest } else { 1.0 };
    // What is no number counts as 0.
    let [x, y, z] = header.translate.map(|c| (c / voxel).round() as i64);
    let low = z.saturating_add(i64::from(d)).saturating_neg();
    let extent = Extent::checked([x, low, y], [w, d, h], &here)?;

    let mut budget = Budget::for_file(bytes.len(), work);
    let mut plot = Plot::new(&mut budget);
    let (mut at, all) = (0, extent.positions());
    while at < all {
        let here = cursor.clone();
        let [value, length] = cursor.array()?;
        let end = at + u64::from(length);
        if end > all {
            return Err(here.malformed(format!("a run of {length} leaves the box")));
        }
        plot.pass(1)?;
        if value > 0 {
            for at in at..end {
                let (y, rest) = ((at % u64::from(h)) as u32, at / u64::from(h));
                let (z, x) = ((rest % u64::from(d)) as u32, (rest / u64::from(d)) as u32);
                plot.set(extent.at([x, d - 1 - z, y]), SOLID)?;
            }
        }
        at = end;
    }
    Ok(document("binvox", plot.finish()?))
}

fn header(cursor: &mut Cursor<'_>) -> Result<Header> {
    let mut header = Header::default();
    for _ in 0..HEADER_LINES_MAX {
        let here = cursor.clone();
        let bad = || here.malformed("a line of the header that is not known");
        let text = std::str::from_utf8(line(cursor)?).map_err(|_| bad())?;
        let mut words = text.split_ascii_whitespace();
        let name = words.next();
        let mut number = || words.next()?.parse::<f64>().ok();
        match name {
            Some("dim") => {
                let size = (|| Some([number()?, number()?, number()?]))().ok_or_else(bad)?;
                header.size = size.map(|edge| edge as u32);
            }
            Some("translate") => {
                let at = (|| Some([number()?, number()?, number()?]))().ok_or_else(bad)?;
                header.translate = at;
            }
            Some("scale") => header.scale = number().ok_or_else(bad)?,
            Some("data") => return Ok(header),
            _ => return Err(bad()),
        }
    }
    Err(cursor.malformed("a header without an end"))
}

/// The bytes up to the end of a line, which are taken with it.
fn line<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8]> {
    let rest = cursor.clone().rest();
    let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let line = cursor.take(length)?;
    cursor.take(1)?;
    Ok(line)
}

/// Writes a volume.
pub(crate) fn write(volume: &Volume, work: &Work<'_>, out: &mut Out<'_>) -> Result<()> {
    let lines = Lines::new(volume, [u64::MAX; 3], "binvox", work)?;
    let coloured = volume.tiles().any(|(_, tile)| tile.uniform() != Some(SOLID));
    let count = if coloured { volume.count() } else { 0 };
    out.lose(Loss::Colors, "the format has no colours: every voxel is white", count);
    let [w, d, h] = lines.size();
    let [x, _, z] = lines.bounds.min;
    let longest = w.max(d).max(h);
    write!(out, "#binvox 1\ndim {w} {d} {h}\n")?;
    write!(out, "translate {x} {z} {}\nscale {longest}\ndata\n", -lines.bounds.max[1])?;
    let mut run = (0, 0u8);
    // Along z, which is their y, for each y from the highest, for each x.
    lines.for_each([2, 1, 0], [false, true, false], work, |_, line| {
        for rgba in line {
            let value = u8::from(!rgba.is_empty());
            if value != run.0 || run.1 == u8::MAX {
                if run.1 > 0 {
                    out.write_all(&[run.0, run.1])?;
                }
                run = (value, 0);
            }
            run.1 += 1;
        }
        Ok(())
    })?;
    Ok(out.write_all(&[run.0, run.1])?)
}
