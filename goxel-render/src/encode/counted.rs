//! [`Counted`]: what an encoder writes, for as long as the work goes on.

use std::io::{self, Write};

use goxel_core::Work;

use crate::Error;

/// Bytes in memory that count as work. An encoder of somebody else's knows no [`Work`]; it ends where a
/// write fails.
pub(super) struct Counted<'a> {
    bytes: Vec<u8>,
    work: &'a Work<'a>,
    stopped: &'a mut Option<goxel_core::Error>,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Err(error) = self.work.spend(bytes.len() as u64) {
            *self.stopped = Some(error);
            return Err(io::Error::other("stopped"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What `encode` writes.
///
/// # Errors
/// Where the work has to end, or `encode` fails.
pub(super) fn counted<E: std::fmt::Display>(
    work: &Work<'_>,
    encode: impl FnOnce(&mut Counted<'_>) -> Result<(), E>,
) -> Result<Vec<u8>, Error> {
    work.check()?;
    let mut stopped = None;
    let mut to = Counted { bytes: Vec::new(), work, stopped: &mut stopped };
    let outcome = encode(&mut to);
    let bytes = to.bytes;
    match (outcome, stopped) {
        (_, Some(stopped)) => Err(stopped.into()),
        (Err(error), None) => Err(Error::Encoding(error.to_string())),
        (Ok(()), None) => Ok(bytes),
    }
}
