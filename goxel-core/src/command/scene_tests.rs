//! The scene and the settings of layers: changed, refused, undone and done again.

use goxel_proto::types::Pos;

use super::*;
use crate::{LayerSettings, Motion, Transform, limits};

const ACTIVE: LayerRef = LayerRef::Active;

fn project() -> Project {
    let mut project = Project::new("p", [8; 3]);
    let steel = Material { name: "steel".to_owned(), metallic: 1.0, ..Material::default() };
    for command in [
        Command::SetMaterial(&steel),
        Command::SetMaterial(&Material::default()),
        Command::SetCamera { camera: &Camera::default(), active: None },
    ] {
        project.apply(command).expect("room");
    }
    project
}

fn settings(material: u32) -> LayerSettings<'static> {
    LayerSettings { material: Some(Some(MaterialId(material))), ..LayerSettings::default() }
}

fn bounds(min: i64, max: i64) -> Option<Aabb> {
    Some(Aabb { min: [min; 3], max: [max; 3] })
}

#[test]
fn the_scene_is_changed_and_brought_back() {
    let mut project = project();
    let mut check = |command: Command<'_>, expected: &dyn Fn(&Project) -> bool| {
        let before = project.stack.clone();
        project.apply(command.clone()).expect("allowed");
        assert!(expected(&project), "{command:?}");
        let after = project.stack.clone();
        assert!(project.undo() && project.stack == before, "{command:?}");
        assert!(project.redo() && project.stack == after, "{command:?}");
    };
    let second = MaterialId(2);
    let named = |name: &str| Material { name: name.to_owned(), ..Material::default() };
    check(Command::SetMaterial(&named("a")), &|p| p.scene().materials().len() == 3);
    check(Command::SetMaterial(&Material { id: second, ..named("b") }), &|p| {
        p.scene().material_named("b").map(|found| found.id) == Ok(second)
    });
    check(Command::SetLayer { layer: ACTIVE, settings: &settings(2) }, &|p| {
        p.layers()[0].material == Some(second)
    });
    check(Command::RemoveMaterial(second), &|p| {
        p.layers()[0].material.is_none() && p.scene().material(second).is_err()
    });
    check(Command::SetMaterial(&named("")), &|p| {
        p.scene().material_named("Material.4").is_ok() && p.scene().materials().len() == 3
    });
    let first = Some(CameraId(1));
    let flat = Camera { id: CameraId(1), orthographic: true, ..Camera::default() };
    let set = |active| Command::SetCamera { camera: &flat, active };
    check(set(Some(false)), &|p| p.scene().cameras()[0].orthographic);
    check(set(Some(true)), &|p| p.scene().active_camera() == first);
    check(set(None), &|p| p.scene().active_camera() == first);
    check(set(Some(false)), &|p| p.scene().active_camera().is_none());
    check(set(Some(true)), &|p| p.scene().active_camera() == first);
    check(Command::RemoveCamera(CameraId(1)), &|p| p.scene().active_camera().is_none());
    let palette = vec![Swatch::from(Rgba::WHITE), Swatch::from(Rgba::BLACK)];
    check(Command::SetPalette(&palette), &|p| p.scene().palette().len() == 2);
    let all = LayerSettings {
        name: Some("all"),
        visible: Some(false),
        mode: Some(BlendMode::Max),
        material: Some(None),
        transform: Transform::looking([1.0, 2.0, 3.0], [0.0; 3]).ok(),
        bounds: Some(bounds(0, 9)),
    };
    check(Command::SetLayer { layer: ACTIVE, settings: &all }, &|p| {
        let layer = &p.layers()[0];
        let told = (layer.name.as_str(), layer.visible, layer.mode, layer.bounds);
        told == ("all", false, BlendMode::Max, bounds(0, 9))
    });
    let nothing = LayerSettings::default();
    check(Command::SetLayer { layer: ACTIVE, settings: &nothing }, &|p| {
        p.layers()[0].transform.to_columns()[14] == 3.0
    });
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut project = project();
    let before = (project.stack.clone(), project.history_depth());
    let mut check = |command: Command<'_>, expected: &str| {
        let told = project.apply(command.clone()).expect_err("refused").to_string();
        assert_eq!(told, expected, "{command:?}");
        assert_eq!((project.stack.clone(), project.history_depth()), before);
    };
    let fresh = Material::default;
    check(
        Command::SetMaterial(&Material { roughness: f32::NAN, ..fresh() }),
        "roughness must be a number from 0 to 1",
    );
    check(
        Command::SetMaterial(&Material { color: [1.0, 1.5, 0.0, 1.0], ..fresh() }),
        "color must be a number from 0 to 1",
    );
    check(
        Command::SetMaterial(&Material { emission: [0.0, f32::INFINITY, 0.0], ..fresh() }),
        "emission must be a number of 0 or more",
    );
    check(
        Command::SetMaterial(&Material { id: MaterialId(3), ..fresh() }),
        "no material has the id 3",
    );
    check(
        Command::SetMaterial(&Material { name: "n".repeat(256), ..fresh() }),
        "a name of 256 bytes is too long: 255 at the most",
    );
    check(Command::RemoveMaterial(MaterialId(0)), "no material has the id 0");
    check(
        Command::SetCamera {
            camera: &Camera { distance: f32::INFINITY, ..Camera::default() },
            active: Some(true),
        },
        "distance must be a number that is finite",
    );
    check(Command::RemoveCamera(CameraId(2)), "no camera has the id 2");
    check(
        Command::SetPalette(&[Rgba::WHITE.into(), Rgba::EMPTY.into()]),
        "colour 1 of the palette has alpha 0, which is no voxel",
    );
    check(Command::SetLayer { layer: ACTIVE, settings: &settings(9) }, "no material has the id 9");
    let outside = LayerSettings { bounds: Some(bounds(4, 4)), ..LayerSettings::default() };
    check(
        Command::SetLayer { layer: ACTIVE, settings: &outside },
        "the bounds of a layer must hold a voxel and keep to the range of positions",
    );
    let layer = LayerRef::Id(LayerId(7));
    check(Command::SetLayer { layer, settings: &settings(1) }, "no layer has the id 7");
}

#[test]
fn lists_are_bounded() {
    let mut project = Project::new("p", [8; 3]);
    for at in 0..=limits::MATERIALS_MAX {
        let full = Error::TooMany { kind: "material", max: limits::MATERIALS_MAX };
        let made = project.apply(Command::SetMaterial(&Material::default()));
        assert_eq!(made.is_ok(), at < limits::MATERIALS_MAX, "{at}");
        assert!(made.is_ok() || made == Err(full));
    }
    for at in 0..=limits::CAMERAS_MAX {
        let made = project.apply(Command::SetCamera { camera: &Camera::default(), active: None });
        assert_eq!(made.is_ok(), at < limits::CAMERAS_MAX, "{at}");
    }
    for (count, fits) in [(limits::PALETTE_MAX, true), (limits::PALETTE_MAX + 1, false)] {
        let palette = vec![Swatch::from(Rgba::WHITE); count];
        assert_eq!(project.apply(Command::SetPalette(&palette)).is_ok(), fits, "{count}");
    }
}

#[test]
fn layers_bring_the_materials_that_they_have() {
    let mut project = project();
    let layer = |material| {
        let mut layer = Layer::new(LayerId(0), "new");
        layer.material = Some(MaterialId(material));
        layer
    };
    let material = |id, name: &str| Material {
        id: MaterialId(id),
        name: name.to_owned(),
        ..Material::default()
    };
    let mut theirs = Scene::default();
    for name in ["glass", "unused", "Material.2"] {
        theirs.set_material(material(0, name)).expect("a good one");
    }
    let before = project.stack.clone();
    let layers = vec![layer(1), layer(3), layer(1), layer(8)];
    project.apply(Command::AddLayers { layers, scene: &theirs }).expect("room");
    let of = |project: &Project| -> Vec<_> {
        project.layers().iter().map(|layer| layer.material.map(|id| id.0)).collect()
    };
    // One that is here already is not made again; one that is nowhere is none.
    assert_eq!(of(&project), [None, Some(3), Some(2), Some(3), None]);
    assert_eq!(project.scene().materials()[2].name, "glass");
    assert!(project.undo());
    assert_eq!(project.stack, before);
}

#[test]
fn colours_bring_the_materials_that_they_have() {
    let mut project = project();
    let mut theirs = Scene::default();
    let glass = Material { name: "glass".to_owned(), ..Material::default() };
    let glass = theirs.set_material(glass).expect("a good one");
    let swatch = |level, material| Swatch { material, ..Swatch::from(Rgba::opaque(level, 0, 0)) };
    theirs
        .set_palette(vec![swatch(1, None), swatch(2, Some(glass)), swatch(3, Some(glass))])
        .expect("a good one");
    project.apply(Command::SetPalette(&[swatch(3, None), swatch(4, None)])).expect("good ones");
    let before = project.stack.clone();
    project.apply(Command::AddLayers { layers: vec![], scene: &theirs }).expect("room");
    let scene = project.scene();
    let glass = scene.material_named("glass").expect("it came along").id;
    // A colour that is of nothing here is of theirs; one that is of nothing there is not brought.
    let expected = [swatch(3, Some(glass)), swatch(4, None), swatch(2, Some(glass))];
    assert_eq!(scene.palette(), expected);
    assert!(project.undo() && project.stack == before);
    let steel = Material { name: "steel".to_owned(), ..Material::default() };
    project.apply(Command::SetMaterial(&steel)).expect("a good one");
    let steel = project.scene().material_named("steel").expect("it is there").id;
    project.apply(Command::SetPalette(&[swatch(2, Some(steel))])).expect("a good one");
    project.apply(Command::AddLayers { layers: vec![], scene: &theirs }).expect("room");
    assert_eq!(project.scene().palette()[0], swatch(2, Some(steel)), "our own stays");
    assert_eq!(project.scene().palette().len(), 2);
}

#[test]
fn bounds_go_along_with_the_layer() {
    let mut project = project();
    let settings = LayerSettings { bounds: Some(bounds(2, 5)), ..LayerSettings::default() };
    project.apply(Command::SetLayer { layer: ACTIVE, settings: &settings }).expect("a layer");
    let voxels = [Voxel { pos: Pos::new(2, 3, 4), rgba: Rgba::WHITE }];
    project.apply(Command::SetVoxels { layer: ACTIVE, boxes: &[], voxels: &voxels }).unwrap();
    let mut check = |reshape, low, high| {
        let before = project.stack.clone();
        project.apply(Command::Reshape { layer: ACTIVE, reshape }).expect("in range");
        assert_eq!(project.layers()[0].bounds, Some(Aabb { min: low, max: high }));
        assert_eq!(project.count(), 1);
        assert!(project.undo() && project.stack == before);
    };
    check(Reshape::Move(Motion::translation([1, -2, 0])), [3, 0, 2], [6, 3, 5]);
    check(Reshape::Move(Motion::flip(0, 1)), [-3, 2, 2], [0, 5, 5]);
    check(Reshape::Halve, [1; 3], [3; 3]);
    check(Reshape::Hollow(1), [2; 3], [5; 3]);
}

#[test]
fn a_small_edit_holds_no_scene() {
    let mut project = project();
    let palette = vec![Swatch::from(Rgba::WHITE); limits::PALETTE_MAX];
    project.apply(Command::SetPalette(&palette)).expect("room");
    let before = project.undo_bytes();
    let visible = Command::SetVisible { layer: ACTIVE, visible: false };
    project.apply(visible).expect("a layer");
    assert!(project.undo_bytes() - before < 1024, "the scene is the same");
    project.apply(Command::SetPalette(&[])).expect("room");
    assert!(project.undo_bytes() - before > limits::PALETTE_MAX * size_of::<Swatch>());
}

#[test]
fn a_transaction_takes_the_scene_back() {
    let mut project = project();
    let before = project.stack.clone();
    for keep in [false, true] {
        project.begin().expect("the only one");
        project.apply(Command::RemoveMaterial(MaterialId(1))).expect("it is there");
        project.apply(Command::SetPalette(&[Rgba::WHITE.into()])).expect("room");
        if keep { project.commit() } else { project.roll_back() }.expect("begun");
        assert_eq!(project.stack == before, !keep);
    }
    assert!(project.undo(), "one step");
    assert_eq!((project.stack.clone(), project.history_depth()), (before, (3, 1)));
}
