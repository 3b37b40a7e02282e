//! [`SlowLog`]: the calls that took long, the newest ones.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use super::Call;

/// Slow calls that are kept: a page to look at, 8 KiB.
const KEPT: usize = 128;
/// How long a call takes that is slow, where nothing else is said: a hundred times what an ordinary one
/// does.
pub(crate) const THRESHOLD: Duration = Duration::from_millis(10);

/// A call that took long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slow {
    pub(crate) call: Call,
    /// When it ended.
    pub(crate) at: SystemTime,
}

/// The newest slow calls.
#[derive(Debug)]
pub(crate) struct SlowLog {
    /// How long a call takes that is slow.
    pub(crate) threshold: Duration,
    kept: VecDeque<Slow>,
    total: u64,
}

impl Default for SlowLog {
    fn default() -> Self {
        Self { threshold: THRESHOLD, kept: VecDeque::new(), total: 0 }
    }
}

impl SlowLog {
    pub(super) fn add(&mut self, slow: Slow) {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(slow);
        self.total += 1;
    }

    /// Those that are kept, the newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Slow> {
        self.kept.iter().rev()
    }

    /// How many there ever were.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Forgets those that are kept.
    pub(crate) fn clear(&mut self) {
        self.kept.clear();
    }
}

#[cfg(test)]
mod tests {
    use goxel_proto::Method;

    use super::*;

    #[test]
    fn the_newest_are_kept() {
        let mut log = SlowLog::default();
        for client in 0..KEPT as u64 + 5 {
            let took = Duration::from_secs(1);
            let call = Call { method: Method::Ping, client, took, error: None };
            log.add(Slow { call, at: SystemTime::UNIX_EPOCH });
        }
        let clients: Vec<_> = log.newest().map(|slow| slow.call.client).collect();
        assert_eq!((clients.len(), clients[0], clients[KEPT - 1]), (KEPT, KEPT as u64 + 4, 5));
        assert_eq!(log.total(), KEPT as u64 + 5);
        log.clear();
        assert_eq!((log.newest().count(), log.total()), (0, KEPT as u64 + 5));
    }
}
