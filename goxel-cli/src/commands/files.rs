//! The files that projects come from and go to.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use goxel_client::{Client, Requests};
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};

use super::convert::convert;
use super::file_options::{Reads, Writes};
use super::history::Info;
use super::members::write_id;
use super::paths::absolute;
use super::values::{count, counted, text};
use super::versions::show_replaced;
use super::{Action, All, Layers, NO_LAYERS, Named, OutputStyle, Traits, last};
use crate::parse::LayerSpec;

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Open {
    /// The file; its format is told apart by content
    #[arg(id = "path", value_name = "FILE")]
    file: PathBuf,
    /// What to call the project
    #[arg(long)]
    name: Option<String>,
    /// Replace a project of this name although it could not be had back
    #[arg(id = "replace", long = "force")]
    force: bool,
    #[command(flatten)]
    reads: Reads,
}

impl Action for Open {
    const ABOUT: &str = "Load a file as a project";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        let path = absolute(&self.file)?;
        requests.call(Method::LoadProject, |writer| {
            writer.member("path", path);
            if let Some(name) = &self.name {
                writer.member("name", name);
            }
            writer.member("replace", self.force);
            self.reads.write(writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        let result = last(results)?;
        Ok(format!("opened {}{}", text(result, "name"), show_replaced(result)))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Save {
    /// The file [default: the project's name with .gox]
    #[arg(id = "path", value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    writes: Writes,
}

impl Save {
    /// To this file, with nothing more to say.
    pub(crate) fn to(file: PathBuf) -> Self {
        Self { file: Some(file), writes: Writes::default() }
    }
}

impl Action for Save {
    const ABOUT: &str = "Write the project to a file";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn is_complete(&self) -> bool {
        self.file.is_some()
    }

    fn complete(&mut self, client: &mut Client, project: Option<&str>) -> Result<()> {
        let status = client.call(Info::METHOD, project, |_| ())?;
        let name = text(&status, "name").replace('/', "_");
        self.file = Some(format!("{name}.gox").into());
        Ok(())
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        let file = self.file.as_deref().context("no file is named")?;
        call(Method::SaveProject, file, |writer| self.writes.write(writer), requests)
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("saved {}", text(last(results)?, "path")))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Backup {
    /// The file: a tar archive, of which restore-backup makes a data directory
    #[arg(id = "path", value_name = "FILE")]
    file: PathBuf,
}

impl Action for Backup {
    const ABOUT: &str = "Write all projects to a file";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        let path = absolute(&self.file)?;
        requests.call(Method::Backup, |writer| writer.member("path", path));
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        let done = last(results)?;
        let projects = counted(count(done, "projects"), "project");
        let bytes = counted(count(done, "bytes"), "byte");
        let mut shown = format!("backed up {projects} to {} ({bytes})", text(done, "path"));
        let elements = |name| done.get(name).into_iter().flat_map(|list| list.elements());
        for name in elements("before_transactions").filter_map(|name| name.as_str()) {
            let name = name.decode();
            // Text takes all that is written.
            let _ = write!(shown, "\n{name} is in it as it was before a transaction that is open");
        }
        let left_out = |project| {
            let (name, why) = (text(&project, "name"), text(&project, "error"));
            format!("\n{name} is not in it: {why}")
        };
        let left_out: String = elements("left_out").map(left_out).collect();
        if left_out.is_empty() { Ok(shown) } else { bail!("{shown}{left_out}") }
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Import {
    /// The file; its format is told apart by content
    #[arg(id = "path", value_name = "FILE")]
    file: PathBuf,
    /// A layer that the voxels go into, by number or name; without it, layers are added
    #[arg(id = "layer_id", long = "layer", value_name = "LAYER", allow_hyphen_values = true)]
    layer: Option<LayerSpec>,
    #[command(flatten)]
    reads: Reads,
}

impl Action for Import {
    const ABOUT: &str = "Add the layers of a file to the project";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        [self.layer.as_mut().and_then(|layer| Named::new(layer, All::Refused)), None]
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        let write = |writer: &mut Writer<'_>| {
            write_id("layer_id", self.layer.as_ref(), writer);
            self.reads.write(writer);
        };
        call(Method::ImportModel, &self.file, write, requests)
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("imported {}", text(last(results)?, "path")))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
#[command(override_usage = "goxel-cli export [OPTIONS] <FILE>\n       \
                            goxel-cli export [OPTIONS] <IN> --output <OUT>")]
pub(crate) struct Export {
    /// The file to write; before --output, one to read instead of the project, as for convert
    #[arg(id = "path", value_name = "FILE", required_unless_present = "output_path")]
    file: Option<PathBuf>,
    /// The file to write
    #[arg(id = "output_path", long = "output", short, value_name = "OUT")]
    output: Option<PathBuf>,
    /// The format, where the extension does not say it
    #[arg(long)]
    format: Option<String>,
    #[command(flatten)]
    writes: Writes,
}

impl Export {
    /// Whether a file is read, as the C tool does it, and no project is exported.
    fn is_conversion(&self) -> bool {
        self.file.is_some() && self.output.is_some()
    }
}

impl Action for Export {
    const ABOUT: &str = "Write the project to a file in another format";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        let format = self.format.as_deref();
        let write = |writer: &mut Writer<'_>| {
            if let Some(format) = format {
                writer.member("format", format);
            }
            self.writes.write(writer);
        };
        let file = match (&self.file, &self.output) {
            (Some(from), Some(to)) => return convert(from, to, write, requests),
            (file, output) => file.as_ref().or(output.as_ref()).context("no file is named")?,
        };
        call(Method::ExportModel, file, write, requests)
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        let result = last(results)?;
        let path = if self.is_conversion() { "output_path" } else { "path" };
        Ok(format!("exported {}", text(result, path)))
    }
}

/// A call about a file, and what else it says.
fn call(
    method: Method,
    path: &Path,
    write: impl Fn(&mut Writer<'_>),
    requests: &mut Requests,
) -> Result<()> {
    let path = absolute(path)?;
    requests.call(method, |writer| {
        writer.member("path", path);
        write(writer);
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{sends, shows};

    #[test]
    fn requests() {
        sends(
            "open /a/b.gox --name c",
            &[r#"goxel.load_project { "path": "/a/b.gox", "name": "c", "replace": false }"#],
        );
        sends("import /a.vox", &[r#"goxel.import_model { "path": "/a.vox", "project": "p" }"#]);
        sends(
            "import /a.vox --layer 2 --strict",
            &[
                r#"goxel.import_model { "path": "/a.vox", "layer_id": 2, "read_options": { "strict": true }, "project": "p" }"#,
            ],
        );
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
            "export /a.gox --format obj --output /b.x",
            &[r#"goxel.convert { "path": "/a.gox", "output_path": "/b.x", "format": "obj" }"#],
        );
        sends(
            "convert /a.vox /b.obj",
            &[r#"goxel.convert { "path": "/a.vox", "output_path": "/b.obj" }"#],
        );
    }

    #[test]
    fn paths_are_made_absolute() {
        let here = std::env::current_dir().unwrap();
        let path = here.join("a.gox");
        let path = path.to_str().unwrap();
        let expected = format!(r#"goxel.load_project {{ "path": "{path}", "replace": true }}"#);
        sends("open a.gox --force", &[&expected]);
    }

    #[test]
    fn results() {
        shows("save a", &[r#"{"success": true, "path": "/b/a.gox"}"#], "saved /b/a.gox");
        shows("open a", &[r#"{"path": "/b/a.gox", "name": "a"}"#], "opened a");
    }
}
