//! One bit that a disk has turned over, anywhere in the directory: what is found then is right, or refused
//! in words.

use super::calls::Files;
use super::histories::number;
use super::world::World;
use goxel_store::disk::Disk as _;

/// Histories, and bits of each.
const HISTORIES: u64 = 12;
const BITS: u64 = 40;

#[test]
fn whatever_bit_is_turned_over_no_project_is_what_it_never_was() {
    let files = Files::new();
    let histories = number("GOXEL_STORAGE_FLIPS").unwrap_or(HISTORIES);
    let (mut refused, mut right) = (0_u64, 0_u64);
    for seed in 0..histories {
        let mut world = World::new(seed, &files, false);
        let (opened, _) = world.open().expect("nothing is there");
        world.start(opened);
        (0..150).for_each(|_| world.step());
        let is_ended = world.chance.below(2) == 0;
        if is_ended {
            world.end();
        } else {
            world.commit();
        }
        for _ in 0..BITS {
            match with_a_bit_turned_over(&mut world, is_ended, seed) {
                true => right += 1,
                false => refused += 1,
            }
        }
    }
    assert!(refused > 0 && right > 0, "{refused} refused, {right} right");
}

/// Starts on a copy of the disk with one bit turned over: whether all that is found is as it was.
fn with_a_bit_turned_over(world: &mut World<'_>, is_ended: bool, seed: u64) -> bool {
    let disk = world.disk.copy();
    let names = disk.names().expect("it is readable");
    if names.is_empty() {
        return true;
    }
    let name = world.chance.pick(&names).clone();
    let bits = disk.open(&name).and_then(|file| file.len()).expect("it is readable") * 8;
    if bits == 0 {
        return true;
    }
    let bit = world.chance.below(bits);
    disk.flip(&name, bit);
    let what = format!("seed {seed}: bit {bit} of {name}");
    // Where the log is not ended, its last records look like those that were being written when the power
    // went: they are cut.
    let found = world.found_on(disk);
    for (number, project) in &found.projects {
        let was = world.model.ever_was(*number, project);
        assert!(was, "{what}: project {number} is what it never was");
    }
    if is_ended && found.refused.is_empty() {
        world.model.check(&found.projects).unwrap_or_else(|why| panic!("{what}: {why}"));
    }
    found.refused.iter().for_each(|why| assert!(why.len() > 20, "{what}: {why}"));
    found.refused.is_empty()
}
