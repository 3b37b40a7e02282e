//! Files of this crate read by an independent reader, and files of nobody's good will.

use goxel_core::{Project, Swatch, Volume};
use goxel_proto::types::{Aabb, Pos, Rgba};
use proptest::prelude::*;

use crate::testing::{bytes_of, project_of, round_trip, sample_project, torture, volumes};
use crate::{Document, Format, Result};

/// Reads a whole file.
fn read(bytes: &[u8]) -> Result<Document> {
    crate::read(bytes, Format::Vox)
}

/// Made by `MagicaVoxel`; from the crate `dot_vox`, under the MIT licence.
const AXES: &[u8] = include_bytes!("../../../examples/axes.vox");

/// A file that is put together by hand.
pub(super) struct File(pub(super) Vec<u8>);

impl File {
    pub(super) fn new() -> Self {
        Self(b"VOX \x96\0\0\0MAIN\0\0\0\0\0\0\0\0".to_vec())
    }

    pub(super) fn chunk(mut self, kind: &[u8; 4], body: &[u8]) -> Self {
        self.0.extend(kind);
        self.0.extend((body.len() as u32).to_le_bytes());
        self.0.extend([0; 4]);
        self.0.extend(body);
        self
    }

    pub(super) fn numbers(self, kind: &[u8; 4], numbers: &[i32]) -> Self {
        let body: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.chunk(kind, &body)
    }

    pub(super) fn model(self, size: [i32; 3], voxels: &[[u8; 4]]) -> Self {
        let mut body = (voxels.len() as u32).to_le_bytes().to_vec();
        body.extend(voxels.iter().flatten());
        self.numbers(b"SIZE", &size).chunk(b"XYZI", &body)
    }

    fn error(&self) -> String {
        read(&self.0).unwrap_err().to_string()
    }
}

/// A text as it stands in a dict.
pub(super) fn text(text: &str) -> Vec<u8> {
    let mut bytes = (text.len() as u32).to_le_bytes().to_vec();
    bytes.extend(text.as_bytes());
    bytes
}

fn dict(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = (entries.len() as u32).to_le_bytes().to_vec();
    bytes.extend(entries.iter().flat_map(|(key, value)| [text(key), text(value)].concat()));
    bytes
}

/// The body of a node: its id, what is said of it, numbers, and the dicts of frames.
pub(super) fn node(
    id: i32,
    attributes: &[(&str, &str)],
    numbers: &[i32],
    frames: &[&[(&str, &str)]],
) -> Vec<u8> {
    let mut body = id.to_le_bytes().to_vec();
    body.extend(dict(attributes));
    body.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    body.extend(frames.iter().flat_map(|frame| dict(frame)));
    body
}

#[test]
fn the_colours_of_a_file_are_the_palette() {
    let colours: Vec<u8> =
        (1..=255).flat_map(|at| [at, 0, 7, if at == 3 { 0 } else { at }]).collect();
    let palette = |file: File| read(&file.0).unwrap().scene.palette().to_vec();
    let found = palette(File::new().chunk(b"RGBA", &colours));
    assert_eq!(found.len(), 255);
    assert_eq!([&found[0], &found[2]].map(|s| s.rgba.0), [[1, 0, 7, 1], [3, 0, 7, 255]]);
    assert_eq!(palette(File::new()), []);
    let few = [[9, 9, 9, 9], [0; 4], [7, 0, 0, 255], [0; 4]].concat();
    let found = palette(File::new().chunk(b"RGBA", &few));
    assert_eq!(found.len(), 3, "what is behind the last that says anything is none");
}

#[test]
fn the_palette_of_a_project_comes_back() {
    let project = sample_project();
    let wanted = project.scene().palette();
    let colours = |palette: &[Swatch]| palette.iter().map(|s| s.rgba).collect::<Vec<_>>();
    let project = project_of([(Pos::ZERO, Rgba::opaque(1, 1, 1))].into_iter().collect())
        .with_scene(project.scene().clone());
    let again = round_trip(&project, Format::Vox).scene.palette().to_vec();
    let expected = [colours(wanted), vec![Rgba::opaque(1, 1, 1)]].concat();
    assert_eq!(colours(&again), expected);
}

#[test]
fn a_real_file_is_read() {
    let document = read(AXES).unwrap();
    let theirs = dot_vox::load_bytes(AXES).unwrap();
    let of_model = |model: &dot_vox::Model| model.voxels.len() as u64;
    let mut counts: Vec<u64> = document.layers.iter().map(|layer| layer.volume.count()).collect();
    counts.sort_unstable();
    counts.dedup();
    let mut expected: Vec<u64> = theirs.models.iter().map(of_model).collect();
    expected.sort_unstable();
    expected.dedup();
    assert_eq!((document.layers.len(), counts), (10, expected));
}

#[test]
fn layers_come_back() {
    let mut layers = sample_project().layers().to_vec();
    layers.iter_mut().for_each(|layer| layer.mode = goxel_core::BlendMode::Over);
    let project = Project::from_layers("sample", [0; 3], layers);
    let document = round_trip(&project, Format::Vox);
    assert_eq!(document.layers.len(), project.layers().len());
    for (read, written) in document.layers.iter().zip(project.layers()) {
        assert_eq!((&read.name, read.visible), (&written.name, written.visible));
        let expected = &written.volume;
        assert_eq!(read.volume.count(), expected.count());
        // The sample has more colours than a palette.
        for (pos, rgba) in expected.voxels() {
            let apart = (0..4).map(|c| rgba.0[c].abs_diff(read.volume.get(pos).0[c])).max();
            assert!(apart <= Some(40), "{rgba:?} became {:?}", read.volume.get(pos));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    #[test]
    fn volumes_come_back(volume in volumes()) {
        let document = round_trip(&project_of(volume.clone()), Format::Vox);
        prop_assert_eq!(&document.layers[0].volume, &volume);
    }
}

#[test]
fn large_layers_are_cut_and_stay_in_place() {
    let mut volume = Volume::new();
    volume.fill(&Aabb { min: [-300, 3, -2], max: [259, 5, 3] }, Rgba::opaque(1, 2, 3));
    volume.set(Pos::new(5, 900, -100), Rgba::opaque(4, 5, 6));
    let bytes = bytes_of(&project_of(volume.clone()), Format::Vox);
    let mut merged = Volume::new();
    let layers = read(&bytes).unwrap().layers;
    for layer in &layers {
        assert_eq!(layer.name, "only");
        merged.merge(&layer.volume, layer.mode);
    }
    assert_eq!(merged, volume);
    let theirs = dot_vox::load_bytes(&bytes).unwrap();
    assert_eq!(theirs.models.len(), layers.len());
    let fits = |model: &dot_vox::Model| model.size.x.max(model.size.y).max(model.size.z) <= 256;
    assert!(theirs.models.iter().all(fits));
}

#[test]
fn an_independent_reader_sees_the_same() {
    let mut volume = Volume::new();
    for i in 0..255 {
        volume.set(Pos::new(10 + i % 20, -5, i / 20), Rgba::opaque(i as u8, 7, 9));
    }
    let theirs = dot_vox::load_bytes(&bytes_of(&project_of(volume.clone()), Format::Vox)).unwrap();
    let [model] = theirs.models.as_slice() else { panic!() };
    assert_eq!((model.size.x, model.size.y, model.size.z), (20, 1, 13));
    let seen: Volume = model
        .voxels
        .iter()
        .map(|voxel| {
            let colour = theirs.palette[usize::from(voxel.i)];
            let pos = Pos::new(i32::from(voxel.x) + 10, i32::from(voxel.y) - 5, i32::from(voxel.z));
            (pos, Rgba::new(colour.r, colour.g, colour.b, colour.a))
        })
        .collect();
    assert_eq!(seen, volume);
    assert_eq!(theirs.scenes.len(), 4);
    assert!(dot_vox::load_bytes(&bytes_of(&Project::new("e", [8; 3]), Format::Vox)).is_ok());
}

#[test]
fn files_without_a_scene() {
    let file = File::new()
        .numbers(b"PACK", &[2])
        .model([3, 4, 5], &[[0, 0, 0, 1], [2, 3, 4, 255], [1, 1, 1, 0]])
        .model([1, 1, 1], &[[0, 0, 0, 5]])
        .chunk(b"????", b"anything");
    let layers = read(&file.0).unwrap().layers;
    let [first, second] = layers.as_slice() else { panic!() };
    assert_eq!((first.volume.count(), first.visible, second.visible), (2, true, false));
    assert_eq!(first.volume.get(Pos::new(-1, -2, -2)), Rgba::WHITE);
    assert_eq!(first.volume.get(Pos::new(1, 1, 2)), Rgba::opaque(0x11, 0x11, 0x11));
    assert_eq!(first.name, "model 0");
}

#[test]
fn instances_names_and_what_is_hidden() {
    let file = File::new()
        .model([1, 1, 1], &[[0, 0, 0, 1]])
        .chunk(b"nTRN", &node(0, &[], &[1, -1, -1, 1], &[&[]]))
        .chunk(b"nGRP", &node(1, &[], &[2, 2, 4], &[]))
        .chunk(b"nTRN", &node(2, &[("_name", "a")], &[3, -1, 0, 1], &[&[("_t", "5 -6 7")]]))
        .chunk(b"nSHP", &node(3, &[], &[1, 0, 0], &[]))
        .chunk(b"nTRN", &node(4, &[], &[3, -1, 9, 1], &[&[("_r", "20")]]))
        .chunk(b"LAYR", &node(9, &[("_name", "layer"), ("_hidden", "1")], &[-1], &[]));
    let layers = read(&file.0).unwrap().layers;
    let [first, second] = layers.as_slice() else { panic!() };
    assert_eq!((first.name.as_str(), first.visible), ("a", true));
    assert_eq!(first.volume.get(Pos::new(5, -6, 7)), Rgba::WHITE);
    assert_eq!((second.name.as_str(), second.visible), ("layer", false));
    // Mirrored along x: the middle of the voxel goes from 0.5 to -0.5.
    assert_eq!(second.volume.get(Pos::new(-1, 0, 0)), Rgba::WHITE);
    let wrong = File::new().chunk(b"nTRN", &node(0, &[], &[1, -1, -1, 1], &[&[("_r", "0")]]));
    assert!(wrong.error().contains("a transform that is none"));
}

#[test]
fn circles_and_bushes_end() {
    // dict of none between id and count.
    let circle = File::new().numbers(b"nGRP", &[0, 0, 1, 0]);
    assert!(circle.error().contains("levels deep"));
    // Each group has the next one as a child twice.
    let mut bush = File::new();
    for id in 0..64 {
        bush = bush.numbers(b"nGRP", &[id, 0, 2, id + 1, id + 1]);
    }
    assert!(bush.error().contains("nodes"));
    let mut many = vec![0, 0, 5000];
    many.extend([1; 5000]);
    let many = File::new()
        .model([1, 1, 1], &[])
        .numbers(b"nGRP", &many)
        .numbers(b"nSHP", &[1, 0, 1, 0, 0]);
    assert!(many.error().contains("5000 instances"));
}

#[test]
fn broken_files_are_refused_with_the_place() {
    assert!(File(b"VOX".to_vec()).error().contains("byte 0"));
    assert!(File(b"DOOD\x96\0\0\0".to_vec()).error().contains("byte 0"));
    assert!(File::new().chunk(b"XYZI", &[0; 4]).error().contains("without a size"));
    let short = File::new().numbers(b"SIZE", &[1, 1, 1]).numbers(b"XYZI", &[i32::MAX]);
    assert!(short.error().contains("are left"));
    let mut long = File::new();
    long.0.extend(b"nGRP\xff\xff\xff\x7f\0\0\0\0");
    assert!(long.error().contains("2147483647 bytes are announced"));
    let huge = File::new().model([u32::MAX as i32; 3], &[[1, 1, 1, 1]]);
    assert!(read(&huge.0).is_ok());
}

#[test]
fn broken_bytes_do_no_harm() {
    let volume = (0..9).map(|i| (Pos::new(40 * i, 1, 2), Rgba::opaque(i as u8, 0, 0))).collect();
    torture(&bytes_of(&project_of(volume), Format::Vox), Format::Vox, 3);
    torture(AXES, Format::Vox, 2999);
}
