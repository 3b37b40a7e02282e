//! `--status`, `--stop`, `--reload`: speaking to a daemon that runs.
//!
//! It is found by its pid file, and where there is none by its socket: Linux knows who listens
//! there.

use std::io::{self, Write as _};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal};

use super::pid_file::{Holder, holder};
use super::sys::{self, Process};
use super::user;
use crate::config::Config;
use crate::flags::Flags;

/// How long a daemon may take to end. It gives itself two seconds for what is under way, and writes what is
/// only in the journal into files: gigabytes, on a slow disk.
const STOP_SECONDS: u32 = 90;

/// What a running daemon is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Status,
    Stop,
    Reload,
}

impl Action {
    /// What the flags ask for, if anything.
    pub(crate) fn asked(flags: &Flags) -> Option<Self> {
        let asked =
            [(flags.status, Self::Status), (flags.stop, Self::Stop), (flags.reload, Self::Reload)];
        asked.into_iter().find_map(|(asked, action)| asked.then_some(action))
    }
}

/// Carries it out. The code is a failure where no daemon runs.
///
/// # Errors
/// Where the daemon cannot be told, or does not end.
pub(crate) fn control(action: Action, config: &Config) -> Result<ExitCode> {
    let found = find(config)?;
    let said = match found {
        Found::Absent(why) => format!("goxel-daemon is not running ({why})"),
        Found::Running(pid) => act(action, pid)?,
    };
    // Nobody can be told that standard output is closed.
    let _ = writeln!(io::stdout(), "{said}");
    Ok(if matches!(found, Found::Running(_)) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

enum Found {
    Running(Pid),
    Absent(&'static str),
}

fn find(config: &Config) -> Result<Found> {
    let path = config.pid_file.clone().unwrap_or_else(|| config.default_pid_file());
    Ok(match holder(&path, &user::trusted(config)?)? {
        Holder::Alive(pid) => Found::Running(pid),
        Holder::Stale => Found::Absent("stale PID file removed"),
        Holder::None => match listening(config) {
            Some(pid) => Found::Running(pid),
            None => Found::Absent("no PID file found"),
        },
    })
}

/// The process that listens on the socket. Of a socket that systemd made, that is systemd.
fn listening(config: &Config) -> Option<Pid> {
    let stream = UnixStream::connect(&config.socket).ok()?;
    sys::listening_process(&stream).filter(|pid| !pid.is_init())
}

fn act(action: Action, pid: Pid) -> Result<String> {
    Ok(match action {
        Action::Status => format!("goxel-daemon is running (pid {pid})"),
        Action::Reload => {
            Process::open(pid)?.signal(Signal::HUP).context("cannot signal the daemon")?;
            format!("goxel-daemon reads its configuration anew (pid {pid})")
        }
        Action::Stop => {
            stop(pid)?;
            format!("goxel-daemon has stopped (pid {pid})")
        }
    })
}

fn stop(pid: Pid) -> Result<()> {
    let process = Process::open(pid).context("cannot find the daemon")?;
    process.signal(Signal::TERM).context("cannot signal the daemon")?;
    if !process.ends_within(STOP_SECONDS)? {
        bail!("the daemon (pid {pid}) did not end within {STOP_SECONDS} seconds");
    }
    Ok(())
}
