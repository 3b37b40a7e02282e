//! `.txt`: a line of text for each voxel, sorted by z, y and x.
//!
//! ```text
//! # a comment
//! X Y Z RRGGBB
//! ```

use std::io::Write;

use goxel_core::{Layer, Volume, Work};
use goxel_proto::types::{LayerId, Pos, Rgba};

use crate::bytes::Cursor;
use crate::{Document, Result, scan};

/// Bytes of the longest line that can be right, and some blanks.
const LINE_BYTES_MAX: usize = 256;
/// What a line costs, in units of [`Work`]: it may begin a tile, far from all others.
const LINE_UNITS: u64 = 256;
/// What the layer of a file is called, which has no names.
const LAYER: &str = "text";

/// Writes the voxels of a volume.
pub(crate) fn write(volume: &Volume, out: &mut impl Write) -> Result<()> {
    writeln!(out, "# Goxel\n# One line per voxel\n# X Y Z RRGGBB")?;
    scan::for_each_shown(volume, |Pos { x, y, z }, rgba| {
        let [r, g, b, _] = rgba.0;
        writeln!(out, "{x} {y} {z} {r:02x}{g:02x}{b:02x}")
    })?;
    Ok(())
}

/// Reads a whole file as one layer, as far as `work` lets it. Of two lines for a voxel the later one
/// counts.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut layer = Layer::new(LayerId(0), LAYER);
    let mut accessor = layer.volume.accessor();
    let mut cursor = Cursor::new(bytes, "txt");
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        work.spend(LINE_UNITS)?;
        if let Some((pos, rgba)) = voxel(line).map_err(|what| cursor.malformed(what))? {
            accessor.set(pos, rgba);
        }
        cursor.take(line.len())?;
    }
    drop(accessor);
    Ok(Document { layers: vec![layer], ..Document::default() })
}

/// The voxel of a line; `None` for a comment or an empty line. What is wrong is said without the
/// line: who may have a file read need not be one who could read it.
fn voxel(line: &[u8]) -> Result<Option<(Pos, Rgba)>, &'static str> {
    let line = line.trim_ascii();
    if line.is_empty() || line.starts_with(b"#") {
        return Ok(None);
    }
    let text = std::str::from_utf8(line).ok().filter(|text| text.len() <= LINE_BYTES_MAX);
    let text = text.ok_or("a line that is no text or too long")?;
    let mut words = text.split_ascii_whitespace();
    let mut number = || words.next()?.parse::<i32>().ok();
    let pos = (|| Some(Pos::new(number()?, number()?, number()?)))();
    let rgba = words.next().and_then(Rgba::from_hex);
    match (pos, rgba, words.next()) {
        (Some(pos), Some(rgba), None) => Ok(Some((pos, rgba))),
        _ => Err("a line that is not X Y Z RRGGBB"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use goxel_core::{Control, Project};

    use super::*;
    use crate::testing::{project_of, round_trip, text_of};
    use crate::{Error, Format};

    #[test]
    fn voxels_are_sorted_lines_that_come_back() {
        let volume: Volume = [
            (Pos::new(3, 0, 20), Rgba::opaque(1, 2, 3)),
            (Pos::new(-1, 17, -1), Rgba::WHITE),
            (Pos::new(5, 0, 0), Rgba::new(9, 9, 9, 126)),
            (Pos::new(-1, 0, -1), Rgba::BLACK),
        ]
        .into_iter()
        .collect();
        let project = project_of(volume);
        let text = text_of(&project, Format::Txt);
        let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(lines, ["-1 0 -1 000000", "-1 17 -1 ffffff", "3 0 20 010203"]);
        assert_eq!(round_trip(&project, Format::Txt).layers[0].volume.count(), 3);
        assert_eq!(text_of(&Project::new("e", [4; 3]), Format::Txt).lines().count(), 3);
    }

    #[test]
    fn bad_lines_are_named() {
        let read = |bytes: &[u8]| read(bytes, &Work::unbounded());
        let good = read(b"# c\r\n\r\n 1 2 3 FF0000\r\n1 2 3 00ff00").unwrap();
        assert_eq!(good.layers[0].volume.get(Pos::new(1, 2, 3)), Rgba::opaque(0, 255, 0));
        for bad in
            ["1 2 3", "1 2 3 ff00", "1 2 3 ff0000 4", "a 2 3 ff0000", "99999999999 0 0 000000"]
        {
            let text = format!("# c\n{bad}\n");
            let error = read(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains("not X Y Z RRGGBB (at byte 4)"), "{error}");
            assert!(!error.contains(bad), "{error}");
        }
        assert!(read(&[0xff; 10]).is_err());
    }

    /// Ends the work as if there were no memory, once it was asked so often.
    struct Full(AtomicUsize);

    impl Control for Full {
        fn check(&self, _: u64, _: u64) -> goxel_core::Result<()> {
            let left = self.0.fetch_sub(1, Ordering::Relaxed);
            let full = goxel_core::Error::OverMemory { needs: 0, free: 0, max: 1 };
            if left == 0 { Err(full) } else { Ok(()) }
        }
    }

    #[test]
    fn a_file_of_scattered_voxels_is_stopped_before_it_has_all_memory() {
        let mut text = String::new();
        for at in 0..100_000 {
            text.push_str(&format!("{} {} 0 ff0000\n", at * 97, at * 131));
        }
        let full = Full(AtomicUsize::new(10));
        let work = Work::new(u64::MAX, &full, &goxel_core::Serial);
        let error = read(text.as_bytes(), &work).unwrap_err();
        assert!(matches!(error, Error::Stopped(goxel_core::Error::OverMemory { .. })), "{error}");
        assert!(work.done() < 12 << 16, "it goes no further");
    }
}
