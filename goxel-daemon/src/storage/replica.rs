//! [`Replica`]: the projects of a leader, on the thread of its follower. Records are done again to them, and
//! go on in a [`Batch`].

use std::collections::{BTreeMap, BTreeSet};

use goxel_core::{Identity, Project};
use goxel_store::journal::Payload;
use goxel_store::log::{Found, Place, kind};
use goxel_store::stream::{self, Message};

use super::batch::Step;
use super::replay::{opened, replay};
use super::{Batch, Made, Shown};

/// Projects as the leader has them.
#[derive(Default)]
pub(crate) struct Replica {
    projects: BTreeMap<u64, Project>,
    batch: Batch,
    /// Projects that differ from what is shown.
    changed: BTreeSet<u64>,
    scratch: Vec<u8>,
}

impl Replica {
    /// Takes a message. `base` gives a project as it is here, where it is needed. Says whether the message
    /// counts.
    ///
    /// # Errors
    /// Why it cannot be what the leader did: nothing behind it can be taken either.
    pub(crate) fn take(
        &mut self,
        message: Message,
        base: impl FnOnce(Identity) -> Result<Project, String>,
    ) -> Result<bool, String> {
        let number = message.project;
        match message.kind {
            stream::kind::ALIVE => return Ok(false),
            stream::kind::COMPLETE => self.batch.complete = Some(number),
            stream::kind::NOTHING => {}
            kind::CLOSED => self.close(number),
            kind::DELETED => {
                self.forget(number);
                self.batch.steps.push(Step::Deleted { number });
            }
            _ => self.record(message, base)?,
        }
        Ok(true)
    }

    fn record(
        &mut self,
        message: Message,
        base: impl FnOnce(Identity) -> Result<Project, String>,
    ) -> Result<(), String> {
        let Message { kind, project: number, version, payload } = message;
        let place = Place { segment: 0, offset: 0 };
        let found = Found { place, project: number, version, kind, payload };
        let in_words = |why: String| {
            let project = Identity::of(number);
            format!(
                "the record of version {version} of project {project} cannot be done again: {why}"
            )
        };
        let mut name = None;
        if kind == kind::OPENED {
            let project = opened(&found).map_err(in_words)?;
            name = Some(project.name().to_owned());
            self.projects.insert(number, project);
        } else {
            if !self.projects.contains_key(&number) {
                let project =
                    self.reopened(number).map_or_else(|| base(Identity::of(number)), Ok)?;
                self.projects.insert(number, project);
            }
            let Some(project) = self.projects.get_mut(&number) else { return Ok(()) };
            // What a transaction begins from is shown until it ends.
            let is_open = project.in_transaction();
            let shows = kind == kind::CALL && !is_open && self.changed.contains(&number);
            let before = shows.then(|| project.snapshot());
            replay(project, &found, &mut self.scratch).map_err(in_words)?;
            if let Some(before) = before.filter(|_| project.in_transaction()) {
                self.batch.shown.insert(number, Shown::Open(Box::new(before)));
            }
        }
        self.changed.insert(number);
        let mut payload = Payload::new();
        payload.put(&found.payload);
        let made = Made::of(kind, payload);
        self.batch.steps.push(match name {
            Some(name) => Step::Opened { number, version, name, made },
            None => Step::Record { number, version, made },
        });
        Ok(())
    }

    /// A project that was changed and closed in this batch: nobody else has it yet.
    fn reopened(&mut self, number: u64) -> Option<Project> {
        match self.batch.shown.get(&number) {
            Some(Shown::Closed(Some(project))) => Some(project.snapshot()),
            _ => None,
        }
    }

    fn close(&mut self, number: u64) {
        let is_changed = self.changed.remove(&number);
        let project = self.projects.remove(&number).filter(|_| is_changed).map(Box::new);
        let project = match (project, self.batch.shown.remove(&number)) {
            (Some(project), _) => Some(project),
            // It was read in meanwhile, and closed once more.
            (None, Some(Shown::Open(before))) => Some(before),
            (None, Some(Shown::Closed(before))) => before,
            (None, None) => None,
        };
        self.batch.shown.insert(number, Shown::Closed(project));
    }

    fn forget(&mut self, number: u64) {
        self.projects.remove(&number);
        self.changed.remove(&number);
        self.batch.shown.remove(&number);
    }

    /// What was taken since the last time.
    pub(crate) fn take_batch(&mut self) -> Batch {
        let mut batch = std::mem::take(&mut self.batch);
        for number in std::mem::take(&mut self.changed) {
            let Some(project) = self.projects.get(&number) else { continue };
            if project.in_transaction() {
                batch.undecided.insert(number, project.version());
            } else {
                batch.shown.insert(number, Shown::Open(Box::new(project.snapshot())));
            }
        }
        batch
    }
}

#[cfg(test)]
mod tests {
    use goxel_core::Project;

    use super::*;

    fn message(kind: u8, version: u64, payload: &[u8]) -> Message {
        Message { kind, project: 7, version, payload: payload.to_vec() }
    }

    fn take(replica: &mut Replica, message: Message) -> Result<bool, String> {
        replica.take(message, |_| Err("nothing is here".to_owned()))
    }

    /// A replica that was sent a project, and a call behind that.
    fn begun() -> Replica {
        let mut replica = Replica::default();
        let project = Project::new("p", [8; 3]);
        let opened = Made::opened(&project);
        assert_eq!(take(&mut replica, message(kind::OPENED, 5, opened.payload.bytes())), Ok(true));
        let call = Made::call(goxel_proto::Method::Begin, None, 1);
        assert_eq!(take(&mut replica, message(kind::CALL, 6, call.payload.bytes())), Ok(true));
        replica
    }

    fn shown(batch: &Batch) -> Option<(bool, u64)> {
        match batch.shown.get(&7)? {
            Shown::Open(project) => Some((true, project.version())),
            Shown::Closed(project) => Some((false, project.as_ref()?.version())),
        }
    }

    #[test]
    fn what_a_transaction_begins_from_is_shown_until_it_ends() {
        let mut replica = begun();
        let batch = replica.take_batch();
        assert_eq!(shown(&batch), Some((true, 5)));
        assert_eq!(batch.undecided, [(7, 6)].into());
        let call = Made::call(goxel_proto::Method::Rollback, None, 1);
        take(&mut replica, message(kind::CALL, 7, call.payload.bytes())).expect("it leads on");
        let batch = replica.take_batch();
        assert_eq!(shown(&batch), Some((true, 7)));
        assert!(batch.undecided.is_empty() && replica.take_batch().is_empty());
    }

    #[test]
    fn what_is_closed_twice_is_what_it_was_when_it_was_closed_first() {
        let mut replica = begun();
        let call = Made::call(goxel_proto::Method::Rollback, None, 1);
        take(&mut replica, message(kind::CALL, 7, call.payload.bytes())).expect("it leads on");
        for _ in 0..2 {
            take(&mut replica, message(kind::CLOSED, 0, &[])).expect("it is there");
        }
        // Nobody else has it, so it goes on from there.
        let call = Made::call(goxel_proto::Method::Begin, None, 1);
        take(&mut replica, message(kind::CALL, 8, call.payload.bytes())).expect("it leads on");
        let batch = replica.take_batch();
        assert_eq!(shown(&batch), Some((false, 7)));
        assert_eq!(batch.undecided, [(7, 8)].into());
    }

    #[test]
    fn what_does_not_lead_on_is_refused_in_words() {
        let check = |message: Message, why: &str| {
            let refused = take(&mut begun(), message).expect_err("it is refused");
            assert!(refused.contains(why), "{refused}");
        };
        let call = Made::call(goxel_proto::Method::Rollback, None, 1);
        let call = call.payload.bytes();
        check(message(kind::CALL, 9, call), "it leads to version 7, not to 9");
        check(message(kind::CALL, 7, &[9, 1]), "of version 9 of what commands mean");
        check(message(kind::CALL, 7, &[]), "it is empty");
        check(message(kind::CURRENT, 7, call), "there is no record of kind 11");
        check(message(200, 7, call), "there is no record of kind 200");
        check(message(kind::OPENED, 9, &call[..1]), "cannot be done again");
        let other = Message { project: 8, ..message(kind::CALL, 7, call) };
        check(other, "nothing is here");
    }

    #[test]
    fn what_is_deleted_is_shown_no_more() {
        let mut replica = begun();
        assert_eq!(take(&mut replica, message(kind::DELETED, 0, &[])), Ok(true));
        let batch = replica.take_batch();
        assert_eq!((shown(&batch), batch.numbers()), (None, [(7, false)].into()));
        assert!(batch.undecided.is_empty());
        assert_eq!(take(&mut replica, message(stream::kind::ALIVE, 0, &[])), Ok(false));
    }
}
