//! Events: what a thousand connections that are told of edits cost whoever edits.
//!
//! One client sets 10,000 voxels a second, ten every millisecond; first alone, then beside connections that
//! are told of each change, of which some never read. Another client pings every millisecond.
//! `cargo bench -p goxel-benches --bench events`.

#[path = "client.rs"]
mod client;
mod listeners;
#[path = "isolation/pings.rs"]
mod pings;
#[path = "engine/program.rs"]
mod program;

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use goxel_benches::{Figure, quick, rounds, span};

use self::client::Client;
use self::listeners::Listeners;
use self::pings::Pings;
use self::program::Program;

/// Connections that are told.
const LISTENERS: usize = 1000;
/// Edits that are sent at once, and how often.
const BURST: usize = 10;
const PERIOD: Duration = Duration::from_millis(1);
/// How long it is measured.
const SPAN: Duration = Duration::from_secs(5);
/// How often it is measured, by turns.
const RUNS: usize = 3;
/// How many times as much processor time an edit may cost its client beside listeners.
const TIMES_MAX: f64 = 1.3;
/// What the daemon may grow by for a connection that it tells, in bytes, beside what it grows by for the edits:
/// what its socket holds that nobody reads is the kernel's.
const GROWTH_MAX: f64 = 1024.0;

fn main() -> io::Result<()> {
    let listeners = if quick() { LISTENERS / 20 } else { LISTENERS };
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for _ in 0..rounds(RUNS) {
        alone.push(measure(0)?);
        beside.push(measure(listeners)?);
    }
    let median =
        |runs: &[Run], of: fn(&Run) -> f64| goxel_benches::median(runs.iter().map(of).collect());
    let of_client: fn(&Run) -> f64 = |run| run.client_ns;
    let without = median(&alone, of_client);
    let figure = Figure::ns(median(&beside, of_client)).beside("without listeners", without);
    figure.target(without * TIMES_MAX).report("events/edit_client");
    let of_daemon: fn(&Run) -> f64 = |run| run.daemon_ns;
    let without = median(&alone, of_daemon);
    let figure = Figure::ns(median(&beside, of_daemon)).beside("without listeners", without);
    figure.report("events/edit_daemon");
    let of_ping: fn(&Run) -> f64 = |run| run.ping_ns;
    let without = median(&alone, of_ping);
    let figure = Figure::ns(median(&beside, of_ping)).beside("without listeners", without);
    figure.report("events/ping_p99");
    let of_memory: fn(&Run) -> f64 = |run| run.grown;
    let without = median(&alone, of_memory);
    let figure = Figure::new("B", median(&beside, of_memory)).beside("without listeners", without);
    figure.target(without + GROWTH_MAX * listeners as f64).report("events/memory_growth");
    Figure::new("/s", median(&beside, |run| run.told)).report("events/told");
    Ok(())
}

/// What was measured.
struct Run {
    /// Processor time that an edit took its client, and the daemon.
    client_ns: f64,
    daemon_ns: f64,
    /// The 99th percentile of pings.
    ping_ns: f64,
    /// Bytes by which the daemon grew.
    grown: f64,
    /// Events a second, of all listeners.
    told: f64,
}

fn measure(count: usize) -> io::Result<Run> {
    let program = Program::goxel(&["--io", "mio"])?;
    let mut setup = Client::connect(program.socket())?;
    setup.call("goxel.create_project", r#"["p", 256, 256, 256]"#)?;
    let listeners = Listeners::start(program.socket(), "p", count)?;
    let pings = Pings::start(program.socket())?;
    // What a daemon takes once it takes before the first edit is measured.
    edit(program.socket(), span(SPAN) / 5)?;
    pings.take()?;
    let (before, told) = (program.resident()?, listeners.told());
    let (cpu, began) = (program.processor()?, Instant::now());
    let edited = edit(program.socket(), span(SPAN))?;
    let seconds = began.elapsed().as_secs_f64();
    let cpu = program.processor()? - cpu;
    Ok(Run {
        client_ns: edited.processor.as_nanos() as f64 / edited.count as f64,
        daemon_ns: cpu.as_nanos() as f64 / edited.count as f64,
        ping_ns: pings.take()?.all.percentile(99.0),
        grown: (program.resident()? - before).max(0.0),
        told: (listeners.told() - told) as f64 / seconds,
    })
}

/// Edits that were made.
struct Edited {
    count: u64,
    /// Processor time of the thread that sent them.
    processor: Duration,
}

/// Sets voxels for so long, by a client of its own.
fn edit(socket: &Path, time: Duration) -> io::Result<Edited> {
    let stream = UnixStream::connect(socket)?;
    let mut replies = BufReader::new(&stream);
    let (mut count, mut reply) = (0_u64, String::new());
    let (began, before) = (Instant::now(), processor()?);
    let mut due = began;
    while began.elapsed() < time {
        let burst: String = (0..BURST as u64).map(|at| request(count + at)).collect();
        (&stream).write_all(burst.as_bytes())?;
        for _ in 0..BURST {
            reply.clear();
            if replies.read_line(&mut reply)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        count += BURST as u64;
        due += PERIOD;
        thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    Ok(Edited { count, processor: processor()? - before })
}

/// A voxel of a cube of 64, another one for each of its numbers.
fn request(number: u64) -> String {
    let [x, y, z] = [number % 64, number / 64 % 64, number / 4096 % 64];
    let red = number % 256;
    format!(
        "{{\"jsonrpc\":\"2.0\",\"method\":\"goxel.add_voxel\",\"params\":[{x},{y},{z},{red},0,0],\"id\":1}}\n"
    )
}

/// Processor time of this thread.
fn processor() -> io::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/stat")?;
    let fields = stat.rsplit(')').next().unwrap_or("").split_whitespace();
    let ticks = fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap_or(0)).sum::<u64>();
    // The kernel tells it in hundredths of a second, whatever its own clock is.
    Ok(Duration::from_millis(ticks * 10))
}
