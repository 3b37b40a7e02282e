//! Failures that have an exit status or a form of their own.

use std::fmt;

use goxel_client::Error;

/// Exit status where the command line, a point or a colour is wrong; clap uses the same.
pub(crate) const EXIT_USAGE: u8 = 2;
/// Exit status where there is no daemon, or it went away.
pub(crate) const EXIT_ABSENT: u8 = 3;
/// Exit status of every other failure.
pub(crate) const EXIT_FAILURE: u8 = 1;

macro_rules! failures {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name(pub(crate) String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::error::Error for $name {}
    )*};
}

failures! {
    /// What the user asked for cannot be read.
    Usage;
    /// The same in a file: the text begins with the place, as editors know it from compilers.
    Located;
    /// What was asked for cannot be had.
    Refused;
    /// There is no daemon, or it went away.
    Absent;
}

/// The one line that people see of a failure.
pub(crate) fn line(error: &anyhow::Error) -> String {
    let text = format!("{error:#}").replace(['\n', '\r'], " ");
    if error.is::<Located>() { text } else { format!("goxel-cli: {text}") }
}

/// Whether there is no daemon, or it went away.
pub(crate) fn is_absent(error: &anyhow::Error) -> bool {
    error.is::<Absent>() || error.downcast_ref::<Error>().is_some_and(Error::is_absent)
}

/// Whether the daemon went away while it was to answer.
pub(crate) fn is_closed(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(Error::Closed))
}

/// The exit status of a failure.
pub(crate) fn exit_status(error: &anyhow::Error) -> u8 {
    if error.is::<Usage>() || error.is::<Located>() {
        EXIT_USAGE
    } else if is_absent(error) {
        EXIT_ABSENT
    } else {
        EXIT_FAILURE
    }
}
