//! [`Thrown`]: what a script has thrown, as compilers tell of a fault: place, words, the line and a mark below it.

use std::fmt;

use crate::place::Place;

/// What a script has thrown.
#[derive(Debug)]
pub(crate) struct Thrown {
    /// What it is, and where: one line.
    line: String,
    /// The line of the script, and where in it, where that is known.
    excerpt: String,
    /// As the daemon told it: JSON.
    pub(crate) json: String,
    /// Where it was thrown: the script, line and column.
    at: Option<(String, u64, usize)>,
}

impl Thrown {
    /// Of a script, at this line and column, each 0 where it is not known; `source` is that line.
    pub(crate) fn new(
        script: &str,
        what: &str,
        (line, column): (u64, usize),
        source: &str,
        json: String,
    ) -> Self {
        let known = (line > 0).then(|| (script.to_owned(), line, column.max(1)));
        let place = known.as_ref().map(place_of);
        let at = place.map_or_else(|| script.to_owned(), |place| place.to_string());
        let excerpt = if source.is_empty() { String::new() } else { excerpt(source, column) };
        Self { line: format!("{at}: {what}"), excerpt, json, at: known }
    }

    /// Where it was thrown.
    pub(crate) fn place(&self) -> Option<Place> {
        self.at.as_ref().map(place_of)
    }

    /// All that people see of it.
    pub(crate) fn whole(&self) -> String {
        format!("{}{}", self.line.replace(['\n', '\r'], " "), self.excerpt)
    }
}

fn place_of((script, line, column): &(String, u64, usize)) -> Place {
    Place { file: script.as_str().into(), line: *line, column: *column }
}

/// The line, and below it a mark at the column, if there is one.
fn excerpt(source: &str, column: usize) -> String {
    // Tabs would move the mark.
    let source = source.replace('\t', " ");
    match column {
        0 => format!("\n  {source}"),
        // A column behind the end of the line marks its end.
        _ => format!("\n  {source}\n  {}^", " ".repeat((column - 1).min(source.chars().count()))),
    }
}

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl std::error::Error for Thrown {}
