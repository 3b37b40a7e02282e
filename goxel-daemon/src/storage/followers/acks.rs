//! [`Settling`]: which edits may be answered, where followers have to have them, too.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use goxel_io::Client;

use super::Follower;

/// What `--ack-followers` and `--ack-timeout` ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Acks {
    /// So many followers have to have an edit before it is answered.
    pub followers: usize,
    /// Without them edits are refused after this time.
    pub timeout: Duration,
}

/// Commits that wait for followers.
#[derive(Debug)]
pub(super) struct Settling {
    acks: Acks,
    /// Up to which commit enough followers have all.
    settled: u64,
    /// Commits behind that, and when they were made.
    waiting: VecDeque<(u64, Instant)>,
    /// Followers that have every project.
    complete: BTreeMap<Client, Marks>,
    /// Since when too few have every project.
    lacking_since: Option<Instant>,
}

/// How far a follower is.
#[derive(Debug, Default)]
struct Marks {
    /// With so many messages durable there, it has all up to this commit.
    ahead: VecDeque<(u64, u64)>,
    /// Up to which commit it has all. `None` where it does not have every project yet.
    commit: Option<u64>,
}

impl Settling {
    pub(super) fn new(acks: Acks, now: Instant) -> Self {
        let lacking_since = (acks.followers > 0).then_some(now);
        Self {
            acks,
            settled: 0,
            waiting: VecDeque::new(),
            complete: BTreeMap::new(),
            lacking_since,
        }
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.acks.followers > 0
    }

    pub(super) fn settled(&self) -> u64 {
        self.settled
    }

    /// A follower was sent every project, with the last of `put` messages; `commit` was made here then.
    pub(super) fn complete(&mut self, client: Client, put: u64, commit: u64) {
        self.complete.insert(client, Marks { ahead: [(put, commit)].into(), commit: None });
    }

    /// What was put into the backlogs so far is of commits up to this one.
    pub(super) fn committed(&mut self, commit: u64, all: &[Follower], now: Instant) {
        if !self.is_wanted() {
            return;
        }
        self.waiting.push_back((commit, now));
        for follower in all {
            if let Some(marks) = self.complete.get_mut(&follower.client) {
                marks.ahead.push_back((follower.put, commit));
            }
        }
        self.settle();
    }

    /// A follower has so many messages durable.
    pub(super) fn heard(&mut self, client: Client, durable: u64) {
        if let Some(marks) = self.complete.get_mut(&client) {
            while let Some(&(put, commit)) = marks.ahead.front()
                && put <= durable
            {
                marks.commit = Some(commit);
                marks.ahead.pop_front();
            }
        }
    }

    fn settle(&mut self) {
        let mut commits: Vec<u64> =
            self.complete.values().filter_map(|marks| marks.commit).collect();
        commits.sort_unstable_by(|a, b| b.cmp(a));
        let by_enough = self.acks.followers.checked_sub(1).and_then(|index| commits.get(index));
        self.settled = self.settled.max(by_enough.copied().unwrap_or(0));
        while self.waiting.front().is_some_and(|(commit, _)| *commit <= self.settled) {
            self.waiting.pop_front();
        }
    }

    /// Looks at who is there.
    pub(super) fn count(&mut self, all: &[Follower], now: Instant) {
        self.complete.retain(|client, _| all.iter().any(|follower| follower.client == *client));
        let count = self.complete.values().filter(|marks| marks.commit.is_some()).count();
        if count >= self.acks.followers {
            self.lacking_since = None;
        } else {
            self.lacking_since.get_or_insert(now);
        }
        self.settle();
    }

    /// Where edits have waited for too long, the followers that they wait for: those edits are not waited
    /// for any more.
    pub(super) fn take_late(&mut self, now: Instant) -> Option<Vec<Client>> {
        let &(commit, since) = self.waiting.front()?;
        if now.duration_since(since) < self.acks.timeout {
            return None;
        }
        let is_late = |marks: &Marks| marks.commit.is_none_or(|durable| durable < commit);
        let late = self.complete.iter().filter(|(_, marks)| is_late(marks));
        let late = late.map(|(client, _)| *client).collect();
        self.settled = self.waiting.back().map_or(self.settled, |(commit, _)| *commit);
        self.waiting.clear();
        // Those that come now would wait as long in vain.
        self.lacking_since = Some(now.checked_sub(self.acks.timeout).unwrap_or(now));
        Some(late)
    }

    /// When edits will have waited for too long.
    pub(super) fn due(&self) -> Option<Instant> {
        self.waiting.front().map(|(_, since)| *since + self.acks.timeout)
    }

    /// Why no edit may be made.
    pub(super) fn refusal(&self, now: Instant) -> Option<String> {
        let since = self.lacking_since?;
        if now.duration_since(since) < self.acks.timeout {
            return None;
        }
        let there = self.complete.values().filter(|marks| marks.commit.is_some()).count();
        let wanted = self.acks.followers;
        Some(format!(
            "edits are refused while fewer followers than --ack-followers {wanted} have every project, and \
             {there} has: start one with --follow, or this daemon with fewer"
        ))
    }
}
