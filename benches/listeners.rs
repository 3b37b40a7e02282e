//! [`Listeners`]: connections that are told of all that changes in a project.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// One of so many of them never reads.
const SILENT: usize = 20;

/// Connections that are told of all that changes, read by one thread.
pub(crate) struct Listeners {
    stop: Arc<AtomicBool>,
    told: Arc<AtomicU64>,
    thread: Option<JoinHandle<io::Result<()>>>,
    /// Those that never read.
    _silent: Vec<UnixStream>,
}

impl Listeners {
    /// So many, who are told of the project of this name. Silent ones are among them.
    pub(crate) fn start(socket: &Path, project: &str, count: usize) -> io::Result<Self> {
        let (mut silent, mut reading) = (Vec::new(), Vec::new());
        for number in 0..count {
            let stream = subscribe(socket, project)?;
            if number % SILENT == 0 { &mut silent } else { &mut reading }.push(stream);
        }
        let (stop, told) = (Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
        let (ends, counts) = (Arc::clone(&stop), Arc::clone(&told));
        let thread = (count > 0).then(|| thread::spawn(move || listen(&reading, &ends, &counts)));
        Ok(Self { stop, told, thread, _silent: silent })
    }

    /// Events that were read.
    pub(crate) fn told(&self) -> u64 {
        self.told.load(Ordering::Relaxed)
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A connection that is told.
fn subscribe(socket: &Path, project: &str) -> io::Result<UnixStream> {
    let stream = UnixStream::connect(socket)?;
    let params = format!("[\"{project}\"]");
    writeln!(
        &stream,
        "{{\"jsonrpc\":\"2.0\",\"method\":\"goxel.subscribe\",\"params\":{params},\"id\":1}}"
    )?;
    let mut reply = String::new();
    BufReader::new(&stream).read_line(&mut reply)?;
    let is_told = reply.contains("\"success\": true");
    is_told.then_some(stream).ok_or_else(|| io::Error::other(reply))
}

/// Reads what comes, and counts its lines.
fn listen(streams: &[UnixStream], stop: &AtomicBool, told: &AtomicU64) -> io::Result<()> {
    let mut bytes = vec![0; 64 << 10];
    let wait = Timespec { tv_sec: 0, tv_nsec: 10_000_000 };
    while !stop.load(Ordering::Relaxed) {
        let mut fds: Vec<_> =
            streams.iter().map(|stream| PollFd::new(stream, PollFlags::IN)).collect();
        poll(&mut fds, Some(&wait))?;
        let ready = fds.iter().map(|fd| !fd.revents().is_empty());
        for (mut stream, _) in streams.iter().zip(ready).filter(|(_, ready)| *ready) {
            let count = stream.read(&mut bytes)?;
            let lines = bytes[..count].iter().filter(|byte| **byte == b'\n').count();
            told.fetch_add(lines as u64, Ordering::Relaxed);
        }
    }
    Ok(())
}
