//! [`Client`]: a connection that waits for each of its replies.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// Longer than any call may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// A client that waits for each reply.
pub(crate) struct Client {
    stream: UnixStream,
    replies: BufReader<UnixStream>,
}

impl Client {
    pub(crate) fn connect(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let replies = BufReader::with_capacity(1 << 20, stream.try_clone()?);
        Ok(Self { stream, replies })
    }

    pub(crate) fn send(&mut self, method: &str, params: &str) -> io::Result<()> {
        let request = format!(
            "{{\"jsonrpc\":\"2.0\",\"method\":\"{method}\",\"params\":{params},\"id\":1}}\n"
        );
        self.stream.write_all(request.as_bytes())
    }

    pub(crate) fn call(&mut self, method: &str, params: &str) -> io::Result<String> {
        self.send(method, params)?;
        let mut reply = String::new();
        match self.replies.read_line(&mut reply) {
            Ok(0) => Err(io::Error::other(format!("{method} ended the connection"))),
            Ok(_) => Ok(reply),
            Err(error) => Err(io::Error::other(format!("{method}: {error}"))),
        }
    }
}
