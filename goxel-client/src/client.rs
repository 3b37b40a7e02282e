//! [`Client`]: one connection to the daemon: bytes of requests out, lines of replies in.
//!
//! The daemon answers the requests of a connection in their order, so the id of a reply is only
//! compared with the one that is due.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};

use crate::error::{Error, Refusal};
use crate::reply;
use crate::requests::Requests;

/// A reply is at most a picture: 4096 x 4096 pixels in base64 are 90 MB.
const REPLY_BYTES_MAX: u64 = 256 << 20;

/// Bytes that are read at once: some hundred replies of the usual size.
const READ_BYTES: usize = 1 << 16;

/// A connection to the daemon. Results borrow from it, so each is used before the next is read.
#[derive(Debug)]
pub struct Client {
    stream: BufReader<UnixStream>,
    line: Vec<u8>,
    /// Ids count up from 1: this one the next request takes.
    next_id: u64,
    /// The id of the next reply.
    due_id: u64,
}

impl Client {
    /// A client on a connection that stands; [`Daemon::connect`] makes one.
    ///
    /// [`Daemon::connect`]: crate::Daemon::connect
    #[must_use]
    pub fn new(stream: UnixStream) -> Self {
        let stream = BufReader::with_capacity(READ_BYTES, stream);
        Self { stream, line: Vec::new(), next_id: 1, due_id: 1 }
    }

    /// The id of the first request that is sent next.
    #[must_use]
    pub fn next_id(&self) -> u64 {
        self.next_id
    }

    /// How long a reply may let itself be waited for; for ever where none is said.
    ///
    /// # Errors
    /// Where the system refuses that.
    pub fn set_timeout(&self, timeout: Option<Duration>) -> Result<(), Error> {
        self.stream.get_ref().set_read_timeout(timeout).map_err(Error::of_connection)
    }

    /// Calls a method, of `project` where one is named, and waits for its result. `params` writes
    /// the members of its parameters.
    ///
    /// # Errors
    /// Where the daemon refuses, or the connection breaks.
    pub fn call(
        &mut self,
        method: Method,
        project: Option<&str>,
        params: impl FnOnce(&mut Writer<'_>),
    ) -> Result<Value<'_>, Error> {
        let mut requests = Requests::new(self.next_id, project);
        requests.call(method, params);
        self.send(&requests)?;
        Ok(self.reply()??)
    }

    /// Sends requests, whose ids must begin with [`Client::next_id`]. Their replies are read with
    /// [`Client::reply`]; whoever sends more than fits the buffers of a socket before reading waits
    /// for ever, which a [`Pipeline`](crate::Pipeline) does not.
    ///
    /// # Errors
    /// Where the connection breaks.
    pub fn send(&mut self, requests: &Requests) -> Result<(), Error> {
        debug_assert!(requests.is_empty() || requests.first_id() == self.next_id);
        self.send_lines(requests.bytes(), requests.len())
    }

    /// Sends `count` requests, a line each.
    pub(crate) fn send_lines(&mut self, lines: &[u8], count: u64) -> Result<(), Error> {
        self.next_id += count;
        self.stream.get_mut().write_all(lines).map_err(Error::of_connection)
    }

    /// Reads the next reply: the result, or why the daemon refused the request.
    ///
    /// # Errors
    /// Where the connection breaks, or what answers is no daemon.
    pub fn reply(&mut self) -> Result<Result<Value<'_>, Refusal>, Error> {
        let due = self.due_id;
        self.due_id += 1;
        self.read_line()?;
        reply::read(&self.line, due)
    }

    fn read_line(&mut self) -> Result<(), Error> {
        self.line.clear();
        let mut limited = (&mut self.stream).take(REPLY_BYTES_MAX);
        limited.read_until(b'\n', &mut self.line).map_err(Error::of_connection)?;
        if self.line.ends_with(b"\n") {
            return Ok(());
        }
        if self.line.len() as u64 >= REPLY_BYTES_MAX {
            return Err(Error::Protocol("the daemon's reply is longer than 256 MB"));
        }
        Err(Error::Closed)
    }

    /// Waits until the daemon has closed the connection, which it does last when it ends.
    ///
    /// # Errors
    /// Where reading fails for another reason.
    pub fn wait_for_close(mut self) -> Result<(), Error> {
        match io::copy(&mut self.stream, &mut io::sink()).map_err(Error::of_connection) {
            Ok(_) | Err(Error::Closed) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn calls() {
        let (mut client, daemon) = testing::daemon(|seen, method, params| {
            let project = params.get("project").map(|name| String::from_utf8_lossy(name.raw()));
            match seen {
                1 => Ok(format!("[\"{method}\", {}]", project.unwrap())),
                _ => Err("no"),
            }
        });
        let result = client.call(Method::Undo, Some("p"), |_| ()).unwrap();
        assert_eq!(result.raw(), b"[\"goxel.undo\", \"p\"]");
        let error = client.call(Method::Ping, None, |_| ()).unwrap_err();
        assert_eq!(error.to_string(), "no (error -1004)");
        assert!(!error.is_absent());
        drop(client);
        assert_eq!(daemon.join().unwrap(), 2);
    }

    #[test]
    fn a_daemon_that_went_away() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        drop(theirs);
        let error = Client::new(ours).call(Method::Ping, None, |_| ()).unwrap_err();
        assert!(matches!(error, Error::Closed) && error.is_absent());
    }

    #[test]
    fn a_reply_that_does_not_come() {
        let (ours, _theirs) = UnixStream::pair().unwrap();
        let mut client = Client::new(ours);
        client.set_timeout(Some(Duration::from_millis(1))).unwrap();
        assert!(matches!(client.reply().unwrap_err(), Error::Connection(_)));
    }
}
