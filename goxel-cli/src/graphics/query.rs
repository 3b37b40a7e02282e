//! [`ask`]: asks the terminal what it can show, and waits a moment for the answer.

use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

use super::Graphics;

/// Whether kitty's protocol is known, by a picture of one pixel that is not shown; then what the terminal is,
/// which every one answers: so the answer to the first has come, or will not.
const QUESTION: &[u8] = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[c";
/// How long a terminal may take, over a network too.
const PATIENCE: Duration = Duration::from_millis(200);
/// Bytes of an answer, at the most.
const ANSWER_MAX: usize = 1024;
/// The attribute of terminals that have sixels.
const SIXEL: &str = "4";

/// What the terminal can show; blocks where it says nothing.
pub(super) fn ask() -> Graphics {
    if !io::stdin().is_terminal() {
        return Graphics::Blocks;
    }
    match answer() {
        Ok(answer) => meant(&String::from_utf8_lossy(&answer)),
        Err(_) => Graphics::Blocks,
    }
}

/// Gives the terminal its settings back.
struct Restored(Termios);

impl Drop for Restored {
    fn drop(&mut self) {
        // Where this fails nothing better can be done.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

fn answer() -> io::Result<Vec<u8>> {
    let before = tcgetattr(io::stdin())?;
    let mut raw = before.clone();
    raw.make_raw();
    let _restored = Restored(before);
    tcsetattr(io::stdin(), OptionalActions::Flush, &raw)?;
    let mut stdout = io::stdout();
    stdout.write_all(QUESTION)?;
    stdout.flush()?;
    let (begun, mut answer) = (Instant::now(), Vec::new());
    while let Some(left) = PATIENCE.checked_sub(begun.elapsed()) {
        let left = Timespec { tv_sec: 0, tv_nsec: i64::from(left.subsec_nanos()) };
        let stdin = io::stdin();
        if poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&left))? == 0 {
            break;
        }
        let mut part = [0; 64];
        let count = stdin.lock().read(&mut part)?;
        answer.extend_from_slice(&part[..count]);
        if count == 0 || answer.ends_with(b"c") || answer.len() > ANSWER_MAX {
            break;
        }
    }
    Ok(answer)
}

/// What an answer says.
fn meant(answer: &str) -> Graphics {
    if answer.contains("\x1b_Gi=31;OK") {
        return Graphics::Kitty;
    }
    let attributes = answer.split_once("\x1b[?").and_then(|(_, rest)| rest.split_once('c'));
    let has_sixels = attributes.is_some_and(|(list, _)| list.split(';').any(|one| one == SIXEL));
    if has_sixels { Graphics::Sixel } else { Graphics::Blocks }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers() {
        for (answer, expected) in [
            ("\x1b_Gi=31;OK\x1b\\\x1b[?62;c", Graphics::Kitty),
            ("\x1b[?62;4;22c", Graphics::Sixel),
            ("\x1b[?64;1;2;44c", Graphics::Blocks),
            ("\x1b_Gi=31;EINVAL\x1b\\\x1b[?62c", Graphics::Blocks),
            ("", Graphics::Blocks),
        ] {
            assert_eq!(meant(answer), expected, "{answer:?}");
        }
    }
}
