//! `cargo xtask demo`: builds the two programs and lets them show what they do.
//!
//! A daemon of its own is started on a private socket, so that one which already runs is left
//! alone; then [`steps`] are run through the command line, each printed as a user would type it.
//! What they make lies in `target/demo/` afterwards.

mod daemon;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use daemon::Daemon;

use crate::build::{self, Build};
use crate::command;

/// The kernel takes 107 bytes for a socket's path on Linux, 103 elsewhere.
const SOCKET_BYTES_MAX: usize = 100;

/// Where the programs are and where they work.
pub(crate) struct Stage {
    /// The program `goxel-cli`.
    pub(crate) cli: PathBuf,
    /// The program `goxel-daemon`.
    pub(crate) daemon: PathBuf,
    /// The directory that all of them run in, and that the paths of the steps begin in.
    pub(crate) root: PathBuf,
    /// Where files are made.
    pub(crate) out: PathBuf,
}

/// As the tests are built: what is compiled for the one is there for the other, and nobody waits
/// for optimisation that a castle does not show. Voxels, files and pictures are optimised there.
const PROFILE: &str = "dev";

/// Builds the programs of the workspace at `root` and plays the demo.
pub(crate) fn run(root: &Path) -> Result<()> {
    let programs = Build::plain(PROFILE).run(root)?;
    play(&Stage {
        cli: programs.join("goxel-cli"),
        daemon: programs.join("goxel-daemon"),
        root: root.to_path_buf(),
        out: build::target_directory(root)?.join("demo"),
    })
}

/// Runs every step against a fresh daemon, which is gone afterwards, however that went.
pub(crate) fn play(stage: &Stage) -> Result<()> {
    empty(&stage.out)?;
    perform(stage, &[], &steps(&shown(&stage.out, &stage.root)))?;
    list(stage)
}

/// Runs steps against a fresh daemon that has these flags.
pub(crate) fn perform(stage: &Stage, flags: &[&str], steps: &[Vec<String>]) -> Result<()> {
    let home = private_directory()?;
    let socket = home.path().join("goxel.sock");
    let log = stage.out.join("daemon.log");
    let daemon = Daemon::start(&stage.daemon, flags, &stage.root, &socket, &log)?;
    for step in steps {
        goxel(stage, &socket, step).with_context(|| {
            format!("`goxel-cli {}` failed; the daemon's log is {}", step.join(" "), log.display())
        })?;
    }
    goxel(stage, &socket, &["daemon".to_owned(), "stop".to_owned()])?;
    daemon.await_end()
}

/// What is shown, with `out` as the directory for files: build a castle from a script, save and
/// export it, take its picture; the same with a model that somebody else made; look at the castle
/// in the terminal; and read the castle back from a file.
fn steps(out: &str) -> Vec<Vec<String>> {
    let lines = [
        "batch examples/castle.goxel",
        "layer list",
        "save {out}/castle.gox",
        "export {out}/castle.vox",
        "export {out}/castle.obj",
        "render {out}/castle.png --size 1024x768",
        "open examples/axes.vox",
        "save {out}/axes.gox",
        "export {out}/axes.obj",
        "render {out}/axes.png --size 1024x768",
        "use castle",
        "show",
        "open {out}/castle.vox",
        "info",
    ];
    // Split before the directory is put in: its name may hold a space.
    let words = |line: &str| line.split(' ').map(|word| word.replace("{out}", out)).collect();
    lines.iter().map(|line| words(line)).collect()
}

/// Runs one command of the user's.
fn goxel(stage: &Stage, socket: &Path, args: &[String]) -> Result<()> {
    println!("\n$ goxel-cli {}", args.join(" "));
    let mut command = Command::new(&stage.cli);
    // A daemon that died is an error here, and not to be replaced by one that nobody ends.
    command.arg("--no-spawn").arg("--socket").arg(socket).args(args).current_dir(&stage.root);
    command::check(&mut command)
}

/// `path` as a user in `root` would type it.
fn shown(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

/// Makes `dir` a directory with nothing in it.
pub(crate) fn empty(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("cannot empty {}", dir.display()))?;
    }
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))
}

/// A directory that only this user can enter, with a path short enough for a socket.
fn private_directory() -> Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("goxel-");
    let usual = builder.tempdir().context("cannot make a temporary directory")?;
    if usual.path().join("goxel.sock").as_os_str().len() < SOCKET_BYTES_MAX {
        return Ok(usual);
    }
    builder.tempdir_in("/tmp").context("cannot make a directory in /tmp")
}

/// Lists the files that were made.
fn list(stage: &Stage) -> Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(&stage.out)? {
        let entry = entry?;
        files.push((entry.path(), entry.metadata()?.len()));
    }
    files.sort();
    ensure!(!files.is_empty(), "no file was made");
    println!("\nMade:");
    for (path, bytes) in files {
        println!("{:>12}  {}", size(bytes), shown(&path, &stage.root));
    }
    Ok(())
}

/// A size for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{}.{} KiB", bytes / 1024, bytes % 1024 * 10 / 1024),
        _ => format!("{}.{} MiB", bytes >> 20, (bytes >> 10) % 1024 * 10 / 1024),
    }
}

#[cfg(test)]
mod tests;
