//! The soak: clients that connect, send good and bad requests, stall and vanish, for minutes. At
//! the end the daemon's counters must be what they were at the start. Then it prints how soon long work
//! ends that is cancelled.
//!
//! `cargo bench -p goxel-benches --bench soak -- --minutes 10 --clients 200 --io uring`. The exit
//! code says whether anything leaked. Build the daemon first (`cargo build --release`).

#[path = "soak/cancel.rs"]
mod cancel;
#[path = "engine/program.rs"]
mod program;

use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use self::program::Program;

/// Bytes of resident memory that may come between start and end: the allocator's own, not ours.
const RESIDENT_SLACK: f64 = 4096.0 * 1024.0;
/// Rounds that bring the daemon to where it would be anyway: arena, projects, workers.
const WARM_UP: Duration = Duration::from_secs(5);
/// How often the figures are printed.
const REPORT: Duration = Duration::from_secs(30);

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let option = |name: &str, default: &str| {
        let at = args.iter().position(|arg| arg == name);
        at.and_then(|at| args.get(at + 1)).cloned().unwrap_or_else(|| default.to_owned())
    };
    let minutes: f64 = option("--minutes", "1").parse().map_err(io::Error::other)?;
    let clients: usize = option("--clients", "200").parse().map_err(io::Error::other)?;
    let program = Program::goxel(&["--io", &option("--io", "auto")])?;
    let mut soak =
        Soak { random: 1, program: &program, clients: VecDeque::new(), done: [0; KINDS] };
    soak.run(clients, WARM_UP)?;
    let before = soak.rest()?;
    println!("start: {before}");
    soak.run(clients, Duration::from_secs_f64(minutes * 60.0))?;
    let after = soak.rest()?;
    println!("end:   {after}");
    println!("done:  {:?} of {:?}", soak.done, Behaviour::ALL);
    cancel::run(program.socket())?;
    match before.leaks(&after) {
        None => Ok(()),
        Some(what) => Err(io::Error::other(format!("leaked: {what}"))),
    }
}

/// What a client does.
#[derive(Clone, Copy, Debug)]
enum Behaviour {
    Good,
    Bad,
    Batch,
    Job,
    Stall,
    Large,
    Deaf,
    Vanish,
}

const KINDS: usize = 8;

impl Behaviour {
    const ALL: [Self; KINDS] = [
        Self::Good,
        Self::Bad,
        Self::Batch,
        Self::Job,
        Self::Stall,
        Self::Large,
        Self::Deaf,
        Self::Vanish,
    ];
}

struct Soak<'a> {
    random: u64,
    program: &'a Program,
    /// Those that are connected, oldest first. They leave in that order, whatever they are at.
    clients: VecDeque<UnixStream>,
    done: [u64; KINDS],
}

impl Soak<'_> {
    fn run(&mut self, clients: usize, time: Duration) -> io::Result<()> {
        let (began, mut reported) = (Instant::now(), Instant::now());
        while began.elapsed() < time {
            while self.clients.len() >= clients {
                self.clients.pop_front();
            }
            let kind = self.next(KINDS);
            let stream = UnixStream::connect(self.program.socket())?;
            stream.set_read_timeout(Some(Duration::from_secs(20)))?;
            stream.set_write_timeout(Some(Duration::from_millis(50)))?;
            self.act(Behaviour::ALL[kind], &stream)?;
            self.done[kind] += 1;
            self.clients.push_back(stream);
            if reported.elapsed() > REPORT {
                println!("{:5.0} s: {}", began.elapsed().as_secs_f64(), Figures::of(self.program)?);
                reported = Instant::now();
            }
        }
        Ok(())
    }

    fn next(&mut self, below: usize) -> usize {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 33) as usize % below
    }

    fn act(&mut self, behaviour: Behaviour, stream: &UnixStream) -> io::Result<()> {
        let n = self.next(1 << 18);
        let [x, y, z] = [n % 64, n / 64 % 64, n / 4096];
        let add = format!("[{x},{y},{z},255,{},0,255]", n % 256);
        match behaviour {
            Behaviour::Good => {
                ask(stream, &request("goxel.create_project", "[\"soak\",64,64,64]"))?;
                ask(stream, &request("goxel.add_voxel", &add))?;
                ask(stream, &request("goxel.get_voxel", &format!("[{x},{y},{z}]")))
            }
            Behaviour::Bad => {
                let bad = ["{\"jsonrpc\":\"2.0\"}\n", "not json\n", "{\"a\n", "[[[[\n]]]]\n"];
                ask(stream, bad[n % bad.len()])
            }
            Behaviour::Batch => {
                let one = request("goxel.add_voxel", &add);
                ask(stream, &format!("[{},{}]\n", one.trim(), one.trim()))
            }
            Behaviour::Job if n.is_multiple_of(8) => {
                let path = self.program.socket().with_extension("png");
                ask(stream, &request("goxel.render_scene", &format!("[{path:?},64,64]")))
            }
            Behaviour::Job => {
                quietly((&*stream).write_all(request("goxel.render_scene", "[]").as_bytes()))
            }
            Behaviour::Stall => {
                let half = request("goxel.add_voxel", &add);
                quietly((&*stream).write_all(&half.as_bytes()[..n % half.len()]))
            }
            Behaviour::Large => {
                let text = format!("[\"{}", "x".repeat(1 + n * 4));
                quietly((&*stream).write_all(text.as_bytes()))
            }
            Behaviour::Deaf => {
                let many = request("goxel.list_methods", "[]").repeat(50);
                quietly((&*stream).write_all(many.as_bytes()))
            }
            Behaviour::Vanish => {
                quietly((&*stream).write_all(request("echo", "[1]").repeat(n % 50).as_bytes()))?;
                quietly(stream.shutdown(if n.is_multiple_of(2) {
                    Shutdown::Both
                } else {
                    Shutdown::Write
                }))
            }
        }
    }

    /// Lets all clients go, and gives the daemon's figures once they have settled.
    fn rest(&mut self) -> io::Result<Figures> {
        self.clients.clear();
        let began = Instant::now();
        loop {
            let figures = Figures::of(self.program)?;
            let settled = figures.engine["connections"] == 1 && figures.engine["jobs"] == 0;
            if settled || began.elapsed() > Duration::from_secs(20) {
                return Ok(figures);
            }
            std::thread::yield_now();
        }
    }
}

/// What the daemon holds.
struct Figures {
    engine: Value,
    descriptors: usize,
    resident: f64,
}

impl Figures {
    fn of(program: &Program) -> io::Result<Self> {
        let stream = UnixStream::connect(program.socket())?;
        (&stream).write_all(request("goxel.get_status", "[]").as_bytes())?;
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line)?;
        let mut reply: Value = serde_json::from_str(&line).map_err(io::Error::other)?;
        let engine = reply["result"]["engine"].take();
        Ok(Self { engine, descriptors: program.descriptors()?, resident: program.resident()? })
    }

    /// What is more than it was, if anything is.
    fn leaks(&self, after: &Self) -> Option<String> {
        let same = ["connections", "jobs", "buffers", "buffer_bytes_larger"];
        let counters = same.iter().find(|name| self.engine[**name] != after.engine[**name]);
        if let Some(name) = counters {
            return Some(format!("{name}: {} -> {}", self.engine[*name], after.engine[*name]));
        }
        if self.descriptors != after.descriptors {
            return Some(format!("descriptors: {} -> {}", self.descriptors, after.descriptors));
        }
        let grown = after.resident - self.resident;
        (grown > RESIDENT_SLACK).then(|| format!("resident memory: {grown} bytes"))
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { engine, descriptors, resident } = self;
        write!(f, "{engine} descriptors {descriptors} resident {:.0} KiB", resident / 1024.0)
    }
}

fn request(method: &str, params: &str) -> String {
    format!("{{\"jsonrpc\":\"2.0\",\"method\":\"{method}\",\"params\":{params},\"id\":1}}\n")
}

/// Sends, and reads one reply.
fn ask(mut stream: &UnixStream, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    let mut byte = [0];
    while byte != *b"\n" {
        stream.read_exact(&mut byte)?;
    }
    Ok(())
}

/// The daemon may have closed, or may not take any more: both are as it should be.
fn quietly(result: io::Result<()>) -> io::Result<()> {
    result.or(Ok(()))
}
