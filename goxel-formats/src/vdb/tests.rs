//! Files are read back by the OpenVDB of Debian where `/usr/bin/python3` has it (`python3-openvdb`).

use std::process::Command;

use goxel_core::{PagePos, Volume};
use goxel_proto::types::{Aabb, Pos, Rgba};

use super::{linear, place, set_bits};
use crate::Format;
use crate::testing::{bytes_of, project_of};

/// Prints what is active: voxels with their density and colour, and how many there are.
const READER: &str = r#"
import sys
import pyopenvdb as vdb
density, color = (vdb.read(sys.argv[1], name) for name in ["density", "color"])
print(density.activeVoxelCount(), color.activeVoxelCount())
print(*density.evalActiveVoxelBoundingBox()[0], *density.evalActiveVoxelBoundingBox()[1])
densities, colors = density.getConstAccessor(), color.getConstAccessor()
for line in sys.stdin:
    at = tuple(int(word) for word in line.split())
    print("%.4f" % densities.getValue(at), *("%.4f" % part for part in colors.getValue(at)))
"#;

/// What the reader says of a file and of places in it, if there is one.
fn openvdb(volume: &Volume, places: &[Pos]) -> Option<Vec<String>> {
    let has = Command::new("/usr/bin/python3").args(["-c", "import pyopenvdb"]).output();
    if !has.is_ok_and(|has| has.status.success()) {
        println!("skipped: /usr/bin/python3 has no pyopenvdb");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let (file, input) = (folder.path().join("a.vdb"), folder.path().join("places"));
    std::fs::write(&file, bytes_of(&project_of(volume.clone()), Format::Vdb)).unwrap();
    let lines: String = places.iter().map(|at| format!("{} {} {}\n", at.x, at.y, at.z)).collect();
    std::fs::write(&input, lines).unwrap();
    let run = Command::new("/usr/bin/python3")
        .args(["-c", READER])
        .arg(&file)
        .stdin(std::fs::File::open(&input).unwrap())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(String::from_utf8(run.stdout).unwrap().lines().map(str::to_owned).collect())
}

#[test]
fn another_reader_finds_the_same_voxels() {
    let mut volume = Volume::new();
    for i in 0..500 {
        let pos = Pos::new(i * 37 % 300 - 150, i * 53 % 9000 - 4500, i * 29 % 41 - 20);
        volume.set(pos, Rgba::new(i as u8, 255 - i as u8, 9, 255 - (i % 4) as u8 * 60));
    }
    // Whole tiles and a whole page of one colour.
    volume.fill(&Aabb { min: [0, 0, 0], max: [256, 128, 160] }, Rgba::opaque(200, 100, 50));
    volume.set(Pos::new(i32::MAX, i32::MIN, 0), Rgba::WHITE);
    let voxels: Vec<(Pos, Rgba)> = volume.voxels().step_by(1009).collect();
    let empty = Pos::new(-7, 3, 999);
    let places: Vec<Pos> = voxels.iter().map(|(pos, _)| *pos).chain([empty]).collect();
    let Some(lines) = openvdb(&volume, &places) else { return };
    let count = volume.count();
    assert_eq!(lines[0], format!("{count} {count}"));
    let bounds = volume.bounds().unwrap();
    let [x, y, z] = bounds.min;
    let [right, back, top] = bounds.max.map(|end| end - 1);
    assert_eq!(lines[1], format!("{x} {y} {z} {right} {back} {top}"));
    for ((_, rgba), line) in voxels.iter().zip(&lines[2..]) {
        let [r, g, b] = [0, 1, 2].map(|c| linear(rgba.0[c]));
        let density = f32::from(rgba.alpha()) / 255.0;
        assert_eq!(*line, format!("{density:.4} {r:.4} {g:.4} {b:.4}"));
    }
    assert_eq!(lines[2 + voxels.len()], "0.0000 0.0000 0.0000 0.0000");
}

#[test]
fn an_empty_volume_is_a_good_file() {
    let Some(lines) = openvdb(&Volume::new(), &[Pos::ZERO]) else { return };
    assert_eq!((lines[0].as_str(), lines[2].as_str()), ("0 0", "0.0000 0.0000 0.0000 0.0000"));
}

#[test]
fn bits_and_places() {
    assert_eq!(set_bits(&[1 << 5 | 1 << 63, 0, 2]).collect::<Vec<_>>(), [5, 63, 129]);
    assert_eq!(place(9 * 256 + 3 * 16 + 1, 16), [9, 3, 1]);
    let far = bytes_of(
        &project_of([(Pos::from([i32::MIN; 3]), Rgba::WHITE)].into_iter().collect()),
        Format::Vdb,
    );
    assert!(far.len() > 2 * 8192 && PagePos([-(1 << 24); 3]).is_in_range());
}
