//! The event loop alone, with a service that says the same to whatever it is sent. What
//! is between this and the daemon is the wire and the model.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use goxel_io::{
    Client, EventLoop, Io, Job, Output, Refusal, SOCKET_MODE, Service, Settings, Status, Verdict,
};
use goxel_proto::limits::FRAME_BYTES_MAX;

/// As long as the reply to an edit.
const REPLY: &[u8] = b"{ \"jsonrpc\": \"2.0\", \"result\": { \"success\": true, \"x\": 1, \"y\": 2, \"z\": 3, \"layer_id\": 0 }, \"id\": 1 }\n";

/// A loop on a thread of its own, which ends with the process.
pub(crate) struct Alone {
    _dir: tempfile::TempDir,
    socket: PathBuf,
}

impl Alone {
    pub(crate) fn start(io: Io) -> io::Result<Self> {
        let dir = tempfile::tempdir()?;
        let socket = dir.path().join("s");
        let listener = goxel_io::bind(&socket, SOCKET_MODE)?;
        let settings = Settings { io, ..Settings::new(FRAME_BYTES_MAX) };
        std::thread::spawn(move || {
            EventLoop::new(listener, settings, Arc::new(Status::default()), Same)?.run()
        });
        Ok(Self { _dir: dir, socket })
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }
}

struct Same;

impl Service for Same {
    type Session = ();
    type Done = ();

    fn open(&mut self, _: Client) {}

    fn frame(&mut self, (): &mut (), _: &[u8], out: &mut Output) -> Verdict<()> {
        out.extend_from_slice(REPLY);
        Verdict::Answered
    }

    fn finish(&mut self, (): &mut (), (): (), _: &mut Output) -> Verdict<()> {
        Verdict::Answered
    }

    fn resume(&mut self, (): &mut (), _: &mut Output) -> Verdict<()> {
        Verdict::Answered
    }

    fn busy(&mut self, (): &mut (), _: Job<()>, _: &mut Output) -> Verdict<()> {
        Verdict::Answered
    }

    fn refuse(&mut self, _: Refusal, _: &mut Output) {}

    fn stopping(&self) -> bool {
        false
    }
}
