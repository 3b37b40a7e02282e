//! `.npy`: a dense array as `NumPy` saves it.
//!
//! ```text
//! "\x93NUMPY"  u8 major, minor  u16 length (u32 from 2.0 on)
//! header: {'descr': '|u1', 'fortran_order': False, 'shape': (x, y, z, 4), }, blanks, a line's end
//! bytes, the last index fastest; the first one where `fortran_order` is true
//! ```
//!
//! `array[x, y, z]` is r, g, b, a; alpha 0 is empty. Where colours are to stand in a palette it is a byte, and
//! `NAME_palette.npy` beside it has the colour of each, as `palette[256, 4]`; 0 is empty. Read are also arrays
//! of r, g, b, where black is empty; of bytes without that file, which are indices of `MagicaVoxel`'s
//! palette; and of booleans.

use std::io::Write;

use goxel_core::{Volume, Work};
use goxel_proto::types::{Loss, MeshColors, Rgba};

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::lines::Lines;
use crate::nearby::Nearby;
use crate::plot::{Extent, Plot, document};
use crate::vox::histogram::Histogram;
use crate::vox::palette::{self, Palette};
use crate::vox::quantise::Colours;
use crate::xraw::lose_position;
use crate::{Document, Out, ReadOptions, Result};

/// How every file begins.
pub(crate) const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// What the data after the header is aligned to.
const ALIGNMENT: usize = 64;
/// What the name of the file with the colours has behind that of the other.
const PALETTE: &str = "_palette.npy";

/// What the header says.
struct Array {
    /// Whether the items are booleans.
    boolean: bool,
    /// Whether the first index is the fastest.
    first_fastest: bool,
    shape: Vec<u32>,
}

/// Reads the head of a file, which is an array.
fn head<'a>(cursor: &mut Cursor<'a>) -> Result<(Array, Cursor<'a>)> {
    let start = cursor.clone();
    if cursor.take(6)? != MAGIC {
        return Err(start.malformed("it does not begin with \"\\x93NUMPY\""));
    }
    let [major, _] = cursor.array()?;
    let length = if major == 1 { usize::from(cursor.u16()?) } else { cursor.u32()? as usize };
    let here = cursor.clone();
    let array = header(cursor.take(length)?).map_err(|what| here.malformed(what))?;
    Ok((array, here))
}

/// The colours by index: those of the file beside it, or those that everybody knows.
fn colours(options: &ReadOptions<'_>, work: &Work<'_>) -> Result<Palette> {
    let name = options.stem.map(|stem| format!("{stem}{PALETTE}"));
    let found = name.map(|name| Nearby::new(options, work).read(&name)).transpose()?.flatten();
    let Some(bytes) = found else { return Ok(palette::default()) };
    let mut cursor = Cursor::new(&bytes, "npy");
    let (array, here) = head(&mut cursor)?;
    let [count, channels @ (3 | 4)] = array.shape[..] else {
        return Err(here.malformed("a palette whose shape is not (n, 3 or 4)"));
    };
    let items = cursor.records(count as usize, channels as usize)?;
    let [down, across] =
        if array.first_fastest { [1, count as usize] } else { [channels as usize, 1] };
    Ok(std::array::from_fn(|index| {
        let item = |channel: usize| items.get(index * down + channel * across).copied();
        if index == 0 || index >= count as usize {
            return Rgba::EMPTY;
        }
        let [r, g, b] = [0, 1, 2].map(|channel| item(channel).unwrap_or_default());
        Rgba([r, g, b, if channels == 4 { item(3).unwrap_or_default() } else { 255 }])
    }))
}

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], options: &ReadOptions<'_>, work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "npy");
    let (array, here) = head(&mut cursor)?;
    let (size, channels) = match array.shape[..] {
        [x, y, z] => ([x, y, z], 1),
        [x, y, z, channels @ (3 | 4)] => ([x, y, z], channels),
        _ => return Err(here.malformed("a shape that is not (x, y, z), (x, y, z, 3 or 4)")),
    };
    let extent = Extent::checked([0; 3], size, &here)?;
    let items = cursor.records(extent.positions() as usize, channels as usize)?;
    let steps = strides(size, channels, array.first_fastest);
    let indexed = channels == 1 && !array.boolean;
    let palette = if indexed { colours(options, work)? } else { palette::default() };

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

/// Writes a volume as an array of r, g, b, a, or of indices where colours are to stand in a palette.
pub(crate) fn write(
    volume: &Volume,
    colors: Option<MeshColors>,
    work: &Work<'_>,
    out: &mut Out<'_>,
) -> Result<()> {
    let lines = Lines::new(volume, [u64::MAX; 3], "npy", work)?;
    lose_position(&lines, out);
    let [w, d, h] = lines.size();
    if colors == Some(MeshColors::Texture) {
        return indices(volume, &lines, work, out);
    }
    begin(&format!("{w}, {d}, {h}, 4"), out)?;
    lines.for_each([2, 1, 0], [false; 3], work, |_, line| {
        line.iter().try_for_each(|rgba| out.write_all(&rgba.0))?;
        Ok(())
    })
}

fn indices(volume: &Volume, lines: &Lines<'_>, work: &Work<'_>, out: &mut Out<'_>) -> Result<()> {
    let counts = Histogram::of(&volume.sorted_tiles(), work)?;
    let colours = Colours::new(&counts, &[]);
    counts.loss(&colours, [volume].into_iter()).tell("a palette has 255 colours", out);
    match out.beside(PALETTE)? {
        Some(mut file) => {
            begin("256, 4", &mut file)?;
            let mut rows = [[0; 4]; 256];
            let used = rows[1..].iter_mut().zip(&colours.palette);
            used.for_each(|(row, rgba)| *row = rgba.0);
            file.write_all(rows.as_flattened())?;
            file.flush()?;
        }
        None => out.lose(Loss::Colors, "a palette needs a file beside this one", 1),
    }
    let [w, d, h] = lines.size();
    begin(&format!("{w}, {d}, {h}"), out)?;
    let mut bytes = Vec::new();
    lines.for_each([2, 1, 0], [false; 3], work, |_, line| {
        bytes.clear();
        bytes.extend(line.iter().map(|rgba| colours.index(*rgba)));
        Ok(out.write_all(&bytes)?)
    })
}

/// Writes the head of an array of bytes of this shape.
fn begin(shape: &str, out: &mut impl Write) -> Result<()> {
    let mut header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({shape}), }}");
    let before = MAGIC.len() + 4;
    let length = (before + header.len() + 1).next_multiple_of(ALIGNMENT) - before;
    header.extend(std::iter::repeat_n(' ', length - 1 - header.len()));
    header.push('\n');
    out.write_all(MAGIC)?;
    out.write_all(&[1, 0])?;
    out.write_all(&(length as u16).to_le_bytes())?;
    Ok(out.write_all(header.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Pos;

    use super::*;
    use crate::mesh::proof::{self, Folder};
    use crate::testing::project_of;
    use crate::{Format, MeshOptions};

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
        let read = super::read(bytes, &ReadOptions::default(), &Work::unbounded());
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

    #[test]
    fn colours_stand_in_a_palette_where_that_is_asked_for() {
        let colours = |count: i32| -> Volume {
            let rgba = |at: i32| Rgba::new(at as u8, (at >> 8) as u8, 7, 200);
            (0..count).map(|at| (Pos::new(at % 9, at / 9, at % 2), rgba(at))).collect()
        };
        let written = |volume: &Volume| {
            let mesh = MeshOptions { colors: Some(MeshColors::Texture), ..MeshOptions::default() };
            proof::written(&project_of(volume.clone()), Format::Npy, mesh)
        };
        let volume = colours(200);
        let (bytes, folder, report) = written(&volume);
        assert_eq!(
            (report.beside, report.warnings),
            (vec!["model_palette.npy".to_owned()], vec![])
        );
        assert_eq!(bytes.len(), 128 + 9 * 23 * 2);
        let options = ReadOptions {
            stem: Some("model"),
            neighbours: Some(&folder),
            ..ReadOptions::default()
        };
        let again = super::read(&bytes, &options, &Work::unbounded()).unwrap();
        assert!(again.layers[0].volume == volume);
        // Without its palette it is as any other array of bytes.
        assert_eq!(read(&bytes).unwrap().count(), 200);
        let lost = written(&colours(300)).2.warnings;
        assert_eq!(lost[0].code, Loss::ColorsReduced);
        for bad in [file("|u1", "False", "4, 2", &[0; 8]), b"\x93NUMPY".to_vec()] {
            let folder = Folder::of([("model_palette.npy", bad)]);
            let options = ReadOptions { neighbours: Some(&folder), ..options };
            assert!(super::read(&bytes, &options, &Work::unbounded()).is_err());
        }
    }
}
