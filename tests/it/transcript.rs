//! [`run`]: a page of commands and what they print, run by a shell and compared.
//!
//! ```text
//! $ goxel-cli undu
//! goxel-cli: unrecognized subcommand 'undu' (a similar subcommand exists: 'undo')
//! [exit 2]
//! ```
//!
//! Standard error comes behind standard output. Lines of a longer command begin with `> `. What
//! depends on the place, the version or the run is replaced: `DIR`, `VERSION`, `ID`. A page is one
//! session, as if it were typed in one shell.

use std::process::{Command, Stdio};

use crate::world::{World, programs};

/// A command and what stands below it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) command: String,
    pub(crate) output: String,
}

/// The steps of a page.
pub(crate) fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("$ "), line.strip_prefix("> "), steps.last_mut()) {
            (Some(command), _, _) => {
                steps.push(Step { command: command.to_owned(), output: String::new() });
            }
            (None, Some(more), Some(step)) if step.output.is_empty() => {
                step.command.push('\n');
                step.command.push_str(more);
            }
            (None, _, Some(step)) => {
                step.output.push_str(line);
                step.output.push('\n');
            }
            (None, _, None) => panic!("a page begins with a command, not with {line}"),
        }
    }
    steps
}

/// Runs a command of a shell in the directory of `world`, and gives what it prints and how it
/// ends.
pub(crate) fn run(world: &World, command: &str) -> String {
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(world.path(""))
        .env("PATH", format!("{}:{path}", programs().display()))
        .env("GOXEL_SOCKET", world.socket())
        .env("XDG_STATE_HOME", world.path("state"))
        .env("GOXEL_SESSION", "page")
        .env_remove("XDG_RUNTIME_DIR")
        .env("NO_COLOR", "")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let mut text = String::from_utf8(output.stdout).unwrap();
    text.push_str(&String::from_utf8(output.stderr).unwrap());
    match output.status.code() {
        Some(0) => {}
        code => text.push_str(&format!("[exit {}]\n", code.unwrap_or(-1))),
    }
    let dir = world.path("");
    let dir = dir.to_str().unwrap().trim_end_matches('/');
    without_ids(&text.replace(dir, "DIR").replace(env!("CARGO_PKG_VERSION"), "VERSION"))
}

fn without_ids(text: &str) -> String {
    const KEY: &str = "\"project_id\": \"";
    let mut parts = text.split(KEY);
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        masked.push_str(KEY);
        masked.push_str("ID");
        masked.push_str(&part[part.find('"').unwrap_or(part.len())..]);
    }
    masked
}

/// The page as it is when its commands are run now.
pub(crate) fn replay(world: &World, page: &str) -> String {
    let mut now = String::new();
    for step in steps(page) {
        now.push_str(&format!("$ {}\n", step.command.replace('\n', "\n> ")));
        now.push_str(&run(world, &step.command));
    }
    now
}
