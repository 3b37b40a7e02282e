//! [`Settings`]: what the owner of a loop may choose.

use std::fmt;
use std::str::FromStr;

use crate::limits;

/// By which of the kernel's interfaces the loop waits, receives and sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Io {
    /// The one that measures better where it is to be had.
    #[default]
    Auto,
    /// Readiness, by way of mio: epoll on Linux, kqueue on macOS and the BSDs.
    Mio,
    /// Completion, by io_uring; readiness where the kernel refuses it.
    Uring,
}

/// The names that people give to them.
const IO_NAMES: [(&str, Io); 3] = [("auto", Io::Auto), ("mio", Io::Mio), ("uring", Io::Uring)];

impl FromStr for Io {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = IO_NAMES.iter().find(|(name, _)| *name == text);
        found.map(|(_, io)| *io).ok_or_else(|| format!("`{text}` is none of auto, mio, uring"))
    }
}

impl fmt::Display for Io {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = IO_NAMES.iter().find(|(_, io)| io == self).map_or("auto", |(name, _)| name);
        f.write_str(name)
    }
}

/// What the owner may choose. Those marked with * can be changed while the loop runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which interface of the kernel is used.
    pub io: Io,
    /// * Bytes of the longest message that is taken.
    pub frame_bytes_max: usize,
    /// * Bytes of unfinished messages over 64 KiB, of all clients together.
    pub large_bytes_max: usize,
    /// * Clients at once. More are told so and closed.
    pub connections_max: usize,
    /// * Worker threads at the most.
    pub workers_max: usize,
    /// Jobs that may wait for a worker.
    pub queue_length_max: usize,
    /// * Microseconds that the loop polls for the next request before it blocks, at the most.
    pub spin_us: u32,
    /// Whether the loop and the workers stay on cores of their own.
    pub pin: bool,
}

impl Settings {
    /// The defaults, with this limit for messages.
    #[must_use]
    pub fn new(frame_bytes_max: usize) -> Self {
        Self {
            io: Io::Auto,
            frame_bytes_max,
            large_bytes_max: limits::LARGE_BYTES_MAX,
            connections_max: limits::CONNECTIONS_MAX,
            workers_max: limits::WORKERS_MAX,
            queue_length_max: limits::QUEUE_LENGTH_MAX,
            spin_us: limits::SPIN_US,
            pin: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_interfaces() {
        for (name, io) in IO_NAMES {
            assert_eq!((name.parse(), io.to_string().as_str()), (Ok(io), name));
        }
        assert_eq!("epoll".parse::<Io>(), Err("`epoll` is none of auto, mio, uring".to_owned()));
    }
}
