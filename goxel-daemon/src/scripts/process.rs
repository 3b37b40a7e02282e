//! [`Worker`]: a process that runs scripts, one after the other. It lives as long as this does.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use crate::process::resident_bytes_of;

/// How long a look at the socket lasts before it is asked whether somebody wants the script to end: no person
/// notices it, and a hundred looks a second cost nothing.
const LOOK_MS: u64 = 10;

/// A process that runs scripts.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    /// The one way to speak with it. Its reads and writes end after a while.
    pub(super) stream: UnixStream,
}

impl Worker {
    /// Starts one, which has said nothing yet. It may have so many bytes of addresses, where the system can hold
    /// it to that.
    ///
    /// # Errors
    /// Where the system starts none.
    pub(super) fn start(program: &Path, address_space: u64) -> io::Result<Self> {
        let (stream, theirs) = UnixStream::pair()?;
        let look = Some(Duration::from_millis(LOOK_MS));
        stream.set_read_timeout(look)?;
        stream.set_write_timeout(look)?;
        // It needs nothing of what the daemon was told. What it says beside its socket is a fault of its own, and
        // goes where the daemon's words go.
        let mut command = Command::new(program);
        command.args(["--address-space", &address_space.to_string()]);
        command.env_clear().current_dir("/");
        command.stdin(OwnedFd::from(theirs)).stdout(Stdio::null());
        Ok(Self { child: command.spawn()?, stream })
    }

    /// Whether it is there still.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Bytes that it has in memory, where the system tells.
    pub(super) fn resident_bytes(&self) -> Option<u64> {
        resident_bytes_of(self.child.id())
    }

    /// Ends it, and says in words how it had ended where it did so by itself.
    pub(super) fn end(mut self) -> String {
        // Whoever closed the socket is about to end, or has.
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
        let patience = Duration::from_millis(LOOK_MS);
        let began = std::time::Instant::now();
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return in_words(status),
                Ok(None) if began.elapsed() < patience => std::thread::yield_now(),
                Ok(None) | Err(_) => return "it did not end by itself".to_owned(),
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // One that has ended already is no error, and is waited for all the same.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn in_words(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => format!("it was ended by signal {signal}"),
        (None, Some(code)) => format!("it ended with status {code}"),
        (None, None) => "nobody knows how".to_owned(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A program that says nothing until its socket is closed.
    pub(in crate::scripts) const SILENT: &str = "#!/bin/sh\nexec cat > /dev/null\n";

    pub(in crate::scripts) fn make_executable(path: &Path) {
        let mode = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(path, mode).expect("it is ours");
    }

    #[test]
    fn a_process_ends_with_its_worker_and_tells_how_it_ended_by_itself() {
        let start = |program: &str| Worker::start(Path::new(program), 1 << 30);
        let failing = start("/bin/false").expect("every system has it");
        assert_eq!(failing.end(), "it ended with status 1");
        let dir = tempfile::tempdir().expect("room");
        let silent = dir.path().join("silent");
        std::fs::write(&silent, SILENT).expect("room");
        make_executable(&silent);
        let mut waiting = Worker::start(&silent, 1 << 30).expect("it is a program");
        assert!(waiting.is_alive());
        let path = format!("/proc/{}", waiting.child.id());
        drop(waiting);
        assert!(!Path::new(&path).exists());
        assert!(start("/no/such/program").is_err());
    }
}
