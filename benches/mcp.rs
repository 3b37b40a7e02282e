//! `goxel-mcp` as a language model's program meets it: over standard input and output, beside a running
//! daemon. Each call is answered before the next one is made.
//!
//! Run it with `cargo bench -p goxel-benches --bench mcp`; build the programs first.

#[path = "engine/program.rs"]
mod program;

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use goxel_benches::{Figure, median, quick, report, rounds};
use serde_json::{Value, json};

use self::program::{Program, beside};

/// What a list of tools may take, in bytes: a client reads it into the model's context.
const LIST_BYTES_MAX: f64 = 24e3;
/// What a call that places one voxel may take.
const VOXEL_MS_MAX: f64 = 1.0;
/// Voxels that are placed in one call, each with a colour, and what that may take.
const VOXELS: usize = 100_000;
const VOXELS_MS_MAX: f64 = 100.0;
/// What four views on a sheet of 512 by 512 pixels may take.
const LOOK_MS_MAX: f64 = 150.0;
/// Calls of each kind: enough for a median that stays.
const CALLS: usize = 500;
const LARGE_CALLS: usize = 15;

fn main() {
    report(&[
        ("mcp/tools_list_bytes", list_bytes),
        ("mcp/place_one_voxel", one_voxel),
        ("mcp/place_100k_voxels", many_voxels),
        ("mcp/look_four_views", look),
    ]);
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

/// A daemon, and a client of a server of its own.
struct World {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    project: String,
    _dir: tempfile::TempDir,
    _daemon: Program,
}

impl World {
    fn new() -> Self {
        let (dir, daemon) = (must(tempfile::tempdir()), must(Program::goxel(&[])));
        let mut command = Command::new(must(beside("goxel-mcp")));
        command.arg("--socket").arg(daemon.socket()).arg("--workspace").arg(dir.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = must(command.spawn());
        let stdin = must(child.stdin.take().ok_or("no pipe"));
        let stdout = BufReader::new(must(child.stdout.take().ok_or("no pipe")));
        let project = String::new();
        let mut world = Self { child, stdin, stdout, project, _dir: dir, _daemon: daemon };
        world.call(
            "initialize",
            &json!({
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": {"name": "bench", "version": "1"},
            }),
        );
        let made = world.tool("open_project", &json!({"name": "bench"}));
        let id = made["result"]["structuredContent"]["project_id"].as_str();
        world.project = must(id.ok_or("no project")).to_owned();
        world
    }

    /// Sends a line and gives the one that is answered.
    fn exchange(&mut self, line: &str) -> String {
        must(writeln!(self.stdin, "{line}"));
        let mut answer = String::new();
        must(self.stdout.read_line(&mut answer));
        answer
    }

    fn call(&mut self, method: &str, params: &Value) -> String {
        self.exchange(&request(method, params))
    }

    fn tool(&mut self, name: &str, arguments: &Value) -> Value {
        let answer = self.call("tools/call", &json!({"name": name, "arguments": arguments}));
        checked(&answer)
    }

    /// Milliseconds that a call takes, as the median of so many; what is sent is made before.
    fn calls(&mut self, count: usize, mut line: impl FnMut(&str, usize) -> String) -> f64 {
        let mut times = Vec::new();
        for call in 0..rounds(count) {
            let line = line(&self.project, call);
            let begin = Instant::now();
            let answer = self.exchange(&line);
            times.push(begin.elapsed().as_secs_f64() * 1e3);
            checked(&answer);
        }
        median(times)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn request(method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string()
}

/// The answer to a tool call, which must have been carried out.
fn checked(answer: &str) -> Value {
    let value: Value = must(serde_json::from_str(answer));
    let is_done = value["result"]["isError"] == json!(false);
    must(is_done.then_some(()).ok_or_else(|| answer.chars().take(400).collect::<String>()));
    value
}

fn list_bytes() -> Figure {
    let answer = World::new().call("tools/list", &json!({}));
    Figure::new("bytes", answer.len() as f64).target(LIST_BYTES_MAX)
}

fn one_voxel() -> Figure {
    let ms = World::new().calls(CALLS, |project, call| {
        let voxels = json!([[call % 64, call / 64, 3]]);
        let arguments = json!({"project_id": project, "voxels": voxels, "color": "gold"});
        request("tools/call", &json!({"name": "place_voxels", "arguments": arguments}))
    });
    Figure::new("ms", ms).target(VOXEL_MS_MAX)
}

fn many_voxels() -> Figure {
    let count = if quick() { VOXELS / 100 } else { VOXELS };
    let ms = World::new().calls(LARGE_CALLS, |project, call| {
        let mut voxels = String::new();
        for i in 0..count {
            let comma = if i == 0 { "" } else { "," };
            let (x, y, z) = (i % 50, i / 50 % 50, i / 2500);
            must(write!(voxels, "{comma}[{x},{y},{z},{},{},{}]", i % 256, call % 256, i / 256 % 256));
        }
        format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\
             \"place_voxels\",\"arguments\":{{\"project_id\":\"{project}\",\"voxels\":[{voxels}]}}}}}}"
        )
    });
    Figure::new("ms", ms).target(VOXELS_MS_MAX)
}

fn look() -> Figure {
    let mut world = World::new();
    let project = world.project.clone();
    for (shape, at) in
        [("sphere", [20, 20, 20]), ("cylinder", [40, 20, 16]), ("cone", [20, 44, 16])]
    {
        let arguments = json!({"project_id": project, "shape": shape, "center": at, "size": 24, "color": "gold"});
        world.tool("draw_shape", &arguments);
    }
    let ms = world.calls(CALLS / 10, |project, _| {
        let arguments = json!({
            "project_id": project,
            "views": ["isometric", "front", "right", "top"],
            "size": "medium",
        });
        request("tools/call", &json!({"name": "look", "arguments": arguments}))
    });
    Figure::new("ms", ms).target(LOOK_MS_MAX)
}
