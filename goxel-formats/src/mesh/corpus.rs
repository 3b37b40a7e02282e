//! Meshes of real files, where `GOXEL_CORPUS` names a folder of them. With `GOXEL_MESHES` they are written
//! to that folder, too, for other programs to look at.

use std::fs;
use std::path::PathBuf;

use goxel_core::Project;
use goxel_proto::types::{MeshColors, Rgba, Surface};

use super::proof::{Mesh, exposed_by, meshes, written};
use crate::testing::corpus_files;
use crate::{Format, MeshOptions, read};

/// What is made of each file, by the end of its name.
fn ways() -> Vec<(&'static str, Vec<Format>, MeshOptions)> {
    use Format::{Glb, Gltf, Obj, Off, Ply, Stl, ThreeMf};
    let plain = MeshOptions::default();
    vec![
        ("", vec![Glb, Gltf, Obj, Ply, Off, Stl], plain),
        ("_merged", vec![Glb, Obj], MeshOptions { layers: Some(false), ..plain }),
        (
            "_free",
            vec![Glb, Ply],
            MeshOptions { junction_free: true, layers: Some(false), ..plain },
        ),
        ("_texture", vec![Glb, Gltf], MeshOptions { colors: Some(MeshColors::Texture), ..plain }),
        ("_quantized", vec![Glb], MeshOptions { quantize: true, ..plain }),
        ("_closed", vec![Glb, Obj, Ply, Off, Stl, ThreeMf], MeshOptions { closed: true, ..plain }),
        (
            "_smooth",
            vec![Glb, Ply, Stl],
            MeshOptions { surface: Surface::Smooth, closed: true, ..plain },
        ),
    ]
}

/// The projects of all files that can be read.
fn projects() -> Option<Vec<(String, Project)>> {
    let paths = corpus_files(|_| true)?;
    let projects = paths.iter().filter_map(|path| {
        let bytes = fs::read(path).unwrap();
        let format = Format::detect(&bytes)?;
        let name = path.file_name()?.to_string_lossy().replace('.', "_");
        Some((name.clone(), read(&bytes, format).ok()?.into_project(name)))
    });
    Some(projects.collect())
}

#[test]
fn every_face_is_there_once() {
    for (name, project) in projects().unwrap_or_default() {
        let visible = project.visible();
        let scene = project.scene();
        let glass: Vec<Rgba> = scene
            .materials_of_colours()
            .iter()
            .filter(|(_, id)| scene.material(**id).unwrap().transmission > 0.0)
            .map(|(rgba, _)| *rgba)
            .collect();
        let is_opaque =
            |looks: bool, rgba: Rgba| rgba.alpha() == 255 && !(looks && glass.contains(&rgba));
        let expected = [false, true].map(|looks| {
            exposed_by(&visible, |rgba, beside| {
                beside.is_empty() || is_opaque(looks, rgba) && !is_opaque(looks, beside)
            })
        });
        let lattice = ways().into_iter().filter(|(.., options)| !options.closed);
        for (_, formats, options) in lattice {
            // Some have no colours, or faces of another volume; the texture of one is not within it.
            let textured = options.colors == Some(MeshColors::Texture);
            let skipped = |format: &Format| match format {
                Format::Stl | Format::Off => true,
                Format::Gltf => textured,
                _ => false,
            };
            for format in formats.into_iter().filter(|format| !skipped(format)) {
                let mut found = std::collections::BTreeMap::new();
                for mut mesh in meshes(&project, format, options) {
                    if format != Format::Ply {
                        mesh = mesh.turned_back();
                    }
                    for (face, rgba) in mesh.faces() {
                        assert_eq!(found.insert(face, rgba), None, "{name} {format}: twice");
                    }
                }
                let expected = &expected[usize::from(format != Format::Ply)];
                assert!(found == *expected, "{name} {format} {options:?}");
            }
        }
    }
}

#[test]
fn closed_meshes_are_watertight() {
    for (name, project) in projects().unwrap_or_default() {
        let count = project.visible().voxels().filter(|(_, rgba)| *rgba != Rgba::EMPTY).count();
        for (_, formats, options) in ways().into_iter().filter(|(.., options)| options.closed) {
            for format in formats {
                let alpha_min = if format == Format::Stl { 127 } else { 1 };
                let count = match alpha_min {
                    1 => count,
                    _ => project.visible().voxels().filter(|(_, rgba)| rgba.alpha() >= 127).count(),
                } as f64;
                let meshes = meshes(&project, format, options);
                meshes.iter().for_each(Mesh::assert_closed);
                let volume: f64 = meshes.iter().map(Mesh::volume).sum();
                let exact =
                    options.surface == Surface::Smooth || (volume - count).abs() <= 1e-3 * count;
                assert!(exact, "{name} {format}: {volume} of {count}");
            }
        }
    }
}

#[test]
fn files_for_other_programs() {
    let Some(folder) = std::env::var_os("GOXEL_MESHES").map(PathBuf::from) else {
        eprintln!("skipped: GOXEL_MESHES names no folder to write to");
        return;
    };
    for (name, project) in projects().unwrap_or_default() {
        for (end, formats, options) in ways() {
            for format in formats {
                // Files beside it have the same name, so each way has a folder.
                let folder = folder.join(format!("{name}{end}_{format}"));
                fs::create_dir_all(&folder).unwrap();
                let (bytes, beside, _) = written(&project, format, options);
                fs::write(folder.join(format!("model.{}", format.extensions()[0])), bytes).unwrap();
                for name in beside.names() {
                    fs::write(folder.join(&name), beside.get(&name)).unwrap();
                }
            }
        }
    }
}
