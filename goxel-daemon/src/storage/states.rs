//! What followers are sent of projects as wholes: states, which workers make.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use goxel_core::{Identity, Project};
use goxel_io::{Client, Output};
use goxel_proto::{ErrorCode, Method, RpcError};
use goxel_store::journal::Commit;
use goxel_store::{log, stream};

use super::batch::Step;
use super::written::MEANING;
use super::{Acks, Batch, Followers, Had, Load, Made, Storage, Written, replay};
use crate::fault::Result;
use crate::memory;

/// The format of the stream to followers. It counts up when an older follower could not read it.
pub(crate) const STREAM_FORMAT: u32 = 1;

/// Projects that were closed and are not in files yet, at the most, when another one is read in to be sent,
/// or received: all of them are in memory.
const CLOSED_MAX: usize = 4;

/// A state that is to be made.
pub(crate) struct Stating {
    client: Client,
    number: u64,
    /// The version that the follower has: that of the state is to be above it.
    had: u64,
    load: Load,
    /// What it has become in a transaction, where one is open: what was loaded is from before it.
    within: Option<Box<Project>>,
}

/// Messages of a state that a transaction is open in: what was before it, that it has begun, and what was
/// done in it.
const MESSAGES_WITHIN: u64 = 3;

/// A state that was made.
pub(crate) struct Stated {
    client: Client,
    number: u64,
    had: u64,
    outcome: Outcome,
}

enum Outcome {
    /// As a message.
    Made(Vec<u8>),
    /// It was read, and its version has to rise first.
    TooOld(Box<Project>),
    Failed(String),
}

impl Stating {
    /// Makes it.
    pub(crate) fn run(self) -> Stated {
        let Self { client, number, had, load, within } = self;
        let project = match load {
            Load::AtHand(project) => Ok(project),
            Load::Read(read) => read(),
        };
        let outcome = match project
            .and_then(|project| memory::check().map(|()| project).map_err(Into::into))
        {
            Err(fault) => Outcome::Failed(fault.into_rpc(ErrorCode::Storage).message),
            Ok(project) => match within {
                Some(within) => Outcome::Made(messages_within(*project, &within, had)),
                None if project.version() <= had => Outcome::TooOld(project),
                None => Outcome::Made(message_of(&project)),
            },
        };
        Stated { client, number, had, outcome }
    }
}

/// A project that a transaction is open in, as messages. Its version is above the next one to `had`.
fn messages_within(before: Project, within: &Project, had: u64) -> Vec<u8> {
    let (identity, begun) = (before.identity(), before.version().max(had + 1));
    let (number, before) = (identity.number(), before.known_as(identity, begun));
    let mut messages = message_of(&before);
    let begin = Made::call(Method::Begin, None, 1);
    stream::put(&mut messages, begin.kind, number, begun + 1, &[begin.payload.bytes()]);
    match Made::effect(Method::Follow, &before.known_as(identity, begun + 1), within) {
        Some(done) => {
            stream::put(
                &mut messages,
                done.kind,
                number,
                within.version(),
                &[done.payload.bytes()],
            );
        }
        None => stream::put(&mut messages, stream::kind::NOTHING, number, 0, &[]),
    }
    messages
}

/// A project as the message that opens it.
fn message_of(project: &Project) -> Vec<u8> {
    let mut message = vec![0; stream::HEAD_BYTES];
    message.push(MEANING);
    // A vector takes all bytes.
    let Ok(()) = goxel_store::state::write(project, &mut message) else {
        unreachable!("no disk is written to")
    };
    let payload = &message[stream::HEAD_BYTES..];
    let (number, version) = (project.identity().number(), project.version());
    let checksum = stream::checksum(payload);
    let head = stream::head(log::kind::OPENED, number, version, payload.len(), checksum);
    message[..stream::HEAD_BYTES].copy_from_slice(&head);
    message
}

/// Sending.
impl Storage {
    /// A client follows from now on, which has these projects. `open` says which version an open one has.
    pub(crate) fn follow(
        &mut self,
        client: Client,
        has: &[Had],
        current: Option<Identity>,
        open: impl Fn(u64) -> Option<u64>,
    ) {
        self.flush_points();
        let usable = self.kept.iter().filter(|(_, kept)| kept.refused.is_none());
        let mut kept: BTreeMap<u64, u64> = usable
            .map(|(number, kept)| (*number, open(*number).unwrap_or_else(|| kept.version())))
            .collect();
        // What cannot be read here is left as it is there.
        let refused = self.kept.iter().filter(|(_, kept)| kept.refused.is_some());
        let refused: Vec<u64> = refused.map(|(number, _)| *number).collect();
        let has: Vec<Had> =
            has.iter().filter(|had| !refused.contains(&had.number)).copied().collect();
        kept.retain(|number, _| !refused.contains(number));
        let current = current.map_or(0, Identity::number);
        self.followers.add((client, current), &has, &kept, Instant::now());
    }

    /// The follower and the project whose state is to be made next, and the version that it has to be above.
    /// `is_whole` says of an open project whether it can be taken now.
    pub(crate) fn next_state(
        &mut self,
        is_whole: impl Fn(Identity) -> Option<bool>,
    ) -> Option<(Client, Identity, u64)> {
        if self.followers.are_none() || self.journal.failed().is_some() {
            return None;
        }
        let has_room = self.closed_count() < CLOSED_MAX;
        let may_be = |number| is_whole(Identity::of(number)).unwrap_or(has_room);
        let (client, number, had) = self.followers.wanted(may_be)?;
        Some((client, Identity::of(number), had))
    }

    fn closed_count(&self) -> usize {
        self.kept.values().filter(|kept| kept.closed.is_some()).count()
    }

    /// Begins the state of a project: `open` is it, where it is open. `None` where there is nothing to send.
    pub(crate) fn begin_state(
        &mut self,
        (client, identity, had): (Client, Identity, u64),
        open: Option<&Project>,
    ) -> Option<Stating> {
        self.flush_points();
        let number = identity.number();
        let mut within = None;
        let load = match open {
            Some(project) => Load::AtHand(Box::new(match project.before_transaction() {
                Some(before) => {
                    within = Some(Box::new(project.snapshot()));
                    before
                }
                None => project.snapshot(),
            })),
            None => match self.peek(identity) {
                Ok(load) => load,
                Err(fault) => {
                    let why = fault.into_rpc(ErrorCode::Storage).message;
                    tracing::warn!(
                        "project {identity} is not sent to follower {}: {why}",
                        client.number()
                    );
                    self.followers.forget(client, number);
                    return None;
                }
            },
        };
        let messages = if within.is_some() { MESSAGES_WITHIN } else { 1 };
        self.followers.begin_state(client, number, messages, open.is_none());
        Some(Stating { client, number, had, load, within })
    }

    /// A state was made. `is_open` says whether a project is open by now. Gives what may take long to free.
    pub(crate) fn stated(
        &mut self,
        stated: Stated,
        is_open: impl Fn(Identity) -> bool,
    ) -> Option<Project> {
        let Stated { client, number, had, outcome } = stated;
        match outcome {
            Outcome::Made(message) => self.followers.made_state(client, number, Some(message)),
            Outcome::Failed(why) => {
                let project = Identity::of(number);
                tracing::error!(
                    "project {project} is not sent to follower {}: {why}",
                    client.number()
                );
                self.followers.made_state(client, number, None);
            }
            Outcome::TooOld(project) => {
                self.followers.unmade_state(client, number, had);
                if is_open(project.identity()) || !self.is_newest(&project) {
                    return Some(*project);
                }
                let mut project = *project;
                if self.rise(&mut project, had).is_ok() {
                    self.close(project);
                }
            }
        }
        None
    }

    /// Gives a project the version behind this one: somebody knows that one as something else.
    pub(crate) fn rise(&mut self, project: &mut Project, above: u64) -> Result {
        self.reserve(Written::Effect(Method::Follow))?;
        let before = project.snapshot();
        project.set_version(above + 1);
        let risen =
            self.append(project, Written::Effect(Method::Follow), before.version(), Some(&before));
        if risen.is_err() {
            project.set_version(before.version());
        }
        risen
    }

    /// How a project is had that is not open, though somebody else may be reading it in.
    pub(crate) fn peek(&self, identity: Identity) -> Result<Load> {
        let kept = self.kept.get(&identity.number()).ok_or(goxel_core::Error::ClosedProject)?;
        if let Some(why) = &kept.refused {
            return Err(RpcError::new(ErrorCode::Storage, why).into());
        }
        if let Some(project) = &kept.closed {
            return Ok(Load::AtHand(Box::new(project.snapshot())));
        }
        let stored = kept.stored.clone().ok_or_else(|| super::missing(&kept.name))?;
        let disk = Arc::clone(&self.disk);
        Ok(Load::Read(Box::new(move || {
            let project = goxel_store::checkpoint::read(&*disk, &stored, replay::memory_left())?;
            Ok(Box::new(project))
        })))
    }

    /// Those who follow.
    pub(crate) fn followers(&self) -> &Followers {
        &self.followers
    }

    /// A follower says how many messages are durable there. False where that cannot be.
    pub(crate) fn heard(&mut self, client: Client, durable: u64) -> bool {
        self.followers.heard(client, durable, Instant::now())
    }

    /// A client has left.
    pub(crate) fn left(&mut self, client: Client) {
        if !self.followers.are_none() {
            self.followers.remove(client, Instant::now());
        }
    }

    /// A follower whose connection is to be closed.
    pub(crate) fn next_dismissed(&mut self) -> Option<Client> {
        self.followers.next_dismissed()
    }

    /// A follower that there is something to send to.
    #[inline]
    pub(crate) fn next_told(&mut self) -> Option<Client> {
        self.followers.next_told()
    }

    /// Sends a follower what fits.
    pub(crate) fn tell(&mut self, client: Client, out: &mut Output) {
        self.followers.tell(client, out, Instant::now());
    }

    /// So many followers have to have edits before they are answered.
    pub(crate) fn want_followers(&mut self, acks: Acks) {
        self.followers.want(acks, Instant::now());
    }

    /// Does what is due for followers at the end of a wake-up. False where edits waited for them too long.
    pub(super) fn tick(&mut self) -> bool {
        self.followers.tick(self.commits, Instant::now())
    }

    /// When something is due though nothing happens.
    pub(crate) fn followers_due(&self) -> Option<Instant> {
        if self.followers.are_none() { None } else { self.followers.due() }
    }
}

/// Receiving.
impl Storage {
    /// Whether a batch can be taken now: what was received before is still in memory else.
    ///
    /// # Errors
    /// Where there is no space for it; [`Fault::Wait`](crate::fault::Fault::Wait) where the disk is behind.
    pub(crate) fn reserve_batch(&mut self, batch: &Batch) -> Result<bool> {
        if self.closed_count() >= CLOSED_MAX {
            return Ok(false);
        }
        self.retention.stamp(&mut self.journal)?;
        self.journal.reserve(batch.record_bytes())?;
        Ok(true)
    }

    /// Writes the records of a batch. `deleted` is told of the projects that are gone.
    pub(crate) fn append_batch(
        &mut self,
        batch: &mut Batch,
        mut deleted: impl FnMut(Identity),
    ) -> Result {
        for step in std::mem::take(&mut batch.steps) {
            match step {
                Step::Record { number, version, made } => self.put_made(number, version, made)?,
                Step::Opened { number, version, name, made } => {
                    self.append_opened(&name, (Identity::of(number), version), made)?;
                }
                Step::Deleted { number } => {
                    deleted(Identity::of(number));
                    if self.kept.contains_key(&number) {
                        self.append_deleted(number)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// What makes durable all that was appended, on another thread: nothing waits for it here.
    pub(crate) fn commit_elsewhere(&mut self) -> Commit {
        self.flush_points();
        self.has_uncommitted = false;
        self.journal.commit_elsewhere()
    }

    /// A transaction whose last record is of this version is rolled back: its project is what is shown.
    pub(crate) fn append_rollback(&mut self, identity: Identity, last: u64) -> Result<u64> {
        let made = Made::call(Method::Rollback, None, 1);
        self.reserve_made(&made)?;
        let version = last.saturating_add(1);
        self.put_made(identity.number(), version, made)?;
        Ok(version)
    }

    /// A project that is closed, and not in files as it is, has this version.
    pub(crate) fn set_closed_version(&mut self, identity: Identity, version: u64) {
        if let Some(kept) = self.kept.get_mut(&identity.number())
            && let Some(closed) = &mut kept.closed
        {
            closed.set_version(version);
        }
    }

    /// All projects, and which version each has where it is not open.
    pub(crate) fn versions(&self) -> impl Iterator<Item = (u64, u64)> {
        self.kept.iter().map(|(number, kept)| (*number, kept.version()))
    }

    /// A project goes by another name.
    pub(crate) fn rename(&mut self, identity: Identity, name: &str) {
        if let Some(kept) = self.kept.get_mut(&identity.number())
            && kept.name != name
        {
            name.clone_into(&mut kept.name);
        }
    }
}
