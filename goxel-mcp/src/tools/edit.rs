//! What is around every edit: which version the project had and has, how to take the edit back, and the picture
//! of what it changed, where one is asked for.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};
use serde_json::{Value, json};

use super::args::Args;
use super::ask::{self, Request, State, ask};
use super::look::{self, Look};
use crate::tool::{Call, Object, Outcome, Refused};

/// What makes an edit: the members of its result.
pub(super) type Act = fn(&mut Editing<'_, '_>, &mut Args) -> Result<Object, Refused>;

/// The parameter by which an edit is seen at once.
pub(super) const LOOK: Field = Field::absent(
    "look",
    Kind::AnyOf(&[Kind::Bool, Kind::Object(look::OPTIONS)]),
    "true, or options of look.",
);

/// A project that is being edited.
pub(super) struct Editing<'a, 'b> {
    call: &'a mut Call<'b>,
    project: &'a str,
    /// Voxels that were named so far.
    named: u64,
    in_transaction: bool,
    cannot_be_undone: bool,
}

impl Editing<'_, '_> {
    /// Calls a method, of this project.
    ///
    /// # Errors
    /// What the daemon refuses, and where it was told not to go on.
    pub(super) fn ask(&mut self, request: Request) -> Result<Value, Refused> {
        if self.call.client.is_stopped() {
            return Err(Refused::new("Cancelled."));
        }
        let told = ask(self.call, &request.of(self.project))?;
        self.cannot_be_undone |= told["undoable"] == json!(false);
        Ok(told)
    }

    /// Which project it is.
    pub(super) fn project(&self) -> &str {
        self.project
    }

    /// The id of the layer that was said; `None` is the active one.
    ///
    /// # Errors
    /// Where there is no such layer.
    pub(super) fn layer(&mut self, said: Option<&Value>) -> Result<Option<i64>, Refused> {
        ask::layer(self.call, self.project, said)
    }

    /// Takes so many voxels of what one call may name.
    ///
    /// # Errors
    /// Where they are too many.
    pub(super) fn spend(&mut self, voxels: u64) -> Result<(), Refused> {
        self.named = self.named.saturating_add(voxels);
        let most = self.call.limits.voxels;
        if self.named <= most {
            return Ok(());
        }
        let named = self.named;
        Err(Refused::new(format!(
            "One call names {most} voxels at the most, boxes and shapes counted by their volume, and these are \
             {named}. Use several calls."
        )))
    }

    /// Carries out several requests as one step of the history: all of them, or none.
    ///
    /// # Errors
    /// Those of the requests; nothing has changed then.
    pub(super) fn together<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        if self.in_transaction {
            return work(self);
        }
        self.ask(Request::new(Method::Begin))?;
        self.in_transaction = true;
        let done = work(self);
        self.in_transaction = false;
        let end = if done.is_ok() { Method::Commit } else { Method::Rollback };
        if !done.as_ref().is_err_and(|refused| refused.broken) {
            // Also where it was told to stop.
            ask(self.call, &Request::new(end).of(self.project))?;
        }
        done
    }
}

/// Carries out an edit.
///
/// # Errors
/// Where it cannot be done: nothing has changed then.
pub(super) fn run(call: &mut Call<'_>, act: Act, args: &mut Args) -> Result<Outcome, Refused> {
    let project = args.project();
    let look = Look::asked(args.take("look"))?;
    let before = State::of(call, &project)?;
    let mut editing = Editing {
        call: &mut *call,
        project: &project,
        named: 0,
        in_transaction: false,
        cannot_be_undone: false,
    };
    let mut told = act(&mut editing, args)?;
    let cannot_be_undone = editing.cannot_be_undone;
    let after = State::of(call, &project)?;
    told.insert("project_id".into(), project.as_str().into());
    told.insert("version".into(), after.version.into());
    told.insert("undo".into(), way_back(&project, before, after, cannot_be_undone).into());
    let mut outcome = Outcome::default();
    if let Some(look) = look {
        see(call, &project, &look.since_then(before.version), &mut told, &mut outcome);
    }
    outcome.structured = told.into();
    Ok(outcome)
}

/// How to take an edit back.
fn way_back(project: &str, before: State, after: State, cannot_be_undone: bool) -> String {
    if before.version == after.version {
        return "Nothing was changed.".to_owned();
    }
    if cannot_be_undone {
        return "This is too large to be undone.".to_owned();
    }
    let steps = after.undo.saturating_sub(before.undo).max(1);
    format!("undo {}", json!({"project_id": project, "steps": steps}))
}

/// Adds the picture. That there is none does not make the edit undone.
fn see(call: &mut Call<'_>, project: &str, look: &Look, told: &mut Object, outcome: &mut Outcome) {
    match look::see(call, project, look) {
        Ok(seen) => {
            if let Some(changes) = seen.changes {
                told.insert("changes".into(), changes);
            }
            if let Some(note) = seen.note {
                told.insert("note".into(), note.into());
            }
            // What was done is told first, then what is seen.
            outcome.text = Some(format!("{}\n{}", Value::Object(told.clone()), seen.text));
            outcome.pictures = vec![seen.picture];
        }
        Err(refused) => {
            let note = format!("The edit was made, but no picture of it: {}", refused.words);
            told.insert("note".into(), note.into());
        }
    }
}
