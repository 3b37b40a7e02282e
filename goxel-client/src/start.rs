//! Starts a daemon in the background.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek as _, SeekFrom};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What a daemon writes once it can be connected to; its socket follows.
const READY: &str = "listening on ";
/// Of what a daemon says when it fails, this much is shown.
const REASON_BYTES_MAX: u64 = 4096;

/// Runs `program` for `socket` and returns when it listens. What it says goes to `log`. It keeps projects
/// in `data_dir`, where that is told.
///
/// # Errors
/// Why it cannot be started, or what it said last where it ended before it listened.
pub(crate) fn start(
    program: &Path,
    socket: &Path,
    log: &Path,
    data_dir: Option<&Path>,
) -> Result<(), String> {
    let words = |error: io::Error| error.to_string();
    let socket = std::path::absolute(socket).map_err(words)?;
    make_parent(&socket)?;
    if let Some(parent) = data_dir.and_then(Path::parent) {
        let made = DirBuilder::new().mode(0o700).recursive(true).create(parent);
        made.map_err(|error| format!("cannot create {}: {error}", parent.display()))?;
    }
    // To a file: a pipe that nobody reads would break it.
    let log = open_log(log).ok();
    let begun = log.as_ref().and_then(|log| log.metadata().ok()).map_or(0, |log| log.len());
    let stderr = log.as_ref().and_then(|log| log.try_clone().ok());
    let mut child =
        spawn(program, &socket, data_dir, stderr.map_or_else(Stdio::null, Stdio::from))?;
    if is_ready(&mut child) {
        return Ok(());
    }
    let status = child.wait().map_err(words)?;
    let ended = || format!("{} ended before it listened ({status})", program.display());
    Err(log.and_then(|log| last_words(log, begun)).unwrap_or_else(ended))
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
fn make_parent(socket: &Path) -> Result<(), String> {
    let Some(parent) = socket.parent().filter(|parent| !parent.exists()) else {
        return Ok(());
    };
    match DirBuilder::new().mode(0o700).create(parent) {
        // Another program made it in the meantime.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(format!("cannot create {}: {error}", parent.display())),
        Ok(()) => Ok(()),
    }
}

/// In a process group of its own, so that Ctrl-C at this terminal does not reach it. It logs what
/// an operator wants to know, since there is a log to look at.
fn spawn(
    program: &Path,
    socket: &Path,
    data_dir: Option<&Path>,
    stderr: Stdio,
) -> Result<Child, String> {
    let data_dir = data_dir.map(|dir| [OsStr::new("--data-dir"), dir.as_os_str()]);
    Command::new(program)
        .args(["--foreground", "--log-level", "info", "--socket"])
        .arg(socket)
        .args(data_dir.into_iter().flatten())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(stderr)
        .process_group(0)
        .spawn()
        .map_err(|error| format!("cannot run {}: {error}", program.display()))
}

/// Waits for the line that says so, or for the end of the daemon's output.
fn is_ready(child: &mut Child) -> bool {
    let Some(stdout) = child.stdout.take() else {
        return false;
    };
    BufReader::new(stdout).lines().map_while(Result::ok).any(|line| line.starts_with(READY))
}

/// What a daemon that failed said last, of all that is in its log from `begun` on.
fn last_words(mut log: File, begun: u64) -> Option<String> {
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
    use std::path::PathBuf;

    /// A program that does what `script` says; `$5` is the socket.
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
        let program = script(dir.path(), "echo \"some line\"; echo \"listening on $5\"");
        let socket = dir.path().join("new/s");
        start(&program, &socket, &dir.path().join("log"), None).unwrap();
        let mode = fs::metadata(dir.path().join("new")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    fn a_daemon_that_fails() {
        let dir = tempfile::tempdir().unwrap();
        let (socket, log) = (dir.path().join("s"), dir.path().join("log"));
        let failure = |text: &str| {
            let program = script(dir.path(), text);
            start(&program, &socket, &log, None).unwrap_err()
        };
        assert_eq!(failure("echo 'first' >&2; echo 'it burns' >&2; exit 3"), "it burns");
        let mode = fs::metadata(&log).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(failure("exit 3").ends_with("ended before it listened (exit status: 3)"));
        let error = start(&dir.path().join("none"), &socket, &log, None).unwrap_err();
        assert!(error.starts_with("cannot run "), "{error}");
    }
}
