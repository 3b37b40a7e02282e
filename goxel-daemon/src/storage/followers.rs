//! [`Followers`]: the daemons that follow this one, and what each is still to be sent.
//!
//! ```text
//! follow: which projects the follower has --> a state for each that differs, made by workers one by one
//! edits:  the journal's records ------------> behind the states, in their order
//! back:   how many messages are durable there
//! ```
//!
//! A project's records are sent from the moment on at which its state was taken. With
//! `--ack-followers N` an edit counts as durable when N followers say so that have every project.

mod acks;
mod backlog;
mod copied;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use goxel_io::{Client, Output};
use goxel_proto::{ErrorCode, RpcError};
use goxel_store::log;
use goxel_store::stream::kind;

pub use self::acks::Acks;
use self::acks::Settling;
use self::backlog::Backlog;
pub(super) use self::copied::Copied;
use crate::fault::Result;

/// Bytes of records that wait for a follower, at the most: ten million edits, and a small part of the memory
/// that a daemon has. One that is further behind starts again from states.
const BACKLOG_BYTES_MAX: u64 = 128 << 20;
/// The next state is begun when no more than this waits: states are large, and there is no use in having two.
const BACKLOG_BYTES_LOW: u64 = 256 << 10;
/// So much is given to the loop at a time, and in one wake-up: it copies none of what is large.
const TOLD_BYTES: usize = 256 << 10;
/// A follower hears of its leader so often, though nothing happens.
pub(super) const ALIVE_EVERY: Duration = Duration::from_secs(1);
/// A follower that said nothing for so long is let go. It may be busy with the largest project meanwhile.
const SILENT_MAX: Duration = Duration::from_secs(60);

/// Daemons that may follow at a time: as many as edits may wait for. Each may have a backlog in memory.
pub const FOLLOWERS_MAX: usize = 16;

/// Those who follow.
#[derive(Debug)]
pub(crate) struct Followers {
    all: Vec<Follower>,
    settling: Settling,
    /// Tells this run of the daemon from all others: versions of one are not those of another.
    run: u64,
    /// Connections to be closed.
    dismissed: VecDeque<Client>,
    /// Has the loop come round once more.
    more: bool,
}

/// A project that a follower has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Had {
    pub(crate) number: u64,
    pub(crate) version: u64,
    /// The run of the leader that it has this version from.
    pub(crate) run: u64,
}

/// One who follows.
#[derive(Debug)]
struct Follower {
    client: Client,
    /// The project that was current when it came.
    current: u64,
    /// The projects whose records it is sent, until it is sent all.
    streams: BTreeSet<u64>,
    /// Those whose state it is to be sent, with the version that it has.
    missing: BTreeMap<u64, u64>,
    /// Whether it was sent every project.
    is_complete: bool,
    /// The project whose state a worker makes, and of how many messages that is.
    making: Option<(u64, u64)>,
    backlog: Backlog,
    /// Messages that were put into the backlog, and that are durable there.
    put: u64,
    durable: u64,
    /// When it was last sent something, and when it last said something.
    told: Instant,
    heard: Instant,
    /// The loop was told that there is something to send, in this wake-up.
    is_offered: bool,
}

/// What is known of a follower.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Followed {
    pub(crate) client: Client,
    /// Whether it has every project.
    pub(crate) is_complete: bool,
    /// Projects whose state it is still to be sent.
    pub(crate) missing: usize,
    /// Messages that are not durable there.
    pub(crate) behind: u64,
    /// Bytes that wait here.
    pub(crate) backlog_bytes: u64,
}

impl Followers {
    /// None yet, in a run of this number.
    pub(super) fn new(acks: Acks, run: u64, now: Instant) -> Self {
        let settling = Settling::new(acks, now);
        Self { all: Vec::new(), settling, run, dismissed: VecDeque::new(), more: false }
    }

    /// What tells this run from others.
    pub(crate) fn run(&self) -> u64 {
        self.run
    }

    /// Whether nobody follows, and nobody need.
    #[inline]
    pub(super) fn are_none(&self) -> bool {
        self.all.is_empty() && !self.settling.is_wanted()
    }

    /// Whether followers have to say what is durable as soon as it is.
    pub(crate) fn are_waited_for(&self) -> bool {
        self.settling.is_wanted()
    }

    /// Whether one more may follow.
    pub(crate) fn has_room(&self, client: Client) -> bool {
        self.all.iter().filter(|follower| follower.client != client).count() < FOLLOWERS_MAX
    }

    /// A client follows from now on, while this project is current. `has` is what it has, `kept` what there
    /// is, and of which version.
    pub(super) fn add(
        &mut self,
        (client, current): (Client, u64),
        has: &[Had],
        kept: &BTreeMap<u64, u64>,
        now: Instant,
    ) {
        self.remove(client, now);
        let mut follower = Follower::new(client, current, now);
        let versions: BTreeMap<u64, &Had> = has.iter().map(|had| (had.number, had)).collect();
        for number in versions.keys().filter(|number| !kept.contains_key(number)) {
            follower.push(log::kind::DELETED, *number, 0, &[]);
        }
        for (&number, &version) in kept {
            match versions.get(&number) {
                Some(had) if had.run == self.run && had.version == version => {
                    follower.streams.insert(number);
                }
                had => _ = follower.missing.insert(number, had.map_or(0, |had| had.version)),
            }
        }
        self.all.push(follower);
        copied::are_wanted(true);
    }

    /// A client has left.
    pub(super) fn remove(&mut self, client: Client, now: Instant) {
        self.all.retain(|follower| follower.client != client);
        copied::are_wanted(!self.all.is_empty());
        self.settling.count(&self.all, now);
    }

    /// A record was appended to the journal.
    #[inline]
    pub(super) fn put(&mut self, record: u8, project: u64, version: u64, payload: &[&[u8]]) {
        if !self.all.is_empty() {
            self.put_all(record, project, version, payload);
        }
    }

    #[cold]
    fn put_all(&mut self, record: u8, project: u64, version: u64, payload: &[&[u8]]) {
        for follower in &mut self.all {
            if follower.wants(record, project) {
                follower.push(record, project, version, payload);
            }
        }
    }

    /// As [`Self::put`], of a payload that was copied where there was time.
    pub(super) fn put_copied(&mut self, record: u8, project: u64, version: u64, payload: &Copied) {
        for follower in &mut self.all {
            if follower.wants(record, project) {
                follower.backlog.put_copied(record, project, version, payload);
                follower.put += 1;
            }
        }
    }

    /// A project is not open any more.
    pub(super) fn closed(&mut self, project: u64) {
        self.put(log::kind::CLOSED, project, 0, &[]);
    }

    /// The next project whose state is to be made, and the version that the follower has of it. `may_be`
    /// says whose state can be taken now.
    pub(super) fn wanted(&self, may_be: impl Fn(u64) -> bool) -> Option<(Client, u64, u64)> {
        self.all.iter().find_map(|follower| {
            if follower.making.is_some() || follower.backlog.bytes() > BACKLOG_BYTES_LOW {
                return None;
            }
            let next = follower.missing.iter().find(|(number, _)| may_be(**number));
            next.map(|(number, had)| (follower.client, *number, *had))
        })
    }

    /// A worker makes the state of a project as it is now: what is recorded from now on comes behind it.
    /// It is of so many messages.
    pub(super) fn begin_state(
        &mut self,
        client: Client,
        number: u64,
        messages: u64,
        is_closed: bool,
    ) {
        if let Some(follower) = self.find(client) {
            follower.missing.remove(&number);
            follower.streams.insert(number);
            follower.making = Some((number, messages));
            follower.backlog.await_state();
            follower.put += messages;
            if is_closed {
                follower.push(log::kind::CLOSED, number, 0, &[]);
            }
        }
    }

    /// The state could not be made, since its version has to rise first.
    pub(super) fn unmade_state(&mut self, client: Client, number: u64, had: u64) {
        // What takes its place says nothing.
        self.made_state(client, number, None);
        if let Some(follower) = self.find(client) {
            follower.streams.remove(&number);
            follower.missing.insert(number, had);
        }
    }

    /// The state is made; or could not be, which leaves messages that say nothing.
    pub(super) fn made_state(&mut self, client: Client, number: u64, state: Option<Vec<u8>>) {
        let Some(follower) = self.find(client) else { return };
        if let Some((_, messages)) = follower.making.take_if(|(making, _)| *making == number) {
            let nothing = || {
                let mut nothing = Vec::new();
                for _ in 0..messages {
                    goxel_store::stream::put(&mut nothing, kind::NOTHING, number, 0, &[]);
                }
                nothing
            };
            follower.backlog.give_state(state.unwrap_or_else(nothing));
        }
    }

    /// Nothing is to be sent of a project: it is gone, or cannot be read.
    pub(super) fn forget(&mut self, client: Client, number: u64) {
        if let Some(follower) = self.find(client) {
            follower.missing.remove(&number);
        }
    }

    fn find(&mut self, client: Client) -> Option<&mut Follower> {
        self.all.iter_mut().find(|follower| follower.client == client)
    }

    /// A follower says that so many messages are durable there. False where it does not follow, or was not
    /// sent so many.
    pub(super) fn heard(&mut self, client: Client, durable: u64, now: Instant) -> bool {
        let Some(follower) = self.find(client) else { return false };
        if durable > follower.put || durable < follower.durable {
            return false;
        }
        (follower.heard, follower.durable) = (now, durable);
        self.settling.heard(client, durable);
        self.settling.count(&self.all, now);
        true
    }

    /// What was appended so far is durable here, as commit `commit`.
    pub(super) fn committed(&mut self, commit: u64, now: Instant) {
        self.settling.committed(commit, &self.all, now);
    }

    /// Up to which commit edits may be answered, where those up to `commit` are durable here.
    #[inline]
    pub(super) fn settled(&self, commit: u64) -> u64 {
        if self.settling.is_wanted() { self.settling.settled() } else { commit }
    }

    /// So many followers have to have edits from now on.
    pub(super) fn want(&mut self, acks: Acks, now: Instant) {
        self.settling = Settling::new(acks, now);
    }

    /// Says whether an edit may be made: enough followers are there, or may still come.
    pub(super) fn admit(&self) -> Result {
        match self.settling.refusal(Instant::now()) {
            Some(why) => Err(RpcError::new(ErrorCode::Storage, why).into()),
            None => Ok(()),
        }
    }

    /// All are to start again.
    #[cold]
    pub(super) fn dismiss_all(&mut self) {
        self.dismissed.extend(self.all.iter().map(|follower| follower.client));
    }

    /// Does what is due at the end of a wake-up; what is durable here is up to `commit`. False where edits
    /// waited for too long.
    pub(super) fn tick(&mut self, commit: u64, now: Instant) -> bool {
        self.more = false;
        for follower in &mut self.all {
            follower.is_offered = false;
            if !follower.is_complete && follower.missing.is_empty() && follower.making.is_none() {
                follower.is_complete = true;
                follower.streams.clear();
                follower.push(kind::COMPLETE, follower.current, 0, &[]);
                self.settling.complete(follower.client, follower.put, commit);
            }
            if now.duration_since(follower.told) >= ALIVE_EVERY && follower.backlog.is_stuck() {
                let mut alive = Vec::new();
                goxel_store::stream::put(&mut alive, kind::ALIVE, 0, 0, &[]);
                follower.backlog.put_first(alive);
            }
        }
        let late = self.settling.take_late(now);
        for follower in &self.all {
            let number = follower.client.number();
            if follower.backlog.record_bytes() > BACKLOG_BYTES_MAX {
                tracing::warn!(
                    "follower {number} is {} bytes behind, and is to start again from states",
                    follower.backlog.record_bytes()
                );
            } else if now.duration_since(follower.heard) >= SILENT_MAX {
                let seconds = SILENT_MAX.as_secs();
                tracing::warn!("follower {number} said nothing for {seconds} s, and is let go");
            } else if late.as_ref().is_some_and(|late| late.contains(&follower.client)) {
                tracing::warn!("follower {number} keeps edits waiting for too long, and is let go");
            } else {
                continue;
            }
            self.dismissed.push_back(follower.client);
        }
        if !self.dismissed.is_empty() {
            let dismissed = self.dismissed.clone();
            self.all.retain(|follower| !dismissed.contains(&follower.client));
            self.settling.count(&self.all, now);
        }
        late.is_none()
    }

    /// When something is due though nothing happens.
    pub(super) fn due(&self) -> Option<Instant> {
        if self.more {
            // At once: some moment that has passed.
            return self.all.iter().map(|follower| follower.heard).min();
        }
        let of = |follower: &Follower| {
            let alive = follower.backlog.is_stuck().then(|| follower.told + ALIVE_EVERY);
            alive.unwrap_or(follower.heard + SILENT_MAX).min(follower.heard + SILENT_MAX)
        };
        self.all.iter().map(of).chain(self.settling.due()).min()
    }

    /// A follower whose connection is to be closed.
    pub(super) fn next_dismissed(&mut self) -> Option<Client> {
        self.dismissed.pop_front()
    }

    /// A follower that there is something to send to.
    #[inline]
    pub(super) fn next_told(&mut self) -> Option<Client> {
        let ready = |follower: &&mut Follower| !follower.is_offered && follower.backlog.has_ready();
        let follower = self.all.iter_mut().find(ready)?;
        follower.is_offered = true;
        Some(follower.client)
    }

    /// Sends a follower what fits.
    pub(super) fn tell(&mut self, client: Client, out: &mut Output, now: Instant) {
        let Some(follower) = self.find(client) else { return };
        let mut left = TOLD_BYTES;
        while left > 0 {
            let Some(piece) = follower.backlog.next_piece() else { break };
            left = left.saturating_sub(piece.len());
            out.hand_over(piece);
        }
        follower.told = now;
        // What is left goes with the next wake-up, which has to come then.
        self.more |= left == 0;
    }

    /// All of them.
    pub(crate) fn list(&self) -> impl Iterator<Item = Followed> {
        self.all.iter().map(|follower| Followed {
            client: follower.client,
            is_complete: follower.is_complete,
            missing: follower.missing.len(),
            behind: follower.put - follower.durable,
            backlog_bytes: follower.backlog.bytes(),
        })
    }
}

impl Follower {
    fn new(client: Client, current: u64, now: Instant) -> Self {
        Self {
            client,
            current,
            streams: BTreeSet::new(),
            missing: BTreeMap::new(),
            is_complete: false,
            making: None,
            backlog: Backlog::default(),
            put: 0,
            durable: 0,
            told: now,
            heard: now,
            is_offered: false,
        }
    }

    /// Whether it is to have a record.
    fn wants(&mut self, record: u8, project: u64) -> bool {
        if self.is_complete {
            return true;
        }
        match record {
            // It is all there is of the project: no state need be made.
            log::kind::OPENED => {
                self.missing.remove(&project);
                self.streams.insert(project);
                true
            }
            log::kind::DELETED => {
                self.missing.remove(&project);
                true
            }
            _ => self.streams.contains(&project),
        }
    }

    fn push(&mut self, record: u8, project: u64, version: u64, payload: &[&[u8]]) {
        self.backlog.put(record, project, version, payload);
        self.put += 1;
    }
}

#[cfg(test)]
mod tests;
