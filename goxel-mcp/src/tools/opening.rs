//! `open_project`: an empty project, one of a file, or the layers of a file for one that is there.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};
use serde_json::{Value, json};

use super::args::Args;
use super::ask::{Request, ask};
use super::files::{WARNINGS, warn};
use super::params;
use super::spec::{Does, Spec};
use crate::tool::{Call, Effect, Outcome, Refused};

/// The image box of a project where nothing is said.
const USUAL_SIZE: [i32; 3] = [64; 3];

pub(super) const OPEN: Spec = Spec {
    name: "open_project",
    title: "Create, open or import",
    about: "Makes an empty project called name; with path, of that file; with project_id too, adds the layers of \
            the file to that one. Reads .gox .vox .qb .xraw .schem .ply .obj .glb .stl .png (heights) and more; \
            meshes become voxels.",
    effect: Effect::Adds,
    idempotent: false,
    params: &[
        Field::absent("name", Kind::Text, "Default: the file's."),
        Field::absent("path", Kind::Path, "Relative to the workspace."),
        Field::absent("project_id", Kind::Text, "To import into."),
        Field::absent(
            "size",
            Kind::tuple(&Kind::POSITIVE, 3),
            "Image box [x,y,z] of an empty project; voxels may lie outside. Default: 64 each.",
        ),
        params::plain(params::said(
            params::inside(Method::LoadProject, "read_options", "resolution"),
            "Of a mesh: voxels along its longest edge. Default: 128.",
        )),
    ],
    examples: &[r#"{"name":"castle","size":[64,64,48]}"#, r#"{"path":"castle.vox"}"#],
    gives: &[Field::needed("project_id", Kind::Text, ""), WARNINGS],
    does: Does::Answers(open),
};

/// What goes with each way of opening.
const WAYS: [(&str, &[&str]); 3] = [
    ("an empty project", &["name", "size"]),
    ("a file", &["path", "name", "resolution"]),
    ("an import", &["path", "project_id", "resolution"]),
];

fn open(call: &mut Call<'_>, args: &mut Args) -> Result<Outcome, Refused> {
    let way = match (args.has("path"), args.has("project_id")) {
        (false, false) => 0,
        (true, false) => 1,
        (true, true) => 2,
        (false, true) => {
            return Err(Refused::new("path is missing: which file is imported into the project?"));
        }
    };
    let (what, takes) = WAYS[way];
    let all = ["name", "path", "project_id", "size", "resolution"];
    if let Some(other) = all.iter().find(|name| args.has(name) && !takes.contains(name)) {
        return Err(Refused::new(format!(
            "{other} is not of {what}, which takes: {}.",
            takes.join(", ")
        )));
    }
    match way {
        0 => create(call, args),
        1 => load(call, args),
        _ => import(call, args),
    }
}

fn create(call: &mut Call<'_>, args: &Args) -> Result<Outcome, Refused> {
    let Some(name) = args.text("name") else {
        return Err(Refused::new(
            "name is missing: what is the new project called? Or say the path of a file.",
        ));
    };
    let size = args.cells::<3>("size").unwrap_or(USUAL_SIZE);
    name_is_free(call, name)?;
    let request = Request::new(Method::CreateProject)
        .with("name", name)
        .with("width", size[0])
        .with("height", size[1])
        .with("depth", size[2])
        .with("replace", false);
    let told = ask(call, &request)?;
    Ok(opened(json!({"project_id": told["project_id"], "name": told["name"], "size": size}), &told))
}

fn load(call: &mut Call<'_>, args: &Args) -> Result<Outcome, Refused> {
    let path = args.text("path").unwrap_or_default();
    let name = args.text("name").map_or_else(|| stem(path), str::to_owned);
    name_is_free(call, &name)?;
    let request =
        reading(call, args, Method::LoadProject).with("name", name).with("replace", false);
    let told = ask(call, &request)?;
    Ok(opened(json!({"project_id": told["project_id"], "name": told["name"]}), &told))
}

fn import(call: &mut Call<'_>, args: &Args) -> Result<Outcome, Refused> {
    let project = args.project();
    let request = reading(call, args, Method::ImportModel).of(&project);
    let told = ask(call, &request)?;
    Ok(opened(json!({"project_id": project, "layers_added": told["layers"]}), &told))
}

/// A request that reads the file.
fn reading(call: &Call<'_>, args: &Args, method: Method) -> Request {
    let options = args.get("resolution").map(|resolution| json!({"resolution": resolution}));
    let path = call.limits.path(args.text("path").unwrap_or_default());
    Request::new(method).with("path", path).maybe("read_options", options)
}

/// The name of a file without folders and extension.
fn stem(path: &str) -> String {
    let stem = std::path::Path::new(path).file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

fn opened(mut structured: Value, told: &Value) -> Outcome {
    warn(&mut structured, told);
    Outcome { structured, ..Outcome::default() }
}

/// Says whether a project of this name can be opened: one that is there is not replaced.
///
/// # Errors
/// Where there is one; what to do about it.
fn name_is_free(call: &mut Call<'_>, name: &str) -> Result<(), Refused> {
    let listed = ask(call, &Request::new(Method::ListProjects))?;
    let projects = listed["projects"].as_array().map(Vec::as_slice).unwrap_or_default();
    let Some(there) = projects.iter().find(|project| project["name"] == name) else {
        return Ok(());
    };
    let id = there["project_id"].as_str().unwrap_or_default();
    Err(Refused::new(format!(
        "There is a project called \"{name}\" ({id}). Work on it by that project_id, choose another name, or \
         delete it with close_project."
    )))
}
