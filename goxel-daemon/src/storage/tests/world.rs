//! [`World`]: a daemon without a loop, its clients, its disk, and what should be on that.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use goxel_core::{Identity, Project, Work};
use goxel_io::{Job, Service as _};
use goxel_proto::ErrorCode;
use goxel_store::check::check;
use goxel_store::disk::{Chance, Disk as _, SimulatedDisk};
use goxel_store::journal::{Durability, Settings};

use super::super::checkpoints::Limits;
use super::super::recovery::open_disk;
use super::super::replay::memory_left;
use super::super::retention::Retention;
use super::super::written::begins;
use super::super::{Load, Opened, Storage, When};
use super::calls::{self, Files};
use super::model::{Model, Told};
use crate::dispatch::Done;
use crate::fault::Fault;
use crate::gate::Projects;
use crate::server::Server;
use crate::server::long_tests::Peer;
use crate::session::Session;

/// Clients at a time.
const SEATS: usize = 4;

/// Whoever waits is served before so many jobs of others.
const ROUNDS_MAX: u64 = 1000;

/// A client, and what it is told of by replies that wait for the disk.
struct Seat {
    peer: Peer,
    told: Vec<Told>,
}

/// A daemon that runs.
pub(super) struct World<'a> {
    pub(super) chance: Chance,
    pub(super) disk: SimulatedDisk,
    pub(super) model: Model,
    pub(super) durability: Durability,
    /// Its projects are large ones.
    pub(super) is_large: bool,
    files: &'a Files,
    server: Server,
    seats: Vec<Seat>,
    clients: u64,
    starts: u64,
    /// What the clock says.
    time: Arc<AtomicU64>,
    /// What nobody asked for: checkpoints.
    jobs: Vec<Job<Done>>,
    done: Vec<Done>,
    /// What the journal's writer was handed.
    handed: Vec<Told>,
    /// Whether each step is told of.
    tells: bool,
    /// How many requests were sent, and how many replies had a result.
    pub(super) requests: u64,
    pub(super) results: u64,
    /// How many older versions were had back.
    pub(super) restored: u64,
}

impl<'a> World<'a> {
    pub(super) fn new(seed: u64, files: &'a Files, tells: bool) -> Self {
        let mut chance = Chance(seed);
        let durability = match chance.below(4) {
            0 => Durability::EverySec,
            1 if chance.below(2) == 0 => Durability::Off,
            _ => Durability::Always,
        };
        let is_large = chance.below(16) == 0;
        Self {
            chance,
            disk: SimulatedDisk::new(seed),
            model: Model::default(),
            durability,
            is_large,
            files,
            server: Server::default(),
            seats: Vec::new(),
            clients: 0,
            starts: 0,
            time: Arc::new(AtomicU64::new(1_700_000_000_000)),
            jobs: Vec::new(),
            done: Vec::new(),
            handed: Vec::new(),
            tells,
            requests: 0,
            results: 0,
            restored: 0,
        }
    }

    fn settings(&mut self) -> Settings {
        let mut settings = Settings::new(self.durability);
        settings.segment_bytes = *self.chance.pick(&[1 << 10, 4 << 10, 16 << 10]);
        settings.step_bytes = *self.chance.pick(&[256, 2048]);
        settings.has_writer = false;
        if self.chance.below(4) == 0 {
            settings.unwritten_bytes_max = 2000;
        }
        settings
    }

    /// Keeps older versions or not, by a clock that is put back now and then.
    fn retention(&mut self) -> Retention {
        let bytes_max = *self.chance.pick(&[0, 3000, 20_000, u64::MAX]);
        let time = Arc::clone(&self.time);
        Retention::new(bytes_max, Arc::new(move || time.load(Ordering::Relaxed)))
    }

    /// Opens the data directory and says what is in it, which has to be all there.
    pub(super) fn open(&mut self) -> Result<(Opened, BTreeMap<u64, Project>), String> {
        let settings = self.settings();
        let retention = self.retention();
        let opened = open_disk(Arc::new(self.disk.clone()), &settings, retention);
        let mut opened = opened.map_err(|error| format!("{error:#}"))?;
        let found = Found::of(&mut opened);
        match found.refused.first() {
            Some(why) => Err(format!("refused: {why}")),
            None => Ok((opened, found.projects)),
        }
    }

    /// Has the directory checked, which has to be sound whatever happened.
    pub(super) fn check(&self) -> Result<(), String> {
        let report = check(&self.disk, memory_left(), &begins);
        let report = report.map_err(|error| error.to_string())?;
        let findings = report.findings.iter().map(ToString::to_string).collect::<Vec<_>>();
        if report.is_sound() { Ok(()) } else { Err(findings.join("; ")) }
    }

    /// What is found on a disk, where that can be opened.
    pub(super) fn found_on(&mut self, disk: SimulatedDisk) -> Found {
        let settings = self.settings();
        let retention = self.retention();
        match open_disk(Arc::new(disk), &settings, retention) {
            Ok(mut opened) => Found::of(&mut opened),
            Err(why) => Found { refused: vec![format!("{why:#}")], ..Found::default() },
        }
    }

    /// Has older versions back: those that are listed can be had, and each is what it was.
    pub(super) fn look_back(&mut self, opened: &mut Opened) -> Result<(), String> {
        let known = self.model.past();
        if known.is_empty() {
            return Ok(());
        }
        for is_listed in [true, false] {
            let (number, mut version) = *self.chance.pick(&known);
            let now = opened.projects.iter().find(|now| now.identity().number() == number);
            let now = now.map(Project::snapshot);
            let past = opened.storage.past(Identity::of(number), now, false);
            let mut past = past.map_err(words)?;
            if is_listed {
                let limit = 1 + self.chance.below(30) as usize;
                let (listed, _) = past.list(limit, u64::MAX, &Work::unbounded()).map_err(words)?;
                if listed.is_empty() {
                    return Err(format!("no version of project {number} is listed"));
                }
                version = self.chance.pick(&listed).version;
            }
            self.tell(format_args!("version {version} of {number}, listed: {is_listed}"));
            match past.read(&When::Version(version), "version", &Work::unbounded()) {
                Ok(project) if self.model.was(number, &project) == Some(false) => {
                    return Err(format!("version {version} of {number} is what it never was"));
                }
                Ok(_) => self.restored += 1,
                Err(error) if is_listed => {
                    return Err(format!("version {version} of {number}: {}", words(error)));
                }
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// Starts the daemon on what was found.
    pub(super) fn start(&mut self, mut opened: Opened) {
        opened.storage.limits = Limits {
            look_bytes: 1 + self.chance.below(600),
            journal_bytes_min: 1 + self.chance.below(3000),
            journal_bytes_max: 1 + self.chance.below(6000),
        };
        self.starts += 1;
        let now = UNIX_EPOCH + Duration::from_millis(self.starts);
        self.server = Server::default();
        self.server.state.projects = Projects::begun_at(now);
        if self.chance.below(2) == 0 {
            self.server.state.inline_units = 1000;
        }
        self.server.state.projects.use_storage(opened).expect("room for all");
        self.jobs.clear();
        self.done.clear();
        self.handed.clear();
        self.seats = (0..SEATS).map(|_| self.connect()).collect();
    }

    /// Says what happens, where it is wanted.
    pub(super) fn tell(&self, what: std::fmt::Arguments<'_>) {
        if self.tells {
            println!("{what}");
        }
    }

    fn connect(&mut self) -> Seat {
        self.clients += 1;
        Seat { peer: Peer::new(&mut self.server, self.clients), told: Vec::new() }
    }

    /// The daemon itself.
    pub(super) fn server(&mut self) -> &mut Server {
        &mut self.server
    }

    fn storage(&mut self) -> &mut Storage {
        self.server.state.projects.storage_mut().expect("it has one")
    }

    /// Something happens.
    pub(super) fn step(&mut self) {
        let passed = match self.chance.below(60) {
            0 => self.chance.below(100_000).wrapping_neg(),
            1..6 => self.chance.below(5000),
            _ => self.chance.below(100),
        };
        let time = self.time.load(Ordering::Relaxed);
        self.time.store(time.wrapping_add(passed), Ordering::Relaxed);
        match self.chance.below(40) {
            0..=19 => self.send(),
            20..=25 => self.work(),
            26..=28 => self.resume(),
            29..=32 => self.commit(),
            33 => self.write(),
            34..=36 => self.take_job(),
            37 | 38 => self.finish_job(),
            _ => {
                let seat = self.a_seat();
                self.leave(seat);
            }
        }
    }

    fn a_seat(&mut self) -> usize {
        self.chance.below(SEATS as u64) as usize
    }

    fn send(&mut self) {
        let seat = self.a_seat();
        let frame = calls::frame(&mut self.chance, self.files, self.is_large);
        self.requests += 1;
        self.tell(format_args!("{seat} sends {frame}"));
        let as_large = self.chance.below(10) == 0 && self.seats[seat].peer.is_at_rest();
        self.act(seat, |peer, server| {
            if as_large {
                peer.send_large(server, &frame);
            } else {
                peer.send(server, &frame);
            }
        });
    }

    /// A client does something, or something is done for it.
    fn act(&mut self, seat: usize, act: impl FnOnce(&mut Peer, &mut Server)) {
        // What this rolls back is nobody's.
        self.server.state.settle(&Session::default());
        self.look();
        let Seat { peer, .. } = &mut self.seats[seat];
        act(peer, &mut self.server);
        let replies = self.seats[seat].peer.replies();
        let new = self.look();
        self.tell(format_args!("{seat} is told {replies}, which made {new:?}"));
        self.results += replies.matches("\"result\"").count() as u64;
        if !replies.contains("\"result\"") {
            return;
        }
        if self.server.holds_replies(&self.seats[seat].peer.session) {
            self.seats[seat].told.extend(new);
        } else if self.durability == Durability::Always {
            new.into_iter().for_each(|told| self.model.acknowledge(told));
        }
    }

    /// Has the model see what is new.
    pub(super) fn look(&mut self) -> Vec<Told> {
        let mut new = Vec::new();
        for (project, in_transaction) in std::mem::take(&mut self.storage().witnessed) {
            new.push(Told::Version(project.identity().number(), project.version()));
            self.model.see(project, in_transaction);
        }
        // What was done and not written would be lost. After a failure that is what is rolled back, of
        // which nobody is told.
        let is_told = self.storage().failed().is_none();
        for (_, project) in self.server.state.projects.all() {
            let (number, version) = (project.identity().number(), project.version());
            if !self.model.knows(number, version) {
                new.extend(is_told.then_some(Told::Version(number, version)));
                self.model.see(project.snapshot(), project.in_transaction());
            }
        }
        let deleted = &self.storage().deleted;
        let deleted: Vec<u64> = deleted.doomed.union(&deleted.gone).copied().collect();
        for number in deleted {
            if self.model.delete(number) {
                new.push(Told::Deleted(number));
            }
        }
        new
    }

    /// Somebody's job is carried out, if there is one.
    fn work(&mut self) {
        let busy: Vec<_> = (0..SEATS).filter(|&seat| self.seats[seat].peer.job.is_some()).collect();
        if !busy.is_empty() {
            let seat = *self.chance.pick(&busy);
            self.act(seat, Peer::work);
        }
    }

    /// All whose turn has come go on.
    fn resume(&mut self) {
        while let Some(client) = self.server.next_ready() {
            let of_client = |seat: &Seat| seat.peer.session.client == client;
            let seat = self.seats.iter().position(of_client).expect("it is one of them");
            self.act(seat, Peer::resume);
        }
    }

    /// The loop's wake-up ends.
    pub(super) fn commit(&mut self) {
        let is_durable = self.server.commit();
        self.tell(format_args!("a commit: {is_durable}"));
        for seat in 0..SEATS {
            // Replies leave, or their clients are let go.
            let told = std::mem::take(&mut self.seats[seat].told);
            if is_durable {
                told.into_iter().for_each(|told| self.model.acknowledge(told));
            }
        }
        self.handed = self.model.all();
    }

    /// The journal's writer has its turn.
    fn write(&mut self) {
        let sync = self.chance.below(2) == 0;
        self.storage().journal.write_now(sync);
        self.tell(format_args!("the writer's turn, sync: {sync}: {:?}", self.disk.names()));
        let is_durable = sync && self.durability == Durability::EverySec;
        if is_durable && self.storage().failed().is_none() {
            let handed = std::mem::take(&mut self.handed);
            handed.into_iter().for_each(|told| self.model.acknowledge(told));
        }
    }

    fn take_job(&mut self) {
        if self.chance.below(2) == 0 {
            self.jobs.extend(self.server.next_job());
            self.tell(format_args!("{} jobs", self.jobs.len()));
        } else if !self.jobs.is_empty() {
            let at = self.chance.below(self.jobs.len() as u64) as usize;
            self.done.push(self.jobs.swap_remove(at).run());
            self.tell(format_args!("a job is run"));
        }
    }

    /// All of them are.
    pub(super) fn finish_jobs(&mut self) {
        self.done.extend(self.jobs.drain(..).map(Job::run));
        while !self.done.is_empty() {
            self.finish_job();
        }
    }

    fn finish_job(&mut self) {
        if let Some(done) = self.done.pop() {
            self.tell(format_args!("{done:?} is finished"));
            self.server.finish_orphan(done);
            self.tell(format_args!("on the disk: {:?}", self.disk.names()));
        }
    }

    /// A client leaves, and another one comes. What it has sent is carried out.
    fn leave(&mut self, seat: usize) {
        self.server.gone(&mut self.seats[seat].peer.session);
        let mut rounds = 0;
        while !self.seats[seat].peer.is_at_rest() {
            rounds += 1;
            if rounds > ROUNDS_MAX {
                let storage = self.storage();
                let behind = (storage.behind.clone(), storage.journal.is_behind());
                panic!("client {seat} is never served: {behind:?}, {:?}", self.server);
            }
            self.work();
            self.commit();
            self.write();
            self.resume();
        }
        let next = self.connect();
        let left = std::mem::replace(&mut self.seats[seat], next);
        self.server.closed(left.peer.session);
    }

    /// Has all projects backed up to a file, while others take so many steps. Gives which versions there were
    /// when that was asked for, and the reply.
    pub(super) fn back_up(&mut self, path: &Path, steps: u64) -> (BTreeMap<u64, u64>, String) {
        self.clients += 1;
        let mut peer = Peer::new(&mut self.server, self.clients);
        self.server.state.settle(&Session::default());
        self.look();
        let asked = self.model.decided();
        peer.call(&mut self.server, "backup", &format!("[{path:?}]"));
        for _ in 0..steps {
            self.step();
        }
        peer.work(&mut self.server);
        self.look();
        (asked, peer.replies())
    }

    /// The daemon ends in order, whatever is under way.
    pub(super) fn end(&mut self) {
        self.tell(format_args!("the end"));
        self.server.commit();
        self.look();
        self.server.ended();
    }
}

/// What a start finds.
#[derive(Default)]
pub(super) struct Found {
    /// By the number of its identity, all of it read.
    pub(super) projects: BTreeMap<u64, Project>,
    /// Why something cannot be used.
    pub(super) refused: Vec<String>,
}

impl Found {
    pub(super) fn of(opened: &mut Opened) -> Self {
        let mut all = Self::default();
        let names: Vec<_> =
            opened.storage.kept.iter().map(|(number, kept)| (*number, kept.name.clone())).collect();
        for (number, listed) in names {
            let open = |project: &&Project| project.identity().number() == number;
            let open = opened.projects.iter().find(open).map(Project::snapshot);
            let project = open.map_or_else(|| read(&mut opened.storage, number), Ok);
            match project {
                Ok(project) if project.name() == listed => {
                    all.projects.insert(number, project);
                }
                Ok(project) => {
                    let name = project.name();
                    all.refused.push(format!("project {name} is listed as {listed}"));
                }
                Err(why) => all.refused.push(why),
            }
        }
        all
    }
}

fn words(fault: Fault) -> String {
    fault.into_rpc(ErrorCode::Storage).message
}

fn read(storage: &mut Storage, number: u64) -> Result<Project, String> {
    let identity = Identity::of(number);
    match storage.load(identity).map_err(words)? {
        Load::AtHand(project) => Ok(*project),
        Load::Read(read) => {
            let project = read().map_err(words);
            storage.was_read(identity);
            Ok(*project?)
        }
    }
}
