//! Schematics of all kinds, there and back.

use goxel_core::{Volume, Work};
use goxel_proto::types::{Loss, Pos, Rgba};

use super::blocks::{BLOCKS, look};
use super::nbt;
use crate::budget::Budget;
use crate::testing::{bytes_of, project_of, round_trip};
use crate::{Error, Format};

const KINDS: [Format; 3] = [Format::Schem, Format::Schematic, Format::Litematic];

#[test]
fn blocks_come_back_as_they_look() {
    let place = |at: usize| Pos::new(at as i32 % 7 - 3, at as i32 / 7 % 5 + 9, at as i32 / 35 - 2);
    for format in KINDS {
        // As many as need two bytes, or 8 bits; those with a number are fewer.
        let volume: Volume = BLOCKS
            .iter()
            .enumerate()
            .map(|(at, (_, [r, g, b]))| (place(at), Rgba::opaque(*r, *g, *b)))
            .collect();
        let once = round_trip(&project_of(volume.clone()), format).layers[0].volume.clone();
        assert_eq!((once.count(), once.bounds()), (volume.count(), volume.bounds()), "{format}");
        if format != Format::Schematic {
            assert!(once == volume, "{format}");
        }
        let twice = round_trip(&project_of(once.clone()), format).layers[0].volume.clone();
        assert!(twice == once, "{format}");
    }
}

#[test]
fn colours_become_the_nearest_block_and_that_is_told() {
    let pink = Rgba::opaque(237, 140, 170);
    let project = project_of([(Pos::ZERO, pink)].into_iter().collect());
    for format in KINDS {
        let mut bytes = Vec::new();
        let report = crate::write(&project, format, &Default::default(), &mut bytes).unwrap();
        let what = &report.warnings[0].what;
        assert!(what.contains("at most 2 of 255 away in a channel, 2.0 in the mean"), "{what}");
        let read = crate::read(&bytes, format).unwrap();
        assert_eq!(read.layers[0].volume.get(Pos::ZERO), look("pink_wool"), "{format}");
    }
}

#[test]
fn a_bomb_is_stopped_at_the_limit() {
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1 << 20];
    for _ in 0..(nbt::UNPACKED_BYTES_MAX >> 20) + 1 {
        std::io::Write::write_all(&mut bomb, &zeros).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    let work = Work::unbounded();
    let error = nbt::unpack(&bomb, &mut Budget::for_file(bomb.len(), &work)).unwrap_err();
    assert!(matches!(error, Error::TooLarge(_)), "{error}");
}

#[test]
fn tags_are_checked_before_they_are_read() {
    let check = |bytes: &[u8], what: &str| {
        let error = nbt::check(bytes).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    };
    assert!(nbt::check(&[10, 0, 0, 0]).is_ok());
    check(&[1, 0, 0, 0], "no compound (at byte 0)");
    check(&[10, 0, 0, 13, 0, 0], "a tag of kind 13 (at byte 3)");
    check(&[10, 0, 0, 7, 0, 0, 0xff, 0xff, 0xff, 0xff], "a length of -1 (at byte 6)");
    check(&[10, 0, 0, 12, 0, 0, 0x7f, 0, 0, 0], "are announced, 0 are left (at byte 10)");
    check(&[10, 0, 0, 9, 0, 0, 0, 0, 0, 0, 1], "a list of 1 times nothing");
    let mut deep = vec![10, 0, 0, 9, 0, 0];
    (0..1000).for_each(|_| deep.extend([9, 0, 0, 0, 1]));
    check(&deep, "tags more than 512 deep");
    let mut many = vec![10, 0, 0, 9, 0, 0, 1];
    many.extend((5i32 << 20).to_be_bytes());
    many.extend(vec![0; 5 << 20]);
    check(&many, "more than 4194304 tags");
}

#[test]
fn names_that_java_writes_otherwise_do_no_harm() {
    let project = goxel_core::Project::from_layers("a\u{1f600}é\0", [1; 3], vec![]);
    assert!(crate::read(&bytes_of(&project, Format::Litematic), Format::Litematic).is_ok());
}

#[test]
fn what_is_no_voxel_is_told() {
    let mut bytes = Vec::new();
    let mut nbt = nbt::Writer::new(&mut bytes, "Schematic").unwrap();
    for edge in ["Width", "Height", "Length"] {
        nbt.short(edge, 1).unwrap();
    }
    nbt.compound("Palette").unwrap();
    nbt.int("mod:thingummy", 0).unwrap();
    nbt.end().unwrap();
    nbt.bytes("BlockData", 1).unwrap();
    nbt.raw(&[0]).unwrap();
    nbt.compounds("Entities", 2).unwrap();
    nbt.end().unwrap();
    nbt.end().unwrap();
    // Some other program might mean something else by it.
    nbt.string("TileEntities", "none").unwrap();
    nbt.compounds("BlockEntities", 1).unwrap();
    nbt.string("Id", "minecraft:sign").unwrap();
    nbt.end().unwrap();
    nbt.finish().unwrap();
    let document = crate::read(&bytes, Format::Schem).unwrap();
    let told: Vec<_> =
        document.warnings.iter().map(|warning| (warning.code, warning.count)).collect();
    assert_eq!(told, [(Loss::ForeignData, 3), (Loss::Colors, 1)]);
    assert_eq!(document.layers[0].volume.count(), 1);
}
