//! What comes back from workers ([`Done`]), and what waits for its turn ([`Held`]).

use std::rc::Rc;

use goxel_core::{Error, Identity, Project, ProjectId};
use goxel_io::ClientInfo;
use goxel_proto::Method;

use super::Outcome;
use crate::fault::{Fault, Result};
use crate::gate::{Fork, Then};
use crate::handler::{Drawn, Keep, LateEdit, Opened, Reply};
use crate::meant::Meant;
use crate::session::Session;
use crate::state::State;
use crate::storage::{Checkpoint, Checkpointed, Made, Stated, Stating};
use crate::text::{Found, Kept};

/// What a worker has done, for [`finish`](super::finish).
pub(crate) struct Done {
    /// Of the call that it was done for; `None` where that is nobody's.
    pub(super) method: Option<Method>,
    pub(super) made: Result<Completion>,
}

impl Done {
    /// It was done for a call of this method.
    pub(crate) fn of(method: Method, made: Result<Completion>) -> Self {
        Self { method: Some(method), made }
    }

    /// A long request was read, and found to be this.
    pub(crate) fn found(found: Found) -> Self {
        Self { method: None, made: Ok(Completion::Found(Box::new(found))) }
    }

    /// What a long request was found to be; what else there is, otherwise.
    pub(crate) fn into_found(self) -> Result<Found, Self> {
        match self.made {
            Ok(Completion::Found(found)) => Ok(*found),
            made => Err(Self { made, ..self }),
        }
    }

    /// What was read in for a request, and that; what else there is, otherwise.
    pub(crate) fn into_loaded(self) -> Result<(Method, Loaded), Self> {
        match (self.method, self.made) {
            (Some(method), Ok(Completion::Loaded(loaded))) => Ok((method, *loaded)),
            (method, made) => Err(Self { method, made }),
        }
    }

    /// Writes a checkpoint.
    pub(crate) fn checkpointing(checkpoint: Checkpoint) -> Self {
        let done = Completion::Checkpointed(Box::new(checkpoint.run()));
        Self { method: None, made: Ok(done) }
    }

    /// Writes the state of a project for a follower.
    pub(crate) fn stating(state: Stating) -> Self {
        let done = Completion::Stated(Box::new(state.run()));
        Self { method: None, made: Ok(done) }
    }

    /// What came of what was nobody's call, where that is to be taken over.
    pub(crate) fn into_orphan(self) -> Option<Orphan> {
        match self.made {
            Ok(Completion::Checkpointed(done)) => Some(Orphan::Checkpointed(done)),
            Ok(Completion::Stated(done)) => Some(Orphan::Stated(done)),
            _ => None,
        }
    }

    /// Frees what nobody needs any more.
    pub(crate) fn freeing(what: impl Send) -> Self {
        drop(what);
        Self { method: None, made: Ok(Completion::Reply(Box::new(|_| ()))) }
    }

    /// The same, which is not wanted any more, and what was made in vain.
    pub(crate) fn stopped(self, error: Error) -> (Self, Result<Completion>) {
        (Self { made: Err(error.into()), ..self }, self.made)
    }
}

impl std::fmt::Debug for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Done").field("method", &self.method).finish_non_exhaustive()
    }
}

/// Begins again what others have overtaken.
pub(super) type Again = Box<dyn FnOnce(&mut State, &mut Session) -> Result<Outcome> + Send>;

/// What is left for the loop's thread to do when a job is done.
pub(crate) enum Completion {
    Reply(Reply),
    /// This is the result.
    Json(Vec<u8>),
    Keep(Keep),
    /// The state of this version of a project was saved.
    Saved(Identity, u64, Reply),
    /// And what begins it again, where others have changed the same.
    Edit(Meant, LateEdit, Option<Again>),
    /// And its record for the data directory, where there is one.
    Open(Opened, Option<Made>),
    Forked(Box<Forked>),
    /// A project was read in that a request needs.
    Loaded(Box<Loaded>),
    /// A checkpoint was written.
    Checkpointed(Box<Checkpointed>),
    /// The state of a project was written for a follower.
    Stated(Box<Stated>),
    /// A long request was read.
    Found(Box<Found>),
}

impl Completion {
    /// A picture that was made.
    pub(super) fn drawn(made: Drawn) -> Self {
        match made {
            Drawn::Told(json) => Self::Json(json),
            Drawn::Kept(keep) => Self::Keep(keep),
        }
    }
}

/// What came of a job that was nobody's call.
pub(crate) enum Orphan {
    Checkpointed(Box<Checkpointed>),
    Stated(Box<Stated>),
}

/// A project that was read in, or could not be, and the request that needs it.
pub(crate) struct Loaded {
    pub(crate) identity: Identity,
    pub(crate) project: Result<Box<Project>>,
    pub(crate) text: Kept,
}

/// What waits for a project that a long edit is under way in.
#[derive(Debug)]
pub(crate) enum Held {
    /// A request, which is carried out in this project when its turn has come; else in the current one.
    Request(Kept, Method, Option<ProjectId>),
    /// What a worker made of a request already.
    Done(Done),
    /// A request that needs to know who is connected, and that, once the loop has told it.
    Clients(Kept, Option<Rc<[ClientInfo]>>),
}

/// A fork of a project that a worker is done with.
pub(crate) struct Forked {
    pub(super) fork: Fork,
    pub(super) then: Then,
    /// The result, or why there is none: the project is then as it was.
    pub(super) outcome: Result<Vec<u8>>,
    /// What begins it again, where others have changed the same.
    pub(super) again: Option<Again>,
}

impl Forked {
    /// The project goes on as what became of its fork.
    pub(super) fn join(self, state: &mut State, session: &mut Session) -> Result<Outcome> {
        let Self { fork, then, outcome, again } = self;
        let project = fork.project;
        let kept = state.projects.join(session, fork);
        let json = match (outcome, again) {
            (Err(Fault::Model(Error::Overtaken { .. })), Some(again)) => {
                return again(state, session);
            }
            (outcome, _) => outcome?,
        };
        kept?;
        state.projects.then(then, project, session);
        Ok(Outcome::Json(json))
    }
}
