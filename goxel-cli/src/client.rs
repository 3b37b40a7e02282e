//! [`Client`]: one connection to the daemon: bytes of requests out, lines of replies in.
//!
//! The daemon answers the requests of a connection in their order, so the id of a reply is only
//! compared with the one that is due.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;

use anyhow::{Context as _, Result, bail};
use goxel_proto::json::Value;

/// A reply is at most a picture: 4096 x 4096 pixels in base64 are 90 MB.
const REPLY_BYTES_MAX: u64 = 256 << 20;

/// A connection to the daemon.
pub(crate) struct Client {
    stream: BufReader<UnixStream>,
    line: Vec<u8>,
    /// Ids count up from 1: this one the next request takes.
    next_id: u64,
    /// The id of the next reply.
    due_id: u64,
}

/// The daemon's refusal of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: i64,
    pub(crate) message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (error {})", self.message, self.code)
    }
}

impl std::error::Error for Refusal {}

/// The daemon went away while replies were due.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the daemon closed the connection before it answered")
    }
}

impl std::error::Error for Closed {}

impl Client {
    pub(crate) fn new(stream: UnixStream) -> Self {
        let stream = BufReader::with_capacity(1 << 16, stream);
        Self { stream, line: Vec::new(), next_id: 1, due_id: 1 }
    }

    /// The id of the first request that is sent next.
    pub(crate) fn next_id(&self) -> u64 {
        self.next_id
    }

    /// Sends `count` requests, whose ids go up from [`Client::next_id`].
    ///
    /// # Errors
    /// Where the connection breaks.
    pub(crate) fn send(&mut self, requests: &[u8], count: u64) -> Result<()> {
        self.next_id += count;
        self.stream.get_mut().write_all(requests).map_err(broken)
    }

    /// Reads the next reply: the result, or why the daemon refused the request.
    ///
    /// # Errors
    /// Where the connection breaks, or what answers is no daemon.
    pub(crate) fn reply(&mut self) -> Result<Result<Value<'_>, Refusal>> {
        let due = self.due_id;
        self.due_id += 1;
        self.read_line()?;
        read_reply(&self.line, due)
    }

    fn read_line(&mut self) -> Result<()> {
        self.line.clear();
        let mut limited = (&mut self.stream).take(REPLY_BYTES_MAX);
        limited.read_until(b'\n', &mut self.line).map_err(broken)?;
        if self.line.ends_with(b"\n") {
            return Ok(());
        }
        if self.line.len() as u64 >= REPLY_BYTES_MAX {
            bail!("a reply of more than {REPLY_BYTES_MAX} bytes");
        }
        Err(Closed.into())
    }

    /// Waits until the daemon has closed the connection.
    ///
    /// # Errors
    /// Where reading fails for another reason.
    pub(crate) fn wait_for_close(mut self) -> Result<()> {
        match io::copy(&mut self.stream, &mut io::sink()).map_err(broken) {
            Err(error) if !error.is::<Closed>() => Err(error),
            _ => Ok(()),
        }
    }
}

/// A daemon that ends shows as one of these, depending on what it had read.
fn broken(error: io::Error) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => Closed.into(),
        _ => anyhow::Error::new(error).context("the connection to the daemon failed"),
    }
}

fn read_reply(line: &[u8], due: u64) -> Result<Result<Value<'_>, Refusal>> {
    if let Some(result) = usual_result(line, due) {
        return Ok(Ok(result));
    }
    let reply = Value::parse(line)
        .ok()
        .filter(|reply| reply.get("jsonrpc").and_then(|v| v.as_str()).is_some_and(|v| v == *"2.0"))
        .context("what listens on the socket is no goxel-daemon: it does not speak JSON-RPC 2.0")?;
    if let Some(error) = reply.get("error") {
        return Ok(Err(refusal(&error)));
    }
    let id = reply.get("id").and_then(|id| id.as_number()?.to_i64());
    if id.and_then(|id| u64::try_from(id).ok()) != Some(due) {
        bail!("what listens on the socket answered another request than the one that was due");
    }
    reply.get("result").map(Ok).context("the daemon's reply has neither a result nor an error")
}

/// The result of a reply as goxel-daemon writes it. `None` where it is written otherwise, or is an
/// error.
fn usual_result(line: &[u8], due: u64) -> Option<Value<'_>> {
    let body = line.strip_prefix(b"{ \"jsonrpc\": \"2.0\", \"result\": ")?;
    let body = body.strip_suffix(b" }\n")?;
    let digits = body.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (body, id) = body.split_at(body.len() - digits);
    let result = body.strip_suffix(b", \"id\": ")?;
    let id: u64 = std::str::from_utf8(id).ok()?.parse().ok()?;
    Value::parse(result).ok().filter(|_| id == due)
}

fn refusal(error: &Value<'_>) -> Refusal {
    let message = error.get("message").and_then(|message| message.as_str());
    Refusal {
        code: error.get("code").and_then(|code| code.as_number()?.to_i64()).unwrap_or_default(),
        message: message.map_or_else(|| "unknown error".into(), |text| text.decode().into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a client makes of `answer`, which comes after which the other end is closed.
    fn check(answer: &str, expected: &str) {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        theirs.write_all(answer.as_bytes()).unwrap();
        drop(theirs);
        let found = match Client::new(ours).reply() {
            Ok(Ok(value)) => String::from_utf8_lossy(value.raw()).into_owned(),
            Ok(Err(refusal)) => refusal.to_string(),
            Err(error) => format!("{error:#}"),
        };
        assert_eq!(found, expected, "{answer}");
    }

    #[test]
    fn replies() {
        check("{\"jsonrpc\": \"2.0\", \"result\": [1], \"id\": 1}\n", "[1]");
        check("{ \"jsonrpc\": \"2.0\", \"result\": [ 1 ], \"id\": 1 }\n", "[ 1 ]");
        check(
            "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32602,\"message\":\"no \\\"x\\\"\"},\"id\":null}\n",
            "no \"x\" (error -32602)",
        );
        let other = "what listens on the socket answered another request than the one that was due";
        check("{\"jsonrpc\": \"2.0\", \"result\": 1, \"id\": 2}\n", other);
        check("{ \"jsonrpc\": \"2.0\", \"result\": 1, \"id\": 2 }\n", other);
        let none = "what listens on the socket is no goxel-daemon: it does not speak JSON-RPC 2.0";
        check("HTTP/1.1 400 Bad Request\n", none);
        check("{}\n", none);
        let closed = "the daemon closed the connection before it answered";
        check("", closed);
        check("{\"jsonrpc\"", closed);
    }

    #[test]
    fn writing_to_a_daemon_that_went_away() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        drop(theirs);
        let error = Client::new(ours).send(b"{}\n", 1).unwrap_err();
        assert!(error.is::<Closed>());
    }
}
