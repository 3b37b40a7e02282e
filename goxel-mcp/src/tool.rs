//! [`Tool`]: something that a language model can call, and what comes of it. The server knows these types
//! and nothing of what a tool does; the tools know nothing of the protocol that they are called by.
//!
//! A call blocks: it asks the daemon by the connection in its [`Call`] and waits for the replies.

use std::path::PathBuf;

use goxel_client::Client;
use serde_json::{Map, Value};

/// A JSON object: arguments, or a schema.
pub type Object = Map<String, Value>;

/// A tool: a row of [`TOOLS`](crate::tools::TOOLS).
pub struct Tool {
    /// What it is called by.
    pub name: &'static str,
    /// The same for people.
    pub title: &'static str,
    /// What it is for, when another tool is the better one, what it changes and how far it goes.
    pub about: &'static str,
    /// What a call does.
    pub effect: Effect,
    /// Whether a second call like the first changes nothing more.
    pub idempotent: bool,
    /// The JSON Schema of its arguments.
    pub input: fn() -> Object,
    /// The JSON Schema of [`Outcome::structured`].
    pub output: fn() -> Object,
    /// Carries out a call.
    pub run: fn(&mut Call<'_>, Object) -> Result<Outcome, Refused>,
}

/// What a call does, as the hints of the protocol tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It changes nothing.
    Reads,
    /// It makes something and takes nothing away.
    Adds,
    /// It changes what is there, in a way that can be undone.
    Changes,
    /// What it takes away, or writes over, can be gone for good.
    Destroys,
}

/// What a tool works with.
pub struct Call<'a> {
    /// A connection to the daemon, for this call alone. A transaction that the call begins ends with it.
    pub client: &'a mut Client,
    /// How far it may go.
    pub limits: &'a Limits,
}

/// How far calls may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Voxels that one call may name, boxes and shapes counted by their volume.
    pub voxels: u64,
    /// Whether a file may be written over at all, where a call asks for that.
    pub overwrite: bool,
    /// Whether a project may be deleted, or closed with changes that are in no file, where a call asks for that.
    pub discard: bool,
    /// The directory that relative paths start from. The daemon holds paths beneath it, but works in
    /// another one itself, so it is sent what [`Limits::path`] gives.
    pub workspace: PathBuf,
}

impl Default for Limits {
    /// 16 million voxels, a solid cube of 256: beyond that a call was meant otherwise more often than not.
    fn default() -> Self {
        Self { voxels: 1 << 24, overwrite: true, discard: true, workspace: PathBuf::new() }
    }
}

impl Limits {
    /// The path that the daemon is sent for one that a model names.
    pub fn path(&self, named: &str) -> String {
        self.workspace.join(named).to_string_lossy().into_owned()
    }
}

/// What comes of a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// What programs read: an object of the tool's output schema.
    pub structured: Value,
    /// What a model reads; where it is not said, the structured content as JSON.
    pub text: Option<String>,
    /// What a model sees.
    pub pictures: Vec<Picture>,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The bytes of a PNG file.
    pub png: Vec<u8>,
    /// What it shows, in a line.
    pub label: String,
}

/// Why a call was not carried out: the result of a call that failed, as the protocol has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What is wrong, where, and the next sensible step.
    pub words: String,
    /// Whether the connection is of no more use: the daemon is gone, or does not keep to the protocol.
    pub broken: bool,
}

impl Refused {
    /// A refusal for a reason.
    pub fn new(words: impl Into<String>) -> Self {
        Self { words: words.into(), broken: false }
    }
}
