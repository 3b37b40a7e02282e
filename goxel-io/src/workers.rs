//! [`Workers`]: a few threads that carry out jobs, and hand back what they give.
//!
//! Two lock-free queues: jobs go out through a bounded one, results come back through another.
//! A lock is only taken to put an idle worker to sleep and to wake it. No thread is started
//! before the first job.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use crossbeam_queue::{ArrayQueue, SegQueue};

use crate::service::Job;

/// Threads at the most. The machine's cores are shared with the loop and the renderer's own.
const WORKERS_MAX: usize = 2;
/// Jobs that may wait for a worker. More clients than this at once are told that it is busy.
const QUEUE_LENGTH_MAX: usize = 1024;
/// A job's stack. Formats and pictures keep their buffers on the heap.
const STACK_BYTES: usize = 512 << 10;

/// Carries out jobs for tokens `T`, each of which gives a `D`.
pub(crate) struct Workers<T, D> {
    shared: Arc<Shared<T, D>>,
    started: usize,
    running: usize,
}

struct Shared<T, D> {
    jobs: ArrayQueue<(T, Job<D>)>,
    done: SegQueue<(T, D)>,
    /// Set when the workers shall end.
    closed: Mutex<bool>,
    wake: Condvar,
    notify: Box<dyn Fn() + Send + Sync>,
}

impl<T: Send + 'static, D: Send + 'static> Workers<T, D> {
    /// No thread yet. `notify` is called, on a worker's thread, when a result is there to take.
    pub(crate) fn new(notify: impl Fn() + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared {
            jobs: ArrayQueue::new(QUEUE_LENGTH_MAX),
            done: SegQueue::new(),
            closed: Mutex::new(false),
            wake: Condvar::new(),
            notify: Box::new(notify),
        });
        Self { shared, started: 0, running: 0 }
    }

    /// Queues a job. False where the queue is full or no thread can be had.
    pub(crate) fn submit(&mut self, token: T, job: Job<D>) -> bool {
        if self.running == self.started && self.started < WORKERS_MAX {
            self.start();
        }
        if self.started == 0 || self.shared.jobs.push((token, job)).is_err() {
            return false;
        }
        self.running += 1;
        // The lock orders this after a worker's last look at the queue before it sleeps.
        drop(self.shared.closed.lock());
        self.shared.wake.notify_one();
        true
    }

    /// A result, where one is there.
    pub(crate) fn take(&mut self) -> Option<(T, D)> {
        let done = self.shared.done.pop()?;
        self.running -= 1;
        Some(done)
    }

    fn start(&mut self) {
        let shared = Arc::clone(&self.shared);
        let name = format!("goxel-worker-{}", self.started);
        let builder = thread::Builder::new().name(name).stack_size(STACK_BYTES);
        match builder.spawn(move || shared.work()) {
            Ok(_) => self.started += 1,
            Err(error) => tracing::error!(%error, "no worker thread could be started"),
        }
    }
}

impl<T, D> Shared<T, D> {
    fn work(&self) {
        while let Some((token, job)) = self.next_job() {
            let done = job();
            self.done.push((token, done));
            (self.notify)();
        }
    }

    /// Waits for a job; `None` when the workers shall end.
    fn next_job(&self) -> Option<(T, Job<D>)> {
        if let Some(job) = self.jobs.pop() {
            return Some(job);
        }
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if *closed {
                return None;
            }
            if let Some(job) = self.jobs.pop() {
                return Some(job);
            }
            closed = self.wake.wait(closed).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<T, D> Drop for Workers<T, D> {
    fn drop(&mut self) {
        *self.shared.closed.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.shared.wake.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn every_job_comes_back_and_none_starts_a_thread_before() {
        let (sender, woken) = mpsc::channel();
        let mut workers = Workers::new(move || sender.send(()).unwrap_or_default());
        assert_eq!(workers.started, 0);
        for token in 0..100u64 {
            assert!(workers.submit(token, Box::new(move || token * token)));
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

    #[test]
    fn a_full_queue_refuses() {
        let (hold, held) = mpsc::channel::<()>();
        let held = Arc::new(Mutex::new(held));
        let mut workers = Workers::new(|| ());
        let mut taken = 0;
        while workers.submit(taken, {
            let held = Arc::clone(&held);
            Box::new(move || assert!(held.lock().unwrap().recv().is_err()))
        }) {
            taken += 1;
        }
        assert!((QUEUE_LENGTH_MAX..=QUEUE_LENGTH_MAX + WORKERS_MAX).contains(&taken), "{taken}");
        drop(hold);
    }
}
