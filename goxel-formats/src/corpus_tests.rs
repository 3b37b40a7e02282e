//! Files that other programs wrote, in the folder that `GOXEL_CORPUS` names: how many voxels another
//! reader finds in them, and how large their box is.
//!
//! The box is that of all layers, with its edges sorted: programs differ in what is up.

use std::fs;
use std::path::Path;

use goxel_core::{Volume, Work};

use crate::testing::corpus;
use crate::{Direction, Document, Format, ReadOptions, read_within};

fn load(folder: &Path, name: &str) -> Document {
    load_with(folder, name, &ReadOptions::default())
}

fn load_with(folder: &Path, name: &str, options: &ReadOptions<'_>) -> Document {
    let path = folder.join(name);
    let bytes = fs::read(&path).unwrap();
    let by_path = || Format::from_path(&path, Direction::Read).unwrap();
    let format = Format::detect(&bytes).unwrap_or_else(by_path);
    read_within(&bytes, format, options, &Work::unbounded())
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// All layers as one, hidden ones too.
fn merged(document: &Document) -> Volume {
    let mut all = Volume::new();
    for layer in &document.layers {
        layer.volume.voxels().for_each(|(pos, rgba)| {
            all.set(pos, rgba);
        });
    }
    all
}

#[test]
fn files_of_other_programs_have_the_voxels_that_another_reader_finds() {
    let Some(folder) = corpus() else { return };
    for (name, count, size) in [
        ("vengi/cc.vxl", 33005, [17, 39, 69]),
        ("vengi/chr_knight.qb", 2612, [13, 39, 43]),
        ("vengi/kvx_save.qb", 230, [3, 8, 19]),
        // The other reader finds 7498: it counts the parts of a compound again, in another place.
        ("vengi/qubicle.qbcl", 5055, [43, 76, 139]),
        ("vengi/qubicle.qef", 427, [8, 8, 8]),
        ("vengi/rgb.qb", 99, [32, 32, 32]),
        ("vengi/rgb.vxm", 99, [32, 32, 32]),
        ("vengi/rgb_small.qb", 3, [1, 1, 3]),
        ("vengi/rgb_small.qbt", 3, [1, 1, 3]),
        ("vengi/rgb_small.vxm", 3, [1, 1, 3]),
        ("vengi/slab6_vox_test.kv6", 1531, [13, 39, 43]),
        ("vengi/test.binvox", 78075, [40, 50, 128]),
        ("vengi/test.kv6", 5, [1, 3, 3]),
        // By litemapy; the other reader finds 4114.
        ("vengi/test.litematic", 11722, [29, 70, 79]),
        ("vengi/test.vxm", 1002, [16, 16, 16]),
        ("vengi/testload.qef", 1390, [24, 27, 28]),
    ] {
        let volume = merged(&load(&folder, name));
        let mut edges = volume.bounds().map_or([0; 3], |bounds| bounds.size());
        edges.sort_unstable();
        assert_eq!((volume.count(), edges), (count, size), "{name}");
    }
}

#[test]
fn meshes_of_other_programs_have_the_voxels_that_another_reader_finds() {
    let Some(folder) = corpus() else { return };
    let unit = ReadOptions { voxel_size: Some(1.0), ..ReadOptions::default() };
    for (name, count, edge) in [("vengi/cube.stl", 8000, 20), ("vengi/rgb.gltf", 99, 32)] {
        let volume = merged(&load_with(&folder, name, &unit));
        let size = volume.bounds().map(|bounds| bounds.size());
        assert_eq!((volume.count(), size), (count, Some([edge; 3])), "{name}");
    }
    for name in ["vengi/ascii.stl", "vengi/bug393.obj", "vengi/cube.obj", "vengi/chr_oldman.gltf"] {
        assert!(merged(&load(&folder, name)).count() > 0, "{name}");
    }
}

#[test]
fn goxel_wrote_the_same_model_in_several_formats() {
    let Some(folder) = corpus() else { return };
    for model in ["chr_knight", "robo", "rgb_small"] {
        let load = |extension| {
            merged(&load(&folder, &format!("goxel-written/goxel011-{model}.{extension}")))
        };
        let text = load("txt");
        assert!(load("qb") == text, "{model}.qb");
        // Goxel stores of this format what is in the image box and shows.
        let slabs = load("kvx");
        let there = slabs.voxels().filter(|(pos, _)| !text.get(*pos).is_empty()).count() as u64;
        assert!(there == slabs.count() && there > 0, "{model}.kvx: {there} of {}", slabs.count());
    }
}
