//! A crowd at work: 64 clients on 8 projects, with commands of every kind, batches, transactions, long
//! edits, cancels, and connections that end in all ways. Replies come in the order of requests, each
//! project is what a replay of its accepted edits makes, and at the end everything is at rest.
//!
//! In half of the projects one client at a time edits, in whatever way, so the order of edits is
//! known. In the others all edit at once, each its own layer, so it does not matter. A few seconds of
//! it are an ordinary test; `GOXEL_CROWD_SECONDS=600 cargo test -p goxel-tests crowd -- --nocapture`
//! goes on for so long, with new seeds.

mod figures;
mod projects;

use std::collections::VecDeque;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use goxel_proto::Method;
use goxel_proto::method::{Does, Files};
use serde_json::{Value, json};

use self::figures::Figures;
use self::projects::{name, prepare, saved, undo_all};
use crate::random::Random;
use crate::world::{Client, World, daemon, until};

const CLIENTS: usize = 64;
const PROJECTS: usize = 8;
/// Those in which one edits at a time.
const IN_TURNS: usize = PROJECTS / 2;
/// Clients of a project, each of which has a layer where all edit at once.
const PLACES: usize = CLIENTS / PROJECTS;
/// Steps of an ordinary run.
const STEPS: usize = 400;
/// Steps between two replays of a long run.
const STEPS_LONG: usize = 12_000;
/// Requests that a client has under way.
const UNDER_WAY_MAX: usize = 8;
#[test]
fn a_crowd_leaves_each_project_as_its_edits_made_it() {
    let seconds = std::env::var("GOXEL_CROWD_SECONDS").ok().and_then(|text| text.parse().ok());
    for io in ["mio", "uring"] {
        let mut world = World::empty();
        let mut command = daemon();
        command.args(["--io", io]);
        world.spawn(command);
        let pid = world.child().id();
        let mut control = world.connect();
        control.call("ping", &json!([])).unwrap();
        let start = Figures::of(pid, &mut control);
        let (began, mut seed, mut counts) = (Instant::now(), 0, Counts::default());
        let mut connected = 1;
        loop {
            seed += 1;
            let steps = if seconds.is_some() { STEPS_LONG } else { STEPS };
            let mut crowd = Crowd::new(&world, seed, connected, counts);
            (0..steps).for_each(|_| crowd.step());
            crowd.end(seed);
            (connected, counts) = (crowd.connected, crowd.counts);
            if seconds.is_none_or(|seconds| began.elapsed() >= Duration::from_secs(seconds)) {
                break;
            }
            println!("{io} {seed}: {counts:?} {:?}", Figures::of(pid, &mut control));
        }
        until(|| Figures::of(pid, &mut control).are_as(&start));
        if seconds.is_some() {
            // That takes some seconds.
            until(|| Figures::of(pid, &mut control).gave_back(&start));
        }
        println!("{io}: {counts:?} {start:?} -> {:?}", Figures::of(pid, &mut control));
        assert!(counts.accepted > 80, "{counts:?}");
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    requests: u64,
    accepted: u64,
    refused: u64,
    cancels: u64,
    cancelled: u64,
    killed: u64,
    half_closed: u64,
}

/// What became of an edit.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// Nobody was left to be told.
    Unknown,
    Accepted,
    Refused,
}

/// Edits of which the order is known.
#[derive(Default)]
struct Lane {
    edits: Vec<(String, Fate)>,
    /// Which client edits.
    holder: Option<usize>,
    /// What its last holder left is still carried out: the number of its connection.
    leaving: Option<u64>,
}

/// A request that is not answered yet, and where its edit is in which lane.
struct Due {
    id: u64,
    edit: Option<(usize, usize)>,
}

struct Peer {
    stream: UnixStream,
    /// The daemon's number of it.
    number: u64,
    received: Vec<u8>,
    unsent: Vec<u8>,
    due: VecDeque<Due>,
    in_transaction: bool,
    has_ended: bool,
    /// Somebody cancelled something while it waited.
    may_be_cancelled: bool,
}

struct Crowd<'a> {
    world: &'a World,
    control: Client,
    random: Random,
    peers: Vec<Peer>,
    lanes: Vec<Lane>,
    last_id: u64,
    /// Connections so far: the daemon counts them too.
    connected: u64,
    counts: Counts,
    examples: Vec<(&'static str, &'static str)>,
}

impl<'a> Crowd<'a> {
    fn new(world: &'a World, seed: u64, connected: u64, counts: Counts) -> Self {
        let edits = Method::ALL
            .iter()
            .map(|method| method.info())
            .filter(|row| row.does == Does::Edits && row.undoable && row.files == Files::None);
        let examples = edits.flat_map(|row| {
            let alone = row.examples.iter().filter(|example| example.behind.is_none());
            alone.map(|example| (row.name, example.params))
        });
        let mut crowd = Self {
            world,
            control: world.connect(),
            random: Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
            peers: Vec::new(),
            lanes: (0..PROJECTS * PLACES).map(|_| Lane::default()).collect(),
            last_id: 0,
            connected: connected + 1,
            counts,
            examples: examples.collect(),
        };
        for project in 0..PROJECTS {
            prepare(&mut crowd.control, project, "");
        }
        for place in 0..CLIENTS {
            let peer = crowd.connect(place);
            crowd.peers.push(peer);
        }
        crowd
    }

    fn connect(&mut self, place: usize) -> Peer {
        let mut client = UnixStream::connect(self.world.socket()).unwrap();
        let name = name(place / PLACES, "");
        let select = json!({"jsonrpc": "2.0", "method": "goxel.select_project", "params": [name]});
        writeln!(client, "{select}").unwrap();
        client.set_nonblocking(true).unwrap();
        self.connected += 1;
        Peer {
            stream: client,
            number: self.connected,
            received: Vec::new(),
            unsent: Vec::new(),
            due: VecDeque::new(),
            in_transaction: false,
            has_ended: false,
            may_be_cancelled: false,
        }
    }

    fn below(&mut self, end: u64) -> u64 {
        self.random.below(end)
    }

    /// The lane that a client's edits go to.
    fn lane(place: usize) -> usize {
        let project = place / PLACES;
        if project < IN_TURNS { project * PLACES } else { place }
    }

    fn step(&mut self) {
        let place = self.below(CLIENTS as u64) as usize;
        match self.below(200) {
            0..120 => self.send(place),
            120..190 => self.look(place),
            190..194 => self.cancel(),
            194..196 => self.kill(place),
            196..198 => self.half_close(place),
            _ => {
                (0..CLIENTS).for_each(|place| self.look(place));
                self.release();
            }
        }
    }

    /// A client sends a request or a few, in a batch or one after the other.
    fn send(&mut self, place: usize) {
        let peer = &self.peers[place];
        if peer.has_ended || !peer.unsent.is_empty() || peer.due.len() > UNDER_WAY_MAX {
            return self.look(place);
        }
        let count = 1 + self.below(4);
        let requests: Vec<String> = (0..count).map(|_| self.request(place)).collect();
        let text = match self.below(4) {
            0 => format!("[{}]\n", requests.join(",")),
            _ => requests.join("\n") + "\n",
        };
        self.peers[place].unsent.extend_from_slice(text.as_bytes());
        self.look(place);
    }

    fn request(&mut self, place: usize) -> String {
        let at = Self::lane(place);
        let lane = &self.lanes[at];
        let may_edit = lane.leaving.is_none() && lane.holder.is_none_or(|holder| holder == place);
        let is_edit = may_edit && self.below(4) > 0;
        let (method, params) = if is_edit { self.edit(place) } else { self.read() };
        self.last_id += 1;
        self.counts.requests += 1;
        let id = self.last_id;
        let text =
            format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params},"id":{id}}}"#);
        let edit = is_edit.then(|| {
            let lane = &mut self.lanes[at];
            lane.holder = Some(place);
            lane.edits.push((text.clone(), Fate::Unknown));
            (at, lane.edits.len() - 1)
        });
        self.peers[place].due.push_back(Due { id, edit });
        text
    }

    fn read(&mut self) -> (&'static str, String) {
        let reads = ["goxel.history", "goxel.get_bounding_box", "goxel.get_status", "ping"];
        let reads = reads.into_iter().chain(["goxel.list_layers", "goxel.get_color_histogram"]);
        let all: Vec<_> = reads.collect();
        (all[self.below(all.len() as u64) as usize], "{}".to_owned())
    }

    fn edit(&mut self, place: usize) -> (&'static str, String) {
        let at = [(); 3].map(|()| self.below(200) as i64 - 100);
        let [x, y, z] = at;
        let edge = [1, 4, 20, 50][self.below(4) as usize];
        let red = self.below(256);
        let corners = format!("[{x},{y},{z},{},{},{},{red},7,9]", x + edge, y + edge, z + edge);
        if place / PLACES >= IN_TURNS {
            let layer = 2 + place % PLACES;
            return match self.below(3) {
                0 => ("goxel.add_voxel", format!("[{x},{y},{z},{red},7,9,255,{layer}]")),
                1 => ("goxel.add_voxels", format!(r#"{{"boxes":[{corners}],"layer_id":{layer}}}"#)),
                _ => {
                    let aabb = [x, y, z, x + edge, y + edge, z + edge];
                    ("goxel.remove_voxels", format!(r#"{{"boxes":[{aabb:?}],"layer_id":{layer}}}"#))
                }
            };
        }
        match self.below(24) {
            0..4 => ("goxel.add_voxels", format!(r#"{{"boxes":[{corners}]}}"#)),
            4 => ("goxel.mirror", r#"{"axis":"y","progress":true}"#.to_owned()),
            5 => ("goxel.translate", format!(r#"{{"by":[{},1,0]}}"#, x % 20)),
            6..8 => ("goxel.clear", "{}".to_owned()),
            8..11 => ("goxel.undo", "{}".to_owned()),
            11 => ("goxel.redo", "{}".to_owned()),
            12 => {
                self.peers[place].in_transaction = true;
                ("goxel.begin", "{}".to_owned())
            }
            13..15 => {
                let is_kept = self.below(2) == 0;
                self.peers[place].in_transaction = false;
                (if is_kept { "goxel.commit" } else { "goxel.rollback" }, "{}".to_owned())
            }
            _ => {
                let which = self.below(self.examples.len() as u64);
                let (name, params) = self.examples[which as usize];
                (name, params.to_owned())
            }
        }
    }

    /// A client sends what it has to send, and looks at what it was answered.
    fn look(&mut self, place: usize) {
        let peer = &mut self.peers[place];
        if !peer.unsent.is_empty() {
            match peer.stream.write(&peer.unsent) {
                Ok(count) => drop(peer.unsent.drain(..count)),
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
            }
        }
        let mut bytes = [0; 1 << 16];
        let mut is_over = false;
        while !is_over {
            match peer.stream.read(&mut bytes) {
                Ok(count) => {
                    peer.received.extend_from_slice(&bytes[..count]);
                    is_over = count == 0;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error}"),
            }
        }
        let end = peer.received.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let lines: Vec<u8> = peer.received.drain(..end).collect();
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice(line).unwrap() {
                Value::Array(replies) => replies.iter().for_each(|reply| self.take(place, reply)),
                reply if reply["method"] == "goxel.progress" => {}
                reply => self.take(place, &reply),
            }
        }
        if is_over {
            let peer = &self.peers[place];
            assert!(peer.has_ended && peer.due.is_empty(), "cut off before {}", peer.due.len());
            self.leave(place);
        }
    }

    fn take(&mut self, place: usize, reply: &Value) {
        let peer = &mut self.peers[place];
        let due = peer.due.pop_front().unwrap_or_else(|| panic!("nothing is due: {reply}"));
        assert_eq!(reply["id"], due.id, "out of order: {reply}");
        if peer.due.is_empty() {
            peer.may_be_cancelled = false;
        }
        let code = &reply["error"]["code"];
        if *code == -1032 {
            self.counts.cancelled += 1;
        }
        let Some((lane, edit)) = due.edit else { return };
        let fate = if code.is_null() { Fate::Accepted } else { Fate::Refused };
        match fate {
            Fate::Accepted => self.counts.accepted += 1,
            _ => self.counts.refused += 1,
        }
        self.lanes[lane].edits[edit].1 = fate;
        self.let_go(place);
    }

    /// Others may edit where nothing of a client's is under way.
    fn let_go(&mut self, place: usize) {
        let peer = &self.peers[place];
        let lane = &mut self.lanes[Self::lane(place)];
        let at_rest = !peer.in_transaction && peer.due.iter().all(|due| due.edit.is_none());
        if at_rest && lane.holder == Some(place) {
            lane.holder = None;
        }
    }

    /// Somebody cancels one of the jobs under way.
    fn cancel(&mut self) {
        if self.lanes.iter().any(|lane| lane.leaving.is_some()) {
            return self.release();
        }
        let jobs = self.control.call("goxel.list_jobs", &json!([])).unwrap();
        let jobs = jobs["jobs"].as_array().unwrap().clone();
        if jobs.is_empty() {
            return;
        }
        let job = &jobs[self.below(jobs.len() as u64) as usize]["job"];
        self.counts.cancels += 1;
        self.peers.iter_mut().for_each(|peer| peer.may_be_cancelled |= !peer.due.is_empty());
        self.control.call("goxel.cancel", &json!([job])).unwrap();
    }

    /// A client is killed, now and then in the middle of sending.
    fn kill(&mut self, place: usize) {
        let peer = &mut self.peers[place];
        // What became of an edit that was cancelled, nobody would know.
        if peer.may_be_cancelled || !peer.unsent.is_empty() || peer.has_ended {
            return;
        }
        let _ = peer.stream.write(br#"{"jsonrpc":"2.0","method":"goxel.clear","par"#);
        self.counts.killed += 1;
        self.leave(place);
    }

    fn half_close(&mut self, place: usize) {
        let peer = &mut self.peers[place];
        if !peer.unsent.is_empty() || peer.has_ended {
            return;
        }
        peer.stream.shutdown(Shutdown::Write).unwrap();
        peer.has_ended = true;
        self.counts.half_closed += 1;
    }

    /// A client's connection is over; another one comes.
    fn leave(&mut self, place: usize) {
        let next = self.connect(place);
        let left = std::mem::replace(&mut self.peers[place], next);
        let lane = &mut self.lanes[Self::lane(place)];
        if lane.holder == Some(place) {
            if left.in_transaction {
                lane.edits.push((rollback(), Fate::Unknown));
            }
            (lane.holder, lane.leaving) = (None, Some(left.number));
        }
    }

    /// Lanes whose last holder is gone altogether are free.
    fn release(&mut self) {
        if self.lanes.iter().all(|lane| lane.leaving.is_none()) {
            return;
        }
        let clients = self.control.call("goxel.list_clients", &json!([])).unwrap();
        let here: Vec<_> =
            clients["clients"].as_array().unwrap().iter().map(|c| c["client"].as_u64()).collect();
        for lane in &mut self.lanes {
            lane.leaving = lane.leaving.filter(|number| here.contains(&Some(*number)));
        }
    }

    /// All is answered, replayed and compared, undone and closed.
    fn end(&mut self, seed: u64) {
        for place in 0..CLIENTS {
            until(|| {
                self.look(place);
                self.peers[place].due.is_empty()
            });
            if self.peers[place].in_transaction {
                let lane = Self::lane(place);
                if self.lanes[lane].holder == Some(place) {
                    self.lanes[lane].edits.push((rollback(), Fate::Unknown));
                }
            }
        }
        self.peers.clear();
        until(|| {
            let clients = self.control.call("goxel.list_clients", &json!([])).unwrap();
            clients["count"].as_u64().unwrap() <= 2
        });
        for project in 0..PROJECTS {
            self.replay(project, seed);
            let made = saved(&mut self.control, self.world, &name(project, ""));
            let expected = saved(&mut self.control, self.world, &name(project, "replay"));
            assert!(made.layers() == expected.layers(), "seed {seed}, project {project}");
            undo_all(&mut self.control, &name(project, ""), seed);
            for of in ["", "replay"] {
                let which = json!({"name": name(project, of), "discard": true});
                self.control.call("goxel.close_project", &which).unwrap();
            }
        }
    }

    fn replay(&mut self, project: usize, seed: u64) {
        let mut client = self.world.connect();
        self.connected += 1;
        prepare(&mut client, project, "replay");
        for lane in &self.lanes[project * PLACES..(project + 1) * PLACES] {
            for (text, fate) in lane.edits.iter().filter(|(_, fate)| *fate != Fate::Refused) {
                client.send(format!("{text}\n").as_bytes());
                let mut reply = client.reply();
                while reply["method"] == "goxel.progress" {
                    reply = client.reply();
                }
                let as_then = reply["error"].is_null() || *fate == Fate::Unknown;
                assert!(as_then, "seed {seed}: {text} {reply}");
            }
        }
    }
}

fn rollback() -> String {
    r#"{"jsonrpc":"2.0","method":"goxel.rollback","params":{},"id":0}"#.to_owned()
}
