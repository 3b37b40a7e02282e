//! How soon long work ends that is cancelled at random moments: from the order to the reply.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use goxel_benches::Random;
use serde_json::{Value, json};

/// Calls that are made, of each kind as many.
const CALLS: u64 = 400;
/// The latest moment of the order, in pings of another connection.
const PINGS_MAX: u64 = 400;

/// A connection.
struct Peer {
    stream: UnixStream,
    reader: BufReader<UnixStream>,
}

impl Peer {
    fn connect(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        Ok(Self { reader: BufReader::new(stream.try_clone()?), stream })
    }

    fn send(&mut self, method: &str, params: &Value) -> io::Result<()> {
        let call = json!({"jsonrpc": "2.0", "method": method, "params": params, "id": 1});
        self.stream.write_all(format!("{call}\n").as_bytes())
    }

    fn reply(&mut self) -> io::Result<Value> {
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        serde_json::from_str(&line).map_err(io::Error::other)
    }

    fn call(&mut self, method: &str, params: &Value) -> io::Result<Value> {
        self.send(method, params)?;
        Ok(self.reply()?["result"].take())
    }
}

/// Long calls, by method. Paths are beside the socket.
fn calls(dir: &Path) -> Vec<(&'static str, Value)> {
    let at = |name: &str| dir.join(name);
    vec![
        ("goxel.dilate", json!({"steps": 26, "connectivity": 26})),
        ("goxel.scale", json!({"factor": 3})),
        ("goxel.mirror", json!({"axis": "x"})),
        ("goxel.find_components", json!({})),
        ("goxel.convert", json!({"path": at("big.gox"), "output_path": at("out.txt")})),
        ("goxel.export_model", json!({"path": at("out.obj")})),
        ("goxel.save_project", json!({"path": at("out.gox")})),
        (
            "goxel.render_scene",
            json!({"output_path": at("out.png"), "width": 4096, "height": 4096}),
        ),
    ]
}

/// Cancels calls, and prints for each method how soon they ended that were caught.
pub(crate) fn run(socket: &Path) -> io::Result<()> {
    let dir = socket.parent().unwrap_or(Path::new("."));
    let (mut worker, mut other) = (Peer::connect(socket)?, Peer::connect(socket)?);
    worker.call("goxel.create_project", &json!(["cancel"]))?;
    let ball =
        json!({"shape": "sphere", "center": [0, 0, 0], "size": [400, 400, 400], "color": "#f80"});
    worker.call("goxel.procedural_shape", &ball)?;
    worker.call("goxel.save_project", &json!([dir.join("big.gox")]))?;
    let calls = calls(dir);
    let mut caught: Vec<Vec<Duration>> = vec![Vec::new(); calls.len()];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for nth in 0..CALLS {
        let kind = (nth % calls.len() as u64) as usize;
        let (method, params) = &calls[kind];
        worker.send(method, params)?;
        for _ in 0..random.below(PINGS_MAX) {
            other.call("ping", &json!({}))?;
        }
        let jobs = other.call("goxel.list_jobs", &json!({}))?;
        let began = Instant::now();
        if let Some(job) = jobs["jobs"].get(0) {
            other.call("goxel.cancel", &json!({"job": job["job"]}))?;
        }
        let reply = worker.reply()?;
        if reply["error"]["code"] == -1032 {
            caught[kind].push(began.elapsed());
        } else if reply["error"].is_null() && method_edits(method) {
            worker.call("goxel.undo", &json!({}))?;
        }
    }
    for ((method, _), times) in calls.iter().zip(&mut caught) {
        println!("{}", line(method, times));
    }
    println!("{}", line("all of them", &mut caught.concat()));
    worker.call("goxel.close_project", &json!(["cancel"]))?;
    Ok(())
}

fn method_edits(method: &str) -> bool {
    matches!(method, "goxel.dilate" | "goxel.scale" | "goxel.mirror")
}

fn line(name: &str, times: &mut [Duration]) -> String {
    times.sort_unstable();
    let ms = |time: Option<&Duration>| time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e3);
    let (median, worst) = (ms(times.get(times.len() / 2)), ms(times.last()));
    format!("cancelled: {name:<24} {:>4} median {median:.2} ms, worst {worst:.2} ms", times.len())
}
