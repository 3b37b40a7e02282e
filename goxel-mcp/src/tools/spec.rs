//! [`Spec`]: a tool as its file describes it. The schemas, the check of the arguments and what is around an edit
//! follow from it.

use goxel_proto::method::{Field, Kind};

use super::args::Args;
use super::edit::{self, Act};
use super::schema;
use crate::tool::{Call, Effect, Object, Outcome, Refused};

/// Everything that a tool is.
pub(super) struct Spec {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) about: &'static str,
    pub(super) effect: Effect,
    pub(super) idempotent: bool,
    pub(super) params: &'static [Field],
    /// Arguments, as JSON.
    pub(super) examples: &'static [&'static str],
    /// The members of its result; of an edit, beside those that all edits have.
    pub(super) gives: &'static [Field],
    pub(super) does: Does,
}

/// What carries a call out.
pub(super) enum Does {
    /// It answers, or opens and closes whole projects.
    Answers(fn(&mut Call<'_>, &mut Args) -> Result<Outcome, Refused>),
    /// It edits one project.
    Edits(Act),
}

/// What every edit tells.
const EDITED: &[Field] =
    &[Field::needed("version", Kind::COUNT, ""), Field::needed("undo", Kind::Text, "")];

impl Spec {
    /// The schema of the arguments.
    pub(super) fn input(&self) -> Object {
        schema::input(self.params, self.examples)
    }

    /// The schema of the structured result.
    pub(super) fn output(&self) -> Object {
        match self.does {
            Does::Answers(_) => schema::output(self.gives),
            Does::Edits(_) => schema::output(&[self.gives, EDITED].concat()),
        }
    }

    /// Carries out a call.
    ///
    /// # Errors
    /// What is wrong, and the next sensible step.
    pub(super) fn run(&self, call: &mut Call<'_>, given: Object) -> Result<Outcome, Refused> {
        let mut args = Args::read(self.name, self.params, given)?;
        match self.does {
            Does::Answers(answer) => answer(call, &mut args),
            Does::Edits(act) => edit::run(call, act, &mut args),
        }
    }
}
