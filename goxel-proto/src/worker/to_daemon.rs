//! [`ToDaemon`] as bytes, and back.

use std::io::{Read, Result, Write};

use super::fields::{Body, Fields, damaged};
use super::{Ask, Done, Failed, Ready, ToDaemon};

// None is a kind of the other direction: who reads what it wrote itself sees it at once.
const READY: u8 = 0x81;
const TILES: u8 = 0x82;
const PLACES: u8 = 0x83;
const ASK: u8 = 0x84;
const PRINT: u8 = 0x85;
const PROGRESS: u8 = 0x86;
const DONE: u8 = 0x87;
const FAILED: u8 = 0x88;

impl ToDaemon {
    /// Writes the message and flushes.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&self, to: &mut impl Write) -> Result<()> {
        let fields = match self {
            Self::Ready(ready) => ready.fields(),
            Self::Tiles(layer, places) => {
                Fields::new(TILES).number(u64::from(*layer)).bytes(places)
            }
            Self::Places(layer) => Fields::new(PLACES).number(u64::from(*layer)),
            Self::Ask(ask) => {
                Fields::new(ASK).bytes(&ask.method).bytes(&ask.params).bytes(&ask.change)
            }
            Self::Print(text) => Fields::new(PRINT).bytes(text),
            Self::Progress(done, of) => Fields::new(PROGRESS).number(*done).number(*of),
            Self::Done(done) => done.fields(),
            Self::Failed(failed) => failed.fields(),
        };
        fields.write(to)
    }

    /// Reads the next message: at most `bytes_max` bytes behind its kind and length.
    ///
    /// # Errors
    /// Those of the reader; `UnexpectedEof` where there is none, or no whole one; `InvalidData` where it is longer,
    /// or is no message.
    pub fn read(from: &mut impl Read, bytes_max: u64) -> Result<Self> {
        let (kind, mut body) = Body::open(from, bytes_max)?;
        let message = match kind {
            READY => Self::Ready(Ready::read(&mut body)?),
            TILES => Self::Tiles(body.small()?, body.bytes()?),
            PLACES => Self::Places(body.small()?),
            ASK => {
                Self::Ask(Ask { method: body.text()?, params: body.text()?, change: body.bytes()? })
            }
            PRINT => Self::Print(body.text()?),
            PROGRESS => Self::Progress(body.number()?, body.number()?),
            DONE => Self::Done(Done::read(&mut body)?),
            FAILED => Self::Failed(Failed::read(&mut body)?),
            other => return Err(damaged(format!("kind {other}"))),
        };
        body.close(message)
    }
}

impl Ready {
    fn fields(self) -> Fields<'static> {
        let fields =
            Fields::new(READY).number(u64::from(self.seccomp)).number(u64::from(self.landlock));
        fields.number(self.address_space)
    }

    fn read(body: &mut Body<'_, impl Read>) -> Result<Self> {
        Ok(Self { seccomp: body.flag()?, landlock: body.flag()?, address_space: body.number()? })
    }
}

impl Done {
    fn fields(&self) -> Fields<'_> {
        let fields = Fields::new(DONE)
            .bytes(&self.value)
            .bytes(&self.change)
            .bytes(&self.written)
            .texts(&self.scripts);
        let fields = fields.number(self.formats.len() as u64);
        self.formats
            .iter()
            .fold(fields, |fields, (name, extensions)| fields.bytes(name).texts(extensions))
    }

    fn read(body: &mut Body<'_, impl Read>) -> Result<Self> {
        Ok(Self {
            value: body.text()?,
            change: body.bytes()?,
            written: body.bytes()?,
            scripts: body.texts()?,
            formats: {
                let count = body.number()?;
                (0..count).map(|_| Ok((body.text()?, body.texts()?))).collect::<Result<_>>()?
            },
        })
    }
}

impl Failed {
    fn fields(&self) -> Fields<'_> {
        let fields = Fields::new(FAILED).bytes(&self.name).bytes(&self.message);
        let fields = fields.number(u64::from(self.line)).number(u64::from(self.column));
        fields.bytes(&self.stack).bytes(&self.source_line)
    }

    fn read(body: &mut Body<'_, impl Read>) -> Result<Self> {
        Ok(Self {
            name: body.text()?,
            message: body.text()?,
            line: body.small()?,
            column: body.small()?,
            stack: body.text()?,
            source_line: body.text()?,
        })
    }
}
