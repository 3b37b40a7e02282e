//! `shell`: commands as they are typed, or as another program writes them, each carried out and
//! answered before the next is read.

mod prompt;

use std::io::{self, IsTerminal as _, Read, Write};
use std::path::PathBuf;

use anyhow::Result;
use clap::CommandFactory as _;
use goxel_client::Client;

use crate::Target;
use crate::args::Line;
use crate::batch::Grammar;
use crate::error::{self, EXIT_INTERRUPTED, Located, Usage};
use crate::lines::Lines;
use crate::output::Output;
use crate::place::Place;
use crate::script::Script;
use crate::session::{Printing, Session};

/// What a line asks for.
enum Asked {
    /// To go on with the next.
    Next,
    /// To end.
    End,
}

/// A shell that is running.
struct Shell<'a, W> {
    target: &'a Target,
    client: Option<Client>,
    session: Session<'a, W>,
    grammar: Grammar,
    /// Somebody types; else failures are told with the number of their line.
    typed: bool,
    well: bool,
    /// Ctrl-C had a call cancelled.
    is_stopped: bool,
}

/// Runs until the end of the input, or `exit`. Gives the exit status: some command may have failed.
///
/// # Errors
/// Where the input cannot be read.
pub(crate) fn run<W: Write>(
    project: Option<&str>,
    printing: Printing,
    target: &Target,
    output: &mut Output<W>,
) -> Result<u8> {
    let typed = io::stdin().is_terminal() && io::stdout().is_terminal();
    let mut shell = Shell {
        target,
        client: None,
        session: Session::new(project, printing, output),
        grammar: Grammar::default(),
        typed,
        well: true,
        is_stopped: false,
    };
    if typed {
        let prompted = prompt::Prompted::new(printing.colour, target.daemon.clone())?;
        let left = prompted.left();
        shell.read(Script::new(Lines::new("shell", prompted), PathBuf::new()), &|| left.get())?;
    } else {
        shell.read(Script::new(Lines::new("stdin", io::stdin()), PathBuf::new()), &|| false)?;
    }
    Ok(if shell.is_stopped { EXIT_INTERRUPTED } else { crate::status(shell.well) })
}

impl<W: Write> Shell<'_, W> {
    /// Reads until the end, or until `left` says that there is no more: then what is unfinished is
    /// no failure.
    fn read<R: Read>(&mut self, mut script: Script<R>, left: &dyn Fn() -> bool) -> Result<()> {
        loop {
            match script.advance() {
                Ok(false) => return Ok(()),
                Ok(true) => {
                    if let Asked::End = self.line(&script) {
                        return Ok(());
                    }
                }
                Err(_) if left() => return Ok(()),
                Err(error) if error.is::<Located>() => self.complain(&error, None),
                Err(error) => return Err(error),
            }
            self.session.output.flush()?;
            if self.is_stopped {
                script.leave();
                if !self.typed {
                    return Ok(());
                }
                self.is_stopped = false;
            }
        }
    }

    fn line<R: Read>(&mut self, script: &Script<R>) -> Asked {
        let text = script.text();
        match text.trim() {
            text if is_exit(text) => return Asked::End,
            text if is_help(text) => {
                if let Err(error) = self.help(text) {
                    self.complain(&error, Some(script.place()));
                }
            }
            _ => match self.grammar.read(text) {
                Ok(None) => {}
                Ok(Some(line)) => {
                    if let Err(error) = self.carry_out(line) {
                        self.complain(&error, Some(script.place()));
                    }
                }
                Err(wrong) => {
                    let place = script.place_of(wrong.word.as_deref());
                    self.complain(&Usage(wrong.what).into(), Some(&place));
                }
            },
        }
        Asked::Next
    }

    fn carry_out(&mut self, line: Line) -> Result<()> {
        let before = self.session.project.clone();
        if line.project.is_some() {
            self.session.project = line.project;
        }
        let outcome = match &mut self.client {
            Some(client) => self.session.run(line.command, || Ok(client)),
            slot => self.session.run(line.command, || Ok(slot.insert(self.target.connect()?))),
        };
        self.session.project = before;
        self.is_stopped = self.client.as_mut().is_some_and(Client::take_stopped);
        outcome.inspect_err(|error| {
            if error::is_absent(error) {
                // The next command looks for a daemon anew.
                self.client = None;
            }
        })
    }

    /// Tells of a failure: of what stands at this place, unless it says that itself.
    fn complain(&mut self, error: &anyhow::Error, place: Option<&Place>) {
        self.well = false;
        if self.session.printing.json {
            // Where standard output fails, standard error still tells.
            let _ = self.session.output.line(&error::record(error, place));
        }
        let place = match place {
            Some(place) if !self.typed => format!("{place}: "),
            _ => String::new(),
        };
        // Nobody can be told that standard error is closed.
        let _ = writeln!(io::stderr(), "{place}{}", error::text(error));
    }

    /// Help on all commands, or on the one that is named.
    fn help(&mut self, line: &str) -> Result<()> {
        let mut grammar = Line::command();
        grammar.build();
        let mut command = &mut grammar;
        let mut words = line.split_whitespace().skip(1).peekable();
        if words.peek().is_none() {
            let text = command.render_help().to_string();
            self.session.output.line(&(text + HELP))?;
            return Ok(());
        }
        for word in words {
            command = command
                .find_subcommand_mut(word)
                .ok_or_else(|| Usage(format!("there is no command `{word}`")))?;
        }
        // As it is typed here.
        let name = line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ");
        let text = command.clone().bin_name(name).render_help().to_string();
        self.session.output.line(text.trim_end())?;
        Ok(())
    }
}

/// What the help of the shell says besides the commands.
const HELP: &str = "\n`help` shows this and `help COMMAND` more, `exit` ends the shell; `let`, \
                    `repeat`, `if`, `def` and `include` work as in a batch (docs/BATCH.md).";

fn is_exit(line: &str) -> bool {
    matches!(line.trim(), "exit" | "quit")
}

fn is_help(line: &str) -> bool {
    line.split_whitespace().next() == Some("help")
}
