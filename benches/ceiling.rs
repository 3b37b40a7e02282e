//! The ceiling: what hostile clients can make the daemon take under `--memory-max`.
//!
//! First every request that is known to ask for very much, then a thousand random sequences, the
//! same at every run. The daemon has to live, each refusal has to be an error in words, resident
//! memory has to stay near the limit, and what was freed has to go back to the system.
//! `cargo bench -p goxel-benches --bench ceiling`; `--sequences 100` for fewer.

mod client;
#[path = "engine/program.rs"]
mod program;

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use goxel_benches::{Figure, Random, quick};

use self::client::Client;
use self::program::Program;

const MIB: f64 = 1024.0 * 1024.0;
/// What the daemon may take.
const LIMIT: &str = "512M";
/// What may be resident: the limit, the program itself, and what one step takes before it is seen.
const RESIDENT_MAX_MIB: f64 = 600.0;
/// What may be left over once all projects are closed.
const LEFT_MAX_MIB: f64 = 32.0;
/// How soon.
const BACK_WITHIN: Duration = Duration::from_secs(10);
/// How often resident memory is looked at.
const LOOK: Duration = Duration::from_millis(2);
/// Random sequences, and requests in each.
const SEQUENCES: u32 = 1000;
const STEPS: u32 = 6;

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let at = args.iter().position(|arg| arg == "--sequences");
    let sequences = match at.and_then(|at| args.get(at + 1)) {
        Some(count) => count.parse().map_err(io::Error::other)?,
        None if quick() => 10,
        None => SEQUENCES,
    };
    let dir = tempfile::tempdir()?;
    let program = Program::goxel(&["--memory-max", LIMIT])?;
    calm(&program)?;
    let start = program.resident()?;
    let watch = Watch::start(&program);
    for (name, requests) in hostile(dir.path())? {
        let refused = attack(&program, &requests)?;
        println!(
            "    {name}: {refused} of {} refused, peak {:.0} MiB",
            requests.len(),
            watch.peak()
        );
    }
    let mut random = Random(15);
    let mut refused = 0;
    for _ in 0..sequences {
        let requests: Vec<_> = (0..STEPS).map(|_| request(&mut random, dir.path())).collect();
        refused += attack(&program, &requests)?;
    }
    println!("    {refused} of {} random requests refused", sequences * STEPS);
    close_all(&program)?;
    let closed = Instant::now();
    while closed.elapsed() < BACK_WITHIN && program.resident()? > start + LEFT_MAX_MIB * MIB {
        thread::sleep(LOOK);
    }
    let left = (program.resident()? - start) / MIB;
    let peak = watch.stop()?;
    Figure::new("MiB", peak).target(RESIDENT_MAX_MIB).report("ceiling/peak");
    Figure::new("MiB", left).target(LEFT_MAX_MIB).report("ceiling/left_after_closing");
    Ok(())
}

/// A daemon as it is once it has done a little of everything.
fn calm(program: &Program) -> io::Result<()> {
    let mut client = Client::connect(program.socket())?;
    client.call("goxel.create_project", r#"{"name": "calm"}"#)?;
    client.call("goxel.add_voxel", "[0, 0, 0, 9, 9, 9]")?;
    client.call("goxel.close_project", r#"{"name": "calm"}"#)?;
    Ok(())
}

/// Sends the requests on one connection, and tells how many were refused. A reply that is neither
/// a result nor an error in words, and none at all, is a fault.
fn attack(program: &Program, requests: &[Call]) -> io::Result<u32> {
    let mut client = Client::connect(program.socket())?;
    let mut refused = 0;
    for (method, params) in requests {
        let reply = client.call(method, params)?;
        if reply.contains("\"error\"") && !reply.contains("\"result\"") {
            let words = reply.split("\"message\": \"").nth(1).unwrap_or("");
            if words.len() < 8 {
                return Err(io::Error::other(format!(
                    "{method} was refused without words: {reply}"
                )));
            }
            refused += 1;
        } else if !reply.contains("\"result\"") && !reply.starts_with('[') {
            return Err(io::Error::other(format!("{method} was answered {reply}")));
        }
    }
    Ok(refused)
}

fn close_all(program: &Program) -> io::Result<()> {
    let mut client = Client::connect(program.socket())?;
    let listed = client.call("goxel.list_projects", "{}")?;
    for part in listed.split("\"name\": \"").skip(1) {
        let name = part.split('"').next().unwrap_or("");
        client.call("goxel.close_project", &format!("{{\"name\": \"{name}\"}}"))?;
    }
    Ok(())
}

/// A method and its parameters.
type Call = (String, String);

fn call(method: &str, params: impl Into<String>) -> Call {
    (method.to_owned(), params.into())
}

fn new(name: &str) -> Call {
    call("goxel.create_project", format!("{{\"name\": \"{name}\"}}"))
}

/// What is known to ask for very much.
fn hostile(dir: &Path) -> io::Result<Vec<(&'static str, Vec<Call>)>> {
    let millions = if quick() { 100_000 } else { 3_000_000 };
    let text = dir.join("scattered.txt");
    std::fs::write(&text, lines(millions / 2))?;
    let shape = |what: &str| call("goxel.procedural_shape", what);
    let noise =
        || call("goxel.add_voxels", format!("{{\"voxels\": [{}]}}", points(millions / 4, 7)));
    Ok(vec![
        (
            "flood in a shaft",
            vec![
                new("a"),
                call(
                    "goxel.flood_fill",
                    r#"{"position": [0, 0, 0], "color": "red", "bounds": {"min": [0, 0, -1073741824], "max": [0, 0, 1073741823]}}"#,
                ),
            ],
        ),
        (
            "scattered points in one list",
            vec![
                new("b"),
                call("goxel.add_voxels", format!("{{\"voxels\": [{}]}}", points(millions, 13))),
            ],
        ),
        (
            "a file of scattered points",
            vec![call("goxel.load_project", format!("{{\"path\": \"{}\"}}", text.display()))],
        ),
        (
            "scattered points again and again",
            (0..8).flat_map(|n| [new(&format!("c{n}")), noise()]).collect(),
        ),
        (
            "paint of a slab",
            vec![
                new("d"),
                shape(
                    r#"{"shape": "cube", "center": [0, 0, 0], "size": [8192, 8192, 8], "color": "red"}"#,
                ),
                call(
                    "goxel.paint_voxels",
                    r#"{"region": {"min": [-9000, -9000, 1], "max": [9000, 9000, 1]}, "color": "blue"}"#,
                ),
            ],
        ),
        (
            "a large sphere, scaled",
            vec![
                new("e"),
                shape(r#"{"shape": "sphere", "center": [0, 0, 0], "size": 255, "color": "red"}"#),
                call("goxel.scale", r#"{"factor": 4}"#),
                call("goxel.scale", r#"{"factor": 4}"#),
            ],
        ),
        (
            "dilated far",
            vec![new("f"), noise(), call("goxel.dilate", r#"{"steps": 12, "connectivity": 26}"#)],
        ),
        (
            "a batch of large replies",
            vec![
                new("g"),
                noise(),
                call("goxel.get_layer_voxels", r#"{"layer_id": -2, "limit": 0}"#),
            ],
        ),
        (
            "a large picture",
            vec![call(
                "goxel.render_scene",
                r#"{"width": 16384, "height": 16384, "options": {"return_mode": "pixels"}}"#,
            )],
        ),
    ])
}

/// Points far apart, as JSON.
fn points(count: u32, seed: u32) -> String {
    let mut text = String::new();
    for number in 0..count {
        let [x, y, z] = scattered(number, seed);
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(text, "{comma}[{x},{y},{z}]");
    }
    text
}

/// The same as the lines of a point file.
fn lines(count: u32) -> String {
    let mut text = String::new();
    for number in 0..count {
        let [x, y, z] = scattered(number, 5);
        let _ = writeln!(text, "{x} {y} {z} ff0000");
    }
    text
}

fn scattered(number: u32, seed: u32) -> [u32; 3] {
    let mixed = (number ^ seed << 20).wrapping_mul(2_654_435_761);
    [mixed & 0x3fff, mixed >> 7 & 0x3fff, mixed.wrapping_mul(40_503) >> 18]
}

/// A request that asks for much, more often than not.
fn request(random: &mut Random, dir: &Path) -> Call {
    let project = random.below(12);
    let size = 1 << random.below(12);
    let at = [(); 3].map(|()| random.below(100_000) as i64 - 50_000);
    let at = format!("[{}, {}, {}]", at[0], at[1], at[2]);
    let axis = ["x", "y", "z"][random.below(3) as usize];
    match random.below(16) {
        0 => new(&format!("r{project}")),
        1 => call("goxel.select_project", format!("{{\"name\": \"r{project}\"}}")),
        2 | 3 => call(
            "goxel.procedural_shape",
            format!(
                "{{\"shape\": \"sphere\", \"center\": {at}, \"size\": {}, \"color\": \"red\"}}",
                size.min(600)
            ),
        ),
        4 => call(
            "goxel.procedural_shape",
            format!(
                "{{\"shape\": \"cube\", \"center\": {at}, \"size\": {size}, \"color\": \"blue\"}}"
            ),
        ),
        5 | 6 => {
            let (count, seed) = (random.below(60_000) as u32, random.below(1000) as u32);
            call("goxel.add_voxels", format!("{{\"voxels\": [{}]}}", points(count + 1, seed)))
        }
        7 => call("goxel.scale", format!("{{\"factor\": {}}}", random.below(5) + 1)),
        8 => call(
            "goxel.dilate",
            format!("{{\"steps\": {}, \"connectivity\": 26}}", random.below(4) + 1),
        ),
        9 => call(
            "goxel.mirror",
            format!("{{\"axis\": \"{axis}\", \"at\": {}, \"keep\": true}}", random.below(5000)),
        ),
        10 => call("goxel.duplicate_layer", "{}"),
        11 => call("goxel.translate", format!("{{\"by\": [{}, 3, 1]}}", random.below(40))),
        12 => call("goxel.get_layer_voxels", r#"{"layer_id": -2, "limit": 0}"#),
        13 => call("goxel.export_model", format!("{{\"path\": \"{}/out.vox\"}}", dir.display())),
        14 => call("goxel.undo", "{}"),
        _ => call("goxel.rotate", format!("{{\"axis\": \"{axis}\", \"degrees\": 90}}")),
    }
}
/// Looks at resident memory all the time.
struct Watch {
    stop: Arc<AtomicBool>,
    peak: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

impl Watch {
    fn start(program: &Program) -> Self {
        let (stop, peak) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (ended, highest, id) = (Arc::clone(&stop), Arc::clone(&peak), program.id());
        let thread = thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                let bytes = program::resident(id).unwrap_or(0.0);
                highest.fetch_max(bytes as u64, Ordering::Relaxed);
                thread::sleep(LOOK);
            }
        });
        Self { stop, peak, thread }
    }

    /// The most that was seen, in MiB.
    fn peak(&self) -> f64 {
        self.peak.load(Ordering::Relaxed) as f64 / MIB
    }

    fn stop(self) -> io::Result<f64> {
        self.stop.store(true, Ordering::Relaxed);
        let peak = Arc::clone(&self.peak);
        self.thread.join().map_err(|_| io::Error::other("the thread that looks on panicked"))?;
        Ok(peak.load(Ordering::Relaxed) as f64 / MIB)
    }
}
