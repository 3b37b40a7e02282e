//! Clients that edit, so that what is there says how far they came.
//!
//! The n-th edit of a client sets voxels whose places and colours follow from the client and n. So a project
//! can be compared without anybody knowing how it came about.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::Random;
use crate::world::Client;

/// Single voxels lie in planes of this edge, and each client has so many of these.
const EDGE: u64 = 64;
/// Voxels of a transaction.
const STEP_VOXELS: u64 = 5;
/// A large edit sets a plane of this edge. After so many the first is set anew.
const LARGE_EDGE: u64 = 64;
const LARGE_PLANES: u64 = 12;
/// Requests that are sent at once, at the most.
const PIPELINED_MAX: u64 = 8;

/// Voxels by their places.
pub(super) type Found = HashMap<[i64; 3], [u8; 3]>;

/// What a client does.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Single voxels in this project, which others may share.
    Single(&'static str),
    /// A few voxels in a transaction.
    Steps(&'static str),
    /// Thousands at once.
    Large(&'static str),
}

impl Kind {
    pub(super) fn project(self) -> &'static str {
        let (Self::Single(project) | Self::Steps(project) | Self::Large(project)) = self;
        project
    }
}

/// How far a client came: so many of its edits were sent, and so many answered.
#[derive(Default)]
pub(super) struct Progress {
    sent: AtomicU64,
    acknowledged: AtomicU64,
}

impl Progress {
    pub(super) fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// As far as anybody knew who looked when so many edits were answered, and again now.
    pub(super) fn since(&self, acknowledged: u64) -> Self {
        let sent = AtomicU64::new(self.sent.load(Ordering::Relaxed));
        Self { sent, acknowledged: AtomicU64::new(acknowledged) }
    }
}

/// Edits until the daemon is gone.
pub(super) fn edit(
    mut client: Client,
    index: u64,
    kind: Kind,
    progress: &Progress,
    mut random: Random,
) {
    let project = kind.project();
    let select = request("goxel.select_project", &format!("[{project:?}]"));
    if client.try_send(select.as_bytes()).is_err() || client.try_line().is_none() {
        return;
    }
    loop {
        let most = if matches!(kind, Kind::Large(_)) { 2 } else { PIPELINED_MAX };
        let count = 1 + random.below(most);
        let first = progress.sent.fetch_add(count, Ordering::Relaxed);
        let requests: Vec<String> =
            (first..first + count).map(|number| requests(index, kind, number)).collect();
        if client.try_send(requests.concat().as_bytes()).is_err() {
            return;
        }
        for request in &requests {
            for _ in request.lines() {
                let Some(reply) = client.try_line() else { return };
                assert!(reply.contains("\"success\": true"), "{request}: {reply}");
            }
            progress.acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn request(method: &str, params: &str) -> String {
    format!("{{\"jsonrpc\":\"2.0\",\"method\":\"{method}\",\"params\":{params},\"id\":1}}\n")
}

/// The requests of an edit.
fn requests(index: u64, kind: Kind, number: u64) -> String {
    match kind {
        Kind::Single(project) => {
            let ([x, y, z], [r, g, b]) = single(index, number);
            match number % 3 {
                0 => {
                    let params = format!(
                        "{{\"position\":[{x},{y},{z}],\"color\":[{r},{g},{b}],\"project\":{project:?}}}"
                    );
                    request("goxel.add_voxel", &params)
                }
                _ => request("goxel.add_voxel", &format!("[{x},{y},{z},{r},{g},{b}]")),
            }
        }
        Kind::Steps(_) => {
            let voxels = (number * STEP_VOXELS..).take(STEP_VOXELS as usize).map(|number| {
                let ([x, y, z], [r, g, b]) = single(index, number);
                request("goxel.add_voxel", &format!("[{x},{y},{z},{r},{g},{b}]"))
            });
            let voxels: String = voxels.collect();
            request("goxel.begin", "{}") + &voxels + &request("goxel.commit", "{}")
        }
        Kind::Large(_) => {
            let mut list = String::new();
            for place in 0..LARGE_EDGE * LARGE_EDGE {
                let ([x, y, z], [r, g, b]) = large(index, number, place);
                let comma = if place == 0 { "" } else { "," };
                let _ = write!(list, "{comma}[{x},{y},{z},{r},{g},{b}]");
            }
            request("goxel.add_voxels", &format!("{{\"voxels\":[{list}]}}"))
        }
    }
}

/// The n-th voxel of a client that sets single ones.
fn single(index: u64, number: u64) -> ([i64; 3], [u8; 3]) {
    let plane = index * EDGE + number / (EDGE * EDGE) % EDGE;
    let place = [number % EDGE, number / EDGE % EDGE, plane].map(|at| at as i64);
    let bytes = number.to_le_bytes();
    (place, [bytes[0], bytes[1], bytes[2] * 8 + index as u8])
}

/// A voxel of the n-th large edit of a client.
fn large(index: u64, number: u64, place: u64) -> ([i64; 3], [u8; 3]) {
    let at = [place % LARGE_EDGE, place / LARGE_EDGE, number % LARGE_PLANES].map(|at| at as i64);
    let mixed = (number << 24 | index << 16 | place).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let bytes = (mixed ^ (mixed >> 31)).to_le_bytes();
    (at, [bytes[4], bytes[5], bytes[6]])
}

/// All voxels of a project.
pub(super) fn read(client: &mut Client, project: &str) -> Found {
    let params = json!({"project": project, "limit": 0});
    let reply = client.call("goxel.get_voxels", &params).unwrap();
    assert_eq!(reply["truncated"], false);
    let voxel = |voxel: &Value| {
        let numbers: Vec<i64> =
            voxel.as_array().unwrap().iter().map(|number| number.as_i64().unwrap()).collect();
        let colour = [3, 4, 5].map(|at: usize| numbers[at] as u8);
        ([numbers[0], numbers[1], numbers[2]], colour)
    };
    reply["voxels"].as_array().unwrap().iter().map(voxel).collect()
}

/// Compares what is there of a client's edits with what it sent, which is then how far it is. Says how many
/// voxels are its own.
pub(super) fn check(index: u64, kind: Kind, progress: &Progress, found: &Found) -> usize {
    let (sent, acknowledged) =
        (progress.sent.load(Ordering::Relaxed), progress.acknowledged.load(Ordering::Relaxed));
    let expected = |edits: u64| -> Found {
        match kind {
            Kind::Single(_) => (0..edits).map(|number| single(index, number)).collect(),
            Kind::Steps(_) => {
                (0..edits * STEP_VOXELS).map(|number| single(index, number)).collect()
            }
            Kind::Large(_) => {
                let last = edits.saturating_sub(LARGE_PLANES)..edits;
                let voxels = last.flat_map(|number| {
                    (0..LARGE_EDGE * LARGE_EDGE).map(move |place| large(index, number, place))
                });
                voxels.collect()
            }
        }
    };
    let is_there = |edits: &u64| {
        let expected = expected(*edits);
        let own = |place: &&[i64; 3]| matches!(kind, Kind::Large(_)) || is_of(index, place);
        expected.len() == found.keys().filter(own).count()
            && expected.iter().all(|(place, colour)| found.get(place) == Some(colour))
    };
    let edits = (acknowledged..=sent).find(is_there).unwrap_or_else(|| {
        panic!(
            "client {index}: {} voxels of {} are no state after {acknowledged} edits, which were \
             acknowledged, to {sent}, which were sent",
            found.len(),
            kind.project()
        )
    });
    progress.sent.store(edits, Ordering::Relaxed);
    progress.acknowledged.store(edits, Ordering::Relaxed);
    expected(edits).len()
}

/// Whether a place is one of a client that sets single voxels.
fn is_of(index: u64, [_, _, z]: &[i64; 3]) -> bool {
    *z / EDGE as i64 == index as i64
}
