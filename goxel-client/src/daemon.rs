//! [`Daemon`]: where a daemon is, or would be; connecting to it and starting it.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use crate::client::{Client, SessionName};
use crate::error::Error;
use crate::start;

/// The daemon's program.
const PROGRAM: &str = "goxel-daemon";
/// Where the socket is when nothing says otherwise, as clients of older daemons expect.
const FALLBACK_SOCKET: &str = "/tmp/goxel-daemon.sock";

/// A daemon that runs, or one that could be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Daemon {
    socket: PathBuf,
    program: PathBuf,
    session: Option<SessionName>,
    data_dir: Option<PathBuf>,
}

/// A daemon that was found, and the connection to it.
#[derive(Debug)]
pub enum Found {
    /// It was running.
    Running(Client),
    /// It was started just now, which people may want to be told.
    Started(Client),
}

impl Daemon {
    /// The daemon that is meant here: its socket is the one that was `asked` for, else
    /// `$GOXEL_SOCKET`, else `$XDG_RUNTIME_DIR/goxel/goxel.sock`, else `/tmp/goxel-daemon.sock`. Its
    /// program is the one that was installed beside this program, else the one on the `PATH`. Where it is
    /// started it keeps projects in `$GOXEL_DATA_DIR`, else in a directory of its socket's name in
    /// `$XDG_STATE_HOME/goxel`; nowhere where the variable is empty.
    #[must_use]
    pub fn find(asked: Option<&Path>) -> Self {
        let socket = socket_path(asked, |name| std::env::var_os(name));
        let beside = std::env::current_exe().ok().map(|program| program.with_file_name(PROGRAM));
        let program = beside.filter(|path| path.is_file()).unwrap_or_else(|| PROGRAM.into());
        let data_dir = data_dir(&socket, |name| std::env::var_os(name));
        Self::new(socket, program).keeping(data_dir)
    }

    /// The daemon of this socket, which `program` is run for.
    #[must_use]
    pub fn new(socket: PathBuf, program: PathBuf) -> Self {
        Self { socket, program, session: None, data_dir: None }
    }

    /// The same, which keeps projects in this directory where it is started; else nowhere.
    #[must_use]
    pub fn keeping(self, data_dir: Option<PathBuf>) -> Self {
        Self { data_dir, ..self }
    }

    /// The same, whose connections are of a session.
    #[must_use]
    pub fn of_session(self, session: SessionName) -> Self {
        Self { session: Some(session), ..self }
    }

    /// Where it listens.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Where it keeps projects where it is started.
    #[must_use]
    pub fn data_dir(&self) -> Option<&Path> {
        self.data_dir.as_deref()
    }

    /// What is run to start it.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Where a daemon that was started by [`Daemon::start`] logs to: beside its socket.
    #[must_use]
    pub fn log_path(&self) -> PathBuf {
        self.socket.with_extension("log")
    }

    /// Connects to it, if it runs.
    ///
    /// # Errors
    /// Where a socket is there but cannot be connected to.
    pub fn connect(&self) -> Result<Option<Client>, Error> {
        match UnixStream::connect(&self.socket) {
            Ok(stream) => {
                let client = Client::new(stream);
                Ok(Some(match &self.session {
                    Some(session) => client.of_session(session),
                    None => client,
                }))
            }
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => {
                let socket = self.socket.clone();
                Err(Error::Unreachable { socket, reason: error.to_string() })
            }
        }
    }

    /// A connection of no session, and nothing more.
    pub(crate) fn open(&self) -> Result<UnixStream, Error> {
        UnixStream::connect(&self.socket).map_err(Error::of_connection)
    }

    /// Connects to it, which must be running.
    ///
    /// # Errors
    /// Where it is not, or cannot be connected to.
    pub fn connect_running(&self) -> Result<Client, Error> {
        self.connect()?.ok_or_else(|| Error::Absent(self.socket.clone()))
    }

    /// Connects to it, and starts it first where it does not run.
    ///
    /// # Errors
    /// Where there is no daemon and none could be started.
    pub fn connect_or_start(&self) -> Result<Found, Error> {
        if let Some(client) = self.connect()? {
            return Ok(Found::Running(client));
        }
        if let Err(error) = self.start() {
            // Another program may have started one at the same time.
            return self.connect()?.map(Found::Running).ok_or(error);
        }
        let ended = || self.not_started("it ended at once".to_owned());
        self.connect()?.map(Found::Started).ok_or_else(ended)
    }

    /// Starts it in the background and returns when it listens. It belongs to no terminal: Ctrl-C
    /// does not reach it.
    ///
    /// # Errors
    /// Where it cannot be started, or ends before it listens.
    pub fn start(&self) -> Result<(), Error> {
        start::start(&self.program, &self.socket, &self.log_path(), self.data_dir.as_deref())
            .map_err(|reason| self.not_started(reason))
    }

    fn not_started(&self, reason: String) -> Error {
        Error::NotStarted { socket: self.socket.clone(), reason }
    }
}

fn socket_path(asked: Option<&Path>, env: impl Fn(&str) -> Option<OsString>) -> PathBuf {
    let set = |name| env(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    asked
        .map(Path::to_path_buf)
        .or_else(|| set("GOXEL_SOCKET"))
        .or_else(|| Some(set("XDG_RUNTIME_DIR")?.join("goxel/goxel.sock")))
        .unwrap_or_else(|| PathBuf::from(FALLBACK_SOCKET))
}

/// Where a daemon of this socket keeps projects. Each socket has its own: two daemons cannot share one.
fn data_dir(socket: &Path, env: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if let Some(said) = env("GOXEL_DATA_DIR") {
        return Some(PathBuf::from(said)).filter(|path| !path.as_os_str().is_empty());
    }
    let dir = |name: &str| env(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = dir("XDG_STATE_HOME").or_else(|| Some(dir("HOME")?.join(".local/state")))?;
    let socket = std::path::absolute(socket).ok()?;
    Some(state.join("goxel").join(escaped(&socket)))
}

/// A path as one name, as `systemd-escape --path` writes it, so that units can have the same one.
fn escaped(path: &Path) -> String {
    let bytes = path.as_os_str().as_bytes();
    let mut name = String::new();
    for (at, byte) in bytes.iter().skip_while(|byte| **byte == b'/').enumerate() {
        match byte {
            b'/' => name.push('-'),
            b'.' if at == 0 => name.push_str("\\x2e"),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b':' | b'_' | b'.' => {
                name.push(char::from(*byte));
            }
            other => name.push_str(&format!("\\x{other:02x}")),
        }
    }
    name
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let daemon = Daemon::new(dir.path().join("s"), dir.path().join("no-program"));
        let path = daemon.socket().display();
        let error = daemon.connect_running().unwrap_err();
        assert!(error.is_absent());
        assert_eq!(error.to_string(), format!("no daemon at {path}"));
        let error = daemon.connect_or_start().unwrap_err();
        assert!(error.is_absent());
        let start = format!("no daemon at {path}, and none could be started: cannot run ");
        assert!(error.to_string().starts_with(&start), "{error}");
        drop(UnixListener::bind(daemon.socket()).unwrap());
        assert!(daemon.connect().unwrap().is_none(), "a socket that a dead daemon left");
        assert_eq!(daemon.log_path(), dir.path().join("s.log"));
    }

    #[test]
    fn data_directories() {
        let check = |socket: &str, env: &[(&str, &str)], expected: Option<&str>| {
            let look_up = |name: &str| {
                env.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
            };
            let found = data_dir(Path::new(socket), look_up);
            assert_eq!(found.as_deref(), expected.map(Path::new), "{socket} {env:?}");
        };
        let home = ("HOME", "/home/a");
        let expected = "/home/a/.local/state/goxel/run-user-1-goxel-g\\x2d\\xc3\\xa4.sock";
        check("/run/user/1/goxel/g-ä.sock", &[home], Some(expected));
        check("/s", &[home, ("XDG_STATE_HOME", "/state")], Some("/state/goxel/s"));
        check("/s", &[home, ("XDG_STATE_HOME", "state")], Some("/home/a/.local/state/goxel/s"));
        check("/s", &[home, ("GOXEL_DATA_DIR", "/d")], Some("/d"));
        check("/s", &[home, ("GOXEL_DATA_DIR", "")], None);
        check("/s", &[], None);
    }

    #[test]
    fn a_daemon_that_runs() {
        let dir = tempfile::tempdir().unwrap();
        let daemon = Daemon::new(dir.path().join("s"), "no-program".into());
        let _listener = UnixListener::bind(daemon.socket()).unwrap();
        assert!(matches!(daemon.connect_or_start(), Ok(Found::Running(_))));
        assert!(daemon.connect_running().is_ok());
    }
}
