//! WebP files without loss, still and animated. The frames are VP8L streams; the boxes around several of
//! them are put together here.
//!
//! ```text
//! still      RIFF, size, WEBP, a chunk VP8L
//! animated   RIFF, size, WEBP, VP8X (flags, canvas), ANIM (background, loops), for each frame ANMF
//! ANMF       x, y, width, height, duration (3 bytes each), flags, a chunk VP8L
//! chunk      name (4), size (4, little-endian), data, a zero where the size is odd
//! ```

use goxel_core::Work;
use image_webp::{ColorType, WebPEncoder};

use super::counted::counted;
use crate::{Error, Image};

/// Bytes before the first chunk.
const HEADER_BYTES: usize = 12;
/// Bytes of a chunk before its data.
const CHUNK_BYTES: usize = 8;
/// VP8X: it is animated, and has transparency.
const FLAGS: u8 = 0x02 | 0x10;
/// ANMF: the frame takes the place of the one before, rather than being blended over it.
const REPLACES: u8 = 0x02;

/// The bytes of a still file.
///
/// # Errors
/// Where the work has to end, or the encoder fails.
pub(super) fn encode(image: &Image, work: &Work<'_>) -> Result<Vec<u8>, Error> {
    let bytes = image.pixels.as_flattened();
    counted(work, |to| {
        WebPEncoder::new(to).encode(bytes, image.width, image.height, ColorType::Rgba8)
    })
}

/// An animated file that is being put together.
#[derive(Debug)]
pub(super) struct Animated {
    file: Vec<u8>,
    width: u32,
    height: u32,
    frame_ms: u32,
}

impl Animated {
    pub(super) fn new((width, height): (u32, u32), frame_ms: u32) -> Self {
        let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
        chunk(&mut file, b"VP8X", |file| {
            file.extend([FLAGS, 0, 0, 0]);
            file.extend(three(width - 1));
            file.extend(three(height - 1));
        });
        // Nothing behind the frames, again and again.
        chunk(&mut file, b"ANIM", |file| file.extend([0; 6]));
        Self { file, width, height, frame_ms }
    }

    pub(super) fn add(&mut self, image: &Image, work: &Work<'_>) -> Result<(), Error> {
        let still = encode(image, work)?;
        let stream = find(&still, *b"VP8L")
            .ok_or_else(|| Error::Encoding("a frame without a stream".into()))?;
        let (width, height, frame_ms) = (self.width, self.height, self.frame_ms);
        chunk(&mut self.file, b"ANMF", |file| {
            file.extend([0; 6]);
            for number in [width - 1, height - 1, frame_ms] {
                file.extend(three(number));
            }
            file.push(REPLACES);
            chunk(file, b"VP8L", |file| file.extend_from_slice(stream));
        });
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Vec<u8>, Error> {
        let size = u32::try_from(self.file.len() - CHUNK_BYTES)
            .map_err(|_| Error::Encoding("longer than a WebP file can be".into()))?;
        self.file[4..CHUNK_BYTES].copy_from_slice(&size.to_le_bytes());
        Ok(self.file)
    }
}

/// The lowest three bytes of a number.
fn three(number: u32) -> [u8; 3] {
    let [a, b, c, _] = number.to_le_bytes();
    [a, b, c]
}

/// Adds a chunk whose data `fill` adds.
fn chunk(file: &mut Vec<u8>, name: &[u8; 4], fill: impl FnOnce(&mut Vec<u8>)) {
    file.extend_from_slice(name);
    let start = file.len();
    file.extend([0; 4]);
    fill(file);
    // A frame is a picture, whose bytes 32 bits count.
    let size = (file.len() - start - 4) as u32;
    file[start..start + 4].copy_from_slice(&size.to_le_bytes());
    if size % 2 == 1 {
        file.push(0);
    }
}

/// The data of the first chunk of this name.
fn find(file: &[u8], name: [u8; 4]) -> Option<&[u8]> {
    let mut rest = file.get(HEADER_BYTES..)?;
    loop {
        let (head, data) = rest.split_at_checked(CHUNK_BYTES)?;
        let size = u32::from_le_bytes(head[4..].try_into().ok()?) as usize;
        if head[..4] == name {
            return data.get(..size);
        }
        rest = data.get(size.next_multiple_of(2)..)?;
    }
}
