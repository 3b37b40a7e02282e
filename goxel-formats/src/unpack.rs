//! [`Unpack`]: reads what a part of a file unpacks to, piece by piece: nothing is held, so a few
//! bytes that unpack to gigabytes cost the time alone, which is counted.

use std::io::{BufReader, ErrorKind, Read};

use flate2::read::ZlibDecoder;

use crate::Result;
use crate::bytes::Cursor;

/// A stream of unpacked bytes.
pub(crate) struct Unpack<'a, R> {
    stream: BufReader<R>,
    /// Where the packed bytes begin.
    here: Cursor<'a>,
    /// What they are, for messages.
    what: &'static str,
}

impl<'a> Unpack<'a, ZlibDecoder<&'a [u8]>> {
    /// What a zlib stream unpacks to.
    pub(crate) fn zlib(packed: &'a [u8], here: Cursor<'a>, what: &'static str) -> Self {
        Self { stream: BufReader::new(ZlibDecoder::new(packed)), here, what }
    }
}

impl<R: Read> Unpack<'_, R> {
    /// The next bytes.
    #[inline]
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        self.stream.read_exact(&mut array).map_err(|error| {
            let why = match error.kind() {
                ErrorKind::UnexpectedEof => "they end too early".to_owned(),
                _ => error.to_string(),
            };
            self.here.malformed(format!("{}: {why}", self.what))
        })?;
        Ok(array)
    }

    /// Passes over bytes.
    pub(crate) fn skip(&mut self, count: u64) -> Result<()> {
        let passed = std::io::copy(&mut self.stream.by_ref().take(count), &mut std::io::sink());
        match passed {
            Ok(passed) if passed == count => Ok(()),
            Ok(_) => Err(self.here.malformed(format!("{}: they end too early", self.what))),
            Err(error) => Err(self.here.malformed(format!("{}: {error}", self.what))),
        }
    }
}
