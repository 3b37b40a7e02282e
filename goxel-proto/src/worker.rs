//! What a daemon and the process that runs its scripts say to each other, over a socket that nobody else has.
//!
//! ```text
//! message    kind (1), length of what follows (8, little endian), fields in their order
//! field      a number (8), or a length (8) and so many bytes
//! ```
//!
//! Projects and tiles are bytes here, in the form in which they are kept. A message is written as it is, without a
//! copy of its bytes, and read field by field: give `read` a reader that has a buffer. Neither side believes a
//! length before the bytes are there, and what is no message is an error after which nothing more can be read.

mod fields;
mod to_daemon;
mod to_worker;

#[cfg(test)]
mod tests;

/// What the daemon says.
#[derive(Clone, Debug, PartialEq)]
pub enum ToWorker {
    /// Run a script. Nothing but answers and [`Self::Stop`] is said until it has ended.
    Run(Box<Run>),
    /// The answer to [`ToDaemon::Tiles`]: a change that puts the tiles into a project whose layers are as in
    /// [`Run::state`] and empty. Where none of them holds anything it is empty.
    Tiles(Vec<u8>),
    /// The answer to [`ToDaemon::Places`]: x, y and z of each tile, four bytes each.
    Places(Vec<u8>),
    /// The answer to [`ToDaemon::Ask`]: the result.
    Result(String),
    /// The answer to [`ToDaemon::Ask`] that failed: the error, as JSON-RPC has it.
    Error(String),
    /// The script is to end, for this reason: in the place of an answer, or while it computes. It fails as `Stopped`,
    /// unless it has ended by itself meanwhile; whoever hears of neither in time kills the process.
    Stop(String),
}

/// A script to run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// The code.
    pub source: String,
    /// What errors call it: its path, or another name.
    pub name: String,
    /// What to do with it.
    pub action: Action,
    /// What the script finds in `args`: JSON.
    pub args: String,
    /// What `Math.random`, `rand` and noise start from.
    pub seed: u64,
    /// Bytes that the script's own values may take.
    pub heap_max: u64,
    /// Bytes that its voxels may take beside that.
    pub voxels_max: u64,
    /// The project without its voxels, as it is kept.
    pub state: Vec<u8>,
}

/// What is wanted of a script.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Action {
    /// The value of its last expression.
    #[default]
    Evaluate,
    /// Evaluate it, then run the script that it registered under this name.
    Registered(String),
    /// Evaluate it, then have the format that it registered for the extension of this path write the project.
    Export(String),
    /// Evaluate it, then have the format that it registered for the extension of this path read these bytes
    /// into the project.
    Import(String, Vec<u8>),
}

/// What the worker says.
#[derive(Clone, Debug, PartialEq)]
pub enum ToDaemon {
    /// It is ready for its first script.
    Ready(Ready),
    /// These tiles of a layer are wanted: x, y and z of each, four bytes each.
    Tiles(u32, Vec<u8>),
    /// It is wanted where a layer has tiles.
    Places(u32),
    /// A method that changes nothing is to be answered, of the project as the script sees it.
    Ask(Ask),
    /// The script printed this, with the ends of its lines.
    Print(String),
    /// The script says how far it is: of so many.
    Progress(u64, u64),
    /// It has ended well.
    Done(Done),
    /// It has failed. Nothing has changed.
    Failed(Failed),
}

/// What holds a worker back from everything but computing. Each is said in `get_status`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ready {
    /// A filter of system calls is in force.
    pub seccomp: bool,
    /// Files are out of reach.
    pub landlock: bool,
    /// Bytes of addresses that the process may have; 0 where nothing holds it.
    pub address_space: u64,
}

/// A method that is to be answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ask {
    /// Its name.
    pub method: String,
    /// Its parameters: JSON.
    pub params: String,
    /// What makes the script's project of the daemon's; empty where nothing does.
    pub change: Vec<u8>,
}

/// What a script has done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Done {
    /// The value of its last expression as JSON; empty where JSON has none for it.
    pub value: String,
    /// What makes the script's project of the daemon's; empty where nothing does.
    pub change: Vec<u8>,
    /// What a format wrote, where one was asked for.
    pub written: Vec<u8>,
    /// The names of the scripts that it registered.
    pub scripts: Vec<String>,
    /// The formats that it registered: a name, and extensions without dots.
    pub formats: Vec<(String, Vec<String>)>,
}

/// Why a script failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failed {
    /// What kind of error: `TypeError`, say.
    pub name: String,
    /// What went wrong.
    pub message: String,
    /// Where, from 1; 0 where nobody knows.
    pub line: u32,
    /// Where, from 1; 0 where nobody knows.
    pub column: u32,
    /// The calls that led there, innermost first, a line each.
    pub stack: String,
    /// The line of the script.
    pub source_line: String,
}
