//! Long calls that are stopped: by Ctrl-C at the command line, or at any moment by another
//! connection. Nothing is changed then, no file is left, and nobody works on.

use std::fs;
use std::io::Write as _;
use std::os::unix::net::UnixListener;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};

use crate::random::Random;
use crate::world::{Client, World, programs, until};

/// Error code of what was cancelled.
const STOPPED: i64 = -1032;
/// Exit status of what Ctrl-C ended.
const INTERRUPTED: i32 = 130;
/// What people are told.
const UNCHANGED: &str = "cancelled; nothing was changed, and no file was left";
/// SIGINT among the bits of signals in `/proc/PID/status`.
const SIGINT_BIT: u64 = 1 << 1;

/// A daemon with a project, a ball of this radius, which is saved as `big.gox`.
fn world(radius: &str) -> World {
    let world = World::in_its_directory();
    world.run(&["new", "p"]);
    world.run(&["shape", "sphere", "0,0,0", radius, "red"]);
    world.run(&["save", "big.gox"]);
    world
}

/// The command line, at work. It hears Ctrl-C even where these tests run in the background of a
/// script, whose programs ignore it.
fn begin(world: &World, args: &[&str], input: &str) -> Child {
    let mut child = Command::new("env")
        .arg("--default-signal=INT")
        .arg(programs().join("goxel-cli"))
        .arg("--no-spawn")
        .arg("--socket")
        .arg(world.socket())
        .args(["--project", "p"])
        .args(args)
        .current_dir(world.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child
}

fn press_ctrl_c(child: &Child) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-s", "INT", &pid]).status().unwrap().success());
}

/// Waits until the command line listens to Ctrl-C, which it does once a call takes long.
fn wait_until_it_listens(child: &Child) {
    let path = format!("/proc/{}/status", child.id());
    until(|| {
        let status = fs::read_to_string(&path).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = caught.expect("it ended before it could be interrupted").trim().to_owned();
        u64::from_str_radix(&caught, 16).unwrap() & SIGINT_BIT != 0
    });
}

/// Waits until a job of this method runs.
fn wait_for(client: &mut Client, method: &str) {
    until(|| {
        let jobs = client.call("goxel.list_jobs", &json!({})).unwrap();
        jobs["jobs"].as_array().unwrap().iter().any(|job| job["method"] == method)
    });
}

/// What the files and the projects are.
fn state(world: &World, client: &mut Client) -> (Vec<String>, Value) {
    let entries = fs::read_dir(world.path("")).unwrap();
    let mut files: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    let mut projects = client.call("goxel.list_projects", &json!({})).unwrap();
    let mut history = client.call("goxel.history", &json!({"project": "p"})).unwrap();
    // A transaction that came to nothing has made versions all the same: they only rise.
    history.as_object_mut().unwrap().remove("version");
    projects["history"] = history;
    (files, projects)
}

/// Runs a command, presses Ctrl-C while it works on a job of this method, and expects nothing to be
/// left of it.
fn interrupted(world: &World, args: &[&str], input: &str, method: &str) -> Output {
    let mut client = world.connect();
    let before = state(world, &mut client);
    let child = begin(world, args, input);
    wait_for(&mut client, method);
    wait_until_it_listens(&child);
    press_ctrl_c(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(INTERRUPTED), "{args:?}: {output:?}");
    let jobs = client.call("goxel.list_jobs", &json!({})).unwrap();
    assert_eq!(jobs["count"], 0, "{args:?}: {jobs}");
    assert_eq!(state(world, &mut client), before, "{args:?}");
    output
}

#[test]
fn ctrl_c_leaves_nothing_of_a_long_command() {
    let world = world("200");
    for (args, method) in [
        (&["convert", "big.gox", "big.txt"][..], "goxel.convert"),
        (&["export", "big.obj"], "goxel.export_model"),
        (&["dilate", "24", "--connectivity", "26"], "goxel.dilate"),
        (&["render", "big.png", "--size", "4096x4096"], "goxel.render_scene"),
        (&["render", "big.png", "--sheet", "--size", "4096x4096"], "goxel.render_scene"),
        (&["render", "big.gif", "--turntable", "300"], "goxel.render_scene"),
    ] {
        let output = interrupted(&world, args, "", method);
        let said = String::from_utf8(output.stderr).unwrap();
        // No line of progress, since nobody sees it.
        assert!(said.starts_with("goxel-cli: ") && said.ends_with(&format!("{UNCHANGED}\n")));
        assert_eq!((said.lines().count(), output.stdout.len()), (1, 0), "{said}");
    }
    let args = ["--json", "convert", "big.gox", "big.txt"];
    let output = interrupted(&world, &args, "", "goxel.convert");
    let record: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(record["error"]["code"], STOPPED);
    assert_eq!(record["error"]["status"], INTERRUPTED);
}

#[test]
fn ctrl_c_ends_a_batch_and_a_shell_that_is_fed() {
    let world = world("200");
    let lines = "fill 0,0,300 blue\ndilate 24 --connectivity 26\nfill 0,0,301 blue\n";
    let batch = interrupted(&world, &["batch", "--atomic", "-"], lines, "goxel.dilate");
    let said = String::from_utf8(batch.stderr).unwrap();
    assert!(said.contains(&format!("stdin:2:1: {UNCHANGED}")), "{said}");
    let lines = lines.split_once('\n').unwrap().1;
    let shell = interrupted(&world, &["shell"], lines, "goxel.dilate");
    let said = String::from_utf8(shell.stderr).unwrap();
    assert!(said.contains(&format!("stdin:1:1: {UNCHANGED}")), "{said}");
}

#[test]
fn a_second_ctrl_c_waits_for_nobody() {
    let world = World::empty();
    // It takes connections, and says nothing.
    let listener = UnixListener::bind(world.socket()).unwrap();
    let child = begin(&world, &["ping"], "");
    let _first = listener.accept().unwrap();
    wait_until_it_listens(&child);
    press_ctrl_c(&child);
    // The one that is to cancel.
    let _second = listener.accept().unwrap();
    press_ctrl_c(&child);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(INTERRUPTED));
}

/// The reply to a request, behind all news of its progress.
fn reply(client: &mut Client) -> Value {
    loop {
        let line = client.reply();
        if line["method"] != "goxel.progress" {
            return line;
        }
    }
}

#[test]
fn whatever_is_cancelled_at_any_moment_leaves_nothing() {
    let world = world("100");
    let (mut worker, mut other) = (world.connect(), world.connect());
    worker.call("goxel.select_project", &json!(["p"])).unwrap();
    let before = state(&world, &mut other);
    let calls = [
        ("goxel.dilate", json!({"steps": 6, "connectivity": 26})),
        ("goxel.scale", json!({"factor": 2})),
        ("goxel.mirror", json!({"axis": "x"})),
        ("goxel.convert", json!({"path": "big.gox", "output_path": "out.txt"})),
        ("goxel.export_model", json!({"path": "out.obj"})),
        ("goxel.save_project", json!({"path": "out.gox"})),
        ("goxel.render_scene", json!({"output_path": "out.png", "width": 2048, "height": 2048})),
        (
            "goxel.render_scene",
            json!({"output_path": "out.png", "width": 1024, "height": 1024, "turntable": 9}),
        ),
        (
            "goxel.render_file",
            json!({"path": "big.gox", "output_path": "out.png", "width": 2048, "height": 2048}),
        ),
        ("goxel.find_components", json!({})),
    ];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut stopped = 0;
    for round in 0..100 {
        let (method, params) = &calls[random.below(calls.len() as u64) as usize];
        let mut params = params.clone();
        params["progress"] = json!(random.below(2) == 0);
        let call = json!({"jsonrpc": "2.0", "method": method, "params": params, "id": round});
        worker.send(format!("{call}\n").as_bytes());
        // Now or later, up to some hundredths of a second.
        for _ in 0..random.below(400) {
            other.call("ping", &json!({})).unwrap();
        }
        let jobs = other.call("goxel.list_jobs", &json!({})).unwrap();
        for job in jobs["jobs"].as_array().unwrap() {
            other.call("goxel.cancel", &json!({"job": job["job"]})).unwrap();
        }
        let outcome = reply(&mut worker);
        assert_eq!(outcome["id"], round);
        if outcome["error"].is_null() {
            let is_edit = ["goxel.dilate", "goxel.scale", "goxel.mirror"].contains(method);
            if is_edit {
                worker.call("goxel.undo", &json!({})).unwrap();
            }
        } else {
            stopped += 1;
            assert_eq!(outcome["error"]["code"], STOPPED, "{method}: {outcome}");
        }
        for file in ["out.txt", "out.obj", "out.gox", "out.png", "out.mtl"] {
            if outcome["error"].is_null() {
                let _ = fs::remove_file(world.path(file));
            }
        }
        let jobs = other.call("goxel.list_jobs", &json!({})).unwrap();
        assert_eq!(jobs["count"], 0, "{method}: {jobs}");
        assert_eq!(state(&world, &mut other).0, before.0, "{method}: {outcome}");
    }
    assert!(stopped >= 10, "only {stopped} were caught while they ran");
    until(|| other.call("goxel.get_status", &json!({})).unwrap()["engine"]["jobs"] == 0);
    let after = state(&world, &mut other).1;
    let count = |state: &Value| state["projects"][0]["voxel_count"].clone();
    assert_eq!(count(&after), count(&before.1));
    assert_eq!(after["history"]["undo"], before.1["history"]["undo"]);
}
