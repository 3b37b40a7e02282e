//! [`Audit`]: a line for each tool call: when, by whom, which tool, in which project, what came of it,
//! and how long it took.
//!
//! ```text
//! {"time":"2026-11-27T18:00:00Z","client":"claude-code 2.1","tool":"fill_box","project":"4x7m2k9qfd","outcome":"done","ms":1.25}
//! ```

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rmcp::task_manager::current_timestamp;
use serde::Serialize;

/// Of a text that a client or the daemon sent, so much is written, in characters: a line is one to
/// read.
const TEXT_CHARS_MAX: usize = 300;

/// Where the lines go.
#[derive(Debug)]
pub enum Audit {
    /// Nowhere.
    None,
    /// To standard error, which clients show or keep.
    Stderr,
    /// To a file.
    File(Mutex<File>),
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was carried out.
    Done,
    /// It was not, for a reason.
    Refused(String),
    /// Whoever called wanted it no more, or was gone.
    Cancelled,
    /// The tool failed in itself.
    Failed,
}

/// A line.
pub(crate) struct Entry<'a> {
    pub(crate) client: &'a str,
    pub(crate) tool: &'a str,
    pub(crate) project: Option<&'a str>,
    pub(crate) fate: &'a Fate,
    pub(crate) time: Duration,
}

#[derive(Serialize)]
struct Line<'a> {
    time: &'a str,
    client: &'a str,
    tool: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<&'a str>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    ms: f64,
}

impl Audit {
    /// To this file, behind what it has. It is for its owner alone: it says what people build.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn to(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        Ok(Self::File(Mutex::new(file)))
    }

    /// Writes a line. What cannot be written is told on standard error, and the call stays done.
    pub(crate) fn write(&self, entry: &Entry<'_>) {
        let written = match self {
            Self::None => return,
            Self::Stderr => {
                line(entry, &current_timestamp()).and_then(|l| io::stderr().write_all(&l))
            }
            Self::File(file) => line(entry, &current_timestamp())
                .and_then(|l| file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&l)),
        };
        if let Err(error) = written {
            eprintln!("goxel-mcp: the audit line of {} is lost: {error}", entry.tool);
        }
    }
}

/// The bytes of a line, to be written at once: other processes may write to the same file.
fn line(entry: &Entry<'_>, time: &str) -> io::Result<Vec<u8>> {
    let (outcome, why) = match entry.fate {
        Fate::Done => ("done", None),
        Fate::Refused(why) => ("refused", Some(cut(why))),
        Fate::Cancelled => ("cancelled", None),
        Fate::Failed => ("failed", None),
    };
    let ms = (entry.time.as_secs_f64() * 1e6).round() / 1e3;
    let (client, project) = (cut(entry.client), entry.project.map(cut));
    let line = Line { time, client, tool: cut(entry.tool), project, outcome, why, ms };
    let mut bytes = serde_json::to_vec(&line)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn cut(text: &str) -> &str {
    text.char_indices().nth(TEXT_CHARS_MAX).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fate: &Fate, expected: &str) {
        let entry = Entry {
            client: "a \"client\"\n1",
            tool: "fill_box",
            project: Some("p"),
            fate,
            time: Duration::from_micros(1250),
        };
        assert_eq!(String::from_utf8(line(&entry, "T").unwrap()).unwrap(), expected);
    }

    #[test]
    fn lines() {
        let head =
            r#"{"time":"T","client":"a \"client\"\n1","tool":"fill_box","project":"p","outcome":"#;
        check(&Fate::Done, &format!("{head}\"done\",\"ms\":1.25}}\n"));
        check(&Fate::Cancelled, &format!("{head}\"cancelled\",\"ms\":1.25}}\n"));
        let long = "ä".repeat(TEXT_CHARS_MAX + 1);
        let cut = "ä".repeat(TEXT_CHARS_MAX);
        let expected = format!("{head}\"refused\",\"why\":\"{cut}\",\"ms\":1.25}}\n");
        check(&Fate::Refused(long), &expected);
    }

    #[test]
    fn a_file_keeps_what_it_has_and_is_for_its_owner() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit");
        let entry = Entry {
            client: "c",
            tool: "t",
            project: None,
            fate: &Fate::Failed,
            time: Duration::ZERO,
        };
        for lines in 1..=2 {
            Audit::to(&path).unwrap().write(&entry);
            assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), lines);
        }
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
