//! Batches against a daemon that refuses what it is told to.

use std::path::PathBuf;
use std::sync::mpsc;

use super::*;
use crate::lines::Lines;
use goxel_client::testing as fake;

/// What a batch came to.
struct Outcome {
    result: Result<bool, String>,
    output: String,
    errors: String,
    methods: Vec<String>,
}

/// Runs `text`; the daemon refuses points whose x is 13, and goes away at x = 99 and at a file.
fn run(text: &str, settings: Settings<'_>) -> Outcome {
    let (seen, methods) = mpsc::channel();
    let (mut client, daemon) = fake::daemon(move |_, method, params| {
        seen.send(method.to_owned()).unwrap();
        let voxel = params.get("voxels").and_then(|list| list.elements().next());
        let x = voxel.and_then(|row| row.elements().next()?.as_number()?.to_i64());
        match x {
            Some(13) => Err("unlucky"),
            Some(99) => Err(""),
            _ if method == "goxel.save_project" => Err(""),
            _ if method == "goxel.remove_voxels" => Ok("{\"removed\": 2}".into()),
            _ if method == "goxel.get_voxel" => Ok("{\"exists\": false}".into()),
            _ => Ok("{\"added\": 1, \"name\": \"n\", \"path\": \"/p\"}".into()),
        }
    });
    let (mut bytes, mut errors) = (Vec::new(), Vec::new());
    let script = Script::new(Lines::new("b", text.as_bytes()), PathBuf::new());
    let result = super::run(
        script,
        &mut client,
        settings,
        &mut Output::new(&mut bytes),
        &mut errors,
        &Progress::none(),
    )
    .map_err(|error| error.to_string());
    drop(client);
    daemon.join().unwrap();
    Outcome {
        result,
        output: String::from_utf8(bytes).unwrap(),
        errors: String::from_utf8(errors).unwrap(),
        methods: methods.iter().collect(),
    }
}

#[test]
fn lines_are_commands() {
    let mut grammar = Grammar::default();
    for comment in ["", "   ", "# all of it", "  # all"] {
        assert!(grammar.read(comment).unwrap().is_none(), "{comment}");
    }
    let line = grammar.read("new 'my castle' --project p # why").unwrap().unwrap();
    assert!(matches!(line.command, Command::Request(Request::New(new)) if new.name == "my castle"));
    assert_eq!(line.project.as_deref(), Some("p"));
    let line = grammar.read("add-voxels -1,2,3,#ff0000").unwrap().unwrap();
    assert!(matches!(line.command, Command::Request(Request::AddVoxels(_))));
    assert_eq!(grammar.read("new 'x").unwrap_err().what, "a quote without its end");
    assert!(grammar.read("flub").unwrap_err().what.starts_with("unrecognized subcommand 'flub'"));
}

#[test]
fn many_commands() {
    let text =
        "# a batch\nadd-voxels 1,2,3\n\nget-voxel 0,0,0\n".repeat(100) + "remove-voxels 1,2,3";
    let outcome = run(&text, Settings::default());
    assert_eq!(outcome.result, Ok(true));
    assert_eq!(outcome.methods.len(), 201);
    let summary = "201 commands, 100 voxels added, 2 voxels removed\n";
    assert_eq!(outcome.output, "empty\n".repeat(100) + summary);
}

#[test]
fn quiet_and_json() {
    let printing = Printing { quiet: true, ..Printing::default() };
    let outcome = run("add-voxels 1,2,3", Settings { printing, ..Settings::default() });
    assert_eq!(outcome.output, "");
    let printing = Printing { json: true, ..Printing::default() };
    let outcome =
        run("remove-voxels 1,2,3\nget-voxel 0,0,0", Settings { printing, ..Settings::default() });
    assert_eq!(outcome.output, "{ \"removed\": 2 }\n{ \"exists\": false }\n");
}

#[test]
fn the_first_error_ends_it() {
    let outcome = run("add-voxels 1,2,3\nadd-voxels 13,0,0\nsave /p\n", Settings::default());
    assert_eq!(outcome.result, Ok(false));
    assert_eq!(outcome.errors, "b:2:1: unlucky\n");
    assert_eq!(outcome.methods, ["goxel.add_voxels"; 2]);
    assert_eq!(outcome.output, "1 command, 1 voxel added, 1 command failed\n");
}

#[test]
fn what_was_sent_together_is_said() {
    let outcome = run("add-voxels 13,0,0\nadd-voxels 1,0,0\nadd-voxels 1,0,0", Settings::default());
    assert_eq!(outcome.errors, "b:1:1: unlucky (2 commands behind it had been sent already)\n");
}

#[test]
fn lines_that_are_no_commands() {
    let outcome = run("add-voxels 1,2,3\nfill 0,0 red\nundo", Settings::default());
    assert_eq!(outcome.result, Ok(false));
    assert_eq!(outcome.methods.len(), 1);
    assert_eq!(
        outcome.errors,
        "b:2:6: invalid value '0,0' for '<RANGE>': a range has 3 parts such as 0..9,0,0..9, not 2\n"
    );
    for nested in ["batch x", "daemon stop"] {
        let outcome = run(nested, Settings::default());
        assert_eq!(outcome.errors, "b:1:1: not possible in a batch\n", "{nested}");
    }
    let from_stdin = Settings { from_stdin: true, ..Settings::default() };
    let outcome = run("add-voxels --file -", from_stdin);
    assert_eq!(outcome.errors, "b:1:1: standard input holds the commands already\n");
}

#[test]
fn keeping_going() {
    let settings = Settings { keep_going: true, ..Settings::default() };
    let outcome = run("add-voxels 13,0,0\nflub\nundo\nadd-voxels 1,2,3", settings);
    assert_eq!(outcome.result, Ok(false));
    assert_eq!(outcome.errors.lines().count(), 2);
    assert_eq!(outcome.output, "2 commands, 2 voxels added, 2 commands failed\n");
}

#[test]
fn a_daemon_that_goes_away() {
    let outcome =
        run("undo\nadd-voxels 1,2,3\nadd-voxels 99,2,3\nadd-voxels 1,2,3", Settings::default());
    assert_eq!(
        outcome.result.unwrap_err(),
        "b: the daemon closed the connection before it answered; 2 commands done, up to \
         line 2; 2 commands from line 3 to line 4 may have been done; no later one was sent"
    );
    let outcome = run("\n\nadd-voxels 99,2,3", Settings::default());
    assert_eq!(
        outcome.result.unwrap_err(),
        "b: the daemon closed the connection before it answered; no command done for sure; \
         1 command from line 3 to line 3 may have been done; no later one was sent"
    );
    let outcome = run("undo\nsave /p\nundo", Settings::default());
    let text = outcome.result.unwrap_err();
    let start =
        "b: the daemon closed the connection before it answered; 1 command done, up to line 1";
    assert!(text.starts_with(start) && text.contains("line 2 to line 2"), "{text}");
}

#[test]
fn all_or_nothing() {
    let atomic = Settings { atomic: true, ..Settings::default() };
    let outcome = run("add-voxels 1,2,3\nlayer add x\nget-voxel 0,0,0", atomic);
    assert_eq!(outcome.result, Ok(true));
    assert_eq!(outcome.methods.first().map(String::as_str), Some("goxel.begin"));
    assert_eq!(outcome.methods.last().map(String::as_str), Some("goxel.commit"));
    assert_eq!(outcome.output, "empty\n3 commands, 2 voxels added\n");
    for (text, errors) in [
        ("add-voxels 1,2,3\nadd-voxels 13,2,3", "b:2:1: unlucky\n"),
        ("add-voxels 1,2,3\nflub", "b:2:1: unrecognized subcommand 'flub'\n"),
        ("add-voxels 1,2,3\nundo", "b:2:1: cannot be taken back, so not in an atomic batch\n"),
        ("fill 0,0,0 red --project q", "b:1:1: cannot be taken back, so not in an atomic batch\n"),
    ] {
        let outcome = run(text, atomic);
        assert_eq!((outcome.result, outcome.errors.as_str()), (Ok(false), errors), "{text}");
        assert_eq!(outcome.methods.last().map(String::as_str), Some("goxel.rollback"), "{text}");
        assert_eq!(outcome.output, "nothing was changed\n", "{text}");
    }
    let outcome = run("fill 0,0,0 $x", atomic);
    let expected = "b:1:13: there is no variable `x` (nothing was changed)";
    assert_eq!(outcome.result, Err(expected.to_owned()));
    let outcome = run("add-voxels 99,2,3", atomic);
    let expected = "b: the daemon closed the connection before it answered; nothing was changed";
    assert_eq!(outcome.result, Err(expected.to_owned()));
}

#[test]
fn variables_and_repetitions() {
    let outcome = run("let n = 3\nrepeat i 1..$n\nadd-voxels $i,0,0\nend", Settings::default());
    assert_eq!(outcome.output, "3 commands, 3 voxels added\n");
    let outcome = run("repeat i 12..14\nadd-voxels $i,0,0\nend\nundo", Settings::default());
    assert!(outcome.errors.starts_with("b:2:1: unlucky"), "{}", outcome.errors);
    assert_eq!(outcome.methods, ["goxel.add_voxels"; 3]);
}

#[test]
fn the_verbs_of_the_c_tool() {
    let outcome = run("create n --output /p/x\nundo", Settings::default());
    assert_eq!(outcome.methods, ["goxel.create_project", "goxel.save_project"]);
    let outcome =
        run("voxel-add --pos 1,2,3 --color 1,2,3\nvoxel-remove --pos 1,2,3", Settings::default());
    assert_eq!(outcome.methods, ["goxel.add_voxels", "goxel.remove_voxels"]);
}

#[test]
fn points_of_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("points");
    std::fs::write(&path, "1 2 3\n4 5 6\n").unwrap();
    let text = format!("undo\nadd-voxels --file '{}'\nredo", path.display());
    let outcome = run(&text, Settings::default());
    assert_eq!(outcome.methods, ["goxel.undo", "goxel.add_voxels", "goxel.redo"]);
}

#[test]
fn what_stands_before_an_unreadable_line_is_done() {
    let (mut client, daemon) = fake::daemon(|_, _, _| Ok("{}".into()));
    let lines = Lines::new("b", &b"add-voxels 1,2,3\n\xff\n"[..]);
    let script = Script::new(lines, PathBuf::new());
    let mut output = Output::new(Vec::new());
    let result = super::run(
        script,
        &mut client,
        Settings::default(),
        &mut output,
        Vec::new(),
        &Progress::none(),
    );
    assert_eq!(result.unwrap_err().to_string(), "b:2: the line is not UTF-8");
    drop(client);
    assert_eq!(daemon.join().unwrap(), 1);
}
