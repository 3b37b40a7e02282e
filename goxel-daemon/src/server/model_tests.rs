//! Several connections at work on several projects at once, at random: short and long edits,
//! batches, transactions, cancels, and connections that end. Replies come in the order of requests;
//! each project is what a replay of its accepted edits makes, one after the other; and undoing all
//! of it leaves nothing.

use std::collections::HashMap;
use std::collections::VecDeque;

use goxel_core::Project;

use super::long_tests::{self, Peer};
use super::tests::Client;
use super::*;

const PROJECTS: [&str; 3] = ["p", "q", "r"];
const PEERS: usize = 5;
const STEPS: usize = 1500;

/// Numbers that look random: xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }
}

/// A request that was sent.
struct Sent {
    project: usize,
    method: &'static str,
    text: String,
}

struct World {
    server: Server,
    random: Random,
    peers: Vec<Peer>,
    /// By peer: the ids of requests that are not answered yet, in their order.
    due: Vec<VecDeque<u64>>,
    sent: HashMap<u64, Sent>,
    last_id: u64,
    last_client: u64,
    /// By project: its accepted edits, and which peer has a transaction open.
    accepted: Vec<Vec<String>>,
    holders: Vec<Option<usize>>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut world = Self {
            server: long_tests::server(),
            random: Random(seed),
            peers: Vec::new(),
            due: vec![VecDeque::new(); PEERS],
            sent: HashMap::new(),
            last_id: 0,
            last_client: 0,
            accepted: vec![Vec::new(); PROJECTS.len()],
            holders: vec![None; PROJECTS.len()],
        };
        let mut first = Peer::new(&mut world.server, 0);
        for name in PROJECTS {
            first.call(&mut world.server, "create_project", &format!("[{name:?}]"));
        }
        for _ in 0..PEERS {
            let peer = world.connect();
            world.peers.push(peer);
        }
        world
    }

    /// A peer that works on the project of its number.
    fn connect(&mut self) -> Peer {
        self.last_client += 1;
        let mut peer = Peer::new(&mut self.server, self.last_client);
        let name = PROJECTS[self.last_client as usize % PROJECTS.len()];
        peer.call(&mut self.server, "select_project", &format!("[{name:?}]"));
        peer.replies();
        peer
    }

    /// The text of a random call, which is then known by its id.
    fn request(&mut self, own_project: usize) -> String {
        let random = &mut self.random;
        let project = if random.below(2) == 0 { own_project } else { random.below(3) as usize };
        let at = |random: &mut Random| random.below(200) as i64 - 100;
        let (x, y, z) = (at(random), at(random), at(random));
        let name = PROJECTS[project];
        let (method, params) = match random.below(22) {
            0..=5 => ("add_voxel", format!("[{x},{y},{z},{},7,9]", random.below(256))),
            6..=7 => (
                "remove_voxel",
                format!("{{\"x\": {x}, \"y\": {y}, \"z\": 0, \"project\": {name:?}}}"),
            ),
            8..=10 => {
                // Some are long.
                let edge = *random.pick(&[1, 5, 20, 90]);
                let aabb = [x, y, z, x + edge, y + edge, z + edge];
                ("add_voxels", format!("{{\"boxes\": [{aabb:?}], \"project\": {name:?}}}"))
            }
            11 => (
                "mirror",
                format!("{{\"axis\": \"y\", \"project\": {name:?}, \"progress\": true}}"),
            ),
            12 => ("translate", format!("{{\"by\": [{}, 1, 0], \"project\": {name:?}}}", x % 20)),
            13 => ("create_layer", format!("{{\"name\": \"l\", \"project\": {name:?}}}")),
            14 => ("clear", format!("{{\"project\": {name:?}}}")),
            15..=16 => ("undo", format!("{{\"project\": {name:?}}}")),
            17 => ("redo", format!("{{\"project\": {name:?}}}")),
            18 => ("begin", format!("{{\"project\": {name:?}}}")),
            19 => ("commit", format!("{{\"project\": {name:?}}}")),
            20 => ("rollback", format!("{{\"project\": {name:?}}}")),
            _ => ("history", format!("{{\"project\": {name:?}}}")),
        };
        let project = if params.starts_with('[') { own_project } else { project };
        self.last_id += 1;
        let id = self.last_id;
        let text =
            format!(r#"{{"jsonrpc":"2.0","method":"goxel.{method}","params":{params},"id":{id}}}"#);
        self.sent.insert(id, Sent { project, method, text: text.clone() });
        text
    }

    /// A peer sends a call, or several as a batch.
    fn send(&mut self, peer: usize) {
        let own = self.peers[peer].session.client.number() as usize % PROJECTS.len();
        let frame = if self.random.below(8) == 0 {
            let count = 1 + self.random.below(5);
            let requests: Vec<_> = (0..count).map(|_| self.request(own)).collect();
            self.due[peer].extend(self.last_id + 1 - count..=self.last_id);
            format!("[{}]", requests.join(","))
        } else {
            let request = self.request(own);
            self.due[peer].push_back(self.last_id);
            request
        };
        self.peers[peer].send(&mut self.server, &frame);
        self.look(peer);
    }

    /// Takes note of what a peer was answered.
    fn look(&mut self, peer: usize) {
        let replies = self.peers[peer].replies();
        for part in replies.split("{ \"jsonrpc\": \"2.0\", ").skip(1) {
            if part.starts_with("\"method\": \"goxel.progress\"") {
                continue;
            }
            let id = part.rsplit("\"id\": ").next().expect("an id");
            let digits: String = id.chars().take_while(char::is_ascii_digit).collect();
            let id: u64 = digits.parse().expect("a number");
            assert_eq!(self.due[peer].pop_front(), Some(id), "out of order: {part}");
            let Sent { project, method, text } = self.sent.remove(&id).expect("it was sent");
            if part.starts_with("\"result\"") && method != "history" {
                self.holders[project] = match method {
                    "begin" => Some(peer),
                    "commit" | "rollback" => None,
                    _ => self.holders[project],
                };
                self.accepted[project].push(text);
            }
        }
    }

    /// Somebody's job is carried out, if there is one.
    fn work(&mut self) {
        let busy: Vec<_> = (0..PEERS).filter(|&peer| self.peers[peer].job.is_some()).collect();
        if busy.is_empty() {
            return;
        }
        let peer = *self.random.pick(&busy);
        self.peers[peer].work(&mut self.server);
        self.look(peer);
    }

    /// All whose turn has come go on.
    fn resume(&mut self) {
        while let Some(client) = self.server.next_ready() {
            let of_client = |peer: &Peer| peer.session.client == client;
            let peer = self.peers.iter().position(of_client).expect("it is one of them");
            self.peers[peer].resume(&mut self.server);
            self.look(peer);
        }
    }

    fn cancel(&mut self) {
        let number = self.server.state.jobs.last().saturating_sub(self.random.below(4));
        let mut other = Peer::new(&mut self.server, u64::MAX);
        other.call(&mut self.server, "cancel", &format!("[{number}]"));
        assert!(other.replies().contains("\"result\""));
    }

    /// A peer leaves. What it has sent is carried out, and what it left undecided taken back.
    fn leave(&mut self, peer: usize) {
        self.server.gone(&mut self.peers[peer].session);
        while !self.peers[peer].is_at_rest() {
            self.work();
            self.resume();
        }
        assert_eq!(self.due[peer].len(), 0);
        let next = self.connect();
        let left = std::mem::replace(&mut self.peers[peer], next);
        self.server.closed(left.session);
        for project in 0..PROJECTS.len() {
            if self.holders[project] == Some(peer) {
                self.holders[project] = None;
                self.accepted[project].push(call("rollback"));
            }
        }
    }

    fn step(&mut self) {
        match self.random.below(40) {
            0..=19 => {
                let peer = self.random.below(PEERS as u64) as usize;
                self.send(peer);
            }
            20..=29 => self.work(),
            30..=37 => self.resume(),
            38 => self.cancel(),
            _ => {
                let peer = self.random.below(PEERS as u64) as usize;
                self.leave(peer);
            }
        }
    }

    /// Everything that was sent is answered.
    fn settle(&mut self) {
        while !self.peers.iter().all(Peer::is_at_rest) {
            self.work();
            self.resume();
        }
        assert!(self.due.iter().all(VecDeque::is_empty));
        (0..PEERS).for_each(|peer| self.leave(peer));
        self.server.state.settle(&Session::default());
        assert!(self.server.state.projects.is_calm());
    }
}

fn call(method: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","method":"goxel.{method}","params":{{}},"id":0}}"#)
}

fn project<'a>(server: &'a Server, name: &str) -> &'a Project {
    let id = server.state.projects.find(name, "name").expect("it is open");
    server.state.projects.read(Some(id)).expect("it is open")
}

#[test]
fn whatever_is_under_way_each_project_is_what_its_accepted_edits_made() {
    for seed in 1..=4 {
        let mut world = World::new(seed * 0x9e37_79b9);
        (0..STEPS).for_each(|_| world.step());
        world.settle();
        let edits: usize = world.accepted.iter().map(Vec::len).sum();
        assert!(edits > STEPS / 10, "only {edits} edits were accepted");
        for (name, accepted) in PROJECTS.iter().zip(&world.accepted) {
            let mut replay = Client::default();
            replay.call("goxel.create_project", &format!("[{name:?}]"));
            for request in accepted {
                let reply = replay.send(request);
                assert!(reply.contains("\"result\""), "seed {seed}: {request} {reply}");
            }
            let (made, expected) = (project(&world.server, name), project(&replay.server, name));
            assert!(made.layers() == expected.layers(), "seed {seed}, {name}");
            assert_eq!(made.history_depth(), expected.history_depth(), "seed {seed}, {name}");
            undo_all(&mut world.server, name, seed);
        }
    }
}

fn undo_all(server: &mut Server, name: &str, seed: u64) {
    let mut peer = Peer::new(server, u64::MAX);
    loop {
        peer.call(server, "undo", &format!("{{\"project\": {name:?}}}"));
        if peer.job.is_some() {
            peer.work(server);
        }
        if peer.replies().contains("\"success\": false") {
            break;
        }
    }
    let left = project(server, name);
    assert_eq!((left.count(), left.layers().len()), (0, 1), "seed {seed}, {name}");
}
