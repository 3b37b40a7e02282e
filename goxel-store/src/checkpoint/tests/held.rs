//! Files that are copied while newer ones are written.

use goxel_core::{Control, Error, Serial, Work};

use super::{MEMORY, SimulatedDisk, checkpoint, noise, set};
use crate::checkpoint::{CheckpointError, Held, Holder, read, remove_project, survey, write_state};
use crate::disk::{Chance, Disk};
use crate::state::tests::assert_same;

/// A disk with one project, of a state and a change.
fn disk() -> (SimulatedDisk, goxel_core::Project) {
    let disk = SimulatedDisk::new(1);
    let mut project = noise(7, 1);
    let stored = write_state(&disk, None, &project).unwrap();
    let before = project.snapshot();
    set(&mut project, 4);
    checkpoint(&disk, &stored, &before, &project);
    (disk, project)
}

fn hold(disk: &SimulatedDisk, identity: u64) -> Held {
    Holder::new(disk).unwrap().hold(identity).unwrap().unwrap()
}

fn verify(disk: &SimulatedDisk, held: &Held) -> Result<(), CheckpointError> {
    held.verify(disk, &Work::unbounded())
}

#[test]
fn what_is_held_can_be_copied_although_it_is_removed() {
    let (disk, project) = disk();
    let identity = project.identity().number();
    let held = hold(&disk, identity);
    remove_project(&disk, identity).unwrap();
    assert!(Holder::new(&disk).unwrap().hold(identity).unwrap().is_none());
    verify(&disk, &held).unwrap();
    let copy = SimulatedDisk::new(2);
    for file in held.files() {
        let (name, bytes, mut from) = file.unwrap();
        let mut all = Vec::new();
        std::io::Read::read_to_end(&mut from, &mut all).unwrap();
        assert_eq!(all.len() as u64, bytes);
        copy.create(&name).unwrap().write_all_at(&all, 0).unwrap();
    }
    let stored = survey(&copy).unwrap();
    assert_eq!(stored[0].version, held.version);
    assert_same(&read(&copy, &stored[0], MEMORY).unwrap(), &project);
}

#[test]
fn a_newer_version_is_held_where_the_listed_one_is_gone() {
    let (disk, mut project) = disk();
    let identity = project.identity().number();
    let mut holder = Holder::new(&disk).unwrap();
    remove_project(&disk, identity).unwrap();
    set(&mut project, 5);
    write_state(&disk, None, &project).unwrap();
    assert_eq!(holder.hold(identity).unwrap().unwrap().version, project.version());
    assert!(holder.hold(identity + 1).unwrap().is_none());
    let names = disk.names().unwrap();
    let change = names[0].replace("state-", "change-") + "-fffffffffffffffe";
    disk.create(&change).unwrap();
    let gap = Holder::new(&disk).unwrap().hold(identity).err();
    assert!(gap.is_none(), "it leads on from there, and is read when it is looked at");
    assert!(verify(&disk, &hold(&disk, identity)).is_err(), "it is empty");
    disk.remove(&names[0]).unwrap();
    let gap = Holder::new(&disk).unwrap().hold(identity).err().unwrap().to_string();
    assert!(gap.contains("no state is there"), "{gap}");
}

#[test]
fn each_flipped_bit_is_found_before_it_is_copied() {
    let (disk, project) = disk();
    let held = hold(&disk, project.identity().number());
    let mut chance = Chance(3);
    for name in disk.names().unwrap() {
        let bits = 8 * disk.open(&name).unwrap().len().unwrap();
        let few = name.starts_with("change-");
        let tried = if few { bits } else { 300 };
        for at in 0..tried {
            let bit = if few { at } else { chance.below(bits) };
            disk.flip(&name, bit);
            assert!(verify(&disk, &held).is_err(), "bit {bit} of {name}");
            disk.flip(&name, bit);
        }
    }
    verify(&disk, &held).unwrap();
}

#[test]
fn looking_at_it_is_stopped_between_two_parts() {
    struct Stop;
    impl Control for Stop {
        fn check(&self, _: u64, _: u64) -> goxel_core::Result<()> {
            Err(Error::Cancelled)
        }
    }
    let (disk, project) = disk();
    let held = hold(&disk, project.identity().number());
    let work = Work::new(u64::MAX, &Stop, &Serial);
    let stopped = held.verify(&disk, &work).unwrap_err();
    assert!(stopped.to_string().ends_with("cancelled"), "{stopped}");
}
