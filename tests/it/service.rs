//! The daemon as a service: background, pid file, control, configuration, users, systemd.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Output, Stdio};

use serde_json::json;

use crate::world::{World, daemon, is_root, until};

fn text(output: &Output) -> (i32, String, String) {
    let string = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), string(&output.stdout), string(&output.stderr))
}

/// Runs the program, and expects this code and the beginning of what it says.
fn check(world: &World, flags: &[&str], code: i32, said: &str) {
    let (got, out, err) = text(&world.daemon(flags));
    assert_eq!(got, code, "{flags:?}: {out}{err}");
    assert!(out.starts_with(said) || err.starts_with(said), "{flags:?}: {out}{err}");
}

#[test]
fn to_the_background_and_back() {
    let world = World::empty();
    let log = world.path("log");
    let flags = ["--daemonize", "--log-file", "log", "--io", "mio"];
    check(&world, &flags, 0, &format!("listening on {}", world.socket().display()));
    // Beside the socket, since no other file was named.
    let pid = fs::read_to_string(world.path("goxel.pid")).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/cmdline", pid.trim())).unwrap();
    assert!(status.contains("goxel-daemon"), "{status}");
    check(&world, &["--status"], 0, &format!("goxel-daemon is running (pid {})", pid.trim()));
    check(&world, &["--daemonize"], 1, "goxel-daemon: ");
    check(&world, &["--reload"], 0, "goxel-daemon reads its configuration anew");
    let mut client = world.connect();
    assert_eq!(client.call("echo", &json!([1])), Ok(json!([1])));
    check(&world, &["--stop"], 0, "goxel-daemon has stopped");
    assert!(!world.socket().exists() && !world.path("goxel.pid").exists());
    check(&world, &["--status"], 1, "goxel-daemon is not running (no PID file found)");
    check(&world, &["--stop"], 1, "goxel-daemon is not running (no PID file found)");
    let log = fs::read_to_string(log).unwrap();
    for said in ["listening socket=", "io=\"mio\"", "the configuration was read anew"] {
        assert!(log.contains(said), "{said}: {log}");
    }
}

#[test]
fn what_cannot_start_says_so_from_the_background_too() {
    let world = World::empty();
    check(&world, &["--daemonize", "--log-file", "no/such/log"], 1, "goxel-daemon: ");
    check(&world, &["--daemonize", "--working-dir", "no/such"], 1, "goxel-daemon: no/such: ");
    assert!(!world.socket().exists());
}

#[test]
fn a_pid_file_is_its_daemon_s() {
    let mut world = World::empty();
    world.start_with(&["--pid-file", "p"]);
    let pid = world.child().id();
    assert_eq!(fs::read_to_string(world.path("p")).unwrap(), format!("{pid}\n"));
    let other = world.path("other.sock");
    let output = daemon()
        .args(["--pid-file", "p", "--socket"])
        .arg(&other)
        .current_dir(world.path("."))
        .output()
        .unwrap();
    let (code, _, err) = text(&output);
    assert!(code == 1 && err.ends_with("another daemon holds this file\n"), "{err}");
    assert!(!other.exists());
    check(&world, &["--status", "--pid-file", "p"], 0, "goxel-daemon is running");
    world.child().kill().unwrap();
    world.child().wait().unwrap();
    check(&world, &["--status", "-p", "p"], 1, "goxel-daemon is not running (stale PID file");
    assert!(!world.path("p").exists());
}

#[test]
fn a_daemon_without_a_pid_file_is_found_by_its_socket() {
    let mut world = World::new();
    let pid = world.child().id();
    check(&world, &["--status"], 0, &format!("goxel-daemon is running (pid {pid})"));
    // It is our child, so its end has to be waited for beside.
    let stop = std::thread::scope(|scope| {
        let socket = world.socket();
        let stop = scope.spawn(move || daemon().arg("--stop").arg("-s").arg(socket).output());
        world.child().wait().unwrap();
        stop.join().unwrap().unwrap()
    });
    assert_eq!(text(&stop).1, format!("goxel-daemon has stopped (pid {pid})\n"));
}

#[test]
fn flags_that_cannot_be() {
    let world = World::empty();
    for flags in [
        &["-j", "0"][..],
        &["-j", "65"],
        &["-q", "65537"],
        &["-m", "0"],
        &["-P", "xml"],
        &["--io", "epoll"],
        &["--socket-mode", "9"],
        &["--no-such-flag"],
    ] {
        let (code, out, err) = text(&world.daemon(flags));
        assert!(code == 1 && out.is_empty() && err.lines().count() >= 2, "{flags:?}: {out}{err}");
    }
    let (code, out, _) = text(&world.daemon(&["--version"]));
    assert!(code == 0 && out.starts_with("goxel-daemon version 15."), "{out}");
    let (code, out, _) = text(&world.daemon(&["--help"]));
    assert!(code == 0 && out.contains("--max-connections"), "{out}");
    check(&world, &["--config", "none.toml"], 1, "goxel-daemon: none.toml: ");
    fs::write(world.path("bad.toml"), "wrokers = 3").unwrap();
    check(&world, &["--config", "bad.toml"], 1, "goxel-daemon: bad.toml: ");
}

#[test]
fn a_configuration_is_read_and_read_anew() {
    let mut world = World::empty();
    fs::write(world.path("c.toml"), "max_connections = 1\nio = 'mio'\nlog_file = 'log'").unwrap();
    world.start_with(&["--config", "c.toml"]);
    let mut first = world.connect();
    let status = first.call("goxel.get_status", &json!([])).unwrap();
    assert_eq!(status["engine"]["io"], "mio");
    let mut second = world.connect();
    let message = second.reply()["error"]["message"].take();
    assert_eq!(message, "The daemon is busy: 1 clients are connected");
    fs::write(world.path("c.toml"), "max_connections = 2\nlog_file = 'log2'").unwrap();
    world.signal("HUP");
    // What is asked after the signal may still be answered before it.
    until(|| {
        first.call("echo", &json!([])).unwrap();
        fs::read_to_string(world.path("log2")).is_ok_and(|log| log.contains("read anew"))
    });
    assert_eq!(world.connect().call("echo", &json!([2])), Ok(json!([2])));
    fs::write(world.path("c.toml"), "max_connections = 0").unwrap();
    world.signal("HUP");
    until(|| {
        first.call("echo", &json!([])).unwrap();
        let log = fs::read_to_string(world.path("log2")).unwrap();
        log.contains("stays as it was: max_connections is 1 to 65536, not 0")
    });
}

#[test]
fn paths_are_relative_to_the_working_directory() {
    let mut world = World::empty();
    fs::create_dir(world.path("models")).unwrap();
    world.start_with(&["--working-dir", "models", "--pid-file", "p"]);
    let mut client = world.connect();
    client.call("goxel.create_project", &json!(["p"])).unwrap();
    client.call("goxel.save_project", &json!(["a.gox"])).unwrap();
    assert!(world.path("models/a.gox").exists() && world.path("p").exists());
}

#[test]
fn who_may_connect_is_in_the_socket_s_mode() {
    for (flags, mode) in [(&[][..], 0o600), (&["--socket-mode", "0660"], 0o660)] {
        let mut world = World::empty();
        world.start_with(flags);
        assert_eq!(fs::metadata(world.socket()).unwrap().permissions().mode() & 0o777, mode);
    }
}

#[test]
fn only_asked_forms_are_answered() {
    let tool = b"{\"tool\":\"ping\",\"arguments\":{}}\n";
    let mut world = World::empty();
    world.start_with(&["--protocol", "tool-calls"]);
    let mut client = world.connect();
    client.send(tool);
    assert_eq!(client.reply()["success"], true);
    assert_eq!(client.call("ping", &json!([])).unwrap_err()["code"], -32600);
    let mut world = World::empty();
    world.start_with(&["--protocol", "jsonrpc"]);
    let mut client = world.connect();
    client.send(tool);
    assert_eq!(client.reply()["error"]["code"], -32600);
    assert!(client.call("ping", &json!([])).is_ok());
}

/// Nobody, by number.
const NOBODY: u32 = 65534;

#[test]
fn another_user() {
    let mut world = World::empty();
    if !is_root() {
        check(&world, &["--user", "root"], 1, "goxel-daemon: only root can become another user");
        return;
    }
    check(&world, &["--user", "no-such-user"], 1, "goxel-daemon: there is no user `no-such-user`");
    check(&world, &["--group", "no-such"], 1, "goxel-daemon: there is no group `no-such`");
    // It removes its socket at the end, so the directory must be its own.
    chown(world.path("."), Some(NOBODY), Some(NOBODY)).unwrap();
    world.start_with(&["--user", "nobody", "--pid-file", "p", "--log-file", "log"]);
    let status = fs::read_to_string(format!("/proc/{}/status", world.child().id())).unwrap();
    let ids = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert_eq!(ids("Uid:"), "Uid:\t65534\t65534\t65534\t65534");
    assert!(ids("Gid:").starts_with("Gid:\t65534\t65534"));
    for path in [world.socket(), world.path("p"), world.path("log")] {
        assert_eq!(fs::metadata(path).unwrap().uid(), NOBODY);
    }
    // Root may connect to anybody's.
    assert_eq!(world.connect().call("echo", &json!([1])), Ok(json!([1])));
    world.signal("TERM");
    assert!(world.child().wait().unwrap().success());
    assert!(!world.socket().exists() && !world.path("p").exists());
    let mut command = daemon();
    command.uid(NOBODY).gid(NOBODY).args(["--user", "root", "-s"]).arg(world.socket());
    let (code, _, err) = text(&command.output().unwrap());
    assert_eq!(code, 1);
    assert_eq!(err, "goxel-daemon: only root can become another user or group\n");
}

/// A daemon to which systemd, or one that acts like it, hands the listening socket.
fn activated(world: &World, listener: UnixListener, notify: &std::path::Path) -> Command {
    let program = daemon();
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg("exec env LISTEN_FDS=1 LISTEN_PID=$$ \"$0\" \"$@\" 3<&0 </dev/null")
        .arg(program.get_program())
        .args(["--foreground", "--socket"])
        .arg(world.socket())
        .env("NOTIFY_SOCKET", notify)
        .stdin(Stdio::from(std::os::fd::OwnedFd::from(listener)))
        .stdout(Stdio::null());
    command
}

#[test]
fn systemd_hands_over_the_socket_and_is_told() {
    let world = World::empty();
    let notices = UnixDatagram::bind(world.path("notify")).unwrap();
    let listener = UnixListener::bind(world.socket()).unwrap();
    // Whoever comes is in the line before the daemon is there.
    let mut early = world.connect();
    let mut child = activated(&world, listener, &world.path("notify")).spawn().unwrap();
    let notice = || {
        let mut buffer = [0; 256];
        let count = notices.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..count]).trim().to_owned()
    };
    assert_eq!(early.call("echo", &json!([1])), Ok(json!([1])));
    assert_eq!(notice(), "READY=1");
    let kill = |name: &str| {
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    };
    kill("HUP");
    assert!(notice().starts_with("RELOADING=1"));
    assert_eq!(notice(), "READY=1");
    kill("TERM");
    assert_eq!(notice(), "STOPPING=1");
    assert!(child.wait().unwrap().success());
    assert!(world.socket().exists(), "the socket is systemd's");
}

#[test]
fn a_watchdog_hears_of_a_loop_that_has_nothing_to_do() {
    for io in ["mio", "uring"] {
        let world = World::empty();
        let notices = UnixDatagram::bind(world.path("notify")).unwrap();
        let listener = UnixListener::bind(world.socket()).unwrap();
        let mut command = activated(&world, listener, &world.path("notify"));
        let mut child = command.env("WATCHDOG_USEC", "2000").args(["--io", io]).spawn().unwrap();
        let mut expected = vec!["READY=1"];
        expected.extend(["WATCHDOG=1"; 5]);
        for expected in expected {
            let mut buffer = [0; 256];
            let count = notices.recv(&mut buffer).unwrap();
            assert_eq!(String::from_utf8_lossy(&buffer[..count]).trim(), expected, "{io}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn what_is_slow_is_said_at_the_start_and_anew() {
    let mut world = World::empty();
    fs::write(world.path("c.toml"), "slow_ms = 7\nlog_file = 'log'").unwrap();
    world.start_with(&["--config", "c.toml"]);
    let mut client = world.connect();
    let threshold = |client: &mut crate::world::Client| {
        client.call("goxel.slow_log", &json!({})).unwrap()["threshold_ms"].clone()
    };
    assert_eq!(threshold(&mut client), 7);
    fs::write(world.path("c.toml"), "slow_ms = 9\nlog_file = 'log'").unwrap();
    world.signal("HUP");
    until(|| threshold(&mut client) == 9);
}
