//! A daemon as a child of this process: started, awaited until it listens, and never left behind.
//!
//! A thread copies what it prints into a log, so that the daemon never waits for a reader, and
//! tells by a channel when it listens. The channel closes when the daemon ends. So both events are
//! waited for, with a limit, and nothing polls.

use std::fs::File;
use std::io::{self, BufRead, BufReader, PipeReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// What the daemon prints when clients can connect, before the socket's path.
const READY: &str = "listening on ";

/// It starts in milliseconds; this is for a machine that is very busy.
const START_MAX: Duration = Duration::from_secs(30);

/// How long it may take from the request to stop until the process is gone.
const STOP_MAX: Duration = Duration::from_secs(10);

/// A running daemon. Dropped, it is killed.
pub(super) struct Daemon {
    child: Child,
    /// One message when it listens; closed when it ends.
    ready: Receiver<()>,
    log: PathBuf,
}

impl Daemon {
    /// Starts `program` in `dir` on `socket`, and returns when it listens.
    pub(super) fn start(
        program: &Path,
        flags: &[&str],
        dir: &Path,
        socket: &Path,
        log: &Path,
    ) -> Result<Self> {
        let (output, input) = io::pipe()?;
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        // The command holds our ends of the pipe. It must be gone before anybody waits for the
        // pipe to close.
        let child = Command::new(program)
            .args(["--foreground", "--socket"])
            .arg(socket)
            .args(flags)
            .current_dir(dir)
            .stdin(Stdio::null())
            .stdout(input.try_clone()?)
            .stderr(input)
            .spawn()
            .with_context(|| format!("cannot run {}", program.display()))?;
        let (sender, ready) = mpsc::channel();
        let daemon = Self { child, ready, log: log.to_path_buf() };
        thread::spawn(move || watch(output, file, &sender));
        daemon.await_ready()?;
        Ok(daemon)
    }

    fn await_ready(&self) -> Result<()> {
        match self.ready.recv_timeout(START_MAX) {
            Ok(()) => Ok(()),
            Err(RecvTimeoutError::Timeout) => {
                bail!("the daemon does not listen after {START_MAX:?}")
            }
            Err(RecvTimeoutError::Disconnected) => {
                let said = std::fs::read_to_string(&self.log).unwrap_or_default();
                bail!("the daemon ended before it listened; it said:\n{}", said.trim_end())
            }
        }
    }

    /// Waits for the end of a daemon that was asked to stop.
    pub(super) fn await_end(mut self) -> Result<()> {
        loop {
            match self.ready.recv_timeout(STOP_MAX) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => bail!("the daemon runs on after {STOP_MAX:?}"),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        // It has closed its output, which is the last thing but one that a process does.
        let status = self.child.wait()?;
        ensure!(status.success(), "the daemon ended with {status}");
        Ok(())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Both fail only where the child is gone already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Copies `output` into `log` until the daemon ends, and reports the line that says it listens.
fn watch(output: PipeReader, mut log: File, ready: &Sender<()>) {
    for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        // A log that cannot be written is no reason to stop reading: the daemon would block.
        let _ = writeln!(log, "{line}");
        if line.contains(READY) {
            let _ = ready.send(());
        }
    }
}
