//! [`Watch`]: tells which clients are gone of those of whom nothing is received at present.
//!
//! A client that has closed its output alone is still there, and the ring cannot be asked for the
//! difference: its polls are over as soon as one side is closed. An epoll instance can, which the
//! ring then polls like a client.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};

use crate::backend::Token;

/// Events that are taken at once.
const EVENTS: usize = 64;

/// The clients that are watched.
pub(super) struct Watch {
    epoll: OwnedFd,
    found: Vec<epoll::Event>,
}

impl Watch {
    pub(super) fn new() -> rustix::io::Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        Ok(Self { epoll, found: Vec::with_capacity(EVENTS) })
    }

    /// Watches a client. Nothing is asked for but what epoll tells in any case: that it is gone.
    pub(super) fn add(&self, token: Token, socket: BorrowedFd<'_>) {
        let added = epoll::add(&self.epoll, socket, EventData::new_u64(token), EventFlags::ET);
        if let Err(error) = added {
            tracing::debug!(%error, "it will not be told when a client is gone");
        }
    }

    /// Watches a client no more.
    pub(super) fn remove(&self, socket: BorrowedFd<'_>) {
        // It is not there where it could not be added.
        let _ = epoll::delete(&self.epoll, socket);
    }

    /// Those that are gone, each told once.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Token> + '_ {
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        self.found.clear();
        // What is not taken now is told again: the ring polls for as long as there is something.
        let _ = epoll::wait(&self.epoll, spare_capacity(&mut self.found), Some(&now));
        self.found.iter().map(|event| event.data.u64())
    }
}

impl AsFd for Watch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}
