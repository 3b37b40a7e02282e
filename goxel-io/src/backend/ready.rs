//! [`Readiness`]: epoll or kqueue, by way of mio. Edge-triggered.
//!
//! There is one receive buffer for all clients. A read that does not fill it has emptied the
//! socket, so no second read is spent on being told so; what comes later is a new event.

use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd, OwnedFd, RawFd};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll};
use rustix::io::Errno;

use super::incoming::Incoming;
use super::{Backend, Event, Received, Sent, Token};
use crate::limits::{HEADROOM_BYTES, READ_BYTES};
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
    /// It takes nothing more.
    gone: bool,
    readable: bool,
    last: bool,
    writable: bool,
}

/// The backend of readiness.
pub(crate) struct Readiness {
    selector: Poll,
    events: Events,
    /// What the last wait brought and is not reported yet, last first.
    found: Vec<Found>,
    incoming: Incoming,
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
        let incoming = Incoming::new(listeners)?;
        for (entrance, socket) in incoming.sockets().enumerate() {
            register(socket.as_raw_fd(), mio::Token(LISTENER - entrance))?;
        }
        register(wake.as_raw_fd(), WAKER)?;
        Ok(Self {
            selector,
            events: Events::with_capacity(EVENTS),
            found: Vec::new(),
            incoming,
            buffer: vec![0; HEADROOM_BYTES + READ_BYTES].into_boxed_slice(),
        })
    }

    fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        if !self.found.is_empty() {
            return Ok(());
        }
        let timeout = if self.incoming.may_wait() { Some(Duration::ZERO) } else { timeout };
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
            } else if self.incoming.look(LISTENER - found.token.0) {
                // It is no client's.
            } else if found.gone {
                found.gone = false;
                return Some(Event::OutputClosed(token));
            } else if found.readable {
                found.readable = false;
                return Some(Event::Readable { token, last: found.last });
            } else if found.writable {
                self.found.pop();
                return Some(Event::Writable(token));
            }
            self.found.pop();
        }
        None
    }

    fn accept(&mut self) -> Option<io::Result<(OwnedFd, usize)>> {
        self.incoming.accept()
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

    fn watch(&mut self, _: Token, _: BorrowedFd<'_>) {}

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
        self.incoming.look_everywhere();
    }

    fn stop_accepting(&mut self) {
        // They may be somebody else's, who goes on listening: closing our descriptors is not enough.
        for socket in self.incoming.sockets() {
            let _ = self.selector.registry().deregister(&mut SourceFd(&socket.as_raw_fd()));
        }
        self.incoming.stop();
    }
}

impl Found {
    fn new(event: &mio::event::Event) -> Self {
        let last = event.is_read_closed() || event.is_error();
        let readable = event.is_readable() || last;
        // Where the peer is no more, or both sides are closed.
        let gone = event.is_write_closed();
        Self { token: event.token(), gone, readable, last, writable: event.is_writable() }
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
