//! A project as it was first written must be read for ever, and so must a change.

use goxel_core::{
    BlendMode, Camera, Command, Identity, Layer, Light, Material, PagePos, Parts, Project, Scene,
    Swatch, Transform,
};
use goxel_proto::types::{Aabb, LayerId, LayerRef, Pos, Rgba};

use super::{apply, assert_same, change, decode, encode, set, voxel};

/// What was written. Nobody writes it anew: a later format gets files of its own beside these.
const STATE: &[u8] = include_bytes!("format-1.state");
const CHANGE: &[u8] = include_bytes!("format-1.change");

/// Something of everything: all fields, all forms of tiles, all runs.
fn project() -> Project {
    let mut scene = Scene::default();
    let lost = scene.set_material(Material::default()).unwrap();
    let name = "steel".to_owned();
    let steel =
        Material { name, color: [0.5, 0.25, 1.0, 0.75], metallic: 1.0, ..Material::default() };
    let material = Some(scene.set_material(steel).unwrap());
    scene.remove_material(lost).unwrap();
    let camera = scene.set_camera(Camera { orthographic: true, ..Camera::default() }).unwrap();
    scene.set_active_camera(Some(camera)).unwrap();
    scene.set_light(Some(Light { fixed: true, ..Light::default() })).unwrap();
    let red = Swatch { rgba: Rgba::opaque(255, 0, 0), name: "red".to_owned(), material: None };
    scene.set_palette(vec![red]).unwrap();

    let mut below = Layer::new(LayerId(3), "below");
    below.volume.replace_uniform_page(PagePos([-2, 0, 0]), Rgba::new(1, 2, 3, 128));
    for at in 0..3 * 4096 {
        let [x, y, z] = [at % 16, at / 16 % 16, at / 256];
        // A tile of two colours, one of many, and the first one again.
        let colour = if z / 16 == 1 {
            Rgba::opaque(x as u8, y as u8, z as u8)
        } else {
            Rgba::opaque(9, (x % 2) as u8, 9)
        };
        below.volume.set(Pos::new(x, y, z), colour);
    }
    let mut above = Layer::new(LayerId(7), "über");
    above.volume.set(Pos::from([i32::MIN; 3]), Rgba::WHITE);
    above.volume.set(Pos::from([i32::MAX; 3]), Rgba::new(7, 7, 7, 7));
    (above.visible, above.mode, above.material) = (false, BlendMode::Sub, material);
    let mut columns = Transform::IDENTITY.to_columns();
    columns[12] = -2.5;
    above.transform = Transform::from_columns(columns).unwrap();
    above.bounds = Some(Aabb { min: [-1; 3], max: [300; 3] });
    above.picture = Some("a/picture.png".to_owned());

    Project::restored(Parts {
        identity: Identity::of(12_345_678_901_234),
        version: 1 << 33,
        name: "golden".to_owned(),
        image: Aabb { min: [-32, -32, 0], max: [32, 32, 64] },
        layers: vec![below, above],
        active: LayerId(3),
        next_layer: 9,
        scene: Some(scene),
    })
    .unwrap()
}

/// The project after some edits.
fn changed() -> Project {
    let mut project = project();
    set(&mut project, &[voxel(1, 1, 1, Rgba::WHITE), voxel(500, 0, 0, Rgba::WHITE)]);
    project.apply(Command::DuplicateLayer(LayerRef::Active)).unwrap();
    project.apply(Command::ClearLayer(LayerRef::Id(LayerId(7)))).unwrap();
    let boxes = [(Aabb { min: [0; 3], max: [20, 9, 9] }, Rgba::WHITE)];
    let layer = LayerRef::Id(LayerId(3));
    project.apply(Command::SetVoxels { layer, boxes: &boxes, voxels: &[] }).unwrap();
    project
}

#[test]
fn what_was_written_is_read() {
    let mut read = decode(STATE).unwrap();
    assert_same(&read, &project());
    apply(&mut read, CHANGE).unwrap();
    assert_same(&read, &changed());
}

/// What deflate makes of it may change, so bytes are not compared.
#[test]
fn what_is_written_is_read_as_what_was_written() {
    let mut read = decode(&encode(&project())).unwrap();
    assert_same(&read, &decode(STATE).unwrap());
    apply(&mut read, &change(&project(), &changed()).unwrap()).unwrap();
    assert_same(&read, &changed());
}
