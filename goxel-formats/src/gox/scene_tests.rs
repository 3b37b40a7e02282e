//! Materials, cameras, lights, palettes and settings of layers, of this and of other programs.

use goxel_core::{
    Camera, Command, Effect, LayerSettings, Light, Material, Project, Scene, Swatch, Transform,
    limits,
};
use goxel_proto::types::{Aabb, CameraId, LayerId, LayerRef, MaterialId, Medium, Rgba, Word};
use proptest::prelude::*;

use super::matrix::Affine;
use super::tests::{File, floats};
use crate::testing::{bytes_of, round_trip, sample_project};
use crate::{Document, Error, Format, Result};

/// Reads a whole file.
fn read(bytes: &[u8]) -> Result<Document> {
    crate::read(bytes, Format::Gox)
}

/// An empty project as the C daemon saved it, with a material, a camera and a light.
const EMPTY: &[u8] = include_bytes!("empty.gox");

#[test]
fn a_file_of_another_program_comes_out_as_it_went_in() {
    let project = read(EMPTY).unwrap().into_project("empty");
    assert_eq!(project.scene().camera_named("Camera.1").map(|c| c.distance), Ok(128.0));
    assert!(bytes_of(&project, Format::Gox) == EMPTY);
}

fn material(entries: &[(&str, &[u8])]) -> Material {
    let document = File::new(2).dict(b"MATE", entries).read();
    document.scene.materials()[0].clone()
}

#[test]
fn a_material_without_anything_is_goxels() {
    let plain = Material {
        id: MaterialId(1),
        name: "Material.1".to_owned(),
        color: [1.0; 4],
        metallic: 0.2,
        roughness: 0.5,
        emission: [0.0; 3],
        ..Material::default()
    };
    assert_eq!(material(&[]), plain);
    let wrong: [(&str, &[u8]); 6] = [
        ("color", &[1, 2, 3]),
        ("metallic", &[0; 8]),
        ("roughness", &f32::NAN.to_le_bytes()),
        ("emission", &floats(&[0.0, f32::INFINITY, 0.0])),
        ("emission", &floats(&[1.0; 4])),
        ("shine", &[]),
    ];
    assert_eq!(material(&wrong), plain);
}

#[test]
fn materials_of_other_programs_are_read() {
    let found = material(&[("name", b"a"), ("color", &[255, 0, 51, 255])]);
    assert_eq!((found.name.as_str(), found.color), ("a", [1.0, 0.0, 0.2, 1.0]));
    // A whole palette in one chunk: what comes last is what Goxel keeps.
    let bright = floats(&[2.0, -1.0, 0.5, 1.0]);
    let found = material(&[
        ("name", b"mat0"),
        ("roughness", &1f32.to_le_bytes()),
        ("name", b"mat1"),
        ("color", &bright),
        ("roughness", &0f32.to_le_bytes()),
        ("emission", &floats(&[-1.0, 0.0, 9.0])),
    ]);
    assert_eq!((found.name.as_str(), found.roughness), ("mat1", 0.0));
    assert_eq!((found.color, found.emission), ([1.0, 0.0, 0.5, 1.0], [0.0, 0.0, 9.0]));
}

#[test]
fn layers_name_materials_by_number() {
    let number = |number: i32| number.to_le_bytes();
    let file = File::new(2)
        .dict(b"MATE", &[("name", b"a")])
        .layer(&[], &[("material", &number(1))])
        .dict(b"MATE", &[("name", b"b")])
        .layer(&[], &[("material", &number(0))])
        .layer(&[], &[("material", &number(2))])
        .layer(&[], &[("material", &number(-1))])
        .layer(&[], &[]);
    let document = file.read();
    let found: Vec<_> = document.layers.iter().map(|l| l.material.map(|id| id.0)).collect();
    assert_eq!(found, [Some(2), Some(1), None, None, None]);
}

#[test]
fn the_numbers_of_materials_follow_their_order() {
    let mut project = sample_project();
    project.apply(Command::RemoveMaterial(MaterialId(1))).unwrap();
    let again = round_trip(&project, Format::Gox);
    assert_eq!(again.layers[1].material, Some(MaterialId(1)));
    assert_eq!(again.scene.materials()[0].name, "steel é");
    assert_eq!(again.layers[0].material, None);
}

#[test]
fn cameras_are_read() {
    let placed = Transform::looking([3.0, 4.0, 5.0], [0.0; 3]).unwrap();
    let mat = floats(&placed.to_columns());
    let file = File::new(2)
        .dict(b"CAMR", &[("name", b"old"), ("rot", &[0; 16]), ("active", b"false")])
        .dict(b"CAMR", &[("dist", &5f32.to_le_bytes()), ("active", b""), ("mat", &mat)])
        .dict(b"CAMR", &[("ortho", &[1]), ("dist", &(-1f32).to_le_bytes()), ("mat", &[0; 64])]);
    let scene = file.read().scene;
    let fresh = Camera::default;
    let expected = [
        Camera { id: CameraId(1), name: "old".to_owned(), ..fresh() },
        Camera {
            id: CameraId(2),
            name: "Camera.2".to_owned(),
            distance: 5.0,
            transform: placed,
            ..fresh()
        },
        Camera {
            id: CameraId(3),
            name: "Camera.3".to_owned(),
            distance: -1.0,
            orthographic: true,
            ..fresh()
        },
    ];
    assert_eq!(scene.cameras(), expected);
    assert_eq!(scene.active_camera(), Some(CameraId(2)));
}

#[test]
fn a_light_may_be_told_in_part() {
    let file = File::new(2).dict(b"LIGH", &[("yaw", &1f32.to_le_bytes()), ("fixed", &[1])]);
    let expected = Light { yaw: 1.0, fixed: true, ..Light::default() };
    assert_eq!(file.read().scene.light(), Some(&expected));
    assert_eq!(File::new(2).read().scene.light(), None);
}

#[test]
fn a_palette_is_a_list_of_colours_some_with_names() {
    let file = File::new(2).dict(
        b"XPAL",
        &[
            ("name", b"nobody's"),
            ("color", &[1, 2, 3, 255]),
            ("color", &[9, 9, 9, 0]),
            ("color", &[9, 9, 9]),
            ("color", &[4, 5, 6, 7]),
            ("name", b"moss"),
        ],
    );
    let moss = Swatch { name: "moss".to_owned(), ..Swatch::from(Rgba::new(4, 5, 6, 7)) };
    assert_eq!(file.read().scene.palette(), [Rgba::opaque(1, 2, 3).into(), moss]);
}

#[test]
fn what_was_placed_when_it_was_read_is_not_placed_again() {
    let mat = Affine::of_box(&Aabb { min: [1; 3], max: [3; 3] }).to_bytes();
    let file = File::new(2)
        .layer(&[], &[("id", &[1, 0, 0, 0]), ("mat", &mat), ("shape", b"cube")])
        .layer(&[], &[("base_id", &[1, 0, 0, 0]), ("mat", &mat)])
        .layer(&[], &[("mat", &mat), ("img-path", b"a.png"), ("box", &mat)])
        .layer(&[], &[("mat", &[0; 64]), ("box", &[0; 64])]);
    let layers = file.read().layers;
    let still = [0, 1, 3].map(|at: usize| layers[at].transform);
    assert_eq!(still, [Transform::IDENTITY; 3]);
    assert_eq!(layers[2].transform.to_columns()[12..15], [2.0; 3]);
    let boxes: Vec<_> = layers.iter().map(|layer| layer.bounds).collect();
    assert_eq!(boxes, [None, None, Some(Aabb { min: [1; 3], max: [3; 3] }), None]);
    assert_eq!(layers[2].picture.as_deref(), Some("a.png"));
}

#[test]
fn chunks_stand_in_the_order_that_readers_need() {
    let bytes = bytes_of(&sample_project(), Format::Gox);
    let mut kinds: Vec<String> = Vec::new();
    let mut at = 8;
    while at < bytes.len() {
        let length = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
        let kind = String::from_utf8_lossy(&bytes[at..at + 4]).into_owned();
        if kinds.last() != Some(&kind) {
            kinds.push(kind);
        }
        at += 12 + length;
    }
    assert_eq!(kinds, ["IMG ", "BL16", "MATE", "LAYR", "CAMR", "LIGH", "XPAL"]);
}

#[test]
fn lists_are_bounded() {
    let full = |kind: &[u8; 4], count: usize| {
        (0..count).fold(File::new(2), |file, _| file.dict(kind, &[]))
    };
    for (kind, max) in [(b"MATE", limits::MATERIALS_MAX), (b"CAMR", limits::CAMERAS_MAX)] {
        full(kind, max).read();
        let error = read(&full(kind, max + 1).0).unwrap_err();
        assert!(matches!(error, Error::TooLarge(_)), "{error}");
    }
    let colours = |count| vec![("color", [1u8, 2, 3, 4].as_slice()); count];
    let palette = |count| File::new(2).dict(b"XPAL", &colours(count)).0;
    assert!(read(&palette(limits::PALETTE_MAX)).is_ok());
    assert!(matches!(read(&palette(limits::PALETTE_MAX + 1)), Err(Error::TooLarge(_))));
}

fn number() -> impl Strategy<Value = f32> {
    prop_oneof![0.0..1.0f32, Just(0.0), Just(1.0)]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-zé ]{1,9}", Just("é".repeat(127))]
}

/// What is done to the first material, camera and layer, or to the whole.
#[derive(Clone, Debug)]
enum Op {
    Material(Material),
    Camera(Camera),
    Layer(LayerSettings<'static>),
    Palette(Vec<Swatch>),
    RemoveMaterial(MaterialId),
    RemoveCamera(CameraId),
}

impl Op {
    fn command(&self) -> Command<'_> {
        let layer = LayerRef::Id(LayerId(1));
        match self {
            Self::Material(material) => Command::SetMaterial(material),
            Self::Camera(camera) => {
                Command::SetCamera { camera, active: Some(camera.orthographic) }
            }
            Self::Layer(settings) => Command::SetLayer { layer, settings },
            Self::Palette(palette) => Command::SetPalette(palette),
            Self::RemoveMaterial(id) => Command::RemoveMaterial(*id),
            Self::RemoveCamera(id) => Command::RemoveCamera(*id),
        }
    }
}

fn op() -> impl Strategy<Value = Op> {
    let material = (0..2u32, name(), prop::array::uniform4(number()), number(), number());
    let camera = (0..2u32, name(), -9.0..1e6f32, any::<bool>(), prop::array::uniform3(-9.0..9f32));
    let swatch = (any::<[u8; 3]>(), 1..=255u8, name(), prop::option::of(1..3u32));
    let swatch = swatch.prop_map(|([r, g, b], a, name, material)| {
        let material = material.map(MaterialId);
        Swatch { rgba: Rgba::new(r, g, b, a), name, material }
    });
    let inside = (number(), number(), prop::sample::select(Medium::all().collect::<Vec<_>>()));
    let layer = (any::<bool>(), prop::option::of(1..3u32), prop::array::uniform3(-99..99i64));
    prop_oneof![
        (material, inside).prop_map(|((id, name, color, metallic, roughness), inside)| {
            let emission = [metallic * 10.0, roughness, 0.0];
            let (transmission, density, medium) = inside;
            let surface = Material { color, metallic, roughness, emission, ..Material::default() };
            let id = MaterialId(id);
            let ior = 1.0 + density;
            Op::Material(Material { id, name, transmission, ior, medium, density, ..surface })
        }),
        camera.prop_map(|(id, name, distance, orthographic, eye)| {
            let transform = Transform::looking(eye, [9.5; 3]).unwrap();
            let id = CameraId(id);
            Op::Camera(Camera { id, name, distance, orthographic, transform })
        }),
        layer.prop_map(|(visible, material, low)| {
            let high = low.map(|c| c + 7);
            Op::Layer(LayerSettings {
                visible: Some(visible),
                material: Some(material.map(MaterialId)),
                transform: Transform::looking(low.map(|c| c as f32), [99.5; 3]).ok(),
                bounds: Some(Some(Aabb { min: low, max: high })),
                ..LayerSettings::default()
            })
        }),
        prop::collection::vec(swatch, 0..5).prop_map(Op::Palette),
        (1..3u32).prop_map(|id| Op::RemoveMaterial(MaterialId(id))),
        Just(Op::RemoveCamera(CameraId(1))),
    ]
}

/// A project as it is told without ids, which a file does not hold but for layers.
fn told(project: &Project) -> String {
    let scene = project.scene();
    let place = |id| scene.materials().iter().position(|material| material.id == id);
    let layers = project.layers().iter().map(|l| (l.material.and_then(place), l.bounds, l.visible));
    let transforms = project.layers().iter().map(|l| l.transform.to_columns());
    let materials = scene.materials().iter().map(|material| {
        // What comes of ids is told by places.
        Material { id: MaterialId(0), ..material.clone() }
    });
    let palette = scene.palette().iter().map(|s| (s.rgba, &s.name, s.material.and_then(place)));
    let cameras = scene.cameras().iter().map(|camera| {
        let Camera { id, name, distance, orthographic, transform } = camera;
        (scene.active_camera() == Some(*id), name, distance, orthographic, transform)
    });
    let (layers, transforms) = (layers.collect::<Vec<_>>(), transforms.collect::<Vec<_>>());
    let (materials, cameras) = (materials.collect::<Vec<_>>(), cameras.collect::<Vec<_>>());
    let (light, palette) = (scene.light(), palette.collect::<Vec<_>>());
    format!("{layers:?} {transforms:?} {materials:?} {cameras:?} {light:?} {palette:?}")
}

proptest! {
    #[test]
    fn scenes_come_back(
        ops in prop::collection::vec(op(), 1..20),
        light in prop::option::of((number(), any::<bool>())),
    ) {
        let light = light.map(|(yaw, fixed)| Light { yaw, fixed, ..Light::default() });
        let mut scene = Scene::default();
        scene.set_light(light).unwrap();
        let mut project = Project::new("p", [9, 8, 7]).with_scene(scene);
        let mut states = vec![told(&project)];
        for op in &ops {
            match project.apply(op.command()) {
                Ok(Effect::Layer(_) | Effect::Material(_) | Effect::Camera(_) | Effect::Palette) => {
                    states.push(told(&project));
                }
                Ok(effect) => prop_assert!(false, "{:?}", effect),
                Err(_) => prop_assert_eq!(Some(&told(&project)), states.last()),
            }
            let again = round_trip(&project, Format::Gox).into_project("again");
            prop_assert_eq!(told(&again), told(&project));
        }
        for state in states.iter().rev().skip(1) {
            prop_assert!(project.undo());
            prop_assert_eq!(&told(&project), state);
        }
        for state in &states[1..] {
            prop_assert!(project.redo());
            prop_assert_eq!(&told(&project), state);
        }
    }
}
