//! Resources: what projects are like, to be read without a tool.
//!
//! ```text
//! goxel://projects                          the list
//! goxel://projects/ID                       what one is like: sizes, layers, bounds
//! goxel://projects/ID/layers /palette       those, at length
//! goxel://projects/ID/picture               a PNG
//! goxel://projects/ID/file.gox file.vox     the bytes of a file
//! ```

use std::sync::Arc;

use goxel_client::{Client, Error};
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};
use rmcp::model::{ErrorData, ReadResourceResult, Resource, ResourceContents, ResourceTemplate};

use crate::calls::{encoded, unreachable};
use crate::files;
use crate::lookout::Ticket;
use crate::pool::{Confinement, Pool};

/// What every URI begins with, and the resource that lists the projects.
pub(crate) const PROJECTS: &str = "goxel://projects";
/// The edges of a picture, in pixels: what models look at in one piece, in some hundred tokens.
const PICTURE_PIXELS: u32 = 512;
const JSON: &str = "application/json";

/// What there is of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Info,
    Layers,
    Palette,
    Picture,
    File(&'static str),
}

/// A part: what stands behind the project's id in a URI, what it is, and of which type.
struct Row {
    part: Part,
    path: &'static str,
    title: &'static str,
    about: &'static str,
    mime: &'static str,
}

const ROWS: [Row; 6] = [
    Row {
        part: Part::Info,
        path: "",
        title: "Project",
        about: "Name, bounding box, voxel count, layers, depth of the history.",
        mime: JSON,
    },
    Row {
        part: Part::Layers,
        path: "/layers",
        title: "Layers",
        about: "The layers, bottom first: ids, names, visibility, voxel counts.",
        mime: JSON,
    },
    Row {
        part: Part::Palette,
        path: "/palette",
        title: "Palette",
        about: "The colours that the project keeps to pick from.",
        mime: JSON,
    },
    Row {
        part: Part::Picture,
        path: "/picture",
        title: "Picture",
        about: "The model as a PNG of 512 x 512 pixels, isometric, from the front right.",
        mime: "image/png",
    },
    Row {
        part: Part::File("gox"),
        path: "/file.gox",
        title: "Goxel file",
        about: "The bytes of a .gox file, which keeps everything; up to 16 MB.",
        mime: "application/x-goxel",
    },
    Row {
        part: Part::File("vox"),
        path: "/file.vox",
        title: "MagicaVoxel file",
        about: "The bytes of a .vox file, at most 256 colours; up to 16 MB.",
        mime: "application/x-magicavoxel",
    },
];

/// A project, as the list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// The resource that lists the projects.
pub(crate) fn list() -> Resource {
    Resource::new(PROJECTS, "projects")
        .with_title("Projects")
        .with_description("Every project: name, project_id, voxel count, whether it is saved.")
        .with_mime_type(JSON)
}

/// The resources of a project.
pub(crate) fn of(project: &Project) -> impl Iterator<Item = Resource> + use<'_> {
    ROWS.iter().map(|row| {
        let uri = format!("{PROJECTS}/{}{}", project.id, row.path);
        Resource::new(uri, format!("{}{}", project.name, row.path))
            .with_title(format!("{}: {}", row.title, project.name))
            .with_description(row.about)
            .with_mime_type(row.mime)
    })
}

/// The templates of their URIs.
pub(crate) fn templates() -> Vec<ResourceTemplate> {
    let template = |row: &Row| {
        let name = row.path.trim_start_matches('/');
        let name = if name.is_empty() { "project" } else { name };
        ResourceTemplate::new(format!("{PROJECTS}/{{project_id}}{}", row.path), name)
            .with_title(row.title)
            .with_description(row.about)
            .with_mime_type(row.mime)
    };
    ROWS.iter().map(template).collect()
}

/// The projects there are.
///
/// # Errors
/// Where the daemon does not tell.
pub(crate) fn projects(client: &mut Client) -> Result<Vec<Project>, Error> {
    let list = client.call(Method::ListProjects, None, |_| ())?;
    let text = |of: &Value<'_>, name: &str| Some(of.get(name)?.as_str()?.decode().into_owned());
    let project =
        |one: Value<'_>| Some(Project { id: text(&one, "project_id")?, name: text(&one, "name")? });
    let elements = list.get("projects");
    Ok(elements.iter().flat_map(Value::elements).filter_map(project).collect())
}

/// What a URI names: the list, or a part of a project.
///
/// # Errors
/// In words, where it names nothing.
pub(crate) fn named(uri: &str) -> Result<Option<(&str, Part)>, ErrorData> {
    let Some(rest) = uri.strip_prefix(PROJECTS) else { return Err(unknown(uri)) };
    if rest.is_empty() {
        return Ok(None);
    }
    let rest = rest.strip_prefix('/').ok_or_else(|| unknown(uri))?;
    let (id, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let row = ROWS.iter().find(|row| row.path == path);
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    row.filter(|_| is_id).map(|row| Some((id, row.part))).ok_or_else(|| unknown(uri))
}

fn unknown(uri: &str) -> ErrorData {
    let templates: Vec<_> = templates().into_iter().map(|one| one.uri_template).collect();
    let what = format!(
        "no resource {uri}. There are {PROJECTS}, which lists the projects with their project_id, and {}",
        templates.join(", ")
    );
    not_found(uri, &what)
}

fn not_found(uri: &str, what: &str) -> ErrorData {
    let data = serde_json::json!({ "uri": uri });
    ErrorData::resource_not_found(what.to_owned(), Some(data))
}

/// Reads a resource. It blocks.
///
/// # Errors
/// In the protocol's words.
pub(crate) fn read(
    pool: &Pool,
    confinement: &Confinement,
    uri: &str,
    ticket: &Arc<Ticket>,
) -> Result<ReadResourceResult, ErrorData> {
    let named = named(uri)?;
    let read = match named {
        Some((id, Part::File(format))) => files::read(pool, confinement, id, format, ticket)
            .map(|bytes| Body::Blob(encoded(&bytes))),
        _ => pool.with_kept(ticket, |client| text_or_picture(client, named)),
    };
    let body = match read {
        Ok(body) => body,
        Err(Error::Refused(refusal)) => {
            let what = format!("{}. {PROJECTS} lists the projects", refusal.message);
            return Err(not_found(uri, &what));
        }
        Err(error) => return Err(ErrorData::internal_error(unreachable(&error), None)),
    };
    let contents = match body {
        Body::Text(text) => ResourceContents::text(text, uri),
        Body::Blob(blob) => ResourceContents::blob(blob, uri),
    };
    let row = named.and_then(|(_, part)| ROWS.iter().find(|row| row.part == part));
    Ok(ReadResourceResult::new(vec![contents.with_mime_type(row.map_or(JSON, |row| row.mime))]))
}

/// What a resource has.
enum Body {
    Text(String),
    /// Bytes in base64.
    Blob(String),
}

fn text_or_picture(client: &mut Client, named: Option<(&str, Part)>) -> Result<Body, Error> {
    let none = |_: &mut Writer<'_>| ();
    let (method, id) = match named {
        None => (Method::ListProjects, None),
        Some((id, Part::Picture)) => return picture(client, id),
        Some((id, Part::Layers)) => (Method::ListLayers, Some(id)),
        Some((id, Part::Palette)) => (Method::GetPalette, Some(id)),
        Some((id, Part::Info | Part::File(_))) => (Method::GetProjectInfo, Some(id)),
    };
    let reply = client.call(method, id, none)?;
    Ok(Body::Text(String::from_utf8_lossy(reply.raw()).into_owned()))
}

fn picture(client: &mut Client, id: &str) -> Result<Body, Error> {
    let reply = client.call(Method::RenderScene, Some(id), |params| {
        params.member("width", PICTURE_PIXELS);
        params.member("height", PICTURE_PIXELS);
        params.member("camera_preset", "isometric");
        params.member("return_mode", "base64");
    })?;
    let image = reply.get("image").and_then(|image| Some(image.as_str()?.decode().into_owned()));
    image.map(Body::Blob).ok_or(Error::Protocol("the daemon's picture has no bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris() {
        assert_eq!(named("goxel://projects"), Ok(None));
        for (uri, part) in [
            ("goxel://projects/4x7m2k9qfd", Part::Info),
            ("goxel://projects/4x7m2k9qfd/layers", Part::Layers),
            ("goxel://projects/4x7m2k9qfd/palette", Part::Palette),
            ("goxel://projects/4x7m2k9qfd/picture", Part::Picture),
            ("goxel://projects/4x7m2k9qfd/file.gox", Part::File("gox")),
            ("goxel://projects/4x7m2k9qfd/file.vox", Part::File("vox")),
        ] {
            assert_eq!(named(uri), Ok(Some(("4x7m2k9qfd", part))), "{uri}");
        }
        for uri in [
            "",
            "file:///etc/passwd",
            "goxel://project",
            "goxel://projects/",
            "goxel://projects//layers",
            "goxel://projects/4x7m2k9qfd/",
            "goxel://projects/4x7m2k9qfd/layer",
            "goxel://projects/../../etc/layers",
            "goxel://projects/a b/layers",
        ] {
            let error = named(uri).unwrap_err();
            assert!(error.message.contains("goxel://projects/{project_id}/layers"), "{uri}");
        }
    }

    #[test]
    fn each_resource_of_a_project_has_a_template_and_is_named_by_its_uri() {
        let project = Project { id: "4x7m2k9qfd".to_owned(), name: "a castle".to_owned() };
        let templates = templates();
        for (resource, template) in of(&project).zip(&templates) {
            assert_eq!(template.uri_template.replace("{project_id}", &project.id), resource.uri);
            assert!(named(&resource.uri).is_ok(), "{}", resource.uri);
        }
        assert_eq!(of(&project).count(), templates.len());
    }
}
