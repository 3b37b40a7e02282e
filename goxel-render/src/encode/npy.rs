//! [`Array`]: numbers as NumPy reads them (`numpy.load`), format version 1.0.
//!
//! ```text
//! magic    \x93 N U M P Y, 1, 0
//! length   of the header (2, little-endian)
//! header   {'descr': '<f4', 'fortran_order': False, 'shape': (height, width), }, spaces, \n
//! data     rows from the top, the last index fastest
//! ```

use goxel_core::Work;

const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";
/// The data begins at a multiple of so many bytes, so that it can be mapped.
const ALIGNED: usize = 64;
/// Bytes that are copied between two looks at whether to go on.
const COPIED_AT_ONCE: usize = 1 << 16;

/// What the numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    /// Bytes.
    U8,
    /// Whole numbers of 32 bits, little-endian.
    U32,
    /// Floating-point numbers of 32 bits, little-endian.
    F32,
}

impl Element {
    const fn descr(self) -> &'static str {
        match self {
            Self::U8 => "|u1",
            Self::U32 => "<u4",
            Self::F32 => "<f4",
        }
    }
}

/// Numbers in rows from the top: one or several for each pixel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Array<'a> {
    /// What they are.
    pub(crate) element: Element,
    /// How many rows, how many in a row, and how many for each pixel where that is more than one.
    pub(crate) shape: &'a [usize],
    /// All of them.
    pub(crate) bytes: &'a [u8],
}

impl Array<'_> {
    /// The bytes of a file.
    ///
    /// # Errors
    /// Where the work has to end.
    pub(crate) fn to_npy_within(self, work: &Work<'_>) -> goxel_core::Result<Vec<u8>> {
        let shape: Vec<_> = self.shape.iter().map(usize::to_string).collect();
        let mut header = format!(
            "{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
            self.element.descr(),
            shape.join(", ")
        );
        let length = (MAGIC.len() + 2 + header.len() + 1).next_multiple_of(ALIGNED);
        header.extend(std::iter::repeat_n(' ', length - MAGIC.len() - 2 - header.len() - 1));
        header.push('\n');
        let mut file = Vec::with_capacity(length + self.bytes.len());
        file.extend_from_slice(MAGIC);
        // A header of a few numbers is far below what two bytes count.
        file.extend((header.len() as u16).to_le_bytes());
        file.extend_from_slice(header.as_bytes());
        for part in self.bytes.chunks(COPIED_AT_ONCE) {
            work.spend(part.len() as u64)?;
            file.extend_from_slice(part);
        }
        Ok(file)
    }
}
