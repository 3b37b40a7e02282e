//! `shell`: commands as they are typed, or as another program writes them, each carried out and
//! answered before the next is read.

mod javascript;
mod prompt;

use std::cell::Cell;
use std::io::{self, IsTerminal as _, Read, Write};
use std::path::PathBuf;
use std::rc::Rc;

use anyhow::Result;
use clap::CommandFactory as _;
use goxel_client::Client;

use self::javascript::JavaScript;
use crate::Target;
use crate::args::{Command, Line};
use crate::batch::Grammar;
use crate::commands::{Request, scripts};
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
    /// To read JavaScript from here on.
    JavaScript,
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
    /// What the prompt says that is read.
    mode: Rc<Cell<Mode>>,
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
        mode: Rc::default(),
    };
    if typed {
        let prompted = prompt::Prompted::new(printing.colour, target.daemon.clone())?;
        let left = prompted.left();
        shell.mode = prompted.mode();
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
                Ok(true) => match self.line(&script) {
                    Asked::Next => {}
                    Asked::End => return Ok(()),
                    Asked::JavaScript => self.javascript(&mut script)?,
                },
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
            JS => return Asked::JavaScript,
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

    /// Reads JavaScript until its end: each line is a script, or several whose brackets are open.
    fn javascript<R: Read>(&mut self, script: &mut Script<R>) -> Result<()> {
        let mut typed = JavaScript::default();
        loop {
            self.mode.set(if typed.is_open() { Mode::OpenBrackets } else { Mode::JavaScript });
            let found = script.advance_as_it_stands();
            match found.inspect_err(|_| self.mode.set(Mode::Commands))? {
                // Brackets are left by the end of the input, too, and so is this by the next one.
                false if typed.is_open() && self.typed => typed.clear(),
                false => break,
                true if !typed.is_open() && is_end_of_javascript(script.text()) => break,
                true => {
                    if let Some(code) = typed.take(script.text()) {
                        self.evaluate(code, script.place());
                    }
                }
            }
            self.session.output.flush()?;
            if std::mem::take(&mut self.is_stopped) && !self.typed {
                self.is_stopped = true;
                break;
            }
        }
        self.mode.set(Mode::Commands);
        Ok(())
    }

    fn evaluate(&mut self, code: String, place: &Place) {
        let command = Command::Request(Request::Script(scripts::Script::typed(code)));
        if let Err(error) = self.carry_out(Line { project: None, command }) {
            self.complain(&error, Some(place));
        }
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
                    `repeat`, `if`, `def` and `include` work as in a batch (docs/BATCH.md); `js` reads \
                    JavaScript until `.exit` or Ctrl-D, each line a script of its own (docs/SCRIPTS.md).";

/// What has JavaScript read from the next line on.
const JS: &str = "js";

/// What is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    /// Commands.
    #[default]
    Commands,
    /// JavaScript.
    JavaScript,
    /// JavaScript whose brackets are open.
    OpenBrackets,
}

fn is_end_of_javascript(line: &str) -> bool {
    line.trim() == ".exit"
}

fn is_exit(line: &str) -> bool {
    matches!(line.trim(), "exit" | "quit")
}

fn is_help(line: &str) -> bool {
    line.split_whitespace().next() == Some("help")
}
