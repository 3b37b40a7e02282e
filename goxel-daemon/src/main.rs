//! `goxel-daemon`: flags, the configuration, and the life of the daemon.

mod config;
mod flags;
mod lifecycle;
mod log;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use goxel_io::HugePageAllocator;

use crate::config::Config;
use crate::flags::Flags;

#[global_allocator]
static ALLOCATOR: HugePageAllocator = HugePageAllocator;

fn main() -> ExitCode {
    let flags = match Flags::try_parse() {
        Ok(flags) => flags,
        Err(answer) => {
            // Help and the version are no errors. All others end with 1, as with older daemons.
            let _ = answer.print();
            return if answer.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
    };
    match run(flags) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "goxel-daemon: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(flags: Flags) -> Result<ExitCode> {
    let config = Config::read(&flags)?;
    if flags.check || flags.repair || flags.restore_backup.is_some() {
        return inspect(&flags, &config);
    }
    if let Some(action) = lifecycle::Action::asked(&flags) {
        return lifecycle::control(action, &config);
    }
    lifecycle::serve(flags, config).map(|()| ExitCode::SUCCESS)
}

/// Checks or repairs the data directory, or makes it of a backup. The code is a failure where something is
/// damaged, or lost.
fn inspect(flags: &Flags, config: &Config) -> Result<ExitCode> {
    let dir = config.data_dir.as_deref().context("which directory? Say it by --data-dir")?;
    goxel_daemon::limit_memory(config.memory_max);
    let (said, is_good) = if let Some(backup) = &flags.restore_backup {
        (goxel_daemon::restore_backup(backup, dir)?, true)
    } else if flags.repair {
        goxel_daemon::repair_data(dir)?
    } else {
        goxel_daemon::check_data(dir)?
    };
    // Nobody can be told that standard output is closed.
    let _ = writeln!(std::io::stdout(), "{said}");
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
