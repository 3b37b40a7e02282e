//! [`SlowLog`]: the calls that took long, the newest ones.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::Call;

/// Slow calls that are kept: a page to look at, 8 KiB.
const KEPT: usize = 128;
/// How many milliseconds a call takes that is slow, where nothing else is said: a hundred times what an
/// ordinary one does.
pub const SLOW_MS: u32 = 10;

/// How long a call takes that is slow. Clones are one and the same: the configuration can be read anew
/// while the loop runs.
#[derive(Clone, Debug)]
pub struct SlowAfter(Arc<AtomicU64>);

impl SlowAfter {
    /// So many milliseconds.
    #[must_use]
    pub fn new(ms: u32) -> Self {
        Self(Arc::new(AtomicU64::new(ms.into())))
    }

    /// So many milliseconds from now on.
    pub fn set(&self, ms: u64) {
        self.0.store(ms, Ordering::Relaxed);
    }

    /// The milliseconds.
    pub(crate) fn ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Whether a call is slow that took so long.
    pub(super) fn is_slow(&self, took: Duration) -> bool {
        took.as_millis() >= self.ms().into()
    }
}

impl Default for SlowAfter {
    fn default() -> Self {
        Self::new(SLOW_MS)
    }
}

/// A call that took long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slow {
    pub(crate) call: Call,
    /// When it ended.
    pub(crate) at: SystemTime,
}

/// The newest slow calls.
#[derive(Debug, Default)]
pub(crate) struct SlowLog {
    pub(crate) after: SlowAfter,
    kept: VecDeque<Slow>,
    total: u64,
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
