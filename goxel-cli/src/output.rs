//! [`Output`]: standard output, on which nothing but results goes.

use std::io::{self, ErrorKind, Write};

/// Writes results until their reader goes away.
///
/// `head` closing its end of the pipe is no failure, and no reason to leave a batch half done: the
/// rest of the results is thrown away, and the work goes on.
pub(crate) struct Output<W> {
    to: W,
    closed: bool,
}

impl<W: Write> Output<W> {
    pub(crate) fn new(to: W) -> Self {
        Self { to, closed: false }
    }

    /// Writes `text` and a line break, unless it is empty.
    ///
    /// # Errors
    /// Where writing fails for another reason than a closed pipe.
    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        if self.closed || text.is_empty() {
            return Ok(());
        }
        let result = self.to.write_all(text.as_bytes()).and_then(|()| self.to.write_all(b"\n"));
        self.unless_closed(result)
    }

    /// Writes bytes as they are.
    ///
    /// # Errors
    /// Where writing fails for another reason than a closed pipe.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let result = self.to.write_all(bytes);
        self.unless_closed(result)
    }

    /// Whether the reader has gone away, so that nobody sees what is written.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Writes what is still in a buffer.
    ///
    /// # Errors
    /// Where writing fails for another reason than a closed pipe.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let result = self.to.flush();
        self.unless_closed(result)
    }

    fn unless_closed(&mut self, result: io::Result<()>) -> io::Result<()> {
        match result {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let mut bytes = Vec::new();
        let mut output = Output::new(&mut bytes);
        output.line("a").unwrap();
        output.line("").unwrap();
        output.line("b").unwrap();
        assert_eq!(bytes, b"a\nb\n");
    }

    #[test]
    fn a_reader_that_goes_away_is_no_failure() {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let mut output = Output::new(writer);
        output.line("a").unwrap();
        assert!(output.closed);
        output.flush().unwrap();
    }
}
