//! [`EventLoop`]: one thread that accepts, reads, hands frames to the service, and writes.
//!
//! Edge-triggered: a connection is read until the socket has no more, or it must wait, or it had
//! its share of this wake-up ([`FRAMES_PER_TURN`]) and goes to the back of the line. What one
//! turn makes for a connection goes out in one write.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use mio::net::UnixStream;
use mio::{Events, Interest, Poll, Token, Waker};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook_mio::v1_0::Signals;
use slab::Slab;

use crate::connection::Connection;
use crate::listener::Listener;
use crate::service::{Service, Verdict};
use crate::workers::Workers;

/// Frames of one connection that are handled before the others have their turn.
const FRAMES_PER_TURN: usize = 256;
/// Bytes read at once.
const READ_BYTES: usize = 64 << 10;
/// How long a stop waits for what is under way.
const DRAIN: Duration = Duration::from_secs(2);

const LISTENER: Token = Token(usize::MAX);
const WAKER: Token = Token(usize::MAX - 1);
const SIGNALS: Token = Token(usize::MAX - 2);

/// What the owner may choose.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Bytes of the longest message that is taken.
    pub frame_bytes_max: usize,
}

struct Client<S> {
    stream: UnixStream,
    connection: Connection,
    session: S,
}

/// Why a turn came to its end.
enum Pause {
    /// There is nothing to do until something is received.
    Idle,
    /// The next frame must wait.
    Blocked,
    /// The others have their turn first.
    Yielded,
}

/// The loop. [`EventLoop::run`] comes back when the service stops, or a signal says so.
pub struct EventLoop<S: Service> {
    poll: Poll,
    listener: Option<Listener>,
    /// Accepting failed for want of descriptors: it is tried again when one is freed.
    accept_paused: bool,
    signals: Signals,
    clients: Slab<Client<S::Session>>,
    ready: VecDeque<usize>,
    workers: Workers<usize, S::Done>,
    scratch: Box<[u8]>,
    settings: Settings,
    service: S,
}

impl<S: Service> EventLoop<S> {
    /// A loop over a bound listener. Nothing is accepted before [`EventLoop::run`].
    ///
    /// # Errors
    /// Where the system refuses a poll, a waker or the signals.
    pub fn new(mut listener: Listener, settings: Settings, service: S) -> io::Result<Self> {
        let poll = Poll::new()?;
        poll.registry().register(&mut listener.socket, LISTENER, Interest::READABLE)?;
        let mut signals = Signals::new([SIGTERM, SIGINT])?;
        poll.registry().register(&mut signals, SIGNALS, Interest::READABLE)?;
        let waker = Waker::new(poll.registry(), WAKER)?;
        let workers = Workers::new(move || {
            if let Err(error) = waker.wake() {
                tracing::error!(%error, "the loop could not be woken");
            }
        });
        Ok(Self {
            poll,
            listener: Some(listener),
            accept_paused: false,
            signals,
            clients: Slab::new(),
            ready: VecDeque::new(),
            workers,
            scratch: vec![0; READ_BYTES].into_boxed_slice(),
            settings,
            service,
        })
    }

    /// Serves until the service stops or a signal comes, then finishes what is under way.
    ///
    /// # Errors
    /// Where the system's poll fails.
    pub fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        let mut stop_at = None;
        loop {
            let stopping = self.service.stopping() || stop_at.is_some();
            if stopping {
                let deadline = *stop_at.get_or_insert_with(|| Instant::now() + DRAIN);
                self.listener = None;
                if self.drained() || Instant::now() >= deadline {
                    return Ok(());
                }
            }
            self.wait(&mut events, stop_at)?;
            if self.handle(&events) {
                stop_at.get_or_insert_with(|| Instant::now() + DRAIN);
            }
            for _ in 0..self.ready.len() {
                if let Some(key) = self.ready.pop_front() {
                    self.turn(key);
                }
            }
        }
    }

    fn wait(&mut self, events: &mut Events, deadline: Option<Instant>) -> io::Result<()> {
        let timeout = if self.ready.is_empty() {
            deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
        } else {
            Some(Duration::ZERO)
        };
        match self.poll.poll(events, timeout) {
            Err(error) if error.kind() != ErrorKind::Interrupted => Err(error),
            _ => Ok(()),
        }
    }

    /// True where a signal asked to stop.
    fn handle(&mut self, events: &Events) -> bool {
        let mut stop = false;
        for event in events {
            match event.token() {
                LISTENER => self.accept(),
                WAKER => self.finish_jobs(),
                SIGNALS => stop |= self.signals.pending().count() > 0,
                Token(key) => {
                    if let Some(client) = self.clients.get_mut(key) {
                        client.connection.readable |= event.is_readable();
                        self.turn(key);
                    }
                }
            }
        }
        stop
    }

    /// Whether nothing is under way.
    fn drained(&self) -> bool {
        let done = |client: &Client<S::Session>| {
            let connection = &client.connection;
            !connection.waiting && (connection.deaf || connection.unsent().is_empty())
        };
        self.ready.is_empty() && self.clients.iter().all(|(_, client)| done(client))
    }

    fn accept(&mut self) {
        let Some(listener) = &self.listener else {
            return;
        };
        loop {
            match listener.socket.accept() {
                Ok((mut stream, _)) => {
                    let entry = self.clients.vacant_entry();
                    let interest = Interest::READABLE | Interest::WRITABLE;
                    let token = Token(entry.key());
                    if let Err(error) = self.poll.registry().register(&mut stream, token, interest)
                    {
                        tracing::warn!(%error, "a client was turned away");
                        continue;
                    }
                    let connection = Connection::new();
                    self.ready.push_back(entry.key());
                    entry.insert(Client { stream, connection, session: self.service.open() });
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    tracing::warn!(%error, "accepting is paused until a client leaves");
                    self.accept_paused = true;
                    return;
                }
            }
        }
    }

    fn finish_jobs(&mut self) {
        while let Some((key, done)) = self.workers.take() {
            let Some(client) = self.clients.get_mut(key) else {
                continue;
            };
            client.connection.waiting = false;
            let out = client.connection.output();
            let verdict = self.service.finish(&mut client.session, done, out);
            Self::settle(key, client, verdict, &mut self.workers, &mut self.service);
            self.turn(key);
        }
    }

    /// Does what a verdict asks for.
    fn settle(
        key: usize,
        client: &mut Client<S::Session>,
        mut verdict: Verdict<S::Done>,
        workers: &mut Workers<usize, S::Done>,
        service: &mut S,
    ) {
        while let Verdict::Wait(job) = verdict {
            if workers.submit(key, job) {
                client.connection.waiting = true;
                return;
            }
            verdict = service.busy(&mut client.session, client.connection.output());
        }
    }

    /// Gives a connection its share: frames in, replies out.
    fn turn(&mut self, key: usize) {
        if !self.clients.contains(key) {
            return;
        }
        let pause = self.serve(key);
        let client = &mut self.clients[key];
        flush(client);
        let again = match pause {
            Pause::Yielded => true,
            Pause::Blocked => !client.connection.blocked(),
            Pause::Idle => false,
        };
        if client.connection.finished() {
            self.close(key);
        } else if again {
            self.ready.push_back(key);
        } else {
            client.connection.rest();
        }
    }

    fn serve(&mut self, key: usize) -> Pause {
        let client = &mut self.clients[key];
        let mut left = FRAMES_PER_TURN;
        loop {
            if client.connection.closing {
                return Pause::Idle;
            }
            if client.connection.blocked() {
                return Pause::Blocked;
            }
            let limit = self.settings.frame_bytes_max;
            let found = client.connection.next_frame();
            let frame = if let Some(frame) = found.clone().filter(|frame| frame.len() <= limit) {
                frame
            } else if found.is_some() || client.connection.oversize(limit) {
                self.service.oversize(limit, client.connection.output());
                client.connection.stop_reading();
                return Pause::Idle;
            } else if client.connection.readable {
                if left == 0 {
                    return Pause::Yielded;
                }
                fill(client, &mut self.scratch);
                continue;
            } else if !client.connection.input_ended {
                return Pause::Idle;
            } else if let Some(rest) = client.connection.last_frame() {
                rest
            } else {
                client.connection.closing = true;
                return Pause::Idle;
            };
            let (frame, out) = client.connection.frame_and_output(frame);
            let verdict = self.service.frame(&mut client.session, frame, out);
            Self::settle(key, client, verdict, &mut self.workers, &mut self.service);
            left = left.saturating_sub(1);
            if left == 0 && !client.connection.blocked() {
                return Pause::Yielded;
            }
        }
    }

    fn close(&mut self, key: usize) {
        let mut client = self.clients.remove(key);
        if let Err(error) = self.poll.registry().deregister(&mut client.stream) {
            tracing::warn!(%error, "a client could not be deregistered");
        }
        drop(client);
        if std::mem::take(&mut self.accept_paused) {
            self.accept();
        }
    }
}

/// Receives once.
fn fill<S>(client: &mut Client<S>, scratch: &mut [u8]) {
    let connection = &mut client.connection;
    match client.stream.read(scratch) {
        Ok(0) => {
            connection.readable = false;
            connection.input_ended = true;
        }
        Ok(count) => connection.receive(&scratch[..count]),
        Err(error) if error.kind() == ErrorKind::WouldBlock => connection.readable = false,
        Err(error) if error.kind() == ErrorKind::Interrupted => {}
        Err(_) => {
            // The peer is gone. What it sent whole was handled as it came.
            connection.readable = false;
            connection.input_ended = true;
            connection.deaf = true;
        }
    }
}

/// Sends as much as the socket takes.
fn flush<S>(client: &mut Client<S>) {
    let connection = &mut client.connection;
    while !connection.deaf && !connection.unsent().is_empty() {
        match client.stream.write(connection.unsent()) {
            Ok(count) => connection.sent(count),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // The peer no longer reads. What it still sends is carried out.
            Err(_) => connection.deaf = true,
        }
    }
    if connection.deaf {
        connection.drop_output();
    }
}

#[cfg(test)]
mod tests;
