//! The table holds what it says.

use super::*;
use crate::ALPHA_MIN;
use crate::testing::{bytes_of, sample_project};

#[test]
fn names_are_unique_and_every_row_does_something() {
    let mut seen = std::collections::BTreeSet::new();
    for &format in Format::ALL {
        let row = format.row();
        assert!(seen.insert(row.name), "{format}");
        assert!(row.aliases.iter().all(|alias| seen.insert(alias)), "{format}");
        assert!(row.read.is_some() || row.write.is_some(), "{format}");
        assert!(row.extensions.iter().all(|e| *e == e.to_lowercase()), "{format}");
        assert!(format.about().ends_with('.') && !format.about().starts_with(' '), "{format}");
    }
}

#[test]
fn what_rows_say_of_layers_and_colours_is_so() {
    let project = sample_project();
    // A mesh is read as the voxels of one layer, whatever it keeps.
    let both = |f: &&Format| {
        f.row().read.is_some() && f.row().write.is_some() && f.layers() != Layers::Meshes
    };
    for &format in Format::ALL.iter().filter(both) {
        let read = crate::read(&bytes_of(&project, format), format).unwrap();
        let (layers, visible) = (project.layers(), |layer: &&goxel_core::Layer| layer.visible);
        let expected = match format.layers() {
            Layers::All => layers.len(),
            Layers::Visible => layers.iter().filter(visible).count(),
            Layers::Meshes | Layers::Merged | Layers::Drawn => 1,
        };
        assert_eq!(read.layers.len(), expected, "{format}");
        let keeps = |kept: Kept| format.keeps().contains(&kept);
        let materials = read.scene.materials().len() == project.scene().materials().len();
        assert_eq!(materials, keeps(Kept::Materials), "{format}");
        let cameras = read.scene.cameras().len() == project.scene().cameras().len();
        assert_eq!(cameras, keeps(Kept::Cameras), "{format}");
        assert_eq!(!read.scene.palette().is_empty(), keeps(Kept::Palette), "{format}");
        assert_eq!(read.image.is_some(), keeps(Kept::ImageBox), "{format}");
        let has = |alphas: std::ops::Range<u8>| {
            let mut voxels = read.layers.iter().flat_map(|layer| layer.volume.voxels());
            voxels.any(|(_, rgba)| alphas.contains(&rgba.alpha()))
        };
        assert_eq!(has(ALPHA_MIN..255), keeps(Kept::Alpha), "{format}");
        assert_eq!(has(1..ALPHA_MIN), keeps(Kept::Alpha), "{format}");
    }
}

#[test]
fn paths_and_names() {
    let of_path = |path: &str| Format::from_path(Path::new(path), Direction::Write).ok();
    assert_eq!(of_path("/a/b.GOX"), Some(Format::Gox));
    assert_eq!(of_path("a.b.gltf"), Some(Format::Gltf));
    assert_eq!(of_path("a.povray"), Some(Format::Pov));
    for bad in ["gox", "a.", "a.gox.bak", ".gox", ""] {
        assert_eq!(of_path(bad), None, "{bad}");
    }
    for (name, format) in [
        ("gox", Format::Gox),
        ("VOX", Format::Vox),
        ("Qubicle", Format::Qb),
        ("text", Format::Txt),
        ("povray", Format::Pov),
        (".ply", Format::Ply),
    ] {
        assert_eq!(Format::from_name(name, Direction::Write).ok(), Some(format), "{name}");
    }
}

#[test]
fn errors_name_what_would_do() {
    let error = |name, direction| Format::from_name(name, direction).unwrap_err().to_string();
    let (read, written) = (names(Direction::Read), names(Direction::Write));
    assert!(read.starts_with("gox, vox") && !read.contains("pov") && read.contains("qef"));
    assert!(written.starts_with("gox, vox") && written.contains("pov") && !written.contains("qef"));
    let known = "\"xyz\" is no known format: those that can be";
    assert_eq!(error("xyz", Direction::Write), format!("{known} written are {written}"));
    assert_eq!(error("xyz", Direction::Read), format!("{known} read are {read}"));
    let unread = format!("pov files cannot be read: formats that can are {read}");
    assert_eq!(error("pov", Direction::Read), unread);
}

#[test]
fn formats_that_share_an_extension_are_told_apart() {
    let find = |name, direction| Format::from_path(Path::new(name), direction).unwrap();
    assert_eq!(find("a.png", Direction::Read), Format::HeightMap);
    assert_eq!(find("a.png", Direction::Write), Format::Png);
    assert_eq!(find("a.vxl", Direction::Read), Format::AceOfSpades);
    assert_eq!(Format::detect(b"Voxel Animation\0\x01"), Some(Format::CommandConquer));
    for name in ["png slices", "PNG Slices", "png_slices"] {
        assert_eq!(Format::from_name(name, Direction::Read).ok(), Some(Format::Slices));
    }
}

#[test]
fn first_bytes() {
    assert_eq!(Format::detect(b"GOX \x02\0\0\0"), Some(Format::Gox));
    assert_eq!(Format::detect(b"VOX \x96\0\0\0"), Some(Format::Vox));
    assert_eq!(Format::detect(b"GOX"), None);
    assert_eq!(Format::detect(b""), None);
}
