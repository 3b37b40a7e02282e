//! [`State`]: what the daemon holds, beside what it remembers of each connection.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use goxel_core::{Control, Error, ProjectId, Work};
use goxel_io::{Command, Status};
use goxel_proto::Args;

use crate::fault::Result;
use crate::follow::Following;
use crate::gate::{Projects, TRANSACTION_IDLE_S};
use crate::jobs::Jobs;
use crate::protocol::Protocol;
use crate::renders::{Renders, Settings};
use crate::scripts::Scripts;
use crate::session::Session;
use crate::storage::Written;
use crate::watch::Watch;

/// What an edit may do on the loop's thread, in units of [`goxel_core::Work`]: a third of a
/// millisecond, in which all other clients wait.
const INLINE_UNITS: u64 = 300_000;
/// What part of that an edit may do whose effect is written: 50 microseconds a tile of noise at the most.
const EFFECT_SHARE: u64 = 8;
/// How long it may try, where its units take longer than they should: on a slow machine, or where most
/// of its memory is cold.
pub(crate) const INLINE_TIME: Duration = Duration::from_micros(300);

/// The daemon as handlers see it.
#[derive(Debug)]
pub(crate) struct State {
    /// The open projects, which change through their own functions only.
    pub(crate) projects: Projects,
    /// What runs on workers or waits.
    pub(crate) jobs: Jobs,
    /// What an edit may do before it goes to a worker.
    pub(crate) inline_units: u64,
    /// How long it may try: for ever, in tests, which say the same however slow they are.
    pub(crate) inline_time: Duration,
    pub(crate) started: Instant,
    /// How long a transaction may be left alone.
    pub(crate) transaction_idle: Duration,
    pub(crate) stopping: bool,
    /// What the loop has and got.
    pub(crate) engine: Arc<Status>,
    /// Which forms of requests are answered.
    pub(crate) protocol: Protocol,
    /// Calls of methods so far.
    pub(crate) calls: u64,
    /// What they cost.
    pub(crate) watch: Watch,
    /// What the loop is to do.
    pub(crate) commands: VecDeque<Command>,
    /// Made at the first use.
    pub(crate) renders: Option<Renders>,
    /// The daemon that this one follows, if any.
    pub(crate) following: Following,
    /// Processes that run scripts.
    pub(crate) scripts: Scripts,
}

impl Default for State {
    fn default() -> Self {
        Self {
            projects: Projects::default(),
            jobs: Jobs::default(),
            inline_units: INLINE_UNITS,
            inline_time: Duration::MAX,
            started: Instant::now(),
            transaction_idle: Duration::from_secs(TRANSACTION_IDLE_S.into()),
            stopping: false,
            engine: Arc::default(),
            protocol: Protocol::Auto,
            calls: 0,
            watch: Watch::default(),
            commands: VecDeque::new(),
            renders: None,
            following: Following::default(),
            scripts: Scripts::default(),
        }
    }
}

/// Ends what is tried on the loop's thread when it has taken its time.
#[derive(Debug)]
pub(crate) struct InlineBudget {
    units: u64,
    time: Duration,
    /// When it is over; what is short never asks, so it does not look at a clock.
    end: OnceLock<Option<Instant>>,
}

impl InlineBudget {
    /// Work within it.
    pub(crate) fn work(&self) -> Work<'_> {
        Work::trial(self.units, self)
    }
}

impl Control for InlineBudget {
    fn check(&self, _: u64, _: u64) -> goxel_core::Result<()> {
        let end = self.end.get_or_init(|| Instant::now().checked_add(self.time));
        if end.is_some_and(|end| Instant::now() >= end) {
            return Err(Error::OverBudget(self.units));
        }
        Ok(())
    }
}

impl State {
    /// What an edit may do before it goes to a worker. Where its effect is written into the data
    /// directory, telling what that is takes several times as long as the edit.
    pub(crate) fn inline_edit_budget(&self, written: Written<'_>) -> InlineBudget {
        let budget = self.inline_budget();
        let tells_effect = matches!(written, Written::Effect(_)) && self.projects.has_storage();
        let share = if tells_effect { EFFECT_SHARE } else { 1 };
        InlineBudget { units: budget.units / share, ..budget }
    }

    /// How long something may be tried before it goes to a worker.
    pub(crate) fn inline_budget(&self) -> InlineBudget {
        InlineBudget { units: self.inline_units, time: self.inline_time, end: OnceLock::new() }
    }

    /// The pictures that the daemon keeps.
    pub(crate) fn renders(&mut self) -> &mut Renders {
        self.renders.get_or_insert_with(|| Renders::new(Settings::from_environment()))
    }

    /// Makes what time has passed count, before a session's call is carried out.
    #[inline]
    pub(crate) fn settle(&mut self, session: &Session) {
        if !self.projects.is_calm() || session.transaction.is_some() {
            self.projects.settle(session, self.started.elapsed(), self.transaction_idle);
        }
    }

    /// The session's call is over.
    #[inline]
    pub(crate) fn rest(&self, session: &mut Session) {
        if session.transaction.is_some() {
            self.projects.rest(session, self.started.elapsed());
        }
    }

    /// A job is over, with an error of this code or a result.
    pub(crate) fn end_job(&mut self, job: u64, error: Option<i32>) {
        if self.projects.events().heard().is_some_and(|listeners| listeners.hear_jobs()) {
            self.tell_outcome(job, error);
        }
        self.jobs.end(job);
    }

    #[cold]
    fn tell_outcome(&mut self, job: u64, error: Option<i32>) {
        let note = self.jobs.outcome(job, error, number_in(&self.projects));
        if let (Some(note), Some(listeners)) = (note, self.projects.events().heard()) {
            listeners.job(note);
        }
    }

    /// Tells of jobs that go on, where somebody listens and it is time to.
    #[inline]
    pub(crate) fn look_at_jobs(&mut self, now: Instant) {
        if let Some(listeners) = self.projects.events().heard()
            && listeners.hear_jobs()
            && !self.jobs.is_empty()
            && listeners.look_at_jobs(now)
        {
            let news = self.jobs.news(number_in(&self.projects));
            if let Some(listeners) = self.projects.events().heard() {
                news.into_iter().for_each(|note| listeners.job(note));
            }
        }
    }

    /// When somebody is to be told of an event though nothing else happens.
    pub(crate) fn events_due(&self) -> Option<Instant> {
        let listeners = self.projects.listeners()?;
        let looks = listeners.hear_jobs() && !self.jobs.is_empty();
        let jobs_due = listeners.jobs_due().filter(|_| looks);
        listeners.due().into_iter().chain(jobs_due).min()
    }

    /// Which project a call means: the one it names, else the session's; `None` is the current
    /// one.
    pub(crate) fn target(&self, session: &Session, args: &Args<'_>) -> Result<Option<ProjectId>> {
        let Some(name) = args.project()? else {
            // What a session chose, it chose for good: another project in its place is not meant.
            if session.pinned.is_some() && session.named.is_none() {
                return Ok(session.pinned);
            }
            return self.projects.meant(session, args.row());
        };
        self.projects.find(&name, "params.project").map(Some)
    }
}

/// What gives the number of a project's identity, where it is open.
fn number_in(projects: &Projects) -> impl Fn(ProjectId) -> Option<u64> {
    |id| projects.read(Some(id)).ok().map(|project| project.identity().number())
}
