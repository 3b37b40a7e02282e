//! Failures that have an exit status or a form of their own.

use std::fmt;
use std::io::Write as _;

use goxel_client::{Error, Refusal};
use goxel_proto::json::Writer;
use goxel_proto::{ErrorCode, suggest};

use crate::place::Place;
use crate::thrown::Thrown;

/// Exit status where the command line, a point or a colour is wrong; clap uses the same.
pub(crate) const EXIT_USAGE: u8 = 2;
/// Exit status where there is no daemon, or it went away.
pub(crate) const EXIT_ABSENT: u8 = 3;
/// Exit status where Ctrl-C ended what was under way; shells say so of a program that it killed.
pub(crate) const EXIT_INTERRUPTED: u8 = 130;
/// Exit status of every other failure.
pub(crate) const EXIT_FAILURE: u8 = 1;
/// What is said of a command of several steps that Ctrl-C ended between two of them.
pub(crate) const STOPPED_EARLY: &str = "stopped before all of it was done";

const INVALID_PARAMS: i64 = ErrorCode::InvalidParams as i64;
const CONFLICT: i64 = ErrorCode::Conflict as i64;
const STOPPED: i64 = ErrorCode::Stopped as i64;

macro_rules! failures {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $name(pub(crate) String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::error::Error for $name {}
    )*};
}

failures! {
    /// What the user asked for cannot be read.
    Usage;
    /// The same in a file: the text begins with the place, as editors know it from compilers.
    Located;
    /// What was asked for cannot be had.
    Refused;
    /// There is no daemon, or it went away.
    Absent;
    /// Ctrl-C ended it.
    Interrupted;
}

/// The daemon's refusal of a command, in the words of the command line.
#[derive(Debug)]
pub(crate) struct Explained {
    /// As the daemon sent it.
    refusal: Refusal,
    text: String,
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Explained {}

impl Explained {
    /// In the daemon's own words, with the error code.
    pub(crate) fn of_the_wire(refusal: Refusal) -> Self {
        let text = refusal.to_string();
        Self { refusal, text }
    }

    /// That the call was cancelled, where the daemon says that: then it has done nothing. `is_all`
    /// says that nothing else was called for the command.
    pub(crate) fn cancelled(mut self, is_all: bool) -> Self {
        if self.refusal.code == STOPPED && is_all {
            self.text.push_str("; nothing was changed, and no file was left");
        }
        self
    }

    /// The same, and something more.
    pub(crate) fn with(mut self, more: &str) -> Self {
        self.text.push_str(more);
        self
    }

    /// The name in quotes that it speaks of, where that is one that no project has.
    pub(crate) fn project(&self) -> Option<&str> {
        if self.refusal.code != INVALID_PARAMS {
            return None;
        }
        let (argument, what) = self.text.split_once(": ")?;
        let (name, _) = what.split_once('"')?.1.split_once('"')?;
        argument.contains("<PROJECT>").then_some(name)
    }
}

/// Puts the arguments of a command in the place of the parameters that a refusal speaks of.
/// `argument` gives the one that a parameter comes from.
pub(crate) fn explain(refusal: Refusal, argument: impl Fn(&str) -> Option<String>) -> Explained {
    let text = explained(&refusal.message, argument).unwrap_or_else(|| refusal.message.clone());
    Explained { refusal, text }
}

/// `params.degrees: must be ...` becomes `[DEGREES]: must be ...`. None where no parameter is
/// spoken of.
fn explained(message: &str, argument: impl Fn(&str) -> Option<String>) -> Option<String> {
    let path = message.strip_prefix("params.")?;
    let inner = path.strip_prefix("options.").or_else(|| path.strip_prefix("read_options."));
    let path = inner.unwrap_or(path);
    let length = path.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(path.len());
    let (member, rest) = path.split_at(length);
    let argument = argument(member).unwrap_or_else(|| member.replace('_', " "));
    // Where in the argument: `[2]`, `.min[0]`.
    let (_, what) = rest.split_once(": ")?;
    Some(format!("{argument}: {what}"))
}

/// ` (did you mean "roof"?)` where one of the names is near to `word`.
pub(crate) fn suggestion<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> String {
    suggest::nearest(word, names).map(did_you_mean).unwrap_or_default()
}

/// ` (did you mean "roof"?)`
pub(crate) fn did_you_mean(name: &str) -> String {
    format!(" (did you mean \"{name}\"?)")
}

/// What people see of a failure: one line, and of a script the line that has failed.
pub(crate) fn line(error: &anyhow::Error) -> String {
    if let Some(thrown) = error.downcast_ref::<Thrown>() {
        return thrown.whole();
    }
    let text = text(error);
    if error.is::<Located>() { text } else { format!("goxel-cli: {text}") }
}

/// Says something on standard error. Nobody can be told that it is closed.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// What went wrong, on one line.
pub(crate) fn text(error: &anyhow::Error) -> String {
    format!("{error:#}").replace(['\n', '\r'], " ")
}

/// A failure as a record for programs: the daemon's error code, where the daemon refused; the exit
/// status; what people read; and where it belongs to a batch, where it
/// stands there.
pub(crate) fn record(error: &anyhow::Error, place: Option<&Place>) -> String {
    let mut out = Vec::new();
    Writer::new(&mut out).object(|writer| {
        writer.key("error").object(|writer| {
            match code(error) {
                Some(code) => writer.member("code", code),
                None => writer.key("code").raw(b"null"),
            }
            writer.member("status", i32::from(exit_status(error)));
            writer.member("message", text(error));
            let thrown = error.downcast_ref::<Thrown>();
            if let Some(thrown) = thrown {
                writer.key("script").raw(thrown.json.as_bytes());
            }
            let thrown_at = thrown.and_then(Thrown::place);
            let place = place.or(thrown_at.as_ref());
            if let Some(place) = place {
                writer.member("file", &*place.file);
                writer.member("line", place.line);
                writer.member("column", place.column);
            }
        });
    });
    String::from_utf8_lossy(&out).into_owned()
}

/// Whether the daemon refused since changes that are not saved would be lost, which nobody said
/// they may be.
pub(crate) fn would_discard(error: &Error) -> bool {
    matches!(error, Error::Refused(refusal)
        if refusal.code == CONFLICT && refusal.message.starts_with("params.discard: "))
}

/// What comes of a command whose call was to be cancelled by Ctrl-C.
pub(crate) fn interrupted(error: anyhow::Error) -> anyhow::Error {
    if code(&error) == Some(STOPPED) { Interrupted(text(&error)).into() } else { error }
}

/// The code of the daemon's refusal.
fn code(error: &anyhow::Error) -> Option<i64> {
    if error.is::<Interrupted>() {
        return Some(STOPPED);
    }
    if let Some(Explained { refusal, .. }) = error.downcast_ref() {
        return Some(refusal.code);
    }
    match error.downcast_ref() {
        Some(Error::Refused(refusal)) => Some(refusal.code),
        _ => None,
    }
}

/// Whether there is no daemon, or it went away.
pub(crate) fn is_absent(error: &anyhow::Error) -> bool {
    error.is::<Absent>() || error.downcast_ref::<Error>().is_some_and(Error::is_absent)
}

/// Whether the daemon went away while it was to answer.
pub(crate) fn is_closed(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(Error::Closed))
}

/// The exit status of a failure.
pub(crate) fn exit_status(error: &anyhow::Error) -> u8 {
    if error.is::<Interrupted>() {
        EXIT_INTERRUPTED
    } else if error.is::<Usage>() || error.is::<Located>() {
        EXIT_USAGE
    } else if is_absent(error) {
        EXIT_ABSENT
    } else {
        EXIT_FAILURE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_speak_of_arguments() {
        let check = |message: &str, expected: &str| {
            let refusal = Refusal { code: -32602, message: message.to_owned() };
            let argument = |member: &str| (member == "degrees").then(|| "[DEGREES]".to_owned());
            assert_eq!(explain(refusal, argument).to_string(), expected);
        };
        check("params.degrees: must be a multiple of 90", "[DEGREES]: must be a multiple of 90");
        check("params.degrees[2].x: must be less", "[DEGREES]: must be less");
        check("params.options.max_edge: is too large", "max edge: is too large");
        check("no project is open", "no project is open");
        check("params.x", "params.x");
    }

    #[test]
    fn records() {
        let refusal = || Refusal { code: -1004, message: "no \"x\"".to_owned() };
        let check = |error: anyhow::Error, place: Option<&Place>, expected: &str| {
            assert_eq!(record(&error, place), expected);
        };
        let place = Place { file: "b".into(), line: 3, column: 7 };
        check(
            Error::Refused(refusal()).into(),
            None,
            r#"{ "error": { "code": -1004, "status": 1, "message": "no \"x\" (error -1004)" } }"#,
        );
        check(
            explain(refusal(), |_| None).into(),
            Some(&place),
            r#"{ "error": { "code": -1004, "status": 1, "message": "no \"x\"", "file": "b", "line": 3, "column": 7 } }"#,
        );
        check(
            Usage("what?".into()).into(),
            None,
            r#"{ "error": { "code": null, "status": 2, "message": "what?" } }"#,
        );
    }
}
