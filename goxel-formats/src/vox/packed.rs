//! Models that are stored as a compressed box of colours, as the game Teardown does.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::ZlibDecoder;

use super::MODEL_EDGE;
use super::place::Model;
use crate::Result;
use crate::budget::Budget;
use crate::bytes::Cursor;

/// Reads the body of a `TDCZ` chunk.
pub(super) fn model(mut body: Cursor<'_>, budget: &mut Budget<'_>) -> Result<Model<'static>> {
    let size = [body.u32()?, body.u32()?, body.u32()?];
    if size.iter().any(|&edge| i64::from(edge) > MODEL_EDGE) {
        let [x, y, z] = size;
        return Err(body.malformed(format!("a packed model of {x} x {y} x {z} voxels")));
    }
    let [width, depth, height] = size.map(|edge| edge as usize);
    let mut colours = Vec::new();
    let mut packed = ZlibDecoder::new(body.clone().rest()).take((width * depth * height) as u64);
    if let Err(error) = packed.read_to_end(&mut colours) {
        return Err(body.malformed(format!("a packed model: {error}")));
    }
    if colours.len() < width * depth * height {
        return Err(body.malformed("a packed model with too few voxels"));
    }
    let mut voxels = Vec::new();
    for (row, colours) in colours.chunks_exact(width.max(1)).enumerate() {
        let (y, z) = ((row % depth) as u8, (row / depth) as u8);
        let solid = colours.iter().enumerate().filter(|(_, colour)| **colour > 0);
        voxels.extend(solid.map(|(x, &colour)| [x as u8, y, z, colour]));
    }
    budget.spend_bytes(size_of_val(voxels.as_slice()) as u64)?;
    let voxels = Cow::Owned(voxels);
    Ok(Model { size, voxels })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn read(size: [u32; 3], colours: &[u8]) -> Result<Model<'static>> {
        let mut bytes: Vec<u8> = size.iter().flat_map(|edge| edge.to_le_bytes()).collect();
        let mut packed = flate2::write::ZlibEncoder::new(&mut bytes, flate2::Compression::fast());
        packed.write_all(colours).unwrap();
        packed.finish().unwrap();
        model(Cursor::new(&bytes, "vox"), &mut Budget::for_file(0, &goxel_core::Work::unbounded()))
    }

    #[test]
    fn packed_models_are_unpacked() {
        let model = read([3, 2, 2], &[0, 7, 0, 0, 0, 0, 0, 0, 8, 0, 0, 9]).unwrap();
        assert_eq!(*model.voxels, [[1, 0, 0, 7], [2, 0, 1, 8], [2, 1, 1, 9]]);
        assert!(read([3, 2, 2], &[1; 11]).is_err());
        assert!(read([257, 1, 1], &[1; 257]).is_err());
        assert!(read([u32::MAX; 3], &[]).is_err());
        assert!(read([0, 5, 5], &[]).unwrap().voxels.is_empty());
    }
}
