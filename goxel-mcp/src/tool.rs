//! What a tool is, for those who write tools and for the server that offers them: [`Tool`], a row of
//! [`TOOLS`], and what goes in and comes out of a call.

use std::path::PathBuf;

use goxel_client::Client;
use serde_json::{Map, Value};

/// A tool that a model may call.
pub struct Tool {
    /// What calls name it.
    pub name: &'static str,
    /// What people see.
    pub title: &'static str,
    /// What it is for, when to take another, what it changes, its limits.
    pub about: &'static str,
    /// What it does to projects and files.
    pub effect: Effect,
    /// Whether a second call with the same arguments changes nothing more.
    pub idempotent: bool,
    /// The JSON Schema of its arguments.
    pub input: fn() -> Map<String, Value>,
    /// The JSON Schema of [`Outcome::structured`].
    pub output: fn() -> Map<String, Value>,
    /// Carries a call out. It blocks.
    pub run: fn(&mut Call<'_>, Map<String, Value>) -> Result<Outcome, Refused>,
}

/// What a tool does to projects and files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It changes nothing.
    Reads,
    /// It adds something, and takes nothing away.
    Adds,
    /// It changes what is there, which can be undone.
    Changes,
    /// What it takes away cannot be had back.
    Destroys,
}

/// What a call is carried out with.
pub struct Call<'a> {
    /// A connection to the daemon, for this call alone, confined to the workspace.
    pub client: &'a mut Client,
    /// What a call may do.
    pub limits: &'a Limits,
}

/// What calls may do; the flags of the program say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The directory that relative paths start from, and that no path leaves. The daemon holds that;
    /// it works in another directory, so it is told whole paths.
    pub workspace: PathBuf,
    /// Voxels that one call may name, or a box of it hold.
    pub voxels_max: u64,
    /// Whether nothing may be changed.
    pub read_only: bool,
}

/// What a call has come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What the tool's output schema describes: an object.
    pub structured: Value,
    /// The same for eyes; the object as text where there is none.
    pub text: Option<String>,
    /// What there is to see.
    pub pictures: Vec<Picture>,
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The bytes of a PNG file.
    pub png: Vec<u8>,
    /// What it shows.
    pub label: String,
}

/// Why a call was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What was wrong, where, and the next sensible step.
    pub words: String,
}

impl Call<'_> {
    /// Whether nobody waits for the outcome any more. Who does many steps asks between them.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.client.is_stopped()
    }
}

/// Every tool, in the order in which they are listed.
pub static TOOLS: &[Tool] = &[];
