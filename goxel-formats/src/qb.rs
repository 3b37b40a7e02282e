//! `.qb`: Qubicle binary. A matrix for each visible layer that has voxels.
//!
//! ```text
//! u8[4] version 1 1 0 0   u32 colours: 0 RGBA, 1 BGRA   u32 z axis: 0 left-handed, 1 right-handed
//! u32 compression: 1 run lengths   u32 visibility mask: 0 none   u32 matrices
//! matrix   u8 length, name   u32 w, h, d   i32 x, y, z   slices
//! slice    voxels u8 r, g, b, a by row; or u32 2, u32 count, voxel; at the end u32 6
//! ```
//!
//! Y points up: voxel space (x, y, z) becomes (x, z, y), which is left-handed. Beside it stand the other
//! formats of Qubicle: [`tree`], [`exchange`] and [`project`].

pub(crate) mod exchange;
pub(crate) mod project;
mod read;
pub(crate) mod tree;

use std::io::Write;

use goxel_core::{Layer, Project, TilePos, TileRef, Volume, voxel_index};
use goxel_proto::types::{Aabb, Pos, Rgba};

pub(crate) use read::read;

use crate::limits::BOX_VOXELS_MAX;
use crate::{Error, Result, scan, text};

/// Begins a run. No shown voxel looks like it, for its last byte is its alpha.
const RUN: u32 = 2;
/// Ends a slice.
const SLICE_END: u32 = 6;

/// Writes the layers of a project.
pub(crate) fn write(project: &Project, out: &mut impl Write) -> Result<()> {
    let matrices: Vec<(&Layer, Aabb)> = project
        .layers()
        .iter()
        .filter(|layer| layer.visible)
        .filter_map(|layer| Some((layer, scan::shown_bounds(&layer.volume)?)))
        .collect();
    out.write_all(&[1, 1, 0, 0])?;
    for number in [0, 0, 1, 0, matrices.len() as u32] {
        out.write_all(&number.to_le_bytes())?;
    }
    matrices.iter().try_for_each(|(layer, bounds)| matrix(layer, bounds, out))
}

fn matrix(layer: &Layer, bounds: &Aabb, out: &mut impl Write) -> Result<()> {
    if bounds.volume() > BOX_VOXELS_MAX {
        let name = &layer.name;
        return Err(Error::TooLarge(format!(
            "the box around layer \"{name}\" has more than {BOX_VOXELS_MAX} positions"
        )));
    }
    let name = text::clip(&layer.name);
    out.write_all(&[name.len() as u8])?;
    out.write_all(name.as_bytes())?;
    for axis in [0, 2, 1] {
        out.write_all(&(bounds.size()[axis] as u32).to_le_bytes())?;
    }
    for axis in [0, 2, 1] {
        out.write_all(&(bounds.min[axis] as i32).to_le_bytes())?;
    }
    for y in bounds.min[1]..bounds.max[1] {
        let mut runs = Runs { rgba: Rgba::EMPTY, length: 0, out };
        let mut z = bounds.min[2];
        while z < bounds.max[2] {
            let strip = Strip::new(&layer.volume, bounds, y as i32, z as i32);
            let end = strip.end.min(bounds.max[2]);
            (z..end).try_for_each(|z| strip.row(z as i32, &mut runs))?;
            z = end;
        }
        runs.end()?;
    }
    Ok(())
}

/// The tiles along x that the rows of one y and sixteen z go through.
struct Strip<'a> {
    /// For each tile what it is, where its part of a row begins, and how long that is.
    parts: Vec<(TileRef<'a>, Pos, usize)>,
    /// One past the last z.
    end: i64,
}

impl<'a> Strip<'a> {
    fn new(volume: &'a Volume, bounds: &Aabb, y: i32, z: i32) -> Self {
        let [first, last] = [bounds.min[0], bounds.max[0]];
        let mut strip = Self { parts: Vec::new(), end: 0 };
        let mut x = first;
        while x < last {
            let start = Pos::new(x as i32, y, z);
            let at = TilePos::of(start);
            let [end, _, top] = at.aabb().max;
            strip.end = top;
            let end = end.min(last);
            strip.parts.push((volume.tile(at), start, (end - x) as usize));
            x = end;
        }
        strip
    }

    fn row(&self, z: i32, runs: &mut Runs<'_, impl Write>) -> Result<()> {
        for &(tile, start, length) in &self.parts {
            if let Some(rgba) = tile.uniform() {
                runs.add(rgba, length as u32)?;
                continue;
            }
            let first = voxel_index(Pos { z, ..start });
            (first..first + length).try_for_each(|index| runs.add(tile.get(index), 1))?;
        }
        Ok(())
    }
}

/// Gathers voxels alike. A slice has fewer than 2^33 positions and a run is written before it
/// leaves the range of its count.
struct Runs<'a, W> {
    rgba: Rgba,
    length: u32,
    out: &'a mut W,
}

impl<W: Write> Runs<'_, W> {
    fn add(&mut self, rgba: Rgba, length: u32) -> Result<()> {
        let rgba = if scan::shown(rgba) { rgba } else { Rgba::EMPTY };
        match self.length.checked_add(length) {
            Some(longer) if rgba == self.rgba => self.length = longer,
            _ => {
                self.flush()?;
                (self.rgba, self.length) = (rgba, length);
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        // A run takes three words: fewer than four voxels are shorter by themselves.
        if self.length > 3 {
            self.out.write_all(&RUN.to_le_bytes())?;
            self.out.write_all(&self.length.to_le_bytes())?;
            self.out.write_all(&self.rgba.0)?;
        } else {
            (0..self.length).try_for_each(|_| self.out.write_all(&self.rgba.0))?;
        }
        self.length = 0;
        Ok(())
    }

    fn end(mut self) -> Result<()> {
        self.flush()?;
        self.out.write_all(&SLICE_END.to_le_bytes())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Format;
    use crate::bytes::Cursor;
    use crate::testing::{bytes_of, project_of, sample_project, volumes};

    /// Reads what the writer makes: names and volumes.
    fn parse(bytes: &[u8]) -> Result<Vec<(String, Volume)>> {
        let mut cursor = Cursor::new(bytes, "qb");
        assert_eq!(cursor.array()?, [1, 1, 0, 0]);
        let header = [cursor.u32()?, cursor.u32()?, cursor.u32()?, cursor.u32()?];
        assert_eq!(header, [0, 0, 1, 0]);
        let mut matrices = Vec::new();
        for _ in 0..cursor.u32()? {
            let [length] = cursor.array()?;
            let name = String::from_utf8(cursor.take(length.into())?.to_vec()).unwrap();
            let [w, h, d] = [cursor.i32()?, cursor.i32()?, cursor.i32()?];
            let [x, y, z] = [cursor.i32()?, cursor.i32()?, cursor.i32()?];
            let mut volume = Volume::new();
            for slice in 0..d {
                let mut at = 0;
                loop {
                    let (count, word) = match cursor.u32()? {
                        SLICE_END => break,
                        RUN => (cursor.u32()?, cursor.u32()?),
                        word => (1, word),
                    };
                    for _ in 0..count {
                        let pos = Pos::new(x + at % w, z + slice, y + at / w);
                        volume.set(pos, Rgba(word.to_le_bytes()));
                        at += 1;
                    }
                }
                assert_eq!(at, w * h);
            }
            matrices.push((name, volume));
        }
        assert!(cursor.is_empty());
        Ok(matrices)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn volumes_are_whole(volume in volumes()) {
            let matrices = parse(&bytes_of(&project_of(volume.clone()), Format::Qb)).unwrap();
            let expected = if volume.is_empty() { vec![] } else { vec![("only".to_owned(), volume)] };
            prop_assert_eq!(matrices, expected);
        }
    }

    #[test]
    fn layers_without_voxels_are_not_counted() {
        let matrices = parse(&bytes_of(&sample_project(), Format::Qb)).unwrap();
        let names: Vec<_> = matrices.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["solid", "mixed é"]);
        let empty = bytes_of(&Project::new("e", [4; 3]), Format::Qb);
        assert_eq!((empty.len(), parse(&empty).unwrap().len()), (24, 0));
    }

    #[test]
    fn a_box_without_end_is_refused() {
        let volume: Volume =
            [i32::MIN, i32::MAX].map(|c| (Pos::new(c, c, c), Rgba::WHITE)).into_iter().collect();
        let error =
            crate::write(&project_of(volume), Format::Qb, &Default::default(), &mut Vec::new());
        assert!(matches!(error, Err(Error::TooLarge(_))));
    }
}
