//! [`Uring`]: io_uring. One system call a wake-up hands over all that is to be sent and waits.
//!
//! Receiving is asked for once and completes many times; what is received comes in buffers that the
//! kernel picks. That somebody waits to be taken in is only told: the kernel would take in all at
//! once, while others wait. A send is carried out while it is submitted, so its bytes need
//! not be kept any longer, and only says something where the socket did not take them all.
//!
//! One send a client is under way at most: a second one in the same submission would overtake the
//! rest of a first that was cut short.

mod sys;
mod watch;

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd, RawFd};
use std::time::Duration;

use io_uring::types::Fd;
use io_uring::{cqueue, opcode};
use rustix::net::Shutdown;

use self::sys::{GROUP, Ring};
use self::watch::Watch;
use super::incoming::Incoming;
use super::{Backend, Event, Received, Sent, Token, key};

/// What a completion is of, in the upper byte of its user data; the token is below.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    Accept = 1,
    Wake,
    Receive,
    Send,
    Writable,
    HangUp,
    Cancel,
}

const OPS: [Op; 7] =
    [Op::Accept, Op::Wake, Op::Receive, Op::Send, Op::Writable, Op::HangUp, Op::Cancel];
const OP_BITS: u32 = 56;

impl Op {
    const fn data(self, token: Token) -> u64 {
        (self as u64) << OP_BITS | token
    }

    fn split(data: u64) -> Option<(Self, Token)> {
        let op = OPS.into_iter().find(|op| *op as u64 == data >> OP_BITS)?;
        Some((op, data & ((1 << OP_BITS) - 1)))
    }
}

/// What is remembered of a client, from `open` to `close`.
struct Client {
    token: Token,
    /// The number of its socket, as submissions want it. The record of the client owns the socket,
    /// and outlives this.
    fd: RawFd,
    /// Receiving is asked for.
    armed: bool,
    /// It is told when it is gone, also while nothing is received.
    watched: bool,
    /// The submission that its last send was in.
    batch: u64,
    /// It did not take all of it. Nothing is sent before it takes more.
    full: bool,
}

/// What is to be reported.
enum Item {
    Completion(cqueue::Entry),
    Unsent(Token, Vec<u8>),
    OutputClosed(Token),
    Writable(Token),
}

/// What can be taken with `receive`.
#[derive(Clone, Copy)]
enum Current {
    Nothing,
    Bytes { buffer: u16, len: usize },
    Ended,
    Gone,
}

/// The backend of io_uring.
pub(crate) struct Uring {
    ring: Ring,
    wake: RawFd,
    incoming: Incoming,
    watch: Watch,
    /// By the key of the token.
    clients: Vec<Option<Client>>,
    /// Sends of the submission that is being gathered.
    sends: Vec<(Token, Range<usize>)>,
    batch: u64,
    items: VecDeque<Item>,
    /// To be looked at after the submission: they had a send in it already.
    again: Vec<Token>,
    /// To be asked for anew: the kernel had no buffer left.
    starved: Vec<Token>,
    current: Current,
    /// The buffer that the loop reads from.
    lent: Option<u16>,
    found: Vec<cqueue::Entry>,
}

impl Backend for Uring {
    const NAME: &'static str = "uring";
    const PUSHES: bool = true;

    fn new(listeners: &[BorrowedFd<'_>], wake: BorrowedFd<'_>) -> io::Result<Self> {
        let mut uring = Self {
            ring: Ring::new()?,
            wake: wake.as_raw_fd(),
            incoming: Incoming::new(listeners)?,
            watch: Watch::new()?,
            clients: Vec::new(),
            sends: Vec::new(),
            batch: 1,
            items: VecDeque::new(),
            again: Vec::new(),
            starved: Vec::new(),
            current: Current::Nothing,
            lent: None,
            found: Vec::new(),
        };
        uring.ask_accept();
        uring.ask_wake();
        uring.ask_hang_ups();
        Ok(uring)
    }

    fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        for token in std::mem::take(&mut self.starved) {
            self.ask_receive(token);
        }
        let busy = !self.items.is_empty() || !self.again.is_empty() || self.incoming.may_wait();
        self.submit(if busy { Some(Duration::ZERO) } else { timeout })
    }

    fn poll(&mut self) -> io::Result<bool> {
        if self.ring.has_work() {
            self.wait(Some(Duration::ZERO))?;
        }
        Ok(!self.items.is_empty())
    }

    fn next(&mut self) -> Option<Event> {
        loop {
            self.give_back();
            let event = match self.items.pop_front()? {
                Item::Completion(entry) => self.report(&entry),
                Item::Unsent(token, rest) => Some(Event::Unsent(token, rest)),
                Item::OutputClosed(token) => Some(Event::OutputClosed(token)),
                Item::Writable(token) => Some(Event::Writable(token)),
            };
            if event.is_some() {
                return event;
            }
        }
    }

    fn accept(&mut self) -> Option<io::Result<(OwnedFd, usize)>> {
        let accepted = self.incoming.accept();
        self.ask_accept();
        accepted
    }

    fn open(&mut self, token: Token, socket: BorrowedFd<'_>) -> io::Result<()> {
        let fd = socket.as_raw_fd();
        let client = Client { token, fd, armed: false, watched: false, batch: 0, full: false };
        let index = key(token) as usize;
        if index >= self.clients.len() {
            self.clients.resize_with(index + 1, || None);
        }
        self.clients[index] = Some(client);
        self.ask_receive(token);
        Ok(())
    }

    fn receive(&mut self, _: Token, _: BorrowedFd<'_>, front: &[u8]) -> Received<'_> {
        match std::mem::replace(&mut self.current, Current::Nothing) {
            Current::Nothing => Received::Nothing,
            Current::Ended => Received::Ended,
            Current::Gone => Received::Gone,
            Current::Bytes { buffer, len } => {
                self.lent = Some(buffer);
                Received::Bytes { bytes: self.ring.received(buffer, len, front), more: false }
            }
        }
    }

    fn send(&mut self, token: Token, socket: BorrowedFd<'_>, bytes: &[u8]) -> Sent {
        if self.client(token).is_some_and(|client| client.full) {
            return Sent::Taken(0);
        }
        if self.is_sending(token) {
            self.again.push(token);
            return Sent::Taken(0);
        }
        let Some(range) = self.stage(bytes) else { return Sent::Gone };
        self.ring.send(socket.as_raw_fd(), &range, Op::Send.data(self.sends.len() as u64));
        self.sends.push((token, range));
        let batch = self.batch;
        if let Some(client) = self.client(token) {
            client.batch = batch;
        }
        Sent::Taken(bytes.len())
    }

    fn pause(&mut self, token: Token) {
        if self.disarm(token) {
            let cancel = opcode::AsyncCancel::new(Op::Receive.data(token)).build();
            self.ring.push(&cancel.user_data(Op::Cancel.data(token)));
        }
    }

    fn resume(&mut self, token: Token, _: BorrowedFd<'_>) {
        self.ask_receive(token);
    }

    fn watch(&mut self, token: Token, socket: BorrowedFd<'_>) {
        if self.client(token).is_some_and(|client| !std::mem::replace(&mut client.watched, true)) {
            self.watch.add(token, socket);
        }
    }

    fn settle(&mut self, token: Token) -> io::Result<bool> {
        if self.is_sending(token) {
            self.submit(Some(Duration::ZERO))?;
        }
        let told = |item: &Item| matches!(item, Item::Unsent(of, _) | Item::OutputClosed(of) if *of == token);
        Ok(!self.items.iter().any(told))
    }

    fn close(&mut self, token: Token, socket: BorrowedFd<'_>) {
        if self.client(token).is_some_and(|client| client.watched) {
            self.watch.remove(socket);
        }
        // Forgotten, so that nothing more is asked for under a number that another socket may get.
        if let Some(place) = self.clients.get_mut(key(token) as usize) {
            place.take_if(|client| client.token == token);
        }
        // The kernel holds the socket for as long as it receives: this ends it, for the peer too.
        let _ = rustix::net::shutdown(socket, Shutdown::Both);
    }

    fn resume_accepting(&mut self) {
        self.incoming.look_everywhere();
    }

    fn stop_accepting(&mut self) {
        for entrance in 0..self.incoming.stop() {
            let cancel = opcode::AsyncCancel::new(Op::Accept.data(entrance as Token)).build();
            self.ring.push(&cancel.user_data(Op::Cancel.data(0)));
        }
    }
}

/// Whether the kernel lets us have the queues.
pub(super) fn is_allowed() -> bool {
    Ring::new().is_ok()
}

impl Uring {
    /// The client of a token, while it is there.
    fn client(&mut self, token: Token) -> Option<&mut Client> {
        let client = self.clients.get_mut(key(token) as usize)?.as_mut();
        client.filter(|client| client.token == token)
    }

    /// Whether what is sent now would overtake what was sent before.
    fn is_sending(&mut self, token: Token) -> bool {
        let batch = self.batch;
        self.client(token).is_some_and(|client| client.batch == batch)
    }

    fn mark_full(&mut self, token: Token, full: bool) {
        if let Some(client) = self.client(token) {
            client.full = full;
        }
    }

    /// True where receiving was asked for.
    fn disarm(&mut self, token: Token) -> bool {
        self.client(token).is_some_and(|client| std::mem::take(&mut client.armed))
    }

    fn ask_accept(&mut self) {
        self.incoming.ask(|entrance, socket| {
            let poll = opcode::PollAdd::new(Fd(socket.as_raw_fd()), libc::POLLIN as u32).build();
            self.ring.push(&poll.user_data(Op::Accept.data(entrance as Token)));
        });
    }

    fn ask_wake(&mut self) {
        let poll = opcode::PollAdd::new(Fd(self.wake), libc::POLLIN as u32).multi(true).build();
        self.ring.push(&poll.user_data(Op::Wake.data(0)));
    }

    fn ask_receive(&mut self, token: Token) {
        let Some(client) = self.client(token) else { return };
        client.armed = true;
        let receive = opcode::RecvMulti::new(Fd(client.fd), GROUP).build();
        self.ring.push(&receive.user_data(Op::Receive.data(token)));
    }

    fn ask_writable(&mut self, token: Token) {
        let Some(client) = self.client(token) else { return };
        let poll = opcode::PollAdd::new(Fd(client.fd), libc::POLLOUT as u32).build();
        self.ring.push(&poll.user_data(Op::Writable.data(token)));
    }

    fn ask_hang_ups(&mut self) {
        let epoll = Fd(self.watch.as_fd().as_raw_fd());
        let poll = opcode::PollAdd::new(epoll, libc::POLLIN as u32).build();
        self.ring.push(&poll.user_data(Op::HangUp.data(0)));
    }

    /// Puts bytes into the outbox, which is sent and emptied first where it is full.
    fn stage(&mut self, bytes: &[u8]) -> Option<Range<usize>> {
        if let Some(range) = self.ring.stage(bytes) {
            return Some(range);
        }
        if let Err(error) = self.submit(Some(Duration::ZERO)) {
            tracing::error!(%error, "what was to be sent could not be handed over");
        }
        self.ring.stage(bytes)
    }

    /// Hands over what is queued, waits, and sorts what came.
    fn submit(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.give_back();
        let mut found = std::mem::take(&mut self.found);
        let entered = self.ring.enter(timeout, &mut found);
        for entry in found.drain(..) {
            match Op::split(entry.user_data()) {
                Some((Op::Send, index)) => self.cut_short(index as usize, entry.result()),
                _ => self.items.push_back(Item::Completion(entry)),
            }
        }
        self.found = found;
        self.sends.clear();
        self.ring.clear_outbox();
        self.batch += 1;
        self.items.extend(self.again.drain(..).map(Item::Writable));
        entered
    }

    /// A send that did not send all: the rest is kept, and tried again when the client takes more.
    fn cut_short(&mut self, index: usize, result: i32) {
        let Some((token, range)) = self.sends.get(index).cloned() else { return };
        if result < 0 && result != -libc::EAGAIN {
            self.items.push_back(Item::OutputClosed(token));
            return;
        }
        let rest = range.start + result.max(0) as usize..range.end;
        let rest = self.ring.staged(rest).to_vec();
        self.items.push_back(Item::Unsent(token, rest));
        self.mark_full(token, true);
        self.ask_writable(token);
    }

    /// What a completion means to the loop.
    fn report(&mut self, entry: &cqueue::Entry) -> Option<Event> {
        let (op, token) = Op::split(entry.user_data())?;
        let more = cqueue::more(entry.flags());
        match op {
            Op::Accept => {
                // What is wrong with the listener is told by accepting.
                self.incoming.look(token as usize);
                None
            }
            Op::Wake => {
                if !more {
                    self.ask_wake();
                }
                Some(Event::Woken)
            }
            Op::Receive => self.received(token, entry, more),
            Op::Writable => {
                self.mark_full(token, false);
                Some(Event::Writable(token))
            }
            Op::HangUp => {
                self.items.extend(self.watch.take().map(Item::OutputClosed));
                self.ask_hang_ups();
                None
            }
            Op::Send | Op::Cancel => None,
        }
    }

    fn received(&mut self, token: Token, entry: &cqueue::Entry, more: bool) -> Option<Event> {
        let buffer = cqueue::buffer_select(entry.flags());
        let armed = self.client(token).map(|client| client.armed);
        let current = match (entry.result(), buffer) {
            (1.., Some(buffer)) => Current::Bytes { buffer, len: entry.result() as usize },
            (error, _) if error == -libc::ENOBUFS => {
                self.starved.extend(armed.filter(|armed| *armed).map(|_| token));
                return None;
            }
            (error, _) if error == -libc::ECANCELED => return None,
            (0, _) => Current::Ended,
            _ => Current::Gone,
        };
        if !matches!(current, Current::Bytes { .. }) {
            self.lent = buffer;
        }
        self.current = current;
        // Nobody takes it where the client has gone: it is dropped with the next event.
        let armed = armed?;
        if matches!(current, Current::Bytes { .. }) {
            if !more && armed {
                self.ask_receive(token);
            }
        } else {
            self.disarm(token);
        }
        Some(Event::Readable { token, last: false })
    }

    /// Lets the kernel have the buffers that the loop is done with.
    fn give_back(&mut self) {
        if let Current::Bytes { buffer, .. } =
            std::mem::replace(&mut self.current, Current::Nothing)
        {
            self.ring.give(buffer);
        }
        if let Some(buffer) = self.lent.take() {
            self.ring.give(buffer);
        }
    }
}

#[cfg(test)]
mod tests;
