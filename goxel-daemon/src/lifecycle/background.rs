//! `--daemonize`: the process that was started ends once its child serves clients.

use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read as _, Write as _};

use anyhow::{Context as _, Result};
use nix::unistd::ForkResult;

use super::sockets::Sockets;
use super::sys;
use crate::config::Config;

/// The process that was started, which waits for this one to serve.
pub(super) struct Parent(PipeWriter);

/// Goes to the background: comes back in the child only. The parent waits until it is released,
/// says what it was told, and ends.
///
/// # Errors
/// Where the system refuses a second process.
pub(super) fn leave(config: &Config, sockets: &Sockets) -> Result<Parent> {
    let (reader, writer) = io::pipe()?;
    match sys::fork().context("cannot go to the background")? {
        ForkResult::Parent { .. } => {
            drop(writer);
            std::process::exit(wait(reader, config));
        }
        ForkResult::Child => {
            rustix::process::setsid()?;
            sockets.claim()?;
            Ok(Parent(writer))
        }
    }
}

/// Waits for the child to serve, or to end. The code to end with.
fn wait(mut reader: PipeReader, config: &Config) -> i32 {
    let mut byte = [0];
    // The child says itself, on the same standard error, why it failed.
    if reader.read_exact(&mut byte).is_err() {
        return 1;
    }
    let _ = writeln!(io::stdout(), "listening on {}", config.socket.display());
    0
}

impl Parent {
    /// Lets the parent end, and with it everything that ties this process to a terminal.
    pub(super) fn release(mut self) {
        if let Err(error) = detach() {
            tracing::warn!(%error, "the terminal could not be left");
        }
        if let Err(error) = self.0.write_all(b"r") {
            tracing::warn!(%error, "nobody waited for the daemon to start");
        }
    }
}

fn detach() -> io::Result<()> {
    let null = File::options().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    rustix::stdio::dup2_stderr(&null)?;
    Ok(())
}
