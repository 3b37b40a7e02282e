//! Failures that have an exit status or a form of their own.

use std::fmt;

/// Exit status where the command line, a point or a colour is wrong; clap uses the same.
pub(crate) const EXIT_USAGE: u8 = 2;
/// Exit status of every other failure.
pub(crate) const EXIT_FAILURE: u8 = 1;

/// What the user asked for cannot be read.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// The same in a file: the text begins with the place, as editors know it from compilers.
#[derive(Debug)]
pub(crate) struct Located(pub(crate) String);

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Located {}

/// The one line that people see of a failure.
pub(crate) fn line(error: &anyhow::Error) -> String {
    let text = format!("{error:#}").replace(['\n', '\r'], " ");
    if error.is::<Located>() { text } else { format!("goxel-cli: {text}") }
}

/// The exit status of a failure.
pub(crate) fn exit_status(error: &anyhow::Error) -> u8 {
    if error.is::<Usage>() || error.is::<Located>() { EXIT_USAGE } else { EXIT_FAILURE }
}
