//! [`Pings`]: a client that asks for little at fixed times, and what it had to wait.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use goxel_benches::Histogram;

const PERIOD: Duration = Duration::from_millis(1);
const PING: &[u8] = b"{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"id\":1}\n";

/// Pings at every millisecond. One that has to be sent late, since the one before was not
/// answered yet, counts from when it was due: otherwise a stall of a second would count once.
pub(crate) struct Pings {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    /// Nanoseconds by which the last ping was sent late.
    late: AtomicU64,
    waited: Mutex<Waited>,
}

/// How long pings waited.
#[derive(Clone, Default)]
pub(crate) struct Waited {
    pub(crate) all: Histogram,
    pub(crate) longest: Duration,
}

impl Pings {
    pub(crate) fn start(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        let shared = Arc::new(Shared::default());
        let mine = Arc::clone(&shared);
        let thread = Some(thread::spawn(move || ping(&stream, &mine)));
        Ok(Self { shared, thread })
    }

    /// What was waited since the last time that this was asked; first it is waited until no ping is
    /// late any more.
    pub(crate) fn take(&self) -> io::Result<Waited> {
        loop {
            if self.thread.as_ref().is_none_or(JoinHandle::is_finished) {
                return Err(io::Error::other("the client that pings was cut off"));
            }
            thread::sleep(2 * PERIOD);
            if self.shared.late.load(Ordering::Relaxed) < PERIOD.as_nanos() as u64 {
                break;
            }
        }
        let mut waited = self.shared.waited.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(std::mem::take(&mut *waited))
    }
}

impl Drop for Pings {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn ping(stream: &UnixStream, shared: &Shared) -> io::Result<()> {
    let mut replies = BufReader::new(stream);
    let mut reply = String::new();
    let mut due = Instant::now();
    while !shared.stop.load(Ordering::Relaxed) {
        due += PERIOD;
        thread::sleep(due.saturating_duration_since(Instant::now()));
        shared.late.store(due.elapsed().as_nanos() as u64, Ordering::Relaxed);
        (&*stream).write_all(PING)?;
        reply.clear();
        if replies.read_line(&mut reply)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let took = due.elapsed();
        let mut waited = shared.waited.lock().unwrap_or_else(PoisonError::into_inner);
        waited.all.add(took);
        waited.longest = waited.longest.max(took);
    }
    Ok(())
}
