//! [`Progress`]: how far long work is, on a terminal.

use std::io::{self, IsTerminal as _};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Redraws in a second at the most.
const REDRAWS: u8 = 10;

/// A bar on standard error, or nothing where that is no terminal. It goes when it is dropped.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    /// Whether there is a terminal to see one on.
    pub(crate) fn is_possible() -> bool {
        io::stderr().is_terminal()
    }

    /// None to be seen.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Of work on so many bytes, or on an unknown number of them; unless `hidden`.
    pub(crate) fn of_bytes(length: Option<u64>, hidden: bool) -> Self {
        if hidden || !Self::is_possible() {
            return Self::none();
        }
        let target = ProgressDrawTarget::stderr_with_hz(REDRAWS);
        let bar = ProgressBar::with_draw_target(length, target);
        let template = match length {
            Some(_) => {
                "{bar:40} {percent:>3}%  {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left"
            }
            None => "{spinner} {bytes} read, {bytes_per_sec}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
        }
        Self(Some(bar))
    }

    /// So many bytes are done.
    pub(crate) fn at(&self, bytes: u64) {
        if let Self(Some(bar)) = self {
            bar.set_position(bytes);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Self(Some(bar)) = self {
            bar.finish_and_clear();
        }
    }
}
