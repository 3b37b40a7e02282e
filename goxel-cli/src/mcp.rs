//! `goxel-cli mcp`: the server for language models, which is a program of its own beside this one: it
//! stands on a runtime that no other command needs.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, anyhow};
use goxel_client::Daemon;

/// The program.
const PROGRAM: &str = "goxel-mcp";

/// Becomes that program, for the daemon of this socket.
///
/// # Errors
/// Where it cannot be run; else this does not come back.
pub(crate) fn run(daemon: &Daemon, args: &[OsString]) -> Result<u8> {
    let beside = std::env::current_exe().ok().map(|program| program.with_file_name(PROGRAM));
    let program = beside.filter(|path| path.is_file()).unwrap_or_else(|| PathBuf::from(PROGRAM));
    let error = Command::new(&program).arg("--socket").arg(daemon.socket()).args(args).exec();
    Err(anyhow!("cannot run {}, which comes with goxel-cli: {error}", program.display()))
}
