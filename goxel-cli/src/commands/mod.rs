//! What each command sends and what it prints of the answer.
//!
//! Both are functions without side effects: [`build`] appends requests to a buffer, [`show`] makes
//! text of their results. A command that sends nothing ([`Command::Methods`]) shows what is known
//! here. The families of commands are in the modules below, both directions together.

mod layers;
mod projects;
mod render;
mod system;
mod voxels;

pub(crate) use voxels::write_points;

use std::path::Path;

use anyhow::{Result, bail};
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};
use goxel_proto::response;

use crate::args::Command;
use crate::error::Usage;

/// Requests that are to be sent, as bytes.
pub(crate) struct Outbox<'a> {
    pub(crate) bytes: Vec<u8>,
    pub(crate) count: u64,
    first_id: u64,
    project: Option<&'a str>,
}

impl<'a> Outbox<'a> {
    /// An empty one; ids begin with `first_id`, and calls that may name a project name this one.
    pub(crate) fn new(first_id: u64, project: Option<&'a str>) -> Self {
        Self { bytes: Vec::new(), count: 0, first_id, project }
    }

    /// Appends a call of `method`; `params` writes the members of its parameters.
    pub(crate) fn call(&mut self, method: Method, params: impl FnOnce(&mut Writer<'_>)) {
        let info = method.info();
        let takes_project = info.params.iter().any(|param| param.name() == "project");
        let project = self.project.filter(|_| takes_project);
        self.raw(info.name, |writer| {
            writer.object(|writer| {
                params(writer);
                if let Some(project) = project {
                    writer.member("project", project);
                }
            });
        });
    }

    /// Appends a call by name; `params` writes one object or array.
    fn raw(&mut self, method: &str, params: impl FnOnce(&mut Writer<'_>)) {
        response::request(&mut self.bytes, method, self.first_id + self.count, params);
        self.count += 1;
    }
}

/// What decides how results look.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Look {
    /// Standard output takes colours.
    pub(crate) colour: bool,
}

/// Appends the requests that `command` sends.
///
/// # Errors
/// Where the command cannot be sent as it stands.
pub(crate) fn build(command: &Command, out: &mut Outbox<'_>) -> Result<()> {
    use Command as C;
    match command {
        C::New { name, size } => projects::create(name, *size, out),
        C::Open { file, name } => projects::open(file, name.as_deref(), out)?,
        C::Import { file } => projects::file(Method::ImportModel, file, None, out)?,
        C::Save { file } => projects::file(Method::SaveProject, file, None, out)?,
        C::Export { file, format } => {
            projects::file(Method::ExportModel, file, format.as_deref(), out)?;
        }
        C::Projects => out.call(Method::ListProjects, |_| ()),
        C::Use { name } => projects::select(name, out),
        C::Close { name } => projects::close(name, out),
        C::AddVoxels(add) => voxels::add(add, out),
        C::RemoveVoxels { ranges, layer } => voxels::remove(ranges, *layer, out),
        C::Fill { range, colour, layer } => voxels::fill(*range, *colour, *layer, out),
        C::GetVoxel { point } => voxels::get(point, out),
        C::Layer(layer) => layers::build(layer, out),
        C::Info => system::info(out),
        C::Bbox => out.call(Method::GetBoundingBox, |_| ()),
        C::Undo => out.call(Method::Undo, |_| ()),
        C::Redo => out.call(Method::Redo, |_| ()),
        C::Render { file, size, camera, background } => {
            render::picture(file, *size, camera.as_deref(), *background, out)?;
        }
        C::Show { size, camera, .. } => render::preview(*size, camera.as_deref(), out),
        C::Call { method, params } => system::call(method, params.as_deref(), out)?,
        C::Methods { names } => system::check_methods(names)?,
        C::Ping => out.call(Method::Ping, |_| ()),
        C::Batch { .. } | C::Daemon(_) => bail!(Usage("not allowed in a batch".into())),
    }
    Ok(())
}

/// What people see of the results of `command`, one for each request that it sent.
///
/// # Errors
/// Where a result is not what the command asked for.
pub(crate) fn show(command: &Command, results: &[Value<'_>], look: Look) -> Result<String> {
    use Command as C;
    let [result] = results else {
        return match (command, results) {
            (C::Info, [status, bounds]) => Ok(system::show_info(status, bounds)),
            (C::Methods { names }, _) => Ok(system::show_methods(names)),
            _ => Ok(String::new()),
        };
    };
    Ok(match command {
        C::New { .. } => projects::show_created(result),
        C::Open { .. } => format!("opened {}", text(result, "name")),
        C::Import { .. } => format!("imported {}", text(result, "path")),
        C::Save { .. } => format!("saved {}", text(result, "path")),
        C::Export { .. } => format!("exported {}", text(result, "path")),
        C::Projects => projects::show_list(result),
        C::Use { .. } => format!("using {}", text(result, "name")),
        C::Close { .. } => format!("closed {}", text(result, "name")),
        C::AddVoxels(_) | C::Fill { .. } => voxels::show_changed("added", count(result, "added")),
        C::RemoveVoxels { .. } => voxels::show_changed("removed", count(result, "removed")),
        C::GetVoxel { .. } => voxels::show_colour(result)?,
        C::Layer(layer) => layers::show(layer, result),
        C::Bbox => system::show_bounds(result),
        C::Undo => system::show_step("undone", result),
        C::Redo => system::show_step("done again", result),
        C::Render { .. } => format!("rendered {}", text(result, "output_path")),
        C::Show { .. } => render::show(result, look)?,
        C::Ping => "pong".to_owned(),
        C::Call { .. } | C::Info | C::Methods { .. } | C::Batch { .. } | C::Daemon(_) => {
            raw(result)
        }
    })
}

/// The results of one command as one line of JSON.
pub(crate) fn show_json(command: &Command, results: &[Value<'_>]) -> String {
    match results {
        [] => system::methods_json(command),
        [status, bounds] if matches!(command, Command::Info) => {
            format!("{{ \"status\": {}, \"bounding_box\": {} }}", raw(status), raw(bounds))
        }
        results => results.iter().map(raw).collect::<Vec<_>>().join("\n"),
    }
}

impl Command {
    /// Whether it asks for something that is to be printed, even where confirmations are not.
    pub(crate) fn is_question(&self) -> bool {
        use Command as C;
        matches!(
            self,
            C::Projects
                | C::GetVoxel { .. }
                | C::Layer(crate::args::Layer::List)
                | C::Info
                | C::Bbox
                | C::Show { .. }
                | C::Call { .. }
                | C::Methods { .. }
                | C::Ping
        )
    }

    /// Whether it may be on its way together with others: then those behind it are carried out
    /// although it fails. That is harmless among edits and questions about voxels; what chooses,
    /// loads, saves or undoes waits. Their replies are short too, so that they fit the buffers of
    /// the socket while nobody reads them.
    pub(crate) fn may_overlap(&self) -> bool {
        use Command as C;
        matches!(
            self,
            C::AddVoxels(_)
                | C::Fill { .. }
                | C::RemoveVoxels { .. }
                | C::GetVoxel { .. }
                | C::Bbox
        )
    }

    /// The file that it reads points from.
    pub(crate) fn point_file(&self) -> Option<&Path> {
        match self {
            Self::AddVoxels(add) => add.file.as_deref(),
            _ => None,
        }
    }
}

/// The path as the daemon must get it: it works in another directory.
fn absolute(path: &Path) -> Result<String> {
    let path =
        std::path::absolute(path).map_err(|error| Usage(format!("{}: {error}", path.display())))?;
    match path.to_str() {
        Some(text) => Ok(text.to_owned()),
        None => bail!(Usage(format!("{}: the path is not UTF-8", path.display()))),
    }
}

fn raw(value: &Value<'_>) -> String {
    String::from_utf8_lossy(value.raw()).into_owned()
}

/// A member that is a string; `?` where it is not there.
fn text(value: &Value<'_>, name: &str) -> String {
    let found = value.get(name).and_then(|value| value.as_str());
    found.map_or_else(|| "?".to_owned(), |text| text.decode().into_owned())
}

/// A member that is a number of things; 0 where it is not there.
pub(crate) fn count(value: &Value<'_>, name: &str) -> u64 {
    let found = value.get(name).and_then(|value| value.as_number()?.to_i64());
    found.and_then(|count| u64::try_from(count).ok()).unwrap_or(0)
}

/// A member that is `true`.
fn flag(value: &Value<'_>, name: &str) -> bool {
    value.get(name).is_some_and(|value| value.raw() == b"true")
}

/// `1 voxel`, `45,678 voxels`.
pub(crate) fn counted(count: u64, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", grouped(count))
}

fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use crate::args::{Line, shield};
    use clap::Parser as _;

    pub(crate) fn parse(words: &str) -> Command {
        let words = shlex::split(words).unwrap();
        Line::try_parse_from(words.into_iter().map(|word| shield(word.into()))).unwrap().command
    }

    /// `method params` of each request that the command makes.
    pub(crate) fn sends(words: &str, expected: &[&str]) {
        let mut out = Outbox::new(1, Some("p"));
        build(&parse(words), &mut out).unwrap();
        let text = String::from_utf8(out.bytes).unwrap();
        let found: Vec<_> = text.lines().map(shortened).collect();
        assert_eq!(found, expected, "{words}");
    }

    fn shortened(line: &str) -> String {
        let value = Value::parse(line.as_bytes()).unwrap();
        format!("{} {}", text(&value, "method"), raw(&value.get("params").unwrap()))
    }

    /// What is printed of the results.
    pub(crate) fn shows(words: &str, results: &[&str], expected: &str) {
        let results: Vec<_> =
            results.iter().map(|text| Value::parse(text.as_bytes()).unwrap()).collect();
        assert_eq!(show(&parse(words), &results, Look::default()).unwrap(), expected, "{words}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_numbered_lines() {
        let mut out = Outbox::new(7, None);
        out.call(Method::Undo, |_| ());
        out.call(Method::Ping, |_| ());
        let expected = "{ \"jsonrpc\": \"2.0\", \"method\": \"goxel.undo\", \"params\": {}, \"id\": 7 }\n\
                        { \"jsonrpc\": \"2.0\", \"method\": \"ping\", \"params\": {}, \"id\": 8 }\n";
        assert_eq!(String::from_utf8_lossy(&out.bytes), expected);
        assert_eq!(out.count, 2);
    }

    #[test]
    fn counts_for_people() {
        assert_eq!(counted(1, "voxel"), "1 voxel");
        assert_eq!(counted(0, "voxel"), "0 voxels");
        assert_eq!(counted(45_678, "voxel"), "45,678 voxels");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000_000), "1,000,000");
    }

    #[test]
    fn results_as_json() {
        let values = ["{\"a\": 1}", "[2]"].map(|text| Value::parse(text.as_bytes()).unwrap());
        assert_eq!(show_json(&Command::Undo, &values[..1]), "{\"a\": 1}");
        let both = "{ \"status\": {\"a\": 1}, \"bounding_box\": [2] }";
        assert_eq!(show_json(&Command::Info, &values), both);
    }
}
