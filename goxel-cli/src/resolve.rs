//! What a command leaves for the daemon to say: the numbers of layers that are named, and the
//! name of the project where no file is.

use anyhow::Result;
use goxel_client::Client;
use goxel_proto::Method;
use goxel_proto::json::Value;

use crate::args::{Command, Layer, OnLayer};
use crate::commands;
use crate::error::Refused;
use crate::parse::LayerSpec;

/// Whether anything must be asked before the command can be sent.
pub(crate) fn needs(command: &mut Command) -> bool {
    let mut named = matches!(command, Command::Save { file: None });
    each_layer(command, &mut |layer| {
        named |= matches!(layer, LayerSpec::Name(_));
        Ok(())
    })
    .is_ok()
        && named
}

/// Asks, and writes the answers into the command.
///
/// # Errors
/// Where no layer has such a name, or the connection breaks.
pub(crate) fn resolve(
    command: &mut Command,
    client: &mut Client,
    project: Option<&str>,
) -> Result<()> {
    if let Command::Save { file: file @ None } = command {
        let status = client.call(Method::GetStatus, project, |_| ())?;
        let name = commands::text(&status, "name");
        *file = Some(format!("{}.gox", name.replace('/', "_")).into());
    }
    if let Command::Copy { from: Some(from), on: OnLayer { layer: Some(layer) }, .. } = command {
        let list = client.call(Method::ListLayers, Some(from), |_| ())?;
        number(layer, &list)?;
    }
    if !needs(command) {
        return Ok(());
    }
    let list = client.call(Method::ListLayers, project, |_| ())?;
    each_layer(command, &mut |layer| number(layer, &list))
}

/// Puts a number in the place of a name.
fn number(layer: &mut LayerSpec, list: &Value<'_>) -> Result<()> {
    if let LayerSpec::Name(name) = layer {
        *layer = LayerSpec::Id(find(list, name)?);
    }
    Ok(())
}

fn find(list: &Value<'_>, name: &str) -> Result<i32> {
    let layers = list.get("layers");
    let mut layers = layers.iter().flat_map(Value::elements);
    let layer = layers.find(|layer| commands::text(layer, "name") == name);
    let id = layer.and_then(|layer| i32::try_from(commands::count(&layer, "id")).ok());
    id.ok_or_else(|| Refused(format!("no layer is named \"{name}\"")).into())
}

/// Visits the layers that a command names.
fn each_layer(
    command: &mut Command,
    visit: &mut dyn FnMut(&mut LayerSpec) -> Result<()>,
) -> Result<()> {
    use Command as C;
    let on = match command {
        C::Layer(layer) => return each_of_layer_command(layer, visit),
        C::Clear { layer } => return layer.as_mut().map_or(Ok(()), visit),
        C::Copy { on, into: Some(into), .. } => {
            visit(into)?;
            on
        }
        C::AddVoxels(add) => &mut add.on,
        C::RemoveVoxels(remove) => &mut remove.on,
        C::Shape(shape) => &mut shape.on,
        C::Line(stroke) => &mut stroke.on,
        C::Heightmap(map) => &mut map.on,
        C::Dilate(growth) | C::Erode(growth) => &mut growth.on,
        C::Bbox(on)
        | C::Faces(on)
        | C::Count { on, .. }
        | C::Components { on, .. }
        | C::Extrude { on, .. }
        | C::Hollow { on, .. }
        | C::PaintVoxels { on, .. }
        | C::GetVoxel { on, .. }
        | C::GetVoxels { on, .. }
        | C::Fill { on, .. }
        | C::Flood { on, .. }
        | C::ReplaceColor { on, .. }
        | C::Mirror { on, .. }
        | C::Rotate { on, .. }
        | C::Move { on, .. }
        | C::Scale { on, .. }
        | C::Crop { on, .. }
        | C::Copy { on, .. }
        | C::Histogram { on, .. }
        | C::Colors { on, .. }
        | C::Find { on, .. } => on,
        _ => return Ok(()),
    };
    on.layer.as_mut().map_or(Ok(()), visit)
}

fn each_of_layer_command(
    layer: &mut Layer,
    visit: &mut dyn FnMut(&mut LayerSpec) -> Result<()>,
) -> Result<()> {
    match layer {
        Layer::List | Layer::Add { .. } => Ok(()),
        Layer::Merge { from, into } => visit(from).and_then(|()| visit(into)),
        Layer::Remove { layer }
        | Layer::Rename { layer, .. }
        | Layer::Duplicate { layer }
        | Layer::Show { layer }
        | Layer::Hide { layer }
        | Layer::Use { layer }
        | Layer::Set { layer, .. }
        | Layer::Move { layer, .. } => visit(layer),
    }
}
