//! Finds the daemon's socket, connects to it, and starts a daemon where there is none.

use std::ffi::OsString;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::client::Client;
use crate::error::Absent;

const DAEMON: &str = "goxel-daemon";
/// What a daemon writes once it can be connected to; its socket follows.
const READY: &str = "listening on ";
/// Of what a daemon says when it fails, this much is shown.
const REASON_BYTES_MAX: u64 = 4096;

/// The socket that is meant: the one that was asked for, else that of the environment.
pub(crate) fn socket_path(asked: Option<&Path>, env: impl Fn(&str) -> Option<OsString>) -> PathBuf {
    let set = |name| env(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    asked
        .map(Path::to_path_buf)
        .or_else(|| set("GOXEL_SOCKET"))
        .or_else(|| Some(set("XDG_RUNTIME_DIR")?.join("goxel/goxel.sock")))
        .unwrap_or_else(|| PathBuf::from("/tmp/goxel-daemon.sock"))
}

/// Connects to the daemon that is running, if one is.
///
/// # Errors
/// Where a socket is there but cannot be connected to.
pub(crate) fn connect(socket: &Path) -> Result<Option<Client>> {
    match UnixStream::connect(socket) {
        Ok(stream) => Ok(Some(Client::new(stream))),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => {
            let text = format!("cannot connect to {}: {error}", socket.display());
            Err(Absent(text).into())
        }
    }
}

/// Connects to the daemon, and starts it first where none is running and `may_spawn`.
///
/// # Errors
/// Where there is no daemon and none could be started.
pub(crate) fn connect_or_start(socket: &Path, may_spawn: bool) -> Result<Client> {
    if let Some(client) = connect(socket)? {
        return Ok(client);
    }
    let path = socket.display();
    let advice = format!("(start one: goxel-cli daemon start --socket {path})");
    if !may_spawn {
        bail!(Absent(format!("no daemon at {path} {advice}")));
    }
    if let Err(error) = start(socket, &find_daemon()) {
        // Another command may have started one at the same time.
        return match connect(socket)? {
            Some(client) => Ok(client),
            None => bail!(Absent(format!(
                "no daemon at {path}, and none could be started: {error:#} {advice}"
            ))),
        };
    }
    // Nobody can be told that standard error is closed.
    let _ = writeln!(io::stderr(), "started goxel-daemon on {path}");
    connect(socket)?.with_context(|| format!("the daemon at {path} ended at once"))
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

/// The daemon that was installed with this program, else the one on the `PATH`.
pub(crate) fn find_daemon() -> PathBuf {
    let beside = std::env::current_exe().ok().map(|program| program.with_file_name(DAEMON));
    beside.filter(|path| path.is_file()).unwrap_or_else(|| PathBuf::from(DAEMON))
}

/// Where a daemon that is started here logs to: beside its socket.
pub(crate) fn log_path(socket: &Path) -> PathBuf {
    socket.with_extension("log")
}

/// Starts a daemon in the background and returns when it listens.
///
/// # Errors
/// Where it cannot be started, or ends before it listens.
pub(crate) fn start(socket: &Path, program: &Path) -> Result<()> {
    let socket = std::path::absolute(socket)?;
    make_parent(&socket)?;
    // What it says goes to a file: a pipe that nobody reads would break it.
    let log = open_log(&log_path(&socket)).ok();
    let begun = log.as_ref().and_then(|log| log.metadata().ok()).map_or(0, |log| log.len());
    let stderr = log.as_ref().and_then(|log| log.try_clone().ok());
    let mut child = spawn(program, &socket, stderr.map_or_else(Stdio::null, Stdio::from))?;
    if is_ready(&mut child) {
        return Ok(());
    }
    let status = child.wait()?;
    match log.and_then(|log| reason(log, begun)) {
        Some(reason) => bail!("{reason}"),
        None => bail!("{} ended before it listened ({status})", program.display()),
    }
}

/// For its owner alone, since requests name files; and no link that somebody else laid.
fn open_log(path: &Path) -> io::Result<File> {
    let no_link = rustix::fs::OFlags::NOFOLLOW.bits() as i32;
    OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(no_link)
        .open(path)
}

/// Sockets live in a directory of their own, which only their user may enter.
fn make_parent(socket: &Path) -> Result<()> {
    let Some(parent) = socket.parent().filter(|parent| !parent.exists()) else {
        return Ok(());
    };
    match DirBuilder::new().mode(0o700).create(parent) {
        // Another command made it in the meantime.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other.with_context(|| format!("cannot create {}", parent.display())),
    }
}

/// A daemon in a process group of its own, so that Ctrl-C at this terminal does not reach it.
fn spawn(program: &Path, socket: &Path, stderr: Stdio) -> Result<Child> {
    Command::new(program)
        .args(["--foreground", "--socket"])
        .arg(socket)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(stderr)
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot run {}", program.display()))
}

/// Waits for the line that says so, or for the end of the daemon's output.
fn is_ready(child: &mut Child) -> bool {
    let Some(stdout) = child.stdout.take() else {
        return false;
    };
    BufReader::new(stdout).lines().map_while(Result::ok).any(|line| line.starts_with(READY))
}

/// What a daemon that failed said of it last.
fn reason(mut log: File, begun: u64) -> Option<String> {
    log.seek(SeekFrom::Start(begun)).ok()?;
    let mut text = Vec::new();
    log.take(REASON_BYTES_MAX).read_to_end(&mut text).ok()?;
    let text = String::from_utf8_lossy(&text);
    let last = text.lines().rev().map(str::trim).find(|line| !line.is_empty());
    last.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::net::UnixListener;

    #[test]
    fn sockets() {
        let check = |asked: Option<&str>, env: &[(&str, &str)], expected: &str| {
            let look_up = |name: &str| {
                let found = env.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            };
            assert_eq!(socket_path(asked.map(Path::new), look_up), Path::new(expected));
        };
        let both = [("GOXEL_SOCKET", "/g"), ("XDG_RUNTIME_DIR", "/run/user/1")];
        check(Some("/a"), &both, "/a");
        check(None, &both, "/g");
        check(None, &both[1..], "/run/user/1/goxel/goxel.sock");
        check(None, &[("GOXEL_SOCKET", "")], "/tmp/goxel-daemon.sock");
    }

    #[test]
    fn no_daemon() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("s");
        let error = connect_or_start(&socket, false).err().unwrap();
        assert!(error.is::<Absent>());
        let error = error.to_string();
        let path = socket.display();
        assert_eq!(
            error,
            format!("no daemon at {path} (start one: goxel-cli daemon start --socket {path})")
        );
        drop(UnixListener::bind(&socket).unwrap());
        assert!(connect(&socket).unwrap().is_none(), "a socket that a dead daemon left");
    }

    /// A program that does what `script` says; `$3` is the socket.
    fn script(dir: &Path, script: &str) -> PathBuf {
        let path = dir.join("daemon.sh");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// One test, not several: a script that one thread still writes cannot be run where another
    /// thread starts a process at that moment.
    #[test]
    fn starting() {
        a_daemon_that_listens();
        a_daemon_that_fails();
    }

    fn a_daemon_that_listens() {
        let dir = tempfile::tempdir().unwrap();
        let program = script(dir.path(), "echo \"some line\"; echo \"listening on $3\"");
        start(&dir.path().join("new/s"), &program).unwrap();
        let mode = fs::metadata(dir.path().join("new")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    fn a_daemon_that_fails() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("s");
        let failure = |text: &str| {
            let program = script(dir.path(), text);
            start(&socket, &program).unwrap_err().to_string()
        };
        assert_eq!(failure("echo 'first' >&2; echo 'it burns' >&2; exit 3"), "it burns");
        let mode = fs::metadata(log_path(&socket)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(failure("exit 3").ends_with("ended before it listened (exit status: 3)"));
        let error = start(&socket, &dir.path().join("none")).unwrap_err().to_string();
        assert!(error.starts_with("cannot run "), "{error}");
    }
}
