//! `.cub`: models of Cube World, read only.
//!
//! ```text
//! u32 w, d, h   w x d x h voxels u8 r, g, b: x fastest, then y, then z; black is empty
//! ```
//!
//! Z points up.

use goxel_core::Work;
use goxel_proto::types::Rgba;

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::plot::{Extent, Plot, document};
use crate::{Document, Result};

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "cub");
    let here = cursor.clone();
    let size = [cursor.u32()?, cursor.u32()?, cursor.u32()?];
    let extent = Extent::checked([0; 3], size, &here)?;
    let voxels = cursor.records(extent.positions() as usize, 3)?.as_chunks().0;
    if !cursor.is_empty() {
        return Err(cursor.malformed("bytes after the last voxel"));
    }
    let mut budget = Budget::for_file(bytes.len(), work);
    let mut plot = Plot::new(&mut budget);
    let [w, d, _] = size.map(u64::from);
    for (at, rgb) in (0u64..).zip(voxels) {
        plot.pass(1)?;
        if *rgb != [0; 3] {
            let [r, g, b] = *rgb;
            let steps = [at % w, at / w % d, at / w / d].map(|step| step as u32);
            plot.set(extent.at(steps), Rgba::opaque(r, g, b))?;
        }
    }
    Ok(document("cub", plot.finish()?))
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Pos;

    use super::*;

    #[test]
    fn black_is_empty() {
        let mut bytes: Vec<u8> = [2u32, 1, 2].iter().flat_map(|edge| edge.to_le_bytes()).collect();
        bytes.extend([[0, 0, 0], [1, 2, 3], [0, 0, 0], [0, 0, 9]].as_flattened());
        let read = |bytes: &[u8]| read(bytes, &Work::unbounded());
        let volume = read(&bytes).unwrap().layers[0].volume.clone();
        assert_eq!(volume.count(), 2);
        assert_eq!(volume.get(Pos::new(1, 0, 0)), Rgba::opaque(1, 2, 3));
        assert_eq!(volume.get(Pos::new(1, 0, 1)), Rgba::opaque(0, 0, 9));
        assert!((0..bytes.len()).all(|end| read(&bytes[..end]).is_err()));
        bytes.push(0);
        assert!(read(&bytes).unwrap_err().to_string().contains("after the last voxel"));
    }
}
