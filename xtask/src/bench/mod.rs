//! `cargo xtask bench`: runs what the benches measure, and makes a report of it.
//!
//! Every bench prints its lines and adds them to a file; [`report`] gathers that into
//! `report.json`, [`page`] draws it as `report.html`, [`table`] prints it. Whether a target was met
//! is said and never enforced: a busy machine is no fault of the code.

mod latency;
mod page;
mod quantity;
mod report;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::TargetKind;

use crate::build::{self, Build};
use crate::command;
use report::Report;

/// The package of the benches.
const PACKAGE: &str = "goxel-benches";
/// It takes minutes and has no figure: it runs where its name is said.
const ONLY_BY_NAME: &str = "soak";

/// What the arguments say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    /// Everything once and briefly, built as the tests are.
    quick: bool,
    /// An earlier `report.json`.
    compare: Option<PathBuf>,
    /// Benches by name, or parts of the names of lines; all where there is none.
    words: Vec<String>,
}

/// Runs the benches of the workspace at `root`.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<()> {
    let options = Options::read(args)?;
    // Read first: a name that is wrong is better said now than in half an hour.
    let before = options.compare.as_deref().map(Report::load).transpose()?;
    let dir = build::target_directory(root)?.join("bench");
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let lines = dir.join("lines.jsonl");
    fs::write(&lines, "").with_context(|| format!("cannot write {}", lines.display()))?;

    // What the tests were built with is there already.
    let profile = if options.quick { "dev" } else { "release" };
    Build::plain(profile).run(root)?;
    let benches = benches(root)?;
    for (bench, words) in chosen(&benches, &options.words) {
        let mut command = bench_command(root, profile, &bench);
        command.arg("--").args(words).env("GOXEL_BENCH_REPORT", &lines);
        if options.quick {
            command.env("GOXEL_BENCH_QUICK", "1");
        }
        println!("\n==> {bench}");
        command::check(&mut command).with_context(|| format!("bench `{bench}` failed"))?;
    }
    finish(&dir, &lines, before.as_ref(), options.quick)
}

/// The command that runs one bench; what follows `--` may be added.
pub(crate) fn bench_command(root: &Path, profile: &str, bench: &str) -> Command {
    let mut command = Command::new(command::cargo_path());
    command.args(["bench", "--locked", "--profile", profile, "-p", PACKAGE]);
    command.args(["--bench", bench]).current_dir(root);
    command
}

/// Writes the report and prints its table.
fn finish(dir: &Path, lines: &Path, before: Option<&Report>, quick: bool) -> Result<()> {
    let report = Report::gather(lines)?;
    ensure!(!report.results.is_empty(), "no line was measured: is there one of that name?");
    report.save(&dir.join("report.json"))?;
    let page = dir.join("report.html");
    fs::write(&page, page::html(&report, before, quick))
        .with_context(|| format!("cannot write {}", page.display()))?;
    println!("\n{}", table::text(&report, before));
    if quick {
        println!("Everything ran. The figures of a quick run mean nothing.");
    }
    println!("Report: {} and report.json beside it", page.display());
    Ok(())
}

impl Options {
    fn read(args: &[String]) -> Result<Self> {
        let mut options = Self::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--quick" => options.quick = true,
                "--compare" => {
                    let file = args.next().context("`--compare` wants a report.json")?;
                    options.compare = Some(file.into());
                }
                word if word.starts_with('-') => {
                    bail!("`{word}` is not known; there are --quick, --compare FILE and names")
                }
                word => options.words.push(word.to_owned()),
            }
        }
        Ok(options)
    }
}

/// The names of the benches, in the order of their manifest.
fn benches(root: &Path) -> Result<Vec<String>> {
    let metadata = build::metadata(root)?;
    let package = metadata.packages.iter().find(|package| package.name == PACKAGE);
    let targets = &package.with_context(|| format!("there is no package {PACKAGE}"))?.targets;
    let benches = targets.iter().filter(|target| target.kind.contains(&TargetKind::Bench));
    Ok(benches.map(|target| target.name.clone()).collect())
}

/// Which benches to run, each with the words that choose its lines: a bench that is named runs
/// whole, and where only lines are named every bench looks for them.
fn chosen(benches: &[String], words: &[String]) -> Vec<(String, Vec<String>)> {
    let (named, lines): (Vec<_>, Vec<_>) =
        words.iter().cloned().partition(|word| benches.contains(word));
    let runs = |bench: &String| {
        if named.contains(bench) {
            return Some((bench.clone(), Vec::new()));
        }
        let looked_at = bench != ONLY_BY_NAME && (words.is_empty() || !lines.is_empty());
        looked_at.then(|| (bench.clone(), lines.clone()))
    };
    benches.iter().filter_map(runs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn arguments() {
        let options = Options::read(&strings(&["--quick", "wire", "--compare", "a.json"])).unwrap();
        let compare = Some(PathBuf::from("a.json"));
        assert_eq!(options, Options { quick: true, compare, words: strings(&["wire"]) });
        assert!(Options::read(&strings(&["--compare"])).is_err());
        assert!(Options::read(&strings(&["--fast"])).is_err());
    }

    #[test]
    fn names_of_benches_and_of_lines() {
        let benches = strings(&["wire", "engine", "soak"]);
        let check = |words: &[&str], expected: &[(&str, &[&str])]| {
            let expected: Vec<_> =
                expected.iter().map(|(b, w)| ((*b).to_owned(), strings(w))).collect();
            assert_eq!(chosen(&benches, &strings(words)), expected, "{words:?}");
        };
        check(&[], &[("wire", &[]), ("engine", &[])]);
        check(&["soak"], &[("soak", &[])]);
        check(&["wire"], &[("wire", &[])]);
        check(&["json"], &[("wire", &["json"]), ("engine", &["json"])]);
        check(&["json", "wire"], &[("wire", &[]), ("engine", &["json"])]);
    }

    #[test]
    fn the_manifest_holds_the_suite() {
        let benches = benches(&crate::root()).unwrap();
        for bench in [
            "wire",
            "engine",
            "voxel_ops",
            "analysis",
            "meshes",
            "formats",
            "render",
            "path",
            "encode",
            "cli",
            "end_to_end",
            "soak",
        ] {
            assert!(benches.iter().any(|name| name == bench), "{bench}");
        }
    }
}
