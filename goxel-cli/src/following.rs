//! `goxel-cli promote` and `goxel-cli pipe`: for daemons that follow others.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use anyhow::{Context as _, Result};
use goxel_client::Daemon;
use goxel_proto::Method;
use goxel_proto::json::Writer;

use crate::commands::count;
use crate::output::Output;
use crate::session::Printing;

/// What is passed on at once.
const PIECE_BYTES: usize = 256 << 10;

/// Has the daemon follow nobody any more.
///
/// # Errors
/// Where it does not follow, or there is none.
pub(crate) fn promote<W: Write>(
    daemon: &Daemon,
    printing: Printing,
    output: &mut Output<W>,
) -> Result<u8> {
    let mut client = daemon.connect_running()?;
    let projects = count(&client.call(Method::Promote, None, |_| ())?, "projects");
    if printing.json {
        let mut json = Vec::new();
        Writer::new(&mut json).object(|w| {
            w.member("success", true);
            w.member("projects", projects);
        });
        output.line(&String::from_utf8_lossy(&json))?;
    } else {
        output.line(&format!("it follows nobody any more, and has {projects} projects"))?;
    }
    Ok(0)
}

/// Passes on standard input to the daemon, and what it sends to standard output, until either ends.
///
/// # Errors
/// Where there is no daemon.
pub(crate) fn pipe(daemon: &Daemon) -> Result<u8> {
    // That says in words that there is none.
    drop(daemon.connect_running()?);
    let to = UnixStream::connect(daemon.socket()).context("the daemon is gone")?;
    let from = to.try_clone()?;
    // It ends with the process: nobody can be woken who reads standard input.
    std::thread::spawn(move || {
        let passed = pass(io::stdin().lock(), &to);
        let closed = to.shutdown(Shutdown::Write);
        passed.and(closed)
    });
    pass(&from, io::stdout().lock())?;
    Ok(0)
}

/// Passes on each piece as it comes.
fn pass(mut from: impl Read, mut to: impl Write) -> io::Result<()> {
    let mut bytes = vec![0; PIECE_BYTES];
    loop {
        match from.read(&mut bytes) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                to.write_all(&bytes[..count])?;
                to.flush()?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
