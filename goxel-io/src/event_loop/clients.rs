//! [`Clients`]: every client's records under one key: hot ones densely, the rest beside.

use std::time::Duration;

use goxel_core::client::{ClientCold, ClientFlags, ClientHot, Slab};

use crate::backend::{Token, key, token};
use crate::connection::ClientState;
use crate::service::{Client, ClientInfo};

/// All clients of a loop.
pub(super) struct Clients<S> {
    pub(super) hot: Slab,
    state: Vec<Option<ClientState<S>>>,
}

impl<S> Clients<S> {
    pub(super) fn new() -> Self {
        Self { hot: Slab::default(), state: Vec::new() }
    }

    /// Takes a client in, and has `open` make its session.
    pub(super) fn insert(
        &mut self,
        hot: ClientHot,
        cold: ClientCold,
        open: impl FnOnce(Client) -> S,
    ) -> Token {
        let key = self.hot.insert(hot);
        let generation = self.hot.get_mut(key).map_or(0, |hot| {
            hot.session = key;
            hot.generation
        });
        let token = token(key, generation);
        let session = open(Client::new(token, cold.number, cold.entrance));
        let (scanner, backlog) = Default::default();
        let state = ClientState { scanner, session, backlog, cold };
        match self.state.get_mut(key as usize) {
            Some(free) => *free = Some(state),
            None => self.state.push(Some(state)),
        }
        token
    }

    /// The client of a token, unless it has left and another has its key.
    pub(super) fn get_mut(&mut self, of: Token) -> Option<(&mut ClientHot, &mut ClientState<S>)> {
        let key = key(of);
        let hot = self.hot.get_mut(key).filter(|hot| token(key, hot.generation) == of)?;
        let state = self.state.get_mut(key as usize)?.as_mut()?;
        Some((hot, state))
    }

    /// The client that was the n-th to connect.
    pub(super) fn find(&self, number: u64) -> Option<Token> {
        let mut all = self.hot.iter();
        all.find_map(|(key, hot)| {
            let state = self.state.get(key as usize)?.as_ref()?;
            (state.cold.number == number).then(|| token(key, hot.generation))
        })
    }

    /// What is known of each, in the order in which they came.
    pub(super) fn list(&self, now_ms: u64) -> Vec<ClientInfo> {
        let mut all: Vec<_> = self
            .hot
            .iter()
            .filter_map(|(key, hot)| {
                let state = self.state.get(key as usize)?.as_ref()?;
                Some(info(token(key, hot.generation), hot, state, now_ms))
            })
            .collect();
        all.sort_unstable_by_key(|info| info.client.number());
        all
    }

    /// Takes a client out.
    pub(super) fn remove(&mut self, of: Token) -> Option<(ClientHot, ClientState<S>)> {
        self.get_mut(of)?;
        let state = self.state.get_mut(key(of) as usize)?.take()?;
        Some((self.hot.remove(key(of))?, state))
    }
}

fn info<S>(token: Token, hot: &ClientHot, state: &ClientState<S>, now_ms: u64) -> ClientInfo {
    let cold = &state.cold;
    let since = |ms| Duration::from_millis(now_ms.saturating_sub(ms));
    ClientInfo {
        client: Client::new(token, cold.number, cold.entrance),
        pid: cold.pid,
        uid: cold.uid,
        gid: cold.gid,
        connected: since(cold.connected_ms),
        idle: since(hot.last_active_ms),
        received: hot.received,
        sent: cold.sent,
        requests: hot.requests,
        unread: hot.output.len() + state.backlog.len(),
        waits: hot.flags.has_any(ClientFlags::WAITING),
    }
}
