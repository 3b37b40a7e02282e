//! [`Batch`]: the commands of a file over one connection.
//!
//! Runs of edits and short questions are sent together, up to [`WINDOW_COMMANDS`] of them, and then
//! their replies are read: one round trip for many commands. Writing cannot block for ever while
//! the daemon waits for us to read, since the replies to a window fit the buffers of a socket. A
//! command that chooses, loads, saves or undoes is sent alone, once everything before it went well.

use std::io::{BufRead, Write};

use anyhow::Result;
use clap::{CommandFactory as _, FromArgMatches as _};
use goxel_proto::json::Value;

use crate::args::{self, Command, Line};
use crate::client::{Client, Closed};
use crate::commands::{self, Outbox, counted};
use crate::lines::{Lines, STDIN};
use crate::output::Output;
use crate::session::{self, Printing};

/// Replies have some 200 bytes; these many are a fraction of what a socket holds.
const WINDOW_COMMANDS: usize = 64;
/// Bytes of requests that are gathered at the most before they are sent.
const WINDOW_BYTES: usize = 1 << 20;

/// What a batch may do besides its commands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Settings<'a> {
    pub(crate) project: Option<&'a str>,
    pub(crate) printing: Printing,
    /// Go on after a command that failed.
    pub(crate) keep_going: bool,
    /// Standard input holds the commands, so no points can come from there.
    pub(crate) from_stdin: bool,
}

/// A batch that is running.
pub(crate) struct Batch<'a, W, E> {
    settings: Settings<'a>,
    client: &'a mut Client,
    output: &'a mut Output<W>,
    errors: E,
    window: Window,
    tally: Tally,
}

/// Commands that are sent together.
#[derive(Default)]
struct Window {
    bytes: Vec<u8>,
    requests: u64,
    commands: Vec<Waiting>,
}

struct Waiting {
    place: String,
    command: Command,
    requests: u64,
}

/// What was done.
#[derive(Default)]
struct Tally {
    done: u64,
    failed: u64,
    added: u64,
    removed: u64,
}

/// Reads lines into commands. Building clap's description of the grammar takes longer than reading
/// a line by it, so that is done once.
struct Grammar(clap::Command);

impl Grammar {
    /// The command of a line, or none where there is only a comment.
    fn read(&mut self, line: &str) -> Result<Option<Line>, String> {
        let words = shlex::split(line).ok_or("a quote without its end")?;
        if words.is_empty() {
            return Ok(None);
        }
        let words = words.into_iter().map(|word| args::shield(word.into()));
        let matches = self.0.try_get_matches_from_mut(words);
        let line = matches.and_then(|mut matches| Line::from_arg_matches_mut(&mut matches));
        line.map(Some).map_err(|error| args::one_line(&error))
    }
}

/// Runs the commands of `lines`; failures go to `errors`, one line each. True where all went well.
///
/// # Errors
/// Where the batch cannot be read or the connection breaks.
pub(crate) fn run<R: BufRead, W: Write, E: Write>(
    mut lines: Lines<R>,
    client: &mut Client,
    settings: Settings<'_>,
    output: &mut Output<W>,
    errors: E,
) -> Result<bool> {
    let (window, tally) = (Window::default(), Tally::default());
    let mut batch = Batch { settings, client, output, errors, window, tally };
    match batch.run(&mut lines) {
        Err(error) if error.is::<Closed>() => {
            let count = batch.tally.done + batch.tally.failed + batch.window.commands.len() as u64;
            Err(session::closed(batch.tally.done, count))
        }
        Err(error) => Err(error),
        Ok(()) => {
            batch.summarise()?;
            Ok(batch.tally.failed == 0)
        }
    }
}

impl<W: Write, E: Write> Batch<'_, W, E> {
    fn run<R: BufRead>(&mut self, lines: &mut Lines<R>) -> Result<()> {
        let mut grammar = Grammar(Line::command());
        while !self.is_over() {
            let text = match lines.next_line() {
                Ok(Some(text)) => text,
                Ok(None) => break,
                Err(error) => return self.flush().and(Err(error)),
            };
            match grammar.read(text) {
                Ok(None) => {}
                Ok(Some(line)) => self.take(lines.place(), line)?,
                Err(reason) => self.refuse(&lines.place(), &reason)?,
            }
        }
        self.flush()
    }

    fn is_over(&self) -> bool {
        self.tally.failed > 0 && !self.settings.keep_going
    }

    fn take(&mut self, place: String, line: Line) -> Result<()> {
        let project = line.project.as_deref().or(self.settings.project);
        if !line.command.may_overlap() || line.command.point_file().is_some() {
            self.flush()?;
            if self.is_over() {
                return Ok(());
            }
        }
        if line.command.point_file().is_some() {
            return self.send_points(&place, &line.command, project);
        }
        let mut out = Outbox::new(self.client.next_id() + self.window.requests, project);
        if let Err(error) = commands::build(&line.command, &mut out) {
            return self.refuse(&place, &format!("{error:#}"));
        }
        self.window.bytes.extend_from_slice(&out.bytes);
        self.window.requests += out.count;
        let alone = !line.command.may_overlap();
        self.window.commands.push(Waiting { place, command: line.command, requests: out.count });
        if alone || self.window.is_full() { self.flush() } else { Ok(()) }
    }

    fn send_points(&mut self, place: &str, command: &Command, project: Option<&str>) -> Result<()> {
        if self.settings.from_stdin && command.point_file().is_some_and(|file| file == STDIN) {
            return self.fail(place, "standard input holds the commands already");
        }
        match session::send_points(self.client, command, project) {
            Ok(results) => self.succeed(command, &results),
            Err(error) if error.is::<Closed>() => Err(error),
            Err(error) => self.fail(place, &format!("{error:#}")),
        }
    }

    /// Sends what is waiting and reads the replies.
    fn flush(&mut self) -> Result<()> {
        if self.window.commands.is_empty() {
            return Ok(());
        }
        self.client.send(&self.window.bytes, self.window.requests)?;
        self.window.bytes.clear();
        self.window.requests = 0;
        // One by one, so that the rest can be counted where the connection breaks.
        self.window.commands.reverse();
        while let Some(waiting) = self.window.commands.last() {
            let outcome = session::receive(self.client, waiting.requests)?;
            let Some(Waiting { place, command, .. }) = self.window.commands.pop() else {
                break;
            };
            match outcome {
                Ok(results) => self.succeed(&command, &results)?,
                Err(refusal) => {
                    let reason = format!("{refusal}{}", self.already_sent());
                    self.fail(&place, &reason)?;
                }
            }
        }
        Ok(())
    }

    /// What people who stop at the first error must know of the commands behind it.
    fn already_sent(&self) -> String {
        match self.window.commands.len() as u64 {
            rest if rest > 0 && !self.settings.keep_going => {
                format!(" ({} behind it had been sent already)", counted(rest, "command"))
            }
            _ => String::new(),
        }
    }

    fn succeed(&mut self, command: &Command, results: &[Vec<u8>]) -> Result<()> {
        self.tally.done += 1;
        if let [result] = results
            && let Ok(value) = Value::parse(result)
        {
            self.tally.added += commands::count(&value, "added");
            self.tally.removed += commands::count(&value, "removed");
        }
        // The summary stands for the confirmations.
        let printing = Printing { quiet: true, ..self.settings.printing };
        printing.print(command, results, self.output)
    }

    /// Refuses a line that was not sent, in its turn.
    fn refuse(&mut self, place: &str, reason: &str) -> Result<()> {
        self.flush()?;
        if self.is_over() { Ok(()) } else { self.fail(place, reason) }
    }

    fn fail(&mut self, place: &str, reason: &str) -> Result<()> {
        self.tally.failed += 1;
        // Nobody can be told that standard error is closed.
        let _ = writeln!(self.errors, "{place}: {}", reason.replace(['\n', '\r'], " "));
        Ok(())
    }

    fn summarise(&mut self) -> Result<()> {
        if self.settings.printing.quiet || self.settings.printing.json {
            return Ok(());
        }
        let Tally { done, failed, added, removed } = self.tally;
        let mut text = format!("{}, {} added", counted(done, "command"), counted(added, "voxel"));
        if removed > 0 {
            text.push_str(&format!(", {} removed", counted(removed, "voxel")));
        }
        if failed > 0 {
            text.push_str(&format!(", {} failed", counted(failed, "command")));
        }
        self.output.line(&text)?;
        Ok(())
    }
}

impl Window {
    fn is_full(&self) -> bool {
        self.commands.len() >= WINDOW_COMMANDS || self.bytes.len() >= WINDOW_BYTES
    }
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
