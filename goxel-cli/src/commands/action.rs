//! [`Action`]: what a command is besides its arguments.

use anyhow::{Context as _, Result};
use clap::Args;
use goxel_client::{Client, Requests};
use goxel_proto::json::Value;

use super::colour_json::one_spelling;
use super::shared::OnLayer;
use crate::conversions::Conversions;
use crate::listing::Listing;
use crate::parse::LayerSpec;
use crate::picture::Picture;
use crate::points::Work;
use crate::scripting::Scripting;
use crate::showing::Showing;

/// How results are written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OutputStyle {
    /// Standard output takes colours.
    pub(crate) colour: bool,
    /// Answers are to be short, for programs that read them.
    pub(crate) quiet: bool,
}

/// What each command must have. Requests and output are functions without side effects.
pub(crate) trait Action {
    /// What it does, as the lists of commands say it.
    const ABOUT: &str;

    /// What kind of command it is.
    fn traits(&self) -> Traits;

    /// The layers that it names.
    fn layers(&mut self) -> Layers<'_>;

    /// Appends the requests that it sends. Every name of a layer was made a number before.
    ///
    /// # Errors
    /// Where it cannot be sent as it stands.
    fn build(&self, requests: &mut Requests) -> Result<()>;

    /// What people see of its results, one for each request.
    ///
    /// # Errors
    /// Where a result is not what was asked for.
    fn show(&self, results: &[Value<'_>], style: OutputStyle) -> Result<String>;

    /// Its results as one line of JSON. Several steps of one kind are told by the last of them.
    fn json(&self, results: &[Value<'_>]) -> String {
        results.last().map(one_spelling).unwrap_or_default()
    }

    /// The same, although changes that are not saved are lost by it, and words for that; `None`
    /// where it is never done so of itself.
    fn forced(&self) -> Option<(Self, String)>
    where
        Self: Sized,
    {
        None
    }

    /// How it is carried out.
    fn way(&self) -> Way<'_> {
        Way::Requests
    }

    /// Whether it says everything that its requests need.
    fn is_complete(&self) -> bool {
        true
    }

    /// Asks for what its requests need and it does not say.
    ///
    /// # Errors
    /// Where the daemon refuses, or the connection breaks.
    fn complete(&mut self, _client: &mut Client, _project: Option<&str>) -> Result<()> {
        Ok(())
    }
}

/// What kind of command one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Traits {
    /// It asks for something that is to be printed, even where confirmations are not.
    pub(crate) question: bool,
    /// It may be in flight together with others: then those behind it are carried out although
    /// it fails. That is harmless among edits and questions about voxels; what chooses, loads,
    /// saves or undoes waits. Its reply is short too, so that many fit the buffers of a socket.
    pub(crate) overlaps: bool,
    /// It changes one project's voxels and layers, or only asks: an atomic batch can take it back.
    pub(crate) undoable: bool,
}

impl Traits {
    /// It changes more than one project's voxels and layers.
    pub(crate) const OTHER: Self = Self { question: false, overlaps: false, undoable: false };
    /// It changes a project's voxels and layers.
    pub(crate) const EDIT: Self = Self { undoable: true, ..Self::OTHER };
    /// It only asks.
    pub(crate) const QUESTION: Self = Self { question: true, ..Self::EDIT };

    /// The same, and others may overlap with it where `overlaps`.
    pub(crate) const fn overlapping(self, overlaps: bool) -> Self {
        Self { overlaps, ..self }
    }
}

/// How a command is carried out.
pub(crate) enum Way<'a> {
    /// By a few requests, whose results are shown when they are all there.
    Requests,
    /// By requests with the points of a file.
    Points(Work<'a>),
    /// By requests for page after page of voxels.
    Listing(Listing<'a>),
    /// By requests for file after file, on several connections.
    Files(Conversions<'a>),
    /// By a request for a picture, whose file goes to standard output.
    Picture(Picture<'a>),
    /// By requests for pictures that the terminal shows.
    Show(Showing<'a>),
    /// By a request for a script, of which more than a result is seen.
    Script(Scripting<'a>),
}

/// The layers that a command names.
pub(crate) type Layers<'a> = [Option<Named<'a>>; 2];

/// No layers.
pub(crate) const NO_LAYERS: Layers<'static> = [None, None];

/// A layer that a command names.
pub(crate) struct Named<'a> {
    pub(crate) layer: &'a mut LayerSpec,
    /// The project that it is in, where that is another than the command's.
    pub(crate) project: Option<&'a str>,
    pub(crate) all: All,
}

/// What `all` means in the place of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum All {
    /// All layers together, as the daemon reads them.
    Together,
    /// One layer after the other, as one step of the history.
    Each,
    /// Nothing: the command works on one layer.
    Refused,
}

impl<'a> Named<'a> {
    /// A layer of the command's project.
    pub(crate) fn new(layer: &'a mut LayerSpec, all: All) -> Option<Self> {
        Some(Self { layer, project: None, all })
    }
}

impl OnLayer {
    /// The layer, as all that a command names; `all` is what that means there.
    pub(crate) fn named(&mut self, all: All) -> Layers<'_> {
        [self.layer.as_mut().and_then(|layer| Named::new(layer, all)), None]
    }
}

/// The result of a command's last request.
///
/// # Errors
/// Where it sent none.
pub(crate) fn last<'a, 'r>(results: &'a [Value<'r>]) -> Result<&'a Value<'r>> {
    results.last().context("the daemon was asked nothing")
}

/// The arguments of a command, as people know them.
pub(crate) trait Arguments {
    /// The argument that a member of the parameters comes from: `--layer <LAYER>` for `layer_id`.
    /// Fields have the name of their member, or its `id`.
    fn argument(&self, member: &str) -> Option<String>;
}

impl<T: Args> Arguments for T {
    fn argument(&self, member: &str) -> Option<String> {
        if member == "project" {
            return Some("--project <PROJECT>".to_owned());
        }
        let mut grammar = T::augment_args(clap::Command::new("command"));
        grammar.build();
        // The edges are one argument.
        let id = if matches!(member, "width" | "height" | "depth") { "size" } else { member };
        let found = grammar.get_arguments().find(|arg| arg.get_id() == id);
        found.map(ToString::to_string)
    }
}
