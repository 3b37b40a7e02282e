//! Who reads again what events tell has what the projects are, whatever is done to them: a property over
//! random histories of calls by several connections.

use std::collections::BTreeMap;

use goxel_core::{Identity, Project, TilePos, Volume};
use goxel_proto::json::Value;
use goxel_proto::types::{LayerId, Pos};
use goxel_store::disk::Chance;

use super::calls::{self, Files};
use super::histories::number;
use crate::server::Server;
use crate::server::long_tests::{Peer, resume};

/// Histories that are played, and steps of each.
const HISTORIES: u64 = 60;
const STEPS: u64 = 200;
/// Connections that work.
const SEATS: u64 = 3;

/// The voxels of projects, layer by layer, as far as events have told to read them.
struct Copy(BTreeMap<u64, BTreeMap<LayerId, Volume>>);

/// A connection that asks what has happened, and reads that again.
pub(super) struct Reader {
    peer: Peer,
    copy: Copy,
}

impl Reader {
    /// Reads all that is open, and listens from then on.
    pub(super) fn new(server: &mut Server) -> Self {
        let mut peer = Peer::new(server, 0);
        peer.call(server, "subscribe", "{\"notify\": false}");
        assert!(peer.replies().contains("\"success\": true"));
        let all = open(server).into_iter().map(|(number, project)| (number, volumes(&project)));
        Self { peer, copy: Copy(all.collect()) }
    }

    /// Reads what events tell, and says which project is another one then, if any is.
    pub(super) fn read(&mut self, server: &mut Server) -> Result<(), String> {
        self.copy.hear(server, &mut self.peer);
        self.copy.difference(server).map_or(Ok(()), Err)
    }
}

/// The volumes of a project's layers.
fn volumes(project: &Project) -> BTreeMap<LayerId, Volume> {
    project.layers().iter().map(|layer| (layer.id, layer.volume.clone())).collect()
}

/// What a project is without what its transaction has done.
fn decided(project: &Project) -> Project {
    project.before_transaction().unwrap_or_else(|| project.snapshot())
}

fn open(server: &Server) -> BTreeMap<u64, Project> {
    let all = server.state.projects.all().into_iter();
    all.map(|(_, project)| (project.identity().number(), decided(project))).collect()
}

impl Copy {
    /// Asks what has happened, and reads that again.
    fn hear(&mut self, server: &mut Server, listener: &mut Peer) {
        listener.call(server, "poll", "{}");
        let reply = listener.replies();
        let reply = Value::parse(reply.as_bytes()).expect("JSON");
        let events = reply.get("result").and_then(|result| result.get("events")).expect("events");
        let projects = open(server);
        for event in events.elements() {
            self.take(&event, &projects);
        }
    }

    fn take(&mut self, event: &Value<'_>, projects: &BTreeMap<u64, Project>) {
        let text = |name| Some(event.get(name)?.as_str()?.decode().into_owned());
        let kind = text("kind").expect("a kind");
        assert_ne!(kind, "missed", "so much does not happen");
        let Some(id) = text("project_id") else { return };
        let number = Identity::parse(&id).expect("an identity").number();
        let Some(project) = projects.get(&number) else {
            self.0.remove(&number);
            return;
        };
        match (kind.as_str(), text("what").as_deref()) {
            ("project", Some("opened" | "replaced")) => {
                self.0.insert(number, volumes(project));
            }
            ("project", _) => assert!(event.get("box").is_none()),
            ("layers", _) => self.keep_layers(number, project),
            ("change", _) => {
                self.keep_layers(number, project);
                self.read(number, event, project);
            }
            _ => {}
        }
    }

    /// Has the layers that the project has; new ones are empty until their voxels are told.
    fn keep_layers(&mut self, number: u64, project: &Project) {
        let layers = self.0.entry(number).or_default();
        layers.retain(|id, _| project.layers().iter().any(|layer| layer.id == *id));
        project.layers().iter().for_each(|layer| _ = layers.entry(layer.id).or_default());
    }

    fn read(&mut self, number: u64, event: &Value<'_>, project: &Project) {
        let corner = |at: Value<'_>| -> Pos {
            let axis = |axis: Value<'_>| axis.as_number()?.to_i64()?.try_into().ok();
            let axes: Vec<i32> = at.elements().filter_map(axis).collect();
            Pos::from(<[i32; 3]>::try_from(axes).expect("three"))
        };
        let bounds = event
            .get("box")
            .map(|bounds| ["min", "max"].map(|end| corner(bounds.get(end).expect("both"))));
        let tiles: Option<Vec<TilePos>> = event
            .get("tiles")
            .map(|tiles| tiles.elements().map(|at| TilePos::of(corner(at))).collect());
        assert!(bounds.is_some() != event.get("anywhere").is_some());
        let layers = self.0.entry(number).or_default();
        for layer in project.layers() {
            let copy = layers.entry(layer.id).or_default();
            let is_told = |pos: Pos| {
                let inside = bounds.is_none_or(|[min, max]| {
                    let [pos, min, max] = [pos, min, max].map(Pos::to_array);
                    (0..3).all(|axis| (min[axis]..=max[axis]).contains(&pos[axis]))
                });
                inside && tiles.as_ref().is_none_or(|tiles| tiles.contains(&TilePos::of(pos)))
            };
            let gone: Vec<Pos> =
                copy.voxels().map(|(pos, _)| pos).filter(|pos| is_told(*pos)).collect();
            gone.into_iter().for_each(|pos| _ = copy.set(pos, layer.volume.get(pos)));
            for (pos, rgba) in layer.volume.voxels().filter(|(pos, _)| is_told(*pos)) {
                copy.set(pos, rgba);
            }
        }
    }

    /// Says which project is another here, if any is.
    fn difference(&self, server: &Server) -> Option<String> {
        let projects = open(server);
        if !projects.keys().eq(self.0.keys()) {
            return Some(format!("{:?} instead of {:?}", self.0.keys(), projects.keys()));
        }
        let differs = |(number, project): &(&u64, &Project)| self.0[*number] != volumes(project);
        projects.iter().find(differs).map(|(_, project)| format!("{} differs", project.name()))
    }
}

fn history(seed: u64, files: &Files, tells: bool) {
    let mut chance = Chance(seed);
    let mut server = Server::default();
    if chance.below(2) == 0 {
        server.state.inline_units = 1000;
    }
    let mut reader = Reader::new(&mut server);
    let mut peers: Vec<Peer> = (1..=SEATS).map(|number| Peer::new(&mut server, number)).collect();
    for step in 0..STEPS {
        let peer = &mut peers[chance.below(SEATS) as usize];
        if peer.job.is_some() {
            peer.work(&mut server);
        } else if peer.is_at_rest() {
            let frame = calls::frame(&mut chance, files, false);
            if tells {
                println!("{step} {} {frame}", peer.session.client.number());
            }
            peer.send(&mut server, &frame);
        }
        resume(&mut server, &mut peers);
        peers.iter_mut().for_each(|peer| _ = peer.replies());
        // Only a fork that is elsewhere knows what is decided.
        let is_decided =
            server.state.projects.all().iter().all(|(_, project)| !project.is_forked());
        if is_decided && chance.below(4) == 0 {
            let read = reader.read(&mut server);
            read.unwrap_or_else(|why| panic!("seed {seed}, step {step}: {why}"));
        }
    }
}

#[test]
fn reading_what_events_tell_gives_what_the_projects_are() {
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
