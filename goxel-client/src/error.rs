//! [`Error`]: what goes wrong between a client and the daemon.

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a request has no result.
///
/// [`Error::is_absent`] tells a daemon that is not there, where another attempt may help, from one
/// that says no.
#[derive(Debug, Error)]
pub enum Error {
    /// The daemon answered that it does not do what was asked.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Nothing listens on the socket.
    #[error("no daemon at {}", .0.display())]
    Absent(PathBuf),
    /// Something is at the socket's place, but no connection can be made.
    #[error("cannot connect to {}: {reason}", .socket.display())]
    Unreachable {
        /// Where it was tried.
        socket: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// Nothing listens on the socket, and a daemon could not be started there.
    #[error("no daemon at {}, and none could be started: {reason}", .socket.display())]
    NotStarted {
        /// Where it was to listen.
        socket: PathBuf,
        /// What the daemon, or the system, says.
        reason: String,
    },
    /// The daemon went away while replies were due: what was asked last may have been done.
    #[error("the daemon closed the connection before it answered")]
    Closed,
    /// Whoever looked on wanted to wait no longer: what was asked last may still be done.
    #[error("the call was given up")]
    Left,
    /// What answers is no daemon, or not one that keeps to the protocol.
    #[error("{0}")]
    Protocol(&'static str),
    /// The connection failed in another way.
    #[error("the connection to the daemon failed")]
    Connection(#[source] io::Error),
}

impl Error {
    /// Whether there is no daemon, or it went away.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        match self {
            Self::Absent(_) | Self::Unreachable { .. } | Self::NotStarted { .. } | Self::Closed => {
                true
            }
            Self::Refused(_) | Self::Left | Self::Protocol(_) | Self::Connection(_) => false,
        }
    }

    /// The error of a connection on which reading or writing failed: a daemon that ends shows as
    /// one of several, depending on what it had read.
    pub(crate) fn of_connection(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => Self::Closed,
            _ => Self::Connection(error),
        }
    }
}

/// The daemon's refusal of a request: the `error` of its reply.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct Refusal {
    /// A code of JSON-RPC, or the method's own; `goxel_proto::ErrorCode` names them.
    pub code: i64,
    /// What was wrong, for people.
    pub message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (error {})", self.message, self.code)
    }
}
