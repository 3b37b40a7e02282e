//! Files of every format that is read: whatever their bytes, they are refused in words or become layers,
//! within the limits; and what another writer could have made of those layers is written.
//!
//! The first byte chooses the format, the second what follows: the bytes of a file, or changes to a good
//! one, so that what lies deep in a file is met too.
#![no_main]

use std::sync::OnceLock;

use goxel_core::{Layer, Project, Work};
use goxel_formats::{Direction, Format, ReadOptions, WriteOptions, read_within, write};
use goxel_proto::types::{LayerId, Pos, Rgba};
use libfuzzer_sys::fuzz_target;

/// What reading one file may cost: some hundredths of a second.
const UNITS: u64 = 1 << 24;
/// The largest model that is written again.
const VOXELS_MAX: u64 = 1 << 14;

fuzz_target!(|bytes: &[u8]| {
    let [choice, kind, rest @ ..] = bytes else { return };
    let readable: Vec<Format> =
        Format::ALL.iter().copied().filter(|format| format.can(Direction::Read)).collect();
    let format = readable[usize::from(*choice) % readable.len()];
    let file = if kind % 2 == 0 { rest.to_vec() } else { changed(good(format), rest) };
    let options = ReadOptions { resolution: 16, height: 8, ..ReadOptions::default() };
    match read_within(&file, format, &options, &Work::within(UNITS)) {
        Err(error) => assert!(error.to_string().len() > 8, "{error}"),
        Ok(document) => {
            let project = document.into_project("p");
            if project.layers().iter().map(|layer| layer.volume.count()).sum::<u64>() < VOXELS_MAX
                && format.can(Direction::Write)
            {
                let work = Work::within(UNITS);
                let options = WriteOptions { work: Some(&work), ..WriteOptions::default() };
                // It may be too large a box for the format.
                drop(write(&project, format, &options, &mut Vec::new()));
            }
        }
    }
});

/// A small file of the format, if we can write one.
fn good(format: Format) -> &'static [u8] {
    static FILES: OnceLock<Vec<(Format, Vec<u8>)>> = OnceLock::new();
    let files = FILES.get_or_init(|| {
        let project = project();
        let file = |&format: &Format| {
            let mut bytes = Vec::new();
            write(&project, format, &WriteOptions::default(), &mut bytes).ok()?;
            Some((format, bytes))
        };
        Format::ALL.iter().filter_map(file).collect()
    });
    files.iter().find(|(of, _)| *of == format).map_or(&[], |(_, bytes)| bytes)
}

fn project() -> Project {
    let layers = (0..3).map(|number| {
        let mut layer = Layer::new(LayerId(number + 1), format!("layer {number}"));
        for i in 0..40 {
            let pos = Pos::new(i * 7 % 11, i * 5 % 9 + 3 * number as i32, i % 6 + 2);
            layer.volume.set(pos, Rgba::new(i as u8 * 6, 90, number as u8, 255 - i as u8 % 2 * 90));
        }
        layer
    });
    Project::from_layers("p", [16; 3], layers.collect())
}

/// A file with changes: each is a place in two bytes, what is done there, and a byte.
fn changed(good: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut file = good.to_vec();
    for &[low, high, action, byte] in changes.as_chunks().0 {
        let at = usize::from(u16::from_le_bytes([low, high])) % file.len().max(1);
        match action % 4 {
            0 => file.truncate(at),
            1 => file.insert(at.min(file.len()), byte),
            2 if at < file.len() => _ = file.remove(at),
            _ => {
                if let Some(there) = file.get_mut(at) {
                    *there = byte;
                }
            }
        }
    }
    file
}
