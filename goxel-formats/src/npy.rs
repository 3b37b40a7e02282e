//! `.npy`: a dense array as `NumPy` saves it.
//!
//! ```text
//! "\x93NUMPY"  u8 major, minor  u16 length (u32 from 2.0 on)
//! header: {'descr': '|u1', 'fortran_order': False, 'shape': (x, y, z, 4), }, blanks, a line's end
//! bytes, the last index fastest; the first one where `fortran_order` is true
//! ```
//!
//! `array[x, y, z]` is r, g, b, a; alpha 0 is empty. Read are also arrays of r, g, b, where black is
//! empty; of bytes, which are indices of `MagicaVoxel`'s palette and 0 is empty; and of booleans.

use std::io::Write;

use goxel_core::{Volume, Work};
use goxel_proto::types::Rgba;

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::lines::Lines;
use crate::plot::{Extent, Plot, document};
use crate::vox::palette;
use crate::xraw::lose_position;
use crate::{Document, Out, Result};

/// How every file begins.
pub(crate) const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// What the data after the header is aligned to.
const ALIGNMENT: usize = 64;

/// What the header says.
struct Array {
    /// Whether the items are booleans.
    boolean: bool,
    /// Whether the first index is the fastest.
    first_fastest: bool,
    shape: Vec<u32>,
}

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "npy");
    if cursor.take(6)? != MAGIC {
        return Err(Cursor::new(bytes, "npy").malformed("it does not begin with \"\\x93NUMPY\""));
    }
    let [major, _] = cursor.array()?;
    let length = if major == 1 { usize::from(cursor.u16()?) } else { cursor.u32()? as usize };
    let here = cursor.clone();
    let array = header(cursor.take(length)?).map_err(|what| here.malformed(what))?;
    let (size, channels) = match array.shape[..] {
        [x, y, z] => ([x, y, z], 1),
        [x, y, z, channels @ (3 | 4)] => ([x, y, z], channels),
        _ => return Err(here.malformed("a shape that is not (x, y, z), (x, y, z, 3 or 4)")),
    };
    let extent = Extent::checked([0; 3], size, &here)?;
    let items = cursor.records(extent.positions() as usize, channels as usize)?;
    let steps = strides(size, channels, array.first_fastest);
    let palette = palette::default();

    let mut budget = Budget::for_file(bytes.len(), work);
    let mut plot = Plot::new(&mut budget);
    let [w, d, h] = size;
    for z in 0..h {
        for y in 0..d {
            plot.pass(u64::from(w))?;
            for x in 0..w {
                let at: usize =
                    [x, y, z].iter().zip(steps).map(|(c, step)| *c as usize * step).sum();
                let item = |channel: usize| items[at + channel * steps[3]];
                let rgba = match channels {
                    4 => Rgba::new(item(0), item(1), item(2), item(3)),
                    3 if [item(0), item(1), item(2)] == [0; 3] => Rgba::EMPTY,
                    3 => Rgba::opaque(item(0), item(1), item(2)),
                    _ if array.boolean && item(0) > 0 => Rgba::WHITE,
                    _ => palette[usize::from(item(0))],
                };
                plot.set(extent.at([x, y, z]), rgba)?;
            }
        }
    }
    Ok(document("npy", plot.finish()?))
}

/// How far apart two neighbours along each index are.
fn strides([w, d, h]: [u32; 3], channels: u32, first_fastest: bool) -> [usize; 4] {
    let [w, d, h, channels] = [w, d, h, channels].map(|edge| edge as usize);
    if first_fastest {
        [1, w, w * d, w * d * h]
    } else {
        [d * h * channels, h * channels, channels, 1]
    }
}

/// Reads the text of a dictionary with three entries, in any order.
fn header(text: &[u8]) -> Result<Array, &'static str> {
    let text = std::str::from_utf8(text).map_err(|_| "a header that is no text")?;
    let entry = |key: &str| {
        let (_, after) = text.split_once(&format!("'{key}'"))?;
        Some(after.trim_start().strip_prefix(':')?.trim_start())
    };
    let kind = entry("descr").ok_or("a header without 'descr'")?;
    let kind = kind.strip_prefix('\'').and_then(|kind| kind.split('\'').next());
    let boolean = match kind {
        Some("|b1" | "?") => true,
        Some("|u1" | "u1" | "<u1" | ">u1" | "B") => false,
        _ => return Err("items that are neither unsigned bytes ('|u1') nor booleans ('|b1')"),
    };
    let first_fastest = entry("fortran_order").is_some_and(|rest| rest.starts_with("True"));
    let shape = entry("shape").and_then(|rest| rest.strip_prefix('(')?.split(')').next());
    let edges = shape.ok_or("a header without 'shape'")?.split(',').map(str::trim);
    let edges = edges.filter(|edge| !edge.is_empty()).map(str::parse);
    let shape = edges.collect::<Result<_, _>>().map_err(|_| "a shape that is not of numbers")?;
    Ok(Array { boolean, first_fastest, shape })
}

/// Writes a volume as an array of r, g, b, a.
pub(crate) fn write(volume: &Volume, work: &Work<'_>, out: &mut Out<'_>) -> Result<()> {
    let lines = Lines::new(volume, [u64::MAX; 3], "npy", work)?;
    lose_position(&lines, out);
    let [w, d, h] = lines.size();
    let mut header =
        format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({w}, {d}, {h}, 4), }}");
    let before = MAGIC.len() + 4;
    let length = (before + header.len() + 1).next_multiple_of(ALIGNMENT) - before;
    header.extend(std::iter::repeat_n(' ', length - 1 - header.len()));
    header.push('\n');
    out.write_all(MAGIC)?;
    out.write_all(&[1, 0])?;
    out.write_all(&(length as u16).to_le_bytes())?;
    out.write_all(header.as_bytes())?;
    lines.for_each([2, 1, 0], [false; 3], work, |_, line| {
        line.iter().try_for_each(|rgba| out.write_all(&rgba.0))?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Pos;

    use super::*;

    fn file(kind: &str, order: &str, shape: &str, items: &[u8]) -> Vec<u8> {
        let header =
            format!("{{'shape': ({shape}), 'fortran_order': {order}, 'descr': '{kind}'}}\n");
        let mut bytes = MAGIC.to_vec();
        bytes.extend([1, 0]);
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(items);
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Volume, String> {
        let read = super::read(bytes, &Work::unbounded());
        read.map(|read| read.layers[0].volume.clone()).map_err(|error| error.to_string())
    }

    #[test]
    fn arrays_of_all_kinds_are_read() {
        let check = |bytes: &[u8], at: [i32; 3], expected: Rgba| {
            let volume = read(bytes).unwrap();
            assert_eq!((volume.get(Pos::from(at)), volume.count()), (expected, 1));
        };
        check(&file("|b1", "False", "2, 1, 3", &[0, 0, 0, 0, 1, 0]), [1, 0, 1], Rgba::WHITE);
        check(&file("|b1", "True", "2, 1, 3", &[0, 0, 0, 1, 0, 0]), [1, 0, 1], Rgba::WHITE);
        let blue = Rgba::opaque(0, 0, 0xff);
        let index = palette::default().iter().position(|rgba| *rgba == blue).unwrap() as u8;
        check(&file("|u1", "False", "1,1,2,", &[0, index]), [0, 0, 1], blue);
        let red = [0, 0, 0, 200, 1, 2];
        check(&file("u1", "False", "1, 2, 1, 3", &red), [0, 1, 0], Rgba::opaque(200, 1, 2));
        let planes = [0, 200, 0, 1, 0, 2];
        check(&file("u1", "True", "1, 2, 1, 3", &planes), [0, 1, 0], Rgba::opaque(200, 1, 2));
    }

    #[test]
    fn other_arrays_are_refused() {
        for (bytes, what) in [
            (file("<f4", "False", "1, 1, 1", &[0; 4]), "neither unsigned bytes"),
            (file("|u1", "False", "4, 4", &[0; 16]), "a shape that is not"),
            (file("|u1", "False", "1, 1, x", &[0]), "not of numbers"),
            (file("|u1", "False", "2, 2, 2", &[0; 7]), "8 bytes are announced, 7 are left"),
            (file("|u1", "False", "99999, 99999, 99999", &[]), "it may have"),
        ] {
            let error = read(&bytes).unwrap_err();
            assert!(error.contains(what), "{error}");
        }
    }
}
