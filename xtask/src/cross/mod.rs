//! `cargo xtask cross`: whether it builds where its users are, and with `--test` whether it works
//! there as far as this machine can tell.
//!
//! What a machine lacks for a target is no failure: it is named, with the way to get it. All of it
//! is built in a directory of its own, so that nothing of the workspace's is thrown out.

mod tools;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail, ensure};

pub(crate) use self::tools::install;
use self::tools::{Compiler, EMULATOR, EMULATOR_ROOT, setting};
use crate::build;
use crate::command;

/// Everything but the chores, which run where people build and not where they use it.
const CHECKED: [&str; 4] = ["--workspace", "--exclude", "xtask", "--locked"];
/// The directory, in the workspace's own for what is built.
const DIRECTORY: &str = "cross";

/// Set for tests that build the programs: without what is written in C.
const WITHOUT_C: &str = "GOXEL_WITHOUT_C";

/// A system that people use, by its triple.
struct Target {
    /// As rustc and rustup call it.
    triple: &'static str,
    /// Parts of it are written in C: only glibc's Linux has the allocator for large pages. Where none are, the
    /// engine of scripts is left out, too, which is a program of its own.
    needs_c: bool,
}

const fn target(triple: &'static str, needs_c: bool) -> Target {
    Target { triple, needs_c }
}

const AARCH64: Target = target("aarch64-unknown-linux-gnu", true);
const MUSL: Target = target("x86_64-unknown-linux-musl", false);

const MACOS: Target = target("aarch64-apple-darwin", false);

/// What is checked.
const TARGETS: [Target; 5] = [
    AARCH64,
    MUSL,
    MACOS,
    target("x86_64-apple-darwin", false),
    target("x86_64-unknown-freebsd", false),
];
/// What is checked at every change: each takes most of a minute, and what differs from target to target
/// is the C library, the system and the processor, of which these have two each.
const CHECKED_OFTEN: [Target; 2] = [MUSL, MACOS];

/// The crates whose tests run on another processor: those that compute and do not touch the
/// system, whose calls an emulator only imitates.
const EMULATED: [&str; 8] =
    ["-p", "goxel-proto", "-p", "goxel-core", "-p", "goxel-formats", "-p", "goxel-render"];

/// Checks all targets, and with `--test` runs the tests of those that can run here.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<()> {
    match args {
        [] => check(root, TARGETS),
        [option] if option == "--test" => {
            check(root, TARGETS)?;
            all([("aarch64 tests", test_aarch64(root)), ("musl tests", test_musl(root))])
        }
        _ => bail!("it takes `--test`, to run what this machine can run, or nothing"),
    }
}

/// Checks the targets of every change, as far as they can be had here.
pub(crate) fn check_often(root: &Path) -> Result<()> {
    check(root, CHECKED_OFTEN)
}

fn check<const N: usize>(root: &Path, targets: [Target; N]) -> Result<()> {
    all(targets.map(|target| (target.triple, check_one(root, &target))))
}

/// What came of a target.
enum Outcome {
    /// It was done, and this is what.
    Done(String),
    /// It could not be done here, for this reason.
    Skipped(String),
}

/// Says what came of each, and fails where one failed.
fn all<const N: usize>(outcomes: [(&str, Result<Outcome>); N]) -> Result<()> {
    let mut failed = Vec::new();
    println!();
    for (name, outcome) in outcomes {
        let line = match outcome {
            Ok(Outcome::Done(what)) => what,
            Ok(Outcome::Skipped(why)) => format!("skipped: {why}"),
            Err(error) => {
                failed.push(name);
                format!("FAILED: {error:#}")
            }
        };
        println!("{name:<28}{line}");
    }
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

fn check_one(root: &Path, target: &Target) -> Result<Outcome> {
    if let Err(why) = install(target.triple) {
        return Ok(Outcome::Skipped(why));
    }
    let mut cargo = match compiler(target) {
        Ok(compiler) => compiler.cargo(root, "check"),
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    cargo.args(CHECKED).env("RUSTFLAGS", "-Dwarnings");
    if !target.needs_c {
        cargo.args(["--exclude", build::NEEDS_C]);
    }
    built(root, target, &mut cargo, "compiles without a warning")
}

fn compiler(target: &Target) -> Result<Compiler, String> {
    if target.needs_c { tools::compiler(target.triple) } else { Ok(Compiler::NotNeeded) }
}

fn test_aarch64(root: &Path) -> Result<Outcome> {
    let ready = install(AARCH64.triple).and_then(|()| tools::emulator());
    let compiler = match ready.and_then(|()| compiler(&AARCH64)) {
        Ok(compiler) => compiler,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let mut cargo = compiler.cargo(root, "test");
    cargo.args(EMULATED).arg("--locked");
    cargo.env(setting(AARCH64.triple, "RUNNER"), format!("{EMULATOR} -L {EMULATOR_ROOT}"));
    built(root, &AARCH64, &mut cargo, "the tests of proto, core, formats and render pass")
}

fn test_musl(root: &Path) -> Result<Outcome> {
    if !build::host()?.starts_with("x86_64-unknown-linux-") {
        return Ok(Outcome::Skipped("this machine does not run its programs".to_owned()));
    }
    if let Err(why) = install(MUSL.triple) {
        return Ok(Outcome::Skipped(why));
    }
    let exclude = ["--exclude", build::NEEDS_C];
    let mut cargo = command::cargo(&["test", "--workspace", "--locked"], root);
    // Tests of scripts need the program that is left out; they have the word in their names.
    cargo.args(exclude).args(["--", "--skip", "script"]).env(WITHOUT_C, "1");
    built(root, &MUSL, &mut cargo, "the tests of the workspace pass but those of scripts")
}

/// Runs cargo for a target, in the directory for that.
fn built(root: &Path, target: &Target, cargo: &mut Command, success: &str) -> Result<Outcome> {
    let start = Instant::now();
    // The variable too: tests that build the programs build them for the same target.
    cargo.args(["--target", target.triple]).env("CARGO_BUILD_TARGET", target.triple);
    cargo.env("CARGO_TARGET_DIR", build::target_directory(root)?.join(DIRECTORY));
    // It is built once: files for the next time would only be written.
    cargo.env("CARGO_INCREMENTAL", "0");
    build::announce(cargo);
    command::check(cargo)?;
    Ok(Outcome::Done(format!("{success} ({:.1} s)", start.elapsed().as_secs_f64())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_done_is_no_failure() {
        let skipped = || Ok(Outcome::Skipped("no C compiler".to_owned()));
        assert!(all([("a", skipped()), ("b", Ok(Outcome::Done("works".to_owned())))]).is_ok());
        let failed = all([("a", skipped()), ("b", Err(anyhow::anyhow!("it broke")))]);
        assert_eq!(failed.unwrap_err().to_string(), "failed: b");
        assert!(run(&crate::root(), &["--tests".to_owned()]).is_err());
    }
}
