//! Files of both versions, of other programs, and of nobody's good will.

use goxel_core::{BlendMode, Command, Layer, Project, Tile, TilePos, TileRef, Volume};
use goxel_proto::types::{Aabb, LayerId, LayerRef, Pos, Rgba};
use proptest::prelude::*;

use super::block;
use super::dict::Dict;
use super::matrix::Affine;
use crate::limits::PLACED_VOXELS_MAX;
use crate::testing::{bytes_of, project_of, round_trip, sample_project, torture, volumes};
use crate::{Document, Error, Format, Result, WriteOptions};

/// Reads a whole file.
fn read(bytes: &[u8]) -> Result<Document> {
    crate::read(bytes, Format::Gox)
}

/// A file that is put together by hand.
pub(super) struct File(pub(super) Vec<u8>);

impl File {
    pub(super) fn new(version: i32) -> Self {
        let mut bytes = b"GOX ".to_vec();
        bytes.extend(version.to_le_bytes());
        Self(bytes)
    }

    fn chunk(mut self, kind: &[u8; 4], body: &[u8]) -> Self {
        self.0.extend(kind);
        self.0.extend((body.len() as i32).to_le_bytes());
        self.0.extend(body);
        self.0.extend([9; 4]);
        self
    }

    fn block(self, tile: &Tile) -> Self {
        let picture = block::encode(TileRef::Stored(tile)).unwrap();
        self.chunk(b"BL16", &picture)
    }

    pub(super) fn layer(self, places: &[[i32; 4]], entries: &[(&str, &[u8])]) -> Self {
        let mut body = (places.len() as i32).to_le_bytes().to_vec();
        for place in places {
            place.iter().chain(&[0]).for_each(|number| body.extend(number.to_le_bytes()));
        }
        body.extend(dict(entries));
        self.chunk(b"LAYR", &body)
    }

    pub(super) fn dict(self, kind: &[u8; 4], entries: &[(&str, &[u8])]) -> Self {
        self.chunk(kind, &dict(entries))
    }

    pub(super) fn read(&self) -> Document {
        read(&self.0).unwrap()
    }

    fn error(&self) -> String {
        read(&self.0).unwrap_err().to_string()
    }
}

fn dict(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut dict = Dict::default();
    entries.iter().for_each(|(key, value)| dict.add(key, value));
    dict.0
}

/// Numbers as they stand in a file.
pub(super) fn floats(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn white() -> Tile {
    Tile::Uniform(Rgba::WHITE)
}

#[test]
fn everything_of_a_project_comes_back() {
    let project = sample_project();
    let document = round_trip(&project, Format::Gox);
    assert_eq!(document.image, Some(project.image_box()));
    assert_eq!((document.layers.as_slice(), &document.scene), (project.layers(), project.scene()));
    let again = document.into_project("again");
    assert_eq!(bytes_of(&again, Format::Gox), bytes_of(&project, Format::Gox));
}

#[test]
fn an_empty_project_comes_back() {
    let project = Project::new("empty", [1, 2, 3]);
    let document = round_trip(&project, Format::Gox);
    let image = Aabb { min: [0, -1, 0], max: [1, 1, 3] };
    assert_eq!((document.layers.as_slice(), document.image), (project.layers(), Some(image)));
    assert_eq!(&document.scene, project.scene());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    #[test]
    fn volumes_come_back(volume in volumes()) {
        let document = round_trip(&project_of(volume.clone()), Format::Gox);
        prop_assert_eq!(&document.layers[0].volume, &volume);
    }
}

#[test]
fn alike_tiles_are_one_block_and_empty_ones_none() {
    let mut volume = Volume::new();
    let mut tile = Tile::EMPTY;
    tile.set(9, Rgba::BLACK);
    let mut emptied = tile.clone();
    emptied.set(9, Rgba::EMPTY);
    volume.replace_tile(TilePos([0, 0, 0]), tile.clone());
    volume.replace_tile(TilePos([1, 0, 0]), tile);
    volume.set(Pos::new(-7, 0, 0), Rgba::BLACK);
    volume.replace_tile(TilePos([2, 0, 0]), emptied);
    volume.fill(&Aabb { min: [0, 0, 64], max: [64, 64, 128] }, Rgba::WHITE);
    let bytes = bytes_of(&project_of(volume.clone()), Format::Gox);
    let blocks = bytes.windows(4).filter(|window| window == b"BL16").count();
    assert_eq!(blocks, 2);
    assert_eq!(read(&bytes).unwrap().layers[0].volume, volume);
}

#[test]
fn unaligned_blocks_and_those_of_version_1_are_moved() {
    let places = [[0, -15, 3, 40]];
    let volume = &File::new(2).block(&white()).layer(&places, &[]).read().layers[0].volume;
    let aabb = Aabb { min: [-15, 3, 40], max: [1, 19, 56] };
    assert_eq!((volume.bounds(), volume.count()), (Some(aabb), 4096));

    // The second one overlaps the first by two voxels, and wins.
    let black = Tile::Uniform(Rgba::BLACK);
    let places = [[0, 0, 0, 0], [1, 14, 0, 0]];
    let old = File::new(1).block(&white()).block(&black).layer(&places, &[]);
    let volume = &old.read().layers[0].volume;
    assert_eq!(volume.count(), 30 * 256);
    assert_eq!(volume.get(Pos::new(5, -8, -8)), Rgba::WHITE);
    assert_eq!(volume.get(Pos::new(6, -8, -8)), Rgba::BLACK);
}

#[test]
fn unknown_and_missing_things_are_passed_over() {
    let file = File::new(2)
        .chunk(b"PLAC", b"\x03\0\0\0abc")
        .block(&white())
        .layer(&[[0, 0, 0, 0]], &[("name", b"a"), ("colour", b"?"), ("mode", b"x")])
        .layer(&[[0, 16, 0, 0]], &[("mode", &[8, 0, 0, 0]), ("visible", &[0]), ("id", &[255; 4])]);
    let document = file.read();
    assert_eq!(document.image, None);
    let [first, second] = document.layers.as_slice() else { panic!() };
    assert_eq!((first.name.as_str(), first.mode, first.visible), ("a", BlendMode::Over, true));
    assert_eq!((second.mode, second.visible), (BlendMode::Replace, false));
    // A layer with a key that is not known has an id, by which that is kept.
    assert_eq!((first.id, second.id), (LayerId(1), LayerId(2)));
    let project = document.into_project("p");
    assert_eq!(project.image_box(), Aabb { min: [0; 3], max: [32, 16, 16] });
}

#[test]
fn shapes_are_drawn() {
    let placed = Affine::of_box(&Aabb { min: [-4, -4, 12], max: [4, 4, 20] }).to_bytes();
    let count = |shape: &str| {
        let entries: [(&str, &[u8]); 3] =
            [("mat", &placed), ("shape", shape.as_bytes()), ("color", &[1, 2, 3, 255])];
        let volume = File::new(2).layer(&[], &entries).read().layers[0].volume.clone();
        assert!(volume.voxels().all(|(_, rgba)| rgba == Rgba::opaque(1, 2, 3)));
        volume.count()
    };
    assert_eq!(["cube", "cylinder", "sphere", "cone"].map(count), [512, 416, 280, 0]);
}

#[test]
fn clones_follow_what_they_are_clones_of() {
    let mut shift = Affine::IDENTITY.to_bytes();
    shift[48..52].copy_from_slice(&5f32.to_le_bytes());
    let id = |number: &'static [u8; 4]| ("id", number.as_slice());
    let base = |number: &'static [u8; 4]| ("base_id", number.as_slice());
    // The clone of a clone stands first; the last two are clones of each other.
    let file = File::new(2)
        .block(&white())
        .layer(&[], &[id(b"\x03\0\0\0"), base(b"\x02\0\0\0"), ("mat", &shift)])
        .layer(&[], &[id(b"\x02\0\0\0"), base(b"\x01\0\0\0"), ("mat", &shift)])
        .layer(&[[0, 0, 0, 0]], &[id(b"\x01\0\0\0")])
        .layer(&[], &[id(b"\x04\0\0\0"), base(b"\x05\0\0\0")])
        .layer(&[], &[id(b"\x05\0\0\0"), base(b"\x04\0\0\0")])
        .layer(&[], &[id(b"\x06\0\0\0"), base(b"\x06\0\0\0")]);
    let low = file.read().layers.iter().map(|layer| layer.volume.bounds()).collect::<Vec<_>>();
    let low = low.iter().map(|bounds| bounds.map(|b| b.min[0])).collect::<Vec<_>>();
    assert_eq!(low, [Some(10), Some(5), Some(0), None, None, None]);
}

#[test]
fn turned_clones_keep_their_voxels() {
    // A quarter turn about z, then three to the right.
    let mut turn = Affine::IDENTITY.to_bytes();
    for (at, number) in [(0, 0f32), (1, 1.0), (4, -1.0), (5, 0.0), (12, 3.0)] {
        turn[4 * at..4 * at + 4].copy_from_slice(&number.to_le_bytes());
    }
    let mut tile = Tile::EMPTY;
    tile.set(2, Rgba::BLACK);
    tile.set(16, Rgba::WHITE);
    let file = File::new(2)
        .block(&tile)
        .layer(&[[0, 0, 0, 0]], &[("id", &[1, 0, 0, 0])])
        .layer(&[], &[("base_id", &[1, 0, 0, 0]), ("mat", &turn)]);
    let volume = &file.read().layers[1].volume;
    assert_eq!(volume.count(), 2);
    assert_eq!(volume.get(Pos::new(3, 2, 0)), Rgba::BLACK);
    assert_eq!(volume.get(Pos::new(2, 0, 0)), Rgba::WHITE);
}

#[test]
fn broken_files_are_refused_with_the_place() {
    assert!(File::new(3).error().contains("version 3"));
    assert!(File::new(0).error().contains("version 0"));
    assert!(File(b"GOX".to_vec()).error().contains("byte 0"));
    assert!(File(b"VOX \x02\0\0\0".to_vec()).error().contains("byte 0"));
    let unused = File::new(2).layer(&[[0, 0, 0, 0]], &[]);
    assert!(unused.error().contains("block 0, which is not there (at byte 16)"));
    let far = File::new(2).block(&white()).layer(&[[0, i32::MAX, 0, 0]], &[]);
    assert!(far.error().contains("out of range"));
    let mut long = File::new(2);
    long.0.extend(b"LAYR\xff\xff\xff\x7f");
    assert!(long.error().contains("2147483647 bytes are announced, 0 are left (at byte 16)"));
    assert!(File::new(2).chunk(b"LAYR", &[255; 4]).error().contains("length of -1"));
    assert!(File::new(2).chunk(b"BL16", b"x").error().contains("at byte 16"));
}

#[test]
fn few_bytes_do_not_become_much_memory() {
    let placed = Affine::of_box(&Aabb { min: [-1 << 30; 3], max: [1 << 30; 3] }).to_bytes();
    let shape = File::new(2).layer(&[], &[("mat", &placed), ("shape", b"cube")]);
    assert!(matches!(read(&shape.0), Err(Error::TooLarge(_))));
    // A block in the same place, again and again.
    let places = vec![[0; 4]; 1 + (PLACED_VOXELS_MAX / 4096) as usize];
    let again = File::new(2).block(&white()).layer(&places, &[]);
    assert!(matches!(read(&again.0), Err(Error::TooLarge(_))));
    // A long row of blocks whose clone is squeezed to a plane, each part as large as all.
    let mut squeezed = [0f32; 16];
    [squeezed[0], squeezed[5], squeezed[10], squeezed[15]] = [1e-6, 200.0, 200.0, 1.0];
    let mat = floats(&squeezed);
    let places: Vec<_> = (0..200).map(|i| [0, 16 * i, 0, 0]).collect();
    let plane = File::new(2)
        .block(&white())
        .layer(&places, &[("id", &[1, 0, 0, 0])])
        .layer(&[], &[("base_id", &[1, 0, 0, 0]), ("mat", &mat)]);
    assert!(matches!(read(&plane.0), Err(Error::TooLarge(_))));
    let mut layers = File::new(2);
    for _ in 0..=goxel_core::limits::LAYERS_MAX {
        layers = layers.layer(&[], &[]);
    }
    assert!(matches!(read(&layers.0), Err(Error::TooLarge(_))));
}

#[test]
fn broken_bytes_do_no_harm() {
    let mut layer = Layer::new(LayerId(1), "a");
    layer.volume = (0..40).map(|i| (Pos::new(i, i % 3, 2), Rgba::opaque(i as u8, 0, 0))).collect();
    let good = bytes_of(&Project::from_layers("p", [8; 3], vec![layer]), Format::Gox);
    // Five of the cuts are between two chunks, where nobody can tell.
    assert_eq!(torture(&good, Format::Gox, 1), good.len() - 5);
    let mut project = sample_project();
    project.apply(Command::ClearLayer(LayerRef::Id(LayerId(1)))).unwrap();
    project.apply(Command::ClearLayer(LayerRef::Id(LayerId(7)))).unwrap();
    // Image, two materials, three layers, three cameras, the light, the palette.
    let good = bytes_of(&project, Format::Gox);
    assert_eq!(torture(&good, Format::Gox, 1), good.len() - 11);
}

#[test]
fn tiles_that_are_all_alike_are_gone_through_with_questions() {
    struct Asked(std::sync::atomic::AtomicU64);
    impl goxel_core::Control for Asked {
        fn check(&self, _: u64, _: u64) -> goxel_core::Result<()> {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok(())
        }
    }
    // 32768 tiles, of which one is written.
    let mut volume = Volume::new();
    let edges = Aabb { min: [0; 3], max: [512; 3] };
    volume.fill(&edges, Rgba::WHITE);
    let project = project_of(volume);
    let asked = Asked(0.into());
    let work = goxel_core::Work::new(u64::MAX, &asked, &goxel_core::Serial);
    super::write::write(&project, &WriteOptions::default(), &work, &mut Vec::new()).unwrap();
    let asked = asked.0.into_inner();
    assert!((30..100).contains(&asked), "{asked} questions");
}
