//! The workspace's chores, run as `cargo xtask <command>`. [`COMMANDS`] lists them.

mod bench;
mod build;
mod ci;
mod command;
mod cross;
mod demo;
mod deny;
mod dist;
mod docs;
mod fuzz;
mod gallery;
mod pgo;
mod properties;
mod tidy;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What a command runs, given the root of the workspace.
enum Run {
    /// It takes no arguments.
    Plain(fn(&Path) -> anyhow::Result<()>),
    /// It takes some.
    With(fn(&Path, &[String]) -> anyhow::Result<()>),
}

/// Every command: its name, its line in the help, its function.
const COMMANDS: [(&str, &str, Run); 11] = [
    (
        "ci",
        "format, lint, tidy, test, document, bench once: all that a change must pass: [STEPS]",
        Run::With(ci::run),
    ),
    (
        "tidy",
        "check the architecture: who imports whom, and what a file may hold",
        Run::Plain(tidy::run),
    ),
    (
        "docs",
        "make what documentation follows from code: pages in docs/, man pages, rustdoc",
        Run::Plain(docs::run),
    ),
    (
        "demo",
        "build the programs without much optimisation and show them at work on a castle",
        Run::Plain(demo::run),
    ),
    (
        "bench",
        "measure, and report to target/bench: [--quick] [--compare REPORT.json] [NAMES]",
        Run::With(bench::run),
    ),
    (
        "pgo",
        "build with a profile of the programs' own work, to target/pgo: [--target-cpu CPU]",
        Run::With(pgo::run),
    ),
    ("lto", "the same without the profile, to target/lto: [--target-cpu CPU]", Run::With(pgo::lto)),
    ("dist", "make a tarball with everything, in target/dist: [--pgo]", Run::With(dist::run)),
    (
        "cross",
        "check that it builds on other systems: [--test], to run what runs here",
        Run::With(cross::run),
    ),
    ("deny", "check licences, duplicates and sources of all crates", Run::Plain(deny::run)),
    (
        "fuzz",
        "run the fuzz targets, and property tests with new seeds: [TARGET] [SECONDS of each]",
        Run::With(fuzz::run),
    ),
];

/// What a shell expects of a command that was called wrongly.
const EXIT_USAGE: u8 = 2;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["help" | "--help" | "-h"] => {
            print!("{}", usage());
            ExitCode::SUCCESS
        }
        [] => misused("which command?"),
        [name, rest @ ..] => match COMMANDS.iter().find(|(command, ..)| command == name) {
            Some((_, _, Run::With(run))) => finish(name, run(&root(), &args[1..])),
            Some((_, _, Run::Plain(run))) if rest.is_empty() => finish(name, run(&root())),
            Some(_) => misused(&format!("`{name}` takes no arguments")),
            None => misused(&format!("there is no command `{name}`")),
        },
    }
}

fn finish(name: &str, outcome: anyhow::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn misused(complaint: &str) -> ExitCode {
    eprint!("xtask: {complaint}\n\n{}", usage());
    ExitCode::from(EXIT_USAGE)
}

fn usage() -> String {
    let lines = COMMANDS.each_ref().map(|(name, help, _)| format!("  {name:<6}{help}\n"));
    format!("Usage: cargo xtask <command>\n\n{}", lines.concat())
}

/// The root of the workspace: the directory above this package.
fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_names_every_command() {
        for (name, help, _) in COMMANDS {
            assert!(usage().contains(name) && usage().contains(help), "{name}");
        }
    }
}
