//! Draws rows of pixels as text: half blocks in colour, or a ramp of characters.

use std::fmt::Write as _;

/// From dark to bright.
const RAMP: &[u8; 10] = b" .:-=+*#%@";

/// Pixels of a character, across and down.
pub(crate) const CELL: (u32, u32) = (1, 2);
/// Characters across and down where nobody says.
pub(crate) const USUAL_CELLS: (u32, u32) = (80, 30);

/// The pixels of so many characters.
pub(crate) fn pixels((columns, rows): (u32, u32)) -> (u32, u32) {
    (columns.saturating_mul(CELL.0), rows.saturating_mul(CELL.1))
}

type Pixel = [u8; 4];

/// The picture as lines of `width` characters, each of two pixels one above the other. Where a
/// pixel is clear, and below an odd last row, the screen is left as it is.
pub(crate) fn draw(pixels: &[Pixel], width: usize, colour: bool) -> String {
    let rows: Vec<&[Pixel]> = pixels.chunks_exact(width).collect();
    let clear = vec![[0; 4]; width];
    let line = |pair: &[&[Pixel]]| {
        let (upper, lower) = (pair[0], pair.get(1).copied().unwrap_or(&clear));
        if colour { half_blocks(upper, lower) } else { ramp(upper, lower) }
    };
    rows.chunks(2).map(line).collect::<Vec<_>>().join("\n")
}

/// Two pixels in one character: a half block in the colour of the text, the other half in that of
/// the background. Colours are said only where they change: pictures have areas of one colour.
fn half_blocks(upper: &[Pixel], lower: &[Pixel]) -> String {
    let mut line = String::new();
    let mut before = (None, None);
    for (upper, lower) in upper.iter().map(shown).zip(lower.iter().map(shown)) {
        let (block, text, behind) = match (upper, lower) {
            (None, None) => (' ', None, None),
            (None, lower) => ('▄', lower, None),
            (upper, lower) => ('▀', upper, lower),
        };
        if before != (text, behind) {
            line.push_str("\x1b[0m");
            // Writing to a string does not fail.
            for (what, colour) in [(38, text), (48, behind)] {
                if let Some([r, g, b]) = colour {
                    let _ = write!(line, "\x1b[{what};2;{r};{g};{b}m");
                }
            }
            before = (text, behind);
        }
        line.push(block);
    }
    line.push_str("\x1b[0m");
    line
}

/// The colour of a pixel, where there is anything to see.
fn shown(pixel: &Pixel) -> Option<[u8; 3]> {
    (pixel[3] > 0).then(|| on_black(pixel))
}

fn ramp(upper: &[Pixel], lower: &[Pixel]) -> String {
    let character = |(upper, lower): (&Pixel, &Pixel)| {
        let sum = luminance(on_black(upper)) + luminance(on_black(lower));
        char::from(RAMP[sum * (RAMP.len() - 1) / 510])
    };
    let line: String = upper.iter().zip(lower).map(character).collect();
    line.trim_end().to_owned()
}

/// What is seen of a pixel on a black screen.
fn on_black(&[r, g, b, a]: &Pixel) -> [u8; 3] {
    [r, g, b].map(|channel| (u16::from(channel) * u16::from(a) / 255) as u8)
}

/// Brightness, 0 to 255, with the weights of Rec. 709.
fn luminance([r, g, b]: [u8; 3]) -> usize {
    (2126 * usize::from(r) + 7152 * usize::from(g) + 722 * usize::from(b)) / 10_000
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLACK: Pixel = [0, 0, 0, 255];
    const WHITE: Pixel = [255; 4];
    const RED: Pixel = [255, 0, 0, 255];
    const CLEAR: Pixel = [255, 255, 255, 0];

    #[test]
    fn without_colour() {
        let pixels = [WHITE, WHITE, BLACK, RED, WHITE, BLACK, BLACK, BLACK];
        assert_eq!(draw(&pixels, 4, false), "@=");
        assert_eq!(draw(&[WHITE, BLACK, CLEAR], 1, false), "=\n");
        assert_eq!(draw(&[], 4, false), "");
    }

    #[test]
    fn in_colour() {
        let pixels = [RED, RED, CLEAR, CLEAR, WHITE, WHITE, WHITE, CLEAR];
        let expected = "\x1b[0m\x1b[38;2;255;0;0m\x1b[48;2;255;255;255m▀▀\
                        \x1b[0m\x1b[38;2;255;255;255m▄\x1b[0m \x1b[0m";
        assert_eq!(draw(&pixels, 4, true), expected);
        let last_row = "\x1b[0m\x1b[38;2;255;0;0m▀\x1b[0m";
        assert_eq!(draw(&[RED], 1, true), last_row);
    }
}
