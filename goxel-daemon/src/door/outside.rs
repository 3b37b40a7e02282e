//! [`outside`]: the error of a path that leads out of what a connection may use. It travels as an
//! error of the system's, through whoever opens files, and is known again at the end of its way.

use std::{fmt, io};

/// The path leads out of the directory that it must stay beneath.
#[derive(Debug)]
struct Outside;

impl fmt::Display for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the path leads out of the directories that this connection may use")
    }
}

impl std::error::Error for Outside {}

pub(super) fn outside() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, Outside)
}

/// Whether it is that error.
pub(crate) fn is_outside(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Outside>)
}
