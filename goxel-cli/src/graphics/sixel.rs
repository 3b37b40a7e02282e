//! Pictures as sixels: bands of six rows, in each a line of characters for each colour.
//!
//! ```text
//! ESC P 0;1;0 q "1;1;W;H   pixels that nothing is said of stay as they are
//! #n;2;r;g;b               colour n, in hundredths
//! #n !count char ... $     the pixels of colour n in this band: bit 0 of the character, less 63, is the upper row
//! -                        the next band
//! ESC \
//! ```

use std::collections::HashMap;
use std::fmt::Write as _;

type Pixel = [u8; 4];

/// Rows of a band.
const BAND: usize = 6;
/// Colours that every terminal with sixels has.
const COLOURS_MAX: usize = 256;
/// Levels of red, green and blue where there are more colours.
const LEVELS: [u32; 3] = [6, 7, 6];
/// An ordered dither of 4 x 4, in sixteenths.
const DITHER: [[u32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
/// The alpha below which a pixel is not there.
const OPAQUE_MIN: u8 = 128;
/// What characters count from.
const FIRST: u8 = 63;
/// A run is worth its count from here on.
const RUN_MIN: usize = 4;

/// The sequence that shows rows of pixels.
pub(crate) fn encode(pixels: &[Pixel], width: usize) -> String {
    let width = width.max(1);
    let height = pixels.len() / width;
    let (palette, indices) = painted(pixels, width);
    let mut text = format!("\x1bP0;1;0q\"1;1;{width};{height}");
    // Writing to a string does not fail, here and below.
    for (number, colour) in palette.iter().enumerate() {
        let [r, g, b] = colour.map(|level| (u32::from(level) * 100 + 127) / 255);
        let _ = write!(text, "#{number};2;{r};{g};{b}");
    }
    for band in indices.chunks(BAND * width) {
        let mut colours: Vec<usize> = band.iter().flatten().copied().collect();
        colours.sort_unstable();
        colours.dedup();
        for colour in colours {
            let _ = write!(text, "#{colour}");
            let columns = (0..width).map(|x| column(band, width, x, colour));
            write_runs(columns, &mut text);
            text.push('$');
        }
        text.push('-');
    }
    text.push_str("\x1b\\");
    text
}

/// The character of a column of a band in one colour.
fn column(band: &[Option<usize>], width: usize, x: usize, colour: usize) -> u8 {
    let rows = band.chunks(width).enumerate();
    let bits = rows.filter(|(_, row)| row.get(x) == Some(&Some(colour)));
    FIRST + bits.fold(0, |bits, (y, _)| bits | 1 << y)
}

fn write_runs(characters: impl Iterator<Item = u8>, text: &mut String) {
    let mut characters = characters.peekable();
    while let Some(character) = characters.next() {
        let mut count = 1;
        while characters.next_if_eq(&character).is_some() {
            count += 1;
        }
        // Nothing behind the last pixel of a colour has to be said.
        if character == FIRST && characters.peek().is_none() {
            return;
        }
        match count {
            RUN_MIN.. => drop(write!(text, "!{count}{}", char::from(character))),
            _ => (0..count).for_each(|_| text.push(char::from(character))),
        }
    }
}

/// A palette, and which of its colours each pixel has that is there.
fn painted(pixels: &[Pixel], width: usize) -> (Vec<[u8; 3]>, Vec<Option<usize>>) {
    let mut known = HashMap::new();
    let mut palette = Vec::new();
    let mut indices = Vec::with_capacity(pixels.len());
    for pixel in pixels {
        let [r, g, b, alpha] = *pixel;
        if alpha < OPAQUE_MIN {
            indices.push(None);
            continue;
        }
        let index = *known.entry([r, g, b]).or_insert_with(|| {
            palette.push([r, g, b]);
            palette.len() - 1
        });
        if index == COLOURS_MAX {
            return dithered(pixels, width);
        }
        indices.push(Some(index));
    }
    (palette, indices)
}

/// The same with a few levels of each channel, between which pixels alternate.
fn dithered(pixels: &[Pixel], width: usize) -> (Vec<[u8; 3]>, Vec<Option<usize>>) {
    let level = |part: u32, levels: u32| (part * 255 / (levels - 1)) as u8;
    let [reds, greens, blues] = LEVELS;
    let palette = (0..reds * greens * blues).map(|index| {
        let (r, g, b) = (index / (greens * blues), index / blues % greens, index % blues);
        [level(r, reds), level(g, greens), level(b, blues)]
    });
    let nearest = |(at, pixel): (usize, &Pixel)| {
        let threshold = DITHER[at / width % 4][at % width % 4] * 2 + 1;
        // The level below, and the next one where the rest is over the threshold, in thirty-seconds.
        let part = |channel: usize| {
            let scaled = u32::from(pixel[channel]) * (LEVELS[channel] - 1) * 32 / 255;
            (scaled / 32 + u32::from(scaled % 32 > threshold)).min(LEVELS[channel] - 1)
        };
        let index = (part(0) * greens + part(1)) * blues + part(2);
        (pixel[3] >= OPAQUE_MIN).then_some(index as usize)
    };
    (palette.collect(), pixels.iter().enumerate().map(nearest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band() {
        let (red, clear) = ([255, 0, 0, 255], [0; 4]);
        // Two rows of six: red above, red at the right below.
        let mut pixels = vec![red; 6];
        pixels.extend([clear, clear, clear, clear, clear, red]);
        let expected = "\x1bP0;1;0q\"1;1;6;2#0;2;100;0;0#0!5@B$-\x1b\\";
        assert_eq!(encode(&pixels, 6), expected);
        assert_eq!(encode(&[clear; 4], 2), "\x1bP0;1;0q\"1;1;2;2-\x1b\\");
    }

    #[test]
    fn many_colours_become_few() {
        let pixels: Vec<Pixel> =
            (0..=255u8).flat_map(|at| [[at, 0, 255 - at, 255], [at, at, at, 255]]).collect();
        let (palette, indices) = painted(&pixels, 32);
        assert_eq!(palette.len(), 252);
        for (pixel, index) in pixels.iter().zip(indices) {
            let colour = palette[index.expect("all are there")];
            let off = colour.iter().zip(pixel).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(off.is_some_and(|off| off <= 51), "{pixel:?} {colour:?}");
        }
    }
}
