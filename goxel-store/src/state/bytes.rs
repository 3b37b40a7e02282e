//! Numbers and texts as bytes: little-endian, or seven bits a byte, the lowest first, where most are small.

use super::StateError;

/// Bytes of a number of 64 bits at seven bits a byte.
const VARINT_BYTES_MAX: usize = 10;

/// Appends to bytes.
pub(super) trait Put {
    fn put(&mut self, bytes: &[u8]);

    fn put_u8(&mut self, number: u8) {
        self.put(&[number]);
    }

    fn put_u32(&mut self, number: u32) {
        self.put(&number.to_le_bytes());
    }

    fn put_u64(&mut self, number: u64) {
        self.put(&number.to_le_bytes());
    }

    fn put_f32(&mut self, number: f32) {
        self.put(&number.to_le_bytes());
    }

    /// Seven bits a byte; the eighth says that more follow.
    fn put_varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.put_u8(number as u8 | 0x80);
            number >>= 7;
        }
        self.put_u8(number as u8);
    }

    /// A number that may be negative: 0, -1, 1, -2 ... are 0, 1, 2, 3 ...
    fn put_signed(&mut self, number: i64) {
        self.put_varint((number << 1 ^ number >> 63).cast_unsigned());
    }

    fn put_text(&mut self, text: &str) {
        self.put_varint(text.len() as u64);
        self.put(text.as_bytes());
    }
}

impl Put for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// A section's bytes, to be taken from the front.
#[derive(Clone)]
pub(super) struct Taker<'a> {
    rest: &'a [u8],
    /// Where `rest` begins, from the beginning of all.
    offset: u64,
    section: &'a str,
}

impl<'a> Taker<'a> {
    /// The bytes of a section, which begin at `offset`.
    pub(super) fn new(section: &'a str, offset: u64, bytes: &'a [u8]) -> Self {
        Self { rest: bytes, offset, section }
    }

    /// What is wrong at this place.
    #[cold]
    pub(super) fn damaged(&self, what: &'static str) -> StateError {
        StateError::Damaged { section: self.section.to_owned(), offset: self.offset, what }
    }

    /// This takes more memory than there may be.
    #[cold]
    pub(super) fn too_large(&self, max: u64) -> StateError {
        StateError::TooLarge { section: self.section.to_owned(), offset: self.offset, max }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], StateError> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            return Err(self.damaged("it ends too early"));
        };
        self.rest = rest;
        self.offset += count as u64;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], StateError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn u8(&mut self) -> Result<u8, StateError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u32(&mut self) -> Result<u32, StateError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, StateError> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn f32(&mut self) -> Result<f32, StateError> {
        self.array().map(f32::from_le_bytes)
    }

    pub(super) fn f32s<const N: usize>(&mut self) -> Result<[f32; N], StateError> {
        let mut numbers = [0.0; N];
        for number in &mut numbers {
            *number = self.f32()?;
        }
        Ok(numbers)
    }

    pub(super) fn varint(&mut self) -> Result<u64, StateError> {
        let mut number = 0_u64;
        for at in 0..VARINT_BYTES_MAX {
            let byte = self.u8()?;
            let bits = u64::from(byte & 0x7f);
            if bits << (7 * at) >> (7 * at) != bits {
                return Err(self.damaged("a number of more than 64 bits"));
            }
            number |= bits << (7 * at);
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.damaged("a number of more than 64 bits"))
    }

    /// A number that may be no more than `most`.
    pub(super) fn count(&mut self, most: usize) -> Result<usize, StateError> {
        let number = self.varint()?;
        match usize::try_from(number) {
            Ok(count) if count <= most => Ok(count),
            _ => Err(self.damaged("a count that is too large")),
        }
    }

    pub(super) fn signed(&mut self) -> Result<i64, StateError> {
        let number = self.varint()?;
        Ok((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
    }

    pub(super) fn text(&mut self) -> Result<String, StateError> {
        let length = self.count(self.left())?;
        let bytes = self.take(length)?;
        let text =
            std::str::from_utf8(bytes).map_err(|_| self.damaged("a text that is not UTF-8"))?;
        Ok(text.to_owned())
    }

    /// Whether a flag is set; a flag is 0 or 1.
    pub(super) fn flag(&mut self) -> Result<bool, StateError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.damaged("a flag that is neither 0 nor 1")),
        }
    }

    /// Refuses what is left over.
    pub(super) fn end(&self) -> Result<(), StateError> {
        if self.is_empty() { Ok(()) } else { Err(self.damaged("bytes behind its end")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_written() {
        let numbers = [0, 1, 127, 128, 300, u64::from(u32::MAX), i64::MAX as u64, u64::MAX];
        for number in numbers {
            let mut bytes = Vec::new();
            bytes.put_varint(number);
            bytes.put_signed(number.cast_signed());
            let mut taker = Taker::new("T", 0, &bytes);
            assert_eq!(taker.varint(), Ok(number));
            assert_eq!(taker.signed(), Ok(number.cast_signed()));
            assert_eq!(taker.end(), Ok(()));
        }
    }

    #[test]
    fn a_number_that_is_too_long_is_refused() {
        for bytes in [&[0xff; 11][..], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]] {
            assert!(Taker::new("T", 0, bytes).varint().is_err());
        }
        assert!(Taker::new("T", 0, &[0x80]).varint().is_err());
    }
}
