//! goxel-cli: edits voxel models from the command line, as a thin client of goxel-daemon.
//!
//! ```text
//! words -> args (quick, else clap) -> session -> commands::build -> client -> daemon
//!                                                commands::show  <- client <-
//! ```
//!
//! Nothing but results goes to standard output. A failure is one line on standard error; the exit
//! status is 2 where the words were wrong, 3 where no daemon answers, 130 where Ctrl-C ended what was under
//! way, and 1 for everything else.

#![forbid(unsafe_code)]

mod args;
mod batch;
mod changes;
mod commands;
mod complete;
mod conversions;
mod daemon;
mod error;
mod following;
mod graphics;
mod interrupt;
mod job_line;
mod lines;
mod listening;
mod listing;
mod lookout;
mod manual;
mod mcp;
mod output;
mod parse;
mod picture;
mod place;
mod points;
mod preview;
mod progress;
mod resolve;
mod script;
mod scripting;
mod session;
mod session_name;
mod shell;
mod showing;
mod thrown;
mod transaction;
mod watch;

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser as _;
use clap::error::ErrorKind;
use goxel_client::{Client, Daemon, Error, Found};

use args::{Batch, Cli, Command, Options, Program};
use batch::Settings;
use error::{Absent, EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_USAGE, Usage, complain};
use lookout::Lookout;
use output::Output;
use progress::Progress;
use script::Script;
use session::{Printing, Session};

fn main() -> ExitCode {
    let cli = match read_words() {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(explain(&error)),
    };
    let mut output = Output::new(BufWriter::new(io::stdout().lock()));
    let json = cli.options.json;
    let outcome = run(cli, &mut output);
    let outcome = output.flush().map_err(anyhow::Error::from).and(outcome);
    match outcome {
        Ok(status) => ExitCode::from(status),
        Err(error) => ExitCode::from(tell(&error, json, &mut output)),
    }
}

/// The command line, without clap where that is possible.
fn read_words() -> Result<Cli, clap::Error> {
    let words: Vec<_> = std::env::args_os().collect();
    let texts: Option<Vec<&str>> = words.iter().skip(1).map(|word| word.to_str()).collect();
    match texts.and_then(|texts| args::quick::command_line(&texts)) {
        Some(cli) => Ok(cli),
        None => Cli::try_parse_from(words.into_iter().map(args::shield)),
    }
}

/// Tells of a failure: people on standard error, programs that asked for JSON on standard output
/// too, where they wait for a result. Gives the exit status.
fn tell<W: Write>(error: &anyhow::Error, json: bool, output: &mut Output<W>) -> u8 {
    if json {
        // Where standard output fails, standard error and the status still tell.
        let _ = output.line(&error::record(error, None)).and_then(|()| output.flush());
    }
    complain(&error::line(error));
    error::exit_status(error)
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
            let json = std::env::args_os().any(|word| word == "--json");
            tell(&Usage(args::one_line(error)).into(), json, &mut Output::new(io::stdout()))
        }
    }
}

/// The daemon that is meant, and whether it may be started.
struct Target {
    daemon: Daemon,
    may_spawn: bool,
    /// Nobody wants to see how far the work is.
    is_quiet: bool,
}

impl Target {
    fn new(options: &Options) -> Self {
        let daemon = Daemon::find(options.socket.as_deref());
        Self {
            daemon: daemon.of_session(session_name::find()),
            may_spawn: !options.no_spawn,
            is_quiet: options.quiet || options.json,
        }
    }

    fn connect(&self) -> Result<Client> {
        let found = if self.may_spawn {
            self.daemon.connect_or_start()
        } else {
            self.daemon.connect_running().map(Found::Running)
        };
        let watched =
            |client: Client| self.daemon.watch(client, Box::new(Lookout::new(self.is_quiet)));
        match found {
            Ok(Found::Running(client)) => Ok(watched(client)),
            Ok(Found::Started(client)) => {
                complain(&format!("started goxel-daemon on {}", self.daemon.socket().display()));
                Ok(watched(client))
            }
            Err(error @ (Error::Absent(_) | Error::NotStarted { .. })) => {
                let socket = self.daemon.socket().display();
                let advice = format!("(start one: goxel-cli daemon start --socket {socket})");
                Err(Absent(format!("{error} {advice}")).into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Does what was asked, and gives the exit status: something may have failed that has been told.
fn run<W: Write>(cli: Cli, output: &mut Output<W>) -> Result<u8> {
    let Cli { options, command } = cli;
    let target = Target::new(&options);
    let printing = Printing::new(options.json, options.quiet);
    let project = options.project.or_else(project_of_environment);
    let project = project.as_deref();
    match command {
        Command::Program(program) => run_program(program, project, printing, &target, output),
        command @ (Command::Request(_) | Command::Old(_)) => {
            let mut client = None;
            let mut session = Session::new(project, printing, output);
            let outcome = session.run(command, || Ok(client.insert(target.connect()?)));
            let is_stopped = client.is_some_and(|client| client.is_stopped());
            outcome.map_err(|error| if is_stopped { error::interrupted(error) } else { error })?;
            Ok(0)
        }
    }
}

/// What is worked on where no option says so.
fn project_of_environment() -> Option<String> {
    std::env::var("GOXEL_PROJECT").ok().filter(|name| !name.is_empty())
}

fn run_program<W: Write>(
    program: Program,
    project: Option<&str>,
    printing: Printing,
    target: &Target,
    output: &mut Output<W>,
) -> Result<u8> {
    match program {
        Program::Daemon(action) => daemon::run(action, &target.daemon, printing, output),
        Program::Check(words) => {
            daemon::inspect(&target.daemon, &["--check".as_ref()], words.dir.as_deref())
        }
        Program::Repair(words) => {
            daemon::inspect(&target.daemon, &["--repair".as_ref()], words.dir.as_deref())
        }
        Program::RestoreBackup(words) => {
            let flags = ["--restore-backup".as_ref(), words.file.as_os_str()];
            daemon::inspect(&target.daemon, &flags, words.dir.as_deref())
        }
        Program::Promote => following::promote(&target.daemon, printing, output),
        Program::Pipe => following::pipe(&target.daemon),
        Program::Batch(words) => run_batch(&words, project, printing, target, output),
        Program::Shell => shell::run(project, printing, target, output),
        Program::Watch(words) => {
            watch::run(&words, project, printing, &mut target.connect()?, output)?;
            Ok(0)
        }
        Program::Mcp(words) => mcp::run(&target.daemon, &words.args),
        Program::Completions(words) => {
            output.line(manual::completions(words.shell).trim_end())?;
            Ok(0)
        }
        Program::Complete(words) => {
            complete::run(&words, &target.daemon, output)?;
            Ok(0)
        }
        Program::Man(words) => {
            manual::print(words.dir.as_deref(), words.markdown, output)?;
            Ok(0)
        }
    }
}

/// The exit status of what went well, or did not and said so.
fn status(well: bool) -> u8 {
    if well { 0 } else { EXIT_FAILURE }
}

fn run_batch<W: Write>(
    words: &Batch,
    project: Option<&str>,
    printing: Printing,
    target: &Target,
    output: &mut Output<W>,
) -> Result<u8> {
    let file = words.file.as_path();
    let lines = lines::open(file)?;
    let from_stdin = file.as_os_str() == lines::STDIN;
    let length = std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file);
    let hidden = printing.quiet || printing.json;
    let progress = Progress::of_bytes(length.map(|file| file.len()), hidden);
    let settings = Settings {
        project,
        printing,
        keep_going: words.keep_going,
        atomic: words.atomic,
        from_stdin,
    };
    let mut client = target.connect()?;
    // The bar of the whole batch says how far it is.
    client.hide_progress(true);
    // What it includes is looked for beside it; beside standard input, where people are.
    let folder = file.parent().filter(|_| !from_stdin).map(Path::to_owned).unwrap_or_default();
    let script = Script::new(lines, folder);
    let outcome = batch::run(script, &mut client, settings, output, io::stderr(), &progress);
    if client.is_stopped() && outcome.is_ok() {
        complain("goxel-cli: stopped; what stands behind it was not carried out");
        return Ok(EXIT_INTERRUPTED);
    }
    outcome.map(status)
}
