//! Projects of the daemon.

use anyhow::Result;
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::Value;

use super::table::table;
use super::values::{count, flag, grouped, text};
use super::versions::show_replaced;
use super::{Action, Layers, NO_LAYERS, OutputStyle, Traits, last};
use crate::parse::Size;

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct New {
    /// Its name
    #[arg(value_parser = name)]
    pub(crate) name: String,
    /// Its size in voxels
    #[arg(long, value_name = "W,H,D")]
    pub(crate) size: Option<Size>,
    /// Replace a project of this name although it could not be had back
    #[arg(id = "replace", long = "force")]
    pub(crate) force: bool,
}

impl Action for New {
    const ABOUT: &str = "Make a project of one empty layer";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::CreateProject, |writer| {
            writer.member("name", &self.name);
            if let Some(Size([width, height, depth])) = self.size {
                writer.member("width", width);
                writer.member("height", height);
                writer.member("depth", depth);
            }
            writer.member("replace", self.force);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        let result = last(results)?;
        let edges = ["width", "height", "depth"].map(|edge| count(result, edge).to_string());
        let replaced = show_replaced(result);
        Ok(format!("created {} ({}){replaced}", text(result, "name"), edges.join(" x ")))
    }
}

/// A name that can be typed again.
fn name(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("a project needs a name of at least one character"),
        _ => Ok(text.to_owned()),
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Projects {}

impl Projects {
    pub(crate) const METHOD: Method = Method::ListProjects;
}

impl Action for Projects {
    const ABOUT: &str = "List the projects";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Self::METHOD, |_| ());
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        let projects = last(results)?.get("projects");
        let row = |project: Value<'_>| {
            let mark = if flag(&project, "current") { "*" } else { "" };
            let known = |name| project.get(name).map(|_| grouped(count(&project, name)));
            vec![
                mark.to_owned(),
                text(&project, "name"),
                known("layer_count").unwrap_or_default(),
                known("voxel_count").unwrap_or_default(),
                state(&project).to_owned(),
            ]
        };
        let rows: Vec<_> = projects.iter().flat_map(Value::elements).map(row).collect();
        if rows.is_empty() {
            return Ok("no projects".to_owned());
        }
        let mut list = table(&["", "project", ">layers", ">voxels", ""], rows);
        for project in projects.iter().flat_map(Value::elements) {
            if project.get("error").is_some() {
                list.push_str(&format!(
                    "\n{}: {}",
                    text(&project, "name"),
                    text(&project, "error")
                ));
            }
        }
        Ok(list)
    }
}

/// What else there is to know of a project in the list.
fn state(project: &Value<'_>) -> &'static str {
    match (project.get("error"), project.get("open")) {
        (Some(_), _) => "damaged",
        (None, Some(_)) if !flag(project, "open") => "closed",
        _ => "",
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Use {
    /// An open project, as `projects` lists them
    #[arg(value_name = "PROJECT")]
    name: String,
}

impl Action for Use {
    const ABOUT: &str = "Make an open project the current one";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    /// Makes it the daemon's current project too, for clients that know of one project alone.
    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::SelectProject, |writer| {
            writer.member("name", &self.name);
            writer.member("current", true);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("using {}", text(last(results)?, "name")))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Close {
    /// An open project, as `projects` lists them
    #[arg(value_name = "PROJECT")]
    name: String,
    /// Although it has changes that are not saved
    #[arg(id = "discard", long = "force")]
    force: bool,
}

impl Action for Close {
    const ABOUT: &str = "Close a project; asks for --force where changes are not saved";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::CloseProject, |writer| {
            writer.member("name", &self.name);
            writer.member("discard", self.force);
        });
        Ok(())
    }

    fn forced(&self) -> Option<(Self, String)> {
        let lost = format!("project \"{}\" had changes that were not saved", self.name);
        Some((Self { force: true, ..self.clone() }, lost))
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("closed {}", text(last(results)?, "name")))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Delete {
    /// A project, as `projects` lists them
    #[arg(value_name = "PROJECT")]
    name: String,
}

impl Action for Delete {
    const ABOUT: &str = "Delete a project for good; files that it was saved to stay";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::DeleteProject, |writer| writer.member("name", &self.name));
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("deleted {}", text(last(results)?, "name")))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Rename {
    /// A project, as `projects` lists them
    #[arg(value_name = "PROJECT")]
    name: String,
    /// What it is to be called
    #[arg(value_name = "NEW_NAME", value_parser = name)]
    to: String,
}

impl Action for Rename {
    const ABOUT: &str = "Give a project another name; its history and its versions stay";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::RenameProject, |writer| {
            writer.member("name", &self.name);
            writer.member("to", &self.to);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("renamed {} to {}", self.name, text(last(results)?, "name")))
    }
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{sends, shows};

    #[test]
    fn requests() {
        sends("new castle", &[r#"goxel.create_project { "name": "castle", "replace": false }"#]);
        sends(
            "new castle --size 8,16,32 --force",
            &[
                r#"goxel.create_project { "name": "castle", "width": 8, "height": 16, "depth": 32, "replace": true }"#,
            ],
        );
        sends("projects", &["goxel.list_projects {}"]);
        sends("use a", &[r#"goxel.select_project { "name": "a", "current": true }"#]);
        sends("delete a", &[r#"goxel.delete_project { "name": "a" }"#]);
        sends("rename a b", &[r#"goxel.rename_project { "name": "a", "to": "b" }"#]);
        sends("close a", &[r#"goxel.close_project { "name": "a", "discard": false }"#]);
        sends("close a --force", &[r#"goxel.close_project { "name": "a", "discard": true }"#]);
    }

    #[test]
    fn results() {
        shows(
            "new a",
            &[r#"{"success": true, "name": "a", "width": 8, "height": 16, "depth": 32}"#],
            "created a (8 x 16 x 32)",
        );
        shows(
            "new a --force",
            &[
                r#"{"success": true, "name": "a", "width": 8, "height": 8, "depth": 8, "replaced_version": 12}"#,
            ],
            "created a (8 x 8 x 8)\nwhat was called so before is its version 12: goxel-cli checkout 12 \
             has it back",
        );
        shows("projects", &[r#"{"count": 0, "projects": []}"#], "no projects");
        shows(
            "projects",
            &[r#"{"count": 2, "projects": [
                {"name": "a", "current": false, "layer_count": 1, "voxel_count": 1},
                {"name": "b", "current": true, "layer_count": 2, "voxel_count": 1234}]}"#],
            "   project  layers  voxels\n   a             1       1\n*  b             2   1,234",
        );
        shows(
            "projects",
            &[r#"{"count": 2, "projects": [
                {"name": "a", "current": true, "layer_count": 1, "voxel_count": 1, "open": false},
                {"name": "b", "current": false, "open": false, "error": "it is torn"}]}"#],
            "   project  layers  voxels\n*  a             1       1  closed\n   b                        damaged\nb: it is torn",
        );
        shows("delete a", &[r#"{"success": true, "name": "a"}"#], "deleted a");
        shows("rename a b", &[r#"{"success": true, "name": "b"}"#], "renamed a to b");
    }
}
