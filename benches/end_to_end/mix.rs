//! [`Mix`]: what clients ask for.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// Requests after which a mix begins again.
pub(crate) const PERIOD: usize = 64;
/// Points of a large request: 4.5 MB of text.
const BULK_POINTS: usize = 100_000;
/// Points of a small one: 1 KiB.
const POINTS: usize = 21;
/// The edge of a picture.
const PICTURE_EDGE: usize = 192;
/// What files are written as.
const FORMATS: [&str; 8] = ["gox", "vox", "obj", "ply", "txt", "qb", "pov", "gltf"];

/// Which requests a client sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mix {
    /// One voxel set.
    Edits,
    /// One voxel read.
    Reads,
    /// Of everything that is quick.
    Mixed,
    /// Some points in one request.
    Points,
    /// Very many points in one request.
    Bulk,
    /// An export to each format in turn.
    Files,
    /// A picture.
    Pictures,
}

impl Mix {
    const NAMES: [(&'static str, Self); 7] = [
        ("edits", Self::Edits),
        ("reads", Self::Reads),
        ("mixed", Self::Mixed),
        ("points", Self::Points),
        ("bulk", Self::Bulk),
        ("files", Self::Files),
        ("pictures", Self::Pictures),
    ];

    /// The mix of this name.
    pub(crate) fn find(name: &str) -> io::Result<Self> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, mix)| *mix);
        let names = Self::NAMES.map(|(name, _)| name).join(", ");
        found.ok_or_else(|| io::Error::other(format!("`{name}` is none of {names}")))
    }

    /// Its request of this number, with a line break. Files go to `dir`.
    pub(crate) fn request(self, number: usize, dir: &Path) -> String {
        let [x, y, z] = [number % 64, number / 64 % 64, number / 4096 % 64];
        match self {
            Self::Edits => call(number, "goxel.add_voxel", &format!("[{x},{y},{z},255,128,0,255]")),
            Self::Reads => call(number, "goxel.get_voxel", &format!("[{x},{y},{z}]")),
            Self::Points => points(number, POINTS),
            Self::Bulk => points(number, BULK_POINTS),
            Self::Files => {
                let path = dir.join("model").with_extension(FORMATS[number % FORMATS.len()]);
                call(number, "goxel.export_model", &format!("[{path:?}]"))
            }
            Self::Pictures => {
                let path = dir.join(format!("picture-{}.png", number % 4));
                let params = format!("[{path:?},{PICTURE_EDGE},{PICTURE_EDGE}]");
                call(number, "goxel.render_scene", &params)
            }
            Self::Mixed => mixed(number, dir),
        }
    }
}

/// Half edits, a quarter reads, and of the rest a little each.
fn mixed(number: usize, dir: &Path) -> String {
    match number % 16 {
        0..8 => Mix::Edits.request(number, dir),
        8..12 => Mix::Reads.request(number, dir),
        12 => Mix::Points.request(number, dir),
        13 => call(number, "goxel.get_bounding_box", "[]"),
        14 => call(number, "goxel.list_layers", "[]"),
        _ => call(number, "ping", "[]"),
    }
}

fn points(number: usize, count: usize) -> String {
    let mut text = String::new();
    for point in 0..count {
        let mixed = (number * count + point).wrapping_mul(2_654_435_761);
        let [x, y, z] = [mixed >> 8 & 127, mixed >> 15 & 127, mixed >> 22 & 127];
        let comma = if point == 0 { "" } else { "," };
        let [r, g, b] = [mixed & 15, y, 200];
        let _ = write!(text, r#"{comma}{{"x":{x},"y":{y},"z":{z},"r":{r},"g":{g},"b":{b}}}"#);
    }
    call(number, "goxel.add_voxels", &format!("{{\"voxels\":[{text}]}}"))
}

fn call(id: usize, method: &str, params: &str) -> String {
    format!("{{\"jsonrpc\":\"2.0\",\"method\":\"{method}\",\"params\":{params},\"id\":{id}}}\n")
}

/// Gives the daemon a project with something in it.
pub(crate) fn prepare(socket: &Path) -> io::Result<()> {
    let requests = [call(1, "goxel.create_project", "[\"bench\",64,64,64]"), points(2, 5000)];
    ask(socket, requests)
}

/// Sends every request of the mix once: what is refused would be measured as an answer otherwise.
pub(crate) fn check(socket: &Path, mix: Mix, dir: &Path) -> io::Result<()> {
    let count = if mix == Mix::Bulk { 1 } else { PERIOD };
    ask(socket, (0..count).map(|number| mix.request(number, dir)))
}

fn ask(socket: &Path, requests: impl IntoIterator<Item = String>) -> io::Result<()> {
    let stream = UnixStream::connect(socket)?;
    let mut reader = BufReader::new(&stream);
    for request in requests {
        let mut reply = String::new();
        (&stream).write_all(request.as_bytes())?;
        reader.read_line(&mut reply)?;
        if !reply.contains("\"result\"") {
            let start: String = request.chars().take(120).collect();
            return Err(io::Error::other(format!("{} was answered {reply}", start.trim_end())));
        }
    }
    Ok(())
}
