//! What belongs to a project beside its layers: materials, and the palette.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};
use serde_json::json;

use super::args::Args;
use super::ask::Request;
use super::edit::{Editing, LOOK};
use super::params::{self, PROJECT};
use super::spec::{Does, Spec};
use super::voxels::members;
use crate::tool::{Effect, Object, Refused};

/// What a material is like.
const fn like(name: &str, about: &'static str) -> Field {
    params::said(params::of(Method::SetMaterial, name), about)
}

/// The properties of a material.
const PROPERTIES: [&str; 6] = ["color", "metallic", "roughness", "emission", "transmission", "ior"];

pub(super) const MATERIAL: Spec = Spec {
    name: "edit_material",
    title: "Add, change or delete a material",
    about: "Sets what a surface is like; what is not given stays. Layers get a material by edit_layers set, \
            colours by set_palette.",
    effect: Effect::Changes,
    idempotent: true,
    params: &[
        PROJECT,
        params::required(like("name", "New ones are added.")),
        Field::absent("color", Kind::Colour, "Multiplies that of voxels."),
        like("metallic", "1: metal."),
        like("roughness", "0 mirror, 1 chalk."),
        like("emission", "Linear [r,g,b]."),
        like("transmission", "1: clear glass."),
        Field::absent("delete", Kind::Bool, "Removes it."),
        LOOK,
    ],
    examples: &[r#"{"project_id":"p1","name":"steel","metallic":1,"roughness":0.4}"#],
    gives: &[],
    does: Does::Edits(material),
};

fn material(editing: &mut Editing<'_, '_>, args: &mut Args) -> Result<Object, Refused> {
    let deletes = args.flag("delete");
    if let Some(other) = PROPERTIES.iter().find(|name| deletes && args.has(name)) {
        return Err(Refused::new(format!(
            "{other} is of no use to a material that is deleted: leave it out."
        )));
    }
    let method = if deletes { Method::DeleteMaterial } else { Method::SetMaterial };
    let mut request = Request::new(method).maybe("name", args.take("name"));
    for name in PROPERTIES {
        request = request.maybe(name, args.take(name));
    }
    let told = editing.ask(request)?;
    Ok(members(json!({"material_id": told["material_id"]})))
}

pub(super) const PALETTE: Spec = Spec {
    name: "set_palette",
    title: "Set the palette",
    about: "Replaces the colours that the project keeps to pick from, each with a name and the material of its \
            voxels. To recolour voxels use paint.",
    effect: Effect::Changes,
    idempotent: true,
    params: &[
        PROJECT,
        params::said(
            params::of(Method::SetPalette, "colors"),
            "Colours, or {color,name?,material?}.",
        ),
        LOOK,
    ],
    examples: &[r##"{"project_id":"p1","colors":["#8b8b86",{"color":"gold","name":"trim"}]}"##],
    gives: &[],
    does: Does::Edits(palette),
};

fn palette(editing: &mut Editing<'_, '_>, args: &mut Args) -> Result<Object, Refused> {
    let request = Request::new(Method::SetPalette).maybe("colors", args.take("colors"));
    let told = editing.ask(request)?;
    Ok(members(json!({"colors": told["count"]})))
}
