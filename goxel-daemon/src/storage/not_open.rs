//! [`NotOpen`]: how the projects can be had that are not open.

use std::sync::Arc;

use goxel_core::{Identity, Project};
use goxel_store::disk::Disk;

use super::Storage;

/// How a project can be had that is not open.
pub(crate) enum NotOpen<'a> {
    /// Its files do not have all of it yet.
    AtHand(&'a Project),
    /// Its files have it, which have so many bytes.
    InFiles(u64),
    /// It cannot be had, for this reason.
    Refused(&'a str),
}

impl Storage {
    /// The projects that are not open, which `is_open` says: their names, and how they can be had.
    pub(crate) fn not_open(
        &self,
        is_open: impl Fn(Identity) -> bool,
    ) -> impl Iterator<Item = (Identity, &str, NotOpen<'_>)> {
        let all = self.kept.iter().map(|(number, kept)| (Identity::of(*number), kept));
        all.filter(move |(identity, _)| !is_open(*identity)).map(|(identity, kept)| {
            let how = match (&kept.refused, &kept.closed, &kept.stored) {
                (Some(why), ..) => NotOpen::Refused(why),
                (None, Some(project), _) => NotOpen::AtHand(project),
                (None, None, Some(stored)) => NotOpen::InFiles(stored.bytes),
                (None, None, None) => NotOpen::Refused("the data directory has nothing of it"),
            };
            (identity, kept.name.as_str(), how)
        })
    }

    /// Where everything is kept.
    pub(crate) fn disk(&self) -> Arc<dyn Disk> {
        Arc::clone(&self.disk)
    }
}
