//! [`Workers`]: threads that carry out jobs, and hand back what they give.
//!
//! ```text
//! loop: submit --> edits | reads | scripts | frees (bounded, lock-free) --> a thread of that class
//! loop: take   <-- done (lock-free), and a wake-up            <--
//! ```
//!
//! Each class has a queue and threads of its own, so no job waits behind one of another class.
//! Their niceness says who gets a processor where there are too few: the loop first, as a request
//! must not be kept waiting by a job; then edits, which others wait for; then what one client
//! waits for; then what nobody waits for.

mod pool;

use std::sync::Arc;

use crossbeam_queue::SegQueue;

use self::pool::Pool;
use crate::limits::{SCRIPTS_MAX, WORKERS_KEPT};
use crate::service::{Class, Job};
use crate::settings::Settings;

/// How many classes there are.
const CLASSES: usize = Class::Free as usize + 1;

/// What threads of a class are like.
#[derive(Clone, Copy, Debug)]
struct Crew {
    /// What they are called.
    name: &'static str,
    /// How much they give way to the loop.
    niceness: i32,
    /// How many stay once started.
    kept: usize,
    /// Jobs that may wait for each before another one is started.
    jobs_each: usize,
    /// How many there may be, whatever the settings say.
    max: usize,
}

impl Crew {
    const fn of(class: Class) -> Self {
        match class {
            // The projects whose edits wait do not know each other, so no edit is kept waiting
            // while a thread can be had. Weighed against the loop 2 is two thirds; against another
            // program's thread that does not end, still enough to get on.
            Class::Edit => {
                Self { name: "edit", niceness: 2, kept: 1, jobs_each: 0, max: usize::MAX }
            }
            // A tenth of the loop's weight, and a sixth of an edit's.
            Class::Read => Self {
                name: "worker",
                niceness: 10,
                kept: WORKERS_KEPT,
                jobs_each: 2,
                max: usize::MAX,
            },
            // Each waits for a process of its own most of the time, and that is what takes a processor.
            Class::Script => {
                Self { name: "script", niceness: 10, kept: 0, jobs_each: 0, max: SCRIPTS_MAX }
            }
            // What is freed is in the way of nobody, and one thread frees faster than edits fill.
            Class::Free => Self { name: "free", niceness: 19, kept: 0, jobs_each: 0, max: 1 },
        }
    }
}

/// Carries out jobs for tokens `T`, each of which gives a `D`.
pub(crate) struct Workers<T, D> {
    /// By class; each is made at its first job.
    pools: [Option<Pool<T, D>>; CLASSES],
    settings: Settings,
    outcomes: Arc<Outcomes<T, D>>,
    /// Jobs that were submitted and not taken back yet, by class.
    running: [usize; CLASSES],
}

/// What is queued for a worker.
enum Task<T, D> {
    /// Gives something for a token.
    Job(T, Job<D>),
    /// Is dropped.
    Discard(Box<dyn Send>),
}

/// Where workers put what jobs gave.
struct Outcomes<T, D> {
    done: SegQueue<(Class, T, D)>,
    notify: Box<dyn Fn() + Send + Sync>,
}

impl<T, D> Outcomes<T, D> {
    /// Does a job, and hands over what it gave.
    fn give(&self, token: T, job: Job<D>) {
        let class = job.class;
        self.done.push((class, token, job.run()));
        (self.notify)();
    }
}

impl<T: Send + 'static, D: Send + 'static> Workers<T, D> {
    /// No thread yet. `notify` is called, on a worker's thread, when a result is there to take.
    pub(crate) fn new(settings: &Settings, notify: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            pools: [const { None }; CLASSES],
            settings: *settings,
            outcomes: Arc::new(Outcomes { done: SegQueue::new(), notify: Box::new(notify) }),
            running: [0; CLASSES],
        }
    }

    /// Queues a job.
    ///
    /// # Errors
    /// The job, where the queue is full or no thread can be had.
    pub(crate) fn submit(&mut self, token: T, job: Job<D>) -> Result<(), Job<D>> {
        let class = job.class;
        match self.pool(class).submit(Task::Job(token, job)) {
            Err(Task::Job(_, job)) => return Err(job),
            Ok(()) | Err(Task::Discard(_)) => {}
        }
        self.running[class as usize] += 1;
        Ok(())
    }

    fn pool(&mut self, class: Class) -> &mut Pool<T, D> {
        let Self { pools, settings, outcomes, .. } = self;
        pools[class as usize]
            .get_or_insert_with(|| Pool::new(Crew::of(class), settings, Arc::clone(outcomes)))
    }

    /// Has something dropped where that keeps nobody waiting.
    pub(crate) fn discard(&mut self, what: impl Send + 'static) {
        // What is refused is dropped here: that many at once are not there for long.
        let _ = self.pool(Class::Free).submit(Task::Discard(Box::new(what)));
    }

    /// A result, where one is there.
    pub(crate) fn take(&mut self) -> Option<(T, D)> {
        let (class, token, done) = self.outcomes.done.pop()?;
        self.running[class as usize] -= 1;
        Some((token, done))
    }

    /// Threads that are there.
    pub(crate) fn alive(&self) -> usize {
        self.pools.iter().flatten().map(Pool::alive).sum()
    }

    /// Jobs that were submitted and not taken back yet.
    pub(crate) fn running(&self) -> usize {
        self.running.iter().sum()
    }

    /// Whether nothing is under way that somebody may wait for.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.running() == self.running[Class::Free as usize]
    }

    /// Changes how many threads of a class there may be. Those that are there stay until they are
    /// idle.
    pub(crate) fn set_max(&mut self, max: usize) {
        self.settings.workers_max = max;
        self.pools.iter_mut().flatten().for_each(|pool| pool.set_max(max));
    }
}

#[cfg(test)]
mod tests;
