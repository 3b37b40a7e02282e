//! [`Wire`]: the loop as fuzz targets drive it, over a kernel that does as it is told. It is there
//! where `cargo xtask fuzz` builds it, and nowhere else.
//!
//! Everything is the loop's own but the system calls: what is received comes in the pieces that the
//! target says, and as much is sent as it says.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{EventLoop, Running};
use crate::backend::{Backend, Event, Received, Sent, Token};
use crate::limits::HEADROOM_BYTES;
use crate::service::Service;
use crate::settings::Settings;
use crate::status::Status;
use crate::wake::{Signals, Waker};

/// A loop over a kernel that is played. With `PUSHES` it is one that receives before it is asked, as
/// io_uring does.
pub struct Wire<S: Service, const PUSHES: bool> {
    running: Running<S, Kernel<PUSHES>>,
    status: Arc<Status>,
}

impl<S: Service, const PUSHES: bool> Wire<S, PUSHES> {
    /// One without clients.
    ///
    /// # Errors
    /// Where the system refuses a pipe.
    pub fn new(settings: Settings, service: S) -> io::Result<Self> {
        let waker = Arc::new(Waker::new()?);
        let signals = Signals::listen(&waker)?;
        let (status, reload) = (Arc::<Status>::default(), Box::new(|| None));
        let of = EventLoop {
            listeners: Vec::new(),
            waker,
            signals,
            settings,
            status: Arc::clone(&status),
            reload,
            sign_of_life: None,
            service,
        };
        Ok(Self { running: Running::new(of, Kernel::default()), status })
    }

    /// Connects a client; which one it is. `None` where it was turned away.
    ///
    /// # Errors
    /// Where there is no descriptor.
    pub fn connect(&mut self) -> io::Result<Option<u64>> {
        self.kernel().newcomer = Some(UnixStream::pair()?.0.into());
        self.kernel().opened = None;
        self.turn();
        Ok(self.kernel().opened)
    }

    /// A client sends this. It comes in one piece, as far as the loop takes it.
    pub fn send(&mut self, client: u64, bytes: &[u8]) {
        if let Some(socket) = self.kernel().sockets.get_mut(&client) {
            socket.coming.push_back(bytes.to_vec());
        }
        self.turn();
    }

    /// A client sends nothing more.
    pub fn end_input(&mut self, client: u64) {
        if let Some(socket) = self.kernel().sockets.get_mut(&client) {
            socket.ended = true;
        }
        self.turn();
    }

    /// A client is no more.
    pub fn vanish(&mut self, client: u64) {
        if let Some(socket) = self.kernel().sockets.get_mut(&client) {
            socket.gone = true;
        }
        self.turn();
    }

    /// A client takes so many bytes more.
    pub fn read(&mut self, client: u64, bytes: usize) {
        if let Some(socket) = self.kernel().sockets.get_mut(&client) {
            socket.room += bytes;
            (socket.writable, socket.full) = (true, false);
        }
        self.turn();
    }

    /// What a client was sent since this was last asked.
    pub fn received(&mut self, client: u64) -> Vec<u8> {
        self.kernel()
            .sockets
            .get_mut(&client)
            .map_or_else(Vec::new, |socket| std::mem::take(&mut socket.sent))
    }

    /// Whether the loop has closed a client's connection.
    #[must_use]
    pub fn is_closed(&self, client: u64) -> bool {
        self.running.backend.sockets.get(&client).is_none_or(|socket| socket.closed)
    }

    /// Forgets a client whose connection is closed.
    pub fn forget(&mut self, client: u64) {
        self.kernel().sockets.remove(&client);
    }

    /// What is left of those who are no more: connections, buffers, unread bytes, those held back.
    #[must_use]
    pub fn left(&self) -> [usize; 5] {
        let usage = self.running.pool.usage();
        let load = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        let Status { connections, unread_bytes, held_back, .. } = &*self.status;
        let buffers = usage.buffers.iter().sum();
        [load(connections), buffers, usage.large_bytes, load(unread_bytes), load(held_back)]
    }

    /// One wake-up, and more for as long as there is something to do.
    pub fn turn(&mut self) {
        loop {
            self.kernel().look();
            self.wake_up();
            let more = self.kernel().look();
            let running = &self.running;
            if !more && running.queues.is_empty() && running.workers.is_at_rest() {
                return;
            }
        }
    }

    /// What the loop does from one wait to the next.
    fn wake_up(&mut self) {
        let running = &mut self.running;
        let _ = running.backend.wait(None);
        running.begin_wake_up(Instant::now());
        running.more_results = true;
        running.handle_events();
        running.take_results();
        running.accept_some();
        running.take_turns();
        running.ask_service();
        running.report();
    }

    fn kernel(&mut self) -> &mut Kernel<PUSHES> {
        &mut self.running.backend
    }
}

/// The kernel's side of a connection.
#[derive(Default)]
struct Socket {
    /// What the client has sent, in pieces.
    coming: VecDeque<Vec<u8>>,
    /// The client sends nothing more.
    ended: bool,
    gone: bool,
    /// That was told to the loop.
    told_end: bool,
    told_gone: bool,
    /// The loop wants nothing at present.
    paused: bool,
    /// Of what is coming the loop was told.
    told: bool,
    /// How much the client still takes.
    room: usize,
    writable: bool,
    /// It did not take all that it was sent last, and was not asked again.
    full: bool,
    /// It is sent something in this wake-up.
    sending: bool,
    sent: Vec<u8>,
    closed: bool,
}

/// The kernel.
#[derive(Default)]
struct Kernel<const PUSHES: bool> {
    sockets: BTreeMap<Token, Socket>,
    events: VecDeque<Event>,
    newcomer: Option<OwnedFd>,
    opened: Option<Token>,
    /// Whose bytes the last event told of, where the kernel receives before it is asked.
    current: Option<Token>,
    buffer: Vec<u8>,
}

impl<const PUSHES: bool> Kernel<PUSHES> {
    /// Makes events of what has changed. True where there are any.
    fn look(&mut self) -> bool {
        for (&token, socket) in &mut self.sockets {
            if socket.closed {
                continue;
            }
            if socket.gone && !socket.told_gone {
                socket.told_gone = true;
                socket.told = false;
                self.events.push_back(Event::OutputClosed(token));
            }
            let ended = socket.ended || socket.gone;
            let more = !socket.coming.is_empty() || (ended && !socket.told_end);
            if more && !socket.told && !(PUSHES && socket.paused) {
                socket.told = true;
                self.events.push_back(Event::Readable { token, last: ended && !PUSHES });
            }
            if std::mem::take(&mut socket.writable) {
                self.events.push_back(Event::Writable(token));
            }
        }
        !self.events.is_empty()
    }
}

impl<const PUSHES: bool> Backend for Kernel<PUSHES> {
    const NAME: &'static str = "played";
    const PUSHES: bool = PUSHES;

    fn new(_: &[BorrowedFd<'_>], _: BorrowedFd<'_>) -> io::Result<Self> {
        Ok(Self::default())
    }

    fn wait(&mut self, _: Option<Duration>) -> io::Result<()> {
        self.sockets.values_mut().for_each(|socket| socket.sending = false);
        Ok(())
    }

    fn poll(&mut self) -> io::Result<bool> {
        Ok(!self.events.is_empty())
    }

    fn next(&mut self) -> Option<Event> {
        let event = self.events.pop_front();
        self.current = match event {
            Some(Event::Readable { token, .. }) => Some(token),
            _ => None,
        };
        event
    }

    fn accept(&mut self) -> Option<io::Result<(OwnedFd, usize)>> {
        self.newcomer.take().map(|socket| Ok((socket, 0)))
    }

    fn open(&mut self, token: Token, _: BorrowedFd<'_>) -> io::Result<()> {
        self.opened = Some(token);
        self.sockets.insert(token, Socket::default());
        Ok(())
    }

    fn receive(&mut self, token: Token, _: BorrowedFd<'_>, front: &[u8]) -> Received<'_> {
        assert!(front.len() <= HEADROOM_BYTES, "no more is put in front");
        let Some(socket) = self.sockets.get_mut(&token) else { return Received::Gone };
        if PUSHES && self.current.take_if(|current| *current == token).is_none() {
            return Received::Nothing;
        }
        socket.told = false;
        if let Some(piece) = socket.coming.pop_front() {
            self.buffer.clear();
            self.buffer.extend_from_slice(front);
            self.buffer.extend_from_slice(&piece);
            // One that pushes tells of each piece; the other has to be asked again.
            let more = !PUSHES && !socket.coming.is_empty();
            return Received::Bytes { bytes: &self.buffer, more };
        }
        if socket.gone {
            socket.told_end = true;
            return Received::Gone;
        }
        if socket.ended {
            socket.told_end = true;
            return Received::Ended;
        }
        Received::Nothing
    }

    fn send(&mut self, token: Token, _: BorrowedFd<'_>, bytes: &[u8]) -> Sent {
        let Some(socket) = self.sockets.get_mut(&token).filter(|socket| !socket.gone) else {
            return Sent::Gone;
        };
        if PUSHES && (socket.full || socket.sending) {
            // Nothing overtakes what is under way.
            socket.writable |= !socket.full;
            return Sent::Taken(0);
        }
        let taken = bytes.len().min(socket.room);
        socket.room -= taken;
        socket.sent.extend_from_slice(&bytes[..taken]);
        if !PUSHES {
            return Sent::Taken(taken);
        }
        socket.sending = true;
        if taken < bytes.len() {
            // It says later what the client did not take.
            socket.full = true;
            self.events.push_back(Event::Unsent(token, bytes[taken..].to_vec()));
        }
        Sent::Taken(bytes.len())
    }

    fn pause(&mut self, token: Token) {
        if let Some(socket) = self.sockets.get_mut(&token) {
            socket.paused = true;
        }
    }

    fn watch(&mut self, _: Token, _: BorrowedFd<'_>) {}

    fn resume(&mut self, token: Token, _: BorrowedFd<'_>) {
        if let Some(socket) = self.sockets.get_mut(&token) {
            socket.paused = false;
        }
    }

    fn settle(&mut self, token: Token) -> io::Result<bool> {
        let of = |event: &Event| matches!(event, Event::Unsent(of, _) if *of == token);
        Ok(!self.events.iter().any(of))
    }

    fn close(&mut self, token: Token, _: BorrowedFd<'_>) {
        if let Some(socket) = self.sockets.get_mut(&token) {
            socket.closed = true;
        }
    }

    fn resume_accepting(&mut self) {}

    fn stop_accepting(&mut self) {}
}
