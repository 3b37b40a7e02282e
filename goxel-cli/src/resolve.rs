//! What a command leaves for the daemon to say: the numbers of layers that are named, and what it
//! lacks else.

use anyhow::{Result, bail};
use goxel_client::Client;
use goxel_proto::json::Value;

use crate::commands::layers::List;
use crate::commands::{self, Action as _, All, Request};
use crate::error::{self, Refused, Usage};
use crate::parse::{ALL, LayerSpec};

/// Whether anything must be asked before the command can be sent, or it is not as simple as that.
pub(crate) fn needs(request: &mut Request) -> bool {
    let unsettled = request.layers().into_iter().flatten().any(|named| match named.layer {
        LayerSpec::Id(_) => false,
        LayerSpec::Name(_) => true,
        LayerSpec::All => named.all != All::Together,
    });
    unsettled || !request.is_complete()
}

/// Asks, and writes the answers into the command.
///
/// # Errors
/// Where no layer has such a name, or the connection breaks.
pub(crate) fn resolve(
    request: &mut Request,
    client: &mut Client,
    project: Option<&str>,
) -> Result<()> {
    for named in request.layers().into_iter().flatten() {
        match named.layer {
            LayerSpec::Name(name) => {
                let list = client.call(List::METHOD, named.project.or(project), |_| ())?;
                *named.layer = LayerSpec::Id(find(&list, name)?);
            }
            LayerSpec::All if named.all == All::Refused => {
                bail!(Usage("this command works on one layer, so not on `all`".into()));
            }
            LayerSpec::All | LayerSpec::Id(_) => {}
        }
    }
    if request.is_complete() { Ok(()) } else { request.complete(client, project) }
}

/// Whether the command is to be carried out on one layer after the other.
pub(crate) fn is_for_each(request: &mut Request) -> bool {
    let mut layers = request.layers().into_iter().flatten();
    layers.any(|named| named.all == All::Each && *named.layer == LayerSpec::All)
}

/// The command for each layer of the project, where it is one [for each](is_for_each).
///
/// # Errors
/// Where the daemon refuses, or the connection breaks.
pub(crate) fn each(
    request: &Request,
    client: &mut Client,
    project: Option<&str>,
) -> Result<Vec<Request>> {
    let list = client.call(List::METHOD, project, |_| ())?;
    let of_layer = |layer: Value<'_>| {
        let mut request = request.clone();
        for named in request.layers().into_iter().flatten() {
            *named.layer = LayerSpec::Id(id(&layer)?);
        }
        Some(request)
    };
    let layers = list.get("layers");
    Ok(layers.iter().flat_map(Value::elements).filter_map(of_layer).collect())
}

fn find(list: &Value<'_>, name: &str) -> Result<i32> {
    let layers = list.get("layers");
    let layers = layers.iter().flat_map(Value::elements);
    let named: Vec<_> = layers.map(|layer| (commands::text(&layer, "name"), id(&layer))).collect();
    let found = named.iter().find(|(known, _)| known == name).and_then(|(_, id)| *id);
    found.ok_or_else(|| {
        let meant =
            error::suggestion(name, named.iter().map(|(known, _)| known.as_str()).chain([ALL]));
        Refused(format!("no layer is named \"{name}\"{meant}")).into()
    })
}

fn id(layer: &Value<'_>) -> Option<i32> {
    i32::try_from(commands::count(layer, "id")).ok()
}
