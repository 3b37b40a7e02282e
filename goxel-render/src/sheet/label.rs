//! Draws the name of a picture into it, so that it can be read on any ground: dark letters with a light rim,
//! or the other way round.

use goxel_proto::types::font::{ADVANCE, GLYPH_HEIGHT, is_inked};

use crate::Image;

/// Pixels of a part's shorter edge for each pixel of the font: letters are a twentieth of the edge high.
const EDGE_A_DOT: u32 = 160;
/// The margin around a name, in pixels of the font.
const MARGIN: u32 = 3;
const DARK: [u8; 4] = [28, 32, 38, 255];
const LIGHT: [u8; 4] = [255, 255, 255, 255];
/// The weights of Rec. 709, in thousandths.
const LUMINANCE: [u32; 3] = [213, 715, 72];
/// What is half as bright as white looks, in thousandths of 255.
const MIDDLE: u32 = 128_000;

/// Draws `name` into the upper left corner of a part, given from where to where it is across and down. What
/// does not fit is left out.
pub(super) fn draw(image: &mut Image, [x, y]: [(u32, u32); 2], name: &str) {
    let text = name.as_bytes();
    let dot = ((x.1 - x.0).min(y.1 - y.0) / EDGE_A_DOT).max(1);
    let (left, top) = (x.0 + MARGIN * dot, y.0 + MARGIN * dot);
    // The rim is a dot wide.
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX).saturating_mul(ADVANCE);
    let right = left.saturating_add(length.saturating_add(1).saturating_mul(dot)).min(x.1);
    let bottom = (top + (GLYPH_HEIGHT + 1) * dot).min(y.1);
    let (ink, rim) = match is_dark(image, (left, right), (top, bottom)) {
        true => (LIGHT, DARK),
        false => (DARK, LIGHT),
    };
    for at_y in top.saturating_sub(dot)..bottom {
        for at_x in left.saturating_sub(dot)..right {
            let cell =
                |at: u32, start: u32| (i64::from(at) - i64::from(start)).div_euclid(i64::from(dot));
            let (column, row) = (cell(at_x, left), cell(at_y, top));
            let near = || (-1..=1).any(|y| (-1..=1).any(|x| is_inked(text, column + x, row + y)));
            let colour = match is_inked(text, column, row) {
                true => ink,
                false if near() => rim,
                false => continue,
            };
            image.pixels[at_y as usize * image.width as usize + at_x as usize] = colour;
        }
    }
}

/// Whether what is behind a name is dark. What is seen through counts as light, as pages are.
fn is_dark(image: &Image, x: (u32, u32), y: (u32, u32)) -> bool {
    let (mut sum, mut count) = (0u64, 0u64);
    for at_y in y.0..y.1 {
        let start = at_y as usize * image.width as usize;
        for pixel in &image.pixels[start + x.0.min(x.1) as usize..start + x.1 as usize] {
            let levels =
                pixel.iter().zip(LUMINANCE).map(|(&level, weight)| u32::from(level) * weight);
            let alpha = u32::from(pixel[3]);
            sum += u64::from((levels.sum::<u32>() * alpha + 255_000 * (255 - alpha)) / 255);
            count += 1;
        }
    }
    sum < u64::from(MIDDLE) * count
}
