//! Reads `.qb`: a layer for each matrix. The layout is in the module above.
//!
//! A left-handed file has z away from the viewer, a right-handed one towards. Goxel says of its files that
//! they are right-handed, and they are not: one that says nothing else is taken as Goxel's. Where there is a
//! visibility mask the last byte of a voxel says which of its faces show: 0 is empty, whatever else
//! is solid. Without one it is alpha.

use goxel_core::limits::LAYERS_MAX;
use goxel_core::{Layer, Work};
use goxel_proto::types::{LayerId, Pos, Rgba};

use super::{RUN, SLICE_END};
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::plot::{Extent, Plot};
use crate::{Document, Error, Result, text};

/// What the header says of all matrices.
#[derive(Clone, Copy, Debug)]
struct Header {
    /// Colours are stored blue first.
    bgra: bool,
    right_handed: bool,
    runs: bool,
    mask: bool,
}

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "qb");
    // 1.1.0.0, or the version of another program that wrote it: the layout is the same.
    let _version = cursor.u32()?;
    let mut flag = |what: &str| {
        let here = cursor.clone();
        match cursor.u32()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(here.malformed(format!("a {what} of {other}, not 0 or 1"))),
        }
    };
    let mut header = Header {
        bgra: flag("colour format")?,
        right_handed: flag("z axis orientation")?,
        runs: flag("compression")?,
        mask: flag("visibility mask")?,
    };
    header.right_handed &= header.bgra || header.runs || header.mask;
    let count = cursor.length()?;
    if count > LAYERS_MAX {
        return Err(Error::TooLarge(format!("{count} matrices: there can be {LAYERS_MAX} layers")));
    }
    let mut budget = Budget::for_file(bytes.len(), work);
    let mut layers = Vec::new();
    for _ in 0..count {
        // Goxel counts layers without voxels, and leaves them out.
        if cursor.is_empty() {
            break;
        }
        layers.push(matrix(header, &mut cursor, &mut budget)?);
    }
    Ok(Document { layers, ..Document::default() })
}

fn matrix(header: Header, cursor: &mut Cursor<'_>, budget: &mut Budget<'_>) -> Result<Layer> {
    let length = cursor.u8()?;
    let name = text::name(cursor.take(length.into())?);
    let here = cursor.clone();
    let [w, h, d] = [cursor.u32()?, cursor.u32()?, cursor.u32()?];
    let [x, y, z] = [cursor.i32()?, cursor.i32()?, cursor.i32()?].map(i64::from);
    let low = if header.right_handed { -(z + i64::from(d)) } else { z };
    let mut matrix = Matrix {
        header,
        size: [w, h, d],
        extent: Extent::checked([x, low, y], [w, d, h], &here)?,
        plot: Plot::new(budget),
    };
    if header.runs {
        matrix.slices(cursor)?;
    } else {
        matrix.plain(cursor)?;
    }
    let mut layer = Layer::new(LayerId(0), name);
    layer.volume = matrix.plot.finish()?;
    Ok(layer)
}

/// A matrix that is being read, with its size as the file says it.
struct Matrix<'a, 'w> {
    header: Header,
    size: [u32; 3],
    extent: Extent,
    plot: Plot<'a, 'w>,
}

impl Matrix<'_, '_> {
    fn plain(&mut self, cursor: &mut Cursor<'_>) -> Result<()> {
        let [w, h, d] = self.size;
        for slice in 0..d {
            let words = cursor.records(w as usize * h as usize, 4)?;
            self.plot.pass(u64::from(w) * u64::from(h))?;
            for (at, word) in words.as_chunks().0.iter().enumerate() {
                self.set(slice, at as u64, *word)?;
            }
        }
        Ok(())
    }

    fn slices(&mut self, cursor: &mut Cursor<'_>) -> Result<()> {
        let [w, h, d] = self.size;
        let area = u64::from(w) * u64::from(h);
        for slice in 0..d {
            let mut at = 0;
            loop {
                let here = cursor.clone();
                let (count, word) = match cursor.u32()? {
                    SLICE_END => break,
                    RUN => (u64::from(cursor.u32()?), cursor.array()?),
                    word => (1, word.to_le_bytes()),
                };
                if count > area - at {
                    return Err(here.malformed(format!("a run of {count} leaves its slice")));
                }
                self.plot.pass(1)?;
                if word[3] > 0 {
                    (at..at + count).try_for_each(|at| self.set(slice, at, word))?;
                }
                at += count;
            }
        }
        Ok(())
    }

    /// Sets the voxel that is the `at`th of a slice.
    fn set(&mut self, slice: u32, at: u64, word: [u8; 4]) -> Result<()> {
        let w = u64::from(self.size[0]);
        let (x, y) = ((at % w) as u32, (at / w) as u32);
        let z = if self.header.right_handed { self.size[2] - 1 - slice } else { slice };
        let pos: Pos = self.extent.at([x, z, y]);
        self.plot.set(pos, self.header.colour(word))
    }
}

impl Header {
    fn colour(self, [r, g, b, a]: [u8; 4]) -> Rgba {
        let [r, b] = if self.bgra { [b, r] } else { [r, b] };
        Rgba::new(r, g, b, if self.mask && a > 0 { 255 } else { a })
    }
}
