//! `cargo xtask ci [STEPS]`: everything that a change must pass, or the steps that are named, cheapest first, up
//! to the first failure.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::command::{cargo, cargo_path, check};
use crate::{bench, cross, deny, docs, fuzz, tidy};

/// The parts of the toolchain that `rustup` may have left out, and the cargo command of each.
const COMPONENTS: [(&str, &str); 2] = [("rustfmt", "fmt"), ("clippy", "clippy")];

/// What a step does.
enum Work {
    /// Runs cargo with these arguments.
    Cargo(&'static [&'static str]),
    /// Runs cargo with these arguments and one environment variable.
    CargoWith(&'static [&'static str], (&'static str, &'static str)),
    /// Runs one of our own commands in this process.
    Ours(&'static str, fn(&Path) -> Result<()>),
}

/// The steps in their order, each with the name that its lines carry.
const STEPS: [(&str, Work); 9] = [
    ("fmt", Work::Cargo(&["fmt", "--all", "--", "--check"])),
    (
        "clippy",
        Work::Cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]),
    ),
    ("tidy", Work::Ours("tidy", tidy::run)),
    ("deny", Work::Ours("deny", deny::run)),
    ("test", Work::Cargo(&["test", "--workspace", "--locked"])),
    ("fuzz", Work::Ours("fuzz, each target for a moment", fuzz::check)),
    ("cross", Work::Ours("cross, two targets of it", cross::check_often)),
    ("doc", Work::CargoWith(docs::RUSTDOC, docs::STRICT)),
    ("bench", Work::Ours("bench --quick", |root| bench::run(root, &["--quick".to_owned()]))),
];

/// Runs the steps of these names over the workspace at `root`; every step where none is named.
pub(crate) fn run(root: &Path, names: &[String]) -> Result<()> {
    if let Some(unknown) = names.iter().find(|name| !STEPS.iter().any(|(step, _)| step == name)) {
        let steps = STEPS.map(|(step, _)| step).join(", ");
        bail!("`{unknown}` is no step: they are {steps}");
    }
    let wanted = |step: &str| names.is_empty() || names.iter().any(|name| name == step);
    for (component, command) in COMPONENTS {
        require(component, command)?;
    }
    let start = Instant::now();
    let mut passed = 0;
    for (name, work) in STEPS.iter().filter(|(name, _)| wanted(name)) {
        step(name, work, root).with_context(|| format!("step `{name}` failed"))?;
        passed += 1;
    }
    println!("ci: {passed} of {} steps passed in {}", STEPS.len(), seconds(start));
    Ok(())
}

fn step(name: &str, work: &Work, root: &Path) -> Result<()> {
    println!("==> {name}: {}", describe(work));
    let start = Instant::now();
    match work {
        Work::Cargo(args) => check(&mut cargo(args, root))?,
        Work::CargoWith(args, (key, value)) => check(cargo(args, root).env(key, value))?,
        Work::Ours(_, run) => run(root)?,
    }
    println!("==> {name}: passed in {}", seconds(start));
    Ok(())
}

fn describe(work: &Work) -> String {
    match work {
        Work::Cargo(args) => format!("cargo {}", args.join(" ")),
        Work::CargoWith(args, (key, value)) => {
            format!("{key}=\"{value}\" cargo {}", args.join(" "))
        }
        Work::Ours(name, _) => format!("cargo xtask {name}"),
    }
}

/// Without this, a missing component shows as "no such command" in the middle of the output.
fn require(component: &str, command: &str) -> Result<()> {
    let there = Command::new(cargo_path())
        .args([command, "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    ensure!(there, "{component} is not installed; get it with `rustup component add {component}`");
    Ok(())
}

fn seconds(start: Instant) -> String {
    format!("{:.1} s", start.elapsed().as_secs_f64())
}
