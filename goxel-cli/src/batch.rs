//! [`Batch`]: the commands of a file over one connection.
//!
//! ```text
//! lines -> script -> commands -> gathered (a chunk) -> under way (a few chunks) -> answered
//! ```
//!
//! Runs of edits and short questions overlap: while the daemon answers one chunk the next is on
//! its way. Writing cannot block for ever while the daemon waits for us to read, since the replies
//! to all that is under way fit the buffers of a socket. A command that chooses, loads, saves or
//! undoes is sent alone, once everything before it went well.

use std::collections::VecDeque;
use std::io::{Read, Write};

use anyhow::Result;
use clap::{CommandFactory as _, FromArgMatches as _};
use goxel_proto::Method;

use crate::args::{self, AddVoxels, Command, Line, RemoveVoxels, quick};
use crate::client::{Client, Closed};
use crate::commands::{self, Outbox, counted};
use crate::error::{Absent, Located, Refused};
use crate::lines::{Lines, STDIN};
use crate::output::Output;
use crate::progress::Progress;
use crate::resolve;
use crate::script::Script;
use crate::session::{self, Printing, Session};

/// Commands that are sent together.
const CHUNK_COMMANDS: usize = 128;
/// Bytes of requests that are gathered at the most before they are sent.
const CHUNK_BYTES: usize = 1 << 20;
/// Commands that may be under way. Replies have some 200 bytes: these many are half of what a
/// socket holds.
const UNDER_WAY_MAX: usize = 4 * CHUNK_COMMANDS;

/// What a batch may do besides its commands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Settings<'a> {
    pub(crate) project: Option<&'a str>,
    pub(crate) printing: Printing,
    /// Go on after a command that failed.
    pub(crate) keep_going: bool,
    /// All or nothing.
    pub(crate) atomic: bool,
    /// Standard input holds the commands, so no points can come from there.
    pub(crate) from_stdin: bool,
}

/// A batch that is running.
struct Batch<'a, W, E> {
    settings: Settings<'a>,
    client: &'a mut Client,
    session: Session<'a, W>,
    errors: E,
    name: String,
    out: Outbox,
    gathered: VecDeque<Waiting>,
    under_way: VecDeque<Waiting>,
    tally: Tally,
}

/// A command without an answer yet.
struct Waiting {
    /// Its line.
    number: u64,
    /// The command, where its result is something to see.
    question: Option<Command>,
}

/// What was done.
#[derive(Default)]
struct Tally {
    done: u64,
    failed: u64,
    /// The last line that was done.
    line: u64,
}

/// Reads lines into commands. Building clap's description of the grammar takes longer than reading
/// a line by it, so that is done once, and only where a line needs it.
#[derive(Default)]
pub(crate) struct Grammar(Option<clap::Command>);

impl Grammar {
    /// The command of a line, or none where there is only a comment.
    ///
    /// # Errors
    /// What is wrong with the line.
    pub(crate) fn read(&mut self, line: &str) -> Result<Option<Line>, String> {
        if let Some(line) = quick::line(line) {
            return Ok(Some(line));
        }
        let words = shlex::split(line).ok_or("a quote without its end")?;
        if words.is_empty() {
            return Ok(None);
        }
        let grammar = self.0.get_or_insert_with(Line::command);
        let words = words.into_iter().map(|word| args::shield(word.into()));
        let matches = grammar.try_get_matches_from_mut(words);
        let line = matches.and_then(|mut matches| Line::from_arg_matches_mut(&mut matches));
        line.map(Some).map_err(|error| args::one_line(&error))
    }
}

/// Runs the commands of `lines`; failures go to `errors`, one line each. True where all went well.
///
/// # Errors
/// Where the batch cannot be read or the connection breaks.
pub(crate) fn run<R: Read, W: Write, E: Write>(
    lines: Lines<R>,
    client: &mut Client,
    settings: Settings<'_>,
    output: &mut Output<W>,
    errors: E,
    progress: &Progress,
) -> Result<bool> {
    // The summary stands for the confirmations.
    let printing = Printing { quiet: true, ..settings.printing };
    let mut batch = Batch {
        settings,
        session: Session::new(settings.project, printing, output),
        errors,
        name: lines.name().to_owned(),
        out: Outbox::new(client.next_id(), settings.project),
        client,
        gathered: VecDeque::new(),
        under_way: VecDeque::new(),
        tally: Tally::default(),
    };
    let outcome = if settings.atomic {
        batch.run_atomic(Script::new(lines), progress)
    } else {
        batch.run(Script::new(lines), progress)
    };
    match outcome {
        Err(error) if error.is::<Closed>() || error.is::<Absent>() => Err(batch.closed(&error)),
        Err(error) => Err(error),
        Ok(()) => {
            batch.summarise()?;
            Ok(batch.tally.failed == 0)
        }
    }
}

impl<W: Write, E: Write> Batch<'_, W, E> {
    fn run<R: Read>(&mut self, mut script: Script<R>, progress: &Progress) -> Result<()> {
        let mut grammar = Grammar::default();
        while !self.is_over() {
            match script.advance() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => return self.settle().and(Err(error)),
            }
            match grammar.read(script.text()) {
                Ok(None) => {}
                Ok(Some(line)) => self.take(script.number(), line)?,
                Err(reason) => self.refuse(script.number(), &reason)?,
            }
            if self.gathered.is_empty() {
                progress.at(script.bytes_read());
            }
            if script.may_wait() {
                self.settle()?;
                self.session.output.flush()?;
            }
        }
        self.settle()
    }

    /// All in one transaction.
    fn run_atomic<R: Read>(&mut self, script: Script<R>, progress: &Progress) -> Result<()> {
        self.ask(Method::Begin)?;
        let outcome = self.run(script, progress);
        match outcome {
            Ok(()) if self.tally.failed == 0 => self.ask(Method::Commit),
            Err(error) if error.is::<Closed>() || error.is::<Absent>() => Err(error),
            outcome => {
                self.ask(Method::Rollback)?;
                outcome.map_err(|error| {
                    let text = format!("{error:#} (nothing was changed)");
                    if error.is::<Located>() { Located(text).into() } else { Refused(text).into() }
                })
            }
        }
    }

    fn ask(&mut self, method: Method) -> Result<()> {
        session::ask(self.client, self.settings.project, method)?;
        self.out.clear(self.client.next_id());
        Ok(())
    }

    fn is_over(&self) -> bool {
        self.tally.failed > 0 && !self.settings.keep_going
    }

    fn take(&mut self, number: u64, line: Line) -> Result<()> {
        let Line { project, mut command } = line;
        if let Command::Old(old) = command {
            let each = |command| Line { project: project.clone(), command };
            return old.today().into_iter().try_for_each(|today| match self.is_over() {
                true => Ok(()),
                false => self.take(number, each(today)),
            });
        }
        if self.settings.atomic && (project.is_some() || !command.can_be_taken_back()) {
            return self.refuse(number, "cannot be taken back, so not in an atomic batch");
        }
        if !command.may_overlap() || resolve::needs(&mut command) {
            return self.take_alone(number, project.as_deref(), command);
        }
        self.out.set_project(project.as_deref().or(self.settings.project));
        commands::build(&command, &mut self.out)?;
        let seen = command.is_question();
        self.gathered.push_back(Waiting { number, question: seen.then_some(command) });
        if self.gathered.len() >= CHUNK_COMMANDS || self.out.bytes.len() >= CHUNK_BYTES {
            self.send()?;
            self.answers(UNDER_WAY_MAX - CHUNK_COMMANDS)?;
        }
        Ok(())
    }

    /// Sends what is gathered.
    fn send(&mut self) -> Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let count = self.out.count;
        // Before it is known that they are: some of them may be.
        self.under_way.append(&mut self.gathered);
        self.client.send(&self.out.bytes, count)?;
        self.out.clear(self.client.next_id());
        Ok(())
    }

    /// Sends what is gathered, and reads all replies.
    fn settle(&mut self) -> Result<()> {
        self.send()?;
        self.answers(0)
    }

    /// Reads replies until no more than `rest` are due.
    fn answers(&mut self, rest: usize) -> Result<()> {
        while self.under_way.len() > rest {
            let outcome = self.client.reply()?;
            let Some(Waiting { number, question }) = self.under_way.pop_front() else { break };
            match outcome {
                Ok(result) => {
                    self.tally.done += 1;
                    self.tally.line = number;
                    self.session.count(&result);
                    match question {
                        Some(command) => {
                            self.session.printing.print(
                                &command,
                                &[result],
                                self.session.output,
                            )?;
                        }
                        None if self.settings.printing.json => {
                            self.session.output.line(&commands::raw(&result))?;
                        }
                        None => {}
                    }
                }
                Err(refusal) => {
                    let behind = self.already_sent();
                    self.fail(number, &format!("{refusal}{behind}"));
                }
            }
        }
        Ok(())
    }

    /// What people who stop at the first error must know of the commands behind it.
    fn already_sent(&self) -> String {
        match self.under_way.len() as u64 {
            rest if rest > 0 && !self.settings.keep_going && !self.settings.atomic => {
                format!(" ({} behind it had been sent already)", counted(rest, "command"))
            }
            _ => String::new(),
        }
    }

    /// Carries out a command when all before it are.
    fn take_alone(&mut self, number: u64, project: Option<&str>, command: Command) -> Result<()> {
        self.settle()?;
        if self.is_over() {
            return Ok(());
        }
        if self.settings.from_stdin && reads_stdin(&command) {
            self.fail(number, "standard input holds the commands already");
            return Ok(());
        }
        self.under_way.push_back(Waiting { number, question: None });
        self.session.project = project.or(self.settings.project).map(str::to_owned);
        let client = &mut *self.client;
        match self.session.run(command, || Ok(client)) {
            Ok(()) => {
                self.tally.done += 1;
                self.tally.line = number;
            }
            Err(error) if error.is::<Closed>() || error.is::<Absent>() => return Err(error),
            Err(error) => self.fail(number, &format!("{error:#}")),
        }
        self.under_way.clear();
        self.out.clear(self.client.next_id());
        Ok(())
    }

    /// Refuses a line that was not sent, in its turn.
    fn refuse(&mut self, number: u64, reason: &str) -> Result<()> {
        self.settle()?;
        if !self.is_over() {
            self.fail(number, reason);
        }
        Ok(())
    }

    fn fail(&mut self, number: u64, reason: &str) {
        self.tally.failed += 1;
        // Nobody can be told that standard error is closed.
        let reason = reason.replace(['\n', '\r'], " ");
        let _ = writeln!(self.errors, "{}:{number}: {reason}", self.name);
    }

    /// What was done and what was not, where the daemon went away.
    fn closed(&mut self, error: &anyhow::Error) -> anyhow::Error {
        let name = &self.name;
        if self.settings.atomic {
            return Absent(format!("{name}: {Closed}; nothing was changed")).into();
        }
        let Tally { done, line, .. } = self.tally;
        let mut text = match done {
            0 => format!("{name}: {Closed}; no command done for sure"),
            _ => format!("{name}: {Closed}; {} done, up to line {line}", counted(done, "command")),
        };
        if let (Some(first), Some(last)) = (self.under_way.front(), self.under_way.back()) {
            let count = counted(self.under_way.len() as u64, "command");
            text.push_str(&format!(
                "; {count} from line {} to line {} may have been done; no later one was sent",
                first.number, last.number
            ));
        }
        if !error.is::<Closed>() {
            text.push_str(&format!(" ({error:#})"));
        }
        Absent(text).into()
    }

    fn summarise(&mut self) -> Result<()> {
        if self.settings.printing.quiet || self.settings.printing.json {
            return Ok(());
        }
        let Tally { done, failed, .. } = self.tally;
        let Session { added, removed, .. } = self.session;
        if self.settings.atomic && failed > 0 {
            self.session.output.line("nothing was changed")?;
            return Ok(());
        }
        let mut text = format!("{}, {} added", counted(done, "command"), counted(added, "voxel"));
        if removed > 0 {
            text.push_str(&format!(", {} removed", counted(removed, "voxel")));
        }
        if failed > 0 {
            text.push_str(&format!(", {} failed", counted(failed, "command")));
        }
        self.session.output.line(&text)?;
        Ok(())
    }
}

fn reads_stdin(command: &Command) -> bool {
    match command {
        Command::AddVoxels(AddVoxels { file: Some(file), .. })
        | Command::RemoveVoxels(RemoveVoxels { file: Some(file), .. }) => file.as_os_str() == STDIN,
        _ => false,
    }
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
