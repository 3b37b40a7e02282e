//! [`ask`]: a request to the daemon and its reply, and what a model is told where the daemon refuses: the
//! daemon's words, by the names that the tools have for things, and the next sensible step.

use goxel_client::{Error, Refusal, Requests};
use goxel_proto::{ErrorCode, Method};
use serde_json::{Value, json};

use crate::tool::{Call, Object, Refused};

/// A call of a method of the daemon.
#[derive(Debug)]
pub(super) struct Request {
    method: Method,
    params: Object,
}

impl Request {
    /// Without parameters.
    pub(super) fn new(method: Method) -> Self {
        Self { method, params: Object::new() }
    }

    /// With a parameter.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// With a parameter, where there is something to be said.
    pub(super) fn maybe(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Of a project.
    pub(super) fn of(self, project: &str) -> Self {
        self.with("project", project)
    }

    fn project(&self) -> Option<&str> {
        self.params.get("project").and_then(Value::as_str)
    }
}

/// Calls a method and waits for its result.
///
/// # Errors
/// What the daemon refuses, in words for a model; or that it is gone.
pub(super) fn ask(call: &mut Call<'_>, request: &Request) -> Result<Value, Refused> {
    attempt(call, request)?.map_err(|refusal| refused(call, request, &refusal))
}

/// A refusal of the daemon in words for a model.
pub(super) fn refused(call: &mut Call<'_>, request: &Request, refusal: &Refusal) -> Refused {
    let words = in_our_words(&refusal.message, call);
    let step = next_step(call, request, &refusal.message, refusal.code);
    Refused::new(format!("{words}{step}"))
}

/// [`ask`], of what may well be refused.
///
/// # Errors
/// Where the daemon is gone.
pub(super) fn attempt(
    call: &mut Call<'_>,
    request: &Request,
) -> Result<Result<Value, Refusal>, Refused> {
    match exchange(call, request) {
        Ok(told) => Ok(Ok(told)),
        Err(Error::Refused(refusal)) => Ok(Err(refusal)),
        Err(error) => Err(gone(&error)),
    }
}

fn exchange(call: &mut Call<'_>, request: &Request) -> Result<Value, Error> {
    let mut requests = Requests::new(call.client.next_id(), None);
    requests.tell_progress(call.client.wants_progress());
    requests.call(request.method, |writer| {
        for (name, value) in &request.params {
            // A value is written whatever it is.
            writer.key(name).raw(&serde_json::to_vec(value).unwrap_or_default());
        }
    });
    call.client.send(&requests)?;
    let reply = call.client.reply()??;
    serde_json::from_slice(reply.raw())
        .map_err(|_| Error::Protocol("the daemon's reply cannot be read"))
}

/// A member of a reply; `null` where it is not there.
pub(super) fn taken(mut told: Value, name: &str) -> Value {
    told.get_mut(name).map(Value::take).unwrap_or_default()
}

/// That the daemon does not answer any more.
fn gone(error: &Error) -> Refused {
    let words = format!(
        "The voxel engine does not answer: {error}. Call again: it is started anew, with the projects that it \
         keeps. Whether the last change was made is not known: get_project tells the version."
    );
    Refused { words, broken: true }
}

/// The daemon's names of parameters that have other ones here.
const NAMES: &[(&str, &str)] = &[
    ("params.options.highlight", "since"),
    ("params.options.clip", "box"),
    ("params.project: ", ""),
    ("params.options.", ""),
    ("params.read_options.", ""),
    ("params.region", "box"),
    ("params.layer_id", "layer"),
    ("params.target_layer_id", "to_layer"),
    ("params.source_layer_id", "layer"),
    ("params.position", "flood_at"),
    ("params.times", "steps"),
    ("params.thickness", "steps"),
    ("params.", ""),
    ("goxel.restore", "undo with to_version"),
    ("goxel.export_model", "save_file"),
    ("goxel.list_versions", "get_project"),
    ("goxel.create_project", "open_project"),
];

fn in_our_words(message: &str, call: &Call<'_>) -> String {
    let renamed =
        NAMES.iter().fold(message.to_owned(), |words, (theirs, ours)| words.replace(theirs, ours));
    // Paths as the model wrote them.
    let workspace = format!("{}/", call.limits.workspace.display());
    let told = if workspace.len() > 1 { renamed.replace(&workspace, "") } else { renamed };
    let mut letters = told.chars();
    let first: String = letters.next().into_iter().collect();
    let ends = told.ends_with(['.', '?', '!']);
    // What begins with the name of an argument goes on so.
    let begins_a_sentence = told.starts_with("Failed") || !told.contains(": ");
    let first = if begins_a_sentence { first.to_uppercase() } else { first };
    format!("{first}{}{}", letters.as_str(), if ends { "" } else { "." })
}

/// What to do about it.
fn next_step(call: &mut Call<'_>, request: &Request, message: &str, code: i64) -> String {
    if message.contains("no open project is named") || message.contains("no project is open") {
        return projects(call);
    }
    if message.contains("no layer has the id") || message.contains("no layer is named") {
        return layers(call, request.project());
    }
    let step = match code {
        code if code == ErrorCode::Conflict as i64 => {
            " Somebody else is at work on this project, or something would be lost: get_project tells how it is; \
             try again later."
        }
        code if code == ErrorCode::OverMemory as i64 => {
            " Do it in smaller parts, or close_project what is not needed."
        }
        code if code == ErrorCode::NotAllowed as i64 => {
            " Files stay inside of the workspace: say a path relative to it, as \"castle.gox\"."
        }
        code if code == ErrorCode::ReadOnly as i64 => " Only tools that read can be used here.",
        code if code == ErrorCode::Stopped as i64 => " Nothing was changed.",
        _ => "",
    };
    step.to_owned()
}

/// Names that are told at the most: more are looked up.
const NAMES_MAX: usize = 10;

fn projects(call: &mut Call<'_>) -> String {
    let listed = exchange(call, &Request::new(Method::ListProjects)).unwrap_or_default();
    let projects = listed["projects"].as_array().map(Vec::as_slice).unwrap_or_default();
    if projects.is_empty() {
        return " There are no projects: open_project makes one.".to_owned();
    }
    let told = projects.iter().take(NAMES_MAX).map(|project| {
        let text = |name: &str| project[name].as_str().unwrap_or_default().to_owned();
        format!("{} ({})", text("project_id"), text("name"))
    });
    format!(
        " Call list_projects. There are: {}.",
        listed_words(&told.collect::<Vec<_>>(), projects.len())
    )
}

/// The layers that a project has, in words.
pub(super) fn layers(call: &mut Call<'_>, project: Option<&str>) -> String {
    let request = Request::new(Method::ListLayers).maybe("project", project);
    let listed = exchange(call, &request).unwrap_or_default();
    let layers = listed["layers"].as_array().map(Vec::as_slice).unwrap_or_default();
    let told = layers.iter().take(NAMES_MAX).map(|layer| {
        format!("{} (id {})", layer["name"].as_str().unwrap_or_default(), layer["id"])
    });
    format!(
        " The project has: {}. edit_layers adds one.",
        listed_words(&told.collect::<Vec<_>>(), layers.len())
    )
}

fn listed_words(told: &[String], count: usize) -> String {
    let more = count.saturating_sub(told.len());
    let told = told.join(", ");
    if more > 0 { format!("{told} and {more} more") } else { told }
}

/// The id of the layer that a name or an id means; `None` where nothing is said.
///
/// # Errors
/// Where no layer has that name; which there are.
pub(super) fn layer(
    call: &mut Call<'_>,
    project: &str,
    said: Option<&Value>,
) -> Result<Option<i64>, Refused> {
    let name = match said {
        None => return Ok(None),
        Some(Value::String(name)) => name,
        Some(id) => return Ok(super::check::whole(id)),
    };
    let listed = ask(call, &Request::new(Method::ListLayers).of(project))?;
    let layers = listed["layers"].as_array().map(Vec::as_slice).unwrap_or_default();
    // The topmost of those that share a name: it is the one that was made last.
    let found = layers.iter().rev().find(|layer| layer["name"] == json!(name));
    if let Some(id) = found.and_then(|layer| layer["id"].as_i64()) {
        return Ok(Some(id));
    }
    let names = layers.iter().filter_map(|layer| layer["name"].as_str());
    if let Ok(id) = name.parse::<u32>() {
        return Ok(Some(id.into()));
    }
    let near = goxel_proto::suggest::nearest(name, names);
    let near = near.map_or_else(|| ".".to_owned(), |near| format!(": is \"{near}\" meant?"));
    Err(Refused::new(format!(
        "No layer is called \"{name}\"{near}{}",
        self::layers(call, Some(project))
    )))
}

/// The version of a project, and how many steps it can go back and forth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) version: u64,
    pub(super) undo: u64,
    pub(super) redo: u64,
}

impl State {
    /// That of a project.
    ///
    /// # Errors
    /// Where there is no such project.
    pub(super) fn of(call: &mut Call<'_>, project: &str) -> Result<Self, Refused> {
        let told = ask(call, &Request::new(Method::History).of(project))?;
        let number = |name: &str| told[name].as_u64().unwrap_or_default();
        Ok(Self { version: number("version"), undo: number("undo"), redo: number("redo") })
    }
}
