//! [`Probe`]: what a script must never come to do, tried from within. Only tests ask for it, by an argument of the
//! program: nothing that a script can call leads here.

use std::fs::File;
use std::io;
use std::net::{TcpListener, UdpSocket};
use std::process::Command;

use crate::sys;

/// Something that is forbidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    /// Opens a file.
    File,
    /// Opens a file where Landlock alone is in force.
    LockedFile,
    /// Listens where Landlock alone is in force.
    LockedSocket,
    /// Makes a socket.
    Socket,
    /// Starts a program.
    Process,
    /// Has itself traced.
    Trace,
    /// Sends a signal.
    Signal,
    /// Reads a descriptor that was left open.
    Descriptor,
    /// Makes memory that holds code.
    Code,
}

/// The names of probes.
const NAMES: &[(&str, Probe)] = &[
    ("file", Probe::File),
    ("locked-file", Probe::LockedFile),
    ("locked-socket", Probe::LockedSocket),
    ("socket", Probe::Socket),
    ("process", Probe::Process),
    ("trace", Probe::Trace),
    ("signal", Probe::Signal),
    ("descriptor", Probe::Descriptor),
    ("code", Probe::Code),
];

impl Probe {
    pub(crate) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, probe)| *probe)
    }

    /// Whether it is tried where Landlock alone is in force.
    pub(crate) fn is_early(self) -> bool {
        matches!(self, Self::LockedFile | Self::LockedSocket)
    }

    /// Tries it, and tells what came of it.
    pub(crate) fn attempt(self) -> String {
        match self.try_it() {
            Ok(()) => "done".to_owned(),
            Err(error) => format!("refused: {error}"),
        }
    }

    fn try_it(self) -> io::Result<()> {
        match self {
            Self::File | Self::LockedFile => File::open("/proc/self/status").map(drop),
            Self::LockedSocket => TcpListener::bind("127.0.0.1:0").map(drop),
            Self::Socket => UdpSocket::bind("127.0.0.1:0").map(drop),
            Self::Process => Command::new("/bin/true").status().map(drop),
            Self::Signal => sys::probe::send_signal(),
            Self::Trace => sys::probe::be_traced(),
            Self::Descriptor => sys::probe::read_standard_error(),
            Self::Code => sys::probe::map_code(),
        }
    }
}
