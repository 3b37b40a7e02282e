//! Projects as wholes: which there are, what one is made of, and closing one.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};
use serde_json::{Value, json};

use super::args::Args;
use super::ask::{self, Request, State, ask};
use super::look;
use super::params::PROJECT;
use super::spec::{Does, Spec};
use crate::tool::{Call, Effect, Object, Outcome, Refused};

/// Projects that are listed at the most: a model that needs one of more knows its name.
const LISTED_MAX: usize = 100;
/// Versions that are told of a project: what one goes back to is mostly among the last ones.
const VERSIONS_TOLD: usize = 10;

const NAME: Field = Field::needed("name", Kind::Text, "");
const ID: Field = Field::needed("project_id", Kind::Text, "");

pub(super) const LIST: Spec = Spec {
    name: "list_projects",
    title: "List the projects",
    about: "Lists all projects with the project_id that every other tool needs.",
    effect: Effect::Reads,
    idempotent: true,
    params: &[],
    examples: &[],
    gives: &[
        Field::needed("projects", Kind::list(&Kind::Any), ""),
        Field::absent("more", Kind::COUNT, "Left out."),
    ],
    does: Does::Answers(list),
};

fn list(call: &mut Call<'_>, _: &mut Args) -> Result<Outcome, Refused> {
    let told = ask(call, &Request::new(Method::ListProjects))?;
    let all = told["projects"].as_array().map(Vec::as_slice).unwrap_or_default();
    let listed: Vec<Value> = all.iter().take(LISTED_MAX).map(entry).collect();
    let mut structured = json!({"projects": listed});
    if all.len() > LISTED_MAX {
        structured["more"] = (all.len() - LISTED_MAX).into();
    }
    Ok(Outcome { structured, ..Outcome::default() })
}

/// A project in a list: what the daemon knows of one that is not open may be less.
fn entry(project: &Value) -> Value {
    let mut told = Object::new();
    for (ours, theirs) in [
        ("project_id", "project_id"),
        ("name", "name"),
        ("voxels", "voxel_count"),
        ("layers", "layer_count"),
        ("unsaved", "unsaved"),
        ("error", "error"),
    ] {
        if let Some(value) = project.get(theirs) {
            told.insert(ours.to_owned(), value.clone());
        }
    }
    told.into()
}

pub(super) const GET: Spec = Spec {
    name: "get_project",
    title: "Describe a project",
    about: "Tells what a project is made of: image box, bounds, layers (bottom first), materials, palette, undo \
            steps, last versions. For shape and colours use measure.",
    effect: Effect::Reads,
    idempotent: true,
    params: &[PROJECT],
    examples: &[],
    gives: &[
        ID,
        NAME,
        Field::needed("version", Kind::COUNT, ""),
        Field::needed("voxels", Kind::COUNT, ""),
        Field::needed("layers", Kind::list(&Kind::Any), ""),
    ],
    does: Does::Answers(get),
};

fn get(call: &mut Call<'_>, args: &mut Args) -> Result<Outcome, Refused> {
    let project = args.project();
    let of = |method| Request::new(method).of(&project);
    let info = ask(call, &of(Method::GetProjectInfo))?;
    let State { version, undo, redo } = State::of(call, &project)?;
    let mut structured = json!({
        "project_id": info["project_id"], "name": info["name"], "version": version,
        "size": [info["width"], info["height"], info["depth"]], "voxels": info["voxel_count"],
        "unsaved": info["unsaved"], "undo": undo, "redo": redo, "layers": layers(&info["layers"]),
        "materials": ask::taken(ask(call, &of(Method::ListMaterials))?, "materials"),
        "palette": palette(&ask(call, &of(Method::GetPalette))?),
    });
    if let Some(bounds) = look::bounds(&info["bounding_box"]) {
        structured["bounds"] = bounds;
    }
    // Older versions are kept where the daemon has a directory for that.
    let versions = of(Method::ListVersions).with("limit", VERSIONS_TOLD);
    if let Ok(told) = ask::attempt(call, &versions)? {
        structured["versions"] = ask::taken(told, "versions");
    }
    Ok(Outcome { structured, ..Outcome::default() })
}

fn layers(told: &Value) -> Value {
    let entry = |layer: &Value| {
        json!({
            "id": layer["id"], "name": layer["name"], "visible": layer["visible"], "active": layer["active"],
            "voxels": layer["voxel_count"],
        })
    };
    told.as_array()
        .map(|layers| layers.iter().map(entry).collect::<Vec<_>>())
        .unwrap_or_default()
        .into()
}

/// Colours of a palette that are told: a model picks from a few.
const SWATCHES_MAX: usize = 64;

fn palette(told: &Value) -> Vec<Value> {
    let entry = |swatch: &Value| {
        let mut entry = json!({"color": swatch["hex"]});
        for name in ["name", "material"] {
            if let Some(value) = swatch.get(name) {
                entry[name] = value.clone();
            }
        }
        entry
    };
    let swatches = told["colors"].as_array().map(Vec::as_slice).unwrap_or_default();
    swatches.iter().take(SWATCHES_MAX).map(entry).collect()
}

/// Whether what was asked for by name may be done at all.
fn may_discard(call: &Call<'_>) -> Result<(), Refused> {
    if call.limits.discard {
        return Ok(());
    }
    Err(Refused::new(
        "discard: this server was started so that nothing can be lost: save_file first.",
    ))
}

pub(super) const CLOSE: Spec = Spec {
    name: "close_project",
    title: "Close a project",
    about: "Closes a project. Refused where changes would be lost, unless discard is true. With delete its \
            older versions go, too; files stay.",
    effect: Effect::Destroys,
    idempotent: true,
    params: &[
        PROJECT,
        Field::absent("discard", Kind::Bool, "Unsaved changes may be lost."),
        Field::absent("delete", Kind::Bool, "For good; needs discard."),
    ],
    examples: &[],
    gives: &[ID],
    does: Does::Answers(close),
};

fn close(call: &mut Call<'_>, args: &mut Args) -> Result<Outcome, Refused> {
    let project = args.project();
    let (discard, delete) = (args.flag("discard"), args.flag("delete"));
    if delete && !discard {
        return Err(Refused::new(
            "delete: a project that is deleted cannot be had back: say discard: true with it, or leave it out.",
        ));
    }
    if discard {
        may_discard(call)?;
    }
    let unsaved =
        ask(call, &Request::new(Method::GetStatus).of(&project))?["unsaved"] == json!(true);
    if unsaved && !discard {
        return Err(Refused::new(format!(
            "\"{project}\" has changes that would be lost. save_file writes them; discard: true lets them go."
        )));
    }
    let method = if delete { Method::DeleteProject } else { Method::CloseProject };
    let request = Request::new(method).with("name", project.as_str());
    let request = if delete { request } else { request.with("discard", discard) };
    ask(call, &request)?;
    let structured = json!({"project_id": project, "closed": true});
    Ok(Outcome { structured, ..Outcome::default() })
}
