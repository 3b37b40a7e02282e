//! [`Stoppable`]: a file that is being written, until somebody stops that.

use std::io::{self, Seek, SeekFrom, Write};

use goxel_core::Work;

/// Bytes that are written between two looks at whether to go on: the kernel copies them in a tenth of a
/// millisecond.
const WRITTEN_AT_ONCE: usize = 1 << 20;

/// Counts what is written as work, so that a file is not written on when nobody wants it any more.
pub(crate) struct Stoppable<'a, W> {
    file: W,
    work: &'a Work<'a>,
}

impl<'a, W: Write> Stoppable<'a, W> {
    pub(crate) fn new(file: W, work: &'a Work<'a>) -> Self {
        Self { file, work }
    }
}

impl<W: Write> Write for Stoppable<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.work.check().map_err(io::Error::other)?;
        let written = self.file.write(&bytes[..bytes.len().min(WRITTEN_AT_ONCE)])?;
        self.work.spend(written as u64).map_err(io::Error::other)?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl<W: Seek> Seek for Stoppable<'_, W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use goxel_core::{Control, Error, Result, Serial};

    use super::*;

    /// Stops what has done so much.
    struct Until(u64);

    impl Control for Until {
        fn check(&self, done: u64, _: u64) -> Result<()> {
            if done >= self.0 { Err(Error::Cancelled) } else { Ok(()) }
        }
    }

    #[test]
    fn a_file_is_written_until_that_is_stopped() {
        let (control, mut file) = (Until(10), Vec::new());
        let work = Work::new(u64::MAX, &control, &Serial);
        let mut out = Stoppable::new(&mut file, &work);
        assert!(out.write_all(b"123456").is_ok() && out.write_all(b"7890").is_ok());
        assert_eq!(out.write_all(b"x").map_err(|error| error.to_string()), Err("cancelled".into()));
        assert_eq!(file, b"1234567890");
    }

    #[test]
    fn much_is_written_a_part_at_a_time() {
        let (control, mut file) = (Until(2 * WRITTEN_AT_ONCE as u64), Vec::new());
        let work = Work::new(u64::MAX, &control, &Serial);
        let mut out = Stoppable::new(&mut file, &work);
        assert!(out.write_all(&vec![7; 9 * WRITTEN_AT_ONCE]).is_err());
        assert_eq!(file.len(), 2 * WRITTEN_AT_ONCE);
    }
}
