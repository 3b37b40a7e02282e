//! `.csv`: a line of text for each voxel, under a line of names.
//!
//! ```text
//! x,y,z,r,g,b,a
//! 1,2,3,255,0,0,255
//! ```
//!
//! The names may stand in any order, large or small, and with others between them. There must be an x,
//! a y and a z; a voxel without a colour is white, one without alpha solid. `color` is `RRGGBB` or
//! `RRGGBBAA`. Fields may be parted by semicolons or tabs, too.

use std::io::Write;

use goxel_core::{Volume, Work};
use goxel_proto::types::{Pos, Rgba};

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::plot::{Plot, document};
use crate::{Document, Result, scan};

/// Bytes of the longest line that can be right.
const LINE_BYTES_MAX: usize = 1024;

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    /// A coordinate.
    Axis(usize),
    /// A part of the colour.
    Channel(usize),
    /// The whole colour.
    Color,
    /// Something else.
    Other,
}

/// Writes the voxels of a volume, sorted by z, y and x.
pub(crate) fn write(volume: &Volume, out: &mut impl Write) -> Result<()> {
    writeln!(out, "x,y,z,r,g,b,a")?;
    scan::for_each_shown(volume, |Pos { x, y, z }, rgba| {
        let [r, g, b, a] = rgba.0;
        writeln!(out, "{x},{y},{z},{r},{g},{b},{a}")
    })?;
    Ok(())
}

/// Reads a whole file as one layer. Of two lines for a voxel the later one counts.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "csv");
    let mut budget = Budget::for_file(bytes.len(), work);
    let mut plot = Plot::new(&mut budget);
    let mut columns = None;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let text = std::str::from_utf8(line).ok().filter(|text| text.len() <= LINE_BYTES_MAX);
        let text = text.ok_or_else(|| cursor.malformed("a line that is no text or too long"))?;
        let text = text.trim_start_matches('\u{feff}').trim();
        plot.pass(1)?;
        match &columns {
            _ if text.is_empty() || text.starts_with('#') => {}
            None => columns = Some(named(text).map_err(|what| cursor.malformed(what))?),
            Some((separator, columns)) => {
                let voxel = voxel(text, *separator, columns);
                let (pos, rgba) = voxel.map_err(|what| cursor.malformed(what))?;
                plot.set(pos, rgba)?;
            }
        }
        cursor.take(line.len())?;
    }
    Ok(document("csv", plot.finish()?))
}

/// What parts the fields, and what the columns hold.
fn named(line: &str) -> Result<(char, Vec<Column>), &'static str> {
    let separator = [',', ';', '\t'].into_iter().find(|c| line.contains(*c)).unwrap_or(',');
    let column = |name: &str| match name.trim_matches([' ', '"']).to_ascii_lowercase().as_str() {
        "x" => Column::Axis(0),
        "y" => Column::Axis(1),
        "z" => Column::Axis(2),
        "r" | "red" => Column::Channel(0),
        "g" | "green" => Column::Channel(1),
        "b" | "blue" => Column::Channel(2),
        "a" | "alpha" => Column::Channel(3),
        "color" | "colour" => Column::Color,
        _ => Column::Other,
    };
    let columns: Vec<Column> = line.split(separator).map(column).collect();
    let has = |axis: usize| columns.contains(&Column::Axis(axis));
    if (0..3).all(has) {
        Ok((separator, columns))
    } else {
        Err("a first line that does not name the columns x, y and z")
    }
}

fn voxel(line: &str, separator: char, columns: &[Column]) -> Result<(Pos, Rgba), &'static str> {
    let (mut pos, mut rgba) = ([None; 3], Rgba::WHITE);
    for (column, field) in columns.iter().zip(line.split(separator)) {
        let field = field.trim_matches([' ', '"']);
        match *column {
            Column::Axis(axis) => {
                let number = field.parse::<i32>();
                pos[axis] = Some(number.map_err(|_| "a coordinate that is no whole number")?);
            }
            Column::Channel(channel) => {
                let number = field.parse::<u8>();
                rgba.0[channel] = number.map_err(|_| "a colour that is not 0 to 255")?;
            }
            Column::Color => rgba = Rgba::from_hex(field).ok_or("a colour that is not RRGGBB")?,
            Column::Other => {}
        }
    }
    match pos {
        [Some(x), Some(y), Some(z)] => Ok((Pos::new(x, y, z), rgba)),
        _ => Err("a line with too few fields"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Volume, String> {
        let read = super::read(text.as_bytes(), &Work::unbounded());
        read.map(|read| read.layers[0].volume.clone()).map_err(|error| error.to_string())
    }

    #[test]
    fn columns_are_found_by_their_names() {
        let text = "\u{feff}id;Z;\"y\";X;colour\r\n7;3;2;1;ff000080\r\n\r\n# c\n8;6;5;-4;0f0\n";
        let volume = read(text).unwrap();
        assert_eq!(volume.get(Pos::new(1, 2, 3)), Rgba::new(255, 0, 0, 128));
        assert_eq!(volume.get(Pos::new(-4, 5, 6)), Rgba::opaque(0, 255, 0));
        assert_eq!(volume.count(), 2);
        assert_eq!(read("x,y,z\n1,2,3\n").unwrap().get(Pos::new(1, 2, 3)), Rgba::WHITE);
        assert!(read("").unwrap().is_empty());
    }

    #[test]
    fn bad_lines_are_named() {
        for (line, what) in [
            ("1,2", "too few fields (at byte 14)"),
            ("1,2,99999999999,0,0,0,0", "no whole number (at byte 14)"),
            ("1,2,3,256,0,0,0", "not 0 to 255 (at byte 14)"),
            ("\0,2,3,0,0,0,0", "no whole number (at byte 14)"),
        ] {
            let error = read(&format!("x,y,z,r,g,b,a\n{line}\n")).unwrap_err();
            assert!(error.contains(what), "{error}");
        }
        assert!(read("x,y,r\n").unwrap_err().contains("does not name the columns"));
        assert!(read(&"x".repeat(2000)).unwrap_err().contains("too long"));
    }
}
