//! Isolation: what the heaviest requests of one client do to another one's.
//!
//! Each method is called in the way that keeps the daemon busiest, on worlds of 50 million voxels,
//! while another client pings every millisecond: over both back ends, with a data directory, and while
//! others listen.
//! `cargo bench -p goxel-benches --bench isolation`;
//! words after `--` choose worlds, back ends or methods by name.

mod pings;
mod worlds;

#[path = "../client.rs"]
mod client;
#[path = "../listeners.rs"]
mod listeners;
#[path = "../engine/program.rs"]
mod program;

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use goxel_benches::{Figure, Histogram, rounds, span, wanted};

use self::client::Client;
use self::listeners::Listeners;
use self::pings::{Pings, Waited};
use self::program::Program;
use self::worlds::{Kind, World};
use goxel_benches::worst::{WORST, Worst};

/// Times that every method is called: a stall counts where it repeats.
const RUNS: usize = 3;
/// How long the daemon is watched with nothing to do.
const IDLE: Duration = Duration::from_secs(5);
/// By how much the 99.9th percentile may be above the idle daemon's.
const P999_MORE_MAX_US: f64 = 1000.0;
/// A ping that waits longer stalls.
const STALL: Duration = Duration::from_millis(3);
/// How much the heavy client gives way.
const NICENESS: i32 = 10;
/// Clients that keep all workers busy with pictures.
const BUSY_CLIENTS: usize = 16;
/// What the project is called.
const NAME: &str = "world";

/// How the daemon runs.
struct Way {
    name: &'static str,
    io: &'static str,
    /// Whether it has a data directory: all edits go through its journal then, and workers write checkpoints
    /// of the world meanwhile, since it is new there.
    is_kept: bool,
    /// How many connections are told of what the heavy client does.
    listeners: usize,
}

const WAYS: &[Way] = &[
    Way { name: "mio", io: "mio", is_kept: false, listeners: 0 },
    Way { name: "uring", io: "uring", is_kept: false, listeners: 0 },
    Way { name: "kept", io: "mio", is_kept: true, listeners: 0 },
    Way { name: "heard", io: "mio", is_kept: false, listeners: 100 },
];

fn main() -> io::Result<()> {
    let dir = tempfile::tempdir()?;
    for kind in Kind::ALL {
        let world = World::make(kind, dir.path())?;
        for way in WAYS {
            if wanted(&format!("isolation/{}/{}", way.name, kind.name())) {
                measure(&world, way, dir.path())?;
            }
        }
    }
    Ok(())
}

/// What was waited for a method, in each run.
struct Row {
    method: &'static str,
    runs: Vec<Duration>,
}

fn measure(world: &World, way: &Way, dir: &Path) -> io::Result<()> {
    let name = format!("isolation/{}/{}", way.name, world.kind.name());
    let mut rows: Vec<Row> = WORST
        .iter()
        .map(|(method, _)| Row { method: method.info().name, runs: Vec::new() })
        .collect();
    let (mut idle, mut all) = (Histogram::default(), Histogram::default());
    for run in 0..rounds(RUNS) {
        let (program, mut client) = begin(world, way, dir)?;
        let listeners = Listeners::start(program.socket(), NAME, way.listeners)?;
        let pings = Pings::start(program.socket())?;
        std::thread::sleep(span(IDLE));
        idle.merge(&pings.take()?.all);
        giving_way(|| {
            for (row, worst) in rows.iter_mut().zip(WORST) {
                let Waited { all: waited, longest } =
                    call_worst(&mut client, &pings, world, dir, *worst, run == 0)?;
                all.merge(&waited);
                row.runs.push(longest);
            }
            Ok(())
        })?;
        if way.listeners > 0 && listeners.told() == 0 {
            return Err(io::Error::other("the listeners were told nothing"));
        }
    }
    report(&name, &idle, &all, 1.0);
    report_stalls(&name, &rows);
    all.report(&format!("{name}/pings"));
    let busy = measure_busy(world, way, dir)?;
    report(&format!("{name}/all_workers_busy"), &idle, &busy, 2.0);
    Ok(())
}

/// What pings wait while every worker draws and another client edits.
fn measure_busy(world: &World, way: &Way, dir: &Path) -> io::Result<Histogram> {
    let (program, mut client) = begin(world, way, dir)?;
    let _listeners = Listeners::start(program.socket(), NAME, way.listeners)?;
    let mut drawing = Vec::new();
    for number in 0..BUSY_CLIENTS {
        let mut drawer = Client::connect(program.socket())?;
        let params = format!(
            "{{\"output_path\": \"{}/busy-{number}.png\", \"width\": 2048, \"height\": 2048}}",
            dir.display()
        );
        for _ in 0..8 {
            drawer.send("goxel.render_scene", &params)?;
        }
        drawing.push(drawer);
    }
    let pings = Pings::start(program.socket())?;
    let mut all = Histogram::default();
    let began = Instant::now();
    giving_way(|| {
        while began.elapsed() < span(IDLE) {
            client.call("goxel.mirror", r#"{"axis": "x", "at": 3}"#)?;
            all.merge(&pings.take()?.all);
        }
        Ok(())
    })?;
    Ok(all)
}

/// A daemon that has the world, and a client of it.
fn begin(world: &World, way: &Way, dir: &Path) -> io::Result<(Program, Client)> {
    let kept = format!("--data-dir={}", dir.join("kept").display());
    let program = match way.is_kept {
        true => {
            // Of a daemon before, which has ended by now.
            let _ = std::fs::remove_dir_all(dir.join("kept"));
            Program::goxel(&["--io", way.io, &kept])?
        }
        false => Program::goxel(&["--io", way.io])?,
    };
    let mut client = Client::connect(program.socket())?;
    let params = world.fill_in(r#"{"path": "{world}", "name": "world"}"#, dir);
    client.call("goxel.load_project", &params)?;
    Ok((program, client))
}

/// Acts as the heavy client, which gives way to the one that pings: what it needs itself to write and
/// read tens of megabytes is not the daemon's doing.
fn giving_way(act: impl FnOnce() -> io::Result<()> + Send) -> io::Result<()> {
    std::thread::scope(|scope| {
        let acting = scope.spawn(|| {
            rustix::process::nice(NICENESS)?;
            act()
        });
        acting.join().map_err(|_| io::Error::other("the heavy client panicked"))?
    })
}

/// Calls a method in its worst way, and takes back what it did. `first`: refusals are told.
fn call_worst(
    client: &mut Client,
    pings: &Pings,
    world: &World,
    dir: &Path,
    (method, worst): (goxel_proto::Method, Worst),
    first: bool,
) -> io::Result<Waited> {
    let row = method.info();
    let mut undo = 0;
    let call = |client: &mut Client, name: &str, params: &str| -> io::Result<String> {
        let reply = client.call(name, &world.fill_in(params, dir))?;
        if let Some(error) = reply.find("\"error\"").filter(|_| first && reply.len() < 4096) {
            println!("    {name}: {}", reply[error..].trim_end());
        }
        Ok(reply)
    };
    match worst {
        Worst::Calls(params) => {
            for params in params {
                call(client, row.name, params)?;
                undo += 1;
            }
        }
        Worst::Made(make) => {
            let params = make();
            // Only what comes from here on is the daemon's doing.
            pings.take()?;
            call(client, row.name, &params)?;
            undo += 1;
        }
        Worst::After(before, its, params) => {
            let made = call(client, before, its)?;
            let [id, path] = ["_id\": ", "\"path\": \""].map(|key| behind(&made, key));
            call(client, row.name, &params.replace("{id}", id).replace("{path}", path))?;
            undo += 2;
        }
        Worst::Never(_) => {}
    }
    if row.undoable {
        // One more than there is to take back is refused, which is no harm.
        for _ in 0..undo {
            client.call("goxel.undo", "{}")?;
        }
    }
    client.call("goxel.select_project", r#"{"name": "world"}"#)?;
    pings.take()
}

/// What stands behind `key` in a reply, up to the end of the value.
fn behind<'a>(reply: &'a str, key: &str) -> &'a str {
    let value = reply.split(key).nth(1).unwrap_or("");
    value.split(['"', ',', ' ', '}']).next().unwrap_or("")
}

fn report(name: &str, idle: &Histogram, waited: &Histogram, times: f64) {
    let us = |histogram: &Histogram| histogram.percentile(99.9) / 1e3;
    Figure::new("us", us(waited))
        .target((us(idle) + P999_MORE_MAX_US) * times)
        .beside("idle", us(idle))
        .report(&format!("{name}/p999"));
}

/// Stalls that repeat, by method, and how many methods have one.
fn report_stalls(name: &str, rows: &[Row]) {
    let repeats = |row: &&Row| {
        let count = row.runs.iter().filter(|longest| **longest > STALL).count();
        count >= 2.min(row.runs.len())
    };
    let stalling: Vec<&Row> = rows.iter().filter(repeats).collect();
    for row in &stalling {
        println!("    {} stalls: {:.1?}", row.method, row.runs);
    }
    Figure::new("methods", stalling.len() as f64).target(0.0).report(&format!("{name}/stalls"));
}
