//! Running other programs, cargo first of all.

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Cargo with these arguments, in the workspace.
pub(crate) fn cargo(args: &[&str], root: &Path) -> Command {
    let mut command = Command::new(cargo_path());
    command.args(args).current_dir(root);
    command
}

/// The cargo that runs us, so that every step uses one toolchain.
pub(crate) fn cargo_path() -> std::ffi::OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Runs `command` to its end, and fails where it failed.
pub(crate) fn check(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot run {program}"))?;
    ensure!(status.success(), "{program} ended with {status}");
    Ok(())
}
