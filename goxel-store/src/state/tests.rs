//! What is promised of states and changes, for random projects, and for bytes that are none.

mod damage;
mod golden;
pub(crate) mod random;

use std::io::{self, Read};

use goxel_core::{Command, PagePos, Project};
use goxel_proto::types::{LayerRef, Pos, Rgba, Voxel};
use proptest::prelude::*;

use self::random::Maker;
use super::{ReadError, StateError, apply, change, decode, decode_within, encode, read_within};

/// Whether both are the same in all that can be told, their histories aside.
pub(crate) fn assert_same(a: &Project, b: &Project) {
    assert_eq!(a.name(), b.name());
    assert_eq!(a.image_box(), b.image_box());
    assert_eq!(a.identity(), b.identity());
    assert_eq!(a.version(), b.version());
    assert_eq!((a.active(), a.next_layer()), (b.active(), b.next_layer()));
    assert!(a.scene() == b.scene(), "{:?}\n{:?}", a.scene(), b.scene());
    assert_eq!(a.layers().len(), b.layers().len());
    for (a, b) in a.layers().iter().zip(b.layers()) {
        assert!(a.volume == b.volume, "voxels of layer {:?}", a.id);
        assert!(a == b, "layer {:?}", a.id);
    }
}

fn set(project: &mut Project, voxels: &[Voxel]) {
    let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels };
    project.apply(command).unwrap();
}

fn voxel(x: i32, y: i32, z: i32, rgba: Rgba) -> Voxel {
    Voxel { pos: Pos::new(x, y, z), rgba }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_project_is_read_as_it_was_written(seed: u64) {
        let project = Maker::new(seed).project();
        let again = decode(&encode(&project)).unwrap();
        assert_same(&again, &project);
        prop_assert_eq!((again.history_depth(), again.unsaved()), ((0, 0), false));
        prop_assert_eq!(encode(&again), encode(&project), "the same is written again");
    }

    #[test]
    fn changes_lead_from_state_to_state(seed: u64) {
        let mut maker = Maker::new(seed);
        let mut project = maker.project();
        let mut other = decode(&encode(&project)).unwrap();
        for _ in 0..6 {
            let before = project.snapshot();
            for _ in 0..maker.below(4) {
                maker.edit(&mut project);
            }
            match change(&before, &project) {
                Some(change) => apply(&mut other, &change).unwrap(),
                None => prop_assert_eq!(before.version(), project.version()),
            }
            assert_same(&other, &project);
            prop_assert_eq!(other.history_depth(), (0, 0));
        }
    }

    #[test]
    fn a_change_does_not_need_shared_storage(first: u64, second: u64) {
        let before = Maker::new(first).project();
        let after = Maker::new(second).project();
        let change = change(&before, &after).expect("two projects");
        let mut project = decode(&encode(&before)).unwrap();
        apply(&mut project, &change).unwrap();
        let again = goxel_core::Parts { identity: before.identity(), ..after.parts() };
        let scene = Some(after.scene().clone());
        let expected = Project::restored(goxel_core::Parts { scene, ..again }).unwrap();
        assert_same(&project, &expected);
    }
}

#[test]
fn a_change_of_one_voxel_is_small() {
    let mut maker = Maker::new(7);
    let mut project = Project::new("p", [64; 3]);
    let voxels: Vec<Voxel> = (0..8000)
        .map(|at| {
            voxel(
                at % 20,
                at / 20 % 20,
                at / 400,
                Rgba(maker.next().to_le_bytes()[..4].try_into().unwrap()),
            )
        })
        .collect();
    set(&mut project, &voxels);
    let last = i32::MAX;
    for (place, rgba) in [
        ([3, 3, 3], Rgba::WHITE),
        ([3, 3, 3], Rgba::EMPTY),
        ([-700, 3, 3], Rgba::WHITE),
        ([-700, 3, 3], Rgba::EMPTY),
        ([last; 3], Rgba::WHITE),
    ] {
        let before = project.snapshot();
        set(&mut project, &[voxel(place[0], place[1], place[2], rgba)]);
        let bytes = change(&before, &project).expect("a voxel").len();
        assert!(bytes <= 45, "{bytes} bytes at {place:?}");
    }
}

#[test]
fn nothing_is_no_change() {
    let mut project = Maker::new(3).project();
    assert_eq!(change(&project, &project), None);
    let before = project.snapshot();
    assert_eq!(change(&before, &project), None);
    project.set_version(project.version() + 1);
    let change = change(&before, &project).expect("another version");
    assert!(change.len() < 16);
}

#[test]
fn a_copied_layer_is_not_written_again() {
    let mut project = Project::new("p", [64; 3]);
    let mut maker = Maker::new(9);
    let noise: Vec<Voxel> = (0..30_000)
        .map(|at| {
            voxel(
                at % 32,
                at / 32 % 32,
                at / 1024,
                Rgba::opaque(maker.next() as u8, maker.next() as u8, 1),
            )
        })
        .collect();
    set(&mut project, &noise);
    let before = project.snapshot();
    project.apply(Command::DuplicateLayer(LayerRef::Active)).unwrap();
    let bytes = change(&before, &project).expect("a layer");
    assert!(bytes.len() < 150, "{} bytes", bytes.len());
    let mut other = before.snapshot();
    apply(&mut other, &bytes).unwrap();
    assert_same(&other, &project);
    let whole = encode(&project).len();
    assert!(whole < encode(&before).len() + 300, "tiles of the same content are there once");
}

#[test]
fn large_boxes_take_few_bytes_both_ways() {
    let mut project = Project::new("p", [64; 3]);
    let mut layer = project.layers()[0].clone();
    for page in 0..512 {
        layer
            .volume
            .replace_uniform_page(PagePos([page % 8, page / 8 % 8, page / 64]), Rgba::WHITE);
    }
    layer.volume.set(Pos::new(5, 5, 5), Rgba::EMPTY);
    let parts = goxel_core::Parts { layers: vec![layer], ..project.parts() };
    project.put(parts).unwrap();
    let bytes = encode(&project);
    assert!(bytes.len() < 16_384, "{} bytes", bytes.len());
    let again = decode(&bytes).unwrap();
    assert_same(&again, &project);
    assert!(again.voxel_bytes() < 65_536, "{} bytes in memory", again.voxel_bytes());
}

#[test]
fn what_would_take_too_much_memory_is_refused() {
    let mut project = Project::new("p", [64; 3]);
    let voxels: Vec<Voxel> = (0..200).map(|at| voxel(at * 300, 0, 0, Rgba::WHITE)).collect();
    set(&mut project, &voxels);
    let bytes = encode(&project);
    assert!(decode_within(&bytes, 8 << 20).is_ok());
    let refused = decode_within(&bytes, 1 << 20).map(|_| ());
    let Err(StateError::TooLarge { section, max, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!((section.as_str(), max), ("PLAC", 1 << 20));
}

#[test]
fn a_change_of_another_project_is_refused_and_leaves_all_as_it_was() {
    let mut project = Project::new("p", [8; 3]);
    let mut other = project.snapshot();
    project.apply(Command::CreateLayer { name: "a", visible: true }).unwrap();
    let before = project.snapshot();
    set(&mut project, &[voxel(1, 1, 1, Rgba::WHITE)]);
    let change = change(&before, &project).expect("a voxel");
    set(&mut other, &[voxel(0, 0, 0, Rgba::WHITE)]);
    let was = other.snapshot();
    assert_eq!(apply(&mut other, &change), Err(StateError::UnknownLayer { layer: 2 }));
    assert_same(&other, &was);
    assert_eq!(other.history_depth(), (1, 0), "not even what can be undone has changed");
}

#[test]
fn a_change_within_a_transaction_can_be_rolled_back() {
    let mut project = Project::new("p", [8; 3]);
    let before = project.snapshot();
    let mut after = project.snapshot();
    set(&mut after, &[voxel(1, 1, 1, Rgba::WHITE)]);
    let change = change(&before, &after).expect("a voxel");
    project.begin().unwrap();
    apply(&mut project, &change).unwrap();
    assert_eq!(project.count(), 1);
    project.roll_back().unwrap();
    assert_eq!(project.count(), 0);
}

/// Bytes that come seven at a time, until they are at their end or come no more.
struct Slow<'a> {
    bytes: &'a [u8],
    fails: bool,
}

impl Read for Slow<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.bytes.is_empty() && self.fails {
            return Err(io::Error::other("no more of them"));
        }
        let count = self.bytes.len().min(out.len()).min(7);
        out[..count].copy_from_slice(&self.bytes[..count]);
        self.bytes = &self.bytes[count..];
        Ok(count)
    }
}

#[test]
fn a_project_is_read_from_where_its_bytes_come_in_turn() {
    let project = Maker::new(12).project();
    let bytes = encode(&project);
    let read = |bytes, fails| read_within(&mut Slow { bytes, fails }, 1 << 30);
    assert_same(&read(&bytes, false).unwrap(), &project);
    for end in [0, 5, 16, 20, 40, bytes.len() / 2, bytes.len() - 1] {
        let broken = read(&bytes[..end], true).map(|_| ()).unwrap_err();
        assert!(matches!(broken, ReadError::Io(_)), "{broken}");
        let short = read(&bytes[..end], false).map(|_| ()).unwrap_err();
        assert!(matches!(short, ReadError::State(_)), "{short}");
    }
}
