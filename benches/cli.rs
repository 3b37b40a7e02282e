//! The command line as whole processes against a running daemon: one question beside `redis-cli`,
//! a batch of a hundred thousand lines, ten million points through standard input.
//!
//! Run it with `cargo bench -p goxel-benches --bench cli`; build the programs first.

#[path = "engine/program.rs"]
mod program;

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use goxel_benches::{Figure, in_turns, quick, report};

use self::program::beside;

const BATCH_LINES: usize = 100_000;
const POINTS: usize = 10_000_000;
/// What a run takes of them where only whether it runs is asked.
const QUICK_PART: usize = 100;
/// How much longer than `redis-cli` one question may take.
const QUESTION_TIMES_MAX: f64 = 1.5;
/// Lines of a batch a second, each a request, on any machine.
const LINES_PER_SECOND_MIN: f64 = 100e3;
/// How fast points come through standard input, to the wire and into a volume, beside a loop in
/// one process that does nothing but read their numbers.
const POINTS_LEAD: f64 = 0.25;
/// Memory, the same on any machine, that the command line has while points stream through it.
const RESIDENT_KIB_MAX: f64 = 32.0 * 1024.0;

fn main() {
    report(&[
        ("cli/get_voxel_process", one_question),
        ("cli/batch_100k_lines", batch),
        ("cli/points_10m_stdin", points),
        ("cli/points_10m_resident", resident),
    ]);
}

/// So many, or a few of them.
fn count(all: usize) -> usize {
    if quick() { all / QUICK_PART } else { all }
}

/// What is there, or the end: without it nothing can be measured.
fn must<T, E: std::fmt::Display>(outcome: Result<T, E>) -> T {
    match outcome {
        Ok(found) => found,
        Err(error) => {
            eprintln!("cannot measure: {error}");
            std::process::exit(1)
        }
    }
}

/// A daemon, and what runs beside it; all end with this.
struct World {
    dir: tempfile::TempDir,
    children: Vec<Child>,
}

impl World {
    fn new() -> Self {
        let dir = must(tempfile::tempdir());
        let mut world = Self { dir, children: Vec::new() };
        world.start_daemon();
        must(world.cli().args(["new", "bench"]).output());
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn start_daemon(&mut self) {
        let mut daemon = Command::new(must(beside("goxel-daemon")));
        daemon.arg("--socket").arg(self.path("goxel.sock")).stdout(Stdio::piped());
        let mut child = must(daemon.spawn());
        let mut line = String::new();
        let stdout = must(child.stdout.take().ok_or("no pipe"));
        must(BufReader::new(stdout).read_line(&mut line));
        self.children.push(child);
    }

    /// A Redis of its own, where one is installed.
    fn start_redis(&mut self) -> Option<()> {
        let mut server = Command::new("redis-server");
        server.args(["--port", "0", "--save", "", "--unixsocket"]).arg(self.path("redis.sock"));
        let mut child = server.stdout(Stdio::piped()).spawn().ok()?;
        let lines = BufReader::new(child.stdout.take()?).lines().map_while(Result::ok);
        let ready = lines.into_iter().any(|line| line.to_lowercase().contains("ready to accept"));
        self.children.push(child);
        let mut set = self.redis_cli();
        set.args(["set", "k", "v"]);
        (ready && set.output().is_ok_and(|output| output.status.success())).then_some(())
    }

    fn cli(&self) -> Command {
        let mut command = Command::new(must(beside("goxel-cli")));
        command.arg("--socket").arg(self.path("goxel.sock"));
        command
    }

    fn redis_cli(&self) -> Command {
        let mut command = Command::new("redis-cli");
        command.arg("-s").arg(self.path("redis.sock"));
        command
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn succeed(command: &mut Command) {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "{command:?}");
}

fn one_question() -> Figure {
    let mut world = World::new();
    let redis = world.start_redis();
    let mut ours = || succeed(world.cli().args(["get-voxel", "1,2,3"]));
    let mut nothing = || succeed(&mut Command::new("true"));
    if redis.is_none() {
        let [ns, floor] = in_turns(300, [&mut ours, &mut nothing]);
        return Figure::new("us", ns / 1e3).beside("true", floor / 1e3);
    }
    let mut theirs = || succeed(world.redis_cli().args(["get", "k"]));
    let [ns, other, floor] = in_turns(300, [&mut ours, &mut theirs, &mut nothing]);
    println!("a process that does nothing takes {:.0} us", floor / 1e3);
    let figure = Figure::new("us", ns / 1e3).beside("redis-cli get k", other / 1e3);
    figure.lead(1.0 / QUESTION_TIMES_MAX)
}

fn batch() -> Figure {
    let world = World::new();
    let count = count(BATCH_LINES);
    let lines: String = (0..count)
        .map(|i| format!("add-voxels {},{},{},ff8800\n", i % 317, i / 317 % 200, i % 97))
        .collect();
    let file = world.path("batch.goxel");
    must(std::fs::write(&file, lines));
    let mut run = || succeed(world.cli().arg("batch").arg(&file));
    let [ns] = in_turns(9, [&mut run]);
    Figure::new("lines/s", count as f64 * 1e9 / ns).target(LINES_PER_SECOND_MIN)
}

fn points() -> Figure {
    let (ns, _) = stream(5);
    let text = point_lines();
    let mut read = || _ = black_box(sum_of_numbers(&text));
    let [loop_ns] = in_turns(5, [&mut read]);
    let rate = |ns: f64| count(POINTS) as f64 * 1e9 / ns;
    Figure::new("points/s", rate(ns)).beside("reading alone", rate(loop_ns)).lead(POINTS_LEAD)
}

fn resident() -> Figure {
    let (_, bytes) = stream(1);
    Figure::new("KiB", bytes as f64 / 1024.0).target(RESIDENT_KIB_MAX)
}

/// A point in each line.
fn point_lines() -> String {
    let count = count(POINTS);
    let mut text = String::with_capacity(count * 12);
    for i in 0..count {
        must(writeln!(text, "{},{},{}", i % 500, i / 500 % 500, i / 250_000));
    }
    text
}

/// The plain way to read them.
fn sum_of_numbers(text: &str) -> i64 {
    let numbers = text.lines().flat_map(|line| line.split(','));
    numbers.filter_map(|number| number.parse::<i64>().ok()).sum()
}

/// Nanoseconds that points take through standard input, and the most that was resident meanwhile.
fn stream(runs: usize) -> (f64, usize) {
    let world = World::new();
    let text = point_lines();
    let mut memory = 0;
    let mut run = || {
        let mut add = world.cli();
        add.args(["add-voxels", "--file", "-"]).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = must(add.spawn());
        let mut stdin = must(child.stdin.take().ok_or("no pipe"));
        must(stdin.write_all(text.as_bytes()));
        // It waits for the end of its input, so this is nearly the most that it will have.
        memory = memory.max(most_resident(child.id()));
        drop(stdin);
        assert!(child.wait().is_ok_and(|status| status.success()));
    };
    let [ns] = in_turns(runs, [&mut run]);
    (ns, memory)
}

/// The most that a process has had resident, in bytes.
fn most_resident(pid: u32) -> usize {
    let mut status = String::new();
    let file = std::fs::File::open(format!("/proc/{pid}/status"));
    let read = file.and_then(|mut file| file.read_to_string(&mut status));
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok());
    read.ok().and(kilobytes).map_or(0, |kilobytes: usize| kilobytes << 10)
}
