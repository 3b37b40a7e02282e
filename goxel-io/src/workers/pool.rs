//! [`Pool`]: the threads of one class of jobs, and their queue.
//!
//! No thread is started before the first job. One is started when a job finds none free, up to
//! those that are kept at once, and to the maximum only while jobs wait; those over what is kept
//! leave when they had nothing to do for a while. A lock is only taken to put an idle worker to
//! sleep and to wake it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_queue::ArrayQueue;

use super::{Crew, Outcomes, Task};
use crate::allocator;
use crate::limits::{WORKER_IDLE_MS, WORKER_STACK_BYTES};
use crate::placement::Affinity;
use crate::preemption;
use crate::settings::Settings;
use crate::sys;

/// The threads of a class.
pub(super) struct Pool<T, D> {
    shared: Arc<Shared<T, D>>,
    max: usize,
    started: usize,
}

struct Shared<T, D> {
    crew: Crew,
    tasks: ArrayQueue<Task<T, D>>,
    outcomes: Arc<Outcomes<T, D>>,
    /// Threads that are there. Changed under `sleep`, so that no job is left to one that goes.
    alive: AtomicUsize,
    sleep: Mutex<Sleep>,
    wake: Condvar,
    pins: Affinity,
}

#[derive(Default)]
struct Sleep {
    closed: bool,
    idle: usize,
}

impl<T: Send + 'static, D: Send + 'static> Pool<T, D> {
    /// No thread yet.
    pub(super) fn new(crew: Crew, settings: &Settings, outcomes: Arc<Outcomes<T, D>>) -> Self {
        let shared = Arc::new(Shared {
            crew,
            tasks: ArrayQueue::new(settings.queue_length_max),
            outcomes,
            alive: AtomicUsize::new(0),
            sleep: Mutex::default(),
            wake: Condvar::new(),
            pins: Affinity::new(settings.pin),
        });
        let mut pool = Self { shared, max: 0, started: 0 };
        pool.set_max(settings.workers_max);
        pool
    }

    /// Queues a task.
    ///
    /// # Errors
    /// The task, where the queue is full or no thread can be had.
    pub(super) fn submit(&mut self, task: Task<T, D>) -> Result<(), Task<T, D>> {
        if self.alive() == 0 {
            self.start();
        }
        if self.alive() == 0 {
            return Err(task);
        }
        self.shared.tasks.push(task)?;
        // The lock orders this after a worker's last look at the queue before it sleeps.
        let idle = self.shared.lock().idle;
        self.shared.wake.notify_one();
        if idle < self.shared.tasks.len() && self.wants_more() {
            self.start();
        }
        Ok(())
    }

    /// Whether a job that finds nobody free is reason for one more thread.
    fn wants_more(&self) -> bool {
        let (alive, waiting) = (self.alive(), self.shared.tasks.len());
        let crew = self.shared.crew;
        alive < self.max && (alive < crew.kept.max(1) || waiting > alive * crew.jobs_each)
    }

    /// Threads that are there.
    pub(super) fn alive(&self) -> usize {
        self.shared.alive.load(Ordering::Relaxed)
    }

    /// Changes how many threads there may be.
    pub(super) fn set_max(&mut self, max: usize) {
        self.max = max.min(self.shared.crew.max);
    }

    fn start(&mut self) {
        let shared = Arc::clone(&self.shared);
        let index = self.started;
        let name = format!("goxel-{}-{index}", shared.crew.name);
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
        if let Err(error) = sys::lower_priority(self.crew.niceness) {
            tracing::debug!(%error, "a worker has the loop's priority");
        }
        while let Some(task) = self.tasks.pop().or_else(|| self.wait()) {
            match task {
                Task::Job(token, job) => preemption::working(|| self.outcomes.give(token, job)),
                Task::Discard(what) => preemption::working(|| drop(what)),
            }
        }
        allocator::tell_all();
    }

    /// Waits for a task; `None` when this worker shall end.
    fn wait(&self) -> Option<Task<T, D>> {
        let mut sleep = self.lock();
        loop {
            let task = self.tasks.pop();
            if task.is_some() {
                return task;
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
            if timeout.timed_out() {
                drop(sleep);
                allocator::give_back();
                sleep = self.lock();
                if self.tasks.is_empty() && self.leave() {
                    return None;
                }
            }
        }
    }

    /// Whether this worker, which had nothing to do, goes. Called under the lock.
    fn leave(&self) -> bool {
        let goes = self.alive.load(Ordering::Relaxed) > self.crew.kept;
        if goes {
            self.alive.fetch_sub(1, Ordering::Relaxed);
        }
        goes
    }
}

impl<T, D> Drop for Pool<T, D> {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.wake.notify_all();
    }
}
