//! The grammar: what can be typed after `goxel-cli`, and on a line of a batch.
//!
//! [`Command`] is the one list of commands; a batch line is a [`Line`] over the same list. The
//! first line of each comment here is the help that `--help` prints.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::parse::{Colour, Pixels, Point, Range, Size};

/// Edits voxel models from the command line, through goxel-daemon.
#[derive(Debug, Parser)]
#[command(name = "goxel-cli", version, propagate_version = false)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// One line of a batch.
#[derive(Debug, Parser)]
#[command(name = "batch line", no_binary_name = true, disable_help_flag = true)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Line {
    /// Work on this project
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) project: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What holds for every command.
#[derive(Args, Clone, Debug, Default)]
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
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
    /// Work on this project, not on the current one
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) project: Option<String>,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a project of one empty layer
    New {
        name: String,
        /// Its size in voxels
        #[arg(long, value_name = "W,H,D")]
        size: Option<Size>,
    },
    /// Load a file as a project
    Open {
        file: PathBuf,
        /// What to call the project
        #[arg(long)]
        name: Option<String>,
    },
    /// Add the layers of a file to the project
    Import { file: PathBuf },
    /// Write the project to a file
    Save { file: PathBuf },
    /// Write the project to a file in another format
    Export {
        file: PathBuf,
        /// The format, where the extension does not say it
        #[arg(long)]
        format: Option<String>,
    },
    /// List the open projects
    Projects,
    /// Make an open project the current one
    Use { name: String },
    /// Close a project; what was not saved is gone
    Close { name: String },
    /// Set voxels
    AddVoxels(AddVoxels),
    /// Remove voxels
    RemoveVoxels {
        /// x,y,z where each is a number or a range a..b, both ends inside
        #[arg(required = true, value_name = "RANGE|POINT")]
        ranges: Vec<Range>,
        /// The layer [default: the active one]
        #[arg(long, value_name = "ID", allow_negative_numbers = true)]
        layer: Option<i32>,
    },
    /// Fill a box with a colour: fill 0..9,0,0..9 tomato
    Fill {
        /// x,y,z where each is a number or a range a..b, both ends inside
        range: Range,
        #[arg(value_name = "COLOR")]
        colour: Colour,
        /// The layer [default: the active one]
        #[arg(long, value_name = "ID", allow_negative_numbers = true)]
        layer: Option<i32>,
    },
    /// Print the colour of a voxel of the active layer, or "empty"
    GetVoxel {
        #[arg(value_name = "POINT")]
        point: Point,
    },
    /// List, add and choose layers
    #[command(subcommand)]
    Layer(Layer),
    /// Say how the project is
    Info,
    /// Print the smallest box that holds all voxels
    Bbox,
    /// Take back the last change
    Undo,
    /// Do again what was last taken back
    Redo,
    /// Render a picture to a PNG file
    Render {
        file: PathBuf,
        /// The size of the picture in pixels
        #[arg(long, value_name = "WxH")]
        size: Option<Pixels>,
        /// The name of a camera
        #[arg(long, value_name = "PRESET")]
        camera: Option<String>,
        /// What is behind the model
        #[arg(long, value_name = "COLOR")]
        background: Option<Colour>,
    },
    /// Draw the project on the terminal
    Show {
        /// The size of the drawing in characters
        #[arg(long, value_name = "COLSxROWS", default_value = "80x30")]
        size: Pixels,
        /// The name of a camera
        #[arg(long, value_name = "PRESET")]
        camera: Option<String>,
        /// When to draw in colour
        #[arg(long, value_enum, default_value_t = When::Auto)]
        color: When,
    },
    /// Run the commands of a file, one a line
    Batch {
        /// The file, or - for standard input
        file: PathBuf,
        /// Go on after a command that failed
        #[arg(long)]
        keep_going: bool,
    },
    /// Call a method of the daemon; `methods NAME` says how
    Call {
        /// Its name, as `methods` lists them
        method: String,
        /// An object or an array
        #[arg(value_name = "JSON")]
        params: Option<String>,
    },
    /// List the methods of the daemon, or tell all about some
    Methods {
        /// Names, or parts of them
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
    /// Ask whether the daemon lives
    Ping,
    /// Start, stop or look for the daemon
    #[command(subcommand)]
    Daemon(Daemon),
}

/// What to set: points as arguments, or a file of them.
#[derive(Args, Clone, Debug)]
pub(crate) struct AddVoxels {
    /// x,y,z or x,y,z,COLOR
    #[arg(required_unless_present = "file", conflicts_with = "file", value_name = "POINT")]
    pub(crate) points: Vec<Point>,
    /// The colour of points that have none [default: white]
    #[arg(long, value_name = "COLOR")]
    pub(crate) color: Option<Colour>,
    /// The layer [default: the active one]
    #[arg(long, value_name = "ID", allow_negative_numbers = true)]
    pub(crate) layer: Option<i32>,
    /// Read points from a file, or - for standard input: x y z COLOR or x,y,z,r,g,b,a a line
    #[arg(long)]
    pub(crate) file: Option<PathBuf>,
}

/// Commands about layers.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Layer {
    /// List the layers, bottom first
    List,
    /// Add an empty layer on top and make it active
    Add { name: String },
    /// Make a layer active
    Use {
        #[arg(value_name = "ID_OR_NAME", allow_negative_numbers = true)]
        layer: String,
    },
}

/// Commands about the daemon.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Daemon {
    /// Start it in the background
    Start,
    /// Stop it, and wait until it has
    Stop,
    /// Say whether it runs; exit status 1 where it does not
    Status,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Always,
    #[default]
    Auto,
    Never,
}

/// Puts a space before words such as `-1,2,3` and `-5..5,0,0`, which are values and no options.
///
/// Clap can be told that an argument may begin with a hyphen, but then takes options that follow
/// it for points too. The parsers of values pass over the space.
pub(crate) fn shield(word: OsString) -> OsString {
    let is_value = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or_default();
        digits.starts_with(|c: char| c.is_ascii_digit()) && digits.contains(',')
    };
    if !word.to_str().is_some_and(is_value) {
        return word;
    }
    let mut shielded = OsString::from(" ");
    shielded.push(word);
    shielded
}

/// What clap says of a wrong command line, on one line.
pub(crate) fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let mut paragraphs = text.split("\n\n");
    let words = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = words(paragraphs.next().unwrap_or_default());
    let mut line = first.strip_prefix("error: ").unwrap_or(&first).to_owned();
    for tip in paragraphs.filter_map(|paragraph| paragraph.trim().strip_prefix("tip: ")) {
        line.push_str(&format!(" ({})", words(tip)));
    }
    line
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
    fn options_go_before_and_after() {
        for words in ["--json --project p undo", "undo --project p --json"] {
            let options = parse(words).unwrap().options;
            assert!(options.json && !options.quiet, "{words}");
            assert_eq!(options.project.as_deref(), Some("p"), "{words}");
        }
    }

    #[test]
    fn values_may_begin_with_a_minus() {
        let Command::AddVoxels(add) =
            parse("add-voxels -1,2,3 -4,-5,-6,red --color red --layer -1").unwrap().command
        else {
            panic!("another command");
        };
        assert_eq!(add.points.len(), 2);
        assert_eq!(add.points[0].pos.x, -1);
        assert!(add.color.is_some());
        assert_eq!(add.layer, Some(-1));
        assert!(parse("fill -5..5,0,0 f80").is_ok());
        assert!(parse("get-voxel -- -1,0,0").is_ok());
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
        bad("undu", "unrecognized subcommand 'undu' (a similar subcommand exists: 'undo')");
        bad(
            "add-voxels 1,2,3 --file -",
            "the argument '[POINT]...' cannot be used with '--file <FILE>'",
        );
    }
}
