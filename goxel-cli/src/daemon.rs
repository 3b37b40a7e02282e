//! `goxel-cli daemon`: starting, stopping and looking for the daemon.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use goxel_client::{Client, Daemon, Error, Process};
use goxel_proto::Method;
use goxel_proto::json::Writer;

use crate::args::DaemonAction;
use crate::commands::{count, text};
use crate::error::{self, EXIT_ABSENT};
use crate::output::Output;
use crate::session::Printing;

/// How long the process of a daemon may take to end behind its last answer: what is only in the journal is
/// written into files then, on a disk that may be slow.
const END_MAX: Duration = Duration::from_secs(90);

/// Of a log, no more than this is looked at for its last lines.
const LOG_BYTES_MAX: u64 = 1 << 20;

/// Does what is asked, and gives the exit status.
///
/// # Errors
/// Where the daemon does not do it.
pub(crate) fn run<W: Write>(
    action: DaemonAction,
    daemon: &Daemon,
    printing: Printing,
    output: &mut Output<W>,
) -> Result<u8> {
    let report = match action {
        DaemonAction::Start { no_data_dir: false } => start(daemon)?,
        DaemonAction::Start { no_data_dir: true } => start(&daemon.clone().keeping(None))?,
        DaemonAction::Stop { force } => stop(daemon, force, printing.typed)?,
        DaemonAction::Status => status(daemon)?,
        DaemonAction::Restart { force } => {
            stop(daemon, force, printing.typed)?;
            start(daemon)?
        }
        DaemonAction::Logs { lines } => {
            output.line(&last_lines(&daemon.log_path(), lines)?)?;
            return Ok(0);
        }
        DaemonAction::Reload => reload(daemon)?,
    };
    let socket = daemon.socket();
    output.line(&if printing.json { report.json(socket) } else { report.text(socket) })?;
    Ok(if action == DaemonAction::Status && !report.running { EXIT_ABSENT } else { 0 })
}

/// What came of it.
#[derive(Default)]
struct Report {
    running: bool,
    what: &'static str,
    /// Of a daemon that was looked at: its version, process, seconds since its start, bytes.
    version: Option<String>,
    numbers: [u64; 3],
}

impl Report {
    fn new(running: bool, what: &'static str) -> Self {
        Self { running, what, ..Self::default() }
    }

    fn text(&self, socket: &Path) -> String {
        let details = self.version.as_ref().map(|version| {
            let [pid, seconds, bytes] = self.numbers;
            let (up, memory) = (duration(seconds), bytes >> 20);
            format!(" (version {version}, process {pid}, up {up}, {memory} MB)")
        });
        format!("{} {}{}", self.what, socket.display(), details.unwrap_or_default())
    }

    fn json(&self, socket: &Path) -> String {
        let mut out = Vec::new();
        Writer::new(&mut out).object(|writer| {
            writer.member("running", self.running);
            writer.member("socket", socket.to_string_lossy().as_ref());
            if let Some(version) = &self.version {
                let [pid, seconds, bytes] = self.numbers;
                writer.member("version", version);
                writer.member("pid", pid);
                writer.member("uptime_seconds", seconds);
                writer.member("memory_bytes", bytes);
            }
        });
        String::from_utf8_lossy(&out).into_owned()
    }
}

/// `3 d 4 h`, `4 h 5 min`, `5 min 6 s`, `6 s`
fn duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

fn start(daemon: &Daemon) -> Result<Report> {
    if daemon.connect()?.is_some() {
        return Ok(Report::new(true, "already running on"));
    }
    daemon.start()?;
    Ok(Report::new(true, "started goxel-daemon on"))
}

fn stop(daemon: &Daemon, force: bool, typed: bool) -> Result<Report> {
    let Some(mut client) = daemon.connect()? else { return Ok(absent()) };
    let process = Process::of(&mut client)?;
    shut_down(client, force, typed)?;
    // A thread of it may still wait for the disk: until it has ended no other one can have the data directory.
    if let Some(process) = process
        && !process.ends_within(END_MAX)?
    {
        let (id, seconds) = (process.id, END_MAX.as_secs());
        bail!("the daemon (process {id}) has not ended within {seconds} seconds");
    }
    Ok(Report::new(false, "stopped the daemon on"))
}

fn absent() -> Report {
    Report::new(false, "no daemon at")
}

fn status(daemon: &Daemon) -> Result<Report> {
    let Some(mut client) = daemon.connect()? else { return Ok(absent()) };
    let version = text(&client.call(Method::Version, None, |_| ())?, "version");
    let status = client.call(Method::Status, None, |_| ())?;
    Ok(Report {
        version: Some(version),
        numbers: ["pid", "uptime_seconds", "memory_allocated"].map(|name| count(&status, name)),
        ..Report::new(true, "running on")
    })
}

/// The daemon's own program knows how its process is told.
fn reload(daemon: &Daemon) -> Result<Report> {
    daemon.connect_running()?;
    let program = daemon.program();
    let output = std::process::Command::new(program)
        .args(["--reload", "--socket"])
        .arg(daemon.socket())
        .output()
        .with_context(|| format!("cannot run {}", program.display()))?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(Report::new(true, "reloaded the configuration of the daemon on"))
}

/// Has the daemon's program do what `flags` say with a data directory that no daemon uses. Gives its exit
/// status.
///
/// # Errors
/// Where it cannot be run, or nothing says which directory.
pub(crate) fn inspect(daemon: &Daemon, flags: &[&OsStr], dir: Option<&Path>) -> Result<u8> {
    let dir = dir.or(daemon.data_dir()).context("which directory? Name it")?;
    let program = daemon.program();
    let status = std::process::Command::new(program)
        .args(flags)
        .arg("--data-dir")
        .arg(dir)
        .status()
        .with_context(|| format!("cannot run {}", program.display()))?;
    Ok(if status.success() { 0 } else { 1 })
}

/// The daemon closes its connections last, so the end of this one says that it is through. Unless
/// by `force`, who types is told of changes that are not saved before it ends, all others after.
fn shut_down(mut client: Client, force: bool, typed: bool) -> Result<()> {
    let careful = |writer: &mut Writer<'_>| writer.member("discard", false);
    let refused = if force { None } else { client.call(Method::Shutdown, None, careful).err() };
    let lost = match refused {
        Some(error) if !error::would_discard(&error) => return Err(error.into()),
        Some(Error::Refused(refusal)) => {
            let force = |_: &str| Some("--force".to_owned());
            let explained = error::explain(refusal, force);
            if typed {
                return Err(explained.into());
            }
            Some(explained.to_string())
        }
        _ => None,
    };
    if force || lost.is_some() {
        client.call(Method::Shutdown, None, |_| ())?;
    }
    client.wait_for_close()?;
    if let Some((_, lost)) = lost.as_deref().and_then(|lost| lost.split_once("since ")) {
        error::complain(&format!("goxel-cli: {lost}; they are gone"));
    }
    Ok(())
}

/// The end of a log.
fn last_lines(path: &Path, count: usize) -> Result<String> {
    let unreadable = || format!("cannot read the log {}", path.display());
    let mut file = File::open(path).with_context(unreadable)?;
    let length = file.metadata().with_context(unreadable)?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LOG_BYTES_MAX))).with_context(unreadable)?;
    let mut bytes = Vec::new();
    file.take(LOG_BYTES_MAX).read_to_end(&mut bytes).with_context(unreadable)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    Ok(lines[lines.len().saturating_sub(count)..].join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use goxel_client::testing as fake;
    use std::io::{BufRead as _, BufReader};
    use std::os::unix::net::UnixStream;
    use std::thread;

    #[test]
    fn stopping_waits_for_the_end() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let reply = b"{\"jsonrpc\": \"2.0\", \"result\": {\"success\": true}, \"id\": 1}\n";
        theirs.write_all(reply).unwrap();
        let daemon = thread::spawn(move || {
            let mut request = String::new();
            BufReader::new(theirs).read_line(&mut request).unwrap();
            request
        });
        shut_down(Client::new(ours), false, true).unwrap();
        assert!(daemon.join().unwrap().contains("goxel.shutdown"));
    }

    #[test]
    fn a_daemon_that_ends_without_an_answer() {
        let (client, _) = fake::daemon(|_, _, _| Err(""));
        assert!(shut_down(client, false, true).is_err());
    }

    #[test]
    fn who_types_is_told_of_changes_that_are_not_saved() {
        let (client, _) = fake::daemon(|_, method, params| {
            assert_eq!((method, params.raw()), ("goxel.shutdown", &br#"{ "discard": false }"#[..]));
            Err("-1030|params.discard: needed, since project p has changes that are not saved")
        });
        let error = shut_down(client, false, true).unwrap_err();
        let told = "--force: needed, since project p has changes that are not saved";
        assert_eq!(error.to_string(), told);
    }

    #[test]
    fn no_daemon() {
        let dir = tempfile::tempdir().unwrap();
        let daemon = Daemon::new(dir.path().join("s"), "no-program".into());
        let printing = Printing::default();
        let stop = DaemonAction::Stop { force: false };
        for (action, expected) in [(stop, 0), (DaemonAction::Status, EXIT_ABSENT)] {
            let mut bytes = Vec::new();
            let status = run(action, &daemon, printing, &mut Output::new(&mut bytes)).unwrap();
            assert_eq!(status, expected);
            let text = String::from_utf8(bytes).unwrap();
            assert_eq!(text, format!("no daemon at {}\n", daemon.socket().display()));
        }
        let error =
            run(DaemonAction::Reload, &daemon, printing, &mut Output::new(Vec::new())).unwrap_err();
        assert!(error::is_absent(&error));
    }

    #[test]
    fn reports() {
        let report = Report {
            version: Some("15".into()),
            numbers: [7, 3700, 5 << 20],
            ..Report::new(true, "running on")
        };
        assert_eq!(
            report.text(Path::new("/s")),
            "running on /s (version 15, process 7, up 1 h 1 min, 5 MB)"
        );
        assert_eq!(
            report.json(Path::new("/s")),
            "{ \"running\": true, \"socket\": \"/s\", \"version\": \"15\", \"pid\": 7, \
             \"uptime_seconds\": 3700, \"memory_bytes\": 5242880 }"
        );
        assert_eq!(["0 s", "1 min 1 s", "2 d 1 h"], [0, 61, 176_400].map(duration));
    }

    #[test]
    fn the_end_of_a_log() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        std::fs::write(&path, "a\nb\nc\n").unwrap();
        assert_eq!(last_lines(&path, 2).unwrap(), "b\nc");
        assert_eq!(last_lines(&path, 9).unwrap(), "a\nb\nc");
        assert!(last_lines(&dir.path().join("none"), 1).is_err());
    }
}
