//! `.qef`: Qubicle exchange format, in text.
//!
//! ```text
//! Qubicle Exchange Format
//! Version 0.2
//! www.minddesk.com
//! W D H
//! COLOURS, then as many lines R G B, each 0 to 1
//! X Y Z COLOUR MASK for each voxel; the mask says which faces show
//! ```
//!
//! Z points up.

use goxel_core::Work;
use goxel_proto::types::Rgba;

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::plot::{Extent, Plot, document};
use crate::{Document, Result};

/// How every file begins.
pub(crate) const MAGIC: &[u8] = b"Qubicle Exchange Format";
/// Bytes of the longest line that can be right.
const LINE_BYTES_MAX: usize = 256;

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut lines = Lines(Cursor::new(bytes, "qef"));
    if !bytes.starts_with(MAGIC) {
        return Err(lines.0.malformed("it does not begin with \"Qubicle Exchange Format\""));
    }
    for _ in 0..3 {
        lines.next("three lines of words")?;
    }
    let here = lines.0.clone();
    let size = lines.numbers("W D H")?;
    let extent = Extent::checked([0; 3], size, &here)?;
    let [count]: [u32; 1] = lines.numbers("the number of colours")?;
    let mut budget = Budget::for_file(bytes.len(), work);
    let mut palette = Vec::new();
    for _ in 0..count {
        let rgb: [f32; 3] = lines.numbers("R G B")?;
        let [r, g, b] = rgb.map(|level| (level * 255.0).round() as u8);
        palette.push(Rgba::opaque(r, g, b));
        budget.spend_bytes(size_of::<Rgba>() as u64)?;
    }
    let mut plot = Plot::new(&mut budget);
    while !lines.0.is_empty() {
        let here = lines.0.clone();
        let line = lines.next("X Y Z COLOUR MASK")?;
        if line.is_empty() {
            continue;
        }
        plot.pass(1)?;
        let bad = |what: &str| here.malformed(what);
        let [x, y, z, colour, _mask]: [u32; 5] =
            words(line).ok_or_else(|| bad("a line that is not X Y Z COLOUR MASK"))?;
        if (0..3).any(|axis| [x, y, z][axis] >= size[axis]) {
            return Err(bad("a voxel outside of the box"));
        }
        let rgba = palette.get(colour as usize).ok_or_else(|| bad("a colour that is not there"))?;
        // What is inside shows no face, and is there.
        plot.set(extent.at([x, y, z]), *rgba)?;
    }
    Ok(document("qef", plot.finish()?))
}

/// The lines of a file.
struct Lines<'a>(Cursor<'a>);

impl<'a> Lines<'a> {
    /// The next line, which should be `what`.
    fn next(&mut self, what: &str) -> Result<&'a str> {
        let rest = self.0.clone().rest();
        let bad = || self.0.malformed(format!("where {what} should stand"));
        if rest.is_empty() {
            return Err(bad());
        }
        let line = rest.split_inclusive(|byte| *byte == b'\n').next().unwrap_or(rest);
        let text = std::str::from_utf8(line).ok().filter(|text| text.len() <= LINE_BYTES_MAX);
        let text = text.ok_or_else(bad)?;
        self.0.take(line.len())?;
        Ok(text.trim())
    }

    fn numbers<T: std::str::FromStr, const N: usize>(&mut self, what: &str) -> Result<[T; N]> {
        let here = self.0.clone();
        let line = self.next(what)?;
        words(line).ok_or_else(|| here.malformed(format!("a line that is not {what}")))
    }
}

/// The words of a line as numbers, if it has exactly so many.
fn words<T: std::str::FromStr, const N: usize>(line: &str) -> Option<[T; N]> {
    let numbers: Option<Vec<T>> =
        line.split_ascii_whitespace().take(N + 1).map(|word| word.parse().ok()).collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Pos;

    use super::*;

    const HEAD: &str = "Qubicle Exchange Format\nVersion 0.2\nwww.minddesk.com\n2 3 4\n";

    fn read(rest: &str) -> Result<Document> {
        super::read(format!("{HEAD}{rest}").as_bytes(), &Work::unbounded())
    }

    #[test]
    fn voxels_are_lines() {
        let read =
            read("2\r\n1 0 0\r\n0 0.5 1\r\n1 2 3 1 126\r\n0 0 0 0 0\r\n0 1 0 0 1\r\n").unwrap();
        let volume = &read.layers[0].volume;
        assert_eq!(volume.count(), 3);
        assert_eq!(volume.get(Pos::new(1, 2, 3)), Rgba::opaque(0, 128, 255));
        assert_eq!(volume.get(Pos::new(0, 1, 0)), Rgba::opaque(255, 0, 0));
    }

    #[test]
    fn bad_lines_are_named() {
        for (rest, what) in [
            ("", "where the number of colours should stand (at byte 59)"),
            ("x\n", "not the number of colours (at byte 59)"),
            ("4000000000\n1 1 1\n", "where R G B should stand (at byte 76)"),
            ("1\n1 1 1\n2 0 0 0 1\n", "outside of the box (at byte 67)"),
            ("1\n1 1 1\n0 0 0 1 1\n", "a colour that is not there"),
            ("1\n1 1 1\n0 0 0 0\n", "not X Y Z COLOUR MASK"),
            ("1\n1 1 1\n0 0 0 0 1 9\n", "not X Y Z COLOUR MASK"),
        ] {
            let error = read(rest).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
    }
}
