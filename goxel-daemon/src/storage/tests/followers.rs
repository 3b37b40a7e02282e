//! Random histories of a daemon that is followed: the follower never shows what its leader never was, and
//! in the end it is what that is. Whoever is told of events there, and reads again what they tell, has the same.
//!
//! `GOXEL_STORAGE_HISTORIES`, `_FIRST` and `_SEED` are those of [`histories`](super::histories).

use std::sync::Arc;

use goxel_core::{Identity, Project};
use goxel_io::{Client, Output, Service as _};
use goxel_store::disk::{Chance, SimulatedDisk};
use goxel_store::journal::{Durability, Settings};
use goxel_store::stream::Incoming;

use super::super::recovery::open_disk;
use super::super::{Had, Load, Replica};
use super::calls::Files;
use super::cases::nothing_older;
use super::events::Reader;
use super::histories::number;
use super::model::is_same;
use super::world::World;
use crate::fault::Fault;
use crate::follow::{Following, Source};
use crate::server::Server;

/// Takes some seconds.
const HISTORIES: u64 = 10;
/// What happens in one of them.
const STEPS: u64 = 150;
/// Clients of these numbers are followers.
const FOLLOWERS: u64 = 1_000_000;

/// A daemon that follows, without a loop and a thread.
struct Follower {
    disk: SimulatedDisk,
    server: Server,
    following: Following,
    client: Client,
    run: u64,
    incoming: Incoming,
    replica: Replica,
    received: u64,
}

/// Starts a daemon on a disk.
fn start(disk: &SimulatedDisk) -> (Server, Following) {
    let mut settings = Settings::new(Durability::EverySec);
    settings.has_writer = false;
    let opened =
        open_disk(Arc::new(disk.clone()), &settings, nothing_older()).expect("a sound directory");
    let mut server = Server::default();
    server.state.projects.use_storage(opened).expect("room for all");
    let mut following = Following::default();
    following.follow(Source::Socket("leader".into()), &mut server.state.projects, None);
    (server, following)
}

impl Follower {
    fn new(seed: u64) -> Self {
        let disk = SimulatedDisk::new(seed);
        let (server, following) = start(&disk);
        Self {
            disk,
            server,
            following,
            client: Client::without_loop(FOLLOWERS),
            run: 0,
            incoming: Incoming::default(),
            replica: Replica::default(),
            received: 0,
        }
    }

    /// Follows anew, whatever it was at.
    fn connect(&mut self, leader: &mut Server) {
        if let Some(storage) = leader.state.projects.storage_mut() {
            storage.left(self.client);
        }
        self.client = Client::without_loop(self.client.number() + 1);
        (self.incoming, self.replica) = (Incoming::default(), Replica::default());
        self.received = 0;
        let mut has = self.following.has(&self.server.state.projects);
        if leader.state.projects.follow(self.client, &has).is_err() {
            // The leader has deleted all that both had: it could be anybody's directory.
            self.disk = SimulatedDisk::new(self.client.number());
            (self.server, self.following) = start(&self.disk);
            has.clear();
        }
        let followers = leader.state.projects.follow(self.client, &has).expect("an empty one");
        self.run = followers.run();
    }

    /// Starts it again: as it ended, or as it was killed.
    fn restart(&mut self, is_killed: bool) {
        if is_killed {
            self.server.commit();
            self.server.state.projects.storage_mut().expect("one").journal.write_now(true);
            self.disk = self.disk.kill();
        } else {
            self.server.ended();
        }
        (self.server, self.following) = start(&self.disk);
    }

    /// Takes what the leader has for it, up to so many bytes at a time.
    fn receive(&mut self, leader: &mut Server, chance: &mut Chance) -> Result<(), String> {
        let mut bytes = Vec::new();
        while let Some(client) = leader.next_told() {
            let mut out = Output::default();
            if client == self.client {
                let projects = &mut leader.state.projects;
                projects.storage_mut().expect("one").tell(client, &mut out);
                bytes.extend(out.into_bytes());
            }
        }
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(1 + chance.below(3000) as usize));
            self.incoming.take(now);
            rest = later;
            while let Some(message) = self.incoming.next_message().map_err(|e| e.to_string())? {
                let projects = &self.server.state.projects;
                let counts = self.replica.take(message, |identity| base(projects, identity))?;
                self.received += u64::from(counts);
                if chance.below(4) == 0 {
                    self.take_batch()?;
                }
            }
        }
        self.take_batch()?;
        let storage = leader.state.projects.storage_mut().expect("one");
        match storage.heard(self.client, self.received) {
            true => Ok(()),
            false => Err(format!("{} messages were never sent", self.received)),
        }
    }

    fn take_batch(&mut self) -> Result<(), String> {
        let mut batch = self.replica.take_batch();
        loop {
            match self.following.take(&mut self.server.state.projects, &mut batch, self.run) {
                Ok(true) => return Ok(()),
                // It waits for checkpoints, or for the disk.
                Ok(false) | Err(Fault::Wait(_)) => self.work(),
                Err(fault) => return Err(format!("{fault:?}")),
            }
        }
    }

    fn work(&mut self) {
        work(&mut self.server);
    }

    /// What it shows.
    fn shown(&mut self) -> Vec<Project> {
        let projects = &self.server.state.projects;
        let all = projects.versions().into_iter();
        all.map(|(number, _)| base(projects, Identity::of(number)).expect("readable")).collect()
    }
}

fn base(projects: &crate::gate::Projects, identity: Identity) -> Result<Project, String> {
    match projects.base(identity).map_err(|fault| format!("{fault:?}"))? {
        Load::AtHand(project) => Ok(*project),
        Load::Read(read) => read().map(|project| *project).map_err(|fault| format!("{fault:?}")),
    }
}

/// Does what the loop and its workers do.
fn work(server: &mut Server) {
    server.commit();
    server.state.projects.storage_mut().expect("one").journal.write_now(true);
    while let Some(job) = server.next_job() {
        let done = job.run();
        server.finish_orphan(done);
    }
}

/// Says what differs between a leader and its follower, which has received everything.
fn difference(world: &mut World<'_>, follower: &mut Follower) -> Option<String> {
    let leader = &world.server().state.projects;
    let numbers = leader.versions();
    let has = follower.following.has(&follower.server.state.projects);
    // A project's state is sent when its long edit ends, which nobody waits for here.
    let is_forked = |number: u64| {
        let project = leader.all().into_iter().find(|(_, one)| one.identity().number() == number);
        project.is_some_and(|(_, project)| project.is_forked())
    };
    let is_missing = |number: u64| !is_forked(number) && has.iter().all(|had| had.number != number);
    let is_gone = |had: &Had| numbers.iter().all(|(number, _)| *number != had.number);
    if numbers.iter().any(|(number, _)| is_missing(*number)) || has.iter().any(is_gone) {
        return Some(format!("{has:?} instead of {numbers:?}"));
    }
    numbers.into_iter().find_map(|(number, _)| {
        let theirs = base(leader, Identity::of(number)).expect("readable");
        let open = leader.all().into_iter().map(|(_, project)| project);
        let open = open.into_iter().find(|project| project.identity().number() == number);
        if open.is_some_and(Project::is_forked) {
            // Only the fork knows whether a transaction is open.
            return None;
        }
        let before = open.and_then(Project::before_transaction);
        let ours = base(&follower.server.state.projects, Identity::of(number)).ok()?;
        let is_equal = match &before {
            // What was before a transaction may have had to be sent as another version.
            Some(before) => is_same(&ours, before),
            None => ours.version() == theirs.version() && is_same(&ours, &theirs),
        };
        (!is_equal).then(|| {
            format!("{number}: version {} instead of {}", ours.version(), theirs.version())
        })
    })
}

fn history(seed: u64, files: &Files, tells: bool) {
    let mut world = World::new(seed, files, tells);
    let (opened, _) = world.open().expect("an empty disk");
    world.start(opened);
    let mut follower = Follower::new(seed + 1);
    for _ in 0..world.chance.below(30) {
        world.step();
    }
    follower.connect(world.server());
    let mut reader = Reader::new(&mut follower.server);
    for step in 0..STEPS {
        world.step();
        world.look();
        match world.chance.below(12) {
            0 => work(world.server()),
            1 | 2 => world.commit(),
            3..6 => {
                let mut chance = Chance(seed * STEPS + step + 1);
                let received = follower.receive(world.server(), &mut chance);
                world.tell(format_args!("received: {received:?}"));
                let read = received.and_then(|()| reader.read(&mut follower.server));
                read.unwrap_or_else(|why| panic!("seed {seed}, step {step}: {why}"));
                world.look();
                let shown = if world.chance.below(4) == 0 { follower.shown() } else { Vec::new() };
                for project in shown {
                    let number = project.identity().number();
                    // What was before a transaction may have had to be sent as another version.
                    let was = world.model.ever_was_so(number, &project);
                    let version = project.version();
                    assert!(was, "seed {seed}, step {step}: {number} never was so ({version})");
                }
            }
            6 => follower.work(),
            7 if world.chance.below(8) == 0 => {
                follower.connect(world.server());
                reader = Reader::new(&mut follower.server);
            }
            8 if world.chance.below(8) == 0 => {
                follower.restart(world.chance.below(2) == 0);
                follower.connect(world.server());
                reader = Reader::new(&mut follower.server);
            }
            _ => {}
        }
    }
    // What workers had begun comes to an end, and the journal is not behind any more.
    world.finish_jobs();
    for _ in 0..100 {
        work(world.server());
        let mut chance = Chance(seed);
        let received = follower.receive(world.server(), &mut chance);
        received.unwrap_or_else(|why| panic!("seed {seed}, in the end: {why}"));
        follower.work();
    }
    if let Some(difference) = difference(&mut world, &mut follower) {
        panic!("seed {seed}: {difference}");
    }
    // Promoted and started again it has the same.
    let before = follower.shown();
    follower.following.promote(&mut follower.server.state.projects).expect("it follows");
    follower.restart(seed.is_multiple_of(2));
    for (before, after) in before.iter().zip(follower.shown()) {
        assert!(is_same(before, &after), "seed {seed}: {} differs", before.name());
    }
}

#[test]
fn a_follower_is_what_its_leader_was_and_in_the_end_what_it_is() {
    let files = Files::new();
    if let Some(seed) = number("GOXEL_STORAGE_SEED") {
        history(seed, &files, true);
        return;
    }
    let first = number("GOXEL_STORAGE_FIRST").unwrap_or(0);
    for seed in first..first + number("GOXEL_STORAGE_HISTORIES").unwrap_or(HISTORIES) {
        history(seed, &files, false);
    }
}
