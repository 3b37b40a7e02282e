//! Words on their way into clap, and what it says of wrong ones on their way out.

use std::ffi::OsString;

/// Puts a space before words such as `-1,2,3` and `-5..5,0,0`, which are values and no options.
///
/// Clap can be told that an argument may begin with a hyphen, but then takes options that follow
/// it for points too. The parsers of values pass over the space.
pub(crate) fn shield(word: OsString) -> OsString {
    let is_value = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or_default();
        digits.starts_with(|c: char| c.is_ascii_digit()) && digits.contains(',')
    };
    if !word.to_str().is_some_and(is_value) {
        return word;
    }
    let mut shielded = OsString::from(" ");
    shielded.push(word);
    shielded
}

/// What clap says of a wrong command line, on one line.
pub(crate) fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let mut paragraphs = text.split("\n\n");
    let words = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = words(paragraphs.next().unwrap_or_default());
    let mut line = first.strip_prefix("error: ").unwrap_or(&first).to_owned();
    for tip in paragraphs.filter_map(|paragraph| paragraph.trim().strip_prefix("tip: ")) {
        line.push_str(&format!(" ({})", words(tip)));
    }
    line
}
