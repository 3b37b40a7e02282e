//! [`Picture`]: the file of a picture, on standard output.

use std::io::{self, IsTerminal as _, Write};

use anyhow::{Context as _, Result, bail};
use goxel_client::Client;
use goxel_proto::Method;
use goxel_proto::base64;
use goxel_proto::json::{Value, Writer};

use crate::error::Usage;
use crate::output::Output;

/// Why no picture goes there.
const TERMINAL: &str = "the bytes of a picture are nothing for a terminal: name a file, or send them on \
                        (render - > picture.png); `show` draws the project here";

/// Writes the members of a call.
type WriteMembers<'a> = dyn Fn(&mut Writer<'_>) -> Result<()> + 'a;

/// A picture that goes to standard output.
pub(crate) struct Picture<'a> {
    method: Method,
    /// Writes the members of the call that renders it.
    write: Box<WriteMembers<'a>>,
}

impl<'a> Picture<'a> {
    /// The picture that a call with these members gives; they ask for it in the reply, as base64.
    pub(crate) fn new(method: Method, write: impl Fn(&mut Writer<'_>) -> Result<()> + 'a) -> Self {
        Self { method, write: Box::new(write) }
    }

    /// Prints the bytes of the file.
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
        let mut written = Ok(());
        let result = client.call(self.method, project, |writer| written = (self.write)(writer))?;
        written?;
        output.bytes(&member(&result, "image")?)?;
        Ok(())
    }
}

/// Bytes that a reply has in base64.
///
/// # Errors
/// Where it has none.
pub(crate) fn member(result: &Value<'_>, name: &str) -> Result<Vec<u8>> {
    let encoded = result.get(name).and_then(|bytes| bytes.as_str());
    let encoded = encoded.with_context(|| format!("the daemon's reply has no {name}"))?.decode();
    match base64::decode(encoded.as_bytes()) {
        Ok(bytes) => Ok(bytes),
        Err(_) => bail!("the {name} in the daemon's reply are not base64"),
    }
}
