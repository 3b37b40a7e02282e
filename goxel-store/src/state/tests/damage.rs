//! Bytes that are not what was written: each bit, each end, and what only somebody hostile writes.

use goxel_core::Project;

use super::random::Maker;
use super::{apply, assert_same, change, decode, encode};
use crate::state::bytes::{Put, Taker};
use crate::state::section::{Sections, Tag};
use crate::state::{MAY_SKIP, StateError, Summary, Writer, structure, summary};

/// A project of some kilobytes.
fn sample() -> Project {
    let made = |seed| Maker::new(seed).project();
    let fits = |project: &Project| (2000..30_000).contains(&encode(project).len());
    (0..).map(made).find(fits).unwrap()
}

#[test]
fn each_flipped_bit_is_refused() {
    let bytes = encode(&sample());
    let mut maker = Maker::new(11);
    let heads = 0..8 * 600;
    let rest = (0..20_000).map(|_| maker.below(8 * bytes.len() as u64) as usize);
    for bit in heads.chain(rest) {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(decode(&flipped).is_err(), "bit {bit}");
    }
}

#[test]
fn each_end_is_refused() {
    let bytes = encode(&sample());
    for end in 0..bytes.len() {
        assert!(decode(&bytes[..end]).is_err(), "cut at {end}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(decode(&longer).is_err());
}

#[test]
fn each_flipped_bit_and_each_end_of_a_change_is_refused() {
    let before = sample();
    let mut after = before.snapshot();
    let mut maker = Maker::new(5);
    (0..5).for_each(|_| maker.edit(&mut after));
    let bytes = change(&before, &after).expect("some edits");
    let mut project = before.snapshot();
    for bit in 0..(8 * bytes.len()).min(30_000) {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(apply(&mut project, &flipped).is_err(), "bit {bit}");
    }
    for end in 0..bytes.len() {
        assert!(apply(&mut project, &bytes[..end]).is_err(), "cut at {end}");
    }
    assert_same(&project, &before);
}

/// The bytes of a project of these sections, whose checksums are right.
fn written(put: impl FnOnce(&mut Writer<'_, Vec<u8>>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::begin(&mut bytes).unwrap();
    put(&mut writer);
    writer.end().unwrap();
    bytes
}

/// The sections that there have to be, and after them what `more` puts.
fn with(more: impl FnOnce(&mut Writer<'_, Vec<u8>>)) -> Vec<u8> {
    let project = Project::new("p", [8; 3]);
    with_summary(&Summary::of(&project), more)
}

/// As [`with`], but the project is said to be another one.
fn with_summary(summary: &Summary, more: impl FnOnce(&mut Writer<'_, Vec<u8>>)) -> Vec<u8> {
    let project = Project::new("p", [8; 3]);
    written(|writer| {
        let mut body = Vec::new();
        summary.put(&mut body);
        writer.put(Tag::Project, &body).unwrap();
        body.clear();
        structure::put_head(&project, &mut body);
        writer.put(Tag::Head, &body).unwrap();
        body.clear();
        structure::put_layers(project.layers(), &mut body);
        writer.put(Tag::Layers, &body).unwrap();
        body.clear();
        structure::put_scene(project.scene(), &mut body);
        writer.put(Tag::Scene, &body).unwrap();
        more(writer);
    })
}

#[test]
fn an_unknown_section_is_skipped_where_it_may_be() {
    let expected = Project::new("p", [8; 3]);
    assert_same(&decode(&with(|_| ())).unwrap(), &expected);
    let skipped = with(|writer| writer.put_section(b"NEWS", MAY_SKIP, b"of tomorrow").unwrap());
    assert_same(&decode(&skipped).unwrap(), &expected);
    let unknown = |section: &str| Err(section.to_owned());
    let refused = |bytes: &[u8]| match decode(bytes) {
        Err(StateError::Unknown { section, .. }) => Err(section),
        other => panic!("{:?}", other.map(|_| ())),
    };
    let needed = with(|writer| writer.put_section(b"NEWS", 0, b"of tomorrow").unwrap());
    assert_eq!(refused(&needed), unknown("NEWS") as Result<(), String>);
    let flags = with(|writer| writer.put_section(b"NEWS", MAY_SKIP | 2, b"").unwrap());
    assert_eq!(refused(&flags), unknown("NEWS"));
}

#[test]
fn sections_that_are_missing_or_there_twice_are_refused() {
    assert!(decode(&written(|_| ())).is_err());
    let twice = with(|writer| writer.put(Tag::Project, &[0; 28]).unwrap());
    let refused = decode(&twice).map(|_| ());
    assert!(matches!(refused, Err(StateError::Damaged { section, .. }) if section == "PROJ"));
    let mut later = encode(&Project::new("p", [8; 3]));
    later[8] = 2;
    let checksum = crc32fast::hash(&later[..12]);
    later[12..16].copy_from_slice(&checksum.to_le_bytes());
    let refused = decode(&later).map(|_| ());
    assert_eq!(refused, Err(StateError::Format { found: 2, ours: 1 }));
    assert_eq!(decode(b"GOX ....").map(|_| ()), Err(StateError::NoState));
}

#[test]
fn a_summary_is_what_the_first_bytes_say() {
    let project = sample();
    let bytes = encode(&project);
    let found =
        (0..bytes.len()).find_map(|end| summary(&bytes[..end]).ok().flatten().zip(Some(end)));
    let (found, end) = found.unwrap();
    assert_eq!(found, Summary::of(&project));
    assert_eq!((found.name.as_str(), found.voxels), (project.name(), project.count()));
    assert!(end < 400, "{end} bytes");
    for bit in 0..8 * end {
        let mut flipped = bytes[..end].to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(!matches!(summary(&flipped), Ok(Some(_))), "bit {bit}");
    }
}

#[test]
fn another_number_of_voxels_than_there_are_is_refused() {
    let summary = Summary::of(&Project::new("p", [8; 3]));
    let bytes = with_summary(&Summary { voxels: 1, ..summary }, |_| ());
    let refused = decode(&bytes).map(|_| ()).unwrap_err().to_string();
    assert!(refused.contains("another number of voxels"), "{refused}");
}

#[test]
fn hostile_places_are_refused() {
    let huge = u64::MAX;
    let page = |runs: &[u64]| {
        let mut body = vec![1, 0, 1, 0, 0, 0];
        runs.iter().for_each(|run| body.put_varint(*run));
        body
    };
    let far = {
        let mut body = vec![1, 0, 1];
        body.put_signed(1 << 24);
        body.extend([0, 0, 0]);
        body
    };
    let overflow = {
        let mut body = vec![1, 0, 1];
        body.put_signed(i64::MIN);
        body
    };
    // A layer that is not there, a base, tiles that are not there, runs that are too long or unknown.
    let bodies = [
        vec![9, 0, 0],
        vec![1, 1, 0],
        vec![1, 0, 2],
        vec![1, 0],
        far,
        overflow,
        page(&[1 | 1 << 3]),
        page(&[2 | 1 << 3, 0]),
        page(&[2 | 1 << 3, 1]),
        page(&[2 | 1 << 3, huge]),
        page(&[1 | huge << 3]),
        page(&[1]),
        page(&[513 << 3]),
        page(&[4]),
        page(&[4 | 33 << 3]),
        page(&[5 | 1 << 3]),
        page(&[3 | 1 << 3, 1, 1, 1, 0]),
    ];
    for body in bodies {
        let bytes = with(|writer| writer.put(Tag::Places, &body).unwrap());
        assert!(decode(&bytes).is_err(), "{body:?}");
    }
}

#[test]
fn hostile_lengths_are_refused() {
    let long = |tag: Tag, at_start: &[u8]| {
        let mut body = at_start.to_vec();
        body.put_varint(u64::MAX);
        let mut from = Taker::new(tag.name(), 0, &body);
        match tag {
            Tag::Layers => structure::take_layers(&mut from).map(|_| ()),
            _ => structure::take_scene(&mut from).map(|_| ()),
        }
    };
    assert!(long(Tag::Layers, &[]).is_err());
    assert!(long(Tag::Layers, &[1, 1, 0, 0, 0, 0, 0, 0, 0, 0]).is_err(), "a name");
    assert!(long(Tag::Scene, &[1, 0, 0, 0]).is_err(), "materials");
    assert!(long(Tag::Scene, &[1, 0, 0, 0, 0, 1, 0, 0, 0]).is_err(), "cameras");
    let tiles = with(|writer| writer.put(Tag::Tiles, &[1, 0xff, 0xff, 0xff, 0xff, 15]).unwrap());
    assert!(decode(&tiles).is_err());
}

#[test]
fn an_error_says_where_it_is() {
    let bytes = with(|writer| {
        // A block of one tile that ends early.
        writer.put(Tag::Tiles, &[0, 2, 0, 1]).unwrap();
    });
    let tiles = bytes.windows(4).position(|name| name == b"TILE").unwrap() as u64;
    let Err(error) = decode(&bytes) else { panic!("refused") };
    let (section, what) = ("TILE".to_owned(), "it ends too early");
    assert_eq!(error, StateError::Damaged { section, offset: tiles + 16, what });
    let text = format!(
        "section TILE at byte {} is damaged: it ends too early; use an older copy",
        tiles + 16
    );
    assert_eq!(error.to_string(), text);
}

#[test]
fn random_bodies_never_panic() {
    let mut maker = Maker::new(21);
    for _ in 0..20_000 {
        let tag = [Tag::Head, Tag::Layers, Tag::Scene, Tag::Tiles, Tag::Places];
        let tag = tag[maker.below(5) as usize];
        let body: Vec<u8> = (0..maker.below(60))
            .map(|_| if maker.below(2) == 0 { maker.below(6) } else { maker.next() } as u8)
            .collect();
        // It may be a project: only that it comes to an end is told here.
        let _ = decode(&with(|writer| writer.put(tag, &body).unwrap()));
    }
}
