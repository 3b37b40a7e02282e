//! Projects and the files that they come from and go to.

use std::path::Path;

use anyhow::Result;
use goxel_proto::Method;
use goxel_proto::json::Value;

use super::{Outbox, absolute, count, counted, flag, text};
use crate::parse::Size;

pub(super) fn create(name: &str, size: Option<Size>, out: &mut Outbox<'_>) {
    out.call(Method::CreateProject, |writer| {
        writer.member("name", name);
        if let Some(Size([width, height, depth])) = size {
            writer.member("width", width);
            writer.member("height", height);
            writer.member("depth", depth);
        }
    });
}

pub(super) fn open(path: &Path, name: Option<&str>, out: &mut Outbox<'_>) -> Result<()> {
    let path = absolute(path)?;
    out.call(Method::LoadProject, |writer| {
        writer.member("path", path);
        if let Some(name) = name {
            writer.member("name", name);
        }
    });
    Ok(())
}

/// Import, save and export: a path, and perhaps a format.
pub(super) fn file(
    method: Method,
    path: &Path,
    format: Option<&str>,
    out: &mut Outbox<'_>,
) -> Result<()> {
    let path = absolute(path)?;
    out.call(method, |writer| {
        writer.member("path", path);
        if let Some(format) = format {
            writer.member("format", format);
        }
    });
    Ok(())
}

/// Makes it the daemon's current project too: the next command is another connection.
pub(super) fn select(name: &str, out: &mut Outbox<'_>) {
    out.call(Method::SelectProject, |writer| {
        writer.member("name", name);
        writer.member("current", true);
    });
}

pub(super) fn close(name: &str, out: &mut Outbox<'_>) {
    out.call(Method::CloseProject, |writer| writer.member("name", name));
}

pub(super) fn show_created(result: &Value<'_>) -> String {
    let edges = ["width", "height", "depth"].map(|edge| count(result, edge).to_string());
    format!("created {} ({})", text(result, "name"), edges.join(" x "))
}

pub(super) fn show_list(result: &Value<'_>) -> String {
    let Some(projects) = result.get("projects").filter(|list| list.elements().next().is_some())
    else {
        return "no projects".to_owned();
    };
    let line = |project: Value<'_>| {
        let mark = if flag(&project, "current") { '*' } else { ' ' };
        let layers = counted(count(&project, "layer_count"), "layer");
        let voxels = counted(count(&project, "voxel_count"), "voxel");
        format!("{mark} {}  {layers}, {voxels}", text(&project, "name"))
    };
    projects.elements().map(line).collect::<Vec<_>>().join("\n")
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
            "  a  1 layer, 1 voxel\n* b  2 layers, 1,234 voxels",
        );
    }
}
