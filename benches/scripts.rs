//! Scripts: what a call of `goxel.execute_script` takes, from the request to its reply: the first one, one that
//! only computes, and those that set voxels one by one, in bulk, and by a function.
//! `cargo bench -p goxel-benches --bench scripts`.

#[path = "client.rs"]
mod client;
#[path = "engine/program.rs"]
mod program;

use std::io;
use std::time::Instant;

use goxel_benches::{Figure, median, quick, rounds, wanted};
use serde_json::{Value, json};

use self::client::Client;
use self::program::Program;

/// How often each is measured.
const RUNS: usize = 7;
/// What a script that only computes is measured by.
const PLAIN_RUNS: usize = 200;

/// A script, and what it may take in nanoseconds.
struct Line {
    name: &'static str,
    script: &'static str,
    target_ms: f64,
}

/// Each works on an empty layer.
const LINES: &[Line] = &[
    Line {
        name: "scripts/set_at_million",
        script: "const v = goxel.image.activeLayer.volume; const c = [200, 90, 20, 255]; \
                 for (let i = 0; i < 1e6; i++) v.setAt([i % 100, (i / 100 | 0) % 100, i / 10000 | 0], c); 0",
        target_ms: 500.0,
    },
    Line {
        name: "scripts/add_voxel_million",
        script: "for (let i = 0; i < 1e6; i++) \
                 goxel.addVoxel(i % 100, (i / 100 | 0) % 100, i / 10000 | 0, 200, 90, 20, 255); 0",
        target_ms: 250.0,
    },
    Line {
        name: "scripts/set_box_16m",
        script: "const n = 256; const a = new Uint32Array(n * n * n); \
                 for (let i = 0; i < 200; i++) a.fill(0xff000000 | i * 65793, i * 83886, (i + 1) * 83886); \
                 a.fill(0xff123456, 200 * 83886); \
                 goxel.image.activeLayer.volume.setBox([[0, 0, 0], [n, n, n]], a); 0",
        target_ms: 120.0,
    },
    Line {
        name: "scripts/from_sdf_128",
        script: "goxel.image.activeLayer.volume.fromSdf([[-64, -64, -64], [64, 64, 64]], \
                 (x, y, z) => Math.sqrt(x * x + y * y + z * z) - 50, [200, 90, 20, 255]); 0",
        target_ms: 500.0,
    },
    Line {
        name: "scripts/from_sdf_128_lipschitz",
        script: "goxel.image.activeLayer.volume.fromSdf([[-64, -64, -64], [64, 64, 64]], \
                 (x, y, z) => Math.sqrt(x * x + y * y + z * z) - 50, [200, 90, 20, 255], {lipschitz: 1}); 0",
        target_ms: 60.0,
    },
];

/// One voxel of a model of ten million.
const ONE_TILE: &str = "goxel.addVoxel(3, 3, 3, 1, 2, Math.random() * 255 | 0, 255)";

fn main() -> io::Result<()> {
    if wanted("scripts/first") {
        first()?;
    }
    let program = Program::goxel(&[])?;
    let mut client = Client::connect(program.socket())?;
    client.call("goxel.create_project", r#"["p", 256, 256, 256]"#)?;
    if wanted("scripts/one_plus_one") {
        let figure = Figure::ns(times(&mut client, rounds(PLAIN_RUNS), "1+1")?);
        figure.target(1e6).report("scripts/one_plus_one");
    }
    for line in LINES.iter().filter(|line| wanted(line.name)) {
        let mut took = Vec::new();
        for _ in 0..rounds(RUNS) {
            took.push(once(&mut client, line.script)?);
            client.call("goxel.clear", "{}")?;
        }
        Figure::ns(median(took)).target(line.target_ms * 1e6).report(line.name);
    }
    if wanted("scripts/one_tile_of_10m") {
        one_tile(&mut client)?;
    }
    Ok(())
}

/// The first script of a daemon: a process is started for it.
fn first() -> io::Result<()> {
    let mut took = Vec::new();
    for _ in 0..rounds(RUNS) {
        let program = Program::goxel(&[])?;
        let mut client = Client::connect(program.socket())?;
        client.call("goxel.create_project", r#"["p"]"#)?;
        took.push(once(&mut client, "1+1")?);
    }
    Figure::ns(median(took)).target(15e6).report("scripts/first");
    Ok(())
}

/// A script that touches one tile of a large model.
fn one_tile(client: &mut Client) -> io::Result<()> {
    let radius = if quick() { 30 } else { 134 };
    let ball =
        json!({"shape": "sphere", "center": [0, 0, 0], "size": 2 * radius, "color": "#336699"});
    client.call("goxel.procedural_shape", &ball.to_string())?;
    let figure = Figure::ns(times(client, rounds(RUNS), ONE_TILE)?);
    figure.target(5e6).report("scripts/one_tile_of_10m");
    Ok(())
}

fn times(client: &mut Client, count: usize, script: &str) -> io::Result<f64> {
    let took: io::Result<Vec<_>> = (0..count).map(|_| once(client, script)).collect();
    Ok(median(took?))
}

/// Runs a script. Gives the nanoseconds from the request to its reply.
fn once(client: &mut Client, script: &str) -> io::Result<f64> {
    let params = json!({"script": script}).to_string();
    let began = Instant::now();
    let reply = client.call("goxel.execute_script", &params)?;
    let took = began.elapsed().as_nanos() as f64;
    let told: Value = serde_json::from_str(&reply).map_err(io::Error::other)?;
    if told["result"]["success"] == true { Ok(took) } else { Err(io::Error::other(reply)) }
}
