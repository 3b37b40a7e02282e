//! Every voxel format that is both read and written: what is written comes back, and files that are cut
//! or changed do no harm.

use goxel_core::{Project, Volume};
use goxel_proto::types::{Loss, Pos, Rgba};
use proptest::prelude::*;

use crate::testing::{bytes_of, project_of, round_trip, sample_project, torture, volumes};
use crate::{Format, write};

/// Formats that keep colours and places as they are.
const FAITHFUL: [Format; 6] =
    [Format::Qb, Format::Qbt, Format::Kv6, Format::Csv, Format::Slices, Format::Txt];
/// Formats whose boxes begin at the origin.
const WITHOUT_PLACE: [Format; 2] = [Format::Xraw, Format::Npy];
/// Formats that have colours of their own.
const OTHERS: [Format; 5] =
    [Format::Kvx, Format::Binvox, Format::Schem, Format::Schematic, Format::Litematic];

/// All but maps, which are large however little is in them.
fn small() -> impl Iterator<Item = Format> {
    FAITHFUL.into_iter().chain(WITHOUT_PLACE).chain(OTHERS)
}

fn back(volume: &Volume, format: Format) -> Volume {
    let layers = round_trip(&project_of(volume.clone()), format).layers;
    layers.into_iter().next().map(|layer| layer.volume).unwrap_or_default()
}

/// The volume with its lowest corner at the origin.
fn at_origin(volume: &Volume) -> Volume {
    let min = volume.bounds().map_or([0; 3], |bounds| bounds.min);
    let moved = |pos: Pos| Pos::from([0, 1, 2].map(|axis| pos.to_array()[axis] - min[axis] as i32));
    volume.voxels().map(|(pos, rgba)| (moved(pos), rgba)).collect()
}

fn coloured(volume: &Volume, f: impl Fn(Rgba) -> Rgba) -> Volume {
    volume.voxels().map(|(pos, rgba)| (pos, f(rgba))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn voxels_come_back(volume in volumes()) {
        for format in FAITHFUL {
            prop_assert!(back(&volume, format) == volume, "{}", format);
        }
        for format in WITHOUT_PLACE {
            prop_assert!(back(&volume, format) == at_origin(&volume), "{}", format);
        }
        let white = coloured(&volume, |_| Rgba::WHITE);
        prop_assert!(back(&volume, Format::Binvox) == white);
        for format in OTHERS {
            // Once in the colours of the format, they stay.
            let once = back(&volume, format);
            prop_assert_eq!(once.count(), volume.count(), "{}", format);
            prop_assert!(back(&once, format) == once, "{}", format);
            prop_assert!(coloured(&once, |_| Rgba::WHITE) == white, "{}", format);
        }
    }
}

#[test]
fn maps_come_back() {
    let volume: Volume = (0..3000)
        .map(|i| (Pos::new(i * 37 % 512, i * 53 % 512, i * 29 % 64), Rgba::opaque(i as u8, 9, 1)))
        .collect();
    assert!(back(&volume, Format::AceOfSpades) == volume);
}

#[test]
fn alpha_comes_back_where_it_is_kept() {
    let alphas: Volume = (0..200)
        .map(|i| (Pos::new(i % 7, i / 7, 3), Rgba::new(i as u8, 9, 8, i as u8 + 1)))
        .collect();
    for format in [Format::Csv, Format::Slices, Format::Qb] {
        assert!(back(&alphas, format) == alphas, "{format}");
    }
    for format in WITHOUT_PLACE {
        assert!(back(&alphas, format) == at_origin(&alphas), "{format}");
    }
}

#[test]
fn colours_of_kvx_are_near() {
    let volume: Volume = (0..125)
        .map(|i| (Pos::new(i % 5, i / 5 % 5, i / 25), Rgba::opaque(i as u8 * 2, 255 - i as u8, 77)))
        .collect();
    let read = back(&volume, Format::Kvx);
    for (pos, rgba) in volume.voxels() {
        let near = read.get(pos).0;
        assert!((0..3).all(|c| near[c].abs_diff(rgba.0[c]) <= 2), "{rgba:?} became {near:?}");
    }
    let mut bytes = Vec::new();
    let report = write(&project_of(volume), Format::Kvx, &Default::default(), &mut bytes).unwrap();
    let what = &report.warnings[0].what;
    assert!(what.contains("at most 2 of 255 away"), "{what}");
}

#[test]
fn names_and_layers_come_back_where_they_are_kept() {
    for format in [Format::Qb, Format::Qbt] {
        let read = round_trip(&sample_project(), format);
        let names: Vec<_> = read.layers.iter().map(|layer| layer.name.as_str()).collect();
        assert_eq!(names, ["solid", "mixed é"], "{format}");
    }
}

#[test]
fn an_empty_project_is_a_good_file() {
    for format in small() {
        let read = round_trip(&Project::new("e", [4; 3]), format);
        assert!(read.layers.iter().all(|layer| layer.volume.is_empty()), "{format}");
    }
}

#[test]
fn what_is_lost_is_told() {
    let project = sample_project();
    let losses = |format: Format| {
        let report = write(&project, format, &Default::default(), &mut Vec::new()).unwrap();
        report.warnings.into_iter().map(|warning| warning.code).collect::<Vec<_>>()
    };
    assert!(losses(Format::Xraw).contains(&Loss::Position));
    assert!(losses(Format::Npy).contains(&Loss::Position));
    assert!(losses(Format::AceOfSpades).contains(&Loss::Position));
    assert!(losses(Format::Binvox).contains(&Loss::Colors));
    assert!(losses(Format::Kvx).contains(&Loss::ColorsReduced));
    assert!(losses(Format::Schem).contains(&Loss::ColorsReduced));
    assert!(losses(Format::Kv6).contains(&Loss::ThinVoxels));
    assert!(losses(Format::Qbt).contains(&Loss::Alpha));
}

#[test]
fn bad_files_are_refused() {
    let few: Volume =
        [(Pos::new(1, 2, 3), Rgba::WHITE), (Pos::new(1, 0, 5), Rgba::BLACK)].into_iter().collect();
    for format in small() {
        let good = bytes_of(&project_of(few.clone()), format);
        let refused = torture(&good, format, 3);
        // Text may end after any line, and what comes last in some need not be there.
        let least = match format {
            Format::Txt | Format::Csv => 1,
            Format::Slices => good.len() / 6,
            _ => good.len() / 4,
        };
        assert!(refused >= least, "{format}: {refused} of {}", good.len());
    }
    let good = bytes_of(&project_of(few), Format::AceOfSpades);
    assert!(torture(&good, Format::AceOfSpades, good.len() / 20) > 19);
}

#[test]
fn boxes_that_lie_are_refused_before_anything_is_made() {
    let edge = u32::MAX.to_le_bytes();
    let start = |magic: &[u8], head: &[u8]| [magic, head, &edge, &edge, &edge, &[0; 64]].concat();
    for (format, bytes) in [
        (Format::Kv6, start(b"Kvxl", &[])),
        (Format::Xraw, start(b"XRAW", &[0, 4, 8, 8])),
        (Format::Cub, start(&[], &[])),
        (Format::Vxm, start(b"VXMC", &[])),
        (Format::Binvox, b"#binvox 1\ndim 99999999 99999999 9999999\ndata\n".to_vec()),
        (Format::Qb, start(&[1, 1, 0, 0], &[&[0; 16][..], &[1, 0, 0, 0, 0]].concat())),
    ] {
        assert!(crate::read(&bytes, format).is_err(), "{format}");
    }
}
