//! Every command of the command line: its help, what it prints, and what it refuses, as pages in
//! `transcripts/`.
//!
//! `GOXEL_BLESS=1 cargo test -p goxel-tests pages` writes them anew.

use std::path::PathBuf;

use crate::transcript::{replay, run};
use crate::world::{World, root};

fn page(name: &str) -> PathBuf {
    root().join("tests/it/transcripts").join(name).with_extension("txt")
}

fn compare(name: &str, found: &str) {
    let path = page(name);
    if std::env::var_os("GOXEL_BLESS").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "{name}:{}", number + 1);
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "{name}");
}

fn check(name: &str) {
    let world = World::new();
    let text = std::fs::read_to_string(page(name)).unwrap();
    compare(name, &replay(&world, &text));
}

#[test]
fn pages_of_output() {
    for name in [
        "projects",
        "voxels",
        "layers",
        "questions",
        "history",
        "versions",
        "batches",
        "language",
        "old_verbs",
        "reshape",
        "scene",
        "shapes",
        "all_layers",
        "json",
        "pictures",
    ] {
        check(name);
    }
}

#[test]
fn pages_of_errors() {
    check("errors");
}

/// The commands that the help of a command lists.
fn listed(help: &str) -> Vec<String> {
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let rows = commands.take_while(|line| !line.is_empty());
    let names = rows.filter(|line| line.starts_with("  ") && !line.starts_with("    "));
    let names = names.filter_map(|line| line.split_whitespace().next().map(str::to_owned));
    names.filter(|name| name != "help").collect()
}

#[test]
fn pages_of_help() {
    let world = World::empty();
    let mut text = String::new();
    let mut due = vec!["goxel-cli".to_owned()];
    while let Some(command) = due.pop() {
        let help = run(&world, &format!("{command} --help"));
        assert!(!help.contains("[exit"), "{command}: {help}");
        let mut below: Vec<_> =
            listed(&help).into_iter().map(|name| format!("{command} {name}")).collect();
        below.reverse();
        due.extend(below);
        text.push_str(&format!("$ {command} --help\n{help}\n"));
    }
    assert!(text.matches("\n$ goxel-cli").count() > 50, "{text}");
    compare("help", &text);
    assert_eq!(run(&world, "goxel-cli --version"), "goxel-cli VERSION\n");
}
