//! From the start of the process to the first connection and to the first reply.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;

use crate::program::Program;
use crate::table::{Better, Table, median};

/// Starts that the median is taken of.
const STARTS: usize = 20;

pub(crate) fn run(table: &mut Table) -> io::Result<()> {
    let ping = b"{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"id\":1}\n";
    let (mut ours, mut redis) = (Times::default(), Times::default());
    for _ in 0..STARTS {
        ours.add(&Program::goxel(&[])?, ping)?;
        if let Ok(program) = Program::redis() {
            redis.add(&program, b"PING\r\n")?;
        }
    }
    for (name, ours, redis) in [
        ("to_accepted", ours.accepted, redis.accepted),
        ("to_first_reply", ours.replied, redis.replied),
    ] {
        let yardstick = (!redis.is_empty()).then(|| ("redis", median(redis)));
        table.line(name, "ms", Better::Less, median(ours), yardstick);
    }
    Ok(())
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
