//! Random histories of edits and checkpoints, with crashes at every kind of point.

use goxel_core::Project;

use super::{MEMORY, SimulatedDisk, noise, set, set_noise};
use crate::checkpoint::{
    CheckpointError, Stored, read, remove_older, remove_project, survey, write, write_state,
};
use crate::disk::{Chance, Disk};
use crate::state::tests::assert_same;
use crate::state::tests::random::Maker;

/// Takes a few seconds. Set `GOXEL_CHECKPOINT_HISTORIES` for more, and `GOXEL_CHECKPOINT_SEED` to play one
/// again.
const HISTORIES: u64 = 150;

/// What should be on the disk of one project.
struct Model {
    project: Project,
    /// What it was at each version that was to be kept, since the last that surely is.
    kept: Vec<Project>,
    /// Whether the first of these surely is.
    is_durable: bool,
    stored: Option<Stored>,
    /// It was to be removed.
    is_going: bool,
}

impl Model {
    fn new(seed: u64, tiles: i32) -> Self {
        let project = noise(tiles, seed);
        Self { project, kept: Vec::new(), is_durable: false, stored: None, is_going: false }
    }

    /// Makes a checkpoint.
    fn keep(&mut self, disk: &SimulatedDisk, chance: &mut Chance) -> Result<(), CheckpointError> {
        let last = self.stored.as_ref().and_then(|stored| {
            self.kept.iter().find(|kept| kept.version() == stored.version).map(Project::snapshot)
        });
        self.kept.push(self.project.snapshot());
        let written = match chance.below(8) {
            0 => write_state(disk, self.stored.as_ref(), &self.project),
            _ => write(disk, self.stored.as_ref(), last.as_ref(), &self.project),
        };
        self.stored = Some(written?);
        self.kept.drain(..self.kept.len() - 1);
        self.is_durable = true;
        Ok(())
    }

    /// Compares with what was found after a crash, and goes on from there.
    fn recover(&mut self, disk: &SimulatedDisk, found: Option<Stored>, place: (u64, u64)) {
        let Some(stored) = found else {
            assert!(self.is_going || !self.is_durable, "{place:?}: a project is gone");
            self.kept.clear();
            (self.stored, self.is_durable, self.is_going) = (None, false, false);
            return;
        };
        if self.is_going {
            assert!(self.is_durable, "{place:?}: a removed project is back");
            // Whoever removes it knows that, and does so again.
            remove_project(disk, stored.identity).unwrap();
            return self.recover(disk, None, place);
        }
        let project = read(disk, &stored, MEMORY);
        let project = project.unwrap_or_else(|error| panic!("{place:?}: {error}"));
        let at = self.kept.iter().position(|kept| kept.version() == stored.version);
        let at = at.unwrap_or_else(|| panic!("{place:?}: version {}", stored.version));
        assert_same(&project, &self.kept[at]);
        assert_eq!(stored.summary.as_ref().map(|summary| summary.voxels), Ok(project.count()));
        self.project = project.snapshot();
        self.kept = vec![project];
        self.is_durable = true;
        self.stored = Some(stored);
    }
}

#[test]
fn after_any_crash_each_project_is_what_was_kept_or_what_was_being_written() {
    let number = |name| std::env::var(name).ok().and_then(|text: String| text.parse().ok());
    if let Some(seed) = number("GOXEL_CHECKPOINT_SEED") {
        return history(seed);
    }
    for seed in 0..number("GOXEL_CHECKPOINT_HISTORIES").unwrap_or(HISTORIES) {
        history(seed);
    }
}

fn history(seed: u64) {
    let mut chance = Chance(seed);
    let mut disk = SimulatedDisk::new(seed);
    let mut models = [Model::new(seed, 6), Model::new(seed + 1, 1)];
    for crash in 0..5 {
        go_on(&disk, &mut models, &mut chance);
        disk = if chance.below(4) == 0 { disk.kill() } else { disk.crash() };
        recover(&mut disk, &mut models, &mut chance, (seed, crash));
    }
}

/// Looks what there is, with a crash on the way now and then, and compares.
fn recover(
    disk: &mut SimulatedDisk,
    models: &mut [Model; 2],
    chance: &mut Chance,
    place: (u64, u64),
) {
    while chance.below(3) == 0 {
        disk.power_off_after(chance.below(4));
        let _ = survey(disk);
        *disk = disk.crash();
    }
    let mut found = survey(disk).unwrap();
    let names = disk.names().unwrap();
    assert!(names.iter().all(|name| !name.ends_with(".tmp")), "{place:?}: {names:?}");
    for model in models {
        let identity = model.project.identity().number();
        let at = found.iter().position(|stored| stored.identity == identity);
        let mut stored = at.map(|at| found.swap_remove(at));
        if let Some(stored) = &mut stored
            && chance.below(2) == 0
            && !model.is_going
        {
            remove_older(disk, stored).unwrap();
        }
        model.recover(disk, stored, place);
    }
    assert_eq!(found, [], "{place:?}");
}

/// Edits and makes checkpoints until something fails.
fn go_on(disk: &SimulatedDisk, models: &mut [Model; 2], chance: &mut Chance) {
    if chance.below(2) == 0 {
        disk.short_writes();
    }
    match chance.below(6) {
        0..=2 => disk.power_off_after(chance.below(80)),
        3 => disk.fail_sync_after(chance.below(10)),
        4 => disk.fail_write_after(chance.below(10)),
        _ => disk.set_capacity(Some(disk.used() + chance.below(100_000))),
    }
    for _ in 0..chance.below(12) {
        let model = &mut models[chance.below(2) as usize];
        let done = step(disk, model, chance);
        // What fails leaves all as it was, so that one can go on.
        let goes_on = done.is_ok() || chance.below(2) == 0;
        if !goes_on || model.is_going {
            return;
        }
    }
}

fn step(
    disk: &SimulatedDisk,
    model: &mut Model,
    chance: &mut Chance,
) -> Result<(), CheckpointError> {
    for _ in 0..chance.below(3) {
        edit(&mut model.project, chance);
    }
    match chance.below(16) {
        0 if model.stored.is_some() => {
            model.is_going = true;
            remove_project(disk, model.project.identity().number())?;
            model.is_durable = false;
            Ok(())
        }
        1..=3 => model.stored.as_mut().map_or(Ok(()), |stored| remove_older(disk, stored)),
        _ => model.keep(disk, chance),
    }
}

/// An edit of any kind; most are small ones, since comparing large ones takes most of the time.
fn edit(project: &mut Project, chance: &mut Chance) {
    let place = chance.below(400) as i32;
    match chance.below(16) {
        0 => Maker::new(chance.next()).edit(project),
        1 => set_noise(project, place / 40..place / 40 + 1, chance.next()),
        _ => set(project, place),
    }
}
