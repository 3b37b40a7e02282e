//! Resident memory after the start, and what an idle connection takes.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;

use goxel_benches::{Figure, quick};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::program::Program;
use crate::table::Table;

/// Idle connections that are held at once, as far as descriptors allow.
const CONNECTIONS: usize = 10_000;
/// The same where only whether it runs is asked.
const CONNECTIONS_QUICK: usize = 100;
/// Resident after the start, in any build and on any machine; Redis is the harder bound.
const RESIDENT_KIB_MAX: f64 = 20.0 * 1024.0;
/// Memory of an idle connection: bytes are the same however fast the machine is.
const IDLE_BYTES_MAX: f64 = 1024.0;
/// Descriptors that this process needs besides.
const SPARE: u64 = 100;

pub(crate) fn run(table: &mut Table) -> io::Result<()> {
    let ping = b"{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"id\":1}\n";
    let redis =
        Program::redis().ok().map(|redis| Footprint::of(&redis, b"PING\r\n")).transpose()?;
    for io in ["mio", "uring"] {
        let program = Program::goxel(&["--io", io])?;
        let ours = Footprint::of(&program, ping)?;
        let beside = |pick: fn(&Footprint) -> f64| redis.as_ref().map_or(f64::NAN, pick);
        let start = Figure::new("KiB", ours.start / 1024.0).target(RESIDENT_KIB_MAX);
        let start = start.beside("redis", beside(|footprint| footprint.start / 1024.0));
        table.line(&format!("resident/{io}"), &start.lead(1.0));
        let each = Figure::new("B", ours.each).target(IDLE_BYTES_MAX);
        let each = each.beside("redis", beside(|footprint| footprint.each));
        table.line(&format!("idle_connection/{io}"), &each);
        table.note(&format!("{} connections, {} threads", ours.count, program.threads()?));
    }
    Ok(())
}

struct Footprint {
    start: f64,
    each: f64,
    count: usize,
}

impl Footprint {
    fn of(program: &Program, request: &[u8]) -> io::Result<Self> {
        let mut first = UnixStream::connect(program.socket())?;
        ask(&mut first, request)?;
        let start = program.resident()?;
        let connections = if quick() { CONNECTIONS_QUICK } else { CONNECTIONS };
        let count = connections.min(descriptors());
        let streams: Vec<UnixStream> =
            (0..count).map(|_| UnixStream::connect(program.socket())).collect::<io::Result<_>>()?;
        // One that is answered was accepted, and so were all before it.
        let mut last = UnixStream::connect(program.socket())?;
        ask(&mut last, request)?;
        let each = (program.resident()? - start) / streams.len() as f64;
        Ok(Self { start, each, count })
    }
}

fn ask(stream: &mut UnixStream, request: &[u8]) -> io::Result<()> {
    stream.write_all(request)?;
    let mut reply = [0; 512];
    stream.read(&mut reply).map(|_| ())
}

/// As many descriptors as the system lets this process have.
fn descriptors() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    let current = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(current.saturating_sub(SPARE)).unwrap_or(usize::MAX)
}
