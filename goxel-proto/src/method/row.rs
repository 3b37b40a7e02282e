//! [`Row`]: everything that a method is, in one place.

use super::kind::{Field, Kind};
use super::places::{Known, Places};
use crate::error::ErrorCode;

/// What a call does to projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// Nothing: it is about the daemon, or about this connection.
    Neither,
    /// It reads a project.
    Reads,
    /// It changes a project.
    Edits,
    /// It opens, replaces or closes whole projects.
    Manages,
    /// None of these: it acts on the daemon itself, or on what other connections do.
    Governs,
}

/// What a call does to files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    /// Nothing.
    None,
    /// It reads one.
    Reads,
    /// It writes one.
    Writes,
    /// It reads one and writes another.
    ReadsAndWrites,
}

/// Where a call runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// On the event loop, at once.
    Loop,
    /// On a worker; this connection waits for it, others do not.
    Worker,
    /// On the event loop where the project is small, else on a worker.
    Either,
}

/// How the arguments of a tool of the older form `{"tool": ..., "arguments": ...}` differ from the
/// parameters of its method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arguments {
    /// Not at all.
    Same,
    /// A `position` stands for `x`, `y` and `z`.
    Position,
    /// The elements of `operations` are of [`Arguments::Position`].
    Operations,
    /// Not at all; another method has the same tool, where there is no list of `voxels`.
    Many,
}

/// A request that works in the project of the documents, and its reply.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// A method without parameters that has to be called before.
    pub behind: Option<&'static str>,
    /// The parameters, as JSON.
    pub params: &'static str,
    /// The result, as JSON.
    pub result: &'static str,
    /// Whether the result is cut short, since the whole is long or another one at every call.
    pub shortened: bool,
    /// Whether it needs a daemon that has a data directory.
    pub kept: bool,
}

impl Example {
    /// An example: what is sent, and what comes back.
    pub(super) const fn of(params: &'static str, result: &'static str) -> Self {
        Self { params, result, behind: None, shortened: false, kept: false }
    }

    /// One whose result is cut short.
    pub(super) const fn shortened(self) -> Self {
        Self { shortened: true, ..self }
    }

    /// One of a daemon that has a data directory.
    pub(super) const fn kept(self) -> Self {
        Self { kept: true, ..self }
    }

    /// One that needs another call before it.
    pub(super) const fn behind(self, method: &'static str) -> Self {
        Self { behind: Some(method), ..self }
    }
}

/// What the table says of a method.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The name on the wire.
    pub name: &'static str,
    /// Other names that it goes by: those of older documents.
    pub aliases: &'static [&'static str],
    /// What it does, in a few words.
    pub title: &'static str,
    /// What there is to know before calling it, in sentences.
    pub about: &'static str,
    /// Its parameters, in the order of the positional form; those that can only be named are last.
    pub params: &'static [Field],
    /// How many of them the positional form has.
    pub positional: usize,
    places: Places,
    /// Where the one of [`Kind::Bulk`] stands in the list.
    pub(crate) bulk: Option<usize>,
    /// What it answers.
    pub result: Kind,
    /// What it does to projects.
    pub does: Does,
    /// What it does to files.
    pub files: Files,
    /// Whether `goxel.undo` takes back what it did.
    pub undoable: bool,
    /// Whether a second call like the first changes nothing more.
    pub repeatable: bool,
    /// Where it runs.
    pub runs: Runs,
    /// The code of its errors that are not about parameters.
    pub code: ErrorCode,
    /// Whether it is one of the C daemon's, whose clients may send names that it does not have:
    /// those are passed over there, and refused everywhere else.
    pub lenient: bool,
    /// Whether it takes whatever it is sent, rather than the parameters in its list.
    pub takes_anything: bool,
    /// The tool of the older form that stands for it.
    pub tool: Option<(&'static str, Arguments)>,
    /// At least one.
    pub examples: &'static [Example],
}

impl Row {
    const fn new(name: &'static str, code: ErrorCode, does: Does) -> Self {
        Self {
            name,
            aliases: &[],
            title: "",
            about: "",
            params: &[],
            positional: 0,
            places: Places::of(&[]),
            bulk: None,
            result: Kind::Any,
            does,
            files: Files::None,
            undoable: false,
            repeatable: false,
            runs: Runs::Loop,
            code,
            lenient: false,
            takes_anything: false,
            tool: None,
            examples: &[],
        }
    }

    /// A call about the daemon or this connection.
    pub(super) const fn system(name: &'static str) -> Self {
        Self { repeatable: true, ..Self::new(name, ErrorCode::Internal, Does::Neither) }
    }

    /// A call that opens, replaces or closes projects.
    pub(super) const fn manages(name: &'static str, code: ErrorCode) -> Self {
        Self::new(name, code, Does::Manages)
    }

    /// A call that reads a project.
    pub(super) const fn reads(name: &'static str, code: ErrorCode) -> Self {
        Self { repeatable: true, ..Self::new(name, code, Does::Reads) }
    }

    /// A call that changes a project, which can be undone.
    pub(super) const fn edits(name: &'static str, code: ErrorCode) -> Self {
        Self { undoable: true, ..Self::new(name, code, Does::Edits) }
    }

    /// A call that acts on the daemon itself, or on what other connections do.
    pub(super) const fn governs(self) -> Self {
        Self { does: Does::Governs, ..self }
    }

    /// Errors of another code.
    pub(super) const fn code(self, code: ErrorCode) -> Self {
        Self { code, ..self }
    }

    /// A second call like the first fails, or does more.
    pub(super) const fn once(self) -> Self {
        Self { repeatable: false, ..self }
    }

    pub(super) const fn aliases(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// A title of a few words, and sentences.
    pub(super) const fn about(self, title: &'static str, about: &'static str) -> Self {
        Self { title, about, ..self }
    }

    /// The parameters. Those that can only be named must be last.
    pub(super) const fn params(self, params: &'static [Field]) -> Self {
        let mut positional = 0;
        while positional < params.len() && !params[positional].named_only {
            positional += 1;
        }
        let mut bulk = None;
        let mut index = 0;
        while index < params.len() {
            assert!(
                index < positional || params[index].named_only,
                "a parameter by position behind one by name"
            );
            if matches!(params[index].kind, Kind::Bulk(_)) {
                assert!(bulk.is_none(), "a second list that the call reads by itself");
                bulk = Some(index);
            }
            index += 1;
        }
        Self { params, positional, places: Places::of(params), bulk, ..self }
    }

    /// Whether its calls may become jobs, which are watched and stopped: [`super::rows`] gives such
    /// a row the parameters for that.
    pub(super) const fn becomes_job(&self) -> bool {
        matches!(self.does, Does::Edits) || !matches!(self.runs, Runs::Loop)
    }

    /// A result that is an object of these members.
    pub(super) const fn gives(self, members: &'static [Field]) -> Self {
        Self { result: Kind::Object(members), ..self }
    }

    pub(super) const fn result(self, result: Kind) -> Self {
        Self { result, ..self }
    }

    pub(super) const fn files(self, files: Files) -> Self {
        Self { files, ..self }
    }

    pub(super) const fn runs(self, runs: Runs) -> Self {
        Self { runs, ..self }
    }

    /// It is no step of the history.
    pub(super) const fn not_undoable(self) -> Self {
        Self { undoable: false, ..self }
    }

    /// A second call like the first changes nothing more.
    pub(super) const fn repeatable(self) -> Self {
        Self { repeatable: true, ..self }
    }

    /// A method of the C daemon.
    pub(super) const fn lenient(self) -> Self {
        Self { lenient: true, ..self }
    }

    /// It takes whatever it is sent.
    pub(super) const fn takes_anything(self) -> Self {
        Self { takes_anything: true, lenient: true, ..self }
    }

    pub(super) const fn tool(self, name: &'static str, arguments: Arguments) -> Self {
        Self { tool: Some((name, arguments)), ..self }
    }

    pub(super) const fn examples(self, examples: &'static [Example]) -> Self {
        Self { examples, ..self }
    }

    /// Where a parameter that many methods have stands in the list.
    #[inline]
    pub(crate) fn place(&self, known: Known) -> Option<usize> {
        self.places.get(known)
    }
}
