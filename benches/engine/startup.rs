//! From the start of the process to the first connection and to the first reply; and from the first
//! request to its reply, where that makes whatever was put off.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Instant;

use goxel_benches::{Figure, median, rounds};

use crate::program::Program;
use crate::table::Table;

/// Starts that the median is taken of.
const STARTS: usize = 20;
/// From the start to the first connection or reply, on any machine; Redis is the harder bound.
const STARTED_MS_MAX: f64 = 100.0;
/// From the first request to its reply, on any machine.
const FIRST_REQUEST_MS_MAX: f64 = 1.0;

pub(crate) fn run(table: &mut Table) -> io::Result<()> {
    let ping = b"{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"id\":1}\n";
    let (mut ours, mut redis) = (Times::default(), Times::default());
    let mut first = Vec::new();
    for _ in 0..rounds(STARTS) {
        ours.add(&Program::goxel(&[])?, ping)?;
        first.push(first_request(&Program::goxel(&[])?)?);
        if let Ok(program) = Program::redis() {
            redis.add(&program, b"PING\r\n")?;
        }
    }
    for (name, ours, redis) in [
        ("startup_time", ours.accepted, redis.accepted),
        ("startup_to_first_reply", ours.replied, redis.replied),
    ] {
        let figure = Figure::new("ms", median(ours)).beside("redis", median(redis));
        table.line(name, &figure.target(STARTED_MS_MAX).lead(1.0));
    }
    let first = Figure::new("ms", median(first)).target(FIRST_REQUEST_MS_MAX);
    table.line("first_request", &first);
    Ok(())
}

/// Milliseconds that the first request of a process takes: it makes the projects and one of them.
fn first_request(program: &Program) -> io::Result<f64> {
    let create = b"{\"jsonrpc\":\"2.0\",\"method\":\"goxel.create_project\",\"id\":1}\n";
    let mut stream = UnixStream::connect(program.socket())?;
    let began = Instant::now();
    stream.write_all(create)?;
    let mut reply = [0; 512];
    let _ = stream.read(&mut reply)?;
    Ok(began.elapsed().as_secs_f64() * 1e3)
}

#[derive(Default)]
struct Times {
    accepted: Vec<f64>,
    replied: Vec<f64>,
}

impl Times {
    fn add(&mut self, program: &Program, request: &[u8]) -> io::Result<()> {
        let mut stream = UnixStream::connect(program.socket())?;
        stream.write_all(request)?;
        let mut reply = [0; 512];
        let _ = stream.read(&mut reply)?;
        self.replied.push(program.age().as_secs_f64() * 1e3);
        self.accepted.push(program.accepted().as_secs_f64() * 1e3);
        Ok(())
    }
}
