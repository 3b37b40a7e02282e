//! goxel-cli: edits voxel models from the command line, as a thin client of goxel-daemon.
//!
//! ```text
//! words -> args (clap) -> commands::build -> client -> daemon
//!                         commands::show  <- client <-
//! ```
//!
//! Nothing but results goes to standard output. A failure is one line on standard error; the exit
//! status is 2 where the words were wrong and 1 for everything else.

#![forbid(unsafe_code)]

mod args;
mod batch;
mod client;
mod commands;
mod daemon;
mod error;
#[cfg(test)]
mod fake;
mod lines;
mod output;
mod parse;
mod points;
mod preview;
mod session;
mod spawn;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser as _;
use clap::error::ErrorKind;

use args::{Cli, Command};
use batch::Settings;
use error::{EXIT_FAILURE, EXIT_USAGE};
use output::Output;
use session::Printing;

fn main() -> ExitCode {
    let cli = match Cli::try_parse_from(std::env::args_os().map(args::shield)) {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(explain(&error)),
    };
    let mut output = Output::new(BufWriter::new(io::stdout().lock()));
    let outcome = run(&cli, &mut output);
    let outcome = output.flush().map_err(anyhow::Error::from).and(outcome);
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(EXIT_FAILURE),
        Err(error) => {
            complain(&error::line(&error));
            ExitCode::from(error::exit_status(&error))
        }
    }
}

/// Prints the help that was asked for, or what is wrong with the words.
fn explain(error: &clap::Error) -> u8 {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A reader that goes away has seen enough of the help.
            let _ = error.print();
            0
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            EXIT_USAGE
        }
        _ => {
            complain(&format!("goxel-cli: {}", args::one_line(error)));
            EXIT_USAGE
        }
    }
}

/// Nobody can be told that standard error is closed.
fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Does what was asked. False where something failed that has been told already.
fn run<W: Write>(cli: &Cli, output: &mut Output<W>) -> Result<bool> {
    let options = &cli.options;
    let socket = spawn::socket_path(options.socket.as_deref(), |name| std::env::var_os(name));
    let printing = Printing::new(options.json, options.quiet);
    let project = options.project.as_deref();
    let connect = || spawn::connect_or_start(&socket, !options.no_spawn);
    match &cli.command {
        Command::Daemon(action) => daemon::run(*action, &socket, options.json, output),
        Command::Batch { file, keep_going } => {
            let lines = lines::open(file)?;
            let from_stdin = file.as_os_str() == lines::STDIN;
            let settings = Settings { project, printing, keep_going: *keep_going, from_stdin };
            batch::run(lines, &mut connect()?, settings, output, io::stderr())
        }
        command => {
            session::run_one(command, project, printing, connect, output)?;
            Ok(true)
        }
    }
}
