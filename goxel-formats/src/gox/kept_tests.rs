//! What other programs write into `.gox` files, and previews.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use goxel_core::{Opaque, Owner, Project};
use goxel_proto::types::{LayerId, Loss};

use super::tests::File;
use crate::testing::{bytes_of, corpus_files, sample_project, torture};
use crate::{Format, WriteOptions, read, write};

type Chunk = ([u8; 4], Vec<u8>);

/// All chunks in their order.
fn chunks(file: &[u8]) -> Vec<Chunk> {
    let (mut chunks, mut rest) = (Vec::new(), &file[8..]);
    while let Some((head, body)) = rest.split_first_chunk::<8>() {
        let length = u32::from_le_bytes(head[4..].try_into().unwrap()) as usize;
        chunks.push((head[..4].try_into().unwrap(), body[..length].to_vec()));
        rest = &body[length + 4..];
    }
    chunks
}

fn project(file: &[u8]) -> Project {
    read(file, Format::Gox).unwrap().into_project("p")
}

/// A file of another program, with chunks, keys and values that only that one knows.
fn strange() -> File {
    let number = 7i32.to_le_bytes();
    File::new(2)
        .dict(b"IMG ", &[("tint", b"blue")])
        .dict(b"CLRH", &[("a", b"b")])
        .dict(b"MATE", &[("name", b"m"), ("shine", &number)])
        .layer(&[], &[("name", b"one"), ("parent_id", &number), ("locked", &[1])])
        .layer(&[], &[("name", b"two")])
        .dict(b"PLAC", &[("c", b"d")])
        .dict(b"CAMR", &[("name", b"c"), ("standing_h", &number)])
        .dict(b"LIGH", &[("warmth", &number)])
}

#[test]
fn what_is_not_known_comes_back_where_it_was() {
    let project = project(&strange().0);
    let again = chunks(&bytes_of(&project, Format::Gox));
    let kinds: Vec<&[u8]> = again.iter().map(|(kind, _)| &kind[..]).collect();
    let expected: [&[u8]; 8] =
        [b"IMG ", b"MATE", b"CLRH", b"LAYR", b"LAYR", b"CAMR", b"LIGH", b"PLAC"];
    assert_eq!(kinds, expected);
    let has = |at: usize, key: &[u8]| again[at].1.windows(key.len()).any(|window| window == key);
    for (at, key) in [
        (0, &b"tint\x04\0\0\0blue"[..]),
        (1, b"shine\x04\0\0\0\x07"),
        (2, b"a\x01\0\0\0b"),
        (3, b"parent_id\x04\0\0\0\x07"),
        (3, b"locked\x01\0\0\0\x01"),
        (5, b"standing_h"),
        (6, b"warmth"),
        (7, b"c\x01\0\0\0d"),
    ] {
        assert!(has(at, key), "{at}: {}", String::from_utf8_lossy(key));
    }
    assert!(!has(4, b"locked"), "of the other layer");
    // What is written again is the same.
    let once = bytes_of(&project, Format::Gox);
    assert!(bytes_of(&self::project(&once), Format::Gox) == once);
    torture(&strange().0, Format::Gox, 1);
}

#[test]
fn what_belongs_to_something_goes_with_it() {
    let mut project = project(&strange().0);
    for command in [
        goxel_core::Command::DeleteLayer(goxel_proto::types::LayerRef::Id(LayerId(1))),
        goxel_core::Command::RemoveMaterial(goxel_proto::types::MaterialId(1)),
    ] {
        project.apply(command).unwrap();
    }
    let again = bytes_of(&project, Format::Gox);
    for gone in [&b"locked"[..], b"shine"] {
        assert!(!again.windows(gone.len()).any(|window| window == gone));
    }
    project.undo();
    project.undo();
    assert!(bytes_of(&project, Format::Gox) == bytes_of(&self::project(&strange().0), Format::Gox));
}

#[test]
fn values_that_are_too_long_for_goxel_are_left_out() {
    let long = [b'x'; 256];
    let file = File::new(2).layer(&[], &[("name", b"one"), ("long", &long), ("short", b"y")]);
    let document = read(&file.0, Format::Gox).unwrap();
    let kept = document.scene.opaque();
    assert_eq!(kept.len(), 1);
    assert_eq!(&*kept[0].bytes, b"\x05\0\0\0short\x01\0\0\0y");
    assert_eq!(document.warnings.len(), 1);
    assert_eq!((document.warnings[0].code, document.warnings[0].count), (Loss::ForeignData, 1));
}

#[test]
fn what_other_formats_keep_goes_through() {
    let mut scene = sample_project().scene().clone();
    let opaque = |of, tag: &str| Opaque {
        of,
        format: "vox".to_owned(),
        tag: tag.to_owned(),
        bytes: [1, 2, 3].into(),
    };
    scene
        .set_opaque(vec![opaque(Owner::Project, "chunks"), opaque(Owner::Layer(LayerId(3)), "x")])
        .unwrap();
    let project = sample_project().with_scene(scene.clone());
    let file = bytes_of(&project, Format::Gox);
    assert_eq!(self::project(&file).scene().opaque(), scene.opaque());
    torture(&file, Format::Gox, 1999);
}

#[test]
fn a_preview_is_what_the_caller_draws() {
    let project = sample_project();
    let draw = |project: &Project, picture: &crate::Picture| {
        Ok(format!("{} {:?}", project.name(), picture.size).into_bytes())
    };
    let fails = |_: &Project, _: &crate::Picture| Err("no paper".to_owned());
    let written = |options: WriteOptions<'_>| {
        let mut file = Vec::new();
        write(&project, Format::Gox, &options, &mut file).unwrap();
        file
    };
    let with = written(WriteOptions { draw: Some(&draw), ..WriteOptions::default() });
    assert_eq!(chunks(&with)[1], (*b"PREV", b"sample [128, 128]".to_vec()));
    let without = bytes_of(&project, Format::Gox);
    assert!(written(WriteOptions { draw: Some(&fails), ..WriteOptions::default() }) == without);
    assert!(chunks(&without).iter().all(|(kind, _)| kind != b"PREV"));
    // One that was there is drawn anew, or left out.
    assert!(bytes_of(&self::project(&with), Format::Gox) == without);
}

/// The keys and values of a dict.
fn entries(mut dict: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut entries = BTreeMap::new();
    let take = |dict: &mut &[u8]| -> Option<Vec<u8>> {
        let (length, rest) = dict.split_first_chunk::<4>()?;
        let (taken, rest) = rest.split_at(u32::from_le_bytes(*length) as usize);
        *dict = rest;
        Some(taken.to_vec())
    };
    while let Some(key) = take(&mut dict).filter(|key| !key.is_empty()) {
        let value = take(&mut dict).unwrap();
        entries.insert(String::from_utf8_lossy(&key).into_owned(), value);
    }
    entries
}

#[test]
fn every_file_of_the_corpus_comes_back() {
    let is_ours = |path: &Path| path.extension().is_some_and(|extension| extension == "gox");
    let Some(files) = corpus_files(is_ours) else { return };
    files.iter().for_each(|path| of_corpus(path));
    assert!(files.len() > 5, "{} files", files.len());
}

/// All chunks but blocks and the preview are there in the same order, and say the same.
fn of_corpus(path: &Path) {
    let file = fs::read(path).unwrap();
    let again = bytes_of(&project(&file), Format::Gox);
    assert_eq!(project(&again).layers(), project(&file).layers(), "{}", path.display());
    let told = |file: &[u8]| {
        let told = chunks(file).into_iter().filter(|(kind, _)| !matches!(kind, b"PREV" | b"BL16"));
        told.collect::<Vec<_>>()
    };
    let (before, after) = (told(&file), told(&again));
    for kind in [b"IMG ", b"MATE", b"LAYR", b"CAMR", b"LIGH"] {
        let of = |told: &[Chunk]| -> Vec<Vec<u8>> {
            let found = told.iter().filter(|(known, _)| known == kind);
            found.map(|(_, body)| body.clone()).collect()
        };
        for (before, after) in of(&before).iter().zip(of(&after)) {
            compare(kind, before, &after, path);
        }
        // A file may lack an image box, which a project has.
        assert!(of(&after).len() >= of(&before).len(), "{}", path.display());
    }
    for (kind, body) in before {
        if !matches!(&kind, b"IMG " | b"MATE" | b"LAYR" | b"CAMR" | b"LIGH") {
            assert!(after.contains(&(kind, body)), "{}: {kind:?}", path.display());
        }
    }
}

fn compare(kind: &[u8; 4], before: &[u8], after: &[u8], path: &Path) {
    let dict = |body: &[u8]| {
        let count = body.first_chunk().map_or(0, |count| u32::from_le_bytes(*count) as usize);
        entries(if kind == b"LAYR" { &body[4 + 20 * count..] } else { body })
    };
    let (before, after) = (dict(before), dict(after));
    // A shape or a clone becomes voxels, which stand where it was.
    let is_made =
        before.contains_key("shape") || before.get("base_id").is_some_and(|id| id != &[0; 4]);
    for (key, value) in before {
        let is_rebuilt = is_made && matches!(&key[..], "shape" | "color" | "mat" | "base_id");
        // Four bytes of colour become four numbers; a material that is not there is none.
        let is_other = (kind == b"MATE" && key == "color" && value.len() == 4) || key == "material";
        if !is_rebuilt && !is_other {
            assert_eq!(after.get(&key), Some(&value), "{}: {key}", path.display());
        }
    }
}
