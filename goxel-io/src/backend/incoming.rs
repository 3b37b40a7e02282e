//! [`Incoming`]: those that wait at the listening sockets, taken in one by one.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use rustix::io::Errno;

use crate::sys;

/// What is known of those who wait at a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    /// Nobody does.
    Nobody,
    /// Nobody does, and the kernel was asked to say when somebody comes.
    #[allow(dead_code, reason = "io_uring alone has to be asked")]
    Awaited,
    /// Somebody may.
    Perhaps,
    /// Taking somebody in has failed; it is tried again when the loop says so.
    Refused,
}

/// The listening sockets, and whether somebody may be waiting there.
#[derive(Debug)]
pub(super) struct Incoming {
    /// None when no more are taken in.
    entrances: Vec<(OwnedFd, Waiting)>,
    /// The one that is looked at first: each has its turn.
    first: usize,
}

impl Incoming {
    /// Nobody is known to wait.
    pub(super) fn new(listeners: &[BorrowedFd<'_>]) -> io::Result<Self> {
        let entrance =
            |listener: &BorrowedFd<'_>| Ok((listener.try_clone_to_owned()?, Waiting::Nobody));
        let entrances = listeners.iter().map(entrance).collect::<io::Result<_>>()?;
        Ok(Self { entrances, first: 0 })
    }

    /// The sockets.
    pub(super) fn sockets(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.entrances.iter().map(|(socket, _)| socket.as_fd())
    }

    /// Somebody may be waiting at the n-th socket now. False where there is no such socket.
    pub(super) fn look(&mut self, entrance: usize) -> bool {
        let found = self.entrances.get_mut(entrance);
        found.map(|(_, waiting)| *waiting = Waiting::Perhaps).is_some()
    }

    /// Somebody may be waiting anywhere.
    pub(super) fn look_everywhere(&mut self) {
        self.entrances.iter_mut().for_each(|(_, waiting)| *waiting = Waiting::Perhaps);
    }

    /// Whether somebody may be waiting.
    pub(super) fn may_wait(&self) -> bool {
        self.entrances.iter().any(|(_, waiting)| *waiting == Waiting::Perhaps)
    }

    /// Who waits, if somebody does, and at which socket. Where nobody does, or that failed, there
    /// is nobody until [`Incoming::look`].
    pub(super) fn accept(&mut self) -> Option<io::Result<(OwnedFd, usize)>> {
        let count = self.entrances.len();
        for entrance in (self.first..self.first + count).map(|turn| turn % count) {
            let (socket, waiting) = &mut self.entrances[entrance];
            while *waiting == Waiting::Perhaps {
                match sys::accept(socket.as_fd()) {
                    // One thought better of it.
                    Err(Errno::INTR | Errno::CONNABORTED) => {}
                    Err(Errno::AGAIN) => *waiting = Waiting::Nobody,
                    Err(error) => {
                        *waiting = Waiting::Refused;
                        return Some(Err(error.into()));
                    }
                    Ok(client) => {
                        self.first = entrance + 1;
                        return Some(Ok((client, entrance)));
                    }
                }
            }
        }
        None
    }

    /// Has `ask` ask the kernel to say when somebody comes, for each socket where nobody waits and
    /// that was not done yet. Not every backend need ask.
    #[allow(dead_code, reason = "io_uring alone has to be asked")]
    pub(super) fn ask(&mut self, mut ask: impl FnMut(usize, BorrowedFd<'_>)) {
        for (entrance, (socket, waiting)) in self.entrances.iter_mut().enumerate() {
            if *waiting == Waiting::Nobody {
                *waiting = Waiting::Awaited;
                ask(entrance, socket.as_fd());
            }
        }
    }

    /// Nobody is taken in any more. Gives how many sockets there were.
    pub(super) fn stop(&mut self) -> usize {
        std::mem::take(&mut self.entrances).len()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::{UnixListener, UnixStream};

    use super::*;

    #[test]
    fn each_socket_has_its_turn() {
        let dir = tempfile::tempdir().unwrap();
        let paths = ["a", "b", "c"].map(|name| dir.path().join(name));
        let listeners = paths.each_ref().map(|path| {
            let listener = UnixListener::bind(path).unwrap();
            listener.set_nonblocking(true).unwrap();
            listener
        });
        let mut incoming = Incoming::new(&listeners.each_ref().map(|one| one.as_fd())).unwrap();
        let _clients: Vec<_> = [0, 0, 0, 2, 2]
            .map(|at: usize| UnixStream::connect(&paths[at]).unwrap())
            .into_iter()
            .collect();
        assert!(incoming.accept().is_none() && !incoming.may_wait());
        incoming.look_everywhere();
        let order: Vec<_> =
            std::iter::from_fn(|| incoming.accept()).map(|found| found.unwrap().1).collect();
        assert_eq!(order, [0, 2, 0, 2, 0]);
        assert!(!incoming.may_wait());
        let asked = |incoming: &mut Incoming| {
            let mut asked = Vec::new();
            incoming.ask(|entrance, _| asked.push(entrance));
            asked
        };
        assert_eq!(asked(&mut incoming), [0, 1, 2]);
        assert!(incoming.look(1) && !incoming.look(3) && incoming.accept().is_none());
        assert_eq!(asked(&mut incoming), [1]);
        assert_eq!(incoming.stop(), 3);
        assert!(!incoming.look(0) && !incoming.may_wait() && incoming.accept().is_none());
    }
}
