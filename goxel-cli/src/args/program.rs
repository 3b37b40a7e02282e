//! [`Program`]: commands that are more than requests, and their arguments.
//!
//! What carries them out stands above the grammar, since it reads commands itself: so only their
//! words are here.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::Shell;
use goxel_proto::types::EventKind;

use crate::commands::word;

/// Commands that are more than requests, and stand on no line of a batch.
#[derive(Clone, Debug, PartialEq, Subcommand)]
#[command(defer = true)]
pub(crate) enum Program {
    /// Run the commands of a file, one a line
    Batch(Batch),
    /// Type commands, with history, completion and hints
    Shell,
    /// Print a line whenever something happens: to a project, or to all of them
    Watch(Watch),
    /// Start, stop or look for the daemon
    #[command(subcommand)]
    Daemon(DaemonAction),
    /// Check every byte of a data directory that no daemon uses; exit status 1 where it is damaged
    Check(DataDir),
    /// Keep what can be kept of a damaged data directory, and move aside what cannot
    Repair(DataDir),
    /// Make a data directory of a backup, which `goxel-cli backup` writes
    RestoreBackup(RestoreBackup),
    /// Have a daemon that follows another (goxel-daemon --follow) go on by itself
    Promote,
    /// Pass on standard input to the daemon, and what it sends to standard output, as they are
    Pipe,
    /// Serve language models by the Model Context Protocol, on standard input and output
    Mcp(Mcp),
    /// Print a script that completes commands, for a shell
    Completions(Completions),
    /// Print how a word may go on, and what that is
    #[command(hide = true)]
    Complete(Complete),
    /// Write the man pages to a directory, or print the first
    Man(Man),
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct DataDir {
    /// The directory [default: the one of the daemon of this socket]
    pub(crate) dir: Option<PathBuf>,
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct RestoreBackup {
    /// The backup
    pub(crate) file: PathBuf,
    /// The directory, which has to be empty or missing [default: the one of the daemon of this socket]
    pub(crate) dir: Option<PathBuf>,
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Batch {
    /// The file, or - for standard input
    pub(crate) file: PathBuf,
    /// Go on after a command that failed
    #[arg(long, conflicts_with = "atomic")]
    pub(crate) keep_going: bool,
    /// All or nothing: one error takes back everything. One step of the history
    #[arg(long)]
    pub(crate) atomic: bool,
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Watch {
    /// What about [default: everything]
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = word::<EventKind>())]
    pub(crate) kinds: Vec<EventKind>,
    /// What happens within so many milliseconds is one event
    #[arg(long, value_name = "MS", default_value_t = 50)]
    #[arg(value_parser = clap::value_parser!(u64).range(50..=60_000))]
    pub(crate) every: u64,
    /// Stop after so many lines
    #[arg(long, value_name = "LINES")]
    pub(crate) count: Option<u64>,
    /// Stop after one line
    #[arg(long, conflicts_with = "count")]
    pub(crate) once: bool,
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Mcp {
    /// What goxel-mcp is told: --workspace DIR, --http 127.0.0.1:8765; it prints all with `-- --help`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    pub(crate) args: Vec<OsString>,
}

/// Commands about the daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
#[command(defer = true)]
pub(crate) enum DaemonAction {
    /// Start it in the background
    Start {
        /// Keep nothing of what is made: else projects are kept in $GOXEL_DATA_DIR, or in a directory
        /// of the socket's name in $XDG_STATE_HOME/goxel or ~/.local/state/goxel
        #[arg(long)]
        no_data_dir: bool,
    },
    /// Stop it, and wait until it has
    Stop {
        /// Although projects have changes that are not saved
        #[arg(long)]
        force: bool,
    },
    /// Say whether it runs; exit status 3 where it does not
    Status,
    /// Stop it if it runs, and start it
    Restart {
        /// Although projects have changes that are not saved
        #[arg(long)]
        force: bool,
    },
    /// Print the end of its log
    Logs {
        /// How many lines
        #[arg(long, short = 'n', value_name = "COUNT", default_value_t = 50)]
        lines: usize,
    },
    /// Have it read its configuration anew
    Reload,
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Completions {
    /// Which shell
    pub(crate) shell: Shell,
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Complete {
    /// The words behind `goxel-cli`, up to the one that is to be completed
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) words: Vec<String>,
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Man {
    /// Where they are written
    pub(crate) dir: Option<PathBuf>,
    /// Print all of them as one page of Markdown
    #[arg(long, hide = true)]
    pub(crate) markdown: bool,
}
