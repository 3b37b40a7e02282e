//! The main job: the castle is built, saved, exported and rendered, and its files are read again.

use std::collections::HashMap;

use goxel_core::{Project, Volume};
use goxel_formats::{Direction, Format};

use crate::world::{World, root};

fn built() -> World {
    let world = World::new();
    let batch = root().join("examples/castle.goxel");
    world.run(&["batch", batch.to_str().unwrap()]);
    world
}

fn load(world: &World, name: &str) -> Project {
    let path = world.path(name);
    let file = std::fs::File::open(&path).unwrap();
    goxel_formats::load(file, &path, None, &Default::default(), &goxel_core::Work::unbounded())
        .unwrap()
        .into_project(name)
}

fn visible(project: &Project) -> Volume {
    project.visible()
}

#[test]
fn its_files_hold_the_same_voxels() {
    let world = built();
    world.run(&["save", "castle.gox"]);
    world.run(&["export", "castle.vox"]);
    let gox = load(&world, "castle.gox");
    let vox = load(&world, "castle.vox");
    // As the comment at its beginning says.
    assert_eq!((gox.layers().len(), gox.count(), visible(&gox).count()), (1 + 8, 29_032, 27_511));
    assert_eq!(visible(&gox).count(), visible(&vox).count());
    assert!(visible(&gox) == visible(&vox), "the .vox holds other voxels");

    // The daemon holds what the file holds, layer by layer; and again after loading it.
    let layers = world.run(&["--json", "layer", "list"]);
    world.run(&["open", "castle.gox"]);
    assert_eq!(world.run(&["--json", "layer", "list"]), layers);
    world.run(&["save", "again.gox"]);
    assert_eq!(load(&world, "again.gox").layers(), gox.layers());
    world.run(&["open", "castle.vox"]);
    world.run(&["save", "from-vox.gox"]);
    assert!(visible(&load(&world, "from-vox.gox")) == visible(&gox));
}

#[test]
fn another_program_s_reader_finds_the_same_voxels() {
    let world = built();
    world.run(&["save", "castle.gox"]);
    world.run(&["export", "castle.vox"]);
    let file = dot_vox::load(world.path("castle.vox").to_str().unwrap()).unwrap();
    let mut theirs: HashMap<[u8; 3], usize> = HashMap::new();
    for voxel in file.models.iter().flat_map(|model| &model.voxels) {
        let colour = file.palette[usize::from(voxel.i)];
        *theirs.entry([colour.r, colour.g, colour.b]).or_default() += 1;
    }
    let mut ours: HashMap<[u8; 3], usize> = HashMap::new();
    for layer in load(&world, "castle.gox").layers().iter().filter(|layer| layer.visible) {
        for (_, rgba) in layer.volume.voxels() {
            *ours.entry([rgba.0[0], rgba.0[1], rgba.0[2]]).or_default() += 1;
        }
    }
    assert_eq!(theirs, ours);
}

#[test]
fn its_picture_shows_something() {
    let world = built();
    world.run(&["render", "castle.png", "--size", "320x240", "--camera", "isometric"]);
    let decoder = png::Decoder::new(std::io::BufReader::new(
        std::fs::File::open(world.path("castle.png")).unwrap(),
    ));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.width, info.height), (320, 240));
    let mut colours: HashMap<&[u8], usize> = HashMap::new();
    pixels.chunks(4).for_each(|pixel| *colours.entry(pixel).or_default() += 1);
    let background = colours[&pixels[..4]];
    assert!(colours.len() > 100, "{} colours", colours.len());
    assert!(
        (320 * 240 / 5..320 * 240 * 9 / 10).contains(&background),
        "{background} of background"
    );
}

#[test]
fn every_export_is_written() {
    let world = built();
    for format in Format::ALL.iter().filter(|format| format.can(Direction::Write)) {
        let name = format!("castle.{}", format.extensions()[0]);
        world.run(&["export", &name]);
        let bytes = |name: &str| std::fs::metadata(world.path(name)).map_or(0, |file| file.len());
        // What a mesh is made of stands beside it.
        let buffer = if *format == Format::Gltf { bytes("castle.bin") } else { 0 };
        let length = bytes(&name) + buffer;
        assert!(length > 5_000, "{name} has {length} bytes");
    }
}
