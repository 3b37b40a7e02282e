//! What one connection's long jobs do to another's requests.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use goxel_benches::{Figure, median, rounds, span};

use crate::load::{Load, Shape};
use crate::program::Program;
use crate::table::Table;
use crate::throughput;

/// Rounds, each with and without jobs.
const ROUNDS: usize = 5;
/// How long requests are timed in a round.
const TIME: Duration = Duration::from_secs(2);
/// How many times longer the 99th percentile may be while jobs run.
const P99_TIMES_MAX: f64 = 2.0;
/// A picture of this edge takes about a second of one core.
const PICTURE_EDGE: usize = 2048;

pub(crate) fn run(table: &mut Table) -> io::Result<()> {
    for io in ["mio", "uring"] {
        let program = Program::goxel(&["--io", io])?;
        let mut load = throughput::connect(&program, Shape { clients: 1, in_flight: 1 })?;
        fill(&program)?;
        let (mut quiet, mut busy) = (Vec::new(), Vec::new());
        let mut job_seconds = Vec::new();
        for _ in 0..rounds(ROUNDS) {
            quiet.push(percentile_99(&mut load)?);
            let jobs = Jobs::start(&program)?;
            busy.push(percentile_99(&mut load)?);
            job_seconds.extend(jobs.stop()?);
        }
        table.note(&format!("{io}: a job took {:.2} s", median(job_seconds)));
        let (quiet, busy) = (median(quiet), median(busy));
        let figure = Figure::new("us", busy).beside("without jobs", quiet);
        table.line(&format!("p99/{io}"), &figure.target(quiet * P99_TIMES_MAX));
    }
    Ok(())
}

fn percentile_99(load: &mut Load) -> io::Result<f64> {
    let took = load.latencies(span(TIME))?;
    let at = took.len() * 99 / 100;
    Ok(took.get(at).map_or(f64::NAN, |ns| *ns as f64 / 1e3))
}

/// Something to make pictures of.
fn fill(program: &Program) -> io::Result<()> {
    let shape = Shape { clients: 1, in_flight: 1000 };
    Load::connect(program.socket(), shape, throughput::add_voxel)?
        .rate(Duration::from_millis(1))?;
    Ok(())
}

/// A connection that runs one job after another.
struct Jobs {
    stop: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<io::Result<Vec<f64>>>,
}

impl Jobs {
    fn start(program: &Program) -> io::Result<Self> {
        let stream = UnixStream::connect(program.socket())?;
        let path = program.socket().with_extension("png");
        let request = format!(
            "{{\"jsonrpc\":\"2.0\",\"method\":\"goxel.render_scene\",\"params\":[{path:?},{PICTURE_EDGE},{PICTURE_EDGE}],\"id\":1}}\n"
        );
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut reader = BufReader::new(&stream);
            let (mut seconds, mut line) = (Vec::new(), String::new());
            while !stopped.load(Ordering::Relaxed) {
                let began = Instant::now();
                (&stream).write_all(request.as_bytes())?;
                line.clear();
                reader.read_line(&mut line)?;
                seconds.push(began.elapsed().as_secs_f64());
                if !line.contains("\"success\": true") {
                    return Err(io::Error::other(line));
                }
            }
            Ok(seconds)
        });
        Ok(Self { stop, thread })
    }

    fn stop(self) -> io::Result<Vec<f64>> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| io::Error::other("the jobs' thread panicked"))?
    }
}
