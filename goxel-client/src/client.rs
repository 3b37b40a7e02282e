//! [`Client`]: one connection to the daemon: bytes of requests out, lines of replies in.
//!
//! The daemon answers the requests of a connection in their order, so the id of a reply is only
//! compared with the one that is due.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use goxel_proto::json::{Value, Writer};
use goxel_proto::{ErrorCode, Method, response};

use crate::error::{Error, Refusal};
use crate::event::{Event, Kept};
use crate::onlooker::{Onlooker, Told};
use crate::reply;
use crate::requests::Requests;
use crate::watched::{Cancel, Watched, is_quiet, is_readable};

/// A reply is at most a picture: 4096 x 4096 pixels in base64 are 90 MB.
const REPLY_BYTES_MAX: u64 = 256 << 20;

/// Bytes that are read at once: some hundred replies of the usual size.
const READ_BYTES: usize = 1 << 16;

/// How long the system is asked to wait for an event at a time; then it is asked again.
const LISTENED_FOR: Duration = Duration::from_secs(3600);

/// A connection to the daemon. Results borrow from it, so each is used before the next is read.
#[derive(Debug)]
pub struct Client {
    stream: BufReader<UnixStream>,
    line: Vec<u8>,
    /// Ids count up from 1: this one the next request takes.
    next_id: u64,
    /// The id of the next reply.
    due_id: u64,
    /// The request that attaches the connection to a session, until it is sent.
    attach: Vec<u8>,
    /// Whether its reply is still to come, before all others.
    is_attaching: bool,
    watched: Option<Box<Watched>>,
    /// What came while replies were waited for.
    events: Kept,
}

/// What several connections are together that work on the same project by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionName {
    /// What it calls itself.
    pub name: String,
    /// A session that is preferred where the daemon knows its project.
    pub prefer: Option<String>,
}

/// The id of the request that attaches: all others count from 1.
const ATTACH_ID: u64 = 0;
/// What a daemon that knows no sessions answers: it is worked with as it is.
const METHOD_NOT_FOUND: i64 = ErrorCode::MethodNotFound as i64;

impl Client {
    /// A client on a connection that stands; [`Daemon::connect`] makes one.
    ///
    /// [`Daemon::connect`]: crate::Daemon::connect
    #[must_use]
    pub fn new(stream: UnixStream) -> Self {
        let stream = BufReader::with_capacity(READ_BYTES, stream);
        Self {
            stream,
            line: Vec::new(),
            next_id: 1,
            due_id: 1,
            attach: Vec::new(),
            is_attaching: false,
            watched: None,
            events: Kept::default(),
        }
    }

    /// Another connection to the same daemon, with nobody who looks on.
    ///
    /// # Errors
    /// Where the daemon is gone.
    pub fn another(&self) -> Result<Self, Error> {
        let peer = self.stream.get_ref().peer_addr().map_err(Error::of_connection)?;
        let stream = match peer.as_pathname() {
            Some(path) => UnixStream::connect(path),
            None => Err(io::Error::new(io::ErrorKind::NotFound, "its socket has no name")),
        };
        Ok(Self::new(stream.map_err(Error::of_connection)?))
    }

    /// The same, with somebody who looks on while replies are waited for, and has calls cancelled
    /// by `cancel`.
    pub(crate) fn watched_by(self, onlooker: Box<dyn Onlooker>, cancel: Cancel) -> Self {
        Self { watched: Some(Box::new(Watched::new(onlooker, cancel))), ..self }
    }

    /// Whether calls ask the daemon for news of their progress, since somebody wants them.
    /// [`Requests::tell_progress`] is told so by who builds requests for this connection.
    #[must_use]
    pub fn wants_progress(&self) -> bool {
        self.watched.as_ref().is_some_and(|watched| watched.onlooker.wants_progress())
    }

    /// Whether the onlooker wanted a call to be cancelled, be it that the wish came too late. What
    /// would have been called behind it is not called then.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.watched.as_ref().is_some_and(|watched| watched.is_stopped)
    }

    /// Begins anew after calls were to be cancelled. Gives whether they were.
    pub fn take_stopped(&mut self) -> bool {
        self.watched.as_mut().is_some_and(|watched| std::mem::take(&mut watched.is_stopped))
    }

    /// How many bytes calls have printed that the onlooker has heard already, since this was asked last.
    pub fn take_heard(&mut self) -> usize {
        self.watched.as_mut().map_or(0, |watched| std::mem::take(&mut watched.heard))
    }

    /// Has the onlooker show nothing, where somebody else shows how far the work is; or show again.
    pub fn hide_progress(&mut self, hidden: bool) {
        if let Some(watched) = &mut self.watched {
            watched.onlooker.set_hidden(hidden);
        }
    }

    /// The same, of a session: calls that name no project work on the session's. This is sent
    /// along with the first request, so it takes no time of its own; where the daemon refuses it,
    /// that is the outcome of the first call.
    #[must_use]
    pub fn of_session(mut self, session: &SessionName) -> Self {
        let name = Method::Attach.info().name;
        response::request(&mut self.attach, name, ATTACH_ID, |writer| {
            writer.object(|writer| {
                writer.member("session", &session.name);
                if let Some(prefer) = &session.prefer {
                    writer.member("prefer", prefer);
                }
            });
        });
        self
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
        requests.tell_progress(self.wants_progress());
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
        if let Some(watched) = &mut self.watched {
            if watched.onlooker.is_over() {
                return Err(Error::Left);
            }
            watched.begin();
        }
        self.next_id += count;
        let stream = self.stream.get_mut();
        let written = if self.attach.is_empty() {
            stream.write_all(lines)
        } else {
            self.is_attaching = true;
            stream.write_all(&[&std::mem::take(&mut self.attach), lines].concat())
        };
        written.map_err(Error::of_connection)
    }

    /// Reads the next reply: the result, or why the daemon refused the request.
    ///
    /// # Errors
    /// Where the connection breaks, or what answers is no daemon.
    pub fn reply(&mut self) -> Result<Result<Value<'_>, Refusal>, Error> {
        if std::mem::take(&mut self.is_attaching) {
            self.read_line()?;
            match reply::read(&self.line, ATTACH_ID)? {
                Err(refusal) if refusal.code != METHOD_NOT_FOUND => return Err(refusal.into()),
                _ => {}
            }
        }
        let due = self.due_id;
        self.due_id += 1;
        self.read_line()?;
        reply::read(&self.line, due)
    }

    /// The next event that the daemon tells: one that came while a reply was waited for, or one that comes
    /// within this time, or ever where none is said. `None` where none comes. To be called where no reply
    /// is due.
    ///
    /// # Errors
    /// Where the connection breaks, or the daemon answers what nobody asked.
    pub fn next_event(&mut self, timeout: Option<Duration>) -> Result<Option<Event>, Error> {
        let until = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            if let Some(event) = self.events.next() {
                return Ok(Some(event));
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            let is_there = !self.stream.buffer().is_empty()
                || is_readable(self.stream.get_ref(), None, left.unwrap_or(LISTENED_FOR))?;
            if is_there {
                self.read_any_line()?;
                if !self.events.take_line(&self.line) && Told::read(&self.line).is_none() {
                    return Err(Error::Protocol("the daemon answered what nobody asked"));
                }
            } else if left.is_some_and(|left| left.is_zero()) {
                return Ok(None);
            }
        }
    }

    /// Reads the line of a reply; those that tell of progress go to the onlooker, and events are kept.
    fn read_line(&mut self) -> Result<(), Error> {
        loop {
            self.wait()?;
            self.read_any_line()?;
            if self.events.take_line(&self.line) {
                continue;
            }
            let told = Told::read(&self.line);
            let is_reply = told.is_none();
            if let Some(watched) = &mut self.watched {
                match told {
                    Some(told) => watched.tell(told),
                    None => watched.end(),
                }
            }
            if is_reply {
                return Ok(());
            }
        }
    }

    /// Waits for what is read next, where somebody looks on.
    fn wait(&mut self) -> Result<(), Error> {
        match &mut self.watched {
            Some(watched) if self.stream.buffer().is_empty() => watched.wait(self.stream.get_ref()),
            _ => Ok(()),
        }
    }

    fn read_any_line(&mut self) -> Result<(), Error> {
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

    /// Whether the connection is as it is between calls: open, and with nothing to read. One that the
    /// daemon has closed can be read.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.next_id == self.due_id
            && self.stream.buffer().is_empty()
            && is_quiet(self.stream.get_ref())
    }

    /// The connection.
    pub(crate) fn stream(&self) -> &UnixStream {
        self.stream.get_ref()
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
    fn a_session_goes_along_with_the_first_request() {
        let session = SessionName { name: "a".to_owned(), prefer: Some("b".to_owned()) };
        type Answer = fn(u64) -> Result<String, &'static str>;
        let answers: [Answer; 2] = [
            |seen| Ok(seen.to_string()),
            |seen| if seen == 1 { Err("no") } else { Ok("2".into()) },
        ];
        for (answer, expected) in answers.into_iter().zip(["2", "no (error -1004)"]) {
            let (client, daemon) = testing::daemon(move |seen, method, params| {
                if seen == 1 {
                    assert_eq!(method, "goxel.attach");
                    assert_eq!(params.raw(), br#"{ "session": "a", "prefer": "b" }"#);
                }
                answer(seen)
            });
            let mut client = client.of_session(&session);
            assert_eq!(client.next_id(), 1);
            let told = match client.call(Method::Ping, None, |_| ()) {
                Ok(value) => String::from_utf8_lossy(value.raw()).into_owned(),
                Err(error) => error.to_string(),
            };
            assert_eq!(told, expected);
            drop(client);
            assert_eq!(daemon.join().unwrap(), 2);
        }
    }

    #[test]
    fn a_daemon_that_went_away() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        drop(theirs);
        let error = Client::new(ours).call(Method::Ping, None, |_| ()).unwrap_err();
        assert!(matches!(error, Error::Closed) && error.is_absent());
    }

    #[test]
    fn events_come_between_replies_and_by_themselves() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut client = Client::new(ours);
        let event = |version: u64| {
            let params = format!("{{ \"kind\": \"scene\", \"version_to\": {version} }}");
            format!(
                "{{ \"jsonrpc\": \"2.0\", \"method\": \"goxel.event\", \"params\": {params} }}\n"
            )
        };
        let reply = "{ \"jsonrpc\": \"2.0\", \"result\": 5, \"id\": 1 }\n";
        let told = [event(1), reply.to_owned(), event(2)].concat();
        theirs.write_all(told.as_bytes()).unwrap();
        assert_eq!(client.call(Method::Ping, None, |_| ()).unwrap().raw(), b"5");
        let versions: Vec<_> =
            (0..2).map(|_| client.next_event(None).unwrap().unwrap().version_to).collect();
        assert_eq!(versions, [Some(1), Some(2)]);
        assert_eq!(client.next_event(Some(Duration::ZERO)).unwrap(), None);
        assert_eq!(client.next_event(Some(Duration::from_millis(1))).unwrap(), None);
        theirs.write_all(reply.as_bytes()).unwrap();
        let error = client.next_event(None).unwrap_err();
        assert_eq!(error.to_string(), "the daemon answered what nobody asked");
        drop(theirs);
        assert!(client.next_event(None).unwrap_err().is_absent());
    }

    #[test]
    fn a_reply_that_does_not_come() {
        let (ours, _theirs) = UnixStream::pair().unwrap();
        let mut client = Client::new(ours);
        client.set_timeout(Some(Duration::from_millis(1))).unwrap();
        assert!(matches!(client.reply().unwrap_err(), Error::Connection(_)));
    }
}
