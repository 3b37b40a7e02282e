//! What a word may go on as: commands, options and their values. The shell completes with it, and
//! so do bash, zsh and fish, by calling `goxel-cli complete`.

use std::any::TypeId;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::{Arg, Command, CommandFactory as _};
use goxel_client::{Client, Daemon};
use goxel_proto::Method;
use goxel_proto::json::Value;
use goxel_proto::types::Rgba;

use crate::args::{Cli, Complete};
use crate::commands::layers::List;
use crate::commands::projects::Projects;
use crate::commands::text;
use crate::output::Output;
use crate::parse::{ALL, Colour, LayerSpec};

/// How long a daemon that is busy may keep somebody waiting who pressed a key.
const PATIENCE: Duration = Duration::from_millis(300);
/// The names of formats, as `export --format` takes them. The formats themselves are the daemon's;
/// a test compares the two.
const FORMATS: [&str; 27] = [
    "gox",
    "vox",
    "obj",
    "ply",
    "stl",
    "3mf",
    "off",
    "txt",
    "qb",
    "pov",
    "gltf",
    "glb",
    "png",
    "qbt",
    "kv6",
    "kvx",
    "vxl",
    "binvox",
    "xraw",
    "csv",
    "npy",
    "png slices",
    "schem",
    "schematic",
    "litematic",
    "usda",
    "vdb",
];

/// Prints a candidate a line, and behind a tab what it is.
///
/// # Errors
/// Where standard output fails.
pub(crate) fn run<W: Write>(
    words: &Complete,
    daemon: &Daemon,
    output: &mut Output<W>,
) -> Result<()> {
    let mut grammar = Cli::command();
    grammar.build();
    // Bash takes the sign in --layer=roof for a word.
    let words: Vec<&str> =
        words.words.iter().map(String::as_str).filter(|word| *word != "=").collect();
    let Some((word, before)) = words.split_last() else { return Ok(()) };
    let names = Names::new(Some(daemon.clone()));
    for Candidate { text, about } in candidates(&grammar, before, word, &names) {
        output.line(&format!("{text}\t{about}"))?;
    }
    Ok(())
}

/// A word that fits, and what it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) text: String,
    pub(crate) about: String,
}

impl Candidate {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned(), about: String::new() }
    }
}

/// What fits in the place of `word`, behind the words `before`.
pub(crate) fn candidates(
    grammar: &Command,
    before: &[&str],
    word: &str,
    names: &Names,
) -> Vec<Candidate> {
    if let Some((option, value)) =
        word.split_once('=').filter(|(option, _)| option.starts_with("--"))
    {
        let before: Vec<&str> = before.iter().copied().chain([option]).collect();
        let mut found = candidates(grammar, &before, value, names);
        for candidate in &mut found {
            candidate.text.insert_str(0, &format!("{option}="));
        }
        return found;
    }
    let place = Place::of(grammar, before);
    let mut found = place.values(names);
    if place.option.is_none() {
        found.extend(place.commands());
        if word.starts_with('-') {
            found.extend(place.options());
        }
    }
    found.retain(|candidate| candidate.text.starts_with(word));
    found
}

/// Where a word stands.
struct Place<'a> {
    command: &'a Command,
    /// The option whose value it is.
    option: Option<&'a Arg>,
    /// How many values of the command stand before it.
    index: usize,
    /// The project that was named before.
    project: Option<&'a str>,
    /// The command is `help`, which is followed by names of commands.
    is_help: bool,
}

impl<'a> Place<'a> {
    fn of(grammar: &'a Command, before: &[&'a str]) -> Self {
        let mut place =
            Self { command: grammar, option: None, index: 0, project: None, is_help: false };
        for word in before {
            place.pass(word);
        }
        place
    }

    /// Goes behind a word.
    fn pass(&mut self, word: &'a str) {
        if let Some(option) = self.option.take() {
            if option.get_id() == "project" {
                self.project = Some(word);
            }
            return;
        }
        if word.starts_with('-') {
            self.option = self.option_named(word);
            return;
        }
        if word == "help" && self.index == 0 {
            self.is_help = true;
            return;
        }
        match self.command.find_subcommand(word) {
            Some(below) => self.command = below,
            None => self.index += 1,
        }
    }

    /// The option that a word names, where a value must follow.
    fn option_named(&self, word: &str) -> Option<&'a Arg> {
        let takes_value = |arg: &&Arg| arg.get_num_args().is_some_and(|count| count.takes_values());
        let mut options = self.command.get_arguments().filter(takes_value);
        match word.strip_prefix("--") {
            Some(long) => options.find(|arg| {
                let aliases = arg.get_all_aliases().unwrap_or_default();
                arg.get_long() == Some(long) || aliases.contains(&long)
            }),
            None => options.find(|arg| arg.get_short() == word.chars().nth(1)),
        }
    }

    fn commands(&self) -> Vec<Candidate> {
        let shown = self.command.get_subcommands().filter(|below| !below.is_hide_set());
        let about = |below: &Command| below.get_about().map(ToString::to_string);
        shown
            .map(|below| Candidate {
                text: below.get_name().to_owned(),
                about: about(below).unwrap_or_default(),
            })
            .collect()
    }

    fn options(&self) -> Vec<Candidate> {
        let shown = self.command.get_arguments().filter(|arg| !arg.is_hide_set());
        let option = |arg: &Arg| {
            let about = arg.get_help().map(ToString::to_string).unwrap_or_default();
            Some(Candidate { text: format!("--{}", arg.get_long()?), about })
        };
        shown.filter_map(option).collect()
    }

    /// Values of the option before the word, or of the argument in its place.
    fn values(&self, names: &Names) -> Vec<Candidate> {
        if self.is_help {
            return Vec::new();
        }
        let positionals: Vec<&Arg> = self.command.get_positionals().collect();
        let last = positionals
            .last()
            .filter(|arg| arg.get_num_args().is_some_and(|count| count.max_values() > 1));
        let Some(arg) = self.option.or(positionals.get(self.index).or(last).copied()) else {
            return Vec::new();
        };
        let own: Vec<_> = arg
            .get_possible_values()
            .iter()
            .map(|value| Candidate::new(value.get_name()))
            .collect();
        if own.is_empty() { names.of(arg, self.project) } else { own }
    }
}

/// Names that the grammar does not have: of colours and methods, and of what the daemon holds.
pub(crate) struct Names {
    daemon: Option<Daemon>,
}

impl Names {
    /// Those of this daemon, if it runs; it is not started.
    pub(crate) fn new(daemon: Option<Daemon>) -> Self {
        Self { daemon }
    }

    /// Values of an argument. What is a file is left to whoever knows files.
    fn of(&self, arg: &Arg, project: Option<&str>) -> Vec<Candidate> {
        let parser = arg.get_value_parser().type_id();
        let value =
            arg.get_value_names().and_then(|names| names.first()).map(clap::builder::Str::as_str);
        let id = arg.get_id().as_str();
        if parser == TypeId::of::<Colour>() || value.is_some_and(|value| value.starts_with("COLOR"))
        {
            Rgba::names().map(Candidate::new).collect()
        } else if parser == TypeId::of::<LayerSpec>() {
            self.layers(project)
        } else if parser == TypeId::of::<PathBuf>() {
            Vec::new()
        } else if id == "method" || id == "names" {
            Method::ALL.iter().map(|method| method_name(*method)).collect()
        } else if id == "format" {
            FORMATS.into_iter().map(Candidate::new).collect()
        } else if value == Some("PROJECT") {
            self.projects()
        } else {
            Vec::new()
        }
    }

    fn layers(&self, project: Option<&str>) -> Vec<Candidate> {
        let mut layers = self.ask(List::METHOD, project, "layers");
        layers.push(Candidate { text: ALL.to_owned(), about: "All layers".to_owned() });
        layers
    }

    fn projects(&self) -> Vec<Candidate> {
        self.ask(Projects::METHOD, None, "projects")
    }

    /// The names of the things in a member of a reply. None where the daemon does not answer soon.
    fn ask(&self, method: Method, project: Option<&str>, member: &str) -> Vec<Candidate> {
        let names = |client: &mut Client| -> Option<Vec<Candidate>> {
            client.set_timeout(Some(PATIENCE)).ok()?;
            let reply = client.call(method, project, |_| ()).ok()?;
            let things = reply.get(member)?;
            let name = |thing: Value<'_>| Candidate::new(&text(&thing, "name"));
            Some(things.elements().map(name).collect())
        };
        let client = self.daemon.as_ref().and_then(|daemon| daemon.connect().ok()?);
        client.and_then(|mut client| names(&mut client)).unwrap_or_default()
    }
}

fn method_name(method: Method) -> Candidate {
    let info = method.info();
    Candidate { text: info.name.to_owned(), about: info.title.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Line;

    fn check(line: &str, expected: &[&str]) {
        let mut grammar = Line::command();
        grammar.build();
        let words: Vec<&str> = line.split(' ').collect();
        let (word, before) = words.split_last().unwrap();
        let found: Vec<_> = candidates(&grammar, before, word, &Names::new(None))
            .into_iter()
            .map(|candidate| candidate.text)
            .collect();
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn words() {
        check("und", &["undo"]);
        check("layer du", &["duplicate"]);
        check("layer show al", &["all"]);
        check("shape cy", &["cylinder"]);
        check("shape sphere cy", &[]);
        check("shape sphere 0,0,0 3 red --ax", &["--axis"]);
        check("shape sphere 0,0,0 3 red --axis ", &["x", "y", "z"]);
        check("voxel-", &[]);
        check("fill 0,0,0 red --la", &["--layer"]);
        check("xyz", &[]);
    }

    #[test]
    fn names() {
        check("fill 0,0,0 tom", &["tomato"]);
        check("fill tom", &[]);
        check("add-voxels --color tom", &["tomato"]);
        check("palette red tom", &["tomato"]);
        check("call goxel.und", &["goxel.undo"]);
        check("methods goxel.undo goxel.red", &["goxel.redo"]);
        check("export x --format g", &["gox", "gltf", "glb"]);
        check("render x.png --resolution 3x4 --camera t", &["top"]);
        check("export x", &[]);
        check("fill 0,0,0 red --layer a", &["all"]);
        check("fill 0,0,0 red --layer=a", &["--layer=all"]);
        check("help hist", &["histogram", "history"]);
        check("help layer du", &["duplicate"]);
    }

    #[test]
    fn what_candidates_are() {
        let mut grammar = Line::command();
        grammar.build();
        let found = candidates(&grammar, &["layer"], "li", &Names::new(None));
        assert_eq!(found[0].about, "List the layers, bottom first");
    }
}
