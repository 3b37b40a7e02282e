//! Where files are: one flat directory, of a real disk or of one that tests break.
//!
//! Everything that the store keeps goes through [`Disk`] and [`DiskFile`]. They promise no more
//! than a disk does: what was written is durable after [`DiskFile::sync_data`], a name after
//! [`Disk::sync_dir`], and nothing before.

mod error;
mod real;
mod simulated;

use std::io::{Error, ErrorKind, Result};
use std::sync::Arc;

pub use self::error::DiskError;
pub(crate) use self::error::failed;
pub use self::real::RealDisk;
#[doc(hidden)]
pub use self::simulated::{Chance, SimulatedDisk};

/// A flat directory of files. Names have no slashes.
pub trait Disk: Send + Sync + 'static {
    /// What people call the directory, for errors.
    fn place(&self) -> String;

    /// Makes this process the only one that uses the directory, until the disk is dropped.
    fn lock(&self) -> Result<()>;

    /// An empty file of a name that is not there yet.
    fn create(&self, name: &str) -> Result<Box<dyn DiskFile>>;

    /// A file that is there, to read and write.
    fn open(&self, name: &str) -> Result<Box<dyn DiskFile>>;

    /// The names of all files, sorted.
    fn names(&self) -> Result<Vec<String>>;

    /// Gives a file another name. A file that had it is gone.
    fn rename(&self, from: &str, to: &str) -> Result<()>;

    /// Removes a file.
    fn remove(&self, name: &str) -> Result<()>;

    /// Makes durable which names there are: what was created, renamed and removed.
    fn sync_dir(&self) -> Result<()>;
}

/// An open file. Two threads may use one at a time.
pub trait DiskFile: Send + Sync {
    /// How many bytes the file has.
    fn len(&self) -> Result<u64>;

    /// Whether the file has no bytes.
    fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Reads some bytes from `offset` on, and says how many. None are left behind the end.
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> Result<usize>;

    /// Writes some of `bytes` from `offset` on, and says how many.
    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize>;

    /// Makes the file at least `len` bytes long, zeros where nothing was written, and takes the
    /// space for them, so that writing them cannot fail for want of space.
    fn allocate(&self, len: u64) -> Result<()>;

    /// Makes the file `len` bytes long.
    fn set_len(&self, len: u64) -> Result<()>;

    /// Makes durable what was written so far, and the length of the file.
    fn sync_data(&self) -> Result<()>;

    /// Fills all of `bytes` from `offset` on.
    fn read_exact_at(&self, bytes: &mut [u8], offset: u64) -> Result<()> {
        let mut done = 0;
        while done < bytes.len() {
            match self.read_at(&mut bytes[done..], offset + done as u64) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => done += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes all of `bytes` from `offset` on.
    fn write_all_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        let mut done = 0;
        while done < bytes.len() {
            match self.write_at(&bytes[done..], offset + done as u64) {
                Ok(0) => return Err(Error::new(ErrorKind::WriteZero, "nothing was written")),
                Ok(count) => done += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// All bytes of the file, which may have so many.
    fn read_all(&self, bytes_max: u64) -> Result<Vec<u8>> {
        let len = self.len()?;
        if len > bytes_max {
            let text = format!("it has {len} bytes, and no file of its kind more than {bytes_max}");
            return Err(Error::new(ErrorKind::FileTooLarge, text));
        }
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(len as usize).map_err(|_| Error::from(ErrorKind::OutOfMemory))?;
        bytes.resize(len as usize, 0);
        self.read_exact_at(&mut bytes, 0)?;
        Ok(bytes)
    }
}

/// A disk that several own.
impl<D: Disk + ?Sized> Disk for Arc<D> {
    fn place(&self) -> String {
        (**self).place()
    }

    fn lock(&self) -> Result<()> {
        (**self).lock()
    }

    fn create(&self, name: &str) -> Result<Box<dyn DiskFile>> {
        (**self).create(name)
    }

    fn open(&self, name: &str) -> Result<Box<dyn DiskFile>> {
        (**self).open(name)
    }

    fn names(&self) -> Result<Vec<String>> {
        (**self).names()
    }

    fn rename(&self, from: &str, to: &str) -> Result<()> {
        (**self).rename(from, to)
    }

    fn remove(&self, name: &str) -> Result<()> {
        (**self).remove(name)
    }

    fn sync_dir(&self) -> Result<()> {
        (**self).sync_dir()
    }
}
