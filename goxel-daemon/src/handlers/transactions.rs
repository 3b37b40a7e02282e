//! Transactions: many edits of one connection that are one step, or none.
//!
//! A project remembers that one has begun; the session holds it, and the state knows which session
//! is meant. A session that ends drops its hold, and the next call about any project takes back
//! what it left undecided.

use std::sync::{Arc, Weak};

use goxel_core::ProjectId;
use goxel_proto::json::Writer;
use goxel_proto::{Args, ErrorCode, RpcError};

use super::projects::written_name;
use crate::state::{Result, Session, State, refused, target};

/// Transactions that have begun, and who holds them.
#[derive(Debug, Default)]
pub(crate) struct Transactions(Vec<(ProjectId, Weak<()>)>);

impl Transactions {
    /// Whether none has begun.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this session may edit the project: no other one's transaction is open on it.
    fn admits(&self, id: ProjectId, session: &Session) -> bool {
        let mine = session.transaction.as_ref().map(Arc::downgrade);
        self.0.iter().all(|(other, holder)| {
            *other != id || mine.as_ref().is_some_and(|mine| mine.ptr_eq(holder))
        })
    }
}

/// Takes back what sessions that are gone left undecided, and forgets the transactions of projects
/// that were closed or replaced.
pub(crate) fn sweep(state: &mut State) {
    let State { transactions, context, .. } = state;
    transactions.0.retain(|(id, holder)| {
        let held = holder.strong_count() > 0;
        match context.project_mut(Some(*id)) {
            // One that was replaced is in no transaction.
            Ok(project) if held => project.in_transaction(),
            Ok(project) => {
                // It fails where there is none: then there is nothing to take back.
                let _ = project.roll_back();
                false
            }
            // It was closed.
            Err(_) => false,
        }
    });
}

/// Refuses an edit of a project that another session's transaction is open on.
pub(crate) fn admit(state: &State, session: &Session, id: Option<ProjectId>) -> Result {
    let id = state.context.resolve(id);
    if id.is_none_or(|id| state.transactions.admits(id, session)) {
        return Ok(());
    }
    let what = "another connection's transaction is open on this project";
    Err(RpcError::new(ErrorCode::Internal, what))
}

pub(crate) fn begin(
    state: &mut State,
    session: &mut Session,
    args: &Args<'_>,
    w: &mut Writer<'_>,
) -> Result {
    let id = target(state, session, args)?;
    admit(state, session, id)?;
    let project = state.context.project_mut(id).map_err(refused(ErrorCode::Internal))?;
    project.begin().map_err(refused(ErrorCode::Internal))?;
    let name = project.name().to_owned();
    let id = state.context.resolve(id);
    let holder = session.transaction.get_or_insert_default();
    let holder = Arc::downgrade(holder);
    state.transactions.0.extend(id.map(|id| (id, holder)));
    written_name(&name, w);
    Ok(())
}

pub(crate) fn commit(
    state: &mut State,
    session: &mut Session,
    args: &Args<'_>,
    w: &mut Writer<'_>,
) -> Result {
    end(state, session, args, goxel_core::Project::commit, w)
}

pub(crate) fn roll_back(
    state: &mut State,
    session: &mut Session,
    args: &Args<'_>,
    w: &mut Writer<'_>,
) -> Result {
    end(state, session, args, goxel_core::Project::roll_back, w)
}

fn end(
    state: &mut State,
    session: &mut Session,
    args: &Args<'_>,
    how: fn(&mut goxel_core::Project) -> goxel_core::Result<()>,
    w: &mut Writer<'_>,
) -> Result {
    let id = target(state, session, args)?;
    admit(state, session, id)?;
    let project = state.context.project_mut(id).map_err(refused(ErrorCode::Internal))?;
    how(project).map_err(refused(ErrorCode::Internal))?;
    let name = project.name().to_owned();
    let id = state.context.resolve(id);
    state.transactions.0.retain(|(other, _)| Some(*other) != id);
    written_name(&name, w);
    Ok(())
}
