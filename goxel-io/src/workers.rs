//! [`Workers`]: threads that carry out jobs, and hand back what they give.
//!
//! ```text
//! loop: submit --> jobs (bounded, lock-free) --> worker --> done (lock-free) --> loop: take
//! ```
//!
//! No thread is started before the first job. One is started when a job finds none free, up to two
//! at once, and to the maximum only while jobs wait; those over two leave when they had nothing to
//! do for a while. A lock is only taken to put an idle worker to sleep and to wake it. Workers are
//! nice to the loop: where cores are few, a request is not kept waiting by a job.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_queue::{ArrayQueue, SegQueue};

use crate::allocator;
use crate::limits::{WORKER_IDLE_MS, WORKER_STACK_BYTES, WORKERS_KEPT};
use crate::placement::Affinity;
use crate::service::Job;
use crate::settings::Settings;
use crate::sys;

/// How much workers give way to the loop: it is served at once, and they get what is left.
const NICENESS: i32 = 10;

/// Jobs that may wait for each worker before another one is started.
const JOBS_PER_WORKER: usize = 2;

/// Carries out jobs for tokens `T`, each of which gives a `D`.
pub(crate) struct Workers<T, D> {
    shared: Arc<Shared<T, D>>,
    max: usize,
    started: usize,
    running: usize,
}

struct Shared<T, D> {
    jobs: ArrayQueue<(T, Job<D>)>,
    done: SegQueue<(T, D)>,
    /// Threads that are there. Changed under `sleep`, so that no job is left to one that goes.
    alive: AtomicUsize,
    sleep: Mutex<Sleep>,
    wake: Condvar,
    pins: Affinity,
    notify: Box<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct Sleep {
    closed: bool,
    idle: usize,
}

impl<T: Send + 'static, D: Send + 'static> Workers<T, D> {
    /// No thread yet. `notify` is called, on a worker's thread, when a result is there to take.
    pub(crate) fn new(settings: &Settings, notify: impl Fn() + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared {
            jobs: ArrayQueue::new(settings.queue_length_max),
            done: SegQueue::new(),
            alive: AtomicUsize::new(0),
            sleep: Mutex::default(),
            wake: Condvar::new(),
            pins: Affinity::new(settings.pin),
            notify: Box::new(notify),
        });
        Self { shared, max: settings.workers_max, started: 0, running: 0 }
    }

    /// Queues a job.
    ///
    /// # Errors
    /// The job, where the queue is full or no thread can be had.
    pub(crate) fn submit(&mut self, token: T, job: Job<D>) -> Result<(), Job<D>> {
        if self.alive() == 0 {
            self.start();
        }
        if self.alive() == 0 {
            return Err(job);
        }
        self.shared.jobs.push((token, job)).map_err(|(_, job)| job)?;
        self.running += 1;
        // The lock orders this after a worker's last look at the queue before it sleeps.
        let idle = self.shared.lock().idle;
        self.shared.wake.notify_one();
        if idle < self.shared.jobs.len() && self.wants_more() {
            self.start();
        }
        Ok(())
    }

    /// Whether a job that finds nobody free is reason for one more thread.
    fn wants_more(&self) -> bool {
        let (alive, waiting) = (self.alive(), self.shared.jobs.len());
        alive < self.max && (alive < WORKERS_KEPT || waiting > alive * JOBS_PER_WORKER)
    }

    /// A result, where one is there.
    pub(crate) fn take(&mut self) -> Option<(T, D)> {
        let done = self.shared.done.pop()?;
        self.running -= 1;
        Some(done)
    }

    /// Threads that are there.
    pub(crate) fn alive(&self) -> usize {
        self.shared.alive.load(Ordering::Relaxed)
    }

    /// Jobs that were submitted and not taken back yet.
    pub(crate) fn running(&self) -> usize {
        self.running
    }

    /// Whether nothing is under way.
    pub(crate) fn is_rest(&self) -> bool {
        self.running == 0
    }

    /// Changes how many threads there may be. Those that are there stay until they are idle.
    pub(crate) fn set_max(&mut self, max: usize) {
        self.max = max;
    }

    fn start(&mut self) {
        let shared = Arc::clone(&self.shared);
        let index = self.started;
        let name = format!("goxel-worker-{index}");
        shared.alive.fetch_add(1, Ordering::Relaxed);
        let builder = thread::Builder::new().name(name).stack_size(WORKER_STACK_BYTES);
        match builder.spawn(move || shared.work(index)) {
            Ok(_) => self.started += 1,
            Err(error) => {
                self.shared.alive.fetch_sub(1, Ordering::Relaxed);
                tracing::error!(%error, "no worker thread could be started");
            }
        }
    }
}

impl<T, D> Shared<T, D> {
    fn lock(&self) -> MutexGuard<'_, Sleep> {
        self.sleep.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, index: usize) {
        self.pins.pin_worker(index);
        if let Err(error) = sys::lower_priority(NICENESS) {
            tracing::debug!(%error, "a worker has the loop's priority");
        }
        while let Some((token, job)) = self.jobs.pop().or_else(|| self.wait()) {
            let done = job.run();
            self.done.push((token, done));
            (self.notify)();
        }
        allocator::tell_all();
    }

    /// Waits for a job; `None` when this worker shall end.
    fn wait(&self) -> Option<(T, Job<D>)> {
        let mut sleep = self.lock();
        loop {
            let job = self.jobs.pop();
            if job.is_some() {
                return job;
            }
            if sleep.closed {
                return None;
            }
            sleep.idle += 1;
            let patience = Duration::from_millis(WORKER_IDLE_MS);
            let woken = self.wake.wait_timeout(sleep, patience);
            let (guard, timeout) = woken.unwrap_or_else(PoisonError::into_inner);
            sleep = guard;
            sleep.idle -= 1;
            if timeout.timed_out() && self.jobs.is_empty() {
                if self.leave() {
                    return None;
                }
                drop(sleep);
                allocator::give_back();
                sleep = self.lock();
            }
        }
    }

    /// Whether this worker, which had nothing to do, goes. Called under the lock.
    fn leave(&self) -> bool {
        let goes = self.alive.load(Ordering::Relaxed) > WORKERS_KEPT;
        if goes {
            self.alive.fetch_sub(1, Ordering::Relaxed);
        }
        goes
    }
}

impl<T, D> Drop for Workers<T, D> {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.wake.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Class;
    use std::sync::mpsc;

    fn settings(workers_max: usize, queue_length_max: usize) -> Settings {
        Settings { workers_max, queue_length_max, ..Settings::new(1) }
    }

    #[test]
    fn every_job_comes_back_and_none_starts_a_thread_before() {
        let (sender, woken) = mpsc::channel();
        let notify = move || sender.send(()).unwrap_or_default();
        let mut workers = Workers::new(&settings(16, 1024), notify);
        assert_eq!(workers.alive(), 0);
        for token in 0..100u64 {
            let job = Job::new(Class::Read, move || token * token);
            assert!(workers.submit(token, job).is_ok());
        }
        let mut results = Vec::new();
        while results.len() < 100 {
            woken.recv().unwrap();
            results.extend(workers.take());
        }
        results.sort_unstable();
        assert!(results.iter().enumerate().all(|(i, &(t, d))| t == i as u64 && d == t * t));
        assert_eq!((workers.running, workers.take()), (0, None));
    }

    /// Jobs that run until `hold` is dropped; how many were taken, and by how many threads.
    fn fill(max: usize, queue: usize) -> (usize, usize) {
        let (hold, held) = mpsc::channel::<()>();
        let held = Arc::new(Mutex::new(held));
        let mut workers = Workers::new(&settings(max, queue), || ());
        let mut taken = 0;
        let job = || {
            let held = Arc::clone(&held);
            Job::new(Class::Read, move || assert!(held.lock().unwrap().recv().is_err()))
        };
        while workers.submit(taken, job()).is_ok() {
            taken += 1;
        }
        drop(hold);
        (taken, workers.alive())
    }

    #[test]
    fn a_full_queue_refuses_and_a_long_one_brings_workers() {
        for (max, queue) in [(1, 1), (1, 4), (2, 100), (16, 100), (3, 1000)] {
            let (taken, alive) = fill(max, queue);
            assert!((queue..=queue + max).contains(&taken), "{taken} of {queue}");
            assert!(alive <= max && (queue < 100 || alive == max), "{alive} workers of {max}");
        }
    }

    #[test]
    fn a_short_queue_brings_few() {
        let (hold, held) = mpsc::channel::<()>();
        let held = Arc::new(Mutex::new(held));
        let mut workers = Workers::new(&settings(16, 1024), || ());
        for token in 0..3 {
            let held = Arc::clone(&held);
            let job = Job::new(Class::Read, move || {
                let _ = held.lock().unwrap().recv();
            });
            assert!(workers.submit(token, job).is_ok());
        }
        assert!((1..=WORKERS_KEPT).contains(&workers.alive()), "{}", workers.alive());
        drop(hold);
    }
}
