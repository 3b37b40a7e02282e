//! [`Batch`]: the commands of a file over one connection.
//!
//! ```text
//! lines -> script -> commands -> pipeline -> replies
//! ```
//!
//! Runs of edits and short questions overlap in a [`Pipeline`]. A command that chooses, loads, saves
//! or undoes is sent alone, once everything before it went well.

use std::io::{Read, Write};

use anyhow::Result;
use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory as _, FromArgMatches as _};
use goxel_client::{Bounds, Client, Error, Pipeline, Refusal};
use goxel_proto::json::Value;

use crate::args::{self, Command, Line, quick};
use crate::commands::{Action as _, Request, Way, counted};
use crate::error::{self, Absent, Located, Refused, Usage};
use crate::lines::STDIN;
use crate::output::Output;
use crate::place::Place;
use crate::progress::Progress;
use crate::script::Script;
use crate::session::{self, Printing, Session};
use crate::{resolve, transaction};

/// Why no points can come from where the commands come from.
const STDIN_IS_TAKEN: &str = "standard input holds the commands already";

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
    pipeline: Pipeline<Waiting>,
    /// Where the command stands that is carried out alone.
    alone: Option<Place>,
    tally: Tally,
}

/// A command without an answer yet.
struct Waiting {
    /// Where it stands.
    place: Place,
    request: Request,
}

/// How the next reply is read.
type NextReply = for<'c> fn(
    &mut Pipeline<Waiting>,
    &'c mut Client,
) -> Result<Option<(Waiting, Result<Value<'c>, Refusal>)>, Error>;

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

/// Why a line cannot be read.
#[derive(Debug)]
pub(crate) struct Misread {
    pub(crate) what: String,
    /// The word that is wrong, where it is one.
    pub(crate) word: Option<String>,
}

impl Misread {
    fn of(error: &clap::Error) -> Self {
        let wrong =
            [ContextKind::InvalidValue, ContextKind::InvalidSubcommand, ContextKind::InvalidArg];
        let word = wrong.into_iter().find_map(|kind| match error.get(kind) {
            Some(ContextValue::String(word)) => Some(word.clone()),
            _ => None,
        });
        Self { what: args::one_line(error), word }
    }
}

impl Grammar {
    /// The command of a line, or none where there is only a comment.
    ///
    /// # Errors
    /// What is wrong with the line.
    pub(crate) fn read(&mut self, line: &str) -> Result<Option<Line>, Misread> {
        if let Some(line) = quick::line(line) {
            return Ok(Some(line));
        }
        let open = || Misread { what: "a quote without its end".to_owned(), word: None };
        let words = shlex::split(line).ok_or_else(open)?;
        if words.is_empty() {
            return Ok(None);
        }
        let grammar = self.0.get_or_insert_with(Line::command);
        let words = words.into_iter().map(|word| args::shield(word.into()));
        let matches = grammar.try_get_matches_from_mut(words);
        let line = matches.and_then(|mut matches| Line::from_arg_matches_mut(&mut matches));
        line.map(Some).map_err(|error| Misread::of(&error))
    }
}

/// Runs the commands of a script; failures go to `errors`, one line each. True where all went well.
///
/// # Errors
/// Where the batch cannot be read or the connection breaks.
pub(crate) fn run<R: Read, W: Write, E: Write>(
    script: Script<R>,
    client: &mut Client,
    settings: Settings<'_>,
    output: &mut Output<W>,
    errors: E,
    progress: &Progress,
) -> Result<bool> {
    let printing = Printing { summarised: true, typed: false, ..settings.printing };
    let mut batch = Batch {
        settings,
        session: Session::new(settings.project, printing, output),
        errors,
        name: script.place().file.to_string(),
        pipeline: Pipeline::new(Bounds::SHORT_REPLIES, client, settings.project),
        client,
        alone: None,
        tally: Tally::default(),
    };
    let outcome = if settings.atomic {
        batch.run_atomic(script, progress)
    } else {
        batch.run(script, progress)
    };
    match outcome {
        Err(error) if error::is_absent(&error) => Err(batch.closed(&error)),
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
                Err(error) => return self.drain().and(Err(error)),
            }
            match grammar.read(script.text()) {
                Ok(None) => {}
                Ok(Some(line)) => self.take(script.place().clone(), line)?,
                Err(wrong) => self.refuse(&script.place_of(wrong.word.as_deref()), &wrong.what)?,
            }
            if self.pipeline.has_sent_all() {
                progress.at(script.bytes_read());
            }
            if script.may_wait() {
                self.drain()?;
                self.session.output.flush()?;
            }
        }
        self.drain()
    }

    /// All in one transaction.
    fn run_atomic<R: Read>(&mut self, script: Script<R>, progress: &Progress) -> Result<()> {
        self.transaction(transaction::begin)?;
        self.session.in_transaction = true;
        let outcome = self.run(script, progress);
        match outcome {
            Ok(()) if self.tally.failed == 0 && !self.client.is_stopped() => {
                self.transaction(transaction::commit)
            }
            Err(error) if error::is_absent(&error) => Err(error),
            outcome => {
                self.transaction(transaction::roll_back)?;
                outcome.map_err(|error| {
                    let text = format!("{error:#} (nothing was changed)");
                    if error.is::<Located>() { Located(text).into() } else { Refused(text).into() }
                })
            }
        }
    }

    fn transaction(&mut self, step: fn(&mut Client, Option<&str>) -> Result<()>) -> Result<()> {
        step(self.client, self.settings.project)?;
        self.pipeline.resume(self.client);
        Ok(())
    }

    fn is_over(&self) -> bool {
        self.client.is_stopped() || self.tally.failed > 0 && !self.settings.keep_going
    }

    fn take(&mut self, place: Place, line: Line) -> Result<()> {
        let Line { project, command } = line;
        let project = project.as_deref();
        match command {
            Command::Request(request) => self.take_request(place, project, request),
            Command::Old(old) => {
                old.today().into_iter().try_for_each(|request| match self.is_over() {
                    true => Ok(()),
                    false => self.take_request(place.clone(), project, request),
                })
            }
            Command::Program(_) => self.refuse(&place, "not possible in a batch"),
        }
    }

    fn take_request(
        &mut self,
        place: Place,
        project: Option<&str>,
        mut request: Request,
    ) -> Result<()> {
        let traits = request.traits();
        if self.settings.atomic && (project.is_some() || !traits.undoable) {
            return self.refuse(&place, "cannot be taken back, so not in an atomic batch");
        }
        if !traits.overlaps || resolve::needs(&mut request) {
            return self.take_alone(&place, project, request);
        }
        let requests = self.pipeline.requests();
        requests.set_project(project.or(self.settings.project));
        request.build(requests)?;
        self.pipeline.push(Waiting { place, request });
        if self.pipeline.is_full() {
            self.pipeline.send(self.client)?;
            self.answers(Pipeline::reply_for_room)?;
        }
        Ok(())
    }

    /// Sends what is gathered, and reads all replies.
    fn drain(&mut self) -> Result<()> {
        self.pipeline.send(self.client)?;
        self.answers(Pipeline::reply)
    }

    /// Reads replies until `next` gives none.
    fn answers(&mut self, next: NextReply) -> Result<()> {
        while let Some((waiting, outcome)) = next(&mut self.pipeline, self.client)? {
            match outcome {
                Ok(result) => {
                    self.tally.done += 1;
                    self.tally.line = waiting.place.line;
                    self.session.count(&result);
                    let printing = self.session.printing;
                    printing.print(&waiting.request, &[result], self.session.output)?;
                }
                Err(refusal) => {
                    let behind = self.already_sent();
                    let error = Error::Refused(refusal).into();
                    let error = session::explained(error, &waiting.request);
                    self.fail(&waiting.place, &error, &behind);
                }
            }
        }
        Ok(())
    }

    /// What people who stop at the first error must know of the commands behind it.
    fn already_sent(&self) -> String {
        match self.pipeline.in_flight().len() as u64 {
            rest if rest > 0 && !self.settings.keep_going && !self.settings.atomic => {
                format!(" ({} behind it had been sent already)", counted(rest, "command"))
            }
            _ => String::new(),
        }
    }

    /// Carries out a command when all before it are.
    fn take_alone(&mut self, place: &Place, project: Option<&str>, request: Request) -> Result<()> {
        self.drain()?;
        if self.is_over() {
            return Ok(());
        }
        if self.settings.from_stdin && reads_stdin(&request) {
            self.fail(place, &Usage(STDIN_IS_TAKEN.into()).into(), "");
            return Ok(());
        }
        self.alone = Some(place.clone());
        self.session.project = project.or(self.settings.project).map(str::to_owned);
        let client = &mut *self.client;
        match self.session.run(Command::Request(request), || Ok(client)) {
            Ok(()) => {
                self.tally.done += 1;
                self.tally.line = place.line;
            }
            Err(error) if error::is_absent(&error) => return Err(error),
            Err(error) => self.fail(place, &error, ""),
        }
        self.alone = None;
        self.pipeline.resume(self.client);
        Ok(())
    }

    /// Refuses a line that was not sent, in its turn.
    fn refuse(&mut self, place: &Place, reason: &str) -> Result<()> {
        self.drain()?;
        if !self.is_over() {
            self.fail(place, &Usage(reason.to_owned()).into(), "");
        }
        Ok(())
    }

    /// Tells of a line that failed; `behind` is what people must know besides.
    fn fail(&mut self, place: &Place, error: &anyhow::Error, behind: &str) {
        self.tally.failed += 1;
        if self.settings.printing.json {
            // Where standard output fails, standard error still tells.
            let _ = self.session.output.line(&error::record(error, Some(place)));
        }
        // Nobody can be told that standard error is closed.
        let _ = writeln!(self.errors, "{place}: {}{behind}", error::text(error));
    }

    /// What was done and what was not, where the daemon went away.
    fn closed(&mut self, error: &anyhow::Error) -> anyhow::Error {
        let name = &self.name;
        if self.settings.atomic {
            return Absent(format!("{name}: {}; nothing was changed", Error::Closed)).into();
        }
        let Tally { done, line, .. } = self.tally;
        let mut text = match done {
            0 => format!("{name}: {}; no command done for sure", Error::Closed),
            _ => {
                let done = counted(done, "command");
                format!("{name}: {}; {done} done, up to line {line}", Error::Closed)
            }
        };
        let in_flight = self.pipeline.in_flight().map(|waiting| waiting.place.line);
        let lines: Vec<_> = in_flight.chain(self.alone.as_ref().map(|place| place.line)).collect();
        if let (Some(first), Some(last)) = (lines.first(), lines.last()) {
            let count = counted(lines.len() as u64, "command");
            text.push_str(&format!(
                "; {count} from line {first} to line {last} may have been done; no later one was \
                 sent"
            ));
        }
        if !error::is_closed(error) {
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
        if self.settings.atomic && (failed > 0 || self.client.is_stopped()) {
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

fn reads_stdin(request: &Request) -> bool {
    matches!(request.way(), Way::Points(work) if work.file.as_os_str() == STDIN)
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
