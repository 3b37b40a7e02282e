//! The grammar: what can be typed after `goxel-cli`, and on a line of a batch.
//!
//! The arguments of a request stand in its file, those of a [`Program`] here. [`Command`] is all of
//! them, and a batch line is a [`Line`] over the same list. The first line of each comment on
//! arguments is the help that `--help` prints. Subcommands are deferred: clap builds the one that
//! is named, not all of them. [`quick`] reads the commonest lines without clap, to the same outcome.

mod old;
mod program;
pub(crate) mod quick;
mod spelling;

pub(crate) use program::{Batch, Complete, DaemonAction, Program, Watch};
pub(crate) use spelling::{one_line, shield};

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand};

use crate::commands::Request;
use old::Old;

/// A command.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Request(Request),
    #[command(flatten)]
    Program(Program),
    #[command(flatten)]
    Old(Old),
}

/// Edits voxel models from the command line, through goxel-daemon.
#[derive(Debug, PartialEq, Parser)]
#[command(name = "goxel-cli", version, propagate_version = false)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How values are written, and what an exit status means.
pub(crate) const AFTER_HELP: &str = "\
Values:
  POINT   x,y,z or x,y,z,COLOR
  RANGE   x,y,z where each is a number or a..b, both ends inside: 0..9,0,0..9
  COLOR   #rgb, #rrggbb, #rrggbbaa (with # or without), r,g,b, r,g,b,a, or a name of CSS
  LAYER   the number or the name of a layer, as `layer list` shows them, or `all`: what reads looks
          at all layers together, what turns, moves or changes them takes one after the other, as
          one step of the history

Exit status: 0 done; 1 refused or failed, or no such file; 2 the words, or a line of a file, are
wrong; 3 no daemon, or it went away; 130 Ctrl-C. With --json an error is a record on standard output too:
{ \"error\": { \"code\": -1004, \"status\": 1, \"message\": \"...\" } }, in a batch with \"file\", \"line\",
\"column\"; the code is null where it is not the daemon that refuses.

Ctrl-C while the daemon works cancels the call: nothing is changed then, and no file is left. A
second one ends this program at once. On a terminal, what takes long shows how far it is.

NO_COLOR and a standard output that is no terminal turn colours off. docs/CLI.md has more.";

/// One line of a batch.
#[derive(Debug, PartialEq, Parser)]
#[command(name = "batch line", no_binary_name = true, disable_help_flag = true)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Line {
    /// Work on this project
    #[arg(long, global = true, value_name = "PROJECT")]
    pub(crate) project: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Whether a batch has a command of this name.
pub(crate) fn is_command(name: &str) -> bool {
    Line::command().find_subcommand(name).is_some()
}

/// What holds for every command.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Options {
    /// The daemon's socket [default: $GOXEL_SOCKET, else $XDG_RUNTIME_DIR/goxel/goxel.sock, else
    /// /tmp/goxel-daemon.sock]
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
    /// Fail where no daemon is running, instead of starting one
    #[arg(long, global = true)]
    pub(crate) no_spawn: bool,
    /// Print results as JSON, one line a command
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print answers only, no confirmations
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Taken for the sake of older scripts
    #[arg(long, global = true, hide = true)]
    pub(crate) verbose: bool,
    /// Work on this project [default: $GOXEL_PROJECT, else the session's]
    #[arg(long, global = true, value_name = "PROJECT")]
    pub(crate) project: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(words: &str) -> Result<Cli, String> {
        let words = words.split_whitespace().map(|word| shield(word.into()));
        Cli::try_parse_from(std::iter::once("goxel-cli".into()).chain(words))
            .map_err(|error| one_line(&error))
    }

    #[test]
    fn the_grammar_is_sound() {
        Cli::command().debug_assert();
        Line::command().debug_assert();
    }

    #[test]
    fn every_argument_has_words() {
        fn check(command: &clap::Command) {
            for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
                assert!(arg.get_help().is_some(), "{} {arg}", command.get_name());
            }
            for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
                assert!(below.get_about().is_some(), "{}", below.get_name());
                check(below);
            }
        }
        let mut grammar = Cli::command();
        grammar.build();
        check(&grammar);
    }

    #[test]
    fn options_go_before_and_after() {
        for words in ["--json --project p undo", "undo --project p --json"] {
            let options = parse(words).unwrap().options;
            assert!(options.json && !options.quiet, "{words}");
            assert_eq!(options.project.as_deref(), Some("p"), "{words}");
        }
    }

    #[test]
    fn values_may_begin_with_a_minus() {
        let Command::Request(Request::AddVoxels(add)) =
            parse("add-voxels -1,2,3 -4,-5,-6,red --color red --layer -1").unwrap().command
        else {
            panic!("another command");
        };
        assert_eq!(add.points.len(), 2);
        assert_eq!(add.points[0].pos.x, -1);
        assert!(add.color.is_some());
        assert_eq!(add.on.layer, Some("-1".parse().unwrap()));
        for words in [
            "fill -5..5,0,0 f80",
            "get-voxel -- -1,0,0",
            "move -1,0,0",
            "shape sphere -1,-2,-3 4 red",
            "voxel-add --pos -1,0,0 --color 1,2,3",
            "voxel-remove --box -1,0,0,-5,-6,-7",
        ] {
            assert!(parse(words).is_ok(), "{words}: {:?}", parse(words));
        }
    }

    fn bad(words: &str, expected: &str) {
        assert_eq!(parse(words).unwrap_err(), expected, "{words}");
    }

    #[test]
    fn errors_are_one_line() {
        bad("new", "the following required arguments were not provided: <NAME>");
        bad(
            "get-voxel 1,x,2",
            "invalid value '1,x,2' for '<POINT>': `x` is not a coordinate (an integer)",
        );
        bad(
            "add-voxels 1,2,3 --file -",
            "the argument '[POINT]...' cannot be used with '--file <FILE>'",
        );
    }

    #[test]
    fn the_nearest_right_word_is_said() {
        bad("undu", "unrecognized subcommand 'undu' (a similar subcommand exists: 'undo')");
        bad("layer lst", "unrecognized subcommand 'lst' (a similar subcommand exists: 'list')");
        bad(
            "fill 0,0,0 red --laier 3",
            "unexpected argument '--laier' found (a similar argument exists: '--layer')",
        );
        bad(
            "render x.png --camera frnt",
            "invalid value 'frnt' for '--camera <PRESET>' [possible values: front, back, left, right, \
             top, bottom, isometric, iso, isometric_front_right, isometric_left, isometric_front_left, \
             isometric_back, isometric_back_right, isometric_back_left, isometric_below, \
             isometric_front_right_below, isometric_left_below, isometric_front_left_below, \
             isometric_back_below, isometric_back_right_below, isometric_back_left_below] \
             (a similar value exists: 'front')",
        );
        bad(
            "shape spere 0,0,0 3 red",
            "invalid value 'spere' for '<KIND>' [possible values: cube, box, sphere, ellipsoid, cylinder, \
             cone, pyramid, torus, plane] (a similar value exists: 'sphere')",
        );
    }
}
