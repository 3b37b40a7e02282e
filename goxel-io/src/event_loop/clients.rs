//! [`Clients`]: every client's records under one key: hot ones densely, the rest beside.

use goxel_core::client::{ClientCold, ClientHot, Slab};
use goxel_proto::frame::FrameScanner;

use crate::backend::{Token, key, token};
use crate::connection::ClientState;
use crate::service::Client;

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
        let session = open(Client::new(token, cold.number));
        let state = ClientState { scanner: FrameScanner::default(), session, cold };
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

    /// Takes a client out.
    pub(super) fn remove(&mut self, of: Token) -> Option<(ClientHot, ClientState<S>)> {
        self.get_mut(of)?;
        let state = self.state.get_mut(key(of) as usize)?.take()?;
        Some((self.hot.remove(key(of))?, state))
    }
}
