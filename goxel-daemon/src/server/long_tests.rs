//! Long edits: who waits for them, who does not, and how they are stopped.

use std::collections::VecDeque;

use super::tests::Client;
use super::*;

/// A connection of a daemon that others are connected to as well. Its jobs are carried out when the
/// test says so.
pub(crate) struct Peer {
    pub(crate) session: Session,
    out: Output,
    pub(crate) job: Option<Job<Done>>,
    is_held: bool,
    /// Frames that are looked at when the one before is answered.
    later: VecDeque<String>,
}

impl Peer {
    pub(crate) fn new(server: &mut Server, number: u64) -> Self {
        let session = server.open(goxel_io::Client::without_loop(number));
        let (out, later) = (Output::default(), VecDeque::new());
        Self { session, out, job: None, is_held: false, later }
    }

    pub(crate) fn is_at_rest(&self) -> bool {
        self.job.is_none() && !self.is_held && self.later.is_empty()
    }

    /// Sends a frame.
    pub(crate) fn send(&mut self, server: &mut Server, frame: &str) {
        self.later.push_back(frame.to_owned());
        self.go_on(server);
    }

    /// Sends a large frame, once the ones before are answered.
    pub(crate) fn send_large(&mut self, server: &mut Server, text: &str) {
        assert!(self.is_at_rest());
        let frame = LargeFrame::copy_of(text.as_bytes());
        let verdict = server.large_frame(&mut self.session, frame, &mut self.out);
        self.settle(server, verdict);
    }

    /// Sends a call.
    pub(crate) fn call(&mut self, server: &mut Server, method: &str, params: &str) {
        let request =
            format!(r#"{{"jsonrpc":"2.0","method":"goxel.{method}","params":{params},"id":1}}"#);
        self.send(server, &request);
    }

    fn go_on(&mut self, server: &mut Server) {
        while self.job.is_none() && !self.is_held {
            let Some(frame) = self.later.pop_front() else { return };
            let verdict = server.frame(&mut self.session, frame.as_bytes(), &mut self.out);
            self.settle(server, verdict);
        }
    }

    fn settle(&mut self, server: &mut Server, mut verdict: Verdict<Done>) {
        while let Verdict::Yield = verdict {
            verdict = server.resume(&mut self.session, &mut self.out);
        }
        match verdict {
            Verdict::Wait(job) => self.job = Some(job),
            Verdict::Hold => self.is_held = true,
            Verdict::Answered | Verdict::Yield => {}
        }
    }

    /// Its job is carried out.
    pub(crate) fn work(&mut self, server: &mut Server) {
        let done = self.job.take().expect("a job runs").run();
        let verdict = server.finish(&mut self.session, done, &mut self.out);
        self.settle(server, verdict);
        self.go_on(server);
    }

    /// There is no room for its job.
    pub(crate) fn busy(&mut self, server: &mut Server) {
        let job = self.job.take().expect("a job runs");
        let verdict = server.busy(&mut self.session, job, &mut self.out);
        self.settle(server, verdict);
    }

    pub(crate) fn resume(&mut self, server: &mut Server) {
        self.is_held = false;
        let verdict = server.resume(&mut self.session, &mut self.out);
        self.settle(server, verdict);
        self.go_on(server);
    }

    /// What it was sent since it last looked.
    pub(crate) fn replies(&mut self) -> String {
        String::from_utf8(std::mem::take(&mut self.out).into_bytes()).expect("replies are text")
    }
}

/// A daemon in which whatever is more than a few voxels is a long edit.
pub(crate) fn server() -> Server {
    let mut server = Server::default();
    server.state.inline_units = 1000;
    server
}

/// A daemon and three connections, of which the first has made a project in which a mirror takes
/// long.
pub(crate) fn daemon() -> (Server, [Peer; 3]) {
    let mut server = server();
    let mut peers = [1, 2, 3].map(|number| Peer::new(&mut server, number));
    peers[0].call(&mut server, "create_project", r#"["p"]"#);
    fill(&mut peers[0], &mut server);
    peers.iter_mut().for_each(|peer| _ = peer.replies());
    (server, peers)
}

/// More tiles than may be looked at on the loop.
fn fill(peer: &mut Peer, server: &mut Server) {
    peer.call(server, "add_voxels", r#"{"boxes": [[0,0,0,127,63,63,1,2,3]]}"#);
    if peer.job.is_some() {
        peer.work(server);
    }
    assert!(peer.is_at_rest());
}

/// Those whose turn has come go on, until there is nobody.
pub(crate) fn resume(server: &mut Server, peers: &mut [Peer]) {
    while let Some(client) = server.next_ready() {
        let peer = peers.iter_mut().find(|peer| peer.session.client == client);
        peer.expect("it is one of them").resume(server);
    }
}

const MIRROR: &str = r#"{"axis": "x", "project": "p"}"#;

/// How many voxels the project of a peer has, as it is told.
fn count(peer: &mut Peer, server: &mut Server) -> u64 {
    peer.replies();
    peer.call(server, "get_status", r#"{"project": "p"}"#);
    let reply = peer.replies();
    let at = reply.find("\"voxel_count\": ").expect("a result") + 15;
    let digits: String = reply[at..].chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

#[test]
fn edits_of_the_project_wait_in_their_order_and_nobody_else_does() {
    let (mut server, mut peers) = daemon();
    let [a, b, c] = &mut peers;
    let before = count(a, &mut server);
    a.call(&mut server, "mirror", r#"{"axis": "x", "keep": true, "at": -0.5}"#);
    assert!(a.job.is_some());
    // Reads see the version before; other projects do not notice.
    assert_eq!(count(b, &mut server), before);
    b.call(&mut server, "history", r#"{"project": "p"}"#);
    assert!(b.replies().contains("\"undo\": 1, \"redo\": 0"));
    c.call(&mut server, "create_project", r#"["q"]"#);
    c.call(&mut server, "add_voxel", "[1, 2, 3]");
    assert!(c.replies().contains("\"x\": 1"));
    // Edits wait, by the fast path too.
    b.call(&mut server, "select_project", r#"["p"]"#);
    b.call(&mut server, "add_voxel", "[500,0,0,9,9,9]");
    c.call(&mut server, "undo", r#"{"project": "p"}"#);
    assert!(b.is_held && c.is_held);
    b.replies();
    // What a connection sends behind its own edit sees it.
    a.call(&mut server, "get_voxel", "[-3,0,0]");
    assert_eq!(a.replies(), "");
    a.work(&mut server);
    let replies = a.replies();
    assert!(replies.contains(&format!("\"voxel_count\": {}", 2 * before)), "{replies}");
    assert!(replies.contains("\"exists\": true"), "{replies}");
    // The first that waits, then the second, which takes back what the first did.
    let client = server.next_ready();
    assert_eq!(client, Some(peers[1].session.client));
    assert_eq!(server.next_ready(), None);
    peers[1].resume(&mut server);
    assert!(peers[1].replies().contains("\"x\": 500"));
    assert_eq!(count(&mut peers[0], &mut server), 2 * before + 1);
    resume(&mut server, &mut peers);
    assert!(peers[2].replies().contains("\"undo\": 2, \"redo\": 1"));
    assert_eq!(count(&mut peers[0], &mut server), 2 * before);
    assert!(server.state.projects.is_calm());
}

#[test]
fn a_long_edit_that_is_undone_is_one_more_long_edit() {
    let (mut server, mut peers) = daemon();
    let a = &mut peers[0];
    let before = count(a, &mut server);
    a.call(&mut server, "mirror", r#"{"axis": "x", "keep": true, "at": -0.5}"#);
    a.work(&mut server);
    for expected in [before, 2 * before] {
        a.call(&mut server, if expected == before { "undo" } else { "redo" }, "{}");
        if a.job.is_some() {
            a.work(&mut server);
        }
        a.replies();
        assert_eq!(count(a, &mut server), expected);
    }
}

#[test]
fn the_active_layer_is_the_one_that_is_active_when_the_edit_is_made() {
    let (mut server, mut peers) = daemon();
    let [a, b, _] = &mut peers;
    a.call(&mut server, "mirror", MIRROR);
    b.call(&mut server, "create_layer", r#"{"name": "new", "project": "p"}"#);
    b.call(&mut server, "add_voxel", r#"{"x": 7, "project": "p"}"#);
    a.work(&mut server);
    resume(&mut server, &mut peers);
    assert!(peers[1].is_at_rest());
    peers[0].call(&mut server, "list_layers", "{}");
    let layers = peers[0].replies();
    let new = layers.split("\"name\": \"new\"").nth(1).expect("it is there");
    assert!(new.contains("\"active\": true, \"voxel_count\": 1"), "{layers}");
}

#[test]
fn a_batch_stops_at_what_waits_and_goes_on_behind_it() {
    let (mut server, mut peers) = daemon();
    let [a, b, _] = &mut peers;
    a.call(&mut server, "mirror", MIRROR);
    let element = |method: &str, params: &str, id: u32| {
        format!(r#"{{"jsonrpc":"2.0","method":"goxel.{method}","params":{params},"id":{id}}}"#)
    };
    let batch = [
        element("history", r#"{"project": "p"}"#, 1),
        element("add_voxel", r#"{"x": 900, "project": "p"}"#, 2),
        element("mirror", r#"{"axis": "x", "project": "p", "progress": true}"#, 3),
        element("history", r#"{"project": "p"}"#, 4),
    ];
    b.send(&mut server, &format!("[{}]", batch.join(",")));
    assert!(b.is_held);
    a.work(&mut server);
    resume(&mut server, &mut peers);
    peers[1].work(&mut server);
    let reply = peers[1].replies();
    let ids: Vec<_> =
        reply.match_indices("\"id\": ").map(|(at, _)| &reply[at + 6..=at + 6]).collect();
    assert_eq!(ids, ["1", "2", "3", "4"], "{reply}");
    assert!(reply.starts_with("[ {") && reply.ends_with("} ]\n"), "{reply}");
    assert!(reply.contains("\"undo\": 1,") && reply.contains("\"undo\": 4,"), "{reply}");
    assert!(!reply.contains("progress"), "a batch is answered by one array: {reply}");
}

#[test]
fn a_tool_waits_like_any_call() {
    let (mut server, mut peers) = daemon();
    let [a, b, _] = &mut peers;
    a.call(&mut server, "mirror", MIRROR);
    b.send(
        &mut server,
        r#"{"tool": "goxel_add_voxels", "arguments": {"position": [600, 1, 2], "project": "p"}}"#,
    );
    assert!(b.is_held);
    a.work(&mut server);
    resume(&mut server, &mut peers);
    let reply = peers[1].replies();
    assert!(
        reply.starts_with("{ \"success\": true, \"content\":") && reply.contains("600"),
        "{reply}"
    );
}

#[test]
fn a_job_that_is_cancelled_changes_nothing() {
    let (mut server, mut peers) = daemon();
    let [a, b, c] = &mut peers;
    let before = count(a, &mut server);
    a.call(&mut server, "mirror", r#"{"axis": "x", "keep": true, "at": -0.5}"#);
    b.call(&mut server, "add_voxel", r#"{"x": 900, "project": "p"}"#);
    c.call(&mut server, "list_jobs", "{}");
    let jobs = c.replies();
    assert!(jobs.contains("\"count\": 2"), "{jobs}");
    assert!(
        jobs.contains("\"method\": \"goxel.mirror\", \"waits\": false, \"client\": 1"),
        "{jobs}"
    );
    assert!(
        jobs.contains("\"method\": \"goxel.add_voxel\", \"waits\": true, \"client\": 2"),
        "{jobs}"
    );
    let number = |method: &str| {
        let before = jobs.split(method).next().expect("it is there");
        let at = before.rfind("\"job\": ").expect("a number") + 7;
        before[at..].split(',').next().expect("it ends").to_owned()
    };
    // The one that waits is told at once.
    c.call(&mut server, "cancel", &format!("[{}]", number("goxel.add_voxel")));
    resume(&mut server, &mut peers);
    let told = peers[1].replies();
    assert!(told.contains("\"code\": -1032") && told.contains("cancelled"), "{told}");
    let [a, _, c] = &mut peers;
    c.call(&mut server, "cancel", &format!("[{}]", number("goxel.mirror")));
    assert!(c.replies().ends_with("\"result\": { \"success\": true }, \"id\": 1 }\n"));
    a.work(&mut server);
    assert!(a.replies().contains("\"code\": -1032"));
    assert_eq!(count(a, &mut server), before);
    c.call(&mut server, "cancel", &format!("[{}]", number("goxel.mirror")));
    assert!(c.replies().contains("\"success\": false"));
    a.call(&mut server, "undo", "{}");
    if a.job.is_some() {
        a.work(&mut server);
    }
    assert_eq!(a.replies().matches("\"success\": true").count(), 1);
    assert_eq!(count(a, &mut server), 0);
    assert!(server.state.projects.is_calm());
}

#[test]
fn progress_is_told_where_it_is_wanted() {
    let (mut server, mut peers) = daemon();
    let [a, b, _] = &mut peers;
    a.call(&mut server, "mirror", r#"{"axis": "x", "progress": true}"#);
    let told = a.replies();
    let notification =
        "{ \"jsonrpc\": \"2.0\", \"method\": \"goxel.progress\", \"params\": { \"job\": ";
    assert!(told.starts_with(notification) && told.ends_with("} }\n"), "{told}");
    b.call(&mut server, "add_voxel", r#"{"x": 900, "project": "p", "progress": true}"#);
    assert!(b.replies().starts_with(notification));
    server.tell(&mut a.session, &mut a.out);
    assert!(a.replies().starts_with(notification));
    a.work(&mut server);
    assert!(a.replies().starts_with("{ \"jsonrpc\": \"2.0\", \"result\""));
    server.tell(&mut a.session, &mut a.out);
    assert_eq!(a.replies(), "");
    for wrong in [r#"{"axis": "x", "progress": 1}"#, r#"{"axis": "x", "deadline_ms": 0}"#] {
        a.call(&mut server, "mirror", wrong);
        assert!(a.replies().contains("\"code\": -32602"), "{wrong}");
    }
}

#[test]
fn a_job_that_there_is_no_room_for_changes_nothing() {
    let (mut server, mut peers) = daemon();
    let [a, b, _] = &mut peers;
    let before = count(a, &mut server);
    a.call(&mut server, "mirror", r#"{"axis": "x", "keep": true, "at": -0.5}"#);
    b.call(&mut server, "add_voxel", r#"{"x": 900, "project": "p"}"#);
    a.busy(&mut server);
    assert!(a.replies().contains("The daemon is busy: too many jobs wait"));
    resume(&mut server, &mut peers);
    assert!(peers[1].replies().contains("\"success\": true"));
    assert_eq!(count(&mut peers[0], &mut server), before + 1);
}

#[test]
fn closing_and_replacing_wait_and_those_behind_are_told() {
    let (mut server, mut peers) = daemon();
    let [a, b, c] = &mut peers;
    a.call(&mut server, "mirror", MIRROR);
    b.call(&mut server, "close_project", r#"["p"]"#);
    c.call(&mut server, "add_voxel", r#"{"x": 900, "project": "p"}"#);
    assert!(b.is_held && c.is_held);
    a.work(&mut server);
    resume(&mut server, &mut peers);
    assert!(peers[1].replies().contains("\"name\": \"p\""));
    let refused = peers[2].replies();
    assert!(refused.contains("no open project is named"), "{refused}");
    assert!(server.state.projects.is_calm());

    let (mut server, mut peers) = daemon();
    let [a, b, c] = &mut peers;
    a.call(&mut server, "mirror", MIRROR);
    b.call(&mut server, "create_project", r#"["p"]"#);
    c.call(&mut server, "add_voxel", r#"{"x": 900, "project": "p"}"#);
    assert!(b.is_held && c.is_held);
    a.work(&mut server);
    resume(&mut server, &mut peers);
    assert_eq!(count(&mut peers[0], &mut server), 1, "the new one and the voxel behind it");
}

#[test]
fn a_transaction_keeps_others_out_while_its_own_long_edit_is_under_way() {
    let (mut server, mut peers) = daemon();
    let [a, b, _] = &mut peers;
    a.call(&mut server, "begin", "{}");
    a.call(&mut server, "mirror", MIRROR);
    a.call(&mut server, "commit", "{}");
    b.call(&mut server, "add_voxel", r#"{"x": 900, "project": "p"}"#);
    assert!(b.replies().contains("another connection's transaction"), "it is refused at once");
    a.work(&mut server);
    if a.job.is_some() {
        a.work(&mut server);
    }
    assert_eq!(a.replies().matches("\"success\": true").count(), 3);
    b.call(&mut server, "add_voxel", r#"{"x": 900, "project": "p"}"#);
    assert!(b.replies().contains("\"success\": true"));
    assert!(server.state.projects.is_calm());
}

#[test]
fn what_only_makes_a_reply_is_dropped_when_nobody_is_left_to_read_it() {
    let (mut server, mut peers) = daemon();
    let [a, b, _] = &mut peers;
    // An edit is carried out.
    let before = count(a, &mut server);
    a.call(&mut server, "mirror", r#"{"axis": "x", "keep": true, "at": -0.5}"#);
    server.gone(&mut a.session);
    a.work(&mut server);
    assert_eq!(count(b, &mut server), 2 * before);
    // A read is stopped.
    b.call(&mut server, "get_color_histogram", r#"{"project": "p"}"#);
    server.gone(&mut b.session);
    b.work(&mut server);
    assert!(b.replies().contains("\"code\": -1032"));
}

#[test]
fn an_edit_that_was_prepared_waits_too() {
    let (mut server, mut peers) = daemon();
    let [a, b, _] = &mut peers;
    a.call(&mut server, "mirror", MIRROR);
    // Sixteen tiles.
    let heights = ["3"; 256].join(",");
    let params =
        format!(r#"{{"heights": [[{heights}]], "position": [700, 0, 0], "project": "p"}}"#);
    b.call(&mut server, "heightmap", &params);
    b.work(&mut server);
    assert!(b.is_held, "it is prepared, and waits");
    a.work(&mut server);
    resume(&mut server, &mut peers);
    // It takes long itself.
    peers[1].work(&mut server);
    let reply = peers[1].replies();
    assert!(reply.contains("\"voxels_created\": 768"), "{reply}");
}

#[test]
fn small_edits_are_made_at_once() {
    let mut client = Client::project();
    client.call("goxel.add_voxels", r#"{"boxes": [[0,0,0,9,9,9]]}"#);
    let request = r#"{"jsonrpc":"2.0","method":"goxel.mirror","params":{"axis":"x"},"id":1}"#;
    let out = &mut Output::default();
    let verdict = client.server.frame(&mut client.session, request.as_bytes(), out);
    assert!(matches!(verdict, Verdict::Answered));
}

#[test]
fn long_lists_are_read_on_a_worker_and_not_copied() {
    let (mut server, mut peers) = daemon();
    let [a, b, _] = &mut peers;
    let points: Vec<_> = (0..9000).map(|x| format!("[{x},900,0]")).collect();
    let list = points.join(",");
    assert!(list.len() > crate::text::READ_HERE_BYTES);
    for (method, expected) in [
        ("add_voxels", "\"added\": 9000"),
        ("get_voxels", "\"count\": 9000"),
        ("remove_voxels", "\"removed\": 9000"),
    ] {
        let request = format!(
            r#"{{"jsonrpc":"2.0","method":"goxel.{method}","params":{{"voxels":[{list}]}},"id":1}}"#
        );
        let frame = LargeFrame::copy_of(request.as_bytes());
        let verdict = server.large_frame(&mut a.session, frame, &mut a.out);
        a.settle(&mut server, verdict);
        assert!(a.job.is_some(), "{method}");
        a.work(&mut server);
        let reply = a.replies();
        assert!(reply.contains(expected) && reply.ends_with("\"id\": 1 }\n"), "{method}: {reply}");
    }
    // One that waits keeps its bytes.
    a.call(&mut server, "mirror", MIRROR);
    let request = format!(
        r#"{{"jsonrpc":"2.0","method":"goxel.add_voxels","params":{{"voxels":[{list}],"project":"p"}},"id":1}}"#
    );
    let frame = LargeFrame::copy_of(request.as_bytes());
    let verdict = server.large_frame(&mut b.session, frame, &mut b.out);
    b.settle(&mut server, verdict);
    assert!(b.is_held);
    a.work(&mut server);
    resume(&mut server, &mut peers);
    peers[1].work(&mut server);
    assert!(peers[1].replies().contains("\"added\": 9000"));
    assert!(server.state.projects.is_calm());
}

#[test]
fn a_long_call_that_works_on_no_project_is_read_on_a_worker() {
    let (mut server, mut peers) = daemon();
    let a = &mut peers[0];
    let text = "x".repeat(crate::text::READ_HERE_BYTES);
    let request = format!(r#"{{"jsonrpc":"2.0","method":"echo","params":["{text}"],"id":1}}"#);
    let frame = LargeFrame::copy_of(request.as_bytes());
    let verdict = server.large_frame(&mut a.session, frame, &mut a.out);
    a.settle(&mut server, verdict);
    assert!(a.job.is_some());
    a.work(&mut server);
    let expected = format!(r#""result": [ "{text}" ], "id": 1 }}"#);
    assert!(a.replies().ends_with(&(expected + "\n")));
}
