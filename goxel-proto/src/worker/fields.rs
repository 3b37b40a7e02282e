//! A message as a list of fields, and back: [`Fields`] writes, [`Body`] reads.

use std::io::{Error, ErrorKind, Read, Result, Write};

/// Kind and length.
const HEADER_BYTES: usize = 9;
/// Of a number, and of a length.
const NUMBER_BYTES: usize = 8;
/// Bytes are copied beside the numbers before them up to here: for less, a write of their own costs more.
const COPY_MAX: usize = 4096;
/// What is reserved for bytes before they have come: a length alone takes no memory.
const RESERVE_MAX: u64 = 1 << 20;

enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message that is to be written.
pub(super) struct Fields<'a> {
    kind: u8,
    fields: Vec<Field<'a>>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(kind: u8) -> Self {
        Self { kind, fields: Vec::new() }
    }

    pub(super) fn number(mut self, number: u64) -> Self {
        self.fields.push(Field::Number(number));
        self
    }

    pub(super) fn bytes(mut self, bytes: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        self.fields.push(Field::Bytes(bytes.as_ref()));
        self
    }

    /// How many, then each.
    pub(super) fn texts(self, texts: &'a [String]) -> Self {
        texts.iter().fold(self.number(texts.len() as u64), Fields::bytes)
    }

    pub(super) fn write(&self, to: &mut impl Write) -> Result<()> {
        let length: u64 = self.fields.iter().map(Field::len).sum();
        let mut short = Vec::with_capacity(HEADER_BYTES + length.min(COPY_MAX as u64) as usize);
        short.push(self.kind);
        short.extend_from_slice(&length.to_le_bytes());
        for field in &self.fields {
            match field {
                Field::Number(number) => short.extend_from_slice(&number.to_le_bytes()),
                Field::Bytes(bytes) => {
                    short.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
                    if bytes.len() <= COPY_MAX {
                        short.extend_from_slice(bytes);
                    } else {
                        to.write_all(&short)?;
                        short.clear();
                        to.write_all(bytes)?;
                    }
                }
            }
        }
        to.write_all(&short)?;
        to.flush()
    }
}

impl Field<'_> {
    fn len(&self) -> u64 {
        match self {
            Self::Number(_) => NUMBER_BYTES as u64,
            Self::Bytes(bytes) => (NUMBER_BYTES + bytes.len()) as u64,
        }
    }
}

/// The fields of a message that is being read.
pub(super) struct Body<'a, R> {
    from: &'a mut R,
    /// Bytes of it that have not been read.
    left: u64,
}

impl<'a, R: Read> Body<'a, R> {
    /// Reads what stands before the fields: the kind, and how long they may be.
    pub(super) fn open(from: &'a mut R, bytes_max: u64) -> Result<(u8, Self)> {
        let mut header = [0; HEADER_BYTES];
        from.read_exact(&mut header)?;
        let [kind, length @ ..] = header;
        let left = u64::from_le_bytes(length);
        if left > bytes_max {
            return Err(damaged(format!(
                "a message of {left} bytes, where {bytes_max} are the most"
            )));
        }
        Ok((kind, Self { from, left }))
    }

    pub(super) fn number(&mut self) -> Result<u64> {
        self.take(NUMBER_BYTES as u64)?;
        let mut bytes = [0; NUMBER_BYTES];
        self.from.read_exact(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    pub(super) fn small(&mut self) -> Result<u32> {
        let number = self.number()?;
        u32::try_from(number).map_err(|_| damaged(format!("{number} where 32 bits are the most")))
    }

    pub(super) fn flag(&mut self) -> Result<bool> {
        match self.number()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(damaged(format!("{other} where there is yes or no"))),
        }
    }

    pub(super) fn bytes(&mut self) -> Result<Vec<u8>> {
        let length = self.number()?;
        self.take(length)?;
        let mut bytes = Vec::with_capacity(length.min(RESERVE_MAX) as usize);
        self.from.take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(ErrorKind::UnexpectedEof.into()) }
    }

    pub(super) fn text(&mut self) -> Result<String> {
        String::from_utf8(self.bytes()?).map_err(|_| damaged("bytes where there is text"))
    }

    pub(super) fn texts(&mut self) -> Result<Vec<String>> {
        let count = self.number()?;
        (0..count).map(|_| self.text()).collect()
    }

    /// Nothing stands behind the last field.
    pub(super) fn close<T>(self, message: T) -> Result<T> {
        match self.left {
            0 => Ok(message),
            left => Err(damaged(format!("{left} bytes behind the last field"))),
        }
    }

    fn take(&mut self, length: u64) -> Result<()> {
        match self.left.checked_sub(length) {
            Some(left) => self.left = left,
            None => {
                return Err(damaged(format!(
                    "a field of {length} bytes, where {} are left",
                    self.left
                )));
            }
        }
        Ok(())
    }
}

/// What is no message. Most likely the two programs do not belong together.
pub(super) fn damaged(what: impl AsRef<str>) -> Error {
    let what = what.as_ref();
    Error::new(
        ErrorKind::InvalidData,
        format!("no message between a daemon and its worker: {what}; both must be of one version"),
    )
}
