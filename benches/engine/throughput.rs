//! Requests a second in four shapes, beside the floor and Redis, and what spinning costs.
//!
//! Redis is measured twice: by its own `redis-benchmark`, and by the clients that measure us,
//! which are cheaper. The better of the two is the yardstick.

use std::io;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use goxel_benches::{Figure, median, quick, rounds, span};
use goxel_io::Io;

use crate::alone::Alone;
use crate::floor::Floor;
use crate::load::{Load, Shape};
use crate::program::Program;
use crate::table::Table;

/// Rounds, each with every server in turn, that the medians are taken of.
const ROUNDS: usize = 5;
/// How long a server is measured in a round.
const TIME: Duration = Duration::from_millis(700);
/// How we are started.
const FLAGS: [(&str, &[&str]); 4] = [
    ("mio", &["--io", "mio"]),
    ("mio_no_spin", &["--io", "mio", "--spin", "0"]),
    ("uring", &["--io", "uring"]),
    ("uring_no_spin", &["--io", "uring", "--spin", "0"]),
];

pub(crate) fn one_by_one(table: &mut Table) -> io::Result<()> {
    shape(table, Shape { clients: 1, in_flight: 1 }, 1.0)
}

pub(crate) fn eight_by_one(table: &mut Table) -> io::Result<()> {
    shape(table, Shape { clients: 8, in_flight: 1 }, 1.2)
}

pub(crate) fn one_by_64(table: &mut Table) -> io::Result<()> {
    shape(table, Shape { clients: 1, in_flight: 64 }, 1.3)
}

pub(crate) fn eight_by_64(table: &mut Table) -> io::Result<()> {
    shape(table, Shape { clients: 8, in_flight: 64 }, 1.3)
}

/// An edit as clients send it.
pub(crate) fn add_voxel(n: usize) -> String {
    let [x, y, z] = [n % 64, n / 64 % 64, n / 4096 % 64];
    format!(
        "{{\"jsonrpc\":\"2.0\",\"method\":\"goxel.add_voxel\",\"params\":[{x},{y},{z},255,128,0,255],\"id\":{n}}}\n"
    )
}

/// What `redis-benchmark -t set` sends.
fn set(_: usize) -> String {
    "*3\r\n$3\r\nSET\r\n$16\r\nkey:__rand_int__\r\n$3\r\nxxx\r\n".into()
}

/// Clients of a daemon of ours, which has a project.
pub(crate) fn connect(program: &Program, shape: Shape) -> io::Result<Load> {
    let create = |_| "{\"jsonrpc\":\"2.0\",\"method\":\"goxel.create_project\",\"id\":1}\n".into();
    let one = Shape { clients: 1, in_flight: 1 };
    Load::connect(program.socket(), one, create)?.rate(Duration::from_millis(1))?;
    Load::connect(program.socket(), shape, add_voxel)
}

/// Measures a shape. Where nothing is turned off we should lead Redis so many times.
fn shape(table: &mut Table, shape: Shape, lead: f64) -> io::Result<()> {
    let floor = Floor::start()?;
    let redis = Program::redis().ok();
    let alone = [("mio_alone", Alone::start(Io::Mio)?), ("uring_alone", Alone::start(Io::Uring)?)];
    let ours = FLAGS.map(|(name, flags)| (name, Program::goxel(flags)));
    let mut rates: Vec<(&str, Vec<f64>)> = Vec::new();
    let mut add = |name, rate| match rates.iter_mut().find(|(known, _)| *known == name) {
        Some((_, all)) => all.push(rate),
        None => rates.push((name, vec![rate])),
    };
    for _ in 0..rounds(ROUNDS) {
        for (name, program) in &ours {
            let program = program.as_ref().map_err(|error| io::Error::other(error.to_string()))?;
            add(name, connect(program, shape)?.rate(span(TIME))?);
        }
        for (name, alone) in &alone {
            add(name, Load::connect(alone.socket(), shape, add_voxel)?.rate(span(TIME))?);
        }
        if let Some(redis) = &redis {
            add("redis_same_client", Load::connect(redis.socket(), shape, set)?.rate(span(TIME))?);
            add("redis-benchmark", redis_benchmark(redis.socket(), shape)?);
        }
        if shape.clients == 1 {
            add("floor", Load::connect(floor.socket(), shape, add_voxel)?.rate(span(TIME))?);
        }
    }
    let medians: Vec<(&str, f64)> =
        rates.into_iter().map(|(name, all)| (name, median(all))).collect();
    let theirs = medians.iter().filter(|(name, _)| name.starts_with("redis"));
    let best = theirs.copied().max_by(|a, b| a.1.total_cmp(&b.1));
    let floor_rate = medians.iter().copied().find(|(name, _)| *name == "floor");
    for (name, rate) in &medians {
        let mut figure = Figure::new("/s", *rate);
        if let Some((redis, best)) = best.filter(|_| !name.starts_with("redis")) {
            figure = figure.beside(redis, best);
        }
        let whole = FLAGS.iter().any(|(flags, _)| flags == name) && !name.ends_with("no_spin");
        if whole {
            figure = figure.lead(lead);
        }
        // Whoever has one request at a time should not feel that there is more than an echo.
        if let Some((_, floor)) = floor_rate.filter(|_| whole && shape.in_flight == 1) {
            figure = figure.target(floor);
        }
        table.line(name, &figure);
    }
    Ok(())
}

/// What Redis's own clients measure, over about as long.
fn redis_benchmark(socket: &Path, shape: Shape) -> io::Result<f64> {
    let second = if quick() { 100 } else { 15_000 };
    let guess = second * shape.clients.min(4) * shape.in_flight.min(40);
    let output = Command::new("redis-benchmark")
        .arg("-s")
        .arg(socket)
        .args(["-t", "set", "--csv", "-n", &guess.to_string()])
        .args(["-c", &shape.clients.to_string(), "-P", &shape.in_flight.to_string()])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let rate = text.lines().last().and_then(|line| line.split(',').nth(1));
    let rate = rate.and_then(|rate| rate.trim_matches('"').parse().ok());
    rate.ok_or_else(|| io::Error::other(format!("redis-benchmark said: {text}")))
}

/// What spinning costs: processor time of the daemon a request, and a second of silence.
pub(crate) fn spin_cost(table: &mut Table) -> io::Result<()> {
    for (name, flags) in FLAGS {
        let program = Program::goxel(flags)?;
        let mut load = connect(&program, Shape { clients: 1, in_flight: 1 })?;
        let (before, began) = (program.processor()?, Instant::now());
        let rate = load.rate(span(Duration::from_secs(2)))?;
        let used = (program.processor()? - before).as_secs_f64();
        let share = 100.0 * used / began.elapsed().as_secs_f64();
        table.line(&format!("busy/{name}"), &Figure::new("% cpu", share));
        let each = used * 1e6 / (rate * began.elapsed().as_secs_f64());
        table.line(&format!("request/{name}"), &Figure::new("us cpu", each));
        let (before, began) = (program.processor()?, Instant::now());
        load.paced(Duration::from_millis(2), span(Duration::from_secs(2)))?;
        let used = (program.processor()? - before).as_secs_f64();
        let share = 100.0 * used / began.elapsed().as_secs_f64();
        table.line(&format!("every_2_ms/{name}"), &Figure::new("% cpu", share));
    }
    Ok(())
}
