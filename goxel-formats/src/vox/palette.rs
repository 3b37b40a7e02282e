//! The colours of a `.vox` file: a chunk of 256, or the ones that every program knows.

use goxel_core::Swatch;
use goxel_proto::types::Rgba;

/// Colours by index; entry 0 is empty.
pub(crate) type Palette = [Rgba; 256];

/// The palette of the body of an `RGBA` chunk. Some programs leave out the last entry, which no
/// index names. An opaque colour may be stored with alpha 0: the format has no transparency, and
/// a voxel is never empty.
pub(super) fn from_chunk(body: &[u8]) -> Palette {
    let mut palette = [Rgba::EMPTY; 256];
    for (colour, &[r, g, b, a]) in palette[1..].iter_mut().zip(body.as_chunks().0) {
        *colour = Rgba::new(r, g, b, if a == 0 { 255 } else { a });
    }
    palette
}

/// The colours of the body of an `RGBA` chunk that are worth picking from: all up to the last that
/// says anything. Voxels may have others, which are black.
pub(super) fn swatches(body: &[u8]) -> Vec<Swatch> {
    let entries = body.as_chunks().0;
    let last = entries.iter().take(255).rposition(|entry| *entry != [0; 4]);
    let count = last.map_or(0, |last| last + 1);
    from_chunk(body)[1..=count].iter().map(|rgba| Swatch::from(*rgba)).collect()
}

/// The palette of a file without one: a cube of 6 x 6 x 6 colours from white down without black,
/// then ramps of red, green, blue and grey.
pub(crate) fn default() -> Palette {
    const STEPS: [u8; 6] = [0xff, 0xcc, 0x99, 0x66, 0x33, 0x00];
    const RAMP: [u8; 10] = [0xee, 0xdd, 0xbb, 0xaa, 0x88, 0x77, 0x55, 0x44, 0x22, 0x11];
    const CUBE: usize = 215;
    let mut palette = [Rgba::EMPTY; 256];
    for at in 0..CUBE {
        let step = |scale: usize| STEPS[at / scale % 6];
        palette[1 + at] = Rgba::opaque(step(36), step(6), step(1));
    }
    for (at, level) in RAMP.into_iter().enumerate() {
        let ramps = [[level, 0, 0], [0, level, 0], [0, 0, level], [level; 3]];
        for (ramp, [r, g, b]) in ramps.into_iter().enumerate() {
            palette[1 + CUBE + 10 * ramp + at] = Rgba::opaque(r, g, b);
        }
    }
    palette
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_one_of_an_independent_reader() {
        let ours = default();
        for (at, theirs) in dot_vox::DEFAULT_PALETTE.iter().take(255).enumerate() {
            let theirs = Rgba::new(theirs.r, theirs.g, theirs.b, theirs.a);
            assert_eq!(ours[at + 1], theirs, "{at}");
        }
        assert_eq!(ours[0], Rgba::EMPTY);
        assert_eq!(ours[255], Rgba::opaque(0x11, 0x11, 0x11));
    }
}
