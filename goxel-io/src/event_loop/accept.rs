//! Taking clients in: who may come, how many, and what happens when descriptors run out.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use goxel_core::client::{ClientCold, ClientFlags, ClientHot};

use super::Running;
use crate::backend::{Backend, Sent};
use crate::limits::{ACCEPT_PAUSE_MS, ACCEPTS_PER_WAKE};
use crate::listener::Listener;
use crate::service::{Refusal, Service};
use crate::status::Status;
use crate::sys;

/// The listening sockets, and whether they are listened to at present.
pub(super) struct Acceptor {
    /// None when no more is accepted.
    listeners: Vec<Listener>,
    /// For each of them, whether clients of any user are served.
    any_user: Vec<bool>,
    /// Accepting failed for want of descriptors: it is tried again then, or when one is freed.
    retry_at: Option<Instant>,
}

impl Acceptor {
    pub(super) fn new(listeners: Vec<Listener>) -> Self {
        let any_user = listeners.iter().map(|listener| listener.any_user).collect();
        Self { listeners, any_user, retry_at: None }
    }

    /// When accepting is tried again, where it is paused.
    pub(super) fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    pub(super) fn pause(&mut self, error: &io::Error) {
        tracing::warn!(%error, "accepting pauses until a client leaves");
        self.retry_at = Some(Instant::now() + Duration::from_millis(ACCEPT_PAUSE_MS));
    }

    /// Accepts again, where that was paused.
    pub(super) fn resume<B: Backend>(&mut self, backend: &mut B) {
        if self.retry_at.take().is_some() {
            backend.resume_accepting();
        }
    }

    /// Accepts no more, for good. The sockets' files go.
    pub(super) fn stop<B: Backend>(&mut self, backend: &mut B) {
        self.retry_at = None;
        backend.stop_accepting();
        self.listeners.clear();
    }

    /// Whether the n-th listener is for clients of any user.
    fn takes_any_user(&self, entrance: usize) -> bool {
        self.any_user.get(entrance) == Some(&true)
    }
}

impl<S: Service, B: Backend> Running<S, B> {
    /// Takes in clients that wait to be, for as long as there is time: one at the least.
    pub(super) fn accept_some(&mut self) {
        if self.acceptor.retry_at().is_some_and(|at| at <= Instant::now()) {
            self.acceptor.resume(&mut self.backend);
        }
        for _ in 0..ACCEPTS_PER_WAKE {
            match self.backend.accept() {
                None => return,
                Some(Ok((socket, entrance))) => self.accept(socket, entrance),
                Some(Err(error)) => self.acceptor.pause(&error),
            }
            self.out.clock.read();
            if self.out.clock.wake_is_over() {
                return;
            }
        }
    }

    fn accept(&mut self, socket: OwnedFd, entrance: usize) {
        let limit = self.settings.connections_max;
        if self.clients.hot.len() >= limit {
            return self.turn_away(&socket, limit);
        }
        let Some(mut cold) = self.known(&socket, entrance) else { return };
        cold.number = Status::count(&self.status.accepted) + 1;
        tracing::debug!(pid = cold.pid, uid = cold.uid, "a client came");
        let mut hot = ClientHot::new(socket, self.now_ms);
        hot.flags.set(ClientFlags::READABLE, !B::PUSHES);
        let token = self.clients.insert(hot, cold, |client| self.service.open(client));
        let Some((hot, _)) = self.clients.get_mut(token) else { return };
        if let Err(error) = self.backend.open(token, hot.socket()) {
            tracing::warn!(%error, "a client was turned away");
            if let Some((_, state)) = self.clients.remove(token) {
                self.service.closed(state.session);
            }
            return;
        }
        self.status.connections.store(self.clients.hot.len(), Ordering::Relaxed);
        // It may have sent something already.
        self.turn(token);
    }

    /// Tells a client that there are too many. Nobody waits for it to listen.
    fn turn_away(&mut self, socket: &OwnedFd, limit: usize) {
        self.service.refuse(Refusal::TooMany(limit), &mut self.out);
        let sent = crate::backend::send_now(socket.as_fd(), &self.out);
        if matches!(sent, Sent::Gone) {
            tracing::debug!("a client was turned away, and had left before");
        }
        self.out.clear();
    }

    /// Who the client is; `None` where its user may not come.
    fn known(&self, socket: &OwnedFd, entrance: usize) -> Option<ClientCold> {
        let peer = sys::peer(socket.as_fd());
        let mut cold = ClientCold { entrance, connected_ms: self.now_ms, ..ClientCold::default() };
        if let Ok(peer) = &peer {
            (cold.pid, cold.uid, cold.gid) = (peer.pid, peer.uid, peer.gid);
        }
        let ours = rustix::process::geteuid().as_raw();
        let any_user = self.acceptor.takes_any_user(entrance);
        let welcome = any_user || (peer.is_ok() && [0, ours].contains(&cold.uid));
        if !welcome {
            tracing::warn!(uid = cold.uid, "a client of another user was turned away");
        }
        welcome.then_some(cold)
    }
}
