//! [`wrong_indexes`]: whether indexes are what their segments hold.

use super::error::LogError;
use super::files::read_segment;
use super::index::{BYTES_MAX, Index, indexed_number};
use super::scan::{Piece, Scan};
use super::segment::{HEADER_BYTES, name_of};
use super::usage::SegmentUsage;
use crate::disk::{Disk, failed};

/// The names of indexes that are not what their segments hold, or that have none. The last segment has none
/// yet.
pub(crate) fn wrong_indexes(disk: &dyn Disk) -> Result<Vec<String>, LogError> {
    let names = disk.names().map_err(failed(disk, "list", "the files"))?;
    let mut wrong = Vec::new();
    for (name, number) in names.iter().filter_map(|name| Some((name, indexed_number(name)?))) {
        let found = disk.open(name).and_then(|file| file.read_all(BYTES_MAX));
        let found = found.ok().and_then(|bytes| Index::parse(&bytes, number));
        let is_right = match (&found, names.contains(&name_of(number))) {
            (Some(found), true) => is_right(disk, found),
            _ => false,
        };
        if !is_right {
            wrong.push(name.clone());
        }
    }
    Ok(wrong)
}

/// Whether an index is what its segment holds. What is wrong with the segment is told of that.
fn is_right(disk: &dyn Disk, index: &Index) -> bool {
    let Ok((_, mut bytes)) = read_segment(disk, &name_of(index.number)) else { return true };
    if (bytes.len() as u64) < index.end {
        return true;
    }
    bytes.truncate(index.end as usize);
    let mut counted = SegmentUsage::default();
    counted.begin(index.number);
    counted.add_bytes(HEADER_BYTES as u64);
    for piece in Scan::sealed(index.number, &bytes) {
        match piece {
            Piece::Record { head, .. } => counted.count(&head),
            Piece::Damaged { .. } | Piece::Torn { .. } => return true,
        }
    }
    counted.index().is_some_and(|counted| index.is_of(&counted))
}
