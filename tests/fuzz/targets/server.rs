//! The daemon without its sockets: batches, tools, several clients, long edits, cancels and
//! leaving. Replies are JSON in the order of the requests, a batch is one array, what is refused
//! changes nothing, at the end nothing is under way, and undoing all gives each project as it was.
#![no_main]

use std::collections::VecDeque;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use goxel_daemon::fuzzing::Daemon;
use goxel_fuzz::{Input, params};
use goxel_proto::Method;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// Clients of one daemon.
const PEERS: usize = 3;
/// Steps of one input.
const STEPS_MAX: usize = 40;
/// Requests of a batch.
const BATCH_MAX: usize = 5;
/// What the daemon may take: enough for any of these, and less than the fuzzer may.
const MEMORY_MAX: u64 = 1 << 30;
/// What most calls may take that can be stopped: extreme ones would keep the fuzzer for seconds.
const DEADLINE_MS: u32 = 200;
/// Pictures take seconds each, and of those whose connection is closed nobody knows what is due.
const LEFT_OUT: [&str; 4] =
    ["goxel.render_scene", "goxel.render_image", "goxel.render_file", "goxel.kill_client"];

fuzz_target!(|bytes: &[u8]| {
    let mut world = World::new();
    let mut input = Input(bytes);
    for _ in 0..STEPS_MAX {
        if input.is_empty() {
            break;
        }
        world.step(&mut input);
    }
    world.daemon.settle();
    (0..PEERS).for_each(|peer| world.look(peer));
    assert!(world.due.iter().all(VecDeque::is_empty), "all is answered: {:?}", world.due);
    world.daemon.end();
});

/// What is due to a client.
#[derive(Debug)]
enum Due {
    /// A reply under this id.
    Reply(u64),
    /// An array of such replies.
    Batch(Vec<u64>),
    /// A reply to a tool's call.
    Tool,
}

struct World {
    daemon: Daemon,
    due: [VecDeque<Due>; PEERS],
    last_id: u64,
}

impl World {
    fn new() -> Self {
        let mut daemon = Daemon::new(folder());
        (0..PEERS).for_each(|peer| _ = daemon.connect(peer == 1));
        let mut world = Self { daemon, due: Default::default(), last_id: 0 };
        for name in ["p", "q"] {
            let request = world.text("goxel.create_project", &format!("[\"{name}\"]"));
            world.due[0].push_back(Due::Reply(world.last_id));
            world.daemon.send(0, request.as_bytes());
        }
        world
    }

    fn text(&mut self, method: &str, params: &str) -> String {
        self.last_id += 1;
        let id = self.last_id;
        format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params},"id":{id}}}"#)
    }

    fn call(&mut self, input: &mut Input<'_>) -> String {
        let method = *input.pick(Method::ALL);
        let name = method.info().name;
        if LEFT_OUT.contains(&name) {
            return self.text("ping", "[]");
        }
        let params = params(method, input);
        let may_stop = method.info().params.iter().any(|field| field.name() == "deadline_ms");
        if may_stop && params.starts_with('{') && !params.contains("deadline_ms") {
            let comma = if params == "{}" { "" } else { "," };
            let params = format!("{{\"deadline_ms\":{DEADLINE_MS}{comma}{}", &params[1..]);
            return self.text(name, &params);
        }
        self.text(name, &params)
    }

    fn step(&mut self, input: &mut Input<'_>) {
        let peer = input.below(PEERS);
        match input.below(16) {
            0..7 => {
                let request = self.call(input);
                self.due[peer].push_back(Due::Reply(self.last_id));
                self.daemon.send(peer, request.as_bytes());
            }
            7..9 => {
                let count = 1 + input.below(BATCH_MAX);
                let requests: Vec<_> = (0..count).map(|_| self.call(input)).collect();
                let ids = self.last_id + 1 - count as u64..=self.last_id;
                self.due[peer].push_back(Due::Batch(ids.collect()));
                self.daemon.send(peer, format!("[{}]", requests.join(",")).as_bytes());
            }
            9 => {
                let method = *input.pick(Method::ALL);
                let Some((tool, _)) = method.info().tool else { return };
                if LEFT_OUT.contains(&method.info().name) {
                    return;
                }
                let arguments = params(method, input);
                let request = format!(r#"{{"tool":"{tool}","arguments":{arguments}}}"#);
                self.due[peer].push_back(Due::Tool);
                self.daemon.send(peer, request.as_bytes());
            }
            10..12 => _ = self.daemon.work(peer),
            12 => _ = self.daemon.serve(),
            13 => self.raw(input),
            14 => self.cancel(input),
            _ if input.byte() < 40 => self.daemon.turn_away(peer),
            _ => self.look(peer),
        }
    }

    /// Any bytes as a frame, sent by one who is gone afterwards.
    fn raw(&mut self, input: &mut Input<'_>) {
        let peer = self.daemon.connect(input.byte() > 127);
        let frame = input.line();
        let text = String::from_utf8_lossy(frame);
        if !LEFT_OUT.iter().any(|name| text.contains(name.trim_start_matches("goxel."))) {
            self.daemon.send(peer, frame);
        }
        if input.byte() > 127 {
            self.daemon.leave(peer);
        }
        self.daemon.settle();
        if self.daemon.is_at_rest() && self.daemon.count() > peer {
            for reply in parsed(&self.daemon.replies(peer)) {
                assert!(reply.is_object() || reply.is_array(), "{reply}");
            }
            self.daemon.leave(peer);
            self.daemon.settle();
        }
    }

    fn cancel(&mut self, input: &mut Input<'_>) {
        let job = input.byte();
        let request = self.text("goxel.cancel", &format!("[{job}]"));
        let peer = input.below(PEERS);
        self.due[peer].push_back(Due::Reply(self.last_id));
        self.daemon.send(peer, request.as_bytes());
    }

    /// Looks at what a client was sent.
    fn look(&mut self, peer: usize) {
        // What is in the middle of being answered is not whole yet.
        if !self.daemon.is_whole(peer) {
            return;
        }
        for reply in parsed(&self.daemon.replies(peer)) {
            if reply["method"] == "goxel.progress" {
                continue;
            }
            match self.due[peer].pop_front() {
                Some(Due::Reply(id)) => answers(&reply, id),
                Some(Due::Batch(ids)) => {
                    let replies = reply.as_array().expect("an array");
                    assert_eq!(replies.len(), ids.len(), "{reply}");
                    replies.iter().zip(ids).for_each(|(reply, id)| answers(reply, id));
                }
                Some(Due::Tool) => assert!(reply["success"].is_boolean(), "{reply}"),
                None => panic!("nothing is due: {reply}"),
            }
        }
    }
}

fn answers(reply: &Value, id: u64) {
    assert_eq!(reply["id"], id, "{reply}");
    assert_eq!(reply["jsonrpc"], "2.0");
    assert!(reply.get("result").is_some() != reply.get("error").is_some(), "{reply}");
}

/// The values of lines.
fn parsed(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).expect("replies are text");
    assert!(text.is_empty() || text.ends_with('\n'), "{text}");
    text.lines().map(|line| serde_json::from_str(line).expect("replies are JSON")).collect()
}

/// An empty folder.
fn folder() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        goxel_daemon::limit_memory(Some(MEMORY_MAX));
        std::env::temp_dir().join(format!("goxel-fuzz-{}", std::process::id()))
    });
    if fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_some()) {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).expect("a folder");
        std::env::set_current_dir(folder).expect("a folder");
    }
    folder.clone()
}
