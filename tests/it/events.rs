//! Events from the outside: real daemons and several connections, over each of the kernel's interfaces.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::engine::on_each;
use crate::world::{Client, World, programs, until};

fn done(client: &mut Client, method: &str, params: &Value) -> Value {
    let result = client.call(method, params);
    result.unwrap_or_else(|error| panic!("{method} {params}: {error}"))
}

/// The next event that a connection is told, which waits for no reply.
fn event(client: &mut Client) -> Value {
    let mut line = client.reply();
    assert_eq!(line["method"], "goxel.event", "{line}");
    line["params"].take()
}

fn world(io: &str) -> (World, Client, Client) {
    let mut world = World::empty();
    world.start_with(&["--io", io]);
    let (mut works, listens) = (world.connect(), world.connect());
    done(&mut works, "goxel.create_project", &json!(["p", 16, 16, 16]));
    (world, works, listens)
}

#[test]
fn one_connection_is_told_what_another_one_does() {
    on_each(|io| {
        let (_world, mut works, mut listens) = world(io);
        let told = done(&mut listens, "goxel.subscribe", &json!({"projects": ["p"]}));
        assert_eq!(told["every_ms"], 50);
        done(&mut works, "goxel.add_voxel", &json!([1, 2, 3, 255, 0, 0]));
        let change = event(&mut listens);
        assert_eq!((&change["kind"], &change["project"]), (&json!("change"), &json!("p")));
        assert_eq!(change["box"], json!({"min": [1, 2, 3], "max": [1, 2, 3]}));
        // A version for each of them, and one event for all, or a few.
        let first = change["version_to"].as_u64().unwrap();
        let requests: String = (0..500)
            .map(|x| {
                let call = json!({"jsonrpc": "2.0", "method": "goxel.add_voxel", "params": [x, 0, 0], "id": 7});
                format!("{call}\n")
            })
            .collect();
        works.send(requests.as_bytes());
        (0..500).for_each(|_| assert!(works.reply()["result"]["success"].as_bool().unwrap()));
        let (mut last, mut events) = (first, 0);
        while last < first + 500 {
            let change = event(&mut listens);
            assert_eq!(change["version_from"], last, "nothing is left out");
            last = change["version_to"].as_u64().unwrap();
            events += 1;
        }
        assert!(events < 500, "{events}");
        done(&mut works, "goxel.rename_project", &json!(["p", "q"]));
        let renamed = event(&mut listens);
        assert_eq!((&renamed["what"], &renamed["from"]), (&json!("renamed"), &json!("p")));
    });
}

#[test]
fn events_come_between_the_replies_of_who_works_itself() {
    on_each(|io| {
        let (_world, mut works, _) = world(io);
        done(&mut works, "goxel.subscribe", &json!({"kinds": ["change"]}));
        let request =
            json!({"jsonrpc": "2.0", "method": "goxel.add_voxel", "params": [1, 1, 1], "id": 7});
        works.send(format!("{request}\n").as_bytes());
        let lines = [works.reply(), works.reply()];
        assert_eq!((&lines[0]["id"], &lines[1]["method"]), (&json!(7), &json!("goxel.event")));
    });
}

#[test]
fn who_does_not_read_costs_nobody_anything_and_is_told_that_it_missed_some() {
    on_each(|io| {
        let (world, mut works, mut listens) = world(io);
        done(&mut listens, "goxel.subscribe", &json!({"projects": ["p"]}));
        let wide: Vec<Value> = (0..250).map(|x| json!([x * 16, 0, 0])).collect();
        // Until more is unread than is put up with: a socket holds some, and the daemon some more.
        let mut seen = world.connect();
        let mut color = 0;
        until(|| {
            color += 1;
            let voxels = json!({"voxels": wide, "color": [color % 256, color / 256, 0]});
            done(&mut works, "goxel.add_voxels", &voxels);
            let clients = done(&mut seen, "goxel.list_clients", &json!({}));
            let clients = clients["clients"].as_array().unwrap();
            let listens = clients.iter().find(|client| client["subscriptions"] == 1).unwrap();
            listens["unread_bytes"].as_u64().unwrap() > 64 << 10
        });
        // One that reads is told behind it, so then it was its turn.
        let mut reads = world.connect();
        done(&mut reads, "goxel.subscribe", &json!({"projects": ["p"]}));
        done(&mut works, "goxel.add_voxels", &json!({"voxels": wide, "color": [1, 2, 3]}));
        let last = event(&mut reads)["version_to"].clone();
        // It reads what was sent before, and then once that it missed some.
        let mut told = event(&mut listens);
        while told["kind"] != "missed" {
            assert_eq!(told["kind"], "change");
            told = event(&mut listens);
        }
        let missed = &told["projects"][0];
        assert_eq!((&missed["project"], &missed["version_to"]), (&json!("p"), &last));
        done(&mut works, "goxel.add_voxel", &json!([0, 0, 0, 9, 9, 9]));
        let told = event(&mut listens);
        assert_eq!((&told["kind"], &told["version_from"]), (&json!("change"), &last));
    });
}

/// The command line, as it watches, and its lines.
struct Watcher {
    child: std::process::Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Watcher {
    fn new(world: &World, args: &[&str]) -> Self {
        let mut child = Command::new(programs().join("goxel-cli"))
            .args(["--no-spawn", "--socket"])
            .arg(world.socket())
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut client = world.connect();
        until(|| done(&mut client, "goxel.get_status", &json!({}))["listeners"] == 1);
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "it has ended");
        line
    }
}

#[test]
fn watch_prints_a_line_an_event_and_ends_with_the_daemon() {
    let (mut world, mut works, _) = world("mio");
    let mut watcher = Watcher::new(&world, &["watch", "--kinds", "change,project"]);
    done(&mut works, "goxel.add_voxel", &json!([1, 2, 3, 255, 0, 0]));
    assert_eq!(watcher.line(), "change p 1,2,3 to 1,2,3 in 1 tile versions 1..2\n");
    done(&mut works, "goxel.create_layer", &json!(["b"]));
    done(&mut works, "goxel.close_project", &json!(["p"]));
    assert_eq!(watcher.line(), "project p closed\n");
    world.signal("TERM");
    assert_eq!(watcher.child.wait().unwrap().code(), Some(3));
}

#[test]
fn watch_of_one_project_stops_after_so_many_lines_of_json() {
    let (world, mut works, _) = world("mio");
    let args = ["--json", "--project", "p", "watch", "--once"];
    let mut watcher = Watcher::new(&world, &args);
    done(&mut works, "goxel.create_project", &json!(["q"]));
    done(&mut works, "goxel.add_voxel", &json!({"x": 9, "project": "p"}));
    let event: Value = serde_json::from_str(&watcher.line()).unwrap();
    assert_eq!((&event["kind"], &event["project"]), (&json!("change"), &json!("p")));
    assert_eq!(watcher.child.wait().unwrap().code(), Some(0));
    let (status, told) = world.fail(&["--project", "no", "watch"]);
    assert_eq!(status, 1);
    assert!(told.contains("no open project is named \"no\""), "{told}");
}

#[test]
fn a_preview_is_drawn_again_when_something_has_changed() {
    let (world, mut works, _) = world("mio");
    let args = ["--project", "p", "show", "--follow", "--size", "4x2", "--color", "never"];
    let mut watcher = Watcher::new(&world, &args);
    done(&mut works, "goxel.add_voxels", &json!({"boxes": [[0, 0, 0, 15, 15, 15, 255, 0, 0]]}));
    // Its first picture is empty, whenever that was drawn.
    until(|| watcher.line().contains('.'));
    watcher.child.kill().unwrap();
    watcher.child.wait().unwrap();
}
