//! Pictures: to a file, to standard output, and onto the terminal.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};
use goxel_proto::types::{CameraPreset, Word};

use super::paths::absolute;
use super::picture_options::PictureFlags;
use super::values::text;
use super::word::word;
use super::{Action, Layers, NO_LAYERS, OutputStyle, Traits, Way, last};
use crate::conversions::{self, Conversions};
use crate::error::Usage;
use crate::graphics::Graphics;
use crate::parse::Pixels;
use crate::picture::Picture;
use crate::preview;
use crate::showing::{self, Showing};

/// The name that means standard output.
const STDOUT: &str = "-";
/// The mode of pictures that come with the reply.
const INLINE: &str = "base64";

/// What help shows of the arguments.
const USAGE: &str = "goxel-cli render [OPTIONS] <FILE>\n       \
                     goxel-cli render [OPTIONS] <MODEL> --output <FILE>\n       \
                     goxel-cli render [OPTIONS] <MODEL>... --output-dir <FOLDER>";

/// What the pictures of several models are, where no option says so.
const USUAL_FORMAT: &str = "png";

#[derive(Args, Clone, Debug, PartialEq)]
#[command(override_usage = USAGE)]
pub(crate) struct Render {
    /// The picture of the project: a .png, .jpg, .webp or .gif, or - for standard output; with --output or
    /// --output-dir files of models, folders with such files, or patterns as '*.vox'
    #[arg(id = "path", value_name = "FILE", required_unless_present = "output_path")]
    paths: Vec<PathBuf>,
    /// The picture, or - for standard output; {} in it stands for the name of each model, or where there is one
    /// for the number of each frame
    #[arg(id = "output_path", long = "output", short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// A folder for the pictures of models
    #[arg(long, value_name = "FOLDER", conflicts_with = "output_path")]
    output_dir: Option<PathBuf>,
    /// How many models are rendered at a time
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=i64::from(conversions::JOBS_MAX)))]
    jobs: u8,
    /// The size of the picture in pixels
    #[arg(long, value_name = "WxH", visible_alias = "resolution")]
    size: Option<Pixels>,
    /// Where from [default: a little above the front right corner]
    #[arg(id = "camera_preset", long = "camera", value_parser = word::<CameraPreset>())]
    #[arg(value_name = "PRESET")]
    preset: Option<CameraPreset>,
    /// As this camera of the project sees it
    #[arg(id = "camera", long = "from", value_name = "NAME", conflicts_with = "camera_preset")]
    camera: Option<String>,
    /// Taken for the sake of older scripts, as --height
    #[arg(long, hide = true, requires = "height", conflicts_with = "size")]
    width: Option<u32>,
    #[arg(long, hide = true, requires = "width")]
    height: Option<u32>,
    #[command(flatten)]
    flags: PictureFlags,
}

/// What is rendered, and to where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan<'a> {
    /// The project.
    Project(&'a Path),
    /// A file.
    Model(&'a Path, &'a Path),
    /// Several files, to a folder, or to a path with `{}` in it.
    Models(&'a [PathBuf], &'a Path),
}

impl Render {
    fn plan(&self) -> Result<Plan<'_>> {
        if let Some(folder) = &self.output_dir {
            return Ok(Plan::Models(&self.paths, folder));
        }
        Ok(match (&self.paths[..], self.output.as_deref()) {
            ([], Some(output)) => Plan::Project(output),
            ([output], None) => Plan::Project(output),
            ([model], Some(output)) if !conversions::is_several(model) => {
                Plan::Model(model, output)
            }
            (models @ [_, ..], Some(output)) => Plan::Models(models, output),
            _ => bail!(Usage(
                "where do the pictures go? Say it with --output-dir, or with --output".into()
            )),
        })
    }

    /// The members of the call, but for paths. `mode` is where the picture goes beside them.
    fn write(&self, writer: &mut Writer<'_>, mode: Option<&str>) {
        let edges = self.width.zip(self.height).map(|(width, height)| Pixels { width, height });
        if let Some(size) = self.size.or(edges) {
            write_size(size, writer);
        }
        if let Some(preset) = self.preset {
            writer.member("camera_preset", preset.name());
        }
        if let Some(camera) = &self.camera {
            writer.member("camera", camera);
        }
        let mode = mode.map(|mode| ("return_mode", mode));
        self.flags.write(mode.as_slice(), writer);
    }

    /// What names the models of several: the option, as an extension.
    fn format(&self) -> &str {
        self.flags.word("format").unwrap_or(USUAL_FORMAT)
    }
}

impl Action for Render {
    const ABOUT: &str = "Render a picture, of the project or of files";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn way(&self) -> Way<'_> {
        match self.plan() {
            Ok(Plan::Project(output)) if output.as_os_str() == STDOUT => {
                Way::Picture(Picture::new(Method::RenderScene, |writer| {
                    self.write(writer, Some(INLINE));
                    Ok(())
                }))
            }
            Ok(Plan::Model(model, output)) if output.as_os_str() == STDOUT => {
                Way::Picture(Picture::new(Method::RenderFile, move |writer| {
                    writer.member("path", absolute(model)?);
                    self.write(writer, Some(INLINE));
                    Ok(())
                }))
            }
            Ok(Plan::Models(from, to)) => Way::Files(Conversions {
                method: Method::RenderFile,
                from,
                to,
                to_folder: self.output_dir.is_some(),
                format: Some(self.format()),
                jobs: self.jobs,
                write: Box::new(|writer| self.write(writer, None)),
            }),
            Ok(Plan::Project(_) | Plan::Model(..)) | Err(_) => Way::Requests,
        }
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        match self.plan()? {
            Plan::Project(output) => {
                let path = absolute(output)?;
                requests.call(Method::RenderScene, |writer| {
                    writer.member("output_path", path);
                    self.write(writer, None);
                });
            }
            Plan::Model(model, output) => {
                let (model, path) = (absolute(model)?, absolute(output)?);
                requests.call(Method::RenderFile, |writer| {
                    writer.member("path", model);
                    writer.member("output_path", path);
                    self.write(writer, None);
                });
            }
            Plan::Models(..) => {}
        }
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        let result = last(results)?;
        let files: Vec<_> = result.get("files").iter().flat_map(Value::elements).collect();
        if let [first, .., last] = &files[..] {
            let name = |file: &Value<'_>| file.as_str().map(|name| name.decode().into_owned());
            let (first, last) = (name(first).unwrap_or_default(), name(last).unwrap_or_default());
            return Ok(format!("rendered {} frames, {first} to {last}", files.len()));
        }
        Ok(format!("rendered {}", text(result, "output_path")))
    }
}

fn write_size(size: Pixels, writer: &mut Writer<'_>) {
    writer.member("width", size.width);
    writer.member("height", size.height);
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Show {
    /// The size of the drawing in characters [default: that of the terminal, else 80x30]
    #[arg(long, value_name = "COLSxROWS")]
    size: Option<Pixels>,
    /// Where from, as for render
    #[arg(id = "camera_preset", long = "camera", value_parser = word::<CameraPreset>())]
    #[arg(value_name = "PRESET")]
    preset: Option<CameraPreset>,
    /// When to draw in colour
    #[arg(long, value_enum, default_value_t = When::Auto)]
    color: When,
    /// What the terminal understands [default: what it says, else blocks]
    #[arg(long, value_enum)]
    graphics: Option<Graphics>,
    /// Draw again whenever the project changes
    #[arg(long)]
    follow: bool,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Always,
    #[default]
    Auto,
    Never,
}

impl Show {
    fn write(&self, writer: &mut Writer<'_>) {
        if let Some(preset) = self.preset {
            writer.member("camera_preset", preset.name());
        }
    }
}

impl Action for Show {
    const ABOUT: &str = "Draw the project on the terminal";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn way(&self) -> Way<'_> {
        Way::Show(Showing {
            cells: self.size.map(|size| (size.width, size.height)),
            graphics: self.graphics,
            colour: match self.color {
                When::Always => Some(true),
                When::Auto => None,
                When::Never => Some(false),
            },
            follow: self.follow,
            write: Box::new(|writer| self.write(writer)),
        })
    }

    /// The pixels of half blocks, for programs that ask for JSON.
    fn build(&self, requests: &mut Requests) -> Result<()> {
        let cells = self.size.map(|size| (size.width, size.height));
        let (width, height) = preview::pixels(cells.unwrap_or(preview::USUAL_CELLS));
        requests.call(Method::RenderScene, |writer| {
            write_size(Pixels { width, height }, writer);
            self.write(writer);
            showing::write_options("pixels", writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], style: OutputStyle) -> Result<String> {
        let (pixels, width) = showing::pixels(last(results)?)?;
        Ok(preview::draw(&pixels, width, style.colour))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::picture_options::flags;
    use crate::commands::testing::{parse_error, request, sends, shows};

    #[test]
    fn pictures_of_the_project() {
        sends(
            "render /a.png",
            &[r#"goxel.render_scene { "output_path": "/a.png", "project": "p" }"#],
        );
        sends(
            "render /a.png --size 64x32 --camera top --background 1,2,3",
            &["goxel.render_scene { \"output_path\": \"/a.png\", \"width\": 64, \"height\": 32, \
               \"camera_preset\": \"top\", \
               \"options\": { \"background\": [ 1, 2, 3, 255 ] }, \"project\": \"p\" }"],
        );
        sends(
            "render /a.png --background none",
            &["goxel.render_scene { \"output_path\": \"/a.png\", \
               \"options\": { \"background\": \"transparent\" }, \"project\": \"p\" }"],
        );
        sends(
            "render /a.png --from front",
            &[
                r#"goxel.render_scene { "output_path": "/a.png", "camera": "front", "project": "p" }"#,
            ],
        );
        sends(
            "render --output /a.png --width 64 --height 32 --quality high",
            &["goxel.render_scene { \"output_path\": \"/a.png\", \"width\": 64, \
               \"height\": 32, \"options\": { \"quality\": \"high\" }, \"project\": \"p\" }"],
        );
    }

    #[test]
    fn flags_are_the_options_of_the_table() {
        assert!(flags().count() > 35);
        let sent = |flags: &str, expected: &str| {
            let call = format!(
                r#"goxel.render_scene {{ "output_path": "/a.png", "options": {{ {expected} }}, "project": "p" }}"#
            );
            sends(&format!("render /a.png {flags}"), &[&call]);
        };
        sent(
            "--unlit --exposure -1.5 --samples 64",
            r#""samples": 64, "unlit": true, "exposure": -1.5"#,
        );
        sent("--camera-position 1,-2.5,3", r#""camera_position": [1, -2.5, 3]"#);
        sent(
            "--clip 0..3,0,0 --clip 5,5,5..9",
            r#""clip": [{ "min": [ 0, 0, 0 ], "max": [ 3, 0, 0 ] }, { "min": [ 5, 5, 5 ], "max": [ 5, 5, 9 ] }]"#,
        );
        sent("--layers roof,2 --layers 'a b'", r#""layers": ["roof", 2, "a b"]"#);
        sent(
            "--background skyblue:white",
            r#""background": [[ 135, 206, 235, 255 ], [ 255, 255, 255, 255 ]]"#,
        );
        sent("--views front,iso --columns 2", r#""views": ["front", "isometric"], "columns": 2"#);
        sent("--sheet", r#""views": ["front", "right", "top", "isometric"]"#);
        sent("--highlight 15m --denoise=false", r#""denoise": false, "highlight": "15m""#);
        sent("--turntable 12 --ground plane", r#""ground": "plane", "turntable": 12"#);
        for wrong in [
            "--quality best",
            "--clip 1,2",
            "--camera-up 1,2",
            "--views",
            "--fov x",
            "--sheet --views top",
        ] {
            parse_error(&format!("render /a.png {wrong}"));
        }
    }

    #[test]
    fn pictures_of_files() {
        sends(
            "render /a.vox -o /a.png --edges grid",
            &[
                r#"goxel.render_file { "path": "/a.vox", "output_path": "/a.png", "options": { "edges": "grid" } }"#,
            ],
        );
        for several in
            ["/a.vox /b.vox --output-dir /out", "/ -o '/out/{}.png'", "/a.vox --output-dir /out"]
        {
            let request = request(&format!("render {several}"));
            assert!(matches!(request.way(), Way::Files(_)), "{several}");
            sends(&format!("render {several}"), &[]);
        }
        let mut requests = Requests::new(1, None);
        let error = request("render /a.vox /b.vox").build(&mut requests).unwrap_err();
        assert!(error.to_string().starts_with("where do the pictures go?"), "{error}");
        parse_error("render");
        parse_error("render --output /a --output-dir /b /c");
    }

    #[test]
    fn pictures_on_standard_output() {
        for words in ["render -", "render -o -", "render /a.vox -o -"] {
            assert!(matches!(request(words).way(), Way::Picture(_)), "{words}");
        }
    }

    #[test]
    fn what_is_told() {
        shows("render a", &[r#"{"output_path": "/a.png"}"#], "rendered /a.png");
        shows(
            "render a",
            &[r#"{"frames": 3, "files": ["/a-0.png", "/a-1.png", "/a-2.png"]}"#],
            "rendered 3 frames, /a-0.png to /a-2.png",
        );
    }

    #[test]
    fn the_project_on_the_terminal() {
        sends(
            "show",
            &["goxel.render_scene { \"width\": 80, \"height\": 60, \
               \"options\": { \"return_mode\": \"pixels\", \"background\": \"transparent\" }, \"project\": \"p\" }"],
        );
        let black_over_white = r#"{"width": 1, "height": 2, "pixels": "AAAA//////8="}"#;
        shows("show", &[black_over_white], "=");
        assert!(matches!(request("show --follow").way(), Way::Show(_)));
        parse_error("show --graphics ascii");
    }
}
