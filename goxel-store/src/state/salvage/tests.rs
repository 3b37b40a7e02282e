//! What is left of states that somebody damaged: never a voxel that was not there, and all that is not in what
//! was damaged.

use goxel_core::{
    Command, Context, Material, Opaque, Owner, Project, Scene, Swatch, Tile, TilePos, TileRef, Work,
};
use goxel_proto::types::{Aabb, LayerId, LayerRef, Pos, Rgba, Voxel};

use super::parts::{Part, parts};
use super::{Loss, Salvage, salvage};
use crate::disk::Chance;
use crate::state::section::Tag;
use crate::state::tests::assert_same;
use crate::state::voxels::{Budget, Sizes, VoxelWriter, take_tiles};
use crate::state::{decode, write_by};

const MEMORY: u64 = 1 << 30;
/// Takes a few seconds.
const DAMAGES: u64 = 100;
/// Small sections, so that there are many.
const SIZES: Sizes = Sizes { block: 9000, places: 90 };

/// A project of three layers, tiles of many forms in many pages, some of them the same.
fn project() -> Project {
    let mut context = Context::counting_from(77);
    let mut project = Project::new("garden", [64; 3]);
    for name in ["leaves", "stones"] {
        project.apply(Command::CreateLayer { name, visible: true }).unwrap();
    }
    let mut chance = Chance(5);
    for layer in 1..4 {
        let mut voxels = Vec::new();
        for tile in 0..15 {
            // Every third is one that all layers have.
            let mut colours = if tile % 3 == 0 { Chance(tile) } else { Chance(chance.next()) };
            let at = |axis: i32| (tile as i32 * (7 + axis) % 30 - 9) * 48;
            let count = if tile % 4 == 1 { 2000 } else { 60 };
            voxels.extend((0..count).map(|_| {
                let bits = colours.next();
                let [x, y, z] = [bits, bits >> 4, bits >> 8].map(|bits| (bits & 15) as i32);
                let pos = Pos::new(at(0) + x, at(1) + y, at(2) + z);
                let [r, g, b, ..] = (bits >> 20).to_le_bytes();
                Voxel { pos, rgba: Rgba::opaque(r, g, b) }
            }));
        }
        let boxes = [(
            Aabb { min: [512, 0, layer * 128], max: [640, 128, layer * 128 + 128] },
            Rgba::WHITE,
        )];
        let layer = LayerRef::Id(LayerId(layer as u32));
        project.apply(Command::SetVoxels { layer, boxes: &boxes, voxels: &voxels }).unwrap();
    }
    let (id, _) = context.insert(project.with_scene(scene())).unwrap();
    context.close(id).unwrap()
}

/// One that needs all of its sections.
fn scene() -> Scene {
    let mut scene = Scene::default();
    let glass = Material { transmission: 0.75, ..Material::default() };
    let material = Some(scene.set_material(glass).unwrap());
    scene.set_palette(vec![Swatch { material, ..Swatch::from(Rgba::WHITE) }]).unwrap();
    let (of, format, tag) = (Owner::Project, "vox".to_owned(), "nodes".to_owned());
    scene.set_opaque(vec![Opaque { of, format, tag, bytes: [7; 300].into() }]).unwrap();
    scene
}

fn encoded(project: &Project) -> Vec<u8> {
    let (mut bytes, work) = (Vec::new(), Work::unbounded());
    write_by(project, &mut bytes, VoxelWriter::with(&work, SIZES)).unwrap();
    assert_same(&decode(&bytes).unwrap(), project);
    bytes
}

fn salvaged(bytes: &[u8], project: &Project) -> Option<Salvage> {
    salvage(bytes, project.identity(), project.version(), MEMORY)
}

/// The sections of a good state: tags, where they begin and where their bodies do, and where they end.
fn sections(bytes: &[u8]) -> Vec<(Tag, usize, usize, usize)> {
    let mut sections = Vec::new();
    for part in parts(bytes) {
        let Part::Whole { tag, body } = part else { panic!("it is whole") };
        let start = body.offset() as usize;
        sections.push((tag, start - 16, start, start + body.left()));
    }
    sections
}

/// Whether two tiles hold the same.
fn same(one: TileRef<'_>, other: TileRef<'_>) -> bool {
    if let (Some(one), Some(other)) = (one.uniform(), other.uniform()) {
        return one == other;
    }
    one.count() == other.count()
        && (0..256).all(|row| one.row(row % 16, row / 16) == other.row(row % 16, row / 16))
}

/// The tiles that are not as they were, which have to be empty, and in the boxes of what is told as lost.
fn lost_tiles(before: &Project, after: &Salvage) -> Vec<(LayerId, TilePos)> {
    let mut lost = Vec::new();
    for layer in before.layers() {
        let left = after.project.layers().iter().find(|left| left.id == layer.id);
        for (at, page) in layer.volume.pages() {
            for index in 0..512 {
                let (pos, was) = (TilePos::in_page(at, index), page.tile(index));
                let is = left.map(|left| left.volume.tile(pos));
                let is_same = is.is_some_and(|is| same(is, was));
                if !is_same {
                    assert!(is.is_none_or(|is| is.count() == 0), "a tile that never was so");
                    lost.push((layer.id, pos));
                }
            }
        }
    }
    for left in after.project.layers() {
        let was = before.layers().iter().find(|layer| layer.id == left.id).unwrap();
        assert!(
            left.volume.pages().all(|(at, _)| was.volume.pages().any(|(known, _)| known == at))
        );
    }
    let count = before.count() - after.project.count();
    let told = after.lost.iter().find_map(|loss| match loss {
        Loss::Count { voxels, .. } => Some(*voxels),
        _ => None,
    });
    if let Some(told) = told {
        assert_eq!(told, count);
    }
    lost
}

#[test]
fn nothing_is_lost_of_a_good_state_and_of_one_with_bytes_behind_it() {
    let project = project();
    let mut bytes = encoded(&project);
    let tags = sections(&bytes);
    for tag in [Tag::Tiles, Tag::Places] {
        assert!(tags.iter().filter(|(found, ..)| *found == tag).count() > 4, "{tag:?}");
    }
    for _ in 0..2 {
        let found = salvaged(&bytes, &project).unwrap();
        assert_eq!(found.lost, []);
        assert_same(&found.project, &project);
        bytes.extend([0, 1, 2]);
    }
}

/// The tiles of a block.
fn tiles_of(bytes: &[u8], (start, end): (usize, usize)) -> Vec<Tile> {
    let mut tiles = Vec::new();
    let mut body = crate::state::bytes::Taker::new("T", 0, &bytes[start..end]);
    take_tiles(&mut body, "T", &mut Budget::new(MEMORY), &mut tiles).unwrap();
    tiles
}

/// Flips a bit, and looks what that costs.
fn flip(good: &[u8], project: &Project, section: (Tag, usize, usize, usize), bit: usize) {
    let (tag, _, start, end) = section;
    let mut bytes = good.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    let found = salvaged(&bytes, project).unwrap();
    let lost = lost_tiles(project, &found);
    let told = &found.lost;
    let is = |kind: fn(&Loss) -> bool| told.iter().all(kind);
    if bit / 8 < start || tag == Tag::End {
        // The bytes say what is wrong with their head.
        assert_eq!(*told, [], "bit {bit} of the head of {tag:?}");
        return assert_same(&found.project, project);
    }
    match tag {
        Tag::Tiles => {
            assert!(
                is(|loss| matches!(loss, Loss::Voxels { .. } | Loss::Count { .. })),
                "{told:?}"
            );
            let block = tiles_of(good, (start, end));
            for (layer, pos) in lost {
                let layer = project.layers().iter().find(|known| known.id == layer).unwrap();
                let was = layer.volume.tile(pos);
                let is_of_block = block.iter().any(|tile| same(TileRef::Stored(tile), was));
                assert!(is_of_block, "bit {bit}: {pos:?} was in another block");
            }
        }
        Tag::Places => {
            let bytes = (end - start + 16) as u64;
            assert_eq!(told[0], Loss::Places { bytes });
            assert!(
                is(|loss| matches!(loss, Loss::Places { .. } | Loss::Count { .. })),
                "{told:?}"
            );
            assert!(lost.len() <= bytes as usize * 512, "{}", lost.len());
        }
        Tag::Head => assert_eq!((&told[..], lost.len()), (&[Loss::Head][..], 0)),
        Tag::Layers => assert_eq!((&told[..], lost.len()), (&[Loss::Layers][..], 0)),
        Tag::Scene => assert_eq!((&told[..], lost.len()), (&[Loss::Scene][..], 0)),
        Tag::More | Tag::Opaque => assert_eq!((&told[..], lost.len()), (&[Loss::More][..], 0)),
        Tag::Project | Tag::End => assert_eq!((&told[..], lost.len()), (&[][..], 0)),
    }
}

#[test]
fn any_flipped_bit_costs_what_its_section_has_and_no_more() {
    let project = project();
    let good = encoded(&project);
    let mut chance = Chance(9);
    for section in sections(&good) {
        let (tag, begin, start, end) = section;
        (8 * begin..8 * start).step_by(23).for_each(|bit| flip(&good, &project, section, bit));
        let bits = 8 * (end - start) as u64;
        let tried = if matches!(tag, Tag::Tiles | Tag::Places) { 4 } else { 30 };
        for _ in 0..tried {
            let bit = 8 * start + chance.below(bits) as usize;
            flip(&good, &project, section, bit);
        }
    }
    // The head of all says nothing that is not known.
    for bit in 0..128 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert_same(&salvaged(&bytes, &project).unwrap().project, &project);
    }
}

#[test]
fn whatever_is_damaged_no_voxel_is_put_where_it_was_not() {
    let project = project();
    let good = encoded(&project);
    let count = std::env::var("GOXEL_SALVAGES").ok().and_then(|count| count.parse().ok());
    let (mut kept, mut gone) = (0, 0);
    for seed in 0..count.unwrap_or(DAMAGES) {
        let mut chance = Chance(seed);
        let mut bytes = good.clone();
        for _ in 0..=chance.below(3) {
            let at = chance.below(bytes.len() as u64) as usize;
            let length = chance.below(300) as usize;
            match chance.below(4) {
                0 => bytes.truncate(at.max(1)),
                1 => bytes.iter_mut().skip(at).take(length).for_each(|byte| *byte = 0),
                _ => {
                    let noise = |byte: &mut u8| *byte = chance.next() as u8;
                    bytes.iter_mut().skip(at).take(length).for_each(noise);
                }
            }
        }
        match salvaged(&bytes, &project) {
            Some(found) => {
                lost_tiles(&project, &found);
                kept += found.project.count();
            }
            None => gone += 1,
        }
    }
    assert!(kept > 0 && gone < kept, "{kept} voxels kept, {gone} times nothing");
}

#[test]
fn what_is_no_state_is_nothing() {
    let project = project();
    for bytes in [&[][..], b"goxstate", &[7; 5000], &encoded(&project)[..100]] {
        assert!(salvaged(bytes, &project).is_none());
    }
    assert!(salvage(&encoded(&project), project.identity(), 1, 1000).is_none(), "too large");
}
