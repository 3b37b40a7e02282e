//! Reads `.obj`: corners, which may have colours, and the polygons between them. Y points up.
//!
//! ```text
//! v X Y Z, or v X Y Z R G B, each 0 to 1
//! f A B C ..., each a number of a corner, counted from 1, or from the last one where it is negative;
//! behind slashes may stand more
//! ```
//!
//! Materials and textures stand in files beside it, which are not opened.

use goxel_core::Work;

use super::mesh::{Corner, Mesh, no_corner};
use super::stl::WHITE;
use super::voxels;
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::{Document, ReadOptions, Result};

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], options: &ReadOptions, work: &Work<'_>) -> Result<Document> {
    let mut budget = Budget::for_file(bytes.len(), work);
    let mut cursor = Cursor::new(bytes, "obj");
    let (mut corners, mut mesh, mut polygon) = (Vec::new(), Mesh::default(), Vec::new());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        budget.spend_voxels(1)?;
        // A name may be written in any letters; what counts here is not.
        let text = String::from_utf8_lossy(line);
        let mut words = text.split_ascii_whitespace();
        match words.next() {
            Some("v") => {
                budget.spend_bytes(size_of::<Corner>() as u64)?;
                let corner = corner(words);
                corners.push(corner.ok_or_else(|| cursor.malformed("a line that is not v X Y Z"))?);
            }
            Some("f") => {
                polygon.clear();
                for word in words {
                    let number = word.split('/').next().and_then(|word| word.parse::<i64>().ok());
                    let number =
                        number.ok_or_else(|| cursor.malformed("a line that is not f A B C"))?;
                    let count = corners.len() as i64;
                    let at =
                        if number < 0 { count.checked_add(number) } else { number.checked_sub(1) };
                    let found = at.and_then(|at| corners.get(usize::try_from(at).ok()?));
                    polygon.push(*found.ok_or_else(|| no_corner(&cursor, number))?);
                }
                mesh.add_fan(&polygon, &mut budget)?;
            }
            _ => {}
        }
        cursor.take(line.len())?;
    }
    voxels(mesh, options, work, &mut budget)
}

fn corner<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<Corner> {
    let mut number = || words.next().map(|word| word.parse::<f64>().ok());
    let [x, y, z] = [number()??, number()??, number()??];
    let mut corner = Corner { at: [x, -z, y], colour: WHITE, uv: [0.0; 2] };
    if let (Some(Some(r)), Some(Some(g)), Some(Some(b))) = (number(), number(), number()) {
        let level = |part: f64| (part.clamp(0.0, 1.0) * 255.0) as f32;
        corner.colour = [level(r), level(g), level(b), 255.0];
    }
    Some(corner)
}
