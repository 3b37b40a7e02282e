//! GIF files. A frame has a palette of its own: its colours as they are where they fit, else the 256 that a
//! neural network finds for them (NeuQuant).

use std::collections::HashMap;
use std::hash::RandomState;

use color_quant::NeuQuant;
use gif::{DisposalMethod, Encoder, Frame, Repeat};
use goxel_core::Work;

use super::jpeg::on_white;
use crate::{Error, Image};

/// Colours of a palette, and one place for what is seen through.
pub(super) const COLOURS_MAX: usize = 255;
/// The alpha below which a pixel is seen through: the format knows nothing between.
pub(super) const OPAQUE_MIN: u8 = 128;
/// Pixels that the network learns from, at the most: it takes a microsecond for each.
const LEARNT_MAX: usize = 1 << 16;
/// The network looks at every pixel that it is given.
const EVERY: i32 = 1;
/// Milliseconds of the format's unit of time.
const UNIT_MS: u32 = 10;
/// What a pixel costs, in units of [`Work`]: it is looked up and packed.
const PIXEL_UNITS: u64 = 16;

/// A file that is being put together.
pub(super) struct Animated {
    encoder: Encoder<Vec<u8>>,
    size: (u16, u16),
    delay: u16,
}

impl Animated {
    pub(super) fn new(size: (u32, u32), frames: u32, frame_ms: u32) -> Result<Self, Error> {
        let edge = |edge: u32| {
            u16::try_from(edge).map_err(|_| Error::Encoding("an edge is too long for GIF".into()))
        };
        let size = (edge(size.0)?, edge(size.1)?);
        let mut encoder = Encoder::new(Vec::new(), size.0, size.1, &[]).map_err(failed)?;
        if frames > 1 {
            encoder.set_repeat(Repeat::Infinite).map_err(failed)?;
        }
        let delay = u16::try_from(frame_ms.div_ceil(UNIT_MS)).unwrap_or(u16::MAX);
        Ok(Self { encoder, size, delay })
    }

    pub(super) fn add(&mut self, image: &Image, work: &Work<'_>) -> Result<(), Error> {
        let mut painter = Painter::new(image);
        let mut buffer = Vec::with_capacity(image.pixels.len());
        for row in image.pixels.chunks((image.width as usize).max(1)) {
            work.spend(PIXEL_UNITS * row.len() as u64)?;
            buffer.extend(row.iter().map(|&pixel| painter.index(pixel)));
        }
        let frame = Frame {
            delay: self.delay,
            dispose: DisposalMethod::Background,
            transparent: painter.transparent,
            width: self.size.0,
            height: self.size.1,
            palette: Some(painter.palette),
            buffer: buffer.into(),
            ..Frame::default()
        };
        self.encoder.write_frame(&frame).map_err(failed)?;
        Ok(work.check()?)
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, Error> {
        self.encoder.into_inner().map_err(failed)
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Encoding(error.to_string())
}

/// A palette, and which of its colours each colour of a picture becomes.
struct Painter {
    /// Three bytes a colour.
    palette: Vec<u8>,
    transparent: Option<u8>,
    network: Option<NeuQuant>,
    known: HashMap<[u8; 3], u8, RandomState>,
}

impl Painter {
    fn new(image: &Image) -> Self {
        let is_clear = image.pixels.iter().any(|pixel| pixel[3] < OPAQUE_MIN);
        let mut known = HashMap::default();
        let mut palette = Vec::new();
        for &pixel in image.pixels.iter().filter(|pixel| pixel[3] >= OPAQUE_MIN) {
            let next = known.len();
            let colour = on_white(pixel);
            if let std::collections::hash_map::Entry::Vacant(free) = known.entry(colour) {
                if next == COLOURS_MAX {
                    return Self::learnt(image, is_clear);
                }
                free.insert(next as u8);
                palette.extend(colour);
            }
        }
        let transparent = is_clear.then_some(known.len() as u8);
        Self::ended(palette, transparent, None, known)
    }

    /// With the colours that a network finds.
    fn learnt(image: &Image, is_clear: bool) -> Self {
        let step = image.pixels.len().div_ceil(LEARNT_MAX);
        let opaque = image.pixels.iter().step_by(step).filter(|pixel| pixel[3] >= OPAQUE_MIN);
        let samples: Vec<u8> = opaque.flat_map(|&pixel| opaque_on_white(pixel)).collect();
        let network = NeuQuant::new(EVERY, COLOURS_MAX, &samples);
        let palette = network.color_map_rgb();
        let transparent = is_clear.then_some((palette.len() / 3) as u8);
        Self::ended(palette, transparent, Some(network), HashMap::default())
    }

    fn ended(
        mut palette: Vec<u8>,
        transparent: Option<u8>,
        network: Option<NeuQuant>,
        known: HashMap<[u8; 3], u8, RandomState>,
    ) -> Self {
        if transparent.is_some() || palette.is_empty() {
            palette.extend([u8::MAX; 3]);
        }
        Self { palette, transparent, network, known }
    }

    fn index(&mut self, pixel: [u8; 4]) -> u8 {
        if let Some(clear) = self.transparent.filter(|_| pixel[3] < OPAQUE_MIN) {
            return clear;
        }
        let Self { network, known, .. } = self;
        *known.entry(on_white(pixel)).or_insert_with(|| {
            network.as_ref().map_or(0, |network| network.index_of(&opaque_on_white(pixel)) as u8)
        })
    }
}

fn opaque_on_white(pixel: [u8; 4]) -> [u8; 4] {
    let [r, g, b] = on_white(pixel);
    [r, g, b, u8::MAX]
}
