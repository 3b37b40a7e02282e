//! The suite: each line a name, its figure, and the same work done by a yardstick where there is one.
//!
//! Run it with `cargo bench -p goxel-benches`; words after `--` choose lines by their names.

use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;

use goxel_benches::measure;
use goxel_core::Volume;
use goxel_proto::request::Message;
use goxel_proto::types::{Aabb, Pos, Rgba};
use goxel_proto::{Method, RequestView};

const REQUEST: &str =
    r#"{"jsonrpc":"2.0","method":"goxel.add_voxel","params":[10,20,30,255,128,0,255],"id":1}"#;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let suite: [(&str, Measurement); 7] = [
        ("envelope_83_bytes", envelope),
        ("method_dispatch", dispatch),
        ("voxel_set_sequential", set_sequential),
        ("voxel_get_sequential", get_sequential),
        ("fill_512_cubed", fill),
        ("snapshot_and_first_edit", snapshot),
        ("round_trip_add_voxel", round_trip),
    ];
    for (name, run) in suite {
        if wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())) {
            let Figure { ns, yardstick } = run();
            let beside = yardstick
                .map(|(what, other)| format!("   {what} {other:.1} ns ({:.2}x)", other / ns));
            println!("{name:24} {ns:12.1} ns{}", beside.unwrap_or_default());
        }
    }
}

type Measurement = fn() -> Figure;

/// Nanoseconds, and what a yardstick took for the same.
struct Figure {
    ns: f64,
    yardstick: Option<(&'static str, f64)>,
}

impl Figure {
    fn alone(ns: f64) -> Self {
        Self { ns, yardstick: None }
    }
}

fn envelope() -> Figure {
    let ns = measure(|| {
        let message = Message::read(black_box(REQUEST.as_bytes()));
        let Ok(Message::Single(value)) = message else { return false };
        RequestView::read(value).is_ok()
    });
    let serde = measure(|| serde_json::from_str::<serde_json::Value>(black_box(REQUEST)).is_ok());
    Figure { ns, yardstick: Some(("serde_json::Value", serde)) }
}

fn dispatch() -> Figure {
    let names: Vec<&str> = Method::ALL.iter().map(|method| method.info().name).collect();
    let mut next = 0;
    Figure::alone(measure(|| {
        next = (next + 1) % names.len();
        Method::find(black_box(names[next]))
    }))
}

const EDGE: i32 = 128;

fn cells() -> impl Iterator<Item = Pos> {
    (0..EDGE).flat_map(|z| (0..EDGE).flat_map(move |y| (0..EDGE).map(move |x| Pos::new(x, y, z))))
}

fn per_cell(ns: f64) -> Figure {
    Figure::alone(ns / f64::from(EDGE * EDGE * EDGE))
}

fn noise(pos: Pos) -> Rgba {
    Rgba::opaque((pos.x ^ pos.y ^ pos.z) as u8, 0, 0)
}

fn set_sequential() -> Figure {
    per_cell(measure(|| {
        let mut volume = Volume::new();
        let mut accessor = volume.accessor();
        cells().for_each(|pos| {
            accessor.set(pos, noise(pos));
        });
        drop(accessor);
        volume.count()
    }))
}

fn get_sequential() -> Figure {
    let mut volume: Volume = cells().map(|pos| (pos, noise(pos))).collect();
    let mut accessor = volume.accessor();
    per_cell(measure(|| cells().map(|pos| u64::from(accessor.get(pos).0[0])).sum::<u64>()))
}

fn fill() -> Figure {
    let block = Aabb::spanning(Pos::new(1, 1, 1), Pos::from([512; 3]));
    Figure::alone(measure(|| {
        let mut volume = Volume::new();
        volume.fill(&block, Rgba::WHITE);
        volume
    }))
}

fn snapshot() -> Figure {
    let mut volume: Volume = cells().map(|pos| (pos, noise(pos))).collect();
    let mut red = 0;
    Figure::alone(measure(|| {
        let snapshot = volume.clone();
        red += 1;
        volume.set(Pos::new(5, 5, 5), Rgba::opaque(red as u8, 1, 1));
        snapshot
    }))
}

/// One client, one request at a time, over a real socket.
fn round_trip() -> Figure {
    let Ok(dir) = tempfile::tempdir() else { return Figure::alone(f64::NAN) };
    let path = dir.path().join("s");
    let (ready, is_ready) = std::sync::mpsc::channel();
    let socket = path.clone();
    let daemon = std::thread::spawn(move || {
        goxel_daemon::serve(&socket, || ready.send(()).unwrap_or_default())
    });
    if is_ready.recv().is_err() {
        return Figure::alone(f64::NAN);
    }
    let Ok(stream) = UnixStream::connect(&path) else { return Figure::alone(f64::NAN) };
    let mut reader = BufReader::new(&stream);
    let mut reply = String::new();
    let mut call = |request: &str| {
        reply.clear();
        (&stream).write_all(request.as_bytes()).and_then(|()| reader.read_line(&mut reply)).is_ok()
    };
    call(r#"{"jsonrpc":"2.0","method":"goxel.create_project","id":1}"#);
    let ns = measure(|| call(REQUEST));
    call(r#"{"jsonrpc":"2.0","method":"goxel.shutdown","id":1}"#);
    daemon.join().map_or(Figure::alone(f64::NAN), |_| Figure::alone(ns))
}
