//! [`Queues`]: the clients that wait for their turn.

use std::collections::VecDeque;

use crate::backend::Token;

/// Which of the queues a client waits in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// It takes little time, as far as is known.
    Soon,
    /// It has more to do than fits one turn, or its last turn took long, or it has left and nobody
    /// waits.
    Late,
}

/// Two queues, each first come, first served. One client of each has its turn at every wake-up at
/// the least.
#[derive(Debug, Default)]
pub(super) struct Queues([VecDeque<Token>; 2]);

impl Queues {
    pub(super) fn push(&mut self, token: Token, share: Share) {
        self.0[share as usize].push_back(token);
    }

    pub(super) fn pop(&mut self, share: Share) -> Option<Token> {
        self.0[share as usize].pop_front()
    }

    pub(super) fn len(&self, share: Share) -> usize {
        self.0[share as usize].len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(VecDeque::is_empty)
    }
}
