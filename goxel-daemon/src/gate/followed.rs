//! Daemons that follow others: the projects of one become those of another.
//!
//! On the side that is followed, states of projects are taken here for workers to write. On the side that
//! follows, what was received goes into the data directory and is shown here; clients may edit nothing.

use std::time::Instant;

use goxel_core::{Changed, Error, Identity, Project};
use goxel_io::{Client, Output};
use goxel_proto::types::Happening;
use goxel_proto::{ErrorCode, RpcError};
use goxel_store::journal::Commit;

use super::Projects;
use super::told::AT_ONCE;
use crate::events::{By, Edited};
use crate::fault::{Fault, Result};
use crate::session::Session;
use crate::storage::{Acks, Batch, FOLLOWERS_MAX, Followers, Had, Load, Shown, Stated, Stating};

/// Being followed.
impl Projects {
    /// A client follows from now on, which has these projects.
    ///
    /// # Errors
    /// Where nothing is kept here, where what the client has is somebody else's: it would be deleted; and where
    /// too many follow.
    pub(crate) fn follow(&mut self, client: Client, has: &[Had]) -> Result<&Followers> {
        let open = self.context.project(None).ok().map(Project::identity);
        let Some(storage) = &mut self.storage else {
            let what =
                "this daemon keeps nothing, so it cannot be followed: start it with --data-dir";
            return Err(RpcError::new(ErrorCode::Storage, what).into());
        };
        if !has.is_empty() && !has.iter().any(|had| storage.has(Identity::of(had.number))) {
            let what = format_args!(
                "the follower's data directory has {} projects, and none of them was ever this daemon's: \
                 following would delete them, so start it with an empty directory",
                has.len()
            );
            return Err(Fault::conflict(what));
        }
        if !storage.followers().has_room(client) {
            let what = format_args!(
                "{FOLLOWERS_MAX} daemons follow this one already, which is the most: follow one of those"
            );
            return Err(Fault::conflict(what));
        }
        let current = open.or(storage.current());
        let context = &self.context;
        storage.follow(client, has, current, |number| {
            let id = context.find_identity(Identity::of(number))?;
            context.project(Some(id)).ok().map(Project::version)
        });
        Ok(storage.followers())
    }

    /// Edits are answered when so many followers have them.
    pub(crate) fn want_followers(&mut self, acks: Acks) {
        if let Some(storage) = &mut self.storage {
            storage.want_followers(acks);
        }
    }

    /// The daemons that follow this one, where it can be followed.
    pub(crate) fn followers(&self) -> Option<&Followers> {
        self.storage.as_ref().map(|storage| storage.followers())
    }

    /// A follower says how many messages are durable there. False where that cannot be.
    pub(crate) fn heard(&mut self, session: &Session, durable: u64) -> bool {
        self.storage.as_mut().is_some_and(|storage| storage.heard(session.client, durable))
    }

    /// The next state that a worker shall write for a follower.
    #[inline]
    pub(crate) fn next_state(&mut self) -> Option<Stating> {
        let storage = self.storage.as_mut()?;
        let context = &self.context;
        let wanted = storage.next_state(|identity| {
            let id = context.find_identity(identity)?;
            // While a long edit is under way only its fork knows whether a transaction is open.
            context.project(Some(id)).ok().map(|project| !project.is_forked())
        })?;
        let (_, identity, had) = wanted;
        let Some(id) = self.context.find_identity(identity) else {
            return storage.begin_state(wanted, None);
        };
        let project = self.context.project_mut(Some(id)).ok()?;
        // In a transaction there is one more, with which that has begun.
        let above = if project.in_transaction() { had + 1 } else { had };
        if project.version() <= above
            && had > 0
            && let Err(fault) = storage.rise(project, above)
        {
            let why = fault.into_rpc(ErrorCode::Storage).message;
            tracing::warn!("project {identity} waits to be sent to a follower: {why}");
            return None;
        }
        storage.begin_state(wanted, Some(project))
    }

    /// A worker has written a state.
    pub(crate) fn stated(&mut self, stated: Stated) {
        let Some(storage) = &mut self.storage else { return };
        let context = &self.context;
        let left = storage.stated(stated, |identity| context.find_identity(identity).is_some());
        self.drop_project(left);
    }

    /// A follower that there is something to send to.
    #[inline]
    pub(crate) fn next_follower_told(&mut self) -> Option<Client> {
        self.storage.as_mut()?.next_told()
    }

    /// Sends a follower what fits.
    pub(crate) fn tell_follower(&mut self, session: &Session, out: &mut Output) {
        if let Some(storage) = &mut self.storage {
            storage.tell(session.client, out);
        }
    }

    /// A follower whose connection is to be closed.
    pub(crate) fn next_dismissed(&mut self) -> Option<Client> {
        self.storage.as_mut()?.next_dismissed()
    }

    /// When something is due though nothing happens.
    #[inline]
    pub(crate) fn due(&self) -> Option<Instant> {
        self.storage.as_ref()?.followers_due()
    }
}

/// Following.
impl Projects {
    /// All edits are refused from now on but those of the leader, which goes by this name; or none any more.
    pub(crate) fn set_leader(&mut self, leader: Option<&str>) {
        self.leader = leader.map(Into::into);
    }

    /// Says whether clients may change anything here.
    ///
    /// # Errors
    /// [`ErrorCode::ReadOnly`], where this daemon follows another.
    #[inline]
    pub(crate) fn admit_changes(&self) -> Result {
        match &self.leader {
            None => Ok(()),
            Some(leader) => Err(follows(leader)),
        }
    }

    /// Which version there is here of each project.
    pub(crate) fn versions(&self) -> Vec<(u64, u64)> {
        let kept = self.storage.iter().flat_map(|storage| storage.versions());
        let version = |(number, kept)| {
            let id = self.context.find_identity(Identity::of(number));
            let open = id.and_then(|id| self.context.project(Some(id)).ok());
            (number, open.map_or(kept, Project::version))
        };
        kept.map(version).collect()
    }

    /// A project as it is here, or how it is read.
    pub(crate) fn base(&self, identity: Identity) -> Result<Load> {
        if let Some(id) = self.context.find_identity(identity) {
            return Ok(Load::AtHand(Box::new(self.read(Some(id))?.snapshot())));
        }
        self.storage.as_ref().ok_or(Error::ClosedProject)?.peek(identity)
    }

    /// Takes in what was received. `false` where that is for later: what was received before is still being
    /// written.
    ///
    /// # Errors
    /// Where it cannot be kept; [`Fault::Wait`](crate::fault::Fault::Wait) where the disk is behind.
    pub(crate) fn take_batch(&mut self, batch: &mut Batch) -> Result<bool> {
        let Some(storage) = &mut self.storage else { return Ok(false) };
        if !storage.reserve_batch(batch)? {
            return Ok(false);
        }
        let (context, mut gone) = (&mut self.context, Vec::new());
        storage.append_batch(batch, |identity| {
            let project = context.find_identity(identity).and_then(|id| context.close(id));
            gone.push((identity, project));
        })?;
        for (identity, project) in gone {
            if let Some(listeners) = self.events.heard() {
                let name = project.as_ref().map_or("", Project::name);
                listeners.deleted(identity.number(), name, By::Others, AT_ONCE);
            }
            self.drop_project(project);
        }
        self.rename_followed(batch);
        for (number, shown) in std::mem::take(&mut batch.shown) {
            self.show(Identity::of(number), shown)?;
        }
        if let Some(number) = batch.complete.filter(|number| *number != 0) {
            self.show_current(Identity::of(number));
        }
        Ok(true)
    }

    /// Gives projects the names that they have by now, before any is shown: one that is opened may have the
    /// name that another one had.
    fn rename_followed(&mut self, batch: &Batch) {
        for (number, shown) in &batch.shown {
            let (Shown::Open(project) | Shown::Closed(Some(project))) = shown else { continue };
            let identity = Identity::of(*number);
            if let Some(storage) = &mut self.storage {
                storage.rename(identity, project.name());
            }
            let Some(id) = self.context.find_identity(identity) else { continue };
            let Ok(open) = self.context.project_mut(Some(id)) else { continue };
            if open.name() == project.name() {
                continue;
            }
            let before = open.name().to_owned();
            // The leader has checked it.
            if open.rename(project.name()).is_ok()
                && let Some(listeners) = self.events.heard()
            {
                listeners.renamed(&before, project, By::Others, AT_ONCE);
            }
        }
    }

    fn show(&mut self, identity: Identity, shown: Shown) -> Result {
        let open = self.context.find_identity(identity);
        match (shown, open) {
            (Shown::Open(project), Some(id)) => {
                let open = self.context.project_mut(Some(id))?;
                let from = open.version();
                let left = open.follow(*project);
                if let Some(listeners) = self.events.heard()
                    && listeners.hear(open)
                {
                    let changed = Changed::between(&left, open);
                    let edited = Edited::of(open, changed, from, By::Others);
                    edited.iter().for_each(|edited| listeners.edited(edited, AT_ONCE));
                }
                self.drop_project(Some(left));
            }
            (Shown::Open(project), None) => {
                if let Some(storage) = &mut self.storage {
                    storage.rename(identity, project.name());
                }
                self.reopen(*project)?;
            }
            (Shown::Closed(project), open) => {
                let was_open = open.and_then(|id| self.context.close(id));
                if let (Some(listeners), Some(project)) = (self.events.heard(), &was_open) {
                    listeners.became(Happening::Closed, project, By::Others, AT_ONCE);
                }
                let (project, left) = match project {
                    Some(project) => (Some(*project), was_open),
                    None => (was_open, None),
                };
                if let (Some(storage), Some(project)) = (&mut self.storage, project) {
                    storage.close(project);
                }
                self.drop_project(left);
            }
        }
        Ok(())
    }

    fn show_current(&mut self, identity: Identity) {
        match (self.context.find_identity(identity), &mut self.storage) {
            (Some(id), _) => self.set_current(id),
            (None, Some(storage)) => storage.set_current(Some(identity)),
            (None, None) => {}
        }
    }

    /// What makes durable all that was taken in, for another thread.
    pub(crate) fn commit_elsewhere(&mut self) -> Option<Commit> {
        self.storage.as_mut().map(|storage| storage.commit_elsewhere())
    }

    /// A transaction of the leader comes to nothing, whose last record is of this version.
    pub(crate) fn roll_back_followed(&mut self, identity: Identity, last: u64) -> Result {
        let Some(storage) = &mut self.storage else { return Ok(()) };
        let version = storage.append_rollback(identity, last)?;
        match self.context.find_identity(identity) {
            Some(id) => self.context.project_mut(Some(id))?.set_version(version),
            None => storage.set_closed_version(identity, version),
        }
        Ok(())
    }
}

#[cold]
fn follows(leader: &str) -> Fault {
    let what = format_args!(
        "this daemon follows {leader}, so nothing is changed here: make the change there, or have this one \
         go on by itself with goxel.promote"
    );
    RpcError::new(ErrorCode::ReadOnly, what).into()
}
