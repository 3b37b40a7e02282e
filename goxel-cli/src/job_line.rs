//! [`JobLine`]: how far a job of the daemon's is, on one line of a terminal.
//!
//! The cursor stays behind the text: a terminal shows `^C` where it is pressed, and the line is drawn
//! over that next time.

use std::io::Write as _;
use std::time::Duration;

use goxel_client::Told;

/// Characters of a bar.
const BAR: u64 = 24;

/// A line on standard error. It goes when it is dropped.
#[derive(Debug)]
pub(crate) struct JobLine;

impl JobLine {
    /// Draws it anew. Terminals keep what is longer than they are wide on the line while they are told
    /// not to break it.
    pub(crate) fn draw(&self, waited: Duration, told: Option<&Told>, is_cancelled: bool) {
        let text = text(waited, told, is_cancelled);
        write(&format!("\r\x1b[?7l{text}\x1b[K\x1b[?7h"));
    }
}

impl Drop for JobLine {
    fn drop(&mut self) {
        write("\r\x1b[K");
    }
}

fn write(text: &str) {
    // Nobody can be told that standard error is closed.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// `[######------------------]  25%  1.5M of 6.0M voxels, 2 s`
fn text(waited: Duration, told: Option<&Told>, is_cancelled: bool) -> String {
    let elapsed = elapsed(waited);
    let line = match told {
        // Work of several steps learns of each when it comes to it, and says until then that all is
        // done: then nobody knows how much it is.
        Some(Told { done, total, unit, .. }) if done < total => {
            let share =
                |of: u64| (u128::from(*done) * u128::from(of) / u128::from(*total)) as usize;
            let (full, percent) = (share(BAR), share(100));
            let (bar, rest) = ("#".repeat(full), "-".repeat(BAR as usize - full));
            let (done, total) = (rounded(*done), rounded(*total));
            format!("[{bar}{rest}] {percent:>3}%  {done} of {total} {unit}, {elapsed}")
        }
        Some(Told { done, unit, .. }) if *done > 0 => {
            format!("working: {} {unit}, {elapsed}", rounded(*done))
        }
        _ => format!("working: {elapsed}"),
    };
    if is_cancelled { format!("{line}, cancelling") } else { line }
}

/// `7 s`, `2 min 05 s`
fn elapsed(waited: Duration) -> String {
    match waited.as_secs() {
        seconds @ ..60 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// `999`, `12.3k`, `678M`: three or four digits are as much as people read of what changes.
fn rounded(count: u64) -> String {
    let scales = [(1_000_000_000_000, "T"), (1_000_000_000, "G"), (1_000_000, "M"), (1000, "k")];
    let Some((scale, letter)) = scales.into_iter().find(|(scale, _)| count >= *scale) else {
        return count.to_string();
    };
    match count / (scale / 10) {
        tenths @ 1000.. => format!("{}{letter}", tenths / 10),
        tenths => format!("{}.{}{letter}", tenths / 10, tenths % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_change() {
        let check = |count, expected: &str| assert_eq!(rounded(count), expected);
        check(0, "0");
        check(999, "999");
        check(1000, "1.0k");
        check(12_349, "12.3k");
        check(999_999, "999k");
        check(50_000_000, "50.0M");
        check(123_456_789, "123M");
        check(u64::MAX, "18446744T");
    }

    #[test]
    fn what_is_told_of_a_job() {
        let told = |done, total| Told {
            job: 1,
            done,
            total,
            unit: "voxels".to_owned(),
            output: String::new(),
        };
        let check = |seconds, told: Option<Told>, is_cancelled, expected: &str| {
            let waited = Duration::from_secs(seconds);
            assert_eq!(text(waited, told.as_ref(), is_cancelled), expected);
        };
        check(0, None, false, "working: 0 s");
        check(59, Some(told(0, 0)), false, "working: 59 s");
        check(125, Some(told(4_500_000, 0)), false, "working: 4.5M voxels, 2 min 05 s");
        check(1, Some(told(7, 7)), false, "working: 7 voxels, 1 s");
        let bar = "[######------------------]  25%  1.5M of 6.0M voxels, 2 s";
        check(2, Some(told(1_500_000, 6_000_000)), false, bar);
        check(2, Some(told(1_500_000, 6_000_000)), true, &format!("{bar}, cancelling"));
        let end = "[#######################-]  99%  18446744T of 18446744T voxels, 60 min 00 s";
        check(3600, Some(told(u64::MAX - 1, u64::MAX)), false, end);
    }
}
