//! What a word on the shell's line may go on as: commands, options and their values.

use clap::{Arg, Command};

/// Words of the shell that are no commands.
const OWN_WORDS: [&str; 5] = ["exit", "help", "let", "repeat", "end"];

/// A word that fits, what it is, and where the word begins that it replaces.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) text: String,
    pub(super) about: String,
    pub(super) start: usize,
}

/// What fits at the end of `line`.
pub(super) fn candidates(grammar: &Command, line: &str) -> Vec<Candidate> {
    let start = line.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let (before, word) = line.split_at(start);
    let (command, last) = named(grammar, before);
    let about =
        |text: Option<&clap::builder::StyledStr>| text.map(ToString::to_string).unwrap_or_default();
    let mut found: Vec<(String, String)> = Vec::new();
    if let Some(arg) = last.and_then(|last| option(command, last)) {
        found.extend(values(arg));
    } else {
        let below = command.get_subcommands().filter(|below| !below.is_hide_set());
        found.extend(below.map(|below| (below.get_name().to_owned(), about(below.get_about()))));
        if std::ptr::eq(command, grammar) {
            found.extend(OWN_WORDS.map(|word| (word.to_owned(), String::new())));
        }
        found.extend(command.get_positionals().flat_map(values));
        if word.starts_with('-') {
            let options = command.get_arguments().filter(|arg| !arg.is_hide_set());
            found.extend(
                options.filter_map(|arg| {
                    Some((format!("--{}", arg.get_long()?), about(arg.get_help())))
                }),
            );
        }
    }
    let fits = found.into_iter().filter(|(text, _)| text.starts_with(word));
    fits.map(|(text, about)| Candidate { text, about, start }).collect()
}

/// The command that these words name, and the last of them.
fn named<'a, 'w>(grammar: &'a Command, words: &'w str) -> (&'a Command, Option<&'w str>) {
    let mut command = grammar;
    let mut last = None;
    for word in words.split_whitespace() {
        command = command.find_subcommand(word).unwrap_or(command);
        last = Some(word);
    }
    (command, last)
}

/// The option that a word names, where a value must follow.
fn option<'a>(command: &'a Command, word: &str) -> Option<&'a Arg> {
    let long = word.strip_prefix("--")?;
    command.get_arguments().find(|arg| {
        arg.get_long() == Some(long) && arg.get_num_args().is_some_and(|count| count.takes_values())
    })
}

fn values(arg: &Arg) -> impl Iterator<Item = (String, String)> {
    arg.get_possible_values().into_iter().map(|value| (value.get_name().to_owned(), String::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Line;
    use clap::CommandFactory as _;

    fn check(line: &str, expected: &[&str]) {
        let mut grammar = Line::command();
        grammar.build();
        let found: Vec<_> =
            candidates(&grammar, line).into_iter().map(|candidate| candidate.text).collect();
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn words() {
        check("und", &["undo"]);
        check("layer du", &["duplicate"]);
        check("rep", &["replace-color", "repeat"]);
        check("shape cy", &["cylinder"]);
        check("shape sphere 0,0,0 3 red --ax", &["--axis"]);
        check("shape sphere 0,0,0 3 red --axis ", &["x", "y", "z"]);
        check("voxel-", &[]);
        check("fill 0,0,0 red --la", &["--layer"]);
        check("xyz", &[]);
    }

    #[test]
    fn where_they_begin() {
        let mut grammar = Line::command();
        grammar.build();
        let found = candidates(&grammar, "layer li");
        assert_eq!(found[0].start, 6);
        assert_eq!(found[0].about, "List the layers, bottom first");
    }
}
