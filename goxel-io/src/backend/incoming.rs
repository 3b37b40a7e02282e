//! [`Incoming`]: those that wait at the listening socket, taken in one by one.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use rustix::io::Errno;

use crate::sys;

/// The listening socket, and whether somebody may be waiting there.
#[derive(Debug)]
pub(super) struct Incoming {
    /// `None` when no more are taken in.
    listener: Option<OwnedFd>,
    may_wait: bool,
}

impl Incoming {
    /// Nobody is known to wait.
    pub(super) fn new(listener: BorrowedFd<'_>) -> io::Result<Self> {
        Ok(Self { listener: Some(listener.try_clone_to_owned()?), may_wait: false })
    }

    /// Somebody may be waiting now.
    pub(super) fn look(&mut self) {
        self.may_wait = self.listener.is_some();
    }

    /// Whether somebody may be waiting.
    pub(super) fn may_wait(&self) -> bool {
        self.may_wait
    }

    /// Who waits, if somebody does. Where nobody does, or that failed, there is nobody until
    /// [`Incoming::look`].
    pub(super) fn accept(&mut self) -> Option<io::Result<OwnedFd>> {
        let listener = self.listener.as_ref().filter(|_| self.may_wait)?;
        loop {
            match sys::accept(listener.as_fd()) {
                // One thought better of it.
                Err(Errno::INTR | Errno::CONNABORTED) => {}
                Ok(socket) => return Some(Ok(socket)),
                Err(error) => {
                    self.may_wait = false;
                    return (error != Errno::AGAIN).then(|| Err(error.into()));
                }
            }
        }
    }

    /// Nobody is taken in any more.
    pub(super) fn stop(&mut self) {
        *self = Self { listener: None, may_wait: false };
    }
}
