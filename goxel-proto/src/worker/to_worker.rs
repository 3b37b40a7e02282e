//! [`ToWorker`] as bytes, and back.

use std::io::{Read, Result, Write};

use super::fields::{Body, Fields, damaged};
use super::{Action, Run, ToWorker};

const RUN: u8 = 0x01;
const TILES: u8 = 0x02;
const PLACES: u8 = 0x03;
const RESULT: u8 = 0x04;
const ERROR: u8 = 0x05;
const STOP: u8 = 0x06;

const EVALUATE: u64 = 0;
const REGISTERED: u64 = 1;
const EXPORT: u64 = 2;
const IMPORT: u64 = 3;

impl ToWorker {
    /// Writes the message and flushes.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&self, to: &mut impl Write) -> Result<()> {
        let fields = match self {
            Self::Run(run) => return run.fields().write(to),
            Self::Tiles(change) => Fields::new(TILES).bytes(change),
            Self::Places(places) => Fields::new(PLACES).bytes(places),
            Self::Result(result) => Fields::new(RESULT).bytes(result),
            Self::Error(error) => Fields::new(ERROR).bytes(error),
            Self::Stop(why) => Fields::new(STOP).bytes(why),
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
            RUN => Self::Run(Box::new(Run::read(&mut body)?)),
            TILES => Self::Tiles(body.bytes()?),
            PLACES => Self::Places(body.bytes()?),
            RESULT => Self::Result(body.text()?),
            ERROR => Self::Error(body.text()?),
            STOP => Self::Stop(body.text()?),
            other => return Err(damaged(format!("kind {other}"))),
        };
        body.close(message)
    }
}

impl Run {
    fn fields(&self) -> Fields<'_> {
        let fields = Fields::new(RUN).bytes(&self.source).bytes(&self.name).bytes(&self.args);
        let fields = fields
            .number(self.seed)
            .number(self.heap_max)
            .number(self.voxels_max)
            .bytes(&self.state);
        match &self.action {
            Action::Evaluate => fields.number(EVALUATE),
            Action::Registered(name) => fields.number(REGISTERED).bytes(name),
            Action::Export(path) => fields.number(EXPORT).bytes(path),
            Action::Import(path, bytes) => fields.number(IMPORT).bytes(path).bytes(bytes),
        }
    }

    fn read(body: &mut Body<'_, impl Read>) -> Result<Self> {
        Ok(Self {
            source: body.text()?,
            name: body.text()?,
            args: body.text()?,
            seed: body.number()?,
            heap_max: body.number()?,
            voxels_max: body.number()?,
            state: body.bytes()?,
            action: match body.number()? {
                EVALUATE => Action::Evaluate,
                REGISTERED => Action::Registered(body.text()?),
                EXPORT => Action::Export(body.text()?),
                IMPORT => Action::Import(body.text()?, body.bytes()?),
                other => return Err(damaged(format!("action {other}"))),
            },
        })
    }
}
