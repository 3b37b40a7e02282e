//! [`Texture`]: all colours of a mesh as a small picture, a pixel each. Faces name the middle of their
//! pixel, so the nearest one is always the right one.

use std::io::Write;

use goxel_proto::types::Rgba;

use crate::{Error, Result};

/// Pixels along an edge that programs still take.
const EDGE_MAX: u32 = 16_384;

/// Where the colours of a mesh stand in a picture.
#[derive(Debug)]
pub(crate) struct Texture {
    /// Rows from the top, by the order of [`super::Model::colours`].
    pixels: Vec<Rgba>,
    places: foldhash::HashMap<Rgba, u32>,
    edge: u32,
}

impl Texture {
    /// A picture of these colours: a square whose edge is a power of two, as some programs want it.
    pub(crate) fn new(colours: &[Rgba]) -> Result<Self> {
        let edge = ((colours.len().max(1) as f64).sqrt().ceil() as u32).next_power_of_two();
        if edge > EDGE_MAX {
            let count = colours.len();
            return Err(Error::TooLarge(format!(
                "{count} colours, which no texture has room for: put them at the corners"
            )));
        }
        let mut pixels = colours.to_vec();
        pixels.resize((edge * edge) as usize, Rgba::EMPTY);
        let places = colours.iter().zip(0..).map(|(rgba, at)| (*rgba, at)).collect();
        Ok(Self { pixels, places, edge })
    }

    /// The number of a colour.
    #[inline]
    pub(crate) fn number(&self, rgba: Rgba) -> u32 {
        self.places.get(&rgba).copied().unwrap_or(0)
    }

    /// The middle of a colour's pixel, from 0 to 1 from the left and from the top.
    #[inline]
    pub(crate) fn middle(&self, number: u32) -> [f32; 2] {
        let at = [number % self.edge, number / self.edge];
        at.map(|at| ((f64::from(at) + 0.5) / f64::from(self.edge)) as f32)
    }

    /// Writes the picture as PNG.
    pub(crate) fn png(&self, out: &mut dyn Write) -> Result<()> {
        let mut encoder = png::Encoder::new(out, self.edge, self.edge);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let bytes: Vec<u8> = self.pixels.iter().flat_map(|rgba| rgba.0).collect();
        let written = encoder.write_header().and_then(|mut writer| {
            writer.write_image_data(&bytes)?;
            writer.finish()
        });
        written.map_err(|error| match error {
            png::EncodingError::IoError(error) => Error::Output(error),
            other => Error::NoPicture(other.to_string()),
        })
    }
}
