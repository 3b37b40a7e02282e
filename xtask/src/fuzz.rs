//! `cargo xtask fuzz [TARGET] [SECONDS]`: runs the fuzz targets, each for so long, and the property
//! tests as one target more ([`properties`]).
//!
//! The others are built with coverage by the toolchain's own means, so neither a nightly one nor
//! `cargo-fuzz` is needed; the fuzzer comes with the crate `libfuzzer-sys`, which wants a C++
//! compiler. They begin with [`seeds`]: what the tests say. What they make lies in `target/fuzz`,
//! finds in its `artifacts`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::{build, command, properties};

/// The target that is not a program of its own, but all property tests of the workspace.
const PROPERTIES: &str = "properties";
/// The target that reads files of all formats: the files that `GOXEL_CORPUS` names are seeds of it.
const FORMATS: &str = "formats";
/// The targets; all but the first are in `tests/fuzz/targets`.
const TARGETS: [&str; 12] = [
    PROPERTIES,
    "frame",
    "request",
    "params",
    "edits",
    "points",
    "server",
    "connection",
    "config",
    "cli_points",
    "script",
    FORMATS,
];
/// How long each runs where nothing is said.
const SECONDS: u32 = 60;
/// How long each runs for a change that is checked: what was found before is found again.
const CHECK_SECONDS: u32 = 5;
/// Bytes of the longest input: past a few blocks of the scanner nothing new is met.
const INPUT_BYTES_MAX: u32 = 4096;
/// Bytes of the longest file: some real ones have so many.
const FILE_BYTES_MAX: u32 = 1 << 14;
/// Formats that are read, or some more.
const FORMATS_MAX: u8 = 32;
/// What is no JSON, for those targets that read other texts.
const SEEDS: [(&str, &str); 3] = [
    ("points", "# Goxel\n# X Y Z RRGGBB\n1 2 3 ff0000\n-4 5 2147483647 00ff00\n"),
    ("cli_points", "88x,y,z,color\n1,2,3\n4 5 -6 ff0000\n7,8,9,1,2,3,4\n[1,2,3,\"gold\"]\n"),
    (
        "config",
        "-j 4\n2G\n/e\nsocket_mode = '0660'\nlog_level = 'debug'\nqueue_size = 7\n\
         max_request_bytes = 4096\nprotocol = 'tool-calls'\nio = 'mio'\nroots = ['/r']\n\
         read_only = true\n[[listen]]\npath = 'b'\nmode = '0660'\nallow = ['ping']\n",
    ),
];
/// What has the targets built soon, where they then run for a moment only.
const BUILT_SOON: [(&str, &str); 2] =
    [("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"), ("CARGO_PROFILE_RELEASE_DEBUG", "0")];
/// What a coverage-guided fuzzer needs of the compiler.
const FLAGS: [&str; 6] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Builds and runs the targets that `args` name, or all.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<()> {
    let (mut targets, seconds) = chosen(args)?;
    if targets.first() == Some(&PROPERTIES) {
        println!("==> {PROPERTIES}: {seconds} s");
        properties::run(root, seconds)?;
        targets.remove(0);
    }
    if targets.is_empty() {
        return Ok(());
    }
    let made = root.join("target/fuzz");
    let programs = build(&root.join("tests/fuzz"), &made, &[])?;
    for target in targets {
        println!("==> {target}: {seconds} s");
        run_target(root, &made, &programs, target, seconds)?;
    }
    Ok(())
}

/// Builds the targets and runs each for a moment; the property tests have a run of their own. Where
/// there is no C++ compiler, which the fuzzer wants, this says so.
pub(crate) fn check(root: &Path) -> Result<()> {
    if !has_cpp() {
        println!("skipped: no C++ compiler to build the fuzzer with");
        return Ok(());
    }
    let made = root.join("target/fuzz");
    let programs = build(&root.join("tests/fuzz"), &made, &BUILT_SOON)?;
    for target in TARGETS.into_iter().filter(|target| *target != PROPERTIES) {
        println!("==> {target}: {CHECK_SECONDS} s");
        run_target(root, &made, &programs, target, CHECK_SECONDS)?;
    }
    Ok(())
}

/// Whether there is a C++ compiler where the build of the fuzzer looks for one.
fn has_cpp() -> bool {
    let name = std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    let mut version = Command::new(name);
    version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}

/// Runs one of the programs.
fn run_target(root: &Path, made: &Path, programs: &Path, target: &str, seconds: u32) -> Result<()> {
    let corpus = made.join("corpus").join(target);
    seeds(root, target, &corpus)?;
    let artifacts = made.join("artifacts").join(target);
    fs::create_dir_all(&artifacts)?;
    let mut command = Command::new(programs.join(target));
    command.arg(&corpus).args([
        format!("-max_total_time={seconds}"),
        format!("-max_len={}", longest(target)),
        format!("-artifact_prefix={}/", artifacts.display()),
        "-print_final_stats=1".to_owned(),
    ]);
    command::check(&mut command).with_context(|| format!("`{target}` found something"))
}

/// Which targets, and for how long each.
fn chosen(args: &[String]) -> Result<(Vec<&'static str>, u32)> {
    let (mut targets, mut seconds) = (TARGETS.to_vec(), SECONDS);
    for arg in args {
        if let Some(target) = TARGETS.iter().find(|target| *target == arg) {
            targets = vec![target];
        } else if let Ok(number) = arg.parse() {
            seconds = number;
        } else {
            bail!("`{arg}` is neither one of {} nor a number of seconds", TARGETS.join(", "));
        }
    }
    Ok((targets, seconds))
}

/// Builds the targets, with these variables of cargo. Gives the directory of the programs.
fn build(folder: &Path, target: &Path, settings: &[(&str, &str)]) -> Result<PathBuf> {
    let host = build::host()?;
    let mut cargo = Command::new(command::cargo_path());
    // A named target keeps the flags from build scripts.
    cargo.args(["build", "--release", "--target", &host]).current_dir(folder);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
    cargo.env("CARGO_TARGET_DIR", target).envs(settings.iter().copied());
    command::check(&mut cargo)?;
    Ok(target.join(host).join("release"))
}

/// Fills a corpus with the public suite of texts and with the requests of the golden exchanges.
fn seeds(root: &Path, target: &str, corpus: &Path) -> Result<()> {
    fs::create_dir_all(corpus)?;
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for path in files(&root.join("tests/json_test_suite/test_parsing"))? {
        texts.push(fs::read(path)?);
    }
    for path in files(&root.join("tests/it/golden"))? {
        if path.extension().is_some_and(|extension| extension == "txt") {
            let page = fs::read_to_string(path)?;
            texts.extend(page.lines().filter_map(|line| seed(target, line)));
        }
    }
    texts.extend(
        SEEDS.iter().filter(|(of, _)| *of == target).map(|(_, text)| text.as_bytes().to_vec()),
    );
    if target == FORMATS {
        texts.extend(corpus_files()?);
    }
    ensure!(!texts.is_empty(), "there is nothing to begin with");
    for (index, text) in texts.iter().enumerate() {
        if text.len() <= longest(target) as usize {
            fs::write(corpus.join(format!("seed-{index}")), text)?;
        }
    }
    Ok(())
}

/// Bytes of the longest input of a target.
fn longest(target: &str) -> u32 {
    if target == FORMATS { FILE_BYTES_MAX } else { INPUT_BYTES_MAX }
}

/// The files of the folders in the one that `GOXEL_CORPUS` names, once for each format: in which order
/// the target has them, only it knows.
fn corpus_files() -> Result<Vec<Vec<u8>>> {
    let Some(corpus) = std::env::var_os("GOXEL_CORPUS") else { return Ok(Vec::new()) };
    let mut seeds = Vec::new();
    for folder in fs::read_dir(&corpus).with_context(|| format!("{}", corpus.display()))? {
        let folder = folder?.path();
        for path in if folder.is_dir() { files(&folder)? } else { Vec::new() } {
            let bytes = fs::read(&path)?;
            if bytes.len() + 2 <= FILE_BYTES_MAX as usize {
                seeds.extend((0..FORMATS_MAX).map(|format| [&[format, 0], &bytes[..]].concat()));
            }
        }
    }
    Ok(seeds)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries.map(|e| Ok(e?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.is_file());
    paths.sort();
    Ok(paths)
}

/// The request in a line of a golden file, as the target takes it.
fn seed(target: &str, line: &str) -> Option<Vec<u8>> {
    let request = line.strip_prefix("> ")?;
    if target != "params" {
        return Some(request.as_bytes().to_vec());
    }
    // The first byte chooses the method.
    let (_, params) = request.split_once("\"params\": ")?;
    let index = (params.len() % 64) as u8;
    Some([&[index], params.trim_end_matches('}').as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        let args = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        assert_eq!(chosen(&[]).unwrap(), (TARGETS.to_vec(), SECONDS));
        assert_eq!(chosen(&args(&["frame", "5"])).unwrap(), (vec!["frame"], 5));
        assert!(chosen(&args(&["frames"])).is_err());
    }

    #[test]
    fn every_target_has_its_file_and_seeds() {
        let root = crate::root();
        let corpus = tempfile::tempdir().unwrap();
        for target in TARGETS.into_iter().filter(|target| *target != PROPERTIES) {
            assert!(root.join(format!("tests/fuzz/targets/{target}.rs")).is_file());
            seeds(&root, target, corpus.path()).unwrap();
            assert!(fs::read_dir(corpus.path()).unwrap().count() > 400);
        }
    }
}
