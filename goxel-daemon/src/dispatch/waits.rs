//! Calls that are carried out later: behind a long edit, when the disk has caught up, or when their
//! project is read in.

use goxel_core::Identity;
use goxel_io::Class;
use goxel_proto::Method;
use goxel_proto::json::Writer;

use super::done::{Completion, Done, Held};
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
                Waits::Room => None,
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
            Waits::Room => state.target(session, self.args).ok().flatten(),
        };
        self.number(state, session, project);
        let held = Held::Request(self.text.keep(), self.method, project);
        hold(state, session, self.method, waits, held)
    }

    /// The call is carried out when the project is read in.
    pub(super) fn load(
        &self,
        state: &mut State,
        session: &mut Session,
        project: Identity,
        writer: &mut Writer<'_>,
    ) -> Result<Outcome> {
        let read = match state.projects.load(project)? {
            Load::AtHand(project) => {
                state.projects.loaded(*project)?;
                return self.run(state, session, writer);
            }
            Load::Read(read) => read,
        };
        let (method, text) = (self.method, self.text.keep());
        let number = self.number(state, session, None);
        let worker = Worker::new(state, number);
        Ok(Outcome::Job(goxel_io::Job::new(Class::Read, move || {
            let loaded = worker.run(|| worker.work(|_| read()));
            Done::of(method, loaded.map(|project| Completion::Loaded(project, text)))
        })))
    }
}
