//! [`Showing`]: the project on the terminal, once, or again whenever it changes.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context as _, Result};
use goxel_client::Client;
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};

use crate::commands::count;
use crate::graphics::{self, Graphics, Screen};
use crate::output::Output;
use crate::picture::member;
use crate::{changes, preview};

/// How often it is looked whether the project has changed: five times a second, which looks at once.
const EVERY: Duration = Duration::from_millis(200);
/// To the upper left corner, and the screen empty from there.
const HOME: &str = "\x1b[H\x1b[J";
/// The longest edge of a picture for a terminal: more pixels than screens have.
const EDGE_MAX: u32 = 4096;

/// What is shown, and how.
pub(crate) struct Showing<'a> {
    /// Characters across and down, where it is said.
    pub(crate) cells: Option<(u32, u32)>,
    pub(crate) graphics: Option<Graphics>,
    /// Half blocks in colour, rather than letters; as the terminal has it where it is not said.
    pub(crate) colour: Option<bool>,
    pub(crate) follow: bool,
    /// Writes the members of the call but for size and options.
    pub(crate) write: Box<dyn Fn(&mut Writer<'_>) + 'a>,
}

impl Showing<'_> {
    /// Draws the project, for as long as somebody looks; `colour` is whether the terminal has colours.
    ///
    /// # Errors
    /// Where the daemon refuses, or the connection breaks.
    pub(crate) fn run<W: Write>(
        &self,
        client: &mut Client,
        project: Option<&str>,
        colour: bool,
        output: &mut Output<W>,
    ) -> Result<()> {
        let colour = self.colour.unwrap_or(colour);
        // A line of progress would stand in the picture.
        client.hide_progress(true);
        let mut screen = Screen::look(self.graphics);
        if !self.follow {
            let drawing = self.draw(&screen, client, project, colour)?;
            output.line(&drawing)?;
            return Ok(output.flush()?);
        }
        changes::each(client, project, EVERY, |client, _| {
            // The window may have another size by now.
            screen = Screen::look(Some(screen.graphics));
            let drawing = self.draw(&screen, client, project, colour)?;
            output.bytes(HOME.as_bytes())?;
            output.line(&drawing)?;
            output.flush()?;
            Ok(!output.is_closed())
        })
    }

    fn draw(
        &self,
        screen: &Screen,
        client: &mut Client,
        project: Option<&str>,
        colour: bool,
    ) -> Result<String> {
        let cells = self.cells.unwrap_or(screen.cells);
        let cell = match screen.graphics {
            Graphics::Blocks => preview::CELL,
            Graphics::Kitty | Graphics::Sixel => screen.cell,
        };
        let edge = |count: u32, pixels: u32| count.saturating_mul(pixels).clamp(1, EDGE_MAX);
        let size = (edge(cells.0, cell.0), edge(cells.1, cell.1));
        let mode = match screen.graphics {
            Graphics::Kitty => "base64",
            Graphics::Sixel | Graphics::Blocks => "pixels",
        };
        let result = client.call(Method::RenderScene, project, |writer| {
            self.write(size, mode, writer);
        })?;
        match screen.graphics {
            Graphics::Kitty => {
                let image = result.get("image").and_then(|image| image.as_str());
                let image = image.context("the daemon's reply has no image")?.decode();
                Ok(graphics::kitty(&image, cells))
            }
            Graphics::Sixel => {
                let (pixels, width) = pixels(&result)?;
                Ok(graphics::sixel(&pixels, width))
            }
            Graphics::Blocks => {
                let (pixels, width) = pixels(&result)?;
                Ok(preview::draw(&pixels, width, colour))
            }
        }
    }

    /// The members of the call.
    fn write(&self, (width, height): (u32, u32), mode: &str, writer: &mut Writer<'_>) {
        writer.member("width", width);
        writer.member("height", height);
        (self.write)(writer);
        write_options(mode, writer);
    }
}

/// The options of a picture for a terminal.
pub(crate) fn write_options(mode: &str, writer: &mut Writer<'_>) {
    writer.key("options").object(|writer| {
        writer.member("return_mode", mode);
        // What is behind the model is the screen.
        writer.member("background", "transparent");
    });
}

/// The pixels of a reply, and how many are in a row.
///
/// # Errors
/// Where there are none, or not as many as it says.
pub(crate) fn pixels(result: &Value<'_>) -> Result<(Vec<[u8; 4]>, usize)> {
    let bytes = member(result, "pixels")?;
    let (pixels, rest) = bytes.as_chunks::<4>();
    let width = usize::try_from(count(result, "width"))?;
    let height = usize::try_from(count(result, "height"))?;
    let fits = rest.is_empty() && width.checked_mul(height) == Some(pixels.len());
    if width == 0 || !fits {
        anyhow::bail!("the daemon's reply has {} pixels, not {width} x {height}", pixels.len());
    }
    Ok((pixels.to_vec(), width))
}

#[cfg(test)]
mod tests {
    use super::*;
    use goxel_client::testing as fake;

    fn shown(graphics: Graphics, follow: bool) -> String {
        let (mut client, _) = fake::daemon(|_, method, params| match method {
            "goxel.render_scene" => {
                let mode = params.get("options").and_then(|options| options.get("return_mode"));
                assert_eq!(
                    params.get("project").map(|name| name.raw().to_vec()),
                    Some(b"\"p\"".to_vec())
                );
                match mode.map(|mode| mode.raw().to_vec()).as_deref() {
                    Some(b"\"base64\"") => Ok(r#"{"image": "iVBORw=="}"#.into()),
                    _ => Ok(r#"{"width": 1, "height": 2, "pixels": "AAAA//////8="}"#.into()),
                }
            }
            _ => Ok("{}".into()),
        });
        let showing = Showing {
            cells: Some((1, 1)),
            graphics: Some(graphics),
            colour: None,
            follow,
            write: Box::new(|_| ()),
        };
        let mut bytes = Vec::new();
        showing.run(&mut client, Some("p"), false, &mut Output::new(&mut bytes)).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn each_terminal_gets_what_it_understands() {
        assert_eq!(shown(Graphics::Blocks, false), "=\n");
        assert!(
            shown(Graphics::Sixel, false)
                .starts_with("\x1bP0;1;0q\"1;1;1;2#0;2;0;0;0#1;2;100;100;100")
        );
        assert!(shown(Graphics::Kitty, false).contains("c=1,r=1,m=0;iVBORw=="));
    }

    #[test]
    fn following_ends_where_nobody_looks() {
        let (mut client, _) = fake::daemon(|_, method, _| match method {
            "goxel.render_scene" => {
                Ok(r#"{"width": 1, "height": 2, "pixels": "AAAA//////8="}"#.into())
            }
            _ => Ok("{}".into()),
        });
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let showing = Showing {
            cells: None,
            graphics: Some(Graphics::Blocks),
            colour: None,
            follow: true,
            write: Box::new(|_| ()),
        };
        showing.run(&mut client, None, true, &mut Output::new(writer)).unwrap();
    }

    #[test]
    fn pixels_that_do_not_fit() {
        let value =
            Value::parse(br#"{"width": 2, "height": 2, "pixels": "AAAA//////8="}"#).unwrap();
        let error = pixels(&value).unwrap_err();
        assert_eq!(error.to_string(), "the daemon's reply has 2 pixels, not 2 x 2");
    }
}
