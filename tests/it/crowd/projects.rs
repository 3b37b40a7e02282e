//! The projects of a crowd: made, saved, undone.

use std::io;
use std::path::Path;

use goxel_core::Project;
use goxel_formats::Format;
use serde_json::json;

use super::{IN_TURNS, PLACES};
use crate::world::{Client, World};

/// What a project is called, and the replay of it.
pub(super) fn name(project: usize, of: &str) -> String {
    format!("p{project}{of}")
}

/// Makes a project, with a layer for each who edits.
pub(super) fn prepare(client: &mut Client, project: usize, of: &str) {
    client.call("goxel.create_project", &json!([name(project, of)])).unwrap();
    if project >= IN_TURNS {
        for _ in 0..PLACES {
            client.call("goxel.create_layer", &json!([])).unwrap();
        }
    }
}

/// A project as a file of it says.
pub(super) fn saved(client: &mut Client, world: &World, name: &str) -> Project {
    let path = world.path("crowd.gox");
    client.call("goxel.save_project", &json!({"path": path, "project": name})).unwrap();
    read(&path).unwrap()
}

fn read(path: &Path) -> io::Result<Project> {
    let bytes = std::fs::read(path)?;
    let document = goxel_formats::read(&bytes, Format::Gox).map_err(io::Error::other)?;
    Ok(document.into_project("p"))
}

pub(super) fn undo_all(client: &mut Client, name: &str, seed: u64) {
    let which = json!({"project": name});
    while client.call("goxel.undo", &which).unwrap()["success"] == true {}
    let history = client.call("goxel.history", &which).unwrap();
    let status = client.call("goxel.get_bounding_box", &which).unwrap();
    let is_cut = history["truncated"] == true;
    assert!(is_cut || status["empty"] == true, "seed {seed}: {history} {status}");
}
