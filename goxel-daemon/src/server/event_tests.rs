//! Events: what one connection is told of what another one does.

use std::time::Duration;

use goxel_proto::json::Value;

use super::tests::Client;
use super::*;
use crate::session::Session;
use crate::state::State;

/// What passes between two times at which somebody is told: longer than every pace that is used here.
const LATER: Duration = Duration::from_secs(1);

/// A daemon with a project and two connections: one that works, and one that listens.
struct Room {
    works: Client,
    listens: Session,
    /// Ahead of the clock.
    later: Duration,
}

impl Room {
    fn of(params: &str) -> Self {
        let (works, listens) = (Client::project(), Session::default());
        let mut room = Self { works, listens, later: LATER };
        let reply = room.ask("goxel.subscribe", params);
        assert!(reply.contains("\"success\": true"), "{reply}");
        room
    }

    /// The connection that works calls something.
    fn call(&mut self, method: &str, params: &str) -> String {
        let reply = self.works.call(method, params);
        assert!(reply.starts_with("\"result\""), "{method} {params}: {reply}");
        reply
    }

    /// The connection that listens calls something.
    fn ask(&mut self, method: &str, params: &str) -> String {
        std::mem::swap(&mut self.works.session, &mut self.listens);
        let reply = self.works.call(method, params);
        std::mem::swap(&mut self.works.session, &mut self.listens);
        reply
    }

    /// What the listening connection is told a second later, which has so many bytes unread.
    fn told_unread(&mut self, unread: usize) -> Vec<String> {
        let (server, now) = (&mut self.works.server, Instant::now() + self.later);
        self.later += LATER;
        assert!(server.commit());
        let mut out = Output::default();
        while let Some(client) = server.next_listener(now) {
            assert_eq!(client, self.listens.client, "nobody else listens");
            server.notify(&mut self.listens, unread, now, &mut out);
        }
        let text = String::from_utf8(out.into_bytes()).expect("text");
        let params = |line: &str| {
            let start = "{ \"jsonrpc\": \"2.0\", \"method\": \"goxel.event\", \"params\": ";
            let rest = line.strip_prefix(start).and_then(|rest| rest.strip_suffix(" }"));
            rest.expect("an event").to_owned()
        };
        text.lines().map(params).collect()
    }

    fn told(&mut self) -> Vec<String> {
        self.told_unread(0)
    }

    /// Checks that these events are told, each of which has these members.
    fn check(&mut self, expected: &[&[&str]]) {
        let told = self.told();
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        for (event, members) in told.iter().zip(expected) {
            for member in *members {
                assert!(event.contains(member), "{member} in {event}");
            }
        }
    }
}

fn number(event: &str, name: &str) -> i64 {
    let event = Value::parse(event.as_bytes()).expect("JSON");
    event.get(name).and_then(|number| number.as_number()?.to_i64()).expect(name)
}

#[test]
fn a_change_tells_where_and_which_versions() {
    let mut room = Room::of(r#"{"project": "p", "kinds": ["change"]}"#);
    room.call("goxel.add_voxel", "[1, 2, 3, 255, 0, 0]");
    room.call("goxel.add_voxel", "[4, -20, 3, 255, 0, 0]");
    let told = room.told();
    let place = r#""box": { "min": [ 1, -20, 3 ], "max": [ 4, 2, 3 ] }, "tiles": [ [ 0, -32, 0 ], [ 0, 0, 0 ] ] }"#;
    assert!(told.len() == 1 && told[0].ends_with(place), "{told:?}");
    assert!(told[0].starts_with("{ \"kind\": \"change\", \"project\": \"p\", \"project_id\": \""));
    assert_eq!(number(&told[0], "version_to") - number(&told[0], "version_from"), 2);
    assert!(room.told().is_empty(), "once");
    room.call("goxel.create_layer", r#"["b"]"#);
    room.call("goxel.add_voxel", "{\"x\": 9, \"r\": \"#ff0000\"}");
    room.call("goxel.get_voxel", "[9, 0, 0]");
    room.check(&[&["\"min\": [ 9, 0, 0 ]"]]);
    room.call("goxel.add_voxels", r#"{"boxes": [[0, 0, 0, 5000, 15, 0, 255, 0, 0]]}"#);
    let told = room.told();
    assert!(told.len() == 1 && !told[0].contains("tiles"), "more than 256 of them: {told:?}");
}

#[test]
fn layers_the_scene_and_the_history_have_events_of_their_own() {
    let mut room = Room::of("{}");
    room.call("goxel.add_voxel", "[1, 2, 3, 255, 0, 0]");
    room.told();
    room.call("goxel.create_layer", r#"["b"]"#);
    room.check(&[&["\"kind\": \"layers\"", "\"version_to\": 3 }"]]);
    room.call("goxel.set_layer_visibility", "{\"layer_id\": 1, \"visible\": false}");
    room.check(&[&["\"kind\": \"layers\"", "\"box\": { \"min\": [ 0, 0, 0 ]"]]);
    room.call("goxel.set_palette", r##"{"colors": ["#ff0000"]}"##);
    room.check(&[&["\"kind\": \"scene\""]]);
    room.call("goxel.undo", "{}");
    room.call("goxel.undo", "{}");
    room.call("goxel.redo", "{}");
    room.check(&[
        &["\"kind\": \"layers\""],
        &["\"kind\": \"scene\""],
        &["\"kind\": \"history\", \"what\": \"redo\"", "\"steps\": 3"],
    ]);
    room.call("goxel.delete_layer", "{\"layer_id\": 1}");
    room.check(&[&["\"kind\": \"change\""], &["\"kind\": \"layers\""]]);
}

#[test]
fn projects_as_wholes_are_told_one_by_one() {
    let mut room = Room::of(r#"{"kinds": ["project", "change"]}"#);
    room.call("goxel.create_project", r#"["q"]"#);
    room.call("goxel.rename_project", r#"["q", "r"]"#);
    room.call("goxel.close_project", r#"["r"]"#);
    room.call("goxel.create_project", r#"["p"]"#);
    room.call("goxel.delete_project", r#"["p"]"#);
    room.check(&[
        &["\"what\": \"opened\", \"project\": \"q\""],
        &["\"what\": \"renamed\", \"project\": \"r\"", "\"from\": \"q\""],
        &["\"what\": \"closed\", \"project\": \"r\""],
        &["\"what\": \"replaced\", \"project\": \"p\"", "\"version_to\": 2"],
        &["\"what\": \"deleted\", \"project\": \"p\""],
        &["\"kind\": \"change\", \"project\": \"p\"", "\"version_from\": 1", "\"anywhere\": true"],
    ]);
}

#[test]
fn a_renamed_project_is_the_same_one() {
    let mut room = Room::of(r#"{"projects": ["p"], "kinds": ["change", "project"]}"#);
    let info = room.call("goxel.get_project_info", "{}");
    let (_, id) = info.split_once("\"project_id\": \"").expect("one");
    let id = id[..10].to_owned();
    let renamed = room.call("goxel.rename_project", r#"{"name": "p", "to": "q"}"#);
    let expected = format!("\"name\": \"q\", \"project_id\": \"{id}\", \"version\": 2");
    assert!(renamed.contains(&expected), "{renamed}");
    room.call("goxel.rename_project", r#"{"name": "q", "to": "q"}"#);
    room.call("goxel.add_voxel", &format!("{{\"x\": 1, \"project\": \"{id}\"}}"));
    room.check(&[&["\"what\": \"renamed\""], &["\"project\": \"q\"", "\"version_to\": 3"]]);
    // The old name is free, for another project.
    let other = room.call("goxel.create_project", r#"{"name": "p", "replace": false}"#);
    assert!(!other.contains(&id), "{other}");
    room.call("goxel.add_voxel", r#"{"x": 1, "project": "p"}"#);
    assert!(room.told().is_empty(), "it is not subscribed");
    let undo = room.call("goxel.undo", r#"{"project": "q"}"#);
    assert!(undo.contains("\"undo\": 0, \"redo\": 1"), "the name is no step: {undo}");
}

#[test]
fn a_name_is_refused_that_is_taken_or_none() {
    let mut client = Client::project();
    client.call("goxel.create_project", r#"["q"]"#);
    let mut refused = |params: &str, what: &str| {
        let reply = client.call("goxel.rename_project", params);
        assert!(reply.starts_with("\"error\"") && reply.contains(what), "{reply}");
    };
    refused(r#"["p", "q"]"#, "params.to: a project is named \\\"q\\\" already");
    refused(r#"["p", ""]"#, "params.to: must be text of 1 to 255 bytes");
    refused(&format!(r#"["p", "{}"]"#, "x".repeat(256)), "params.to: must be text of 1 to 255");
    refused(r#"["no", "r"]"#, "params.name: no open project is named \\\"no\\\"");
    refused(r#"{"name": "p", "too": "r"}"#, "is to meant?");
    client.call("goxel.begin", r#"{"project": "q"}"#);
    let reply = client.call("goxel.rename_project", r#"["q", "r"]"#);
    assert!(reply.contains("a transaction is open on the project: commit it"), "{reply}");
    client.session = Session::default();
    let reply = client.call("goxel.rename_project", r#"["q", "r"]"#);
    assert!(reply.contains("\"name\": \"r\""), "whoever had begun it is gone: {reply}");
    client.session.rights = std::mem::take(&mut client.session.rights).read_only();
    let reply = client.call("goxel.rename_project", r#"["r", "q"]"#);
    assert!(reply.contains("\"code\": -1033"), "{reply}");
}

#[test]
fn a_transaction_is_told_at_its_commit_and_never_otherwise() {
    let mut room = Room::of("{}");
    room.call("goxel.add_voxel", "[0, 0, 0]");
    room.told();
    room.call("goxel.begin", "{}");
    room.call("goxel.add_voxel", "[1, 1, 1]");
    room.call("goxel.add_voxel", "[90, 1, 1]");
    room.call("goxel.undo", "{}");
    room.call("goxel.create_layer", r#"["b"]"#);
    assert!(room.told().is_empty(), "nothing is decided");
    room.call("goxel.commit", "{}");
    room.check(&[
        &["\"kind\": \"change\"", "\"version_from\": 2", "\"max\": [ 1, 1, 1 ]"],
        &["\"kind\": \"layers\"", "\"version_from\": 2"],
    ]);
    room.call("goxel.begin", "{}");
    room.call("goxel.add_voxel", "[1, 1, 1]");
    room.call("goxel.rollback", "{}");
    room.call("goxel.begin", "{}");
    room.call("goxel.add_voxel", "[1, 1, 1]");
    // Whoever has begun it leaves.
    room.works.session = Session::default();
    room.call("goxel.get_status", "{}");
    assert!(room.told().is_empty(), "nothing of it is there");
}

#[test]
fn an_edit_on_a_worker_is_told_when_it_is_taken_over_with_its_job() {
    let mut room = Room::of(r#"{"kinds": ["change", "job"]}"#);
    room.works.server.state.inline_units = 1000;
    room.call("goxel.add_voxels", r#"{"boxes": [[0, 0, 0, 63, 63, 63, 255, 0, 0]]}"#);
    room.check(&[
        &["\"kind\": \"change\"", "\"max\": [ 63, 63, 63 ]", "\"tiles\""],
        &["\"what\": \"done\"", "\"method\": \"goxel.add_voxels\"", "\"unit\": \"voxels\""],
    ]);
    room.call("goxel.undo", "{}");
    room.check(&[&["\"max\": [ 63, 63, 63 ]"], &["\"method\": \"goxel.undo\""]]);
    let reply = room.works.call("goxel.save_project", r#"["/no/such/directory/p.gox"]"#);
    assert!(reply.starts_with("\"error\""), "{reply}");
    room.check(&[&["\"what\": \"failed\"", "\"method\": \"goxel.save_project\"", "\"error\": -1"]]);
}

#[test]
fn a_job_that_runs_is_told_of_while_it_does() {
    let mut room = Room::of(r#"{"kinds": ["job"]}"#);
    let state: &mut State = &mut room.works.server.state;
    let client = room.works.session.client;
    let job = state.jobs.add(Method::Mirror, None, client, crate::jobs::Demands::default());
    room.check(&[&["\"what\": \"waits\"", "\"method\": \"goxel.mirror\"", "\"done\": 0"]]);
    let ticket = room.works.server.state.jobs.start(job).expect("it waits");
    assert!(goxel_core::Control::check(&*ticket, 5, 9).is_ok());
    room.check(&[&["\"what\": \"runs\"", "\"done\": 5, \"total\": 9"]]);
    assert!(room.told().is_empty(), "it is where it was");
}

#[test]
fn who_does_not_read_is_told_once_and_nothing_is_kept_for_it() {
    let mut room = Room::of("{}");
    for x in 0..300 {
        room.call("goxel.add_voxel", &format!("[{x}, 0, 0]"));
        assert!(room.told_unread(1 << 20).is_empty());
    }
    room.check(&[&[
        "{ \"kind\": \"missed\", \"projects\": [ { \"project\": \"p\"",
        "\"version_from\": 1, \"version_to\": 301",
    ]]);
    room.call("goxel.add_voxel", "[0, 5, 0]");
    room.check(&[&["\"kind\": \"change\"", "\"version_from\": 301"]]);
}

#[test]
fn who_asks_is_told_at_once() {
    let mut room = Room::of(r#"{"projects": ["p"], "notify": false}"#);
    assert!(room.ask("goxel.poll", "{}").ends_with("\"events\": [] }"));
    room.call("goxel.add_voxel", "[1, 2, 3]");
    assert!(room.told().is_empty());
    let told = room.ask("goxel.poll", "{}");
    assert!(told.contains("\"events\": [ { \"kind\": \"change\", \"project\": \"p\""), "{told}");
    assert!(room.ask("goxel.poll", "{}").ends_with("\"events\": [] }"), "once");
    // The next call says that it wants notifications after all.
    room.ask("goxel.subscribe", r#"{"project": "p", "notify": true, "every_ms": 150}"#);
    room.call("goxel.add_voxel", "[1, 2, 4]");
    room.check(&[&["\"kind\": \"change\""]]);
    let refused = room.works.call("goxel.poll", "{}");
    assert!(refused.contains("told of nothing: call goxel.subscribe first"), "{refused}");
}

#[test]
fn subscriptions_are_added_and_taken_away() {
    let mut room = Room::of(r#"{"projects": ["p"], "kinds": ["change"], "every_ms": 70}"#);
    room.call("goxel.create_project", r#"["q"]"#);
    let reply =
        room.ask("goxel.subscribe", r#"{"projects": ["q"], "kinds": ["layers"], "own": false}"#);
    for member in [
        "\"every_ms\": 100, \"notify\": true, \"own\": false",
        "\"kinds\": [ \"change\" ]",
        "\"kinds\": [ \"layers\" ]",
    ] {
        assert!(reply.contains(member), "{reply}");
    }
    let clients = room.ask("goxel.list_clients", "{}");
    assert!(clients.contains("\"subscriptions\": 2"), "{clients}");
    let status = room.call("goxel.get_status", "{}");
    assert!(status.contains("\"listeners\": 1"), "{status}");
    room.call("goxel.add_voxel", r#"{"x": 1, "project": "q"}"#);
    room.call("goxel.add_voxel", r#"{"x": 1, "project": "p"}"#);
    room.ask("goxel.add_voxel", r#"{"x": 2, "project": "p"}"#);
    room.check(&[&["\"project\": \"p\""]]);
    room.ask("goxel.add_voxel", r#"{"x": 3, "project": "p"}"#);
    assert!(room.told().is_empty(), "it did that itself");
    let left = room.ask("goxel.unsubscribe", r#"{"projects": ["p"]}"#);
    assert!(left.contains("\"subscriptions\": 1"), "{left}");
    room.call("goxel.add_voxel", r#"{"x": 4, "project": "p"}"#);
    assert!(room.told().is_empty());
    let left = room.ask("goxel.unsubscribe", "{}");
    assert!(left.contains("\"subscriptions\": 0"), "{left}");
    assert!(room.works.server.state.projects.listeners().is_none(), "nobody is left");
}

#[test]
fn what_cannot_be_subscribed_is_refused_in_words() {
    let mut client = Client::project();
    let mut refused = |params: &str, what: &str| {
        let reply = client.call("goxel.subscribe", params);
        assert!(reply.contains("\"code\": -32602") && reply.contains(what), "{reply}");
    };
    refused(r#"{"kinds": ["chnage"]}"#, "params.kinds: must be");
    refused(r#"{"kinds": ["chnage"]}"#, "is change meant?");
    refused(
        r#"{"projects": ["p", "no"]}"#,
        "params.projects[1]: no open project is named \\\"no\\\"",
    );
    refused(r#"{"every_ms": 10}"#, "params.every_ms: must be an integer from 50 to 60000");
    assert!(client.server.state.projects.listeners().is_none(), "nobody listens");
    client.session.follows = true;
    let reply = client.call("goxel.subscribe", "{}");
    assert!(reply.contains("this connection follows the daemon"), "{reply}");
}

#[test]
fn a_connection_that_is_closed_is_forgotten() {
    let mut room = Room::of("{}");
    room.call("goxel.add_voxel", "[1, 2, 3]");
    let listens = std::mem::take(&mut room.listens);
    room.works.server.closed(listens);
    assert!(room.works.server.state.projects.listeners().is_none());
    room.call("goxel.add_voxel", "[1, 2, 4]");
    assert_eq!(room.works.server.next_listener(Instant::now() + LATER), None);
}

#[test]
fn nothing_is_told_in_the_middle_of_a_batch() {
    let mut room = Room::of("{}");
    room.call("goxel.add_voxel", "[1, 2, 3]");
    room.listens.in_batch = true;
    assert!(room.told().is_empty());
    room.listens.in_batch = false;
    room.check(&[&["\"kind\": \"change\""]]);
}
