//! [`Daemon`]: the daemon as fuzz targets drive it, without sockets and threads. It is there where
//! `cargo xtask fuzz` builds it, and nowhere else.
//!
//! It is the [`Service`] that the loop drives, with the loop's part played by whoever calls this: jobs
//! are carried out when it says so. What must hold after every step is looked at here.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::path::PathBuf;

use goxel_core::{Project, ProjectId};
use goxel_io::{Client, ClientInfo, Command, Job, Output, Service, Verdict};

use crate::dispatch::Done;
use crate::door::Rights;
use crate::server::Server;
use crate::session::Session;

/// What an edit may do before it goes to a worker: little, so that small ones go too.
const INLINE_UNITS: u64 = 2000;
/// Undo steps that are taken at the end, at the most.
const UNDO_MAX: usize = 10_000;

/// A daemon and those who are connected to it.
pub struct Daemon {
    server: Server,
    peers: Vec<Peer>,
    connected: u64,
    /// Projects as they were when they were opened.
    starts: BTreeMap<ProjectId, Project>,
}

/// A connection.
struct Peer {
    session: Session,
    out: Output,
    job: Option<Job<Done>>,
    is_held: bool,
    has_left: bool,
    /// Whether its frames take more turns than one.
    yields: bool,
    /// Frames that are looked at when the one before is answered.
    later: VecDeque<Vec<u8>>,
}

impl Daemon {
    /// One whose clients are kept beneath a directory.
    #[must_use]
    pub fn new(root: PathBuf) -> Self {
        let mut server = Server::default();
        server.state.inline_units = INLINE_UNITS;
        if let Ok(rights) = Rights::default().beneath(&[root]) {
            server.admit(rights);
        }
        Self { server, peers: Vec::new(), connected: 0, starts: BTreeMap::new() }
    }

    /// Connects one more; which one it is. One that `yields` is interrupted after every part of a
    /// batch.
    pub fn connect(&mut self, yields: bool) -> usize {
        self.connected += 1;
        let session = self.server.open(Client::without_loop(self.connected));
        self.peers.push(Peer {
            session,
            out: output(yields),
            job: None,
            is_held: false,
            has_left: false,
            yields,
            later: VecDeque::new(),
        });
        self.peers.len() - 1
    }

    /// Sends a frame.
    pub fn send(&mut self, peer: usize, frame: &[u8]) {
        self.peers[peer].later.push_back(frame.to_vec());
        self.go_on(peer);
    }

    fn go_on(&mut self, at: usize) {
        loop {
            let peer = &mut self.peers[at];
            if peer.job.is_some() || peer.is_held {
                return;
            }
            let Some(frame) = peer.later.pop_front() else { return };
            self.step(at, |server, peer| server.frame(&mut peer.session, &frame, &mut peer.out));
        }
    }

    /// Has one who waits for a job get what it gives. False where there is none.
    pub fn work(&mut self, at: usize) -> bool {
        let Some(job) = self.peers[at].job.take() else { return false };
        let done = job.run();
        self.step(at, |server, peer| server.finish(&mut peer.session, done, &mut peer.out));
        self.go_on(at);
        true
    }

    /// Tells one who waits for a job that there is no room for it.
    pub fn turn_away(&mut self, at: usize) {
        if let Some(job) = self.peers[at].job.take() {
            self.step(at, |server, peer| server.busy(&mut peer.session, job, &mut peer.out));
            self.go_on(at);
        }
    }

    /// Does what the daemon asks of its loop. True where that was something.
    pub fn serve(&mut self) -> bool {
        let mut any = false;
        while let Some(command) = self.server.next_command() {
            any = true;
            match command {
                Command::List => self.server.listed(self.peers.iter().map(info).collect()),
                Command::Close(number) => {
                    let of = |peer: &Peer| peer.session.client.number() == number;
                    if let Some(at) = self.peers.iter().position(of) {
                        self.peers[at].later.clear();
                        self.leave(at);
                    }
                }
            }
        }
        while let Some(client) = self.server.next_told() {
            if let Some(peer) = self.peers.iter_mut().find(|peer| peer.session.client == client) {
                self.server.tell(&mut peer.session, &mut peer.out);
            }
        }
        while let Some(client) = self.server.next_ready() {
            let of = |peer: &Peer| peer.session.client == client;
            let Some(at) = self.peers.iter().position(of) else { continue };
            assert!(self.peers[at].is_held, "who is named was on hold");
            any = true;
            self.peers[at].is_held = false;
            self.step(at, |server, peer| server.resume(&mut peer.session, &mut peer.out));
            self.go_on(at);
        }
        while let Some(job) = self.server.next_job() {
            let done = job.run();
            self.server.finish_orphan(done);
        }
        any
    }

    /// One ends its connection. What it sent is still carried out.
    pub fn leave(&mut self, at: usize) {
        let peer = &mut self.peers[at];
        if !std::mem::replace(&mut peer.has_left, true) {
            self.server.gone(&mut peer.session);
        }
    }

    /// All that was sent is answered, and those who left are gone.
    pub fn settle(&mut self) {
        while (0..self.peers.len()).fold(false, |any, at| self.work(at) | any) | self.serve() {}
        for peer in &self.peers {
            assert!(
                !peer.is_held && peer.job.is_none() && peer.later.is_empty(),
                "nobody is forgotten"
            );
        }
        let (left, here) = self.peers.drain(..).partition(|peer| peer.has_left);
        self.peers = here;
        let left: Vec<Peer> = left;
        left.into_iter().for_each(|peer| self.server.closed(peer.session));
    }

    /// Whether anybody is on hold or waits for a job.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        self.peers.iter().all(|peer| peer.job.is_none() && !peer.is_held)
    }

    /// How many are connected.
    #[must_use]
    pub fn count(&self) -> usize {
        self.peers.len()
    }

    /// Whether one is not in the middle of being answered.
    #[must_use]
    pub fn is_whole(&self, at: usize) -> bool {
        let peer = &self.peers[at];
        peer.job.is_none() && !peer.is_held && !peer.session.in_batch
    }

    /// What one was sent since it last looked.
    pub fn replies(&mut self, at: usize) -> Vec<u8> {
        let peer = &mut self.peers[at];
        std::mem::replace(&mut peer.out, output(peer.yields)).into_bytes()
    }

    /// Everybody leaves; then nothing is under way, and undoing all gives each project as it was
    /// opened.
    pub fn end(&mut self) {
        (0..self.peers.len()).for_each(|at| self.leave(at));
        self.settle();
        let last = self.connect(false);
        let peer = &mut self.peers[last];
        self.server.state.settle(&peer.session);
        assert!(self.server.state.projects.is_calm(), "nothing is under way");
        let open: Vec<_> = self.server.state.projects.all().iter().map(|(id, _)| *id).collect();
        for id in open {
            let Some(start) = self.starts.remove(&id) else { continue };
            self.undo_all(last, id);
            let Some(project) = self.project(id) else { continue };
            assert!(project.history_truncated() || project.layers() == start.layers(), "undone");
        }
        self.leave(last);
        self.settle();
        assert!(self.peers.is_empty());
    }

    fn undo_all(&mut self, peer: usize, id: ProjectId) {
        for _ in 0..UNDO_MAX {
            let Some(project) = self.project(id) else { return };
            if project.history_depth().0 == 0 {
                return;
            }
            let request = format!(
                r#"{{"jsonrpc":"2.0","method":"goxel.undo","params":{{"project":"{}"}},"id":0}}"#,
                project.identity()
            );
            self.send(peer, request.as_bytes());
            self.settle();
        }
    }

    fn project(&self, id: ProjectId) -> Option<&Project> {
        self.server.state.projects.read(Some(id)).ok()
    }

    /// The projects that are open, each in its version.
    fn versions(&self) -> String {
        let mut text = String::new();
        for (_, project) in self.server.state.projects.all() {
            let _ = write!(
                text,
                "{} {} {:?}, ",
                project.name(),
                project.version(),
                project.history_depth()
            );
        }
        text
    }

    /// Takes a step with a connection: one that is answered by an error has changed nothing.
    fn step(&mut self, at: usize, act: impl FnOnce(&mut Server, &mut Peer) -> Verdict<Done>) {
        let before = self.versions();
        let peer = &mut self.peers[at];
        let (start, alone) = (peer.out.len(), !peer.session.in_batch);
        let mut verdict = act(&mut self.server, peer);
        while let Verdict::Yield = verdict {
            verdict = self.server.resume(&mut peer.session, &mut peer.out);
        }
        let reply = peer.out.get(start..).unwrap_or_default();
        let refused = alone && (reply.starts_with(ERROR) || reply.starts_with(TOOL_ERROR));
        match verdict {
            Verdict::Wait(job) => peer.job = Some(job),
            Verdict::Hold => peer.is_held = true,
            Verdict::Answered | Verdict::Yield => {}
        }
        if refused {
            assert_eq!(self.versions(), before, "what is refused changes nothing");
        }
        for (id, project) in self.server.state.projects.all() {
            if project.history_depth() == (0, 0) && !project.history_truncated() {
                self.starts.entry(id).or_insert_with(|| project.snapshot());
            }
        }
    }
}

/// How replies begin that are errors.
const ERROR: &[u8] = b"{ \"jsonrpc\": \"2.0\", \"error\"";
const TOOL_ERROR: &[u8] = b"{ \"success\": false, \"error_code\"";

fn output(yields: bool) -> Output {
    if yields { Output::of_short_turns() } else { Output::default() }
}

/// What a loop would know of a client.
fn info(peer: &Peer) -> ClientInfo {
    ClientInfo {
        client: peer.session.client,
        pid: 1,
        uid: 0,
        gid: 0,
        connected: std::time::Duration::ZERO,
        idle: std::time::Duration::ZERO,
        received: 0,
        sent: 0,
        requests: 0,
        unread: 0,
        waits: peer.job.is_some() || peer.is_held,
    }
}
