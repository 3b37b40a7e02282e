//! [`Area`]: a part of a directory: the files whose names begin alike, as if they were all there are.

use std::io::Result;
use std::sync::Arc;

use crate::disk::{Disk, DiskFile};

/// The files of a disk whose names have this before them. They are called what is behind it.
pub(super) struct Area {
    disk: Arc<dyn Disk>,
    prefix: &'static str,
}

impl Area {
    pub(super) fn new(disk: Arc<dyn Disk>, prefix: &'static str) -> Self {
        Self { disk, prefix }
    }

    fn whole(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

impl Disk for Area {
    fn place(&self) -> String {
        self.disk.place()
    }

    /// Whoever has the disk has the area.
    fn lock(&self) -> Result<()> {
        Ok(())
    }

    fn create(&self, name: &str) -> Result<Box<dyn DiskFile>> {
        self.disk.create(&self.whole(name))
    }

    fn open(&self, name: &str) -> Result<Box<dyn DiskFile>> {
        self.disk.open(&self.whole(name))
    }

    fn names(&self) -> Result<Vec<String>> {
        let names = self.disk.names()?;
        let inside = names.iter().filter_map(|name| name.strip_prefix(self.prefix));
        Ok(inside.map(ToOwned::to_owned).collect())
    }

    fn rename(&self, from: &str, to: &str) -> Result<()> {
        self.disk.rename(&self.whole(from), &self.whole(to))
    }

    fn remove(&self, name: &str) -> Result<()> {
        self.disk.remove(&self.whole(name))
    }

    fn sync_dir(&self) -> Result<()> {
        self.disk.sync_dir()
    }
}
