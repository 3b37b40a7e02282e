//! Meshes against the faces of each voxel by itself: rectangles first, then what is read of files.

use std::collections::BTreeMap;

use goxel_core::{Layer, Project, Volume, Work};
use goxel_proto::types::{Aabb, LayerId, MeshColors, Origin, Pos, Rgba, Surface, Unit, Up};
use proptest::prelude::*;

use super::cell::Solids;
use super::proof::{Face, Mesh, exposed, exposed_by, meshes, written};
use super::quad::{PLANE_AXES, Quad};
use super::slab;
use crate::testing::{project_of, volumes};
use crate::{Format, MeshOptions};

/// Every format of meshes, and whether y points up in it.
const FORMATS: [(Format, bool); 6] = [
    (Format::Obj, true),
    (Format::Ply, false),
    (Format::Off, false),
    (Format::Stl, false),
    (Format::Glb, true),
    (Format::Gltf, true),
];

fn quads_within(volume: &Volume, greedy: bool, work: &Work<'_>) -> crate::Result<Vec<Quad>> {
    let mut all = Vec::new();
    let solids = Solids { volume, hiding: volume, see_through: None };
    slab::for_each(&solids, greedy, work, Ok, |planes| {
        all.extend(planes.into_iter().flatten());
        Ok(())
    })?;
    Ok(all)
}

fn quads(volume: &Volume) -> Vec<Quad> {
    quads_within(volume, true, &Work::unbounded()).unwrap()
}

/// The faces that rectangles cover. None may be covered twice.
fn covered(quads: &[Quad]) -> BTreeMap<Face, Rgba> {
    let mut faces = BTreeMap::new();
    for quad in quads {
        let [us, vs] = PLANE_AXES[quad.side.axis()].map(|axis| quad.min[axis]..=quad.max[axis]);
        for u in us {
            for v in vs.clone() {
                let face = (quad.side, quad.plane(), [i64::from(u), i64::from(v)]);
                assert_eq!(faces.insert(face, quad.rgba), None, "{face:?} twice");
            }
        }
    }
    faces
}

/// Small volumes in which voxels touch in every way.
fn tangles() -> impl Strategy<Value = Volume> {
    prop::collection::vec(0..5_u8, 64).prop_map(|voxels| {
        let at = |i: usize| Pos::new(i as i32 % 4 - 2, i as i32 / 4 % 4, i as i32 / 16 + 14);
        let there = voxels.iter().enumerate().filter(|(_, n)| **n < 2);
        there.map(|(i, n)| (at(i), Rgba::opaque(n * 200, 100, 7))).collect()
    })
}

/// Volumes with voxels that one sees through.
fn glasses() -> impl Strategy<Value = Volume> {
    volumes().prop_map(|volume| {
        let through = |(pos, rgba): (Pos, Rgba)| match rgba.0[0] {
            60 => (pos, Rgba::new(60, 1, 2, 100)),
            120 => (pos, Rgba::new(60, 1, 2, 20)),
            _ => (pos, rgba),
        };
        volume.voxels().map(through).collect()
    })
}

fn in_voxels(mut mesh: Mesh, y_up: bool) -> Mesh {
    // Corners that other meshes of the file use are none of its own.
    if y_up {
        mesh = mesh.turned_back();
    }
    mesh
}

/// All faces of a project of one layer, as a file has them.
fn faces_of(
    volume: &Volume,
    (format, y_up): (Format, bool),
    mesh: MeshOptions,
) -> BTreeMap<Face, Rgba> {
    let mut meshes = meshes(&project_of(volume.clone()), format, mesh);
    assert!(meshes.len() <= 1, "{format}");
    meshes.pop().map_or_else(BTreeMap::new, |mesh| in_voxels(mesh, y_up).faces())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn every_exposed_face_is_covered_once_in_its_colour(volume in volumes(), greedy: bool) {
        let quads = quads_within(&volume, greedy, &Work::unbounded()).unwrap();
        prop_assert_eq!(covered(&quads), exposed(&volume));
        if !greedy {
            prop_assert!(quads.iter().all(|quad| quad.size() == [1, 1]));
        }
    }

    #[test]
    fn tiles_do_not_matter(volume in volumes(), shift in prop::array::uniform3(0..16i32)) {
        let moved = volume.voxels().map(|(pos, rgba)| {
            (pos.checked_add(Pos::from(shift)).unwrap(), rgba)
        });
        let back = quads(&moved.collect()).into_iter().map(|mut quad| {
            for (axis, shift) in shift.iter().enumerate() {
                quad.min[axis] -= shift;
                quad.max[axis] -= shift;
            }
            quad
        });
        prop_assert_eq!(back.collect::<Vec<_>>(), quads(&volume));
    }

    #[test]
    fn files_have_every_face_once_in_its_colour(volume in volumes(), way in 0..6_usize) {
        let options = [
            MeshOptions::default(),
            MeshOptions { surface: Surface::Faces, ..MeshOptions::default() },
            MeshOptions { junction_free: true, ..MeshOptions::default() },
            MeshOptions { colors: Some(MeshColors::Texture), ..MeshOptions::default() },
            MeshOptions { colors: Some(MeshColors::Vertex), ..MeshOptions::default() },
            MeshOptions { quantize: true, ..MeshOptions::default() },
        ][way];
        for format in FORMATS.into_iter().filter(|(format, _)| *format != Format::Gltf || way != 3) {
            let mut expected = exposed(&volume);
            if format.0 == Format::Stl {
                expected.values_mut().for_each(|rgba| *rgba = Rgba::WHITE);
            }
            prop_assert_eq!(faces_of(&volume, format, options), expected, "{}", format.0);
        }
    }

    #[test]
    fn what_is_behind_glass_shows(volume in glasses()) {
        let behind = |rgba: Rgba, beside: Rgba| {
            beside.is_empty() || rgba.alpha() == 255 && beside.alpha() < 255
        };
        for format in [(Format::Ply, false), (Format::Glb, true), (Format::Obj, true)] {
            let found = faces_of(&volume, format, MeshOptions::default());
            prop_assert_eq!(found, exposed_by(&volume, behind), "{}", format.0);
        }
    }

    #[test]
    fn no_corner_is_on_an_edge(volume in volumes(), greedy: bool) {
        let surface = if greedy { Surface::Greedy } else { Surface::Faces };
        let options = MeshOptions { junction_free: true, surface, ..MeshOptions::default() };
        for mesh in meshes(&project_of(volume.clone()), Format::Ply, options) {
            mesh.assert_junction_free();
        }
    }

    #[test]
    fn closed_meshes_are_manifold(volume in tangles(), surface in 0..3_usize, textured: bool) {
        let surface = [Surface::Greedy, Surface::Faces, Surface::Smooth][surface];
        let colors = if textured { Some(MeshColors::Texture) } else { None };
        let options = MeshOptions { closed: true, surface, colors, ..MeshOptions::default() };
        let all = FORMATS.into_iter().chain([(Format::ThreeMf, false)]);
        for (format, y_up) in all.filter(|(format, _)| *format != Format::Gltf) {
            for mesh in meshes(&project_of(volume.clone()), format, options) {
                mesh.assert_closed();
                let mesh = in_voxels(mesh, y_up);
                let (found, count) = (mesh.volume(), volume.count() as f64);
                // A voxel that only touches others loses three hairs at the most.
                let exact = surface == Surface::Smooth || (found - count).abs() <= 3e-3 * count;
                prop_assert!(exact && found > 0.0, "{format}: {found} of {count}");
            }
        }
    }

    #[test]
    fn closed_meshes_of_boxes_have_their_volume(volume in volumes()) {
        let options = MeshOptions { closed: true, ..MeshOptions::default() };
        for mesh in meshes(&project_of(volume.clone()), Format::Glb, options) {
            mesh.assert_closed();
            let count = volume.count() as f64;
            prop_assert!((mesh.volume() - count).abs() <= 1e-3 * count);
        }
    }
}

#[test]
fn a_box_has_six_rectangles_however_many_tiles_it_spans() {
    let mut volume = Volume::new();
    volume.fill(&Aabb { min: [-33, -1, 7], max: [50, 18, 200] }, Rgba::WHITE);
    assert_eq!(quads(&volume).len(), 6);
    assert_eq!(quads(&Volume::new()), []);
    // And eight corners, where nothing keeps them apart.
    let mesh = &meshes(&project_of(volume), Format::Ply, MeshOptions::default())[0];
    assert_eq!((mesh.places.len(), mesh.triangles.len()), (8, 12));
}

#[test]
fn corners_turn_counter_clockwise_around_the_normal() {
    let volume: Volume = [(Pos::new(2, -3, 4), Rgba::WHITE)].into_iter().collect();
    for quad in quads(&volume) {
        let [a, b, _, d] = quad.corners();
        let edge = |to: [i64; 3]| [0, 1, 2].map(|axis| to[axis] - a[axis]);
        let (u, v) = (edge(b), edge(d));
        let cross = [0, 1, 2].map(|i| {
            let (j, k) = ((i + 1) % 3, (i + 2) % 3);
            u[j] * v[k] - u[k] * v[j]
        });
        assert_eq!(cross, quad.side.normal().map(i64::from), "{quad:?}");
    }
}

#[test]
fn the_ends_of_the_range_have_faces() {
    let volume: Volume =
        [i32::MIN, i32::MAX].map(|c| (Pos::new(c, c, c), Rgba::WHITE)).into_iter().collect();
    let quads = quads(&volume);
    assert_eq!(quads.len(), 12);
    assert!(quads.iter().any(|quad| quad.plane() == i64::from(i32::MAX) + 1));
}

/// Layers that touch, one of them within the others' faces.
fn layers() -> Project {
    let mut low = Layer::new(LayerId(1), "low & \"wide\"");
    low.volume.fill(&Aabb { min: [0; 3], max: [8, 8, 1] }, Rgba::opaque(200, 0, 0));
    let mut high = Layer::new(LayerId(2), "high");
    high.volume.fill(&Aabb { min: [0, 0, 1], max: [8, 8, 2] }, Rgba::opaque(0, 0, 200));
    Project::from_layers("p", [8; 3], vec![low, high])
}

#[test]
fn layers_are_meshes_with_their_names_and_hide_each_others_faces() {
    for format in [Format::Glb, Format::Gltf, Format::Obj] {
        let meshes = meshes(&layers(), format, MeshOptions::default());
        let [low, high] = &meshes[..] else { panic!("{format}: {}", meshes.len()) };
        assert_eq!(high.name, "high");
        assert_eq!(
            low.name,
            if format == Format::Obj { "low_&_\"wide\"" } else { "low & \"wide\"" }
        );
        // Five sides of each.
        assert_eq!([low, high].map(|mesh| mesh.triangles.len()), [10, 10], "{format}");
        let merged = MeshOptions { layers: Some(false), ..MeshOptions::default() };
        assert_eq!(super::proof::meshes(&layers(), format, merged).len(), 1, "{format}");
    }
    let closed = MeshOptions { closed: true, ..MeshOptions::default() };
    for format in [Format::Glb, Format::ThreeMf] {
        let meshes = meshes(&layers(), format, closed);
        assert_eq!(meshes.len(), 2);
        meshes.iter().for_each(Mesh::assert_closed);
        assert!(meshes.iter().all(|mesh| (mesh.volume() - 64.0).abs() < 0.01));
    }
}

#[test]
fn cavities_can_be_left_out() {
    let mut volume = Volume::new();
    volume.fill(&Aabb { min: [0; 3], max: [9; 3] }, Rgba::WHITE);
    volume.fill(&Aabb { min: [2; 3], max: [7; 3] }, Rgba::EMPTY);
    volume.set(Pos::new(4, 4, 4), Rgba::BLACK);
    let count = |cavities: bool, closed: bool| {
        let options = MeshOptions { cavities, closed, ..MeshOptions::default() };
        meshes(&project_of(volume.clone()), Format::Off, options)[0].triangles.len()
    };
    // The body, the wall of the cavity, and what is within it.
    assert_eq!((count(true, false), count(false, false)), (36, 24));
    assert_eq!((count(true, true), count(false, true)), (36, 24));
}

#[test]
fn meshes_lie_where_they_are_asked_to() {
    let mut volume = Volume::new();
    volume.fill(&Aabb { min: [10, 20, 30], max: [14, 26, 38] }, Rgba::WHITE);
    let bounds = |format: Format, options: MeshOptions| {
        let mesh = &meshes(&project_of(volume.clone()), format, options)[0];
        let of = |fold: fn(f64, f64) -> f64, start: f64| {
            [0, 1, 2].map(|axis| mesh.used().map(|place| place[axis]).fold(start, fold))
        };
        [of(f64::min, f64::MAX), of(f64::max, f64::MIN)]
    };
    let plain = MeshOptions::default();
    assert_eq!(bounds(Format::Ply, plain), [[10.0, 20.0, 30.0], [14.0, 26.0, 38.0]]);
    assert_eq!(bounds(Format::Obj, plain), [[10.0, 30.0, -26.0], [14.0, 38.0, -20.0]]);
    for (origin, expected) in [
        (Origin::Corner, [[0.0, 0.0, 0.0], [4.0, 6.0, 8.0]]),
        (Origin::Center, [[-2.0, -3.0, -4.0], [2.0, 3.0, 4.0]]),
        (Origin::Ground, [[-2.0, -3.0, 0.0], [2.0, 3.0, 8.0]]),
    ] {
        let options = MeshOptions { origin, up: Some(Up::Z), ..plain };
        for format in [Format::Ply, Format::Obj, Format::Glb, Format::ThreeMf] {
            assert_eq!(bounds(format, options), expected, "{format}");
        }
        let scaled = MeshOptions { scale: 0.5, quantize: true, ..options };
        assert_eq!(bounds(Format::Glb, scaled), expected.map(|corner| corner.map(|c| c / 2.0)));
    }
    // The standard says metres, so millimetres become such.
    let small =
        MeshOptions { unit: Some(Unit::Millimetre), scale: 250.0, origin: Origin::Corner, ..plain };
    assert_eq!(bounds(Format::Glb, small)[1], [1.0, 2.0, 0.0]);
    let report = written(&project_of(volume.clone()), Format::Stl, plain).2;
    assert_eq!((report.up, report.unit), (Some(Up::Z), Some(Unit::Millimetre)));
    let report = written(&project_of(volume.clone()), Format::Glb, small).2;
    assert_eq!((report.up, report.unit), (Some(Up::Y), Some(Unit::Metre)));
}

#[test]
fn coarser_meshes_stand_beside() {
    let mut volume = Volume::new();
    volume.fill(&Aabb { min: [0; 3], max: [16; 3] }, Rgba::WHITE);
    let options = MeshOptions { lods: 2, origin: Origin::Center, ..MeshOptions::default() };
    let (_, folder, report) = written(&project_of(volume.clone()), Format::Glb, options);
    assert_eq!(folder.names(), ["model_lod1.glb", "model_lod2.glb"]);
    assert_eq!(report.beside, ["model_lod1.glb", "model_lod2.glb"]);
    for name in folder.names() {
        let mesh = &super::proof::glb(&folder.get(&name))[0];
        assert!(mesh.used().flatten().all(|c| c.abs() == 8.0), "{name}");
    }
    let mut bytes = Vec::new();
    let options = crate::WriteOptions { mesh: options, ..Default::default() };
    let report = crate::write(&project_of(volume), Format::Glb, &options, &mut bytes).unwrap();
    assert_eq!((report.warnings.len(), report.warnings[0].count), (1, 2));
}

#[test]
fn smooth_surfaces_stay_close_to_the_voxels() {
    let mut volume = Volume::new();
    for (x, y, z) in
        (0..20).flat_map(|x| (0..20).flat_map(move |y| (0..20).map(move |z| (x, y, z))))
    {
        if [x, y, z].map(|c: i32| (2 * c - 19).pow(2)).iter().sum::<i32>() < 340 {
            volume.set(Pos::new(x, y, z), Rgba::opaque(x as u8, 0, 0));
        }
    }
    let options = MeshOptions { surface: Surface::Smooth, ..MeshOptions::default() };
    let mesh = &meshes(&project_of(volume.clone()), Format::Ply, options)[0];
    let distance = |place: [f64; 3]| place.map(|c| (c - 10.0).powi(2)).iter().sum::<f64>().sqrt();
    assert!(mesh.used().all(|place| (distance(place) - 9.2).abs() < 0.7));
    assert!((mesh.volume() / volume.count() as f64 - 1.0).abs() < 0.1);
}

#[test]
fn a_scale_that_is_none_is_refused() {
    for scale in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let mesh = MeshOptions { scale, ..MeshOptions::default() };
        let options = crate::WriteOptions { mesh, ..Default::default() };
        let volume: Volume = [(Pos::ZERO, Rgba::WHITE)].into_iter().collect();
        for (format, _) in FORMATS {
            let refused =
                crate::write(&project_of(volume.clone()), format, &options, &mut Vec::new());
            assert!(refused.is_err(), "{scale} {format}");
        }
    }
}

/// Stops what asks it for the last time of so many.
struct Times(std::sync::atomic::AtomicU64);

impl goxel_core::Control for Times {
    fn check(&self, _: u64, _: u64) -> goxel_core::Result<()> {
        let left = self.0.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
        if left == 1 { Err(goxel_core::Error::Cancelled) } else { Ok(()) }
    }
}

#[test]
fn a_mesh_that_nobody_wants_any_more_is_not_finished() {
    // Within it there is no face, and so nothing that is handed out.
    let mut volume = Volume::new();
    volume.fill(&Aabb { min: [0; 3], max: [64; 3] }, Rgba::WHITE);
    // Each plane of each slab asks, in both directions and along three axes.
    for times in [1, 100, 3 * 2 * 64] {
        let control = Times(times.into());
        let work = Work::new(u64::MAX, &control, &goxel_core::Serial);
        let stopped = quads_within(&volume, true, &work);
        assert!(
            matches!(stopped, Err(crate::Error::Stopped(goxel_core::Error::Cancelled))),
            "{times}"
        );
    }
}

#[test]
fn every_stage_can_be_stopped() {
    let squares = (0..24 * 24).filter(|at| (at % 24 + at / 24) % 2 == 0);
    let volume: Volume = squares.map(|at| (Pos::new(at % 24, at / 24, 0), Rgba::WHITE)).collect();
    let project = project_of(volume);
    let plain = MeshOptions::default();
    for mesh in [
        plain,
        MeshOptions { closed: true, ..plain },
        MeshOptions { cavities: false, ..plain },
        MeshOptions { surface: Surface::Smooth, ..plain },
        MeshOptions { surface: Surface::Faces, junction_free: true, ..plain },
    ] {
        for (format, _) in FORMATS {
            // How often it asks in all, then each time it might be told to stop.
            let control = Times(u64::MAX.into());
            let run = |control: &Times| {
                let work = Work::new(u64::MAX, control, &goxel_core::Serial);
                let options = crate::WriteOptions { mesh, work: Some(&work), ..Default::default() };
                crate::write(&project, format, &options, &mut Vec::new()).map(|_| ())
            };
            run(&control).unwrap();
            let asked = u64::MAX - control.0.into_inner();
            assert!(asked > 90, "{format}");
            for times in (1..=asked).step_by((asked / 8).max(1) as usize) {
                assert!(run(&Times(times.into())).is_err(), "{format} {times} of {asked}");
            }
        }
    }
}
