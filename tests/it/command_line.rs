//! The command line: what it prints, what it refuses, and starting the daemon by itself.

use crate::world::World;

#[test]
fn without_a_daemon_it_says_how_to_start_one() {
    let world = World::empty();
    let (code, message) = world.fail(&["--no-spawn", "info"]);
    assert_eq!(code, 3);
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.contains("goxel-cli daemon start"), "{message}");
}

#[test]
fn it_starts_the_daemon_by_itself_and_says_so_once() {
    let world = World::empty();
    let first = world.cli(&["new", "p"]);
    let said = String::from_utf8(first.stderr).unwrap();
    assert!(first.status.success() && said.contains("started goxel-daemon"), "{said}");
    let second = world.cli(&["add-voxels", "1,2,3,ff8800"]);
    assert!(second.status.success() && second.stderr.is_empty());
    assert_eq!(world.run(&["get-voxel", "1,2,3"]), "#ff8800ff\n");
    world.run(&["daemon", "stop"]);
    assert!(!world.socket().exists());
    assert_eq!(world.fail(&["--no-spawn", "ping"]).0, 3);
}

#[test]
fn wrong_use_and_failures_have_their_own_exit_codes() {
    let world = World::new();
    world.run(&["new", "p"]);
    let cases: [(&[&str], i32, &str); 7] = [
        (&["no-such-command"], 2, "no-such-command"),
        (&["add-voxels", "1,2"], 2, "1,2"),
        (&["fill", "0..9,0,0", "nocolour"], 2, "nocolour"),
        (&["open", "missing.gox"], 1, "missing.gox"),
        (&["save", "no/such/dir.gox"], 1, "no/such/dir.gox"),
        (&["layer", "use", "99"], 1, "99"),
        (&["call", "goxel.no_such"], 1, "Method not found: goxel.no_such"),
    ];
    for (args, code, word) in cases {
        let (got, message) = world.fail(args);
        assert_eq!(got, code, "{args:?}: {message}");
        assert!(message.contains(word), "{args:?}: {message}");
    }
}

#[test]
fn a_batch_stops_at_the_first_error_with_its_place() {
    let world = World::new();
    let batch = "new b\nadd-voxels 0,0,0 # white\n\nlayer use nowhere\nadd-voxels 1,1,1\n";
    let output = world.cli_fed(&["batch", "-"], batch);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(message.contains("stdin:4:1: no layer is named \"nowhere\""), "{message}");
    assert_eq!(world.run(&["get-voxel", "0,0,0"]), "#ffffffff\n");
    let (code, _) = world.fail(&["batch", "missing.goxel"]);
    assert_eq!(code, 1);
}

#[test]
fn points_come_from_a_file_in_any_number() {
    let world = World::new();
    world.run(&["new", "points"]);
    let points: String =
        (0..120_000).map(|i| format!("{} {} {}\n", i % 300, i / 300 % 300, i / 90_000)).collect();
    let output = world.cli_fed(&["add-voxels", "--file", "-", "--color", "teal"], &points);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let status = world.run(&["--json", "call", "goxel.get_status"]);
    assert!(status.contains("\"voxel_count\": 120000"), "{status}");
    assert_eq!(world.run(&["get-voxel", "299,99,1"]), "#008080ff\n");
}

#[test]
fn edits_are_taken_back() {
    let world = World::new();
    world.run(&["new", "u"]);
    world.run(&["fill", "0..9,0..9,-5", "navy"]);
    world.run(&["remove-voxels", "0..4,0..9,-5"]);
    assert_eq!(world.run(&["get-voxel", "0,0,-5"]), "empty\n");
    world.run(&["undo"]);
    assert_eq!(world.run(&["get-voxel", "0,0,-5"]), "#000080ff\n");
    world.run(&["redo"]);
    assert_eq!(world.run(&["get-voxel", "0,0,-5"]), "empty\n");
}

#[test]
fn a_socket_of_another_program_is_told() {
    let world = World::empty();
    let listener = std::os::unix::net::UnixListener::bind(world.socket()).unwrap();
    let answer = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        std::io::Write::write_all(&mut stream, b"220 smtp ready\r\n").unwrap();
        std::io::copy(&mut stream, &mut std::io::sink())
    });
    let (code, message) = world.fail(&["get-voxel", "1,2,3"]);
    let expected = "goxel-cli: what listens on the socket is no goxel-daemon: it does not speak \
                    JSON-RPC 2.0\n";
    assert_eq!((code, message.as_str()), (1, expected));
    answer.join().unwrap().unwrap();
}

#[test]
fn the_daemon_s_log_is_beside_its_socket() {
    let world = World::empty();
    world.run(&["daemon", "start"]);
    assert!(world.run(&["daemon", "status"]).contains("(version "), "it runs");
    let log = world.run(&["daemon", "logs"]);
    assert!(log.contains("listening") && log.contains("serving"), "{log}");
    assert_eq!(world.run(&["daemon", "logs", "-n", "1"]).lines().count(), 1);
    assert!(world.path("goxel.log").exists());
    let restarted = world.run(&["daemon", "restart"]);
    assert!(restarted.starts_with("started goxel-daemon on "), "{restarted}");
    let reloaded = world.run(&["daemon", "reload"]);
    assert!(reloaded.starts_with("reloaded the configuration"), "{reloaded}");
    world.run(&["daemon", "stop"]);
}

/// Answers so many requests, then goes away.
fn short_lived(listener: &std::os::unix::net::UnixListener, requests: usize) {
    use std::io::{BufRead as _, Write as _};
    let (stream, _) = listener.accept().unwrap();
    let mut reader = std::io::BufReader::new(&stream);
    for _ in 0..requests {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let request: serde_json::Value = serde_json::from_str(&line).unwrap();
        let id = &request["id"];
        writeln!(&stream, r#"{{ "jsonrpc": "2.0", "result": {{ "pong": true }}, "id": {id} }}"#)
            .unwrap();
    }
}

#[test]
fn a_batch_whose_daemon_goes_away_says_what_was_done() {
    let world = World::empty();
    let listener = std::os::unix::net::UnixListener::bind(world.socket()).unwrap();
    // The first request says which session it is.
    let daemon = std::thread::spawn(move || short_lived(&listener, 5));
    let output = world.cli_fed(&["--no-spawn", "batch", "-"], &"call ping\n".repeat(5));
    daemon.join().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{message}");
    let expected = "4 commands done, up to line 4; 1 command from line 5 to line 5 may have been \
                    done; no later one was sent";
    assert!(message.starts_with("goxel-cli: stdin: ") && message.contains(expected), "{message}");
}

#[test]
fn a_tree_of_files_is_converted_and_each_is_told() {
    let world = World::new();
    world.run(&["new", "p"]);
    world.run(&["fill", "0..3,0..3,0..3", "teal"]);
    for folder in ["models/deep", "out"] {
        std::fs::create_dir_all(world.path(folder)).unwrap();
    }
    for file in ["models/a.gox", "models/b.vox", "models/deep/c.gox"] {
        world.run(&["save", file]);
    }
    std::fs::write(world.path("models/broken.vox"), "VOX nothing").unwrap();
    std::fs::write(world.path("models/notes.md"), "# none").unwrap();
    let output = world.cli(&["convert", "models", "out", "--format", "txt", "--jobs", "3"]);
    let told = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<_> = told.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "models/a.gox -> out/a.txt",
            "models/b.vox -> out/b.txt",
            "models/deep/c.gox -> out/deep/c.txt"
        ]
    );
    let wrong = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        wrong.contains("models/broken.vox: ") && wrong.contains("1 file of 4 not converted"),
        "{wrong}"
    );
    let text = std::fs::read_to_string(world.path("out/deep/c.txt")).unwrap();
    assert_eq!(text.lines().filter(|line| line.ends_with("008080")).count(), 64);
    let json =
        world.run(&["--json", "convert", "models/*.gox", "models/deep/*.gox", "out/{}-2.txt"]);
    assert_eq!(json.lines().filter(|line| line.contains("\"success\": true")).count(), 2, "{json}");
    let (code, said) = world.fail(&["convert", "models/a.gox", "models/deep/../a.gox", "out/"]);
    assert!(code == 2 && said.contains("--format"), "{code} {said}");
    let same = ["convert", "models/a.gox", "models/b.vox", "out/x{}.gox", "models/a.gox"];
    assert_eq!(world.fail(&same).0, 2);
}

#[test]
fn a_batch_converts_many_files_too() {
    let world = World::new();
    let mut batch = "new p\nfill 0..3,0..3,0..3 teal\n".to_owned();
    for name in ["a.gox", "b.vox", "c.qb"] {
        let verb = if name == "c.qb" { "export" } else { "save" };
        batch.push_str(&format!("{verb} models/{name}\n"));
    }
    batch.push_str("convert models out --format txt --jobs 2\n");
    // What was written by one line is there for the next, and the batch goes on.
    batch.push_str("convert out/a.txt out/b.txt 'again/{}.vox'\nfill 0,0,0 red\n");
    batch.push_str("convert models/a.gox one.ply\n");
    for folder in ["models", "out", "again"] {
        std::fs::create_dir_all(world.path(folder)).unwrap();
    }
    let output = world.cli_fed(&["batch", "-"], &batch);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let told = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<_> = told.lines().filter(|line| line.contains(" -> ")).collect();
    lines.sort_unstable();
    let expected = [
        "models/a.gox -> out/a.txt",
        "models/b.vox -> out/b.txt",
        "models/c.qb -> out/c.txt",
        "out/a.txt -> again/a.vox",
        "out/b.txt -> again/b.vox",
    ];
    assert_eq!(lines, expected);
    for file in ["out/c.txt", "again/b.vox", "one.ply"] {
        assert!(world.path(file).exists(), "{file}");
    }
    assert_eq!(world.run(&["get-voxel", "0,0,0"]), "#ff0000ff\n");
    // One that fails stops it with its line.
    std::fs::write(world.path("models/broken.vox"), "VOX nothing").unwrap();
    let batch = "convert models out --format txt\nfill 0,0,0 blue\n";
    let output = world.cli_fed(&["batch", "-"], batch);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("models/broken.vox: ") && said.contains("stdin:1:1: 1 file of 4"),
        "{said}"
    );
    assert_eq!(world.run(&["get-voxel", "0,0,0"]), "#ff0000ff\n");
}

#[test]
fn what_a_file_does_not_have_is_told_or_is_an_error() {
    let world = World::new();
    world.run(&["new", "p"]);
    world.run(&["fill", "0..3,0..3,0..3", "#00808060"]);
    let output = world.cli(&["export", "a.txt"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.success() && said.contains("alpha below 127 are left out (64)"),
        "{said}"
    );
    let before = std::fs::read(world.path("a.txt")).unwrap();
    let (code, said) = world.fail(&["export", "a.txt", "--strict", "--alpha-min", "9"]);
    assert!(code == 1 && said.contains("would not have all of the project"), "{said}");
    assert_eq!(std::fs::read(world.path("a.txt")).unwrap(), before, "the old file stays");
    world.run(&["export", "a.qb", "--strict"]);
}
