//! Reads `.stl`, of both kinds: triangles without colours. Z points up.
//!
//! ```text
//! 80 bytes  u32 count, count x { f32 normal[3], f32 corners[3][3], u16 }
//! solid NAME, then for each triangle words, among them three times: vertex X Y Z
//! ```

use goxel_core::Work;

use super::mesh::{Corner, Mesh, Triangle};
use super::voxels;
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::{Document, ReadOptions, Result};

/// Bytes before the count, and of a triangle.
const HEADER_BYTES: usize = 80;
const TRIANGLE_BYTES: usize = 50;
/// What has no colour is white.
pub(super) const WHITE: [f32; 4] = [255.0; 4];

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], options: &ReadOptions<'_>, work: &Work<'_>) -> Result<Document> {
    let mut budget = Budget::for_file(bytes.len(), work);
    let cursor = Cursor::new(bytes, "stl");
    // Binary files may begin with "solid", too.
    let mesh = if bytes.starts_with(b"solid") && !is_binary(bytes) {
        text(bytes, cursor, &mut budget)?
    } else {
        binary(cursor, &mut budget)?
    };
    voxels(mesh, options, work, &mut budget)
}

/// Whether a file is exactly as long as it says as a binary one.
fn is_binary(bytes: &[u8]) -> bool {
    let count = bytes.get(HEADER_BYTES..HEADER_BYTES + 4).and_then(|count| count.try_into().ok());
    let count = count.map(u32::from_le_bytes);
    count.is_some_and(|count| bytes.len() == HEADER_BYTES + 4 + TRIANGLE_BYTES * count as usize)
}

fn binary(mut cursor: Cursor<'_>, budget: &mut Budget<'_>) -> Result<Mesh> {
    cursor.take(HEADER_BYTES)?;
    let count = cursor.length()?;
    let triangles = cursor.records(count, TRIANGLE_BYTES)?;
    let mut mesh = Mesh::default();
    for triangle in triangles.chunks_exact(TRIANGLE_BYTES) {
        let mut numbers = triangle[12..48].as_chunks().0.iter().map(|c| f32::from_le_bytes(*c));
        let corners = [0; 3].map(|_| {
            let at = [0; 3].map(|_| f64::from(numbers.next().unwrap_or(0.0)));
            Corner { at, colour: WHITE, uv: [0.0; 2] }
        });
        mesh.add(Triangle { corners, texture: None }, budget)?;
    }
    Ok(mesh)
}

fn text(bytes: &[u8], mut cursor: Cursor<'_>, budget: &mut Budget<'_>) -> Result<Mesh> {
    let mut mesh = Mesh::default();
    let mut corners = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        budget.spend_voxels(1)?;
        let mut words = line.trim_ascii().split(u8::is_ascii_whitespace);
        if words.next().is_some_and(|word| word.eq_ignore_ascii_case(b"vertex")) {
            let mut words = words.filter(|word| !word.is_empty());
            let mut number = || std::str::from_utf8(words.next()?).ok()?.parse().ok();
            let at = (|| Some([number()?, number()?, number()?]))();
            let at = at.ok_or_else(|| cursor.malformed("a line that is not vertex X Y Z"))?;
            corners.push(Corner { at, colour: WHITE, uv: [0.0; 2] });
            if let [a, b, c] = corners[..] {
                mesh.add(Triangle { corners: [a, b, c], texture: None }, budget)?;
                corners.clear();
            }
        }
        cursor.take(line.len())?;
    }
    Ok(mesh)
}
