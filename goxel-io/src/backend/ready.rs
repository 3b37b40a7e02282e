//! [`Readiness`]: epoll or kqueue, by way of mio. Edge-triggered.
//!
//! There is one receive buffer for all clients. A read that does not fill it has emptied the
//! socket, so no second read is spent on being told so; what comes later is a new event.

use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd, RawFd};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll};
use rustix::io::Errno;

use super::{Backend, Event, Received, Sent, Token};
use crate::limits::{ACCEPTS_PER_WAKE, HEADROOM_BYTES, READ_BYTES};
use crate::sys;

const WAKER: mio::Token = mio::Token(usize::MAX);
/// The token of the first listener. Those of the others follow downwards, far above those of
/// clients.
const LISTENER: usize = usize::MAX - 1;
/// Events that one wait brings.
const EVENTS: usize = 1024;

/// One event of the kernel's.
#[derive(Clone, Copy)]
struct Found {
    token: mio::Token,
    readable: bool,
    last: bool,
    writable: bool,
}

/// A listening socket.
struct Entrance {
    socket: OwnedFd,
    /// Connections may be waiting there.
    acceptable: bool,
}

/// The backend of readiness.
pub(crate) struct Readiness {
    selector: Poll,
    events: Events,
    /// What the last wait brought and is not reported yet, last first.
    found: Vec<Found>,
    /// Where clients come in; empty when no more is accepted.
    entrances: Vec<Entrance>,
    /// The one whose clients come first: each has its turn.
    first: usize,
    /// Clients that may still be accepted in this wake-up.
    accepts: usize,
    buffer: Box<[u8]>,
}

impl Backend for Readiness {
    const NAME: &'static str = "mio";
    const PUSHES: bool = false;

    fn new(listeners: &[BorrowedFd<'_>], wake: BorrowedFd<'_>) -> io::Result<Self> {
        let selector = Poll::new()?;
        let register = |fd: RawFd, token| {
            selector.registry().register(&mut SourceFd(&fd), token, Interest::READABLE)
        };
        let mut entrances = Vec::new();
        for (index, listener) in listeners.iter().enumerate() {
            let socket = listener.try_clone_to_owned()?;
            register(socket.as_raw_fd(), mio::Token(LISTENER - index))?;
            entrances.push(Entrance { socket, acceptable: false });
        }
        register(wake.as_raw_fd(), WAKER)?;
        Ok(Self {
            selector,
            events: Events::with_capacity(EVENTS),
            found: Vec::new(),
            entrances,
            first: 0,
            accepts: 0,
            buffer: vec![0; HEADROOM_BYTES + READ_BYTES].into_boxed_slice(),
        })
    }

    fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        if !self.found.is_empty() {
            return Ok(());
        }
        self.accepts = ACCEPTS_PER_WAKE;
        let acceptable = self.entrances.iter().any(|entrance| entrance.acceptable);
        let timeout = if acceptable { Some(Duration::ZERO) } else { timeout };
        match self.selector.poll(&mut self.events, timeout) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            other => other?,
        }
        self.found.extend(self.events.iter().map(Found::new));
        self.found.reverse();
        Ok(())
    }

    fn poll(&mut self) -> io::Result<bool> {
        self.wait(Some(Duration::ZERO))?;
        Ok(!self.found.is_empty())
    }

    fn next(&mut self) -> Option<Event> {
        while let Some(found) = self.found.last_mut() {
            let token = found.token.0 as Token;
            if found.token == WAKER {
                self.found.pop();
                return Some(Event::Woken);
            } else if let Some(entrance) = self.entrances.get_mut(LISTENER - found.token.0) {
                entrance.acceptable = true;
            } else if found.readable {
                found.readable = false;
                return Some(Event::Readable { token, last: found.last });
            } else if found.writable {
                self.found.pop();
                return Some(Event::Writable(token));
            }
            self.found.pop();
        }
        self.accept()
    }

    fn open(&mut self, token: Token, socket: BorrowedFd<'_>) -> io::Result<()> {
        let interest = Interest::READABLE | Interest::WRITABLE;
        let fd = socket.as_raw_fd();
        self.selector.registry().register(&mut SourceFd(&fd), mio::Token(token as usize), interest)
    }

    fn receive(&mut self, _: Token, socket: BorrowedFd<'_>, front: &[u8]) -> Received<'_> {
        let start = HEADROOM_BYTES - front.len();
        loop {
            match rustix::io::read(socket, &mut self.buffer[HEADROOM_BYTES..]) {
                Ok(0) => return Received::Ended,
                Ok(count) => {
                    self.buffer[start..HEADROOM_BYTES].copy_from_slice(front);
                    let bytes = &self.buffer[start..HEADROOM_BYTES + count];
                    return Received::Bytes { bytes, more: count == READ_BYTES };
                }
                Err(Errno::AGAIN) => return Received::Nothing,
                Err(Errno::INTR) => {}
                Err(_) => return Received::Gone,
            }
        }
    }

    fn send(&mut self, _: Token, socket: BorrowedFd<'_>, bytes: &[u8]) -> Sent {
        send_now(socket, bytes)
    }

    fn pause(&mut self, _: Token) {}

    fn resume(&mut self, _: Token, _: BorrowedFd<'_>) {}

    fn settle(&mut self, _: Token) -> io::Result<bool> {
        Ok(true)
    }

    fn close(&mut self, _: Token, socket: BorrowedFd<'_>) {
        if let Err(error) = self.selector.registry().deregister(&mut SourceFd(&socket.as_raw_fd()))
        {
            tracing::warn!(%error, "a client could not be deregistered");
        }
    }

    fn resume_accepting(&mut self) {
        self.entrances.iter_mut().for_each(|entrance| entrance.acceptable = true);
    }

    fn stop_accepting(&mut self) {
        for entrance in self.entrances.drain(..) {
            // It may be somebody else's, who goes on listening: closing our descriptor is not
            // enough.
            let fd = entrance.socket.as_raw_fd();
            let _ = self.selector.registry().deregister(&mut SourceFd(&fd));
        }
    }
}

impl Found {
    fn new(event: &mio::event::Event) -> Self {
        let last = event.is_read_closed() || event.is_error();
        let readable = event.is_readable() || last;
        Self { token: event.token(), readable, last, writable: event.is_writable() }
    }
}

impl Readiness {
    fn accept(&mut self) -> Option<Event> {
        if self.accepts == 0 {
            return None;
        }
        let count = self.entrances.len();
        let mut turns = (self.first..self.first + count).map(|turn| turn % count);
        let found = turns.find(|turn| self.entrances[*turn].acceptable)?;
        self.first = found + 1;
        let entrance = &mut self.entrances[found];
        let accepted = loop {
            match sys::accept(entrance.socket.as_fd()) {
                Err(Errno::INTR | Errno::CONNABORTED) => {}
                other => break other,
            }
        };
        self.accepts -= 1;
        match accepted {
            Ok(socket) => Some(Event::Accepted { socket, entrance: found }),
            Err(error) => {
                entrance.acceptable = false;
                match error {
                    // Another one may have somebody.
                    Errno::AGAIN => self.accept(),
                    error => Some(Event::AcceptFailed(error.into())),
                }
            }
        }
    }
}

/// Sends what the socket takes at once. `Taken(0)` where it takes nothing at present.
pub(crate) fn send_now(socket: BorrowedFd<'_>, bytes: &[u8]) -> Sent {
    let mut taken = 0;
    while taken < bytes.len() {
        match sys::send(socket, &bytes[taken..]) {
            Ok(count) => taken += count,
            Err(Errno::AGAIN) => break,
            Err(Errno::INTR) => {}
            Err(_) => return Sent::Gone,
        }
    }
    Sent::Taken(taken)
}
