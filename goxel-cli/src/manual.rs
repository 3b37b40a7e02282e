//! Completions, man pages and `docs/CLI.md`, all made from the grammar.

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, Result};
use clap::{Arg, Command, CommandFactory as _};
use clap_complete::Shell;

use crate::args::Cli;
use crate::output::Output;

/// What docs/CLI.md says that no command's help does.
const BATCHES: &str = include_str!("manual/batches.md");

/// A script that completes commands: by asking this program, where the shell is one of three.
pub(crate) fn completions(shell: Shell) -> String {
    match shell {
        Shell::Bash => return include_str!("manual/complete.bash").to_owned(),
        Shell::Zsh => return include_str!("manual/complete.zsh").to_owned(),
        Shell::Fish => return include_str!("manual/complete.fish").to_owned(),
        // These know the words of the grammar, and no names of layers and the like.
        _ => {}
    }
    let mut script = Vec::new();
    let mut grammar = Cli::command();
    clap_complete::generate(shell, &mut grammar, "goxel-cli", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// Prints the first man page, or the page of Markdown; with a directory, writes all man pages.
///
/// # Errors
/// Where a file cannot be written.
pub(crate) fn print<W: Write>(
    dir: Option<&Path>,
    as_markdown: bool,
    output: &mut Output<W>,
) -> Result<()> {
    let mut grammar = Cli::command();
    grammar.build();
    if as_markdown {
        output.line(markdown(&mut grammar).trim_end())?;
        return Ok(());
    }
    let Some(dir) = dir else {
        output.line(man_page(&grammar, "goxel-cli")?.trim_end())?;
        return Ok(());
    };
    for (name, command) in pages(&grammar, "goxel-cli") {
        let path = dir.join(format!("{name}.1"));
        let page = man_page(command, &name)?;
        fs::write(&path, page).with_context(|| format!("cannot write {}", path.display()))?;
        output.line(&path.display().to_string())?;
    }
    Ok(())
}

/// A command and those below it, with the names of their pages: `goxel-cli-layer-add`.
fn pages<'a>(command: &'a Command, name: &str) -> Vec<(String, &'a Command)> {
    let mut pages = vec![(name.to_owned(), command)];
    for below in shown(command) {
        pages.extend(pages_below(below, name));
    }
    pages
}

fn pages_below<'a>(command: &'a Command, above: &str) -> Vec<(String, &'a Command)> {
    pages(command, &format!("{above}-{}", command.get_name()))
}

fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help")
}

fn man_page(command: &Command, name: &str) -> Result<String> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).title(name.to_owned()).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// All commands as one page.
fn markdown(grammar: &mut Command) -> String {
    let mut page = String::from(
        "# goxel-cli\n\n\
         Made from the grammar in `goxel-cli/src/commands`; `goxel-cli man DIR` writes the same as man\n\
         pages, `goxel-cli completions SHELL` what a shell needs to complete it.\n\n",
    );
    // Writing to a string does not fail.
    let _ = writeln!(page, "```text\n{}\n```\n", grammar.render_help().to_string().trim_end());
    page.push_str(BATCHES);
    let names: Vec<_> = shown(grammar).map(|below| below.get_name().to_owned()).collect();
    for name in names {
        if let Some(below) = grammar.find_subcommand(&name) {
            section(&mut page, below, &name, 2);
        }
    }
    page
}

fn section(page: &mut String, command: &Command, name: &str, level: usize) {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").trim();
    let _ = writeln!(page, "\n{} {name}\n\n{about}.\n\n```text\n{usage}\n```", "#".repeat(level));
    let rows: Vec<_> = own_arguments(command).map(row).collect();
    if !rows.is_empty() {
        let _ = writeln!(page, "\n{}", rows.join("\n"));
    }
    for below in shown(command) {
        section(page, below, &format!("{name} {}", below.get_name()), level + 1);
    }
}

/// The arguments that this command has for itself, and that say something.
fn own_arguments(command: &Command) -> impl Iterator<Item = &Arg> {
    let is_own = |arg: &&Arg| !arg.is_global_set() && !arg.is_hide_set() && arg.get_id() != "help";
    command.get_arguments().filter(is_own).filter(|arg| arg.get_help().is_some())
}

fn row(arg: &Arg) -> String {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let values: Vec<_> =
        arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let values = match arg.get_num_args().is_some_and(|count| count.takes_values()) {
        true if !values.is_empty() => format!(" ({})", values.join(", ")),
        _ => String::new(),
    };
    format!("- `{arg}`: {help}{values}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;

    #[test]
    fn every_shell_has_completions() {
        for shell in Shell::value_variants() {
            let script = completions(*shell);
            let asks = script.contains("complete -- ");
            assert!(asks || script.contains("add-voxels"), "{shell}");
        }
    }

    #[test]
    fn a_man_page_a_command() {
        let dir = tempfile::tempdir().unwrap();
        let mut bytes = Vec::new();
        print(Some(dir.path()), false, &mut Output::new(&mut bytes)).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.lines().count() > 40, "{text}");
        for name in ["goxel-cli", "goxel-cli-add-voxels", "goxel-cli-layer-add"] {
            let page = fs::read_to_string(dir.path().join(format!("{name}.1"))).unwrap();
            assert!(page.contains(&format!(".TH {name} 1")), "{page}");
        }
        assert!(!text.contains("voxel-batch-add"), "the verbs of the C tool are hidden");
    }

    #[test]
    fn the_page_tells_of_every_command() {
        let mut grammar = Cli::command();
        grammar.build();
        let page = markdown(&mut grammar);
        for name in shown(&grammar).map(Command::get_name) {
            assert!(page.contains(&format!("\n## {name}\n")), "{name}");
        }
        assert!(page.contains("\n### layer add\n"));
    }
}
