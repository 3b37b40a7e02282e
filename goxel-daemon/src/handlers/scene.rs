//! Materials, cameras and the palette of a project.

use goxel_core::{Camera, Command, Effect, Material, Project, Scene, Swatch, Transform};
use goxel_proto::calls::scene::{Named, Placed, SetCamera, SetMaterial, named, palette};
use goxel_proto::json::Writer;
use goxel_proto::types::{CameraId, MaterialId, Word};
use goxel_proto::{Args, ErrorCode, Method, RpcError};

use super::analysis::hex;
use crate::fault::Result;
use crate::handler::Handler::{Edit, Read};
use crate::handler::{Editing, Entry};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::ListMaterials, Read(list_materials)),
    (Method::SetMaterial, Edit(set_material)),
    (Method::DeleteMaterial, Edit(delete_material)),
    (Method::ListCameras, Read(list_cameras)),
    (Method::SetCamera, Edit(set_camera)),
    (Method::DeleteCamera, Edit(delete_camera)),
    (Method::GetPalette, Read(get_palette)),
    (Method::SetPalette, Edit(set_palette)),
];

fn list_materials(project: &Project, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let materials = project.scene().materials();
    w.object(|w| {
        w.member("count", materials.len());
        w.key("materials").array(|w| {
            for material in materials {
                w.item().object(|w| {
                    w.member("id", material.id.0);
                    w.member("name", &material.name);
                    w.member("color", material.color);
                    w.member("metallic", material.metallic);
                    w.member("roughness", material.roughness);
                    w.member("emission", material.emission);
                    w.member("transmission", material.transmission);
                    w.member("ior", material.ior);
                    w.member("medium", material.medium.name());
                    w.member("density", material.density);
                });
            }
        });
    });
    Ok(())
}

fn set_material(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let call = SetMaterial::read(args)?;
    let mut material = match &call.material {
        None => Material::default(),
        Some(Named::Id(id)) => project.scene().material(*id)?.clone(),
        Some(Named::Name(name)) => {
            project.scene().material_named(name).cloned().unwrap_or_default()
        }
    };
    material.name = call.name.unwrap_or(material.name);
    material.color = call.color.unwrap_or(material.color);
    material.metallic = call.metallic.unwrap_or(material.metallic);
    material.roughness = call.roughness.unwrap_or(material.roughness);
    material.emission = call.emission.unwrap_or(material.emission);
    material.transmission = call.transmission.unwrap_or(material.transmission);
    material.ior = call.ior.unwrap_or(material.ior);
    material.medium = call.medium.unwrap_or(material.medium);
    material.density = call.density.unwrap_or(material.density);
    let effect = project.apply(Command::SetMaterial(&material))?;
    let Effect::Material(id) = effect else { return Ok(()) };
    let name = &project.scene().material(id)?.name;
    write_done("material_id", id.0, Some(name), w);
    Ok(())
}

fn delete_material(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let id = match named(args, "material_id", MaterialId)? {
        Some(which) => material_id(project.scene(), &which)?,
        None => return missing("Must specify either material_id or name"),
    };
    project.apply(Command::RemoveMaterial(id))?;
    write_done("material_id", id.0, None, w);
    Ok(())
}

/// The id of a material that is there.
pub(super) fn material_id(
    scene: &Scene,
    which: &Named<MaterialId>,
) -> goxel_core::Result<MaterialId> {
    let found = match which {
        Named::Id(id) => scene.material(*id),
        Named::Name(name) => scene.material_named(name),
    };
    found.map(|material| material.id)
}

fn list_cameras(project: &Project, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let scene = project.scene();
    w.object(|w| {
        w.member("count", scene.cameras().len());
        w.key("cameras").array(|w| {
            for camera in scene.cameras() {
                w.item().object(|w| {
                    w.member("id", camera.id.0);
                    w.member("name", &camera.name);
                    w.member("active", scene.active_camera() == Some(camera.id));
                    w.member("distance", camera.distance);
                    w.member("orthographic", camera.orthographic);
                    w.member("transform", camera.transform.to_columns());
                });
            }
        });
    });
    Ok(())
}

fn set_camera(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let call = SetCamera::read(args)?;
    let mut camera = match &call.camera {
        None => Camera::default(),
        Some(Named::Id(id)) => project.scene().camera(*id)?.clone(),
        Some(Named::Name(name)) => project.scene().camera_named(name).cloned().unwrap_or_default(),
    };
    camera.name = call.name.unwrap_or(camera.name);
    if let Some(placed) = call.placed {
        place(&mut camera, placed)?;
    }
    camera.distance = call.distance.unwrap_or(camera.distance);
    camera.orthographic = call.orthographic.unwrap_or(camera.orthographic);
    let command = Command::SetCamera { camera: &camera, active: call.active };
    let effect = project.apply(command)?;
    let Effect::Camera(id) = effect else { return Ok(()) };
    let name = &project.scene().camera(id)?.name;
    write_done("camera_id", id.0, Some(name), w);
    Ok(())
}

/// A camera that looks at something turns around that.
fn place(camera: &mut Camera, placed: Placed) -> Result {
    camera.transform = match placed {
        Placed::Transform(columns) => Transform::from_columns(columns)?,
        Placed::Looking { eye, target } => {
            let transform = Transform::looking(eye, target).map_err(|_| {
                RpcError::params("params.target", "must be somewhere else than eye")
            })?;
            let parts = [0, 1, 2].map(|axis| f64::from(eye[axis]) - f64::from(target[axis]));
            camera.distance = parts.iter().map(|part| part * part).sum::<f64>().sqrt() as f32;
            transform
        }
    };
    Ok(())
}

fn delete_camera(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let scene = project.scene();
    let found = match named(args, "camera_id", CameraId)? {
        Some(Named::Id(id)) => scene.camera(id),
        Some(Named::Name(name)) => scene.camera_named(&name),
        None => return missing("Must specify either camera_id or name"),
    };
    let id = found?.id;
    project.apply(Command::RemoveCamera(id))?;
    write_done("camera_id", id.0, None, w);
    Ok(())
}

fn get_palette(project: &Project, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let palette = project.scene().palette();
    w.object(|w| {
        w.member("count", palette.len());
        w.key("colors").array(|w| {
            for swatch in palette {
                w.item().object(|w| {
                    w.member("hex", hex(swatch.rgba));
                    w.member("rgba", swatch.rgba);
                    if !swatch.name.is_empty() {
                        w.member("name", &swatch.name);
                    }
                    let material = swatch.material.and_then(|id| project.scene().material(id).ok());
                    if let Some(material) = material {
                        w.member("material_id", material.id.0);
                        w.member("material", &material.name);
                    }
                });
            }
        });
    });
    Ok(())
}

fn set_palette(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let scene = project.scene();
    let swatches = palette(args)?.into_iter().map(|swatch| {
        let material = swatch.material.map(|which| material_id(scene, &which)).transpose()?;
        Ok(Swatch { rgba: swatch.rgba, name: swatch.name, material })
    });
    let palette = swatches.collect::<goxel_core::Result<Vec<Swatch>>>()?;
    project.apply(Command::SetPalette(&palette))?;
    w.object(|w| {
        w.member("success", true);
        w.member("count", palette.len());
    });
    Ok(())
}

fn write_done(key: &str, id: u32, name: Option<&str>, w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("success", true);
        w.member(key, id);
        if let Some(name) = name {
            w.member("name", name);
        }
    });
}

fn missing(what: &str) -> Result {
    Err(RpcError::new(ErrorCode::InvalidParams, what).into())
}
