//! `cargo xtask pgo`: the fastest build. `cargo xtask lto`: the same without a profile.
//!
//! The programs are built so that they count what they do, do what users do ([`train`]), and are
//! built again with what was counted. Both builds name a target, so that build scripts and macros,
//! which run while building, are not counted.
//!
//! ```text
//! target/pgo/counting    the build that counts      target/pgo/profiles      what it counted
//! target/pgo/optimised   the build that knows       target/pgo/goxel-*       its programs
//! ```

mod tools;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::bench::bench_command;
use crate::build::{self, Build, PROGRAMS};
use crate::{command, demo};

/// Seconds that every shape of requests is trained with: counts, not times, come of it.
const TRAINING_SECONDS: &str = "0.4";
/// The bench that makes requests.
const LOAD: &str = "end_to_end";

/// What is printed before anything is done.
const PLAN: &str = "\
This makes goxel-daemon and goxel-cli with a profile of their own work:
  1. a build that counts what it does        (minutes)
  2. training: requests, files, pictures, a batch of commands
  3. merging the counts
  4. the build that uses them                (minutes)
  5. both builds side by side
It needs 2 GB of disk, and llvm-profdata of LLVM 19 or later to merge.";

/// Builds with a profile, and shows what that gains.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<()> {
    let cpu = cpu(args)?;
    println!("{PLAN}");
    let profdata = tools::find()?;
    println!("Merging with {}\n", profdata.display());
    let dir = build::target_directory(root)?.join("pgo");
    let profiles = dir.join("profiles");
    demo::empty(&profiles)?;
    let counting = optimised(&dir.join("counting"), flag("-Cprofile-generate=", &profiles), &cpu)?;
    train(root, &counting.run(root)?, &dir.join("training"))?;

    let merged = dir.join("merged.profdata");
    merge(&profdata, &profiles, &merged)?;
    let optimised = optimised(&dir.join("optimised"), flag("-Cprofile-use=", &merged), &cpu)?;
    install(&optimised.run(root)?, &dir)?;
    compare(root, &dir)
}

/// Builds with all that needs no profile.
pub(crate) fn lto(root: &Path, args: &[String]) -> Result<()> {
    let cpu = cpu(args)?;
    let dir = build::target_directory(root)?.join("lto");
    let build = optimised(&dir.join("build"), Vec::new(), &cpu)?;
    install(&build.run(root)?, &dir)
}

/// The processor to build for, where it is not any.
fn cpu(args: &[String]) -> Result<Option<String>> {
    match args {
        [] => Ok(None),
        [option, cpu] if option == "--target-cpu" => Ok(Some(cpu.clone())),
        _ => bail!("it takes `--target-cpu CPU`, as in `--target-cpu native`, and nothing else"),
    }
}

/// A release build in `dir`. That profile has fat LTO, one codegen unit, and unwinds.
fn optimised(dir: &Path, mut flags: Vec<String>, cpu: &Option<String>) -> Result<Build> {
    flags.extend(cpu.as_ref().map(|cpu| format!("-Ctarget-cpu={cpu}")));
    let target = Some(build::host()?);
    Ok(Build { profile: "release", target, dir: Some(dir.to_path_buf()), flags, has_c: true })
}

fn flag(name: &str, path: &Path) -> Vec<String> {
    vec![format!("{name}{}", path.display())]
}

/// Lets the programs in `programs` do what users do. Each writes its counts as it ends.
fn train(root: &Path, programs: &Path, out: &Path) -> Result<()> {
    println!("\n==> training: a batch of commands, files and pictures");
    demo::play(&demo::Stage {
        cli: programs.join("goxel-cli"),
        daemon: programs.join("goxel-daemon"),
        root: root.to_path_buf(),
        out: out.to_path_buf(),
    })?;
    println!("\n==> training: requests");
    let mut load = bench_command(root, "release", LOAD);
    load.args(["--", "--seconds", TRAINING_SECONDS, "--daemon"]);
    command::check(load.arg(programs.join("goxel-daemon")).env("GOXEL_BENCH_QUICK", "1"))
}

/// Makes one profile of all.
fn merge(profdata: &Path, profiles: &Path, merged: &Path) -> Result<()> {
    let raw = fs::read_dir(profiles)?.map(|entry| Ok(entry?.path()));
    let mut raw = raw.collect::<Result<Vec<_>>>()?;
    raw.retain(|path| path.extension() == Some(OsStr::new("profraw")));
    ensure!(!raw.is_empty(), "the training left no profile in {}", profiles.display());
    let mut command = Command::new(profdata);
    command.args(["merge", "-o"]).arg(merged).args(&raw);
    command::check(&mut command).context("the profiles cannot be merged")?;
    println!("\n==> merged {} profiles", raw.len());
    Ok(())
}

/// Puts the programs where people look for them.
fn install(from: &Path, to: &Path) -> Result<()> {
    for program in PROGRAMS {
        let there = to.join(program);
        fs::copy(from.join(program), &there)
            .with_context(|| format!("cannot copy {program} to {}", to.display()))?;
        println!("{}", there.display());
    }
    Ok(())
}

/// Measures the two daemons in turns: a ratio above 1 is what the profile gained.
fn compare(root: &Path, dir: &Path) -> Result<()> {
    println!("\n==> with the profile, beside the plain release build");
    let plain: PathBuf = Build::plain("release").run(root)?;
    let mut load = bench_command(root, "release", LOAD);
    load.args(["--", "--daemon"]).arg(dir.join("goxel-daemon"));
    command::check(load.arg("--beside").arg(plain.join("goxel-daemon")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        let args = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        assert_eq!(cpu(&[]).unwrap(), None);
        assert_eq!(cpu(&args(&["--target-cpu", "native"])).unwrap().as_deref(), Some("native"));
        assert!(cpu(&args(&["--target-cpu"])).is_err());
        assert!(cpu(&args(&["native"])).is_err());
    }

    #[test]
    fn training_that_left_nothing_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let merged = dir.path().join("merged");
        assert!(merge(Path::new("true"), dir.path(), &merged).is_err());
        fs::write(dir.path().join("a.profraw"), "").unwrap();
        assert!(merge(Path::new("true"), dir.path(), &merged).is_ok());
        assert!(merge(Path::new("false"), dir.path(), &merged).is_err());
    }

    #[test]
    fn programs_are_installed_together() {
        let [from, to] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        assert!(install(from.path(), to.path()).is_err());
        PROGRAMS.iter().for_each(|program| fs::write(from.path().join(program), "x").unwrap());
        install(from.path(), to.path()).unwrap();
        assert!(PROGRAMS.iter().all(|program| to.path().join(program).is_file()));
    }
}
