//! The loop with a service that gives frames back, over real sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream as StdStream;
use std::sync::{Condvar, Mutex};
use std::thread::JoinHandle;

use super::*;
use crate::backend::needs_uring;
use crate::service::{Class, Client, Job, Refusal, Verdict};
use crate::{SOCKET_MODE, bind};

/// Gives every frame back; `[j...]` by way of a worker, `[hold]` by one that waits until it is let
/// go; `[stop]` ends the loop.
#[derive(Default)]
struct EchoService {
    stop: bool,
    hold: Hold,
}

/// What a `[hold]` waits for.
type Hold = Arc<(Mutex<bool>, Condvar)>;

pub(super) fn let_go(hold: &Hold) {
    *hold.0.lock().unwrap() = true;
    hold.1.notify_all();
}

impl Service for EchoService {
    type Session = usize;
    type Done = Vec<u8>;

    fn open(&mut self, _: Client) -> usize {
        0
    }

    fn frame(&mut self, seen: &mut usize, frame: &[u8], out: &mut Output) -> Verdict<Vec<u8>> {
        *seen += 1;
        self.stop |= frame == b"[stop]";
        if frame.starts_with(b"[j") {
            let frame = frame.to_vec();
            return Verdict::Wait(Job::new(Class::Read, move || frame));
        }
        if frame == b"[hold]" {
            let hold = Arc::clone(&self.hold);
            return Verdict::Wait(Job::new(Class::Read, move || {
                let held = hold.0.lock().unwrap();
                drop(hold.1.wait_while(held, |gone| !*gone).unwrap());
                b"held".to_vec()
            }));
        }
        out.extend_from_slice(frame);
        out.push(b'\n');
        Verdict::Answered
    }

    fn finish(&mut self, _: &mut usize, done: Vec<u8>, out: &mut Output) -> Verdict<Vec<u8>> {
        out.extend_from_slice(b"job ");
        out.extend_from_slice(&done);
        out.push(b'\n');
        Verdict::Answered
    }

    fn resume(&mut self, _: &mut usize, _: &mut Output) -> Verdict<Vec<u8>> {
        Verdict::Answered
    }

    fn busy(&mut self, _: &mut usize, _: Job<Vec<u8>>, out: &mut Output) -> Verdict<Vec<u8>> {
        out.extend_from_slice(b"busy\n");
        Verdict::Answered
    }

    fn refuse(&mut self, refusal: Refusal, out: &mut Output) {
        out.extend_from_slice(format!("{refusal:?}\n").as_bytes());
    }

    fn stopping(&self) -> bool {
        self.stop
    }
}

pub(super) struct Server {
    dir: tempfile::TempDir,
    pub(super) status: Arc<Status>,
    pub(super) hold: Hold,
    thread: JoinHandle<io::Result<()>>,
}

const LIMIT: usize = 1 << 20;

/// Over each backend.
pub(super) fn on_each(test: impl Fn(Settings)) {
    let test = |io| test(Settings { io, ..Settings::new(LIMIT) });
    test(Io::Mio);
    if needs_uring() {
        test(Io::Uring);
    }
}

impl Server {
    pub(super) fn start(settings: Settings) -> Self {
        Self::start_with(settings, || None)
    }

    /// With what a reload gives.
    pub(super) fn start_with(
        settings: Settings,
        reload: impl FnMut() -> Option<Settings> + Send + 'static,
    ) -> Self {
        let service = EchoService::default();
        let hold = Arc::clone(&service.hold);
        Self { hold, ..Self::start_service(settings, service, reload) }
    }

    /// With another service, which must end at `[stop]`.
    pub(super) fn start_service<S: Service + Send + 'static>(
        settings: Settings,
        service: S,
        reload: impl FnMut() -> Option<Settings> + Send + 'static,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listener = bind(&dir.path().join("s"), SOCKET_MODE).unwrap();
        let status = Arc::new(Status::default());
        let for_loop = Arc::clone(&status);
        let thread = std::thread::spawn(move || {
            EventLoop::new(listener, settings, for_loop, service)?.on_reload(reload).run()
        });
        Self { dir, status, hold: Hold::default(), thread }
    }

    pub(super) fn connect(&self) -> StdStream {
        StdStream::connect(self.dir.path().join("s")).unwrap()
    }

    pub(super) fn stop(self) {
        check(&self.connect(), b"[stop]", "[stop]\n");
        self.thread.join().unwrap().unwrap();
    }
}

/// Sends, and expects these lines and none behind them: it may read ahead.
pub(super) fn check(mut stream: &StdStream, send: &[u8], expected: &str) {
    stream.write_all(send).unwrap();
    let mut reader = BufReader::new(stream);
    for line in expected.lines() {
        let mut got = String::new();
        reader.read_line(&mut got).unwrap();
        assert_eq!(got.trim_end(), line);
    }
}

#[test]
fn replies_come_in_order_of_requests() {
    on_each(in_order);
}

fn in_order(settings: Settings) {
    let server = Server::start(settings);
    let stream = server.connect();
    check(&stream, b"[1][2]\n[j3] [4]\n", "[1]\n[2]\njob [j3]\n[4]\n");
    for byte in b"[\"slow\"]" {
        (&stream).write_all(&[*byte]).unwrap();
    }
    check(&stream, b"", "[\"slow\"]\n");
    server.stop();
}

#[test]
fn a_half_closed_connection_is_answered() {
    on_each(half_closed);
}

fn half_closed(settings: Settings) {
    let server = Server::start(settings);
    let mut stream = server.connect();
    stream.write_all(b"[1][j2][3]{\"cut").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut got = String::new();
    stream.read_to_string(&mut got).unwrap();
    assert_eq!(got, "[1]\njob [j2]\n[3]\n{\"cut\n");
    server.stop();
}

#[test]
fn more_frames_than_a_turn_and_more_output_than_a_socket() {
    on_each(more_frames);
}

fn more_frames(settings: Settings) {
    let server = Server::start(settings);
    let stream = server.connect();
    let line = format!("[\"{}\"]\n", "x".repeat(1000));
    let count = 10_000;
    let writer = {
        let (stream, text) = (stream.try_clone().unwrap(), line.repeat(count));
        std::thread::spawn(move || (&stream).write_all(text.as_bytes()))
    };
    // Another client has its turn meanwhile.
    check(&server.connect(), b"[other]", "[other]\n");
    let mut reader = BufReader::new(&stream);
    let mut got = String::new();
    for _ in 0..count {
        got.clear();
        reader.read_line(&mut got).unwrap();
        assert_eq!(got, line);
    }
    writer.join().unwrap().unwrap();
    server.stop();
}

#[test]
fn a_message_over_the_limit_is_answered_and_the_connection_closed() {
    on_each(too_long);
}

fn too_long(settings: Settings) {
    let server = Server::start(settings);
    let mut stream = server.connect();
    // One that is just short enough, then one that is a byte longer.
    let longest = format!("[\"{}\"]", "x".repeat((1 << 20) - 4));
    let reader = std::thread::spawn({
        let (stream, longest) = (stream.try_clone().unwrap(), longest.clone());
        move || check(&stream, b"", &longest)
    });
    stream.write_all(longest.as_bytes()).unwrap();
    reader.join().unwrap();
    let text = longest.replace("\"]", "x\"]");
    // The daemon may close before all is taken.
    let _ = stream.write_all(text.as_bytes());
    let mut got = Vec::new();
    let _ = stream.read_to_end(&mut got);
    assert!(got.starts_with(b"TooLong(1048576)\n"), "{}", String::from_utf8_lossy(&got));
    check(&server.connect(), b"[fine]", "[fine]\n");
    server.stop();
}

#[test]
fn a_client_that_leaves_at_once_is_carried_out() {
    on_each(leaves_at_once);
}

fn leaves_at_once(settings: Settings) {
    let server = Server::start(settings);
    for _ in 0..50 {
        server.connect().write_all(b"[j1][2]").unwrap();
    }
    server.stop();
}
