//! `shell`: commands as they are typed, or as another program writes them, each carried out and
//! answered before the next is read.

mod complete;
mod prompt;

use std::io::{self, IsTerminal as _, Read, Write};

use anyhow::Result;
use clap::{Args, CommandFactory as _};
use goxel_client::Client;

use crate::Target;
use crate::args::Line;
use crate::batch::Grammar;
use crate::error::{self, Located};
use crate::lines::Lines;
use crate::output::Output;
use crate::script::Script;
use crate::session::{Printing, Session};

/// Type commands, with history, completion and hints
#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Words {}

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
}

/// Runs until the end of the input, or `exit`. True where every command went well.
///
/// # Errors
/// Where the input cannot be read.
pub(crate) fn run<W: Write>(
    project: Option<&str>,
    printing: Printing,
    target: &Target,
    output: &mut Output<W>,
) -> Result<bool> {
    let typed = io::stdin().is_terminal() && io::stdout().is_terminal();
    let mut shell = Shell {
        target,
        client: None,
        session: Session::new(project, printing, output),
        grammar: Grammar::default(),
        typed,
        well: true,
    };
    if typed {
        shell.read(Script::new(Lines::new("shell", prompt::Prompted::new(printing.colour)?)))?;
    } else {
        shell.read(Script::new(Lines::new("stdin", io::stdin())))?;
    }
    Ok(shell.well)
}

impl<W: Write> Shell<'_, W> {
    fn read<R: Read>(&mut self, mut script: Script<R>) -> Result<()> {
        loop {
            match script.advance() {
                Ok(false) => return Ok(()),
                Ok(true) => {
                    if let Asked::End = self.line(script.text(), script.number()) {
                        return Ok(());
                    }
                }
                Err(error) if error.is::<Located>() => self.complain(&format!("{error:#}")),
                Err(error) => return Err(error),
            }
            self.session.output.flush()?;
        }
    }

    fn line(&mut self, text: &str, number: u64) -> Asked {
        match text.trim() {
            "exit" | "quit" => return Asked::End,
            "help" => self.help(),
            _ => {
                if let Err(reason) = self.carry_out(text) {
                    let place =
                        if self.typed { String::new() } else { format!("stdin:{number}: ") };
                    self.complain(&format!("{place}{reason}"));
                }
            }
        }
        Asked::Next
    }

    fn carry_out(&mut self, text: &str) -> Result<(), String> {
        let Some(line) = self.grammar.read(text)? else { return Ok(()) };
        let before = self.session.project.clone();
        if line.project.is_some() {
            self.session.project = line.project;
        }
        let outcome = match &mut self.client {
            Some(client) => self.session.run(line.command, || Ok(client)),
            slot => self.session.run(line.command, || Ok(slot.insert(self.target.connect()?))),
        };
        self.session.project = before;
        outcome.map_err(|error| {
            if error::is_absent(&error) {
                // The next command looks for a daemon anew.
                self.client = None;
            }
            error::line(&error).trim_start_matches("goxel-cli: ").to_owned()
        })
    }

    fn complain(&mut self, line: &str) {
        self.well = false;
        // Nobody can be told that standard error is closed.
        let _ = writeln!(io::stderr(), "{line}");
    }

    fn help(&mut self) {
        let mut text = Line::command().render_help().to_string();
        text.push_str(
            "\n`help` shows this, `exit` ends the shell; `let` and `repeat` work as in a batch.",
        );
        // A reader that goes away has seen enough of the help.
        let _ = self.session.output.line(&text);
    }
}
