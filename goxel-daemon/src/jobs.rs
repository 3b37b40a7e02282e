//! [`Jobs`]: what runs on workers or waits for its turn, by number; [`Ticket`]: what each of them
//! carries, by which it is watched and stopped.
//!
//! A ticket is shared by the loop and the worker. The worker notes how far it is, and asks whether it
//! shall stop; the loop answers who wants to know, and takes the order to stop from any
//! connection. A worker that has something to tell puts the connection on a list and wakes the
//! loop, which writes the notification: see [`Jobs::next_told`].

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use goxel_core::{Control, Error, ProjectId};
use goxel_io::Client;
use goxel_proto::json::Writer;
use goxel_proto::method::{Does, Files};
use goxel_proto::types::Happening;
use goxel_proto::{Args, Method};

use crate::events::{By, JobNote};
use crate::fault::Result;
use crate::memory;

/// What progress is counted in: what it takes to visit a voxel.
const UNIT: &str = "voxels";
/// How often one job's progress is told, in milliseconds: people see it move, and nobody is kept
/// busy by it.
const TOLD_EVERY_MS: u64 = 100;

/// What a caller asks of the job that carries out its call.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Demands {
    /// Whether it wants to be told of progress.
    pub(crate) progress: bool,
    /// When it is too late.
    pub(crate) deadline: Option<Instant>,
}

impl Demands {
    /// Reads them. The clock is only asked where there is a deadline.
    pub(crate) fn read(args: &Args<'_>) -> Result<Self> {
        let after = |ms| Instant::now().checked_add(Duration::from_millis(ms));
        let deadline = args.deadline_ms()?.and_then(after);
        Ok(Self { progress: args.progress()?, deadline })
    }
}

/// Why a job shall stop; 0 where it shall not.
const CANCELLED: u8 = 1;
/// It was never begun.
const TURNED_AWAY: u8 = 2;

/// What a job carries.
#[derive(Debug)]
pub(crate) struct Ticket {
    client: Client,
    demands: Demands,
    stop: AtomicU8,
    done: AtomicU64,
    total: AtomicU64,
    /// When progress was last told, in milliseconds since it began.
    told_ms: AtomicU64,
    /// What it has printed and its owner was not told yet.
    printed: Mutex<String>,
    began: Instant,
    told: Arc<Told>,
}

impl Ticket {
    /// Whether there was no room for it.
    pub(crate) fn is_turned_away(&self) -> bool {
        self.stop.load(Ordering::Relaxed) == TURNED_AWAY
    }

    /// Whether it shall stop, and why.
    ///
    /// # Errors
    /// Where it shall.
    pub(crate) fn look(&self) -> goxel_core::Result<()> {
        if self.stop.load(Ordering::Relaxed) != 0 {
            return Err(Error::Cancelled);
        }
        match self.demands.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(Error::Late),
            _ => Ok(()),
        }
    }

    /// Its owner is to be told that it printed this, where that one wants to know how it goes on.
    pub(crate) fn print(&self, text: &str) {
        if self.demands.progress && !text.is_empty() {
            self.printed().push_str(text);
            self.tell(self.began.elapsed().as_millis() as u64);
        }
    }

    fn printed(&self) -> MutexGuard<'_, String> {
        self.printed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that there is something to tell, so many milliseconds since it began.
    fn tell(&self, ms: u64) {
        let before = self.told_ms.load(Ordering::Relaxed);
        let is_due = ms.saturating_sub(before) >= TOLD_EVERY_MS;
        let exchange = || {
            self.told_ms.compare_exchange(before, ms, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        };
        if is_due && exchange() {
            self.told.add(self.client);
        }
    }
}

impl Control for Ticket {
    fn check(&self, done: u64, total: u64) -> goxel_core::Result<()> {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        if self.demands.progress {
            self.tell(self.began.elapsed().as_millis() as u64);
        }
        self.look()?;
        memory::check()
    }

    fn elapsed(&self) -> Option<Duration> {
        Some(self.began.elapsed())
    }
}

/// The connections that there is something to tell to.
#[derive(Default)]
pub(crate) struct Told {
    any: AtomicBool,
    clients: Mutex<Vec<Client>>,
    wake: std::sync::OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl Told {
    fn add(&self, client: Client) {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).push(client);
        self.any.store(true, Ordering::Release);
        if let Some(wake) = self.wake.get() {
            wake();
        }
    }

    fn next(&self) -> Option<Client> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let next = clients.pop();
        self.any.store(!clients.is_empty(), Ordering::Release);
        next
    }
}

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Told").field("any", &self.any).finish_non_exhaustive()
    }
}

/// What runs or waits.
#[derive(Debug)]
struct Job {
    number: u64,
    method: Method,
    project: Option<ProjectId>,
    waits: bool,
    ticket: Arc<Ticket>,
    /// How far it was, and whether it waited, when listeners were last told.
    noted: Option<(u64, bool)>,
}

/// All that run or wait, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    last: u64,
    jobs: Vec<Job>,
    told: Arc<Told>,
}

impl Jobs {
    /// Takes in one, and gives its number. It waits until [`Jobs::start`].
    pub(crate) fn add(
        &mut self,
        method: Method,
        project: Option<ProjectId>,
        client: Client,
        demands: Demands,
    ) -> u64 {
        self.last += 1;
        let ticket = Ticket {
            client,
            demands,
            stop: AtomicU8::new(0),
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            told_ms: AtomicU64::new(0),
            printed: Mutex::default(),
            began: Instant::now(),
            told: Arc::clone(&self.told),
        };
        let ticket = Arc::new(ticket);
        self.jobs.push(Job {
            number: self.last,
            method,
            project,
            waits: true,
            ticket,
            noted: None,
        });
        self.last
    }

    /// One that waited goes to a worker. Gives what it carries.
    pub(crate) fn start(&mut self, number: u64) -> Option<Arc<Ticket>> {
        let job = self.find_mut(number)?;
        job.waits = false;
        Some(Arc::clone(&job.ticket))
    }

    /// One that ran waits.
    pub(crate) fn wait(&mut self, number: u64) {
        if let Some(job) = self.find_mut(number) {
            job.waits = true;
        }
    }

    /// It is over.
    pub(crate) fn end(&mut self, number: u64) {
        self.jobs.retain(|job| job.number != number);
    }

    /// Whether it shall stop, and why.
    ///
    /// # Errors
    /// Where it shall.
    pub(crate) fn look(&self, number: u64) -> goxel_core::Result<()> {
        self.find(number).map_or(Ok(()), |job| job.ticket.look())
    }

    /// Has it stop. Gives the connection that it belongs to, where it only waits and was not
    /// cancelled before: that one is to be told now. `None` where there is no such job.
    pub(crate) fn cancel(&self, number: u64) -> Option<Option<Client>> {
        let job = self.find(number)?;
        let is_first = job.ticket.stop.swap(CANCELLED, Ordering::Relaxed) == 0;
        Some((job.waits && is_first).then_some(job.ticket.client))
    }

    /// Its client is gone: it stops where only that one would have had something of it.
    pub(crate) fn abandon(&self, number: u64) {
        if let Some(job) = self.find(number).filter(|job| !leaves_something(job.method)) {
            job.ticket.stop.store(CANCELLED, Ordering::Relaxed);
        }
    }

    /// Has it end before it begins.
    pub(crate) fn turn_away(&self, number: u64) {
        if let Some(job) = self.find(number) {
            job.ticket.stop.store(TURNED_AWAY, Ordering::Relaxed);
        }
    }

    /// The number that was given last.
    #[cfg(test)]
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// A connection that is to be told of its job's progress.
    pub(crate) fn next_told(&self) -> Option<Client> {
        self.told.next()
    }

    /// How workers wake the loop when there is something to tell.
    pub(crate) fn set_wake(&self, wake: Box<dyn Fn() + Send + Sync>) {
        // There is one loop.
        let _ = self.told.wake.set(wake);
    }

    /// Whether its owner wants to be told of progress.
    pub(crate) fn tells(&self, number: u64) -> bool {
        self.find(number).is_some_and(|job| job.ticket.demands.progress)
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// How far those are that have gone on since the last time, or begun or ended to wait. `number` gives the
    /// number of a project's identity.
    pub(crate) fn news(&mut self, number: impl Fn(ProjectId) -> Option<u64>) -> Vec<JobNote> {
        let mut news = Vec::new();
        for job in &mut self.jobs {
            let now = Some((job.ticket.done.load(Ordering::Relaxed), job.waits));
            if job.noted != now {
                job.noted = now;
                let what = if job.waits { Happening::Waits } else { Happening::Runs };
                news.push(job.note(what, &number));
            }
        }
        news
    }

    /// What one came to that is over.
    pub(crate) fn outcome(
        &self,
        job: u64,
        error: Option<i32>,
        number: impl Fn(ProjectId) -> Option<u64>,
    ) -> Option<JobNote> {
        let what = if error.is_some() { Happening::Failed } else { Happening::Done };
        let note = self.find(job)?.note(what, &number);
        Some(JobNote { error, ..note })
    }

    /// Writes how far it is, as the parameters of a notification.
    pub(crate) fn write_progress(&self, number: u64, w: &mut Writer<'_>) {
        w.object(|w| {
            if let Some(job) = self.find(number) {
                job.write_progress(w);
                let printed = std::mem::take(&mut *job.ticket.printed());
                if !printed.is_empty() {
                    w.member("output", printed);
                }
            }
        });
    }

    /// Writes all of them. `name` gives what a project is called.
    pub(crate) fn write<'a>(
        &self,
        name: impl Fn(ProjectId) -> Option<&'a str>,
        w: &mut Writer<'_>,
    ) {
        w.object(|w| {
            w.member("count", self.jobs.len());
            w.key("jobs").array(|w| {
                for job in &self.jobs {
                    w.item().object(|w| {
                        job.write_progress(w);
                        w.member("method", job.method.info().name);
                        w.member("waits", job.waits);
                        w.member("client", job.ticket.client.number());
                        w.member("seconds", job.ticket.began.elapsed().as_secs_f64());
                        if let Some(name) = job.project.and_then(&name) {
                            w.member("project", name);
                        }
                    });
                }
            });
        });
    }

    fn find(&self, number: u64) -> Option<&Job> {
        self.jobs.iter().find(|job| job.number == number)
    }

    fn find_mut(&mut self, number: u64) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.number == number)
    }
}

impl Job {
    /// What is done, and of how much.
    fn progress(&self) -> (u64, u64) {
        let total = self.ticket.total.load(Ordering::Relaxed);
        // Counted by several threads, so it may be ahead of the whole for a moment.
        let done = self.ticket.done.load(Ordering::Relaxed);
        (if total == 0 { done } else { done.min(total) }, total)
    }

    fn write_progress(&self, w: &mut Writer<'_>) {
        let (done, total) = self.progress();
        w.member("job", self.number);
        w.member("done", done);
        w.member("total", total);
        w.member("unit", UNIT);
    }

    fn note(&self, what: Happening, number: impl Fn(ProjectId) -> Option<u64>) -> JobNote {
        let (done, total) = self.progress();
        JobNote {
            job: self.number,
            what,
            method: self.method,
            project: self.project.and_then(number),
            done,
            total,
            unit: UNIT,
            error: None,
            by: By::One(self.ticket.client.number()),
        }
    }
}

/// Whether a call leaves anything behind but its reply: a change, a file, or what later calls of the
/// same connection mean or may do.
pub(crate) fn leaves_something(method: Method) -> bool {
    let row = method.info();
    let is_reply = matches!(row.does, Does::Neither | Does::Reads)
        && matches!(row.files, Files::None | Files::Reads);
    !is_reply || matches!(method, Method::Attach | Method::SelectProject | Method::Confine)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(jobs: &mut Jobs, client: u64, demands: Demands) -> (u64, Arc<Ticket>) {
        let number = jobs.add(Method::Mirror, None, Client::without_loop(client), demands);
        (number, jobs.start(number).expect("it was added"))
    }

    fn written(jobs: &Jobs, number: u64) -> String {
        let mut out = Vec::new();
        jobs.write_progress(number, &mut Writer::new(&mut out));
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn numbers_are_never_used_again_and_a_ticket_says_when_to_stop() {
        let mut jobs = Jobs::default();
        let (first, ticket) = add(&mut jobs, 7, Demands::default());
        assert_eq!((first, ticket.check(5, 10)), (1, Ok(())));
        assert_eq!(written(&jobs, 1), r#"{ "job": 1, "done": 5, "total": 10, "unit": "voxels" }"#);
        assert_eq!(jobs.cancel(1), Some(None));
        assert_eq!(
            (ticket.look(), ticket.check(6, 10)),
            (Err(Error::Cancelled), Err(Error::Cancelled))
        );
        jobs.end(1);
        assert_eq!((jobs.cancel(1), add(&mut jobs, 7, Demands::default()).0), (None, 2));
        jobs.wait(2);
        assert_eq!(jobs.cancel(2), Some(Some(Client::without_loop(7))));
        assert_eq!(jobs.cancel(2), Some(None), "it was told already");
    }

    #[test]
    fn what_later_calls_stand_on_is_done_for_who_has_left() {
        for method in [Method::Attach, Method::SelectProject, Method::Confine, Method::AddVoxel] {
            assert!(leaves_something(method), "{method:?}");
        }
        for method in [Method::Ping, Method::GetVoxels, Method::ListProjects] {
            assert!(!leaves_something(method), "{method:?}");
        }
    }

    #[test]
    fn a_deadline_stops() {
        let mut jobs = Jobs::default();
        let now = Instant::now();
        let demands = |deadline| Demands { deadline: Some(deadline), progress: false };
        let (_, late) = add(&mut jobs, 1, demands(now));
        let (_, early) = add(&mut jobs, 1, demands(now + Duration::from_secs(1000)));
        assert_eq!((late.check(0, 0), early.check(0, 0)), (Err(Error::Late), Ok(())));
    }

    #[test]
    fn progress_is_told_to_those_who_asked_and_not_too_often() {
        let mut jobs = Jobs::default();
        let (_, silent) = add(&mut jobs, 1, Demands::default());
        let (_, loud) = add(&mut jobs, 2, Demands { progress: true, deadline: None });
        assert!(silent.check(1, 2).is_ok() && loud.check(1, 2).is_ok());
        for (ms, told) in [(99, None), (100, Some(2)), (150, None), (199, None), (200, Some(2))] {
            loud.tell(ms);
            assert_eq!(jobs.next_told(), told.map(Client::without_loop), "{ms}");
        }
    }
}
