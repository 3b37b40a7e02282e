//! `cargo xtask deny`: what the crates of others may be, by the tables in `deny.toml`.
//!
//! Licences, duplicates and sources; of known holes nothing, because the list of those is fetched
//! from elsewhere each time (`cargo deny check advisories`). The tool is one of its own, and a
//! machine without it builds as well: the check is left out there, and says so.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::command;

/// What is looked at.
const CHECKS: [&str; 3] = ["licenses", "bans", "sources"];

/// Checks the crates of the workspace at `root`.
pub(crate) fn run(root: &Path) -> Result<()> {
    if !installed() {
        println!(
            "deny: left out, cargo-deny is not installed (`cargo install --locked cargo-deny`)"
        );
        return Ok(());
    }
    let mut cargo = Command::new(command::cargo_path());
    // Not `--offline`: crates that only other systems build are fetched here for the first time.
    cargo.args(["deny", "--locked", "--workspace", "check"]).args(CHECKS);
    command::check(cargo.current_dir(root))
        .context("what it found stands above; deny.toml says why")
}

fn installed() -> bool {
    let mut cargo = Command::new(command::cargo_path());
    cargo.args(["deny", "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    cargo.status().is_ok_and(|status| status.success())
}
