//! [`Watch`]: what calls cost, for people who look after a daemon: how often each method was
//! called, how long it took, how often it failed, and which calls were slow.

mod latency;
mod metrics;
mod slow;

use std::time::{Duration, Instant, SystemTime};

use goxel_proto::{ErrorCode, Method};

pub(crate) use self::latency::Latency;
pub(crate) use self::metrics::Text;
pub use self::slow::{SLOW_MS, SlowAfter};
pub(crate) use self::slow::{Slow, SlowLog};

/// Of the calls on the fast path one in so many is timed, and counts for as many: looking at the
/// clock twice would cost a tenth of such a call.
const FAST_SAMPLE: u64 = 16;

/// What is known of the calls so far.
#[derive(Debug)]
pub(crate) struct Watch {
    methods: Box<[Latency]>,
    pub(crate) slow: SlowLog,
    fast: u64,
}

impl Default for Watch {
    fn default() -> Self {
        let methods = vec![Latency::default(); Method::COUNT].into_boxed_slice();
        Self { methods, slow: SlowLog::default(), fast: 0 }
    }
}

/// A call that is over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The number of the client.
    pub(crate) client: u64,
    /// From when it was looked at to when its reply was written, with what it waited.
    pub(crate) took: Duration,
    /// `None` where it did what it should.
    pub(crate) error: Option<ErrorCode>,
}

impl Watch {
    /// Takes note of a call.
    pub(crate) fn note(&mut self, call: Call) {
        self.methods[call.method.index()].add(call.took, call.error.is_some(), 1);
        let Call { method, client, took, error } = call;
        let name = method.info().name;
        let outcome = error.map_or(0, |code| code as i32);
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        tracing::debug!(method = name, client, took_us, outcome, "call");
        if self.slow.after.is_slow(took) {
            self.slow.add(Slow { call, at: SystemTime::now() });
        }
    }

    /// When a call on the fast path begins, where it is one of those that are timed.
    #[inline]
    pub(crate) fn begin_fast(&mut self) -> Option<Instant> {
        self.fast += 1;
        self.fast.is_multiple_of(FAST_SAMPLE).then(Instant::now)
    }

    /// Takes note of a call on the fast path, which did what it should.
    #[cold]
    pub(crate) fn end_fast(&mut self, method: Method, began: Instant) {
        self.methods[method.index()].add(began.elapsed(), false, FAST_SAMPLE);
    }

    /// The methods that were called, and what is known of them.
    pub(crate) fn methods(&self) -> impl Iterator<Item = (&'static str, &Latency)> + Clone {
        let all =
            Method::ALL.iter().map(|method| (method.info().name, &self.methods[method.index()]));
        all.filter(|(_, latency)| latency.count() > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_method_and_slow_ones_are_kept() {
        let mut watch = Watch::default();
        let call = |took, error| Call { method: Method::Ping, client: 3, took, error };
        watch.note(call(Duration::from_micros(2), None));
        watch.note(call(Duration::from_secs(1), Some(ErrorCode::Layer)));
        let [(name, latency)] = watch.methods().collect::<Vec<_>>()[..] else { panic!("one") };
        assert_eq!((name, latency.count(), latency.errors()), ("ping", 2, 1));
        let slow: Vec<_> = watch.slow.newest().map(|slow| slow.call.took).collect();
        assert_eq!(slow, [Duration::from_secs(1)]);
    }

    #[test]
    fn the_fast_path_is_sampled_and_counts_in_full() {
        let mut watch = Watch::default();
        for _ in 0..10 * FAST_SAMPLE {
            if let Some(began) = watch.begin_fast() {
                watch.end_fast(Method::AddVoxel, began);
            }
        }
        let counts: Vec<_> = watch.methods().map(|(_, latency)| latency.count()).collect();
        assert_eq!(counts, [10 * FAST_SAMPLE]);
    }
}
