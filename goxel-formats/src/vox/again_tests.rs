//! Files that come back: nodes, instances, frames, materials and all else that was in them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use goxel_core::{Command, Layer, LayerSettings, Project};
use goxel_proto::types::{LayerId, LayerRef, Loss, Pos, Rgba, Voxel};
use proptest::prelude::*;

use super::tests::{File, node};
use crate::testing::{bytes_of, corpus_files, torture};
use crate::{Format, read};

/// Made by `MagicaVoxel`; from the crate `dot_vox`, under the MIT licence.
const AXES: &[u8] = include_bytes!("../../../examples/axes.vox");

pub(super) type Chunk = ([u8; 4], Vec<u8>);

/// All chunks in their order.
pub(super) fn chunks(file: &[u8]) -> Vec<Chunk> {
    let (mut chunks, mut rest) = (Vec::new(), &file[8..]);
    while let Some((head, body)) = rest.split_first_chunk::<12>() {
        let length = u32::from_le_bytes(head[4..8].try_into().unwrap()) as usize;
        chunks.push((head[..4].try_into().unwrap(), body[..length].to_vec()));
        rest = &body[length..];
    }
    chunks
}

/// The chunks as a reader takes them: the order of voxels says nothing, nor does colour 0, and packed
/// models are as others.
fn told(file: &[u8]) -> Vec<Chunk> {
    let mut told = Vec::new();
    for (kind, body) in chunks(file) {
        match &kind {
            b"MAIN" => {}
            b"XYZI" => {
                let mut voxels: Vec<[u8; 4]> = body[4..].as_chunks().0.to_vec();
                voxels.retain(|voxel| voxel[3] > 0);
                told.push((kind, sorted(voxels)));
            }
            b"TDCZ" => {
                // Files have its size before it, too.
                if told.last().is_none_or(|(kind, _): &Chunk| kind != b"SIZE") {
                    told.push((*b"SIZE", body[..12].to_vec()));
                }
                told.push((*b"XYZI", unpacked(&body)));
            }
            _ => told.push((kind, body)),
        }
    }
    told
}

fn sorted(mut voxels: Vec<[u8; 4]>) -> Vec<u8> {
    voxels.sort_unstable();
    voxels.concat()
}

fn unpacked(body: &[u8]) -> Vec<u8> {
    let work = goxel_core::Work::unbounded();
    let mut budget = crate::budget::Budget::for_file(body.len(), &work);
    let model = super::packed::model(crate::bytes::Cursor::new(body, "vox"), &mut budget);
    sorted(model.unwrap().voxels.into_owned())
}

pub(super) fn project(file: &[u8]) -> Project {
    read(file, Format::Vox).unwrap().into_project("p")
}

/// A file comes out as it went in: each chunk, in the same order.
pub(super) fn comes_back(name: &str, file: &[u8]) {
    let again = bytes_of(&project(file), Format::Vox);
    assert_eq!(again[..8], file[..8], "{name}: version");
    let (before, after) = (told(file), told(&again));
    let kinds = |chunks: &[Chunk]| {
        chunks
            .iter()
            .map(|(kind, _)| String::from_utf8_lossy(kind).into_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(&before), kinds(&after), "{name}");
    for (at, (before, after)) in before.iter().zip(&after).enumerate() {
        let kind = String::from_utf8_lossy(&before.0);
        assert!(before.1 == after.1, "{name}: chunk {at}, {kind}:\n{before:?}\n{after:?}");
    }
}

#[test]
fn a_real_scene_comes_back() {
    comes_back("axes.vox", AXES);
}

#[test]
fn every_file_of_the_corpus_comes_back() {
    let is_ours = |path: &Path| path.extension().is_some_and(|extension| extension == "vox");
    let Some(files) = corpus_files(is_ours) else { return };
    let count = files.iter().filter(|path| of_corpus(path)).count();
    assert!(count > 20, "{count} files");
}

fn of_corpus(path: &Path) -> bool {
    let (file, name) = (fs::read(path).unwrap(), path.display().to_string());
    match path.file_name().and_then(|name| name.to_str()) {
        Some("not_a.vox") => assert!(read(&file, Format::Vox).is_err()),
        // The other format of that name: read, and written as this one.
        Some("slab6_vox_test.vox") => {
            let project = project(&file);
            assert_eq!(project.count(), 2612);
            let again = bytes_of(&project, Format::Vox);
            assert_eq!(read(&again, Format::Vox).unwrap().layers, project.layers());
        }
        _ => {
            comes_back(&name, &file);
            return true;
        }
    }
    false
}

/// Three models, and so many placements of them, in two groups, each turned in some way.
fn placements(count: i32) -> Vec<u8> {
    let mut file = File::new();
    for model in 0..3u8 {
        let voxels: Vec<_> = (0..9).map(|at| [at % 3 + model, at / 2, at % 2, 1 + model]).collect();
        file = file.model([6, 5, 4], &voxels);
    }
    let [first, second] = [10, 11];
    let of_group = |group: i32| -> Vec<i32> {
        let ids = (0..count).filter(|at| at % 2 == group).map(|at| 100 + 2 * at);
        let mut numbers = vec![ids.clone().count() as i32];
        numbers.extend(ids);
        numbers
    };
    file = file
        .chunk(b"nTRN", &node(0, &[], &[1, -1, -1, 1], &[&[]]))
        .chunk(b"nGRP", &node(1, &[], &[2, 2, 4], &[]))
        .chunk(b"nTRN", &node(2, &[("_name", "left")], &[first, -1, 0, 1], &[&[("_t", "-50 0 3")]]))
        .chunk(b"nGRP", &node(first, &[], &of_group(0), &[]))
        .chunk(b"nTRN", &node(4, &[("_hidden", "1")], &[second, -1, 1, 1], &[&[("_r", "20")]]))
        .chunk(b"nGRP", &node(second, &[], &of_group(1), &[]));
    let turns = (0..128u8).filter(|byte| {
        let mut transform = super::place::Transform::IDENTITY;
        transform.set_rotation(*byte).is_some()
    });
    let turns: Vec<u8> = turns.collect();
    for at in 0..count {
        let turn = turns[at as usize * 7 % turns.len()].to_string();
        let shift = format!("{} {} {}", at * 20, at % 5 * 9, -at);
        let name = format!("part {at}");
        let attributes = [("_name", name.as_str()), ("_strange", "yes")];
        let frame = [("_r", turn.as_str()), ("_t", shift.as_str())];
        let (id, shape) = (100 + 2 * at, 101 + 2 * at);
        file = file
            .chunk(b"nTRN", &node(id, &attributes, &[shape, -1, at % 3, 1], &[&frame]))
            .chunk(b"nSHP", &node(shape, &[], &[1, at % 3, 0], &[]));
    }
    file.chunk(b"LAYR", &node(0, &[("_name", "walls"), ("_color", "1 2 3")], &[-1], &[]))
        .chunk(b"LAYR", &node(1, &[("_hidden", "1")], &[-1], &[]))
        .chunk(b"rCAM", &node(7, &[("_mode", "pers")], &[], &[]))
        .chunk(b"????", b"of tomorrow")
        .0
}

fn count(file: &[u8], kind: &[u8; 4]) -> usize {
    chunks(file).iter().filter(|(known, _)| known == kind).count()
}

#[test]
fn instances_stay_instances() {
    let file = placements(20);
    comes_back("placements", &file);
    assert_eq!(project(&file).layers().len(), 20);
    assert_eq!(count(&bytes_of(&project(&file), Format::Vox), b"XYZI"), 3);
}

#[test]
fn a_scene_goes_through_gox_and_storage_of_ids() {
    let file = placements(7);
    let through = crate::testing::round_trip(&project(&file), Format::Gox).into_project("p");
    assert!(bytes_of(&through, Format::Vox) == bytes_of(&project(&file), Format::Vox));
}

#[test]
fn colours_that_stand_twice_keep_their_index() {
    let mut colours: Vec<u8> = (0..=255).flat_map(|at| [at, 1, 2, 255]).collect();
    // Entry 9 is the colour of index 10; so are 20 and 30.
    for twin in [19, 29] {
        colours.copy_within(36..40, 4 * twin);
    }
    let file = File::new()
        .model([2, 2, 2], &[[0, 0, 0, 10], [1, 0, 0, 20], [0, 1, 0, 30], [1, 1, 1, 40]])
        .chunk(b"RGBA", &colours)
        .0;
    comes_back("twins", &file);
    // One that has another colour now has that; one that is new, the first index of its colour.
    let mut project = project(&file);
    let rgba = project.layers()[0].volume.get(Pos::new(-1, -1, -1));
    let voxels = [
        Voxel { pos: Pos::new(0, -1, -1), rgba: Rgba::opaque(39, 1, 2) },
        Voxel { pos: Pos::new(0, -1, 5), rgba },
    ];
    let layer = LayerRef::Active;
    project.apply(Command::SetVoxels { layer, boxes: &[], voxels: &voxels }).unwrap();
    let again = told(&bytes_of(&project, Format::Vox));
    let (_, voxels) = again.iter().find(|(kind, _)| kind == b"XYZI").unwrap();
    let mut indices: Vec<u8> = voxels.as_chunks::<4>().0.iter().map(|voxel| voxel[3]).collect();
    indices.sort_unstable();
    assert_eq!(indices, [10, 10, 30, 40, 40]);
}

/// Layers by their names.
fn by_name(project: &Project) -> BTreeMap<String, &Layer> {
    project.layers().iter().map(|layer| (layer.name.clone(), layer)).collect()
}

#[test]
fn what_is_changed_gets_a_model_of_its_own() {
    let mut project = project(&placements(20));
    let third = LayerRef::Id(LayerId(3));
    let bounds = project.layers()[2].volume.bounds().unwrap().min.map(|c| c as i32);
    // One within the model's box, then one far from it, then one too far for a model.
    for (reach, size) in [(0, [6, 5, 4]), (60, [0; 3]), (900, [0; 3])] {
        let pos = Pos::new(bounds[0] + reach, bounds[1], bounds[2]);
        let voxels = [Voxel { pos, rgba: Rgba::opaque(1, 2, 3) }];
        project.apply(Command::SetVoxels { layer: third, boxes: &[], voxels: &voxels }).unwrap();
        let file = bytes_of(&project, Format::Vox);
        let again = self::project(&file);
        // A layer that models have no room for is several, with one name.
        let expected = if reach == 900 { 3 + 2 } else { 4 };
        assert_eq!(count(&file, b"XYZI"), expected, "{reach}");
        let sizes = chunks(&file).into_iter().filter(|(kind, _)| kind == b"SIZE");
        let has_size = |wanted: [u32; 3]| {
            let bytes: Vec<u8> = wanted.iter().flat_map(|edge| edge.to_le_bytes()).collect();
            sizes.clone().filter(|(_, body)| *body == bytes).count()
        };
        assert_eq!(has_size([6, 5, 4]), if size == [0; 3] { 3 } else { 4 }, "{reach}");
        if reach < 900 {
            for (name, layer) in by_name(&project) {
                assert!(by_name(&again)[&name].volume == layer.volume, "{reach}: {name}");
            }
        }
        assert_eq!(again.count(), project.count());
    }
}

#[test]
fn layers_are_removed_added_shown_hidden_renamed_and_moved() {
    let mut project = project(&placements(6));
    let id = |id: u32| LayerRef::Id(LayerId(id));
    let named = |name: &'static str| LayerSettings { name: Some(name), ..LayerSettings::default() };
    let shown = |visible| LayerSettings { visible: Some(visible), ..LayerSettings::default() };
    for command in [
        Command::DeleteLayer(id(1)),
        Command::SetLayer { layer: id(2), settings: &named("other") },
        Command::SetLayer { layer: id(3), settings: &shown(false) },
        // Hidden by what is above it, as its neighbours are.
        Command::SetLayer { layer: id(5), settings: &shown(true) },
        Command::CreateLayer { name: "new", visible: false },
        Command::DuplicateLayer(id(2)),
    ] {
        project.apply(command).unwrap();
    }
    let layer = LayerRef::Id(project.layers()[project.layers().len() - 2].id);
    let voxels = [Voxel { pos: Pos::new(7, -8, 9), rgba: Rgba::WHITE }];
    project.apply(Command::SetVoxels { layer, boxes: &[], voxels: &voxels }).unwrap();
    let file = bytes_of(&project, Format::Vox);
    let again = self::project(&file);
    let told = |project: &Project| -> Vec<(String, bool, u64)> {
        let mut told: Vec<_> = project
            .layers()
            .iter()
            .map(|layer| (layer.name.clone(), layer.visible, layer.volume.count()))
            .collect();
        told.sort();
        told
    };
    assert_eq!(told(&again), told(&project));
    assert_eq!(count(&file, b"rCAM") + count(&file, b"????"), 2);
    assert!(chunks(&file).iter().any(|(_, body)| body.windows(8).any(|w| w == b"_strange")));
    // What is written then comes back as it is.
    comes_back("changed", &file);
}

#[test]
fn frames_are_layers_of_which_the_first_shows() {
    let body = |entries: &[(&str, &str)]| node(0, entries, &[], &[])[4..].to_vec();
    let mut shape = node(3, &[("_loop", "1")], &[3], &[]);
    for (model, frame) in [(0, "0"), (1, "12"), (0, "20")] {
        shape.extend(i32::to_le_bytes(model));
        shape.extend(body(&[("_f", frame)]));
    }
    let moves: &[&[(&str, &str)]] =
        &[&[("_t", "5 0 0"), ("_f", "0")], &[("_t", "9 0 0"), ("_r", "17"), ("_f", "4")]];
    let file = File::new()
        .model([3, 3, 3], &[[0, 1, 2, 1]])
        .model([3, 3, 3], &[[0, 1, 2, 2], [1, 1, 1, 1]])
        .chunk(b"nTRN", &node(0, &[], &[1, -1, -1, 1], &[&[]]))
        .chunk(b"nGRP", &node(1, &[], &[1, 2], &[]))
        .chunk(b"nTRN", &node(2, &[("_name", "walk")], &[3, -1, 0, 2], moves))
        .chunk(b"nSHP", &shape)
        .chunk(b"META", &body(&[("_anim_range", "0 30")]))
        .0;
    comes_back("frames", &file);
    let mut project = project(&file);
    let told: Vec<_> =
        project.layers().iter().map(|layer| (layer.name.as_str(), layer.visible)).collect();
    assert_eq!(told, [("walk", true), ("walk, frame 12", false), ("walk, frame 20", false)]);
    project.apply(Command::DeleteLayer(LayerRef::Id(LayerId(2)))).unwrap();
    let again = bytes_of(&project, Format::Vox);
    assert_eq!((self::project(&again).layers().len(), count(&again, b"XYZI")), (2, 1));
}

#[test]
fn an_animation_without_a_scene_stays_one() {
    let file = File::new()
        .numbers(b"PACK", &[2])
        .model([3, 4, 5], &[[0, 0, 0, 1], [2, 3, 4, 255]])
        .model([1, 1, 1], &[[0, 0, 0, 5]])
        .0;
    comes_back("animation", &file);
    let mut project = project(&file);
    project.apply(Command::CreateLayer { name: "new", visible: true }).unwrap();
    let again = self::project(&bytes_of(&project, Format::Vox));
    assert_eq!(again.layers().len(), 3);
    assert_eq!(again.layers()[2].name, "new");
}

#[test]
fn the_other_vox_is_told_apart() {
    let mut file: Vec<u8> = [2u32, 3, 4].iter().flat_map(|edge| edge.to_le_bytes()).collect();
    let mut voxels = [255u8; 24];
    // x 0, y 0, z 0 down: the highest, at the back.
    voxels[0] = 7;
    // x 1, y 2, z 3 down.
    voxels[23] = 0;
    file.extend(voxels);
    file.extend((0..=255u8).flat_map(|at| [at & 63, 63, 0]));
    let project = project(&file);
    assert_eq!(project.layers()[0].volume.get(Pos::new(-1, 1, 1)), Rgba::opaque(28, 255, 0));
    assert_eq!(project.layers()[0].volume.get(Pos::new(0, -1, -2)), Rgba::opaque(0, 255, 0));
    assert_eq!((project.count(), project.scene().palette().len()), (2, 255));
    assert!(read(&file[1..], Format::Vox).is_err());
    torture(&file, Format::Vox, 7);
}

#[test]
fn scenes_that_are_no_trees_are_written_anew() {
    // Two groups have the same child.
    let file = File::new()
        .model([1, 1, 1], &[[0, 0, 0, 1]])
        .chunk(b"nTRN", &node(0, &[], &[1, -1, -1, 1], &[&[]]))
        .chunk(b"nGRP", &node(1, &[], &[2, 2, 2], &[]))
        .chunk(b"nTRN", &node(2, &[], &[3, -1, 0, 1], &[&[]]))
        .chunk(b"nSHP", &node(3, &[], &[1, 0, 0], &[]))
        .0;
    let document = read(&file, Format::Vox).unwrap();
    assert_eq!(document.warnings[0].code, Loss::ForeignData);
    let project = document.into_project("p");
    assert!(project.layers().len() == 2 && project.scene().opaque().is_empty());
    assert_eq!(self::project(&bytes_of(&project, Format::Vox)).layers().len(), 2);
}

#[test]
fn broken_scenes_do_no_harm() {
    torture(&placements(4), Format::Vox, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// What is kept has been through other hands: whatever it is by then, the voxels are written.
    #[test]
    fn whatever_is_kept_voxels_are_written(at in 0..4000usize, byte: u8, cut: bool) {
        let project = project(&placements(5));
        let mut opaque = project.scene().opaque().to_vec();
        for kept in &mut opaque {
            let mut bytes = kept.bytes.to_vec();
            let at = at % bytes.len();
            if cut { bytes.truncate(at) } else { bytes[at] = byte }
            kept.bytes = bytes.into();
        }
        let mut scene = project.scene().clone();
        scene.set_opaque(opaque).unwrap();
        let damaged = project.snapshot().with_scene(scene);
        let mut file = Vec::new();
        let written = crate::write(&damaged, Format::Vox, &crate::WriteOptions::default(), &mut file);
        prop_assert!(written.is_ok(), "{:?}", written);
        let again = read(&file, Format::Vox);
        prop_assert!(again.is_ok(), "{:?}", again.map(|_| ()));
    }
}
