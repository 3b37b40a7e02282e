//! [`Graphics`]: how a terminal shows pictures; [`Screen`]: what it is and how large.

mod kitty;
mod query;
mod sixel;

use std::io::{self, IsTerminal as _};

use clap::ValueEnum;

use crate::preview::USUAL_CELLS;

pub(crate) use kitty::encode as kitty;
pub(crate) use sixel::encode as sixel;

/// Pixels of a character where the terminal does not say: those of most.
const USUAL_CELL: (u32, u32) = (8, 16);

/// How pictures are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Graphics {
    /// The graphics protocol of kitty, which others have too
    Kitty,
    /// Sixels
    Sixel,
    /// Half blocks, two pixels a character
    Blocks,
}

/// What is known of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Screen {
    pub(crate) graphics: Graphics,
    /// Characters across and down.
    pub(crate) cells: (u32, u32),
    /// Pixels of a character.
    pub(crate) cell: (u32, u32),
}

impl Screen {
    /// Looks at standard output, and asks the terminal where the environment does not tell what it can.
    pub(crate) fn look(wanted: Option<Graphics>) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let (cells, cell) = if is_terminal { size() } else { (USUAL_CELLS, USUAL_CELL) };
        let graphics = wanted.unwrap_or_else(|| match is_terminal {
            true => by_environment(|name| std::env::var(name).ok()).unwrap_or_else(query::ask),
            false => Graphics::Blocks,
        });
        Self { graphics, cells, cell }
    }
}

/// The size of the terminal in characters, less a line for the prompt, and that of a character.
fn size() -> ((u32, u32), (u32, u32)) {
    let Ok(size) = rustix::termios::tcgetwinsize(io::stdout()) else {
        return (USUAL_CELLS, USUAL_CELL);
    };
    let [columns, rows, width, height] =
        [size.ws_col, size.ws_row, size.ws_xpixel, size.ws_ypixel].map(u32::from);
    let cells = match (columns, rows) {
        (0, _) | (_, 0) => USUAL_CELLS,
        (columns, rows) => (columns, (rows - 1).max(1)),
    };
    let cell = (width / columns.max(1), height / rows.max(1));
    (cells, if cell.0 > 0 && cell.1 > 0 { cell } else { USUAL_CELL })
}

/// What the environment tells of the terminal.
fn by_environment(variable: impl Fn(&str) -> Option<String>) -> Option<Graphics> {
    let (term, program) =
        (variable("TERM").unwrap_or_default(), variable("TERM_PROGRAM").unwrap_or_default());
    if variable("KITTY_WINDOW_ID").is_some()
        || term.contains("kitty")
        || term.contains("ghostty")
        || ["WezTerm", "ghostty"].contains(&program.as_str())
    {
        return Some(Graphics::Kitty);
    }
    if ["foot", "mlterm"].iter().any(|name| term.starts_with(name)) || term.contains("sixel") {
        return Some(Graphics::Sixel);
    }
    // These would show the question.
    ["", "dumb", "linux"].contains(&term.as_str()).then_some(Graphics::Blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_tells_of_some() {
        let of = |term: &str, name: &str, value: &str| {
            by_environment(|asked| match asked {
                "TERM" => Some(term.to_owned()),
                asked if asked == name => Some(value.to_owned()),
                _ => None,
            })
        };
        assert_eq!(of("xterm-kitty", "", ""), Some(Graphics::Kitty));
        assert_eq!(of("xterm-256color", "KITTY_WINDOW_ID", "1"), Some(Graphics::Kitty));
        assert_eq!(of("xterm-256color", "TERM_PROGRAM", "WezTerm"), Some(Graphics::Kitty));
        assert_eq!(of("foot", "", ""), Some(Graphics::Sixel));
        assert_eq!(of("dumb", "", ""), Some(Graphics::Blocks));
        assert_eq!(of("xterm-256color", "", ""), None);
    }

    #[test]
    fn what_is_no_terminal_gets_blocks() {
        let screen = Screen::look(Some(Graphics::Sixel));
        assert_eq!(screen.graphics, Graphics::Sixel);
        if !io::stdout().is_terminal() {
            let expected =
                Screen { graphics: Graphics::Blocks, cells: USUAL_CELLS, cell: USUAL_CELL };
            assert_eq!(Screen::look(None), expected);
        }
    }
}
