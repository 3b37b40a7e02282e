//! The event loop from the outside, over each of the kernel's interfaces.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::world::{Client, World, daemon, until};

pub(crate) fn on_each(test: impl Fn(&'static str)) {
    test("mio");
    if has_uring() {
        return test("uring");
    }
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("a test");
    // Not by the macro, whose output is only shown where the test fails.
    let _ = writeln!(io::stderr(), "skipped: {name}: no io_uring here");
}

/// Whether the kernel lets the daemon use it, as the daemon says.
fn has_uring() -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    *FOUND.get_or_init(|| {
        let mut world = World::empty();
        world.start_with(&[]);
        let status = engine(&mut world.connect());
        status["facilities"].as_array().unwrap().contains(&json!("io_uring"))
    })
}

fn engine(client: &mut Client) -> Value {
    client.call("goxel.get_status", &json!([])).unwrap()["engine"].take()
}

#[test]
fn what_was_obtained_shows() {
    on_each(|io| {
        let mut world = World::empty();
        world.start_with(&["--io", io]);
        let mut client = world.connect();
        let status = engine(&mut client);
        assert_eq!((&status["io"], &status["os"]), (&json!(io), &json!(std::env::consts::OS)));
        assert_eq!((&status["connections"], &status["held_back"]), (&json!(1), &json!(0)));
        assert_eq!(status["pages"], "none yet");
        assert_eq!((&status["workers"], &status["jobs"]), (&json!(0), &json!(0)));
        assert!(status["memory_nodes"].as_u64().unwrap() >= 1);
        // Half a message brings the arena to life, and its buffer goes when it is whole.
        let mut half = world.connect();
        half.send(b"{\"jsonrpc\":\"2.0\",\"method\":\"echo\",");
        let holds = |client: &mut Client| engine(client)["buffers"]["512"].clone();
        until(|| holds(&mut client) == 1);
        assert_ne!(engine(&mut client)["pages"], "none yet");
        half.send(b"\"id\":1}");
        assert_eq!(half.reply()["result"], json!({}));
        until(|| holds(&mut client) == 0);
        client.call("goxel.create_project", &json!(["p"])).unwrap();
        client.call("goxel.save_project", &json!([world.path("p.gox")])).unwrap();
        until(|| matches!(engine(&mut client)["workers"].as_u64(), Some(1 | 2)));
    });
}

#[test]
fn what_is_in_flight_at_the_end_is_answered() {
    on_each(|io| {
        let mut world = World::empty();
        world.start_with(&["--io", io]);
        let mut client = world.connect();
        client.call("goxel.create_project", &json!(["p"])).unwrap();
        let path = world.path("p.png");
        let render = json!({"jsonrpc": "2.0", "method": "goxel.render_scene",
                            "params": [path, 600, 600], "id": 1});
        let echo = "{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"id\":2}\n";
        client.send(format!("{render}\n{echo}").as_bytes());
        let mut idle = UnixStream::connect(world.socket()).unwrap();
        idle.write_all(b"{\"half\":").unwrap();
        world.signal("TERM");
        assert_eq!(client.reply()["result"]["success"], true);
        assert_eq!(client.reply()["id"], 2);
        assert!(world.child().wait().unwrap().success());
        assert!(!world.socket().exists() && path.exists());
        assert_eq!(idle.read(&mut [0; 16]).unwrap_or(0), 0);
    });
}

#[test]
fn descriptors_that_run_out_are_survived() {
    on_each(|io| {
        let world = World::empty();
        let program = daemon();
        let mut child = Command::new("sh")
            .arg("-c")
            .arg("ulimit -n 40; exec \"$0\" \"$@\"")
            .arg(program.get_program())
            .args(["--foreground", "--io", io, "--socket"])
            .arg(world.socket())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut ready = [0; 9];
        child.stdout.take().unwrap().read_exact(&mut ready).unwrap();
        let mut clients: Vec<Client> = (0..60).map(|_| world.connect()).collect();
        let ping = "{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"id\":1}\n";
        clients.iter_mut().for_each(|client| client.send(ping.as_bytes()));
        assert_eq!(clients[0].reply()["id"], 1);
        // Those that are connected go on.
        (0..100).for_each(|n| assert_eq!(clients[0].call("echo", &json!([n])), Ok(json!([n]))));
        // Those that wait have their turn when others leave.
        let mut last = clients.split_off(45);
        drop(clients);
        last.iter_mut().for_each(|client| assert_eq!(client.reply()["id"], 1));
        last[0].call("goxel.shutdown", &json!([])).unwrap();
        assert!(child.wait().unwrap().success());
    });
}

/// How often clients come together, and how many.
const ROUNDS: usize = 10;
const OTHERS: usize = 50;

#[test]
fn all_connections_leave_nothing_behind() {
    on_each(|io| {
        let mut world = World::empty();
        world.start_with(&["--io", io]);
        let descriptors = |world: &mut World| {
            std::fs::read_dir(format!("/proc/{}/fd", world.child().id())).unwrap().count()
        };
        let mut client = world.connect();
        client.call("echo", &json!([])).unwrap();
        let before = descriptors(&mut world);
        for round in 0..ROUNDS {
            let mut others: Vec<Client> = (0..OTHERS).map(|_| world.connect()).collect();
            for (index, other) in others.iter_mut().enumerate() {
                match (index + round) % 4 {
                    0 => {}
                    1 => other.send(b"{\"half"),
                    2 => other.send(&vec![b'['; 70_000]),
                    _ => assert_eq!(other.call("echo", &json!([1])), Ok(json!([1]))),
                }
            }
        }
        let gone = |client: &mut Client| {
            let status = engine(client);
            let buffers = status["buffers"].as_object().unwrap();
            // Those that still wait to be accepted will need buffers.
            status["accepted"] == 1 + ROUNDS * OTHERS
                && status["connections"] == 1
                && buffers.values().all(|count| count == 0)
        };
        until(|| gone(&mut client));
        assert_eq!(descriptors(&mut world), before);
        assert_eq!(engine(&mut client)["buffer_bytes_larger"], 0);
    });
}
