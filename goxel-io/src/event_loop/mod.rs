//! [`EventLoop`]: one thread that accepts, receives, hands frames to the service, and sends.
//!
//! ```text
//! a wake-up:  events --> at once, or into a queue        | until it has taken its time: then
//!             results of jobs, new clients               | whatever is left waits for the next
//!             queued clients: Soon, then Late            |
//! ```
//!
//! A client is served until the socket has no more, or it must wait, or its turn has taken its
//! time. Who takes little time is served at once; whose last turn took long waits behind those. So
//! a short request waits for what is left of a wake-up and for one turn of somebody else, whatever
//! there is to do. What one turn makes for a client goes out in one write. The kernel's side of it
//! is a [`Backend`].

mod accept;
mod asked;
mod clients;
mod ending;
mod flush;
#[cfg(fuzzing)]
pub mod fuzzing;
mod queues;
mod turn;

use std::io;
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use goxel_core::client::ClientFlags;

use self::accept::Acceptor;
use self::clients::Clients;
use self::queues::{Queues, Share};
use self::turn::{NextStep, Turn};
use crate::allocator;
use crate::backend::{self, Backend, Event, Readiness, Token};
use crate::buffers::BufferPool;
use crate::busy_poll::{BusyPolling, Wait};
use crate::connection::Connection;
use crate::limits::{DRAIN_MS, HEAVY_US, OUTPUT_BYTES_KEPT, SLICE_US};
use crate::listener::Listener;
use crate::output::Output;
use crate::placement::{self, Affinity};
use crate::service::{Job, Service};
use crate::settings::{Io, Settings};
use crate::status::{Figures, Status};
use crate::sys;
use crate::wake::{Signals, Waker};
use crate::workers::Workers;

/// Gives the settings anew, when a signal asks for it.
type Reload = Box<dyn FnMut() -> Option<Settings>>;

/// Tells somebody at set times that the loop goes round.
struct SignOfLife {
    every: Duration,
    due: Instant,
    tell: Box<dyn FnMut()>,
}

impl SignOfLife {
    fn look(&mut self, now: Instant) {
        if now >= self.due {
            self.due = now + self.every;
            (self.tell)();
        }
    }
}

/// A loop that is ready to run. [`EventLoop::run`] comes back when the service stops, or a signal
/// says so.
pub struct EventLoop<S: Service> {
    listeners: Vec<Listener>,
    waker: Arc<Waker>,
    signals: Signals,
    settings: Settings,
    status: Arc<Status>,
    reload: Reload,
    sign_of_life: Option<SignOfLife>,
    service: S,
}

impl<S: Service> EventLoop<S> {
    /// A loop over a listener. Clients can connect already; they are accepted by
    /// [`EventLoop::run`].
    ///
    /// # Errors
    /// Where the system refuses a pipe or the signals.
    pub fn new(
        listener: Listener,
        settings: Settings,
        status: Arc<Status>,
        service: S,
    ) -> io::Result<Self> {
        allocator::tune();
        let waker = Arc::new(Waker::new()?);
        let signals = Signals::listen(&waker)?;
        let reload = Box::new(|| None);
        Ok(Self {
            listeners: vec![listener],
            waker,
            signals,
            settings,
            status,
            reload,
            sign_of_life: None,
            service,
        })
    }

    /// Takes clients by another listener, too. [`Client::entrance`] counts them.
    ///
    /// [`Client::entrance`]: crate::Client::entrance
    #[must_use]
    pub fn and(mut self, listener: Listener) -> Self {
        self.listeners.push(listener);
        self
    }

    /// Calls `reload` at each SIGHUP, and goes on with the settings that it gives.
    #[must_use]
    pub fn on_reload(self, reload: impl FnMut() -> Option<Settings> + 'static) -> Self {
        Self { reload: Box::new(reload), ..self }
    }

    /// Calls `tell` from the loop, so that it stays away when the loop hangs: as soon as it runs, and
    /// whenever this time has passed since.
    #[must_use]
    pub fn when_alive(self, every: Duration, tell: impl FnMut() + 'static) -> Self {
        let (due, tell) = (Instant::now(), Box::new(tell));
        Self { sign_of_life: Some(SignOfLife { every, due, tell }), ..self }
    }

    /// Serves until the service stops or a signal comes, then finishes what is under way.
    ///
    /// # Errors
    /// Where the system's wait fails.
    pub fn run(self) -> io::Result<()> {
        let listeners: Vec<_> = self.listeners.iter().map(|one| one.socket.as_fd()).collect();
        let wake = self.waker.reader();
        if self.settings.io == Io::Uring || (self.settings.io == Io::Auto && AUTO_IS_URING) {
            match backend::uring(&listeners, wake) {
                Ok(backend) => return Running::new(self, backend).run(),
                Err(error) => tracing::warn!(%error, "io_uring is not available"),
            }
        }
        let backend = Readiness::new(&listeners, wake)?;
        Running::new(self, backend).run()
    }
}

/// A turn that took longer makes its client heavy.
const HEAVY: Duration = Duration::from_micros(HEAVY_US);

/// What `auto` means where io_uring is to be had. It is what measured better: see `docs/DECISIONS.md`.
const AUTO_IS_URING: bool = false;

/// A loop that runs.
struct Running<S: Service, B> {
    backend: B,
    acceptor: Acceptor,
    waker: Arc<Waker>,
    signals: Signals,
    clients: Clients<S::Session>,
    /// Clients that wait for their turn.
    queues: Queues,
    pool: BufferPool,
    workers: Workers<Token, S::Done>,
    out: Output,
    /// Who has replies that leave when the service has committed.
    uncommitted: Vec<Token>,
    /// A job of nobody's that there was no room for.
    waiting_job: Option<Job<S::Done>>,
    /// There may be results of jobs to take.
    more_results: bool,
    /// There may be listeners to tell that there was no time for.
    more_listeners: bool,
    polling: BusyPolling,
    began: Instant,
    /// When the last wait ended.
    woke_at: Instant,
    /// Requests that were answered since.
    answered: u64,
    now_ms: u64,
    settings: Settings,
    status: Arc<Status>,
    reload: Reload,
    sign_of_life: Option<SignOfLife>,
    service: S,
}

impl<S: Service, B: Backend> Running<S, B> {
    fn new(of: EventLoop<S>, backend: B) -> Self {
        let EventLoop { listeners, waker, signals, settings, status, reload, .. } = of;
        let (sign_of_life, mut service) = (of.sign_of_life, of.service);
        let wake = Arc::clone(&waker);
        service.attach(Box::new(move || wake.wake()));
        let wake = Arc::clone(&waker);
        let _ = status.io.set(B::NAME);
        let _ = status.memory_nodes.set(placement::memory_nodes());
        Affinity::new(settings.pin).pin_loop();
        if let Err(error) = sys::set_slice(SLICE_US * 1000) {
            tracing::debug!(%error, "the loop has slices as long as any");
        }
        Self {
            backend,
            acceptor: Acceptor::new(listeners),
            waker,
            signals,
            clients: Clients::new(),
            queues: Queues::default(),
            pool: BufferPool::default(),
            workers: Workers::new(&settings, move || wake.wake()),
            out: Output::default(),
            waiting_job: None,
            uncommitted: Vec::new(),
            more_results: false,
            more_listeners: false,
            polling: BusyPolling::new(Duration::from_micros(settings.spin_us.into())),
            began: Instant::now(),
            woke_at: Instant::now(),
            answered: 0,
            now_ms: 0,
            settings,
            status,
            reload,
            sign_of_life,
            service,
        }
    }

    fn run(mut self) -> io::Result<()> {
        tracing::info!(io = B::NAME, spin_us = self.settings.spin_us, "serving");
        let mut stop_at = None;
        loop {
            if self.service.stopping() || self.signals.stop() {
                let deadline = *stop_at.get_or_insert_with(|| self.stop_accepting());
                // What has reached the sockets already is answered: polled once more than needed.
                let quiet = self.is_drained() && !self.backend.poll()?;
                if quiet || Instant::now() >= deadline {
                    self.service.ended();
                    return Ok(());
                }
            }
            self.wait(stop_at)?;
            self.handle_events();
            self.take_results();
            self.accept_some();
            self.take_turns();
            self.ask_service();
            self.commit();
            self.send_told();
            self.notify_listeners();
            self.report();
        }
    }

    /// Waits for events: polls for a while where that pays, then blocks.
    fn wait(&mut self, deadline: Option<Instant>) -> io::Result<()> {
        if self.queues.is_empty() && !self.more_results && !self.more_listeners {
            allocator::take_part();
            // The clock was last read when the last turn ended.
            let began = self.out.clock.now().unwrap_or_else(Instant::now);
            if !self.busy_poll(began)? {
                let due = self.sign_of_life.as_ref().map(|sign| sign.due);
                let due = due.into_iter().chain(self.service.due());
                let until = deadline.into_iter().chain(self.acceptor.retry_at()).chain(due).min();
                self.backend.wait(until.map(|until| until.saturating_duration_since(began)))?;
            }
            let now = Instant::now();
            self.begin_wake_up(now);
            let wait = Wait {
                waited: now - began,
                cycle: now - self.woke_at,
                requests: std::mem::take(&mut self.answered),
            };
            self.polling.woke(wait, sys::preemptions);
            self.woke_at = now;
        } else {
            self.backend.wait(Some(Duration::ZERO))?;
            self.begin_wake_up(Instant::now());
        }
        Ok(())
    }

    fn begin_wake_up(&mut self, now: Instant) {
        self.out.clock.wake_up(now);
        if let Some(sign) = &mut self.sign_of_life {
            sign.look(now);
        }
        self.now_ms = (now - self.began).as_millis() as u64;
    }

    /// Polls for events without sleeping, for as long as that pays. True where some came. There
    /// is no pause instruction: on a virtual machine, many in a row hand the processor back.
    fn busy_poll(&mut self, began: Instant) -> io::Result<bool> {
        let budget = self.polling.budget();
        while began.elapsed() < budget {
            if self.backend.poll()? {
                Status::count(&self.status.spins[0]);
                return Ok(true);
            }
        }
        if !budget.is_zero() {
            self.polling.missed();
            Status::count(&self.status.spins[1]);
        }
        Ok(false)
    }

    /// Looks at all that came. Who takes little time is served at once; the others, and all once
    /// this wake-up has taken its time, are queued.
    fn handle_events(&mut self) {
        while let Some(event) = self.backend.next() {
            match event {
                Event::Woken => self.woken(),
                Event::Readable { token, last } => self.readable(token, last),
                Event::Writable(token) => self.serve(token),
                Event::Unsent(token, rest) => self.with(token, |turn| turn.unsent(&rest)),
                Event::OutputClosed(token) => {
                    if let Some((hot, _)) = self.clients.get_mut(token) {
                        hot.flags.set(ClientFlags::OUTPUT_CLOSED, true);
                        self.queue(token, Share::Late);
                    }
                }
            }
        }
    }

    fn readable(&mut self, token: Token, last: bool) {
        let Some((hot, _)) = self.clients.get_mut(token) else { return };
        hot.flags.set(ClientFlags::READABLE, true);
        if last {
            hot.flags.set(ClientFlags::HANG_UP, true);
        }
        self.serve(token);
    }

    /// Gives a client its turn, now or later.
    fn serve(&mut self, token: Token) {
        let Some((hot, _)) = self.clients.get_mut(token) else { return };
        let (queued, heavy) =
            (hot.flags.has(ClientFlags::RUNNABLE), hot.flags.has(ClientFlags::HEAVY));
        let at_once = self.queues.len(Share::Soon) == 0 && !self.out.clock.wake_is_over();
        if at_once && !queued && !heavy {
            return self.turn(token);
        }
        self.with(token, |turn| {
            turn.postpone();
        });
        self.queue(token, if heavy { Share::Late } else { Share::Soon });
    }

    fn woken(&mut self) {
        self.waker.clear();
        self.more_results = true;
        if self.signals.take_reload()
            && let Some(settings) = (self.reload)()
        {
            self.settings = settings;
            self.workers.set_max(settings.workers_max);
            self.polling = BusyPolling::new(Duration::from_micros(settings.spin_us.into()));
        }
    }

    /// A turn for those that are queued, for as long as there is time: those that take little time
    /// first, then those that take more, and one of each at the least.
    fn take_turns(&mut self) {
        for share in [Share::Soon, Share::Late] {
            for nth in 0..self.queues.len(share) {
                if self.out.clock.wake_is_over() && nth > 0 {
                    break;
                }
                if let Some(token) = self.queues.pop(share) {
                    if let Some((hot, _)) = self.clients.get_mut(token) {
                        hot.flags.set(ClientFlags::RUNNABLE, false);
                    }
                    self.turn(token);
                }
            }
        }
    }

    /// Gives a client its turn: frames in, replies out.
    fn turn(&mut self, token: Token) {
        let (mut next, mut answered, mut held) = (NextStep::Wait, 0, false);
        self.out.clock.begin_turn();
        self.with(token, |turn| {
            let before = turn.connection.hot.requests;
            let was_held = turn.connection.has(ClientFlags::UNCOMMITTED);
            next = turn.run();
            answered = turn.connection.hot.requests - before;
            let took = turn.connection.out.clock.end_turn();
            let flags = &mut turn.connection.hot.flags;
            flags.set(ClientFlags::HEAVY, took > HEAVY);
            // It is in the list from its first turn on.
            held = flags.has(ClientFlags::UNCOMMITTED) && !was_held;
        });
        self.answered += answered;
        self.step(token, next);
        if held {
            self.uncommitted.push(token);
        }
    }

    /// Has a client wait for its turn, unless it does already.
    fn queue(&mut self, token: Token, share: Share) {
        if let Some((hot, _)) = self.clients.get_mut(token)
            && !hot.flags.has(ClientFlags::RUNNABLE)
        {
            hot.flags.set(ClientFlags::RUNNABLE, true);
            self.queues.push(token, share);
        }
    }

    /// Does something with a client that is still there.
    fn with(&mut self, token: Token, act: impl FnOnce(&mut Turn<'_, S, B>)) {
        let Some((hot, state)) = self.clients.get_mut(token) else { return };
        hot.last_active_ms = self.now_ms;
        let connection = Connection {
            token,
            hot,
            state,
            service: &mut self.service,
            workers: &mut self.workers,
            out: &mut self.out,
            settings: &self.settings,
        };
        let mut turn = Turn { connection, pool: &mut self.pool, backend: &mut self.backend };
        let before = turn.figures();
        act(&mut turn);
        let after = turn.figures();
        self.status.count_client(before, after);
    }

    fn close(&mut self, token: Token) {
        if !self.backend.settle(token).unwrap_or(true) {
            // A rest of its last reply comes back, and then another turn.
            return;
        }
        let Some((mut hot, state)) = self.clients.remove(token) else { return };
        let before = Figures {
            held_back: hot.flags.has(ClientFlags::HELD_BACK),
            unread: hot.output.len() + state.backlog.len(),
        };
        self.status.count_client(before, Figures::default());
        self.pool.release(&mut hot.input);
        self.pool.release(&mut hot.output);
        self.backend.close(token, hot.socket());
        let cold = &state.cold;
        let ms = self.now_ms.saturating_sub(cold.connected_ms);
        tracing::debug!(
            client = cold.number,
            pid = cold.pid,
            ms,
            requests = hot.requests,
            received = hot.received,
            sent = cold.sent,
            "left"
        );
        // Closed here, so that who asks for the count of clients finds no more descriptors than that.
        drop(hot);
        self.service.closed(state.session);
        self.status.connections.store(self.clients.hot.len(), Ordering::Relaxed);
        // Together with the connections, so that who asks sees both of the same moment.
        self.status.set_buffers(self.pool.usage());
        self.acceptor.resume(&mut self.backend);
    }

    /// Keeps the figures up to date, and gives back what grew out of measure.
    fn report(&mut self) {
        if let Some(buffers) = self.pool.take_returned() {
            self.workers.discard(buffers);
        }
        if let Some(bytes) = self.out.take_overgrown(OUTPUT_BYTES_KEPT) {
            self.workers.discard(bytes);
        }
        self.status.set_buffers(self.pool.usage());
        self.status.workers.store(self.workers.alive(), Ordering::Relaxed);
        self.status.jobs.store(self.workers.running(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod leaving_tests;
#[cfg(test)]
mod limit_tests;
#[cfg(test)]
mod step_service;
#[cfg(test)]
mod step_tests;
#[cfg(test)]
mod tests;
