//! Pictures: to a file, and onto the terminal.

use anyhow::{Context as _, Result, bail};
use goxel_client::Requests;
use goxel_proto::json::Value;
use goxel_proto::types::{CameraPreset, Word};
use goxel_proto::{Method, base64};

use super::Look;
use super::projects::{absolute, asked};
use super::values::count;
use crate::args::{Command, View};
use crate::parse::{Colour, Pixels};
use crate::preview;

/// Pixels that one character shows, from top to bottom.
const PIXELS_A_ROW: u32 = 2;

pub(super) fn build(command: &Command, out: &mut Requests) -> Result<()> {
    match command {
        Command::Render { file, output, view, width, height, .. } => {
            let path = absolute(asked(&file.as_ref().or(output.as_ref()))?)?;
            let edges = width.zip(*height).map(|(width, height)| Pixels { width, height });
            picture(path, view.size.or(edges), view, out);
        }
        Command::Show { size, camera, .. } => preview(*size, *camera, out),
        _ => {}
    }
    Ok(())
}

fn picture(path: String, size: Option<Pixels>, view: &View, out: &mut Requests) {
    out.call(Method::RenderScene, |writer| {
        writer.member("output_path", path);
        if let Some(size) = size {
            writer.member("width", size.width);
            writer.member("height", size.height);
        }
        if let Some(camera) = view.camera {
            writer.member("camera_preset", camera.name());
        }
        if let Some(camera) = &view.from {
            writer.member("camera", camera);
        }
        if let Some(Colour(rgba)) = view.background {
            writer.key("options").object(|writer| writer.member("background_color", rgba));
        }
    });
}

/// `size` is in characters.
fn preview(size: Pixels, camera: Option<CameraPreset>, out: &mut Requests) {
    out.call(Method::RenderScene, |writer| {
        writer.member("width", size.width);
        writer.member("height", size.height.saturating_mul(PIXELS_A_ROW));
        if let Some(camera) = camera {
            writer.member("camera_preset", camera.name());
        }
        writer.key("options").object(|writer| {
            writer.member("return_mode", "pixels");
            // Clear: what is behind the model is the screen.
            writer.member("background_color", [0u8; 4]);
        });
    });
}

pub(super) fn show(result: &Value<'_>, look: Look) -> Result<String> {
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
    Ok(preview::draw(pixels, width, look.colour))
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
        let error = show(&value, Look::default()).unwrap_err();
        assert_eq!(error.to_string(), "the daemon's reply has 2 pixels, not 2 x 2");
    }
}
