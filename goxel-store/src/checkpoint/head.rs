//! [`Head`]: what stands before the change in a file of one.
//!
//! ```text
//!  0  8 "goxchang"                       32  8 version that it leads to
//!  8  4 version of the format            40  8 voxels of the project then
//! 12  4 CRC-32 of all other bytes        48  4 its layers
//!       of the head                      52  4 the last four bytes of the file before it in the chain
//! 16  8 number of the identity           56  8 bytes of the state that the chain begins with
//! 24  8 version that it begins with      64  8 bytes of the changes before it
//!                                        72  1 bytes of the name, which follows; then the change
//! ```

use goxel_core::limits::NAME_BYTES_MAX;

use super::Summary;
use crate::state::StateError;

const MAGIC: [u8; 8] = *b"goxchang";
const FORMAT: u32 = 1;
/// Bytes before the name.
const FIXED_BYTES: usize = 73;
/// A head has no more bytes.
pub(super) const HEAD_BYTES_MAX: usize = FIXED_BYTES + NAME_BYTES_MAX;
/// Bytes of a file that the next one of the chain repeats: a checksum of all of it.
pub(super) const LINK_BYTES: usize = 4;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The project after the change. Its name has [`NAME_BYTES_MAX`] bytes at the most.
    pub(super) summary: Summary,
    pub(super) from: u64,
    /// Tells the file before it from others of the same version.
    pub(super) link: [u8; LINK_BYTES],
    pub(super) state_bytes: u64,
    pub(super) changes_bytes: u64,
}

impl Head {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let Summary { identity, version, voxels, layers, name } = &self.summary;
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
        for number in [*identity, self.from, *version, *voxels] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&layers.to_le_bytes());
        bytes.extend_from_slice(&self.link);
        bytes.extend_from_slice(&self.state_bytes.to_le_bytes());
        bytes.extend_from_slice(&self.changes_bytes.to_le_bytes());
        bytes.push(name.len() as u8);
        bytes.extend_from_slice(name.as_bytes());
        let checksum = checksum(&bytes);
        bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// The head at the beginning of these bytes, and where the change begins.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, usize), StateError> {
        let damaged = |what| StateError::Damaged { section: "head".to_owned(), offset: 0, what };
        let fixed: &[u8; FIXED_BYTES] =
            bytes.first_chunk().ok_or_else(|| damaged("it ends too early"))?;
        if fixed[..8] != MAGIC {
            return Err(damaged("it does not begin with \"goxchang\""));
        }
        let end = FIXED_BYTES + usize::from(fixed[FIXED_BYTES - 1]);
        let head = bytes.get(..end).ok_or_else(|| damaged("it ends too early"))?;
        if u32_at(fixed, 12) != checksum(head) {
            return Err(damaged("its checksum is another"));
        }
        let format = u32_at(fixed, 8);
        if format != FORMAT {
            return Err(StateError::Format { found: format, ours: FORMAT });
        }
        let name = std::str::from_utf8(&head[FIXED_BYTES..]);
        let summary = Summary {
            identity: u64_at(fixed, 16),
            version: u64_at(fixed, 32),
            voxels: u64_at(fixed, 40),
            layers: u32_at(fixed, 48),
            name: name.map_err(|_| damaged("a name that is not UTF-8"))?.to_owned(),
        };
        let head = Self {
            summary,
            from: u64_at(fixed, 24),
            link: u32_at(fixed, 52).to_le_bytes(),
            state_bytes: u64_at(fixed, 56),
            changes_bytes: u64_at(fixed, 64),
        };
        Ok((head, end))
    }
}

/// The checksum of a head but for itself.
fn checksum(head: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&head[..12]);
    hasher.update(&head[16..]);
    hasher.finalize()
}

fn u32_at(bytes: &[u8; FIXED_BYTES], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(number)
}

fn u64_at(bytes: &[u8; FIXED_BYTES], at: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(number)
}
