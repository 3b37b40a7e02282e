//! `kill -9` under load, again and again: no edit that was acknowledged is lost, and nothing is there that
//! nobody sent.
//!
//! Eight clients edit at once, and note how far they came ([`clients`]). The daemon is killed in the middle,
//! every other time while it writes a checkpoint, and started again on the same directory. What is found has to
//! be what one of the clients' edits up to some point make, at or behind the last one that was answered.
//!
//! What a process has written stays when it is killed. So the same is done over a file system that loses what
//! was not synced ([`power`]), where that can be mounted.
//!
//! `GOXEL_KILLS=500` and `GOXEL_POWER_CUTS=50` say how often; `--nocapture` shows how long starts took.

mod backup;
mod clients;
mod followers;
#[cfg(target_os = "linux")]
mod power;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use self::clients::{Kind, Progress};
use crate::world::World;

/// Kills in an ordinary run, every second of them during a checkpoint.
const KILLS: u64 = 2;
/// A directory is left for a new one after so many, or what is looked through each time grows too large.
const KILLS_OF_ONE: u64 = 25;
/// Edits between two kills, at the most.
const EDITS_MAX: u64 = 3000;

/// Who edits. Single voxels in two projects that they share, transactions and large edits each in their own.
const KINDS: [Kind; 8] = [
    Kind::Single("p0"),
    Kind::Single("p1"),
    Kind::Single("p0"),
    Kind::Single("p1"),
    Kind::Steps("t4"),
    Kind::Steps("t5"),
    Kind::Large("b6"),
    Kind::Large("b7"),
];

/// The number that is set in the environment.
fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text: String| text.parse().ok()).unwrap_or(default)
}

/// Numbers that look random: xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// A data directory under load.
struct Trial {
    world: World,
    directory: PathBuf,
    progress: Vec<Arc<Progress>>,
}

impl Trial {
    /// Starts a daemon on an empty directory.
    fn new(world: World, directory: PathBuf) -> Self {
        let progress = KINDS.iter().map(|_| Arc::default()).collect();
        let mut trial = Self { world, directory, progress };
        trial.start();
        let mut client = trial.world.connect();
        for kind in &KINDS {
            let params = serde_json::json!({"name": kind.project(), "replace": true});
            client.call("goxel.create_project", &params).unwrap();
        }
        trial
    }

    /// Starts the daemon, and says how long it took until it served.
    fn start(&mut self) -> Duration {
        let began = Instant::now();
        let directory = self.directory.to_str().unwrap().to_owned();
        self.world.start_with(&["--data-dir", &directory, "--durability", "always"]);
        began.elapsed()
    }

    /// Has all clients edit.
    fn load(&self, seed: u64) -> Vec<JoinHandle<()>> {
        let clients = KINDS.iter().zip(&self.progress).enumerate();
        let start = |(index, (kind, progress)): (usize, (&Kind, &Arc<Progress>))| {
            let (client, progress) = (self.world.connect(), Arc::clone(progress));
            let (kind, random) = (*kind, Random(seed + 1 + index as u64));
            std::thread::spawn(move || clients::edit(client, index as u64, kind, &progress, random))
        };
        clients.map(start).collect()
    }

    fn acknowledged(&self) -> u64 {
        self.progress.iter().map(|progress| progress.acknowledged()).sum()
    }

    /// Kills the daemon after so many edits, or while it writes a checkpoint. Says whether it was at one.
    fn kill(&mut self, edits: Option<u64>, load: Vec<JoinHandle<()>>) -> bool {
        let until = edits.map(|edits| self.acknowledged() + edits);
        while match until {
            Some(until) => self.acknowledged() < until,
            None => !is_writing_checkpoint(&self.directory),
        } {
            std::thread::yield_now();
        }
        self.world.child().kill().unwrap();
        self.world.child().wait().unwrap();
        load.into_iter().for_each(|client| client.join().unwrap());
        is_writing_checkpoint(&self.directory)
    }

    /// Compares what is there with what was sent, and goes on from there.
    fn check(&mut self) {
        let mut client = self.world.connect();
        for project in ["p0", "p1", "t4", "t5", "b6", "b7"] {
            let found = clients::read(&mut client, project);
            let of_project = |index: &usize| KINDS[*index].project() == project;
            let mut known = 0;
            for index in (0..KINDS.len()).filter(of_project) {
                known += clients::check(index as u64, KINDS[index], &self.progress[index], &found);
            }
            assert_eq!(known, found.len(), "{project} has voxels of nobody");
        }
    }
}

/// Whether a checkpoint is there that is not whole yet.
fn is_writing_checkpoint(directory: &Path) -> bool {
    let names = std::fs::read_dir(directory).unwrap();
    // What is renamed meanwhile is gone.
    names.flatten().any(|entry| entry.file_name().as_encoded_bytes().ends_with(b".tmp"))
}

/// How long starts took, for people.
fn tell_starts(what: &str, mut starts: Vec<Duration>, edits: u64, at_checkpoints: u64) {
    starts.sort_unstable();
    let [least, middle, most] = [0, starts.len() / 2, starts.len() - 1].map(|at| starts[at]);
    println!(
        "{what}: {} times, {at_checkpoints} of them while a checkpoint was written; {edits} edits \
         were acknowledged; starts took {least:?} to {most:?}, half of them less than {middle:?}",
        starts.len()
    );
}

#[test]
fn no_edit_that_was_acknowledged_is_lost_when_the_daemon_is_killed() {
    let kills = number("GOXEL_KILLS", KILLS);
    let mut random = Random(number("GOXEL_KILLS_SEED", 0x9e37_79b9));
    let (mut starts, mut edits, mut at_checkpoints) = (Vec::new(), 0, 0);
    let mut trial = None;
    for kill in 0..kills {
        if kill % KILLS_OF_ONE == 0 {
            edits += trial.take().map_or(0, |trial: Trial| trial.acknowledged());
        }
        let trial = trial.get_or_insert_with(|| {
            let world = World::empty();
            let directory = world.path("data");
            Trial::new(world, directory)
        });
        let load = trial.load(random.below(u64::MAX));
        let after = (kill % 2 == 0).then(|| random.below(EDITS_MAX));
        at_checkpoints += u64::from(trial.kill(after, load));
        starts.push(trial.start());
        trial.check();
        if (kill + 1) % KILLS_OF_ONE == 0 {
            println!("killed {} times so far", kill + 1);
        }
    }
    edits += trial.map_or(0, |trial| trial.acknowledged());
    tell_starts("killed", starts, edits, at_checkpoints);
}
