//! [`Out`]: what writers write to, and tell what they lose.

use std::io::{self, BufWriter, Write};

use goxel_proto::types::{Loss, Unit, Up};

use crate::limits::WRITE_BUFFER_BYTES;
use crate::report::Report;
use crate::{Beside, Error, Result, WriteOptions};

/// The name that files beside it begin with where the file has none.
const STEM: &str = "model";

/// The stream of a file, the files beside it, and what there is to say of them.
#[allow(dead_code, reason = "the files beside it are for formats that are on their way")]
pub(crate) struct Out<'a> {
    stream: BufWriter<&'a mut dyn Write>,
    beside: Option<&'a dyn Beside>,
    stem: &'a str,
    report: Report,
}

#[allow(dead_code, reason = "as above")]
impl<'a> Out<'a> {
    pub(crate) fn new(
        options: &WriteOptions<'a>,
        report: Report,
        stream: &'a mut dyn Write,
    ) -> Self {
        Self {
            stream: BufWriter::with_capacity(WRITE_BUFFER_BYTES, stream),
            beside: options.beside,
            stem: options.stem.filter(|stem| !stem.is_empty()).unwrap_or(STEM),
            report,
        }
    }

    /// Writes what is left.
    pub(crate) fn finish(mut self) -> Result<Report> {
        self.stream.flush().map_err(Error::Output)?;
        Ok(self.report)
    }

    /// Tells that the file does not have something. A count of 0 says nothing.
    pub(crate) fn lose(&mut self, code: Loss, what: impl Into<String>, count: u64) {
        self.report.lose(code, what, count);
    }

    /// Tells how a mesh lies in space, and what its numbers are measured in.
    pub(crate) fn lies(&mut self, up: Up, unit: Unit) {
        (self.report.up, self.report.unit) = (Some(up), Some(unit));
    }

    /// The file's name without its extension.
    pub(crate) fn stem(&self) -> &'a str {
        self.stem
    }

    /// Whether there can be files beside it.
    pub(crate) fn has_beside(&self) -> bool {
        self.beside.is_some()
    }

    /// Begins the file beside it that has the same name and another end, such as `.mtl`. Nothing where
    /// there can be none; see [`Self::has_beside`].
    pub(crate) fn beside(&mut self, end: &str) -> Result<Option<BufWriter<Box<dyn Write + 'a>>>> {
        let Some(beside) = self.beside else { return Ok(None) };
        let name = format!("{}{end}", self.stem);
        let file = beside.create(&name)?;
        self.report.beside.push(name);
        Ok(Some(BufWriter::with_capacity(WRITE_BUFFER_BYTES, file)))
    }
}

impl Write for Out<'_> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
