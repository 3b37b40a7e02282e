//! Projects and the files that they come from and go to.

use std::path::Path;

use anyhow::{Result, bail};
use goxel_proto::Method;
use goxel_proto::json::Value;

use super::table::table;
use super::values::{count, flag, grouped, text};
use crate::args::Command;
use crate::error::Usage;
use crate::parse::Size;
use goxel_client::Requests;

pub(super) fn build(command: &Command, out: &mut Requests) -> Result<()> {
    use Command as C;
    match command {
        C::New { name, size } => create(name, *size, out),
        C::Open { file, name } => {
            call(Method::LoadProject, file, name.as_deref().map(|name| ("name", name)), out)?;
        }
        C::Import { file } => call(Method::ImportModel, file, None, out)?,
        C::Save { file } => call(Method::SaveProject, asked(file)?, None, out)?,
        C::Export { file, output, format } => {
            let format = format.as_deref().map(|format| ("format", format));
            call(Method::ExportModel, asked(&file.clone().or(output.clone()))?, format, out)?;
        }
        C::Convert { from, to, format } => convert(from, to, format.as_deref(), out)?,
        C::Projects => out.call(Method::ListProjects, |_| ()),
        C::Use { name } => select(name, out),
        C::Close { name } => out.call(Method::CloseProject, |writer| writer.member("name", name)),
        _ => {}
    }
    Ok(())
}

/// A file that must have been named.
pub(super) fn asked<P: AsRef<Path>>(file: &Option<P>) -> Result<&Path> {
    match file {
        Some(file) => Ok(file.as_ref()),
        None => bail!(Usage("no file is named".into())),
    }
}

fn create(name: &str, size: Option<Size>, out: &mut Requests) {
    out.call(Method::CreateProject, |writer| {
        writer.member("name", name);
        if let Some(Size([width, height, depth])) = size {
            writer.member("width", width);
            writer.member("height", height);
            writer.member("depth", depth);
        }
    });
}

/// A call about a file, and perhaps one thing more.
fn call(method: Method, path: &Path, more: Option<(&str, &str)>, out: &mut Requests) -> Result<()> {
    let path = absolute(path)?;
    out.call(method, |writer| {
        writer.member("path", path);
        if let Some((name, value)) = more {
            writer.member(name, value);
        }
    });
    Ok(())
}

fn convert(from: &Path, to: &Path, format: Option<&str>, out: &mut Requests) -> Result<()> {
    let (from, to) = (absolute(from)?, absolute(to)?);
    out.call(Method::Convert, |writer| {
        writer.member("path", from);
        writer.member("output_path", to);
        if let Some(format) = format {
            writer.member("format", format);
        }
    });
    Ok(())
}

/// Makes it the daemon's current project too: the next command is another connection.
fn select(name: &str, out: &mut Requests) {
    out.call(Method::SelectProject, |writer| {
        writer.member("name", name);
        writer.member("current", true);
    });
}

/// The path as the daemon must get it: it works in another directory.
pub(super) fn absolute(path: &Path) -> Result<String> {
    let path =
        std::path::absolute(path).map_err(|error| Usage(format!("{}: {error}", path.display())))?;
    match path.to_str() {
        Some(text) => Ok(text.to_owned()),
        None => bail!(Usage(format!("{}: the path is not UTF-8", path.display()))),
    }
}

pub(super) fn show_created(result: &Value<'_>) -> String {
    let edges = ["width", "height", "depth"].map(|edge| count(result, edge).to_string());
    format!("created {} ({})", text(result, "name"), edges.join(" x "))
}

pub(super) fn show_list(result: &Value<'_>) -> String {
    let projects = result.get("projects");
    let row = |project: Value<'_>| {
        let mark = if flag(&project, "current") { "*" } else { "" };
        vec![
            mark.to_owned(),
            text(&project, "name"),
            count(&project, "layer_count").to_string(),
            grouped(count(&project, "voxel_count")),
        ]
    };
    let rows: Vec<_> = projects.iter().flat_map(Value::elements).map(row).collect();
    if rows.is_empty() {
        return "no projects".to_owned();
    }
    table(&["", "project", ">layers", ">voxels"], rows)
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{sends, shows};

    #[test]
    fn requests() {
        sends("new castle", &[r#"goxel.create_project { "name": "castle" }"#]);
        sends(
            "new castle --size 8,16,32",
            &[
                r#"goxel.create_project { "name": "castle", "width": 8, "height": 16, "depth": 32 }"#,
            ],
        );
        sends(
            "open /a/b.gox --name c",
            &[r#"goxel.load_project { "path": "/a/b.gox", "name": "c" }"#],
        );
        sends("import /a.vox", &[r#"goxel.import_model { "path": "/a.vox", "project": "p" }"#]);
        sends(
            "save '/a b/ä\"x.gox'",
            &[r#"goxel.save_project { "path": "/a b/ä\"x.gox", "project": "p" }"#],
        );
        sends(
            "export /a.bin --format ply",
            &[r#"goxel.export_model { "path": "/a.bin", "format": "ply", "project": "p" }"#],
        );
        sends(
            "export --format obj --output /a.x",
            &[r#"goxel.export_model { "path": "/a.x", "format": "obj", "project": "p" }"#],
        );
        sends(
            "convert /a.vox /b.obj",
            &[r#"goxel.convert { "path": "/a.vox", "output_path": "/b.obj" }"#],
        );
        sends("projects", &["goxel.list_projects {}"]);
        sends("use a", &[r#"goxel.select_project { "name": "a", "current": true }"#]);
        sends("close a", &[r#"goxel.close_project { "name": "a" }"#]);
    }

    #[test]
    fn paths_are_made_absolute() {
        let here = std::env::current_dir().unwrap();
        let path = here.join("a.gox");
        let expected = format!(r#"goxel.load_project {{ "path": "{}" }}"#, path.to_str().unwrap());
        sends("open a.gox", &[&expected]);
    }

    #[test]
    fn results() {
        shows(
            "new a",
            &[r#"{"success": true, "name": "a", "width": 8, "height": 16, "depth": 32}"#],
            "created a (8 x 16 x 32)",
        );
        shows("save a", &[r#"{"success": true, "path": "/b/a.gox"}"#], "saved /b/a.gox");
        shows("open a", &[r#"{"path": "/b/a.gox", "name": "a"}"#], "opened a");
        shows("projects", &[r#"{"count": 0, "projects": []}"#], "no projects");
        shows(
            "projects",
            &[r#"{"count": 2, "projects": [
                {"name": "a", "current": false, "layer_count": 1, "voxel_count": 1},
                {"name": "b", "current": true, "layer_count": 2, "voxel_count": 1234}]}"#],
            "   project  layers  voxels\n   a             1       1\n*  b             2   1,234",
        );
    }
}
