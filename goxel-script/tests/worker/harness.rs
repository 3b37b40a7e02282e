//! [`Worker`]: the real program, and a daemon that is played by the test.

use std::io::{BufReader, Result};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use goxel_core::Project;
use goxel_proto::worker::{Done, Failed, Ready, Run, ToDaemon, ToWorker};
use goxel_store::state;

/// More than any message of these tests.
const MESSAGE_BYTES_MAX: u64 = 64 << 20;
/// Addresses for the program, two threads, a heap and tiles.
pub(crate) const ADDRESS_SPACE: u64 = 1 << 30;

/// After so long without a word a worker hangs: a test then fails, and does not hang, too.
const PATIENCE: Duration = Duration::from_secs(100);

pub(crate) struct Worker {
    child: Child,
    socket: UnixStream,
    from: BufReader<UnixStream>,
}

/// The last word of a script, and what it said before.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) printed: String,
    pub(crate) last: std::result::Result<Done, Failed>,
}

impl Worker {
    /// Starts one, as the daemon does it: no environment, and the socket as its standard input.
    pub(crate) fn start(args: &[&str]) -> Self {
        let (socket, theirs) = UnixStream::pair().unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_goxel-script"))
            .args(["--address-space", &ADDRESS_SPACE.to_string()])
            .args(args)
            .env_clear()
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let from = BufReader::new(socket.try_clone().unwrap());
        Self { child, socket, from }
    }

    /// One that has said that it is ready.
    pub(crate) fn ready() -> Self {
        let mut worker = Self::start(&[]);
        worker.hear_ready();
        worker
    }

    pub(crate) fn hear_ready(&mut self) -> Ready {
        match self.hear() {
            Ok(ToDaemon::Ready(ready)) => ready,
            other => panic!("not ready: {other:?}"),
        }
    }

    pub(crate) fn hear(&mut self) -> Result<ToDaemon> {
        ToDaemon::read(&mut self.from, MESSAGE_BYTES_MAX)
    }

    pub(crate) fn say(&mut self, message: &ToWorker) {
        message.write(&mut self.socket).unwrap();
    }

    pub(crate) fn begin(&mut self, source: &str) {
        self.say(&ToWorker::Run(Box::new(wanted(source))));
    }

    /// Runs a script to its end.
    pub(crate) fn run(&mut self, source: &str) -> Heard {
        self.begin(source);
        self.hear_end(source)
    }

    /// Runs a script that never ends, and ends it once it has printed something.
    pub(crate) fn stop(&mut self, source: &str) -> Failed {
        self.begin(source);
        self.say(&ToWorker::Stop("enough".to_owned()));
        self.hear_end(source).last.expect_err(source)
    }

    pub(crate) fn hear_end(&mut self, source: &str) -> Heard {
        let mut printed = String::new();
        loop {
            match self.hear().unwrap_or_else(|error| panic!("{source:.200}: {error}")) {
                ToDaemon::Print(text) => printed.push_str(&text),
                ToDaemon::Done(done) => return Heard { printed, last: Ok(done) },
                ToDaemon::Failed(failed) => return Heard { printed, last: Err(failed) },
                other => panic!("nobody expects {other:?}"),
            }
        }
    }

    pub(crate) fn value(&mut self, source: &str) -> String {
        self.run(source).last.unwrap_or_else(|failed| panic!("{source}: {failed:?}")).value
    }

    pub(crate) fn failed(&mut self, source: &str) -> Failed {
        self.run(source).last.expect_err(source)
    }

    /// Closes the socket, and waits for the program to end.
    pub(crate) fn leave(mut self) -> ExitStatus {
        self.socket.shutdown(std::net::Shutdown::Both).unwrap();
        let status = self.child.wait().unwrap();
        assert_eq!(status.signal(), None, "it was killed");
        status
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn wanted(source: &str) -> Run {
    Run {
        source: source.to_owned(),
        name: "a.js".to_owned(),
        heap_max: 64 << 20,
        voxels_max: 64 << 20,
        state: state::encode(&Project::new("p", [64; 3])),
        ..Run::default()
    }
}
