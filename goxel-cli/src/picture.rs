//! [`Picture`]: the file of a picture, on standard output.

use std::fs;
use std::io::{self, IsTerminal as _, Write};

use anyhow::{Context as _, Result, bail};
use goxel_client::Client;
use goxel_proto::Method;
use goxel_proto::json::Writer;

use crate::commands::text;
use crate::error::Usage;
use crate::output::Output;

/// Why no picture goes there.
const TERMINAL: &str = "a PNG file is nothing for a terminal: name a file, or send it on \
                        (render - > picture.png); `show` draws the project here";

/// A picture that goes to standard output.
pub(crate) struct Picture<'a> {
    /// Writes the members of the call that renders it.
    write: Box<dyn Fn(&mut Writer<'_>) + 'a>,
}

impl<'a> Picture<'a> {
    /// What renders pictures.
    pub(crate) const METHOD: Method = Method::RenderScene;

    /// The picture that a call with these members gives; they ask for a file of the daemon's.
    pub(crate) fn new(write: impl Fn(&mut Writer<'_>) + 'a) -> Self {
        Self { write: Box::new(write) }
    }

    /// Prints the bytes of the file. The daemon writes one among those that it keeps for a while;
    /// it is removed once it is read.
    ///
    /// # Errors
    /// Where standard output is a terminal, or anything fails.
    pub(crate) fn print<'c, W: Write>(
        &self,
        connect: impl FnOnce() -> Result<&'c mut Client>,
        project: Option<&str>,
        output: &mut Output<W>,
    ) -> Result<()> {
        if io::stdout().is_terminal() {
            bail!(Usage(TERMINAL.into()));
        }
        let client = connect()?;
        let result = client.call(Self::METHOD, project, |writer| (self.write)(writer))?;
        let file = result.get("file").context("the daemon's reply has no file")?;
        let path = text(&file, "path");
        let bytes = fs::read(&path).with_context(|| format!("cannot read {path}"))?;
        output.bytes(&bytes)?;
        // Who may only look leaves it to the daemon, which keeps no picture for long.
        let _ = client.call(Method::CleanupRender, None, |writer| writer.member("path", path));
        Ok(())
    }
}
