//! [`Program`]: a server as a process of its own, on a private socket: ours, or Redis.
#![allow(dead_code, reason = "benches share it, and none uses all of it")]

use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How long a server may take to come up.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that ends when this is dropped.
pub(crate) struct Program {
    child: Child,
    socket: PathBuf,
    _dir: tempfile::TempDir,
    began: Instant,
    accepted: Duration,
}

impl Program {
    /// Our daemon, with these flags.
    pub(crate) fn goxel(flags: &[&str]) -> io::Result<Self> {
        Self::goxel_at(&beside("goxel-daemon")?, flags)
    }

    /// The daemon at `path`.
    pub(crate) fn goxel_at(path: &Path, flags: &[&str]) -> io::Result<Self> {
        let mut command = Command::new(path);
        command.args(["--foreground", "--max-connections", "20000"]).args(flags);
        Self::start(command, |command, socket| {
            command.arg("--socket").arg(socket);
        })
    }

    /// Redis, with nothing that would slow it down. An error where it is not installed.
    pub(crate) fn redis() -> io::Result<Self> {
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--appendonly", "no", "--daemonize", "no"]);
        command.args(["--maxclients", "12000"]);
        Self::start(command, |command, socket| {
            command.arg("--unixsocket").arg(socket);
        })
    }

    fn start(mut command: Command, listen: impl Fn(&mut Command, &Path)) -> io::Result<Self> {
        let dir = tempfile::tempdir()?;
        let socket = dir.path().join("s");
        listen(&mut command, &socket);
        command.current_dir(dir.path()).stdin(Stdio::null()).stdout(Stdio::null());
        let began = Instant::now();
        let child = command.stderr(Stdio::null()).spawn()?;
        let mut program = Self { child, socket, _dir: dir, began, accepted: Duration::ZERO };
        program.wait()?;
        Ok(program)
    }

    fn wait(&mut self) -> io::Result<()> {
        while UnixStream::connect(&self.socket).is_err() {
            if self.began.elapsed() > PATIENCE || self.child.try_wait()?.is_some() {
                return Err(io::Error::other("the server did not come up"));
            }
            std::thread::yield_now();
        }
        self.accepted = self.began.elapsed();
        Ok(())
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    /// From the start of the process to the first connection.
    pub(crate) fn accepted(&self) -> Duration {
        self.accepted
    }

    /// Since the start of the process.
    pub(crate) fn age(&self) -> Duration {
        self.began.elapsed()
    }

    /// Resident memory, in bytes.
    pub(crate) fn resident(&self) -> io::Result<f64> {
        resident(self.id())
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Processor time that it has used.
    pub(crate) fn processor(&self) -> io::Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
        let ticks = |index: usize| fields.get(index).and_then(|f| f.parse::<u64>().ok());
        let ticks = ticks(11).unwrap_or(0) + ticks(12).unwrap_or(0);
        // The kernel tells it in hundredths of a second, whatever its own clock is.
        Ok(Duration::from_millis(ticks * 10))
    }

    /// Descriptors that it has open.
    pub(crate) fn descriptors(&self) -> io::Result<usize> {
        Ok(std::fs::read_dir(format!("/proc/{}/fd", self.child.id()))?.count())
    }

    /// Threads that it has.
    pub(crate) fn threads(&self) -> io::Result<usize> {
        Ok(std::fs::read_dir(format!("/proc/{}/task", self.child.id()))?.count())
    }
}

/// Resident memory of a process, in bytes.
pub(crate) fn resident(id: u32) -> io::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok());
    kib.map(|kib: f64| kib * 1024.0).ok_or_else(|| io::Error::other("no VmRSS"))
}

impl Drop for Program {
    /// Asks it to end, so that it can write what it has gathered about itself, and waits no longer
    /// than it may take.
    fn drop(&mut self) {
        let asked = Pid::from_child(&self.child);
        let _ = kill_process(asked, Signal::TERM);
        let began = Instant::now();
        while began.elapsed() < PATIENCE && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::yield_now();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program that was built with this one.
pub(crate) fn beside(name: &str) -> io::Result<PathBuf> {
    // target/release/deps/engine-xxxx -> target/release
    let here = std::env::current_exe()?;
    let dir = here.parent().and_then(Path::parent).map(Path::to_path_buf).unwrap_or_default();
    let path = dir.join(name);
    path.is_file().then_some(path.clone()).ok_or_else(|| {
        io::Error::other(format!("{} is not there: build the daemon first", path.display()))
    })
}
