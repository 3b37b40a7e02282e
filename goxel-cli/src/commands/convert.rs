//! From files to files of another format.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};

use super::file_options::{Reads, Writes};
use super::paths::absolute;
use super::values::text;
use super::{Action, Layers, NO_LAYERS, OutputStyle, Traits, Way, last};
use crate::conversions::{self, Conversions};
use crate::error::Usage;

/// What help shows of the arguments.
const USAGE: &str = "goxel-cli convert [OPTIONS] <IN> <OUT>\n       \
                     goxel-cli convert [OPTIONS] --format <FORMAT> <IN>... <FOLDER>\n       \
                     goxel-cli convert [OPTIONS] <IN>... '<FOLDER>/{}.<EXTENSION>'";

/// What is said where one path is named.
const ONE_PATH: &str = "name what is read, then the file or folder that is written";

#[derive(Args, Clone, Debug, PartialEq)]
#[command(override_usage = USAGE)]
pub(crate) struct Convert {
    /// Files to read, folders with such files, or patterns as '*.vox'; then a file to write, a folder, or a
    /// path with {} in it, which stands for the name of each file
    #[arg(id = "path", value_name = "PATH", num_args = 1.., required = true)]
    paths: Vec<PathBuf>,
    /// The format of what is written, where the extension does not say it
    #[arg(long)]
    format: Option<String>,
    /// How many files are converted at a time
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=i64::from(conversions::JOBS_MAX)))]
    jobs: u8,
    #[command(flatten)]
    writes: Writes,
    #[command(flatten)]
    reads: Reads,
}

impl Convert {
    /// The one file that becomes one, where it is so.
    fn one(&self) -> Option<(&Path, &Path)> {
        let [from, to] = &self.paths[..] else { return None };
        let several = conversions::is_several(from) || conversions::is_for_several(to);
        (!several).then_some((from, to))
    }

    fn write(&self, writer: &mut Writer<'_>) {
        if let Some(format) = &self.format {
            writer.member("format", format);
        }
        self.writes.write(writer);
        self.reads.write(writer);
    }
}

impl Action for Convert {
    const ABOUT: &str = "Read files and write others, apart from all projects";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn way(&self) -> Way<'_> {
        let Some((to, from)) = self.paths.split_last().filter(|(_, from)| !from.is_empty()) else {
            return Way::Requests;
        };
        if self.one().is_some() {
            return Way::Requests;
        }
        let write = |writer: &mut Writer<'_>| self.write(writer);
        Way::Files(Conversions {
            method: Method::Convert,
            from,
            to,
            to_folder: false,
            format: self.format.as_deref(),
            jobs: self.jobs,
            write: Box::new(write),
        })
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        match self.one() {
            Some((from, to)) => convert(from, to, |writer| self.write(writer), requests),
            None if self.paths.len() > 1 => Ok(()),
            None => bail!(Usage(ONE_PATH.into())),
        }
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("converted to {}", text(last(results)?, "output_path")))
    }
}

/// A call that makes one file of another.
pub(super) fn convert(
    from: &Path,
    to: &Path,
    write: impl Fn(&mut Writer<'_>),
    requests: &mut Requests,
) -> Result<()> {
    let (from, to) = (absolute(from)?, absolute(to)?);
    requests.call(Method::Convert, |writer| {
        writer.member("path", from);
        writer.member("output_path", to);
        write(writer);
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{parse_error, sends};

    #[test]
    fn one_file_is_one_request() {
        sends(
            "convert /a.vox /b.obj --jobs 2",
            &[r#"goxel.convert { "path": "/a.vox", "output_path": "/b.obj" }"#],
        );
        for several in ["/a.vox /b.vox /out", "/a.vox '/out/{}.obj'", "'/a/*.vox' /out", "/ /out"] {
            sends(&format!("convert {several}"), &[]);
        }
        sends("convert /a.vox /b.vox --format obj /out/", &[]);
        parse_error("convert /a.vox /b.vox --jobs 0");
    }
}
