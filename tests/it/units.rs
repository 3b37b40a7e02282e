//! The units of `dist/`: they are what systemd reads, name flags that there are, and do what they say.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::world::{World, daemon, programs, root};

/// Every unit of `dist/`.
fn units() -> Vec<PathBuf> {
    let files = ["dist", "dist/system"].map(|dir| fs::read_dir(root().join(dir)).unwrap());
    let files = files.into_iter().flatten().map(|entry| entry.unwrap().path());
    let is_unit = |path: &PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        matches!(extension, Some("service" | "socket" | "timer"))
    };
    files.filter(is_unit).collect()
}

/// The settings of a unit, in its order, with their sections.
fn settings(path: &Path) -> Vec<(String, String, String)> {
    let text = fs::read_to_string(path).unwrap();
    let (mut section, mut found) = (String::new(), Vec::new());
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name.to_owned();
            continue;
        }
        let (key, value) = line.split_once('=').unwrap_or_else(|| panic!("{path:?}: {line}"));
        assert!(!section.is_empty() && key.trim() == key, "{path:?}: {line}");
        found.push((section.clone(), key.to_owned(), value.to_owned()));
    }
    found
}

fn setting(path: &Path, key: &str) -> String {
    let mut found = settings(path).into_iter().filter(|(_, name, _)| name == key);
    let (_, _, value) = found.next().unwrap_or_else(|| panic!("{path:?}: no {key}"));
    assert_eq!(found.next(), None, "{path:?}: {key} twice");
    value
}

#[test]
fn the_daemon_s_units_name_its_flags_and_their_bounds() {
    for name in [
        "dist/goxel-daemon.service",
        "dist/system/goxel-daemon.service",
        "dist/system/goxel-follower.service",
    ] {
        let path = root().join(name);
        let command = setting(&path, "ExecStart").replace("${STATE_DIRECTORY}", "/var/lib/goxel");
        let mut words = command.split(' ');
        assert_eq!(words.next(), Some("/usr/bin/goxel-daemon"));
        // Help is only printed where all before it is known.
        let said = daemon().args(words).arg("--help").output().unwrap();
        assert!(said.status.success(), "{name}: {}", String::from_utf8_lossy(&said.stderr));
        for (key, value) in [("Type", "notify-reload"), ("WatchdogSec", "30"), ("MemoryMax", "80%")]
        {
            assert_eq!(setting(&path, key), value, "{name}");
        }
    }
}

#[test]
fn systemd_reads_the_units() {
    assert_eq!(units().len(), 7);
    units().iter().for_each(|path| assert!(settings(path).len() > 2, "{path:?}"));
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        return;
    }
    for dir in ["dist", "dist/system"] {
        verify(&root().join(dir));
    }
}

/// Has systemd look at the units of a directory. Programs and users that are not installed are
/// replaced by ones that are there.
fn verify(dir: &Path) {
    let world = World::empty();
    let is_here = |path: &&PathBuf| path.parent() == Some(dir);
    for path in units().iter().filter(is_here) {
        let programs = format!("{}/goxel-", programs().display());
        let text = fs::read_to_string(path).unwrap().replace("/usr/bin/goxel-", &programs);
        let text = text.replace("User=goxel", "User=root").replace("Group=goxel", "Group=root");
        // What came with systemd 253.
        let text = text.replace("notify-reload", "notify");
        let copy = world.path(path.file_name().unwrap().to_str().unwrap());
        fs::write(copy, text).unwrap();
    }
    let mut command = Command::new("systemd-analyze");
    command.arg("verify").env("XDG_RUNTIME_DIR", world.path(""));
    if !dir.ends_with("system") {
        command.arg("--user");
    }
    let copies = fs::read_dir(world.path("")).unwrap().map(|entry| entry.unwrap().path());
    let output = command.args(copies).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.trim().is_empty(), "{dir:?}: {said}");
}

/// Runs what the unit of the figures runs, with `into` as the exporter's directory.
fn write_metrics(world: &World, into: &Path) -> Output {
    let unit = root().join("dist/system/goxel-metrics.service");
    let command = setting(&unit, "ExecStart");
    let script = command.strip_prefix("/bin/sh -c '").and_then(|rest| rest.strip_suffix('\''));
    let script = script.unwrap_or_else(|| panic!("{command}"));
    assert_eq!(setting(&unit, "Environment"), "DIR=/var/lib/prometheus/node-exporter");
    let script = script
        .replace("$$", "$")
        .replace("/usr/bin", programs().to_str().unwrap())
        .replace("/run/goxel/goxel.sock", world.socket().to_str().unwrap());
    Command::new("sh").args(["-c", &script]).env("DIR", into).output().unwrap()
}

#[test]
fn the_figures_are_replaced_whole() {
    let mut world = World::empty();
    let dir = world.path("collector");
    fs::create_dir(&dir).unwrap();
    let files = || -> Vec<_> {
        fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    };
    assert_eq!(write_metrics(&world, &dir).status.code(), Some(1), "no daemon runs");
    assert!(files().is_empty());
    world.start();
    let output = write_metrics(&world, &dir);
    assert!(output.status.success(), "{output:?}");
    let text = fs::read_to_string(dir.join("goxel.prom")).unwrap();
    assert!(text.starts_with("# HELP goxel_") && text.ends_with('\n'), "{text}");
    assert_eq!(files(), ["goxel.prom"]);
    world.run(&["daemon", "stop"]);
    world.child().wait().unwrap();
    assert_eq!(write_metrics(&world, &dir).status.code(), Some(1));
    assert_eq!(fs::read_to_string(dir.join("goxel.prom")).unwrap(), text);
    assert_eq!(files(), ["goxel.prom"]);
}
