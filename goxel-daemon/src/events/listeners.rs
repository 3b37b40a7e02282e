//! [`Listeners`]: all that listen, what they were not told yet, and whose turn it is.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::time::{Duration, Instant};

use goxel_core::Project;
use goxel_io::{Client, Output};
use goxel_proto::RpcError;
use goxel_proto::json::Writer;
use goxel_proto::types::{EventKind, Happening};

use super::chain::Chain;
use super::kinds::{Kinds, Wants};
use super::lines::{self, For, Lines};
use super::listener::{self, Listener, PACES, Pace, Settings};
use super::notes::{Edited, Fate, JobNote};
use super::span::By;
use super::window::Window;
use super::{LISTENERS_MAX, SUBSCRIPTIONS_MAX, UNREAD_BYTES_MAX};

/// Places from which lines are kept that were written once: one for each pace, and some for those who come
/// or read late.
const LINES_MAX: usize = 16;
/// How often jobs are looked at, in milliseconds: people see them move.
const JOBS_EVERY_MS: u64 = 100;

/// All that listen.
#[derive(Debug, Default)]
pub(crate) struct Listeners {
    all: BTreeMap<u64, Listener>,
    /// How many listeners want something, by project; and of all projects.
    heard: BTreeMap<u64, usize>,
    hear_all: usize,
    /// How many want to know of jobs, and when those were last looked at.
    hear_jobs: usize,
    jobs_at: Option<Instant>,
    chain: Chain,
    paces: [Pace; PACES],
    /// Those whose turn it is, who are told up to this number.
    telling: VecDeque<Client>,
    end: u64,
    /// What is told from which number.
    lines: Vec<(u64, Rc<Lines>)>,
}

/// How a connection is that is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) client: Client,
    /// Bytes that it has not read yet.
    pub(crate) unread: usize,
    /// Whether a line may be put between those that it is sent.
    pub(crate) may_tell: bool,
}

/// Who listens.
impl Listeners {
    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// How many subscriptions a connection has.
    pub(crate) fn subscriptions(&self, client: Client) -> usize {
        self.all.get(&client.number()).map_or(0, |listener| listener.wants.count())
    }

    /// How a connection is told, where it listens.
    pub(crate) fn settings(&self, client: Client) -> Option<Settings> {
        self.all.get(&client.number()).map(|listener| listener.settings)
    }

    /// What a connection wants: kinds, and of which project, or of all.
    pub(crate) fn wanted(&self, client: Client) -> Vec<(Option<u64>, Kinds)> {
        let Some(Listener { wants, .. }) = self.all.get(&client.number()) else {
            return Vec::new();
        };
        let all = Some((None, wants.all)).filter(|(_, kinds)| !kinds.is_empty());
        let named = wants.projects.iter().map(|(number, kinds)| (Some(*number), *kinds));
        all.into_iter().chain(named).collect()
    }

    /// A connection listens from now on, to these projects, or to all, too.
    ///
    /// # Errors
    /// Where too many do, or it names too many projects; nothing has changed then.
    pub(crate) fn subscribe(
        &mut self,
        client: Client,
        projects: Option<&[u64]>,
        kinds: Kinds,
        settings: Settings,
    ) -> Result<(), RpcError> {
        let mut wants = self.take_wants(client);
        let before = wants.clone();
        match projects {
            None => wants.add(None, kinds),
            Some(projects) => projects.iter().for_each(|number| wants.add(Some(*number), kinds)),
        }
        let refused = if wants.projects.len() > SUBSCRIPTIONS_MAX {
            let what = format_args!(
                "a connection names {SUBSCRIPTIONS_MAX} projects at the most: leave projects out for all"
            );
            Some(RpcError::params("params.projects", what))
        } else if self.all.len() >= LISTENERS_MAX && before == Wants::default() {
            let what =
                format_args!("The daemon is busy: {LISTENERS_MAX} connections are told of events");
            Some(RpcError::new(goxel_proto::ErrorCode::Internal, what))
        } else {
            None
        };
        let (wants, settings) = match refused {
            None => (wants, settings),
            Some(_) => (before, self.settings(client).unwrap_or_default()),
        };
        self.put_wants(client, wants, settings);
        refused.map_or(Ok(()), Err)
    }

    /// A connection is told no longer of these kinds, of these projects or of all. Gives how many
    /// subscriptions it has left.
    pub(crate) fn unsubscribe(
        &mut self,
        client: Client,
        projects: Option<&[u64]>,
        kinds: Kinds,
    ) -> usize {
        let settings = self.settings(client).unwrap_or_default();
        let mut wants = self.take_wants(client);
        match projects {
            None => wants.remove(None, kinds),
            Some(projects) => projects.iter().for_each(|number| wants.remove(Some(*number), kinds)),
        }
        let left = wants.count();
        self.put_wants(client, wants, settings);
        left
    }

    /// A connection is there no more.
    pub(crate) fn left(&mut self, client: Client) {
        self.take_wants(client);
        self.all.remove(&client.number());
    }

    /// Takes what a connection wants out of the counts.
    fn take_wants(&mut self, client: Client) -> Wants {
        let Some(listener) = self.all.get_mut(&client.number()) else { return Wants::default() };
        let wants = std::mem::take(&mut listener.wants);
        if listener.settings.notify {
            self.paces[listener.settings.pace()].listeners -= 1;
        }
        for number in wants.projects.keys() {
            if let Some(count) = self.heard.get_mut(number) {
                *count -= 1;
            }
        }
        self.heard.retain(|_, count| *count > 0);
        self.hear_all -= usize::from(!wants.all.is_empty());
        self.hear_jobs -= usize::from(wants_jobs(&wants));
        wants
    }

    /// Puts it back, or forgets the connection where that is nothing.
    fn put_wants(&mut self, client: Client, wants: Wants, settings: Settings) {
        if wants == Wants::default() {
            self.all.remove(&client.number());
            return;
        }
        wants.projects.keys().for_each(|number| *self.heard.entry(*number).or_default() += 1);
        self.hear_all += usize::from(!wants.all.is_empty());
        self.hear_jobs += usize::from(wants_jobs(&wants));
        if settings.notify {
            self.paces[settings.pace()].listeners += 1;
        }
        // What happened before is not told it.
        let next = self.chain.seal();
        let new = Listener { client, settings, wants: Wants::default(), next, is_behind: false };
        let listener = self.all.entry(client.number()).or_insert(new);
        (listener.wants, listener.settings) = (wants, settings);
        // What it was not told yet, as it changed its pace.
        if listener.next < next {
            self.paces[settings.pace()].since.get_or_insert_with(Instant::now);
        }
        self.keep_short();
    }
}

fn wants_jobs(wants: &Wants) -> bool {
    let any = wants.projects.values().fold(wants.all, |all, kinds| all.and(*kinds));
    any.has(EventKind::Job)
}

/// What happens.
impl Listeners {
    /// Whether somebody listens to this project.
    #[inline]
    pub(crate) fn hear(&self, project: &Project) -> bool {
        self.hear_all > 0 || self.heard.contains_key(&project.identity().number())
    }

    /// Something was edited, which this commit makes durable.
    pub(crate) fn edited(&mut self, edited: &Edited, commit: u64) {
        self.note(commit, |window| window.edited(edited));
    }

    /// Something became of a project, which is as it is now.
    pub(crate) fn became(&mut self, what: Happening, project: &Project, by: By, commit: u64) {
        let fate = Fate::of(what, project, by);
        self.note(commit, |window| window.fate(fate));
    }

    /// A project is gone, of which nothing but this may be known.
    pub(crate) fn deleted(&mut self, number: u64, name: &str, by: By, commit: u64) {
        let (what, name) = (Happening::Deleted, name.into());
        let fate = Fate { what, number, name, from: None, version: None, by };
        self.note(commit, |window| window.fate(fate));
    }

    /// A project goes by another name than this.
    pub(crate) fn renamed(&mut self, from: &str, project: &Project, by: By, commit: u64) {
        let fate = Fate::of(Happening::Renamed, project, by);
        let fate = Fate { from: Some(from.into()), ..fate };
        self.note(commit, |window| window.fate(fate));
    }

    /// A job went on, or ended.
    pub(crate) fn job(&mut self, note: JobNote) {
        // It is in no journal.
        self.note(0, |window| window.job(note));
    }

    fn note(&mut self, commit: u64, note: impl FnOnce(&mut Window)) {
        if self.chain.note(commit, note) {
            let now = Instant::now();
            self.paces.iter_mut().for_each(|pace| _ = pace.since.get_or_insert(now));
            self.keep_short();
        }
    }

    /// Whether somebody wants to know of jobs.
    pub(crate) fn hear_jobs(&self) -> bool {
        self.hear_jobs > 0
    }

    /// Whether it is time to look at jobs, which is noted then.
    pub(crate) fn look_at_jobs(&mut self, now: Instant) -> bool {
        let is_due = self.jobs_due().is_none_or(|due| now >= due);
        if is_due {
            self.jobs_at = Some(now);
        }
        is_due
    }

    /// When jobs are looked at next; at once where they never were.
    pub(crate) fn jobs_due(&self) -> Option<Instant> {
        self.jobs_at.map(|at| at + Duration::from_millis(JOBS_EVERY_MS))
    }

    /// A commit failed: what is to be told may not be so, and those who listen read everything again.
    #[cold]
    pub(crate) fn lose(&mut self) {
        self.chain.lose();
    }

    /// How many windows are kept.
    #[cfg(test)]
    pub(super) fn windows(&self) -> usize {
        self.chain.len()
    }

    fn keep_short(&mut self) {
        if self.chain.is_long() {
            let mut at: BTreeSet<u64> = self.all.values().map(|listener| listener.next).collect();
            at.insert(self.end);
            self.chain.shorten(&at);
        }
    }
}

/// Telling.
impl Listeners {
    /// When somebody is to be told though nothing else happens.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.paces.iter().enumerate().filter_map(|(pace, of)| listener::due(pace, of)).min()
    }

    /// A connection whose turn it is.
    pub(crate) fn next(
        &mut self,
        now: Instant,
        is_settled: impl Fn(u64) -> bool,
    ) -> Option<Client> {
        if self.telling.is_empty() {
            self.gather(now, is_settled);
        }
        self.telling.pop_front()
    }

    /// Finds those who are to be told by now.
    fn gather(&mut self, now: Instant, is_settled: impl Fn(u64) -> bool) {
        let is_due =
            |(pace, of): (usize, &Pace)| listener::due(pace, of).is_some_and(|due| now >= due);
        let due: Vec<bool> = self.paces.iter().enumerate().map(is_due).collect();
        if !due.contains(&true) {
            return;
        }
        let (end, is_all) = self.chain.settled(is_settled);
        (self.end, self.lines) = (end, Vec::new());
        let mut slowest = end;
        for listener in self.all.values() {
            slowest = slowest.min(listener.next);
            let Settings { notify, .. } = listener.settings;
            if notify && due[listener.settings.pace()] && listener.next < end {
                self.telling.push_back(listener.client);
            }
        }
        self.chain.drop_before(slowest);
        for (pace, _) in self.paces.iter_mut().zip(due).filter(|(_, due)| *due) {
            // What waits for a commit is looked at again after as long as edits are merged.
            pace.since = (!is_all).then_some(now);
        }
    }

    /// Tells a connection whose turn it is; later, where it has not read what it was told before.
    pub(crate) fn tell(&mut self, turn: Turn, now: Instant, out: &mut Output) {
        let Some(listener) = self.all.get_mut(&turn.client.number()) else { return };
        if turn.unread > UNREAD_BYTES_MAX {
            listener.is_behind = true;
        }
        if turn.unread > UNREAD_BYTES_MAX || !turn.may_tell {
            self.paces[listener.settings.pace()].since.get_or_insert(now);
            return;
        }
        let from = listener.next;
        if from >= self.end || !listener.settings.notify {
            return;
        }
        listener.next = self.end;
        let but_by = (!listener.settings.own).then(|| turn.client.number());
        if std::mem::take(&mut listener.is_behind) {
            let window = self.chain.range(from, self.end);
            return lines::put_missed(&window, For { wants: &listener.wants, but_by }, out);
        }
        let lines = match self.lines.iter().find(|(at, _)| *at == from) {
            Some((_, lines)) => Rc::clone(lines),
            None => {
                let lines = Rc::new(Lines::of(&self.chain.range(from, self.end)));
                self.lines.truncate(LINES_MAX - 1);
                self.lines.push((from, Rc::clone(&lines)));
                lines
            }
        };
        lines.put(For { wants: &listener.wants, but_by }, out);
    }

    /// Writes what a connection was not told yet as elements of an array. False where it does not listen.
    pub(crate) fn poll(
        &mut self,
        client: Client,
        is_settled: impl Fn(u64) -> bool,
        w: &mut Writer<'_>,
    ) -> bool {
        let (end, _) = self.chain.settled(is_settled);
        let Some(listener) = self.all.get_mut(&client.number()) else { return false };
        let from = listener.next;
        listener.next = end.max(from);
        listener.is_behind = false;
        let but_by = (!listener.settings.own).then(|| client.number());
        let window = self.chain.range(from, end);
        w.array(|w| lines::write_events(&window, For { wants: &listener.wants, but_by }, w));
        self.keep_short();
        true
    }
}
