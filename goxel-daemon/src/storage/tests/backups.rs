//! Backups that are written while clients go on: each project in one is what it was at a version that there
//! was when the backup was asked for, or later.
//!
//! `GOXEL_STORAGE_BACKUPS` says how many, and `GOXEL_STORAGE_SEED` plays one again.

use std::path::Path;
use std::sync::Arc;

use goxel_store::disk::{Disk as _, SimulatedDisk};
use goxel_store::journal::{Durability, Settings};

use super::super::recovery::open_disk;
use super::calls::Files;
use super::cases::nothing_older;
use super::histories::number;
use super::world::{Found, World};

/// Takes some seconds.
const BACKUPS: u64 = 100;

/// A disk with the files of an archive.
fn unpacked(archive: &Path) -> SimulatedDisk {
    let disk = SimulatedDisk::new(1);
    let file = std::fs::File::open(archive).expect("it is there");
    let mut archive = tar::Archive::new(file);
    for entry in archive.entries().expect("it is readable") {
        let mut entry = entry.expect("it is whole");
        let name = entry.path().expect("a name").to_str().expect("text").to_owned();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).expect("it is whole");
        disk.create(&name).expect("one of each").write_all_at(&bytes, 0).expect("room");
    }
    disk
}

#[test]
fn a_backup_under_load_has_each_project_as_it_was_when_it_was_asked_for_or_later() {
    let files = Files::new();
    let seeds = match number("GOXEL_STORAGE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("GOXEL_STORAGE_BACKUPS").unwrap_or(BACKUPS),
    };
    let mut projects = 0;
    for seed in seeds {
        projects += back_up(seed, &files);
    }
    println!("{projects} projects");
}

fn back_up(seed: u64, files: &Files) -> usize {
    let mut world = World::new(seed, files, number("GOXEL_STORAGE_SEED").is_some());
    let (opened, _) = world.open().expect("nothing is there");
    world.start(opened);
    (0..world.chance.below(120)).for_each(|_| world.step());
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("all.tar");
    let steps = world.chance.below(60);
    let (asked, reply) = world.back_up(&path, steps);
    assert!(reply.contains("\"result\""), "seed {seed}: {reply}");
    let settings = Settings { has_writer: false, ..Settings::new(Durability::Always) };
    let opened = open_disk(Arc::new(unpacked(&path)), &settings, nothing_older());
    let found = Found::of(&mut opened.expect("it is a data directory"));
    assert_eq!(found.refused, Vec::<String>::new(), "seed {seed}");
    for (number, project) in &found.projects {
        let (name, version) = (project.name(), project.version());
        let is_one = world.model.ever_was(*number, project);
        assert!(is_one, "seed {seed}: project {name} never was so, version {version}");
    }
    for (number, version) in asked {
        let identity = goxel_core::Identity::of(number);
        match found.projects.get(&number) {
            Some(project) => assert!(project.version() >= version, "seed {seed}: {identity}"),
            None => {
                let is_known =
                    reply.contains(&identity.to_string()) || world.model.is_deleted(number);
                assert!(is_known, "seed {seed}: project {identity} is missing: {reply}");
            }
        }
    }
    found.projects.len()
}
