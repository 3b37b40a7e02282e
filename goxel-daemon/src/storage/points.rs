//! [`Points`]: the voxels that were set in this turn, before they stand in the journal: those of a project go
//! in one record. A record's head and its checksums cost more than a voxel does.

use goxel_core::Project;
use goxel_proto::Method;
use goxel_proto::calls::Plain;
use goxel_store::log::record_bytes;

use super::written::{MEANING, POINT_BYTES_MAX, POINTS_HEAD_BYTES, point_code, put_point};

/// Projects that have voxels waiting, at the most: they are searched one after the other.
const PROJECTS_MAX: usize = 16;
/// Bytes of a record with which it goes into the journal though the turn is not over: over a thousand voxels,
/// beside which its head does not matter any more.
const RECORD_BYTES_MAX: usize = 16 << 10;

/// A record of one project that is not in the journal yet.
#[derive(Debug)]
pub(super) struct Points {
    pub(super) project: u64,
    /// The version that the last of them made.
    pub(super) version: u64,
    versions: u32,
    /// What commands mean, room for the number of versions, the voxels, and room for one more.
    payload: Box<[u8]>,
    len: usize,
}

impl Points {
    fn new() -> Self {
        let mut payload = vec![0; RECORD_BYTES_MAX + POINT_BYTES_MAX];
        payload[0] = MEANING;
        Self { project: 0, version: 0, versions: 0, payload: payload.into(), len: 0 }
    }

    /// What the record says. Nothing is put to it afterwards.
    pub(super) fn payload(&mut self) -> &[u8] {
        self.payload[1..POINTS_HEAD_BYTES].copy_from_slice(&self.versions.to_le_bytes());
        &self.payload[..self.len]
    }
}

/// The records of all projects. Their memory is used again turn by turn.
#[derive(Debug, Default)]
pub(super) struct Turn {
    records: Vec<Points>,
    /// How many of them are of this turn.
    len: usize,
    /// The one that was put to last: the next voxel is mostly of the same project.
    latest: usize,
    /// What they take in the journal at the most.
    bytes: u64,
}

impl Turn {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes that they take in the journal at the most.
    #[inline]
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Puts a voxel down that made `versions` of the project. True where they have to go into the journal
    /// now; `None` where the call is none that sets a voxel.
    #[inline]
    pub(super) fn put(
        &mut self,
        project: &Project,
        versions: u64,
        method: Method,
        call: &Plain,
    ) -> Option<bool> {
        let code = point_code(method)?;
        let number = project.identity().number();
        if self.latest >= self.len || self.records[self.latest].project != number {
            self.look_up(number);
        }
        let points = &mut self.records[self.latest];
        let room = points.payload[points.len..].first_chunk_mut()?;
        let bytes = put_point(code, call, room)?;
        points.len += bytes;
        points.version = project.version();
        points.versions = points.versions.saturating_add(versions as u32);
        self.bytes += bytes as u64;
        Some(points.len >= RECORD_BYTES_MAX || self.len == PROJECTS_MAX)
    }

    /// Makes the record of a project the latest one.
    fn look_up(&mut self, number: u64) {
        let found = self.records[..self.len].iter().position(|points| points.project == number);
        self.latest = found.unwrap_or(self.len);
        if found.is_some() {
            return;
        }
        if self.len == self.records.len() {
            self.records.push(Points::new());
        }
        self.len += 1;
        let points = &mut self.records[self.latest];
        (points.project, points.versions, points.len) = (number, 0, POINTS_HEAD_BYTES);
        // Also what fills it up in the end.
        self.bytes += record_bytes(points.len);
    }

    /// Takes the records, in the order in which their projects were first put to.
    pub(super) fn take(&mut self) -> impl Iterator<Item = &mut Points> {
        self.bytes = 0;
        self.records.iter_mut().take(std::mem::take(&mut self.len))
    }
}

#[cfg(test)]
mod tests {
    use goxel_core::Identity;

    use super::super::written::{read_point, read_points};
    use super::*;

    const VOXEL: [i32; 7] = [1, -2, 3, 255, 128, 0, 255];

    /// A voxel set in the project of this number, which led to a version.
    fn put(turn: &mut Turn, number: u64, version: u64) -> Option<bool> {
        let project = Project::from_layers("a", [64; 3], Vec::new());
        let project = project.known_as(Identity::of(number), version);
        let call = Plain::of(&VOXEL, false).expect("seven");
        turn.put(&project, 1, Method::AddVoxel, &call)
    }

    #[test]
    fn voxels_of_a_project_are_one_record_whoever_comes_between() {
        let mut turn = Turn::default();
        for version in 1..=3 {
            assert_eq!(put(&mut turn, 7, version), Some(false));
            assert_eq!(put(&mut turn, 9, 10 * version), Some(false));
        }
        let reserved = turn.bytes();
        let mut taken = 0;
        for (points, (number, last)) in turn.take().zip([(7, 3), (9, 30)]) {
            assert_eq!((points.project, points.version), (number, last));
            let payload = points.payload();
            taken += record_bytes(payload.len());
            assert_eq!(payload[0], MEANING);
            let (versions, mut rest) = read_points(&payload[1..]).expect("whole");
            assert_eq!(versions, 3);
            for _ in 0..3 {
                let (method, call) = read_point(&mut rest).expect("a point");
                assert_eq!((method, call.numbers()), (Method::AddVoxel, &VOXEL[..]));
            }
            assert!(rest.is_empty());
        }
        assert!(taken <= reserved && reserved <= taken + 2 * 8, "{taken} of {reserved}");
        assert!(turn.is_empty() && turn.bytes() == 0);
        // What is taken is not there again.
        put(&mut turn, 9, 31);
        assert_eq!(turn.take().map(|points| points.version).collect::<Vec<_>>(), [31]);
    }

    #[test]
    fn neither_a_record_nor_their_number_grows_without_end() {
        let mut turn = Turn::default();
        let fits = (1..).find(|version| put(&mut turn, 7, *version) == Some(true));
        let last = turn.take().map(|points| points.payload().len()).max();
        assert!(last.is_some_and(|len| (RECORD_BYTES_MAX..RECORD_BYTES_MAX + 50).contains(&len)));
        assert!(fits.is_some_and(|voxels| voxels > 1000));
        let full = (1..).find(|number| put(&mut turn, *number, 1) == Some(true));
        assert_eq!(full, Some(PROJECTS_MAX as u64));
    }

    #[test]
    fn what_sets_no_voxel_is_none() {
        let mut turn = Turn::default();
        let project = Project::from_layers("a", [64; 3], Vec::new());
        let call = Plain::of(&[1, 2, 3], false).expect("three");
        assert_eq!(turn.put(&project, 1, Method::GetVoxel, &call), None);
        assert!(turn.is_empty() && turn.take().next().is_none());
    }
}
