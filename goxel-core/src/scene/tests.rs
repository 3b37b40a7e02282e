//! Transforms, and scenes by themselves.

use goxel_proto::types::{CameraId, MaterialId};

use super::*;

#[test]
fn transforms_place_something() {
    let good = Transform::IDENTITY.to_columns();
    assert_eq!(Transform::from_columns(good), Ok(Transform::default()));
    for (at, number) in [(0, f32::NAN), (12, f32::INFINITY), (15, 0.0), (3, 1.0)] {
        let mut bad = good;
        bad[at] = number;
        assert_eq!(Transform::from_columns(bad), Err(Error::BadTransform), "{at}");
    }
}

#[test]
fn a_camera_looks_where_it_is_told() {
    let check = |eye, target, right: [f32; 3], up: [f32; 3], back: [f32; 3]| {
        let columns = Transform::looking(eye, target).unwrap().to_columns();
        let found: Vec<[f32; 3]> =
            columns.as_chunks::<4>().0.iter().map(|&[x, y, z, _]| [x, y, z]).collect();
        for (found, expected) in found.iter().zip([right, up, back, eye]) {
            let near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6);
            assert!(near, "{eye:?} {target:?}: {found:?}, not {expected:?}");
        }
    };
    let [x, y, z] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    check([0.0, -9.0, 2.0], [0.0, 0.0, 2.0], x, z, [0.0, -1.0, 0.0]);
    check([1.0, 1.0, 50.0], [1.0, 1.0, 0.0], x, y, z);
    check([7.0, 0.0, 0.0], [0.0; 3], y, z, x);
    assert_eq!(Transform::looking([1.0; 3], [1.0; 3]), Err(Error::BadTransform));
    assert_eq!(Transform::looking([f32::NAN; 3], [1.0; 3]), Err(Error::BadTransform));
    assert_eq!(Transform::looking([f32::MAX; 3], [f32::MIN; 3]), Err(Error::BadTransform));
}

#[test]
fn ids_are_never_used_again() {
    let mut scene = Scene::default();
    assert_eq!(scene.set_material(Material::default()), Ok(MaterialId(1)));
    assert_eq!(scene.remove_material(MaterialId(1)), Ok(()));
    assert_eq!(scene.set_material(Material::default()), Ok(MaterialId(2)));
    assert_eq!(scene.materials()[0].name, "Material.2");
    assert_eq!(scene.set_camera(Camera::default()), Ok(CameraId(1)));
    assert_eq!(scene.camera_named("Camera.1").map(|camera| camera.id), Ok(CameraId(1)));
    assert!(scene.camera_named("x").is_err() && scene.camera(CameraId(2)).is_err());
}

#[test]
fn a_light_is_checked() {
    let mut scene = Scene::default();
    assert_eq!(scene.set_light(Some(Light::default())), Ok(()));
    let error = scene.set_light(Some(Light { yaw: f32::NAN, ..Light::default() })).unwrap_err();
    assert_eq!(error.to_string(), "yaw must be a number that is finite");
    assert_eq!(scene.light(), Some(&Light::default()));
    assert!(scene.set_active_camera(Some(CameraId(1))).is_err());
}
