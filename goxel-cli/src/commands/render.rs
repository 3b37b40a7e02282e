//! Pictures: to a file, to standard output, and onto the terminal.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use goxel_client::Requests;
use goxel_proto::base64;
use goxel_proto::json::{Value, Writer};
use goxel_proto::types::{CameraPreset, Rgba, Word};

use super::paths::absolute;
use super::values::{count, text};
use super::word::word;
use super::{Action, Layers, NO_LAYERS, OutputStyle, Traits, Way, last};
use crate::error::Usage;
use crate::parse::{Colour, ParseError, Pixels};
use crate::picture::Picture;
use crate::preview;

/// The name that means standard output.
const STDOUT: &str = "-";

/// Pixels that one character shows, from top to bottom.
const PIXELS_A_ROW: u32 = 2;

#[derive(Args, Clone, Debug, PartialEq)]
#[command(override_usage = "goxel-cli render [OPTIONS] <FILE>\n       \
                            goxel-cli render [OPTIONS] --output <FILE>")]
pub(crate) struct Render {
    /// The PNG file, or - for standard output
    #[arg(id = "output_path", value_name = "FILE", required_unless_present = "output")]
    file: Option<PathBuf>,
    /// The same as FILE
    #[arg(long, short, conflicts_with = "output_path", value_name = "FILE")]
    output: Option<PathBuf>,
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
    /// What is behind the model: a colour, or none
    #[arg(id = "background_color", long = "background", value_name = "COLOR")]
    #[arg(value_parser = background)]
    background: Option<Colour>,
    /// Taken for the sake of older scripts, as --height and --quality
    #[arg(long, hide = true, requires = "height", conflicts_with = "size")]
    width: Option<u32>,
    #[arg(long, hide = true, requires = "width")]
    height: Option<u32>,
    #[arg(long, hide = true)]
    quality: Option<String>,
}

impl Render {
    /// The file, however it was named.
    fn file(&self) -> Result<&Path> {
        let file = self.file.as_deref().or(self.output.as_deref());
        file.ok_or_else(|| Usage("no file is named".into()).into())
    }

    /// The members of the call, but for where the picture goes: `options` writes that, where it is
    /// an option.
    fn write(&self, writer: &mut Writer<'_>, return_mode: Option<&str>) {
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
        if self.background.is_none() && return_mode.is_none() {
            return;
        }
        writer.key("options").object(|writer| {
            if let Some(mode) = return_mode {
                writer.member("return_mode", mode);
            }
            if let Some(Colour(rgba)) = self.background {
                writer.member("background_color", rgba);
            }
        });
    }
}

impl Action for Render {
    const ABOUT: &str = "Render a picture to a PNG file";

    fn traits(&self) -> Traits {
        Traits::OTHER
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn way(&self) -> Way<'_> {
        match self.file() {
            Ok(file) if file.as_os_str() == STDOUT => {
                Way::Picture(Picture::new(|writer| self.write(writer, Some("file_path"))))
            }
            _ => Way::Requests,
        }
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        let path = absolute(self.file()?)?;
        requests.call(Picture::METHOD, |writer| {
            writer.member("output_path", path);
            self.write(writer, None);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("rendered {}", text(last(results)?, "output_path")))
    }
}

/// A colour, or that there is nothing.
fn background(text: &str) -> Result<Colour, ParseError> {
    if text == "none" { Ok(Colour(Rgba::EMPTY)) } else { text.parse() }
}

fn write_size(size: Pixels, writer: &mut Writer<'_>) {
    writer.member("width", size.width);
    writer.member("height", size.height);
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Show {
    /// The size of the drawing in characters
    #[arg(long, value_name = "COLSxROWS", default_value = "80x30")]
    size: Pixels,
    /// Where from, as for render
    #[arg(id = "camera_preset", long = "camera", value_parser = word::<CameraPreset>())]
    #[arg(value_name = "PRESET")]
    preset: Option<CameraPreset>,
    /// When to draw in colour
    #[arg(long, value_enum, default_value_t = When::Auto)]
    color: When,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Always,
    #[default]
    Auto,
    Never,
}

impl Action for Show {
    const ABOUT: &str = "Draw the project on the terminal";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        let height = self.size.height.saturating_mul(PIXELS_A_ROW);
        requests.call(Picture::METHOD, |writer| {
            write_size(Pixels { height, ..self.size }, writer);
            if let Some(preset) = self.preset {
                writer.member("camera_preset", preset.name());
            }
            writer.key("options").object(|writer| {
                writer.member("return_mode", "pixels");
                // Clear: what is behind the model is the screen.
                writer.member("background_color", [0u8; 4]);
            });
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], style: OutputStyle) -> Result<String> {
        let colour = match self.color {
            When::Always => true,
            When::Auto => style.colour,
            When::Never => false,
        };
        draw(last(results)?, colour)
    }
}

/// A drawing of the pixels of a reply.
fn draw(result: &Value<'_>, colour: bool) -> Result<String> {
    let encoded = result.get("pixels").and_then(|pixels| pixels.as_str());
    let encoded = encoded.context("the daemon's reply has no pixels")?.decode();
    let Ok(bytes) = base64::decode(encoded.as_bytes()) else {
        bail!("the pixels in the daemon's reply are not base64");
    };
    let (pixels, rest) = bytes.as_chunks::<4>();
    let width = usize::try_from(count(result, "width"))?;
    let height = usize::try_from(count(result, "height"))?;
    let fits = rest.is_empty() && width.checked_mul(height) == Some(pixels.len());
    if width == 0 || !fits {
        bail!("the daemon's reply has {} pixels, not {width} x {height}", pixels.len());
    }
    Ok(preview::draw(pixels, width, colour))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::testing::{sends, shows};

    #[test]
    fn requests() {
        sends(
            "render /a.png",
            &[r#"goxel.render_scene { "output_path": "/a.png", "project": "p" }"#],
        );
        sends(
            "render /a.png --size 64x32 --camera top --background 1,2,3",
            &["goxel.render_scene { \"output_path\": \"/a.png\", \"width\": 64, \"height\": 32, \
               \"camera_preset\": \"top\", \
               \"options\": { \"background_color\": [ 1, 2, 3, 255 ] }, \"project\": \"p\" }"],
        );
        sends(
            "render /a.png --background none",
            &["goxel.render_scene { \"output_path\": \"/a.png\", \
               \"options\": { \"background_color\": [ 0, 0, 0, 0 ] }, \"project\": \"p\" }"],
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
               \"height\": 32, \"project\": \"p\" }"],
        );
        sends(
            "show",
            &["goxel.render_scene { \"width\": 80, \"height\": 60, \
               \"options\": { \"return_mode\": \"pixels\", \"background_color\": [ 0, 0, 0, 0 ] }, \"project\": \"p\" }"],
        );
    }

    #[test]
    fn a_drawing_of_the_reply() {
        shows("render a", &[r#"{"output_path": "/a.png"}"#], "rendered /a.png");
        let black_over_white = r#"{"width": 1, "height": 2, "pixels": "AAAA//////8="}"#;
        shows("show", &[black_over_white], "=");
    }

    #[test]
    fn pixels_that_do_not_fit() {
        let value =
            Value::parse(br#"{"width": 2, "height": 2, "pixels": "AAAA//////8="}"#).unwrap();
        let error = draw(&value, false).unwrap_err();
        assert_eq!(error.to_string(), "the daemon's reply has 2 pixels, not 2 x 2");
    }
}
