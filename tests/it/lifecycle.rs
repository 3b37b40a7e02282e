//! Starting, stopping, and the socket.

use std::process::Stdio;

use serde_json::json;

use crate::world::{World, daemon};

#[test]
fn a_second_daemon_leaves_the_first_alone() {
    let world = World::new();
    let output = daemon().arg("--socket").arg(world.socket()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    let socket = world.socket();
    let expected =
        format!("goxel-daemon: {}: a daemon is listening here already\n", socket.display());
    assert_eq!(message, expected);
    assert_eq!(world.connect().call("echo", &json!([1])), Ok(json!([1])));
}

#[test]
fn a_dead_daemon_s_socket_is_taken_over() {
    let mut world = World::new();
    world.child().kill().unwrap();
    world.child().wait().unwrap();
    assert!(world.socket().exists());
    world.start();
    assert_eq!(world.connect().call("echo", &json!([1])), Ok(json!([1])));
}

#[test]
fn a_signal_ends_it_and_removes_the_socket() {
    for signal in ["TERM", "INT"] {
        let mut world = World::new();
        let mut idle = world.connect();
        idle.send(b"{\"half\":");
        let pid = world.child().id().to_string();
        let kill = std::process::Command::new("kill").args(["-s", signal, &pid]).status().unwrap();
        assert!(kill.success());
        assert!(world.child().wait().unwrap().success());
        assert!(!world.socket().exists());
    }
}

#[test]
fn a_socket_that_cannot_be_had_is_named() {
    let world = World::empty();
    let file = world.path("file");
    std::fs::write(&file, "precious").unwrap();
    for path in [file.clone(), world.path("no/such/dir.sock"), world.path(&"x".repeat(200))] {
        let output = daemon().arg("--socket").arg(&path).stdin(Stdio::null()).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.starts_with(&format!("goxel-daemon: {}: ", path.display())), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    assert_eq!(std::fs::read(file).unwrap(), b"precious");
}

#[test]
fn who_stops_it_is_told_when_its_process_has_ended() {
    let mut world = World::empty();
    let data = world.path("data").to_str().unwrap().to_owned();
    for _ in 0..2 {
        world.start_with(&["--data-dir", &data]);
        world.run(&["new", "--force", "garden"]);
        world.run(&["daemon", "stop"]);
        let has_ended = world.child().try_wait().unwrap().is_some();
        // Elsewhere nobody says whose socket it is.
        assert!(has_ended || std::env::consts::OS != "linux");
        world.child().wait().unwrap();
    }
}
