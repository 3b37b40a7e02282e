//! [`Past`]: the records that a project has in a segment, from the front or from the back: for whoever looks
//! for an older version.

use super::error::{Damage, LogError};
use super::files::read_segment;
use super::kind;
use super::scan::{Piece, Scan};
use super::segment::name_of;
use super::share::Part;
use super::{Found, Place};
use crate::disk::{Disk, failed};

/// The records of one project in one segment, which is held in memory.
pub struct Past {
    segment: u64,
    project: u64,
    bytes: Vec<u8>,
    /// Of each record its place, and when it was made.
    records: Vec<(u32, u64)>,
    /// What cannot be read and may have been the project's.
    damage: Option<Damage>,
}

impl Past {
    /// Reads the records of a project in a part of the log. What is behind its end may be written meanwhile.
    ///
    /// # Errors
    /// Where the file cannot be read. Damage is no error.
    pub fn read(disk: &dyn Disk, part: &Part, project: u64) -> Result<Self, LogError> {
        let segment = part.number;
        let name = name_of(segment);
        let (_, mut bytes) = read_segment(disk, &name)?;
        if (bytes.len() as u64) < part.end {
            return Err(
                failed(disk, "read", &name)(std::io::ErrorKind::UnexpectedEof.into()).into()
            );
        }
        bytes.truncate(part.end as usize);
        let (mut records, mut damage) = (Vec::new(), None);
        let mut time_ms = part.began_ms;
        for piece in Scan::sealed(segment, &bytes) {
            match piece {
                Piece::Record { head, .. } if head.kind == kind::TIME => {
                    time_ms = time_ms.max(head.version);
                }
                Piece::Record { head, place, .. } if head.project == project => {
                    records.push((place.offset as u32, time_ms));
                }
                Piece::Record { .. } => {}
                Piece::Damaged { from, until, concerns } => {
                    let (offset, bytes) = (from as u64, (until - from) as u64);
                    if concerns.may_be_of(project) {
                        damage = Some(Damage { name: name.clone(), offset, bytes, concerns });
                    }
                }
                Piece::Torn { .. } => {}
            }
        }
        Ok(Self { segment, project, bytes, records, damage })
    }

    /// What cannot be read and may have been a record of the project.
    #[must_use]
    pub fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// A record, by its place in the order.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<(Found, u64)> {
        let (offset, time_ms) = *self.records.get(index)?;
        let mut scan = Scan::sealed(self.segment, &self.bytes);
        scan.go_to(offset as usize);
        let Some(Piece::Record { head, payload, .. }) = scan.next() else { return None };
        let found = Found {
            place: Place { segment: self.segment, offset: offset.into() },
            project: self.project,
            version: head.version,
            kind: head.kind,
            payload: payload.to_vec(),
        };
        Some((found, time_ms))
    }
}
