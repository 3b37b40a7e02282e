//! Requests at random: all methods that change projects, in all spellings, right ones and wrong ones.

use std::path::{Path, PathBuf};

use goxel_proto::Method;
use goxel_proto::method::Does;
use goxel_store::disk::Chance;

use crate::server::Server;
use crate::server::long_tests::Peer;

/// What projects are called.
const NAMES: [&str; 4] = ["p", "q", "r", "s"];
/// Voxels of the large file: more than a checkpoint of which changes may follow.
const NOISE_VOXELS: u64 = 24_000;

/// Files that are read in.
pub(super) struct Files {
    dir: tempfile::TempDir,
}

impl Files {
    /// Writes them.
    pub(super) fn new() -> Self {
        let files = Self { dir: tempfile::tempdir().expect("a directory") };
        let mut chance = Chance(7);
        files.save("small.gox", 20, &mut chance);
        files.save("noise.gox", NOISE_VOXELS, &mut chance);
        files
    }

    fn save(&self, name: &str, count: u64, chance: &mut Chance) {
        let mut server = Server::default();
        let mut peer = Peer::new(&mut server, 1);
        let voxels: Vec<String> = (0..count).map(|_| noise(chance)).collect();
        let path = self.path(name);
        for (method, params) in [
            ("create_project", "[\"file\"]".to_owned()),
            ("add_voxels", format!("{{\"voxels\": [{}]}}", voxels.join(","))),
            ("save_project", format!("[{path:?}]")),
        ] {
            peer.call(&mut server, method, &params);
            if peer.job.is_some() {
                peer.work(&mut server);
            }
            let reply = peer.replies();
            assert!(reply.contains("\"result\""), "{reply}");
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new(self.dir.path()).join(name)
    }
}

fn noise(chance: &mut Chance) -> String {
    let mut below = |end| chance.below(end);
    let at = [below(64), below(64), below(64)];
    let [x, y, z] = at;
    format!("[{x},{y},{z},{},{},{}]", below(256), below(256), below(256))
}

/// A request, or a batch of them.
pub(super) fn frame(chance: &mut Chance, files: &Files, is_large: bool) -> String {
    if chance.below(8) == 0 {
        let count = 1 + chance.below(5);
        let requests: Vec<String> = (0..count).map(|_| request(chance, files, is_large)).collect();
        return format!("[{}]", requests.join(","));
    }
    request(chance, files, is_large)
}

fn request(chance: &mut Chance, files: &Files, is_large: bool) -> String {
    let (method, params) = match chance.below(100) {
        0..=34 => voxel(chance),
        35..=54 => command(chance),
        55..=64 => example(chance),
        65..=74 => step(chance),
        75..=86 => whole(chance, files),
        87..=89 => file(chance, files, is_large),
        _ => reading(chance),
    };
    if params.starts_with('{') && method.starts_with("goxel.add_voxel") && chance.below(6) == 0 {
        return format!(r#"{{"tool":"goxel_add_voxels","arguments":{params},"id":1}}"#);
    }
    format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params},"id":1}}"#)
}

fn at(chance: &mut Chance) -> i64 {
    chance.below(60) as i64 - 30
}

/// A member of parameters that names the project, or nothing.
fn project(chance: &mut Chance) -> String {
    match chance.below(3) {
        0 => String::new(),
        _ => format!(", \"project\": {:?}", chance.pick(&NAMES)),
    }
}

fn voxel(chance: &mut Chance) -> (&'static str, String) {
    let (x, y, z) = (at(chance), at(chance), at(chance));
    let colour = chance.next() % 1_000_000;
    let (r, g, b) = (colour % 256, colour / 256 % 256, colour / 65536);
    match chance.below(9) {
        0..=2 => ("goxel.add_voxel", format!("[{x},{y},{z},{r},{g},{b}]")),
        3 => {
            let layer = chance.below(3);
            ("goxel.add_voxel", format!("[{x},{y},{z},{r},{g},{b},255,{layer}]"))
        }
        4..=5 => {
            let project = project(chance);
            let params =
                format!("{{\"x\": {x}, \"y\": {y}, \"z\": {z}, \"r\": {r}, \"g\": {g}{project}}}");
            ("goxel.add_voxel", params)
        }
        6 => {
            let project = project(chance);
            let params =
                format!("{{\"position\": [{x},{y},{z}], \"color\": [{r},{g},{b}]{project}}}");
            ("goxel.add_voxel", params)
        }
        7 => ("goxel.remove_voxel", format!("[{x},{y},{z}]")),
        _ => {
            let project = project(chance);
            ("goxel.remove_voxel", format!("{{\"x\": {x}, \"y\": {y}, \"z\": {z}{project}}}"))
        }
    }
}

fn command(chance: &mut Chance) -> (&'static str, String) {
    let (x, y, z) = (at(chance), at(chance), at(chance));
    // Some are long.
    let edge = *chance.pick(&[1, 2, 5, 17]);
    let (r, g) = (chance.below(256), chance.below(256));
    let aabb = [x, y, z, x + edge, y + edge, z + edge];
    let region =
        format!("{{\"min\": [{x},{y},{z}], \"max\": [{},{},{}]}}", aabb[3], aabb[4], aabb[5]);
    let project = project(chance);
    let layer = chance.below(3);
    match chance.below(14) {
        0..=2 => (
            "goxel.add_voxels",
            format!("{{\"boxes\": [{aabb:?}], \"color\": [{r},{g},1]{project}}}"),
        ),
        3 => ("goxel.add_voxels", format!("[[[{x},{y},{z},{r},{g},2],[{y},{z},{x},{g},{r},3]]]")),
        4 => ("goxel.remove_voxels", format!("{{\"boxes\": [{aabb:?}]{project}}}")),
        5 => (
            "goxel.paint_voxels",
            format!("{{\"region\": {region}, \"color\": [{r},{g},4]{project}}}"),
        ),
        6 => (
            "goxel.procedural_shape",
            format!(
                "{{\"shape\": \"sphere\", \"center\": [{x},{y},{z}], \"size\": {edge}, \"color\": [{r},{g},5]{project}}}"
            ),
        ),
        7 => {
            let other = chance.pick(&NAMES);
            let from = if chance.below(3) == 0 {
                String::new()
            } else {
                format!(", \"from_project\": {other:?}")
            };
            (
                "goxel.copy",
                format!("{{\"region\": {region}, \"to\": [{z},{x},{y}]{from}{project}}}"),
            )
        }
        8 => (
            "goxel.heightmap",
            format!(
                "{{\"heights\": [[1,{edge}],[2,3]], \"position\": [{x},{y},{z}], \"color\": [{r},{g},6]{project}}}"
            ),
        ),
        9 => ("goxel.create_layer", format!("{{\"name\": \"l{r}\"{project}}}")),
        10 => (
            "goxel.merge_layers",
            format!("{{\"source_layer_id\": {layer}, \"target_layer_id\": 1{project}}}"),
        ),
        11 => {
            ("goxel.translate", format!("{{\"by\": [{edge},1,0], \"layer_id\": {layer}{project}}}"))
        }
        12 => (
            "goxel.batch_operations",
            format!(
                "{{\"operations\": [{{\"type\": \"add_voxel\", \"x\": {x}, \"y\": {y}, \"z\": 1, \"color\": [{r},{g},7]}}, {{\"type\": \"remove_voxel\", \"position\": [{y},{x},1]}}]{project}}}"
            ),
        ),
        _ => ("goxel.mirror", format!("{{\"axis\": \"y\", \"keep\": true, \"at\": 0{project}}}")),
    }
}

/// The example of some method that edits: so none is left out that there ever will be.
fn example(chance: &mut Chance) -> (&'static str, String) {
    loop {
        let row = chance.pick(Method::ALL).info();
        if row.does != Does::Edits || row.examples.is_empty() {
            continue;
        }
        let params = chance.pick(row.examples).params;
        let project = project(chance);
        let params = match params.strip_suffix('}') {
            Some("{") => format!("{{{}}}", project.trim_start_matches(", ")),
            Some(members) => format!("{members}{project}}}"),
            None => params.to_owned(),
        };
        // A request is one line.
        return (row.name, params.replace('\n', " "));
    }
}

fn step(chance: &mut Chance) -> (&'static str, String) {
    let method = match chance.below(10) {
        0..=2 => "goxel.undo",
        3 => "goxel.redo",
        4..=6 => "goxel.begin",
        7 | 8 => "goxel.commit",
        _ => "goxel.rollback",
    };
    (method, format!("{{{}}}", project(chance).trim_start_matches(", ")))
}

fn whole(chance: &mut Chance, files: &Files) -> (&'static str, String) {
    let name = *chance.pick(&NAMES);
    match chance.below(14) {
        0..=2 => {
            let (edge, replace) = (1 + chance.below(99), chance.below(2) == 0);
            let params =
                format!("{{\"name\": {name:?}, \"width\": {edge}, \"replace\": {replace}}}");
            ("goxel.create_project", params)
        }
        3..=5 => ("goxel.close_project", format!("{{\"name\": {name:?}}}")),
        6 => ("goxel.delete_project", format!("[{name:?}]")),
        7 | 8 => {
            let path = files.path("small.gox");
            ("goxel.load_project", format!("{{\"path\": {path:?}, \"name\": {name:?}}}"))
        }
        9 => ("goxel.select_project", format!("{{\"name\": {name:?}, \"current\": true}}")),
        10 | 11 => ("goxel.select_project", format!("[{name:?}]")),
        _ => {
            let to = chance.pick(&NAMES);
            ("goxel.rename_project", format!("{{\"name\": {name:?}, \"to\": {to:?}}}"))
        }
    }
}

fn file(chance: &mut Chance, files: &Files, is_large: bool) -> (&'static str, String) {
    let path = files.path(if is_large { "noise.gox" } else { "small.gox" });
    let project = project(chance);
    ("goxel.import_model", format!("{{\"path\": {path:?}{project}}}"))
}

fn reading(chance: &mut Chance) -> (&'static str, String) {
    let project = project(chance);
    let params = format!("{{{}}}", project.trim_start_matches(", "));
    let method = chance.pick(&["goxel.history", "goxel.get_project_info", "goxel.count_voxels"]);
    (method, params)
}
