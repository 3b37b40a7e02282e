//! Chunks as they are written.

use crate::{Error, Result};

/// Bytes of a chunk before its content.
pub(super) const HEADER_BYTES: u64 = 12;

/// A chunk without children.
pub(super) fn chunk(kind: &[u8; 4], body: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = header(kind, body.len() as u64, 0)?.to_vec();
    bytes.extend(body);
    Ok(bytes)
}

/// What stands before the content of a chunk.
pub(super) fn header(
    kind: &[u8; 4],
    content: u64,
    children: u64,
) -> Result<[u8; HEADER_BYTES as usize]> {
    let mut bytes = [0; HEADER_BYTES as usize];
    bytes[..4].copy_from_slice(kind);
    for (at, length) in [(4, content), (8, children)] {
        let length = u32::try_from(length).map_err(|_| too_large())?;
        bytes[at..at + 4].copy_from_slice(&length.to_le_bytes());
    }
    Ok(bytes)
}

/// Lengths are 32 bits.
pub(super) fn too_large() -> Error {
    Error::TooLarge("a .vox file cannot have more than 4 GiB: write it in parts".to_owned())
}
