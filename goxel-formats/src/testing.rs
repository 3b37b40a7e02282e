//! What the tests of several formats share: projects to write, and files to break.

use std::fs;
use std::path::{Path, PathBuf};

use goxel_core::{
    BlendMode, Camera, Layer, Light, Material, Project, Scene, Swatch, Transform, Volume,
};
use goxel_proto::types::{Aabb, CameraId, LayerId, MaterialId, Pos, Rgba};
use proptest::prelude::*;

use crate::{Document, Format, Result, WriteOptions, read, write};

/// The folder of files that other programs wrote, where the machine has it: see `GOXEL_CORPUS` in
/// CONTRIBUTING.md.
pub(crate) fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("GOXEL_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: GOXEL_CORPUS names no folder of files");
    }
    folder
}

/// All files of that folder for which `wanted` holds, sorted.
pub(crate) fn corpus_files(wanted: impl Fn(&Path) -> bool) -> Option<Vec<PathBuf>> {
    let mut folders = vec![corpus()?];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let list = if path.is_dir() { &mut folders } else { &mut found };
            list.push(path);
        }
    }
    found.retain(|path| wanted(path));
    found.sort();
    Some(found)
}

/// Three layers: a solid, one of many colours and alphas across tiles, and an empty hidden one;
/// in an image box of its own, with all that a scene has.
pub(crate) fn sample_project() -> Project {
    let mut solid = Layer::new(LayerId(1), "solid");
    for i in 0..20 * 20 * 20 {
        let pos = Pos::new(i % 20 - 3, i / 20 % 20 + 5, i / 400 - 10);
        solid.volume.set(pos, Rgba::opaque(200, 100, 50));
    }
    let mut mixed = Layer::new(LayerId(7), "mixed é");
    for i in 0..300 {
        let pos = Pos::new(i * 37 % 90 - 45, i * 53 % 70, i * 29 % 41 - 20);
        mixed.volume.set(pos, Rgba::new(i as u8, 255 - i as u8, 9, 255 - (i % 4) as u8 * 60));
    }
    mixed.mode = BlendMode::Max;
    mixed.material = Some(MaterialId(2));
    mixed.bounds = Some(Aabb { min: [-50, 0, -20], max: [50, 71, 25] });
    let mut hidden = Layer::new(LayerId(3), "hidden");
    hidden.visible = false;
    hidden.picture = Some("drawings/side view.png".to_owned());
    hidden.transform = Transform::looking([1.5, -2.0, 3.0], [0.0; 3]).unwrap();
    Project::from_layers("sample", [0; 3], vec![solid, mixed, hidden])
        .with_scene(sample_scene())
        .with_image_box(Aabb { min: [-10, 0, 5], max: [54, 33, 21] })
}

fn sample_scene() -> Scene {
    let mut scene = Scene::default();
    let steel = Material {
        name: "steel é".to_owned(),
        color: [0.25, 0.5, 1.0, 0.75],
        metallic: 1.0,
        roughness: 0.125,
        emission: [0.0, 7.5, 0.1],
        ..Material::default()
    };
    for material in [Material::default(), steel] {
        scene.set_material(material).unwrap();
    }
    let flat = Camera {
        name: "flat".to_owned(),
        distance: 33.5,
        orthographic: true,
        transform: Transform::looking([9.0, -40.0, 20.0], [1.0; 3]).unwrap(),
        ..Camera::default()
    };
    for camera in [Camera::default(), flat, Camera::default()] {
        scene.set_camera(camera).unwrap();
    }
    scene.set_active_camera(Some(CameraId(2))).unwrap();
    scene.set_light(Some(Light { fixed: true, yaw: -1.0, ..Light::default() })).unwrap();
    let named = Swatch {
        name: "moss".to_owned(),
        material: Some(MaterialId(2)),
        ..Swatch::from(Rgba::new(1, 2, 3, 4))
    };
    scene.set_palette(vec![Rgba::WHITE.into(), named, Rgba::BLACK.into()]).unwrap();
    scene
}

/// A project of one layer.
pub(crate) fn project_of(volume: Volume) -> Project {
    let mut layer = Layer::new(LayerId(1), "only");
    layer.volume = volume;
    Project::from_layers("test", [16; 3], vec![layer])
}

/// Volumes of some boxes and some lone voxels, in colours of a small set.
pub(crate) fn volumes() -> impl Strategy<Value = Volume> {
    let corner = prop::array::uniform3(-40..40i32);
    let boxes =
        prop::collection::vec((corner.clone(), prop::array::uniform3(1..20i32), 0..4u8), 0..6);
    let voxels = prop::collection::vec((corner, 0..4u8), 0..60);
    (boxes, voxels).prop_map(|(boxes, voxels)| {
        let colour = |n: u8| Rgba::opaque(n * 60, 255 - n, 7);
        let mut volume = Volume::new();
        for (min, size, n) in boxes {
            let max = [0, 1, 2].map(|axis| min[axis] + size[axis] - 1);
            let aabb = Aabb::spanning(min.into(), max.into());
            volume.fill(&aabb, if n == 0 { Rgba::EMPTY } else { colour(n) });
        }
        for (pos, n) in voxels {
            volume.set(pos.into(), colour(n));
        }
        volume
    })
}

/// The bytes that a writer makes.
pub(crate) fn bytes_of(project: &Project, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(project, format, &WriteOptions::default(), &mut bytes).unwrap();
    bytes
}

/// The text that a writer makes.
pub(crate) fn text_of(project: &Project, format: Format) -> String {
    String::from_utf8(bytes_of(project, format)).unwrap()
}

/// Writes and reads again.
pub(crate) fn round_trip(project: &Project, format: Format) -> Document {
    read(&bytes_of(project, format), format).unwrap()
}

/// Reads a good file cut everywhere and with bytes changed: it may be refused, not more. Returns
/// how many of the cut ones were refused.
pub(crate) fn torture(good: &[u8], format: Format, step: usize) -> usize {
    assert!(read(good, format).is_ok());
    for at in (0..good.len()).step_by(step) {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut bad = good.to_vec();
            bad[at] = value;
            let _: Result<Document> = read(&bad, format);
        }
    }
    let cuts = (0..good.len()).step_by(step);
    cuts.filter(|&cut| read(&good[..cut], format).is_err()).count()
}

/// A JPEG of 16 x 8 pixels, red on the left, (200, 40, 40), and blue on the right, (40, 60, 200); made by Pillow.
#[rustfmt::skip]
pub(crate) const JPEG: &[u8] = &[
    0xff, 0xd8, 0xff, 0xdb, 0x00, 0x43, 0x00, 0x0d, 0x09, 0x0a, 0x0b, 0x0a, 0x08, 0x0d, 0x0b, 0x0a, 0x0b, 0x0e, 0x0e, 0x0d, 0x0f, 0x13,
    0x20, 0x15, 0x13, 0x12, 0x12, 0x13, 0x27, 0x1c, 0x1e, 0x17, 0x20, 0x2e, 0x29, 0x31, 0x30, 0x2e, 0x29, 0x2d, 0x2c, 0x33, 0x3a, 0x4a,
    0x3e, 0x33, 0x36, 0x46, 0x37, 0x2c, 0x2d, 0x40, 0x57, 0x41, 0x46, 0x4c, 0x4e, 0x52, 0x53, 0x52, 0x32, 0x3e, 0x5a, 0x61, 0x5a, 0x50,
    0x60, 0x4a, 0x51, 0x52, 0x4f, 0xff, 0xdb, 0x00, 0x43, 0x01, 0x0e, 0x0e, 0x0e, 0x13, 0x11, 0x13, 0x26, 0x15, 0x15, 0x26, 0x4f, 0x35,
    0x2d, 0x35, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f,
    0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f,
    0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0x4f, 0xff, 0xc0, 0x00, 0x11, 0x08, 0x00, 0x08, 0x00, 0x10, 0x03, 0x01, 0x11, 0x00, 0x02,
    0x11, 0x01, 0x03, 0x11, 0x01, 0xff, 0xc4, 0x00, 0x15, 0x00, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x04, 0x05, 0xff, 0xc4, 0x00, 0x14, 0x10, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xc4, 0x00, 0x15, 0x01, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x06, 0x04, 0xff, 0xc4, 0x00, 0x14, 0x11, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xda, 0x00, 0x0c, 0x03, 0x01, 0x00, 0x02, 0x11, 0x03, 0x11, 0x00, 0x3f, 0x00, 0x8c,
    0x80, 0xb8, 0x43, 0x90, 0x57, 0xff, 0xd9,
];
