//! Layers.

use goxel_core::{Command, Effect, LayerSettings, Project, Transform};
use goxel_proto::calls::scene::SetLayer;
use goxel_proto::json::Writer;
use goxel_proto::types::{LayerId, LayerRef, Rgba, Word};
use goxel_proto::{Args, ErrorCode, Method, RpcError};

use super::scene::material_id;
use crate::fault::Result;
use crate::handler::Handler::{Edit, Read, System};
use crate::handler::{Editing, Entry};
use crate::session::Session;
use crate::state::State;

pub(super) const HANDLERS: &[Entry] = &[
    (Method::ListLayers, System(list)),
    (Method::CreateLayer, Edit(create)),
    (Method::SetActiveLayer, Edit(set_active)),
    (Method::DeleteLayer, Edit(delete)),
    (Method::MergeLayers, Edit(merge)),
    (Method::SetLayerVisibility, Edit(set_visible)),
    (Method::RenameLayer, Edit(rename)),
    (Method::DuplicateLayer, Edit(duplicate)),
    (Method::MoveLayer, Edit(move_to)),
    (Method::Clear, Edit(clear)),
    (Method::GetLayer, Read(get)),
    (Method::SetLayer, Edit(set)),
];

/// Without a project there are no layers, which is no error.
fn list(state: &mut State, session: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let project = state.projects.read(state.target(session, args)?).ok();
    w.object(|w| {
        w.member("count", project.map_or(0, |project| project.layers().len()));
        write_layers(project, w);
    });
    Ok(())
}

pub(super) fn write_layers(project: Option<&Project>, w: &mut Writer<'_>) {
    w.key("layers").array(|w| {
        let Some(project) = project else { return };
        for layer in project.layers() {
            w.item().object(|w| {
                w.member("id", layer.id.0);
                w.member("name", &layer.name);
                w.member("visible", layer.visible);
                w.member("active", layer.id == project.active());
                w.member("voxel_count", layer.volume.count());
            });
        }
    });
}

fn create(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let name: String = args.need("name")?;
    let visible = args.need("visible")?;
    // Layers have no colour of their own: it is checked and given back, as clients expect.
    let given = ["r", "g", "b"].iter().any(|part| args.has(part));
    let colour =
        if given { args.colour_parts().map_err(|error| bad_colour(&error))? } else { Rgba::WHITE };
    project.apply(Command::CreateLayer { name: &name, visible })?;
    let [r, g, b, _] = colour.0;
    w.object(|w| {
        w.member("success", true);
        w.member("name", &name);
        w.member("visible", visible);
        w.member("color", [r, g, b]);
        w.member("layer_id", project.active().0);
    });
    Ok(())
}

fn set_active(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let layer = match args.get::<String>("name")? {
        Some(name) => LayerRef::Id(project.layer_named(&name)?.id),
        None if args.has("layer_id") => args.layer()?,
        None => return missing("Must specify either layer_id or name"),
    };
    change(project, Command::SetActiveLayer(layer), w)
}

/// Carries out a command on a layer, and says which layer it is that was changed or made.
fn change(project: &mut Editing<'_>, command: Command<'_>, w: &mut Writer<'_>) -> Result {
    let layer = match project.apply(command)? {
        Effect::Layer(id) => LayerRef::Id(id),
        _ => LayerRef::Active,
    };
    let layer = project.layer(layer)?;
    w.object(|w| {
        w.member("success", true);
        w.member("layer_id", layer.id.0);
        w.member("name", &layer.name);
    });
    Ok(())
}

/// The id in a parameter that must name one layer: 0 and below do not.
fn explicit(args: &Args<'_>, name: &str) -> Result<Option<LayerRef>> {
    let id = args.get::<i32>(name)?.and_then(|id| u32::try_from(id).ok());
    Ok(id.filter(|&id| id > 0).map(|id| LayerRef::Id(LayerId(id))))
}

fn missing<T>(what: &str) -> Result<T> {
    Err(RpcError::new(ErrorCode::InvalidParams, what).into())
}

fn bad_colour(error: &RpcError) -> RpcError {
    let what = format_args!("Invalid color values (must be 0-255): {}", error.message);
    RpcError::new(error.code, what)
}

fn delete(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let layer = match (explicit(args, "layer_id")?, args.get::<String>("layer_name")?) {
        (Some(layer), _) => layer,
        (None, Some(name)) => LayerRef::Id(project.layer_named(&name)?.id),
        (None, None) => missing("Must specify either layer_id or layer_name")?,
    };
    project.apply(Command::DeleteLayer(layer))?;
    w.object(|w| w.member("success", true));
    Ok(())
}

fn merge(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let ids = (explicit(args, "source_layer_id")?, explicit(args, "target_layer_id")?);
    let (Some(source), Some(target)) = ids else {
        return missing("Must specify valid source_layer_id and target_layer_id");
    };
    let command = Command::MergeLayers { source, target };
    project.apply(command)?;
    w.object(|w| w.member("success", true));
    Ok(())
}

fn set_visible(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let visible = args.need("visible")?;
    let Some(layer) = explicit(args, "layer_id")? else {
        return missing("Must specify valid layer_id");
    };
    let command = Command::SetVisible { layer, visible };
    project.apply(command)?;
    w.object(|w| {
        w.member("success", true);
        w.member("visible", visible);
    });
    Ok(())
}

fn rename(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let (layer, name) = (args.layer()?, args.need::<String>("name")?);
    change(project, Command::RenameLayer { layer, name: &name }, w)
}

fn duplicate(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    change(project, Command::DuplicateLayer(args.layer()?), w)
}

fn move_to(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let (layer, index) = (args.layer()?, args.need("index")?);
    change(project, Command::MoveLayer { layer, index }, w)
}

fn clear(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    change(project, Command::ClearLayer(args.layer()?), w)
}

fn get(project: &Project, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let layer = project.layer(args.layer()?)?;
    let material = layer.material.and_then(|id| project.scene().material(id).ok());
    w.object(|w| {
        w.member("id", layer.id.0);
        w.member("name", &layer.name);
        w.member("visible", layer.visible);
        w.member("active", layer.id == project.active());
        w.member("voxel_count", layer.volume.count());
        w.member("mode", layer.mode.name());
        w.member("material_id", material.map_or(0, |material| material.id.0));
        if let Some(material) = material {
            w.member("material", &material.name);
        }
        w.member("transform", layer.transform.to_columns());
        if let Some((low, high)) = layer.bounds.and_then(|bounds| bounds.corners()) {
            w.key("bounds").object(|w| {
                w.member("min", low);
                w.member("max", high);
            });
        }
        if let Some(path) = &layer.picture {
            w.member("picture", path);
        }
    });
    Ok(())
}

fn set(project: &mut Editing<'_>, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let call = SetLayer::read(args)?;
    let material = match call.material {
        Some(Some(which)) => {
            let id = material_id(project.scene(), &which);
            // As the methods of materials say it.
            Some(Some(id.map_err(|error| RpcError::new(ErrorCode::Scene, error))?))
        }
        Some(None) => Some(None),
        None => None,
    };
    let transform = call.transform.map(Transform::from_columns).transpose();
    let settings = LayerSettings {
        name: call.name.as_deref(),
        visible: call.visible,
        mode: call.mode,
        material,
        transform: transform?,
        bounds: call.bounds,
    };
    let command = Command::SetLayer { layer: call.layer, settings: &settings };
    change(project, command, w)
}
