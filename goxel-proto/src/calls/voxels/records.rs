//! Records in base64: the compact form of many points. The byte layout stands in the module above.

use super::{Place, Result};
use crate::base64;
use crate::error::RpcError;
use crate::json::Value;
use crate::types::{Pos, Rgba, Voxel};

/// Bytes of one record.
const RECORD_BYTES: usize = size_of::<Voxel>();

/// Appends the points of a string of records.
///
/// # Errors
/// Where it is no string, no base64, or ends within a record.
pub(super) fn read(value: &Value<'_>, place: Place<'_>, points: &mut Vec<Voxel>) -> Result<()> {
    let Some(text) = value.as_str() else {
        return Err(RpcError::params(place, "must be a string of base64"));
    };
    let bytes = base64::decode(text.decode().as_bytes())
        .map_err(|error| RpcError::params(place, format_args!("is no base64: {error}")))?;
    let (records, rest) = bytes.as_chunks::<RECORD_BYTES>();
    if !rest.is_empty() {
        let what = format_args!(
            "has {} bytes, which is no multiple of the {RECORD_BYTES} of a record",
            bytes.len()
        );
        return Err(RpcError::params(place, what));
    }
    points.extend(records.iter().map(voxel));
    Ok(())
}

fn voxel(record: &[u8; RECORD_BYTES]) -> Voxel {
    let (words, _) = record.as_chunks::<4>();
    let [x, y, z] = [0, 1, 2].map(|axis| i32::from_le_bytes(words[axis]));
    Voxel { pos: Pos::new(x, y, z), rgba: Rgba(words[3]) }
}

/// Appends the record of a voxel, before base64: what `data` of `goxel.add_voxels` takes.
pub fn write(voxel: &Voxel, bytes: &mut Vec<u8>) {
    voxel.pos.to_array().iter().for_each(|axis| bytes.extend_from_slice(&axis.to_le_bytes()));
    bytes.extend_from_slice(&voxel.rgba.0);
}
