//! Calls that are carried out later: behind a long edit, when the disk has caught up, or when their
//! project is read in.

use goxel_core::Identity;
use goxel_io::Class;
use goxel_proto::Method;

use super::done::{Completion, Done, Held, Loaded};
use super::worker::Worker;
use super::{Call, Outcome};
use crate::fault::{Result, Waits};
use crate::jobs::Demands;
use crate::session::Session;
use crate::state::State;
use crate::storage::Load;

/// Puts a session to the end of those that wait.
pub(super) fn hold(
    state: &mut State,
    session: &mut Session,
    method: Method,
    waits: Waits,
    held: Held,
) -> Result<Outcome> {
    state.projects.wait(waits, session)?;
    match session.job {
        Some(number) => state.jobs.wait(number),
        None => {
            let demands = Demands::default();
            let project = match waits {
                Waits::Edit(project) => Some(project),
                Waits::Room | Waits::Reading(_) => None,
            };
            session.job = Some(state.jobs.add(method, project, session.client, demands));
        }
    }
    Ok(Outcome::Hold(held))
}

impl Call<'_> {
    /// The call is carried out when its turn has come, in the project that it means now.
    pub(super) fn wait(
        &self,
        state: &mut State,
        session: &mut Session,
        waits: Waits,
    ) -> Result<Outcome> {
        let project = match waits {
            Waits::Edit(project) => Some(project),
            Waits::Room | Waits::Reading(_) => state.target(session, self.args).ok().flatten(),
        };
        self.number(state, session, project);
        let held = Held::Request(self.text.keep(), self.method, project);
        hold(state, session, self.method, waits, held)
    }

    /// Opens a project that the call needs: the call is carried out again then. `None` where it is open
    /// already.
    pub(super) fn load(
        &self,
        state: &mut State,
        session: &mut Session,
        identity: Identity,
    ) -> Result<Option<Outcome>> {
        let read = match state.projects.load(identity)? {
            Load::AtHand(project) => return state.projects.loaded(*project).map(|()| None),
            Load::Read(read) => read,
        };
        let (method, text) = (self.method, self.text.keep());
        let number = self.number(state, session, None);
        let worker = Worker::new(state, number);
        Ok(Some(Outcome::Job(goxel_io::Job::new(Class::Read, move || {
            let project = worker.run(|| worker.work(|_| read()));
            let loaded = Box::new(Loaded { identity, project, text });
            Done::of(method, Ok(Completion::Loaded(loaded)))
        }))))
    }
}
